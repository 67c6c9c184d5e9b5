// `kin start`: opens the embedded world, labels an issue in it, tells the story.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Octokit } from "@octokit/rest";
import { openDatabase } from "../core/adapters/libsql/database.ts";
import { createStore } from "../core/adapters/libsql/store.ts";
import { findSandbox } from "../core/adapters/workbench/workbench.ts";
import { KinError } from "../core/model/error.ts";
import type { TaskRecord } from "../core/model/record.ts";
import type { Store } from "../core/ports.ts";
import {
  exampleProject,
  type IssueFile,
  projectFrom,
  readIssue,
  STORIES,
  STORY_ISSUE,
  WORKFLOW_FILE,
} from "../local/example.ts";
import { tellStory } from "../local/story.ts";
import { MAINTAINER, startWorld, type World } from "../local/world.ts";
import { readArguments } from "./arguments.ts";
import { rememberWorld } from "./data-directory.ts";
import { closing, opening } from "./start-text.ts";

const DEFAULT_PORT = 4480;
const WAITING: ReadonlySet<TaskRecord["status"]> = new Set([
  "review",
  "needs_info",
  "blocked",
  "done",
  "cancelled",
]);

type Env = Readonly<Record<string, string | undefined>>;

export const start = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, {
    once: { type: "boolean", default: false },
    port: { type: "string" },
    data: { type: "string" },
    repo: { type: "string" },
    issue: { type: "string" },
    story: { type: "string", default: "return" },
    "no-story": { type: "boolean", default: false },
  });
  const answers = STORIES[values.story ?? ""];
  if (answers === undefined) {
    throw new KinError(`There is no story "${values.story}".`, {
      code: "arguments_invalid",
      hint: `--story takes one of: ${Object.keys(STORIES).join(", ")}.`,
    });
  }
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) {
    throw new KinError(`--port is ${values.port}.`, {
      code: "arguments_invalid",
      hint: "A whole number from 0 to 65535; 0 is any free one.",
    });
  }
  const once = values.once === true;
  const dataDir = resolve(values.data ?? (once ? mkdtempSync(join(tmpdir(), "kin-")) : ".kin"));
  const project = values.repo === undefined ? exampleProject() : projectFrom(resolve(values.repo));
  const issue = readIssue(values.issue ?? STORY_ISSUE);
  const apiKey = env.ANTHROPIC_API_KEY || null;
  const say = (line: string) => console.log(line);
  const world = await startWorld({
    dataDir,
    port: Number(values.port ?? (once ? 0 : DEFAULT_PORT)),
    answers: apiKey === null ? answers : null,
    model: apiKey === null ? null : { apiKey, baseUrl: env.ANTHROPIC_BASE_URL || null },
    path: env.PATH ?? "/usr/bin:/bin",
    log: line => {
      if (env.KIN_DEBUG || /warning|cannot|error/i.test(line)) console.error(line);
    },
  });
  rememberWorld(dataDir);
  const store = createStore(await openDatabase({ url: `file:${world.database}` }));
  const ended = endOf(once ? null : process);
  try {
    await world.addRepository(project);
    if (project.fromDirectory !== undefined) await addWorkflow(world, project.name);
    say(
      opening({
        world,
        dataDir,
        project: project.name,
        sandbox: await findSandbox(env.PATH ?? ""),
        real: apiKey !== null,
      }),
    );
    if (values["no-story"]) {
      await ended.promise;
      return 0;
    }
    const telling = tellStory({ world, store, say, signal: ended.signal });
    const number = await askForIt(world, project.name, issue);
    const merging = values.story === "escalation" ? mergeFollowUps : async () => {};
    const act = () => merging({ octokit: asMaintainer(world), repo: project.name, store, say });
    const task = await waitFor(store, { number, signal: ended.signal, act });
    await settled(world, store);
    say(await closing({ world, store, task, project: project.name, dataDir, once }));
    if (!once) await ended.promise;
    ended.end();
    await telling;
    return task?.status === "review" || task?.status === "done" ? 0 : 1;
  } finally {
    ended.end();
    store.close();
    await world.close();
  }
};

const endOf = (source: NodeJS.Process | null) => {
  const abort = new AbortController();
  const { promise, resolve: done } = Promise.withResolvers<void>();
  const end = () => {
    abort.abort();
    done();
  };
  source?.once("SIGINT", end);
  source?.once("SIGTERM", end);
  return { promise, signal: abort.signal, end };
};

/** What the maintainer does by hand on GitHub: opens an issue, puts the label on. */
const askForIt = async (world: World, repo: string, { title, body }: IssueFile): Promise<number> => {
  const octokit = asMaintainer(world);
  const at = { owner: MAINTAINER, repo };
  const { data: issue } = await octokit.rest.issues.create({ ...at, title, body });
  await octokit.rest.issues.addLabels({ ...at, issue_number: issue.number, labels: ["kin"] });
  return issue.number;
};

const addWorkflow = async (world: World, repo: string): Promise<void> => {
  const octokit = asMaintainer(world);
  const at = { owner: MAINTAINER, repo, path: WORKFLOW_FILE.path };
  const known = await octokit.rest.repos.getContent(at).catch(() => null);
  if (known !== null) return;
  await octokit.rest.repos.createOrUpdateFileContents({
    ...at,
    message: "Add Kin's workflow",
    content: Buffer.from(WORKFLOW_FILE.text()).toString("base64"),
  });
};

const asMaintainer = (world: World): Octokit =>
  new Octokit({ auth: world.github.addUser({ login: MAINTAINER }).token, baseUrl: world.github.apiUrl });

interface Waiting {
  readonly number: number;
  readonly signal: AbortSignal;
  /** What a person does meanwhile. */
  readonly act: () => Promise<void>;
}

const isHandingOver = async (store: Store, task: TaskRecord | undefined): Promise<boolean> =>
  task?.status === "blocked" && (await store.pipelines(task.id)).at(-1)?.outcome === "superseded";

interface Merging {
  readonly octokit: Octokit;
  readonly repo: string;
  readonly store: Store;
  readonly say: (line: string) => void;
}

/** The maintainer's part of a story that hands over: the follow-up's pull request is merged when it is ready. */
const mergeFollowUps = async ({ octokit, repo, store, say }: Merging): Promise<void> => {
  for (const task of await store.tasks({ limit: 50 })) {
    if (task.task_type !== "escalation" || task.status !== "review" || task.pr_number === null) continue;
    const at = { owner: MAINTAINER, repo, pull_number: task.pr_number };
    const { data: pull } = await octokit.rest.pulls.get(at);
    if (pull.draft || pull.merged) continue;
    await octokit.rest.pulls.merge(at);
    say(`   GitHub  ${MAINTAINER} merges the follow-up's pull request #${task.pr_number}`);
  }
};

const waitFor = async (store: Store, { number, signal, act }: Waiting): Promise<TaskRecord | null> => {
  while (!signal.aborted) {
    await act();
    const task = (await store.tasks({ limit: 50 })).find(task => task.issue === number);
    // What waits for a follow-up goes on by itself.
    const isHandedOver = (task?.waits_for ?? []).length > 0 || (await isHandingOver(store, task));
    if (task !== undefined && WAITING.has(task.status) && !isHandedOver) return task;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  return null;
};

/** The state is reached; what it means for GitHub may still be on its way. */
const settled = async (world: World, store: Store): Promise<void> => {
  for (let quiet = 0; quiet < 3; ) {
    await world.github.idle();
    const [row] = await store.query(
      "SELECT COUNT(*) AS n FROM jobs WHERE done_at IS NULL AND kind IN ('event', 'publish', 'next', 'help', 'refuse') AND due_at <= unixepoch() * 1000",
    );
    quiet = row?.n === 0 ? quiet + 1 : 0;
    await new Promise(resolve => setTimeout(resolve, 150));
  }
};
