import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { branchWith, hello, openSite, refusal, type Site } from "../src/site.ts";

const run = promisify(execFile);
let site: Site;
let now: Date;
beforeEach(async () => {
  now = new Date("2030-01-01T00:00:00Z");
  site = await openSite({ now: () => now });
});
afterEach(() => site.close());

const status = (request: Promise<unknown>): Promise<number> =>
  request.then(
    () => 200,
    error => (error as { status: number }).status,
  );

test("a ruleset refuses to create, move and delete, over the API and by push", async () => {
  await branchWith(site.hubot, "helper/there", { "a.txt": "a\n" });
  const rules = ["creation", "update", "deletion"] as const;
  site.github.setRuleset({ ...hello, name: "fence", branches: ["helper/**"], rules, bypass: ["octocat"] });
  const refused = /^422 Repository rule violations found\n\nCannot create ref/;
  expect(await refusal(branchWith(site.hubot, "helper/new", { "a.txt": "b\n" }))).toMatch(refused);
  const main = (await site.hubot.rest.git.getRef({ ...hello, ref: "heads/main" })).data.object.sha;
  expect(
    await refusal(
      site.hubot.rest.git.updateRef({ ...hello, ref: "heads/helper/there", sha: main, force: true }),
    ),
  ).toMatch(/^422 .*Cannot update/s);
  expect(await refusal(site.hubot.rest.git.deleteRef({ ...hello, ref: "heads/helper/there" }))).toMatch(
    /^422 .*Cannot delete/s,
  );
  const file = { ...hello, path: "b.txt", message: "b", content: "Yg==", branch: "helper/there" };
  expect(await status(site.hubot.rest.repos.createOrUpdateFileContents(file))).toBe(409);
  expect(await status(site.octocat.rest.git.deleteRef({ ...hello, ref: "heads/helper/there" }))).toBe(200);
  const scratch = await mkdtemp(path.join(tmpdir(), "rules-"));
  const remote = `${site.github.url.replace("//", `//hubot:${site.tokens.hubot}@`)}/octocat/hello.git`;
  const git = (...args: string[]) =>
    run("git", args, { cwd: scratch, env: { PATH: process.env.PATH ?? "", HOME: scratch } });
  await git("clone", "--quiet", remote, ".");
  await expect(git("push", "origin", "HEAD:refs/heads/helper/pushed")).rejects.toThrow(
    /GH013: Repository rule violations found for refs\/heads\/helper\/pushed/,
  );
  await git("push", "origin", "HEAD:refs/heads/other");
  await rm(scratch, { recursive: true });
});

test("a rule that asks for pull requests lets merges through", async () => {
  site.github.setRuleset({ ...hello, name: "pulls", branches: ["~DEFAULT_BRANCH"], rules: ["pull_request"] });
  const file = { ...hello, path: "c.txt", message: "c", content: "Yw==" };
  expect(await refusal(site.octocat.rest.repos.createOrUpdateFileContents(file))).toMatch(
    /must be made through a pull request/,
  );
  await branchWith(site.hubot, "way", { "c.txt": "c\n" });
  const { data } = await site.hubot.rest.pulls.create({ ...hello, title: "C", head: "way", base: "main" });
  expect((await site.octocat.rest.pulls.merge({ ...hello, pull_number: data.number })).data.merged).toBe(
    true,
  );
});

test("after so many requests all are refused until the time that is told", async () => {
  site.github.limitRate({ after: 1, retryAfter: 30 });
  const ask = () => site.octocat.rest.issues.listForRepo(hello);
  expect(await status(ask())).toBe(200);
  const refused = (await ask().catch(error => error)) as {
    status: number;
    response: { headers: Record<string, string> };
  };
  expect([refused.status, refused.response.headers["retry-after"]]).toEqual([403, "30"]);
  expect(await refusal(ask())).toMatch(/secondary rate limit/);
  now = new Date(now.getTime() + 31_000);
  expect(await status(ask())).toBe(200);
  site.github.limitRate({ after: 0, retryAfter: 30, status: 429, writesOnly: true });
  expect(await status(ask())).toBe(200);
  expect(await status(site.octocat.rest.issues.create({ ...hello, title: "x" }))).toBe(429);
});

test("a request fails before or after its deed", async () => {
  const path = "/repos/octocat/hello/issues";
  const count = async () =>
    (await site.octocat.rest.issues.listForRepo({ ...hello, state: "all" })).data.length;
  const before = await count();
  site.github.failNext({ method: "POST", path, times: 2 });
  site.github.failNext({ method: "POST", path: /\/issues$/, afterWrite: true });
  const create = () => status(site.octocat.rest.issues.create({ ...hello, title: "x" }));
  expect([await create(), await create(), await count()]).toEqual([502, 502, before]);
  expect([await create(), await count()]).toEqual([502, before + 1]);
  expect(await create()).toBe(200);
});

test("lost deliveries are listed as failed and arrive when sent again", async () => {
  await site.github.idle();
  site.receiver.hooks.length = 0;
  site.github.dropDeliveries(["issues.opened"]);
  await site.octocat.rest.issues.create({ ...hello, title: "lost", labels: ["helper"] });
  await site.github.idle();
  expect(site.receiver.names()).toEqual(["label.created", "issues.labeled"]);
  const lost = site.github.deliveries.find(one => one.statusCode === 502 && one.action === "opened");
  const app = await site.asApp();
  await app.rest.apps.redeliverWebhookDelivery({ delivery_id: lost?.id ?? 0 });
  await site.github.idle();
  expect(site.receiver.hooks.at(-1)).toMatchObject({ event: "issues", action: "opened", guid: lost?.guid });
  site.github.dropDeliveries(0.5);
  site.receiver.hooks.length = 0;
  for (let n = 0; n < 4; n++) await site.octocat.rest.issues.create({ ...hello, title: `n ${n}` });
  await site.github.idle();
  expect(site.receiver.hooks).toHaveLength(2);
});

test("issues and pull requests that changed since a time are listed, the latest first", async () => {
  const later = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000);
    return now.toISOString();
  };
  const list = async (since: string) => {
    const query = { ...hello, since, state: "all", sort: "updated", direction: "desc" } as const;
    return (await site.octocat.rest.issues.listForRepo(query)).data.map(one => one.number);
  };
  const { data: issue } = await site.octocat.rest.issues.create({ ...hello, title: "x" });
  await branchWith(site.hubot, "since", { "s.txt": "s\n" });
  const { data: pull } = await site.hubot.rest.pulls.create({
    ...hello,
    title: "S",
    head: "since",
    base: "main",
  });
  const at = { ...hello, pull_number: pull.number };
  later(10);
  expect(await list(later(0))).toEqual([]);
  await site.octocat.rest.issues.createComment({ ...hello, issue_number: issue.number, body: "x" });
  const before = later(10);
  expect(await list(before)).toEqual([]);
  await site.octocat.rest.pulls.createReview({ ...at, event: "COMMENT", body: "hm" });
  later(10);
  expect(await list(before)).toEqual([pull.number]);
  await site.octocat.rest.issues.addLabels({ ...hello, issue_number: issue.number, labels: ["helper"] });
  later(10);
  expect(await list(before)).toEqual([issue.number, pull.number]);
  const merging = later(10);
  await site.octocat.rest.pulls.merge(at);
  expect(await list(merging)).toEqual([pull.number]);
});

test("what somebody wrote stays when he is gone", async () => {
  site.github.addUser({ login: "leaver" });
  const token = site.github.addUser({ login: "leaver" }).token;
  const leaver = site.as(token);
  const { data: issue } = await leaver.rest.issues.create({ ...hello, title: "mine" });
  await branchWith(site.hubot, "reviewed", { "d.txt": "d\n" });
  const { data: pull } = await site.hubot.rest.pulls.create({
    ...hello,
    title: "D",
    head: "reviewed",
    base: "main",
  });
  await leaver.rest.pulls.createReview({ ...hello, pull_number: pull.number, event: "COMMENT", body: "hm" });
  site.github.deleteUser({ login: "leaver" });
  expect(await refusal(leaver.rest.users.getAuthenticated())).toMatch(/^401/);
  expect(
    (await site.octocat.rest.issues.get({ ...hello, issue_number: issue.number })).data.user?.login,
  ).toBe("ghost");
  const { data: reviews } = await site.octocat.rest.pulls.listReviews({ ...hello, pull_number: pull.number });
  expect(reviews.map(one => one.user)).toEqual([null]);
  expect((await fetch(`${site.github.apiUrl}/users/leaver`)).status).toBe(404);
  expect((await fetch(`${site.github.apiUrl}/users/hubot`)).status).toBe(200);
  const asked = await site.octocat.graphql(
    "query($id: ID!) { node(id: $id) { ... on Issue { author { login } } } }",
    { id: issue.node_id },
  );
  expect(asked).toEqual({ node: { author: null } });
});

test("a merge group is asked to be checked", async () => {
  await branchWith(site.hubot, "queued", { "q.txt": "q\n" });
  const { data } = await site.hubot.rest.pulls.create({ ...hello, title: "Q", head: "queued", base: "main" });
  const group = await site.github.requestMergeGroup({ ...hello, number: data.number });
  await site.github.idle();
  const told = site.receiver.hooks.find(hook => hook.event === "merge_group");
  expect(told).toMatchObject({
    action: "checks_requested",
    payload: { merge_group: { head_sha: group.headSha, base_ref: "refs/heads/main" } },
  });
  const bot = await site.asInstallation();
  expect(
    (await bot.rest.checks.create({ ...hello, name: "helper/gate", head_sha: group.headSha })).status,
  ).toBe(201);
});

test("where Actions are off there are no workflows; a disabled one is not started", async () => {
  const dispatch = () =>
    refusal(
      site.octocat.rest.actions.createWorkflowDispatch({
        ...hello,
        workflow_id: "helper.yml",
        ref: "main",
        inputs: { issue: "1" },
      }),
    );
  await site.github.setWorkflow({ ...hello, workflow: "helper.yml", state: "disabled_manually" });
  expect(await dispatch()).toMatch(/^422 .*disabled workflow/);
  await site.github.setWorkflow({ ...hello, workflow: "helper.yml", state: "active" });
  site.github.setRepository({ ...hello, actionsEnabled: false });
  expect(await dispatch()).toMatch(/^404/);
  expect((await site.octocat.rest.actions.listRepoWorkflows(hello)).data.total_count).toBe(0);
  site.github.setRepository({ ...hello, actionsEnabled: true });
  expect(await dispatch()).toBe("not refused");
});

test("a renamed, then moved repository is told of and found by its old name", async () => {
  await site.github.idle();
  site.receiver.hooks.length = 0;
  site.github.setRepository({ ...hello, archived: true });
  site.github.setRepository({ ...hello, archived: false });
  site.github.renameRepository({ ...hello, name: "hallo" });
  expect((await site.octocat.rest.repos.get(hello)).data.full_name).toBe("octocat/hallo");
  const { data: issue } = await site.octocat.rest.issues.create({ ...hello, title: "by the old name" });
  expect(issue.html_url).toMatch(/\/octocat\/hallo\/issues\/\d+$/);
  expect((await fetch(`${site.github.url}/octocat/hello/issues/${issue.number}`)).url).toBe(issue.html_url);
  const found = await fetch(`${site.github.apiUrl}/repos/octocat/hello/issues/${issue.number}`);
  expect([found.redirected, found.status]).toEqual([true, 200]);
  site.github.transferRepository({ owner: "octocat", repo: "hallo", to: "hubot" });
  await site.github.idle();
  const told = site.receiver.hooks.filter(hook => hook.event.includes("repositor"));
  expect(told.map(hook => [`${hook.event}.${hook.action}`, hook.payload.changes])).toEqual([
    ["repository.archived", undefined],
    ["repository.unarchived", undefined],
    ["repository.renamed", { repository: { name: { from: "hello" } } }],
    ["installation_repositories.removed", undefined],
  ]);
  expect((await site.octocat.rest.repos.get(hello)).data.full_name).toBe("hubot/hallo");
});
