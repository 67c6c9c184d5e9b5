// A task's facts, recorded while others record theirs: whoever loses the race reads the task again and decides again.
import { expect, test } from "vitest";
import { append, appendOwn } from "../../app/runs/journal.ts";
import type { Store } from "../../app/store/port.ts";
import { startPipeline } from "../../app/tasks/start.ts";
import { stateFact } from "../../app/tasks/state.ts";
import type { Fact } from "../../core/model/fact.ts";
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import { unfolded } from "../../core/task/fold.ts";
import { aJournal } from "../build.ts";
import { type Kit, openForFile, type Queued } from "./kit.ts";

let kit: Kit;
let first: Queued;
openForFile(opened => {
  ({ kit, first } = opened);
});

const CANCELLED: Fact = { kind: "cancelled", by: "octocat", reason: "The label `kin` was taken off." };
const task = async ({ task: { id } }: Queued) => (await kit.plane.store.task(id)) as TaskRecord;
const kinds = async ({ task: { id } }: Queued) => (await kit.plane.store.facts(id)).map(({ kind }) => kind);

/** The same App, but something happens right before its next write of this kind. */
const interrupted = (method: "append" | "state" | "openPipeline", happens: () => Promise<unknown>) => {
  let isFirst = true;
  const write = async (...of: readonly never[]): Promise<unknown> => {
    if (isFirst) {
      isFirst = false;
      await happens();
    }
    return (kit.plane.store[method] as (...of: readonly never[]) => Promise<unknown>)(...of);
  };
  return { ...kit.plane, store: { ...kit.plane.store, [method]: write } as Store };
};

test("a pipeline's end does not overrule people who took the task back right before it was written", async () => {
  const of = await kit.copy(first);
  const plane = interrupted("append", () => stateFact(of.task, CANCELLED, kit));
  const events = [{ kind: "finished" as const, outcome: "blocked" as const, reason: "Why.", return: null }];
  await appendOwn(plane, { pipeline: of.pipeline.id, task: await task(of), events });
  expect(await task(of)).toMatchObject({ status: "cancelled" });
  expect((await kit.plane.store.pipeline(of.pipeline.id))?.outcome).toBe("blocked");
  expect((await kinds(of)).slice(-2)).toEqual(["cancelled", "ended"]);
});

test("a fact that comes second is decided on again: it follows what came first, or is refused", async () => {
  const of = await kit.copy(first);
  const mode: Fact = { kind: "mode_set", hold: true };
  const stop: Fact = { kind: "stopped", of: 1, by: "octocat" };
  const at = (happens: Fact) => ({ plane: interrupted("state", () => stateFact(of.task, happens, kit)) });
  expect(await stateFact(of.task, stop, at(mode))).toMatchObject({ status: "blocked", hold: 1 });
  expect(await stateFact(of.task, stop, at(CANCELLED))).toBeNull();
  expect(await task(of)).toMatchObject({ status: "cancelled" });
});

const start = async (of: Queued, over: Partial<Parameters<typeof startPipeline>[0]> = {}) => {
  const row = await task(of);
  const project = await kit.plane.store.project(row.project_id);
  const snapshot = (await task(first)).snapshot;
  if (project === null || snapshot === null) throw new Error("There is nothing to start from.");
  const github = await kit.plane.github(project);
  return startPipeline({ plane: kit.plane, github, project, task: row, snapshot, ...over });
};
const finish = async (of: Queued) => {
  await kit.plane.store.updatePipeline(of.pipeline.id, { state: "finished", outcome: "stopped" });
};
const count = async ({ task: { id } }: Queued) => (await kit.plane.store.pipelines(id)).length;

test("a start is prepared again where its task changed meanwhile", async () => {
  const of = await kit.copy(first);
  await finish(of);
  const plane = interrupted("openPipeline", () => stateFact(of.task, CANCELLED, kit));
  expect(await start(of, { plane })).toMatchObject({ again: "soon" });
  expect([await count(of), (await task(of)).status]).toEqual([1, "cancelled"]);
  expect(await start(of)).toBeNull();
  expect([await count(of), (await task(of)).status]).toEqual([2, "running"]);
});

test("a label starts one pipeline: whoever decided on an older one looks again", async () => {
  const of = await kit.copy(first);
  await finish(of);
  expect(await start(of, { trigger_id: "31", trigger_before: null })).toBeNull();
  await kit.plane.store.updatePipeline((await kit.plane.store.pipelines(of.task.id)).at(-1)?.id ?? "", {
    ...{ state: "finished", outcome: "stopped" },
  });
  expect(await start(of, { trigger_id: "31", trigger_before: null })).toMatchObject({ again: "soon" });
  expect([await count(of), (await task(of)).trigger_id]).toEqual([2, "31"]);
});

test("of fifty that state something at the same time, each is heard, once", async () => {
  const of = await kit.copy(first);
  const one = async (n: number): Promise<Fact> => ({
    kind: "returned",
    return: {
      ...{
        reason_category: "missing_context",
        reason_text: null,
        returned_by: "gh:octocat",
        pipeline_id: null,
      },
      ...{ source: `review:${of.task.id}:${n % 40}`, actor: "octocat", pr_number: null, findings: [] },
    },
  });
  const said = await Promise.all(
    Array.from({ length: 50 }, async (_, n) => stateFact(of.task, await one(n), kit)),
  );
  expect(said.filter(so => so !== null)).toHaveLength(40);
  const { store } = kit.plane;
  const returns = await store.returns(of.task.id, 100);
  expect(returns.map(row => row.return_number)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  const now = await task(of);
  expect(now.return_count).toBe(40);
  // The first fact is that of a copied task, whose pipeline was opened by hand.
  const facts = await store.facts(of.task.id);
  expect(unfolded({ facts, task: now, returns }).filter(column => column === "task_returns")).toEqual([]);
});

test("A return that was recorded before does not stop the append that brings it again.", async () => {
  const of = await kit.copy(first);
  const { id } = of.pipeline;
  const [opened] = await kit.plane.store.journal(id);
  if (opened?.data.kind !== "opened") throw new Error("The journal does not begin with its opening.");
  const play = [{ answer: { status: "done" } }, { answer: { verdict: "changes_requested", reason: "No." } }];
  const { config, ...opening } = opened.data.opening;
  const unrevised = { ...opening, config: { ...config, limits: { ...config.limits, revisions: 0 } } };
  const journal = aJournal({ plan: ["debugger", "tester"], play, opening: unrevised });
  const events = journal.slice(1).map(({ data }) => data);
  const end = events.at(-1);
  const source = end?.kind === "finished" ? (end.return?.source ?? "") : "";
  expect(source).toBe(`gate:${id}:2:1`);
  const again = {
    ...{ reason_category: "recurring_quality_fail" as const, reason_text: null, returned_by: "tester" },
    ...{ pipeline_id: id, source, actor: null, pr_number: null, findings: [] },
  };
  expect(await stateFact(of.task, { kind: "returned", return: again }, kit)).not.toBeNull();
  const pipeline = (await kit.plane.store.pipeline(id)) as PipelineRecord;
  const request = { pipeline, task: await task(of), after: 1, events, lease: null, by: "app" } as const;
  expect(await append(kit.plane, request)).toHaveLength(events.length);
  expect(await task(of)).toMatchObject({ return_count: 1 });
  expect(await kit.plane.store.pipeline(id)).toMatchObject({ state: "finished", outcome: "returned" });
});
