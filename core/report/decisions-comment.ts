// Decisions that a learner proposes: one box each, which somebody with write access ticks to put it in force.
import type { DecisionRow } from "../model/record.ts";
import { COMMENT_LIMIT, safeInline } from "../text/safe.ts";
import { codeOf } from "./term.ts";
import { within } from "./within.ts";

export const decisionsComment = (decisions: readonly DecisionRow[]): string => {
  const open = decisions.some(decision => decision.status === "proposed");
  return within(
    [
      {
        rank: 0,
        text: open
          ? "**What this task taught.** Tick what Kin should hold to from now on, or comment `/kin decide <number>`."
          : "**What this task taught.** In force from now on; `/kin decide drop <number>` takes one back.",
      },
      { rank: 1, text: decisions.map(lineOf).join("\n") },
    ],
    COMMENT_LIMIT,
  );
};

/** A tick is recognised by the number. */
const lineOf = ({ id, type, title, description, status }: DecisionRow): string =>
  `- [${status === "active" ? "x" : " "}] ${codeOf(`#${id}`)} ${type}: **${safeInline(title, { limit: 200 })}**${description === "" ? "" : `: ${safeInline(description, { limit: 1000 })}`}`;

/** The numbers whose boxes are ticked, in a comment of this form. */
export const tickedDecisions = (body: string): readonly number[] =>
  [...body.matchAll(/^- \[[xX]\] `#(\d+)`/gm)].map(match => Number(match[1]));
