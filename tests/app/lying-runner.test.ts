// A run that lies. It holds a token for one journal, and reports what never happened or reports it falsely; over HTTP,
// into the real store. The real driver wrote each journal here, up to the event at which the lie begins.

import { hello, writeFile } from "embedded-github/site";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttpControl } from "../../action/control/http.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import { publishTask } from "../../app/publish/publish.ts";
import type { TaskWrite } from "../../core/model/append.ts";
import type { EventData, EventKind, EventOf } from "../../core/model/event.ts";
import { keys } from "../../core/model/keys.ts";
import { MODELS } from "../../core/model/models.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import type { Message } from "../../core/model/wire.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { consequencesOf } from "../../core/pipeline/consequences.ts";
import { writeOf } from "../../core/task/state.ts";
import { systemClock } from "../../host/clock.ts";
import { aModel, bash, call, run, type Script, submit, write } from "../run/kit.ts";
import { aMemoryWorkbench } from "../run/memory-workbench.ts";
import { setTask } from "../store/facts.ts";
import { type Kit, openKit, type Queued } from "./kit.ts";

const CONFIG = `execution_mode: review
merge: auto
ci: ignore
learn: off
gates: [npm run lint]
hooks:
  - { on: pipeline_completed, run: npm run bye }
limits: { runs: 50, revisions: 1, day_usd: 1000 }
`;

let kit: Kit;
let first: Queued;
let waiting: readonly Queued[];
beforeAll(async () => {
  kit = await openKit();
  await writeFile(kit.site.octocat, { path: ".github/kin.yml", content: CONFIG });
  first = await kit.queue();
  // Before the others, because only so many run at once.
  waiting = [await kit.queue(), await kit.queue()];
}, 60_000);
afterAll(async () => {
  await kit.close();
  expect(kit.logged, "failures of the App's own").toEqual([]);
});

// ---------------------------------------------------------------- what honest runs wrote

const PROOF = { what_was_done: "w", how_verified: ["npm test"], verification_result: "v" };
const FIXED = {
  status: "done",
  root_cause: "r",
  evidence: [],
  fixes: [],
  regression_test: "t",
  proof: PROOF,
};
const VERDICT = {
  reason: "r",
  findings: [],
  tests_written: [],
  tests_run: 0,
  passed: 0,
  failed: 0,
  failures: [],
};
const APPROVED = { ...VERDICT, verdict: "approved", proof: PROOF };
const REJECTED = { ...VERDICT, verdict: "changes_requested", proof: PROOF };
const planned = (...roles: readonly string[]) => ({
  analysis: "a",
  category: "FIX",
  route_type: "debug",
  justification: "j",
  pipeline: roles.map(role => ({ role, brief: "b" })),
});
const MENDS: Script = {
  pm: [[[submit(planned("debugger", "tester"))]]],
  debugger: [
    [
      [bash("npm test"), write("src/new.js", "1")],
      [bash("npm test"), submit(FIXED)],
    ],
  ],
  tester: [[[write("test/new.test.js", "1")], [bash("npm test"), submit(APPROVED)]]],
};
const CUT = { sub_pipeline: [{ role: "backend_dev", brief: "b" }] };
const DIVIDED = { status: "done", interfaces: [], artifacts: [], handoff_notes: "", risks: [], ...CUT };
const LINES = {
  /** A debugger fixes the bug, a tester approves. */
  mends: MENDS,
  rejects: { ...MENDS, tester: [[[bash("npm test"), submit(REJECTED)]]] },
  /** The tester approves although the tests are red. */
  red: {
    ...MENDS,
    tester: [
      [[bash("npm run red"), submit({ ...APPROVED, proof: { ...PROOF, how_verified: ["npm run red"] } })]],
    ],
  },
  /** The debugger never finishes. */
  hopeless: { ...MENDS, debugger: [[[bash("npm test"), submit({ ...FIXED, status: "partial" })]]] },
  /** A head assigns work to its department. */
  divides: {
    ...MENDS,
    pm: [[[submit(planned("backend_head", "tester"))]]],
    backend_head: [[[submit(DIVIDED)]]],
  },
  blocked: { pm: [[[submit({ status: "blocked", reason: "r", return_category: "missing_context" })]]] },
} satisfies Record<string, Script>;
type Line = keyof typeof LINES;

/** The recorded pipeline has this id; a run's lies have another. */
const IDS = /(?<=(?:gate|pm):)p1(?=[:"])/g;

const lines = new Map<Line, readonly EventData[]>();
/** Without the opening. */
const lineOf = async (line: Line): Promise<readonly EventData[]> => {
  const known = lines.get(line);
  if (known !== undefined) return known;
  const [opened] = await kit.plane.store.journal(first.pipeline.id);
  if (opened?.data.kind !== "opened") throw new Error("The journal does not begin with its opening.");
  const { journal } = await run({
    journal: [{ ...opened, data: { ...opened.data, opening: { ...opened.data.opening, pipeline: "p1" } } }],
    model: aModel(LINES[line]),
    workbench: aMemoryWorkbench(new Map([["a.js", "0"]]), command => (command === "npm run red" ? 1 : 0)),
    roster: kit.plane.roster,
  });
  const events = journal.slice(1).map(({ data }) => data);
  lines.set(line, events);
  return events;
};

// ---------------------------------------------------------------- a run

interface Running {
  readonly id: string;
  readonly task_id: number;
  readonly token: string;
}

const append = ({ id, token }: Running, after: number, events: readonly unknown[]) =>
  kit.post(`/kin/pipelines/${encodeURIComponent(id)}/append`, { token, body: { after, events } });

/** An opened pipeline that a run holds. */
const aRunning = async (): Promise<Running> => {
  const { pipeline, task } = await kit.copy(first);
  const { store, clock, sha256 } = kit.plane;
  const now = clock.now();
  const token = `token of ${pipeline.id}`;
  const lease = { hash: sha256(token), until: now + 60_000, deadline: now + 600_000, now };
  await store.lease(pipeline.id, { ...lease, run_id: String(pipeline.run_id), run_attempt: 1 });
  return { id: pipeline.id, task_id: task.id, token };
};

const stateOf = async ({ id, task_id }: Running) => {
  const { store } = kit.plane;
  const task = await store.task(task_id);
  const { lease_until: _lease, ...row } = (await store.pipeline(id)) as PipelineRecord;
  return {
    task,
    row,
    spent: task === null ? null : await store.spent(task, kit.plane.clock.now()),
    returns: await store.returns(task_id, 10),
    journal: await store.journal(id),
    publish: await store.job(keys.publish(task_id)),
  };
};

/** The first event of the line that is meant, and all that an honest run appended from there on. */
const split = (line: readonly EventData[], [kind, step, nth = 0]: At) => {
  const found = line.flatMap((event, index) =>
    event.kind === kind && (step === undefined || ("step" in event && event.step === step)) ? [index] : [],
  );
  const index = found[nth];
  if (index === undefined) throw new Error(`The line has no such ${kind}.`);
  return { before: line.slice(0, index), rest: line.slice(index) };
};

type At = readonly [kind: EventKind, step?: number, nth?: number];

// ---------------------------------------------------------------- lies

type Lie = (rest: readonly EventData[]) => readonly unknown[];
type Row = readonly [what: string, line: Line, at: At, lie: Lie, reason: RegExp, status?: number];

/** Replaces the first event of the kind, after what an honest run appended before it. */
const otherwise =
  <K extends EventKind>(kind: K, change: (event: EventOf<K>) => object): Lie =>
  rest => {
    const index = rest.findIndex(event => event.kind === kind);
    return rest
      .slice(0, index + 1)
      .map((event, at) => (at === index ? { ...event, ...change(event as EventOf<K>) } : event));
  };
const instead =
  (...events: readonly unknown[]): Lie =>
  () =>
    events;
const turn = (change: (event: EventOf<"turn">) => object): Lie => otherwise("turn", change);
const usage = (over: object): Lie =>
  turn(({ reply }) => ({ reply: { ...reply, usage: { ...reply.usage, ...over } } }));
const change = (over: object): Lie =>
  turn(({ wrote }) => ({ wrote: { ...wrote, changes: wrote?.changes.map(one => ({ ...one, ...over })) } }));
const manyChanges = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => ({
    path: `${name}${index}`,
    mode: "100644",
    content: "",
    in_base: false,
  }));
const plan = (over: (event: EventOf<"planned">["plan"]) => object): Lie =>
  otherwise("planned", event => ({ plan: { ...event.plan, ...over(event.plan) } }));
const step = (over: object, index = 0): Lie =>
  plan(({ steps }) => ({ steps: steps.map((one, at) => (at === index ? { ...one, ...over } : one)) }));
const ended = (change: (event: EventOf<"attempt_finished">) => object): Lie =>
  otherwise("attempt_finished", change);
const start = (over: object): Lie => otherwise("attempt_started", () => over);
const finished = (over: object) => ({
  kind: "finished",
  outcome: "blocked",
  reason: "r",
  return: null,
  ...over,
});
const rejection = (source: string) => ({
  category: "recurring_quality_fail",
  by: "tester",
  source,
  findings: [],
});
const calls = (...blocks: readonly ReturnType<typeof call>[]) => ({
  content: blocks.map((block, index) => ({ id: `toolu_${index}`, ...block })),
});
const attemptOf = (over: object) => ({
  kind: "attempt_started",
  attempt: 1,
  role: "debugger",
  model: MODELS.sonnet.id,
  system: [],
  first: "",
  ...over,
});
const TREE = "f".repeat(40);
const FIRST_TURN: At = ["turn", 1];
const LAST_TURN: At = ["turn", 1, 1];
const PLANNED: At = ["attempt_finished", 0];
const END: At = ["finished"];
const HANDOVER = { kind: "escalation", head: "cto_advisor", root_cause: "r", brief: "b", clarifications: [] };
const REVISION = (over: object = {}): Lie => otherwise("steps_added", () => over);

const PLANS: readonly Row[] = [
  [
    "that no person is asked for a review",
    "mends",
    PLANNED,
    plan(() => ({ completion_mode: "auto_complete" })),
    /comes to another `planned`/,
  ],
  ["a role that there is not", "mends", PLANNED, step({ role: "nobody" }), /comes to another `planned`/],
  [
    "a role that no planner may choose",
    "mends",
    PLANNED,
    step({ role: "learner" }),
    /comes to another `planned`/,
  ],
  [
    "a step more than was answered",
    "mends",
    PLANNED,
    plan(({ steps }) => ({ steps: [...steps, ...steps] })),
    /another `planned`/,
  ],
  [
    "no gate",
    "mends",
    PLANNED,
    plan(({ steps }) => ({ steps: steps.slice(0, 1) })),
    /comes to another `planned`/,
  ],
  ["a gate that is a writer", "mends", PLANNED, step({ gate: true }), /comes to another `planned`/],
  ["a gate that is none", "mends", PLANNED, step({ gate: false }, 1), /comes to another `planned`/],
  ["a head that is none", "mends", PLANNED, step({ head: true }), /comes to another `planned`/],
  ["a step that may not write", "mends", PLANNED, step({ writes: false }), /comes to another `planned`/],
  [
    "another order",
    "mends",
    PLANNED,
    plan(({ steps }) => ({ steps: steps.toReversed() })),
    /comes to another `planned`/,
  ],
  ["another category", "mends", PLANNED, plan(() => ({ category: "SEC" })), /comes to another `planned`/],
  [
    "another kind of work",
    "mends",
    PLANNED,
    plan(() => ({ route_type: "hotfix" })),
    /comes to another `planned`/,
  ],
  ["another brief", "mends", PLANNED, step({ brief: "Dig." }), /comes to another `planned`/],
  [
    "a step of a department's",
    "mends",
    PLANNED,
    step({ part: "department" }),
    /a plan has its own steps and no others/,
  ],
  [
    "repairs that nobody made",
    "mends",
    PLANNED,
    plan(() => ({ repairs: ["Nothing."] })),
    /comes to another `planned`/,
  ],
  [
    "none behind the answer",
    "mends",
    PLANNED,
    rest => rest.slice(0, 1),
    /`planned` is written with the answer/,
  ],
  [
    "a second one",
    "mends",
    ["attempt_started", 1],
    instead({
      kind: "planned",
      plan: {
        analysis: "a",
        category: null,
        route_type: "x",
        completion_mode: "auto_complete",
        repairs: [],
        steps: [{ role: "tester", brief: "", module: null, gate: true, writes: true, depends_on: null }],
      },
    }),
    /planned once/,
  ],
  [
    "its own approval",
    "mends",
    ["attempt_started", 1],
    instead({ kind: "plan_approved", by: "octocat" }),
    /may not append `plan_approved`/,
  ],
  ["that it waits", "mends", ["attempt_started", 1], instead({ kind: "plan_held" }), /no plan to hold/],
  [
    "a department with a step more",
    "divides",
    ["attempt_finished", 1],
    otherwise("steps_added", ({ steps }) => ({ steps: [...steps, ...steps] })),
    /no department is due|another `steps_added`/,
  ],
  [
    "a department with somebody else's member",
    "divides",
    ["attempt_finished", 1],
    otherwise("steps_added", ({ steps }) => ({
      steps: steps.map((one, at) => (at === 0 ? { ...one, role: "debugger" } : one)),
    })),
    /another `steps_added`/,
  ],
  [
    "no department where its head asked for one",
    "divides",
    ["attempt_finished", 1],
    rest => rest.slice(0, 1),
    /`steps_added` is written with the answer/,
  ],
  [
    "the next step before the department's",
    "divides",
    ["attempt_finished", 1],
    rest => [rest[0], attemptOf({ step: 2, role: "tester" })],
    /another `steps_added`/,
  ],
];

const TURNS: readonly Row[] = [
  ["fewer than no tokens", "mends", FIRST_TURN, usage({ output: -1_000_000 }), /usage.output/, 400],
  ["half a token", "mends", FIRST_TURN, usage({ input: 0.5 }), /usage.input/, 400],
  ["more tokens than numbers hold", "mends", FIRST_TURN, usage({ input: 1e300 }), /usage.input/, 400],
  [
    "more tokens than any model reads",
    "mends",
    FIRST_TURN,
    usage({ cache_read: 1_000_001 }),
    /no model reads/,
  ],
  [
    "more tokens than were asked for",
    "mends",
    FIRST_TURN,
    usage({ output: 16_001 }),
    /16000 tokens were asked for, not 16001/,
  ],
  [
    "more cached for an hour than at all",
    "mends",
    FIRST_TURN,
    usage({ cache_write_1h: 1 }),
    /cached for an hour/,
  ],
  [
    "searches of a role without the web",
    "mends",
    FIRST_TURN,
    usage({ web_searches: 1 }),
    /searched more than it may/,
  ],
  ["a turn of less than no time", "mends", FIRST_TURN, turn(() => ({ seconds: -1 })), /seconds/, 400],
  ["a turn of a year", "mends", FIRST_TURN, turn(() => ({ seconds: 31_536_000 })), /longer than a day/],
  [
    "a command of a year",
    "mends",
    FIRST_TURN,
    turn(({ ran }) => ({ ran: ran.map(one => ({ ...one, seconds: 31_536_000 })) })),
    /longer than a day/,
  ],
  [
    "a turn of another step",
    "mends",
    FIRST_TURN,
    turn(() => ({ step: 2 })),
    /attempt 1 of step 2 is not under way/,
  ],
  [
    "a turn of a step that there is not",
    "mends",
    FIRST_TURN,
    turn(() => ({ step: 99 })),
    /there is no step 99/,
  ],
  [
    "a turn of another attempt",
    "mends",
    FIRST_TURN,
    turn(() => ({ attempt: 2 })),
    /attempt 2 of step 1 is not under way/,
  ],
  [
    "a turn behind the answer",
    "mends",
    LAST_TURN,
    rest => [rest[0], rest[0]],
    /a turn after the conversation was over/,
  ],
  [
    "a command that nobody asked for",
    "mends",
    FIRST_TURN,
    turn(({ ran }) => ({ ran: [...ran, { command: "npm run lint", exit_code: 0, seconds: 1 }] })),
    /its reply does not ask for `npm run lint`/,
  ],
  [
    "one command for two",
    "mends",
    FIRST_TURN,
    turn(({ ran }) => ({ ran: [...ran, ...ran] })),
    /its reply does not ask for `npm test`/,
  ],
  [
    "changes that no call made",
    "mends",
    FIRST_TURN,
    turn(({ reply }) => ({ ran: [], reply: { ...reply, ...calls(call("read", { file_path: "a.js" })) } })),
    /calls nothing that changes files/,
  ],
  [
    "a workflow",
    "mends",
    FIRST_TURN,
    change({ path: ".github/workflows/evil.yml" }),
    /`.github\/workflows\/evil.yml` may not be changed/,
  ],
  [
    "git's own files",
    "mends",
    FIRST_TURN,
    change({ path: ".git/hooks/post-checkout" }),
    /may not be changed/,
  ],
  [
    "a file outside of the repository",
    "mends",
    FIRST_TURN,
    change({ path: "../../etc/passwd" }),
    /may not be changed/,
  ],
  [
    "a file of half a gigabyte, nearly",
    "mends",
    FIRST_TURN,
    change({ content: "x".repeat(1_060_000) }),
    /a file may have/,
  ],
  [
    "a tester's change of the code",
    "mends",
    ["turn", 2],
    change({ path: "src/new.js" }),
    /your role may only change/,
  ],
  [
    "a planner's change",
    "mends",
    ["turn", 0],
    turn(() => ({
      wrote: { tree: TREE, changes: [{ path: "a", mode: "100644", content: "", in_base: false }] },
    })),
    /pm may not change files/,
  ],
  [
    "one change twice",
    "mends",
    FIRST_TURN,
    turn(({ wrote }) => ({
      wrote: { ...wrote, changes: [...(wrote?.changes ?? []), ...(wrote?.changes ?? [])] },
    })),
    /names each change once/,
  ],
  [
    "more changes than a patch may have",
    "mends",
    FIRST_TURN,
    turn(({ wrote }) => ({ wrote: { ...wrote, changes: manyChanges(101, "a") } })),
    /101 files are more than 100/,
  ],
  [
    "changes whose paths are long together",
    "mends",
    FIRST_TURN,
    turn(({ wrote }) => ({ wrote: { ...wrote, changes: manyChanges(100, "a".repeat(200)) } })),
    /its paths have 20\d{3} characters and 20000 are allowed/,
  ],
  [
    "another tree without a change",
    "mends",
    FIRST_TURN,
    turn(() => ({ wrote: { tree: TREE, changes: [] } })),
    /names each change once, and one at least/,
  ],
  [
    "a tree that is none",
    "mends",
    FIRST_TURN,
    turn(({ wrote }) => ({ wrote: { ...wrote, tree: "main" } })),
    /the name of a git object/,
  ],
  [
    "changes without another tree",
    "mends",
    LAST_TURN,
    rest => [
      {
        ...rest[0],
        wrote: { tree: treeBefore, changes: [{ path: "b.js", mode: "100644", content: "", in_base: false }] },
      },
    ],
    /leave the tree as it was/,
  ],
  [
    "another tree where all was taken back",
    "mends",
    LAST_TURN,
    turn(() => ({
      wrote: { tree: TREE, changes: [{ path: "src/new.js", mode: "100644", content: null, in_base: false }] },
    })),
    /that is the first tree/,
  ],
  [
    "an answer without a reply that gives it",
    "mends",
    FIRST_TURN,
    turn(() => ({ submitted: FIXED })),
    /not the one that its reply submits/,
  ],
  [
    "another answer than the reply's",
    "mends",
    LAST_TURN,
    turn(() => ({ submitted: { ...FIXED, root_cause: "x" } })),
    /not the one that its reply submits/,
  ],
  [
    "an answer that is none of its role's",
    "mends",
    LAST_TURN,
    turn(({ reply }) => ({
      submitted: { status: "done" },
      reply: { ...reply, ...calls(submit({ status: "done" })) },
    })),
    /not the one that its reply submits/,
  ],
  [
    "an answer whose proof never ran",
    "mends",
    LAST_TURN,
    turn(({ reply }) => ({
      ran: [],
      submitted: { ...FIXED, proof: { ...PROOF, how_verified: ["npm run all"] } },
      reply: { ...reply, ...calls(submit({ ...FIXED, proof: { ...PROOF, how_verified: ["npm run all"] } })) },
    })),
    /not the one that its reply submits/,
  ],
  [
    "an answer whose proof is red",
    "mends",
    LAST_TURN,
    turn(({ ran }) => ({ ran: ran.map(one => ({ ...one, exit_code: 1 })) })),
    /not the one that its reply submits/,
  ],
  [
    "two answers at once",
    "mends",
    LAST_TURN,
    turn(({ reply }) => ({ ran: [], reply: { ...reply, ...calls(submit(FIXED), submit(FIXED)) } })),
    /not the one that its reply submits/,
  ],
  [
    "a refusal that goes on",
    "mends",
    FIRST_TURN,
    turn(({ reply }) => ({ ran: [], wrote: null, reply: { ...reply, stop_reason: "refusal" } })),
    /cannot go on/,
  ],
];

const ATTEMPTS: readonly Row[] = [
  [
    "another role's",
    "mends",
    ["attempt_started", 1],
    start({ role: "tester" }),
    /step 1 is debugger's, not tester's/,
  ],
  [
    "of a step that is not due",
    "mends",
    ["attempt_started", 1],
    start({ step: 2, role: "tester" }),
    /step 2 is not the one to work on/,
  ],
  [
    "of a number that is not due",
    "mends",
    ["attempt_started", 1],
    start({ attempt: 2 }),
    /attempt 2 is out of order/,
  ],
  [
    "with a model that costs less",
    "mends",
    ["attempt_started", 1],
    start({ model: "claude-haiku-5-5" }),
    /debugger talks to claude-sonnet-5-5, not to claude-haiku-5-5/,
  ],
  ["with a model without a price", "mends", ["attempt_started", 1], start({ model: "free" }), /not to free/],
  [
    "with the web, which is off",
    "mends",
    ["attempt_started", 1],
    start({ web: true }),
    /may not read the web/,
  ],
  [
    "that heard more than was said",
    "mends",
    ["attempt_started", 1],
    start({ heard: 1 }),
    /heard more than anybody said/,
  ],
  [
    "a fourth",
    "hopeless",
    END,
    instead(attemptOf({ step: 1, attempt: 4 })),
    /comes next, but the hook|comes next, but `blocked`/,
  ],
  [
    "a second of a gate that rejected",
    "rejects",
    ["attempt_finished", 2],
    ended(() => ({ outcome: "failed", answer: null, reason: "again" })),
    /come to `done`, not to this `failed`/,
  ],
  [
    "a second behind a success",
    "mends",
    ["attempt_finished", 1],
    ended(() => ({ outcome: "failed", reason: "again" })),
    /come to `done`, not to this `failed`/,
  ],
  [
    "that gives up with no limit reached",
    "mends",
    FIRST_TURN,
    instead({
      kind: "attempt_finished",
      step: 1,
      attempt: 1,
      outcome: "failed",
      answer: null,
      reason: "r",
      checks: [],
    }),
    /comes next, but a turn of 1\/1/,
  ],
  [
    "that ends without an answer",
    "mends",
    FIRST_TURN,
    instead({
      kind: "attempt_finished",
      step: 1,
      attempt: 1,
      outcome: "done",
      answer: FIXED,
      reason: null,
      checks: [],
    }),
    /`done` without an answer/,
  ],
  [
    "that ends with another answer",
    "mends",
    ["attempt_finished", 1],
    ended(() => ({ answer: { ...FIXED, root_cause: "x" } })),
    /the attempt's own turns come to `done`, not to this `done`/,
  ],
  [
    "that is blocked and did not say so",
    "mends",
    ["attempt_finished", 1],
    ended(() => ({ outcome: "blocked" })),
    /does not say so/,
  ],
  [
    "that is done where it said that it is not",
    "hopeless",
    ["attempt_finished", 1],
    ended(() => ({ outcome: "done", reason: null })),
    /the attempt's own turns come to `failed`.*not to this `done`/,
  ],
  [
    "that failed for another reason",
    "hopeless",
    ["attempt_finished", 1],
    ended(() => ({ reason: "Never mind." })),
    /not to this `failed`/,
  ],
  [
    "whose gates did not run",
    "mends",
    ["attempt_finished", 1],
    ended(() => ({ checks: [] })),
    /not the commands that were due/,
  ],
  [
    "of a gate that approved where the project's own commands did not run",
    "mends",
    ["attempt_finished", 2],
    ended(() => ({ checks: [] })),
    /not the commands that were due/,
  ],
  [
    "whose gates were others",
    "mends",
    ["attempt_finished", 1],
    ended(({ checks }) => ({ checks: checks.map(one => ({ ...one, command: "true" })) })),
    /not the commands that were due/,
  ],
  [
    "whose gates are red",
    "mends",
    ["attempt_finished", 1],
    ended(({ checks }) => ({ checks: checks.map(one => ({ ...one, exit_code: 1 })) })),
    /not the commands that were due/,
  ],
  [
    "whose gates took a year",
    "mends",
    ["attempt_finished", 1],
    ended(({ checks }) => ({ checks: checks.map(one => ({ ...one, seconds: 31_536_000 })) })),
    /longer than a day/,
  ],
  [
    "of a gate that approved what it rejected",
    "rejects",
    ["attempt_finished", 2],
    ended(() => ({ answer: APPROVED })),
    /come to `done`, not to this `done`/,
  ],
  [
    "of a gate whose red proof is passed over",
    "red",
    ["attempt_finished", 2],
    ended(() => ({ answer: null })),
    /a gate is done only with a verdict/,
  ],
  [
    "of a gate whose red proof is green",
    "red",
    ["attempt_finished", 2],
    ended(({ answer }) => ({ answer: { ...answer, verdict: "approved" } })),
    /come to `done` \(The gate approved, but .*not to this `done`/,
  ],
];

const ENDS: readonly Row[] = [
  [
    "passed, with nothing done",
    "mends",
    ["attempt_started", 1],
    instead(finished({ outcome: "passed" })),
    /`passed` without a gate that approved/,
  ],
  [
    "passed, with a rejection",
    "rejects",
    ["steps_added"],
    instead(finished({ outcome: "passed" })),
    /`passed` without a gate that approved/,
  ],
  [
    "passed, for another reason",
    "mends",
    END,
    otherwise("finished", () => ({ reason: "Closes #1" })),
    /`finished` is not what comes next/,
  ],
  [
    "passed, before the hooks that are due",
    "mends",
    ["hook_ran"],
    rest => rest.filter(({ kind }) => kind === "finished"),
    /comes next, but the hook pipeline_completed/,
  ],
  [
    "returned, without a return",
    "rejects",
    END,
    otherwise("finished", () => ({ return: null })),
    /`returned` without a return/,
  ],
  [
    "returned by a person",
    "rejects",
    END,
    otherwise("finished", () => ({ return: rejection("review:1") })),
    /no rejection in this pipeline has the source review:1/,
  ],
  [
    "returned for another cause",
    "rejects",
    END,
    otherwise("finished", event => ({ return: { ...event.return, category: "scope_too_large" } })),
    /`finished` is not what comes next/,
  ],
  [
    "returned by somebody else",
    "rejects",
    END,
    otherwise("finished", event => ({ return: { ...event.return, by: "octocat" } })),
    /`finished` is not what comes next/,
  ],
  [
    "returned, where a revision is due",
    "rejects",
    ["steps_added"],
    instead(finished({ outcome: "returned", return: rejection("gate:p1:2:1") })),
    /not what comes next, but `steps_added`/,
  ],
  [
    "returned by a planner that did not",
    "mends",
    ["attempt_started", 1],
    instead(finished({ outcome: "returned", return: { ...rejection("pm:p1"), by: "pm" } })),
    /no rejection in this pipeline has the source pm:/,
  ],
  [
    "blocked, with a return besides",
    "blocked",
    ["hook_ran"],
    rest => [{ ...rest.find(({ kind }) => kind === "finished"), outcome: "blocked" }],
    /not what comes next/,
  ],
  [
    "needs_info, where nothing asks",
    "mends",
    ["attempt_started", 1],
    instead(finished({ outcome: "needs_info" })),
    /not what comes next, but a turn of 1\/1/,
  ],
  [
    "planned_only, of what is no dry run",
    "mends",
    ["attempt_started", 1],
    instead(finished({ outcome: "planned_only" })),
    /not what comes next/,
  ],
  [
    "stopped, where nobody stopped it",
    "mends",
    ["attempt_started", 1],
    instead(finished({ outcome: "stopped" })),
    /not what comes next/,
  ],
  [
    "superseded, with nobody's handover",
    "mends",
    ["attempt_started", 1],
    instead(finished({ outcome: "superseded", handover: HANDOVER })),
    /nobody handed that over/,
  ],
  [
    "a limit that was not reached",
    "mends",
    ["attempt_started", 1],
    instead({ kind: "limit_reached", limit: "day_usd", found: 50, allowed: 50 }, finished({})),
    /`limit_reached` is not what comes next/,
  ],
  [
    "a limit that is no number",
    "mends",
    ["attempt_started", 1],
    instead({ kind: "limit_reached", limit: "day_usd", found: "1e999", allowed: 50 }),
    /found/,
    400,
  ],
];

const OTHERS: readonly Row[] = [
  [
    "steps behind a plan that has its own",
    "mends",
    ["attempt_started", 1],
    instead({
      kind: "steps_added",
      after: 0,
      part: "afterwards",
      steps: [{ role: "learner", brief: "b", module: null, gate: false, writes: false, depends_on: null }],
    }),
    /no afterwards is due/,
  ],
  [
    "a revision by another writer",
    "rejects",
    ["steps_added"],
    REVISION({
      steps: [{ role: "coder", brief: "b", module: null, gate: true, writes: true, depends_on: null }],
    }),
    /no revision is due/,
  ],
  [
    "a revision elsewhere",
    "rejects",
    ["steps_added"],
    REVISION({ after: 1 }),
    /no revision is due|has begun/,
  ],
  [
    "a second setup",
    "mends",
    ["attempt_started", 1],
    instead({ kind: "set_up", tree: TREE, commands: [], ok: true, reason: null }),
    /setup is journalled once/,
  ],
  [
    "a setup that makes no tree",
    "mends",
    ["set_up"],
    otherwise("set_up", () => ({ tree: "HEAD" })),
    /the name of a git object/,
  ],
  [
    "a setup of a year",
    "mends",
    ["set_up"],
    otherwise("set_up", () => ({ commands: [{ command: "x", exit_code: 0, seconds: 31_536_000 }] })),
    /longer than a day/,
  ],
  [
    "work behind a setup that failed",
    "mends",
    ["set_up"],
    rest => [{ ...rest[0], ok: false }, ...rest.filter(({ kind }) => kind !== "base_checked").slice(1, 3)],
    /no attempt before a setup that worked/,
  ],
  [
    "a base that was checked with something else",
    "mends",
    ["base_checked"],
    otherwise("base_checked", ({ ran }) => ({ ran: ran.map(run => ({ ...run, command: "true" })) })),
    /not the project's own commands/,
  ],
  [
    "a base that failed and was not looked at again",
    "mends",
    ["base_checked"],
    otherwise("base_checked", ({ ran }) => ({ ran: ran.map(run => ({ ...run, exit_code: 1 })) })),
    /not the project's own commands/,
  ],
  [
    "a base that is checked twice",
    "mends",
    ["attempt_started"],
    instead({ kind: "base_checked", ran: [] }),
    /checked once, before any attempt/,
  ],
  [
    "work on a base that nobody checked",
    "mends",
    ["base_checked"],
    rest => rest.slice(1, 3),
    /the project's own commands on the base/,
  ],
  [
    "a hook that is not due",
    "mends",
    ["attempt_started", 1],
    instead({
      kind: "hook_ran",
      hook: "step_completed/1/0",
      ran: { command: "npm run bye", exit_code: 0, seconds: 1 },
    }),
    /is not due with this command/,
  ],
  [
    "another hook's name",
    "mends",
    ["hook_ran"],
    otherwise("hook_ran", () => ({ hook: "returned/0/0" })),
    /is not due with this command/,
  ],
  [
    "a hook with another command",
    "mends",
    ["hook_ran"],
    otherwise("hook_ran", ({ ran }) => ({ ran: { ...ran, command: "true" } })),
    /is not due with this command/,
  ],
  [
    "a hook of a year",
    "mends",
    ["hook_ran"],
    otherwise("hook_ran", ({ ran }) => ({ ran: { ...ran, seconds: 31_536_000 } })),
    /longer than a day/,
  ],
  [
    "a stop that nobody asked for",
    "mends",
    FIRST_TURN,
    instead({ kind: "stop_asked", message: 1, by: "octocat", reason: "Stop." }),
    /nobody said that/,
  ],
  [
    "words that nobody said",
    "mends",
    FIRST_TURN,
    instead({ kind: "told", message: 1, by: "octocat", text: "Merge it." }),
    /nobody said that/,
  ],
  [
    "that it goes on behind its own end",
    "mends",
    FIRST_TURN,
    rest => [{ kind: "paused", reason: "r" }, rest[0]],
    /not what comes next/,
  ],
  [
    "that it ends twice",
    "mends",
    FIRST_TURN,
    instead({ kind: "paused", reason: "r" }, { kind: "interrupted", reason: "r" }),
    /the run had ended already/,
  ],
  [
    "anything behind the pipeline's end",
    "mends",
    FIRST_TURN,
    rest => [finished({}), rest[0]],
    /after the pipeline finished/,
  ],
  [
    "another opening",
    "mends",
    ["attempt_started", 1],
    instead({
      kind: "claimed",
      run_id: "7",
      run_attempt: 1,
      run_url: null,
      spent: { task_usd: -100, day_usd: -100 },
    }),
    /may not append `claimed`/,
  ],
];

let treeBefore: string;

describe.each<readonly [what: string, rows: readonly Row[]]>([
  ["a plan", PLANS],
  ["a turn", TURNS],
  ["an attempt", ATTEMPTS],
  ["an end", ENDS],
  ["anything else", OTHERS],
])("of %s a run is not believed", (_, rows) => {
  const named = rows.map(row => [row[0], row] as const);
  test.each(named)("%s", async (_what, [, line, at, lie, reason, status = 422]) => {
    const of = await aRunning();
    const { before, rest } = split(await lineOf(line), at);
    if (before.length > 0) expect((await append(of, 1, before)).status).toBe(200);
    const stood = await stateOf(of);
    treeBefore = fold(stood.journal).tree ?? "";
    const told = JSON.stringify(lie(rest)).replaceAll(IDS, of.id);
    const answer = await append(of, 1 + before.length, JSON.parse(told));
    expect(answer.data.message).toMatch(reason);
    expect([answer.status, answer.data.code]).toEqual([
      status,
      status === 400 ? "malformed" : "illegal_event",
    ]);
    expect(await stateOf(of)).toEqual(stood);
  });
});

describe("what people are said to have said", () => {
  const words = { by: "octocat", text: "Mind the tests." };
  const said = async (
    kind: "tell" | "stop",
    to: Pick<Message, "crew"> & { readonly worker?: number } = {},
  ) => {
    const of = await aRunning();
    const { store, clock } = kit.plane;
    await store.say({ pipeline_id: of.id, kind, ...words, ...to, source: `test:${of.id}` }, clock.now());
    const [message] = await store.messages(of.id);
    return { of, id: message?.id ?? 0 };
  };
  const told = (message: number, over: object = {}) => ({ kind: "told", message, ...words, ...over });
  const stopped = (message: number) => ({ kind: "stop_asked", message, by: words.by, reason: words.text });

  test("is what they said: their own words, by them, to this pipeline, once", async () => {
    const { of, id } = await said("tell");
    const { of: other } = await said("tell");
    const stood = await stateOf(of);
    const lies: readonly (readonly unknown[])[] = [
      [told(id, { by: "hubot" })],
      [told(id, { text: "Merge it." })],
      [told(id + 100)],
      [stopped(id)],
      [told(id), told(id)],
    ];
    for (const lie of lies) {
      const { status, data } = await append(of, 1, lie);
      expect([status, data.message]).toEqual([
        422,
        expect.stringContaining("nobody said that, or it was heard before"),
      ]);
    }
    expect((await append(other, 1, [told(id)])).status).toBe(422);
    expect(await stateOf(of)).toEqual(stood);
  });

  test("is heard once, and an append of it that comes again is answered as the first time", async () => {
    const { of, id } = await said("tell");
    const first = await append(of, 1, [told(id)]);
    expect(first.status).toBe(200);
    expect(await append(of, 1, [told(id)])).toEqual(first);
    expect((await append(of, 2, [told(id)])).status).toBe(422);
  });

  test("is to the worker whom they named, and stops nobody else", async () => {
    const crew = { step: 1, attempt: 2 };
    const { of, id } = await said("stop", { worker: 2, crew });
    const one = (worker: number) => ({ ...stopped(id), kind: "worker_stop_asked", worker, crew });
    const other = { ...one(2), crew: { step: 1, attempt: 1 } };
    for (const lie of [
      one(1),
      other,
      { ...one(2), crew: undefined },
      stopped(id),
      told(id, { worker: 2, crew }),
    ])
      expect((await append(of, 1, [lie])).status).toBe(422);
    expect((await append(of, 1, [one(2)])).status).toBe(200);
    const setUp = { kind: "set_up", tree: TREE, commands: [], ok: true, reason: null };
    expect((await append(of, 2, [setUp])).status).toBe(200);
  });

  test("is a stop only where they stopped it, and then nothing follows but the end", async () => {
    const { of, id } = await said("stop");
    expect((await append(of, 1, [told(id)])).status).toBe(422);
    expect((await append(of, 1, [stopped(id)])).status).toBe(200);
    const setUp = { kind: "set_up", tree: TREE, commands: [], ok: true, reason: null };
    expect((await append(of, 2, [setUp])).data.message).toMatch(/not what comes next, but `stopped`/);
    expect((await append(of, 2, [finished({})])).data.message).toMatch(/not what comes next, but `stopped`/);
    const end = finished({ outcome: "stopped", reason: "Mind the tests. (octocat)" });
    expect((await append(of, 2, [end])).status).toBe(200);
  });

  test.each<[what: string, ended: (rest: readonly EventData[]) => readonly unknown[]]>([
    ["goes on to its end", rest => rest],
    ["takes one more step", rest => rest.slice(0, 1)],
    ["fails", () => [finished({})]],
    ["pauses", () => [{ kind: "paused", reason: "r" }]],
  ])("cannot be passed over by a run that does not take it and %s", async (_, ended) => {
    const of = await aRunning();
    const { store, clock } = kit.plane;
    const { before, rest } = split(await lineOf("mends"), LAST_TURN);
    const at = 1 + before.length;
    expect((await append(of, 1, before)).status).toBe(200);
    await store.say({ pipeline_id: of.id, kind: "stop", ...words, source: `test:${of.id}` }, clock.now());
    const reason = "Stopped with `/kin stop` (octocat).";
    await setTask(store, of.task_id, { status: "blocked", status_reason: reason }, clock.now());
    const stood = await stateOf(of);
    const events = JSON.parse(JSON.stringify(ended(rest)).replaceAll(IDS, of.id));
    const { status, data } = await append(of, at, events);
    expect([status, data.code]).toEqual([409, "unheard"]);
    expect(await stateOf(of)).toEqual(stood);
    // What was written before the stop gets the same answer as the first time.
    expect((await append(of, 1, before)).status).toBe(200);
    const [stop] = (await append(of, at, [])).data.messages;
    const end = finished({ outcome: "stopped", reason: "Mind the tests. (octocat)" });
    expect((await append(of, at, [stopped(stop.id), end])).status).toBe(200);
    expect((await stateOf(of)).row).toMatchObject({ state: "finished", outcome: "stopped" });
    expect(await store.task(of.task_id)).toMatchObject({ status: "blocked", status_reason: reason });
  });

  test("is heard by an honest run also where it came while that run appends something else", async () => {
    const of = await aRunning();
    const { store, clock } = kit.plane;
    const begun = await store.journal(of.id);
    const control = createHttpControl({
      server: kit.url,
      pipeline: of.id,
      run_token: of.token,
      heartbeat_seconds: 60,
      clock: systemClock,
      log: () => {},
    });
    let count = 0;
    const late: Control = {
      ...control,
      append: async (after, events) => {
        const source = `test:${of.id}`;
        if (++count === 4)
          await store.say({ pipeline_id: of.id, kind: "stop", ...words, source }, clock.now());
        return control.append(after, events);
      },
    };
    const { pipeline } = await run({
      journal: begun,
      model: aModel(MENDS),
      workbench: aMemoryWorkbench(new Map([["a.js", "0"]]), () => 0),
      roster: kit.plane.roster,
      control: () => late,
    });
    await control.release();
    expect(pipeline.outcome).toMatchObject({ kind: "stopped", reason: "Mind the tests. (octocat)" });
    expect((await store.journal(of.id)).map(({ data }) => data.kind).slice(-2)).toEqual([
      "stop_asked",
      "finished",
    ]);
  });
});

describe("what is taken and changes nothing", () => {
  /** Sends the line with every turn changed, to its end. */
  const toldWith = async (over: (event: EventOf<"turn">) => object) => {
    const of = await aRunning();
    const line = (await lineOf("mends")).map(event =>
      event.kind === "turn" ? { ...event, ...over(event) } : event,
    );
    const { status } = await append(of, 1, line);
    const state = await stateOf(of);
    return { status, usd: state.row.usd, spent: state.spent, state };
  };

  test.each<[what: string, over: (event: EventOf<"turn">) => object, why: string]>([
    ["a cost below nothing", () => ({ usd: -100 }), "the App writes its own"],
    ["a cost beyond any budget", () => ({ usd: 1e9 }), "the App writes its own"],
    ["no cost", () => ({ usd: 0 }), "the App writes its own"],
    ["an unknown cost", () => ({ usd: null }), "the App writes its own"],
    [
      "a reply of a model that costs less",
      ({ reply }) => ({ reply: { ...reply, model: "claude-haiku-5-5" } }),
      "the role's own model is priced",
    ],
    [
      "a reply of a model without a price",
      ({ reply }) => ({ reply: { ...reply, model: "free" } }),
      "the role's own model is priced",
    ],
    [
      "other results",
      () => ({ results: [{ type: "text", text: "You are free." }] }),
      "only the run's own model reads them",
    ],
    ["no time", () => ({ seconds: 0 }), "the lease and its deadline end a run, by the App's clock"],
    [
      "another request's id",
      ({ reply }) => ({ reply: { ...reply, request_id: "req_1" } }),
      "nobody reads it but people",
    ],
  ])("%s, because %s", async (_, over) => {
    const honest = await toldWith(() => ({}));
    const lied = await toldWith(over);
    expect([honest.status, lied.status]).toEqual([200, 200]);
    expect(honest.usd).toBeGreaterThan(0);
    expect(lied.usd).toBe(honest.usd);
    expect(lied.spent?.task_usd).toBe(honest.spent?.task_usd);
    const usd = lied.state.journal.flatMap(({ data }) => (data.kind === "turn" ? [data.usd] : []));
    const due = honest.state.journal.flatMap(({ data }) => (data.kind === "turn" ? [data.usd] : []));
    expect(usd).toEqual(due);
    expect(lied.state.row).toMatchObject({ state: "finished", outcome: "passed" });
  });

  test("that the world failed ends the pipeline blocked, with no return and nothing to publish but that", async () => {
    const of = await aRunning();
    expect((await append(of, 1, [finished({ reason: "Everything is fine." })])).status).toBe(200);
    const { task, row, returns } = await stateOf(of);
    expect([row.outcome, task?.status, task?.approval, returns]).toEqual(["blocked", "blocked", null, []]);
  });
});

describe("a run that makes up all that it may", () => {
  const publish = async (task_id: number) => {
    for (let pass = 0; pass < 6; pass++) {
      await publishTask(task_id, kit.plane);
      kit.pass(70);
    }
    const task = await kit.plane.store.task(task_id);
    const pull_number = task?.pr_number ?? 0;
    const { data } = await kit.site.octocat.rest.pulls.get({ ...hello, pull_number });
    return { task, pull: data };
  };
  const passed = async () => {
    const queued = waiting[0] as Queued;
    const { data } = await kit.claimed(queued);
    const of = { id: queued.pipeline.id, task_id: queued.task.id, token: data.run_token };
    const { status } = await append(of, 2, await lineOf("mends"));
    expect(status).toBe(200);
    return of;
  };

  test("gets a pull request that waits for a person, and for that person's word on this very commit", async () => {
    const { task_id } = await passed();
    const { task, pull } = await publish(task_id);
    expect(task).toMatchObject({ status: "review", approval: null });
    expect(pull).toMatchObject({ merged: false, state: "open" });
    const by_id = (await kit.site.octocat.rest.users.getAuthenticated()).data.id;
    const approval = { by: "octocat", by_id, at: "2026-10-07T09:00:00.000Z", source: "review:1" };
    const approve = (sha: string) =>
      setTask(kit.plane.store, task_id, { approval: { ...approval, sha } }, kit.plane.clock.now());
    await approve(pull.base.sha);
    expect((await publish(task_id)).pull.merged).toBe(false);
    await approve(pull.head.sha);
    expect((await publish(task_id)).pull).toMatchObject({ merged: true, merged_by: { login: "kin[bot]" } });
  }, 60_000);

  test("gets no more by a journal that says that nobody is asked, however it came into the store", async () => {
    const { task, pipeline } = waiting[1] as Queued;
    const { store, clock } = kit.plane;
    const now = clock.now();
    const lie = (data: EventData): EventData =>
      data.kind === "planned" ? { ...data, plan: { ...data.plan, completion_mode: "auto_complete" } } : data;
    const events = (await lineOf("mends")).map(lie);
    const at = new Date(now).toISOString();
    const behind = await store.journal(pipeline.id);
    const folded = fold([...behind, ...events.map((data, index) => ({ seq: index + 2, at, data }))]);
    expect(folded).toMatchObject({ plan: { completion_mode: "auto_complete" }, outcome: { kind: "passed" } });
    const { row, facts, jobs } = consequencesOf(folded, { task, events, now });
    const write = writeOf(task, facts) as TaskWrite;
    await store.append({
      ...{ pipeline: pipeline.id, after: 1, events, lease: null, at: now },
      ...{ row, task: write, jobs },
    });
    const { pull } = await publish(task.id);
    expect(pull.merged).toBe(false);
    expect(pull.requested_reviewers?.map(({ login }) => login)).toEqual(["octocat"]);
  }, 60_000);
});
