import type { ChildProcess } from "node:child_process";
import { createHash, createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ClientRequest, request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Database } from "../../app/store/sql.ts";
import { createStore } from "../../app/store/store.ts";
import { anOpening } from "../build.ts";
import type { Site } from "../site.ts";
import { openPipeline, saveTask } from "../store/facts.ts";
import { openServed, type Served, WEBHOOK_SECRET } from "./served.ts";

let served: Served;
let site: Site;
let app: ChildProcess;
let database: Database;
let url: string;
let slow: Promise<{ readonly seconds: number; readonly answer: string }>;

beforeAll(async () => {
  served = await openServed();
  ({ site, app, database, url } = served);
  slow = dripHeaders();
});

/** After all this the process lives, responds, and has warned of nothing. */
const isWell = async () => {
  expect([app.exitCode, app.signalCode]).toEqual([null, null]);
  expect(await healthy()).toBe(true);
  expect(served.log()).not.toContain("CANARY");
  expect(served.log()).not.toMatch(/unhandled|FATAL|at .*\.ts:\d+/i);
};
afterAll(() => isWell().finally(() => served.close()));

const pageUrl = (): string => /page is at (http:\S+),/.exec(served.log())?.[1] ?? "";

const sign = (body: string | Buffer, secret = WEBHOOK_SECRET) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

interface Sent {
  readonly event?: string;
  readonly guid?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const send = async (body: string, { event = "issues", guid = randomUUID(), headers = {} }: Sent = {}) => {
  const all = {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": guid,
    "x-hub-signature-256": sign(body),
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await fetch(`${url}/api/github/webhooks`, { method: "POST", headers: given, body });
  return { status: response.status, text: await response.text() };
};

const count = async (table: string) =>
  Number((await database.first(`SELECT COUNT(*) AS n FROM ${table}`))?.n);
const jobs = () => served.jobs();
const workedOff = () => served.workedOff();
const healthy = () => served.healthy();
const growth = (work: () => Promise<unknown>) => served.growth(work);

/** Sends bytes for as long as the server accepts them, and returns the response. */
const stream = (headers: Record<string, string | number>, megabytes: number) =>
  new Promise<{ readonly status: number | null; readonly sent: number }>(resolve => {
    const chunk = Buffer.alloc(256 * 1024, 0x20);
    let sent = 0;
    let status: number | null = null;
    const ask: ClientRequest = httpRequest(`${url}/api/github/webhooks`, { method: "POST", headers });
    ask.on("response", response => {
      status = response.statusCode ?? null;
      response.resume().on("close", () => resolve({ status, sent }));
    });
    ask.on("error", () => resolve({ status, sent }));
    const more = () => {
      while (sent < megabytes * 1024 * 1024) {
        sent += chunk.length;
        if (!ask.write(chunk)) return void ask.once("drain", more);
      }
      ask.end();
    };
    more();
  });

const dripHeaders = () =>
  new Promise<{ readonly seconds: number; readonly answer: string }>(resolve => {
    const begun = performance.now();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.write("POST /api/github/webhooks HTTP/1.1\r\nhost: kin\r\n");
    const drip = setInterval(() => socket.write("x-a: b\r\n"), 500);
    socket.on("data", data => (answer += String(data)));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(drip);
      resolve({ seconds: (performance.now() - begun) / 1000, answer });
    });
  });

const examples: readonly {
  readonly name: string;
  readonly examples: readonly { readonly action?: string }[];
}[] = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("@octokit/webhooks-examples"), "utf8"));
const deliveries = examples.flatMap(({ name, examples }) => examples.map(payload => ({ name, payload })));
const TABLES = ["projects", "tasks", "pipelines", "task_returns", "messages"];
const FAILED =
  "SELECT key, result FROM jobs WHERE kind IN ('event', 'gate', 'repository') AND (error IS NOT NULL OR result IS NOT NULL)";
/** The result of these deliveries: jobs of each kind, rows, writes to GitHub, and failures. */
const cameOf = async (sent: () => Promise<void>) => {
  const look = async () => ({
    jobs: await jobs(),
    rows: await Promise.all(TABLES.map(count)),
    failed: await database.all(FAILED),
    writes: site.github.writes.length,
  });
  const before = await look();
  await sent();
  await workedOff();
  const after = await look();
  const known = new Set(before.failed.map(({ key }) => key));
  const { repository, ...all } = after.jobs;
  const more = Object.entries(all).map(([kind, n]) => [kind, n - (before.jobs[kind] ?? 0)] as const);
  return {
    jobs: Object.fromEntries(more.filter(([, n]) => n !== 0)),
    // One each, whatever reported it first: where Kin is installed, and the three that the examples name.
    repository,
    rows: after.rows.map((n, at) => n - (before.rows[at] ?? 0)),
    failed: after.failed.filter(({ key }) => !known.has(key)).map(({ result }) => result),
    writes: after.writes - before.writes,
  };
};
const NOTHING = { repository: 4, rows: TABLES.map(() => 0), failed: [], writes: 0 };

describe("GitHub's own 329 examples", () => {
  test("each is acknowledged, the handled ones are kept as jobs, and nothing else comes of them", async () => {
    expect(deliveries).toHaveLength(329);
    const came = await cameOf(async () => {
      const answers = await Promise.all(
        deliveries.map(({ name, payload }) => send(JSON.stringify(payload), { event: name })),
      );
      expect(answers.filter(answer => answer.status !== 200)).toEqual([]);
    });
    expect(came).toEqual({ ...NOTHING, jobs: { event: 51 } });
  });

  test("even if they were of a repository where Kin is installed, start nothing", async () => {
    const { data: repository } = await site.octocat.rest.repos.get({ owner: "octocat", repo: "hello" });
    const installation = { id: site.installationId };
    const came = await cameOf(async () => {
      for (const { name, payload } of deliveries) {
        const { status } = await send(JSON.stringify({ ...payload, repository, installation }), {
          event: name,
        });
        expect(status).toBe(200);
      }
    });
    expect(came).toEqual({ ...NOTHING, failed: expect.anything(), jobs: { event: 51, gate: 4 } });
    // Checks requested again on commits that are gone: three, except while Kin is not installed, as one of the examples
    // says.
    expect([1, 2, 3]).toContain(came.failed.length);
    for (const result of came.failed) expect(result).toMatch(/No commit found for SHA/);
  });
});

describe("a delivery that is refused", () => {
  const payload = JSON.stringify({ action: "labeled", note: "CANARY-4711", label: { name: "kin" } });
  const refused: readonly (readonly [string, string, Sent, number])[] = [
    ["without a signature", payload, { headers: { "x-hub-signature-256": undefined } }, 400],
    ["with an empty signature", payload, { headers: { "x-hub-signature-256": "" } }, 400],
    [
      "with the signature of another secret",
      payload,
      { headers: { "x-hub-signature-256": sign(payload, "development") } },
      400,
    ],
    [
      "with half a signature",
      payload,
      { headers: { "x-hub-signature-256": sign(payload).slice(0, 40) } },
      400,
    ],
    ["with a signature and more", payload, { headers: { "x-hub-signature-256": `${sign(payload)}00` } }, 400],
    [
      "with a SHA-1 signature alone",
      payload,
      {
        headers: {
          "x-hub-signature-256": undefined,
          "x-hub-signature": `sha1=${createHmac("sha1", WEBHOOK_SECRET).update(payload).digest("hex")}`,
        },
      },
      400,
    ],
    [
      "with a SHA-1 signature in the other's place",
      payload,
      {
        headers: {
          "x-hub-signature-256": `sha1=${createHmac("sha1", WEBHOOK_SECRET).update(payload).digest("hex")}`,
        },
      },
      400,
    ],
    [
      "with one byte altered",
      payload.replace("4711", "4712"),
      { headers: { "x-hub-signature-256": sign(payload) } },
      400,
    ],
    [
      "serialised anew",
      JSON.stringify(JSON.parse(payload), null, 1),
      { headers: { "x-hub-signature-256": sign(payload) } },
      400,
    ],
    [
      "unsigned, with escape codes and workflow commands",
      `${payload}\u001b[8m\n::add-mask::x\n::stop-commands::y`,
      { headers: { "x-hub-signature-256": sign("") } },
      400,
    ],
    ["without an event's name", payload, { headers: { "x-github-event": undefined } }, 400],
    ["without a GUID", payload, { headers: { "x-github-delivery": undefined } }, 400],
    [
      "as a form",
      `payload=${encodeURIComponent(payload)}`,
      { headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
    ],
    ["as plain text", payload, { headers: { "content-type": "text/plain" } }, 415],
    ["that is no JSON", "{{{", {}, 400],
    ["that is empty", "", {}, 400],
    ["that is null", "null", {}, 400],
    ["that is text", '"labeled"', {}, 400],
    ["that is a number", "4711", {}, 400],
  ];
  test.each(refused)("%s", async (_, body, sent, status) => {
    const before = { jobs: await jobs(), log: served.log().length };
    expect((await send(body, sent)).status).toBe(status);
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(await jobs()).toEqual(before.jobs);
    const said = served.log().slice(before.log);
    expect(said.length).toBeLessThan(1024);
    expect(said).not.toContain("CANARY");
    expect(said).not.toContain("\u001b[8m");
    expect(said).not.toMatch(/^::/m);
  });

  test("by GET, or beside the path, is no delivery", async () => {
    expect((await fetch(`${url}/api/github/webhooks`)).status).toBe(405);
    for (const path of ["/api/github/webhooks2", "/api/github/webhooks/x", "/api/github"])
      expect((await fetch(`${url}${path}`, { method: "POST", body: payload })).status).toBe(404);
  });
});

describe("a delivery that is signed and strange", () => {
  const before = {
    action: "labeled",
    label: { name: "kin" },
    repository: { id: 1, name: "a", owner: { login: "b" } },
  };
  const strange: readonly (readonly [string, string])[] = [
    ["200,000 levels deep", `{"action":"labeled","issue":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
    [
      "with __proto__",
      '{"action":"labeled","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    ],
    [
      "with an array in every place",
      JSON.stringify(
        Object.fromEntries(
          [
            "action",
            "installation",
            "repository",
            "sender",
            "issue",
            "label",
            "comment",
            "review",
            "pull_request",
            "workflow_run",
          ].map(key => [key, []]),
        ),
      ),
    ],
    [
      "with numbers that are none",
      '{"action":"labeled","issue":{"number":1e309},"comment":{"id":-0.5},"installation":{"id":"1"}}',
    ],
    ["with the same key twice", '{"action":"labeled","action":"opened"}'],
    ["with 2 MB of label", JSON.stringify({ ...before, label: { name: "k".repeat(2_000_000) } })],
    ["with lone surrogates and NUL", '{"action":"labeled","label":{"name":"\\ud800\\u0000"}}'],
    ["that is an array", "[]"],
    ["without anything", "{}"],
  ];
  test.each(strange)("%s", async (_, body) => {
    const writes = site.github.writes.length;
    const tasks = await count("tasks");
    expect((await send(body)).status).toBe(200);
    await workedOff();
    expect(await count("tasks")).toBe(tasks);
    expect(site.github.writes).toHaveLength(writes);
    expect(app.exitCode).toBeNull();
  });

  test("of an event that no handler takes is acknowledged, and nobody looks into it", async () => {
    expect((await send("{{{", { event: "push" })).status).toBe(200);
    expect((await send("{{{", { event: "push", headers: { "x-hub-signature-256": sign("") } })).status).toBe(
      400,
    );
  });

  test("of an event that GitHub has not invented yet", async () => {
    expect((await send('{"action":"x"}', { event: "quantum_leap" })).status).toBe(200);
    expect((await send('{"action":"x"}', { event: "__proto__" })).status).toBe(200);
  });
});

/** MiB: three times the room for bodies in transit. All that is sent at once would be at least 288. */
const MOST_GROWN = 96;

describe("a body that is too large", () => {
  const unsigned = {
    "content-type": "application/json",
    "x-github-event": "issues",
    "x-github-delivery": "large",
    "x-hub-signature-256": sign(""),
  };

  test("by its declared length is refused before it is read", async () => {
    let answer: Awaited<ReturnType<typeof stream>> | null = null;
    const grown = await growth(async () => {
      answer = await stream({ ...unsigned, "content-length": 30 * 1024 * 1024 }, 30);
    });
    expect(answer).toMatchObject({ status: 413 });
    expect(grown).toBeLessThan(MOST_GROWN);
  });

  test("by what comes in is refused when it does, however it is declared", async () => {
    let answer: Awaited<ReturnType<typeof stream>> | null = null;
    const grown = await growth(async () => {
      answer = await stream({ ...unsigned, "transfer-encoding": "chunked" }, 30);
    });
    expect(answer).toMatchObject({ status: 413 });
    expect(grown).toBeLessThan(MOST_GROWN);
  });

  test("and goes on for 200 MB is not read to its end", async () => {
    let sent = 0;
    const grown = await growth(async () => {
      ({ sent } = await stream({ ...unsigned, "transfer-encoding": "chunked" }, 200));
    });
    expect(grown).toBeLessThan(MOST_GROWN);
    expect(sent).toBeLessThan(200 * 1024 * 1024);
  });

  test("is not waited for by a connection that stays open", async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const headers = Object.entries({ ...unsigned, host: "kin", "content-length": 30 * 1024 * 1024 });
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    socket.resume().write(`POST /api/github/webhooks HTTP/1.1\r\n${lines}\r\n`);
    await new Promise(resolve => socket.once("close", resolve));
  }, 15_000);

  test("is refused though it is signed", async () => {
    const before = await jobs();
    const body = JSON.stringify({ action: "labeled", fill: "x".repeat(26 * 1024 * 1024) });
    const answer = await send(body).catch(error => ({ status: error.cause?.code as string }));
    expect(answer.status).toBe(413);
    expect(await jobs()).toEqual(before);
  });

  test("is not, at 20 MB: GitHub sends up to 25", async () => {
    const body = JSON.stringify({ action: "x", fill: "x".repeat(20 * 1024 * 1024) });
    expect((await send(body)).status).toBe(200);
  });
});

test("the page is on loopback, wherever the App listens, and at a port of its own", async () => {
  const { hostname, port } = new URL(pageUrl());
  expect(hostname).toBe("127.0.0.1");
  expect((await fetch(pageUrl())).status).toBe(200);
  expect((await fetch(url)).status).toBe(404);
  await expect(fetch(`http://127.0.0.2:${port}`)).rejects.toThrow();
});

describe("a flood without a right signature", () => {
  const SIGNATURE = `sha256=${"0".repeat(64)}`;
  const headers = (bytes: number | null, event = "issues") => ({
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": "flood",
    "x-hub-signature-256": SIGNATURE,
    ...(bytes === null ? { "transfer-encoding": "chunked" } : { "content-length": bytes }),
  });
  const signedOf = (bytes: number) => send(JSON.stringify({ action: "x", fill: "x".repeat(bytes) }));

  const flooded: readonly (readonly [count: number, size: string, bytes: number | null])[] = [
    [40, "declared", 24 * 1024 * 1024],
    [12, "not declared", null],
  ];
  test.each(flooded)(
    "of %i bodies of 24 MiB at once takes little memory, and what is signed is taken: size %s",
    async (count, _, bytes) => {
      const statuses: (number | null)[] = [];
      // Dead buffers stay until the collector acts, which takes a few requests.
      await Promise.all(Array.from({ length: 4 }, () => stream(headers(bytes), 24)));
      const grown = await growth(async () => {
        const flood = Array.from({ length: count }, async () => {
          statuses.push((await stream(headers(bytes), 24)).status);
        });
        for (let n = 0; n < 20; n++) expect((await signedOf(n * 3_000)).status).toBe(200);
        await Promise.all(flood);
      });
      expect(grown).toBeLessThan(MOST_GROWN);
      expect(statuses).not.toContain(200);
    },
    120_000,
  );

  test("of an event that no handler takes is not kept at all", async () => {
    const flood = (count: number) =>
      Promise.all(Array.from({ length: count }, () => stream(headers(24 * 1024 * 1024, "push"), 24)));
    await flood(4);
    const grown = await growth(() => flood(8));
    expect(grown).toBeLessThan(MOST_GROWN);
  }, 120_000);

  const held: readonly (readonly [string, bytes: number | null, sent: number])[] = [
    ["small", 60_000, 30_000],
    ["silent", 1024 * 1024, 0],
    ["middling", 1024 * 1024, 300_000],
    ["large", 24 * 1024 * 1024, 300_000],
    ["of no declared size", null, 300_000],
  ];
  test.each(held)(
    "that begins 200 bodies and never ends them keeps nobody out, and nobody waiting: %s",
    async (_, bytes, sent) => {
      const begun = Buffer.alloc(sent, 0x20);
      const holders = Array.from({ length: 200 }, () => {
        const ask = httpRequest(`${url}/api/github/webhooks`, { method: "POST", headers: headers(bytes) });
        ask.on("error", () => {}).flushHeaders();
        if (sent > 0) ask.write(begun);
        return ask;
      });
      await new Promise(resolve => setTimeout(resolve, 300));
      for (const size of [0, 50_000, 500_000, 2_000_000]) {
        const asked = performance.now();
        expect([size, (await signedOf(size)).status]).toEqual([size, 200]);
        expect(performance.now() - asked).toBeLessThan(5_000);
      }
      for (const ask of holders) ask.destroy();
    },
    60_000,
  );
});

test("one delivery sent 1,000 times is acknowledged 1,000 times and kept once", async () => {
  const labeled = deliveries.find(({ name, payload }) => name === "issues" && payload.action === "labeled");
  const body = JSON.stringify(labeled?.payload);
  const before = await jobs();
  const guid = randomUUID();
  const lane = async () => {
    for (let n = 0; n < 50; n++) expect((await send(body, { guid })).status).toBe(200);
  };
  await Promise.all(Array.from({ length: 20 }, lane));
  await workedOff();
  expect(await jobs()).toEqual({ ...before, event: (before.event ?? 0) + 1 });
});

test("a sender that never ends its headers is let go, and holds nobody up meanwhile", async () => {
  expect(await healthy()).toBe(true);
  const { seconds, answer } = await slow;
  expect(answer).toMatch(/^HTTP\/1\.1 408/);
  expect(seconds).toBeLessThan(20);
}, 25_000);

test("appends of many runs at once take little memory, and the runs that had no place may send theirs again", async () => {
  // In a world of their own: the tasks would otherwise be worked on during other tests.
  const { site, database, url, growth, close } = await openServed();
  onTestFinished(close);
  const store = createStore(database);
  const { data: repository } = await site.octocat.rest.repos.get({ owner: "octocat", repo: "hello" });
  const named = { id: repository.id, owner: "octocat", name: "hello", owner_id: 1, default_branch: "main" };
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const now = Date.now();
  const leaseOf = async (project_id: number, issue: number) => {
    const person = { asked_by: "octocat", asked_by_id: 1, trigger_id: null };
    const task = await saveTask(store, { project_id, issue, title: "t", url: "", ...person }, now);
    const id = `${project_id}-${issue}-1`;
    await openPipeline(store, {
      task_id: task.id,
      opening: anOpening({ pipeline: id }),
      jobs: [],
      at: now,
    });
    const until = { until: now + 600_000, deadline: now + 600_000, now };
    await store.lease(id, { hash: hash(id), ...until, run_id: `${issue}`, run_attempt: 1 });
    return id;
  };
  await store.saveProject({ ...named, installation_id: site.installationId }, now);
  await store.saveProject({ ...named, id: 4711, name: "other", installation_id: 4712 }, now);
  const mine = await Promise.all(Array.from({ length: 30 }, (_, n) => leaseOf(repository.id, 500 + n)));
  const theirs = await Promise.all([1, 2].map(n => leaseOf(4711, n)));
  const event = (bytes: number) => ({ kind: "interrupted", reason: "x".repeat(bytes) });
  const bodyOf = (bytes: number) => JSON.stringify({ after: 1, events: [event(bytes)] });
  const append = (id: string, body: string) =>
    fetch(`${url}/kin/pipelines/${id}/append`, {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${id}` },
    });
  const whole = bodyOf(6 * 1024 * 1024);
  const answers: string[] = [];
  const half = (id: string) =>
    new Promise<Socket>(sent => {
      const socket = connect(Number(new URL(url).port), new URL(url).hostname).on("error", () => {});
      socket.on("data", data => void answers.push(String(data)));
      const head = `POST /kin/pipelines/${id}/append HTTP/1.1\r\nhost: kin\r\nauthorization: Bearer ${id}\r\n`;
      socket.write(`${head}content-length: ${whole.length}\r\n\r\n`);
      socket.write(whole.slice(0, -200), () => sent(socket));
    });
  // Dead buffers stay until the collector acts, which takes a few requests.
  const late = whole.replace('"after":1', '"after":9');
  for (const id of mine.slice(0, 8)) expect((await append(id, late)).ok).toBe(false);
  const grown = await growth(async () => {
    const sockets = await Promise.all(mine.map(half));
    for (let tries = 0; tries < 500 && answers.length < mine.length - 2; tries++)
      await new Promise(resolve => setTimeout(resolve, 20));
    expect(answers).toHaveLength(mine.length - 2);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"busy"/);
    // Another installation's bodies find room, and displace nobody.
    sockets.push(...(await Promise.all(theirs.map(half))));
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(answers).toHaveLength(mine.length - 2);
    for (const socket of sockets) socket.destroy();
  });
  // The bodies alone come to 180 MiB.
  expect(grown).toBeLessThan(100);
  // The leases of those that had to go were renewed, so that they still have them when they retry.
  const leases = await Promise.all(mine.map(async id => (await store.pipeline(id))?.lease_until ?? 0));
  expect(leases.filter(until => until !== now + 600_000).length).toBeGreaterThanOrEqual(mine.length - 2);
  expect((await append(mine.at(-1) ?? "", bodyOf(500_000))).status).toBe(200);
}, 120_000);
