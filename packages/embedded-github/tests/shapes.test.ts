import { afterAll, beforeAll, expect, test } from "vitest";
import { type AnswerCheck, openAnswerCheck } from "../src/openapi.ts";
import { branchWith, hello, openSite, type Site } from "../src/site.ts";

let site: Site;
let check: AnswerCheck;
const wrong: string[] = [];
beforeAll(async () => {
  site = await openSite({
    validate: true,
    onRun: async run => {
      run.job("run").start();
      return { conclusion: "success" };
    },
  });
  check = await openAnswerCheck();
});
afterAll(() => site.close());

/** Checks every response this client gets against GitHub's description. */
function watched<T extends Site["octocat"]>(octokit: T): T {
  octokit.hook.after("request", (response, options) => {
    const path = new URL(response.url).pathname.replace("/api/v3", "");
    const violation = check({ method: options.method, path, status: response.status, body: response.data });
    if (violation !== null) wrong.push(violation);
  });
  return octokit;
}

test("the answers have the shape that GitHub describes", async () => {
  const octocat = watched(site.octocat);
  const bot = watched(await site.asInstallation());
  const app = watched(await site.asApp());
  const sha = await branchWith(bot, "topic", { "a.txt": "a\n" });
  const { data: issue } = await octocat.rest.issues.create({
    ...hello,
    title: "T",
    body: "b",
    labels: ["helper"],
  });
  const { data: pull } = await bot.rest.pulls.create({ ...hello, title: "P", head: "topic", base: "main" });
  const [issue_number, pull_number] = [issue.number, pull.number];
  const { data: comment } = await bot.rest.issues.createComment({ ...hello, issue_number, body: "c" });
  await bot.rest.reactions.createForIssueComment({ ...hello, comment_id: comment.id, content: "eyes" });
  const { data: review } = await octocat.rest.pulls.createReview({
    ...hello,
    pull_number,
    event: "REQUEST_CHANGES",
    body: "no",
    comments: [{ path: "a.txt", line: 1, body: "x" }],
  });
  const { data: made } = await bot.rest.checks.create({
    ...hello,
    name: "helper",
    head_sha: sha,
    conclusion: "success",
    output: { title: "t", summary: "s" },
  });
  await octocat.rest.repos.createCommitStatus({ ...hello, sha, state: "success" });
  await octocat.rest.actions.createWorkflowDispatch({
    ...hello,
    workflow_id: "helper.yml",
    ref: "main",
    inputs: { issue: "1" },
  });
  await site.github.idle();
  await octocat.rest.repos.get(hello);
  await octocat.rest.repos.getCollaboratorPermissionLevel({ ...hello, username: "hubot" });
  await octocat.rest.repos.listBranches(hello);
  await octocat.rest.repos.listCommits(hello);
  await octocat.rest.repos.getCommit({ ...hello, ref: sha });
  await octocat.rest.repos.compareCommitsWithBasehead({ ...hello, basehead: "main...topic" });
  await octocat.rest.repos.getContent({ ...hello, path: "README.md" });
  await octocat.rest.issues.listForRepo({ ...hello, state: "all" });
  await octocat.rest.issues.listComments({ ...hello, issue_number });
  await octocat.rest.issues.listLabelsForRepo(hello);
  await octocat.rest.pulls.get({ ...hello, pull_number });
  await octocat.rest.pulls.list(hello);
  await octocat.rest.pulls.listFiles({ ...hello, pull_number });
  await octocat.rest.pulls.listCommits({ ...hello, pull_number });
  await octocat.rest.pulls.listReviews({ ...hello, pull_number });
  await octocat.rest.pulls.listReviewComments({ ...hello, pull_number });
  await octocat.rest.pulls.dismissReview({ ...hello, pull_number, review_id: review.id, message: "m" });
  await octocat.rest.checks.get({ ...hello, check_run_id: made.id });
  await octocat.rest.checks.listForRef({ ...hello, ref: "topic" });
  await octocat.rest.checks.listSuitesForRef({ ...hello, ref: "topic" });
  await octocat.rest.repos.getCombinedStatusForRef({ ...hello, ref: "topic" });
  await octocat.rest.actions.listRepoWorkflows(hello);
  const { data: found } = await octocat.rest.actions.listWorkflowRunsForRepo(hello);
  const run_id = found.workflow_runs[0]?.id ?? 0;
  await octocat.rest.actions.getWorkflowRun({ ...hello, run_id });
  await octocat.rest.actions.listJobsForWorkflowRun({ ...hello, run_id });
  await octocat.rest.users.getAuthenticated();
  await octocat.rest.users.getByUsername({ username: "helper[bot]" });
  await app.rest.apps.getAuthenticated();
  await app.rest.apps.listInstallations();
  await app.rest.apps.getRepoInstallation(hello);
  await app.rest.apps.createInstallationAccessToken({
    installation_id: site.installationId,
    repositories: ["hello"],
  });
  const { data: deliveries } = await app.rest.apps.listWebhookDeliveries();
  await app.rest.apps.getWebhookDelivery({ delivery_id: deliveries[0]?.id ?? 0 });
  await bot.rest.apps.listReposAccessibleToInstallation();
  await octocat.rest.pulls.merge({ ...hello, pull_number });
  // The description itself is wrong there: it requires an account that is both a user and an enterprise.
  const ours = wrong.filter(one => !one.startsWith("GET /app/installations 200: /value/0/account"));
  expect([...new Set(ours)]).toEqual([]);
  expect(site.github.violations).toEqual([]);
});
