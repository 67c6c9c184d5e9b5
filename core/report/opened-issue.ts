// Issues that Kin opens: what they are about, where they come from, and what people can do with them.
import type { ChildTask, Handover } from "../model/handover.ts";
import { escalationBrief } from "../pipeline/escalation.ts";
import type { FollowUp } from "../pipeline/follow-ups.ts";
import { plain } from "../text/plain.ts";
import { COMMENT_LIMIT, safe, safeInline } from "../text/safe.ts";
import { firstSentence, plural, shorten } from "./format.ts";
import { quote, section } from "./frame.ts";
import { codeOf } from "./term.ts";
import type { TaskView } from "./view.ts";
import { type Part, within } from "./within.ts";

export interface OpenedIssue {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

const TITLE = 200;

/** The head's brief is in it as it is, below a fixed first line. */
export const escalationIssue = (
  handover: Extract<Handover, { kind: "escalation" }>,
  view: TaskView,
): OpenedIssue => ({
  title: titleOf(`Escalation of #${view.task.issue}: ${view.task.title}`),
  labels: ["kin:escalation", `kin:${handover.head}`],
  body: bodyOf([
    {
      rank: 0,
      text: `${cameBack(view)} is handed to ${codeOf(handover.head)}, who works on it here. #${view.task.issue} waits until this issue is closed.`,
    },
    { rank: 1, text: quote(safe(escalationBrief(handover), { limit: 12_000, block: true })) },
    {
      rank: 2,
      text: section(
        "Open questions",
        handover.clarifications.map(question => `- [ ] ${safeInline(question, { limit: 1000 })}`).join("\n"),
      ),
    },
    {
      rank: 0,
      text: `Closed as completed, #${view.task.issue} goes on with what came of it. Closed as not planned, it waits for a person.`,
    },
  ]),
});

const cameBack = ({ task: { issue, return_count } }: TaskView): string =>
  return_count === 0 ? `#${issue}` : `#${issue} came back ${plural(return_count, "time")} and`;

export const childIssue = (
  child: ChildTask,
  { view, numbers }: { readonly view: TaskView; readonly numbers: readonly number[] },
): OpenedIssue => {
  const before = child.depends_on.flatMap(place => numbers[place - 1] ?? []);
  return {
    title: titleOf(child.title),
    labels: ["kin:follow-up"],
    body: bodyOf([
      { rank: 0, text: `Part of #${view.task.issue}.` },
      { rank: 1, text: safe(child.brief, { limit: 12_000, block: true }) },
      {
        rank: 1,
        text: section(
          "Acceptance criteria",
          child.acceptance_criteria.map(one => `- [ ] ${safeInline(one, { limit: 1000 })}`).join("\n"),
        ),
      },
      {
        rank: 2,
        text: before.length === 0 ? "" : `After ${before.map(number => `#${number}`).join(", ")}.`,
      },
      { rank: 0, text: HAND_OVER },
    ]),
  };
};

export const followUpIssue = (followUp: FollowUp, view: TaskView): OpenedIssue => {
  const { debt, title, text } = followUp;
  const found = view.task.pr_number === null ? "" : ` (#${view.task.pr_number})`;
  return {
    title: titleOf(title),
    labels: [debt === null ? "kin:follow-up" : "kin:tech-debt"],
    body: bodyOf([
      {
        rank: 0,
        text:
          debt === null
            ? `Found while working on #${view.task.issue}${found}.`
            : `Left in #${view.task.issue}${found}, knowingly temporary.`,
      },
      { rank: 1, text: safe(text, { limit: 8000, block: true }) },
      { rank: 2, text: sectionOf("Why it is temporary", debt?.reason_temporary) },
      { rank: 2, text: sectionOf("Proper fix", debt?.proper_fix) },
      { rank: 0, text: HAND_OVER },
    ]),
  };
};

const HAND_OVER = "Put the label `kin` on to hand it to Kin.";

const sectionOf = (title: string, text: string | undefined): string =>
  section(title, safe(text ?? "", { limit: 4000, block: true }));

const titleOf = (title: string): string => shorten(plain(firstSentence(title)), TITLE);

const bodyOf = (parts: readonly Part[]): string => within(parts, COMMENT_LIMIT);
