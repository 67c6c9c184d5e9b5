// What a run appends, looked at by the App before it is written. Whatever follows from the pipeline has to be what the
// rules make of it, numbers have ranges, and a turn's price is the App's own. A run that lies can make up a model's words
// and what commands said of themselves, and nothing else: no more than a hostile model gets in an honest run.
import { modelFor } from "../agents/model-for.ts";
import { readsTheWeb, roleOf } from "../agents/roster.ts";
import { WEB_TOOLS } from "../agents/tools.ts";
import { mayWrite, outputTokens, readReply } from "../agents/turn.ts";
import { combineChanges, type FileChange } from "../model/change.ts";
import type { EventData, EventOf } from "../model/event.ts";
import type { ToolUseBlock } from "../model/message.ts";
import { bytesOf } from "../model/patch/content-rules.ts";
import { sizeProblem } from "../model/patch/patch-rules.ts";
import { pathProblem } from "../model/patch/path-rules.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";
import { costOfReply } from "../model/price.ts";
import type { Roster } from "../model/role.ts";
import { isSame } from "../model/same.ts";
import { judgeSubmits, planOf } from "./accept.ts";
import { apply } from "./apply.ts";
import { type Command, decide } from "./decide.ts";
import { departmentSteps } from "./department.ts";
import { illegal } from "./illegal.ts";
import { dueGates, provingCommands, settle } from "./settle.ts";
import { attemptState } from "./state.ts";

export interface Taking {
  readonly pipeline: Pipeline;
  /** With the project's own roles. */
  readonly roster: Roster;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface Taken {
  /** As they are written. */
  readonly events: readonly EventData[];
  /** What they fold into. */
  readonly pipeline: Pipeline;
}

/** Throws `illegal_event` with what is wrong, and then nothing may be written. */
export const takeEvents = (said: readonly EventData[], { pipeline: behind, roster, at }: Taking): Taken => {
  const events: EventData[] = [];
  let pipeline = behind;
  for (const data of said) {
    const own = data.kind === "turn" ? { ...data, usd: priceOf(data, pipeline) } : data; // guard: price-of-a-turn
    const ahead = apply(pipeline, { seq: pipeline.seq + 1, at, data: own });
    const problem = problemOf(own, { pipeline, roster });
    if (problem !== null) throw illegal(problem);
    events.push(own);
    pipeline = ahead;
  }
  const owed = owedBy({ pipeline, roster });
  if (owed !== null) throw illegal(`\`${owed.kind}\` is written with the answer that it comes of`); // guard: nothing-owed
  if (events.at(-1)?.kind === "limit_reached") throw illegal("a limit is written with what it ends"); // guard: limit-with-its-end
  return { events, pipeline };
};

type Context = Omit<Taking, "at">;

/** Looked at once the fold has said that the event may stand there. */
const problemOf = (data: EventData, context: Context): string | null => {
  const { pipeline } = context;
  const [next] = decide(pipeline);
  const owed = owedBy(context);
  if (owed !== null)
    return isSame(data, owed) ? null : `the answer before it comes to another \`${owed.kind}\``; // guard: plan-of-the-answer
  switch (data.kind) {
    case "opened":
    case "claimed":
    case "plan_approved":
      return `a run may not append \`${data.kind}\``; // guard: the-apps-own
    // Compared with the people's own words, where the store is at hand.
    case "told":
    case "stop_asked":
      return null;
    case "paused":
    case "interrupted":
      return pipeline.paused === null ? null : "the run had ended already"; // guard: ends-once
    case "set_up":
      return next?.kind === "set_up"
        ? (treeProblem(data.tree) ?? secondsProblem(data.commands))
        : notDue(data, next); // guard: setup-is-due
    case "hook_ran":
      return hookProblem(data, next);
    case "attempt_started":
      return startProblem(data, { ...context, next });
    case "turn":
      return turnProblem(data, { ...context, next });
    case "attempt_finished":
      return endProblem(data, { ...context, next });
    case "planned":
      return "no plan is due";
    case "finished":
      return isDecided(data, next) || isFailure(data) ? null : notDue(data, next); // guard: end-is-decided
    case "steps_added":
    case "plan_held":
    case "limit_reached":
      return isDecided(data, next) ? null : notDue(data, next); // guard: decided
    default:
      return data satisfies never;
  }
};

/** An event that is a decision and nothing else. */
const isDecided = (data: EventData, next: Command | undefined): boolean =>
  next?.kind === "conclude" && next.events.some(event => isSame(event, data));

/** What went wrong in the world is the run's to say: it ends the pipeline, and nothing comes of it. */
const isFailure = (data: EventOf<"finished">): boolean => data.outcome === "blocked" && data.return === null;

const notDue = (data: EventData, next: Command | undefined): string =>
  `\`${data.kind}\` is not what comes next${next === undefined ? "" : `, but ${nameOf(next)}`}`;

const nameOf = (next: Command): string => {
  switch (next.kind) {
    case "set_up":
      return "the setup";
    case "take_turn":
      return `a turn of ${next.key}`;
    case "settle":
      return `the end of attempt ${next.key}`;
    case "run_hook":
      return `the hook ${next.hook}`;
    case "conclude":
      return next.events
        .map(event => ("outcome" in event ? `\`${event.outcome}\`` : `\`${event.kind}\``))
        .join(", ");
    default:
      return next satisfies never;
  }
};

/** A plan, or a department's steps, follow from an answer and stand right behind it. */
const owedBy = ({ pipeline, roster }: Context): EventOf<"planned" | "steps_added"> | null => {
  const { steps, plan, opening } = pipeline;
  const planner = steps[0]?.answer ?? null;
  if (plan === null && steps.length === 1 && planner !== null) {
    const made = planOf(planner, { pipeline, roster });
    return made.kind === "refused" ? null : { kind: "planned", plan: made.plan };
  }
  for (const step of steps) {
    const isNew = step.head && step.attempts.length > 0 && steps[step.number + 1]?.department !== step.role;
    if (!isNew || step.answer === null) continue;
    const made = departmentSteps(step.answer, { step, roster, opening });
    if (made.kind === "steps" && made.steps.length > 0)
      return { kind: "steps_added", after: step.number, part: "department", steps: [...made.steps] };
  }
  return null;
};

type Due = Context & { readonly next: Command | undefined };

const hookProblem = ({ hook, ran }: EventOf<"hook_ran">, next: Command | undefined): string | null =>
  next?.kind === "run_hook" && next.hook === hook && next.command === ran.command // guard: hook-is-due
    ? secondsProblem([ran])
    : `the hook ${hook} is not due with this command`;

const isTurnOf = (
  at: { readonly step: number; readonly attempt: number },
  next: Command | undefined,
): boolean => next?.kind === "take_turn" && next.step === at.step && next.attempt === at.attempt;

const startProblem = (data: EventOf<"attempt_started">, { pipeline, roster, next }: Due): string | null => {
  if (!isTurnOf(data, next)) return notDue(data, next); // guard: attempt-is-due
  const { config } = pipeline.opening;
  const role = roleOf(roster, data.role);
  const model = modelFor(role, config.models);
  if (data.model !== model) return `${data.role} talks to ${model}, not to ${data.model}`; // guard: model-of-the-role
  if (data.web === true && !readsTheWeb(role, config)) return `${data.role} may not read the web`; // guard: web-of-the-role
  if ((data.heard ?? 0) > pipeline.told.length) return "it heard more than anybody said"; // guard: heard-no-more
  return null;
};

interface Place {
  readonly step: Step;
  readonly attempt: Attempt;
}

/** The fold has looked whether it is there. */
const placeOf = (pipeline: Pipeline, { step: number }: { readonly step: number }): Place => {
  const step = pipeline.steps[number] as Step;
  return { step, attempt: step.attempts.at(-1) as Attempt };
};

const turnProblem = (data: EventOf<"turn">, { next, ...context }: Due): string | null => {
  if (!isTurnOf(data, next)) return notDue(data, next); // guard: turn-is-due
  const place = placeOf(context.pipeline, data);
  const { calls, submits, failed } = readReply(data.reply, place.attempt);
  const judged = judgeSubmits(submits, { ...context, ...place, ran: data.ran });
  if (!isSame(data.submitted, judged.submitted)) return "its answer is not the one that its reply submits"; // guard: answer-of-the-reply
  if (data.failed === null && (failed ?? judged.failed) !== null) return "its conversation cannot go on"; // guard: failed-conversation
  return (
    usageProblem(data, place.attempt) ??
    secondsProblem([data, ...data.ran]) ??
    ranProblem(data, calls) ??
    wroteProblem(data, { ...context, ...place, calls })
  );
};

/** Of any model that there is. */
const LARGEST_CONTEXT = 1_000_000;
const MOST_SEARCHES = WEB_TOOLS.find(({ name }) => name === "web_search")?.max_uses ?? 0;
/** While it replies once, the API may ask the model again with each search and each page that it fetched. */
const ROUNDS_WITH_WEB = 1 + WEB_TOOLS.reduce((sum, { max_uses }) => sum + max_uses, 0);

const usageProblem = ({ reply: { usage } }: EventOf<"turn">, attempt: Attempt): string | null => {
  const asked = outputTokens(attempt);
  const rounds = attempt.started?.web === true ? ROUNDS_WITH_WEB : 1;
  const read = usage.input + usage.cache_read + usage.cache_write;
  if (read > LARGEST_CONTEXT * rounds) return `no model reads ${read} tokens for one reply`; // guard: tokens-read
  if (usage.output > asked * rounds) return `${asked} tokens were asked for, not ${usage.output}`; // guard: tokens-written
  if (usage.cache_write_1h > usage.cache_write) return "more tokens were cached for an hour than at all"; // guard: tokens-cached
  if ((usage.web_searches ?? 0) > (rounds > 1 ? MOST_SEARCHES : 0)) return "it searched more than it may"; // guard: searches
  return null;
};

const MOST_SECONDS = 86_400;

const secondsProblem = (timed: readonly { readonly seconds: number }[]): string | null =>
  timed.some(({ seconds }) => seconds > MOST_SECONDS) ? "nothing takes longer than a day" : null; // guard: seconds

/** Each is the command of a call of the reply, in their order. */
const ranProblem = ({ ran }: EventOf<"turn">, calls: readonly ToolUseBlock[]): string | null => {
  const asked = calls.filter(({ name }) => name === "bash").map(({ input }) => commandOf(input));
  let from = 0;
  for (const { command } of ran) {
    const at = asked.indexOf(command, from);
    if (at < 0) return `its reply does not ask for \`${command.slice(0, 200)}\``; // guard: commands-of-the-reply
    from = at + 1;
  }
  return null;
};

const commandOf = (input: unknown): unknown => (input as { readonly command?: unknown } | null)?.command;

const wroteProblem = (
  { wrote }: EventOf<"turn">,
  { pipeline, roster, step, calls }: Context & Place & { readonly calls: readonly ToolUseBlock[] },
): string | null => {
  if (wrote === null) return null;
  if (!calls.some(mayWrite)) return "its reply calls nothing that changes files"; // guard: writes-of-the-reply
  const { changes, tree } = wrote;
  const paths = new Set(changes.map(({ path }) => path));
  if (paths.size !== changes.length || paths.size === 0) return "it names each change once, and one at least"; // guard: changes-once
  const { permissions: permission, paths: own = null, paths_denied = [] } = roleOf(roster, step.role);
  const scope = { permission, paths: own, paths_denied };
  const rules = { scope, protected: pipeline.opening.config.paths.protected };
  for (const change of changes) {
    const problem = pathProblem(change.path, rules) ?? sizeProblem(bytesOf(change)); // guard: paths-of-a-turn
    if (problem !== null) return `\`${change.path.slice(0, 200)}\` may not be changed: ${problem}`;
  }
  return treeProblem(tree) ?? otherTreeProblem(pipeline, wrote);
};

/** A git object's name; nobody but a run of this pipeline looks whether there is one. */
const treeProblem = (tree: string): string | null =>
  /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(tree) ? null : "a tree has the name of a git object"; // guard: name-of-a-tree

/** A change makes another tree; one that takes everything back makes the first. */
const otherTreeProblem = (
  pipeline: Pipeline,
  { tree, changes }: { readonly tree: string; readonly changes: readonly FileChange[] },
): string | null => {
  if (tree === pipeline.tree) return "its changes leave the tree as it was"; // guard: another-tree
  const before = pipeline.steps
    .flatMap(({ attempts }) => attempts.flatMap(({ turns }) => turns))
    .map(turn => turn.wrote?.changes ?? []);
  return combineChanges([...before, changes]).length === 0 && tree !== pipeline.setup?.tree // guard: first-tree-again
    ? "its changes take back all that was changed, and that is the first tree"
    : null;
};

const endProblem = (data: EventOf<"attempt_finished">, { next, ...context }: Due): string | null => {
  if (isDecided(data, next)) return null;
  const { step, attempt } = placeOf(context.pipeline, data);
  // What comes afterwards may fail at any time, and harms nothing.
  const gaveUp = data.outcome === "failed" && data.answer === null && data.checks.length === 0;
  if (step.part === "afterwards" && gaveUp) return null;
  if (next?.kind !== "settle" || attemptState(attempt) !== "to_settle") return notDue(data, next); // guard: settled-when-due
  const due = endOf(data, { ...context, step, attempt });
  return (
    checksProblem(data, { ...context, step, attempt }) ?? (isSame(data, due) ? null : wrongEnd(data, due))
  ); // guard: end-of-an-attempt
};

const wrongEnd = (data: EventOf<"attempt_finished">, due: EventOf<"attempt_finished">): string =>
  `the attempt's own turns come to \`${due.outcome}\`${due.reason === null ? "" : ` (${due.reason.slice(0, 200)})`}, not to this \`${data.outcome}\``;

/** As the harness ends it: by its answer's proof, and for the planner by the rules of plans. */
const endOf = (
  { checks }: EventOf<"attempt_finished">,
  { step, attempt, ...context }: Context & Place,
): EventOf<"attempt_finished"> => {
  const settled = settle(step, attempt, checks);
  if (settled.outcome !== "done" || step.number !== 0 || settled.answer === null) return settled;
  const made = planOf(settled.answer, context);
  return made.kind === "refused"
    ? { ...settled, outcome: "failed", reason: made.reasons.join(" ") }
    : settled;
};

/** The project's gates, all and in order; before them the answer's proof once more, where it has to run again. */
const checksProblem = (
  { checks }: EventOf<"attempt_finished">,
  { pipeline, step, attempt }: Context & Place,
): string | null => {
  const gates = dueGates(step, attempt, pipeline.opening.config);
  const proof = provingCommands(attempt);
  const commands = checks.map(({ command }) => command);
  const isWhole = isSame(commands, [...proof, ...gates]);
  const wasPutBack = attempt.turns.some(turn => turn.put_back === true);
  if (!isWhole && (wasPutBack || !isSame(commands, gates)))
    return "its checks are not the commands that were due"; // guard: checks-that-are-due
  return secondsProblem(checks);
};

/** Null where the model has no known price: `unpriced` says so. */
const priceOf = (data: EventOf<"turn">, pipeline: Pipeline): number | null => {
  const attempt = pipeline.steps[data.step]?.attempts.at(-1);
  return costOfReply(attempt?.started?.model ?? "", data.reply);
};
