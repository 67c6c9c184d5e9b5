// A coordinator and its workers in a journal, for tables: written by the real rules, folded by the real fold.
import { join } from "node:path";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { ToolUseBlock } from "../../core/model/message.ts";
import type { Attempt, Pipeline, Step } from "../../core/model/pipeline.ts";
import type { Order } from "../../core/model/worker.ts";
import { readOrders } from "../../core/pipeline/orders.ts";
import { loadRoster } from "../../host/roster.ts";
import { aPipeline, later } from "../build.ts";

export const { roster } = loadRoster(join(import.meta.dirname, "..", ".."));
export const AT = { step: 1, attempt: 1 } as const;
const USAGE = { input: 1, output: 1, cache_read: 0, cache_write: 0, cache_write_1h: 0 };

export const use = (name: string, input: unknown, id = name): ToolUseBlock => ({
  type: "tool_use",
  id,
  name,
  input,
});
export const spawn = (agent_type: string, more: object = {}, id?: string): ToolUseBlock =>
  use("spawn_worker", { agent_type, description: "A part", task: "Write the part.", ...more }, id);

export const started = (worker?: number, role = "coordinator"): EventData => ({
  ...{ kind: "attempt_started", ...AT, role, model: "claude-opus-5-5", system: [], first: "" },
  ...(worker === undefined ? { workers: true } : { worker }),
});
export const turn = (
  calls: readonly ToolUseBlock[],
  more: Partial<EventOf<"turn">> = {},
): EventOf<"turn"> => ({
  ...{
    kind: "turn",
    ...AT,
    results: [],
    usd: 0,
    seconds: 1,
    ran: [],
    wrote: null,
    submitted: null,
    failed: null,
  },
  reply: { content: [...calls], stop_reason: "tool_use", model: "m", usage: USAGE, request_id: null },
  ...more,
});
export const ended = (worker: number, outcome: "done" | "failed" = "done"): readonly EventData[] => [
  ...(outcome === "done" ? [turn([], { worker, submitted: { status: "done", scope: "s" } })] : []),
  { kind: "attempt_finished", ...AT, worker, outcome, answer: null, reason: null, checks: [] },
];

export const beginning = (config: object = {}): Pipeline =>
  later(
    aPipeline({
      plan: [{ role: "coordinator", writes: false, gate: false }, "reviewer"],
      setup: { tree: "a".repeat(40) },
      config,
    }),
    started(),
  );
export const stepOf = (pipeline: Pipeline): Step => pipeline.steps[1] as Step;
export const attemptOf = (pipeline: Pipeline): Attempt => pipeline.steps[1]?.attempts[0] as Attempt;
export const read = (pipeline: Pipeline, ...calls: readonly ToolUseBlock[]) =>
  readOrders(calls, { pipeline, step: stepOf(pipeline), attempt: attemptOf(pipeline), roster });
/** As the harness journals it. */
export const ordered = (pipeline: Pipeline, ...calls: readonly ToolUseBlock[]): Pipeline => {
  const { orders, results } = read(pipeline, ...calls);
  return later(pipeline, turn(calls, { orders: [...orders], results: [...results.values()] }));
};
export const said = (pipeline: Pipeline, ...calls: readonly ToolUseBlock[]): string =>
  [...read(pipeline, ...calls).results.values()].map(({ content }) => content).join("\n");
export const orderOf = (pipeline: Pipeline, ...calls: readonly ToolUseBlock[]): readonly Order[] =>
  read(pipeline, ...calls).orders;

export const WROTE = (path: string): NonNullable<EventOf<"turn">["wrote"]> => ({
  tree: "e".repeat(40),
  changes: [{ path, mode: "100644", content: "a", encoding: "utf-8", in_base: false }],
});

/** w1 is writing in src/, and its notice has not come. */
export const WRITING = later(ordered(beginning(), spawn("coder", { area: ["src/"] })), started(1, "coder"));
/**
 * A turn after which the coordinator is asked again at once, so that whatever arrives then waits until after its next
 * one.
 */
export const READING = turn([use("read", { file_path: "a.ts" })], {
  results: [{ type: "tool_result", tool_use_id: "read", content: "1\ta" }],
});
/** w1 is done, and the coordinator has read the notice. */
export const DONE = later(WRITING, ...ended(1), turn([]));
