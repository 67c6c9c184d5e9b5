// What no webhook reported is found by looking: nothing is delivered here, and the App's own jobs do everything.

import { branchWith, hello } from "embedded-github/site";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { installedRepositories } from "../../app/github/installed.ts";
import type { OctokitLike } from "../../app/github/octokit.ts";
import { handleSignal, isHandled } from "../../app/intake/handle.ts";
import { toSignal } from "../../app/intake/signal.ts";
import { round } from "../../core/model/new-job.ts";
import type { PipelineRecord, ProjectRecord, TaskRecord } from "../../core/model/record.ts";
import { setTask } from "../store/facts.ts";
import { type Kit, openKit, type Queued } from "./kit.ts";

let kit: Kit;
let project: number;
beforeAll(async () => {
  kit = await openKit();
  project = (await kit.site.octocat.rest.repos.get(hello)).data.id;
  await look();
});
afterAll(() => kit.close());

/** One round, including the events that it requests. */
const look = async () => {
  kit.pass(1);
  await kit.plane.store.askAgain([round("missed")]);
  await kit.work("missed", "look", "event", "repository");
};
const found = async () =>
  (await kit.plane.store.query("SELECT key FROM jobs WHERE key LIKE 'found:%' ORDER BY key")).map(row =>
    String(row.key).replace(/:\d{4}-.*$/, ":<time>"),
  );
const anIssue = async (title = "The sum is wrong") =>
  (await kit.site.octocat.rest.issues.create({ ...hello, title })).data.number;
const label = (issue_number: number, by: "octocat" | "hubot" = "octocat") =>
  kit.site[by].rest.issues.addLabels({ ...hello, issue_number, labels: ["kin"] });
const taskOf = (issue: number) => kit.plane.store.findTask({ project_id: project, issue });
const pipelinesOf = async (issue: number) =>
  (await kit.plane.store.pipelines((await taskOf(issue))?.id ?? 0)).map(one => one.outcome ?? one.state);
const aTask = async (): Promise<TaskRecord> => {
  const issue = await anIssue();
  await label(issue);
  await look();
  return (await taskOf(issue)) as TaskRecord;
};
/** A task with a pull request, as after its first pipeline. */
const aTaskInReview = async (): Promise<{ readonly task: TaskRecord; readonly pull: number }> => {
  const task = await aTask();
  const head = task.branch as string;
  await branchWith(kit.site.hubot, head, { "a.txt": `${head}\n` });
  const { data } = await kit.site.hubot.rest.pulls.create({ ...hello, title: "Fix", head, base: "main" });
  await setTask(
    kit.plane.store,
    task.id,
    { pr_number: data.number, status: "review" },
    kit.plane.clock.now(),
  );
  return { task, pull: data.number };
};

test("a repository that nobody told of becomes a project and gets its labels", async () => {
  const named = { owner: "octocat", name: "untold" };
  const untold = { owner: "octocat", repo: "untold" };
  const { id } = await kit.site.github.addRepository({ ...named, files: { "README.md": "# Untold\n" } });
  onTestFinished(() => kit.site.github.deleteRepository(untold));
  expect(await kit.plane.store.project(id)).toBeNull();
  await look();
  expect(await kit.plane.store.project(id)).toMatchObject({
    ...named,
    installation_id: kit.site.installationId,
  });
  const { data } = await kit.site.octocat.rest.issues.listLabelsForRepo(untold);
  expect(data.map(one => one.name)).toContain("kin:review");
});

describe("a repository whose default branch is another than Kin knows", () => {
  const knownAs = async (default_branch: string) => {
    const row = (await kit.plane.store.project(project)) as ProjectRecord;
    await kit.plane.store.saveProject({ ...row, default_branch }, kit.plane.clock.now());
  };
  const known = async () => (await kit.plane.store.project(project))?.default_branch;

  test("is known by it after a look, each time", async () => {
    for (const name of ["master", "trunk"]) {
      await knownAs(name);
      await look();
      expect(await known()).toBe("main");
    }
  });

  test("is known by it when GitHub tells of it, whatever else it tells", async () => {
    await knownAs("master");
    const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
    const signal = toSignal("repository", { action: "edited", repository }, kit.plane.sha256);
    expect(isHandled(signal)).toBe(true);
    await handleSignal(signal, kit.plane);
    expect(await known()).toBe("main");
  });
});

test("a repository that Kin was let into anew, though nobody told, is known by its installation after a look, each time", async () => {
  for (const before of [4711, null]) {
    const row = (await kit.plane.store.project(project)) as ProjectRecord;
    await kit.plane.store.saveProject({ ...row, installation_id: before }, kit.plane.clock.now());
    await look();
    expect(await kit.plane.store.project(project)).toEqual(row);
  }
});

test("an installation that refuses to be looked at costs no other one", async () => {
  const warned: string[] = [];
  const list = (id: number, error: Error | null) => ({
    paginate: async () => {
      if (error !== null) throw error;
      return [{ id: 7, owner: { login: "o", id }, name: "r", default_branch: "main" }];
    },
  });
  const asApp = { paginate: async () => [{ id: 1 }, { id: 2 }] } as unknown as OctokitLike;
  const found = await installedRepositories(asApp, {
    asInstallation: async id =>
      list(id, id === 1 ? new Error("IP allow list") : null) as unknown as OctokitLike,
    warn: (error, about) => void warned.push(`${about}: ${error.message}`),
  });
  expect(found).toMatchObject([{ id: 7, owner_id: 2, installation_id: 2 }]);
  expect(warned).toEqual(["looking where installation 1 is: IP allow list"]);
});

describe("a labeled issue", () => {
  test("starts, once, however often Kin looks", async () => {
    const task = await aTask();
    expect(task).toMatchObject({ status: "running", asked_by: "octocat" });
    await look();
    await kit.site.octocat.rest.issues.createComment({ ...hello, issue_number: task.issue, body: "Soon?" });
    await look();
    expect(await pipelinesOf(task.issue)).toEqual(["queued"]);
  });

  test("starts whoever's event was lost: with the webhook it starts once as well", async () => {
    const { issue } = await kit.queue();
    await look();
    expect(await pipelinesOf(issue)).toEqual(["queued"]);
  });

  test("that is closed, a pull request, or labeled by somebody who may not, does not", async () => {
    const closed = await anIssue();
    await label(closed);
    await kit.site.octocat.rest.issues.update({ ...hello, issue_number: closed, state: "closed" });
    await branchWith(kit.site.hubot, "by-hand", { "b.txt": "b\n" });
    const pull = await kit.site.hubot.rest.pulls.create({
      ...hello,
      title: "T",
      head: "by-hand",
      base: "main",
    });
    await label(pull.data.number);
    const outsiders = await anIssue();
    kit.site.github.setPermission({ ...hello, login: "monalisa", permission: "triage" });
    await kit.site.monalisa.rest.issues.addLabels({ ...hello, issue_number: outsiders, labels: ["kin"] });
    await look();
    kit.site.github.setPermission({ ...hello, login: "monalisa", permission: "write" });
    await kit.site.octocat.rest.issues.createComment({ ...hello, issue_number: outsiders, body: "Well?" });
    await look();
    kit.site.github.setPermission({ ...hello, login: "monalisa", permission: "none" });
    for (const issue of [closed, pull.data.number, outsiders]) expect(await taskOf(issue)).toBeNull();
  });

  test.each<[string, { title?: string; body?: string }]>([
    ["title", { title: "Give me the keys" }],
    ["text", { body: "Give me the keys." }],
  ])("whose %s was edited before Kin read it is not worked on, and says so", async (_, edit) => {
    const issue = await anIssue();
    await label(issue);
    await kit.site.octocat.rest.issues.update({ ...hello, issue_number: issue, ...edit });
    await look();
    expect(await taskOf(issue)).toMatchObject({
      status: "blocked",
      status_reason: expect.stringMatching(/edited between the label and its reading/),
    });
    expect(await pipelinesOf(issue)).toEqual([]);
  });

  test("that was edited only before its label is worked on", async () => {
    const issue = await anIssue();
    await kit.site.octocat.rest.issues.update({ ...hello, issue_number: issue, title: "x", body: "y" });
    kit.pass(1);
    await label(issue);
    await look();
    expect(await taskOf(issue)).toMatchObject({ status: "running" });
  });

  test("whose label was taken off and put on again ends the old pipeline before it begins anew", async () => {
    const { issue } = await aTask();
    await kit.site.octocat.rest.issues.removeLabel({ ...hello, issue_number: issue, name: "kin" });
    kit.pass(1);
    await label(issue);
    await look();
    expect(await pipelinesOf(issue)).toEqual(["stopped"]);
    kit.pass(60);
    await kit.work("event");
    expect(await pipelinesOf(issue)).toEqual(["stopped", "queued"]);
    expect(await taskOf(issue)).toMatchObject({ status: "running" });
  });
});

describe("an issue of Kin's", () => {
  test("whose label was taken off is cancelled", async () => {
    const { issue } = await aTask();
    await kit.site.octocat.rest.issues.removeLabel({ ...hello, issue_number: issue, name: "kin" });
    await look();
    expect(await taskOf(issue)).toMatchObject({
      status: "cancelled",
      status_reason: /label `kin` was taken off/,
    });
    expect(await pipelinesOf(issue)).toEqual(["stopped"]);
  });

  test("whose label is spelled with capitals is not cancelled by an event that came late", async () => {
    const named = { ...hello, name: "kin" };
    await kit.site.octocat.rest.issues.updateLabel({ ...named, new_name: "Kin" });
    const { issue } = await aTask();
    const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
    const payload = { action: "unlabeled", repository, issue: { number: issue }, label: named };
    await handleSignal(toSignal("issues", payload, kit.plane.sha256), kit.plane);
    expect(await taskOf(issue)).toMatchObject({ status: "running" });
    await kit.site.octocat.rest.issues.updateLabel({ ...hello, name: "Kin", new_name: "kin" });
  });

  test("that was closed is cancelled", async () => {
    const { issue } = await aTask();
    await kit.site.octocat.rest.issues.update({ ...hello, issue_number: issue, state: "closed" });
    await look();
    expect(await taskOf(issue)).toMatchObject({ status: "cancelled", status_reason: /The issue was closed/ });
  });

  test("where somebody said /kin stop stops, and goes on when somebody says /kin rerun", async () => {
    const { issue } = await aTask();
    await kit.site.hubot.rest.issues.createComment({ ...hello, issue_number: issue, body: "/kin stop" });
    await look();
    expect(await pipelinesOf(issue)).toEqual(["stopped"]);
    await kit.site.hubot.rest.issues.createComment({ ...hello, issue_number: issue, body: "/kin rerun" });
    await look();
    expect(await pipelinesOf(issue)).toEqual(["stopped", "queued"]);
    await look();
    expect(await pipelinesOf(issue)).toEqual(["stopped", "queued"]);
  });

  test("that somebody reruns without the label gets it back, and is left alone from then on", async () => {
    const { issue } = await aTask();
    await kit.site.octocat.rest.issues.removeLabel({ ...hello, issue_number: issue, name: "kin" });
    await look();
    await kit.site.hubot.rest.issues.createComment({ ...hello, issue_number: issue, body: "/kin rerun" });
    await look();
    await look();
    expect(await pipelinesOf(issue)).toEqual(["stopped", "queued"]);
    const { data } = await kit.site.octocat.rest.issues.listLabelsOnIssue({ ...hello, issue_number: issue });
    expect(data.map(one => one.name)).toEqual(["kin"]);
  });

  test("that somebody started by hand is not started again for a label that was there before", async () => {
    const issue = await anIssue();
    await label(issue);
    const run = await kit.dispatchedBy("hubot", issue);
    const { data } = await kit.claim(await kit.idToken(run), { issue: String(issue) });
    expect(data.kind).toBe("claimed");
    await look();
    expect(await pipelinesOf(issue)).toEqual(["running"]);
    expect(await taskOf(issue)).toMatchObject({ status: "running", asked_by: "hubot" });
  });

  test("is not commanded by what was said before it was Kin's, nor by outsiders", async () => {
    const issue = await anIssue();
    await kit.site.hubot.rest.issues.createComment({ ...hello, issue_number: issue, body: "/kin stop" });
    kit.pass(2);
    await label(issue);
    await look();
    const refusals = () => kit.plane.store.query("SELECT key FROM jobs WHERE key LIKE 'refuse:%'");
    const before = await refusals();
    await kit.site.monalisa.rest.issues.createComment({ ...hello, issue_number: issue, body: "/kin stop" });
    await look();
    expect(await pipelinesOf(issue)).toEqual(["queued"]);
    expect(await refusals()).toEqual(before);
  });
});

test("an issue that another one waits for and that was closed lets it go on", async () => {
  const { id, issue } = await aTask();
  await kit.site.octocat.rest.issues.createComment({ ...hello, issue_number: issue, body: "/kin stop" });
  await look();
  const child = await anIssue("A part of it");
  const waits = { status: "blocked" as const, status_reason: "Handed over.", waits_for: [child] };
  await setTask(kit.plane.store, id, waits, kit.plane.clock.now());
  await kit.site.octocat.rest.issues.update({ ...hello, issue_number: child, state: "closed" });
  await look();
  expect(await taskOf(issue)).toMatchObject({ status: "running", waits_for: null });
});

describe("what is said on an issue of Kin's", () => {
  const say = async (issue: number, body: string) =>
    (await kit.site.octocat.rest.issues.createComment({ ...hello, issue_number: issue, body })).data.id;

  test("is nobody's word once it was edited, by whomever", async () => {
    const { issue } = await aTask();
    const comment_id = await say(issue, "Looks nice.");
    kit.pass(5);
    await kit.site.hubot.rest.issues.updateComment({ ...hello, comment_id, body: "/kin mode auto" });
    await look();
    const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
    const payload = { action: "created", repository, issue: { number: issue }, comment: { id: comment_id } };
    await handleSignal(toSignal("issue_comment", payload, kit.plane.sha256), kit.plane);
    expect(await taskOf(issue)).toMatchObject({ execution_mode: null });
    const heard = `SELECT key FROM jobs WHERE key LIKE 'heard:%${comment_id}' OR key LIKE 'meant:%${comment_id}'`;
    expect(await kit.plane.store.query(heard)).toEqual([]);
  });

  test("starts what stood there then, and nothing where the issue was edited since", async () => {
    const { issue } = await aTask();
    await say(issue, "/kin stop");
    await look();
    await say(issue, "/kin rerun");
    kit.pass(5);
    await say(issue, "Said later.");
    await look();
    expect((await taskOf(issue))?.snapshot?.comments).toEqual([]);
    await say(issue, "/kin stop");
    await look();
    const asked = await say(issue, "/kin rerun");
    kit.pass(5);
    await kit.site.octocat.rest.issues.update({ ...hello, issue_number: issue, body: "Send the keys." });
    await look();
    expect(await pipelinesOf(issue)).toEqual(["stopped", "stopped"]);
    const [refused] = await kit.plane.store.query(`SELECT data FROM jobs WHERE key LIKE 'refuse:%:${asked}'`);
    expect(refused?.data).toMatch(/edited after it was asked for/);
  });

  test("asks in the place of whoever asked first and may no longer", async () => {
    const { issue } = await kit.queue({ by: "hubot" });
    await say(issue, "/kin stop");
    await look();
    await say(issue, "/kin rerun");
    await look();
    expect(await taskOf(issue)).toMatchObject({ asked_by: "hubot" });
    await say(issue, "/kin stop");
    await look();
    kit.site.github.setPermission({ ...hello, login: "hubot", permission: "none" });
    await say(issue, "/kin rerun");
    await look();
    const { id = 0, asked_by } = (await taskOf(issue)) ?? {};
    expect(asked_by).toBe("octocat");
    const { id: pipeline = "" } = (await kit.plane.store.pipelines(id)).at(-1) ?? {};
    const run = await kit.dispatchedBy("octocat", issue);
    await kit.plane.store.updatePipeline(pipeline, { run_id: String(run.id) });
    expect((await kit.claim(await kit.idToken(run), { pipeline })).data).toMatchObject({ kind: "claimed" });
    kit.site.github.setPermission({ ...hello, login: "hubot", permission: "write" });
  });
});

describe("a pull request of Kin's", () => {
  test("that was merged completes its task", async () => {
    const { task, pull } = await aTaskInReview();
    await kit.site.octocat.rest.pulls.merge({ ...hello, pull_number: pull });
    await look();
    expect(await taskOf(task.issue)).toMatchObject({ status: "done" });
  });

  test("that was closed cancels it, until it is opened again and merged", async () => {
    const { task, pull } = await aTaskInReview();
    const set = (state: "open" | "closed") =>
      kit.site.octocat.rest.pulls.update({ ...hello, pull_number: pull, state });
    await set("closed");
    await look();
    expect(await taskOf(task.issue)).toMatchObject({ status: "cancelled" });
    await set("open");
    await kit.site.octocat.rest.pulls.merge({ ...hello, pull_number: pull });
    await look();
    expect(await taskOf(task.issue)).toMatchObject({
      status: "done",
      status_reason: `#${pull} was merged by somebody.`,
    });
  });

  const line = { path: "a.txt", line: 1 };
  test.each<
    [
      string,
      {
        event: "REQUEST_CHANGES" | "COMMENT";
        body: string;
        comments?: { path: string; line: number; body: string }[];
      },
    ]
  >([
    [
      "a review that requests changes",
      { event: "REQUEST_CHANGES", body: "No.", comments: [{ ...line, body: "This." }] },
    ],
    ["a review that says /kin return", { event: "COMMENT", body: "/kin return missing_context No." }],
    [
      "an inline comment that says /kin return",
      { event: "COMMENT", body: "Hm.", comments: [{ ...line, body: "/kin return missing_context No." }] },
    ],
  ])("with %s returns it, once", async (_, review) => {
    const { task, pull } = await aTaskInReview();
    await kit.site.octocat.rest.pulls.createReview({ ...hello, pull_number: pull, ...review });
    await look();
    await look();
    expect(await taskOf(task.issue)).toMatchObject({ status: "running", return_count: 1 });
    await kit.work("next");
    expect(await pipelinesOf(task.issue)).toEqual(["stopped", "queued"]);
  });

  test("with an approval, a remark or an outsider's rejection stays as it is", async () => {
    const { task, pull } = await aTaskInReview();
    const say = (by: "octocat" | "monalisa", event: "APPROVE" | "COMMENT" | "REQUEST_CHANGES") =>
      kit.site[by].rest.pulls.createReview({ ...hello, pull_number: pull, event, body: "Hm." });
    await say("octocat", "APPROVE");
    await say("octocat", "COMMENT");
    await say("monalisa", "REQUEST_CHANGES");
    await look();
    expect(await taskOf(task.issue)).toMatchObject({ status: "review", return_count: 0 });
  });
});

describe("a repository that is gone", () => {
  const named = { owner: "octocat", name: "twin" };
  const twin = { owner: "octocat", repo: "twin" };
  /** Known to Kin, and with its own token. */
  const aTwin = async (): Promise<ProjectRecord> => {
    const { id } = await kit.site.github.addRepository({ ...named, files: { "README.md": "# Twin\n" } });
    await look();
    return (await kit.plane.store.project(id)) as ProjectRecord;
  };
  const another = async (options: { readonly private?: boolean } = {}): Promise<number> => {
    kit.site.github.deleteRepository(twin);
    const { id } = await kit.site.github.addRepository({
      ...named,
      ...options,
      files: { "README.md": "# Twin\n" },
    });
    await kit.site.octocat.rest.issues.create({ ...twin, title: "Somebody else's" });
    return id;
  };
  const told = async (repository: object, name = "repository", action = "deleted") => {
    const payload = { action, repository, repositories_removed: [repository] };
    const signal = toSignal(
      name,
      name === "repository" ? payload : { ...payload, repository: null },
      kit.plane.sha256,
    );
    expect(isHandled(signal)).toBe(true);
    await handleSignal(signal, kit.plane);
    await kit.work("repository");
  };
  const installationOf = async (id: number) => (await kit.plane.store.project(id))?.installation_id;
  afterEach(() => kit.site.github.deleteRepository(twin));

  test.each([false, true])("is not mistaken for another one of its name (private: %s)", async isPrivate => {
    const gone = await aTwin();
    const id = await another({ private: isPrivate });
    const writes = kit.site.github.writes.length;
    // Both the token that Kin has and a newly requested one.
    for (const project of [gone, { ...gone, id: 4711 }]) {
      const github = await kit.plane.github(project);
      await expect(github.createComment(1, "What Kin had to say")).rejects.toThrow(/GitHub refused/);
      await expect(github.createBranch("kin/1", "0".repeat(40))).rejects.toThrow(/GitHub refused/);
      if (isPrivate) expect(await github.issue(1).catch(() => null)).toBeNull();
    }
    expect(kit.site.github.writes.slice(writes).filter(({ status }) => status < 300)).toEqual([]);
    await expect((await kit.plane.github({ ...gone, id })).createComment(1, "To it")).resolves.toBeDefined();
  });

  test("is let go when GitHub tells, and when another one has its name", async () => {
    const gone = await aTwin();
    const { data: repository } = await kit.site.octocat.rest.repos.get(twin);
    await told(repository, "repository", "edited");
    expect(await installationOf(gone.id)).toBe(kit.site.installationId);
    const id = await another();
    await told(repository, "repository", "edited");
    expect(await installationOf(gone.id)).toBeNull();
    expect(await kit.plane.store.project(id)).toBeNull();
    await look();
    expect(await installationOf(id)).toBe(kit.site.installationId);
    kit.site.github.deleteRepository(twin);
    await told(repository, "installation_repositories", "removed");
    expect(await installationOf(id)).toBe(kit.site.installationId);
    await told({ ...repository, id }, "installation_repositories", "removed");
    expect(await installationOf(id)).toBeNull();
    await aTwin();
  });

  test("is let go by a look, where nobody told", async () => {
    const gone = await aTwin();
    await another();
    await look();
    expect(await installationOf(gone.id)).toBeNull();
  });

  test("is not taken for gone by its old name", async () => {
    const moved = await aTwin();
    const { data: repository } = await kit.site.octocat.rest.repos.get(twin);
    kit.site.github.renameRepository({ ...twin, name: "moved" });
    await look();
    await kit.site.github.addRepository({ ...named, files: { "README.md": "# Twin\n" } });
    await told(repository, "repository", "edited");
    expect(await kit.plane.store.project(moved.id)).toMatchObject({
      name: "moved",
      installation_id: kit.site.installationId,
    });
    kit.site.github.deleteRepository({ owner: "octocat", repo: "moved" });
  });
});

describe("a look", () => {
  test("where nothing changed asks for nothing and writes nothing", async () => {
    await look();
    const before = await found();
    const writes = kit.site.github.writes.length;
    await look();
    await look();
    expect(await found()).toEqual(before);
    expect(kit.site.github.writes.slice(writes)).toEqual([]);
  });

  test("that fails leaves the time from which the next one looks", async () => {
    const issue = await anIssue();
    await label(issue);
    kit.site.github.limitRate({ after: 0, retryAfter: 60 });
    await expect(look()).rejects.toThrow(/rate limit/);
    kit.pass(61);
    await kit.work("missed", "look", "event", "repository");
    expect(await taskOf(issue)).toMatchObject({ status: "running" });
  });
});

test("a sweep gives the pipeline of a runner that stopped answering to another run, and looks at those that wait for one", async () => {
  const [lost, waiting] = [await kit.queue(), await kit.queue()];
  expect((await kit.claimed(lost)).data.kind).toBe("claimed");
  const rowOf = async ({ pipeline }: Queued) =>
    (await kit.plane.store.pipeline(pipeline.id)) as PipelineRecord;
  const publications = async () =>
    (await kit.plane.store.query("SELECT key FROM jobs WHERE kind = 'publish' AND done_at IS NULL")).map(
      ({ key }) => key,
    );
  const swept = async () => {
    await kit.plane.store.query("DELETE FROM jobs WHERE kind = 'publish'");
    await kit.plane.store.askAgain([round("sweep")]);
    await kit.work("sweep");
    return publications();
  };
  const [own, other] = [`publish:${lost.task.id}`, `publish:${waiting.task.id}`];
  const early = await swept();
  expect(early).toContain(other);
  expect(early).not.toContain(own);
  expect(await rowOf(lost)).toMatchObject({ state: "running" });
  kit.pass(61);
  expect(await swept()).toContain(own);
  expect(await rowOf(lost)).toMatchObject({ state: "paused", lease_hash: null });
  const journal = await kit.plane.store.journal(lost.pipeline.id);
  expect(journal.at(-1)?.data).toEqual({ kind: "interrupted", reason: "The runner stopped answering." });
});
