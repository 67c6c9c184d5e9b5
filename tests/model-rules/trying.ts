// A step that is tried in two ways, in a journal for tables: led by the real rules, folded by the real fold.
import type { FileChange } from "../../core/model/change.ts";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { aJournal, later } from "../build.ts";
import { AT, turn } from "./coordinating.ts";

export const change = (path: string, content: string | null = "a"): FileChange => ({
  ...{ path, mode: "100644", content, encoding: "utf-8", in_base: content === null },
});

export const TREE = "a".repeat(40);
export const ended = (worker: number, answer: object): readonly EventData[] => [
  turn([], { worker, submitted: { ...answer } }),
  {
    kind: "attempt_finished",
    ...AT,
    worker,
    outcome: "done",
    answer: { ...answer },
    reason: null,
    checks: [],
  },
];
export const failed = (worker: number, reason: string | null = "No."): EventData => ({
  ...{ kind: "attempt_finished", ...AT, worker, outcome: "failed", answer: null, reason, checks: [] },
});
export const started = (worker: number, role = "debugger"): EventData => ({
  ...{ kind: "attempt_started", ...AT, worker, role, model: "claude-sonnet-5-5", system: [], first: "" },
});
export const wrote = (worker: number, path: string): EventOf<"turn"> =>
  turn([], {
    worker,
    usd: 0.2 * worker,
    wrote: { tree: String(worker).repeat(40), changes: [change(path)] },
  });
/** Followed by what the rules conclude. */
export const decided = (pipeline: Pipeline): Pipeline => {
  const [next] = decide(pipeline);
  return next?.kind === "conclude" ? later(pipeline, ...next.events) : pipeline;
};

/** Planned but not begun: the builder also writes what the rules conclude. */
export const planning = (limits: object = {}) => {
  const journal = aJournal({
    plan: [{ role: "debugger", approaches: ["One.", "Two."] }, "reviewer"],
    setup: { tree: TREE },
    config: { limits: { attempts_in_parallel: 2, ...limits } },
  });
  return fold(journal.filter(({ data }) => data.kind !== "led"));
};
export const TRYING = decided(planning());
export const done = (worker: number) => ended(worker, { status: "done", notes: "" });
export const TRIED = decided(
  later(TRYING, started(1), started(2), wrote(1, "a.js"), wrote(2, "b.js"), ...done(2), ...done(1)),
);
export const judged = (worker: number, word: string): readonly EventData[] => [
  started(worker, "reviewer"),
  ...ended(worker, { verdict: word, reason: "So." }),
];
/** w2 is the better one, and not joined yet. */
export const JUDGED = later(TRIED, ...judged(3, "changes_requested"), ...judged(4, "approved"));
export const joined = (worker: number): EventData => ({
  kind: "joined",
  ...AT,
  worker,
  tree: "2".repeat(40),
});
export const attemptIn = ({ steps }: Pipeline) => steps[1]?.attempts[0];
