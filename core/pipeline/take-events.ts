// What a run appends, checked by the App before it is written. Whatever follows from the pipeline must be what the rules
// make of it, numbers have ranges, and the App sets the price of a turn. A lying run can make up a model's words and what
// commands printed, and nothing else: no more than a hostile model gets in an honest run.
import { modelFor } from "../agents/model-for.ts";
import { coordinates, readsTheWeb, roleOf } from "../agents/roster.ts";
import type { EventData, EventKind, EventOf } from "../model/event.ts";
import { costOfReply } from "../model/models.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import { isSame } from "../model/same.ts";
import { apply } from "./apply.ts";
import { viewOf } from "./approaches.ts";
import { apartIn, joinsBefore, whyNotJoined } from "./beside.ts";
import { type Command, decide } from "./decide.ts";
import { type Due, dueFor, isAt, isDecided, isTurnOf, notDue, secondsProblem } from "./due.ts";
import { endProblem } from "./end-problem.ts";
import { giveUpProblem } from "./give-up.ts";
import { illegal } from "./illegal.ts";
import { offerProblem } from "./mcp-problem.ts";
import { NO_OWN, toRunAgain } from "./own-commands.ts";
import { planOf } from "./plan/accept.ts";
import { departmentSteps } from "./plan/department.ts";
import { isPlanner } from "./state.ts";
import { ordersProblem, treeProblem, turnProblem } from "./turn-problem.ts";
import { conversingStep } from "./workers.ts";

export interface Taking extends Omit<Due, "next"> {
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface Taken {
  /** As they are written. */
  readonly events: readonly EventData[];
  /** What they fold into. */
  readonly pipeline: Pipeline;
}

/** Throws `illegal_event` with what is wrong; then nothing may be written. */
export const takeEvents = (said: readonly EventData[], { pipeline: behind, roster, at }: Taking): Taken => {
  const events: EventData[] = [];
  let pipeline = behind;
  let owed: Owed | null = null;
  for (const data of said) {
    if (APPS_OWN.has(data.kind)) throw illegal(`a run may not append \`${data.kind}\``); // guard: the-apps-own
    const own = data.kind === "turn" ? { ...data, usd: priceOf(data, pipeline) } : data; // guard: price-of-a-turn
    const unordered = falseOrders(data, { pipeline, roster });
    if (unordered !== null) throw illegal(unordered);
    const ahead = apply(pipeline, { seq: pipeline.seq + 1, at, data: own });
    const problem = owed === null ? problemOf(own, { pipeline, roster }) : notOwed(own, owed);
    if (problem !== null) throw illegal(problem);
    events.push(own);
    pipeline = ahead;
    owed = owedBehind(own, { pipeline, roster });
  }
  if (owed !== null) throw illegal(`\`${owed.kind}\` is written with the answer that it comes of`); // guard: nothing-owed
  if (events.at(-1)?.kind === "limit_reached") throw illegal("a limit is written with what it ends"); // guard: limit-with-its-end
  return { events, pipeline };
};

/** What only the control plane may say: a lying run approves no plan and opens no pipeline. */
const APPS_OWN: ReadonlySet<EventKind> = new Set(["opened", "claimed", "plan_approved"]);

type Context = Omit<Due, "next">;

type Owed = EventOf<"planned" | "steps_added">;

const notOwed = (data: EventData, owed: Owed): string | null =>
  isSame(data, owed) ? null : `the answer before it comes to another \`${owed.kind}\``; // guard: plan-of-the-answer

/**
 * Why an event's orders are not those of its reply, or of the rules. Checked before the fold obeys them, because each costs
 * work.
 */
const falseOrders = (data: EventData, context: Context): string | null => {
  if (data.kind === "turn") return ordersProblem(data, context);
  if (data.kind !== "led") return null;
  const next = dueFor(data, decide(context.pipeline));
  return isDecided(data, next) ? null : notDue(data, next); // guard: orders-of-the-rules
};

/** Asked once the fold has accepted the event. */
const problemOf = (data: EventData, { pipeline, roster }: Context): string | null => {
  const next = dueFor(data, decide(pipeline));
  const context = {
    pipeline: "attempt" in data ? viewOf(pipeline, conversingStep(pipeline, data) as Step) : pipeline,
    roster,
  };
  switch (data.kind) {
    // Compared with the people's own words, where the store is at hand.
    case "told":
    case "stop_asked":
    case "worker_stop_asked":
      return null;
    // Compared before the fold.
    case "led":
      return null;
    case "paused":
    case "interrupted":
      return pipeline.paused === null ? null : "the run had ended already"; // guard: ends-once
    case "set_up":
      if (next?.kind !== "set_up") return notDue(data, next); // guard: setup-is-due
      return treeProblem(data.tree) ?? secondsProblem(data.commands);
    case "base_checked":
      return baseProblem(data, next);
    case "hook_ran":
      return hookProblem(data, next);
    case "attempt_started":
      return startProblem(data, { ...context, next });
    case "turn":
      return turnProblem(data, { ...context, next });
    case "attempt_finished":
      return endProblem(data, { ...context, next });
    case "step_given_up":
      return giveUpProblem(data, next);
    case "joined":
      return joinProblem(data, { ...context, next });
    case "opened":
    case "claimed":
    case "plan_approved":
    case "planned":
      return notDue(data, next);
    case "finished":
      return isDecided(data, next) || isFailure(data, pipeline) ? null : notDue(data, next); // guard: end-is-decided
    case "steps_added":
    case "plan_held":
    case "limit_reached":
      return isDecided(data, next) ? null : notDue(data, next); // guard: decided
    default:
      return data satisfies never;
  }
};

/**
 * Only the run knows what went wrong in the world: it ends the pipeline, and nothing follows. Not if a person stopped it,
 * because they decide about the task.
 */
const isFailure = (data: EventOf<"finished">, { stop }: Pipeline): boolean =>
  stop === null && data.outcome === "blocked" && data.return === null; // guard: no-failure-behind-a-stop

/** A plan, or a department's steps, follow from an answer and come right after it: later the plan could be another. */
const owedBehind = (data: EventData, { pipeline, roster }: Context): Owed | null => {
  if (data.kind !== "attempt_finished" || data.worker !== undefined) return null;
  const step = pipeline.steps[data.step];
  if (step === undefined || step.answer === null) return null;
  if (isPlanner(step)) {
    const made = planOf(step.answer, { pipeline, roster });
    return made.kind === "refused" ? null : { kind: "planned", plan: made.plan };
  }
  const made = step.head ? departmentSteps(step.answer, { step, roster, pipeline }) : null;
  return made?.kind === "steps" && made.steps.length > 0
    ? { kind: "steps_added", after: step.number, part: "department", steps: [...made.steps] }
    : null;
};

/** Each once, in order, and then once more those that failed without running into their limit. */
const baseProblem = ({ ran }: EventOf<"base_checked">, next: Command | undefined): string | null => {
  if (next?.kind !== "check_base") return "the project's own commands are not what comes next";
  const [first, again] = [ran.slice(0, next.commands.length), ran.slice(next.commands.length)];
  const commands = [...next.commands, ...toRunAgain(first, NO_OWN)];
  const told = [...first, ...again].map(({ command }) => command);
  return isSame(commands, told) // guard: commands-of-the-base
    ? secondsProblem(ran)
    : "these are not the project's own commands";
};

const hookProblem = ({ hook, ran }: EventOf<"hook_ran">, next: Command | undefined): string | null =>
  next?.kind === "run_hook" && next.hook === hook && next.command === ran.command // guard: hook-is-due, command-of-the-hook
    ? secondsProblem([ran])
    : `the hook ${hook} is not due with this command`;

const startProblem = (data: EventOf<"attempt_started">, { pipeline, roster, next }: Due): string | null => {
  if (!isTurnOf(data, next)) return notDue(data, next); // guard: attempt-is-due
  const { config } = pipeline.opening;
  const role = roleOf(roster, data.role);
  const model = modelFor(role, config.models);
  if (data.model !== model) return `${data.role} talks to ${model}, not to ${data.model}`; // guard: model-of-the-role
  // guard: workers-of-the-role
  if (data.workers === true && (data.worker !== undefined || !coordinates(role, config)))
    return `${data.role} may not start workers`;
  if (data.web === true && !readsTheWeb(role, config)) return `${data.role} may not read the web`; // guard: web-of-the-role
  if ((data.heard ?? 0) > pipeline.told.length) return "it heard more than anybody said"; // guard: heard-no-more
  const step = conversingStep(pipeline, data);
  const isBeside = data.worker !== undefined || step?.beside === true;
  // guard: joined-before
  if (
    data.joins !== undefined &&
    (step === undefined || !isBeside || data.joins > joinsBefore(step, pipeline))
  )
    return "it begins with more than was joined";
  return offerProblem(data, config);
};

/** Only a run can say whether the tree is right: it may equal the one before. */
const joinProblem = (data: EventOf<"joined">, { pipeline, next }: Due): string | null => {
  const isDue = next?.kind === "join" && isAt(data, next);
  if (!isDue) return notDue(data, next); // guard: join-is-due
  const apart = apartIn(conversingStep(pipeline, data) as Step);
  // guard: joined-where-it-fits
  if (apart !== null && whyNotJoined(pipeline, apart) !== null) return "what it wrote cannot be joined";
  return treeProblem(data.tree);
};

/** Null if the model has no known price: `unpriced` says so. */
const priceOf = (data: EventOf<"turn">, pipeline: Pipeline): number | null => {
  const attempt = conversingStep(pipeline, data)?.attempts.at(-1);
  return costOfReply(attempt?.started?.model ?? "", data.reply);
};
