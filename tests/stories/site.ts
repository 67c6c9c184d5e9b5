// A whole world for stories: the embedded GitHub with request validation, the real App as a process, the real bundle
// for each run, a scripted model. Results are read from GitHub's API and from the store.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { openDatabase } from "../../app/store/database.ts";
import type { Store } from "../../app/store/port.ts";
import { createStore } from "../../app/store/store.ts";
import type { EventData } from "../../core/model/event.ts";
import { publish, round } from "../../core/model/new-job.ts";
import type { PipelineRecord, TaskRecord, TaskStatus } from "../../core/model/record.ts";
import type { Player } from "../../local/model/choose.ts";
import { MAINTAINER, startWorld, WORKFLOW_TEXT, type World } from "../../local/world.ts";
import { unfoldedIn } from "../../scripts/unfolded.ts";
import { COMPILED } from "../compiled.ts";
import { type Added, deliverAgain } from "./deliver-again.ts";

export { NOTHING } from "./deliver-again.ts";

export interface Site extends Project {
  readonly world: World;
  readonly store: Store;
  readonly project: (options: ProjectOptions & { readonly name: string }) => Promise<Project>;
  /** Until nothing is in progress any more. */
  readonly quiet: () => Promise<void>;
  /** One round of looking for what no webhook reported: now, and not again within five minutes. */
  readonly look: () => Promise<void>;
  /** What the App's process printed. */
  readonly log: readonly string[];
  /**
   * Throws if the App or the Action sent GitHub anything that its description does not allow, or if any task's rows
   * differ from what its facts fold into.
   */
  readonly close: () => Promise<void>;
}

export interface Project {
  readonly at: { readonly owner: string; readonly repo: string };
  readonly id: number;
  /** Clients of the owner, of somebody with write access, and of somebody with none. */
  readonly owner: Octokit;
  readonly writer: Octokit;
  readonly outsider: Octokit;
  readonly open: (issue?: { readonly title?: string; readonly body?: string }) => Promise<number>;
  readonly label: (issue: number) => Promise<void>;
  readonly say: (issue: number, body: string) => Promise<void>;
  readonly task: (issue: number) => Promise<TaskRecord>;
  readonly pipelines: (issue: number) => Promise<readonly PipelineRecord[]>;
  /** The events of the issue's pipeline with this number, or of its last one. */
  readonly journal: (issue: number, number?: number) => Promise<readonly EventData[]>;
  /** Until a run drives the issue's latest pipeline. */
  readonly driven: (issue: number) => Promise<void>;
  /** Until the task has this status and, except for `running`, nothing is in progress. */
  readonly until: (issue: number, status: TaskStatus) => Promise<void>;
  /** Until the pipeline of this number is the last one and over, the task has this status, and nothing is in progress. */
  readonly ended: (issue: number, number: number, status: TaskStatus) => Promise<void>;
  /** Publishes the task now, instead of when it is due. */
  readonly publish: (issue: number) => Promise<void>;
  /** Repeats all of GitHub's deliveries for this repository; returns the effects, which should be `NOTHING`. */
  readonly again: () => Promise<Added>;
  /** The owner writes a file on the default branch, or another. */
  readonly commit: (path: string, content: string, branch?: string) => Promise<void>;
  readonly changed: (issue: number) => Promise<readonly string[]>;
  readonly labels: (issue: number) => Promise<readonly string[]>;
  /** Bodies of Kin's comments on the issue, oldest first; the first one is the status comment. */
  readonly comments: (issue: number) => Promise<readonly string[]>;
}

export const PROJECT: Readonly<Record<string, string>> = {
  "greeting.txt": "Hello\n",
  "test.sh": 'test "$(cat greeting.txt)" = "Hello, world"\n',
  ".github/kin.yml": "tech_stack: [sh]\nexecution_mode: review\nlimits: { revisions: 0, returns: 4 }\n",
};

/** The same project with another configuration. */
export const configured = (config: string): Readonly<Record<string, string>> => ({
  ...PROJECT,
  ".github/kin.yml": config,
});

export interface ProjectOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly withoutWorkflow?: boolean;
}

export interface SiteOptions extends ProjectOptions {
  readonly answers?: string | Player;
  readonly env?: {
    readonly app?: Readonly<Record<string, string>>;
    readonly action?: Readonly<Record<string, string>>;
  };
  readonly path?: string;
  /** Runs have no key, but exchange their OIDC token. */
  readonly identity?: { readonly lifetime?: number };
}

export const ANSWERS = join(import.meta.dirname, "answers");

export const openSite = async ({
  answers = ANSWERS,
  env,
  path,
  identity,
  ...first
}: SiteOptions = {}): Promise<Site> => {
  const dataDir = mkdtempSync(join(tmpdir(), "kin-story-"));
  const log: string[] = [];
  const world = await startWorld({
    dataDir,
    port: 0,
    answers,
    model: null,
    ...(identity === undefined ? {} : { identity }),
    path: path ?? process.env.PATH ?? "/usr/bin:/bin",
    validate: true,
    log: line => log.push(line),
    env: { app: { ...COMPILED, ...env?.app }, action: { ...COMPILED, ...env?.action } },
  });
  const store = createStore(await openDatabase({ url: `file:${world.database}` }));
  const quiet: Site["quiet"] = async () => {
    for (let still = 0, tries = 0; still < 3; tries++) {
      if (tries > 1000) throw new Error(`Something goes on and on.\n${log.slice(-20).join("\n")}`);
      await world.github.idle();
      const [row] = await store.query(
        "SELECT COUNT(*) AS n FROM jobs WHERE done_at IS NULL AND kind NOT IN ('sweep', 'redeliver', 'watch') AND due_at <= unixepoch() * 1000 + 500",
      );
      still = row?.n === 0 ? still + 1 : 0;
      await sleep(60);
    }
  };
  const look: Site["look"] = async () => {
    await store.askAgain([round("missed")]);
    await quiet();
  };
  const ground = { world, store, quiet, look, log };
  const project: Site["project"] = options => openProject(ground, options);
  return {
    ...ground,
    ...(await project({ name: "greeter", ...first })),
    project,
    close: async () => {
      const otherwise = await unfoldedIn(store);
      store.close();
      await world.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (otherwise.length > 0) throw new Error(otherwise.join("\n"));
      const { violations } = world.github;
      if (violations.length > 0)
        throw new Error(`GitHub's description allows no such requests:\n${violations.join("\n")}`);
    },
  };
};

const TRY_MS = 50;
const QUIET_TRIES = 60_000 / TRY_MS;
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const openProject = async (
  { world, store, quiet, log }: Pick<Site, "world" | "store" | "quiet" | "log">,
  { name, files = PROJECT, withoutWorkflow = false }: ProjectOptions & { readonly name: string },
): Promise<Project> => {
  const at = { owner: MAINTAINER, repo: name };
  const workflow = withoutWorkflow ? {} : { ".github/workflows/kin.yml": WORKFLOW_TEXT() };
  // Without files the repository has no commit.
  await world.addRepository(
    Object.keys(files).length === 0 ? { name } : { name, files: { ...files, ...workflow } },
  );
  const client = (login: string) =>
    new Octokit({ auth: world.github.addUser({ login }).token, baseUrl: world.github.apiUrl, log: SILENT });
  const [owner, writer, outsider] = [client(MAINTAINER), client("monalisa"), client("hubot")];
  world.github.setPermission({ ...at, login: "monalisa", permission: "write" });
  const { id } = (await owner.rest.repos.get(at)).data;

  const find = (issue: number) => store.findTask({ project_id: id, issue });
  const task: Project["task"] = async issue => {
    const found = await find(issue);
    if (found === null) throw new Error(`#${issue} is no task`);
    return found;
  };
  const pipelines: Project["pipelines"] = async issue => store.pipelines((await task(issue)).id);
  const eventually = async (
    issue: number,
    what: string,
    holds: (task: TaskRecord) => boolean | Promise<boolean>,
  ): Promise<void> => {
    // Waits for a slow machine as long as it prints something.
    for (let [tries, said] = [0, log.length]; tries < QUIET_TRIES; tries++) {
      const found = await find(issue);
      if (found !== null && (await holds(found))) return;
      await sleep(TRY_MS);
      if (log.length > said) [tries, said] = [0, log.length];
    }
    const found = await find(issue);
    throw new Error(
      `#${issue} is ${found?.status} (${found?.status_reason}), not ${what}\n${log.slice(-20).join("\n")}`,
    );
  };

  return {
    at,
    id,
    owner,
    writer,
    outsider,
    open: async ({
      title = "The greeting is unfinished",
      body = "It says `Hello` and should say `Hello, world`.",
    } = {}) => (await owner.rest.issues.create({ ...at, title, body })).data.number,
    label: async issue => {
      await owner.rest.issues.addLabels({ ...at, issue_number: issue, labels: ["kin"] });
    },
    say: async (issue, body) => {
      await writer.rest.issues.createComment({ ...at, issue_number: issue, body });
    },
    task,
    pipelines,
    journal: async (issue, number) => {
      const all = await pipelines(issue);
      const found = number === undefined ? all.at(-1) : all[number - 1];
      return (await store.journal(found?.id ?? "")).map(event => event.data);
    },
    driven: issue =>
      eventually(
        issue,
        "driven",
        async found => (await store.pipelines(found.id)).at(-1)?.state === "running",
      ),
    until: async (issue, status) => {
      await eventually(issue, status, found => found.status === status);
      if (status !== "running") await quiet();
    },
    ended: async (issue, number, status) => {
      await eventually(issue, `${status} behind pipeline ${number}`, async found => {
        const last = (await store.pipelines(found.id)).at(-1);
        return found.status === status && last?.number === number && last.state === "finished";
      });
      await quiet();
    },
    commit: async (path, content, branch = "main") => {
      const { data } = await owner.rest.repos
        .getContent({ ...at, path, ref: branch })
        .catch(() => ({ data: {} }));
      await owner.rest.repos.createOrUpdateFileContents({
        ...at,
        path,
        branch,
        message: `Write ${path}`,
        content: Buffer.from(content).toString("base64"),
        ...("sha" in data ? { sha: data.sha } : {}),
      });
    },
    changed: async issue => {
      const { pr_number } = await task(issue);
      const { data } = await owner.rest.pulls.listFiles({ ...at, pull_number: pr_number as number });
      return data.map(file => file.filename).toSorted();
    },
    publish: async issue => {
      await store.askAgain([publish((await task(issue)).id)]);
      await quiet();
    },
    again: () => deliverAgain({ world, store, quiet, project: id }),
    labels: async issue =>
      (await owner.rest.issues.listLabelsOnIssue({ ...at, issue_number: issue })).data
        .map(label => label.name)
        .toSorted(),
    comments: async issue =>
      (await owner.rest.issues.listComments({ ...at, issue_number: issue })).data
        .filter(comment => comment.user?.login === "kin[bot]")
        .map(comment => comment.body ?? ""),
  };
};

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
