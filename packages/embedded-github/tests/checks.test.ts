import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { branchWith, hello, jwtOf, openSite, refusal, type Site } from "../src/site.ts";

let site: Site;
let count = 0;
let head: string;
let sha: string;
let pull: { number: number; node_id: string };
beforeAll(async () => {
  site = await openSite();
});
beforeEach(async () => {
  head = `topic-${++count}`;
  sha = await branchWith(site.hubot, head, { [`${head}.txt`]: "a\n" });
  pull = (await site.hubot.rest.pulls.create({ ...hello, title: "T", head, base: "main" })).data;
});
afterEach(() => {
  site.github.setPermission({ ...hello, login: "hubot", permission: "write" });
  site.github.setProtection({ ...hello, branch: "main", rule: null });
  site.github.setRepository({ ...hello, allowAutoMerge: false });
});
afterAll(() => site.close());

const aGate = async () => {
  const bot = await site.asInstallation();
  const gate = { ...hello, name: "helper/gate", head_sha: sha, status: "in_progress" } as const;
  return (await bot.rest.checks.create(gate)).data;
};

test("a check belongs to the App that made it", async () => {
  const gate = await aGate();
  expect(gate).toMatchObject({
    app: { slug: "helper" },
    status: "in_progress",
    pull_requests: [{ number: pull.number }],
  });
  const rival = site.github.addApp({
    slug: "rival",
    name: "Rival",
    permissions: { checks: "write" },
    events: [],
  });
  const { installationId } = site.github.install({ slug: "rival", owner: "octocat" });
  const { data: token } = await site
    .as(await jwtOf(rival))
    .rest.apps.createInstallationAccessToken({ installation_id: installationId });
  const theirs = site
    .as(token.token)
    .rest.checks.update({ ...hello, check_run_id: gate.id, conclusion: "success" });
  expect(await refusal(theirs)).toMatch(/^403 Invalid app_id/);
  expect(await refusal(site.hubot.rest.checks.create({ ...hello, name: "x", head_sha: sha }))).toMatch(
    /^403 You must authenticate via a GitHub App/,
  );
});

test("a completed check and its suite are told", async () => {
  const bot = await site.asInstallation();
  await aGate();
  await site.github.idle();
  site.receiver.hooks.length = 0;
  const { data } = await bot.rest.checks.listForRef({ ...hello, ref: head, check_name: "helper/gate" });
  const check_run_id = data.check_runs[0]?.id ?? 0;
  await bot.rest.checks.update({
    ...hello,
    check_run_id,
    conclusion: "failure",
    output: { title: "No", summary: "red" },
  });
  await site.github.idle();
  expect(site.receiver.names()).toEqual(["check_run.completed", "check_suite.completed"]);
  expect(site.receiver.hooks[1]?.payload.check_suite).toMatchObject({ conclusion: "failure", head_sha: sha });
  const shown = (await site.hubot.rest.pulls.get({ ...hello, pull_number: pull.number })).data;
  expect(shown.mergeable_state).toBe("unstable");
});

test("asking for a check again reaches its App", async () => {
  const bot = await site.asInstallation();
  const { id: check_run_id } = await aGate();
  expect((await bot.rest.checks.rerequestRun({ ...hello, check_run_id })).status).toBe(201);
  await site.github.idle();
  expect(site.receiver.names().at(-1)).toBe("check_run.rerequested");
});

test("a check's texts have limits", async () => {
  const bot = await site.asInstallation();
  const make = (output: object, more: object = {}) =>
    bot.rest.checks.create({
      ...hello,
      name: "limits",
      head_sha: sha,
      output: { title: "t", summary: "s", ...output },
      ...more,
    });
  expect(await refusal(make({ summary: "x".repeat(65_536) }))).toMatch(/^422 .*65535 characters/s);
  expect(await refusal(make({}, { head_sha: "1".repeat(40) }))).toMatch(/^422 No commit found for SHA/);
  const annotation = {
    path: `${head}.txt`,
    start_line: 1,
    end_line: 1,
    annotation_level: "notice",
    message: "m",
  };
  expect(
    (await make({ annotations: Array.from({ length: 50 }, () => annotation) })).data.output.annotations_count,
  ).toBe(50);
});

test("statuses are combined by their newest word", async () => {
  const say = (state: "pending" | "success" | "failure", context = "ci") =>
    site.hubot.rest.repos.createCommitStatus({ ...hello, sha, state, context });
  await say("pending");
  const combined = async () =>
    (await site.hubot.rest.repos.getCombinedStatusForRef({ ...hello, ref: head })).data;
  expect((await combined()).state).toBe("pending");
  await say("success");
  expect(await combined()).toMatchObject({ state: "success", total_count: 1 });
  await site.github.idle();
  const told = site.receiver.hooks.filter(hook => hook.event === "status");
  expect(told.map(hook => hook.payload.state)).toEqual(["pending", "success"]);
  expect(told[0]?.payload).toMatchObject({ sha, context: "ci", branches: [{ name: head }] });
  const bot = await site.asInstallation();
  expect(await refusal(bot.rest.repos.createCommitStatus({ ...hello, sha, state: "success" }))).toMatch(
    /^403/,
  );
});

test("auto-merge goes when it is taken back, and when an author without write access proposes to another branch", async () => {
  const bot = await site.asInstallation();
  await branchWith(site.hubot, "aside", { "b.txt": "b\n" });
  await branchWith(site.hubot, "waits", { "c.txt": "c\n" });
  const { data } = await site.hubot.rest.pulls.create({ ...hello, title: "W", head: "waits", base: "main" });
  const at = { ...hello, pull_number: data.number };
  const change = (name: string) =>
    bot.graphql(`mutation($p: ID!) { ${name}(input: {pullRequestId: $p}) { pullRequest { number } } }`, {
      p: data.node_id,
    });
  const by = async () => (await site.hubot.rest.pulls.get(at)).data.auto_merge?.enabled_by.login;
  site.github.setRepository({ ...hello, allowAutoMerge: true });
  site.github.setProtection({ ...hello, branch: "main", rule: { requiredChecks: ["must"] } });
  await change("enablePullRequestAutoMerge");
  await change("disablePullRequestAutoMerge");
  expect(await by()).toBeUndefined();
  await expect(change("disablePullRequestAutoMerge")).rejects.toThrow("Can't disable auto-merge");
  await change("enablePullRequestAutoMerge");
  const { data: file } = await site.hubot.rest.repos.createOrUpdateFileContents({
    ...{ ...hello, path: "e.txt", branch: "waits", message: "More", content: "ZQo=" },
  });
  expect((await site.hubot.rest.pulls.get(at)).data.head.sha).toBe(file.commit.sha);
  expect(await by()).toBe("helper[bot]");
  site.github.setPermission({ ...hello, login: "hubot", permission: "read" });
  await site.hubot.rest.pulls.update({ ...at, base: "aside" });
  expect(await by()).toBeUndefined();
});

test("protection blocks until check and approval are there; auto-merge then merges by itself", async () => {
  const bot = await site.asInstallation();
  const enable = () =>
    bot.graphql(
      "mutation($p: ID!) { enablePullRequestAutoMerge(input: {pullRequestId: $p, mergeMethod: SQUASH}) { pullRequest { autoMergeRequest { enabledAt } } } }",
      { p: pull.node_id },
    );
  await expect(enable()).rejects.toThrow("Auto merge is not allowed for this repository");
  site.github.setRepository({ ...hello, allowAutoMerge: true });
  await expect(enable()).rejects.toThrow(/Pull request is in (clean|unstable) status/);
  site.github.setProtection({
    ...hello,
    branch: "main",
    rule: { requiredChecks: ["must"], requiredApprovals: 1 },
  });
  const state = async () => (await site.hubot.rest.pulls.get({ ...hello, pull_number: pull.number })).data;
  expect((await state()).mergeable_state).toBe("blocked");
  const now = site.hubot.rest.pulls.merge({ ...hello, pull_number: pull.number });
  expect(await refusal(now)).toMatch(/^405 Required status check "must" is expected/);
  await enable();
  expect((await state()).auto_merge).toMatchObject({
    merge_method: "squash",
    enabled_by: { login: "helper[bot]" },
  });
  await bot.rest.checks.create({ ...hello, name: "must", head_sha: sha, conclusion: "success" });
  expect((await state()).merged).toBe(false);
  await site.octocat.rest.pulls.createReview({ ...hello, pull_number: pull.number, event: "APPROVE" });
  expect(await state()).toMatchObject({ merged: true, merged_by: { login: "helper[bot]" } });
});
