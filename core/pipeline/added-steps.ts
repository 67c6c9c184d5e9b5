// Steps that a plan did not have. They follow from the pipeline alone, so the fold can tell if somebody added others.

import type { Pipeline, Step } from "../model/pipeline.ts";
import { type Part, type PlannedStep, plainStep } from "../model/plan.ts";
import { blockedCategory } from "./blocked.ts";
import { currentStep, isPassed, MOST_ATTEMPTS, PLANNER_ROLE, verdictOf, workOf } from "./state.ts";
import { writtenIn } from "./written.ts";

export interface Addition {
  readonly after: number;
  readonly part: Exclude<Part, "plan" | "department">;
  readonly steps: readonly PlannedStep[];
}

/**
 * The writer again with what the gate found, then the gate again; from the second revision on, an analyst first says why
 * the last one did not help. Null if nobody writes or no revision is left: then it is a return.
 */
export const revisionOf = (pipeline: Pipeline, gate: Step): Addition | null => {
  const writer = writerOf(pipeline, gate);
  if (writer === undefined || pipeline.revisions >= pipeline.opening.config.limits.revisions) return null;
  // What a gate found is dealt with in one way and by one at a time.
  const again = (step: Step, more: Partial<PlannedStep>): PlannedStep => {
    const { approaches: _approaches, beside: _beside, ...planned } = plannedOf(step);
    return { ...planned, part: "revision", ...more };
  };
  const analyst =
    pipeline.revisions === 0
      ? []
      : [
          reader("analyst", {
            part: "revision",
            brief: "Say why the last revision did not satisfy the gate.",
          }),
        ];
  const writes = gate.number + analyst.length + 1;
  return {
    after: gate.number,
    part: "revision",
    steps: [...analyst, again(writer, { depends_on: gate.number }), again(gate, { depends_on: writes })],
  };
};

/** The last one who wrote a file that the gate mentions; if nobody did, the last one who writes at all. */
const writerOf = ({ steps }: Pipeline, gate: Step): Step | undefined => {
  const writers = steps
    .slice(1, gate.number)
    .filter(
      step =>
        (step.writes || pathsWritten(step).length > 0) &&
        !step.gate &&
        !step.revised &&
        step.part !== "afterwards",
    );
  const files = new Set(verdictOf(gate)?.findings.map(finding => finding.file));
  return writers.findLast(step => pathsWritten(step).some(path => files.has(path))) ?? writers.at(-1);
};

/** Without what a revision replaced: the gate that asked for it and, once it answered again, the writer. */
export const standingSteps = (pipeline: Pipeline): readonly Step[] => {
  const replaced = pipeline.steps
    .filter(step => step.revised)
    .flatMap(gate => {
      const again = pipeline.steps.find(step => step.part === "revision" && step.depends_on === gate.number);
      return again?.answer == null ? [gate] : [gate, writerOf(pipeline, gate)];
    });
  return pipeline.steps.filter(step => !replaced.includes(step));
};

const pathsWritten = ({ attempts }: Step): readonly string[] =>
  attempts.flatMap(attempt => writtenIn(attempt).flatMap(({ changes }) => changes.map(({ path }) => path)));

/** What is worth a look once the gate has passed. If there is nothing, nothing is asked and nothing paid. */
export const afterwardsOf = (pipeline: Pipeline): Addition | null => {
  const { opening, steps } = pipeline;
  if (!isPassed(pipeline) || steps.some(step => step.part === "afterwards")) return null;
  const isAsked = opening.asked.length > 0 || workOf(pipeline).some(hasRemarks);
  const trouble =
    opening.returns.count > 0 ||
    pipeline.revisions > 0 ||
    steps.some(step => step.attempts.some(attempt => attempt.finished?.outcome === "failed"));
  const more = [
    ...(isAsked && opening.type === "standard"
      ? [reader("followup", { brief: "Find what became visible and is not this task's." })]
      : []),
    ...(trouble && opening.config.learn !== "off"
      ? [reader("learner", { brief: "Find what the project should remember from this task." })]
      : []),
  ];
  return more.length === 0 ? null : { after: steps.length - 1, part: "afterwards", steps: more };
};

/** A task that its planner found too large is cut into smaller ones. */
export const decompositionOf = (pipeline: Pipeline): Addition | null => {
  const { opening, steps } = pipeline;
  if (blockedCategory(steps[0]) !== "scope_too_large" || steps.length > 1) return null;
  if (opening.type === "escalation" || opening.dry_run) return null;
  return {
    after: 0,
    part: "decomposition",
    steps: [
      reader("task_decomposer", {
        part: "decomposition",
        brief: "Cut this task into tasks that each make one reviewable pull request.",
      }),
    ],
  };
};

/**
 * If a protocol role has used up its attempts, the project manager is asked once more, with what was tried, and plans the
 * rest anew. Once per pipeline, and never in an escalation, whose plan is not a project manager's.
 */
export const replanOf = (pipeline: Pipeline): Addition | null => {
  const { opening, steps } = pipeline;
  const failed = currentStep(pipeline);
  if (failed?.group !== "protocol" || failed.attempts.length < MOST_ATTEMPTS) return null;
  if (failed.attempts.at(-1)?.finished?.outcome !== "failed") return null;
  if (opening.type === "escalation" || steps.some(({ part }) => part === "replan")) return null;
  const brief = `Step ${failed.number} (${failed.role}) failed ${MOST_ATTEMPTS} times, and its attempts are used up. Say what they have in common, and plan the rest of the work anew in another way: all of it, from the tree as it stands to the last gate, because no step of the old plan behind it is kept. Or block, where nobody can do it as it is asked.`;
  return {
    after: failed.number,
    part: "replan",
    steps: [reader(PLANNER_ROLE, { part: "replan", brief, depends_on: failed.number })],
  };
};

const hasRemarks = (step: Step): boolean => {
  const verdict = verdictOf(step);
  return verdict?.verdict === "approved" && verdict.findings.length > 0;
};

const reader = (role: string, more: Pick<PlannedStep, "brief"> & Partial<PlannedStep>): PlannedStep =>
  plainStep(role, { part: "afterwards", ...more });

/** A step as it was planned. */
export const plannedOf = (step: Step): PlannedStep => {
  const { number: _number, attempts: _attempts, answer: _answer, revised: _revised, ...rest } = step;
  const { from: _from, ...planned } = rest;
  return planned;
};
