// Journals in short, for stories: what happened in which order, and what a role was shown.
import type { EventData, EventOf } from "../../core/model/event.ts";

/** One word or two for each event, without turns and beginnings of attempts. */
export const deedsOf = (journal: readonly EventData[]): readonly string[] => {
  let role = "";
  return journal.flatMap(event => {
    switch (event.kind) {
      case "attempt_started":
        role = event.role;
        return [];
      case "turn":
        return [];
      case "attempt_finished":
        return [`${role} ${event.outcome}`];
      case "steps_added":
        return [`added ${event.part}: ${event.steps.map(step => step.role).join(", ")}`];
      case "hook_ran":
        return [`hook ${event.hook}`];
      case "finished":
        return [event.outcome];
      default:
        return [event.kind];
    }
  });
};

export const attemptsOf = (
  journal: readonly EventData[],
  role: string,
): readonly EventOf<"attempt_started">[] =>
  journal.filter(event => event.kind === "attempt_started").filter(attempt => attempt.role === role);

/** The first message of this role's last attempt. */
export const shownTo = (journal: readonly EventData[], role: string): string =>
  attemptsOf(journal, role).at(-1)?.first ?? "";

export const openingOf = (journal: readonly EventData[]): EventOf<"opened">["opening"] => {
  const [first] = journal;
  if (first?.kind !== "opened") throw new Error("There is no such pipeline.");
  return first.opening;
};

export const endOf = (journal: readonly EventData[]): EventOf<"finished"> => {
  const last = journal.at(-1);
  if (last?.kind !== "finished") throw new Error(`The pipeline is not over: ${last?.kind}`);
  return last;
};

export const planOf = (journal: readonly EventData[]): EventOf<"planned">["plan"] => {
  const planned = journal.find(event => event.kind === "planned");
  if (planned === undefined) throw new Error("There is no plan.");
  return planned.plan;
};

/** Everything sent back to the models, in order: results of tools, refusals, reminders, people's words. */
export const resultsOf = (journal: readonly EventData[]): string =>
  journal
    .flatMap(event => (event.kind === "turn" ? event.results : []))
    .map(block => (block.type === "text" ? block.text : block.content))
    .join("\n");
