// A case's pipeline at the moment of the role's turn: a journal that Kin's own fold accepts, completed by Kin's own
// rules, so that the role sees what it would really see.
import { roleOf } from "../../core/agents/roster.ts";
import type { Answer } from "../../core/model/answer.ts";
import { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Attempt, Pipeline, Step } from "../../core/model/pipeline.ts";
import type { PlannedStep } from "../../core/model/plan.ts";
import type { Roster } from "../../core/model/role.ts";
import type { Opening } from "../../core/model/task.ts";
import { NO_USAGE } from "../../core/model/usage.ts";
import { apply, open } from "../../core/pipeline/apply.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { openingOf } from "../../core/pipeline/opening.ts";
import { plannedStep } from "../../core/pipeline/plan/steps.ts";
import { settle } from "../../core/pipeline/settle.ts";
import { currentStep } from "../../core/pipeline/state.ts";
import type { EvalCase } from "./case.ts";
import type { Laid } from "./repository.ts";

export interface Ground extends Laid {
  readonly roster: Roster;
}

export const append = (pipeline: Pipeline, events: readonly EventData[]): Pipeline =>
  events.reduce<Pipeline>(
    (folded, data) => apply(folded, { seq: folded.seq + 1, at: new Date().toISOString(), data }),
    pipeline,
  );

/** Throws `case_invalid` if the preceding steps do not lead to the role. */
export const pipelineBefore = (asked: EvalCase, ground: Ground): Pipeline => {
  const opened = { kind: "opened" as const, opening: openingFor(asked, ground.base) };
  let pipeline = open({ seq: 1, at: new Date().toISOString(), data: opened });
  pipeline = append(pipeline, [
    { kind: "set_up", tree: ground.baseTree, commands: [], ok: true, reason: null },
  ]);
  if (asked.role === "pm") return pipeline;
  pipeline = planned(pipeline, stepsOf(asked, ground.roster));
  const { previous } = asked.context;
  const writer = previous.findLastIndex(({ role }) => writes(role, ground.roster));
  for (const [index, { role, answer }] of previous.entries()) {
    const wrote = index === writer && ground.changes.length > 0 ? wroteOf(ground) : null;
    pipeline = append(pipeline, attemptBy(stepFor(pipeline, { role, asked }), { answer, wrote }));
    pipeline = withRules(pipeline);
  }
  stepFor(pipeline, { role: asked.role, asked });
  if (pipeline.tree === ground.tree) return pipeline;
  throw new KinError(`${asked.id}: \`base\` differs from \`files\`, and no step before writes.`, {
    code: "case_invalid",
    hint: "`base` belongs to cases whose `context.previous` has a step that changes files.",
  });
};

const wroteOf = ({ tree, changes }: Laid): EventOf<"turn">["wrote"] => ({ tree, changes: [...changes] });

const writes = (name: string, roster: Roster): boolean => {
  const { permissions, gate } = roleOf(roster, name);
  return permissions === "full" && !gate;
};

const openingFor = ({ context }: EvalCase, base: string): Opening =>
  openingOf({
    pipeline: "eval",
    number: context.returns.count + 1,
    task: {
      repository: { id: 1, owner: "octocat", name: "project", default_branch: "main" },
      issue: 1,
      url: "https://github.com/octocat/project/issues/1",
      ...context.task,
      asked_by: context.task.author,
      acceptance_criteria: context.criteria,
      frozen_at: new Date().toISOString(),
      hidden_removed: 0,
    },
    brief: context.brief,
    // No setup: an eval's sandbox never has network.
    config: Config.parse({ setup: [], learn: "off", limits: { step_usd: 1, step_turns: 40 } }),
    base: { ref: "main", sha: base },
    branch: { name: "kin/1-eval", head: null },
    returns: context.returns,
    findings: context.findings,
    decisions: context.decisions,
  });

/** What is said about `base` elsewhere does not apply to a case without one. */
const NO_BEFORE =
  "The change is in the tree, and in `base` too: how the files were before it is not to be had here.";

/** Only up to the first rejection, because revisions after it come from the rules; without one the role comes last. */
const stepsOf = (asked: EvalCase, roster: Roster): readonly PlannedStep[] => {
  const { previous, part, step_criteria } = asked.context;
  const rejected = previous.findIndex(({ answer }) => answer.verdict === "changes_requested");
  const before = rejected < 0 ? previous : previous.slice(0, rejected + 1);
  const role = roleOf(roster, asked.role);
  const isTold = role.permissions !== "read_only" && previous.some(one => writes(one.role, roster));
  const brief = isTold && Object.keys(asked.base).length === 0 ? `${part}\n\n${NO_BEFORE}` : part;
  const own = plannedStep(role, { brief, criteria: step_criteria });
  return [
    ...before.map(({ role }) => plannedStep(roleOf(roster, role), { brief: `The part of ${role}.` })),
    ...(rejected < 0 ? [own] : []),
  ];
};

const planned = (pipeline: Pipeline, steps: readonly PlannedStep[]): Pipeline => {
  const plan = {
    analysis: "",
    category: null,
    route_type: "custom",
    completion_mode: "review" as const,
    steps: [...steps],
    repairs: [],
  };
  const planner = pipeline.steps[0] as Step;
  const answer = { analysis: "" };
  return append(pipeline, [...attemptBy(planner, { answer, wrote: null }), { kind: "planned", plan }]);
};

/** What follows from an answer by itself, such as the steps of a revision. */
const withRules = (pipeline: Pipeline): Pipeline => {
  const [next] = decide(pipeline);
  return next?.kind === "conclude" ? withRules(append(pipeline, next.events)) : pipeline;
};

/** An attempt that handed in this answer, with green proof runs: a case names its commands, an answer their numbers. */
const attemptBy = (
  step: Step,
  { answer, wrote }: { readonly answer: Answer; readonly wrote: EventOf<"turn">["wrote"] },
): readonly EventData[] => {
  const at = { step: step.number, attempt: 1 };
  const started: EventOf<"attempt_started"> = {
    kind: "attempt_started",
    ...at,
    role: step.role,
    model: "",
    system: [],
    first: "",
  };
  const proof = answer.proof as { readonly how_verified?: readonly string[] } | undefined;
  const commands = [...new Set(proof?.how_verified ?? [])];
  const how_verified = commands.map((_, index) => index + 1);
  const turn: EventOf<"turn"> = {
    kind: "turn",
    ...at,
    reply: { content: [], stop_reason: "tool_use", model: "", usage: NO_USAGE, request_id: null },
    results: [],
    usd: 0,
    seconds: 0,
    ran: commands.map(command => ({ command, exit_code: 0, seconds: 0, output: "" })),
    wrote,
    submitted: proof === undefined ? answer : { ...answer, proof: { ...proof, how_verified } },
    failed: null,
  };
  const attempt: Attempt = { number: 1, started, turns: [turn], finished: null };
  return [started, turn, settle(step, { attempt, checks: [] })];
};

const stepFor = (
  pipeline: Pipeline,
  { role, asked }: { readonly role: string; readonly asked: EvalCase },
): Step => {
  const step = currentStep(pipeline);
  if (step?.role === role && pipeline.outcome === null) return step;
  const found = pipeline.outcome?.reason ?? `it is the turn of ${step?.role ?? "nobody"}`;
  throw new KinError(`${asked.id}: the steps before do not lead to ${role}: ${found}.`, {
    code: "case_invalid",
    hint: "`context.previous` holds the steps in the order in which Kin would run them.",
  });
};
