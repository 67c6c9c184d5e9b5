// People's words on a pull request and on an issue, through signed webhooks and the real bundle; checked through
// GitHub's API.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keys } from "../../core/model/keys.ts";
import { event } from "../../core/model/new-job.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const commentsOf = async (issue: number) =>
  (await site.owner.rest.issues.listComments({ ...site.at, issue_number: issue })).data;

describe("a labeled issue", { shuffle: false }, () => {
  let issue: number;
  let pull: number;
  beforeAll(async () => {
    issue = await site.open();
    await site.label(issue);
    await site.until(issue, "review");
    pull = (await site.task(issue)).pr_number as number;
  });

  test("becomes one ready pull request by Kin, on Kin's branch, with one verified commit", async () => {
    const { data } = await site.owner.rest.pulls.get({ ...site.at, pull_number: pull });
    expect(data).toMatchObject({ draft: false, state: "open", user: { login: "kin[bot]" }, commits: 1 });
    expect(data.head.ref).toBe(`kin/${issue}-the-greeting-is-unfinished`);
    expect(data.body).toMatch(
      new RegExp(`^Closes #${issue} .*\n\n\\*\\*Waiting for your review\\*\\* of #${pull} `),
    );
    const { data: commits } = await site.owner.rest.pulls.listCommits({ ...site.at, pull_number: pull });
    expect(commits[0]?.commit.verification?.verified).toBe(true);
    expect(commits[0]?.commit.message).toContain("Kin-Step:");
  });

  test("has the state as its one Kin label, and one status comment", async () => {
    expect(await site.labels(issue)).toEqual(["kin", "kin:review"]);
    const comments = await site.comments(issue);
    // Nobody is told twice: here the request for a review is enough.
    expect(comments).toHaveLength(1);
    expect(comments[0]).toMatch(/^\*\*Waiting for your review\*\* of #\d+ /);
  });

  test("has a green kin/gate on its head and a comment review by the App, never an approval", async () => {
    const { data } = await site.owner.rest.pulls.get({ ...site.at, pull_number: pull });
    const { data: checks } = await site.owner.rest.checks.listForRef({
      ...site.at,
      ref: data.head.sha,
      check_name: "kin/gate",
    });
    expect(checks.check_runs.map(run => [run.conclusion, run.app?.slug])).toEqual([["success", "kin"]]);
    const { data: reviews } = await site.owner.rest.pulls.listReviews({ ...site.at, pull_number: pull });
    expect(reviews.map(review => [review.user?.login, review.state])).toEqual([["kin[bot]", "COMMENTED"]]);
  });

  test("asks the person who labeled it for a review", async () => {
    const { data } = await site.owner.rest.pulls.get({ ...site.at, pull_number: pull });
    expect(data.requested_reviewers?.map(reviewer => reviewer.login)).toEqual(["octocat"]);
  });

  test("stays as it is when an outsider says /kin return, /kin stop, /kin rerun or requests changes", async () => {
    const before = site.world.github.writes.length;
    for (const body of ["/kin return missing_context no", "/kin stop", "/kin rerun"]) {
      await site.outsider.rest.issues.createComment({ ...site.at, issue_number: issue, body });
    }
    await site.outsider.rest.pulls.createReview({
      ...site.at,
      pull_number: pull,
      event: "REQUEST_CHANGES",
      body: "I do not like it.",
    });
    await site.quiet();
    expect((await site.task(issue)).return_count).toBe(0);
    expect(await site.store.pipelines((await site.task(issue)).id)).toHaveLength(1);
    const writes = site.world.github.writes.slice(before);
    expect(writes.filter(write => write.actor === "kin[bot]")).toEqual([]);
    expect(await site.labels(issue)).toEqual(["kin", "kin:review"]);
  });

  test("returns exactly once when a person with write access requests changes, and goes on on the same branch and pull request", async () => {
    await site.writer.rest.pulls.createReview({
      ...site.at,
      pull_number: pull,
      event: "REQUEST_CHANGES",
      body: "missing_context: say somewhere what the greeting is.",
      comments: [{ path: "greeting.txt", line: 1, body: "This line needs a note." }],
    });
    await site.until(issue, "running");
    await site.until(issue, "review");
    const task = await site.task(issue);
    const returns = await site.store.returns(task.id, 10);
    expect(returns).toHaveLength(1);
    expect(returns[0]).toMatchObject({
      return_number: 1,
      reason_category: "missing_context",
      actor: "monalisa",
      returned_by: "gh:monalisa",
    });
    expect(returns[0]?.findings).toContain("This line needs a note.");
    expect(task.pr_number).toBe(pull);
    const { data } = await site.owner.rest.pulls.get({ ...site.at, pull_number: pull });
    expect(data).toMatchObject({ commits: 2, draft: false, state: "open" });
    const second = (await site.store.pipelines(task.id)).at(-1);
    const journal = await site.store.journal(second?.id ?? "");
    expect(journal[0]?.data).toMatchObject({
      opening: {
        number: 2,
        returns: { count: 1 },
        findings: [{ issue: expect.stringContaining("say somewhere") }, { file: "greeting.txt", line: 1 }],
      },
    });
    expect(data.requested_reviewers?.map(reviewer => reviewer.login)).toContain("monalisa");
  });

  test("is not returned again when the same review is delivered again", async () => {
    const delivery = site.world.github.deliveries.findLast(
      d => d.event === "pull_request_review" && d.action === "submitted",
    );
    expect(delivery).toBeDefined();
    const task = await site.task(issue);
    const jobs = await site.store.query(
      "SELECT key, data FROM jobs WHERE kind = 'event' AND data LIKE '%pull_request_review\"%'",
    );
    await site.store.ask(
      jobs.map((job, i) => event(keys.delivery(`again-${i}`), JSON.parse(String(job.data)))),
    );
    await site.quiet();
    expect((await site.task(issue)).return_count).toBe(task.return_count);
    expect((await site.task(issue)).status).toBe("review");
  });

  test("is done, labeled so and closed when a person approves and merges", async () => {
    await site.writer.rest.pulls.createReview({
      ...site.at,
      pull_number: pull,
      event: "APPROVE",
      body: "Good.",
    });
    await site.writer.rest.pulls.merge({ ...site.at, pull_number: pull, merge_method: "squash" });
    await site.until(issue, "done");
    const { data } = await site.owner.rest.issues.get({ ...site.at, issue_number: issue });
    expect(data.state).toBe("closed");
    expect(await site.labels(issue)).toEqual(["kin", "kin:done"]);
  });
});

describe("commands of somebody with write access", () => {
  test("/kin stop ends the running pipeline, and /kin rerun starts another", async () => {
    const issue = await site.open({ title: "Stop and go" });
    await site.label(issue);
    await site.driven(issue);
    await site.writer.rest.issues.createComment({ ...site.at, issue_number: issue, body: "/kin stop" });
    await site.until(issue, "blocked");
    const task = await site.task(issue);
    expect((await site.store.pipelines(task.id)).map(p => p.outcome)).toEqual(["stopped"]);
    expect(await site.labels(issue)).toContain("kin:blocked");
    await site.writer.rest.issues.createComment({ ...site.at, issue_number: issue, body: "/kin rerun" });
    await site.until(issue, "review");
    expect((await site.store.pipelines(task.id)).map(p => p.outcome)).toEqual(["stopped", "passed"]);
    const reactions = await Promise.all(
      (await commentsOf(issue))
        .filter(c => c.body?.startsWith("/kin"))
        .map(c => site.owner.rest.reactions.listForIssueComment({ ...site.at, comment_id: c.id })),
    );
    expect(reactions.map(({ data }) => data.map(reaction => reaction.content))).toEqual([["eyes"], ["eyes"]]);
  });

  test("/kin return with a category records it with its text and starts the next pipeline", async () => {
    const issue = await site.open({ title: "Say it in a comment" });
    await site.label(issue);
    await site.until(issue, "review");
    await site.writer.rest.issues.createComment({
      ...site.at,
      issue_number: issue,
      body: "/kin return requirements_unclear The note is missing.",
    });
    await site.until(issue, "running");
    await site.until(issue, "review");
    const task = await site.task(issue);
    expect(await site.store.returns(task.id, 5)).toMatchObject([
      { reason_category: "requirements_unclear", reason_text: "The note is missing.", actor: "monalisa" },
    ]);
    const said = (await commentsOf(issue)).find(comment => comment.body?.startsWith("/kin return"));
    expect((await site.comments(issue))[0]).toContain(`/issues/${issue}#issuecomment-${said?.id})`);
    expect(await site.store.pipelines(task.id)).toHaveLength(2);
  });

  test("/kin rerun from 2 keeps the first step's answer", async () => {
    const issue = await site.open({ title: "From the second step" });
    await site.label(issue);
    await site.until(issue, "review");
    await site.writer.rest.issues.createComment({
      ...site.at,
      issue_number: issue,
      body: "/kin rerun from 2",
    });
    await site.until(issue, "running");
    await site.until(issue, "review");
    const task = await site.task(issue);
    const last = (await site.store.pipelines(task.id)).at(-1);
    const roles = (await site.store.journal(last?.id ?? "")).flatMap(event =>
      event.data.kind === "attempt_started" ? [event.data.role] : [],
    );
    expect(roles).toEqual(["tester"]);
  });

  test("/kin answers with the state and the commands, a word it does not know with a refusal", async () => {
    const issue = await site.open({ title: "Ask for help" });
    await site.label(issue);
    await site.until(issue, "review");
    const before = (await site.comments(issue)).length;
    await site.writer.rest.issues.createComment({ ...site.at, issue_number: issue, body: "/kin" });
    await site.writer.rest.issues.createComment({ ...site.at, issue_number: issue, body: "/kin dance" });
    await site.quiet();
    const bodies = (await site.comments(issue)).slice(before);
    expect(bodies).toHaveLength(2);
    expect(bodies.some(body => body.includes("/kin rerun"))).toBe(true);
    expect(bodies.some(body => body.includes("no command"))).toBe(true);
  });
});

test("a pull request that is not Kin's gets a neutral kin/gate", async () => {
  const { data: main } = await site.owner.rest.git.getRef({ ...site.at, ref: "heads/main" });
  await site.writer.rest.git.createRef({ ...site.at, ref: "refs/heads/other", sha: main.object.sha });
  await site.writer.rest.repos.createOrUpdateFileContents({
    ...site.at,
    path: "other.txt",
    branch: "other",
    message: "Other",
    content: Buffer.from("x").toString("base64"),
  });
  const { data: pull } = await site.writer.rest.pulls.create({
    ...site.at,
    head: "other",
    base: "main",
    title: "By hand",
  });
  await site.quiet();
  const { data } = await site.owner.rest.checks.listForRef({
    ...site.at,
    ref: pull.head.sha,
    check_name: "kin/gate",
  });
  expect(data.check_runs.map(run => [run.status, run.conclusion])).toEqual([["completed", "neutral"]]);
});
