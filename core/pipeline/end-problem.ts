// Why an attempt cannot have ended as a run reports it.
import type { EventOf } from "../model/event.ts";
import { isSame } from "../model/same.ts";
import { apartIn, whyNotJoined } from "./beside.ts";
import { atOf, failed } from "./decide.ts";
import { type Due, isDecided, notDue, type Place, placeOf, secondsProblem } from "./due.ts";
import { dueCommands, ownOf, toRunAgain } from "./own-commands.ts";
import { planOf } from "./plan/accept.ts";
import { mustRunAgain, provingRuns, settle } from "./settle.ts";
import { isPlanner } from "./state.ts";

type Ended = Omit<Due, "next"> & Place;

export const endProblem = (data: EventOf<"attempt_finished">, { next, ...context }: Due): string | null => {
  if (isDecided(data, next)) return null;
  const { step, attempt } = placeOf(context.pipeline, data);
  if (next?.kind === "join") return unjoinedProblem(data, { ...context, step, attempt });
  if (next?.kind !== "settle") return notDue(data, next); // guard: settled-when-due
  const ended = { ...context, step, attempt };
  const due = endOf(data, ended);
  return checksProblem(data, ended) ?? (isSame(data, due) ? null : wrongEnd(data, due)); // guard: end-of-an-attempt
};

const unjoinedProblem = (
  data: EventOf<"attempt_finished">,
  { pipeline, step, attempt }: Ended,
): string | null => {
  const apart = apartIn(step);
  const why = apart === null ? null : whyNotJoined(pipeline, apart);
  // guard: unjoined-for-a-reason
  return why !== null && isSame(data, failed(atOf(step, attempt.number), why))
    ? null
    : "what it wrote can be joined, or cannot for another reason";
};

const wrongEnd = (data: EventOf<"attempt_finished">, due: EventOf<"attempt_finished">): string =>
  `the attempt's own turns come to \`${due.outcome}\`${due.reason === null ? "" : ` (${due.reason.slice(0, 200)})`}, not to this \`${data.outcome}\``;

/** As the harness ends it: by its answer's proof and, for the planner, by the rules of plans. */
const endOf = (
  { checks }: EventOf<"attempt_finished">,
  { step, attempt, ...context }: Ended,
): EventOf<"attempt_finished"> => {
  const settled = settle(step, { attempt, checks, own: ownOf(context.pipeline) });
  if (settled.outcome !== "done" || !isPlanner(step) || settled.answer === null) return settled;
  const made = planOf(settled.answer, context);
  return made.kind === "refused"
    ? { ...settled, outcome: "failed", reason: made.reasons.join(" ") }
    : settled;
};

/**
 * The project's own commands, all and in order, then those that failed anew once more. If the answer's proof has to run
 * again, it comes first.
 */
const checksProblem = (
  { checks }: EventOf<"attempt_finished">,
  { pipeline, step, attempt }: Ended,
): string | null => {
  const own = dueCommands(step, attempt, pipeline);
  const proof = provingRuns(attempt, step).map(({ command }) => command);
  const isWhole = (before: number): boolean => {
    const runs = checks.slice(before);
    const again = toRunAgain(runs.slice(0, own.length), ownOf(pipeline));
    return isSame(
      checks.map(({ command }) => command),
      [...proof.slice(0, before), ...own, ...again],
    );
  };
  const isDue = isWhole(proof.length) || (!mustRunAgain(attempt, step) && isWhole(0));
  return isDue ? secondsProblem(checks) : "its checks are not the commands that were due"; // guard: checks-that-are-due
};
