import { hello, writeFile } from "embedded-github/site";
import { beforeAll, describe, expect, test } from "vitest";
import { readInputs } from "../../action/inputs.ts";
import { postVerdict } from "../../action/verdict.ts";
import { namesVerdictJob } from "../../app/runs/claim.ts";
import { PROTOCOL } from "../../core/model/wire.ts";
import { type Kit, openForFile, type Queued } from "./kit.ts";
import { createPlayer, type Playing, REJECTED, wrote } from "./play.ts";

let kit: Kit;
let first: Queued;
openForFile(opened => {
  ({ kit, first } = opened);
});

beforeAll(async () => {
  const content = "limits: { runs: 50, revisions: 1 }\nlearn: off\n";
  await writeFile(kit.site.octocat, { path: ".github/kin.yml", content });
});

const IDLE = { turns: [{}, {}], answer: { status: "done" } };

describe("the verdict job has nothing to wait for", () => {
  const asked = async (play: Playing["play"]) => {
    const queued = await kit.queue();
    await kit.plane.store.updatePipeline(queued.pipeline.id, { has_verdict_job: 1 });
    const player = createPlayer(kit);
    await player.play(queued, { ...(play === undefined ? {} : { play }) });
    const answer = async () => {
      const body = { protocol: PROTOCOL, pipeline: queued.pipeline.id };
      return (await kit.post("/kin/verdict", { token: await kit.idToken(queued.run), body })).data;
    };
    return { queued, player, answer };
  };

  test("where nothing was written since the last gate's commit", async () => {
    const { queued, player, answer } = await asked([wrote("a.js"), REJECTED, IDLE, REJECTED]);
    expect(await answer()).toEqual({ kind: "wait" });
    await player.publish(queued);
    const { pr_number, head_sha } = await player.taskOf(queued);
    expect(await answer()).toMatchObject({ kind: "review", pull: pr_number, commit_id: head_sha });
  });

  test("where the commit of this very gate is still to come, it waits", async () => {
    const { answer } = await asked([wrote("b.js"), REJECTED, wrote("c.js"), REJECTED]);
    expect(await answer()).toEqual({ kind: "wait" });
  });

  test("where nothing was written at all", async () => {
    const { answer } = await asked([IDLE, REJECTED, IDLE, REJECTED]);
    expect(await answer()).toMatchObject({
      kind: "nothing",
      reason: expect.stringMatching(/no pull request/),
    });
  });

  test("where the pull request was closed", async () => {
    const { queued, player, answer } = await asked([wrote("d.js"), REJECTED, wrote("e.js"), REJECTED]);
    // As far as the pull request, but no review yet.
    await player.publish(queued);
    const pull_number = Number((await player.taskOf(queued)).pr_number);
    await kit.site.octocat.rest.pulls.update({ ...hello, pull_number, state: "closed" });
    expect(await answer()).toMatchObject({ kind: "nothing" });
  });
});

describe("the Action's part of it", () => {
  /** A rejection whose review the job has to post, and the job. */
  const rejected = async () => {
    const queued = await kit.queue();
    await kit.plane.store.updatePipeline(queued.pipeline.id, { has_verdict_job: 1 });
    const player = createPlayer(kit);
    await player.play(queued, { play: [wrote(`v-${queued.issue}.js`), REJECTED, IDLE, REJECTED] });
    await player.publish(queued);
    const pull_number = (await player.pullOf(queued)).number;
    const given: Readonly<Record<string, string>> = {
      ...{ job: "verdict", server: kit.url, pipeline: queued.pipeline.id },
    };
    const inputs = readInputs({ input: name => given[name] ?? "", env: {} });
    const job = () =>
      postVerdict(inputs, {
        idToken: () => kit.idToken(queued.run),
        token: queued.run.jobToken({ pull_requests: "write" }),
        apiUrl: kit.site.github.apiUrl,
        log: () => {},
      });
    const reviews = async () =>
      (await kit.site.octocat.rest.pulls.listReviews({ ...hello, pull_number })).data.map(
        ({ user, state }) => [user?.login, state],
      );
    return { queued, player, pull_number, job, reviews };
  };
  const asks = ["github-actions[bot]", "CHANGES_REQUESTED"];
  /** Kin posts what a revision took up. */
  const shown = ["kin[bot]", "COMMENTED"];

  test("posts the rejection once, and takes nobody's copy for it", async () => {
    const { queued, player, pull_number, job, reviews } = await rejected();
    const body = { protocol: PROTOCOL, pipeline: queued.pipeline.id };
    const { data } = await kit.post("/kin/verdict", { token: await kit.idToken(queued.run), body });
    const copy = { ...hello, pull_number, event: "COMMENT", body: data.body } as const;
    await kit.site.hubot.rest.pulls.createReview(copy);
    await job();
    await kit.plane.store.query(`DELETE FROM jobs WHERE key = 'review:${data.source}'`);
    await job();
    await player.publish(queued);
    expect(await reviews()).toEqual([shown, ["hubot", "COMMENTED"], asks]);
  });

  test("says that GitHub did not take it: the App shows the rejection itself", async () => {
    const { queued, player, job, reviews } = await rejected();
    kit.site.github.failNext({ method: "POST", path: /\/reviews$/ });
    await job();
    await player.publish(queued);
    expect(await reviews()).toEqual([shown, shown]);
  });
});

test.each([
  ["    job: verdict", true],
  ["\t job:  verdict ", true],
  ["    job: run", false],
  ["    uses: octocat/kin/.github/workflows/pipeline.yml@v1", true],
  ["    uses: octocat/kin@v1", false],
  // A workflow of the repository's own may be anything, and names no version.
  ["    uses: ./.github/workflows/pipeline.yml", false],
  ["    # job: verdict", false],
])("a workflow with the line %j has a verdict job: %s", (line, has) => {
  expect(namesVerdictJob(`jobs:\n  kin:\n${line}\n`)).toBe(has);
});

describe("the verdict job", () => {
  const ask = async (of: Queued, pipeline = of.pipeline.id) =>
    kit.post("/kin/verdict", { token: await kit.idToken(of.run), body: { protocol: PROTOCOL, pipeline } });

  test("is told that there is nothing to say while the pipeline goes on, and where no gate rejected", async () => {
    const queued = await kit.queue();
    expect((await ask(queued)).data).toMatchObject({
      kind: "nothing",
      reason: expect.stringMatching(/goes on/),
    });
    const { data } = await kit.claimed(queued);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, { token: data.run_token, body });
    expect((await ask(queued)).data).toEqual({
      kind: "nothing",
      reason: "No gate asked for changes in this run.",
    });
  });

  test("of another run, or of a pipeline that there is not, is refused", async () => {
    const queued = await kit.queue();
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: "424242" });
    expect((await ask(queued)).data.message).toMatch(/is not the one that drove pipeline/);
    expect((await ask(queued, "none")).data.message).toMatch(/there is no such pipeline/);
  });

  test("with a token that is not right, another protocol or a malformed body is refused", async () => {
    const queued = await kit.queue();
    const body = { protocol: PROTOCOL, pipeline: queued.pipeline.id };
    expect((await kit.post("/kin/verdict", { token: "", body })).status).toBe(403);
    const foreign = await kit.idToken(queued.run, "https://kin.example");
    expect((await kit.post("/kin/verdict", { token: foreign, body })).status).toBe(403);
    const token = await kit.idToken(queued.run);
    expect((await kit.post("/kin/verdict", { token, body: { ...body, protocol: 99 } })).status).toBe(403);
    const another = await kit.idToken(queued.run);
    const malformed = await kit.post("/kin/verdict", { token: another, body: { protocol: PROTOCOL } });
    expect([malformed.status, malformed.data.code]).toEqual([400, "malformed"]);
  });

  test("that reports without the token of its review is refused", async () => {
    const body = { source: `gate:${first.pipeline.id}:1:1`, review_id: 1, reason: "" };
    const named = Buffer.from(body.source).toString("base64url");
    const other = kit.plane.sign("verdict:gate:another:1:1");
    const bare = kit.plane.sign(`verdict:${body.source}`);
    for (const token of ["", "x", "0".repeat(64), bare, named, `${named}.`, `${named}.${other}`])
      for (const sent of [body, {}, "{{{"])
        expect((await kit.post("/kin/verdict/report", { token, body: sent })).data.code).toBe(
          "claim_refused",
        );
    const malformed = await kit.post("/kin/verdict/report", { token: `${named}.${bare}`, body: {} });
    expect([malformed.status, malformed.data.code]).toEqual([400, "malformed"]);
  });
});
