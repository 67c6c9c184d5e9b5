// A coordinator with its workers, in all the states they may be in.
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Order, OrderOf } from "../../core/model/worker.ts";
import type { JournalSpec } from "../build.ts";

const AT = { step: 1, attempt: 1 } as const;

export const spawned = (worker: number, over: Partial<OrderOf<"spawn">> = {}): Order => ({
  ...{ kind: "spawn", worker, role: "explore", writes: false, gate: false, area: [] },
  ...{ description: `Place ${worker}`, task: `Find place ${worker}.` },
  ...over,
});

export const began = (worker?: number, role = "coordinator"): EventData => ({
  ...{ kind: "attempt_started", ...AT, role, model: "claude-sonnet-5-5", system: [], first: "" },
  ...(worker === undefined ? { workers: true } : { worker }),
});

const USAGE = { input: 1_000, output: 200, cache_read: 3_000, cache_write: 0, cache_write_1h: 0 };

/** `calls`: tools with their input. Without calls or an answer, it waits. */
export const said = (
  {
    worker,
    calls = [],
  }: { readonly worker?: number; readonly calls?: readonly (readonly [string, object])[] },
  more: Partial<EventOf<"turn">> = {},
): EventData => ({
  ...{ kind: "turn", ...AT, ...(worker === undefined ? {} : { worker }) },
  reply: {
    content: calls.map(([name, input], n) => ({ type: "tool_use", id: `c${n}`, name, input })),
    stop_reason: calls.length === 0 ? "end_turn" : "tool_use",
    ...{ model: "claude-sonnet-5-5", usage: USAGE, request_id: null },
  },
  ...{ results: [], usd: 0.0123, seconds: 4, ran: [], wrote: null, submitted: null, failed: null },
  ...more,
});

export const ended = (
  worker: number | undefined,
  {
    outcome = "done",
    answer = { status: "done", scope: "s", result: "There." },
    reason = null,
  }: {
    readonly outcome?: "done" | "failed";
    readonly answer?: Record<string, unknown>;
    readonly reason?: string | null;
  } = {},
): readonly EventData[] => [
  ...(outcome === "done"
    ? [
        said(
          { calls: [["submit", { answer }]], ...(worker === undefined ? {} : { worker }) },
          { submitted: answer },
        ),
      ]
    : []),
  {
    ...{ kind: "attempt_finished", ...AT, ...(worker === undefined ? {} : { worker }) },
    ...{ outcome, answer: outcome === "done" ? answer : null, reason, checks: [] },
  },
];

export const wrote = (path: string): Partial<EventOf<"turn">> => ({
  wrote: {
    tree: `tree of ${path}`,
    changes: [{ path, mode: "100644", content: "a", encoding: "utf-8", in_base: false }],
  },
});

const ORDERS: readonly Order[] = [
  spawned(1, { description: "Where a month is read" }),
  spawned(2, { role: "coder", writes: true, area: ["src/"], description: "The service" }),
  spawned(3, { role: "coder", writes: true, area: ["web/"], description: "The page that asks it" }),
  spawned(4, { role: "verifier", gate: true, description: "Both sides together" }),
  spawned(5, { description: "A place that is not needed" }),
  spawned(6, { description: "A place that is not there" }),
  spawned(7, { role: "general", writes: true, area: ["docs/"], description: "The words about it" }),
];

const VERDICT = {
  verdict: "changes_requested",
  reason: "The field is called another name.",
  checks: [],
  mismatches: [],
};

/** w1 is done, w2 joined, w3 about to be, w4 rejected, w5 stopped, w6 failed, w7 at work. */
export const CREW: readonly EventData[] = [
  began(),
  said({ calls: ORDERS.map(order => ["spawn_worker", order]) }, { orders: [...ORDERS] }),
  began(1, "explore"),
  said({
    worker: 1,
    calls: [
      ["read", { file_path: "src/bill.js" }],
      ["grep", { pattern: "month" }],
    ],
  }),
  ...ended(1),
  began(2, "coder"),
  said({ worker: 2, calls: [["write", { file_path: "src/serve.js" }]] }, wrote("src/serve.js")),
  ...ended(2),
  { kind: "joined", ...AT, worker: 2, tree: "joined" },
  began(3, "coder"),
  said({ worker: 3, calls: [["write", { file_path: "web/ask.js" }]] }, wrote("web/ask.js")),
  ...ended(3),
  began(4, "verifier"),
  ...ended(4, { answer: VERDICT }),
  {
    kind: "worker_stop_asked",
    worker: 5,
    message: 900,
    by: "monalisa",
    reason: "Stopped with `/kin stop w5`.",
  },
  began(6, "explore"),
  ...ended(6, { outcome: "failed", reason: "The model refused to go on." }),
  began(7, "general"),
  said(
    { worker: 7, calls: [["bash", { command: "npm test" }]] },
    { ran: [{ command: "npm test", exit_code: 1, seconds: 2, output: "" }] },
  ),
];

export const COORDINATED: JournalSpec = {
  plan: [{ role: "coordinator", writes: false, gate: false }, "reviewer"],
  more: CREW,
};
