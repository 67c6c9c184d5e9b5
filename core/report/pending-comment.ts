// What people must decide before somebody goes on: a checklist that waits for an approval.
import type { PendingAction } from "../pipeline/follow-ups.ts";
import { COMMENT_LIMIT, safeInline } from "../text/safe.ts";
import { list } from "./frame.ts";
import { within } from "./within.ts";

const MOST = 30;

export const pendingComment = (actions: readonly PendingAction[]): string =>
  within(
    [
      { rank: 0, text: "**To be decided by a person.** Nothing of this happens by itself." },
      { rank: 1, text: actions.slice(0, MOST).map(lineOf).join("\n") },
    ],
    COMMENT_LIMIT,
  );

const lineOf = ({ type, description, options }: PendingAction): string => {
  const what = type === "" ? "" : `**${safeInline(type, { limit: 60 })}:** `;
  const choices = list(options.slice(0, 10).map(option => safeInline(option, { limit: 300 })));
  const below = choices === "" ? "" : `\n${choices.replace(/^/gm, "  ")}`;
  return `- [ ] ${what}${safeInline(description, { limit: 1000 })}${below}`;
};
