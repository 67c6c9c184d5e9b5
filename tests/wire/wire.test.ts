// GitHub's responses as the adapter reads them: those that the embedded GitHub does not give by itself.
import { Octokit } from "@octokit/rest";
import nock from "nock";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createGitHub } from "../../app/github/github.ts";
import { firstOf } from "../../app/publish/first-of.ts";

const API = "https://github.example.test";
let turns = 0;
const github = createGitHub({
  octokit: new Octokit({
    baseUrl: API,
    auth: "t",
    log: { debug() {}, info() {}, warn() {}, error() {} },
  }),
  project: { id: 1, owner: "o", name: "n", installation_id: 1 },
  pace: async () => {
    turns += 1;
  },
});

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const DISPATCH = "/repos/o/n/actions/workflows/kin.yml/dispatches";

test("a server that does not know `return_run_details` is asked again without it", async () => {
  nock(API)
    .post(DISPATCH, body => body.return_run_details === true)
    .reply(400, { message: "Invalid request." });
  nock(API)
    .post(DISPATCH, body => !("return_run_details" in body))
    .reply(204);
  expect(await github.dispatch("kin.yml", { ref: "main", inputs: { issue: "1" } })).toEqual({ run_id: null });
});

test("a server that knows it tells the run's id", async () => {
  nock(API).post(DISPATCH).reply(200, { workflow_run_id: 7 });
  expect(await github.dispatch("kin.yml", { ref: "main", inputs: {} })).toEqual({ run_id: 7 });
});

test.each<[name: string, status: number, message: string, code: string, retryable: boolean]>([
  ["a secondary rate limit is retried", 403, "You have exceeded a secondary rate limit.", "github_403", true],
  ["a missing permission is not", 403, "Resource not accessible by integration", "github_403", false],
  ["too many requests are retried", 429, "Too many requests", "github_429", true],
  ["a server's failure is retried", 502, "Bad Gateway", "github_502", true],
  ["a refused value is not", 422, "Validation Failed", "github_422", false],
])("%s", async (_, status, message, code, retryable) => {
  nock(API).patch("/repos/o/n/issues/comments/5").reply(status, { message });
  await expect(github.updateComment(5, "x")).rejects.toMatchObject({ name: "KinError", code, retryable });
});

const NOW = "Thu, 01 Oct 2026 12:00:00 GMT";
const RESET = String(Date.UTC(2026, 9, 1, 12, 5) / 1000);

test.each<[name: string, status: number, headers: Record<string, string>, wait_ms: number]>([
  ["which it names", 403, { "retry-after": "90" }, 90_000],
  [
    "until its limit is lifted, by its own clock",
    403,
    { date: NOW, "x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET },
    301_000,
  ],
  ["of a minute where it names none", 429, { date: NOW }, 60_000],
  ["of no length where it limits nothing", 502, { "retry-after": "90" }, 0],
])("GitHub wants to be left alone for a time %s", async (_, status, headers, wait_ms) => {
  const message = "You have exceeded a secondary rate limit.";
  nock(API).patch("/repos/o/n/issues/comments/5").reply(status, { message }, headers);
  await expect(github.updateComment(5, "x")).rejects.toMatchObject({ retryable: true, wait_ms });
});

test.each([
  ["FORBIDDEN", "github_403", false],
  ["NOT_FOUND", "github_404", false],
  ["UNPROCESSABLE", "github_422", false],
  ["RATE_LIMITED", "github_429", true],
  [undefined, "github_502", true],
])("GraphQL refuses with %s", async (type, code, retryable) => {
  const errors = [{ type, message: "Something went wrong while executing your query." }].map(error =>
    type === undefined ? error : { ...error, message: "No." },
  );
  nock(API).post("/graphql").reply(200, { data: null, errors });
  await expect(github.lastEdited(5)).rejects.toMatchObject({ code, retryable });
});

test("a custom repository role counts as the permission that it is built on, an unknown user as none", async () => {
  const path = "/repos/o/n/collaborators/monalisa/permission";
  const monalisa = { id: 7, login: "monalisa" };
  nock(API).get(path).reply(200, { permission: "write", role_name: "release-manager", user: monalisa });
  expect(await github.permission(monalisa)).toBe("write");
  nock(API).get(path).reply(200, { permission: "write", role_name: "maintain", user: monalisa });
  expect(await github.permission(monalisa)).toBe("maintain");
  nock(API).get(path).reply(404, { message: "Not Found" });
  expect(await github.permission(monalisa)).toBe("none");
});

test("a name that another account bears by now is nobody's permission", async () => {
  const path = "/repos/o/n/collaborators/monalisa/permission";
  nock(API)
    .get(path)
    .reply(200, { permission: "admin", role_name: "admin", user: { id: 8, login: "monalisa" } });
  expect(await github.permission({ id: 7, login: "monalisa" })).toBe("none");
  nock(API).get(path).reply(200, { permission: "admin", role_name: "admin", user: null });
  expect(await github.permission({ id: 7, login: "monalisa" })).toBe("none");
});

test("the files of a commit are told with their modes; of more than GitHub lists those beside what is touched", async () => {
  const entry = (path: string, mode: string, type: string) => ({ path, mode, type, sha: "0".repeat(40) });
  const tree = [entry("a", "040000", "tree"), entry("a/b", "100755", "blob"), entry("m", "160000", "commit")];
  const path = "/repos/o/n/git/trees/c1?recursive=1";
  nock(API).get(path).reply(200, { sha: "t1", tree, truncated: false });
  expect([...((await github.files("c1", [])) ?? [])]).toEqual([
    ["a/b", "100755"],
    ["m", "160000"],
  ]);
  const trees = (answers: Readonly<Record<string, object>>) => {
    nock(API).get(path).reply(200, { sha: "t1", tree: [], truncated: true });
    for (const [sha, answer] of Object.entries(answers))
      nock(API)
        .get(`/repos/o/n/git/trees/${sha}`)
        .reply(200, { sha, truncated: false, ...answer });
  };
  const at = (sha: string, name: string) => ({ ...entry(name, "040000", "tree"), sha });
  const root = { tree: [at("s1", "src"), at("d1", "docs"), entry("m", "160000", "commit")] };
  trees({ c1: root, s1: { tree: [entry("a.ts", "100644", "blob"), at("s2", "b")] } });
  const seen = await github.files("c1", ["src/new.ts", "src/none/x.ts", "docs"]);
  expect([...(seen ?? [])]).toEqual([
    ["docs/", "040000"],
    ["m", "160000"],
    ["src/a.ts", "100644"],
    ["src/b/", "040000"],
  ]);
  trees({ c1: { ...root, truncated: true } });
  expect(await github.files("c1", ["a"])).toBeNull();
  const names = Array.from({ length: 600 }, (_, n) => `d${n}`);
  trees({ c1: { tree: names.map(name => at("x", name)) } });
  expect(
    await github.files(
      "c1",
      names.map(name => `${name}/x`),
    ),
  ).toBeNull();
});

test("a deleted user is a ghost, whom nobody can mistake for somebody", async () => {
  nock(API).get("/repos/o/n/pulls/1/reviews/2").reply(200, {
    id: 2,
    user: null,
    state: "CHANGES_REQUESTED",
    body: "",
    commit_id: "c",
    submitted_at: "",
  });
  expect((await github.review(1, 2))?.user).toEqual({ id: 0, login: "ghost", type: "User" });
});

test("a write waits for its turn, each time that it is sent; a read does not", async () => {
  nock(API).get("/repos/o/n/issues/comments/5").reply(404, { message: "Not Found" });
  nock(API).get("/repos/o/n/labels?per_page=100").reply(200, []);
  nock(API).post("/repos/o/n/labels").reply(201, {});
  nock(API).post(DISPATCH).reply(400, { message: "Invalid request." });
  nock(API).post(DISPATCH).reply(204);
  turns = 0;
  expect(await github.issueComment(5)).toBeNull();
  expect(turns).toBe(0);
  await github.ensureLabels([{ name: "kin", color: "000000", description: "" }]);
  expect(turns).toBe(1);
  await github.dispatch("kin.yml", { ref: "main", inputs: {} });
  expect(turns).toBe(3);
});

test("a refused mutation is named, and waited for its turn", async () => {
  nock(API).post("/graphql").reply(502, { message: "Bad Gateway" });
  nock(API)
    .get("/repos/o/n/pulls/1")
    .reply(200, { number: 1, node_id: "P", title: "t", head: { ref: "h", sha: "1" }, base: {}, user: null });
  const pull = await github.pull(1);
  expect(pull).toMatchObject({ mergeable_state: "unknown", merged: false });
  turns = 0;
  await expect(pull && github.setDraft(pull, true)).rejects.toMatchObject({
    message: expect.stringContaining("convertPullRequestToDraft"),
    code: "github_502",
  });
  expect(turns).toBe(1);
});

describe("a list in which anybody may write", () => {
  const LONG = "y".repeat(65_000);
  /** Pages of one item each, all of which must be requested. */
  const pages = (path: string, items: readonly unknown[]) => {
    for (const [index, item] of items.entries()) {
      const page = index + 1;
      const next = `<${API}${path}?page=${page + 1}>; rel="next"`;
      nock(API)
        .get(path)
        .query(given => (page === 1 ? given.page === undefined : given.page === String(page)))
        .reply(200, [item], { link: next });
    }
  };
  const said = (id: number, body = LONG) => ({ id, node_id: `C_${id}`, body, user: { id: 5, login: "o" } });

  test.each([
    ["comments of an issue", "/repos/o/n/issues/3/comments", () => github.issueComments(3)],
    ["comments of a pull request", "/repos/o/n/pulls/3/comments", () => github.pullComments(3)],
    ["reviews", "/repos/o/n/pulls/3/reviews", () => github.reviews(3)],
  ] as const)("is read no further than to what is looked for: %s", async (_, path, list) => {
    const items = [1, 2].map(id => ({ ...said(id, `number ${id}`), state: "COMMENTED" }));
    pages(path, items);
    const isIt = ({ body }: { readonly body: string }) => body === "number 2";
    expect(await firstOf<{ readonly id: number; readonly body: string }>(list(), isIt)).toMatchObject({
      id: 2,
    });
  });

  test("of issues that Kin opened is read no further, either", async () => {
    const issue = { ...said(7), number: 7, title: "t", state: "open", labels: [], html_url: "h" };
    pages("/repos/o/n/issues", [issue]);
    const found = await firstOf(github.issuesOpenedBy({ creator: "kin[bot]", label: "kin" }), () => true);
    expect(found).toMatchObject({ number: 7 });
  });

  test("fails as everything does where a later page does", async () => {
    pages("/repos/o/n/issues/3/comments", [said(1)]);
    nock(API).get("/repos/o/n/issues/3/comments").query({ page: "2" }).reply(502, { message: "Bad Gateway" });
    await expect(firstOf(github.issueComments(3), () => false)).rejects.toMatchObject({
      ...{ name: "KinError", code: "github_502", retryable: true },
    });
  });

  test("of what changed has none of its texts", async () => {
    const at = "2026-10-01T12:00:00Z";
    const issue = {
      ...said(7),
      number: 7,
      title: LONG,
      state: "closed",
      labels: [{ name: "kin" }],
      updated_at: at,
    };
    nock(API).get("/repos/o/n/issues").query(true).reply(200, [issue]);
    expect(await github.changedSince(at)).toEqual([
      { number: 7, state: "closed", labels: ["kin"], is_pull_request: false, updated_at: at },
    ]);
  });

  test("of a review's comments, or of checks, has its texts cut", async () => {
    nock(API)
      .get("/repos/o/n/pulls/3/reviews/4/comments")
      .query(true)
      .reply(200, [{ ...said(1), path: "a.ts", line: 1 }]);
    expect((await github.reviewComments(3, 4))[0]?.body).toBe(LONG.slice(0, 16_000));
    const run = {
      name: "c",
      status: "completed",
      conclusion: "failure",
      output: { title: "t", summary: LONG },
    };
    nock(API)
      .get("/repos/o/n/commits/abc/check-runs")
      .query(true)
      .reply(200, { total_count: 1, check_runs: [run] });
    nock(API).get("/repos/o/n/commits/abc/status").query(true).reply(200, { statuses: [] });
    expect((await github.foreignChecks("abc", { app_id: 1 }))[0]?.summary).toHaveLength(16_000);
  });

  test("of a pull request's files keeps the diffs that are wanted", async () => {
    const files = ["a.ts", "b.ts"].map(filename => ({ filename, patch: `@@ ${filename}` }));
    nock(API).get("/repos/o/n/pulls/3/files").query(true).reply(200, files);
    expect(await github.pullFiles(3, new Set(["b.ts"]))).toEqual([{ path: "b.ts", patch: "@@ b.ts" }]);
  });
});

describe("what differs", () => {
  const [BASE, HEAD] = ["b".repeat(40), "c".repeat(40)];
  const compared = (files: readonly object[]) =>
    nock(API)
      .get(`/repos/o/n/compare/main...${HEAD}`)
      .reply(200, { files, merge_base_commit: { sha: BASE }, commits: [] });
  const listed = (sha: string, tree: Readonly<Record<string, string>>, truncated = false) =>
    nock(API)
      .get(`/repos/o/n/git/trees/${sha}`)
      .query({ recursive: "1" })
      .reply(200, {
        ...{ sha, truncated },
        tree: Object.entries(tree).map(([path, sha]) => ({ path, mode: "100644", type: "blob", sha })),
      });
  const THREE_HUNDRED = Array.from({ length: 300 }, (_, n) => ({ filename: `a/${n}`, status: "added" }));

  test("is told with both names of what was renamed", async () => {
    compared([{ filename: "new", previous_filename: "old" }, { filename: "other" }]);
    expect(await github.changedFiles("main", HEAD)).toEqual(["old", "new", "other"]);
  });

  test("is looked for in the trees where GitHub compares no more", async () => {
    compared(THREE_HUNDRED);
    listed(BASE, { same: "1", changed: "2", gone: "3" });
    listed(HEAD, { same: "1", changed: "4", come: "5" });
    expect(await github.changedFiles("main", HEAD)).toEqual(["changed", "gone", "come"]);
  });

  test.each([true, false])("is not known where the trees are cut, too (the base's: %s)", async isBase => {
    compared(THREE_HUNDRED);
    listed(BASE, {}, isBase);
    listed(HEAD, {}, !isBase);
    expect(await github.changedFiles("main", HEAD)).toBeNull();
  });
});

describe("another writer", () => {
  const path = "/repos/o/n/collaborators";
  const page = (number: number, people: readonly object[], more: boolean) =>
    nock(API)
      .get(path)
      .query(given => (given.page ?? "1") === String(number))
      .reply(200, people, more ? { link: `<${API}${path}?page=${number + 1}>; rel="next"` } : {});
  const bot = { id: 9, login: "b[bot]", type: "Bot" };
  const self = { id: 1, login: "me", type: "User" };

  test("is found on a later page, behind machines", async () => {
    page(1, [self, bot], true);
    page(2, [{ id: 2, login: "you", type: "User" }], true);
    expect(await github.hasOtherWriter({ id: 1 })).toBe(true);
  });

  test("is none where all pages have none", async () => {
    page(1, [self, bot], true);
    page(2, [bot], false);
    expect(await github.hasOtherWriter({ id: 1 })).toBe(false);
  });

  test("is taken to be there where the pages do not end", async () => {
    for (let number = 1; number <= 20; number++) page(number, [bot], true);
    expect(await github.hasOtherWriter({ id: 1 })).toBe(true);
  });
});
