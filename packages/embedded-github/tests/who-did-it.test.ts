// Who did something, by GitHub's own record and not by what a commit or text claims.
import { afterAll, beforeAll, expect, test } from "vitest";
import { branchWith, hello, openSite, type Site } from "../src/site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

test("a branch's activity names whoever moved it, the latest first, whatever its commits say", async () => {
  const first = await branchWith(site.octocat, "moved", { "a.txt": "a\n" });
  const { data: base } = await site.hubot.rest.git.getCommit({ ...hello, commit_sha: first });
  const person = { name: "Somebody", email: "nobody@example.com" };
  const { data: second } = await site.hubot.rest.git.createCommit({
    ...{ ...hello, message: "b", tree: base.tree.sha, parents: [first], author: person, committer: person },
  });
  await site.hubot.rest.git.updateRef({ ...hello, ref: "heads/moved", sha: second.sha });
  await site.octocat.rest.git.updateRef({ ...hello, ref: "heads/moved", sha: first, force: true });
  const { data } = await site.octocat.request("GET /repos/{owner}/{repo}/activity", {
    ...hello,
    ref: "refs/heads/moved",
  });
  expect(data.map(one => [one.activity_type, one.actor?.login, one.after])).toEqual([
    ["force_push", "octocat", first],
    ["push", "hubot", second.sha],
    ["branch_creation", "octocat", first],
  ]);
});

test("a squashed commit is its pull request's author's and signed by GitHub, whoever pressed the button", async () => {
  const bot = await site.asInstallation();
  await branchWith(bot, "squashed", { "s.txt": "s\n" });
  const { data: pull } = await bot.rest.pulls.create({
    ...hello,
    title: "S",
    head: "squashed",
    base: "main",
  });
  const merge = { ...hello, pull_number: pull.number, merge_method: "squash" } as const;
  const { data: merged } = await site.hubot.rest.pulls.merge(merge);
  const { data } = await site.hubot.rest.repos.getCommit({ ...hello, ref: merged.sha });
  expect([data.author?.login, data.commit.committer?.email, data.commit.verification?.verified]).toEqual([
    "helper[bot]",
    "noreply@github.com",
    true,
  ]);
});

test("a comment and a review tell when their words were last edited", async () => {
  const ask = (id: string) =>
    site.octocat.graphql("query($id: ID!) { node(id: $id) { ... on Comment { lastEditedAt } } }", { id });
  const { data: issue } = await site.octocat.rest.issues.create({ ...hello, title: "T" });
  const said = { ...hello, issue_number: issue.number, body: "a" };
  const { data: comment } = await site.octocat.rest.issues.createComment(said);
  await branchWith(site.octocat, "reviewed", { "r.txt": "r\n" });
  const { data: pull } = await site.octocat.rest.pulls.create({
    ...hello,
    title: "R",
    head: "reviewed",
    base: "main",
  });
  const of = { ...hello, pull_number: pull.number };
  const { data: review } = await site.hubot.rest.pulls.createReview({ ...of, event: "COMMENT", body: "a" });
  for (const { node_id } of [comment, review])
    expect(await ask(node_id)).toEqual({ node: { lastEditedAt: null } });
  await site.hubot.rest.issues.updateComment({ ...hello, comment_id: comment.id, body: "b" });
  await site.hubot.rest.pulls.updateReview({ ...of, review_id: review.id, body: "b" });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  for (const { node_id } of [comment, review])
    expect(await ask(node_id)).toEqual({ node: { lastEditedAt: time } });
});
