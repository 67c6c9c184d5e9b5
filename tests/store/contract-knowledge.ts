import { expect, test } from "vitest";
import type { NewDecision } from "../../app/store/port.ts";
import { isAnalysisDue } from "../../core/pipeline/analysis-due.ts";
import { aConfig, aPlan } from "../build.ts";
import type { Under } from "./contract.ts";
import { recordReturn, setTask } from "./facts.ts";
import { anAppend, aReturn, aStarted, at, NOON } from "./kit.ts";

const aDecision = (over: Partial<NewDecision> = {}): NewDecision => ({
  project_id: 1,
  type: "convention",
  title: "Amounts are whole cents",
  description: "Everywhere but in files.",
  status: "proposed",
  source: "learner:p1:3",
  decided_by: null,
  ...over,
});

export const knowledge = ({ store, database }: Under): void => {
  test("A decision comes back with its number and every column.", async () => {
    await aStarted(store());
    const row = await store().saveDecision(aDecision(), NOON);
    expect(row).toEqual({ ...aDecision(), id: row?.id, created_at: at(NOON) });
    expect(await store().proposedDecisions(1)).toEqual([row]);
    expect(await store().decisions(1, 10)).toEqual([]);
  });

  test("A title is kept once for each project, in whatever letters and marks.", async () => {
    await aStarted(store());
    expect(await store().saveDecision(aDecision(), NOON)).not.toBeNull();
    for (const title of [
      "amounts are WHOLE cents",
      " Amounts are whole cents. ",
      "Amounts — are whole cents",
    ])
      expect(await store().saveDecision(aDecision({ title }), NOON)).toBeNull();
    expect(await store().saveDecision(aDecision({ title: "Amounts are cents" }), NOON)).not.toBeNull();
  });

  test("A decision that was dropped is not proposed again.", async () => {
    await aStarted(store());
    const row = await store().saveDecision(aDecision(), NOON);
    const judged = { id: row?.id ?? 0, project_id: 1, by: "octocat" };
    expect(await store().judgeDecision({ ...judged, status: "rejected" })).toMatchObject({
      status: "rejected",
      decided_by: "octocat",
    });
    expect(await store().saveDecision(aDecision(), NOON)).toBeNull();
    expect(await store().proposedDecisions(1)).toEqual([]);
  });

  test("Only its own project judges a decision.", async () => {
    await aStarted(store());
    const row = await store().saveDecision(aDecision(), NOON);
    const judged = { id: row?.id ?? 0, project_id: 2, status: "active" as const, by: "octocat" };
    expect(await store().judgeDecision(judged)).toBeNull();
    expect(await store().decisions(1, 10)).toEqual([]);
  });

  test("The latest active decisions come oldest first, no more than asked for.", async () => {
    await aStarted(store());
    for (let n = 1; n <= 6; n++)
      await store().saveDecision(
        aDecision({ title: `Rule ${n}`, status: n === 3 ? "proposed" : "active" }),
        NOON,
      );
    expect((await store().decisions(1, 3)).map(row => row.title)).toEqual(["Rule 4", "Rule 5", "Rule 6"]);
  });

  test("The configuration's modules stand above an architect's, and each source replaces its own.", async () => {
    await aStarted(store());
    const save = (source: string, ...names: readonly string[]) =>
      store().saveModules({
        project_id: 1,
        source,
        modules: names.map(name => ({ name, path: `${source}/${name}`, description: "" })),
      });
    await save("config", "billing");
    await save("architect", "billing", "reports");
    expect((await store().modules(1)).map(module => module.path)).toEqual([
      "config/billing",
      "architect/reports",
    ]);
    await save("architect", "reports");
    await save("config");
    expect((await store().modules(1)).map(module => module.path)).toEqual(["architect/reports"]);
  });

  test("A task that waits is found by each issue that it waits for.", async () => {
    const { task } = await aStarted(store());
    await setTask(store(), task.id, { waits_for: [31, 32] }, NOON);
    expect((await store().tasksWaitingFor(1, 32)).map(found => found.id)).toEqual([task.id]);
    expect(await store().tasksWaitingFor(1, 33)).toEqual([]);
    expect(await store().tasksWaitingFor(2, 31)).toEqual([]);
    await setTask(store(), task.id, { waits_for: null }, NOON);
    expect(await store().tasksWaitingFor(1, 31)).toEqual([]);
  });

  test("A project's other tasks are those that are not over, with the modules of their latest plan.", async () => {
    const { task } = await aStarted(store());
    const other = await aStarted(store(), { issue: 13 });
    const over = await aStarted(store(), { issue: 14 });
    await setTask(store(), over.task.id, { status: "done" }, NOON);
    const plan = aPlan([{ role: "debugger", module: "billing" }, "tester"]);
    await store().append(anAppend(other.task, other.id, { events: [{ kind: "planned", plan }] }));
    expect(await store().activeTasks(task, 10)).toEqual([
      { issue: 13, title: other.task.title, status: "running", modules: ["billing"] },
    ]);
  });

  test("A project is described as its configuration last had it.", async () => {
    await aStarted(store());
    await store().describeProject(1, aConfig({ project_type: "research", tech_stack: ["TeX"] }));
    expect(
      await database().first("SELECT project_type, execution_mode, tech_stack FROM projects WHERE id = 1"),
    ).toEqual({ project_type: "research", execution_mode: null, tech_stack: '["TeX"]' });
  });

  test("Figures of an empty store are nothing, not zero for each.", async () => {
    expect(await store().figures()).toEqual({
      rejections: [],
      patterns: [],
      handed_over: [],
      gates: [],
      revisions: [],
      costs: {
        tasks: 0,
        usd: 0,
        usd_per_task: null,
        usd_per_return: null,
        accepted: 0,
        usd_per_accepted: null,
      },
      verdicts: {
        gate_rejections: 0,
        rejections_overturned: 0,
        gate_approvals: 0,
        approvals_overturned: 0,
      },
    });
  });

  test("Figures count returns by whom, patterns, costs, and where people saw it otherwise than the gate.", async () => {
    const { task, id } = await aStarted(store());
    await store().updatePipeline(id, { usd: 2 });
    await recordReturn(
      store(),
      aReturn(task, { source: `gate:${id}:2:1`, returned_by: "tester", pipeline_id: id }),
      NOON,
    );
    await recordReturn(
      store(),
      aReturn(task, { source: "review:9", returned_by: "gh:octocat", actor: "octocat", pipeline_id: id }),
      NOON,
    );
    await setTask(store(), task.id, { status: "done", pr_number: 5 }, NOON);
    const figures = await store().figures();
    expect(figures.rejections.map(({ by, count }) => [by, count])).toEqual([
      ["person", 1],
      ["tester", 1],
    ]);
    expect(figures.patterns).toMatchObject([{ count: 2 }]);
    expect(figures.costs).toEqual({
      tasks: 1,
      usd: 2,
      usd_per_task: 2,
      usd_per_return: 1,
      accepted: 1,
      usd_per_accepted: 2,
    });
    expect(figures.verdicts).toEqual({
      gate_rejections: 1,
      rejections_overturned: 1,
      gate_approvals: 0,
      approvals_overturned: 0,
    });
  });

  test("Figures tell the gates apart.", async () => {
    expect((await store().figures()).gates).toEqual([]);
    const { task, id } = await aStarted(store());
    const rejected = (source: string, gate: string) =>
      recordReturn(store(), aReturn(task, { source, returned_by: gate, pipeline_id: id }), NOON);
    await rejected(`gate:${id}:2:1`, "tester");
    await rejected(`gate:${id}:3:1`, "reviewer");
    await rejected(`gate:${id}:4:1`, "tester");
    const said = (gate: string, rejections: number, overturned: number) => ({ gate, rejections, overturned });
    expect((await store().figures()).gates).toEqual([said("tester", 2, 0), said("reviewer", 1, 0)]);
    await setTask(store(), task.id, { status: "done", pr_number: 5 }, NOON);
    expect((await store().figures()).gates).toEqual([said("tester", 2, 2), said("reviewer", 1, 1)]);
  });

  test("T21: return_count survives a task that is done.", async () => {
    const { task } = await aStarted(store());
    await recordReturn(store(), aReturn(task), NOON);
    await setTask(store(), task.id, { status: "done", returns_at_last_done: 1 }, NOON);
    expect(await store().task(task.id)).toMatchObject({ return_count: 1, returns_at_last_done: 1 });
  });

  test("T22: a new task has no return, and no analysis is due.", async () => {
    const { task } = await aStarted(store());
    expect(task).toMatchObject({ return_count: 0, analysed_return: 0 });
    expect(isAnalysisDue(task, aConfig())).toBe(false);
  });
};
