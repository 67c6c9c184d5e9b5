// Tells a pipeline while it runs, event by event: what happened, what was odd about it, and what begins next, which the
// journal only knows once its first reply is there.
import type { JournalEvent } from "../model/event.ts";
import type { Pipeline } from "../model/pipeline.ts";
import { verdictOf } from "../pipeline/state.ts";
import { conversingStep } from "../pipeline/workers.ts";
import { beginsLines, storyLine, warningLines } from "./story-line.ts";

export interface Told {
  readonly text: string;
  readonly tone: "plain" | "good" | "bad" | "rejected" | "warning";
}

/** For terminals, where a tone may not show. */
export const wordsOf = ({ text, tone }: Told): string => `${tone === "warning" ? "warning: " : ""}${text}`;

export type Storyteller = (event: JournalEvent, pipeline: Pipeline) => readonly Told[];

/** For one pipeline: it is given the events in order, each with the fold that includes it. */
export const createStoryteller = (): Storyteller => {
  let begun: readonly string[] = [];
  return (event, pipeline) => {
    const line = storyLine(event, pipeline);
    const begins = beginsLines(pipeline);
    const fresh = begins.filter(text => !begun.includes(text));
    begun = begins;
    return [
      ...(line === null ? [] : [{ text: line, tone: toneOf(event, pipeline) }]),
      ...warningLines(event, pipeline).map(text => ({ text, tone: "warning" as const })),
      ...fresh.map(text => ({ text, tone: "plain" as const })),
    ];
  };
};

const toneOf = ({ data }: JournalEvent, pipeline: Pipeline): Told["tone"] => {
  switch (data.kind) {
    case "attempt_finished": {
      if (data.outcome !== "done") return "bad";
      const step = conversingStep(pipeline, data);
      const verdict = step === undefined ? null : verdictOf(step);
      return verdict?.verdict === "changes_requested" ? "rejected" : "good";
    }
    case "finished":
      return data.outcome === "passed" ? "good" : data.outcome === "blocked" ? "bad" : "rejected";
    case "step_given_up":
      return "bad";
    case "limit_reached":
    case "paused":
    case "interrupted":
      return "rejected";
    default:
      return "plain";
  }
};
