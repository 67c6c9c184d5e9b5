import type { QueuedRun } from "embedded-github";
import { hello } from "embedded-github/site";
import { beforeAll, describe, expect, test } from "vitest";
import { publishTask } from "../../app/publish/publish.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import type { ClaimRequest } from "../../core/model/wire.ts";
import { type Kit, openForFile, type Queued } from "./kit.ts";

let kit: Kit;
let first: Queued;
openForFile(opened => {
  ({ kit, first } = opened);
});

const setPermission = (login: string, permission: "write" | "triage" | "read" | "none") =>
  kit.site.github.setPermission({ ...hello, login, permission });
const stored = async (id: string) => (await kit.plane.store.pipeline(id)) as PipelineRecord;

describe("a request by a person", () => {
  const anIssue = async () =>
    (await kit.site.octocat.rest.issues.create({ ...hello, title: "Asked for by hand" })).data.number;
  const asked = async (run: QueuedRun, request: Partial<ClaimRequest>) =>
    kit.claim(await kit.idToken(run), request);
  const taskOf = async (issue: number) => {
    const [project] = (await kit.plane.store.projects()).filter(one => one.name === "hello");
    return kit.plane.store.findTask({ project_id: project?.id ?? 0, issue });
  };
  const labelsOf = async (issue: number) =>
    (await kit.site.octocat.rest.issues.listLabelsOnIssue({ ...hello, issue_number: issue })).data.map(
      l => l.name,
    );
  let byHand: QueuedRun;
  beforeAll(async () => {
    byHand = await kit.dispatchedBy("hubot", first.issue);
  });

  test("with write access makes the task and its pipeline, which is this run's", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue);
    const { data } = await asked(run, { issue: String(issue) });
    expect(data.kind).toBe("claimed");
    expect(await taskOf(issue)).toMatchObject({ asked_by: "hubot", status: "running" });
    expect(await stored(data.pipeline)).toMatchObject({
      run_id: String(run.id),
      dispatches: 1,
      state: "running",
    });
    expect(await labelsOf(issue)).toContain("kin");
  });

  test("for a dry run makes a pipeline that only plans, and labels nothing", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue, { dry_run: true });
    const { data } = await asked(run, { issue: String(issue), dry_run: true });
    expect(data.journal[0].data.opening.dry_run).toBe(true);
    expect(await labelsOf(issue)).toEqual([]);
  });

  test("for a dry run whose run ends early goes on in another run, and nothing is written on the issue", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue, { dry_run: true });
    const { data } = await asked(run, { issue: String(issue), dry_run: true });
    const writes = kit.site.github.writes.length;
    await kit.post(`/kin/pipelines/${data.pipeline}/append`, {
      token: data.run_token,
      body: { after: data.journal.length, events: [{ kind: "paused", reason: "The model is busy." }] },
    });
    await kit.post(`/kin/pipelines/${data.pipeline}/release`, { token: data.run_token, body: {} });
    await kit.end(run, "success");
    const { id } = (await taskOf(issue)) ?? { id: 0 };
    kit.pass(2);
    await publishTask(id, kit.plane);
    await kit.work("dispatch");
    await publishTask(id, kit.plane);
    const { run_id, dispatches } = await stored(data.pipeline);
    expect(dispatches).toBe(2);
    const second = await kit.run(Number(run_id));
    const { data: again } = await kit.claim(await kit.idToken(second), { pipeline: data.pipeline });
    expect(again.journal[0].data.opening.dry_run).toBe(true);
    const made = kit.site.github.writes.slice(writes).map(({ path }) => path);
    expect(made.filter(path => new RegExp(`/issues/${issue}/|/git/|/pulls`).test(path))).toEqual([]);
    expect(await taskOf(issue)).toMatchObject({ status: "cancelled", branch: null, snapshot: null });
  });

  test("who has lost write access is refused, and nothing is made", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue);
    setPermission("hubot", "triage");
    const { status, data } = await asked(run, { issue: String(issue) });
    setPermission("hubot", "write");
    expect(status).toBe(403);
    expect(data.message).toMatch(/whoever dispatched the run has no write access/);
    expect(await taskOf(issue)).toBeNull();
  });

  test("that is none: a run that Kin's own bot dispatched has to name its pipeline", async () => {
    const queued = await kit.copy(first);
    const { status, data } = await asked(queued.run, { issue: String(queued.issue) });
    expect(status).toBe(403);
    expect(data.message).toMatch(/whoever dispatched the run has no write access/);
  });

  test("is for the issue that the run was dispatched for, whatever it says", async () => {
    const [meant, other] = [await anIssue(), await anIssue()];
    const run = await kit.dispatchedBy("hubot", meant);
    for (const before of ["unclaimed", "claimed"]) {
      const { status, data } = await asked(run, { issue: String(other) });
      expect([before, status, data.code]).toEqual([before, 403, "claim_refused"]);
      expect(data.message).toMatch(/was not dispatched by hand for issue/);
      expect(await taskOf(other)).toBeNull();
      expect((await asked(run, { issue: String(meant) })).data.kind).toBe("claimed");
    }
  });

  test.each<[string, Parameters<Kit["dispatchedBy"]>[2], Partial<ClaimRequest>]>([
    ["a dry run is no real one", { dry_run: true }, {}],
    ["a real one is no dry run", {}, { dry_run: true }],
    ["one from a step is none from the beginning", { from_step: "2" }, {}],
    ["one from the beginning is none from a step", {}, { from_step: "2" }],
    ["one from a step is none from another", { from_step: "2" }, { from_step: "12" }],
    ["a dry run from a step is no real one", { from_step: "2", dry_run: true }, { from_step: "2" }],
    ["what is written into a step is none", { from_step: "2)#1 (by hand" }, { from_step: "2" }],
  ])("is for what the run was dispatched with, whatever it says: %s", async (_, dispatched, request) => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue, dispatched);
    const { status, data } = await asked(run, { issue: String(issue), ...request });
    expect([status, data.code]).toEqual([403, "claim_refused"]);
    expect(data.message).toMatch(/was not dispatched by hand for issue #\d+ as it says/);
    expect(await taskOf(issue)).toBeNull();
  });

  test("is none where the run was dispatched with a pipeline", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue, { pipeline: "1-1-1" });
    const { status, data } = await asked(run, { issue: String(issue) });
    expect([status, data.message]).toEqual([403, expect.stringMatching(/was not dispatched by hand/)]);
    expect(await taskOf(issue)).toBeNull();
  });

  test("whose pipeline went on in another run does not start another", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue);
    const { data } = await asked(run, { issue: String(issue) });
    await kit.plane.store.updatePipeline(data.pipeline, { run_id: "424242" });
    expect((await asked(run, { issue: String(issue) })).data.message).toMatch(
      /is not the one that was started/,
    );
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${data.pipeline}/append`, { token: data.run_token, body });
    const answer = await asked(run, { issue: String(issue) });
    expect(answer.data).toMatchObject({ kind: "nothing", reason: expect.stringMatching(/is finished/) });
    expect(await kit.plane.store.pipelines((await taskOf(issue))?.id ?? 0)).toHaveLength(1);
  });

  test("for an issue that somebody edited since the run was dispatched starts nothing", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue);
    kit.pass(2);
    await kit.site.octocat.rest.issues.update({ ...hello, issue_number: issue, body: "Something else." });
    const { status, data } = await asked(run, { issue: String(issue) });
    expect([status, data.kind]).toEqual([200, "nothing"]);
    expect(data.reason).toMatch(/edited after it was asked for/);
    expect(await taskOf(issue)).toBeNull();
  });

  test("for a known issue that somebody edited since the run was dispatched starts nothing", async () => {
    const queued = await kit.queue();
    const { data: lease } = await kit.claimed(queued);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, { token: lease.run_token, body });
    const run = await kit.dispatchedBy("hubot", queued.issue);
    kit.pass(2);
    await kit.site.octocat.rest.issues.update({ ...hello, issue_number: queued.issue, title: "Another" });
    const { data } = await asked(run, { issue: String(queued.issue) });
    expect(data).toMatchObject({
      kind: "nothing",
      reason: expect.stringMatching(/edited after it was asked/),
    });
    expect(await kit.plane.store.pipelines(queued.task.id)).toHaveLength(1);
  });

  test("freezes the issue and its comments as of the run's dispatch", async () => {
    const issue = await anIssue();
    const comment = (body: string) =>
      kit.site.octocat.rest.issues.createComment({ ...hello, issue_number: issue, body });
    await comment("Before.");
    const run = await kit.dispatchedBy("hubot", issue);
    kit.pass(2);
    await comment("Behind.");
    const { data } = await asked(run, { issue: String(issue) });
    const { task } = data.journal[0].data.opening;
    expect(task.comments.map((one: { body: string }) => one.body)).toEqual(["Before."]);
    const github = await kit.site.octocat.rest.actions.getWorkflowRun({ ...hello, run_id: run.id });
    expect(task.frozen_at).toBe(github.data.created_at);
  });

  const numbers = [
    "",
    "0",
    "-1",
    "01",
    "1.5",
    "1e3",
    " 1",
    "1; rm -rf /",
    "12345678901",
    "octocat/other#1",
    "٣",
  ];
  test.each(numbers.map(number => [JSON.stringify(number), number]))(
    "for the issue %s is refused",
    async (_, issue) => {
      const { status, data } = await asked(byHand, { issue });
      expect([status, data.code]).toEqual([403, "claim_refused"]);
      expect(data.message).toMatch(/`issue` is "/);
    },
  );

  test.each(["", "x", "-1", "1.5", "1000", "1 or 2"])("from step %j is refused", async from_step => {
    const { status, data } = await asked(byHand, { issue: "1", from_step });
    expect(status).toBe(403);
    expect(data.message).toMatch(/`from_step` is "/);
  });

  test("for an issue that there is not, or for a pull request, is nothing to do", async () => {
    const sha = (await kit.site.octocat.rest.git.getRef({ ...hello, ref: "heads/main" })).data.object.sha;
    await kit.site.octocat.rest.git.createRef({ ...hello, ref: "refs/heads/topic", sha });
    await kit.site.octocat.rest.repos.createOrUpdateFileContents({
      ...hello,
      path: "a.txt",
      branch: "topic",
      message: "a",
      content: "YQ==",
    });
    const pull = await kit.site.octocat.rest.pulls.create({
      ...hello,
      title: "T",
      head: "topic",
      base: "main",
    });
    for (const number of [99_999, pull.data.number]) {
      const run = await kit.dispatchedBy("hubot", number);
      const { status, data } = await asked(run, { issue: String(number) });
      expect([status, data]).toEqual([
        200,
        { kind: "nothing", reason: `#${number} is not an issue of this repository.` },
      ]);
      expect(await taskOf(number)).toBeNull();
    }
  });

  test("for a closed issue is nothing to do, and leaves no task behind", async () => {
    const issue = await anIssue();
    await kit.site.octocat.rest.issues.update({ ...hello, issue_number: issue, state: "closed" });
    const run = await kit.dispatchedBy("hubot", issue);
    const { data } = await asked(run, { issue: String(issue) });
    expect(data).toMatchObject({ kind: "nothing", reason: expect.stringMatching(/not open/) });
    expect(await taskOf(issue)).toBeNull();
  });

  test("for an issue whose pipeline is running is nothing to do", async () => {
    const queued = await kit.queue();
    const run = await kit.dispatchedBy("hubot", queued.issue);
    const { status, data } = await asked(run, { issue: String(queued.issue) });
    expect(status).toBe(200);
    expect(data).toMatchObject({ kind: "nothing", reason: expect.stringMatching(/running already/) });
    expect(await kit.plane.store.pipelines(queued.task.id)).toHaveLength(1);
  });

  test("from a step that there is not is nothing to do", async () => {
    const queued = await kit.queue();
    const { data: lease } = await kit.claimed(queued);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, { token: lease.run_token, body });
    const run = await kit.dispatchedBy("hubot", queued.issue, { from_step: "3" });
    const { data } = await asked(run, { issue: String(queued.issue), from_step: "3" });
    expect(data).toMatchObject({ kind: "nothing", reason: expect.stringMatching(/no step .*3/) });
  });

  test("whose claim was answered into the void claims again, and gets the same pipeline", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue);
    const first = await asked(run, { issue: String(issue) });
    const again = await asked(run, { issue: String(issue) });
    expect(again.data).toMatchObject({ kind: "claimed", pipeline: first.data.pipeline });
  });

  test("who presses “Re-run jobs” on a finished pipeline's run does not start another", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue);
    const { data } = await asked(run, { issue: String(issue) });
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${data.pipeline}/append`, { token: data.run_token, body });
    await kit.end(run, "success");
    await kit.site.hubot.rest.actions.reRunWorkflow({ ...hello, run_id: run.id });
    const answer = await asked(await kit.run(run.id, 2), { issue: String(issue) });
    expect(answer.data).toMatchObject({ kind: "nothing", reason: expect.stringMatching(/is finished/) });
    expect(await kit.plane.store.pipelines((await taskOf(issue))?.id ?? 0)).toHaveLength(1);
  });

  test("in a repository whose configuration is wrong is told file and key, and leaves no task behind", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue);
    const file = { ...hello, path: ".github/kin.yml" };
    const { data: before } = await kit.site.octocat.rest.repos.getContent(file);
    const { sha, content } = before as { sha: string; content: string };
    const broken = await kit.site.octocat.rest.repos.createOrUpdateFileContents({
      ...file,
      sha,
      message: "x",
      content: Buffer.from("limit: {}\n").toString("base64"),
    });
    const { status, data } = await asked(run, { issue: String(issue) });
    await kit.site.octocat.rest.repos.createOrUpdateFileContents({
      ...file,
      sha: broken.data.content?.sha ?? "",
      message: "y",
      content,
    });
    expect([status, data.code]).toEqual([400, "config_invalid"]);
    expect(data.message).toMatch(/\.github\/kin\.yml: unknown key `limit`\. Did you mean `limits`\?/);
    expect(await taskOf(issue)).toBeNull();
  });
});
