import { describe, expect, test } from "vitest";
import type { GateAnswer } from "../../core/model/answer.ts";
import type { FileChange } from "../../core/model/change.ts";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Pipeline, Step } from "../../core/model/pipeline.ts";
import type { Finding } from "../../core/model/return.ts";
import { asIf, bestOf, failureOf, type Tried, triesOf, viewOf } from "../../core/pipeline/approaches.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { keepBefore } from "../../core/pipeline/kept.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { changesOf } from "../../core/pipeline/written.ts";
import { aPipeline, later } from "../build.ts";
import { AT, turn } from "./coordinating.ts";
import { answerOf, context, opening, planned, stepsOf } from "./planning.ts";
import { aRole, aRoster, ROLES } from "./roles.ts";
import {
  attemptIn,
  change,
  decided,
  done,
  failed,
  JUDGED,
  joined,
  planning,
  started,
  TREE,
  TRIED,
  TRYING,
  wrote,
} from "./trying.ts";

const verdict = (word: GateAnswer["verdict"], ...severities: readonly Finding["severity"][]): GateAnswer => ({
  verdict: word,
  findings: severities.map(severity => ({ severity, issue: "It is wrong." })),
});
const YES = verdict("approved");
const NO = verdict("changes_requested");
const one = (found: GateAnswer | null, ...changes: readonly FileChange[]): Omit<Tried, "worker"> => ({
  verdict: found,
  changes: changes.length === 0 ? [change("a.js")] : changes,
});

describe("of several tries the one is taken that", () => {
  test.each<[string, readonly Omit<Tried, "worker">[], number | null]>([
    ["is approved", [one(NO), one(YES)], 2],
    ["nobody rejected, where none is approved", [one(NO), one(null)], 2],
    ["is rejected for least, where all are", [one(verdict("changes_requested", "low")), one(NO)], 2],
    ["has no grave finding", [one(verdict("approved", "high")), one(verdict("approved", "low", "low"))], 2],
    ["has fewer findings", [one(verdict("approved", "low", "low")), one(verdict("approved", "low"))], 2],
    [
      "changes fewer files",
      [one(YES, change("a.js"), change("b.js")), one(YES, change("a.js", "aaaaaaa"))],
      2,
    ],
    ["writes less into them", [one(YES, change("a.js", "aa")), one(YES, change("a.js"))], 2],
    ["deletes where others write", [one(YES), one(YES, change("a.js", null))], 2],
    ["came first, where nothing else tells", [one(YES), one(YES)], 1],
    ["nobody, where nobody completed it", [], null],
  ])("%s", (_, tried, best) => {
    expect(bestOf(tried.map((each, index) => ({ worker: index + 1, ...each })))).toBe(best);
  });
});

describe("a plan's `approaches`", () => {
  const plan = (role: string, approaches: unknown, most = 3) => {
    const [first, ...rest] = stepsOf(role, "tester");
    const answer = answerOf([{ role: "debugger", brief: "", ...first, approaches } as never, ...rest], {
      justification: "Two parts.",
    });
    return planned(answer, context(opening({}, { limits: { attempts_in_parallel: most } })));
  };
  test.each<[string, string, unknown, number, readonly string[] | undefined, string | null]>([
    ["stand where it may be tried so often", "debugger", ["One.", "Two."], 2, ["One.", "Two."], null],
    [
      "are cut to what the configuration allows",
      "debugger",
      ["One.", "Two.", "Three."],
      2,
      ["One.", "Two."],
      "is tried in 2 of 3 ways",
    ],
    [
      "are no more than four",
      "debugger",
      ["1", "2", "3", "4", "5"],
      4,
      ["1", "2", "3", "4"],
      "is tried in 4 of 5 ways",
    ],
    [
      "are left out where the configuration has none",
      "debugger",
      ["One.", "Two."],
      1,
      undefined,
      "`limits.attempts_in_parallel` is 1",
    ],
    [
      "differ, and say something",
      "debugger",
      ["One.", " One. ", ""],
      3,
      undefined,
      "two different ones at least",
    ],
    [
      "are of somebody who writes",
      "architect",
      ["One.", "Two."],
      3,
      undefined,
      "is none that writes by itself",
    ],
    ["are of nobody who judges", "tester", ["One.", "Two."], 3, undefined, "is none that writes by itself"],
    ["are absent where nobody asked for them", "debugger", null, 3, undefined, null],
  ])("%s", (_, role, asked, most, frozen, repair) => {
    const { steps, repairs } = plan(role, asked, most);
    expect(steps[0]?.approaches).toEqual(frozen);
    expect(repairs.join()).toContain(repair ?? "");
    expect(repairs).toHaveLength(repair === null ? 0 : 1);
  });
  test("need a gate behind them", () => {
    const reviewer = aRole({ name: "reviewer", permissions: "full", output_schema: { status: "done" } });
    const only = aRoster([...ROLES.filter(({ gate }) => !gate), reviewer]);
    const [first] = stepsOf("debugger");
    const answer = answerOf([{ ...first, approaches: ["One.", "Two."] } as never]);
    const limits = { attempts_in_parallel: 3 };
    const { steps, repairs } = planned(answer, context({ roster: only, ...opening({}, { limits }) }));
    expect(steps[0]?.approaches).toBeUndefined();
    expect(repairs.join()).toContain("no gate stands behind it");
  });
});

// ---------------------------------------------------------------- a journal

const roster = aRoster();
const orders = (pipeline: Pipeline): EventOf<"led"> => {
  const [next] = decide(pipeline);
  return (next?.kind === "conclude" ? next.events[0] : undefined) as EventOf<"led">;
};

describe("so many begin as leave each a step's money, and as much for what comes behind them", () => {
  const spending = (task_usd: number, day_usd: number): Pipeline => {
    const pipeline = planning();
    return { ...pipeline, opening: { ...pipeline.opening, spent: { task_usd, day_usd } } };
  };
  test.each<[string, Pipeline, number]>([
    ["of the pipeline", planning({ pipeline_usd: 9 }), 2],
    ["of the pipeline, with less", planning({ pipeline_usd: 8.9 }), 0],
    ["of the task", spending(11, 0), 2],
    ["of the task, with less", spending(11.1, 0), 0],
    ["of the day", spending(0, 41), 2],
    ["of the day, with less", spending(0, 41.1), 0],
    ["where more was spent than may be", spending(0, 60), 0],
  ])("%s", (_, pipeline, count) => {
    // The plan itself costs nothing here.
    expect(triesOf({ ...pipeline, usd: 0 }, pipeline.steps[1] as Step)).toHaveLength(count);
  });
});

describe("the rules lead", () => {
  test("both tries to their judges, these to one that is taken, and it to the step's answer", () => {
    const names = ({ steps }: Pipeline) =>
      attemptIn({ steps } as Pipeline)?.crew?.workers.map(
        ({ role, description }) => `${role}, ${description}`,
      );
    expect(names(TRIED)).toEqual([
      "debugger, approach 1: One.",
      "debugger, approach 2: Two.",
      "reviewer, judge of w1",
      "reviewer, judge of w2",
    ]);
    expect(decide(JUDGED)).toMatchObject([{ kind: "join", worker: 2 }]);
    const taken = decided(later(JUDGED, joined(2)));
    expect(taken.steps[1]).toMatchObject({ answer: { status: "done" }, attempts: [{ crew: { taken: 2 } }] });
    expect(changesOf(taken).map(({ path }) => path)).toEqual(["b.js"]);
    expect(commitPoints(taken)).toEqual([]);
  });
  test("one that wrote nothing to its end without a join", () => {
    const idle = later(TRYING, started(1), started(2), ...done(1), failed(2));
    expect(decided(idle).steps[1]).toMatchObject({ answer: { status: "done" } });
    expect(decided(idle).tree).toBe(TREE);
  });
  test("a try is seen as the step's answer, and nothing of the other is", () => {
    const [, two] = attemptIn(JUDGED)?.crew?.workers ?? [];
    const seen = asIf(JUDGED, two as never);
    expect([seen.tree, changesOf(seen).map(({ path }) => path)]).toEqual(["2".repeat(40), ["b.js"]]);
    expect(seen.steps[1]?.answer).toMatchObject({ status: "done" });
    expect(changesOf(JUDGED)).toEqual([]);
  });
  test("nobody's work to a reason for each", () => {
    const stop: EventData = {
      ...{ kind: "worker_stop_asked", worker: 2, message: 7, by: "monalisa", reason: "Enough." },
    };
    const over = later(TRYING, started(1), failed(1, null), stop);
    expect(failureOf(attemptIn(over) as never)).toBe(
      "None of its 2 approaches was completed. w1: it ended without an answer w2: it was stopped",
    );
    expect(decided(over).steps[1]?.attempts[0]?.finished?.outcome).toBe("failed");
    expect(decide(decided(over))).toMatchObject([{ kind: "take_turn", attempt: 2 }]);
  });
  test("words to nobody in particular to everybody who tries, and to the next conversation where all are over", () => {
    const told: EventData = { kind: "told", message: 7, by: "monalisa", text: "Mind it." };
    const heard = attemptIn(later(TRYING, started(1), told))?.crew?.workers.map(({ words }) => words.length);
    expect(heard).toEqual([1, 1]);
    // Whoever begins after them hears them as words to itself, and not also in its first message.
    const said = later(TRYING, told);
    expect(viewOf(said, attemptIn(said)?.crew?.workers[0] as Step).told).toEqual([]);
    const judging = later(TRIED, told);
    expect(viewOf(judging, attemptIn(judging)?.crew?.workers[2] as Step).told).toHaveLength(1);
    const late = later(TRIED, told);
    expect(attemptIn(late)?.crew?.workers.map(({ words }) => words.length)).toEqual([0, 0, 0, 0]);
    expect(late.told).toMatchObject([{ text: "Mind it." }]);
  });
  test("a revision in one way, and a rerun from the step in as many as were planned", () => {
    const rejected = later(decided(later(JUDGED, joined(2))), {
      ...{
        kind: "attempt_started",
        step: 2,
        attempt: 1,
        role: "reviewer",
        model: "m",
        system: [],
        first: "",
      },
    });
    const answer = { verdict: "changes_requested", reason: "No." };
    const over = later(
      {
        ...rejected,
        opening: {
          ...rejected.opening,
          config: { ...rejected.opening.config, limits: { ...rejected.opening.config.limits, revisions: 1 } },
        },
      },
      { ...turn([], { submitted: answer }), step: 2 },
      { kind: "attempt_finished", step: 2, attempt: 1, outcome: "done", answer, reason: null, checks: [] },
    );
    const [next] = decide(over);
    expect(next).toMatchObject({ events: [{ kind: "steps_added", steps: [{ role: "debugger" }, {}] }] });
    expect(JSON.stringify(next)).not.toContain("approaches");
    expect(keepBefore(over, 1)).toMatchObject({
      kept: { plan: { steps: [{ approaches: ["One.", "Two."] }, {}] } },
    });
  });
});

describe("a run that lies about tries is refused", () => {
  const take =
    (pipeline: Pipeline, ...events: readonly EventData[]) =>
    () =>
      takeEvents(events, { pipeline, roster, at: "2026-10-07T10:00:00.000Z" });
  const begin = orders(planning());
  const [first, second] = begin.orders;
  const judges = orders(
    later(TRYING, started(1), started(2), wrote(1, "a.js"), wrote(2, "b.js"), ...done(2), ...done(1)),
  );
  const end = (outcome: "done" | "failed", answer: object | null): EventData => ({
    ...{ kind: "attempt_finished", ...AT, outcome, answer: answer as never, reason: null, checks: [] },
  });
  const DONE = { status: "done", notes: "" };
  const JOINED = later(JUDGED, joined(2));

  test("and an honest one is not", () => {
    expect(take(planning(), begin)).not.toThrow();
    expect(take(JUDGED, joined(2))).not.toThrow();
    expect(take(JOINED, end("done", DONE))).not.toThrow();
  });
  test.each<[string, Pipeline, EventData, string]>([
    ["that tries in other ways", planning(), { ...begin, orders: [first as never] }, "`led`"],
    [
      "that tries in one way what is planned in two",
      planning(),
      { ...started(1), worker: undefined } as never,
      "`led`",
    ],
    [
      "that tries where nothing is left for it",
      planning({ pipeline_usd: 3 }),
      begin,
      "`led` is not what comes next",
    ],
    ["that makes up another try", TRYING, { ...begin, orders: [{ ...second, worker: 3 } as never] }, "`led`"],
    ["that judges before all are over", later(TRYING, started(1), ...done(1)), judges, "`led`"],
    [
      "that names another judge",
      later(TRYING, started(1), started(2), wrote(1, "a.js"), wrote(2, "b.js"), ...done(2), ...done(1)),
      { ...judges, orders: judges.orders.map(order => ({ ...order, role: "tester" }) as never) },
      "`led`",
    ],
    ["that has a judge speak that there is not", TRYING, started(3, "reviewer"), "there is no worker 3"],
    ["that joins the worse one", JUDGED, joined(1), "worker 1 has nothing to join"],
    ["that joins one before it is judged", TRIED, joined(2), "worker 2 has nothing to join"],
    ["that joins a judge", JUDGED, joined(4), "worker 4 has nothing to join"],
    ["that joins both", JOINED, joined(1), "worker 1 has nothing to join"],
    ["that takes what is not joined", JUDGED, end("done", DONE), "what it wrote is not joined"],
    [
      "that gives the step another answer",
      JOINED,
      end("done", { status: "done", notes: "Mine." }),
      "attempt_finished",
    ],
    ["that gives up what was completed", JOINED, end("failed", null), "its tries came to something else"],
    ["that ends it while somebody is at work", TRYING, end("failed", null), "step 1 is still being tried"],
  ])("%s", (_, pipeline, event, why) => {
    expect(take(pipeline, event)).toThrow(why);
  });
  test.each<[string, Pipeline, EventData, string]>([
    [
      "a step that is done in one way",
      aPipeline({ plan: ["debugger", "reviewer"] }),
      begin,
      "step 1 is done in one way",
    ],
    [
      "an attempt that has a conversation",
      later(planning(), { ...started(1), worker: undefined } as never),
      begin,
      "attempt 1 has a conversation of its own",
    ],
    [
      "a gate that there is not",
      later(
        aPipeline({ plan: [{ role: "debugger", approaches: ["One.", "Two."] }], setup: { tree: TREE } }),
        begin,
      ),
      { ...judges, orders: [{ ...(judges.orders[0] as object), worker: 3 } as never] },
      "no gate judges step 1",
    ],
  ])("the fold knows %s", (_, pipeline, event, why) => {
    expect(() => later(pipeline, event)).toThrow(why);
  });
});
