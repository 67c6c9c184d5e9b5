import { expect, test } from "vitest";
import type { EventData, JournalEvent } from "../../core/model/event.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { costByRole, costOfPipeline, sumOf } from "../../core/report/cost.ts";
import { jobSummary } from "../../core/report/job-summary.ts";
import { workersComment } from "../../core/report/plan-comment.ts";
import { statusComment } from "../../core/report/status-comment.ts";
import { storyLine } from "../../core/report/story-line.ts";
import { createStoryteller } from "../../core/report/storyteller.ts";
import { crewsOf } from "../../core/report/workers.ts";
import { aJournal, aPipeline, aView, type JournalSpec } from "../build.ts";
import { began, COORDINATED, CREW, ended, said, spawned, wrote } from "./crews.ts";

const crewIn = (spec: JournalSpec) => crewsOf(aPipeline(spec))[0];
const withCrew = (...more: JournalSpec["more"] & object): JournalSpec => ({ ...COORDINATED, more });
/** The result of a worker that was started and then had these events. */
const resultOf = (...events: JournalSpec["more"] & object): string => {
  const spawn = { role: "coder", writes: true, area: ["src/"] };
  const order = said({ calls: [["spawn_worker", {}]] }, { orders: [spawned(1, spawn)] });
  const row = crewIn(withCrew(began(), order, ...events))?.rows[0];
  return `${row?.is}: ${row?.sign} ${row?.words}`;
};

test("M1: a worker is pending, running, completed, failed or stopped, with a sign for each in the words of steps", () => {
  const rows = crewIn(COORDINATED)?.rows ?? [];
  expect(rows.map(({ id, role, is, sign, words }) => `${id} ${role} ${is}: ${sign} ${words}`)).toEqual([
    "w1 explore completed: ✓ done",
    "w2 coder completed: ✓ joined",
    "w3 coder completed: ● being joined",
    "w4 verifier completed: ✗ changes requested",
    "w5 explore stopped: – stopped",
    "w6 explore failed: ✗ failed",
    "w7 general running: ● working, turn 2",
  ]);
  expect(resultOf()).toBe("pending: ● starting");
  expect(resultOf({ kind: "paused", reason: "busy" })).toBe("pending: ○ waiting");
  const first = [began(1, "coder"), said({ worker: 1 }, { submitted: { status: "done" } })];
  expect(resultOf(...first)).toBe("running: ● being checked");
});

test("X16: one that waits for its place is not starting", () => {
  const orders = [spawned(1), spawned(2), spawned(3)];
  const more = [began(), said({ calls: [["spawn_worker", {}]] }, { orders })];
  const rows = crewIn({ ...COORDINATED, config: { limits: { workers: 2 } }, more })?.rows ?? [];
  expect(rows.map(({ words }) => words)).toEqual(["starting", "starting", "waiting"]);
});

test("What a worker wrote counts as joined once it was, each time that it went on", () => {
  const turn = said({ worker: 1, calls: [["write", { file_path: "src/a.js" }]] }, wrote("src/a.js"));
  const first = [began(1, "coder"), turn, ...ended(1)];
  const joined = { kind: "joined", step: 1, attempt: 1, worker: 1, tree: "t1" } as const;
  const again = said(
    { calls: [["send_message", {}]] },
    { orders: [{ kind: "message", worker: 1, text: "More." }] },
  );
  const second = said({ worker: 1, calls: [["write", { file_path: "src/b.js" }]] }, wrote("src/b.js"));
  expect(resultOf(...first)).toBe("completed: ● being joined");
  expect(resultOf(...first, joined)).toBe("completed: ✓ joined");
  expect(resultOf(...first, joined, again)).toBe("running: ● working, turn 3");
  expect(resultOf(...first, joined, again, second, ...ended(1))).toBe("completed: ● being joined");
});

test("Once its coordinator is over nobody is at work", () => {
  const spec = withCrew(
    ...CREW,
    said({}, { failed: "The model refused to go on." }),
    ...ended(undefined, { outcome: "failed", reason: "The model refused to go on." }),
  );
  expect(crewIn(spec)).toMatchObject({ isUnderWay: false, atWork: 0, phase: null });
  expect(crewIn(spec)?.rows.map(({ words }) => words)).toEqual([
    ...["done", "joined", "not joined", "changes requested", "stopped", "failed", "not finished"],
  ]);
});

test("M2, M8, M10: a worker's time is that of all its turns, and its calls are counted", () => {
  const rows = crewIn(COORDINATED)?.rows ?? [];
  expect(rows.map(({ tools }) => tools)).toEqual([3, 2, 2, 1, 0, 0, 1]);
  expect(rows.map(({ cost }) => cost.seconds)).toEqual([8, 8, 8, 4, 0, 0, 4]);
  expect(rows[0]?.cost).toMatchObject({ turns: 2, usd: 0.0246 });
});

test.each([
  ["research", [spawned(1)]],
  ["implementation", [spawned(1), spawned(2, { role: "coder", writes: true, area: ["a/"] })]],
  ["verification", [spawned(1), spawned(2, { role: "verifier", gate: true })]],
] as const)("M18: %s is told by who is at work", (phase, orders) => {
  const spec = withCrew(began(), said({ calls: [["spawn_worker", {}]] }, { orders: [...orders] }));
  expect(crewIn(spec)?.phase).toBe(phase);
});

test("M18: where nobody is, the coordinator puts together what was found", () => {
  const order = said({ calls: [["spawn_worker", {}]] }, { orders: [spawned(1)] });
  expect(crewIn(withCrew(began(), order, began(1, "explore"), ...ended(1)))?.phase).toBe("synthesis");
});

test("M14: the status comment has a table of the workers while their coordinator is at work, and nothing before", async () => {
  await expect(statusComment(aView({ pipelines: [COORDINATED] }))).toMatchFileSnapshot(
    "snapshots/status-workers.txt",
  );
  expect(statusComment(aView({ pipelines: [{ plan: ["debugger", "tester"] }] }))).not.toContain("orker");
});

test("It shows those at work and the latest of the others, and folds them away when it is over", () => {
  const orders = Array.from({ length: 20 }, (_, n) => spawned(n + 1));
  const over = orders.slice(2).flatMap((_, n) => [began(n + 3, "explore"), ...ended(n + 3)]);
  const started = [began(), said({ calls: [["spawn_worker", {}]] }, { orders }), ...over];
  const shown = (...more: JournalSpec["more"] & object) =>
    statusComment(aView({ pipelines: [withCrew(...started, ...more)] }));
  const atWork = shown();
  expect(atWork).toContain("**Workers of step 1 (coordinator)**: research, 2 of 20 at work");
  expect([...atWork.matchAll(/^\| (w\d+) /gm)].map(([, id]) => id)).toEqual([
    "w1",
    "w2",
    ...Array.from({ length: 10 }, (_, n) => `w${n + 11}`),
  ]);
  expect(atWork).toContain("… and 8 workers more");
  const answer = { status: "done", spec: [], workers: [], verdict: "approved", summary: "There." };
  const later = shown(...ended(undefined, { answer }));
  expect(later).toContain("<details><summary><b>20 workers</b> of step 1 (coordinator)</summary>");
  expect([...later.matchAll(/^\| (w\d+) /gm)]).toHaveLength(20);
});

test("M14: /kin workers answers with all of them, below the conversation that they work for", () => {
  const text = workersComment(aView({ pipelines: [COORDINATED] }));
  expect(text).toMatch(/\| 1\/1 \| coordinator \| running \|/);
  expect([...text.matchAll(/^\| (w\d+) /gm)]).toHaveLength(7);
});

test("M14: the job summary has each worker with what it took", () => {
  const text = jobSummary(aPipeline(COORDINATED), { scripted: false });
  expect(text).toContain("### Workers\n\n| Step | Worker | Type | Result | Description | Tools | Turns |");
  expect(text).toContain(
    "| 1 | w2 | coder | ✓ joined | The service | 2 | 2 | 2.0k | 6.0k | 400 | $0.02 | 8 s |",
  );
  expect(jobSummary(aPipeline({ plan: ["debugger", "tester"] }), { scripted: false })).not.toContain("orker");
});

test("What the project's own commands came to in a worker's check stands with the others, in its name", () => {
  const checks = [{ command: "npm test", exit_code: 0, seconds: 3, output: "" }];
  const order = said({ calls: [["spawn_worker", {}]] }, { orders: [spawned(1)] });
  const done = ended(1).map(event => (event.kind === "attempt_finished" ? { ...event, checks } : event));
  const spec = { ...withCrew(began(), order, began(1, "explore"), ...done), config: { gates: ["npm test"] } };
  const text = jobSummary(aPipeline(spec), { scripted: false });
  expect(text).toContain("| `npm test` | step 1 (w1 explore) | exit 0 | 3 s |");
});

test("What workers cost is told by their own roles, and all of it adds up", () => {
  const pipeline = aPipeline(COORDINATED);
  const costs = costByRole([{ pipeline }]);
  expect(costs.map(([role]) => role)).toEqual([
    "pm",
    "coordinator",
    "explore",
    "coder",
    "verifier",
    "general",
  ]);
  const all = sumOf(costs.map(([, cost]) => cost));
  const whole = costOfPipeline(pipeline);
  expect([all.turns, all.usage]).toEqual([whole.turns, whole.usage]);
  expect(all.usd).toBeCloseTo(whole.usd);
  expect(all.seconds).toBeCloseTo(whole.seconds);
});

test("A terminal tells of workers who begin, wait, are joined and go on", () => {
  const again = said(
    { calls: [["send_message", { worker: "w2" }]] },
    { orders: [{ kind: "message", worker: 2, text: "More." }] },
  );
  const journal = aJournal(withCrew(...CREW.slice(0, 2), said({}), ...CREW.slice(2), again));
  const tell = createStoryteller();
  const lines = journal.flatMap((event, index) =>
    tell(event, fold(journal.slice(0, index + 1))).map(({ text }) => text),
  );
  expect(
    lines.slice(lines.findIndex(line => line.includes("coordinator"))).join("\n"),
  ).toMatchInlineSnapshot(`
    "plan: coordinator → reviewer (route debug)
    step 1 of 2 coordinator  begins
    step 1 of 2 coordinator  turn 1: spawn_worker Where a month is read; spawn_worker The service; spawn_worker The page that asks it; spawn_worker Both sides together; 3 more   $0.01, claude-sonnet-5-5
    step 1 of 2, w1 explore  begins: Where a month is read
    step 1 of 2, w2 coder  begins: The service
    step 1 of 2, w3 coder  begins: The page that asks it
    step 1 of 2, w4 verifier  begins: Both sides together
    step 1 of 2 coordinator  turn 2: waits for its workers   $0.01
    step 1 of 2, w1 explore  turn 1: read src/bill.js; grep month   $0.01, claude-sonnet-5-5
    step 1 of 2, w1 explore  turn 2: submit   $0.01
    step 1 of 2, w1 explore  done
    step 1 of 2, w5 explore  begins: A place that is not needed
    step 1 of 2, w2 coder  turn 1: write src/serve.js   $0.01, claude-sonnet-5-5
    step 1 of 2, w2 coder  turn 2: submit   $0.01
    step 1 of 2, w2 coder  done
    step 1 of 2, w6 explore  begins: A place that is not there
    step 1 of 2, w2 coder  joined: src/serve.js
    step 1 of 2, w3 coder  turn 1: write web/ask.js   $0.01, claude-sonnet-5-5
    step 1 of 2, w3 coder  turn 2: submit   $0.01
    step 1 of 2, w3 coder  done
    step 1 of 2, w7 general  begins: The words about it
    step 1 of 2, w4 verifier  turn 1: submit   $0.01, claude-sonnet-5-5
    step 1 of 2, w4 verifier  changes requested
    stop of w5 asked by monalisa: Stopped with \`/kin stop w5\`.
    step 1 of 2, w6 explore  failed: The model refused to go on.
    step 1 of 2, w7 general  turn 1: bash npm test → exit 1   $0.01, claude-sonnet-5-5
    step 1 of 2 coordinator  turn 3: send_message w2   $0.01
    step 1 of 2, w2 coder  goes on: The service"
  `);
});

test("A terminal tells which files of a step beside others were joined", () => {
  const beside = (role: string) => ({ role, writes: true, gate: false, beside: true });
  const journal = aJournal({
    plan: [beside("backend_dev"), beside("frontend_dev"), "reviewer"],
    more: [
      { ...began(undefined, "backend_dev"), workers: undefined } as EventData,
      said({}, { ...wrote("src/serve.js"), submitted: { status: "done" } }),
      { kind: "joined", step: 1, attempt: 1, tree: "joined" },
    ],
  });
  expect(storyLine(journal.at(-1) as JournalEvent, fold(journal))).toBe(
    "step 1 of 3 backend_dev  joined: src/serve.js",
  );
});
