// What the rules make of a project manager's plan, and how a plan waits for a person.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PipelineRecord } from "../../core/model/record.ts";
import { usd } from "../../core/report/format.ts";
import { kin } from "../cli/kin.ts";
import { attemptsOf, deedsOf, openingOf, planOf, resultsOf, shownTo } from "./journal.ts";
import { configured, NOTHING, openSite, type Project, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const rolesOf = (journal: Parameters<typeof planOf>[0]) => planOf(journal).steps.map(step => step.role);

test("two bugs that hang together go through the error_coordinator, though the plan forgot it", async () => {
  const project = await site.project({ name: "bugs" });
  const issue = await project.open({ title: "No world, and no note" });
  await project.label(issue);
  await project.ended(issue, 1, "review");
  const journal = await project.journal(issue);
  expect(deedsOf(journal)).toEqual([
    "opened",
    "claimed",
    "set_up",
    "pm done",
    "planned",
    "error_coordinator done",
    "debugger done",
    "tester done",
    "passed",
  ]);
  expect(planOf(journal)).toMatchObject({
    route_type: "multi_bug_debug",
    repairs: [expect.stringContaining("error_coordinator was put first")],
    steps: [{ depends_on: null }, { depends_on: null }, { depends_on: 2 }],
  });
  expect(shownTo(journal, "debugger")).toMatch(/step 1, error_coordinator[\s\S]*left half done/);
  expect((await project.comments(issue))[0]).toContain("error_coordinator was put first");
  expect(await project.again()).toEqual(NOTHING);
});

test("an operations project refuses a backend_dev once, with the reasons, and takes the plan that follows", async () => {
  const project = await site.project({
    name: "operations",
    files: configured("project_type: operations\nexecution_mode: review\n"),
  });
  const issue = await project.open();
  await project.label(issue);
  await project.ended(issue, 1, "review");
  const journal = await project.journal(issue);
  const [refused, taken] = journal.filter(event => event.kind === "turn");
  expect(refused?.submitted).toBeNull();
  expect(refused?.results).toMatchObject([{ type: "tool_result", is_error: true }]);
  const reasons = resultsOf(journal);
  expect(reasons).toContain('"backend_dev" does not work in an operations project');
  expect(reasons).toContain('"tester" does not work in an operations project');
  expect(reasons).toMatch(/Allowed: .*debugger.*sysadmin/);
  expect(taken?.submitted).not.toBeNull();
  expect(attemptsOf(journal, "pm")).toHaveLength(1);
  expect(rolesOf(journal)).toEqual(["debugger", "reviewer"]);
  expect(await project.again()).toEqual(NOTHING);
});

describe("in a research project", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    project = await site.project({
      name: "research",
      files: configured("project_type: research\nexecution_mode: review\nweb: on\n"),
    });
    issue = await project.open({ title: "What should the greeting be?" });
    await project.label(issue);
    await project.ended(issue, 1, "review");
  });

  test("no role writes, whatever it tries", async () => {
    const journal = await project.journal(issue);
    expect(planOf(journal).steps.map(({ role, writes }) => [role, writes])).toEqual([
      ["tech_researcher", false],
      ["reviewer", false],
    ]);
    expect(resultsOf(journal)).toContain('The role tech_researcher has no tool "write"');
    expect(journal.flatMap(event => (event.kind === "turn" && event.wrote !== null ? [event] : []))).toEqual(
      [],
    );
    expect(shownTo(journal, "pm")).not.toContain("- backend_dev");
  });

  test("X45: with `web: on` the researcher searches, which is paid for, and nobody else is offered it", async () => {
    const journal = await project.journal(issue);
    const offered = journal.flatMap(event =>
      event.kind === "attempt_started" && event.web === true ? [event.role] : [],
    );
    expect(offered).toEqual(["tech_researcher"]);
    const [searched, ...others] = journal.flatMap(event =>
      event.kind === "turn" && event.step === 1 ? [event] : [],
    );
    expect(searched?.reply).toMatchObject({ stop_reason: "pause_turn", usage: { web_searches: 1 } });
    expect(searched?.usd).toBeGreaterThan(0.01);
    for (const { reply, usd } of others)
      expect([reply.usage.web_searches, (usd ?? 1) < 0.01]).toEqual([undefined, true]);
  });

  test("the result is there for review, without branch and pull request", async () => {
    expect(await project.task(issue)).toMatchObject({ branch: expect.any(String), pr_number: null });
    const { data: branches } = await project.owner.rest.repos.listBranches(project.at);
    expect(branches.map(branch => branch.name)).toEqual(["main"]);
    expect((await project.owner.rest.pulls.list({ ...project.at, state: "all" })).data).toEqual([]);
    expect(await project.labels(issue)).toEqual(["kin", "kin:review"]);
    const [, ...told] = await project.comments(issue);
    expect(told).toEqual([
      expect.stringMatching(/^@octocat: \*\*Waiting for your review\*\*: no file was changed\. /),
    ]);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("it is accepted with /kin approve, and the issue is closed", async () => {
    await project.say(issue, "/kin approve");
    await project.until(issue, "done");
    const { data } = await project.owner.rest.issues.get({ ...project.at, issue_number: issue });
    expect(data).toMatchObject({ state: "closed", state_reason: "completed" });
    expect(await project.labels(issue)).toEqual(["kin", "kin:done"]);
    expect((await project.comments(issue))[0]).toContain("The result was approved by monalisa");
    expect(await project.again()).toEqual(NOTHING);
  });
});

describe("with `plan: approve`", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    project = await site.project({
      name: "held",
      files: configured("plan: approve\nexecution_mode: review\n"),
    });
    issue = await project.open();
    await project.label(issue);
    await project.until(issue, "needs_info");
  });
  const pipeline = async () => (await project.pipelines(issue)).at(-1);

  test("the plan is shown and waits, and no runner with it", async () => {
    const journal = await project.journal(issue);
    expect(deedsOf(journal)).toEqual(["opened", "claimed", "set_up", "pm done", "planned", "plan_held"]);
    expect(await pipeline()).toMatchObject({ state: "paused", lease_hash: null, dispatches: 1 });
    const { data } = await project.owner.rest.actions.listWorkflowRunsForRepo(project.at);
    expect(data.workflow_runs.map(run => [run.status, run.conclusion])).toEqual([["completed", "success"]]);
    expect(await project.labels(issue)).toEqual(["kin", "kin:needs-info"]);
    const [status, question] = await project.comments(issue);
    expect(status).toContain("Make test.sh pass.");
    expect(question).toMatch(/@octocat.*plan waits for approval/);
    for (const comment of [status, question])
      expect(comment).toContain("**What it will cost:** Not known yet");
    expect(await project.again()).toEqual(NOTHING);
  });

  test("an outsider's /kin approve is silence", async () => {
    await project.outsider.rest.issues.createComment({
      ...project.at,
      issue_number: issue,
      body: "/kin approve",
    });
    await site.quiet();
    expect(await pipeline()).toMatchObject({ state: "paused", dispatches: 1 });
  });

  test("/kin approve by a writer starts the work, in the same pipeline", async () => {
    await project.say(issue, "/kin approve");
    await project.ended(issue, 1, "review");
    expect(deedsOf(await project.journal(issue)).slice(5)).toEqual([
      "plan_held",
      "plan_approved",
      "claimed",
      "debugger done",
      "tester done",
      "passed",
    ]);
    expect(await pipeline()).toMatchObject({ dispatches: 2 });
    expect(await project.again()).toEqual(NOTHING);
  });

  test("the next plan says what it is likely to cost by what this one cost: in the comments, on the page, in the terminal", async () => {
    const { step_costs } = (await pipeline()) as PipelineRecord;
    const [, debugging, testing] = step_costs?.steps ?? [];
    expect([debugging?.role, testing?.role]).toEqual(["debugger", "tester"]);
    const amount = usd((debugging?.usd ?? 0) + (testing?.usd ?? 0));
    const script = "which a scripted model played at list prices";
    const likely = `About ${amount}, from 2 steps of this project's past, ${script}.`;
    const next = await project.open({ title: "The greeting is still unfinished" });
    await project.label(next);
    await project.until(next, "needs_info");
    for (const comment of await project.comments(next))
      expect(comment).toContain(`**What it will cost:** ${likely}`);
    await project.say(next, "/kin plan");
    await site.quiet();
    expect((await project.comments(next)).at(-1)).toContain(likely);
    const { id } = await project.task(next);
    expect(await (await fetch(new URL(`/tasks/${id}`, site.world.pageUrl))).text()).toContain(
      likely.replace("'", "&#39;"),
    );
    const env = { KIN_DATABASE_URL: `file:${site.world.database}` };
    const named = `${project.at.owner}/${project.at.repo}#${next}`;
    const { out, err } = await kin(["plan", named, "--estimate"], env);
    expect(err).toBe("");
    expect(out).toMatch(/^○ 1 debugger \(waiting\) {2}\$[\d.]+ {2}Make test\.sh pass\.$/m);
    expect(out).toContain(`What it will cost: ${likely}`);
    const { out: ahead } = await kin(["plan", "--estimate"], env);
    expect(ahead).toMatch(
      /^What a pipeline of octocat\/held costs: About \$[\d.]+, from 1 pipeline of this project's past, which a scripted model played at list prices\.$/m,
    );
    await project.say(next, "/kin stop");
    await site.quiet();
  });
});

describe("with the label kin:hold", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    project = await site.project({ name: "label-hold" });
    issue = await project.open();
    await project.owner.rest.issues.addLabels({ ...project.at, issue_number: issue, labels: ["kin:hold"] });
    await project.label(issue);
    await project.until(issue, "needs_info");
  });
  /** Until this pipeline's plan waits. */
  const held = async (number: number) => {
    await project.until(issue, "running");
    await project.until(issue, "needs_info");
    const journal = await project.journal(issue, number);
    expect(deedsOf(journal).at(-1)).toBe("plan_held");
  };

  test("/kin rerun replaces the plan that waits", async () => {
    await project.say(issue, "/kin rerun");
    await held(2);
    expect((await project.pipelines(issue)).map(p => [p.state, p.outcome])).toEqual([
      ["finished", "stopped"],
      ["paused", null],
    ]);
  });

  test("/kin return rejects it: one return, and the next plan is made with it", async () => {
    await project.say(issue, "/kin return missing_context Say who is greeted.");
    await held(3);
    const { id } = await project.task(issue);
    expect(await site.store.returns(id, 5)).toMatchObject([
      { return_number: 1, reason_category: "missing_context", actor: "monalisa" },
    ]);
    expect(shownTo(await project.journal(issue, 3), "pm")).toContain("Say who is greeted.");
    expect((await project.pipelines(issue)).map(p => p.outcome)).toEqual(["stopped", "stopped", null]);
  });

  test("the same deliveries again approve and replace nothing", async () => {
    expect(await project.again()).toEqual(NOTHING);
    expect((await project.pipelines(issue)).at(-1)).toMatchObject({ number: 3, state: "paused" });
  });
});

test("where the project's rules refuse what a machine wrote, a person is asked before the first call of the model", async () => {
  const project = await site.project({
    name: "no-machines",
    files: {
      ...configured("execution_mode: review\n"),
      "CONTRIBUTING.md": "# Contributing\n\nWe do not accept AI-generated pull requests.\n",
    },
  });
  const issue = await project.open();
  await project.label(issue);
  await project.until(issue, "needs_info");
  expect(deedsOf(await project.journal(issue))).toEqual(["opened", "claimed", "set_up", "plan_held"]);
  expect((await project.comments(issue)).at(-1)).toMatch(
    /CONTRIBUTING\.md[\s\S]*We do not accept AI-generated pull requests\.[\s\S]*\/kin approve/,
  );
  await project.say(issue, "/kin approve");
  await project.ended(issue, 1, "review");
  const journal = await project.journal(issue);
  expect(shownTo(journal, "pm")).toMatch(/do not accept AI-generated[\s\S]*who went on all the same/);
  const { id } = await project.task(issue);
  const page = await (await fetch(new URL(`/tasks/${id}`, site.world.pageUrl))).text();
  for (const line of ["rules refuse what a machine wrote: it waits", "monalisa goes on all the same"])
    expect(page).toContain(line);
  await project.say(issue, "/kin return missing_context Say who is greeted.");
  await project.ended(issue, 2, "review");
  const next = await project.journal(issue, 2);
  expect(openingOf(next).consented).toBe("monalisa");
  expect(shownTo(next, "pm")).toMatch(/who went on all the same[\s\S]{0,200}monalisa/);
  expect(await project.again()).toEqual(NOTHING);
});
