// The journal of a pipeline. Every fact is one of these, in the past tense; `core/pipeline/apply.ts` folds them.
import * as z from "zod";
import { FileChange } from "./change.ts";
import { Guides } from "./guide.ts";
import { Handover } from "./handover.ts";
import { ModuleRecord } from "./knowledge.ts";
import { McpCall, McpTool } from "./mcp.ts";
import { PersonBlock, Reply } from "./message.ts";
import { Part, Plan, PlannedStep } from "./plan.ts";
import { Finding, ReturnCategory } from "./return.ts";
import { Skills } from "./skill.ts";
import { Opening, Spent } from "./task.ts";
import { TestReport } from "./test-report.ts";
import { Orders } from "./worker.ts";

/** A command that the harness or a role ran in the sandbox. `seconds` is wall time; `output` is an excerpt. */
export const CommandRun = z.object({
  command: z.string(),
  exit_code: z.number().int().nullable().describe("null: a limit ended it, or it did not run"),
  seconds: z.number().nonnegative(),
  output: z.string().default(""),
  /** Why the harness could not run it; absent if it did. */
  not_judged: z.string().optional(),
  /** What could be read of a test runner's output, if the harness ran it; absent if nothing could. */
  tests: TestReport.optional(),
  /** What it asked of the network and was refused; absent: nothing. */
  refused: z
    .array(z.object({ host: z.string().max(253), why: z.string().max(200) }))
    .max(20)
    .optional(),
});
export type CommandRun = z.infer<typeof CommandRun>;

/** A command that would check the project but whose program is not installed: neither passed nor failed. */
export const Unavailable = z.object({ command: z.string(), program: z.string() });
export type Unavailable = z.infer<typeof Unavailable>;

/** A file with the project's rules for contributions, cleaned and cut to what is kept. */
export const ProjectRules = z.object({
  path: z.string(),
  text: z.string(),
  /** The sentence that refuses machine-written work; null if there is none. */
  refuses: z.string().nullable(),
});
export type ProjectRules = z.infer<typeof ProjectRules>;

/** Step 0 is the project manager; attempts count from 1. */
const At = { step: z.number().int().nonnegative(), attempt: z.number().int().positive() };

/** Whose workers a person sees when speaking to one; absent in older events: whoever is at work then. */
const OfCrew = {
  crew: z.object({ step: z.number().int().nonnegative(), attempt: z.number().int().positive() }).optional(),
};
/** The attempt's worker that it is about; absent: the attempt itself. */
const OfWorker = { worker: z.number().int().positive().optional() };

export const Outcome = z.enum([
  "passed",
  "returned",
  "needs_info",
  "blocked",
  "stopped",
  "planned_only",
  /** Other issues carry it on; the task waits for them. */
  "superseded",
]);
export type Outcome = z.infer<typeof Outcome>;

export const EventData = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("opened"), opening: Opening }),
  z.object({
    kind: z.literal("claimed"),
    run_id: z.string(),
    run_attempt: z.number().int(),
    run_url: z.string().nullable(),
    /** A scripted model plays this run, which is said wherever its results show. */
    scripted: z.boolean().default(false),
    /** What other pipelines had spent when the run took this one; absent: as it was opened. */
    spent: Spent.optional(),
  }),
  z.object({
    kind: z.literal("set_up"),
    tree: z.string(),
    commands: z.array(CommandRun),
    ok: z.boolean(),
    reason: z.string().nullable(),
    /** Commands that check the project, found in its manifests, if the configuration names no `gates`; absent: none. */
    detected: z.array(z.string()).optional(),
    /** Others found there whose program is not on the runner; absent: none. */
    unavailable: z.array(Unavailable).optional(),
    /** As the base has them; absent: none. */
    rules: z.array(ProjectRules).optional(),
    /** As the base has them; absent: none. */
    guides: Guides.optional(),
    /** The parts of a monorepo, by its workspaces; absent: none. */
    scopes: z.array(ModuleRecord).optional(),
    /** What roles are offered; absent: nothing, and nothing is missing. */
    skills: Skills.optional(),
  }),
  /** The project's own commands on the base, before any change; those that failed are run once more. */
  z.object({ kind: z.literal("base_checked"), ran: z.array(CommandRun) }),
  z.object({
    kind: z.literal("attempt_started"),
    ...At,
    ...OfWorker,
    role: z.string(),
    model: z.string(),
    system: z.array(z.object({ text: z.string(), cached: z.boolean() })),
    first: z.string(),
    /** How many of the people's messages so far its first message holds; absent: all. */
    heard: z.number().int().nonnegative().optional(),
    /**
     * How many joins are in the tree that it begins with, if it works beside others; absent: all. A worker's: joins of its
     * coordinator's attempt.
     */
    joins: z.number().int().nonnegative().optional(),
    /** Whether the API's own search and fetch are offered; absent: no. */
    web: z.boolean().optional(),
    /** Whether it may start workers; absent: no. */
    workers: z.boolean().optional(),
    /** Tools of MCP servers as they are offered, and notes on those that could not be had; absent: the role has none. */
    mcp: z.object({ tools: z.array(McpTool), notes: z.array(z.string()) }).optional(),
  }),
  z.object({
    kind: z.literal("turn"),
    ...At,
    ...OfWorker,
    reply: Reply,
    /** What goes back to the model; empty when the conversation is over. */
    results: z.array(PersonBlock),
    usd: z.number().nullable(),
    seconds: z.number().nonnegative(),
    ran: z.array(CommandRun),
    /** The work tree after this turn and how it differs from the one before; null if nothing changed. */
    wrote: z.object({ tree: z.string(), changes: z.array(FileChange) }).nullable(),
    /** Some of its changes were refused, so that what ran may have run on another tree; absent: none was. */
    put_back: z.boolean().optional(),
    /** Calls of MCP servers' tools, in order; absent: none. */
    mcp: z.array(McpCall).optional(),
    /** What it asked of workers; absent: nothing. */
    orders: Orders.optional(),
    /** An answer that passed its schema. */
    submitted: z.record(z.string(), z.unknown()).nullable(),
    /** Why the conversation cannot go on. */
    failed: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("attempt_finished"),
    ...At,
    ...OfWorker,
    outcome: z.enum(["done", "failed", "blocked"]),
    answer: z.record(z.string(), z.unknown()).nullable(),
    reason: z.string().nullable(),
    /** Commands that the harness ran after the answer: the project's gates. */
    checks: z.array(CommandRun),
  }),
  /** Ends this one conversation, whether or not it had begun. */
  z.object({ kind: z.literal("step_given_up"), ...At, ...OfWorker, reason: z.string() }),
  /** What the rules order when a step is tried in several ways: who tries it, and later who judges each try. */
  z.object({ kind: z.literal("led"), ...At, role: z.string(), orders: Orders.min(1) }),
  /** What was written beside others becomes part of the pipeline's work, which is this tree from here on. */
  z.object({ kind: z.literal("joined"), ...At, ...OfWorker, tree: z.string() }),
  z.object({ kind: z.literal("planned"), plan: Plan }),
  /** The plan waits for somebody's approval, or the work does before there is a plan. No runner is held meanwhile. */
  z.object({ kind: z.literal("plan_held") }),
  z.object({ kind: z.literal("plan_approved"), by: z.string() }),
  /** Steps that the plan did not have, inserted after step `after`. */
  z.object({
    kind: z.literal("steps_added"),
    after: z.number().int().nonnegative(),
    part: Part.exclude(["plan"]),
    steps: z.array(PlannedStep).min(1),
  }),
  /** A command of the config's `hooks`, run in the sandbox. Its failure stops nothing. */
  z.object({ kind: z.literal("hook_ran"), hook: z.string(), ran: CommandRun }),
  z.object({ kind: z.literal("limit_reached"), limit: z.string(), found: z.number(), allowed: z.number() }),
  z.object({ kind: z.literal("stop_asked"), message: z.number().int(), by: z.string(), reason: z.string() }),
  /** Stops one worker; its coordinator and the others go on. */
  z.object({
    kind: z.literal("worker_stop_asked"),
    worker: z.number().int().positive(),
    ...OfCrew,
    message: z.number().int(),
    by: z.string(),
    reason: z.string(),
  }),
  /** What a person told the conversation under way, or the next one; `worker`: one of its workers. */
  z.object({
    kind: z.literal("told"),
    ...OfWorker,
    ...OfCrew,
    message: z.number().int(),
    by: z.string(),
    text: z.string(),
  }),
  z.object({ kind: z.literal("paused"), reason: z.string() }),
  z.object({ kind: z.literal("interrupted"), reason: z.string() }),
  z.object({
    kind: z.literal("finished"),
    outcome: Outcome,
    reason: z.string(),
    /** Only for `returned`: the return that the control plane records. */
    return: z
      .object({ category: ReturnCategory, by: z.string(), source: z.string(), findings: z.array(Finding) })
      .nullable(),
    /** Only for `superseded`: what carries the task on. */
    handover: Handover.optional(),
  }),
]);
export type EventData = z.infer<typeof EventData>;
export type EventKind = EventData["kind"];
export type EventOf<K extends EventKind> = Extract<EventData, { kind: K }>;

/** `seq` counts from 1 without a gap; `at` is the control plane's time, ISO 8601, UTC. */
export const JournalEvent = z.object({ seq: z.number().int().positive(), at: z.string(), data: EventData });
export type JournalEvent = z.infer<typeof JournalEvent>;
