// One world from its label to its rest: opened, driven through the story, killed at its points, restarted, examined.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { openDatabase } from "../../app/store/database.ts";
import { createStore } from "../../app/store/store.ts";
import { exampleProject, readIssue, STORIES } from "../../local/example.ts";
import { MAINTAINER, startWorld, type World } from "../../local/world.ts";
import { differences } from "./compare.ts";
import { holdLog, type Received, receivedBy } from "./effects.ts";
import { type Ending, endingOf } from "./ending.ts";
import { APP, environmentOf } from "./environment.ts";
import { type Asked, brokenBy, repeatedCalls } from "./invariants.ts";
import {
  type Deaths,
  type Effect,
  type Point,
  type ProcessName,
  REST,
  readEffects,
  visitedIn,
} from "./points.ts";
import { comeToRest } from "./rest.ts";
import { supervise } from "./supervise.ts";

export interface VisitOptions {
  /** Null: the story without crashes. */
  readonly deaths: Deaths | null;
  /** How it has to end; null if not known yet. */
  readonly expected: Ending | null;
  /** How long the supervisor takes to restart the App. */
  readonly restart_ms: number;
  readonly sabotage: "comment" | null;
  readonly path: string;
  /** A name of `STORIES`. */
  readonly story: string;
  /** Keeps the directory of a world that went wrong. */
  readonly keep: boolean;
  /** Compile cache shared by the processes of all worlds. */
  readonly cache: string;
}

export interface Visited {
  /** Those of its points at which its process died. */
  readonly visited: readonly Point[];
  /** How often it died, at its points and elsewhere. */
  readonly deaths: number;
  /** How many model calls were repeated. */
  readonly again: number;
  /** Empty if everything holds. */
  readonly broken: readonly string[];
  readonly ending: Ending;
  /** Null unless requested: only the uncrashed story is counted. */
  readonly received: Received | null;
  /** The effects that the processes named themselves, in order. */
  readonly effects: Readonly<Record<ProcessName, readonly Effect[]>>;
  readonly seconds: number;
}

const REST_MS = 120_000;
const REST_AFTER_DEATH_MS = 15_000;

export const visit = async (options: VisitOptions): Promise<Visited> => {
  const begun = performance.now();
  const dir = mkdtempSync(join(tmpdir(), "kin-crash-"));
  const logs = { app: join(dir, "app.log"), action: join(dir, "action.log") };
  const said: string[] = [];
  const { answers, issue: file } = storyOf(options.story);
  const world = await startWorld({
    dataDir: join(dir, "data"),
    port: 0,
    answers,
    model: null,
    path: options.path,
    log: line => said.push(line),
    app: APP,
    env: {
      app: {
        ...environment("app", logs.app, options),
        ...(options.sabotage === null ? {} : { CRASH_SABOTAGE: options.sabotage }),
      },
      action: environment("action", logs.action, options),
    },
  });
  const app = supervise(world, options.restart_ms);
  const store = createStore(await openDatabase({ url: `file:${world.database}` }));
  const held = options.deaths === null ? await holdLog(world.database) : null;
  let clean = false;
  try {
    const { name } = exampleProject();
    await world.addRepository(exampleProject());
    const issue = await askForIt(world, { repo: name, file });
    const patience_ms = REST_MS + (options.deaths?.points.length ?? 0) * REST_AFTER_DEATH_MS;
    const rest = () => comeToRest({ world, store, app, issue, patience_ms });
    const late = [...(await rest())];
    const effects = { app: readEffects(logs.app), action: readEffects(logs.action) };
    const killed = [...effects.app, ...effects.action].filter(effect => effect.killed);
    const visited = options.deaths === null ? [] : visitedIn(options.deaths, killed);
    const atRest = visited.some(point => point.name === REST);
    if (atRest) {
      await app.kill();
      late.push(...(await rest()));
    }
    const received = held === null ? null : await receivedBy(world, store);
    const ending = await endingOf({ world, store, repository: name, issue });
    const again = repeatedCalls((world.modelRequests?.() ?? []) as readonly Asked[]);
    const differs = options.expected === null ? [] : differences(options.expected, ending);
    const broken = [...late, ...brokenBy(ending.facts, { again, crashes: killed.length }), ...differs];
    clean = broken.length === 0;
    const seconds = (performance.now() - begun) / 1000;
    const deaths = killed.length + (atRest ? 1 : 0);
    return { visited, deaths, again: again.length, broken, ending, received, effects, seconds };
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
  { deaths, cache }: VisitOptions,
): Readonly<Record<string, string>> => {
  const points = deaths?.process === name ? deaths.points.map(point => point.name) : [];
  return { NODE_COMPILE_CACHE: cache, ...environmentOf(name, { log, points }) };
};

const asMaintainer = (world: World): Octokit =>
  new Octokit({ auth: world.github.addUser({ login: MAINTAINER }).token, baseUrl: world.github.apiUrl });

/** A run whose world is gone would look for its App for half an hour. */
const cancelRuns = async (world: World): Promise<void> => {
  const octokit = asMaintainer(world);
  const at = { owner: MAINTAINER, repo: exampleProject().name };
  const { data } = await octokit.rest.actions.listWorkflowRunsForRepo(at);
  const running = data.workflow_runs.filter(run => run.status !== "completed");
  await Promise.all(running.map(run => octokit.rest.actions.cancelWorkflowRun({ ...at, run_id: run.id })));
  const patience = new Promise(resolve => setTimeout(resolve, 12_000).unref());
  await Promise.race([world.github.idle(), patience]);
};

const storyOf = (name: string) => {
  const story = STORIES[name];
  if (story === undefined) throw new Error(`there is no story ${name}: ${Object.keys(STORIES).join(", ")}`);
  return story;
};

/** What the maintainer does by hand on GitHub. */
const askForIt = async (
  world: World,
  { repo, file }: { readonly repo: string; readonly file: string },
): Promise<number> => {
  const octokit = asMaintainer(world);
  const at = { owner: MAINTAINER, repo };
  const { data: issue } = await octokit.rest.issues.create({ ...at, ...readIssue(file) });
  await octokit.rest.issues.addLabels({ ...at, issue_number: issue.number, labels: ["kin"] });
  return issue.number;
};
