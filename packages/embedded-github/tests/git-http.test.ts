import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { git } from "../src/git.ts";
import { branchWith, hello, openSite, type Site } from "../src/site.ts";

let site: Site;
let folder: string;
let count = 0;
let clone: string;
beforeAll(async () => {
  site = await openSite();
  folder = await mkdtemp(path.join(tmpdir(), "git-client-"));
  await site.github.addRepository({
    owner: "octocat",
    name: "secret",
    private: true,
    files: { "a.txt": "a\n" },
  });
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  clone = path.join(folder, `clone-${count++}`);
});

const me = {
  GIT_AUTHOR_NAME: "Mona",
  GIT_AUTHOR_EMAIL: "m@example.com",
  GIT_COMMITTER_NAME: "Mona",
  GIT_COMMITTER_EMAIL: "m@example.com",
};
const address = (token: string | null, repository = "hello") => {
  const url = new URL(`${site.github.url}/octocat/${repository}.git`);
  if (token !== null) [url.username, url.password] = ["x-access-token", token];
  return url.href;
};
const header = (token: string) => [
  "-c",
  `http.extraheader=Authorization: basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`,
];
const failure = async (work: Promise<unknown>) =>
  work.then(
    () => "not refused",
    error => String(error.message),
  );

async function commit(file: string, text: string): Promise<string> {
  await writeFile(path.join(clone, file), text);
  await git(clone, ["add", "."]);
  await git(clone, ["commit", "--quiet", "-m", `Change ${file}`], { env: me });
  return git(clone, ["rev-parse", "HEAD"]);
}

test("anybody clones a public repository, nobody a private one without a token", async () => {
  await git(folder, ["clone", "--quiet", address(null), clone]);
  expect(await git(clone, ["log", "--format=%s"])).toBe("Initial commit");
  expect(await failure(git(folder, ["clone", address(null, "secret"), `${clone}-2`]))).toMatch(
    /could not read Username|Authentication failed/,
  );
  expect(
    await failure(git(folder, ["clone", address(site.tokens.monalisa, "secret"), `${clone}-3`])),
  ).toMatch(/not found/);
  await git(folder, [
    ...header(await site.installationToken()),
    "clone",
    "--quiet",
    address(null, "secret"),
    `${clone}-4`,
  ]);
});

test("a shallow and a partial clone and the fetch of a commit by its name work", async () => {
  await git(folder, ["clone", "--quiet", "--depth", "1", "--filter=blob:none", address(null), clone]);
  expect(await git(clone, ["rev-parse", "--is-shallow-repository"])).toBe("true");
  const sha = await branchWith(site.hubot, "by-name", { "b.txt": "b\n" });
  await git(clone, ["fetch", "--quiet", "--depth", "1", "origin", sha]);
  expect(await git(clone, ["show", `${sha}:b.txt`])).toBe("b");
});

test("a push needs write", async () => {
  await git(folder, ["clone", "--quiet", address(site.tokens.monalisa), clone]);
  await commit("m.txt", "m\n");
  expect(await failure(git(clone, ["push", "origin", "HEAD:refs/heads/mine"]))).toMatch(
    /403|denied to monalisa/,
  );
  expect(await failure(git(clone, ["push", address(null), "HEAD:refs/heads/mine"]))).toMatch(
    /could not read Username|Authentication/,
  );
  const reader = await site.installationToken({ permissions: { contents: "read" } });
  expect(await failure(git(clone, ["push", address(reader), "HEAD:refs/heads/mine"]))).toMatch(
    /403|denied to helper/,
  );
});

test("a push is one write and one push event, and an open pull request follows it", async () => {
  await branchWith(site.hubot, "topic", { "t.txt": "1\n" });
  const { data: pull } = await site.hubot.rest.pulls.create({
    ...hello,
    title: "T",
    head: "topic",
    base: "main",
  });
  await git(folder, ["clone", "--quiet", "--branch", "topic", address(site.tokens.hubot), clone]);
  const sha = await commit("t.txt", "2\n");
  await site.github.idle();
  const [writes, hooks] = [site.github.writes.length, site.receiver.hooks.length];
  await git(clone, ["push", "--quiet", "origin", "topic"]);
  await site.github.idle();
  expect(site.github.writes.slice(writes)).toMatchObject([{ method: "PUSH", actor: "hubot", app: null }]);
  expect(site.receiver.names().slice(hooks)).toEqual(["push", "pull_request.synchronize"]);
  const [push, synchronize] = site.receiver.hooks.slice(hooks);
  expect(push?.payload).toMatchObject({
    ref: "refs/heads/topic",
    after: sha,
    commits: [{ id: sha, modified: ["t.txt"] }],
  });
  expect(synchronize?.payload).toMatchObject({
    before: pull.head.sha,
    after: sha,
    pull_request: { head: { sha } },
  });
  expect((await site.hubot.rest.pulls.get({ ...hello, pull_number: pull.number })).data.head.sha).toBe(sha);
});

test("a push of a workflow file by an App without workflows is refused", async () => {
  await git(folder, ["clone", "--quiet", address(await site.installationToken()), clone]);
  await commit(".github/workflows/evil.yml", "on: push\n");
  expect(await failure(git(clone, ["push", "origin", "HEAD:refs/heads/evil"]))).toMatch(
    /refusing to allow a GitHub App to create or update workflow .*evil.yml/,
  );
});

test("a stale push is refused by git itself", async () => {
  await branchWith(site.hubot, "race", { "r.txt": "1\n" });
  await git(folder, ["clone", "--quiet", "--branch", "race", address(site.tokens.hubot), clone]);
  const { data: file } = await site.hubot.rest.repos.getContent({ ...hello, path: "r.txt", ref: "race" });
  const sha = (file as { sha: string }).sha;
  await site.hubot.rest.repos.createOrUpdateFileContents({
    ...hello,
    path: "r.txt",
    branch: "race",
    message: "x",
    content: "eA==",
    sha,
  });
  await commit("r.txt", "2\n");
  expect(await failure(git(clone, ["push", "origin", "race"]))).toMatch(
    /rejected|non-fast-forward|fetch first/,
  );
});

test("a repository is taken over from a local one with its history", async () => {
  await git(folder, ["init", "--quiet", "--initial-branch=trunk", clone]);
  await commit("one.txt", "1\n");
  await commit("two.txt", "2\n");
  await site.github.addRepository({ owner: "octocat", name: "taken", fromDirectory: clone });
  const { data } = await site.octocat.rest.repos.get({ owner: "octocat", repo: "taken" });
  expect(data.default_branch).toBe("trunk");
  const commits = await site.octocat.rest.repos.listCommits({ owner: "octocat", repo: "taken" });
  expect(commits.data.map(one => one.commit.message)).toEqual(["Change two.txt", "Change one.txt"]);
});
