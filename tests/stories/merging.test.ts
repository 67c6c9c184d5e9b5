// Tasks that complete by themselves, and other people's checks on Kin's commits.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openingOf, planOf } from "./journal.ts";
import { configured, NOTHING, openSite, type Project, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const pullOf = async (project: Project, issue: number) => {
  const { pr_number } = await project.task(issue);
  const { data } = await project.owner.rest.pulls.get({ ...project.at, pull_number: pr_number as number });
  return data;
};
const report = async (project: Project, issue: number, state: "success" | "failure") => {
  const { head } = await pullOf(project, issue);
  const status = { state, context: "build", description: "3 tests failed" };
  await project.owner.rest.repos.createCommitStatus({ ...project.at, sha: head.sha, ...status });
  await site.quiet();
  await project.publish(issue);
};
/** It is merged, by Kin itself or by GitHub's auto-merge, and over. */
const isMerged = async (project: Project, issue: number) => {
  await project.until(issue, "done");
  const pull = await pullOf(project, issue);
  expect(pull).toMatchObject({ merged: true, merged_by: { login: "kin[bot]" } });
  expect(pull.body).toContain(`\n\n**Done** with #${pull.number} `);
  const { data } = await project.owner.rest.issues.get({ ...project.at, issue_number: issue });
  expect(data).toMatchObject({ state: "closed", state_reason: "completed" });
  expect(await project.labels(issue)).toEqual(["kin", "kin:done"]);
  expect(await project.again()).toEqual(NOTHING);
};
/** Comments that mention whoever asked for it, because no review is requested. */
const toldBeside = async (project: Project, issue: number) => {
  expect((await pullOf(project, issue)).requested_reviewers).toEqual([]);
  return (await project.comments(issue)).filter(body => body.includes("@octocat"));
};
const started = async (options: { readonly name: string; readonly config: string }) => {
  const project = await site.project({ name: options.name, files: configured(options.config) });
  const issue = await project.open();
  return { project, issue };
};

test("with `merge: auto` a debug task is merged and done, and nobody is asked for a review", async () => {
  const { project, issue } = await started({ name: "auto", config: "merge: auto\n" });
  await project.label(issue);
  await isMerged(project, issue);
  const journal = await project.journal(issue);
  expect(planOf(journal).completion_mode).toBe("auto_complete");
  expect(await toldBeside(project, issue)).toEqual([]);
});

test("with `merge: never` it is ready and stays open; with `ci: ignore` a red check changes nothing", async () => {
  const { project, issue } = await started({ name: "never", config: "execution_mode: auto\nci: ignore\n" });
  await project.label(issue);
  await project.ended(issue, 1, "review");
  expect(await pullOf(project, issue)).toMatchObject({ draft: false, state: "open" });
  const line = `**Waiting for your merge** of #${(await project.task(issue)).pr_number}`;
  const told = [expect.stringMatching(`^@octocat: ${line.replaceAll("*", "\\*")}\\. `)];
  expect(await toldBeside(project, issue)).toEqual(told);
  expect((await project.comments(issue))[0]?.startsWith(line)).toBe(true);
  await report(project, issue, "failure");
  expect(await toldBeside(project, issue)).toEqual(told);
  expect(await pullOf(project, issue)).toMatchObject({ draft: false, state: "open" });
  expect(await project.pipelines(issue)).toHaveLength(1);
  expect(await project.again()).toEqual(NOTHING);
});

test("a person's standing rejection holds the merge until that person approves", async () => {
  const config = "execution_mode: review\nmerge: auto\nlearn: off\n";
  const { project, issue } = await started({ name: "rejected", config });
  await project.label(issue);
  await project.ended(issue, 1, "review");
  await project.say(issue, "/kin mode auto");
  await site.quiet();
  expect(await project.task(issue)).toMatchObject({ execution_mode: "auto_complete", status: "review" });
  const { number: pull_number } = await pullOf(project, issue);
  const review = (event: "REQUEST_CHANGES" | "APPROVE") =>
    project.writer.rest.pulls.createReview({ ...project.at, pull_number, event, body: "Add a note." });
  await review("REQUEST_CHANGES");
  await project.ended(issue, 2, "review");
  expect(planOf(await project.journal(issue)).completion_mode).toBe("auto_complete");
  await project.publish(issue);
  const pull = await pullOf(project, issue);
  expect(pull).toMatchObject({ state: "open", draft: false, mergeable_state: "clean" });
  expect(pull.requested_reviewers?.map(({ login }) => login)).toContain("monalisa");
  expect(await project.again()).toEqual(NOTHING);
  await review("APPROVE");
  await isMerged(project, issue);
});

test("a required check that is missing is left to GitHub's auto-merge where the repository allows it", async () => {
  const { project, issue } = await started({ name: "allowed", config: "merge: auto\n" });
  site.world.github.setRepository({ ...project.at, allowAutoMerge: true });
  site.world.github.setProtection({ ...project.at, branch: "main", rule: { requiredChecks: ["build"] } });
  await project.label(issue);
  await project.ended(issue, 1, "review");
  expect(await pullOf(project, issue)).toMatchObject({
    state: "open",
    mergeable_state: "blocked",
    auto_merge: { enabled_by: { login: "kin[bot]" } },
  });
  expect(await project.again()).toEqual(NOTHING);
  await report(project, issue, "success");
  await isMerged(project, issue);
});

test("a branch that is behind is brought up to date, and merged on green where there is no auto-merge", async () => {
  const { project, issue } = await started({ name: "behind", config: "merge: auto\n" });
  site.world.github.setProtection({
    ...project.at,
    branch: "main",
    rule: { strict: true, requiredChecks: ["build"] },
  });
  await project.label(issue);
  await project.driven(issue);
  await project.commit("elsewhere.txt", "Meanwhile\n");
  await project.ended(issue, 1, "review");
  await project.publish(issue);
  const { head, number: pull_number, ...pull } = await pullOf(project, issue);
  expect(pull).toMatchObject({ state: "open", mergeable_state: "blocked", auto_merge: null });
  expect(await project.task(issue)).toMatchObject({ head_sha: head.sha });
  const { data: commits } = await project.owner.rest.pulls.listCommits({ ...project.at, pull_number });
  expect(commits.map(({ author, parents }) => [author?.login, parents.length])).toEqual([
    ["kin[bot]", 1],
    ["kin[bot]", 2],
  ]);
  await report(project, issue, "success");
  await isMerged(project, issue);
});

test("a push that bears Kin's name is somebody else's: it is not merged, though every check is green", async () => {
  const { project, issue } = await started({ name: "borrowed", config: "merge: auto\n" });
  site.world.github.setProtection({
    ...project.at,
    branch: "main",
    rule: { strict: true, requiredChecks: ["build"] },
  });
  await project.label(issue);
  await project.ended(issue, 1, "review");
  await project.publish(issue);
  const { head, number: pull_number } = await pullOf(project, issue);
  const { git } = project.owner.rest;
  const { data: last } = await git.getCommit({ ...project.at, commit_sha: head.sha });
  const { data: tree } = await git.createTree({
    ...project.at,
    base_tree: last.tree.sha,
    tree: [{ path: "slipped-in.txt", mode: "100644", type: "blob", content: "Not Kin's.\n" }],
  });
  const { data: pushed } = await git.createCommit({
    ...project.at,
    message: "Merge branch 'main'",
    tree: tree.sha,
    parents: [head.sha],
    author: { name: last.author.name, email: last.author.email },
    committer: { name: "GitHub", email: "noreply@github.com" },
  });
  await git.updateRef({ ...project.at, ref: `heads/${head.ref}`, sha: pushed.sha });
  await report(project, issue, "success");
  const { data: commit } = await project.owner.rest.repos.getCommit({ ...project.at, ref: pushed.sha });
  expect(commit.author?.login).toBe("kin[bot]");
  expect(await pullOf(project, issue)).toMatchObject({ number: pull_number, state: "open", merged: false });
  expect(await project.task(issue)).toMatchObject({ status: "review", head_sha: head.sha });
});

describe("with `ci: wait`, in a repository that has other workflows", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    const config = "merge: auto\nlimits: { revisions: 1 }\n";
    project = await site.project({
      name: "checked",
      files: {
        ...configured(config),
        ".github/workflows/ci.yml":
          "on: push\njobs: { build: { runs-on: ubuntu-24.04, steps: [{ run: sh test.sh }] } }\n",
      },
    });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 1, "review");
  });

  test("checks are awaited with a draft, and nobody is told", async () => {
    expect(await pullOf(project, issue)).toMatchObject({ draft: true, state: "open" });
    expect(await toldBeside(project, issue)).toEqual([]);
    expect((await project.comments(issue))[0]).toMatch(/^\*\*Waiting for other checks\*\* on #\d+ /);
  });

  test("a red one is worked on by another pipeline, which is no return", async () => {
    await report(project, issue, "failure");
    await project.ended(issue, 2, "review");
    expect(openingOf(await project.journal(issue)).findings).toMatchObject([
      { severity: "high", issue: expect.stringMatching(/"build" is red.*3 tests failed/) },
    ]);
    const { id, return_count } = await project.task(issue);
    expect(return_count).toBe(0);
    expect(await site.store.returns(id, 5)).toEqual([]);
    expect((await project.pipelines(issue)).map(p => p.outcome)).toEqual(["passed", "passed"]);
    expect(await pullOf(project, issue)).toMatchObject({ draft: true });
    expect(await project.again()).toEqual(NOTHING);
  });

  test("green ones make it ready, and it is merged", async () => {
    await report(project, issue, "success");
    await isMerged(project, issue);
  });

  test("a red one that no revision is left for asks a person", async () => {
    issue = await project.open({ title: "Not once more" });
    await project.commit(".github/kin.yml", "limits: { revisions: 0 }\n");
    await project.commit("greeting.txt", "Hello\n");
    await project.label(issue);
    await project.ended(issue, 1, "review");
    await report(project, issue, "failure");
    await project.until(issue, "blocked");
    expect((await project.comments(issue))[0]).toMatch(/Checks on Kin's commit are red: build/);
    expect(await project.pipelines(issue)).toHaveLength(1);
    expect(await project.again()).toEqual(NOTHING);
  });
});
