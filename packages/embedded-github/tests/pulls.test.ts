import { afterAll, beforeAll, expect, test } from "vitest";
import { branchWith, hello, openSite, refusal, type Site } from "../src/site.ts";

let site: Site;
let count = 0;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

async function aPull(more: Record<string, unknown> = {}, files?: Record<string, string>) {
  const branch = `topic-${++count}`;
  const sha = await branchWith(site.hubot, branch, files ?? { [`${branch}.txt`]: "text\n" });
  const { data } = await site.hubot.rest.pulls.create({
    ...hello,
    title: branch,
    head: branch,
    base: "main",
    ...more,
  });
  return { number: data.number, branch, sha, id: data.node_id, data };
}
const get = async (pull_number: number) => (await site.hubot.rest.pulls.get({ ...hello, pull_number })).data;
const merge = (pull_number: number, more: object = {}) =>
  site.hubot.rest.pulls.merge({ ...hello, pull_number, ...more });

test("a pull request has its real numbers, files, patches and commits", async () => {
  const pull = await aPull(
    {},
    { "src/add.js": "export const add = (a, b) => a + b;\n", "new.txt": "1\n2\n" },
  );
  expect(await get(pull.number)).toMatchObject({
    additions: 3,
    deletions: 1,
    changed_files: 2,
    commits: 1,
    mergeable: true,
    mergeable_state: "clean",
    head: { ref: pull.branch, sha: pull.sha, label: `octocat:${pull.branch}` },
    user: { login: "hubot" },
  });
  const files = await site.hubot.rest.pulls.listFiles({ ...hello, pull_number: pull.number });
  expect(files.data.map(file => [file.filename, file.status])).toEqual([
    ["new.txt", "added"],
    ["src/add.js", "modified"],
  ]);
  expect(files.data[1]?.patch).toBe(
    "@@ -1 +1 @@\n-export const add = (a, b) => a - b;\n+export const add = (a, b) => a + b;",
  );
  const commits = await site.hubot.rest.pulls.listCommits({ ...hello, pull_number: pull.number });
  expect(commits.data.map(commit => commit.sha)).toEqual([pull.sha]);
  const asDiff = await site.hubot.rest.pulls.get({
    ...hello,
    pull_number: pull.number,
    mediaType: { format: "diff" },
  });
  expect(asDiff.data).toMatch(/^diff --git a\/new.txt/);
});

test("issues and pull requests share their numbers, and the issues API marks the latter", async () => {
  const { data: issue } = await site.octocat.rest.issues.create({ ...hello, title: "x" });
  const pull = await aPull();
  expect(pull.number).toBe(issue.number + 1);
  const { data } = await site.octocat.rest.issues.get({ ...hello, issue_number: pull.number });
  expect(data.pull_request).toBeDefined();
  await site.octocat.rest.issues.addLabels({ ...hello, issue_number: pull.number, labels: ["helper"] });
  await site.github.idle();
  expect(site.receiver.names().at(-1)).toBe("pull_request.labeled");
});

test("one open pull request per branch, with commits, from a branch that exists", async () => {
  const pull = await aPull();
  const open = (more: object) =>
    refusal(site.hubot.rest.pulls.create({ ...hello, title: "t", head: pull.branch, base: "main", ...more }));
  expect(await open({})).toBe(
    `422 Validation Failed A pull request already exists for octocat:${pull.branch}.`,
  );
  expect(await open({ head: "absent" })).toBe("422 Validation Failed invalid");
  expect(await open({ base: "absent" })).toBe("422 Validation Failed invalid");
  const main = (await site.hubot.rest.git.getRef({ ...hello, ref: "heads/main" })).data.object.sha;
  await site.hubot.rest.git.createRef({ ...hello, ref: "refs/heads/same", sha: main });
  expect(await open({ head: "same" })).toBe("422 Validation Failed No commits between main and same");
  const found = await site.hubot.rest.pulls.list({ ...hello, head: `octocat:${pull.branch}`, state: "open" });
  expect(found.data.map(one => one.number)).toEqual([pull.number]);
});

test("a draft is not merged, nor one whose head moved, nor one in conflict", async () => {
  const draft = await aPull({ draft: true });
  expect((await get(draft.number)).mergeable_state).toBe("draft");
  expect(await refusal(merge(draft.number))).toMatch(/^405 .*draft/);
  const pull = await aPull({}, { "README.md": "mine\n" });
  expect(await refusal(merge(pull.number, { sha: "1".repeat(40) }))).toMatch(/^409 Head branch was modified/);
  const rival = await aPull({}, { "README.md": "theirs\n" });
  expect((await merge(pull.number, { sha: pull.sha })).data.merged).toBe(true);
  expect(await get(rival.number)).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
  expect(await refusal(merge(rival.number))).toBe("405 Pull Request is not mergeable");
});

test("each way of merging makes the history it promises and closes what it fixes", async () => {
  await site.github.idle();
  const before = site.receiver.hooks.length;
  for (const [method, parents] of [
    ["merge", 2],
    ["squash", 1],
    ["rebase", 1],
  ] as const) {
    const { data: issue } = await site.octocat.rest.issues.create({ ...hello, title: method });
    const pull = await aPull({ body: `Fixes #${issue.number}` });
    const { data } = await merge(pull.number, { merge_method: method });
    const commit = await site.hubot.rest.git.getCommit({ ...hello, commit_sha: data.sha });
    expect(commit.data.parents).toHaveLength(parents);
    expect(await get(pull.number)).toMatchObject({
      state: "closed",
      merged: true,
      merged_by: { login: "hubot" },
    });
    const closed = (await site.octocat.rest.issues.get({ ...hello, issue_number: issue.number })).data;
    expect(closed).toMatchObject({ state: "closed", state_reason: "completed" });
  }
  await site.github.idle();
  expect(site.receiver.names().slice(before)).not.toContain("pull_request.synchronize");
});

test("the head follows its branch, whoever moves it, and ends with it", async () => {
  const pull = await aPull();
  const next = await branchWith(site.hubot, `${pull.branch}-b`, { [`${pull.branch}.txt`]: "more\n" });
  await site.hubot.rest.git.updateRef({ ...hello, ref: `heads/${pull.branch}`, sha: next, force: true });
  expect((await get(pull.number)).head.sha).toBe(next);
  await site.hubot.rest.git.deleteRef({ ...hello, ref: `heads/${pull.branch}` });
  expect(await get(pull.number)).toMatchObject({ state: "closed", merged: false, changed_files: 1 });
  const reopen = site.hubot.rest.pulls.update({ ...hello, pull_number: pull.number, state: "open" });
  expect(await refusal(reopen)).toMatch(/^422/);
});

test("a branch that is behind is brought up to date by the button", async () => {
  const pull = await aPull();
  const other = await aPull();
  await merge(other.number);
  site.github.setProtection({ ...hello, branch: "main", rule: { strict: true } });
  expect((await get(pull.number)).mergeable_state).toBe("behind");
  await site.hubot.rest.pulls.updateBranch({
    ...hello,
    pull_number: pull.number,
    expected_head_sha: pull.sha,
  });
  expect(await get(pull.number)).toMatchObject({ mergeable_state: "clean", commits: 2, changed_files: 1 });
  expect(await refusal(site.hubot.rest.pulls.updateBranch({ ...hello, pull_number: pull.number }))).toMatch(
    /^422/,
  );
  site.github.setProtection({ ...hello, branch: "main", rule: null });
});

test("reviews are asked from collaborators, not from the author, and withdrawn", async () => {
  const pull = await aPull();
  const ask = (...reviewers: string[]) =>
    site.hubot.rest.pulls.requestReviewers({ ...hello, pull_number: pull.number, reviewers });
  expect(await refusal(ask("hubot"))).toBe("422 Review cannot be requested from pull request author.");
  expect(await refusal(ask("monalisa"))).toMatch(/^422 Reviews may only be requested from collaborators/);
  expect((await ask("octocat")).data.requested_reviewers?.map(user => user.login)).toEqual(["octocat"]);
  await site.hubot.rest.pulls.removeRequestedReviewers({
    ...hello,
    pull_number: pull.number,
    reviewers: ["octocat"],
  });
  const { data } = await site.hubot.rest.pulls.listRequestedReviewers({ ...hello, pull_number: pull.number });
  expect(data.users).toEqual([]);
});

test("an edit of title, body and base is one event that says what was", async () => {
  const pull = await aPull({ body: "old" });
  await branchWith(site.hubot, `${pull.branch}-base`, { "base.txt": "b\n" });
  await site.hubot.rest.pulls.update({
    ...hello,
    pull_number: pull.number,
    title: "New",
    body: "new",
    base: `${pull.branch}-base`,
  });
  await site.github.idle();
  const edited = site.receiver.hooks.filter(
    hook => hook.action === "edited" && hook.payload.number === pull.number,
  );
  expect(edited.map(hook => hook.payload.changes)).toMatchObject([
    { title: { from: pull.branch }, body: { from: "old" }, base: { ref: { from: "main" } } },
  ]);
});
