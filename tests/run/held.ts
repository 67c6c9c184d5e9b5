// What must hold of a pipeline with workers, whatever models, people and runners do: after each append, and at the end.
import { expect } from "vitest";
import { isInArea, overlaps } from "../../core/model/area.ts";
import { combineChanges } from "../../core/model/change.ts";
import type { EventData, JournalEvent } from "../../core/model/event.ts";
import { isToolUse } from "../../core/model/message.ts";
import { type Attempt, isPart, type Pipeline, type Worker } from "../../core/model/pipeline.ts";
import type { ModelRequest } from "../../core/model/request.ts";
import { leftOver } from "../../core/pipeline/beside.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { limitOfAttempt } from "../../core/pipeline/limits.ts";
import { toldTo } from "../../core/pipeline/state.ts";
import { isLive, isToJoin, talkOf, workerState } from "../../core/pipeline/workers.ts";
import { changesOf } from "../../core/pipeline/written.ts";

/** Every call of a reply has its result in the very next message, before anybody else's words. */
export const expectWhole = ({ messages }: ModelRequest): void => {
  for (const [index, { role, content }] of messages.entries()) {
    const calls =
      role === "assistant" ? content.filter(block => isToolUse(block as never)).map(block => block.id) : [];
    const results =
      messages[index + 1]?.content.map(block => ("tool_use_id" in block ? block.tool_use_id : null)) ?? [];
    expect(results.slice(0, calls.length)).toEqual(calls);
  }
};

/** What was said never changes: each request of a conversation begins with the previous one. */
export const aMemory = () => {
  const asked = new Map<string, ModelRequest["messages"]>();
  return {
    expectKept: ({ messages }: ModelRequest): void => {
      const first = messages[0]?.content[0];
      const [conversation = ""] =
        /step \d+, attempt \d+(?:, worker w\d+)?/.exec(first?.type === "text" ? String(first.text) : "") ??
        [];
      const replies = messages.filter(({ role }) => role === "assistant").length;
      const before = asked.get(`${conversation}/${replies - 1}`);
      if (before !== undefined) expect(messages.slice(0, before.length)).toEqual(before);
      asked.set(`${conversation}/${replies}`, messages);
    },
  };
};

export const attemptsOf = ({ steps }: Pipeline): readonly Attempt[] =>
  steps.flatMap(({ attempts }) => attempts);
const workersOf = (pipeline: Pipeline): readonly Worker[] =>
  attemptsOf(pipeline).flatMap(({ crew }) => crew?.workers ?? []);

/** Holds at any time. */
export const expectOneWriterEach = (pipeline: Pipeline): void => {
  for (const { crew, finished } of attemptsOf(pipeline)) {
    const writers = (crew?.workers ?? []).filter(
      worker => finished === null && worker.writes && isPart(worker) && (isLive(worker) || isToJoin(worker)),
    );
    for (const [index, one] of writers.entries())
      for (const other of writers.slice(index + 1))
        expect(overlaps(one.area, other.area), `w${one.worker} beside w${other.worker}`).toBe(false);
  }
};

/** What these events joined is in its worker's area. */
export const expectJoinedInArea = (ahead: Pipeline, events: readonly EventData[]): void => {
  for (const event of events) {
    if (event.kind !== "joined" || event.worker === undefined) continue;
    const crew = ahead.steps[event.step]?.attempts.at(-1)?.crew;
    const area = crew?.workers.find(({ worker }) => worker === event.worker)?.area ?? [];
    for (const { path } of crew?.joins.at(-1)?.changes ?? []) expect(isInArea(path, area), path).toBe(true);
  }
};

/** Of a step that was tried in several ways, one is its work, and nothing of the others is. */
export const expectOneTaken = (pipeline: Pipeline): void => {
  for (const { answer, attempts } of pipeline.steps)
    for (const { crew, finished, turns } of attempts) {
      if (!crew?.workers.some(({ approach }) => approach !== undefined)) continue;
      expect(turns).toEqual([]);
      expect(crew.joins.length).toBeLessThanOrEqual(1);
      const taken = crew.workers.find(({ worker }) => worker === crew.taken);
      expect(taken !== undefined).toBe(finished?.outcome === "done");
      if (taken === undefined) continue;
      expect([taken.answer, taken.approach === undefined]).toEqual([answer, false]);
      for (const { worker } of crew.joins) expect(worker).toBe(crew.taken);
    }
};

/** Whoever answered had heard everything that was said to it. */
export const expectHeard = (pipeline: Pipeline): void => {
  for (const worker of workersOf(pipeline)) {
    const turns = talkOf(worker)?.turns.length ?? 0;
    if (workerState(worker) !== "completed") continue;
    for (const { turn } of worker.words) expect(turn, `w${worker.worker}`).toBeLessThan(turns - 1);
  }
  for (const step of pipeline.steps)
    for (const attempt of step.attempts) {
      const isDone = attempt.joined !== undefined && attempt.finished?.outcome === "done";
      if (!isDone || limitOfAttempt(pipeline, attempt) !== null) continue;
      for (const { turn } of toldTo(pipeline, { step, attempt }))
        expect(turn, `step ${step.number}`).toBeLessThan(attempt.turns.length - 1);
    }
};

export const expectStartedOnce = (journal: readonly JournalEvent[]): void => {
  const starts = journal.flatMap(({ data }) =>
    data.kind === "attempt_started" ? [`${data.step}/${data.attempt}/w${data.worker ?? ""}`] : [],
  );
  expect(new Set(starts).size).toBe(starts.length);
};

/** All that was written is committed once, each commit under a unique key. */
export const expectCommitted = (pipeline: Pipeline): void => {
  const points = commitPoints(pipeline);
  expect(new Set(points.map(({ key }) => key)).size).toBe(points.length);
  if (pipeline.outcome !== null)
    expect(combineChanges(points.map(({ changes }) => changes))).toEqual(
      combineChanges([changesOf(pipeline), leftOver(pipeline)]),
    );
};
