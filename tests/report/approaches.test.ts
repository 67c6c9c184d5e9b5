import { expect, test } from "vitest";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { failureOf } from "../../core/pipeline/approaches.ts";
import { costOfPipeline } from "../../core/report/cost.ts";
import { jobSummary } from "../../core/report/job-summary.ts";
import { statusComment } from "../../core/report/status-comment.ts";
import { resultOf } from "../../core/report/step-result.ts";
import { storyLine } from "../../core/report/story-line.ts";
import { writersOf } from "../../core/report/work.ts";
import { crewsOf } from "../../core/report/workers.ts";
import { aJournal, aView, later } from "../build.ts";
import { AT } from "../model-rules/coordinating.ts";
import {
  attemptIn,
  decided,
  failed,
  JUDGED,
  joined,
  planning,
  started,
  TRIED,
  TRYING,
} from "../model-rules/trying.ts";

const TAKEN = decided(later(JUDGED, joined(2)));
const rowsOf = (pipeline: Pipeline) =>
  crewsOf(pipeline)[0]?.rows.map(
    ({ id, sign, words, description }) => `${id} ${description}: ${sign} ${words}`,
  );
const stepWords = (pipeline: Pipeline) => {
  const step = pipeline.steps[1];
  return step === undefined ? "" : resultOf(step, pipeline).words;
};
const commentOf = (pipeline: Pipeline): string => {
  const view = aView({ pipelines: [{}] });
  return statusComment({ ...view, pipelines: view.pipelines.map(one => ({ ...one, pipeline })) });
};

test.each<[string, Pipeline, string]>([
  ["at work", TRYING, "tried in 2 ways, 2 at work"],
  ["judged", TRIED, "2 judges at work"],
  ["taken over", JUDGED, "being taken over"],
  ["done", TAKEN, "done, best of 2: w2"],
])("A step says how many ways it is tried in while it is %s.", (_, pipeline, words) => {
  expect(stepWords(pipeline)).toBe(words);
});

test("A step that the limits left one way says so, and of its second attempt nothing is said.", () => {
  const answer = { status: "done" };
  const once = { ...planning({ pipeline_usd: 3 }) };
  const steps = (number: number) =>
    once.steps.map(step =>
      step.number === 1
        ? {
            ...step,
            answer,
            attempts: Array.from({ length: number }, (_, at) => ({
              number: at + 1,
              started: null,
              turns: [],
              finished: null,
            })),
          }
        : step,
    );
  expect(stepWords({ ...once, steps: steps(1) })).toBe(
    "done, in one way (2 were planned: the limits left no room)",
  );
  expect(stepWords({ ...once, steps: steps(2) })).toBe("done");
});

test("Each try and each judge has a row, and which one was taken.", () => {
  expect(rowsOf(JUDGED)).toEqual([
    "w1 approach 1: One.: ✓ done",
    "w2 approach 2: Two.: ✓ done",
    "w3 judge of w1: ✗ changes requested",
    "w4 judge of w2: ✓ approved",
  ]);
  expect(rowsOf(TAKEN)?.slice(0, 2)).toEqual([
    "w1 approach 1: One.: – not taken",
    "w2 approach 2: Two.: ✓ taken",
  ]);
});

test("What was not taken, and what judging cost, stands in the job summary and the status comment.", () => {
  const sentence = "What was tried of step 1 (debugger) and not taken cost $0.20, and the judges $0.00.";
  expect(jobSummary(TAKEN, { scripted: false })).toContain(sentence);
  expect(commentOf(TAKEN)).toContain(sentence);
  expect(commentOf(TAKEN)).toContain("done, best of 2: w2");
  expect(jobSummary(JUDGED, { scripted: false })).not.toContain("not taken");
  expect(costOfPipeline(TAKEN).usd).toBeCloseTo(TAKEN.usd);
});

test("A step that nobody completed did not count after what all of them took.", () => {
  const over = decided(later(TRYING, started(1), failed(1), started(2), failed(2)));
  expect(stepWords(over)).toBe("trying again");
  expect(commentOf(over)).toContain("Step 1, attempt 1 did not count after");
  expect(attemptIn(over)?.finished?.reason).toBe(failureOf(attemptIn(over) as never));
});

test("The one that was taken is told of once, as the step's work.", () => {
  expect(writersOf(TAKEN).map(({ number, role }) => `${number} ${role}`)).toEqual(["1 debugger"]);
});

test("A line says that the rules lead a step, and what to.", () => {
  const lines = aJournal({
    plan: [{ role: "debugger", approaches: ["One.", "Two."] }, "reviewer"],
    config: { limits: { attempts_in_parallel: 2 } },
  }).map(event => storyLine(event, TRYING));
  expect(lines.at(-1)).toBe("step 1 of 2 debugger  is tried in 2 ways at once");
  const orders = attemptIn(TRIED)
    ?.crew?.workers.slice(2)
    .map(({ worker, role, on }) => ({
      ...{ kind: "spawn" as const, worker, role, writes: false, area: [], gate: true },
      ...{ description: `judge of w${on}`, task: "Judge.", ...(on === undefined ? {} : { on }) },
    }));
  const data = { kind: "led" as const, ...AT, role: "debugger", orders: orders ?? [] };
  expect(storyLine({ seq: 9, at: "", data }, TRIED)).toBe("step 1 of 2 debugger  2 tries are judged");
});
