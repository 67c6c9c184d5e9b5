// `kin start`: opens the embedded world, labels an issue in it, tells the story.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findSandbox } from "../action/workbench/workbench.ts";
import { openDatabase } from "../app/store/database.ts";
import type { Store } from "../app/store/port.ts";
import { createStore } from "../app/store/store.ts";
import { KinError } from "../core/model/error.ts";
import type { TaskRecord } from "../core/model/record.ts";
import { plural } from "../core/report/format.ts";
import type { Told } from "../core/report/storyteller.ts";
import {
  exampleProject,
  type IssueFile,
  type Project,
  projectFrom,
  readIssue,
  STORIES,
  STORY_ISSUE,
  storyScript,
  storyWith,
} from "../local/example.ts";
import { checkAll } from "../local/model/check-all.ts";
import { MAINTAINER, startWorld, type World } from "../local/world.ts";
import { keptPort } from "../local/world-file.ts";
import { type Env, FLAG, misused, readArguments, TEXT } from "./arguments.ts";
import { rememberWorld } from "./data-directory.ts";
import { type Ended, endOf } from "./end.ts";
import { addWorkflow, askForIt, findIssue, mergeFollowUps } from "./maintainer.ts";
import { createResults, isResting, type Results } from "./results.ts";
import { goingOn, opening } from "./start-text.ts";
import { tellStory, toldBefore } from "./story.ts";
import { createPrinter } from "./terminal.ts";

const DEFAULT_PORT = 4480;

export const start = async (args: readonly string[], env: Env): Promise<number> => {
  const wanted = read(args, env);
  const { once } = wanted;
  if (wanted.answers !== null) await refuseSlips(wanted.answers);
  const ended = endOf(process);
  const isTemporary = once && wanted.dataDir === null;
  const dataDir = wanted.dataDir ?? (isTemporary ? mkdtempSync(join(tmpdir(), "kin-")) : resolve(".kin"));
  let task: TaskRecord | null = null;
  try {
    task = await openAndTell({ ...wanted, dataDir, ended, env, isTemporary });
  } finally {
    // Nobody was told of it.
    if (isTemporary && task === null) rmSync(dataDir, { recursive: true, force: true });
  }
  const code = ended.code();
  if (code !== null && !isTemporary) console.log(goingOn({ ...wanted, dataDir }));
  if (code !== null && once && task === null) return code;
  const isAwaited = once || wanted.issue !== null;
  return task === null ? Number(isAwaited) : Number(task.status !== "review" && task.status !== "done");
};

type Wanted = ReturnType<typeof read>;

interface Opening extends Omit<Wanted, "dataDir"> {
  readonly dataDir: string;
  readonly ended: Ended;
  readonly env: Env;
  readonly isTemporary: boolean;
}

/** The task of the issue that was opened; null if there is none, or it was not waited for. */
const openAndTell = async ({ env, ended, isTemporary, ...wanted }: Opening): Promise<TaskRecord | null> => {
  const { once, dataDir } = wanted;
  const say = (line: string) => console.log(line);
  const tell = createPrinter(process.stdout);
  const played = storyWith(wanted.answers);
  const world = await startWorld({
    ...wanted,
    answers: played === null ? wanted.answers : storyScript(played),
    port: wanted.port ?? (await keptPort(dataDir)) ?? (once ? 0 : DEFAULT_PORT),
    path: env.PATH ?? "/usr/bin:/bin",
    log: line => {
      const counts = line.startsWith("run: ") ? /did not reply/ : /warning|cannot|error/i;
      if (env.KIN_DEBUG || counts.test(line)) console.error(line);
    },
  });
  if (!isTemporary) rememberWorld(dataDir);
  // Somebody without rights, to try on the pages what Kin ignores.
  world.github.addUser({ login: "hubot" });
  const store = createStore(await openDatabase({ url: `file:${world.database}` }));
  try {
    const project: Project = wanted.project ?? world.projects[0] ?? exampleProject();
    const isExample = project.fromDirectory === undefined && project.name === exampleProject().name;
    await world.addRepository(project);
    if (project.fromDirectory !== undefined) await addWorkflow(world, project.name);
    const sandbox = await findSandbox(env.PATH ?? "");
    const at = { ...wanted, world, store, say, project: project.name };
    say(opening({ ...at, sandbox, isExample }));
    const before = await toldBefore(store);
    if (before.tasks > 0) say(`Continued, ${plural(before.tasks, "task")}.`);
    const telling = tellStory({ world, store, say: tell, signal: ended.signal, told: before.pipelines });
    const results = await createResults(at);
    const issue =
      wanted.issue ??
      (isExample && wanted.story ? readIssue(STORIES[wanted.story]?.issue ?? STORY_ISSUE) : null);
    const isAsked = wanted.issue !== null;
    const task =
      issue === null || ended.signal.aborted
        ? null
        : await play(issue, { ...at, tell, ended, results, isAsked });
    if (!once) await results.follow(ended.signal);
    ended.end();
    await telling;
    if (isTemporary && task !== null) rememberWorld(dataDir);
    return task;
  } finally {
    ended.end();
    store.close();
    await world.close();
  }
};

/** What the arguments and the environment ask for. */
const read = (args: readonly string[], env: Env) => {
  const { values } = readArguments(args, {
    once: FLAG,
    port: TEXT,
    data: TEXT,
    repo: TEXT,
    issue: TEXT,
    answers: TEXT,
    story: { ...TEXT, default: "return" },
    "no-story": FLAG,
    identity: FLAG,
  });
  const { once, port, data, repo, issue, story } = values;
  const script = STORIES[story];
  if (script === undefined)
    throw misused(
      `There is no story "${story}".`,
      `--story takes one of: ${Object.keys(STORIES).join(", ")}.`,
    );
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    throw misused(`--port is "${port}".`, "It takes a whole number from 0 to 65535; 0 is any free one.");
  if (data === "") throw misused("--data names no directory.", "Name one, or leave it out: then it is .kin.");
  if (data !== undefined && statSync(data, { throwIfNoEntry: false })?.isDirectory() === false)
    throw misused(`--data ${data} is a file.`, "Name a directory; it is made where there is none.");
  const project = repo === undefined ? null : projectFrom(resolve(repo));
  if (once && issue === undefined && (values["no-story"] || repo !== undefined))
    throw misused(
      "--once has no issue to wait for.",
      "--issue FILE: Markdown, whose first line is the title.",
    );
  const apiKey = env.ANTHROPIC_API_KEY || null;
  const plays = values.answers !== undefined || apiKey === null;
  if (values.identity && !plays)
    throw misused(
      "--identity is for the scripted model, and a key is set.",
      "Unset ANTHROPIC_API_KEY, or name answers with --answers DIR: the world has a token endpoint of its own, and Anthropic's does not know this GitHub.",
    );
  if (repo !== undefined && plays && values.answers === undefined)
    throw misused(
      "--repo has no model: the script that plays one knows the example's one issue.",
      "Set ANTHROPIC_API_KEY, or write answers and name them with --answers DIR (docs/fake-model.md).",
    );
  return {
    once,
    story: values["no-story"] ? null : story,
    /** Null: the one that the world had, if it is free. */
    port: port === undefined ? null : Number(port),
    /** Null: the usual one. */
    dataDir: data === undefined ? null : resolve(data),
    project,
    issue: issue === undefined ? null : readIssue(issue),
    answers: plays ? (values.answers === undefined ? script.answers : resolve(values.answers)) : null,
    ...(values.identity ? { identity: {} } : {}),
    model: plays ? null : { apiKey: apiKey as string, baseUrl: env.ANTHROPIC_BASE_URL || null },
  };
};

/** Errors in answers show now, and not in the middle of a run. */
const refuseSlips = async (answers: string): Promise<void> => {
  const [first, ...more] = await checkAll(answers);
  if (first === undefined) return;
  const hint = `Mend it in ${answers}.`;
  throw new KinError([first, ...more].join("\n"), { code: "answers_invalid", hint });
};

interface Playing {
  readonly world: World;
  readonly store: Store;
  readonly say: (line: string) => void;
  readonly tell: (told: Told) => void;
  readonly ended: Ended;
  readonly results: Results;
  readonly project: string;
  /** Named with --issue, so opened each time; the example's is opened once per world. */
  readonly isAsked: boolean;
  readonly story: string | null;
}

/** Opens the issue and waits until its task waits for a person; null if the world ends before. */
const play = async (issue: IssueFile, playing: Playing): Promise<TaskRecord | null> => {
  const { world, store, say, tell, ended, results, project } = playing;
  const known = playing.isAsked ? null : await findIssue(world, project, issue.title);
  if (known !== null)
    say(
      `The example's issue is here already and is not opened again: ${world.github.url}/${MAINTAINER}/${project}/issues/${known}`,
    );
  const number = known ?? (await askForIt(world, project, issue));
  const merging = playing.story === "escalation" ? mergeFollowUps : async () => {};
  const act = () => merging({ world, repo: project, store, say: text => tell({ text, tone: "plain" }) });
  const task = await waitFor(store, { number, signal: ended.signal, act });
  if (task === null) {
    say("Ended before the task was.");
    return null;
  }
  await results.tell(task, ended.signal);
  return task;
};

interface Waiting {
  readonly number: number;
  readonly signal: AbortSignal;
  /** What a person does meanwhile. */
  readonly act: () => Promise<void>;
}

const waitFor = async (store: Store, { number, signal, act }: Waiting): Promise<TaskRecord | null> => {
  while (!signal.aborted) {
    await act();
    const task = (await store.tasks({ limit: 50 })).find(task => task.issue === number);
    if (task !== undefined && (await isResting(store, task))) return task;
    await sleep(200);
  }
  return null;
};
