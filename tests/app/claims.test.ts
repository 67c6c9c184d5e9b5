import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishTask } from "../../app/publish/publish.ts";
import { createVerifier } from "../../app/runs/oidc.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import { type ClaimRequest, PROTOCOL } from "../../core/model/wire.ts";
import type { QueuedRun } from "../../local/github/github.ts";
import { hello } from "../github/site.ts";
import { type Answer, aRequest, type Kit, openKit, type Queued, TRUSTED_WORKFLOW } from "./kit.ts";

let kit: Kit;
let first: Queued;
beforeAll(async () => {
  kit = await openKit();
  first = await kit.queue();
});
afterAll(() => kit.close());

const setPermission = (login: string, permission: "write" | "triage" | "read" | "none") =>
  kit.site.github.setPermission({ ...hello, login, permission });
const stored = async (id: string) => (await kit.plane.store.pipeline(id)) as PipelineRecord;
const kinds = async (id: string) => (await kit.plane.store.journal(id)).map(event => event.data.kind);
const claimed = async (of: Queued, run = of.run): Promise<Answer> =>
  kit.claim(await kit.idToken(run), { pipeline: of.pipeline.id });
const seconds = () => Math.floor(kit.plane.clock.now() / 1000);
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a token that is refused", () => {
  let waiting: Queued;
  beforeAll(async () => {
    waiting = await kit.copy(first);
  });

  const withHeader = async (run: QueuedRun, header: object, sign: (text: string) => string) => {
    const body = (await kit.idToken(run)).split(".")[1];
    const text = `${encode(header)}.${body}`;
    return `${text}.${sign(text)}`;
  };
  const forged = (claims: object) => (run: QueuedRun) => kit.forge(run, claims as Record<string, unknown>);
  const keyAsSecret = async (run: QueuedRun) => {
    const jwks = await fetch(`${kit.site.github.oidcIssuer}/.well-known/jwks`);
    const { keys } = (await jwks.json()) as { keys: [object] };
    const pem = createPublicKey({ key: keys[0] as never, format: "jwk" }).export({
      type: "spki",
      format: "pem",
    });
    return withHeader(run, { alg: "HS256", kid: "embedded-1" }, text =>
      createHmac("sha256", pem).update(text).digest("base64url"),
    );
  };
  const altered = async (run: QueuedRun) => {
    const [header, body = "", signature] = (await kit.idToken(run)).split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    return `${header}.${encode({ ...claims, run_id: "1" })}.${signature}`;
  };
  const own = "octocat/hello/.github/workflows";

  const rows: readonly (readonly [string, (run: QueuedRun) => Promise<string> | string, RegExp])[] = [
    ["none at all", () => "", /issuer \(unreadable\) is not trusted/],
    ["three words", () => "a.b.c", /issuer \(unreadable\) is not trusted/],
    ["one for another server", run => kit.idToken(run, "https://kin.example"), /`aud` is not right/],
    [
      "one of an issuer that nobody trusts",
      forged({ iss: "https://issuer.example" }),
      /https:\/\/issuer\.example is not trusted/,
    ],
    [
      "one of our issuer's name with a slash more",
      run => kit.forge(run, { iss: `${kit.site.github.oidcIssuer}/` }),
      /is not trusted/,
    ],
    [
      "one signed with another key",
      run => kit.forge(run, {}, { key: stranger }),
      /signature verification failed/,
    ],
    [
      "one signed with a key that the issuer does not list",
      run => kit.forge(run, {}, { key: stranger, kid: "mine" }),
      /no applicable key/,
    ],
    ["one whose claims were altered behind its signature", altered, /signature verification failed/],
    ["one with the algorithm none", run => withHeader(run, { alg: "none" }, () => ""), /not valid/],
    ["one signed with the public key as a secret", keyAsSecret, /not valid/],
    ["one that expired", run => kit.forge(run, { exp: seconds() - 10 }), /too old/],
    [
      "one older than five minutes",
      run => kit.forge(run, { iat: seconds() - 310, exp: seconds() + 600 }),
      /too old/,
    ],
    ["one that says nothing of its age", forged({ iat: undefined }), /`iat`/],
    ["one from the future", run => kit.forge(run, { iat: seconds() + 120 }), /`iat`/],
    ["one without an id", forged({ jti: undefined }), /lacks or misstates `jti`/],
    ["one with a run that is no number", forged({ run_id: "12; rm" }), /lacks or misstates `run_id`/],
    [
      "one of a repository that Kin does not know",
      forged({ repository_id: "999999", repository: "octocat/other" }),
      /octocat\/other is not known here/,
    ],
    ["one of a push", forged({ event_name: "push" }), /event is push/],
    [
      "one of pull_request_target",
      forged({ event_name: "pull_request_target" }),
      /event is pull_request_target/,
    ],
    [
      "one of another branch",
      forged({ ref: "refs/heads/evil", workflow_ref: `${own}/kin.yml@refs/heads/evil` }),
      /refs\/heads\/evil, not of refs\/heads\/main/,
    ],
    ["one of a tag with the branch's name", forged({ ref: "refs/tags/main" }), /refs\/tags\/main, not of/],
    [
      "one of another workflow file",
      forged({ workflow_ref: `${own}/ci.yml@refs/heads/main` }),
      /the workflow is .*ci\.yml/,
    ],
    [
      "one of the same file on another branch",
      forged({ workflow_ref: `${own}/kin.yml@refs/heads/evil` }),
      /the workflow is .*evil/,
    ],
    [
      "one of another repository's workflow file",
      forged({ workflow_ref: "octocat/other/.github/workflows/kin.yml@refs/heads/main" }),
      /the workflow is octocat\/other/,
    ],
    [
      "one of a reusable workflow that nobody trusts",
      forged({ job_workflow_ref: "octocat/other/.github/workflows/kin.yml@refs/heads/main" }),
      /reusable workflow octocat\/other.* is not trusted/,
    ],
    [
      "one of a trusted reusable workflow at another commit",
      forged({ job_workflow_ref: `${TRUSTED_WORKFLOW}-2` }),
      /is not trusted/,
    ],
    ["one of another run", forged({ run_id: "424242" }), /run 424242 is not the one that was started/],
  ];
  test.each(rows)("%s", async (_, token, reason) => {
    const { status, data } = await kit.claim(await token(waiting.run), { pipeline: waiting.pipeline.id });
    expect(data).toMatchObject({ code: "claim_refused", message: expect.stringMatching(reason) });
    expect(status).toBe(403);
    expect(data.hint).not.toBe("");
    expect(data.message.length).toBeLessThan(400);
  });

  test("costs the pipeline nothing: the run that was started for it claims it", async () => {
    expect(await kinds(waiting.pipeline.id)).toEqual(["opened"]);
    expect((await claimed(waiting)).data.kind).toBe("claimed");
  });
});

describe("a request that is refused", () => {
  let waiting: Queued;
  beforeAll(async () => {
    waiting = await kit.copy(first);
  });

  const { protocol: _, ...withoutProtocol } = aRequest();
  const bodies: readonly (readonly [string, unknown])[] = [
    ["no JSON", "{{{"],
    ["an array", []],
    ["nothing", "null"],
    ["without a protocol", withoutProtocol],
    ["an issue that is a number", { ...aRequest(), issue: 12 }],
    ["a pipeline that is an object", { ...aRequest(), pipeline: { $ne: null } }],
    ["dry_run as text", { ...aRequest(), dry_run: "true" }],
    ["no time at all", aRequest({ deadline_minutes: 0 })],
    ["more time than any runner has", aRequest({ deadline_minutes: 7201 })],
    ["a polluted prototype", `{"__proto__":${JSON.stringify(aRequest())}}`],
  ];
  test.each(bodies)("malformed: %s", async (_, body) => {
    const { status, data } = await kit.post("/kin/claim", { token: await kit.idToken(waiting.run), body });
    expect([status, data.code]).toEqual([400, "malformed"]);
  });

  test("another protocol: it says which side speaks which", async () => {
    const { status, data } = await kit.claim(await kit.idToken(waiting.run), {
      protocol: 99,
      pipeline: waiting.pipeline.id,
    });
    expect(status).toBe(403);
    expect(data.message).toMatch(/the Action speaks protocol 99, this App speaks \d+/);
  });

  const pipelines = ["1-1-99", "1'; DROP TABLE pipelines;--", "../1", "x".repeat(5000)];
  test.each(pipelines.map(id => [id.slice(0, 30), id]))(
    "a pipeline that there is not: %s",
    async (_, pipeline) => {
      const { status, data } = await kit.claim(await kit.idToken(waiting.run), { pipeline });
      expect(status).toBe(403);
      expect(data.message).toMatch(/there is no such pipeline in this repository/);
    },
  );

  test("a pipeline of another repository", async () => {
    const { id } = await kit.site.github.addRepository({
      owner: "octocat",
      name: "other",
      files: { a: "a\n" },
    });
    const project = await kit.plane.store.project(waiting.task.project_id);
    if (project === null) throw new Error("no project");
    await kit.plane.store.saveProject({ ...project, id, name: "other" }, kit.plane.clock.now());
    const workflow_ref = "octocat/other/.github/workflows/kin.yml@refs/heads/main";
    const claims = {
      repository_id: String(id),
      repository: "octocat/other",
      workflow_ref,
      job_workflow_ref: workflow_ref,
    };
    const { status, data } = await kit.claim(await kit.forge(waiting.run, claims), {
      pipeline: waiting.pipeline.id,
    });
    expect(status).toBe(403);
    expect(data.message).toMatch(/there is no such pipeline in this repository/);
  });

  test("a person's run that names a pipeline", async () => {
    const run = await kit.dispatchedBy("hubot", waiting.issue);
    const { status, data } = await claimed(waiting, run);
    expect(status).toBe(403);
    expect(data).toMatchObject({
      message: expect.stringMatching(/is not the one that was started/),
      hint: expect.stringMatching(/Leave `pipeline` empty/),
    });
  });

  test("a person's run that names a pipeline whose run GitHub did not tell", async () => {
    await kit.plane.store.updatePipeline(waiting.pipeline.id, { run_id: null });
    const run = await kit.dispatchedBy("octocat", waiting.issue);
    expect((await claimed(waiting, run)).status).toBe(403);
    expect((await claimed(waiting)).data.kind).toBe("claimed");
  });
});

describe("a claim", () => {
  test("is granted to the run that was started for the pipeline, and its token is kept as a hash", async () => {
    const queued = await kit.copy(first);
    const { status, data } = await claimed(queued);
    expect([status, data.kind, data.pipeline]).toEqual([200, "claimed", queued.pipeline.id]);
    expect(data.journal.map((event: { data: { kind: string } }) => event.data.kind)).toEqual([
      "opened",
      "claimed",
    ]);
    const row = await stored(queued.pipeline.id);
    expect(row).toMatchObject({
      state: "running",
      run_id: String(queued.run.id),
      run_attempt: 1,
    });
    // Also where whoever dispatched the run died before it wrote the address down.
    expect(row.run_url).toMatch(new RegExp(`/octocat/hello/actions/runs/${queued.run.id}$`));
    expect(row.lease_hash).toBe(kit.plane.sha256(data.run_token));
    expect((row.lease_deadline ?? 0) - kit.plane.clock.now()).toBeGreaterThan(44 * 60_000);
    expect((row.lease_deadline ?? 0) - kit.plane.clock.now()).toBeLessThanOrEqual(45 * 60_000);
    for (const table of ["jobs", "pipelines", "events"]) {
      const rows = JSON.stringify(await kit.plane.store.query(`SELECT * FROM ${table}`));
      expect(rows).not.toContain(data.run_token);
    }
  });

  test("brings a git credential that reads this repository and writes nothing", async () => {
    const { data } = await claimed(await kit.copy(first));
    expect(data.git.url).toBe(`${kit.site.github.url}/octocat/hello.git`);
    const [, token = ""] = Buffer.from(data.git.authorization.slice(6), "base64").toString().split(":");
    const octokit = kit.site.as(token);
    expect((await octokit.rest.repos.getContent({ ...hello, path: "README.md" })).status).toBe(200);
    await expect(octokit.rest.issues.create({ ...hello, title: "x" })).rejects.toMatchObject({ status: 403 });
    const ref = { ...hello, ref: "refs/heads/x", sha: "0".repeat(40) };
    await expect(octokit.rest.git.createRef(ref)).rejects.toMatchObject({ status: 403 });
  });

  test("is granted to a trusted reusable workflow", async () => {
    const queued = await kit.copy(first);
    const token = await kit.forge(queued.run, { job_workflow_ref: TRUSTED_WORKFLOW });
    expect((await kit.claim(token, { pipeline: queued.pipeline.id })).data.kind).toBe("claimed");
  });

  test("with a token that was used before is refused", async () => {
    const queued = await kit.copy(first);
    const token = await kit.idToken(queued.run);
    const request = { pipeline: queued.pipeline.id };
    const both = await Promise.all([kit.claim(token, request), kit.claim(token, request)]);
    expect(both.map(answer => answer.status).sort()).toEqual([200, 403]);
    expect((await kit.claim(token, request)).data.message).toMatch(/the token was used before/);
  });

  test("of a pipeline whose lease is live waits, and is granted once the lease ran out", async () => {
    const queued = await kit.copy(first);
    const early = await claimed(queued);
    const appending = (after: number) =>
      kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, {
        token: early.data.run_token,
        body: {
          after,
          events: after === 2 ? [{ kind: "set_up", tree: "t", commands: [], ok: true, reason: null }] : [],
        },
      });
    expect((await appending(2)).status).toBe(200);
    const second = await claimed(queued);
    expect([second.status, second.data.code]).toEqual([409, "lease_live"]);
    kit.pass(61);
    const third = await claimed(queued);
    expect(third.data.kind).toBe("claimed");
    const late = await appending(4);
    expect([late.status, late.data.code]).toEqual([409, "lease_lost"]);
    expect(await kinds(queued.pipeline.id)).toEqual(["opened", "claimed", "set_up", "claimed"]);
  });

  test("whose answer was lost is granted again to the same job, which ends the first token; after a turn it is not", async () => {
    const queued = await kit.copy(first);
    const lost = await claimed(queued);
    const again = await claimed(queued);
    expect(again.data.kind).toBe("claimed");
    const late = await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, {
      token: lost.data.run_token,
      body: { after: 3, events: [] },
    });
    expect([late.status, late.data.code]).toEqual([409, "lease_lost"]);
  });

  test("of a pipeline that eight attempts claim at once is granted to one", async () => {
    const queued = await kit.copy(first);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => kit.idToken(queued.run)));
    const answers = await Promise.all(
      tokens.map(token => kit.claim(token, { pipeline: queued.pipeline.id })),
    );
    expect(answers.filter(answer => answer.data.kind === "claimed")).toHaveLength(1);
    expect(answers.filter(answer => answer.data.code === "lease_live")).toHaveLength(7);
    expect(await kinds(queued.pipeline.id)).toEqual(["opened", "claimed"]);
  });

  test("is refused when the person who asked has lost write access", async () => {
    const queued = await kit.queue({ by: "hubot" });
    try {
      for (const permission of ["triage", "read", "none"] as const) {
        setPermission("hubot", permission);
        const { status, data } = await claimed(queued);
        expect(status).toBe(403);
        expect(data.message).toMatch(/hubot, who asked for the task, no longer has write access/);
      }
    } finally {
      setPermission("hubot", "write");
    }
    expect((await claimed(queued)).data.kind).toBe("claimed");
  });

  test("of a second attempt resumes the pipeline when somebody with write access pressed the button", async () => {
    const queued = await kit.queue();
    await claimed(queued);
    await kit.end(queued.run, "failure");
    kit.pass(61);
    await kit.site.hubot.rest.actions.reRunWorkflow({ ...hello, run_id: queued.run.id });
    const again = await kit.run(queued.run.id, 2);
    try {
      setPermission("hubot", "read");
      const refused = await claimed(queued, again);
      expect(refused.status).toBe(403);
      expect(refused.data.message).toMatch(/whoever re-ran the job has no write access/);
    } finally {
      setPermission("hubot", "write");
    }
    expect((await claimed(queued, again)).data.kind).toBe("claimed");
    expect(await stored(queued.pipeline.id)).toMatchObject({ run_attempt: 2, state: "running" });
  });

  test("of a finished pipeline is no failure: there is nothing to do, and it says how to ask again", async () => {
    const queued = await kit.copy(first);
    const { data } = await claimed(queued);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, { token: data.run_token, body });
    const answer = await claimed(queued);
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({
      kind: "nothing",
      reason: expect.stringMatching(/is finished \(blocked\)\. Use `\/kin rerun`/),
    });
  });
});

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
    const run = await kit.dispatchedBy("hubot", issue);
    const { data } = await asked(run, { issue: String(issue), dry_run: true });
    expect(data.journal[0].data.opening.dry_run).toBe(true);
    expect(await labelsOf(issue)).toEqual([]);
  });

  test("for a dry run whose run ends early goes on in another run, and nothing is written on the issue", async () => {
    const issue = await anIssue();
    const run = await kit.dispatchedBy("hubot", issue);
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
    const { data: lease } = await claimed(queued);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, { token: lease.run_token, body });
    const run = await kit.dispatchedBy("hubot", queued.issue);
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
    expect(data.message).toMatch(/\.github\/kin\.yml: unknown key `limit`\. Allowed: project_type/);
    expect(await taskOf(issue)).toBeNull();
  });
});

describe("an append", () => {
  interface Lease {
    readonly id: string;
    readonly token: string;
    readonly task_id: number;
  }
  const lease = async (): Promise<Lease> => {
    const queued = await kit.copy(first);
    const { data } = await claimed(queued);
    return { id: queued.pipeline.id, token: data.run_token, task_id: queued.task.id };
  };
  const append = (of: Pick<Lease, "id" | "token">, after: number, events: readonly unknown[]) =>
    kit.post(`/kin/pipelines/${encodeURIComponent(of.id)}/append`, {
      token: of.token,
      body: { after, events },
    });
  const setUp = { kind: "set_up", tree: "t0", commands: [], ok: true, reason: null };
  const finished = (over: object = {}) => ({
    kind: "finished",
    outcome: "blocked",
    reason: "No key.",
    return: null,
    ...over,
  });
  const rejection = (source: string) => ({
    category: "recurring_quality_fail",
    by: "reviewer",
    source,
    findings: [],
  });
  const started = {
    kind: "attempt_started",
    step: 0,
    attempt: 1,
    role: "pm",
    model: "m",
    system: [],
    first: "",
  };

  let shared: Lease;
  beforeAll(async () => {
    shared = await lease();
  });

  const illegal: readonly (readonly [string, readonly unknown[], RegExp])[] = [
    [
      "a completion without a gate",
      [finished({ outcome: "passed" })],
      /`passed` without a gate that approved/,
    ],
    ["a completion after a setup alone", [setUp, finished({ outcome: "passed" })], /`passed` without a gate/],
    ["a return that is none", [finished({ outcome: "returned" })], /`returned` without a return/],
    [
      "a return of a gate that never was",
      [finished({ outcome: "returned", return: rejection("gate:x:1:1") })],
      /no rejection in this pipeline has the source gate:x:1:1/,
    ],
    [
      "a person's return",
      [finished({ outcome: "returned", return: rejection("review:1") })],
      /no rejection in this pipeline has the source review:1/,
    ],
    ["a second opening", [{ kind: "opened", opening: "OPENING" }], /may not append `opened`/],
    [
      "an approval of its own plan",
      [{ kind: "plan_approved", by: "monalisa" }],
      /may not append `plan_approved`/,
    ],
    [
      "a claim in another run's name",
      [{ kind: "claimed", run_id: "1", run_attempt: 1, run_url: null }],
      /may not append `claimed`/,
    ],
    [
      "steps that are not due",
      [setUp, { kind: "steps_added", after: 0, part: "afterwards", steps: "STEPS" }],
      /no afterwards is due/,
    ],
    [
      "a handover that nobody made",
      [
        finished({
          outcome: "superseded",
          handover: {
            kind: "escalation",
            head: "cto_advisor",
            root_cause: "r",
            brief: "b",
            clarifications: [],
          },
        }),
      ],
      /nobody handed that over/,
    ],
    ["an attempt before the setup", [started], /no attempt before a setup that worked/],
    [
      "an attempt after a setup that failed",
      [{ ...setUp, ok: false }, started],
      /no attempt before a setup that worked/,
    ],
    ["an attempt by another role", [setUp, { ...started, role: "coder" }], /step 0 is pm's, not coder's/],
    [
      "a plan of its own",
      [setUp, { kind: "planned", plan: "PLAN" }],
      /no plan before the project manager's answer/,
    ],
    ["anything behind its own end", [finished(), setUp], /after the pipeline finished/],
  ];
  test.each(illegal)(
    "that the journal cannot take is refused with the reason: %s",
    async (_, events, reason) => {
      const [opened] = await kit.plane.store.journal(shared.id);
      const step = {
        role: "reviewer",
        brief: "b",
        module: null,
        gate: true,
        writes: false,
        depends_on: null,
      };
      const plan = {
        analysis: "a",
        category: null,
        route_type: "debug",
        completion_mode: "review",
        repairs: [],
        steps: [step],
      };
      const filled = JSON.parse(
        JSON.stringify(events)
          .replace('"OPENING"', JSON.stringify(opened?.data.kind === "opened" ? opened.data.opening : null))
          .replace('"PLAN"', JSON.stringify(plan))
          .replace('"STEPS"', JSON.stringify([step])),
      );
      const { status, data } = await append(shared, 2, filled);
      expect(data).toMatchObject({ code: "illegal_event", message: expect.stringMatching(reason) });
      expect(status).toBe(422);
      expect(await kinds(shared.id)).toEqual(["opened", "claimed"]);
    },
  );

  const malformed: readonly (readonly [string, unknown])[] = [
    ["no JSON", "{{{"],
    ["no events", { after: 2 }],
    ["a place that is negative", { after: -1, events: [] }],
    ["a place that is no whole number", { after: 1.5, events: [] }],
    ["an event of no known kind", { after: 2, events: [{ kind: "approved" }] }],
    ["an event without its parts", { after: 2, events: [{ kind: "turn", step: 0 }] }],
    ["101 events", { after: 2, events: Array.from({ length: 101 }, () => setUp) }],
  ];
  test.each(malformed)("that is malformed is refused: %s", async (_, body) => {
    const { status, data } = await kit.post(`/kin/pipelines/${shared.id}/append`, {
      token: shared.token,
      body,
    });
    expect([status, data.code]).toEqual([400, "malformed"]);
  });

  test("larger than 8 MiB is refused, by its declared length and by its real one", async () => {
    const body = JSON.stringify({ after: 2, events: [{ ...setUp, reason: "x".repeat(8 * 1024 * 1024) }] });
    const declared = await kit.post(`/kin/pipelines/${shared.id}/append`, { token: shared.token, body });
    expect([declared.status, declared.data.code]).toEqual([413, "too_large"]);
    const chunked = await fetch(`${kit.url}/kin/pipelines/${shared.id}/append`, {
      method: "POST",
      headers: { authorization: `Bearer ${shared.token}` },
      body: new Blob([body]).stream(),
      duplex: "half",
    });
    expect(chunked.status).toBe(413);
    await chunked.text();
    expect((await append(shared, 2, [])).status).toBe(200);
  });

  test("with another token, none, or another pipeline's is refused", async () => {
    const other = await lease();
    const tokens = ["", "x", kit.plane.sha256(shared.token), other.token];
    for (const token of tokens) {
      const { status, data } = await append({ id: shared.id, token }, 2, []);
      expect([status, data.code]).toEqual([409, "lease_lost"]);
    }
    expect((await append({ id: "none", token: shared.token }, 2, [])).status).toBe(409);
    expect((await append({ id: "../x' OR 1=1", token: shared.token }, 2, [])).status).toBe(409);
  });

  test("at another place in the journal is refused", async () => {
    const of = await lease();
    expect((await append(of, 2, [setUp])).status).toBe(200);
    const interrupted = { kind: "interrupted", reason: "x" };
    for (const after of [1, 2, 4, 1000]) {
      const { status, data } = await append(of, after, [interrupted]);
      expect([after, status, data.code]).toEqual([after, 409, "lease_lost"]);
    }
    expect((await append(of, 0, [interrupted])).status).toBe(422);
    expect(await kinds(of.id)).toEqual(["opened", "claimed", "set_up"]);
  });

  test("that is sent twice is written once and answered the same", async () => {
    const of = await lease();
    const [first, second] = [await append(of, 2, [setUp]), await append(of, 2, [setUp])];
    expect(second).toEqual(first);
    const [third, fourth] = await Promise.all([append(of, 3, [started]), append(of, 3, [started])]);
    expect([third.status, fourth.status]).toEqual([200, 200]);
    expect(await kinds(of.id)).toEqual(["opened", "claimed", "set_up", "attempt_started"]);
  });

  test("of no events is a heartbeat: the lease lives as long as it comes", async () => {
    const of = await lease();
    for (let beat = 0; beat < 3; beat++) {
      kit.pass(50);
      expect((await append(of, 2, [])).data).toEqual({ at: [], messages: [] });
    }
    const { lease_until } = await stored(of.id);
    expect((lease_until ?? 0) - kit.plane.clock.now()).toBeGreaterThan(55_000);
    kit.pass(61);
    const { status, data } = await append(of, 2, [setUp]);
    expect([status, data.code]).toEqual([409, "lease_lost"]);
    expect(await kinds(of.id)).toEqual(["opened", "claimed"]);
  });

  test("behind the run's deadline is refused, however live the lease", async () => {
    const queued = await kit.copy(first);
    const { data } = await kit.claim(await kit.idToken(queued.run), {
      pipeline: queued.pipeline.id,
      deadline_minutes: 1,
    });
    const of = { id: queued.pipeline.id, token: data.run_token };
    await kit.plane.store.extendLeases({ until: kit.plane.clock.now() + 3_600_000 });
    kit.pass(15 * 60);
    expect((await append(of, 2, [])).status).toBe(200);
    await kit.plane.store.extendLeases({ until: kit.plane.clock.now() + 3_600_000 });
    kit.pass(61);
    const late = await append(of, 2, [setUp]);
    expect([late.status, late.data.code]).toEqual([409, "lease_lost"]);
  });

  test("after the lease was given back is refused, and another claim needs no waiting", async () => {
    const queued = await kit.copy(first);
    const { data } = await claimed(queued);
    const of = { id: queued.pipeline.id, token: data.run_token };
    const release = (token: string) => kit.post(`/kin/pipelines/${of.id}/release`, { token, body: {} });
    expect((await release("another")).status).toBe(200);
    expect((await append(of, 2, [])).status).toBe(200);
    expect((await release(of.token)).status).toBe(200);
    expect((await append(of, 2, [])).status).toBe(409);
    expect((await claimed(queued)).data.kind).toBe("claimed");
  });

  test("carries what people say back to the runner until the journal has it", async () => {
    const of = await lease();
    const stop = {
      pipeline_id: of.id,
      kind: "stop" as const,
      by: "hubot",
      text: "Not like this.",
      source: `test:${of.id}`,
    };
    await kit.plane.store.say(stop, kit.plane.clock.now());
    const [message] = (await append(of, 2, [])).data.messages;
    expect(message).toMatchObject({ kind: "stop", by: "hubot", text: "Not like this." });
    const heard = { kind: "stop_asked", message: message.id, by: "hubot", reason: "Not like this." };
    expect((await append(of, 2, [heard])).data.messages).toEqual([]);
  });

  test("that ends the pipeline ends it for good: row, task, publication, and no event behind it", async () => {
    const of = await lease();
    expect((await append(of, 2, [finished()])).status).toBe(200);
    expect(await stored(of.id)).toMatchObject({ state: "finished", outcome: "blocked" });
    expect(await kit.plane.store.task(of.task_id)).toMatchObject({
      status: "blocked",
      status_reason: "No key.",
    });
    expect(await kit.plane.store.job(`publish:${of.task_id}`)).toMatchObject({ done_at: null });
    const { status, data } = await append(of, 3, [setUp]);
    expect([status, data.message]).toEqual([422, expect.stringMatching(/after the pipeline finished/)]);
    expect(await kit.plane.store.returns(of.task_id, 10)).toEqual([]);
  });
});

describe("the verdict job", () => {
  const ask = async (of: Queued, pipeline = of.pipeline.id) =>
    kit.post("/kin/verdict", { token: await kit.idToken(of.run), body: { protocol: PROTOCOL, pipeline } });

  test("is told that there is nothing to say while the pipeline goes on, and where no gate rejected", async () => {
    const queued = await kit.copy(first);
    expect((await ask(queued)).data).toMatchObject({
      kind: "nothing",
      reason: expect.stringMatching(/goes on/),
    });
    const { data } = await claimed(queued);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, { token: data.run_token, body });
    expect((await ask(queued)).data).toEqual({
      kind: "nothing",
      reason: "No gate asked for changes in this run.",
    });
  });

  test("of another run, or of a pipeline that there is not, is refused", async () => {
    const queued = await kit.copy(first);
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: "424242" });
    expect((await ask(queued)).data.message).toMatch(/is not the one that drove pipeline/);
    expect((await ask(queued, "none")).data.message).toMatch(/there is no such pipeline/);
  });

  test("with a token that is not right, another protocol or a malformed body is refused", async () => {
    const queued = await kit.copy(first);
    const body = { protocol: PROTOCOL, pipeline: queued.pipeline.id };
    expect((await kit.post("/kin/verdict", { token: "", body })).status).toBe(403);
    const foreign = await kit.idToken(queued.run, "https://kin.example");
    expect((await kit.post("/kin/verdict", { token: foreign, body })).status).toBe(403);
    const token = await kit.idToken(queued.run);
    expect((await kit.post("/kin/verdict", { token, body: { ...body, protocol: 99 } })).status).toBe(403);
    expect((await kit.post("/kin/verdict", { token, body: { protocol: PROTOCOL } })).status).toBe(400);
  });

  test("that reports without the token of its review is refused", async () => {
    const body = { source: `gate:${first.pipeline.id}:1:1`, review_id: 1, reason: "" };
    for (const token of ["", "x", "0".repeat(64)])
      expect((await kit.post("/kin/verdict/report", { token, body })).data.code).toBe("claim_refused");
    expect((await kit.post("/kin/verdict/report", { token: "x", body: {} })).status).toBe(400);
  });
});

test("an issuer that does not answer says nothing of the token: the run may ask again", async () => {
  const issuer = "http://127.0.0.1:9";
  const verify = createVerifier({ issuers: [issuer], audience: "http://kin.test", now: Date.now });
  const token = await kit.forge(first.run, { iss: issuer });
  await expect(verify(token)).rejects.toMatchObject({ code: "issuer_unreachable", retryable: true });
});

test("nothing of all this was a failure of the App's own", () => {
  expect(kit.logged).toEqual([]);
});
