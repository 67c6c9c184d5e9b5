// A whole world for a story: the embedded GitHub with its check of requests, the real App as a process, the real
// bundle as each run, a scripted model. What happened is read back from GitHub's API and from the store.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { openDatabase } from "../../core/adapters/libsql/database.ts";
import { createStore } from "../../core/adapters/libsql/store.ts";
import type { TaskStatus } from "../../core/model/record.ts";
import type { Store } from "../../core/ports.ts";
import { MAINTAINER, startWorld, WORKFLOW_TEXT, type World } from "../../local/world.ts";

export interface Site {
  readonly world: World;
  readonly store: Store;
  readonly repo: string;
  readonly at: { readonly owner: string; readonly repo: string };
  /** Clients of the owner, of somebody with write access, and of somebody with none. */
  readonly owner: Octokit;
  readonly writer: Octokit;
  readonly outsider: Octokit;
  readonly open: (issue?: { readonly title?: string; readonly body?: string }) => Promise<number>;
  readonly label: (issue: number) => Promise<void>;
  /** Until a run drives the issue's latest pipeline. */
  readonly driven: (issue: number) => Promise<void>;
  readonly until: (issue: number, status: TaskStatus) => Promise<void>;
  /** Until nothing is under way any more. */
  readonly quiet: () => Promise<void>;
  readonly labels: (issue: number) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export const PROJECT: Readonly<Record<string, string>> = {
  "greeting.txt": "Hello\n",
  "test.sh": 'test "$(cat greeting.txt)" = "Hello, world"\n',
  ".github/kin.yml": "tech_stack: [sh]\nlimits: { revisions: 0, returns: 4 }\n",
};

export interface SiteOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly answers?: string;
  readonly withoutWorkflow?: boolean;
}

export const openSite = async ({
  files = PROJECT,
  answers = join(import.meta.dirname, "answers"),
  withoutWorkflow = false,
}: SiteOptions = {}): Promise<Site> => {
  const dataDir = mkdtempSync(join(tmpdir(), "kin-story-"));
  const lines: string[] = [];
  const world = await startWorld({
    dataDir,
    port: 0,
    answers,
    model: null,
    path: process.env.PATH ?? "/usr/bin:/bin",
    validate: true,
    log: line => lines.push(line),
  });
  const repo = "greeter";
  const at = { owner: MAINTAINER, repo };
  await world.addRepository({
    name: repo,
    files: withoutWorkflow ? files : { ...files, ".github/workflows/kin.yml": WORKFLOW_TEXT() },
  });
  const client = (login: string) =>
    new Octokit({ auth: world.github.addUser({ login }).token, baseUrl: world.github.apiUrl });
  const [owner, writer, outsider] = [client(MAINTAINER), client("monalisa"), client("hubot")];
  world.github.setPermission({ owner: MAINTAINER, repo, login: "monalisa", permission: "write" });
  const store = createStore(await openDatabase({ url: `file:${world.database}` }));
  const tasks = () => store.tasks({ limit: 100 });

  const until: Site["until"] = async (issue, status) => {
    for (let tries = 0; tries < 300; tries++) {
      const task = (await tasks()).find(task => task.issue === issue);
      // A running task is caught while it runs; every other state is waited out.
      if (task?.status === status) return status === "running" ? undefined : quiet();
      await sleep(100);
    }
    const task = (await tasks()).find(task => task.issue === issue);
    throw new Error(
      `#${issue} is ${task?.status} (${task?.status_reason}), not ${status}\n${lines.slice(-20).join("\n")}`,
    );
  };

  const driven: Site["driven"] = async issue => {
    for (let tries = 0; tries < 300; tries++) {
      const task = (await tasks()).find(task => task.issue === issue);
      const last = task === undefined ? undefined : (await store.pipelines(task.id)).at(-1);
      if (last?.state === "running") return;
      await sleep(30);
    }
    throw new Error(`no run drives #${issue}\n${lines.slice(-20).join("\n")}`);
  };

  const quiet: Site["quiet"] = async () => {
    for (let still = 0, tries = 0; still < 3 && tries < 200; tries++) {
      await world.github.idle();
      const [row] = await store.query(
        "SELECT COUNT(*) AS n FROM jobs WHERE done_at IS NULL AND kind NOT IN ('sweep', 'redeliver', 'watch') AND due_at <= unixepoch() * 1000 + 500",
      );
      still = row?.n === 0 ? still + 1 : 0;
      await sleep(60);
    }
  };

  return {
    world,
    store,
    repo,
    at,
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
    driven,
    until,
    quiet,
    labels: async issue =>
      (await owner.rest.issues.listLabelsOnIssue({ ...at, issue_number: issue })).data.map(
        label => label.name,
      ),
    close: async () => {
      store.close();
      await world.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
