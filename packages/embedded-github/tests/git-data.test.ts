import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listed } from "../src/git-data.ts";
import { branchWith, hello, openSite, refusal, type Site } from "../src/site.ts";

let site: Site;
let main: string;
beforeAll(async () => {
  site = await openSite();
  main = (await site.octocat.rest.git.getRef({ ...hello, ref: "heads/main" })).data.object.sha;
});
afterAll(() => site.close());

const tree = async (entries: object[], base: string | undefined = main) =>
  (await site.asInstallation()).rest.git.createTree({
    ...hello,
    ...(base === undefined ? {} : { base_tree: base }),
    tree: entries as never,
  });
const paths = (data: { tree: { path?: string }[] }) => data.tree.map(one => one.path);

test("a tree takes text inline, keeps the rest and deletes by null", async () => {
  const { data } = await tree([
    { path: "docs/new.md", mode: "100644", type: "blob", content: "new\n" },
    { path: "src", mode: "100644", type: "blob", sha: null },
  ]);
  expect(paths(data)).toEqual([".github", "README.md", "docs"]);
  const { data: all } = await site.octocat.rest.git.getTree({ ...hello, tree_sha: data.sha, recursive: "1" });
  expect(paths(all)).toContain("docs/new.md");
});

test("of more than 100,000 entries below a tree, or of more than 7 MB of them, a part is listed", () => {
  const rows = (count: number, length: number) => Array.from({ length: count }, () => "x".repeat(length));
  const counts = [rows(100_000, 60), rows(100_001, 60), rows(7 * 1024, 1024), rows(7 * 1024 + 1, 1024)].map(
    all => listed(all).length,
  );
  expect(counts).toEqual([100_000, 100_000, 7 * 1024, 7 * 1024]);
});

test("a tree refuses what git cannot hold", async () => {
  const blob = { mode: "100644", type: "blob" };
  expect(await refusal(tree([{ path: "absent.txt", ...blob, sha: null }]))).toBe(
    "422 GitRPC::BadObjectState",
  );
  expect(await refusal(tree([{ path: "a.txt", ...blob, sha: "0".repeat(40) }]))).toMatch(
    /^422 tree.sha 0+ is not a valid blob/,
  );
  expect(await refusal(tree([{ path: "a/../../b", ...blob, content: "x" }]))).toMatch(/^422 tree.path/);
  expect(await refusal(tree([{ path: ".git/config", ...blob, content: "x" }]))).toMatch(/^422 tree.path/);
});

test.each(["YQ", "YW!Jj", "YWJj!", "YQ-_", "=YQ="])(
  "a blob from %j, which is no base64, is refused",
  async content => {
    expect(await refusal(site.hubot.rest.git.createBlob({ ...hello, content, encoding: "base64" }))).toMatch(
      /^422 content is not valid Base64/,
    );
  },
);

test("a blob made from base64 comes back byte for byte and has git's own name", async () => {
  const content = Buffer.from([0, 255, 1, 254]).toString("base64");
  const { data: made } = await site.hubot.rest.git.createBlob({ ...hello, content, encoding: "base64" });
  const { data } = await site.hubot.rest.git.getBlob({ ...hello, file_sha: made.sha });
  expect(data.content.trim()).toBe(content);
  const text = await site.hubot.rest.git.createBlob({ ...hello, content: "hello\n" });
  expect(text.data.sha).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
});

test("a bot's commit is verified only when author and committer were left to GitHub", async () => {
  const bot = await site.asInstallation();
  const { data: base } = await bot.rest.git.getCommit({ ...hello, commit_sha: main });
  const wanted = { ...hello, message: "A change", tree: base.tree.sha, parents: [main] };
  const plain = (await bot.rest.git.createCommit(wanted)).data;
  expect(plain.verification.verified).toBe(true);
  expect(plain.author).toMatchObject({
    name: "helper[bot]",
    email: `${site.app.botId}+helper[bot]@users.noreply.github.com`,
  });
  const named = (
    await bot.rest.git.createCommit({ ...wanted, author: { name: "Mona", email: "mona@example.com" } })
  ).data;
  expect(named.verification).toMatchObject({ verified: false, reason: "unsigned" });
  expect((await site.hubot.rest.git.createCommit(wanted)).data.verification.verified).toBe(false);
  const { data: shown } = await bot.rest.repos.getCommit({ ...hello, ref: plain.sha });
  expect(shown).toMatchObject({
    author: { login: "helper[bot]" },
    commit: { verification: { verified: true } },
  });
});

test("a ref is made once and moves forward unless forced", async () => {
  const bot = await site.asInstallation();
  const sha = await branchWith(bot, "helper/7-x", { "a.txt": "a\n" });
  const ref = "heads/helper/7-x";
  expect((await bot.rest.git.getRef({ ...hello, ref })).data.object.sha).toBe(sha);
  expect(await refusal(bot.rest.git.createRef({ ...hello, ref: `refs/${ref}`, sha }))).toBe(
    "422 Reference already exists",
  );
  expect(await refusal(bot.rest.git.createRef({ ...hello, ref: "nonsense", sha }))).toMatch(/^422/);
  expect(await refusal(bot.rest.git.createRef({ ...hello, ref: "refs/heads/n", sha: "1".repeat(40) }))).toBe(
    "422 Object does not exist",
  );
  expect(await refusal(bot.rest.git.updateRef({ ...hello, ref, sha: main }))).toBe(
    "422 Update is not a fast forward",
  );
  expect((await bot.rest.git.updateRef({ ...hello, ref, sha: main, force: true })).data.object.sha).toBe(
    main,
  );
  expect(await refusal(bot.rest.git.updateRef({ ...hello, ref: "heads/none", sha: main }))).toBe(
    "422 Reference does not exist",
  );
  await bot.rest.git.deleteRef({ ...hello, ref });
  expect(await refusal(bot.rest.git.getRef({ ...hello, ref }))).toBe("404 Not Found");
  await site.github.idle();
  expect(site.receiver.names()).toEqual(expect.arrayContaining(["create", "push", "delete"]));
});

test("a ref of one's own namespace moves without an event", async () => {
  const bot = await site.asInstallation();
  await site.github.idle();
  const before = site.receiver.hooks.length;
  await bot.rest.git.createRef({ ...hello, ref: "refs/helper/12", sha: main });
  const { data } = await bot.rest.git.listMatchingRefs({ ...hello, ref: "helper/" });
  expect(data.map(one => one.ref)).toEqual(["refs/helper/12"]);
  await site.github.idle();
  expect(site.receiver.hooks.length).toBe(before);
});

test("an App without workflows cannot bring a workflow file in", async () => {
  const bot = await site.asInstallation();
  const made = branchWith(bot, "helper/evil", { ".github/workflows/evil.yml": "on: push\n" });
  expect(await refusal(made)).toBe("403 Resource not accessible by integration");
  expect(await branchWith(site.hubot, "by-hand", { ".github/workflows/fine.yml": "on: push\n" })).toMatch(
    /^[0-9a-f]{40}$/,
  );
});

test("an empty repository has no git data", async () => {
  await site.github.addRepository({ owner: "octocat", name: "empty" });
  const empty = { owner: "octocat", repo: "empty" };
  expect(await refusal(site.octocat.rest.git.getRef({ ...empty, ref: "heads/main" }))).toBe(
    "409 Git Repository is empty.",
  );
  expect(await refusal(site.octocat.rest.repos.listCommits(empty))).toBe("409 Git Repository is empty.");
  const content = Buffer.from("first\n").toString("base64");
  const first = await site.octocat.rest.repos.createOrUpdateFileContents({
    ...empty,
    path: "a",
    message: "First",
    content,
  });
  expect(first.status).toBe(201);
});

test("files are read at a ref and written as one commit", async () => {
  const { data: dir } = await site.hubot.rest.repos.getContent({ ...hello, path: "" });
  expect((dir as { name: string }[]).map(one => one.name)).toEqual([".github", "README.md", "src"]);
  const { data: file } = await site.hubot.rest.repos.getContent({
    ...hello,
    path: "src/add.js",
    ref: "main",
  });
  const { content, sha } = file as { content: string; sha: string };
  expect(Buffer.from(content, "base64").toString()).toBe("export const add = (a, b) => a - b;\n");
  const put = (more: object) =>
    site.hubot.rest.repos.createOrUpdateFileContents({
      ...hello,
      path: "src/add.js",
      message: "Change",
      content: "eA==",
      ...more,
    });
  expect(await refusal(put({}))).toMatch(/^422 Invalid request/);
  expect(await refusal(put({ sha: "1".repeat(40) }))).toMatch(/^409 src\/add.js does not match/);
  expect((await put({ sha })).status).toBe(200);
  expect(await refusal(site.hubot.rest.repos.getContent({ ...hello, path: "absent" }))).toBe("404 Not Found");
  expect(await refusal(site.hubot.rest.repos.getContent({ ...hello, path: "a", ref: "absent" }))).toMatch(
    /^404 No commit found/,
  );
});

test("a comparison tells both directions, the files and their patches", async () => {
  await branchWith(site.hubot, "ahead", { "ahead.txt": "1\n2\n" });
  const { data } = await site.hubot.rest.repos.compareCommitsWithBasehead({
    ...hello,
    basehead: "main...ahead",
  });
  expect(data).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0, total_commits: 1 });
  expect(data.files).toMatchObject([
    { filename: "ahead.txt", status: "added", additions: 2, patch: "@@ -0,0 +1,2 @@\n+1\n+2" },
  ]);
});

test("git itself finds everything sound that was written", async () => {
  const tree = [
    { path: "a/b/c.txt", mode: "100644" as const, content: "c\n" },
    { path: "a.txt", mode: "100644" as const, content: "a\n" },
    { path: "a-b", mode: "100755" as const, content: "x\n" },
    { path: "src", mode: "100644" as const, content: "a file where a folder was\n" },
  ];
  const { data: main } = await site.octocat.rest.git.getRef({ ...hello, ref: "heads/main" });
  const made = await site.octocat.rest.git.createTree({ ...hello, base_tree: main.object.sha, tree });
  expect(made.data.tree.map(one => one.path)).toEqual([".github", "README.md", "a-b", "a.txt", "a", "src"]);
  await site.octocat.rest.git.createCommit({
    ...hello,
    message: "Sound",
    tree: made.data.sha,
    parents: [main.object.sha],
    author: { name: "Mona <Lisa>", email: "mona@example.com", date: "2026-01-02T03:04:05+02:00" },
  });
  const { id } = (await site.octocat.rest.repos.get(hello)).data;
  const directory = path.join(site.dataDir, "repositories", `${id}.git`);
  const { stdout, stderr } = await promisify(execFile)("git", ["fsck", "--strict", "--full"], {
    cwd: directory,
  });
  expect(`${stdout}${stderr}`.split("\n").filter(line => !/^(dangling|Checking|$)/.test(line))).toEqual([]);
});
