import { describe, expect, test } from "vitest";
import type { LocalControl } from "../../action/control/local.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Crew, Step } from "../../core/model/pipeline.ts";
import type { Message } from "../../core/model/wire.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { changesOf } from "../../core/pipeline/written.ts";
import { seenCommands } from "../../core/report/work.ts";
import { aRoster } from "../model-rules/roles.ts";
import {
  APPROVED,
  type Asked,
  aModel,
  bash,
  CHECK,
  claimed,
  DONE,
  extended,
  hanging,
  opened,
  planOf,
  type Run,
  type RunOptions,
  run,
  type Script,
  submit,
  type Turn,
  write,
  YES,
} from "./kit.ts";
import { aMemoryWorkbench } from "./memory-workbench.ts";

const BASE = new Map([["sum.js", "// nothing yet\n"]]);
/** Any approach whose sum is right. */
const inMemory = () =>
  aMemoryWorkbench(BASE, (command, files) => {
    const sum = files.get("sum.js") ?? "";
    const [, word] = /^node is-(\w+)\.js$/.exec(command) ?? [];
    return sum.includes(command === CHECK ? "+" : (word ?? "")) ? 0 : 1;
  });

const WAYS = ["Add them up in a loop.", "Add them up by a table."];
const planned = (approaches: readonly string[], ...roles: readonly string[]): Script => {
  const plan = planOf(...roles);
  const pipeline = plan.pipeline.map((step, index) => (index === 0 ? { ...step, approaches } : step));
  return { pm: [[[submit({ ...plan, pipeline })]]] };
};
const writes = (content: string): readonly Turn[] => [
  [write("sum.js", content), bash(CHECK)],
  [submit(DONE)],
];
const NO = {
  verdict: "changes_requested",
  reason: "A table is too much.",
  findings: [{ severity: "low", issue: "A table is too much." }],
};

/** The second approach is approved, the first is not; w3 and w4 are their judges. */
const script = (over: Script = {}): Script => ({
  ...planned(WAYS, "debugger", "reviewer"),
  w1: [writes("a + loop")],
  w2: [writes("a + table")],
  w3: [[[submit(NO)]]],
  w4: [[[submit({ ...YES, reason: "It adds up (step 1, run 1)." })]]],
  debugger: [writes("a + plain")],
  reviewer: [[[submit(YES)]]],
  ...over,
});

const roster = aRoster();
/** Checks every batch as the App does. */
const checked = (local: LocalControl): Control => ({
  ...local,
  append: async (after, events) => {
    const pipeline = fold(local.journal());
    takeEvents(events, { pipeline, roster, at: pipeline.updated_at });
    return local.append(after, events);
  },
});

interface Playing extends Partial<RunOptions> {
  readonly config?: { readonly limits?: object; readonly gates?: readonly string[] };
  readonly over?: Script;
}

const play = ({ over = {}, config = {}, ...options }: Playing = {}): Promise<Run> => {
  const limits = { attempts_in_parallel: 4, ...config.limits };
  return run({
    ...{ model: aModel(script(over)), workbench: inMemory(), roster, control: checked },
    ...{ journal: [opened({}, { config: { ...config, limits } })] },
    ...options,
  });
};

const eventsOf = <K extends EventData["kind"]>({ journal }: Run, kind: K): readonly EventOf<K>[] =>
  journal.flatMap(({ data }) => (data.kind === kind ? [data as EventOf<K>] : []));
const stepIn = ({ pipeline }: Run): Step => pipeline.steps[1] as Step;
const crewIn = (played: Run): Crew => stepIn(played).attempts[0]?.crew as Crew;
const filesOf = ({ pipeline }: Run): Readonly<Record<string, string | null>> =>
  Object.fromEntries(changesOf(pipeline).map(({ path, content }) => [path, content]));
const endsIn = (played: Run) => eventsOf(played, "attempt_finished").filter(({ step }) => step === 1);
const firstOf = (played: Run, worker?: number, step = 1): string =>
  eventsOf(played, "attempt_started").find(one => one.step === step && one.worker === worker)?.first ?? "";

describe("a step that is tried in two ways", () => {
  test("is judged on each tree, and the one that is approved is the step's", async () => {
    const played = await play();
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(eventsOf(played, "led").map(({ orders }) => orders.length)).toEqual([2, 2]);
    expect(crewIn(played).taken).toBe(2);
    expect(eventsOf(played, "joined").map(({ worker }) => worker)).toEqual([2]);
    expect(filesOf(played)).toEqual({ "sum.js": "a + table" });
    expect(stepIn(played).answer).toMatchObject({ status: "done" });
    expect(fold(played.journal)).toEqual(played.pipeline);
    // Nobody coordinates them, so nobody is told.
    expect(crewIn(played).notices).toEqual([]);
    const handed = eventsOf(played, "turn").filter(({ worker, submitted }) => worker === 1 && submitted);
    expect(handed[0]?.results.at(-1)?.content).toBe("Your answer was handed in.");
  });

  test("has the runs of the one that was taken, for whoever reads the step's proof", async () => {
    const [seen] = seenCommands(stepIn(await play()));
    expect([seen?.command, seen?.run?.exit_code]).toEqual([CHECK, 0]);
  });

  test("keeps what was not taken in its journal, and all that it cost in its sum", async () => {
    const played = await play();
    const turns = eventsOf(played, "turn").filter(({ step, worker }) => step === 1 && worker === 1);
    expect(turns[0]?.wrote?.changes).toMatchObject([{ path: "sum.js", content: "a + loop" }]);
    const all = eventsOf(played, "turn").reduce((sum, { usd }) => sum + (usd ?? 0), 0);
    expect(played.pipeline.usd).toBeCloseTo(all);
  });

  test("shows each the step as its own with its way, and nobody the other's", async () => {
    const played = await play();
    const [one, two] = [firstOf(played, 1), firstOf(played, 2)];
    expect(one).toContain(
      "The part of debugger.\n\n### The way in which you do it\n\nAdd them up in a loop.",
    );
    expect(two).toContain("Add them up by a table.");
    expect(one).not.toContain("by a table");
    expect(one).toContain("For March the program collects a cent less");
  });

  test("shows each judge the one try that it judges, as the gate behind it is shown the step", async () => {
    const played = await play();
    const [three, four] = [firstOf(played, 3), firstOf(played, 4)];
    for (const first of [three, four]) {
      expect(first).toContain("## Your part\n\nThe part of reviewer.");
      expect(first.split("Previous step output (step 1, debugger)")).toHaveLength(2);
      expect(first).toContain(`step 1, run 1: ${CHECK}`);
    }
    expect(firstOf(played, undefined, 2)).toContain("Previous step output (step 1, debugger)");
  });

  test("is one commit, of the one that was taken", async () => {
    const { pipeline } = await play();
    expect(commitPoints(pipeline).map(({ key, changes }) => [key, changes[0]?.content])).toEqual([
      ["p1/1/1/w2", "a + table"],
    ]);
  });

  test("needs no judge where one alone was completed", async () => {
    const played = await play({ over: { w2: [[[submit({ ...DONE, status: "partial", notes: "No." })]]] } });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(eventsOf(played, "led")).toHaveLength(1);
    expect(filesOf(played)).toEqual({ "sum.js": "a + loop" });
  });

  test("has the project's own commands run on each, before anybody judges it", async () => {
    const config = { gates: [CHECK], limits: {} };
    const played = await play({
      config,
      over: {
        w2: [
          [
            [write("sum.js", "no"), bash("node --test")],
            [submit({ ...DONE, proof: { ...DONE.proof, how_verified: ["node --test"] } })],
          ],
        ],
      },
    });
    expect(
      endsIn(played)
        .map(({ worker, outcome, checks }) => [worker ?? 0, outcome, checks.length])
        .toSorted(),
    ).toEqual([
      [0, "done", 0],
      [1, "done", 1],
      [2, "failed", 2],
    ]);
    // The plan's gate is told how the commands came out on the approach that was taken.
    const [, told = ""] = firstOf(played, undefined, 2).split("came to behind the last writer");
    expect(told.match(/exit code \d/g)).toEqual(["exit code 0"]);
    expect(filesOf(played)).toEqual({ "sum.js": "a + loop" });
  });

  test("and before each judge's approval, on the tree that it judges", async () => {
    const played = await play({ config: { gates: [CHECK], limits: {} } });
    const four = endsIn(played).find(({ worker }) => worker === 4);
    expect([
      four?.answer?.verdict,
      four?.checks.map(({ command, exit_code }) => [command, exit_code]),
    ]).toEqual(["approved", [[CHECK, 0]]]);
  });

  test("is done once more in one way where nobody completed it, and is told why", async () => {
    const failing = [[submit({ ...DONE, status: "partial", notes: "It cannot be." })]];
    const played = await play({ over: { w1: [failing], w2: [failing] } });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(stepIn(played).attempts.map(({ finished }) => finished?.outcome)).toEqual(["failed", "done"]);
    expect(stepIn(played).attempts[1]?.started?.first).toContain(
      "None of its 2 approaches was completed. w1: It says that it is not finished: It cannot be. w2:",
    );
    expect(filesOf(played)).toEqual({ "sum.js": "a + plain" });
  });

  test("goes on where one of them, or a judge, cannot be asked", async () => {
    const refused: Turn = { kind: "refused", reason: "The request was refused.", hint: "Look at it." };
    const one = await play({ over: { w1: [[refused]] } });
    expect([one.pipeline.outcome?.kind, crewIn(one).taken]).toEqual(["passed", 2]);
    const judge = await play({ over: { w4: [[refused]] } });
    // Not judged is better than rejected.
    expect([judge.pipeline.outcome?.kind, crewIn(judge).taken]).toEqual(["passed", 2]);
  });
});

describe("on real trees, in the sandbox", () => {
  const over: Script = {
    ...planned(WAYS, "debugger", "reviewer"),
    w1: [writes("// a + b in a loop\n")],
    w2: [writes("// a + b by a table\n")],
  };
  test("each has its own, and the one that is taken is the pipeline's, also where a run was lost among the judges", async () => {
    const real = { ...opened({}, { config: { limits: { attempts_in_parallel: 2 } } }) };
    const playing = (journal: Run["journal"]) =>
      run({ model: aModel(script(over)), roster, control: checked, journal });
    const whole = await playing([real]);
    expect([whole.pipeline.outcome?.kind, filesOf(whole)]).toEqual([
      "passed",
      { "sum.js": "// a + b by a table\n" },
    ]);
    const judging = whole.journal.findLastIndex(({ data }) => data.kind === "led") + 1;
    const resumed = await playing(extended(whole.journal.slice(0, judging), claimed("again")));
    expect([resumed.pipeline.tree, resumed.pipeline.outcome?.kind]).toEqual([whole.pipeline.tree, "passed"]);
  });
});

describe("how many ways begin", () => {
  const begun = async (limits: object, over: Script = {}): Promise<number> => {
    const [led] = eventsOf(await play({ config: { limits }, over }), "led");
    return led?.orders.length ?? 1;
  };
  test.each([
    ["as many as were planned", {}, 2],
    ["none besides where the configuration does not say so", { attempts_in_parallel: 1 }, 1],
    // The plan cost about $0.20.
    ["as many as the pipeline's money leaves room for, and one step behind them", { pipeline_usd: 9 }, 1],
    ["and the task's", { task_usd: 9 }, 1],
    ["and the day's", { day_usd: 9 }, 1],
    ["or cheaper steps", { pipeline_usd: 9, step_usd: 2 }, 2],
  ])("%s", async (_, limits, count) => {
    expect(await begun(limits)).toBe(count);
  });

  test("all are at work at once, whatever coordinators may have", async () => {
    const both = Promise.withResolvers<void>();
    let now = 0;
    const turn: Turn = async () => {
      if (++now === 2) both.resolve();
      await both.promise;
      return [write("sum.js", "a + b"), bash(CHECK)];
    };
    const way = [turn, [submit(DONE)]];
    const played = await play({ config: { limits: { workers: 0 } }, over: { w1: [way], w2: [way] } });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
  });
});

describe("limits", () => {
  test("a step's end one way, and the other goes on", async () => {
    const long = Array.from({ length: 9 }, (): Turn => [bash("node --test")]);
    const played = await play({ config: { limits: { step_turns: 4 } }, over: { w1: [long] } });
    expect(endsIn(played).find(({ worker }) => worker === 1)?.reason).toContain("limits.step_turns");
    expect([played.pipeline.outcome?.kind, crewIn(played).taken]).toEqual(["passed", 2]);
  });

  test("the pipeline's end everything", async () => {
    const config = { limits: { pipeline_usd: 0.5, step_usd: 0.1 } };
    const played = await play({ config });
    expect(played.pipeline.outcome).toMatchObject({ kind: "blocked" });
    expect(played.pipeline.outcome?.reason).toContain("limits.pipeline_usd");
  });
});

describe("people", () => {
  const playWith = (
    over: Script,
  ): { readonly played: Promise<Run>; readonly say: (...said: readonly Message[]) => void } => {
    let control: LocalControl | undefined;
    const played = play({
      over,
      control: local => {
        control = local;
        return checked(local);
      },
    });
    return { played, say: (...said) => control?.inbox.put([...said]) };
  };

  test("take one out by stopping it, in the middle of its call", async () => {
    const begun = hanging();
    const { played, say } = playWith({ w2: [[begun.turn]] });
    await begun.begun;
    say({ id: 7, kind: "stop", by: "monalisa", text: "Enough.", worker: 2 });
    expect(filesOf(await played)).toEqual({ "sum.js": "a + loop" });
    expect(begun.aborted()).toBe(true);
    expect((await played).pipeline.outcome).toMatchObject({ kind: "passed" });
  });

  test("speak to one of them, or to all that are at work, who hear it once", async () => {
    const heard: Asked[] = [];
    const ready = Promise.withResolvers<void>();
    let count = 0;
    const way = (content: string): readonly Turn[] => [
      async () => {
        if (++count === 2) ready.resolve();
        await ready.promise;
        await new Promise(resolve => setTimeout(resolve, 50));
        return [write("sum.js", content), bash(CHECK)];
      },
      async asked => {
        heard.push(asked);
        return [submit(DONE)];
      },
    ];
    const { played, say } = playWith({ w1: [way("a + loop")], w2: [way("a + table")] });
    await ready.promise;
    say(
      { id: 7, kind: "tell", by: "monalisa", text: "Mind the cents." },
      { id: 8, kind: "tell", by: "monalisa", text: "Mind the loop.", worker: 1 },
    );
    expect((await played).pipeline.outcome).toMatchObject({ kind: "passed" });
    const said = (key: string, words: string) =>
      JSON.stringify(heard.find(one => one.key === key)?.request.messages ?? []).split(words).length - 1;
    expect([said("1/1/w1/1", "Mind the cents."), said("1/1/w2/1", "Mind the cents.")]).toEqual([1, 1]);
    expect([said("1/1/w1/1", "Mind the loop."), said("1/1/w2/1", "Mind the loop.")]).toEqual([1, 0]);
  });
});

describe("a judge that writes and runs", () => {
  /** Each approves what it finds, which differs in each tree. */
  const judge = (word: string): readonly Turn[] => [
    [write("test/sum.test.js", word), bash(`node is-${word}.js`)],
    [submit({ ...APPROVED, proof: { ...APPROVED.proof, how_verified: [`node is-${word}.js`] } })],
  ];
  const over = {
    ...planned(WAYS, "debugger", "tester"),
    ...{ w3: [judge("loop")], w4: [judge("table")], tester: [judge("loop")] },
  };
  test("works on the tree that it judges, and what it wrote is nobody's", async () => {
    const played = await play({ over });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(endsIn(played).flatMap(({ answer }) => answer?.verdict ?? [])).toEqual(["approved", "approved"]);
    // Both are approved: the shorter one is taken, and the plan's own gate rewrites its test.
    expect(filesOf(played)).toEqual({ "sum.js": "a + loop", "test/sum.test.js": "loop" });
  });
  test("goes on there when its run was killed behind any event", async () => {
    const whole = await play({ over });
    for (let seq = 8; seq < whole.journal.length; seq += 1) {
      const resumed = await play({ over, journal: extended(whole.journal.slice(0, seq), claimed("again")) });
      expect(resumed.pipeline.outcome, `behind ${seq}`).toMatchObject({ kind: "passed" });
      expect(endsIn(resumed).flatMap(({ answer }) => answer?.verdict ?? [])).toEqual([
        "approved",
        "approved",
      ]);
      expect(filesOf(resumed)).toEqual(filesOf(whole));
    }
  });
});

describe("a run that is killed behind any event", () => {
  test("goes on to the same files, and nobody begins twice", async () => {
    const whole = await play();
    for (let seq = 8; seq < whole.journal.length; seq += 1) {
      const journal = extended(whole.journal.slice(0, seq), claimed("again"));
      const resumed = await play({ journal });
      expect(resumed.pipeline.outcome, `behind ${seq}`).toMatchObject({ kind: "passed" });
      expect(filesOf(resumed)).toEqual(filesOf(whole));
      const starts = eventsOf(resumed, "attempt_started").filter(({ step }) => step === 1);
      expect(starts.map(({ worker }) => worker).toSorted()).toEqual([1, 2, 3, 4]);
    }
  });
});
