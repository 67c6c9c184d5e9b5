// One turn: ask the model, run the tools it calls, record what changed. The unit of journalling and of resume.
import { openConversation } from "../../core/agents/context.ts";
import { declarationsOf, existingIn, wordsOf } from "../../core/agents/existing.ts";
import { longFiles } from "../../core/agents/long-files.ts";
import { modelFor } from "../../core/agents/model-for.ts";
import { coordinates, readsTheWeb, roleOf } from "../../core/agents/roster.ts";
import { numbered } from "../../core/agents/runs.ts";
import { mayWrite, nextRequest, readReply, refuse, saidBy, say } from "../../core/agents/turn.ts";
import { openWorker } from "../../core/agents/worker-context.ts";
import type { CommandRun, EventData, EventOf } from "../../core/model/event.ts";
import type { McpCall } from "../../core/model/mcp.ts";
import type { PersonBlock, Reply, ToolUseBlock } from "../../core/model/message.ts";
import { costOfReply } from "../../core/model/models.ts";
import { type Attempt, isPart, type Pipeline, type Step, workerIn } from "../../core/model/pipeline.ts";
import type { ModelOutcome } from "../../core/model/request.ts";
import type { Role } from "../../core/model/role.ts";
import { placeInPlan } from "../../core/pipeline/approaches.ts";
import { joinsBefore } from "../../core/pipeline/beside.ts";
import { atOf, type Command } from "../../core/pipeline/decide.ts";
import { type ReadOrders, readOrders } from "../../core/pipeline/orders.ts";
import { judgeSubmits } from "../../core/pipeline/plan/accept.ts";
import { currentSteps, toldTo } from "../../core/pipeline/state.ts";
import { loadSkill } from "./load-skill.ts";
import type { Bench, Recorded } from "./ports/workbench.ts";
import { type Scene, stepFor } from "./scene.ts";

export const takeTurn = async (
  command: Extract<Command, { kind: "take_turn" }>,
  scene: Scene,
): Promise<readonly EventData[]> => {
  const { pipeline, world } = scene;
  const step = stepFor(command, pipeline);
  const under = step.attempts.find(attempt => attempt.number === command.attempt);
  const started = under?.started ?? (await startAttempt(step, command.attempt, scene));
  const attempt = under ?? { number: command.attempt, started, turns: [], finished: null };
  const begun = world.clock.now();
  const heard = workerIn(step)?.words ?? toldTo(pipeline, { step, attempt }).map(saidBy);
  const outcome = await world.model.reply(nextRequest(attempt, heard), { signal: scene.signal });
  if (outcome.kind !== "replied") return withoutReply(outcome);
  const { reply, tooLarge } = bounded(outcome.reply);
  const played =
    tooLarge === null ? await play(reply, { step, attempt, scene }) : { ...NOTHING_PLAYED, failed: tooLarge };
  const turn: EventData = {
    kind: "turn",
    ...atOf(step, attempt.number),
    reply,
    usd: costOfReply(started.model, reply),
    seconds: Math.max(world.clock.now() - begun, 0) / 1000,
    ...played,
  };
  return under === undefined ? [started, turn] : [turn];
};

/** Fetched pages and documents arrive whole in the reply, and every later request and append would carry them. */
const LARGEST_REPLY = 4 * 1024 * 1024;
const NOTHING_PLAYED = { results: [], ran: [], wrote: null, submitted: null };

const bounded = (reply: Reply): { readonly reply: Reply; readonly tooLarge: string | null } => {
  const bytes = Buffer.byteLength(JSON.stringify(reply.content));
  if (bytes <= LARGEST_REPLY) return { reply, tooLarge: null };
  const content = reply.content.filter(block => block.type === "text");
  const short = Buffer.byteLength(JSON.stringify(content)) <= LARGEST_REPLY;
  return {
    reply: { ...reply, content: short ? content : [] },
    tooLarge: `The reply is too large to keep: ${Math.ceil(bytes / 2 ** 20)} MiB, mostly of what was fetched.`,
  };
};

const startAttempt = async (
  step: Step,
  attempt: number,
  scene: Scene,
): Promise<EventOf<"attempt_started">> => {
  const { pipeline, world, benches, servers, signal } = scene;
  const fresh = { number: attempt, started: null, turns: [], finished: null };
  const role = roleOf(world.roster, step.role);
  const { preamble, roster } = world;
  const mcp = await servers.offer({ pipeline, step, attempt }, signal);
  const working = workerIn(step);
  /** Anybody else sees what a step sees. */
  const worker = working !== null && isPart(working) ? working : null;
  const input = {
    pipeline,
    step,
    inPlan: placeInPlan(pipeline, step),
    attempt,
    role,
    roster,
    preamble,
    delimiter: world.random(),
    look: seesPatch(step, { pipeline, role }) ? await benches.look(pipeline) : null,
    ...(role.context_rules.existing === true && worker === null
      ? { existing: await existingFor({ step, attempt: fresh, scene }) }
      : {}),
    mcp,
    ...(step.beside === true ? { beside: currentSteps(pipeline) } : {}),
  };
  const opened = worker === null ? openConversation(input) : openWorker(worker, input);
  const model = modelFor(role, pipeline.opening.config.models);
  return {
    kind: "attempt_started",
    ...atOf(step, attempt),
    role: role.name,
    model,
    system: [...opened.system],
    first: opened.first,
    ...(working === null ? { heard: pipeline.told.length } : {}),
    ...(worker !== null || step.beside === true ? { joins: joinsBefore(step, pipeline) } : {}),
    ...(readsTheWeb(role, pipeline.opening.config) ? { web: true } : {}),
    ...(working === null && coordinates(role, pipeline.opening.config) ? { workers: true } : {}),
    ...(mcp === undefined ? {} : { mcp }),
  };
};

/** Searches as the role itself would, on the bench it is about to work on. */
const existingFor = async (place: Place): Promise<string> => {
  const { step, scene } = place;
  const { task } = scene.pipeline.opening;
  const words = wordsOf([task.title, step.brief, ...task.acceptance_criteria]);
  if (words.length === 0) return "";
  const bench = await benchOf(place);
  const input = { pattern: declarationsOf(words) };
  const use = { type: "tool_use" as const, id: "existing", name: "grep", input };
  const { content, is_error } = await bench.call(use, { signal: scene.signal });
  return is_error ? "" : existingIn(content, words);
};

/**
 * Shown to whoever judges the work, continues it or is handed an envelope; to a planner, if an earlier pipeline left
 * any.
 */
const seesPatch = (
  { number, gate, part }: Step,
  { pipeline: { opening }, role }: { readonly pipeline: Pipeline; readonly role: Role },
): boolean =>
  gate ||
  role.context_rules.envelope === true ||
  part === "revision" ||
  part === "replan" ||
  (number === 0 && opening.branch.head !== null);

const withoutReply = (outcome: Exclude<ModelOutcome, { kind: "replied" }>): readonly EventData[] => {
  switch (outcome.kind) {
    case "aborted":
      return [];
    case "unavailable":
      return [{ kind: "paused", reason: `The model's API is unavailable: ${outcome.reason}` }];
    case "refused":
      return [
        { kind: "finished", outcome: "blocked", reason: `${outcome.reason}\n${outcome.hint}`, return: null },
      ];
    case "too_long":
      return [
        {
          kind: "finished",
          outcome: "blocked",
          reason: `The task does not fit the model's context: ${outcome.reason}`,
          return: null,
        },
      ];
    default:
      return outcome satisfies never;
  }
};

interface Place {
  readonly step: Step;
  readonly attempt: Attempt;
  readonly scene: Scene;
}

type Played = Pick<
  EventOf<"turn">,
  "results" | "ran" | "mcp" | "orders" | "wrote" | "put_back" | "submitted" | "failed"
>;

const play = async (reply: Reply, place: Place): Promise<Played> => {
  const read = readReply(reply, place.attempt);
  const role = roleOf(place.scene.world.roster, place.step.role);
  const results: PersonBlock[] = [...read.results];
  const ran: CommandRun[] = [];
  const mcp: McpCall[] = [];
  const { pipeline, world } = place.scene;
  const { step, attempt } = place;
  const { orders, results: ordered } =
    attempt.started?.workers === true
      ? readOrders(read.calls, { pipeline, step, attempt, roster: world.roster })
      : NO_ORDERS;
  for (const use of read.calls)
    results.push(ordered.get(use.id) ?? (await runTool(use, { place, role, ran, mcp })));
  const recorded = read.calls.some(mayWrite) && role.permissions === "full" ? await record(place) : null;
  const wrote =
    recorded !== null && recorded.changes.length > 0
      ? { tree: recorded.tree, changes: [...recorded.changes] }
      : null;
  const turn = { reply, results, ran, wrote, orders: [...orders] };
  const answer = judgeSubmits(read.submits, { pipeline, step, attempt, roster: world.roster, turn });
  return {
    results: [...results, ...answer.results, ...refusedPaths(recorded), ...tooLong(wrote, place)],
    ran,
    ...(mcp.length > 0 ? { mcp } : {}),
    ...(orders.length > 0 ? { orders: [...orders] } : {}),
    wrote,
    ...(recorded !== null && recorded.refused.length > 0 ? { put_back: true } : {}),
    submitted: answer.submitted,
    failed: read.failed ?? answer.failed,
  };
};

const NO_ORDERS: ReadOrders = { orders: [], results: new Map() };

interface Running {
  readonly place: Place;
  readonly role: Role;
  readonly ran: CommandRun[];
  readonly mcp: McpCall[];
}

const runTool = async (use: ToolUseBlock, { place, role, ran, mcp }: Running): Promise<PersonBlock> => {
  const foreign = place.attempt.started?.mcp?.tools.find(({ name }) => name === use.name);
  if (foreign !== undefined) {
    const { step, attempt, scene } = place;
    const conversation = { pipeline: scene.pipeline, step, attempt };
    const { content, call } = await scene.servers.call(foreign, { ...scene, conversation, input: use.input });
    mcp.push(call);
    return { type: "tool_result", tool_use_id: use.id, content, is_error: call.is_error };
  }
  // The API itself reads the web, so a call that arrives here names no tool of ours.
  if (use.name === "web" || !role.tools.some(tool => tool === use.name)) {
    return refuse(
      use,
      `The role ${role.name} has no tool "${use.name}". It has: ${role.tools.join(", ")}, submit.`,
    );
  }
  if (use.name === "skill")
    return { type: "tool_result", tool_use_id: use.id, ...(await loadSkill(use.input, place.scene)) };
  const bench = await benchOf(place);
  const outcome = await bench.call(use, { signal: place.scene.signal });
  const { is_error } = outcome;
  if (outcome.ran === null)
    return { type: "tool_result", tool_use_id: use.id, content: outcome.content, is_error };
  ran.push(outcome.ran);
  const number = place.attempt.turns.reduce((sum, turn) => sum + turn.ran.length, ran.length);
  const content = numbered(outcome.content, { number, command: outcome.ran.command });
  return { type: "tool_result", tool_use_id: use.id, content, is_error };
};

const record = async (place: Place): Promise<Recorded> => (await benchOf(place)).record();

const benchOf = ({ step, attempt, scene: { pipeline, benches, signal } }: Place): Promise<Bench> =>
  benches.of({ pipeline, step, attempt }, signal);

/** Only for roles of the protocol, in projects that want short files. It blocks nothing. */
const tooLong = (wrote: Played["wrote"], { step, scene: { pipeline } }: Place): readonly PersonBlock[] => {
  const lines =
    step.group === "protocol" && wrote !== null ? longFiles(wrote.changes, pipeline.opening.config) : [];
  return lines.length === 0 ? [] : [say(`Longer than this project wants:\n${lines.join("\n")}`)];
};

const refusedPaths = (recorded: Recorded | null): readonly PersonBlock[] =>
  recorded === null || recorded.refused.length === 0
    ? []
    : [
        say(
          `These changes were not taken, and were put back where nothing else is said:\n${recorded.refused.map(r => `- ${r.path}: ${r.why}`).join("\n")}`,
        ),
      ];
