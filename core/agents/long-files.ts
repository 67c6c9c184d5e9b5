// Files that have grown longer than the project's `protocol_rules` allow: reported to their writer and to the gate.

import type { FileChange } from "../model/change.ts";
import type { Config } from "../model/config.ts";

/** Lines for people and models; none if the project sets no limit. */
export const longFiles = (
  changes: readonly FileChange[],
  { protocol_rules }: Pick<Config, "protocol_rules">,
): readonly string[] => {
  const most = protocol_rules?.file_lines;
  if (most === undefined) return [];
  return changes.flatMap(change => {
    const lines = linesOf(change);
    return lines > most
      ? [`- ${change.path}: ${lines} lines are more than ${most}; split it by function, layer or type.`]
      : [];
  });
};

/** A binary file has none that count. */
const linesOf = ({ content, encoding }: FileChange): number =>
  content === null || content === "" || encoding === "base64"
    ? 0
    : content.split("\n").length - (content.endsWith("\n") ? 1 : 0);
