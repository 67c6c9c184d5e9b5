// Tasks whose issue is closed or whose pull request is merged: no command works on them as if they were open, and what
// was accepted stays accepted.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configured, NOTHING, openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const inReview = async (name: string) => {
  const project = await site.project({ name, files: configured("learn: off\nlimits: { revisions: 0 }\n") });
  const issue = await project.open();
  await project.label(issue);
  await project.ended(issue, 1, "review");
  return { project, issue, pull_number: (await project.task(issue)).pr_number as number };
};
type Reviewed = Awaited<ReturnType<typeof inReview>>;

const WORDS = [
  "/kin return missing_context There is a rule.",
  "/kin approve",
  "/kin escalate",
  "/kin tell Hurry.",
];
/** Everything that somebody with write access may say about the work, except `/kin rerun`; returns Kin's answers. */
const saidOfAll = async ({ project, issue, pull_number }: Reviewed): Promise<readonly string[]> => {
  const before = (await project.comments(issue)).length;
  for (const word of WORDS) {
    await project.say(issue, word);
    await project.say(pull_number, word);
  }
  const { pulls } = project.writer.rest;
  const at = { ...project.at, pull_number };
  await pulls.createReview({ ...at, event: "REQUEST_CHANGES", body: "Say it in French." });
  await pulls.createReview({ ...at, event: "APPROVE" });
  const { data } = await pulls.get(at);
  const line = { path: "greeting.txt", line: 1, commit_id: data.head.sha };
  await pulls.createReviewComment({ ...at, ...line, body: "/kin return Not this line." });
  await site.quiet();
  await site.look();
  return (await project.comments(issue)).slice(before);
};
const standing = async ({ project, issue }: Reviewed) => {
  const { status, pr_number, return_count, branch, head_sha } = await project.task(issue);
  const { costs } = await site.store.figures();
  const listed = (await site.store.listTasks({ repository: `octocat/${project.at.repo}`, limit: 9 }))[0];
  return {
    ...{ status, pr_number, return_count, branch, head_sha, listed, accepted: costs.accepted },
    pulls: await site.store.acceptedPulls(9),
    pipelines: (await project.pipelines(issue)).length,
    labels: await project.labels(issue),
  };
};
const ANSWERS = WORDS.length * 2 + 3;

describe("a task whose pull request was merged", () => {
  let at: Reviewed;
  beforeAll(async () => {
    at = await inReview("merged");
    await at.project.writer.rest.pulls.merge({ ...at.project.at, pull_number: at.pull_number });
    await at.project.until(at.issue, "done");
  });

  test("is worked on by nobody's word while its issue is closed: each is answered with what to do, and what was accepted stays", async () => {
    const before = await standing(at);
    expect(before).toMatchObject({ status: "done", pr_number: at.pull_number, pipelines: 1, accepted: 1 });
    const answers = await saidOfAll(at);
    expect(answers).toHaveLength(ANSWERS);
    for (const answer of answers)
      expect(answer).toMatch(/^#\d+ was merged, .* Reopen the issue first\. .*`\/kin rerun`/);
    expect(await standing(at)).toEqual(before);
    expect(await at.project.again()).toEqual(NOTHING);
  });
});

describe("a task whose issue was closed", () => {
  test("is worked on by nobody's word until it is reopened", async () => {
    const at = await inReview("closed");
    const { project, issue } = at;
    const set = (state: "open" | "closed") =>
      project.owner.rest.issues.update({ ...project.at, issue_number: issue, state });
    await set("closed");
    await project.until(issue, "cancelled");
    const before = await standing(at);
    const answers = await saidOfAll(at);
    expect(answers).toHaveLength(ANSWERS);
    for (const answer of answers)
      expect(answer).toMatch(/^The issue is closed, .* Reopen the issue first\. /);
    expect(await standing(at)).toEqual(before);
    await set("open");
    await project.say(issue, "/kin rerun");
    await project.ended(issue, 2, "review");
    expect(await project.task(issue)).toMatchObject({ pr_number: at.pull_number });
    expect(await project.again()).toEqual(NOTHING);
  });
});

describe("a task whose pull request was closed without merging", () => {
  test("is worked on by nobody's word but a rerun, which opens the pull request again", async () => {
    const at = await inReview("rejected");
    const { project, issue, pull_number } = at;
    await project.writer.rest.pulls.update({ ...project.at, pull_number, state: "closed" });
    await project.until(issue, "cancelled");
    const before = await standing(at);
    const answers = await saidOfAll(at);
    expect(answers).toHaveLength(ANSWERS);
    for (const answer of answers) expect(answer).toMatch(/^#\d+ was closed without merging, .*`\/kin rerun`/);
    expect(await standing(at)).toEqual(before);
    await project.say(issue, "/kin rerun");
    await project.ended(issue, 2, "review");
    expect(await project.task(issue)).toMatchObject({ pr_number: pull_number });
    expect(await project.again()).toEqual(NOTHING);
  });
});
