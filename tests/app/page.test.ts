import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { began, COORDINATED, ended, said, spawned } from "../report/crews.ts";
import { recordReturn, saveTask, setTask } from "../store/facts.ts";
import { type Kit, openForFile, openKit, type Queued } from "./kit.ts";
import { createPlayer } from "./play.ts";

let kit: Kit;
let original: Queued;
openForFile(opened => {
  ({ kit, first: original } = opened);
});

/** A separate App, for tests that count everything or need an empty store. */
const alone = async (look: (own: Kit) => Promise<void>): Promise<void> => {
  const own = await openKit();
  await look(own).finally(() => own.close());
};
/** A task that came back once, with a pull request. */
const returned = async (of: Queued, { store, clock } = kit.plane): Promise<Queued> => {
  const { id } = of.task;
  const why = {
    task_id: id,
    reason_category: "requirements_unclear" as const,
    reason_text: "Which unit?",
    returned_by: "pm",
    pipeline_id: of.pipeline.id,
    source: `pm:${of.pipeline.id}`,
    actor: null,
    pr_number: null,
    findings: [{ severity: "high" as const, file: "src/a b.js", line: 3, issue: "Cents.", fix: null }],
  };
  await recordReturn(store, why, clock.now());
  const status_reason = "**Not so.** `npm test` exited 1, see [the run](https://x.example/1).";
  await setTask(store, id, { pr_number: 7, status_reason, head_sha: "a".repeat(40) }, clock.now());
  return of;
};

const get = async (path: string, url = kit.page_url) => {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const HOSTILE = `</h2><script>alert(1)</script><img src=x onerror="alert('2')"> &lt;b&gt; {{7*7}} \${7*7}`;

test("health is answered while the store answers", async () => {
  const { status, text } = await get("/healthz", kit.url);
  expect([status, JSON.parse(text)]).toEqual([200, { ok: true }]);
});

test("the page answers only to its own machine: through a proxy it tells nothing", async () => {
  for (const name of ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"]) {
    for (const path of ["/", "/tasks/1", "/figures", "/tasks.json", "/tasks/1.json", "/style.css"]) {
      const response = await fetch(`${kit.page_url}${path}`, { headers: { [name]: "for=192.0.2.1" } });
      const text = await response.text();
      expect([response.status, text]).toEqual([403, expect.stringContaining("only to this machine")]);
    }
  }
});

/** The raw response to a request as written, which an HTTP client would not send. */
const raw = (target: string, { url = kit.page_url, host = "localhost" } = {}) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", reject);
    let text = "";
    socket.on("data", data => (text += String(data))).on("close", () => resolve(text));
    socket.write(`GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  });

test("it answers to names of this machine, and to no page in a browser whose host's name leads here", async () => {
  for (const host of ["localhost", "127.0.0.1:4711", "[::1]:1", "127.1.2.3"])
    expect([host, await raw("/tasks.json", { host })]).toEqual([
      host,
      expect.stringMatching(/^HTTP\/1\.1 200 /),
    ]);
  const foreign = [
    ...["rebound.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example@127.0.0.1"],
    ...["localhost.", "127.0.0.1:1:1", "", "2130706433"],
  ];
  for (const host of foreign) {
    const answers = [await raw("/tasks.json", { host }), await raw("http://127.0.0.1/tasks.json", { host })];
    for (const answer of answers)
      expect([host, answer]).toEqual([host, expect.stringMatching(/^HTTP\/1\.1 40[03] /)]);
  }
});

test("the port that the internet reaches has no page, whatever a proxy makes of the address", async () => {
  const pages = ["/", "/tasks/1", "/figures", "/tasks.json", "/tasks/1.json", "/follow.js"];
  const ways = [
    "",
    "/kin",
    "/kin/..",
    "/kin/%2e%2e",
    "/kin/%2E.",
    "/kin/.%2e",
    "/kin/%252e%252e",
    "/kin/..%2f..",
    "/kin/..;",
  ];
  const more = [
    "/kin\\..\\tasks.json",
    "/kin/..\\tasks.json",
    "//tasks.json",
    "/./tasks.json",
    "http://localhost/tasks.json",
  ];
  const webhooks = ["/api/github/webhooks/../../../tasks.json", "/kin/%2e%2e/healthz", "/healthz/.", "*"];
  const targets = [...ways.flatMap(way => pages.map(page => `${way}${page}`)), ...more, ...webhooks];
  for (const target of targets) {
    const answer = await raw(target, { url: kit.url });
    expect([target, answer]).toEqual([target, expect.stringMatching(/^HTTP\/1\.1 40[04] /)]);
    expect(answer).not.toMatch(/<h1|\[\]|Idiomorph/);
  }
});

const HEADERS: readonly (readonly [name: string, value: RegExp])[] = [
  ["content-security-policy", /^default-src 'none'; .*frame-ancestors 'none'$/],
  ["x-frame-options", /^DENY$/],
  ["x-content-type-options", /^nosniff$/],
  ["referrer-policy", /^no-referrer$/],
  ["cross-origin-resource-policy", /^same-origin$/],
  ["cross-origin-opener-policy", /^same-origin$/],
  ["cache-control", /^no-store$/],
];

test.each(HEADERS)("every answer on both ports has %s", async (name, value) => {
  const url = kit.url;
  const answers = [
    ...["/", "/figures", "/style.css", "/tasks/4711", "/tasks.json", "/tasks/4711.json", "/nothing"].map(
      path => fetch(`${kit.page_url}${path}`),
    ),
    fetch(`${kit.page_url}/`, { headers: { via: "x" } }),
    ...["/healthz", "/nothing", "/%2e", "/api/github/webhooks"].map(path => fetch(`${url}${path}`)),
    ...["/kin/claim", "/kin/pipelines/x/append", "/kin/pipelines/x/release"].map(path =>
      fetch(`${url}${path}`, { method: "POST" }),
    ),
  ];
  for (const answer of await Promise.all(answers))
    expect([answer.url, answer.headers.get(name)]).toEqual([answer.url, expect.stringMatching(value)]);
});

test("nobody may put the page into a frame, and what it says stays here", async () => {
  const { headers } = await get("/");
  expect(headers.get("content-security-policy")).toMatch(/frame-ancestors 'none'/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("access-control-allow-origin")).toBeNull();
});

test("without tasks the page says how to begin", () =>
  alone(async own => {
    const { status, headers, text } = await get("/", own.page_url);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/html/);
    expect(text).toContain("Put the label <code>kin</code> on an issue.");
  }));

test("a task is shown with its state, its pipeline and its returns", async () => {
  const { task, issue } = await returned(await kit.queue());
  const { id } = task;
  const { text: all } = await get("/");
  for (const part of [`octocat/hello#${issue}`, `href="/tasks/${id}"`, "The sum is wrong", "1 return"])
    expect(all).toContain(part);
  const { text } = await get(`/tasks/${id}`);
  const at = `${kit.site.github.url}/octocat/hello`;
  expect(text).toContain(`href="${at}/issues/${issue}"`);
  expect(text).toContain(`href="${at}/pull/7"`);
  expect(text).toContain("unclear requirements by pm");
  expect(text).toContain("Which unit?");
  expect(text).toContain(`href="${at}/blob/${"a".repeat(40)}/src/a%20b.js#L3"`);
  expect(text).toContain("Not so. npm test exited 1, see the run.</p>");
  expect(text).toContain("asked by octocat");
  expect(text).toMatch(/<time datetime="[\d-]+T[\d:.]+Z" title="[\d-]+ [\d:]+ UTC">just now<\/time>/);
});

test("I5: the same is there as JSON, without the run's secret", async () => {
  const { task: own, pipeline } = await returned(await kit.copy(original));
  const { id } = own;
  expect(JSON.parse((await get("/tasks.json")).text)).toContainEqual(
    expect.objectContaining({ id, title: "The sum is wrong" }),
  );
  const { task, pipelines, returns } = JSON.parse((await get(`/tasks/${id}.json`)).text);
  expect(task).toMatchObject({ id, return_count: 1, pr_number: 7 });
  expect(pipelines).toMatchObject([{ id: pipeline.id, state: "queued" }]);
  expect(pipelines[0]).not.toHaveProperty("lease_hash");
  expect(returns).toMatchObject([{ reason_category: "requirements_unclear", reason_text: "Which unit?" }]);
  const missing = await get("/tasks/4711.json");
  expect([missing.status, JSON.parse(missing.text).error]).toEqual([404, expect.stringContaining("no such")]);
  expect((await get("/tasks/x.json")).status).toBe(404);
});

test("the figures are bars that say in words what they show, and tables; they are counted once a minute at most", () =>
  alone(async own => {
    const { store, clock } = own.plane;
    const { task, pipeline } = await returned(await own.queue(), own.plane);
    const figures = async () => (await get("/figures", own.page_url)).text;
    const text = await figures();
    const month = new Date(clock.now()).toISOString().slice(0, 7);
    expect(text).toContain(`<span class="name">${month}</span>`);
    expect(text).toMatch(
      /role="img" aria-label="1 requirements_unclear">.*<title>1 requirements_unclear<\/title>/s,
    );
    expect(text).toMatch(/<td>requirements_unclear<\/td><td>pm<\/td><td>1<\/td>/);
    expect(text).toContain("No pull request was accepted yet.");
    await setTask(store, task.id, { status: "done" }, clock.now());
    await store.updatePipeline(pipeline.id, { usd: 1.25 });
    expect(await figures()).toBe(text);
    own.pass(60);
    expect(await figures()).toMatch(/octocat\/hello#7<\/a>.*\$1\.25/s);
  }));

test("what people and models wrote is shown as text", async () => {
  const now = kit.plane.clock.now();
  const { project_id } = original.task;
  const task = await saveTask(
    kit.plane.store,
    {
      project_id,
      issue: 4711,
      title: HOSTILE,
      url: `https://example.com/"onmouseover="alert(3)`,
      asked_by: HOSTILE,
      asked_by_id: 1,
      trigger_id: null,
    },
    now,
  );
  await setTask(kit.plane.store, task.id, { status: "blocked", status_reason: HOSTILE }, now);
  const source = { pipeline_id: null, source: "review:1", actor: null, pr_number: null, findings: [] };
  await recordReturn(
    kit.plane.store,
    {
      task_id: task.id,
      reason_category: "missing_context",
      reason_text: HOSTILE,
      returned_by: HOSTILE,
      ...source,
    },
    now,
  );
  // The title and the reason in the list; on the task's page also who asked, and the return with its author, twice.
  for (const [path, times] of [
    ["/", 2],
    [`/tasks/${task.id}`, 7],
    [`/?q=${encodeURIComponent(HOSTILE)}`, 3],
  ] as const) {
    const { text } = await get(path);
    expect([path, text.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;/g)?.length]).toEqual([path, times]);
    expect(text).not.toMatch(
      /<script(?! type="module" src="\/follow.js"><\/script>)|<img|onerror="|"onmouseover/,
    );
    expect(text).toContain("&amp;lt;b&amp;gt;");
    // Only GitHub's addresses become links.
    expect(text).not.toContain("https://example.com");
  }
});

const workerOn = (text: string, id: string): string | undefined =>
  new RegExp(`<details id="step-1-1-?\\d*-${id}">([\\s\\S]*?)</details>`)
    .exec(text)?.[1]
    ?.replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

test("a coordinator's workers are there while it works, each with its task, what it ran, wrote and reported", async () => {
  const of = await kit.queue();
  await createPlayer(kit).play(of, COORDINATED);
  const { text } = await get(`/tasks/${of.task.id}`);
  expect(text).toContain("At work: step 1 of 2 (coordinator), implementation by 2 workers");
  // They are below the step, not inside what is opened.
  expect(text).toMatch(/<\/details><ul class="workers" aria-label="Workers"><li class="step done">/);
  expect(workerOn(text, "w1")).toMatch(
    /^ ✓ w1 explore: Where a month is read done \$0\.02 · 8 s Task Find place 1\. Conversation claude-sonnet-5-5 2 turns 3 calls 8\.0k tokens in, 400 out/,
  );
  expect(workerOn(text, "w1")).toMatch(/Answer s: There\. $/);
  expect(workerOn(text, "w2")).toMatch(/joined [\s\S]*Files written src\/serve\.js $/);
  expect(workerOn(text, "w4")).toMatch(
    /changes requested [\s\S]*Verdict The field is called another name\. $/,
  );
  expect(workerOn(text, "w6")).toContain("The model refused to go on.");
  expect(workerOn(text, "w7")).toMatch(/working, turn 2 [\s\S]*npm test exit 1 2 s $/);
});

test("they are folded into its attempt when it is over, and each began when it did", async () => {
  const of = await kit.queue();
  const answer = { status: "done", spec: [], workers: [], verdict: "approved", summary: "All of it stands." };
  const more = [
    ...[began(), said({ calls: [["spawn_worker", {}]] }, { orders: [spawned(1), spawned(2)] })],
    ...[began(1, "explore"), ...ended(1), began(2, "explore"), ...ended(2), ...ended(undefined, { answer })],
  ];
  const player = createPlayer(kit);
  await player.play(of, { ...COORDINATED, more: more.slice(0, 5) });
  kit.pass(60);
  await player.play(of, { ...COORDINATED, more });
  const { text } = await get(`/tasks/${of.task.id}`);
  expect(text).toMatch(/Attempt 1: done<\/h3>(?:(?!<\/details>)[\s\S])*<ul class="workers"/);
  expect(text).toContain("All of it stands.");
  expect([workerOn(text, "w1"), workerOn(text, "w2")]).toEqual([
    expect.stringContaining("began 1 min ago"),
    expect.stringContaining("began just now"),
  ]);
});

test("what workers wrote is shown as text, too", async () => {
  const of = await kit.queue();
  const order = spawned(1, { role: HOSTILE, description: HOSTILE, task: HOSTILE });
  const start = said({ calls: [["spawn_worker", {}]] }, { orders: [order] });
  const answer = { status: "done", scope: HOSTILE, result: HOSTILE, issues: [HOSTILE] };
  const more = [began(), start, began(1, HOSTILE), ...ended(1, { answer })];
  await createPlayer(kit).play(of, { ...COORDINATED, more });
  const { text } = await get(`/tasks/${of.task.id}`);
  expect(text.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;/g)?.length).toBeGreaterThan(6);
  expect(text).not.toMatch(/<script(?! type="module" src="\/follow.js"><\/script>)|<img|onerror="/);
});

test("even if something got through, nothing but this server's own two scripts would run, and nothing else be loaded", async () => {
  const policy = (await get("/")).headers.get("content-security-policy") ?? "";
  expect(policy.split(/;\s*/)).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'"]));
  expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
  const { text } = await get("/");
  expect(text.match(/<script[^>]*>|<style|style=/g)).toEqual(['<script type="module" src="/follow.js">']);
  for (const path of ["/follow.js", "/idiomorph.js"]) {
    const { status, headers } = await get(path);
    expect([status, headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
  }
});

test("whoever asks again is sent the page where it is another one", async () => {
  const { task } = await kit.copy(original);
  const path = `/tasks/${task.id}`;
  const { headers } = await get(path);
  const again = () =>
    fetch(`${kit.page_url}${path}`, { headers: { "if-none-match": String(headers.get("etag")) } });
  expect((await again()).status).toBe(304);
  await setTask(kit.plane.store, task.id, { status_reason: "Otherwise." }, kit.plane.clock.now());
  const other = await again();
  expect([other.status, (await other.text()).includes("Otherwise.")]).toEqual([200, true]);
});

test("an event is read once, however often its task is looked at, and whatever comes behind it", async () => {
  const { task, pipeline } = await kit.copy(original);
  const { store, clock } = kit.plane;
  expect((await get(`/tasks/${task.id}`)).status).toBe(200);
  await store.query(`UPDATE events SET data = 'unreadable' WHERE pipeline_id = '${pipeline.id}' AND seq = 1`);
  expect((await get(`/tasks/${task.id}`)).status).toBe(200);
  await store.append({
    ...{ pipeline: pipeline.id, after: 1, lease: null, at: clock.now() },
    events: [{ kind: "paused", reason: "The model is away." }],
    ...{ row: {}, task: null, jobs: [] },
  });
  const { status, text } = await get(`/tasks/${task.id}`);
  expect([status, kit.logged]).toEqual([200, []]);
  expect(text).toContain("paused: The model is away.");
});

test("tasks are found by words, number, repository and state, and are read a page at a time", async () => {
  const now = kit.plane.clock.now();
  const { project_id } = original.task;
  for (let issue = 9_000; issue < 9_030; issue++) {
    const title = `Number ${issue} of 100%`;
    const asked = { title, url: "", asked_by: "octocat", asked_by_id: 1, trigger_id: null };
    const task = await saveTask(kit.plane.store, { project_id, issue, ...asked }, now - 86_400_000);
    if (issue % 2 === 0) await setTask(kit.plane.store, task.id, { status: "done" }, now - 86_400_000);
  }
  const shown = (text: string) => [...text.matchAll(/hello#(90\d\d)/g)].map(([, issue]) => Number(issue));
  const find = async (query: string) => shown((await get(`/?${query}`)).text);
  expect(await find("q=number+9007")).toEqual([9007]);
  expect(await find("q=HELLO%239012")).toEqual([9012]);
  expect(await find("q=9007+of+100%25")).toEqual([9007]);
  expect(await find("q=%25007")).toEqual([]);
  expect(await find("q=Number&state=done&repository=octocat%2Fhello")).toHaveLength(15);
  expect(await find("q=Number&repository=octocat%2Fother")).toEqual([]);
  const first = (await get("/?q=Number")).text;
  const next = /href="(\/\?[^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll("&amp;", "&");
  const second = (await get(`${next}`)).text;
  expect([shown(first).length, shown(second).length]).toEqual([25, 5]);
  expect(new Set([...shown(first), ...shown(second)]).size).toBe(30);
  expect(second).not.toContain('rel="next"');
  for (const odd of ["state=odd", "after=odd", `q=${"x".repeat(300)}`])
    expect([odd, await find(odd)]).toEqual([odd, await find("")]);
});

test("nothing of the store or of its secrets is on the page", async () => {
  const queued = await kit.queue();
  const { data } = await kit.claim(await kit.idToken(queued.run), { pipeline: queued.pipeline.id });
  const { lease_hash } = (await kit.plane.store.pipeline(queued.pipeline.id)) ?? {};
  const text = (await get("/")).text + (await get(`/tasks/${queued.task.id}`)).text;
  for (const secret of [data.run_token, data.git.authorization, String(lease_hash)])
    expect(text).not.toContain(secret);
});

test("what is not found is a page like the others, with the way to the tasks", async () => {
  for (const [path, text] of [
    ["/tasks/4711", "There is no such task"],
    ["/nothing", "There is nothing at this address"],
  ] as const) {
    const { status, text: page } = await get(path);
    expect(status).toBe(404);
    expect(page).toMatch(new RegExp(`color-scheme[\\s\\S]*${text}[\\s\\S]*<a href="/">All tasks</a>`));
  }
});

test("other addresses are not found", async () => {
  for (const path of ["/kin", "/kin/claim", "/api", "/.env", "/tasks", "/tasks/4711", "/healthz/x"]) {
    expect((await get(path)).status).toBe(404);
    expect((await get(path, kit.url)).status).toBe(404);
  }
});

test("a sender that never ends its body is let go, or goes by itself, and nothing is said of it", async () => {
  const { requestTimeout } = kit.server;
  onTestFinished(() => {
    kit.server.requestTimeout = requestTimeout;
  });
  kit.server.requestTimeout = 1_000;
  const headers = `host: kin\r\ncontent-type: application/json\r\nx-github-event: issues\r\nx-github-delivery: slow\r\nx-hub-signature-256: sha256=${"0".repeat(64)}\r\n`;
  const begin = () => {
    const socket = connect(Number(new URL(kit.url).port), "127.0.0.1").on("error", () => {});
    socket.write(`POST /api/github/webhooks HTTP/1.1\r\n${headers}content-length: 1000\r\n\r\n{"action":`);
    return socket;
  };
  const [slow, gone] = [begin(), begin()];
  const answer = new Promise<string>(resolve => {
    let text = "";
    slow.on("data", data => (text += String(data))).on("close", () => resolve(text));
  });
  setTimeout(() => gone.destroy(), 100);
  expect((await get("/healthz", kit.url)).status).toBe(200);
  expect(await answer).toMatch(/^HTTP\/1\.1 408/);
  expect(kit.logged).toEqual([]);
});

test("health is not answered where the store is gone", () =>
  alone(async own => {
    own.plane.store.close();
    const { status, text } = await get("/healthz", own.url);
    expect([status, text]).toEqual([503, "The App failed. Its log says more.\n"]);
    expect((await get("/", own.page_url)).status).toBe(503);
    expect(own.logged).toHaveLength(2);
  }));
