import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { QueuedRun, RunResult } from "../src/github.ts";
import { branchWith, hello, openSite, refusal, type Site } from "../src/site.ts";

let site: Site;
const runs: QueuedRun[] = [];
let next: (run: QueuedRun) => Promise<RunResult> = async () => ({ conclusion: "success" });
beforeAll(async () => {
  site = await openSite({
    onRun: run => {
      runs.push(run);
      return next(run);
    },
  });
});
afterAll(() => site.close());

const dispatch = async (more: Record<string, unknown> = {}) => {
  const bot = await site.asInstallation();
  return bot.request("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
    ...hello,
    workflow_id: "helper.yml",
    ref: "main",
    inputs: { issue: "12" },
    ...more,
  });
};
const started = async (more: object = {}) =>
  ((await dispatch({ return_run_details: true, ...more })).data as unknown as { workflow_run_id: number })
    .workflow_run_id;
const untilCancelled = (run: QueuedRun) =>
  new Promise<RunResult>(resolve =>
    run.signal.addEventListener("abort", () => resolve({ conclusion: "cancelled" })),
  );

test("workflows are read from the default branch", async () => {
  const { data } = await site.octocat.rest.actions.listRepoWorkflows(hello);
  expect(data.workflows.map(one => [one.name, one.path, one.state])).toEqual([
    ["CI", ".github/workflows/ci.yml", "active"],
    ["Helper", ".github/workflows/helper.yml", "active"],
  ]);
  const one = await site.octocat.rest.actions.getWorkflow({ ...hello, workflow_id: "helper.yml" });
  expect(one.data.id).toBe(data.workflows[1]?.id);
});

test("a dispatch is refused as GitHub refuses it", async () => {
  expect(await refusal(dispatch({ workflow_id: "none.yml" }))).toBe("404 Not Found");
  expect(await refusal(dispatch({ workflow_id: "ci.yml", inputs: {} }))).toBe(
    "422 Workflow does not have 'workflow_dispatch' trigger",
  );
  expect(await refusal(dispatch({ inputs: { issue: "1", other: "x" } }))).toBe(
    '422 Unexpected inputs provided: ["other"]',
  );
  expect(await refusal(dispatch({ inputs: {} }))).toBe("422 Required input 'issue' not provided");
  expect(await refusal(dispatch({ ref: "absent" }))).toBe("422 No ref found for: absent");
  expect(
    await refusal(
      site.monalisa.rest.actions.createWorkflowDispatch({ ...hello, workflow_id: "helper.yml", ref: "main" }),
    ),
  ).toMatch(/^403/);
  await site.octocat.rest.actions.disableWorkflow({ ...hello, workflow_id: "helper.yml" });
  expect(await refusal(dispatch())).toMatch(/^422 .*disabled/);
  await site.octocat.rest.actions.enableWorkflow({ ...hello, workflow_id: "helper.yml" });
});

test("a run is queued, taken up and completed, and each is told", async () => {
  await site.github.idle();
  site.receiver.hooks.length = 0;
  next = async run => {
    run.job("run").start();
    run.job("run").log("hello\n");
    return { conclusion: "failure" };
  };
  expect((await dispatch()).status).toBe(204);
  await site.github.idle();
  expect(site.receiver.names()).toEqual([
    "workflow_dispatch",
    "workflow_run.requested",
    "workflow_run.in_progress",
    "workflow_run.completed",
    "check_suite.completed",
  ]);
  const run = runs.at(-1);
  expect(run).toMatchObject({
    attempt: 1,
    event: "workflow_dispatch",
    ref: "refs/heads/main",
    inputs: { issue: "12", pipeline: "", dry_run: "false" },
    actor: { login: "helper[bot]", id: site.app.botId },
    repository: { owner: "octocat", name: "hello", defaultBranch: "main" },
    workflow: { path: ".github/workflows/helper.yml", name: "Helper" },
  });
  const { data } = await site.octocat.rest.actions.getWorkflowRun({ ...hello, run_id: run?.id ?? 0 });
  expect(data).toMatchObject({
    status: "completed",
    conclusion: "failure",
    display_title: "Helper #12 (by hand)",
    run_attempt: 1,
  });
  const { data: jobs } = await site.octocat.rest.actions.listJobsForWorkflowRun({
    ...hello,
    run_id: data.id,
  });
  expect(jobs.jobs).toMatchObject([{ name: "run", conclusion: "failure" }]);
  const log = await site.octocat.rest.actions.downloadJobLogsForWorkflowRun({
    ...hello,
    job_id: jobs.jobs[0]?.id ?? 0,
  });
  expect(log.data).toBe("hello\n");
});

test("a run is cancelled once, and run again as its second attempt by whoever asks", async () => {
  next = untilCancelled;
  const run_id = await started();
  expect(await refusal(site.octocat.rest.actions.reRunWorkflow({ ...hello, run_id }))).toMatch(/^403/);
  await new Promise(resolve => setTimeout(resolve, 50));
  await site.octocat.rest.actions.cancelWorkflowRun({ ...hello, run_id });
  await site.github.idle();
  expect((await site.octocat.rest.actions.getWorkflowRun({ ...hello, run_id })).data.conclusion).toBe(
    "cancelled",
  );
  expect(await refusal(site.octocat.rest.actions.cancelWorkflowRun({ ...hello, run_id }))).toMatch(/^409/);
  next = async () => ({ conclusion: "success" });
  await site.hubot.rest.actions.reRunWorkflow({ ...hello, run_id });
  await site.github.idle();
  const attempt = async (attempt_number: number) =>
    (await site.octocat.rest.actions.getWorkflowRunAttempt({ ...hello, run_id, attempt_number })).data;
  expect(await attempt(2)).toMatchObject({
    conclusion: "success",
    actor: { login: "helper[bot]" },
    triggering_actor: { login: "hubot" },
  });
  expect(await attempt(1)).toMatchObject({
    conclusion: "cancelled",
    triggering_actor: { login: "helper[bot]" },
  });
});

test("a job proves by its token which run it is", async () => {
  let value = "";
  next = async run => {
    const { url, token } = run.idTokenRequest("run");
    const answer = await fetch(`${url}&audience=http://helper.test`, {
      headers: { authorization: `bearer ${token}` },
    });
    ({ value } = (await answer.json()) as { value: string });
    expect((await fetch(url)).status).toBe(401);
    return { conclusion: "success" };
  };
  const run_id = await started();
  await site.github.idle();
  const configuration = (await (
    await fetch(`${site.github.oidcIssuer}/.well-known/openid-configuration`)
  ).json()) as { jwks_uri: string };
  const { payload } = await jwtVerify(value, createRemoteJWKSet(new URL(configuration.jwks_uri)), {
    issuer: site.github.oidcIssuer,
    audience: "http://helper.test",
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  const { data: repository } = await site.octocat.rest.repos.get(hello);
  expect(payload).toMatchObject({
    sub: "repo:octocat/hello:ref:refs/heads/main",
    repository: "octocat/hello",
    repository_id: String(repository.id),
    repository_owner_id: String(repository.owner.id),
    actor: "helper[bot]",
    actor_id: String(site.app.botId),
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    run_id: String(run_id),
    run_attempt: "1",
    workflow_ref: "octocat/hello/.github/workflows/helper.yml@refs/heads/main",
    job_workflow_ref: "octocat/hello/.github/workflows/helper.yml@refs/heads/main",
    runner_environment: "github-hosted",
  });
  expect(Object.values(payload).every(claim => typeof claim === "string" || typeof claim === "number")).toBe(
    true,
  );
});

test("a job's token acts as github-actions within its permissions, and the Apps hear of it", async () => {
  const sha = await branchWith(site.hubot, "judged", { "a.txt": "a\n" });
  const { data: pull } = await site.hubot.rest.pulls.create({
    ...hello,
    title: "T",
    head: "judged",
    base: "main",
  });
  let said: string[] = [];
  next = async run => {
    const octokit = site.as(run.jobToken({ pull_requests: "write" }));
    const made = await octokit.rest.pulls.createReview({
      ...hello,
      pull_number: pull.number,
      event: "REQUEST_CHANGES",
      body: "no",
      commit_id: sha,
    });
    said = [
      made.data.user?.login ?? "",
      made.data.state,
      await refusal(octokit.rest.issues.create({ ...hello, title: "x" })),
    ];
    return { conclusion: "success" };
  };
  await dispatch();
  await site.github.idle();
  expect(said).toEqual([
    "github-actions[bot]",
    "CHANGES_REQUESTED",
    "403 Resource not accessible by integration",
  ]);
  const told = site.receiver.hooks.find(hook => hook.event === "pull_request_review");
  expect(told?.payload.sender).toMatchObject({ login: "github-actions[bot]", id: 41898282 });
});
