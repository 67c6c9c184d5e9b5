// Why a turn that a run reports is impossible: what follows from its reply is worked out again, and numbers have ranges.
import { roleOf, scopeOf } from "../agents/roster.ts";
import { commandOf } from "../agents/runs.ts";
import { WEB_TOOLS } from "../agents/tools.ts";
import { mayWrite, outputTokens, readReply } from "../agents/turn.ts";
import { combineChanges, type FileChange } from "../model/change.ts";
import type { EventOf } from "../model/event.ts";
import type { ToolUseBlock } from "../model/message.ts";
import { bytesOf } from "../model/patch/bytes.ts";
import { MAX_PATCH_FILES, MAX_PATCH_NAMES, sizeProblem } from "../model/patch/patch-rules.ts";
import { pathProblem } from "../model/patch/path-rules.ts";
import { type Apart, type Attempt, type Pipeline, workerIn } from "../model/pipeline.ts";
import { isSame } from "../model/same.ts";
import { apartIn } from "./beside.ts";
import { type Due, isTurnOf, notDue, type Place, placeOf, secondsProblem } from "./due.ts";
import { callsProblem } from "./mcp-problem.ts";
import { readOrders } from "./orders.ts";
import { judgeSubmits } from "./plan/accept.ts";
import { conversingStep, treeOf, unjoined } from "./workers.ts";
import { changesOf } from "./written.ts";

export const turnProblem = (data: EventOf<"turn">, { next, ...context }: Due): string | null => {
  if (!isTurnOf(data, next)) return notDue(data, next); // guard: turn-is-due
  const place = placeOf(context.pipeline, data);
  const { calls, submits, failed } = readReply(data.reply, place.attempt);
  const judged = judgeSubmits(submits, { ...context, ...place, turn: data });
  if (!isSame(data.submitted, judged.submitted)) return "its answer is not the one that its reply submits"; // guard: answer-of-the-reply
  if (data.failed === null && (failed ?? judged.failed) !== null) return "its conversation cannot go on"; // guard: failed-conversation
  return (
    usageProblem(data, place.attempt) ??
    secondsProblem([data, ...data.ran, ...(data.mcp ?? [])]) ??
    callsProblem(data, { calls, attempt: place.attempt }) ??
    ranProblem(data, calls) ??
    wroteProblem(data, { ...context, ...place, calls })
  );
};

/** Checks only the orders, and for a conversation that may not exist. */
export const ordersProblem = (
  data: EventOf<"turn">,
  { pipeline, roster }: Omit<Due, "next">,
): string | null => {
  const step = conversingStep(pipeline, data);
  const attempt = step?.attempts.at(-1);
  const ordered =
    step !== undefined && attempt?.started?.workers === true
      ? readOrders(readReply(data.reply, attempt).calls, { pipeline, roster, step, attempt }).orders
      : [];
  return isSame(data.orders ?? [], ordered) ? null : "its reply does not ask that of workers"; // guard: orders-of-the-reply
};

/** Of all models. */
const LARGEST_CONTEXT = 1_000_000;
const MOST_SEARCHES = WEB_TOOLS.find(({ name }) => name === "web_search")?.max_uses ?? 0;
/** For one reply, the API may ask the model again after each search and each page it fetched. */
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

/** Each is the command of a call in the reply, in order. */
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

const wroteProblem = (
  { wrote }: EventOf<"turn">,
  { pipeline, roster, step, calls }: Omit<Due, "next"> & Place & { readonly calls: readonly ToolUseBlock[] },
): string | null => {
  if (wrote === null) return null;
  if (!calls.some(mayWrite)) return "its reply calls nothing that changes files"; // guard: writes-of-the-reply
  const { changes, tree } = wrote;
  const paths = new Set(changes.map(({ path }) => path));
  if (paths.size !== changes.length || paths.size === 0) return "it names each change once, and one at least"; // guard: changes-once
  if (changes.length > MAX_PATCH_FILES) return `${changes.length} files are more than ${MAX_PATCH_FILES}`; // guard: files-of-a-turn
  const names = changes.reduce((sum, { path }) => sum + path.length, 0);
  if (names > MAX_PATCH_NAMES) return `its paths have ${names} characters and ${MAX_PATCH_NAMES} are allowed`; // guard: names-of-a-turn
  const worker = workerIn(step);
  const scope = scopeOf(roleOf(roster, step.role), worker?.area);
  const rules = { scope, protected: pipeline.opening.config.paths.protected };
  for (const change of changes) {
    const problem = pathProblem(change.path, rules) ?? sizeProblem(bytesOf(change)); // guard: paths-of-a-turn
    if (problem !== null) return `\`${change.path.slice(0, 200)}\` may not be changed: ${problem}`;
  }
  return treeProblem(tree) ?? otherTreeProblem(pipeline, { ...wrote, apart: apartIn(step) });
};

/** A git object's name; only a run of this pipeline checks whether it exists. */
export const treeProblem = (tree: string): string | null =>
  /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(tree) ? null : "a tree has the name of a git object"; // guard: name-of-a-tree

/** A change makes another tree; taking everything back makes the first. */
const otherTreeProblem = (
  pipeline: Pipeline,
  {
    tree,
    changes,
    apart,
  }: { readonly tree: string; readonly changes: readonly FileChange[]; readonly apart: Apart | null },
): string | null => {
  const last = apart === null ? pipeline.tree : treeOf(apart);
  if (tree === last) return "its changes leave the tree as it was"; // guard: another-tree
  const before = apart === null ? [changesOf(pipeline)] : [apart.from.changes, unjoined(apart)];
  return combineChanges([...before, changes]).length === 0 && tree !== pipeline.setup?.tree // guard: first-tree-again
    ? "its changes take back all that was changed, and that is the first tree"
    : null;
};
