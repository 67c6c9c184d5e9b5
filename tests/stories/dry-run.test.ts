// A dry run, requested by hand under Actions: the run's summary has the plan, and nothing else on GitHub shows it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSite, type Site, sleep } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** The run's page, once it is over. */
const dryRun = async (issue: number): Promise<string> => {
  await site.writer.rest.actions.createWorkflowDispatch({
    ...site.at,
    workflow_id: "kin.yml",
    ref: "main",
    inputs: { issue: String(issue), dry_run: "true" },
  });
  await site.quiet();
  for (let tries = 0; tries < 600; tries++) {
    const { data } = await site.owner.rest.actions.listWorkflowRunsForRepo(site.at);
    const [run] = data.workflow_runs;
    if (run?.status === "completed" && run.actor?.login === "monalisa") {
      await site.quiet();
      return (await fetch(run.html_url)).text();
    }
    await sleep(50);
  }
  throw new Error(`The dry run did not end.\n${site.log.slice(-20).join("\n")}`);
};
const byKin = (from: number) =>
  site.world.github.writes
    .slice(from)
    .filter(write => write.app === "kin" || write.actor === "github-actions[bot]");

describe("of an issue that is no task", { shuffle: false }, () => {
  let issue: number;
  let page: string;
  let writes: number;
  beforeAll(async () => {
    issue = await site.open({ title: "Only plan it" });
    await site.quiet();
    writes = site.world.github.writes.length;
    page = await dryRun(issue);
  });

  test("shows the plan in the run's summary", () => {
    expect(page).toContain("dry run");
    expect(page).toContain("Make test.sh pass.");
  });

  test("writes nothing: no label, no comment, no branch", async () => {
    expect(byKin(writes)).toEqual([]);
    expect(await site.labels(issue)).toEqual([]);
    expect(await site.comments(issue)).toEqual([]);
  });

  test("leaves a row that is nobody's task, and no return", async () => {
    expect(await site.task(issue)).toMatchObject({ status: "cancelled", return_count: 0, branch: null });
    expect((await site.pipelines(issue)).map(p => p.outcome)).toEqual(["planned_only"]);
  });

  test("is in nobody's way: the label starts the task, which tells of its own pipeline only", async () => {
    await site.label(issue);
    await site.until(issue, "review");
    expect((await site.pipelines(issue)).map(p => p.outcome)).toEqual(["planned_only", "passed"]);
    expect(await site.labels(issue)).toEqual(["kin", "kin:review"]);
    expect((await site.comments(issue)).join("\n")).not.toMatch(/dry run|planned only/i);
  });
});

describe("of a task that waits for review", { shuffle: false }, () => {
  let issue: number;
  let writes: number;
  let before: unknown;
  const asItIs = async () => {
    // That it was asked for is a fact of the task, which changes nothing else.
    const { updated_at: _, seq: __, ...task } = await site.task(issue);
    const [{ data: pull }, comments, labels] = await Promise.all([
      site.owner.rest.pulls.get({ ...site.at, pull_number: task.pr_number as number }),
      site.comments(issue),
      site.labels(issue),
    ]);
    return { task, comments, labels, pull: { ...pull, mergeable: null } };
  };
  beforeAll(async () => {
    issue = await site.open({ title: "Plan it again" });
    await site.label(issue);
    await site.until(issue, "review");
    before = await asItIs();
    writes = site.world.github.writes.length;
    await dryRun(issue);
  });

  test("leaves task, labels, comments and pull request as they were", async () => {
    expect(byKin(writes)).toEqual([]);
    expect(await asItIs()).toEqual(before);
    expect((await site.pipelines(issue)).map(p => p.outcome)).toEqual(["passed", "planned_only"]);
  });

  test("says in its own run alone that it cannot start", async () => {
    await site.owner.rest.issues.update({ ...site.at, issue_number: issue, state: "closed" });
    await site.until(issue, "cancelled");
    const from = site.world.github.writes.length;
    expect(await dryRun(issue)).toMatch(/The issue is not open/);
    expect(byKin(from)).toEqual([]);
  });

  test("counts for nothing when somebody asks for the work: steps are those of the last real pipeline", async () => {
    await site.owner.rest.issues.update({ ...site.at, issue_number: issue, state: "open" });
    await site.say(issue, "/kin rerun from 2");
    await site.until(issue, "running");
    await site.until(issue, "review");
    const last = (await site.pipelines(issue)).at(-1);
    const roles = (await site.store.journal(last?.id ?? "")).flatMap(({ data }) =>
      data.kind === "attempt_started" ? [data.role] : [],
    );
    expect(roles).toEqual(["tester"]);
  });
});
