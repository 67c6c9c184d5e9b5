// The order in which the run API checks a request: who sends it, how large it is, what it says.
import { createHmac, generateKeyPairSync } from "node:crypto";
import { connect } from "node:net";
import { hello } from "embedded-github/site";
import { beforeAll, describe, expect, test } from "vitest";
import { RunnerClaims } from "../../app/runs/oidc.ts";
import { createAppServer } from "../../app/server.ts";
import type { EventOf } from "../../core/model/event.ts";
import { aRequest, type Kit, listening, openForFile, type Queued, WEBHOOK_SECRET } from "./kit.ts";

let kit: Kit;
let first: Queued;
openForFile(opened => {
  ({ kit, first } = opened);
});

interface Asked {
  readonly token: string;
  /** The length that the sender declares. */
  readonly length?: number;
  /** What it really sends. */
  readonly body?: string;
}

/** Requests whose body may never end, and returns the response. */
const ask = (path: string, { token, length, body = "" }: Asked) =>
  new Promise<{
    readonly status: number;
    readonly data: { readonly code: string; readonly message: string };
  }>((resolve, reject) => {
    const socket = connect(Number(new URL(kit.url).port), "127.0.0.1").on("error", reject);
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: kin\r\nauthorization: Bearer ${token}\r\ncontent-length: ${length ?? Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    let text = "";
    socket.on("data", data => {
      text += String(data);
      const [head = "", ...rest] = text.split("\r\n\r\n");
      const size = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (Buffer.byteLength(rest.join("\r\n\r\n")) < size || Number.isNaN(size)) return;
      socket.destroy();
      resolve({ status: Number(head.slice(9, 12)), data: JSON.parse(rest.join("\r\n\r\n")) });
    });
  });

test("of many appends of one run one is read at a time, and nobody else waits for them", async () => {
  const { store, clock, sha256 } = kit.plane;
  const hold = async () => {
    const { pipeline } = await kit.copy(first);
    const now = clock.now();
    const lease = { hash: sha256(pipeline.id), until: now + 60_000, deadline: now + 600_000, now };
    await store.lease(pipeline.id, { ...lease, run_id: "1", run_attempt: 1 });
    return pipeline.id;
  };
  const [one, other] = [await hold(), await hold()];
  const body = JSON.stringify({ after: 1, events: [] });
  const beat = (id: string) => ask(pathOf("append", id), { token: id, body });
  const socket = connect(Number(new URL(kit.url).port), "127.0.0.1").on("error", () => {});
  const head = `POST ${pathOf("append", one)} HTTP/1.1\r\nhost: kin\r\nauthorization: Bearer ${one}\r\n`;
  await new Promise<void>(sent => socket.write(`${head}content-length: 1000\r\n\r\n{`, () => sent()));
  let told = false;
  await beat(other);
  const waits = beat(one).then(answer => {
    told = true;
    return answer;
  });
  for (let round = 0; round < 5; round++) expect((await beat(other)).status).toBe(200);
  expect(told).toBe(false);
  socket.destroy();
  expect((await waits).status).toBe(200);
});

const MIB = 2 ** 20;
const ENDPOINTS = ["claim", "append", "verdict", "verdict/report"] as const;
type Endpoint = (typeof ENDPOINTS)[number];
const pathOf = (endpoint: Endpoint, id = first.pipeline.id): string =>
  endpoint === "append" ? `/kin/pipelines/${id}/append` : `/kin/${endpoint}`;
const refusedAs = (endpoint: Endpoint) =>
  endpoint === "append" ? { status: 409, code: "lease_lost" } : { status: 403, code: "claim_refused" };

describe.each(ENDPOINTS)("%s by somebody without a right token", endpoint => {
  const tokens: readonly (readonly [string, () => string | Promise<string>])[] = [
    ["none", () => ""],
    ["three words", () => "a.b.c"],
    ["very long", () => "x".repeat(14_000)],
    ["signed with another key", () => kit.forge(first.run, {}, { key: STRANGER })],
    ["of another server", () => kit.idToken(first.run, "https://kin.example")],
    ["a gate's name without its signature", () => Buffer.from("gate:1-1-1:1:1").toString("base64url")],
  ];
  test.each(tokens)("is refused before anything of its body was sent: %s", async (_, token) => {
    const { status, data } = await ask(pathOf(endpoint), { token: await token(), length: 20 * MIB });
    expect({ status, code: data.code }).toEqual(refusedAs(endpoint));
    expect(data.message.length).toBeLessThan(300);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "{{{"],
    ["100,000 wrong events", JSON.stringify({ after: 0, events: Array(100_000).fill({}) })],
  ])("is refused as somebody unknown, whatever it sends: %s", async (_, body) => {
    const { status, data } = await ask(pathOf(endpoint), { token: "x", body });
    expect({ status, code: data.code }).toEqual(refusedAs(endpoint));
  });
});

const STRANGER = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

describe.each(ENDPOINTS)("%s by a run that is known", endpoint => {
  let id: string;
  let runToken: string;
  let report: string;
  beforeAll(async () => {
    const queued = await kit.copy(first);
    id = queued.pipeline.id;
    runToken = (await kit.claimed(queued)).data.run_token;
    const source = `gate:${id}:1:1`;
    report = `${Buffer.from(source).toString("base64url")}.${kit.plane.sign(`verdict:${source}`)}`;
  });
  const token = async () =>
    endpoint === "append" ? runToken : endpoint === "verdict/report" ? report : kit.idToken(first.run);
  const most = endpoint === "append" ? 8 * MIB : MIB / 16;

  test("is refused for its size before anything of it was sent", async () => {
    const { status, data } = await ask(pathOf(endpoint, id), { token: await token(), length: most + 1 });
    expect([status, data.code]).toEqual([413, "too_large"]);
  });

  test("is refused for its size before its shape", async () => {
    const response = await fetch(`${kit.url}${pathOf(endpoint, id)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${await token()}` },
      body: new Blob(["{".repeat(most + 1)]).stream(),
      duplex: "half",
    });
    const { code } = (await response.json()) as { readonly code: string };
    expect([response.status, code]).toEqual([413, "too_large"]);
  });

  const large: readonly (readonly [string, string, RegExp])[] = [
    [
      "too many values",
      `{"after":0,"events":[${"{},".repeat(most / 4)}{}]}`.slice(0, most),
      /too many values/,
    ],
    ["as many empty lists", `[${"[],".repeat(10_000)}[]]`, /too many values/],
    ["lists in lists", "[".repeat(most), /too deep/],
    ["objects in objects", '{"a":'.repeat(101), /too deep/],
  ];
  test.each(large)("is not parsed where it has %s", async (_, body, message) => {
    const { status, data } = await ask(pathOf(endpoint, id), { token: await token(), body });
    expect([status, data.code]).toEqual([400, "malformed"]);
    if (Buffer.byteLength(body) > 20_000 || /deep/.test(message.source))
      expect(data.message).toMatch(message);
  });

  test("is told the first problem, and shortly", async () => {
    const bad = {
      kind: "turn",
      ["k".repeat(2_000)]: 1,
      results: Array(1_000).fill({}),
      issue: [],
      protocol: {},
    };
    const body = JSON.stringify({ ...bad, after: 0, events: [bad, bad] });
    const { status, data } = await ask(pathOf(endpoint, id), { token: await token(), body });
    expect([status, data.code]).toEqual([400, "malformed"]);
    expect(data.message.length).toBeLessThan(300);
  });
});

test("what looks like many values and is text is taken", async () => {
  const queued = await kit.copy(first);
  const { data } = await kit.claimed(queued);
  const reason = `${'[{,"\\'.repeat(50_000)}\\`;
  const set_up = { kind: "set_up", tree: "a".repeat(40), commands: [], ok: false, reason };
  const path = `/kin/pipelines/${queued.pipeline.id}/append`;
  const answer = await kit.post(path, { token: data.run_token, body: { after: 2, events: [set_up] } });
  expect(answer.status).toBe(200);
});

test("whoever does not hold the lease cannot give it back", async () => {
  const queued = await kit.copy(first);
  const { data } = await kit.claimed(queued);
  const path = `/kin/pipelines/${queued.pipeline.id}`;
  for (const token of ["", "x", kit.plane.sha256(data.run_token)])
    expect((await kit.post(`${path}/release`, { token, body: {} })).data.code).toBe("lease_lost");
  const beat = await kit.post(`${path}/append`, { token: data.run_token, body: { after: 2, events: [] } });
  expect(beat.status).toBe(200);
});

test("a heartbeat says nothing of a place, and is taken from whoever is behind", async () => {
  const queued = await kit.copy(first);
  const { data } = await kit.claimed(queued);
  const path = `/kin/pipelines/${queued.pipeline.id}/append`;
  for (const after of [0, 1, 2, 99])
    expect(await kit.post(path, { token: data.run_token, body: { after, events: [] } })).toEqual({
      status: 200,
      data: { at: [], messages: [] },
    });
});

test("a sender that is refused wakes nobody, and one that is heard does", async () => {
  let woken = 0;
  const server = aServer({ wake: () => void woken++ });
  const url = await listening(server);
  const post = (path: string, token: string) =>
    fetch(`${url}${path}`, { method: "POST", headers: { authorization: `Bearer ${token}` }, body: "{}" });
  for (const endpoint of ENDPOINTS) await post(pathOf(endpoint), "x");
  await post(`/kin/pipelines/${first.pipeline.id}/release`, "x");
  expect(woken).toBe(0);
  const queued = await kit.copy(first);
  const { data } = await kit.claimed(queued);
  await post(`/kin/pipelines/${queued.pipeline.id}/release`, data.run_token);
  expect(woken).toBe(1);
  server.close();
});

const aServer = ({ wake = () => {}, trusted = [] as readonly string[], plane = kit.plane } = {}) =>
  createAppServer({
    webhook_secret: "s".repeat(32),
    plane,
    claims: { plane, verify: kit.verify, trusted_workflows: trusted },
    wake,
  });

test("a fault of the App's own is told to whoever asked, and stands in its log", async () => {
  const warned: string[] = [];
  const pipeline = async () => {
    throw new TypeError("a bug");
  };
  const plane = {
    ...kit.plane,
    store: { ...kit.plane.store, pipeline },
    warn: (error: Error, about: string) => void warned.push(`${about}: ${error.message}`),
  };
  const server = aServer({ plane });
  const path = "/kin/pipelines/1/release";
  const answer = await fetch(`${await listening(server)}${path}`, { method: "POST" });
  expect([answer.status, await answer.json()]).toEqual([
    500,
    { code: "internal", message: "The App failed: a bug", hint: "Look at the App's log." },
  ]);
  expect(warned).toEqual([`POST ${path}: a bug`]);
  server.close();
});

describe("a token that GitHub never made", () => {
  // `sub` and everything else is not read.
  const names = [...Object.keys(RunnerClaims.shape), "iss", "iat"];
  test.each(names)("with another form of `%s` is refused", async name => {
    const waiting = await kit.copy(first);
    const genuine = (await kit.claims(waiting.run))[name] as string | number;
    const odd = [undefined, null, "", 0, true, {}, [], [genuine], ["", genuine]];
    const forms =
      typeof genuine === "string" ? [...odd, ` ${genuine}`, `${genuine}\0`] : [...odd, String(genuine)];
    const most = name === "jti" || name === "repository" || name === "actor" ? odd : forms;
    for (const form of most) {
      const token = await kit.forge(waiting.run, { [name]: form });
      const { status, data } = await kit.claim(token, { pipeline: waiting.pipeline.id });
      expect([form, status, data.code]).toEqual([form, 403, "claim_refused"]);
    }
    expect((await kit.claimed(waiting)).data.kind).toBe("claimed");
  });

  test.each(["repository_id", "run_id", "run_attempt", "actor_id"])(
    "with a `%s` that only looks like the number is refused",
    async name => {
      const genuine = (await kit.claims(first.run))[name];
      for (const form of [
        `0${genuine}`,
        `+${genuine}`,
        `${genuine}.0`,
        `${genuine}e0`,
        "٣",
        "9".repeat(16),
        "-1",
      ]) {
        const { data } = await kit.claim(await kit.forge(first.run, { [name]: form }));
        expect([form, data.message]).toEqual([form, expect.stringMatching(`lacks or misstates \`${name}\``)]);
      }
    },
  );

  test("whose issuer is a list is refused for its issuer", async () => {
    const token = await kit.forge(first.run, { iss: [kit.site.github.oidcIssuer] });
    expect((await kit.claim(token)).data.message).toMatch(/`iss` is not right/);
  });

  test("that is longer than any of GitHub's is refused unread", async () => {
    const token = await kit.forge(first.run, { more: "x".repeat(7_000) });
    expect((await kit.claim(token)).data.message).toMatch(/the token is too long/);
  });
});

test("a token that does not name the workflow its job runs is taken only where no other than the repository's own is", async () => {
  const [trusting, strict] = await Promise.all([
    listening(aServer({ trusted: ["kin/kin/.github/workflows/kin.yml@main"] })),
    listening(aServer()),
  ]);
  const claim = async (url: string) => {
    const queued = await kit.copy(first);
    const response = await fetch(`${url}/kin/claim`, {
      method: "POST",
      headers: { authorization: `Bearer ${await kit.forge(queued.run, { job_workflow_ref: undefined })}` },
      body: JSON.stringify(aRequest({ pipeline: queued.pipeline.id })),
    });
    return (await response.json()) as { readonly kind?: string; readonly message?: string };
  };
  expect(await claim(strict)).toMatchObject({ kind: "claimed" });
  expect((await claim(trusting)).message).toMatch(/does not say which workflow the job runs/);
});

test("what a claim says was spent besides leaves out what the pipeline spent itself", async () => {
  const [queued, other] = [await kit.copy(first), await kit.copy(first)];
  await kit.plane.store.updatePipeline(queued.pipeline.id, { usd: 2 });
  await kit.plane.store.updatePipeline(other.pipeline.id, { usd: 5 });
  const day = (await kit.plane.store.spent(queued.task, kit.plane.clock.now())).day_usd;
  await kit.claimed(queued);
  const journal = await kit.plane.store.journal(queued.pipeline.id);
  const claimed = journal.find(({ data }) => data.kind === "claimed")?.data as EventOf<"claimed">;
  expect(day).toBeGreaterThanOrEqual(7);
  expect(claimed.spent).toEqual({ task_usd: 0, day_usd: day - 2 });
});

test("a claim notes whether the workflow, as it stands on the default branch, has a job for verdicts", async () => {
  const file = { ...hello, path: ".github/workflows/kin.yml" };
  const noted = async () => {
    const queued = await kit.copy(first);
    expect((await kit.claimed(queued)).data.kind).toBe("claimed");
    return (await kit.plane.store.pipeline(queued.pipeline.id))?.has_verdict_job;
  };
  const write = async (text: string) => {
    const { data } = await kit.site.octocat.rest.repos.getContent(file);
    const { sha } = data as { readonly sha: string };
    const content = Buffer.from(text).toString("base64");
    await kit.site.octocat.rest.repos.createOrUpdateFileContents({ ...file, sha, message: "x", content });
  };
  const { data } = await kit.site.octocat.rest.repos.getContent(file);
  const before = Buffer.from((data as { readonly content: string }).content, "base64").toString();
  const step = "steps: [{ uses: kin/kin@v0, with: { job: run } }]";
  const job = `${before}  verdict:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: kin/kin@v0\n        with:\n          job: verdict\n`;
  expect(await noted()).toBe(0);
  await write(before.replace("steps: []", step));
  expect(await noted()).toBe(0);
  await write(job);
  expect(await noted()).toBe(1);
  await write(before);
});

test("a run that a machine dispatched is no person's request, though the machine may write", async () => {
  const queued = await kit.copy(first);
  kit.site.github.setPermission({ ...hello, login: "kin[bot]", permission: "write" });
  const { data: issue } = await kit.site.octocat.rest.issues.create({ ...hello, title: "T" });
  const { status, data } = await kit.claim(await kit.idToken(queued.run), { issue: String(issue.number) });
  kit.site.github.setPermission({ ...hello, login: "kin[bot]", permission: "none" });
  expect([status, data.message]).toEqual([403, expect.stringMatching(/whoever dispatched the run/)]);
});

test("keys that change what objects are made of change nothing, in a delivery and in an append", async () => {
  const evil = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
  const part = `{${evil},"id":1,"number":1,"name":"kin","login":"octocat"}`;
  const parts = [
    "issue",
    "label",
    "sender",
    "comment",
    "repository",
    "installation",
    "pull_request",
    "__proto__",
  ];
  const body = `{"action":"labeled",${evil},${parts.map(name => `"${name}":${part}`).join()}}`;
  const response = await fetch(`${kit.url}/api/github/webhooks`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-github-delivery": "polluting",
      "x-hub-signature-256": `sha256=${createHmac("sha256", WEBHOOK_SECRET).update(body).digest("hex")}`,
    },
    body,
  });
  expect(response.status).toBe(200);
  const queued = await kit.copy(first);
  const { data } = await kit.claimed(queued);
  const event = `{"kind":"set_up","tree":"${"a".repeat(40)}","commands":[{${evil},"command":"x","exit_code":0,"seconds":1}],"ok":true,"reason":null,${evil}}`;
  const path = `/kin/pipelines/${queued.pipeline.id}/append`;
  const sent = `{"after":2,"events":[${event}],${evil}}`;
  expect((await kit.post(path, { token: data.run_token, body: sent })).status).toBe(200);
  expect(({} as { readonly polluted?: number }).polluted).toBeUndefined();
  const kept = await kit.plane.store.query("SELECT data FROM jobs WHERE key = 'delivery:polluting'");
  expect(kept).toHaveLength(1);
  const rows = JSON.stringify([kept, await kit.plane.store.query("SELECT data FROM events")]);
  expect(rows).not.toMatch(/polluted|__proto__|constructor/);
});
