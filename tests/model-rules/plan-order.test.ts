// Which step goes first in a plan, and how that affects the later ones.
import { describe, expect, test } from "vitest";
import type { PlanAnswer } from "../../core/model/plan.ts";
import { ANALYST_THRESHOLD, isAnalysisDue } from "../../core/pipeline/analysis-due.ts";
import type { PlanContext } from "../../core/pipeline/plan/rules.ts";
import { aConfig, anOpening } from "../build.ts";
import { type Asked, answerOf, planned, stepsOf } from "./planning.ts";
import { aRole, aRoster, ORGANISATION, ROLES } from "./roles.ts";

const roster = aRoster(ORGANISATION);
const due: Partial<PlanContext> = {
  roster,
  opening: anOpening({ analysis_due: true, returns: { count: 3, latest: [] } }),
};
const notDue: Partial<PlanContext> = { roster };
const short: Readonly<Record<string, string>> = {
  a: "return_analyst",
  c: "error_coordinator",
  d: "debugger",
  s: "sysadmin",
  t: "tester",
};
/** `d>a`: a debugger that depends on the analyst. */
const asked = (steps: string, over: Partial<PlanAnswer> = {}): PlanAnswer =>
  answerOf(
    steps.split(" ").map((step): Asked => {
      const [role = "", on] = step.split(">").map(letter => short[letter]);
      return { ...(stepsOf(role)[0] as Asked), depends_on: on ?? null };
    }),
    over,
  );
/** `d1`: a debugger that depends on step 1. */
const orderOf = (answer: PlanAnswer, context: Partial<PlanContext>): string =>
  planned(answer, context)
    .steps.map(({ role, depends_on }) => {
      const [letter] = Object.entries(short).find(([, name]) => name === role) ?? [role];
      return `${letter}${depends_on ?? ""}`;
    })
    .join(" ");

test.each([
  [0, 0, false],
  [2, 0, false],
  [3, 0, true],
  [3, 3, false],
  [4, 3, true],
  [7, 7, false],
])(
  "B11: %d returns of which number %d was the last to be analysed: due %s",
  (return_count, analysed_return, is) => {
    const task = { return_count, analysed_return, returns_at_last_done: 0 };
    expect(isAnalysisDue(task, aConfig())).toBe(is);
    expect(ANALYST_THRESHOLD).toBe(3);
  },
);

test.each([
  [3, 0, true, true],
  [3, 1, true, false],
  [4, 1, true, true],
  [4, 4, true, false],
])(
  "X2: %d returns of which %d came before it was done: due %s, and %s where only those since count",
  (return_count, returns_at_last_done, all, since) => {
    const task = { return_count, returns_at_last_done, analysed_return: 0 };
    expect(isAnalysisDue(task, aConfig())).toBe(all);
    expect(isAnalysisDue(task, aConfig({ count_returns: "since_done" }))).toBe(since);
  },
);

describe("C10: a return that waits for its analysis brings the return_analyst", () => {
  test.each([
    ["d t", "a d t"],
    ["a d t", "a d t"],
    ["d a t", "a d t"],
    ["d t a", "a d t"],
    ["a d a t", "a d t"],
    ["d t>d", "a d t2"],
    ["a d t>d", "a d t2"],
    ["a d a t>d", "a d t2"],
    ["d a s>d t>s", "a d s2 t3"],
    ["d a s>a t", "a d s t"],
    ["a>d d t", "a d t"],
  ])("first and once: `%s` becomes `%s`", (steps, order) => {
    expect(orderOf(asked(steps), due)).toBe(order);
  });
  test("with the planner's own brief for it where there is one, and a sentence where it was moved", () => {
    const moved = planned(asked("d a t"), due);
    expect(moved.steps[0]).toMatchObject({ role: "return_analyst", brief: "Do return_analyst." });
    expect(moved.repairs).toEqual(["return_analyst was put first: the task came back 3 times."]);
    expect(planned(asked("a d t"), due).repairs).toEqual([]);
    expect(planned(asked("d t"), due).steps[0]?.brief).toBe(
      "Find why this task keeps coming back, and say the task anew.",
    );
  });
  test("in every type of project (X13)", () => {
    const opening = anOpening({ analysis_due: true }, { config: { project_type: "operations" } });
    const plan = planned(answerOf(stepsOf("debugger", "reviewer")), { roster, opening });
    expect(plan.steps.map(step => step.role)).toEqual(["return_analyst", "debugger", "reviewer"]);
  });
  test("unless the roster has none", () => {
    expect(orderOf(asked("d t"), { ...due, roster: aRoster(ROLES) })).toBe("d t");
  });
});

describe("a return_analyst that no return waits for", () => {
  test.each([
    ["a d t", "d t"],
    ["d a t>d", "d t1"],
    ["d a t>a", "d t"],
    ["a d s>d t>s", "d s1 t2"],
  ])("is left out: `%s` becomes `%s`", (steps, order) => {
    expect(orderOf(asked(steps), notDue)).toBe(order);
    expect(planned(asked(steps), notDue).repairs).toEqual([
      "return_analyst was left out: no return waits for its analysis.",
    ]);
  });
  test("stays where it would leave nobody", () => {
    expect(orderOf(asked("a"), notDue)).toBe("a reviewer");
  });
});

describe("C8: bugs that hang together bring the error_coordinator before the debugger", () => {
  const many = { route_type: "multi_bug_debug" };
  test.each([
    ["d t", "c d t"],
    ["c d t", "c d t"],
    ["d c t", "c d t"],
    ["d c t>d", "c d t2"],
    ["d c t>c", "c d t"],
  ])("with the route multi_bug_debug, `%s` becomes `%s`", (steps, order) => {
    expect(orderOf(asked(steps, many), notDue)).toBe(order);
  });
  test.each([
    ["d t", "d t"],
    ["d c t", "c d t"],
  ])("C9: with another route it is the planner's to ask for: `%s` becomes `%s`", (steps, order) => {
    expect(orderOf(asked(steps), notDue)).toBe(order);
  });
  test("with a sentence where it was put there", () => {
    expect(planned(asked("d t", many), notDue).repairs).toEqual([
      "error_coordinator was put first: several bugs hang together.",
    ]);
    expect(planned(asked("c d t", many), notDue).repairs).toEqual([]);
  });
  test("unless the roster has none", () => {
    expect(orderOf(asked("d t", many), { roster: aRoster() })).toBe("d t");
  });

  test.each([["d t"], ["a d t"], ["c d t"], ["a c d t"], ["c a d t"], ["d c a t"], ["d a c t"]])(
    "X12: behind the return_analyst where both are due: `%s` becomes `a c d t`",
    steps => {
      expect(orderOf(asked(steps, many), due)).toBe("a c d t");
    },
  );
  test.each([
    ["a d c t>d", "a c d t3"],
    ["c a d t>d", "a c d t3"],
    ["a d s>d c t>s", "a c d s3 t4"],
  ])("X12: and who depends on whom is kept: `%s` becomes `%s`", (steps, order) => {
    expect(orderOf(asked(steps, many), due)).toBe(order);
  });
  test.each([
    ["a d c t>d", "c d t2"],
    ["a d t", "c d t"],
    ["a", "c reviewer"],
  ])("alone where no analysis is due: `%s` becomes `%s`", (steps, order) => {
    expect(orderOf(asked(steps, many), notDue)).toBe(order);
  });
});

test("X27: roles that look at the task itself do not count as length", () => {
  const many = { route_type: "multi_bug_debug" };
  expect(planned(asked("a c d d s t", many), due).steps).toHaveLength(6);
  expect(() => planned(asked("a c d d s s t", many), due)).toThrow("5 steps are more than 4");
});

test("X28: none of this is asked of the planner's good will", () => {
  const plan = planned(asked("d", { route_type: "multi_bug_debug", category: "bugs" }), due);
  expect(plan.steps.map(step => step.role)).toEqual([
    "return_analyst",
    "error_coordinator",
    "debugger",
    "reviewer",
  ]);
  expect(plan.repairs).toHaveLength(4);
});

describe("with `parallel`, of the steps of a plan", () => {
  const roster = aRoster([
    ...ROLES,
    aRole({ name: "backend_dev", permissions: "full", tools: ["read", "write"] }),
  ]);
  const parallel: Partial<PlanContext> = { opening: anOpening({}, { config: { parallel: true } }) };
  const step = (role: string, more: Partial<Asked> = {}): Asked => ({
    ...(stepsOf(role)[0] as Asked),
    ...more,
  });
  const besides = (pipeline: Asked[], { answer = {}, context = parallel }: Marked = {}): readonly number[] =>
    planned(answerOf(pipeline, answer), { roster, ...context }).steps.flatMap(({ beside }, index) =>
      beside === true ? [index + 1] : [],
    );
  interface Marked {
    readonly answer?: Partial<PlanAnswer>;
    readonly context?: Partial<PlanContext>;
  }
  const [debug, work, gate, look] = [
    step("debugger"),
    step("backend_dev"),
    step("tester"),
    step("architect"),
  ];
  test.each<[string, Asked[], number[], Marked?]>([
    ["two that write are marked", [debug, work, gate], [1, 2]],
    ["three, too", [debug, work, debug, gate], [1, 2, 3]],
    ["one alone is not", [debug, gate], []],
    ["whoever builds on another is not", [debug, step("backend_dev", { depends_on: "debugger" }), gate], []],
    [
      "what builds on the first of three goes beside the second",
      [debug, work, step("backend_dev", { depends_on: "debugger" }), gate],
      [1, 2, 3],
    ],
    [
      "those for one module are not",
      [step("debugger", { module: "api" }), step("backend_dev", { module: "api" }), gate],
      [],
    ],
    [
      "those for two are",
      [step("debugger", { module: "api" }), step("backend_dev", { module: "web" }), gate],
      [1, 2],
    ],
    ["a gate between them parts them", [debug, gate, work, gate], []],
    ["whoever only reads parts them, too", [debug, look, work, gate], []],
    ["the plan may say no", [debug, work, gate], [], { answer: { parallel: false } }],
    [
      "or ask for it where nobody set it",
      [debug, work, gate],
      [1, 2],
      { answer: { parallel: true }, context: {} },
    ],
    ["where nobody asked, none is", [debug, work, gate], [], { context: {} }],
  ])("%s", (_, pipeline, numbers, marked = {}) => {
    expect(besides(pipeline, marked)).toEqual(numbers);
  });
});
