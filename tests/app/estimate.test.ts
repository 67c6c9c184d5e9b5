// What a pipeline is likely to cost from here on: the steps that are left, and what may be added to them.
import { expect, test } from "vitest";
import { estimateOf } from "../../app/tasks/estimate.ts";
import { loadRoster } from "../../host/roster.ts";
import { ROOT } from "../../local/world.ts";
import { aPipeline, type JournalSpec } from "../build.ts";

const { roster } = loadRoster(ROOT);
const CONFIG = { models: { tiers: { haiku: "m", sonnet: "m", opus: "m" } }, limits: { revisions: 1 } };
const costs = [
  { role: "debugger", part: "plan", usd: 1 },
  { role: "tester", part: "plan", usd: 0.5 },
  { role: "debugger", part: "revision", usd: 3 },
  { role: "followup", part: "afterwards", usd: 0.25 },
] as const;
const DONE = { answer: { status: "done" } };
const REMARKS = {
  answer: {
    verdict: "approved",
    reason: "Right.",
    findings: [{ severity: "low", issue: "A typo next door." }],
  },
};
const YES = { answer: { verdict: "approved", reason: "Right." } };

test.each<[string, JournalSpec, { steps: [string, number | null][]; usd: number; more: number | null }]>([
  [
    "before any step: all of them, a revision, and what comes after the gate",
    { play: [] },
    {
      steps: [
        ["debugger", 1],
        ["tester", 0.5],
      ],
      usd: 4.75,
      more: 3.25,
    },
  ],
  [
    "with a step at work: what is left of it",
    { play: [{ turns: [{ usd: 0.4 }] }] },
    {
      steps: [
        ["debugger", 0.6],
        ["tester", 0.5],
      ],
      usd: 4.35,
      more: 3.25,
    },
  ],
  [
    "with a step in two ways: it twice, and its gate once for each besides",
    {
      config: { limits: { revisions: 1, attempts_in_parallel: 2 } },
      plan: [{ role: "debugger", approaches: ["One.", "Two."] }, "tester"],
      opening: { hold: true },
    },
    {
      steps: [
        ["debugger", 2],
        ["tester", 1.5],
      ],
      usd: 6.75,
      more: 3.25,
    },
  ],
  [
    "with no revision left: without any",
    { config: { limits: { revisions: 0 } }, play: [DONE] },
    { steps: [["tester", 0.5]], usd: 0.75, more: 0.25 },
  ],
  [
    "after a gate that passed with remarks: the followup that comes, and nothing besides",
    { play: [DONE, REMARKS] },
    { steps: [["followup", 0.25]], usd: 0.25, more: null },
  ],
  ["after a gate that passed without: nothing", { play: [DONE, YES] }, { steps: [], usd: 0, more: null }],
])("%s", async (_, spec, { steps, usd, more }) => {
  const pipeline = aPipeline({
    plan: ["debugger", "tester"],
    ...spec,
    config: { ...CONFIG, ...spec.config },
  });
  const past = [
    {
      ...{ outcome: "passed" as const, usd: 4.75 },
      step_costs: { scripted: false, steps: costs.map(step => ({ ...step, model: "m" })) },
    },
  ];
  const estimate = await estimateOf(pipeline, { store: { past: async () => past }, roster });
  expect(estimate.steps.map(step => [step.role, step.usd?.mid ?? null])).toEqual(steps);
  expect(estimate.usd?.mid).toBeCloseTo(usd, 10);
  expect(estimate.more?.mid ?? null).toBe(more);
});
