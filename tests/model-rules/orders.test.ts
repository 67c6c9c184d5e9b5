// What a coordinator's calls come to: pure, from what it has been told about its workers.
import { describe, expect, test } from "vitest";
import type { EventData } from "../../core/model/event.ts";
import type { Attempt, Pipeline } from "../../core/model/pipeline.ts";
import type { Order } from "../../core/model/worker.ts";
import { crewProblem, MOST_WORKERS } from "../../core/pipeline/orders.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { workerState } from "../../core/pipeline/workers.ts";
import { aPipeline, later } from "../build.ts";
import {
  AT,
  attemptOf,
  beginning,
  DONE,
  ended,
  ordered,
  orderOf,
  READING,
  roster,
  said,
  spawn,
  started,
  stepOf,
  turn,
  use,
  WRITING,
  WROTE,
} from "./coordinating.ts";

describe("spawn_worker", () => {
  test("starts one with a number of its own, its role frozen", () => {
    expect(orderOf(beginning(), spawn("explore", {}, "a"), spawn("verifier", {}, "b"))).toMatchObject([
      { kind: "spawn", worker: 1, role: "explore", writes: false, gate: false },
      { kind: "spawn", worker: 2, role: "verifier", writes: false, gate: true },
    ]);
    expect(orderOf(WRITING, spawn("explore"))).toMatchObject([{ worker: 2 }]);
  });

  test("M4: an unknown type is general, and the coordinator is told", () => {
    expect(orderOf(beginning(), spawn("wizard"))).toMatchObject([{ role: "general" }]);
    expect(said(beginning(), spawn("wizard"))).toContain('because there is no type "wizard"');
  });

  test("M19: a task that leans on findings is sent back", () => {
    for (const task of ["Fix it based on your findings.", "Mend it, based on the research results."])
      expect(said(beginning(), spawn("coder", { task })), task).toContain(
        "sees nothing of what others found",
      );
    expect(
      said(beginning(), spawn("coder", { task: "Prices are based on the rates in src/rates.ts." })),
    ).toContain("w1 is started");
  });

  test.each([
    ["task", { task: "" }],
    ["task", { task: 7 }],
    ["task", { task: "x".repeat(40_001) }],
    ["area", { area: "src/" }],
    ["area", { area: ["/etc/"] }],
    ["area", { area: ["src/../web/"] }],
    ["area", { area: ["src/./web/"] }],
    ["area", { area: ["src//web/"] }],
    ["area", { area: ["."] }],
    ["area", { area: [""] }],
    ["area", { area: Array.from({ length: 21 }, (_, n) => `d${n}/`) }],
  ])("a wrong `%s` is sent back: %j", (field, more) => {
    expect(orderOf(beginning(), spawn("coder", more))).toEqual([]);
    expect(said(beginning(), spawn("coder", more))).toContain(`\`${field}\``);
  });

  test("there are no more of them than an attempt may have", () => {
    const many = Array.from({ length: MOST_WORKERS + 1 }, (_, n) => spawn("explore", {}, `c${n}`));
    expect(orderOf(beginning(), ...many)).toHaveLength(MOST_WORKERS);
  });

  test("who changes files is none of a research project's", () => {
    const research = beginning({ project_type: "research" });
    expect(said(research, spawn("coder"))).toContain("a research project changes no code");
    expect(said(research, spawn("explore"))).toContain("w1 is started");
  });
});

describe("M20: one writer for each area", () => {
  test.each([
    [["src/"], ["src/a.ts"]],
    [["src/a.ts"], ["src/"]],
    [["src"], ["src/a.ts"]],
    [["src/"], []],
    [["src/"], ["SRC/a.ts"]],
    [["e\u0301/"], ["\u00e9/a.ts"]],
    [[], ["src/"]],
  ])("%j and %j are the same area to two", (first, second) => {
    const pipeline = ordered(
      beginning(),
      use("record_contract", { contract: "c" }, "c"),
      spawn("coder", { area: first }),
    );
    expect(said(pipeline, spawn("general", { area: second }))).toContain("w1 writes in");
  });

  test("src/ and source/ are two, and reading is open to anybody", () => {
    const pipeline = ordered(
      beginning(),
      use("record_contract", { contract: "c" }, "c"),
      spawn("coder", { area: ["src/"] }),
    );
    expect(said(pipeline, spawn("coder", { area: ["source/"] }))).toContain("w2 is started");
    expect(said(WRITING, spawn("explore"))).toContain("w2 is started");
  });

  test("it is free again when the coordinator has read that its writer is over, and not before", () => {
    expect(said(later(WRITING, ...ended(1)), spawn("coder", { area: ["src/"] }))).toContain("w2 is started");
    const unread = later(WRITING, READING, ...ended(1));
    expect(said(unread, spawn("coder", { area: ["src/"] }))).toContain("w1 writes in src/");
    expect(said(DONE, spawn("coder", { area: ["src/"] }))).toContain("w2 is started");
  });
});

describe("M25: a contract before two writers", () => {
  const two = [spawn("coder", { area: ["api/"] }, "a"), spawn("coder", { area: ["web/"] }, "b")] as const;

  test("neither of two in one reply is started without one", () => {
    expect(orderOf(beginning(), ...two)).toEqual([]);
    expect(said(beginning(), ...two)).toContain("Record what the parts agree on with `record_contract`");
    expect(said(WRITING, spawn("coder", { area: ["web/"] }))).toContain("`record_contract`");
  });

  test("both are with one in the same reply, before them", () => {
    const contract = use("record_contract", { contract: "GET /hours" }, "c");
    expect(orderOf(beginning(), contract, ...two).map(({ kind }) => kind)).toEqual([
      "contract",
      "spawn",
      "spawn",
    ]);
  });

  test("one alone needs none", () => {
    expect(orderOf(beginning(), spawn("coder"))).toHaveLength(1);
  });

  test("M29: it stands while somebody works by it", () => {
    expect(said(WRITING, use("record_contract", { contract: "Another." }))).toContain(
      "w1 work by what was agreed",
    );
    expect(said(DONE, use("record_contract", { contract: "Another." }))).toContain("Recorded");
  });
});

describe("send_message", () => {
  const tell = (input: object) => use("send_message", { worker: "w1", message: "Go on.", ...input });

  test("M9: goes to one at work and to one that is over, and names those that there are", () => {
    for (const pipeline of [WRITING, DONE])
      expect(orderOf(pipeline, tell({}))).toEqual([{ kind: "message", worker: 1, text: "Go on." }]);
    expect(said(WRITING, tell({ worker: "w9" }))).toBe('There is no worker "w9". There are: w1.');
    expect(said(beginning(), tell({}))).toContain("none yet");
  });

  test("X36: raises a reader to a writer, who then has an area like any other", () => {
    const reading = later(
      ordered(beginning(), spawn("explore")),
      started(1, "explore"),
      ...ended(1),
      turn([]),
    );
    expect(orderOf(reading, tell({ as: "coder", area: ["src/"] }))).toEqual([
      { kind: "message", worker: 1, text: "Go on.", as: { role: "coder", writes: true, area: ["src/"] } },
    ]);
    const beside = ordered(reading, spawn("coder", { area: ["src/"] }));
    expect(said(beside, tell({ as: "coder", area: ["src/"] }))).toContain("w2 writes in src/");
  });

  test("X36: leaves one at work what and where it is: what it does now was begun as that", () => {
    for (const change of [{ as: "explore" }, { as: "coder" }, { area: ["web/"] }])
      expect(said(WRITING, tell(change)), JSON.stringify(change)).toContain("w1 is at work");
    expect(orderOf(WRITING, tell({ as: "coder", area: ["src/"] }))).toEqual([
      { kind: "message", worker: 1, text: "Go on." },
    ]);
  });

  test("M20, M25: counts with whom the same reply takes up again", () => {
    const both = later(
      ordered(DONE, spawn("coder", { area: ["web/"] })),
      started(2, "coder"),
      ...ended(2),
      turn([]),
    );
    const on = (worker: string, more: object = {}) =>
      use("send_message", { worker, message: "Go on.", ...more }, worker);
    // Neither of the two continues without a contract.
    expect(orderOf(both, on("w1"), on("w2"))).toEqual([]);
    expect(orderOf(both, on("w1"), spawn("coder", { area: ["a.ts"] }))).toEqual([]);
    const agreed = ordered(both, use("record_contract", { contract: "c" }));
    expect(orderOf(agreed, on("w1"), on("w2"))).toHaveLength(2);
    expect(said(agreed, on("w1"), on("w2", { area: ["src/a.ts"] }))).toContain("w1 writes in src/");
    expect(said(agreed, on("w1", { area: ["api/"] }), spawn("coder", { area: ["api/"] }))).toContain(
      "w1 writes in api/",
    );
    expect(said(agreed, on("w1"), use("record_contract", { contract: "d" }))).toContain(
      "w1 work by what was agreed",
    );
    expect(orderOf(agreed, on("w1"), on("w1", { area: ["api/"] }))).toHaveLength(1);
  });

  test("makes nobody a verifier, and a verifier nobody else", () => {
    expect(said(DONE, tell({ as: "verifier" }))).toContain("start a fresh one");
    const judge = later(
      ordered(beginning(), spawn("verifier")),
      started(1, "verifier"),
      ...ended(1, "failed"),
      turn([]),
    );
    expect(said(judge, tell({ as: "coder" }))).toContain("start a fresh one");
  });

  test("M27: a verifier that is over is not asked again", () => {
    const judge = later(
      ordered(beginning(), spawn("verifier")),
      started(1, "verifier"),
      ...ended(1, "failed"),
      turn([]),
    );
    expect(said(judge, tell({}))).toContain("start a fresh one");
  });

  test.each([[{ toString: 1, valueOf: 1 }], [[["w1"]]], [null], ["😀".repeat(60)]])(
    "what names nobody is told, whatever it is: %j",
    worker => {
      const text = said(WRITING, tell({ worker }));
      expect(text).toContain("There is no worker");
      expect(text.isWellFormed()).toBe(true);
    },
  );

  test("so many calls of a reply are done, and no more", () => {
    const many = Array.from({ length: 150 }, (_, n) =>
      use("send_message", { worker: "w1", message: "Go." }, `c${n}`),
    );
    expect(orderOf(WRITING, ...many)).toHaveLength(100);
    expect(said(WRITING, ...many)).toContain("Not done: a reply asks for 100 things");
  });

  test("M9: does not reach one whose conversation is at its end", () => {
    const lost = later(
      WRITING,
      turn([], { worker: 1, failed: "It refused." }),
      ...ended(1, "failed"),
      turn([]),
    );
    expect(said(lost, tell({}))).toContain("w1 cannot go on: its conversation is at its end");
  });

  test("M9: does not reach one that used up a limit, and a word that crosses its end wakes nobody", () => {
    const bounded = later(
      ordered(beginning({ limits: { step_turns: 1 } }), spawn("explore")),
      started(1, "explore"),
    );
    const over = [...[READING].map(one => ({ ...one, worker: 1 })), ...ended(1, "failed")];
    expect(said(later(bounded, ...over, turn([])), tell({}))).toContain(
      "w1 cannot go on: it has used up `limits.step_turns`",
    );
    const crossed = ordered(later(bounded, READING, ...over), tell({}));
    expect(attemptOf(crossed).crew?.workers.map(workerState)).toEqual(["failed"]);
  });
});

describe("stop_worker", () => {
  const stop = use("stop_worker", { worker: "w1" });

  test("M11: stops one at work and says of any other how it stands", () => {
    expect(orderOf(WRITING, stop)).toEqual([{ kind: "stop", worker: 1 }]);
    expect(said(DONE, stop)).toBe("w1 is not running (status: completed).");
    expect(said(ordered(WRITING, stop), stop)).toBe("w1 is not running (status: stopped).");
  });

  test("its area is free at once", () => {
    expect(said(ordered(WRITING, stop), spawn("coder", { area: ["src/"] }))).toContain("w2 is started");
  });
});

describe("a coordinator's answer", () => {
  const problem = (pipeline: Pipeline): string | null =>
    crewProblem([], { pipeline, step: stepOf(pipeline), attempt: attemptOf(pipeline) });

  test("is alone in its reply", () => {
    const pipeline = beginning();
    const [order] = orderOf(pipeline, spawn("explore"));
    expect(
      crewProblem([order as Order], { pipeline, step: stepOf(pipeline), attempt: attemptOf(pipeline) }),
    ).toContain("Answer alone");
  });

  test("waits for everybody at work, as far as it knows", () => {
    expect(problem(beginning())).toBeNull();
    expect(problem(WRITING)).toContain("w1 are not over");
    expect(problem(later(WRITING, READING, ...ended(1)))).toContain("w1 are not over");
    expect(problem(DONE)).toBeNull();
  });

  test("M27: needs a fresh verifier's approval of what was written, as it stands", () => {
    const wrote = WROTE("src/a.ts");
    const written = later(
      WRITING,
      turn([], { worker: 1, wrote, submitted: { status: "done", scope: "s" } }),
      {
        ...{
          kind: "attempt_finished",
          ...AT,
          worker: 1,
          outcome: "done",
          answer: null,
          reason: null,
          checks: [],
        },
      },
    );
    const joined = later(written, { kind: "joined", ...AT, worker: 1, tree: "b".repeat(40) }, turn([]));
    expect(problem(joined)).toContain("has to be approved, as it stands now");
    const judge = (pipeline: Pipeline, verdict: string, worker = 2): Pipeline =>
      later(
        ordered(pipeline, spawn("verifier")),
        started(worker, "verifier"),
        turn([], { worker, submitted: { verdict, reason: "r" } }),
        {
          kind: "attempt_finished",
          ...AT,
          worker,
          outcome: "done",
          answer: { verdict, reason: "r" },
          reason: null,
          checks: [],
        },
        turn([]),
      );
    expect(problem(judge(joined, "approved"))).toBeNull();
    expect(problem(judge(joined, "changes_requested"))).toContain("has to be approved");
    // What an attempt before it had written is in the tree as well.
    const next = later(
      joined,
      { kind: "attempt_finished", ...AT, outcome: "failed", answer: null, reason: "r", checks: [] },
      { ...started(), attempt: 2 } as EventData,
    );
    const second = next.steps[1]?.attempts[1] as Attempt;
    expect(crewProblem([], { pipeline: next, step: stepOf(next), attempt: second })).toContain(
      "has to be approved",
    );
    // Somebody has written since.
    const since = { ...judge(joined, "approved"), tree: "c".repeat(40) };
    expect(problem(since)).toContain("has to be approved");
  });
});

describe("what the App takes of it", () => {
  const take =
    (pipeline: Pipeline, ...events: readonly EventData[]) =>
    () =>
      takeEvents(events, { pipeline, roster, at: pipeline.updated_at });

  test("is what the reply asks for, and nothing else", () => {
    const calls = [spawn("coder", { area: ["src/"] })];
    const orders = [...orderOf(beginning(), ...calls)];
    expect(take(beginning(), turn(calls, { orders }))).not.toThrow();
    expect(take(beginning(), turn(calls))).toThrow("does not ask that of workers");
    expect(take(beginning(), turn([], { orders }))).toThrow("does not ask that of workers");
  });

  test("gives workers to nobody whose role has none, and to no worker", () => {
    const pipeline = aPipeline({ plan: ["debugger", "reviewer"] });
    const begins = { ...started(), role: "debugger", model: "claude-sonnet-5-5" } as EventData;
    expect(take(pipeline, begins)).toThrow("debugger may not start workers");
    const begun = ordered(beginning(), spawn("explore"));
    const worker = { ...started(1, "explore"), model: "claude-haiku-5-5", workers: true } as EventData;
    expect(take(begun, worker)).toThrow("explore may not start workers");
    expect(take(beginning({ limits: { workers: 0 } }), turn([]))).not.toThrow();
  });

  test("is no start on more than was joined", () => {
    const begun = ordered(WRITING, spawn("explore"));
    const begins = (joins: number) =>
      take(begun, { ...started(2, "explore"), model: "claude-haiku-5-5", joins } as EventData);
    expect(begins(0)).not.toThrow();
    expect(begins(1)).toThrow("more than was joined");
    const own = { ...started(), model: "claude-opus-5-5", joins: 0 } as EventData;
    expect(
      take(aPipeline({ plan: [{ role: "coordinator", writes: false, gate: false }, "reviewer"] }), own),
    ).toThrow("more than was joined");
  });

  test("is no join of what is not due", () => {
    const joined = (worker: number, tree = "d".repeat(40)): EventData => ({
      kind: "joined",
      ...AT,
      worker,
      tree,
    });
    expect(take(WRITING, joined(1))).toThrow("has nothing to join");
    const both = ordered(
      beginning(),
      ...[use("record_contract", { contract: "c" }, "c"), spawn("coder", { area: ["a/"] }, "a")],
      spawn("coder", { area: ["b/"] }, "b"),
    );
    const wrote = (worker: number, path: string): readonly EventData[] => [
      started(worker, "coder"),
      turn([], { worker, wrote: WROTE(path), submitted: { status: "done", scope: "s" } }),
      { kind: "attempt_finished", ...AT, worker, outcome: "done", answer: null, reason: null, checks: [] },
    ];
    const waiting = later(both, ...wrote(1, "a/a.ts"), ...wrote(2, "b/b.ts"));
    expect(take(waiting, joined(1))).not.toThrow();
    expect(take(waiting, joined(2))).toThrow("`joined` is not what comes next");
    // What was written may be identical to what was there.
    expect(take(waiting, joined(1, "a".repeat(40)))).not.toThrow();
    expect(take(waiting, joined(1, "a"))).toThrow("the name of a git object");
  });
});
