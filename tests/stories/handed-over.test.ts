// A task that other issues carry on: a department head takes it over, or it is split into smaller ones.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { usd } from "../../core/report/format.ts";
import { kin } from "../cli/kin.ts";
import { deedsOf, endOf, openingOf, planOf, shownTo } from "./journal.ts";
import { configured, NOTHING, openSite, type Project, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const CONFIG = configured("execution_mode: review\nlimits: { revisions: 0 }\nlearn: off\n");
const issueOf = async (project: Project, issue: number) =>
  (await project.owner.rest.issues.get({ ...project.at, issue_number: issue })).data;
const subIssuesOf = async (project: Project, issue: number) =>
  (await project.owner.rest.issues.listSubIssues({ ...project.at, issue_number: issue })).data.map(
    child => child.number,
  );
/** All issues, without pull requests. */
const issuesOf = async (project: Project) =>
  (await project.owner.rest.issues.listForRepo({ ...project.at, state: "all" })).data
    .filter(issue => issue.pull_request === undefined)
    .map(issue => issue.number)
    .toSorted((a, b) => a - b);
const pullOf = async (project: Project, issue: number) =>
  (
    await project.owner.rest.pulls.get({
      ...project.at,
      pull_number: (await project.task(issue)).pr_number as number,
    })
  ).data;
const close = (project: Project, issue: number, state_reason: "completed" | "not_planned") =>
  project.writer.rest.issues.update({ ...project.at, issue_number: issue, state: "closed", state_reason });

describe("an analysis that hands a task over", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  let followUp: number;
  beforeAll(async () => {
    project = await site.project({ name: "escalated", files: CONFIG });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 4, "blocked");
    followUp = (await project.task(issue)).waits_for?.[0] ?? 0;
    await project.ended(followUp, 1, "review");
  }, 180_000);

  test("ends its pipeline as superseded, and the task waits, labeled with the head", async () => {
    const journal = await project.journal(issue, 4);
    expect(deedsOf(journal).slice(4)).toEqual(["planned", "return_analyst done", "superseded"]);
    expect(endOf(journal).return).toBeNull();
    expect(await project.task(issue)).toMatchObject({ return_count: 3, waits_for: [followUp] });
    expect(await project.labels(issue)).toEqual(["kin", "kin:backend_head", "kin:blocked"]);
    expect((await project.comments(issue))[0]).toContain(`it goes on when #${followUp} is closed`);
    const [row] = await project.pipelines(followUp);
    const cost = usd(row?.usd ?? 0);
    expect((await project.comments(issue))[0]).toContain(
      `**Carried on by** #${followUp} (ready for review, ${cost} so far)`,
    );
    const { id } = await project.task(issue);
    const page = await (await fetch(new URL(`/tasks/${id}`, site.world.pageUrl))).text();
    expect(page).toMatch(
      new RegExp(`Carried on by <a href="/tasks/\\d+">#${followUp} .*</a> .*Ready for review.* \\${cost}`),
    );
    const env = { KIN_DATABASE_URL: `file:${site.world.database}` };
    const { html_url } = await issueOf(project, followUp);
    expect((await kin(["tasks"], env)).out).toContain(
      `  carried on by #${followUp}: ready for review, ${cost}  ${html_url}\n`,
    );
    expect((await kin(["report"], env)).out).toMatch(
      new RegExp(`escalated#${issue} +octocat/escalated#${followUp} +ready for review +\\${cost}`),
    );
    expect((await pullOf(project, issue)).body).toContain(`\n\n**Waiting for #${followUp}**: Handed over`);
  });

  test("opens one follow-up: its labels, its place below the task, its body behind the fixed words", async () => {
    expect(await issuesOf(project)).toEqual([issue, followUp]);
    expect(await subIssuesOf(project, issue)).toEqual([followUp]);
    expect(await project.labels(followUp)).toEqual(["kin:backend_head", "kin:escalation", "kin:review"]);
    const { body, user } = await issueOf(project, followUp);
    expect(user?.login).toBe("kin[bot]");
    expect(body?.replace(/^> ?/gm, "")).toContain(
      "[ESCALATION from return_analyst]\nRoot cause: Every greeting repeats what the shop is called.\nRefined brief: Keep the name in name.txt and make greeting.txt of it.",
    );
    expect(body).toContain(`#${issue} came back 3 times`);
  });

  test("starts the head's pipeline there, which asks its members", async () => {
    const [row] = await project.pipelines(followUp);
    expect(row).toMatchObject({
      pipeline_type: "escalation",
      parent_pipeline_id: `${project.id}-${issue}-4`,
      department: "backend_head",
      route_type: "escalation",
      outcome: "passed",
    });
    expect(await project.task(followUp)).toMatchObject({
      task_type: "escalation",
      parent_task_id: (await project.task(issue)).id,
    });
    expect(deedsOf(await project.journal(followUp))).toEqual([
      "opened",
      "claimed",
      "set_up",
      "backend_head done",
      "added department: backend_dev, tester",
      "backend_dev done",
      "tester done",
      "passed",
    ]);
    // Nobody planned it.
    const { id } = await project.task(followUp);
    const page = await (await fetch(new URL(`/tasks/${id}`, site.world.pageUrl))).text();
    expect([...page.matchAll(/id="step-1-(\d)"/g)].map(([, number]) => number)).toEqual(["1", "2", "3"]);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("lets the task go on afresh when the follow-up's pull request is merged", async () => {
    const before = await project.task(issue);
    const { pr_number } = await project.task(followUp);
    await project.writer.rest.pulls.merge({ ...project.at, pull_number: pr_number as number });
    await project.ended(issue, 5, "review");
    expect(await project.task(followUp)).toMatchObject({ status: "done" });
    const { data: left } = await project.owner.rest.pulls.get({
      ...project.at,
      pull_number: before.pr_number as number,
    });
    const why = `**Closed**: #${issue} was handed over to #${followUp} and goes on`;
    expect(left.state).toBe("closed");
    expect(left.body?.startsWith(`For #${issue}\n\n${why}`), left.body ?? "").toBe(true);
    expect(left.body).toContain("### What");
    const { data: told } = await project.owner.rest.issues.listComments({
      ...project.at,
      issue_number: left.number,
    });
    expect(told.filter(({ body }) => body?.startsWith(why))).toHaveLength(1);
    expect(await issueOf(project, followUp)).toMatchObject({ state: "closed", state_reason: "completed" });
    const journal = await project.journal(issue);
    const { base, branch, followed_up } = openingOf(journal);
    const { data: main } = await project.owner.rest.git.getRef({ ...project.at, ref: "heads/main" });
    expect(base.sha).toBe(main.object.sha);
    expect(branch).toMatchObject({ head: null });
    expect(followed_up).toMatch(
      new RegExp(`#${followUp} .*closed as completed, by pull request #${pr_number}`),
    );
    expect(shownTo(journal, "pm")).toContain("What became of the issues that this task was handed to");
    const after = await project.task(issue);
    expect(after).toMatchObject({ waits_for: null, return_count: 3 });
    expect((await project.comments(issue))[0]).toMatch(
      new RegExp(`\\*\\*Carried on by\\*\\* #${followUp} \\(done, \\$[\\d.]+\\)`),
    );
    expect(after.pr_number).not.toBe(before.pr_number);
    const { data: old } = await project.owner.rest.pulls.get({
      ...project.at,
      pull_number: before.pr_number as number,
    });
    expect(old).toMatchObject({ state: "closed", merged: false });
    expect(await project.changed(issue)).toEqual(["name.test.sh"]);
    expect(planOf(journal).steps.map(step => step.role)).toEqual(["tester"]);
    expect(await project.again()).toEqual(NOTHING);
  });
});

describe("a person who hands a task over", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  const followUp = 3;
  beforeAll(async () => {
    project = await site.project({ name: "handed", files: CONFIG });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 1, "review");
  });

  test("is nobody without write access", async () => {
    const body = "/kin escalate backend_head";
    await project.outsider.rest.issues.createComment({ ...project.at, issue_number: issue, body });
    await site.quiet();
    expect(await project.task(issue)).toMatchObject({ status: "review", waits_for: null });
  });

  test("may name the head or leave it to the category; a head that there is not is refused", async () => {
    await project.say(issue, "/kin escalate night_head");
    await site.quiet();
    expect((await project.comments(issue)).at(-1)).toMatch(/no department head `night_head`.*`cto_advisor`/);
    await project.say(issue, "/kin escalate");
    await project.ended(followUp, 1, "needs_info");
    expect(await project.labels(issue)).toEqual(["kin", "kin:backend_head", "kin:blocked"]);
    const { body } = await issueOf(project, followUp);
    expect(body).toContain("monalisa asked for it");
    expect(body).not.toContain("came back");
  });

  test("a gate's rejection there ends the escalation blocked, asks a person, and is no return", async () => {
    const journal = await project.journal(followUp);
    expect(endOf(journal)).toMatchObject({ outcome: "blocked", return: null });
    expect(await project.labels(followUp)).toEqual(["kin:backend_head", "kin:escalation", "kin:needs-info"]);
    const { id, return_count } = await project.task(followUp);
    expect(return_count).toBe(0);
    expect(await site.store.returns(id, 5)).toEqual([]);
    expect(await project.pipelines(followUp)).toHaveLength(1);
    await project.say(followUp, "/kin escalate");
    await site.quiet();
    expect((await project.comments(followUp)).at(-1)).toContain("not escalated again");
    expect(await project.again()).toEqual(NOTHING);
  });

  test("is asked how to go on when the follow-up is closed as not planned", async () => {
    await close(project, followUp, "not_planned");
    await project.until(issue, "needs_info");
    expect(await project.task(issue)).toMatchObject({ waits_for: null });
    expect(await project.pipelines(issue)).toHaveLength(1);
    expect((await project.comments(issue)).at(-1)).toMatch(
      new RegExp(`@octocat[\\s\\S]*#${followUp} was closed as not planned`),
    );
    expect(await project.task(followUp)).toMatchObject({ status: "cancelled" });
    expect(await project.labels(followUp)).toEqual(["kin:backend_head", "kin:escalation"]);
    expect(await project.again()).toEqual(NOTHING);
  });
});

describe("a task that is too large", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  const children = [2, 3];
  beforeAll(async () => {
    project = await site.project({ name: "too-large", files: CONFIG });
    issue = await project.open({ title: "Greeting, note and translation" });
    await project.label(issue);
    await project.ended(issue, 1, "blocked");
  });

  test("is cut into issues, in order, below its own", async () => {
    expect(deedsOf(await project.journal(issue)).slice(3)).toEqual([
      "pm blocked",
      "added decomposition: task_decomposer",
      "task_decomposer done",
      "superseded",
    ]);
    expect(await site.store.returns((await project.task(issue)).id, 5)).toMatchObject([
      { reason_category: "scope_too_large", returned_by: "pm" },
    ]);
    expect(await issuesOf(project)).toEqual([issue, ...children]);
    expect(await subIssuesOf(project, issue)).toEqual(children);
    const [first, second] = await Promise.all(children.map(number => issueOf(project, number)));
    expect([first?.title, second?.title]).toEqual(["Write the note", "Translate the greeting"]);
    expect(first?.body).toMatch(/Part of #1\.[\s\S]*- \[ \] NOTES\.md names the world/);
    expect(second?.body).toContain("After #2.");
    for (const child of children) expect(await project.labels(child)).toEqual(["kin:follow-up"]);
  });

  test("waits until the last of them is closed, and then goes on with what came of them", async () => {
    expect(await project.task(issue)).toMatchObject({ waits_for: children });
    expect(await project.labels(issue)).toEqual(["kin", "kin:blocked"]);
    await close(project, 2, "completed");
    await site.quiet();
    expect(await project.task(issue)).toMatchObject({ status: "blocked", waits_for: children });
    await close(project, 3, "completed");
    await project.ended(issue, 2, "review");
    const { followed_up } = openingOf(await project.journal(issue));
    expect(followed_up).toMatch(/#2 \(Write the note\): closed as completed[\s\S]*#3 /);
    expect(await issuesOf(project)).toEqual([issue, ...children]);
    expect(await project.again()).toEqual(NOTHING);
  });
});
