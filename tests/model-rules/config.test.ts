import { describe, expect, test } from "vitest";
import { CompletionMode, Config, ProjectType } from "../../core/model/config.ts";

test("an empty file is a whole configuration", () => {
  expect(Config.parse({})).toEqual({
    project_type: "development",
    merge: "never",
    plan: "auto",
    ci: "wait",
    learn: "propose",
    count_returns: "all",
    web: "off",
    language: "English",
    tech_stack: [],
    trigger: { permission: "write", follow_ups: false },
    bots: [],
    limits: {
      step_turns: 60,
      step_minutes: 30,
      step_usd: 3,
      pipeline_minutes: 90,
      pipeline_usd: 10,
      task_usd: 20,
      day_usd: 50,
      revisions: 2,
      returns: 6,
      workers: 4,
      attempts_in_parallel: 1,
      runs: 3,
    },
    models: { tiers: {}, roles: {} },
    paths: { protected: [] },
    gates: [],
    modules: [],
    prompts: {},
    hooks: [],
  });
});

test.each([
  [{ limits: { step_turns: 5 } }, { limits: { step_turns: 5, step_usd: 3 } }],
  [{ models: { tiers: { opus: "some-model" } } }, { models: { tiers: { opus: "some-model" } } }],
  [{ setup: [] }, { setup: [] }],
  [{ trigger: { permission: "maintain" } }, { trigger: { permission: "maintain" } }],
])("%j is taken, and the rest stays at its default", (given, found) => {
  expect(Config.parse(given)).toMatchObject(found);
});

describe("each limit has a least and a most", () => {
  test.each([
    ["step_turns", 1, 500, 0, 501],
    ["step_turns", 1, 500, 1.5, "60"],
    ["step_minutes", 1, 300, 0.9, 301],
    ["step_usd", 0.01, 1000, 0, 1001],
    ["pipeline_minutes", 1, 300, 0.9, 301],
    ["pipeline_usd", 0.01, 1000, 0, 1001],
    ["task_usd", 0.01, 10_000, 0, 10_001],
    ["day_usd", 0.01, 100_000, 0, 100_001],
    ["revisions", 0, 10, -1, 11],
    ["returns", 1, 50, 0, 51],
    ["workers", 0, 32, -1, 33],
    ["runs", 1, 50, 0, 51],
  ])("%s: %j and %j are allowed, %j and %j are not", (name, least, most, below, above) => {
    for (const good of [least, most]) {
      expect(Config.safeParse({ limits: { [name]: good } }).success).toBe(true);
    }
    for (const bad of [below, above]) {
      const refused = Config.safeParse({ limits: { [name]: bad } });
      expect(refused.error?.issues[0]?.path).toEqual(["limits", name]);
    }
  });
});

test.each([
  [{ project_typ: "research" }],
  [{ limits: { step_turn: 5 } }],
  [{ trigger: { permissions: "write" } }],
  [{ paths: { protect: [] } }],
  [{ models: { opus: "x" } }],
  [{ models: { tiers: { large: "x" } } }],
])("%j is misspelt, and refused", given => {
  expect(Config.safeParse(given).success).toBe(false);
});

test.each([
  [{ project_type: "other" }],
  [{ tech_stack: ["x".repeat(101)] }],
  [{ tech_stack: Array.from({ length: 31 }, () => "x") }],
  [{ trigger: { permission: "read" } }],
  [{ bots: [0] }],
  [{ bots: [1.5] }],
  [{ setup: [""] }],
  [{ setup: Array.from({ length: 21 }, () => "true") }],
  [{ gates: [""] }],
  [{ gates: Array.from({ length: 21 }, () => "true") }],
  [{ paths: { protected: [""] } }],
  [{ paths: { protected: Array.from({ length: 101 }, () => "a") } }],
  [{ models: { tiers: { opus: "" } } }],
])("%j is out of range, and refused", given => {
  expect(Config.safeParse(given).success).toBe(false);
});

test.each([
  ["auto", "auto_complete"],
  ["auto_complete", "auto_complete"],
  ["review", "review"],
  [undefined, undefined],
])(
  "X4, X5: the execution mode %j is %j: two words for one thing, and none for nothing said",
  (written, mode) => {
    expect(Config.parse({ execution_mode: written }).execution_mode).toBe(mode);
  },
);

test("B5: a completion mode is one of two", () => {
  expect(CompletionMode.options).toEqual(["auto_complete", "review"]);
  expect(Config.safeParse({ execution_mode: "now" }).success).toBe(false);
});

test("B4: a project is of one of three types, development where it does not say", () => {
  expect(ProjectType.options).toEqual(["development", "operations", "research"]);
});

test("B10: a model is a tier or an id, for a tier and for single roles", () => {
  const models = { tiers: { opus: "some-model" }, roles: { tester: "haiku", debugger: "some-model" } };
  expect(Config.parse({ models }).models).toEqual(models);
});

test.each([
  [{ learn: "always" }],
  [{ ci: "maybe" }],
  [{ merge: "always" }],
  [{ plan: "never" }],
  [{ language: "x".repeat(41) }],
  [{ prompts: { pm: "delete" } }],
  [{ modules: [{ name: "billing" }] }],
  [{ modules: [{ name: "", path: "src" }] }],
  [{ trigger: { follow_ups: "yes" } }],
])("%j is none of what it may be, and refused", given => {
  expect(Config.safeParse(given).success).toBe(false);
});

test("A13: a module is a name and a path, and its description may wait", () => {
  expect(Config.parse({ modules: [{ name: "billing", path: "src/billing" }] }).modules).toEqual([
    { name: "billing", path: "src/billing", description: "" },
  ]);
});
