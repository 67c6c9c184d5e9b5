// One world from its label to its rest: opened, told the story, killed at one point, put up again, looked at.
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { openDatabase } from "../../core/adapters/libsql/database.ts";
import { createStore } from "../../core/adapters/libsql/store.ts";
import type { Store } from "../../core/ports.ts";
import { exampleProject, readIssue, STORY_ANSWERS, STORY_ISSUE } from "../../local/example.ts";
import { MAINTAINER, startWorld, type World } from "../../local/world.ts";
import { holdLog, type Received, receivedBy } from "./effects.ts";
import { type Ending, endingOf } from "./ending.ts";
import { type Asked, brokenBy } from "./invariants.ts";

export type ProcessName = "app" | "action";

/** Where one world's process dies: before its n-th effects, counted over all its lives. */
export interface Deaths {
  readonly process: ProcessName;
  readonly at: readonly number[];
}

export interface VisitOptions {
  /** Null: the story uncrashed. */
  readonly deaths: Deaths | null;
  /** Until an operator's supervisor has the App up again. */
  readonly restart_ms: number;
  readonly sabotage: "comment" | null;
  readonly path: string;
  /** The directory of a world that went wrong stays. */
  readonly keep: boolean;
  /** What the processes of all worlds compiled. */
  readonly cache: string;
}

export interface Visited {
  /** What the process was about to do when it died; null where it never came to the point: then, the App, at rest. */
  readonly died: readonly (string | null)[];
  /** Empty where everything holds. */
  readonly broken: readonly string[];
  readonly ending: Ending;
  /** Null where nobody asked: only the uncrashed story is counted. */
  readonly received: Received | null;
  /** The effects that the processes named themselves, in order. */
  readonly effects: Readonly<Record<ProcessName, readonly string[]>>;
  readonly seconds: number;
}

const REST_MS = 120_000;
const REST_AFTER_DEATH_MS = 15_000;
const LOOK_MS = 100;
const LOOKS = 3;

export const visit = async (options: VisitOptions): Promise<Visited> => {
  const begun = performance.now();
  const dir = mkdtempSync(join(tmpdir(), "kin-crash-"));
  const logs = { app: join(dir, "app.log"), action: join(dir, "action.log") };
  const said: string[] = [];
  const world = await startWorld({
    dataDir: join(dir, "data"),
    port: 0,
    answers: STORY_ANSWERS,
    model: null,
    path: options.path,
    log: line => said.push(line),
    env: { app: environment("app", logs.app, options), action: environment("action", logs.action, options) },
  });
  const app = supervise(world, options.restart_ms);
  const store = createStore(await openDatabase({ url: `file:${world.database}` }));
  const held = options.deaths === null ? await holdLog(world.database) : null;
  let clean = false;
  try {
    const { name } = exampleProject();
    await world.addRepository(exampleProject());
    const issue = await askForIt(world, name);
    const patience_ms = REST_MS + (options.deaths?.at.length ?? 0) * REST_AFTER_DEATH_MS;
    const rest = () => comeToRest({ world, store, app, issue, patience_ms });
    const late = [...(await rest())];
    const effects = { app: effectsIn(logs.app), action: effectsIn(logs.action) };
    const { deaths } = options;
    const died = (deaths?.at ?? []).map(n => effects[deaths?.process ?? "app"][n - 1] ?? null);
    if (deaths?.process === "app" && died.includes(null)) {
      await app.kill();
      late.push(...(await rest()));
    }
    const received = held === null ? null : await receivedBy(world, store);
    const ending = await endingOf({ world, store, repository: name, issue });
    const asked = (world.modelRequests?.() ?? []) as readonly Asked[];
    const broken = [...late, ...brokenBy(ending.facts, { asked, crashes: died.length })];
    clean = broken.length === 0;
    return { died, broken, ending, received, effects, seconds: (performance.now() - begun) / 1000 };
  } finally {
    held?.release();
    app.leave();
    if (!clean) await cancelRuns(world);
    store.close();
    await world.close();
    if (clean || !options.keep) rmSync(dir, { recursive: true, force: true });
    else console.error(`  kept: ${dir}\n${said.slice(-20).join("\n")}`);
  }
};

const environment = (
  name: ProcessName,
  log: string,
  { deaths, sabotage, cache }: VisitOptions,
): Record<string, string> => ({
  NODE_COMPILE_CACHE: cache,
  KIN_CRASH_LOG: log,
  KIN_CRASH_AT: `${name}:${deaths?.process === name ? deaths.at.join(",") : 0}`,
  ...(sabotage === null ? {} : { KIN_CRASH_SABOTAGE: sabotage }),
});

const effectsIn = (log: string): readonly string[] =>
  existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];

interface Supervised {
  readonly up: () => boolean;
  /** Why it cannot be put up again. */
  readonly failure: () => string | null;
  readonly kill: () => Promise<void>;
  readonly leave: () => void;
}

/** Puts the App up again when it was killed, as an operator's supervisor does; it counts on, past the point. */
const supervise = (world: World, restart_ms: number): Supervised => {
  let left = false;
  let up = true;
  let failure: string | null = null;
  const isDown = () => world.app()?.signalCode !== null || world.app()?.exitCode !== null;
  const restart = async (): Promise<void> => {
    up = false;
    await new Promise(resolve => setTimeout(resolve, restart_ms));
    if (left) return;
    try {
      await world.startApp();
      watch();
      up = true;
    } catch (error) {
      failure = `the App does not start again: ${error}`;
    }
  };
  const watch = (): void => {
    if (left) return;
    if (isDown()) void restart();
    else world.app()?.once("close", () => left || void restart());
  };
  watch();
  return {
    up: () => up && !isDown(),
    failure: () => failure,
    kill: async () => {
      const child = world.app();
      const closed = child === null ? null : once(child, "close");
      child?.kill("SIGKILL");
      await closed;
    },
    leave: () => {
      left = true;
    },
  };
};

const asMaintainer = (world: World): Octokit =>
  new Octokit({ auth: world.github.addUser({ login: MAINTAINER }).token, baseUrl: world.github.apiUrl });

/** A run whose world goes away would look for its App for half an hour. */
const cancelRuns = async (world: World): Promise<void> => {
  const octokit = asMaintainer(world);
  const at = { owner: MAINTAINER, repo: exampleProject().name };
  const { data } = await octokit.rest.actions.listWorkflowRunsForRepo(at);
  const running = data.workflow_runs.filter(run => run.status !== "completed");
  await Promise.all(running.map(run => octokit.rest.actions.cancelWorkflowRun({ ...at, run_id: run.id })));
  const patience = new Promise(resolve => setTimeout(resolve, 12_000).unref());
  await Promise.race([world.github.idle(), patience]);
};

/** What the maintainer does by hand on GitHub. */
const askForIt = async (world: World, repo: string): Promise<number> => {
  const octokit = asMaintainer(world);
  const at = { owner: MAINTAINER, repo };
  const { data: issue } = await octokit.rest.issues.create({ ...at, ...readIssue(STORY_ISSUE) });
  await octokit.rest.issues.addLabels({ ...at, issue_number: issue.number, labels: ["kin"] });
  return issue.number;
};

interface Resting {
  readonly world: World;
  readonly store: Store;
  readonly app: Supervised;
  readonly issue: number;
  readonly patience_ms: number;
}

/** Resolves when the task waits for a person and nobody has anything left to do; answers what never came to rest. */
const comeToRest = async (resting: Resting): Promise<readonly string[]> => {
  const until = performance.now() + resting.patience_ms;
  let open: readonly string[] = [];
  for (let still = 0; still < LOOKS; ) {
    if (performance.now() > until)
      return [`no rest within ${resting.patience_ms / 1000} s: ${open.join("; ")}`];
    open = await openOf(resting);
    const failure = resting.app.failure();
    if (failure !== null) return [failure];
    still = open.length === 0 ? still + 1 : 0;
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  return [];
};

const WORKING = "('event', 'publish', 'next', 'help', 'refuse', 'redeliver', 'missed', 'look')";

const openOf = async ({ world, store, app, issue }: Resting): Promise<readonly string[]> => {
  if (!app.up()) return ["the App is down"];
  await world.github.idle();
  const task = (await store.tasks({ limit: 50 })).find(task => task.issue === issue);
  const jobs = await store.query(
    `SELECT key, due_at - CAST(unixepoch('subsec') * 1000 AS INTEGER) AS wait, error FROM jobs
      WHERE done_at IS NULL AND kind IN ${WORKING} AND (kind NOT IN ('redeliver', 'missed') OR due_at = 0)`,
  );
  const lost = [...Map.groupBy(world.github.deliveries, delivery => delivery.guid).values()]
    .filter(tries => !tries.some(delivery => delivery.statusCode >= 200 && delivery.statusCode < 300))
    .map(([delivery]) => `the delivery ${delivery?.event}.${delivery?.action} is lost`);
  return [
    ...(task === undefined ? ["there is no task"] : []),
    ...(task?.status === "running" ? ["the task is running"] : []),
    ...jobs.map(
      job =>
        `the job ${job.key} is ${Number(job.wait) > 0 ? `due in ${job.wait} ms` : "due"}${job.error === null ? "" : ` after ${job.error}`}`,
    ),
    ...lost,
  ];
};
