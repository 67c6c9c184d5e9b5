// Why Kin did not do what somebody asked, and what to do instead.
import { ReturnCategory } from "../model/return.ts";
import { safe, safeInline } from "../text/safe.ts";
import { shorten } from "./format.ts";
import { codeOf } from "./term.ts";

export type Refusal =
  | { readonly kind: "no_such_command"; readonly asked: string; readonly meant: string | null }
  | { readonly kind: "no_such_category"; readonly asked: string; readonly meant: string | null }
  | { readonly kind: "misused"; readonly command: Misused }
  | { readonly kind: "no_such_step"; readonly asked: string; readonly last: number }
  | { readonly kind: "no_text" }
  | { readonly kind: "nothing_runs" }
  /** `pull`: the task's, if it is merged or closed. */
  | {
      readonly kind: "is_over";
      /** `gone`: deleted, or in another repository. */
      readonly issue: "open" | "closed" | "gone";
      readonly pull: { readonly number: number; readonly merged: boolean } | null;
    }
  | { readonly kind: "already_running" }
  | { readonly kind: "nothing_to_return" }
  | { readonly kind: "nothing_to_approve" }
  /** `why`: from the authority table. */
  | { readonly kind: "not_allowed"; readonly why: string }
  | { readonly kind: "nobody_listens" }
  | { readonly kind: "no_such_worker"; readonly asked: string; readonly at_work: readonly string[] }
  | { readonly kind: "no_such_head"; readonly asked: string; readonly heads: readonly string[] }
  | { readonly kind: "is_escalation" }
  | { readonly kind: "already_handed_over" }
  /** `known`: the latest, which people may name. */
  | {
      readonly kind: "no_such_decision";
      readonly asked: string;
      readonly known: readonly { readonly id: number; readonly title: string }[];
    }
  | { readonly kind: "decision_exists" }
  /** An expected failure: its message, and what to do. */
  | { readonly kind: "failed"; readonly message: string; readonly hint: string };

/** A known command with words after it that it does not take. */
export type Misused = keyof typeof TAKES;

const TAKES = {
  rerun: "takes nothing, or `from <step>` with the step's number in the status comment",
  tell: "needs a text",
  mode: "takes `auto` or `review`",
  escalate: "takes the name of a department head, or nothing",
  decide:
    "needs a text or a number: `/kin decide <text>` makes a decision, `/kin decide <number>` puts a proposed one in force, `/kin decide drop <number>` takes one back",
} as const;

const CATEGORIES = ReturnCategory.options.map(name => `\`${name}\``).join(", ");

export const refusal = (why: Refusal): string => {
  switch (why.kind) {
    case "no_such_command":
      return `Kin knows no command ${asked(why.asked)}. ${why.meant === null ? "" : `Did you mean \`/kin ${why.meant}\`? `}\`/kin\` lists those that make sense now, with what each takes.`;
    case "no_such_category":
      return `${asked(why.asked)} is no category of a return, so nothing was returned. ${why.meant === null ? "" : `Did you mean \`${why.meant}\`? `}There are ${CATEGORIES}. Where it is the first word of your reason, begin with another.`;
    case "misused":
      return `\`/kin ${why.command}\` ${TAKES[why.command]}.`;
    case "no_such_step":
      return why.last < 1
        ? `There is no plan yet, so no step ${asked(why.asked)} either. \`/kin rerun\` starts from the beginning.`
        : `There is no step ${asked(why.asked)} to start from. \`/kin rerun from <step>\` takes 1 to ${why.last}, as they are numbered in the status comment.`;
    case "no_text":
      return `A return needs a reason, which the next plan is made from: \`/kin return <category> <text>\`. Categories: ${CATEGORIES}.`;
    case "nothing_runs":
      return "Nothing is running, so there is nothing to stop.";
    case "is_over":
      return `${whatIsOver(why)}, so this does nothing. ${howToGoOn(why)}`;
    case "already_running":
      return "A pipeline is running already. `/kin stop` ends it; then `/kin rerun`.";
    case "nothing_to_return":
      return "There is no work yet that could be returned.";
    case "nothing_to_approve":
      return "There is nothing to approve now: no plan waits, and no pull request is ready for review.";
    case "not_allowed":
      return why.why;
    case "nobody_listens":
      return "Nothing is running that could hear it. `/kin rerun` reads the issue and its comments anew.";
    case "no_such_worker":
      return `${asked(why.asked)} is not at work: ${why.at_work.length === 0 ? "no worker is" : `${why.at_work.map(codeOf).join(", ")} ${why.at_work.length === 1 ? "is" : "are"}`}. \`/kin workers\` shows all; \`/kin tell <text>\` speaks to whoever puts them to work.`;
    case "no_such_head":
      return `There is no department head ${asked(why.asked)}. A task can be handed to ${why.heads.map(head => `\`${head}\``).join(", ")}.`;
    case "is_escalation":
      return "This is a follow-up that was escalated already, and those are not escalated again. Say what is missing with `/kin return <category> <text>`.";
    case "already_handed_over":
      return "It is handed over already, and waits for that.";
    case "no_such_decision":
      return `This project has no decision ${asked(why.asked)}. ${why.known.length === 0 ? "There is none yet: `/kin decide <text>` makes one." : `There are ${why.known.map(({ id, title }) => `${codeOf(`#${id}`)} ${safeInline(title, { limit: 120 })}`).join("; ")}.`}`;
    case "decision_exists":
      return "This project has a decision with that title already, in force or not. Say it with another title.";
    case "failed":
      return `${safe(why.message, { limit: 2000, block: true })}\n\n${safe(why.hint, { limit: 2000, block: true })}`.trim();
    default:
      return why satisfies never;
  }
};

type Over = Extract<Refusal, { kind: "is_over" }>;

const whatIsOver = ({ issue, pull }: Over): string => {
  if (pull !== null) return `#${pull.number} was ${pull.merged ? "merged" : "closed without merging"}`;
  if (issue === "gone") return "The issue is gone";
  return issue === "closed" ? "The issue is closed" : "This task is over";
};

const howToGoOn = ({ issue, pull }: Over): string => {
  if (issue === "gone") return "What is still to be done needs another issue.";
  const before = issue === "closed" ? "Reopen the issue first. Then" : "To go on,";
  const then =
    pull === null
      ? ""
      : pull.merged
        ? ": that starts on a new branch"
        : ": that opens the pull request again";
  return `${before} say in a comment what is still to be done, and \`/kin rerun\` in another${then}.`;
};

const asked = (text: string): string =>
  text.trim() === "" ? safeInline("with that name") : codeOf(shorten(text, 60));
