// States in words, each in one place. In lower case; `capital` is for the beginning of a line.
import type { EventOf, Outcome } from "../model/event.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { RejectionRow, TaskStatus } from "../model/record.ts";

export const STATUS_WORDS: Readonly<Record<TaskStatus, string>> = {
  running: "running",
  review: "ready for review",
  needs_info: "needs information",
  blocked: "blocked",
  done: "done",
  cancelled: "cancelled",
};

const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  passed: "passed",
  returned: "returned",
  needs_info: "needs information",
  blocked: "blocked",
  stopped: "stopped",
  planned_only: "planned only",
  superseded: "handed over",
};

export const outcomeWords = (outcome: Outcome, returned: EventOf<"finished">["return"] = null): string =>
  returned?.source.startsWith("gate:") ? "changes requested" : OUTCOME_WORDS[outcome];

export const endWords = ({ outcome }: Pick<Pipeline, "outcome">): string =>
  outcome === null ? "not finished" : outcomeWords(outcome.kind, outcome.return);

/** What became of a rejection; a return is named by its number. */
export const becameWords = ({ became, return_number }: RejectionRow): string => {
  switch (became) {
    case "returned":
      return `return ${return_number}`;
    case "revised":
      return "revised";
    case "unanswered":
      return "not taken up";
    default:
      return became satisfies never;
  }
};

export const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
