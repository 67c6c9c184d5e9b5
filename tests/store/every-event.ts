// One event of every kind, with every field set: a journal must return them unchanged.
import type { EventKind, EventOf } from "../../core/model/event.ts";
import { anOpening, aPlan } from "../build.ts";

const RAN = { command: "npm test", exit_code: null, seconds: 1.5, output: "✗ 1 failed\n" };
const AT = { step: 1, attempt: 2 };

export const EVERY_EVENT: { readonly [K in EventKind]: EventOf<K> } = {
  opened: { kind: "opened", opening: anOpening({ brief: "Shorter.", dry_run: true }) },
  claimed: { kind: "claimed", run_id: "9001", run_attempt: 2, run_url: null, scripted: true },
  set_up: {
    kind: "set_up",
    tree: "t1",
    commands: [RAN],
    ok: false,
    reason: "npm ci failed.",
    detected: ["npm test"],
    unavailable: [{ command: "go test ./...", program: "go" }],
    rules: [{ path: "CONTRIBUTING.md", text: "No.", refuses: null }],
    guides: {
      files: [
        {
          path: "AGENTS.md",
          globs: ["a/**"],
          bytes: 9,
          text: "Yes.",
          shown: "cut",
          why: "It is long.",
          mark: "m",
        },
      ],
      more: 1,
    },
    scopes: [{ name: "api", path: "packages/api", description: "Serves." }],
    skills: {
      listed: [{ name: "ship", description: "Ships.", folder: ".claude/skills/ship", files: ["a.md"] }],
      notes: ["go-fast: missing"],
    },
  },
  base_checked: {
    kind: "base_checked",
    ran: [{ ...RAN, exit_code: 1, tests: { passed: null, failed: 1, skipped: 2, failing: ["adds › up"] } }],
  },
  attempt_started: {
    kind: "attempt_started",
    ...AT,
    role: "debugger",
    model: "claude-sonnet-5-5",
    system: [{ text: "You repair.", cached: true }],
    first: "Pipeline 1, step 1, attempt 2, role debugger.",
    heard: 1,
    workers: true,
  },
  turn: {
    kind: "turn",
    ...AT,
    reply: {
      content: [
        { type: "thinking", thinking: "Hm.", signature: "c2ln" },
        { type: "text", text: "I look." },
        { type: "tool_use", id: "t1", name: "bash", input: { command: "ls", nested: [{ deep: null }] } },
      ],
      stop_reason: "tool_use",
      model: "claude-sonnet-5-5",
      usage: { input: 1, output: 2, cache_read: 3, cache_write: 4, cache_write_1h: 1 },
      request_id: "req_1",
    },
    results: [{ type: "tool_result", tool_use_id: "t1", content: "src\n", is_error: false }],
    usd: 0.1 + 0.2,
    seconds: 0.001,
    ran: [RAN],
    wrote: {
      tree: "t2",
      changes: [
        { path: "src/ü.js", mode: "100755", content: "AAEC", encoding: "base64", in_base: true },
        { path: "gone.js", mode: "100644", content: null, encoding: "utf-8", in_base: true },
      ],
    },
    submitted: { changes: ["a"], proof: "npm test" },
    failed: "Nothing was submitted.",
    orders: [
      {
        ...{ kind: "spawn", worker: 1, role: "coder", writes: true, gate: false, area: ["src/api/"] },
        ...{ description: "The server's side", task: "Add the route." },
      },
      { kind: "message", worker: 1, text: "And its test.", as: { role: "coder", writes: true, area: [] } },
      { kind: "stop", worker: 1 },
      { kind: "contract", text: "GET /hours answers { hours }." },
    ],
  },
  attempt_finished: {
    kind: "attempt_finished",
    ...AT,
    outcome: "done",
    answer: { verdict: "approved", findings: [] },
    reason: null,
    checks: [RAN],
  },
  step_given_up: { kind: "step_given_up", ...AT, reason: "The model's API is away." },
  led: {
    kind: "led",
    ...AT,
    role: "debugger",
    orders: [
      {
        ...{ kind: "spawn", worker: 1, role: "debugger", writes: true, gate: false, area: [] },
        ...{ description: "approach 1: by a table", task: "Mend the sum.", approach: "By a table." },
      },
      {
        ...{ kind: "spawn", worker: 2, role: "tester", writes: true, gate: true, area: [] },
        ...{ description: "judge of w1", task: "Judge it.", on: 1 },
      },
    ],
  },
  joined: { kind: "joined", ...AT, worker: 2, tree: "t3" },
  planned: { kind: "planned", plan: aPlan(["debugger", "tester"]) },
  plan_held: { kind: "plan_held" },
  plan_approved: { kind: "plan_approved", by: "octocat" },
  steps_added: {
    kind: "steps_added",
    after: 2,
    part: "revision",
    steps: aPlan(["debugger", "tester"]).steps,
  },
  hook_ran: { kind: "hook_ran", hook: "step_completed/1/0", ran: RAN },
  worker_stop_asked: {
    kind: "worker_stop_asked",
    worker: 2,
    message: 9,
    by: "octocat",
    reason: "Enough of it.",
  },
  told: {
    kind: "told",
    worker: 2,
    crew: { step: 3, attempt: 1 },
    message: 8,
    by: "octocat",
    text: "Mind the refunds.",
  },
  limit_reached: { kind: "limit_reached", limit: "limits.step_usd", found: 3.01, allowed: 3 },
  stop_asked: { kind: "stop_asked", message: 7, by: "octocat", reason: "Enough." },
  paused: { kind: "paused", reason: "The model is too busy." },
  interrupted: { kind: "interrupted", reason: "The runner stopped answering." },
  finished: {
    kind: "finished",
    outcome: "superseded",
    reason: "Which month?",
    handover: {
      kind: "escalation",
      head: "backend_head",
      root_cause: "Two truths.",
      brief: "One truth.",
      clarifications: [],
    },
    return: {
      category: "missing_context",
      by: "pm",
      source: "pm:p1",
      findings: [{ severity: "high", file: "a.js", line: 3, issue: "Wrong.", fix: null }],
    },
  },
};

/** Those of conversations, as a coordinator's worker has them. */
export const OF_WORKERS = [
  EVERY_EVENT.attempt_started,
  EVERY_EVENT.turn,
  EVERY_EVENT.attempt_finished,
  EVERY_EVENT.step_given_up,
].map(event => ({ ...event, worker: 2 }));
