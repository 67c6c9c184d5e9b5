// What a person's approval is worth: for a pull request's head, and for what a smoke test could not confirm.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deedsOf, openingOf, shownTo } from "./journal.ts";
import { configured, NOTHING, openSite, type Project, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe("a pull request that Kin merges once it is approved and the required check is green", {
  shuffle: false,
}, () => {
  let project: Project;
  let issue: number;
  const pullOf = async (number: number) => {
    const { pr_number } = await project.task(number);
    const { data } = await project.owner.rest.pulls.get({ ...project.at, pull_number: pr_number as number });
    return data;
  };
  const review = async (by: "writer" | "outsider", event: "APPROVE" | "REQUEST_CHANGES", body: string) => {
    const { number: pull_number } = await pullOf(issue);
    const { data } = await project[by].rest.pulls.createReview({ ...project.at, pull_number, event, body });
    await site.quiet();
    return data.id;
  };
  const green = (sha: string) =>
    project.owner.rest.repos.createCommitStatus({ ...project.at, sha, state: "success", context: "build" });
  const approval = async () => (await project.task(issue)).approval;
  beforeAll(async () => {
    project = await site.project({
      name: "approved",
      files: configured("execution_mode: review\nmerge: auto\nlimits: { revisions: 0 }\nlearn: off\n"),
    });
    site.world.github.setProtection({
      ...project.at,
      branch: "main",
      rule: { requiredChecks: ["build"] },
    });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 1, "review");
  });

  test("is not approved by whoever asked for it while somebody else could look, nor by an outsider", async () => {
    const body = "/kin approve";
    await project.owner.rest.issues.createComment({ ...project.at, issue_number: issue, body });
    await site.quiet();
    expect((await project.comments(issue)).at(-1)).toContain("does not approve it while somebody else");
    await review("outsider", "APPROVE", "Fine.");
    expect(await approval()).toBeNull();
  });

  test("goes through two rejections by a person as two returns, on one branch and pull request", async () => {
    const { number } = await pullOf(issue);
    await review("writer", "REQUEST_CHANGES", "missing_context: Say whom it greets.");
    await project.ended(issue, 2, "review");
    await review("writer", "REQUEST_CHANGES", "Still not friendly enough.");
    await project.ended(issue, 3, "review");
    expect((await project.pipelines(issue)).map(p => p.outcome)).toEqual(["passed", "passed", "passed"]);
    const { id } = await project.task(issue);
    const returns = await site.store.returns(id, 5);
    expect(returns.map(row => [row.return_number, row.reason_category, row.returned_by])).toEqual([
      [1, "missing_context", "gh:monalisa"],
      [2, "recurring_quality_fail", "gh:monalisa"],
    ]);
    expect(openingOf(await project.journal(issue, 3)).findings).toMatchObject([
      { issue: "Still not friendly enough." },
    ]);
    expect(shownTo(await project.journal(issue, 3), "pm")).toContain("return_count=2");
    const pull = await pullOf(issue);
    expect(pull).toMatchObject({ number, draft: false });
    expect(pull.requested_reviewers?.map(({ login }) => login)).toContain("monalisa");
    expect(await project.again()).toEqual(NOTHING);
  });

  test("keeps no approval that is dismissed", async () => {
    const review_id = await review("writer", "APPROVE", "Good.");
    const { head, number } = await pullOf(issue);
    expect(await approval()).toMatchObject({ by: "monalisa", sha: head.sha });
    await project.owner.rest.pulls.dismissReview({
      ...project.at,
      pull_number: number,
      review_id,
      message: "Not yet.",
    });
    await site.quiet();
    expect(await approval()).toBeNull();
    await green(head.sha);
    await project.publish(issue);
    expect(await pullOf(issue)).toMatchObject({ state: "open" });
    expect((await project.task(issue)).return_count).toBe(2);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("is merged by Kin at the approval of its head, and the task is done", async () => {
    await review("writer", "APPROVE", "Now it is good.");
    await project.until(issue, "done");
    expect(await pullOf(issue)).toMatchObject({ merged: true, merged_by: { login: "kin[bot]" } });
    const { data } = await project.owner.rest.issues.get({ ...project.at, issue_number: issue });
    expect(data.state).toBe("closed");
    expect(await project.labels(issue)).toEqual(["kin", "kin:done"]);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("is not merged when somebody pushed behind the approval", async () => {
    issue = await project.open({ title: "Write a farewell" });
    await project.label(issue);
    await project.ended(issue, 1, "review");
    await project.say(issue, "/kin approve");
    await site.quiet();
    const { head } = await pullOf(issue);
    expect(await approval()).toMatchObject({ by: "monalisa", sha: head.sha });
    expect((await project.comments(issue))[0]).toMatch(
      new RegExp(`^\\*\\*Approved by monalisa\\*\\* at .${head.sha.slice(0, 7)}.; Kin merges #`),
    );
    await project.writer.rest.repos.createOrUpdateFileContents({
      ...project.at,
      path: "farewell.txt",
      branch: head.ref,
      message: "By hand",
      content: Buffer.from("Bye\n").toString("base64"),
    });
    const { head: pushed } = await pullOf(issue);
    expect(pushed.sha).not.toBe(head.sha);
    await green(pushed.sha);
    await site.quiet();
    await project.publish(issue);
    expect(await pullOf(issue)).toMatchObject({ state: "open", merged: false });
    await project.say(issue, "/kin approve");
    await site.quiet();
    expect((await project.comments(issue)).at(-1)).toContain("has a part in the commits on the branch");
    expect(await approval()).toMatchObject({ sha: head.sha });
    expect(await project.again()).toEqual(NOTHING);
  });
});

describe("what a smoke test cannot confirm", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    project = await site.project({ name: "smoke" });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 1, "needs_info");
  });

  test("is asked of a person, and is no return", async () => {
    expect(deedsOf(await project.journal(issue)).slice(4)).toEqual([
      "planned",
      "debugger done",
      "smoke_tester done",
      "needs_info",
    ]);
    expect(await project.task(issue)).toMatchObject({
      return_count: 0,
      smoke_test_result: { verdict: "cannot_confirm" },
    });
    expect(await project.labels(issue)).toEqual(["kin", "kin:needs-info"]);
    const [status, question] = await project.comments(issue);
    expect(status).toContain("`/kin approve` where it works");
    expect(question).toMatch(/There is no screen here/);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("goes on behind it when somebody saw that it works", async () => {
    await project.say(issue, "/kin approve");
    await project.ended(issue, 2, "review");
    const journal = await project.journal(issue);
    expect(deedsOf(journal)).toEqual(["opened", "claimed", "set_up", "tester done", "passed"]);
    expect(openingOf(journal).kept?.answers.map(({ step }) => step)).toEqual([1, 2]);
    expect(await project.changed(issue)).toEqual(["greeting.txt"]);
    expect(await project.again()).toEqual(NOTHING);
  });
});
