// What a pipeline is likely to cost, from what earlier ones of its project did.
import { expect, test } from "vitest";
import type { PastPipeline } from "../../core/model/record.ts";
import type { StepCost } from "../../core/model/step-costs.ts";
import { consequencesOf } from "../../core/pipeline/consequences.ts";
import { estimatePipeline, estimateSteps, stepCostsOf } from "../../core/pipeline/estimate.ts";
import { estimateText } from "../../core/report/estimate-text.ts";
import { aPipeline, aPlan, aView } from "../build.ts";

type Part = StepCost["part"];
const M = "m1";
const aStep = (role: string, usd: number | null, part: Part = "plan", model = M): StepCost => ({
  ...{ role, usd, part, model },
});
const aPast = (steps: readonly StepCost[], over: Partial<PastPipeline> & { scripted?: boolean } = {}) => {
  const { scripted = false, ...row } = over;
  const usd = steps.reduce((all, step) => all + (step.usd ?? 0), 0);
  return { outcome: "passed" as const, usd, step_costs: { scripted, steps: [...steps] }, ...row };
};
const planned = (...roles: readonly string[]) =>
  roles.map((role, index) => {
    const [name = "", part = "plan", spent = "0"] = role.split(" ");
    return { step: index + 1, role: name, part: part as Part, model: M, spent: Number(spent), times: 1 };
  });
const LOOK = { scripted: false, besides: ["revision", "afterwards"] as readonly Part[] };
const fixed = (usd: number) => Number(usd.toFixed(6));
const rounded = (spread: { mid: number; low: number; high: number } | null) =>
  spread === null ? null : [fixed(spread.mid), fixed(spread.low), fixed(spread.high)];

const DEV = [0.1, 0.2, 0.3, 0.4, 0.5];

test.for<{
  readonly it: string;
  readonly past: readonly PastPipeline[];
  readonly plan?: readonly string[];
  readonly look?: Partial<typeof LOOK>;
  readonly usd: readonly number[] | null;
  readonly count: number;
  readonly says: string;
}>([
  {
    it: "knows nothing without a past, and says so",
    past: [],
    usd: null,
    count: 0,
    says: "Not known yet: no step like these was finished in this project before.",
  },
  {
    it: "takes the median and the quartiles of a role's steps",
    past: DEV.map(usd => aPast([aStep("dev", usd)])),
    plan: ["dev"],
    usd: [0.3, 0.2, 0.4],
    count: 5,
    says: "About $0.30 ($0.20 to $0.40), from 5 steps of this project's past.",
  },
  {
    it: "goes between two amounts where the number of them is even",
    past: [0.1, 0.3].map(usd => aPast([aStep("dev", usd)])),
    plan: ["dev"],
    usd: [0.2, 0.15, 0.25],
    count: 2,
    says: "About $0.20 ($0.15 to $0.25), from 2 steps of this project's past.",
  },
  {
    it: "says one amount where there was one",
    past: [aPast([aStep("dev", 0.25)])],
    plan: ["dev"],
    usd: [0.25, 0.25, 0.25],
    count: 1,
    says: "About $0.25, from 1 step of this project's past.",
  },
  {
    it: "sums up what is planned, and counts a step of the past once",
    past: DEV.map(usd => aPast([aStep("pm", 9), aStep("dev", usd), aStep("gate", 0.1)])),
    plan: ["dev", "gate", "dev"],
    usd: [0.7, 0.5, 0.9],
    count: 10,
    says: "About $0.70 ($0.50 to $0.90), from 10 steps of this project's past.",
  },
  {
    it: "names the roles that it knows nothing of, each once",
    past: [aPast([aStep("dev", 0.25)])],
    plan: ["dev", "db", "db", "gate"],
    usd: [0.25, 0.25, 0.25],
    count: 1,
    says: "About $0.25, from 1 step of this project's past; without db, gate, of which it knows nothing yet.",
  },
  {
    it: "knows nothing of another model, nor of an amount without a price",
    past: [aPast([aStep("dev", 5, "plan", "m2")]), aPast([aStep("dev", null)])],
    plan: ["dev"],
    usd: null,
    count: 0,
    says: "Not known yet: no step like these was finished in this project before.",
  },
  {
    it: "keeps what a script cost apart",
    past: [aPast([aStep("dev", 5)]), aPast([aStep("dev", 0.01)], { scripted: true })],
    plan: ["dev"],
    look: { scripted: true },
    usd: [0.01, 0.01, 0.01],
    count: 1,
    says: "About $0.01, from 1 step of this project's past, which a scripted model played at list prices.",
  },
  {
    it: "counts what a revision and what comes behind the gate added, on the average of pipelines that came to a gate",
    past: [
      aPast([
        aStep("dev", 1),
        aStep("gate", 1),
        aStep("dev", 2, "revision"),
        aStep("gate", 1.5, "revision"),
        aStep("learner", 0.5, "afterwards"),
      ]),
      ...[1, 1, 1].map(usd => aPast([aStep("dev", usd), aStep("gate", 1)], { outcome: "returned" })),
      aPast([aStep("dev", 1)], { outcome: "blocked" }),
    ],
    plan: ["dev", "gate"],
    usd: [3, 2, 3],
    count: 9,
    says: "About $3.00 ($2.00 to $3.00), from 9 steps of this project's past.",
  },
  {
    it: "counts no revision where none is allowed, and no price that is not known",
    past: [
      aPast([aStep("dev", 1), aStep("dev", 2, "revision"), aStep("learner", 0.5, "afterwards")]),
      aPast([aStep("dev", 1), aStep("learner", null, "afterwards")]),
    ],
    plan: ["dev"],
    look: { besides: ["afterwards"] },
    usd: [1.5, 1.5, 1.5],
    count: 2,
    says: "About $1.50, from 2 steps of this project's past.",
  },
  {
    it: "counts a department's steps as its head's",
    past: [
      aPast([aStep("head", 0.5), aStep("dev", 1, "department"), aStep("gate", 2, "department")]),
      aPast([aStep("dev", 7, "department")]),
    ],
    plan: ["head"],
    usd: [3.5, 3.5, 3.5],
    count: 1,
    says: "About $3.50, from 1 step of this project's past.",
  },
  {
    it: "tells a step's cost also where no pipeline came to a gate",
    past: [aPast([aStep("dev", 0.25)], { outcome: "blocked" })],
    plan: ["dev"],
    usd: [0.25, 0.25, 0.25],
    count: 1,
    says: "About $0.25, from 1 step of this project's past.",
  },
  {
    it: "tells what was added by what the same role cost where it was added, and nothing else may come then",
    past: [
      aPast([aStep("dev", 1), aStep("dev", 3, "revision"), aStep("learner", 0.5, "afterwards")]),
      aPast([aStep("dev", 1)]),
    ],
    plan: ["dev revision", "learner afterwards", "followup afterwards"],
    look: { besides: [] },
    usd: [3.5, 3.5, 3.5],
    count: 2,
    says: "About $3.50, from 2 steps of this project's past; without followup, of which it knows nothing yet.",
  },
  {
    it: "takes from a step at work what it has spent, and no more than there is",
    past: DEV.map(usd => aPast([aStep("dev", usd)])),
    plan: ["dev plan 0.25"],
    usd: [0.05, 0, 0.15],
    count: 5,
    says: "About $0.05 ($0.00 to $0.15), from 5 steps of this project's past.",
  },
  {
    it: "says that nothing is ahead, where that is known",
    past: [aPast([aStep("dev", 0.25)])],
    plan: [],
    look: { besides: [] },
    usd: [0, 0, 0],
    count: 0,
    says: "Nothing more: no step is ahead.",
  },
  {
    it: "passes over what a Kin of before finished",
    past: [{ outcome: "passed", usd: 9, step_costs: null }],
    plan: ["dev"],
    usd: null,
    count: 0,
    says: "Not known yet: no step like these was finished in this project before.",
  },
])("An estimate $it", ({ past, plan = ["dev", "gate"], look, usd, count, says }) => {
  const estimate = estimateSteps(planned(...plan), { past, ...LOOK, ...look });
  expect([rounded(estimate.usd), estimate.count]).toEqual([usd, count]);
  expect(estimateText(estimate)).toBe(says);
});

test("Before a plan it is what pipelines cost that came to a gate, and whose price is known.", () => {
  const past = [
    ...[0.5, 0.6, 0.7].map(usd => aPast([aStep("pm", usd)])),
    aPast([aStep("pm", 0.01)], { outcome: "blocked" }),
    aPast([aStep("pm", 0.02), aStep("dev", null)]),
  ];
  const estimate = estimatePipeline({ past, scripted: false });
  expect(rounded(estimate.usd)).toEqual([0.6, 0.55, 0.65]);
  expect(estimateText(estimate)).toBe(
    "About $0.60 ($0.55 to $0.65), from 3 pipelines of this project's past.",
  );
  expect(estimateText(estimatePipeline({ past: [], scripted: false }))).toBe(
    "Not known yet: no pipeline came to a gate in this project before.",
  );
});

test("A pipeline that is over leaves what each step cost that answered, with all of its attempts.", () => {
  const DONE = { answer: { status: "done" } };
  const turn = (usd: number | null) => ({ turns: [{ usd, text: "a" }] });
  const pipeline = aPipeline({
    plan: ["debugger", "followup", "reviewer"],
    scripted: true,
    play: [
      { ...turn(0.5), failed: "It gave up." },
      { ...turn(0.25), ...DONE },
      { ...turn(null), ...DONE },
    ],
  });
  const { steps, scripted } = stepCostsOf(pipeline);
  expect(scripted).toBe(true);
  const model = pipeline.steps[1]?.attempts[0]?.started?.model;
  expect(steps.slice(1)).toEqual([
    { role: "debugger", model, part: "plan", usd: 0.75 },
    { role: "followup", model, part: "plan", usd: null },
  ]);
  const { task } = aView();
  const stopped = aPipeline({ claimed: false, setup: false });
  expect(stepCostsOf(stopped).scripted).toBe(false);
  const kept = { plan: aPlan(["debugger", "tester"]), answers: [{ step: 1, answer: { status: "done" } }] };
  expect(stepCostsOf(aPipeline({ opening: { kept } })).steps).toEqual([]);
  const over = {
    ...pipeline,
    outcome: { kind: "blocked" as const, reason: "", return: null, handover: null },
  };
  expect(consequencesOf(over, { task, events: [], now: 0 }).row.step_costs).toEqual(stepCostsOf(over));
});
