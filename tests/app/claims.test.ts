import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import type { QueuedRun } from "embedded-github";
import { hello } from "embedded-github/site";
import { beforeAll, describe, expect, test } from "vitest";
import { createVerifier } from "../../app/runs/oidc.ts";
import type { JournalEvent } from "../../core/model/event.ts";
import { MODELS } from "../../core/model/models.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import { aRequest, type Kit, openForFile, type Queued, TRUSTED_WORKFLOW } from "./kit.ts";

let kit: Kit;
let first: Queued;
openForFile(opened => {
  ({ kit, first } = opened);
});

const setPermission = (login: string, permission: "write" | "triage" | "read" | "none") =>
  kit.site.github.setPermission({ ...hello, login, permission });
const stored = async (id: string) => (await kit.plane.store.pipeline(id)) as PipelineRecord;
const kinds = async (id: string) => (await kit.plane.store.journal(id)).map(event => event.data.kind);
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
    expect((await kit.claimed(waiting)).data.kind).toBe("claimed");
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
    const { status, data } = await kit.claimed(waiting, run);
    expect(status).toBe(403);
    expect(data).toMatchObject({
      message: expect.stringMatching(/is not the one that was started/),
      hint: expect.stringMatching(/Leave `pipeline` empty/),
    });
  });

  test("a person's run that names a pipeline whose run GitHub did not tell", async () => {
    const queued = await kit.queue();
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: null });
    const { id } = queued.pipeline;
    const run = await kit.dispatchedBy("octocat", queued.issue, { pipeline: id });
    const { status, data } = await kit.claimed(queued, run);
    expect([status, data.message]).toEqual([403, expect.stringMatching(/is not the one that was started/)]);
    expect((await kit.claimed(queued)).data.kind).toBe("claimed");
  });

  test("a pipeline whose run GitHub did not tell, by the run that Kin started for another one", async () => {
    const [ended, queued] = [await kit.queue(), await kit.queue()];
    const { data: lease } = await kit.claimed(ended);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${ended.pipeline.id}/append`, { token: lease.run_token, body });
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: null });
    const { status, data } = await kit.claimed(queued, ended.run);
    expect([status, data.message]).toEqual([403, expect.stringMatching(/is not the one that was started/)]);
    expect(await stored(queued.pipeline.id)).toMatchObject({ run_id: null, lease_hash: null });
    expect(await kinds(queued.pipeline.id)).toEqual(["opened"]);
  });

  test("a pipeline whose run GitHub did not tell, by a run that another pipeline has", async () => {
    const queued = await kit.queue();
    await kit.copy(queued);
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: null });
    expect((await kit.claimed(queued)).status).toBe(403);
  });

  test("a pipeline for which no run was started yet", async () => {
    const queued = await kit.queue();
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: null, dispatches: 0 });
    expect((await kit.claimed(queued)).status).toBe(403);
    await kit.plane.store.updatePipeline(queued.pipeline.id, { dispatches: 1 });
    expect((await kit.claimed(queued)).data.kind).toBe("claimed");
  });
});

describe("a claim", () => {
  test("is granted to the run that was started for the pipeline, and its token is kept as a hash", async () => {
    const queued = await kit.copy(first);
    const { status, data } = await kit.claimed(queued);
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
    // Even if whoever dispatched the run died before recording the address.
    expect(row.run_url).toMatch(new RegExp(`/octocat/hello/actions/runs/${queued.run.id}$`));
    expect(row.lease_hash).toBe(kit.plane.sha256(data.run_token));
    expect((row.lease_deadline ?? 0) - kit.plane.clock.now()).toBeGreaterThan(44 * 60_000);
    expect((row.lease_deadline ?? 0) - kit.plane.clock.now()).toBeLessThanOrEqual(45 * 60_000);
    for (const table of ["jobs", "pipelines", "events"]) {
      const rows = JSON.stringify(await kit.plane.store.query(`SELECT * FROM ${table}`));
      expect(rows).not.toContain(data.run_token);
    }
  });

  test("is granted however the scheme of its token is spelled", async () => {
    const queued = await kit.copy(first);
    const answer = await fetch(`${kit.url}/kin/claim`, {
      method: "POST",
      headers: { authorization: `bearer ${await kit.idToken(queued.run)}` },
      body: JSON.stringify(aRequest({ pipeline: queued.pipeline.id })),
    });
    expect(answer.status).toBe(200);
  });

  test("that comes before GitHub's answer to the dispatch was kept is granted to the run of that name", async () => {
    const queued = await kit.queue();
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: null });
    expect((await kit.claimed(queued)).data.kind).toBe("claimed");
    expect(await stored(queued.pipeline.id)).toMatchObject({ run_id: String(queued.run.id) });
  });

  test("whose run GitHub does not know yet may be sent again", async () => {
    const queued = await kit.queue();
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: null });
    const token = await kit.forge(queued.run, { run_id: "424242" });
    const { status, data } = await kit.claim(token, { pipeline: queued.pipeline.id });
    expect([status, data.code]).toEqual([503, "run_unknown"]);
  });

  test("of a task whose issue was closed unheard waits, and there is nothing to do once it was heard", async () => {
    const of = await kit.queue();
    const close = { ...hello, issue_number: of.issue, state: "closed" } as const;
    await kit.site.octocat.rest.issues.update(close);
    const early = await kit.claimed(of);
    expect([early.status, early.data.code]).toEqual([503, "waiting"]);
    expect((await stored(of.pipeline.id)).state).toBe("queued");
    await kit.work("event");
    expect((await kit.claimed(of)).data).toMatchObject({ kind: "nothing" });
  });

  test("brings a git credential that reads this repository and writes nothing", async () => {
    const { data } = await kit.claimed(await kit.copy(first));
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
    const early = await kit.claimed(queued);
    const appending = (after: number) =>
      kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, {
        token: early.data.run_token,
        body: {
          after,
          events:
            after === 2
              ? [{ kind: "set_up", tree: "0".repeat(40), commands: [], ok: true, reason: null }]
              : [],
        },
      });
    expect((await appending(2)).status).toBe(200);
    const second = await kit.claimed(queued);
    expect([second.status, second.data.code]).toEqual([409, "lease_live"]);
    kit.pass(61);
    const third = await kit.claimed(queued);
    expect(third.data.kind).toBe("claimed");
    const late = await appending(4);
    expect([late.status, late.data.code]).toEqual([409, "lease_lost"]);
    expect(await kinds(queued.pipeline.id)).toEqual(["opened", "claimed", "set_up", "claimed"]);
  });

  test("of a pipeline that goes on says what was spent beside it, and its own part not twice", async () => {
    const queued = await kit.copy(first);
    const early = await kit.claimed(queued);
    const { id } = queued.pipeline;
    const spentBeside = (journal: readonly JournalEvent[]) =>
      journal.flatMap(({ data }) => (data.kind === "claimed" ? [data.spent] : [])).at(-1);
    const at = { step: 0, attempt: 1 };
    const usage = { input: 500_000, output: 10, cache_read: 0, cache_write: 0, cache_write_1h: 0 };
    const model = MODELS.sonnet.id;
    const reply = { content: [], stop_reason: "pause_turn", model, usage, request_id: null };
    const nothing = { results: [], ran: [], wrote: null, submitted: null, failed: null };
    const events = [
      { kind: "set_up", tree: "0".repeat(40), commands: [], ok: true, reason: null },
      { kind: "attempt_started", ...at, role: "pm", model, system: [], first: "" },
      { kind: "turn", ...at, reply, usd: null, seconds: 1, ...nothing },
    ];
    const said = { token: early.data.run_token, body: { after: 2, events } };
    expect((await kit.post(`/kin/pipelines/${id}/append`, said)).status).toBe(200);
    expect((await kit.plane.store.pipeline(id))?.usd).toBeCloseTo(1.0001, 6);
    await kit.post(`/kin/pipelines/${id}/release`, { token: early.data.run_token, body: {} });
    const { data } = await kit.claimed(queued);
    const before = spentBeside(early.data.journal);
    expect(before?.task_usd).toBe(0);
    expect(spentBeside(data.journal)?.task_usd).toBeCloseTo(0, 6);
    expect(spentBeside(data.journal)?.day_usd).toBeCloseTo(before?.day_usd ?? Number.NaN, 6);
  });

  test("whose answer was lost is granted again to the same job, which ends the first token; after a turn it is not", async () => {
    const queued = await kit.copy(first);
    const lost = await kit.claimed(queued);
    const again = await kit.claimed(queued);
    expect(again.data.kind).toBe("claimed");
    const late = await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, {
      token: lost.data.run_token,
      body: { after: 3, events: [] },
    });
    expect([late.status, late.data.code]).toEqual([409, "lease_lost"]);
  });

  test("of a pipeline that a job claims eight times at once leaves one token that is good", async () => {
    const queued = await kit.copy(first);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => kit.idToken(queued.run)));
    const answers = await Promise.all(
      tokens.map(token => kit.claim(token, { pipeline: queued.pipeline.id })),
    );
    // A claim that comes after another's answer is granted again: that answer may have been lost.
    const granted = answers.filter(answer => answer.data.kind === "claimed");
    expect(granted.length).toBeGreaterThan(0);
    expect(answers.filter(answer => answer.data.code === "lease_live")).toHaveLength(8 - granted.length);
    const journal = await kinds(queued.pipeline.id);
    // Claims of one job are the same event: a later one finds the earlier one's in the journal.
    expect(journal[0]).toBe("opened");
    expect(journal.slice(1)).toEqual(journal.slice(1).map(() => "claimed"));
    expect(journal.length - 1).toBeLessThanOrEqual(granted.length);
    const looks = await Promise.all(
      granted.map(({ data }) =>
        kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, {
          token: data.run_token,
          body: { after: journal.length, events: [] },
        }),
      ),
    );
    expect(looks.map(({ status }) => status).sort()).toEqual([200, ...granted.slice(1).map(() => 409)]);
  });

  test("is refused when the person who asked has lost write access", async () => {
    const queued = await kit.queue({ by: "hubot" });
    try {
      for (const permission of ["triage", "read", "none"] as const) {
        setPermission("hubot", permission);
        const { status, data } = await kit.claimed(queued);
        expect(status).toBe(403);
        expect(data.message).toMatch(/hubot, who asked for the task, no longer has write access/);
      }
    } finally {
      setPermission("hubot", "write");
    }
    expect((await kit.claimed(queued)).data.kind).toBe("claimed");
  });

  test("of a second attempt resumes the pipeline when somebody with write access pressed the button", async () => {
    const queued = await kit.queue();
    await kit.claimed(queued);
    await kit.end(queued.run, "failure");
    await kit.site.hubot.rest.actions.reRunWorkflow({ ...hello, run_id: queued.run.id });
    const again = await kit.run(queued.run.id, 2);
    // The lease is another job's, and it is live.
    const early = await kit.claimed(queued, again);
    expect([early.status, early.data.code]).toEqual([409, "lease_live"]);
    kit.pass(61);
    try {
      setPermission("hubot", "read");
      const refused = await kit.claimed(queued, again);
      expect(refused.status).toBe(403);
      expect(refused.data.message).toMatch(/whoever re-ran the job has no write access/);
    } finally {
      setPermission("hubot", "write");
    }
    expect((await kit.claimed(queued, again)).data.kind).toBe("claimed");
    expect(await stored(queued.pipeline.id)).toMatchObject({ run_attempt: 2, state: "running" });
  });

  test("of a finished pipeline is no failure: there is nothing to do, and it says how to ask again", async () => {
    const queued = await kit.copy(first);
    const { data } = await kit.claimed(queued);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, { token: data.run_token, body });
    const answer = await kit.claimed(queued);
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({
      kind: "nothing",
      reason: expect.stringMatching(/is finished \(blocked\)\. Use `\/kin rerun`/),
    });
  });
});

test("an issuer that does not answer says nothing of the token: the run may ask again", async () => {
  const issuer = "http://127.0.0.1:9";
  const verify = createVerifier({ issuers: [issuer], audience: "http://kin.test", now: Date.now });
  const token = await kit.forge(first.run, { iss: issuer });
  await expect(verify(token)).rejects.toMatchObject({ code: "issuer_unreachable", retryable: true });
});
