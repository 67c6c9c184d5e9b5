// Steps join a pipeline after one that is done; those that have not begun move back.
import { closingGate } from "../agents/roster.ts";
import type { EventOf } from "../model/event.ts";
import { type Pipeline, type Step, unbegun } from "../model/pipeline.ts";
import { isSame } from "../model/same.ts";
import { type Addition, afterwardsOf, decompositionOf, replanOf, revisionOf } from "./added-steps.ts";
import { illegal } from "./illegal.ts";
import { verdictOf } from "./state.ts";

export const addSteps = (pipeline: Pipeline, data: EventOf<"steps_added">): Partial<Pipeline> => {
  const behind = pipeline.steps[data.after];
  if (behind === undefined) throw illegal(`there is no step ${data.after}`);
  const later = pipeline.steps.slice(data.after + 1);
  if (later.some(step => step.attempts.length > 0 || step.answer !== null))
    throw illegal("a step behind the added ones has begun");
  if (!isDue(pipeline, { behind, data })) throw illegal(`no ${data.part} is due behind step ${data.after}`);
  const shift = data.steps.length;
  const added = data.steps.map((step, index) => unbegun(step, data.after + 1 + index));
  // Another plan replaces what has not begun.
  const isReplan = data.part === "replan";
  const moved = (isReplan ? [] : later).map(step => ({
    ...step,
    number: step.number + shift,
    depends_on:
      step.depends_on !== null && step.depends_on > data.after ? step.depends_on + shift : step.depends_on,
  }));
  const isRevision = data.part === "revision";
  const before = pipeline.steps
    .slice(0, data.after + 1)
    .map(step => (step === behind && (isRevision || isReplan) ? { ...step, revised: true } : step));
  return {
    steps: [...before, ...added, ...moved],
    revisions: pipeline.revisions + (isRevision ? 1 : 0),
  };
};

/** A head chooses its department's steps; whether they keep the roster's rules is checked where the roster is at hand. */
const isDue = (
  pipeline: Pipeline,
  { behind, data }: { readonly behind: Step; readonly data: EventOf<"steps_added"> },
): boolean => {
  switch (data.part) {
    case "department":
      return (
        behind.head &&
        behind.answer !== null &&
        !isExpanded(pipeline, behind) &&
        data.steps.every(
          step => step.part === "department" && step.department === behind.role && !step.head,
        ) &&
        (data.steps.at(-1)?.gate === true || closingGate(pipeline, behind) !== null)
      );
    case "revision":
      return (
        verdictOf(behind)?.verdict === "changes_requested" &&
        !behind.revised &&
        isTheDue(data, revisionOf(pipeline, behind))
      );
    case "afterwards":
      return isTheDue(data, afterwardsOf(pipeline));
    case "decomposition":
      return isTheDue(data, decompositionOf(pipeline));
    case "replan":
      return isTheDue(data, replanOf(pipeline));
  }
};

/** A revision that repeats its own gate adds no steps of its department. */
const isExpanded = ({ steps }: Pipeline, { number, role }: Step): boolean => {
  const next = steps[number + 1];
  return next?.part === "department" && next.department === role;
};

const isTheDue = ({ after, steps }: EventOf<"steps_added">, due: Addition | null): boolean =>
  due !== null && due.after === after && isSame(steps, due.steps);
