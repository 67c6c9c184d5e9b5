// Two steps of a plan that do not build on each other, running at the same time: one pull request.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventData } from "../../core/model/event.ts";
import { configured, NOTHING, openSite, type Project, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe("with `parallel`", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  let journal: readonly EventData[];
  beforeAll(async () => {
    project = await site.project({
      name: "sides",
      files: configured("execution_mode: review\nlearn: off\nparallel: true\nlimits: { revisions: 0 }\n"),
    });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 1, "review");
    journal = await project.journal(issue);
  });
  const places = (kind: EventData["kind"]) =>
    journal.flatMap((event, index) =>
      event.kind === kind && "step" in event && (event.step === 1 || event.step === 2) ? [index] : [],
    );

  test("both begin before either ends, and what they wrote is joined in the plan's order", () => {
    const [began, ended] = [places("attempt_started"), places("attempt_finished")];
    expect([began.length, ended.length]).toEqual([2, 2]);
    expect(Math.max(...began)).toBeLessThan(Math.min(...ended));
    expect(journal.filter(({ kind }) => kind === "joined")).toMatchObject([{ step: 1 }, { step: 2 }]);
  });

  test("neither sees the other's work; what the later one proved is proved again on what is joined", () => {
    const ran = journal.flatMap(event => (event.kind === "turn" && event.step === 2 ? event.ran : []));
    expect(ran.map(({ exit_code }) => exit_code)).toEqual([0, 0]);
    const end = journal.find(event => event.kind === "attempt_finished" && event.step === 2);
    expect(end).toMatchObject({
      outcome: "done",
      checks: [{ command: expect.stringContaining("grep"), exit_code: 0 }],
    });
  });

  test("one pull request has the work of both, and the store tells of each", async () => {
    expect((await project.changed(issue)).toSorted()).toEqual(["greeting.txt", "page.html"]);
    const rows = await site.store.query("SELECT step, role, outcome FROM steps ORDER BY step");
    expect(rows.slice(1)).toMatchObject([
      { step: 1, role: "backend_dev", outcome: "done" },
      { step: 2, role: "frontend_dev", outcome: "done" },
      { step: 3, role: "tester", outcome: "done" },
    ]);
    const [status] = await project.comments(issue);
    expect(status).toMatch(/backend_dev[\s\S]*done[\s\S]*frontend_dev[\s\S]*done/);
  });

  test("its title is the task's, and not what one of them did", async () => {
    const { data } = await project.owner.rest.pulls.list({ ...project.at, state: "all" });
    expect(data.map(({ title }) => title)).toEqual(["The greeting is unfinished"]);
  });

  test("the same deliveries again change nothing", async () => {
    expect(await project.again()).toEqual(NOTHING);
  });
});
