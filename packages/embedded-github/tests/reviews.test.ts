import { afterAll, beforeAll, expect, test } from "vitest";
import { branchWith, hello, openSite, refusal, type Site } from "../src/site.ts";

let site: Site;
let pull_number: number;
let head: string;
beforeAll(async () => {
  site = await openSite();
  const bot = await site.asInstallation();
  const readme = "# Hello\n\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nTEN\n";
  head = await branchWith(bot, "topic", { "README.md": readme, "a.txt": "a\n" });
  pull_number = (await bot.rest.pulls.create({ ...hello, title: "T", head: "topic", base: "main" })).data
    .number;
});
afterAll(() => site.close());

const review = (more: object, who = site.hubot) =>
  who.rest.pulls.createReview({ ...hello, pull_number, ...more });
const stored = async () => {
  const { data: reviews } = await site.hubot.rest.pulls.listReviews({ ...hello, pull_number });
  const { data: comments } = await site.hubot.rest.pulls.listReviewComments({ ...hello, pull_number });
  return [reviews.length, comments.length];
};

test("nobody approves or rejects his own pull request, an App neither", async () => {
  const bot = await site.asInstallation();
  expect(await refusal(review({ event: "REQUEST_CHANGES", body: "no" }, bot))).toMatch(
    /^422 .*Can not request changes on your own pull request/,
  );
  expect(await refusal(review({ event: "APPROVE" }, bot))).toMatch(
    /^422 .*Can not approve your own pull request/,
  );
  expect((await review({ event: "COMMENT", body: "hm" }, bot)).data.state).toBe("COMMENTED");
});

test("a rejection needs words", async () => {
  expect(await refusal(review({ event: "REQUEST_CHANGES" }))).toMatch(/^422/);
  expect(await refusal(review({ event: "COMMENT", body: " " }))).toMatch(/^422/);
});

test("one line outside the diff refuses the whole review and stores nothing", async () => {
  const before = await stored();
  const comments = [
    { path: "a.txt", line: 1, body: "fine" },
    { path: "README.md", line: 2, body: "outside" },
  ];
  expect(await refusal(review({ event: "COMMENT", body: "x", comments }))).toBe(
    "422 Unprocessable Entity Line could not be resolved",
  );
  expect(
    await refusal(review({ event: "COMMENT", body: "x", comments: [{ path: "none", line: 1, body: "x" }] })),
  ).toMatch(/Path could not/);
  expect(await refusal(review({ event: "COMMENT", body: "x", commit_id: "1".repeat(40) }))).toMatch(/^422/);
  expect(await stored()).toEqual(before);
});

test("a review with comments on lines arrives whole, in order", async () => {
  await site.github.idle();
  site.receiver.hooks.length = 0;
  const comments = [
    { path: "README.md", line: 12, side: "RIGHT", start_line: 10, start_side: "RIGHT", body: "these" },
    { path: "README.md", line: 12, side: "LEFT", body: "was better" },
  ];
  const { data } = await review({ event: "REQUEST_CHANGES", body: "not yet", commit_id: head, comments });
  expect(data).toMatchObject({ state: "CHANGES_REQUESTED", commit_id: head, user: { login: "hubot" } });
  await site.github.idle();
  expect(site.receiver.names()).toEqual([
    "pull_request_review.submitted",
    "pull_request_review_comment.created",
    "pull_request_review_comment.created",
  ]);
  expect(site.receiver.hooks[0]?.payload).toMatchObject({
    review: { id: data.id, state: "changes_requested", body: "not yet" },
    pull_request: { number: pull_number, head: { sha: head } },
  });
  const lines = await site.hubot.rest.pulls.listCommentsForReview({
    ...hello,
    pull_number,
    review_id: data.id,
  });
  expect(lines.data.map(one => one.diff_hunk.split("\n").at(-1))).toEqual(["+TEN", "-ten"]);
});

test("a rejection is dismissed with a reason", async () => {
  const { data } = await review({ event: "REQUEST_CHANGES", body: "no" });
  const dismiss = (message: string) =>
    site.octocat.rest.pulls.dismissReview({ ...hello, pull_number, review_id: data.id, message });
  expect(await refusal(dismiss(""))).toMatch(/^422/);
  expect((await dismiss("fixed")).data.state).toBe("DISMISSED");
  expect(await refusal(dismiss("again"))).toMatch(/^422/);
  const bystander = site.monalisa.rest.pulls.dismissReview({
    ...hello,
    pull_number,
    review_id: data.id,
    message: "x",
  });
  expect(await refusal(bystander)).toMatch(/^403/);
  await site.github.idle();
  expect(site.receiver.names().at(-1)).toBe("pull_request_review.dismissed");
});

test("a pending review is its author's own until it is submitted", async () => {
  const { data } = await review({ body: "thinking", comments: [{ path: "a.txt", line: 1, body: "hm" }] });
  expect(data.state).toBe("PENDING");
  expect(
    (await site.octocat.rest.pulls.listReviews({ ...hello, pull_number })).data.map(one => one.id),
  ).not.toContain(data.id);
  expect(await refusal(review({}))).toMatch(/one pending review/);
  const submitted = await site.hubot.rest.pulls.submitReview({
    ...hello,
    pull_number,
    review_id: data.id,
    event: "APPROVE",
  });
  expect(submitted.data.state).toBe("APPROVED");
});

test("a review's text is changed by its author only", async () => {
  const { data } = await review({ event: "COMMENT", body: "one" });
  const edit = (who = site.hubot) =>
    who.rest.pulls.updateReview({ ...hello, pull_number, review_id: data.id, body: "two" });
  expect(await refusal(edit(site.octocat))).toMatch(/^403/);
  expect((await edit()).data.body).toBe("two");
});

test("a comment on a line is answered in its thread, and the thread is resolved", async () => {
  const { data } = await site.hubot.rest.pulls.createReviewComment({
    ...hello,
    pull_number,
    path: "a.txt",
    line: 1,
    commit_id: head,
    body: "why?",
  });
  const bot = await site.asInstallation();
  const reply = await bot.rest.pulls.createReplyForReviewComment({
    ...hello,
    pull_number,
    comment_id: data.id,
    body: "because",
  });
  expect(reply.data).toMatchObject({ in_reply_to_id: data.id, path: "a.txt" });
  const outside = site.hubot.rest.pulls.createReviewComment({
    ...hello,
    pull_number,
    path: "a.txt",
    line: 9,
    commit_id: head,
    body: "?",
  });
  expect(await refusal(outside)).toMatch(
    /^422 Validation Failed pull_request_review_thread.line must be part of the diff/,
  );
  const query =
    'query($n: Int!) { repository(owner: "octocat", name: "hello") { pullRequest(number: $n) { reviewThreads(last: 1) { nodes { id isResolved comments(first: 5) { nodes { body } } } } } } }';
  const threads = async () => {
    const found = await bot.graphql<Threads>(query, { n: pull_number });
    return found.repository.pullRequest.reviewThreads.nodes;
  };
  const [thread] = await threads();
  expect(thread?.comments.nodes.map(one => one.body)).toEqual(["why?", "because"]);
  await bot.graphql(
    "mutation($t: ID!) { resolveReviewThread(input: {threadId: $t}) { thread { isResolved } } }",
    { t: thread?.id },
  );
  expect((await threads())[0]?.isResolved).toBe(true);
});

interface Threads {
  readonly repository: {
    readonly pullRequest: {
      readonly reviewThreads: {
        readonly nodes: readonly {
          id: string;
          isResolved: boolean;
          comments: { nodes: { body: string }[] };
        }[];
      };
    };
  };
}
