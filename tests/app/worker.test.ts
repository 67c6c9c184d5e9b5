// The lanes that work off `jobs`, for real: failures, recurring jobs, and what a kill leaves.

import { branchWith, hello } from "embedded-github/site";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refused } from "../../app/github/github.ts";
import { handleSignal } from "../../app/intake/handle.ts";
import { rankOf, toSignal } from "../../app/intake/signal.ts";
import { isWaiting } from "../../app/jobs/done.ts";
import { perform } from "../../app/jobs/perform.ts";
import { startWorker } from "../../app/jobs/worker.ts";
import type { Plane } from "../../app/plane.ts";
import { KinError } from "../../core/model/error.ts";
import type { Key } from "../../core/model/key.ts";
import { keys, marks } from "../../core/model/keys.ts";
import { dispatch, event, publish, show } from "../../core/model/new-job.ts";
import { Signal } from "../../core/model/signal.ts";
import { sources } from "../../core/model/sources.ts";
import { LABELS } from "../../core/report/labels.ts";
import { saveTask, setTask } from "../store/facts.ts";
import { type Kit, openKit, WEBHOOK_SECRET } from "./kit.ts";
import { APPROVED, createPlayer, wrote } from "./play.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await openKit();
});
afterAll(() => kit.close());

const working = async (plane: Plane, until: () => Promise<boolean>): Promise<void> => {
  const worker = startWorker(plane, { lanes: 1 });
  for (let tries = 0; tries < 500 && !(await until()); tries++)
    await new Promise(resolve => setTimeout(resolve, 10));
  await worker.stop();
};

test("what comes round by the clock comes round again, also when GitHub refused it this time", async () => {
  const refusing: Plane = {
    ...kit.plane,
    repositories: () =>
      Promise.reject(new KinError("GitHub refused it.", { code: "github_403", hint: "Look at the App." })),
  };
  const missed = () => kit.plane.store.job(keys.round("missed"));
  await working(refusing, async () => ((await missed())?.error ?? null) !== null);
  const job = await missed();
  expect(job).toMatchObject({
    done_at: null,
    lease: null,
    error: expect.stringMatching(/GitHub refused it/),
  });
  const wait = (job?.due_at ?? 0) - kit.plane.clock.now();
  expect([wait > 4 * 60_000, wait <= 5 * 60_000]).toEqual([true, true]);
  for (const kind of ["sweep", "redeliver"] as const)
    expect((await kit.plane.store.job(keys.round(kind)))?.due_at).toBeGreaterThan(kit.plane.clock.now());
});

/** A comment that any source may ask to show. */
const help = (source: string, task_id: number) => ({
  ...show(keys.help(source), { task_id, what: "help" }),
  rank: "usual" as const,
});

const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

/** The App with a GitHub that does not respond while `isDown`. */
const reaching = (isDown: () => boolean): Plane => ({
  ...kit.plane,
  github: async project => {
    const down = { code: "github_502", hint: "Wait.", retryable: true };
    /** Whatever is called, calls or pages. */
    const refused = () => {
      const failed = () => Promise.reject(new KinError("GitHub refused it: 502", down));
      const answer = failed();
      answer.catch(() => undefined);
      return Object.assign(answer, { [Symbol.asyncIterator]: () => ({ next: failed }) });
    };
    return new Proxy(await kit.plane.github(project), {
      get: (github, name) => (isDown() && name !== "then" ? refused : Reflect.get(github, name)),
    });
  },
});

test("a GitHub that is away for an hour leaves no task behind, and none that it has nothing to do with blocked", async () => {
  const [waiting, reviewed] = [await kit.queue(), await kit.queue()];
  const now = kit.plane.clock.now();
  await kit.plane.store.updatePipeline(waiting.pipeline.id, { state: "paused", run_id: null });
  await setTask(kit.plane.store, reviewed.task.id, { status: "review" }, now);
  const row = { state: "finished", outcome: "stopped" } as const;
  const append = { after: 1, events: [], lease: null, at: now, row };
  await kit.plane.store.append({
    ...{ ...append, pipeline: reviewed.pipeline.id, task: null },
    jobs: [publish(waiting.task.id), publish(reviewed.task.id)],
  });
  await kit.plane.store.ask([help("outage", reviewed.task.id)]);
  let isDown = true;
  // With its own clock, because moving everybody's by an hour would expire GitHub's tokens.
  let later = 0;
  const clock = { ...kit.plane.clock, now: () => kit.plane.clock.now() + later };
  const worker = startWorker({ ...reaching(() => isDown), clock }, { lanes: 4 });
  const stateOf = async (key: Key) => {
    const job = await kit.plane.store.job(key);
    return { attempts: (job?.attempts ?? 0) > 12, done: job?.done_at !== null };
  };
  const publications = [keys.publish(reviewed.task.id), keys.publish(waiting.task.id)] as const;
  for (let n = 0; n < 200 && (await stateOf(publications[0])).attempts === false; n++) {
    later += 301_000;
    worker.wake();
    await sleep(30);
  }
  expect(await stateOf(keys.help("outage"))).toMatchObject({ done: true });
  for (const key of publications) expect(await stateOf(key)).toMatchObject({ done: false });
  expect(await kit.plane.store.task(reviewed.task.id)).toMatchObject({ status: "review" });
  isDown = false;
  const dispatched = async () => (await kit.plane.store.pipeline(waiting.pipeline.id))?.run_id ?? null;
  for (let n = 0; n < 50 && (await dispatched()) === null; n++) {
    later += 301_000;
    worker.wake();
    await sleep(50);
  }
  await worker.stop();
  expect(await dispatched()).not.toBeNull();
  expect(await kit.plane.store.task(waiting.task.id)).toMatchObject({ status: "running" });
});

test("what GitHub refuses in passing and for ever is given up, and told", async () => {
  const queued = await kit.queue();
  await createPlayer(kit).play(queued, { play: [wrote("a.txt"), APPROVED] });
  const call = "POST /repos/{owner}/{repo}/git/commits";
  const gone = () => Promise.reject(refused(Object.assign(new Error("Not Found"), { status: 404 }), call));
  let later = 0;
  const plane: Plane = {
    ...kit.plane,
    clock: { ...kit.plane.clock, now: () => kit.plane.clock.now() + later },
    github: async project =>
      new Proxy(await kit.plane.github(project), {
        get: (github, name) => (name === "createCommit" ? gone : Reflect.get(github, name)),
      }),
  };
  const key = keys.publish(queued.task.id);
  await kit.plane.store.askAgain([publish(queued.task.id)]);
  const worker = startWorker(plane, { lanes: 1 });
  const task = () => kit.plane.store.task(queued.task.id);
  for (let n = 0; n < 1000 && (await task())?.status !== "blocked"; n++) {
    later += 301_000;
    worker.wake();
    await sleep(30);
  }
  await worker.stop();
  expect(await task()).toMatchObject({
    status: "blocked",
    status_reason: expect.stringContaining(`GitHub refused ${call}: Not Found`),
  });
  expect((await kit.plane.store.job(key))?.attempts).toBeLessThan(13);
});

/** Takes jobs one after the other, like a lane, and returns what each wrote to GitHub. */
const oneByOne = async (kinds: readonly string[], most = 200) => {
  const { store, clock } = kit.plane;
  const done: { readonly kind: string; readonly writes: number; readonly installation: number }[] = [];
  for (let n = 0; n < most; n++) {
    const job = await store.takeJob(clock.now(), { lease_ms: 60_000 });
    if (job === null) break;
    if (!kinds.includes(job.kind)) {
      await store.finishJob(job, { now: clock.now() });
      continue;
    }
    const before = kit.site.github.writes.length;
    const how = await perform(job, kit.plane);
    const writes = kit.site.github.writes.length - before;
    done.push({ kind: job.kind, writes, installation: job.installation_id });
    if (isWaiting(how)) throw new Error(how.why);
    await store.finishJob(job, { now: clock.now(), ...how });
  }
  return done;
};

/** Clears what other tests left to do. */
const leaveNothing = (): Promise<unknown> => oneByOne([]);

test("an installation that has much to do leaves half of the lanes to others", async () => {
  const busy = await kit.queue();
  await leaveNothing();
  const { store, clock } = kit.plane;
  const now = clock.now();
  const other = { id: 4711, owner: "hubot", name: "other", owner_id: 1, default_branch: "main" };
  await store.saveProject({ ...other, installation_id: 4712 }, now);
  const person = { asked_by: "hubot", asked_by_id: 1, trigger_id: null };
  const task = await saveTask(store, { project_id: 4711, issue: 1, title: "t", url: "", ...person }, now);
  const helps = (id: number, count: number) =>
    Array.from({ length: count }, (_, n) => help(`share:${id}:${n}`, id));
  await store.ask([...helps(busy.task.id, 6), ...helps(task.id, 2)]);
  const gate = Promise.withResolvers<void>();
  const refused = new KinError("Refused.", { code: "github_403", hint: "Ask." });
  let [held, most] = [0, 0];
  const github: Plane["github"] = async ({ id }) => {
    if (id !== busy.task.project_id) throw refused;
    most = Math.max(most, ++held);
    await gate.promise;
    held--;
    throw refused;
  };
  const worker = startWorker({ ...kit.plane, github }, { lanes: 4 });
  const areDone = async (id: number, count: number) =>
    (await Promise.all(helps(id, count).map(({ key }) => store.job(key)))).every(job => job?.done_at != null);
  for (let tries = 0; tries < 500 && !(await areDone(task.id, 2)); tries++) await sleep(10);
  expect([await areDone(task.id, 2), most]).toEqual([true, 2]);
  gate.resolve();
  for (let tries = 0; tries < 500 && !(await areDone(busy.task.id, 6)); tries++) await sleep(10);
  await worker.stop();
  expect([await areDone(busy.task.id, 6), most]).toEqual([true, 2]);
});

/** An installation that Kin knows, with a task in its repository. */
const anInstallation = async (id: number) => {
  const { store, clock } = kit.plane;
  const now = clock.now();
  const project = { id, owner: `owner${id}`, name: "r", owner_id: 1, default_branch: "main" };
  await store.saveProject({ ...project, installation_id: id }, now);
  const person = { asked_by: "hubot", asked_by_id: 1, trigger_id: null };
  const task = await saveTask(store, { project_id: id, issue: 1, title: "t", url: "", ...person }, now);
  return { id, ask: (n: number) => help(`${id}:${n}`, task.id) };
};

test("whoever comes last is served behind one job of each installation, not behind all that they asked for before", async () => {
  await leaveNothing();
  const busy = [await anInstallation(8101), await anInstallation(8102), await anInstallation(8103)] as const;
  const late = await anInstallation(8104);
  const { store } = kit.plane;
  for (let n = 0; n < 12; n++) await store.ask(busy.map(one => one.ask(n)));
  const served: number[] = [];
  const github: Plane["github"] = async ({ id }) => {
    if ([...busy, late].some(one => one.id === id)) served.push(id);
    if (served.length === 4) await store.ask([late.ask(0), late.ask(1)]);
    throw new KinError("Refused.", { code: "github_403", hint: "Ask." });
  };
  await working({ ...kit.plane, github }, async () => served.filter(id => id === late.id).length === 2);
  const behind = served.slice(4);
  expect(behind.indexOf(late.id)).toBeLessThanOrEqual(busy.length);
  expect(behind.lastIndexOf(late.id) - behind.indexOf(late.id)).toBeLessThanOrEqual(busy.length + 1);
});

test("repositories that an installation gets at once are a job each, of that installation, and none writes more than a few labels in a turn", async () => {
  const owner = "hubot";
  const names = ["l1", "l2", "l3"];
  const added: { readonly id: number; readonly full_name: string }[] = [];
  for (const name of names) {
    const { id } = await kit.site.github.addRepository({ owner, name, files: { "a.md": "a" } });
    added.push({ id, full_name: `${owner}/${name}` });
  }
  const { installationId } = kit.site.github.install({ slug: "kin", owner });
  await leaveNothing();
  const payload = {
    ...{ action: "added", installation: { id: installationId }, repositories_removed: [] },
    repositories_added: added,
  };
  await handleSignal(toSignal("installation_repositories", payload, kit.plane.sha256), kit.plane);
  const done = await oneByOne(["repository"]);
  expect(new Set(done.map(({ installation }) => installation))).toEqual(new Set([installationId]));
  expect(Math.max(...done.map(({ writes }) => writes))).toBe(3);
  for (const repo of names) {
    const { data } = await kit.site.octocat.rest.issues.listLabelsForRepo({ owner, repo, per_page: 100 });
    expect(data.map(({ name }) => name)).toEqual(expect.arrayContaining(LABELS.map(({ name }) => name)));
  }
  // Asking again starts over, even in between.
  await kit.site.octocat.rest.issues
    .deleteLabel({ owner, repo: "l1", name: LABELS[0]?.name ?? "" })
    .catch(() => {});
  await handleSignal(toSignal("installation_repositories", payload, kit.plane.sha256), kit.plane);
  expect((await oneByOne(["repository"])).length).toBeGreaterThan(3 * 3);
});

test("of pushes to many pull requests people's words are worked on first, and only so many checks are written at once", async () => {
  const { issue, task } = await kit.queue();
  await leaveNothing();
  const count = 24;
  for (let n = 0; n < count; n++) await branchWith(kit.site.hubot, `push${n}`, { [`push${n}.txt`]: "a" });
  const { github } = kit.site;
  github.setWebhook({ slug: "kin", url: `${kit.url}/api/github/webhooks`, secret: WEBHOOK_SECRET });
  const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
  const pulls: number[] = [];
  for (let n = 0; n < count; n++) {
    const pull = { ...hello, title: `p${n}`, head: `push${n}`, base: "main" };
    pulls.push((await kit.site.hubot.rest.pulls.create(pull)).data.number);
  }
  await kit.site.octocat.rest.issues.createComment({ ...hello, issue_number: issue, body: "/kin help" });
  while (!github.deliveries.every(({ statusCode }) => statusCode > 0)) await sleep(10);
  github.setWebhook({ slug: "kin", url: null });
  await kit.still(async () => {
    const told = await oneByOne(["event", "gate", "show"], count + 2);
    expect(told.slice(0, 2).map(({ kind }) => kind)).toEqual(["event", "show"]);
    // Machines' events also come before the checks, even if requested after them.
    await kit.plane.store.ask([help("behind", task.id)]);
    const done = await oneByOne(["gate", "show"]);
    expect(done[0]?.kind).toBe("show");
    const written = (list: typeof done) => list.filter(one => one.kind === "gate" && one.writes > 0).length;
    const gates = done.filter(({ kind }) => kind === "gate");
    expect([written(gates), Math.max(...gates.map(({ writes }) => writes))]).toEqual([20, 1]);
    const later: number[] = [];
    for (let n = 0; n < 5; n++) {
      kit.pass(10);
      // When pushed to again it keeps its place.
      await handleSignal(
        toSignal(
          "pull_request",
          { action: "synchronize", repository, pull_request: { number: pulls.at(-1) } },
          kit.plane.sha256,
        ),
        kit.plane,
      );
      later.push(written(await oneByOne(["gate"])));
    }
    expect(later).toEqual([1, 1, 1, 1, 0]);
  });
});

test("a stranger's words come behind all that others ask, and edited by somebody who may they do not", () => {
  const said = (author_association: string, sender: number) =>
    toSignal(
      "issue_comment",
      {
        action: "edited",
        sender: { id: sender, login: "s" },
        comment: { id: 1, user: { id: 7 }, author_association },
      },
      kit.plane.sha256,
    );
  const ranks = (
    ["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "NONE"] as const
  ).map(association => rankOf(said(association, 7)));
  expect(ranks).toEqual(["first", "first", "first", "last", "last", "last"]);
  expect(rankOf(said("NONE", 8))).toBe("first");
  expect(rankOf(toSignal("pull_request", { action: "synchronize" }, kit.plane.sha256))).toBe("usual");
});

test("a run that can never be started ends its pipeline, and the task says why", async () => {
  const { pipeline, task } = await kit.queue();
  const refusing: Plane = {
    ...kit.plane,
    github: () =>
      Promise.reject(new KinError("The App was taken off.", { code: "github_404", hint: "Install it." })),
  };
  const asked = dispatch({ pipeline: pipeline.id, number: pipeline.dispatches, before: null });
  const { key } = asked;
  await kit.plane.store.askAgain([asked]);
  await working(refusing, async () => ((await kit.plane.store.job(key))?.done_at ?? null) !== null);
  expect(await kit.plane.store.pipeline(pipeline.id)).toMatchObject({
    state: "finished",
    outcome: "blocked",
  });
  expect(await kit.plane.store.task(task.id)).toMatchObject({
    status: "blocked",
    status_reason: expect.stringMatching(/The App was taken off\.\nInstall it\./),
  });
});

test("what GitHub limits is due again when GitHub says, and keeps no lane waiting", async () => {
  const { task } = await kit.queue();
  const key = keys.publish(task.id);
  kit.site.github.limitRate({ after: 0, retryAfter: 900 });
  await kit.plane.store.askAgain([publish(task.id)]);
  await working(kit.plane, async () => ((await kit.plane.store.job(key))?.error ?? null) !== null);
  kit.site.github.limitRate(null);
  const wait = ((await kit.plane.store.job(key))?.due_at ?? 0) - kit.plane.clock.now();
  expect([wait > 890_000, wait <= 900_000]).toEqual([true, true]);
});

const isHelp = (body: string) => body.includes("A command is the first word");
const bodiesOn = async (issue_number: number) =>
  (await kit.site.octocat.rest.issues.listComments({ ...hello, issue_number })).data.map(
    ({ body }) => body ?? "",
  );

test("nobody else takes a job while it is worked on, however long that takes", async () => {
  const { issue, task } = await kit.queue();
  const begun: string[] = [];
  const slow: Plane = {
    ...kit.plane,
    github: async project => {
      const github = await kit.plane.github(project);
      const createComment: typeof github.createComment = async (number, body) => {
        begun.push(body);
        await sleep(2_000);
        return github.createComment(number, body);
      };
      return { ...github, createComment };
    },
  };
  await kit.plane.store.ask([help("slow", task.id)]);
  const worker = startWorker(slow, { lanes: 4, lease_ms: 500 });
  for (
    let n = 0;
    n < 1_000 && ((await kit.plane.store.job(keys.help("slow")))?.done_at ?? null) === null;
    n++
  )
    await sleep(10);
  await worker.stop();
  expect(begun.filter(isHelp)).toHaveLength(1);
  expect((await bodiesOn(issue)).filter(isHelp)).toHaveLength(1);
});

test("a comment whose answer GitHub lost is not posted twice", async () => {
  const { issue, task } = await kit.queue();
  kit.site.github.failNext({
    method: "POST",
    path: `/repos/octocat/hello/issues/${issue}/comments`,
    times: 2,
    afterWrite: true,
  });
  await kit.plane.store.ask([help("lost", task.id)]);
  await working(kit.plane, async () => {
    kit.pass(1);
    return ((await kit.plane.store.job(keys.help("lost")))?.done_at ?? null) !== null;
  });
  expect((await bodiesOn(issue)).filter(isHelp)).toHaveLength(1);
});

const comment = async (issue_number: number, body: string) =>
  (await kit.site.octocat.rest.issues.createComment({ ...hello, issue_number, body })).data.id;

/** The event of a comment on an issue, as its webhook would have reported it. */
const tellOf = async (issue: number, comment: number): Promise<Key> => {
  const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
  const data = {
    ...{ name: "issue_comment", action: "created", installation: null, repositories: [], sender: null },
    ...{ issue, issue_text: null, label: null, comment, review: null, pull: null, sha: null, run: null },
    repository: { id: repository.id, owner: "octocat", name: "hello" },
  };
  const told = event(keys.delivery(String(comment)), Signal.parse(data));
  await kit.plane.store.ask([told]);
  return told.key;
};

const isDone = (key: Key) => async () => ((await kit.plane.store.job(key))?.done_at ?? null) !== null;

test("an order that has to wait is due again soon, unheard and without a warning, and is obeyed then", async () => {
  const { store, clock } = kit.plane;
  const queued = await kit.queue();
  await createPlayer(kit).play(queued, { play: [wrote("w.txt"), APPROVED] });
  const due = (at: number) =>
    store.query(`UPDATE jobs SET due_at = ${at} WHERE key = '${keys.publish(queued.task.id)}'`);
  await due(clock.now() + 3_600_000);
  const id = await comment(queued.issue, "/kin rerun");
  const heard = marks.heard(sources.issueComment(id));
  const logged = kit.logged.length;
  const key = await tellOf(queued.issue, id);
  await working(kit.plane, async () => ((await store.job(key))?.error ?? null) !== null);
  const job = await store.job(key);
  expect(job).toMatchObject({ done_at: null, error: expect.stringMatching(/is not on its branch yet/) });
  expect((job?.due_at ?? 0) - clock.now()).toBeLessThanOrEqual(5_000);
  expect(kit.logged.slice(logged)).toEqual([]);
  expect([await store.marked(heard), await store.pipelines(queued.task.id)]).toMatchObject([
    null,
    { length: 1 },
  ]);
  await due(0);
  await working(kit.plane, isDone(key));
  expect(await store.pipelines(queued.task.id)).toHaveLength(2);
  expect(await store.marked(heard)).not.toBeNull();
});

test("what an older Kin asked for is told of and given up, and what comes behind it is done", async () => {
  const { task } = await kit.queue();
  const { store } = kit.plane;
  const [old, behind] = [help("old", task.id), help("behind an old one", task.id)];
  await store.ask([old]);
  await store.query(`UPDATE jobs SET kind = 'refuse' WHERE key = '${old.key}'`);
  await store.ask([behind]);
  await working(kit.plane, isDone(behind.key));
  const [row] = await store.query(`SELECT attempts, result FROM jobs WHERE key = '${old.key}'`);
  expect(row).toMatchObject({ attempts: 0, result: expect.stringContaining("no work of the kind refuse") });
  expect(kit.logged.filter(line => line.startsWith(`${old.key}: `))).toHaveLength(1);
});

test("what Kin cannot do is said on the issue, wherever Kin was killed while it failed", async () => {
  const { issue, task } = await kit.queue();
  const stopped = await tellOf(issue, await comment(issue, "/kin stop"));
  await working(kit.plane, isDone(stopped));
  const file = { ...hello, path: ".github/kin.yml" };
  const { data: good } = await kit.site.octocat.rest.repos.getContent(file);
  const { sha, content } = good as { readonly sha: string; readonly content: string };
  const write = (text: string, before: string) =>
    kit.site.octocat.rest.repos.createOrUpdateFileContents({
      ...{ ...file, sha: before, message: "Write it", content: text },
    });
  const broken = await write(Buffer.from("limit: {}\n").toString("base64"), sha);
  let killed = true;
  for (let n = 1; killed; n++) {
    await setTask(kit.plane.store, task.id, { status: "running" }, kit.plane.clock.now());
    const key = await tellOf(issue, await comment(issue, "/kin rerun"));
    const logged = kit.logged.length;
    const isKilled = () => kit.logged.slice(logged).some(line => line.includes("killed before"));
    await working(kit.dying(n, /meant:/), async () => isKilled() || (await isDone(key)()));
    killed = isKilled();
    if (!killed) expect(n).toBeGreaterThan(4);
    await kit.plane.store.freeJobs();
    await working(kit.plane, isDone(key));
    const [row] = await kit.plane.store.query(`SELECT result FROM jobs WHERE key = '${key}'`);
    expect(row?.result).toMatch(/unknown key `limit`/);
    expect(await kit.plane.store.task(task.id)).toMatchObject({
      status: "blocked",
      status_reason: expect.stringMatching(/unknown key `limit`/),
    });
  }
  await write(content, broken.data.content?.sha ?? "");
}, 120_000);
