import { expect, test } from "vitest";
import type { Store } from "../../app/store/port.ts";
import { type TaskRecord, TaskStatus } from "../../core/model/record.ts";
import { anOpening, EMPTY_TASK } from "../build.ts";
import type { Under } from "./contract.ts";
import { EVERY_EVENT } from "./every-event.ts";
import { aWrite, recordReturn, saveTask, setTask } from "./facts.ts";
import { aNewTask, anAppend, aProject, aReturn, aStarted, at, MINUTE, NOON } from "./kit.ts";

const DAY = 24 * 60 * MINUTE;

export const tasks = ({ store, database }: Under): void => {
  test("A project is saved by its id and follows its new name.", async () => {
    await store().saveProject(aProject(), NOON);
    await store().saveProject(
      aProject({ owner: "octo-org", name: "houses", default_branch: "trunk", installation_id: null }),
      NOON + DAY,
    );
    await store().saveProject(aProject({ id: 2 ** 45, name: "far" }), NOON);
    expect(await store().project(1)).toEqual(
      aProject({ owner: "octo-org", name: "houses", default_branch: "trunk", installation_id: null }),
    );
    expect((await store().projects()).map(project => project.id)).toEqual([1, 2 ** 45]);
    expect(await database().first("SELECT created_at FROM projects WHERE id = 1")).toEqual({
      created_at: at(NOON),
    });
    expect(await store().project(3)).toBeNull();
  });

  test("A new task begins empty.", async () => {
    await store().saveProject(aProject(), NOON);
    const task = await saveTask(store(), aNewTask(), NOON);
    expect(task).toEqual({
      ...EMPTY_TASK,
      seq: 1,
      ...aNewTask(),
      id: task.id,
      created_at: at(NOON),
      updated_at: at(NOON),
    });
    expect(await store().task(task.id)).toEqual(task);
    expect(await store().task(task.id + 1)).toBeNull();
  });

  test("A task that is asked for again keeps its history and takes the new trigger.", async () => {
    const { task } = await aStarted(store());
    await setTask(store(), task.id, { branch: "kin/12-x", pr_number: 5, status: "blocked" }, NOON);
    await recordReturn(store(), aReturn(task), NOON);
    const again = await saveTask(
      store(),
      aNewTask({ title: "Anew", trigger_id: "42", asked_by: "hubot", asked_by_id: 2 }),
      NOON + DAY,
    );
    expect(again).toMatchObject({
      id: task.id,
      title: "Anew",
      trigger_id: "42",
      asked_by: "hubot",
      asked_by_id: 2,
      branch: "kin/12-x",
      pr_number: 5,
      status: "blocked",
      return_count: 1,
      created_at: at(NOON),
      updated_at: at(NOON + DAY),
    });
    expect(await store().pipelines(task.id)).toHaveLength(1);
    expect((await saveTask(store(), aNewTask({ trigger_id: null }), NOON)).trigger_id).toBe("42");
  });

  test("A task is found by its issue, its pull request and its head, in its own project only.", async () => {
    const { task } = await aStarted(store());
    await aStarted(store(), { project_id: 2 });
    await setTask(store(), task.id, { pr_number: 5, head_sha: "abc" }, NOON);
    for (const [by, other] of [
      [{ issue: 12 }, { issue: 13 }],
      [{ pr_number: 5 }, { pr_number: 6 }],
      [{ head_sha: "abc" }, { head_sha: "x" }],
    ] as const) {
      expect((await store().findTask({ project_id: 1, ...by }))?.id).toBe(task.id);
      expect(await store().findTask({ project_id: 1, ...other })).toBeNull();
    }
    expect(await store().findTask({ project_id: 2, pr_number: 5 })).toBeNull();
  });

  test("Tasks are listed by their last change, latest first, no more than asked for.", async () => {
    await store().saveProject(aProject(), NOON);
    const ids: number[] = [];
    for (const issue of [1, 2, 3]) ids.push((await saveTask(store(), aNewTask({ issue }), NOON)).id);
    await setTask(store(), ids[0] as number, {}, NOON + 1);
    const listed = async (limit: number) => (await store().tasks({ limit })).map(task => task.issue);
    expect(await listed(9)).toEqual([1, 3, 2]);
    expect(await listed(2)).toEqual([1, 3]);
  });

  test("A patch writes what it names, JSON as JSON, and nothing else.", async () => {
    const { task } = await aStarted(store());
    const snapshot = anOpening({}, { task: { title: "“Ünïcode” \u2028 '; DROP TABLE tasks; --" } }).task;
    const published = { labels: ["kin:review"], check: { sha: "s", hash: "h", id: 2 ** 40 } };
    await setTask(store(), task.id, { snapshot, published, comment_id: 77, head_sha: "c0ffee" }, NOON + 5);
    expect(await store().task(task.id)).toEqual({
      ...task,
      snapshot,
      published,
      comment_id: 77,
      head_sha: "c0ffee",
      seq: task.seq + 1,
      updated_at: at(NOON + 5),
    });
    await setTask(store(), task.id, { snapshot: null, comment_id: null }, NOON + 6);
    expect(await store().task(task.id)).toMatchObject({
      snapshot: null,
      comment_id: null,
      head_sha: "c0ffee",
    });
  });

  test("Only a task's known states are taken.", async () => {
    const { task } = await aStarted(store());
    for (const status of TaskStatus.options) {
      await setTask(store(), task.id, { status }, NOON);
      expect((await store().task(task.id))?.status).toBe(status);
    }
    await setTask(store(), task.id, { status: "running" }, NOON);
    const now = (await store().task(task.id)) as TaskRecord;
    const odd = aWrite(now, { patch: { status: "odd" as "done" } });
    await expect(store().state(odd, NOON)).rejects.toThrow(/CHECK/);
    expect((await store().task(task.id))?.status).toBe("running");
  });

  test("What a task has spent is the sum over its pipelines.", async () => {
    const { task, id } = await aStarted(store());
    await aStarted(store(), { number: 2 });
    const other = await aStarted(store(), { issue: 13 });
    expect(await store().spent(task, NOON)).toEqual({ task_usd: 0, day_usd: 0 });
    await store().append(anAppend(task, id, { row: { usd: 0.5 } }));
    await store().append(anAppend(task, "1-12-2", { row: { usd: 0.25 } }));
    await store().append(anAppend(other.task, other.id, { row: { usd: 2 } }));
    expect(await store().spent(task, NOON)).toEqual({ task_usd: 0.75, day_usd: 2.75 });
  });

  test("What a project has spent today begins at midnight, UTC, also in what was opened before.", async () => {
    const { task, id } = await aStarted(store());
    const foreign = await aStarted(store(), { project_id: 2 });
    await store().append(anAppend(foreign.task, foreign.id, { row: { usd: 8 } }));
    const midnight = Date.UTC(2026, 4, 5);
    const turn = (usd: number) => ({ ...EVERY_EVENT.turn, usd });
    await store().append(anAppend(task, id, { at: midnight - 1, events: [turn(0.5)], row: { usd: 0.5 } }));
    await store().append(
      anAppend(task, id, { after: 2, at: midnight, events: [turn(0.25)], row: { usd: 0.75 } }),
    );
    const day = async (now: number) => (await store().spent(task, now)).day_usd;
    expect(await day(midnight - 1)).toBe(0.75);
    expect(await day(midnight)).toBe(0.25);
    const finished = { state: "finished", completed_at: at(midnight + 1) } as const;
    await store().append(anAppend(task, id, { after: 3, at: midnight + 1, row: finished }));
    expect(await day(midnight + 2)).toBe(0.25);
    expect(await store().spent(task, midnight + DAY)).toEqual({ task_usd: 0.75, day_usd: 0 });
  });

  test("Tasks are listed the latest first, a page at a time, by text, repository and state.", async () => {
    for (const [n, issue] of [12, 13, 14].entries()) {
      const { task } = await aStarted(store(), { issue });
      await setTask(store(), task.id, { pr_number: 20 + n }, NOON + n * MINUTE);
    }
    const { task, id } = await aStarted(store(), { project_id: 2, issue: 99 });
    await store().saveProject(aProject({ id: 2, name: "houses" }), NOON);
    await store().append(anAppend(task, id, { events: [EVERY_EVENT.attempt_started], row: { usd: 1.5 } }));
    await store().updatePipeline(id, { state: "running" });
    await setTask(store(), task.id, { title: "A 50% share_of" }, NOON - MINUTE);
    const issues = async (filter: Partial<Parameters<Store["listTasks"]>[0]>) =>
      (await store().listTasks({ limit: 9, ...filter })).map(({ issue }) => issue);
    const all = await store().listTasks({ limit: 9 });
    expect(all.map(({ issue }) => issue)).toEqual([14, 13, 12, 99]);
    expect(all[3]).toMatchObject({ pipelines: 1, usd: 1.5, state: "running", role: "debugger" });
    expect(all[0]).toMatchObject({ pipelines: 1, usd: 0, role: null, pr_number: 22 });
    expect(await issues({ limit: 2 })).toEqual([14, 13]);
    expect(await issues({ after: all[1] })).toEqual([12, 99]);
    expect(await issues({ text: "50% SHARE_" })).toEqual([99]);
    expect(await issues({ text: "50_ share%" })).toEqual([]);
    expect(await issues({ text: "#13" })).toEqual([13]);
    const { owner, name } = aProject();
    expect((await store().repositories(9)).toSorted()).toEqual(
      [`${owner}/${name}`, `${owner}/houses`].toSorted(),
    );
    expect(await issues({ repository: `${owner}/houses` })).toEqual([99]);
    expect(await issues({ repository: `${owner}/${name}` })).toEqual([14, 13, 12]);
    await setTask(store(), task.id, { status: "done", pr_number: 7 }, NOON + 9 * MINUTE);
    expect(await issues({ status: "done" })).toEqual([99]);
    expect(await store().countTasks({})).toEqual({ running: 3, done: 1 });
    expect(await store().countTasks({ repository: `${owner}/houses` })).toEqual({ done: 1 });
    expect(await store().acceptedPulls(5)).toMatchObject([{ id: task.id, pr_number: 7, usd: 1.5 }]);
  });

  test("A task is listed with the tasks that carry it on, and what each of them cost so far.", async () => {
    const { task } = await aStarted(store());
    const carrying = async (issue: number, parent?: number) => {
      const more = parent === undefined ? {} : { parent_task_id: parent };
      const { task: one, id } = await aStarted(store(), { issue, title: `Part ${issue}`, ...more });
      await store().append(anAppend(one, id, { row: { usd: issue / 10 } }));
      return one;
    };
    await carrying(15);
    const part = await carrying(14);
    const followUp = await carrying(13, task.id);
    const { task: foreign } = await aStarted(store(), { project_id: 2, issue: 14 });
    expect(await store().carriedOn(task.id)).toMatchObject([{ issue: 13, usd: 1.3, status: "running" }]);
    await setTask(store(), task.id, { waits_for: [14, 13, 99] }, NOON);
    const carried = [
      { id: followUp.id, issue: 13, title: "Part 13", url: followUp.url, status: "running", usd: 1.3 },
      { id: part.id, issue: 14, title: "Part 14", url: part.url, status: "running", usd: 1.4 },
    ];
    expect(await store().carriedOn(task.id)).toEqual(carried);
    const listed = await store().listTasks({ limit: 9 });
    expect(listed.find(({ id }) => id === task.id)?.carried_on).toEqual(carried);
    expect(listed.find(({ id }) => id === foreign.id)?.carried_on).toEqual([]);
    expect(await store().carriedOn(9999)).toEqual([]);
    expect(await store().listTasks({ issue: 14, limit: 9 })).toHaveLength(2);
    expect((await store().figures()).handed_over).toEqual([
      { task: "octocat/flats#12", follow_up: "octocat/flats#13", status: "running", usd: 1.3 },
    ]);
  });

  test("Whoever deletes a project deletes all that hangs on it.", async () => {
    const { task, id } = await aStarted(store());
    await recordReturn(store(), aReturn(task, { pipeline_id: id }), NOON);
    await store().say({ pipeline_id: id, kind: "stop", by: "octocat", text: "Stop.", source: "c:1" }, NOON);
    const left = () =>
      database().first(
        "SELECT (SELECT COUNT(*) FROM tasks) + (SELECT COUNT(*) FROM pipelines) + (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM task_returns) + (SELECT COUNT(*) FROM messages) AS n",
      );
    expect(await left()).toEqual({ n: 5 });
    await database().write(["DELETE FROM projects WHERE id = 1"]);
    expect(await left()).toEqual({ n: 0 });
  });

  test("Nothing hangs on what is not there.", async () => {
    await expect(saveTask(store(), aNewTask({ project_id: 99 }), NOON)).rejects.toThrow(/FOREIGN KEY/);
    const nobody = aWrite({ id: 99, seq: 0 });
    expect(await store().state(nobody, NOON)).toBe(false);
    expect(await store().openPipeline({ opening: anOpening(), task: nobody, at: NOON })).toBe(false);
    await store().saveProject(aProject(), NOON);
    expect((await saveTask(store(), aNewTask(), NOON)).issue).toBe(12);
  });
};
