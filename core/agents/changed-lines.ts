// The files of a patch as roles are shown them.
import type { Look } from "../model/look.ts";

const MOST_CHANGED = 200;

export const changedLines = ({ changed }: Look): string => {
  const rows = changed
    .slice(0, MOST_CHANGED)
    .map(({ path, added, removed, shown }) =>
      [
        `- ${path}: `,
        added === null || removed === null ? "binary" : `+${added} −${removed}`,
        SHOWN[shown],
      ].join(""),
    );
  const left = changed.length - rows.length;
  return [...rows, ...(left > 0 ? [`… and ${left} more`] : [])].join("\n");
};

const SHOWN = {
  all: "",
  part: ", shown in part below",
  none: ", not shown below: look at the file",
} as const;
