// `kin run`: one pipeline on a local checkout, without any GitHub. Ends in a branch or a patch.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createLanguageModel } from "../core/adapters/anthropic.ts";
import { systemClock } from "../core/adapters/clock.ts";
import { parseConfig } from "../core/adapters/config-file.ts";
import { createLocalControl } from "../core/adapters/control-local.ts";
import { type OwnFiles, PROMPTS_PATH, ROLES_PATH, readOwnRoles } from "../core/adapters/own-roles.ts";
import { loadRoster } from "../core/adapters/roster.ts";
import { createWorkbench, findSandbox } from "../core/adapters/workbench/workbench.ts";
import { clean } from "../core/agents/clean.ts";
import { acceptanceCriteria } from "../core/agents/criteria.ts";
import type { FileChange } from "../core/model/change.ts";
import { KinError } from "../core/model/error.ts";
import type { JournalEvent } from "../core/model/event.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import type { Roster } from "../core/model/role.ts";
import type { Opening } from "../core/model/task.ts";
import { apply, open } from "../core/pipeline/apply.ts";
import { storyLine, warningLines } from "../core/report/story-line.ts";
import { changesOf } from "../core/run/benches.ts";
import { drive } from "../core/run/drive.ts";
import { type IssueFile, readIssue } from "../local/example.ts";
import { ROOT } from "../local/world.ts";
import { readArguments } from "./arguments.ts";

type Env = Readonly<Record<string, string | undefined>>;

export const run = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, {
    repo: { type: "string" },
    issue: { type: "string" },
    branch: { type: "string" },
    patch: { type: "string" },
    "unsafe-no-sandbox": { type: "boolean", default: false },
  });
  if (values.repo === undefined || values.issue === undefined) {
    throw new KinError("`kin run` needs --repo and --issue.", {
      code: "arguments_invalid",
      hint: "`kin run --help` tells more.",
    });
  }
  const apiKey = env.ANTHROPIC_API_KEY;
  if (!apiKey)
    throw new KinError("ANTHROPIC_API_KEY is not set.", {
      code: "no_key",
      hint: "Set it, or try `npm start`, which needs none.",
    });
  const path = env.PATH ?? "/usr/bin:/bin";
  const sandbox = await findSandbox(path);
  if (!sandbox.ok && values["unsafe-no-sandbox"] !== true) {
    throw new KinError(`No sandbox: ${sandbox.reason}`, {
      code: "no_sandbox",
      hint: `${sandbox.hint} Or, on a machine that you can lose, add --unsafe-no-sandbox.`,
    });
  }
  const repo = resolve(values.repo);
  const loaded = loadRoster(ROOT);
  const issue = readIssue(values.issue);
  const opened: JournalEvent = {
    seq: 1,
    at: new Date().toISOString(),
    data: { kind: "opened", opening: openingOf(repo, issue, loaded.roster) },
  };
  const say = (pipeline: Pipeline, event: JournalEvent) => {
    const line = storyLine(event, pipeline);
    if (line !== null) console.error(line);
    for (const warning of warningLines(event, pipeline)) console.error(`warning: ${warning}`);
  };
  const control = createLocalControl({ clock: systemClock, journal: [opened], apply, onAppended: say });
  const workbench = createWorkbench({
    dir: join(mkdtempSync(join(tmpdir(), "kin-run-")), "work"),
    source: { kind: "local", path: repo },
    toolProcess: join(ROOT, "action", "dist", "tools.js"),
    node: process.execPath,
    sandbox: sandbox.ok ? "bwrap" : "none",
    path,
    log: () => {},
  });
  const log = (line: string) => console.error(line);
  const baseUrl = env.ANTHROPIC_BASE_URL ? { baseUrl: env.ANTHROPIC_BASE_URL } : {};
  const model = createLanguageModel({
    apiKey,
    ...baseUrl,
    clock: systemClock,
    random: Math.random,
    log,
  });
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort({ kind: "interrupted", reason: "Ended with Ctrl-C." }));
  try {
    const world = {
      model,
      workbench,
      ...loaded,
      clock: systemClock,
      random: () => randomBytes(12).toString("hex"),
      log,
    };
    const pipeline = await drive(open(opened), { control, world, signal: abort.signal });
    return deliver(pipeline, {
      path,
      repo,
      branch: values.branch ?? pipeline.opening.branch.name,
      patch: values.patch ?? null,
    });
  } finally {
    await workbench.close();
  }
};

const openingOf = (repo: string, issue: IssueFile, roster: Roster): Opening => {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", repo, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  let sha: string;
  try {
    sha = git("rev-parse", "--verify", "HEAD");
  } catch {
    throw new KinError(`${repo} is no git repository with a commit.`, {
      code: "no_repository",
      hint: "Commit its files first.",
    });
  }
  const body = clean(issue.body).text;
  const title = clean(issue.title, { limit: 256 }).text;
  const config = parseConfig(showFile(git, ".github/kin.yml"), ".github/kin.yml");
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return {
    pipeline: `local-${createHash("sha256").update(`${sha}${title}${Date.now()}`).digest("hex").slice(0, 8)}`,
    number: 1,
    type: "standard",
    task: {
      repository: {
        id: 0,
        owner: "local",
        name: repo.split("/").at(-1) || "repository",
        default_branch: "HEAD",
      },
      issue: 1,
      url: "",
      title,
      body,
      author: "local",
      asked_by: "local",
      comments: [],
      acceptance_criteria: [...acceptanceCriteria(body)],
      frozen_at: new Date().toISOString(),
      hidden_removed: 0,
    },
    brief: null,
    config,
    base: { ref: "HEAD", sha },
    branch: { name: `kin/local-${slug || "task"}`, head: null },
    returns: { count: 0, latest: [] },
    findings: [],
    spent: { task_usd: 0, day_usd: 0 },
    kept: null,
    dry_run: false,
    decisions: [],
    modules: config.modules,
    active_tasks: [],
    mode: null,
    hold: false,
    analysis_due: false,
    followed_up: null,
    // Whoever starts it here sees the branch before anybody else does.
    consented: true,
    own_roles: readOwnRoles(ownFiles(git), { config, roster }),
  };
};

const ownFiles = (git: (...args: string[]) => string): OwnFiles => ({
  roles: showFile(git, ROLES_PATH),
  prompts: new Map(
    git("ls-tree", "--name-only", "HEAD", `${PROMPTS_PATH}/`)
      .split("\n")
      .flatMap(path => {
        const name = /\/([a-z][a-z0-9_]*)\.md$/.exec(path)?.[1];
        return name === undefined ? [] : [[name, showFile(git, path) ?? ""] as const];
      }),
  ),
});

const showFile = (git: (...args: string[]) => string, path: string): string | null => {
  try {
    return git("show", `HEAD:${path}`);
  } catch {
    return null;
  }
};

interface Delivery {
  /** Where git is. */
  readonly path: string;
  readonly repo: string;
  readonly branch: string;
  /** A file, or - for standard output; null where the branch is wanted. */
  readonly patch: string | null;
}

const deliver = (pipeline: Pipeline, { path, repo, branch, patch }: Delivery): number => {
  const { outcome } = pipeline;
  console.error(
    `${outcome?.kind ?? "paused"}: ${outcome?.reason ?? pipeline.paused ?? ""} ($${pipeline.usd.toFixed(3)})`,
  );
  const changes = changesOf(pipeline);
  if (changes.length > 0) {
    const commit = commitTo(repo, { path, pipeline, changes });
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", repo, ...args], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    if (patch === "-") process.stdout.write(git("diff", pipeline.opening.base.sha, commit));
    else if (patch !== null) writeFileSync(patch, git("diff", pipeline.opening.base.sha, commit));
    else {
      git("branch", branch, commit);
      console.error(`The result is the branch ${branch}: git diff HEAD...${branch}`);
    }
  }
  return outcome?.kind === "passed" ? 0 : 1;
};

interface Committing {
  readonly path: string;
  readonly pipeline: Pipeline;
  readonly changes: readonly FileChange[];
}

/** A commit made of objects alone: neither the work tree nor the index of the repository is touched. */
const commitTo = (repo: string, { path: programs, pipeline, changes }: Committing): string => {
  const index = join(mkdtempSync(join(tmpdir(), "kin-index-")), "index");
  const git = (args: readonly string[], input?: string | Buffer) =>
    execFileSync("git", ["-C", repo, ...args], {
      encoding: "utf8",
      input: input ?? "",
      env: { PATH: programs, GIT_INDEX_FILE: index, ...IDENTITY },
    }).trim();
  git(["read-tree", pipeline.opening.base.sha]);
  for (const { path, mode, content, encoding } of changes) {
    if (content === null) git(["update-index", "--force-remove", "--", path]);
    else
      git([
        "update-index",
        "--add",
        "--cacheinfo",
        `${mode},${git(["hash-object", "-w", "--stdin"], Buffer.from(content, encoding === "base64" ? "base64" : "utf8"))},${path}`,
      ]);
  }
  return git([
    "commit-tree",
    git(["write-tree"]),
    "-p",
    pipeline.opening.base.sha,
    "-m",
    pipeline.opening.task.title,
  ]);
};

const IDENTITY = {
  GIT_AUTHOR_NAME: "Kin",
  GIT_AUTHOR_EMAIL: "kin@localhost",
  GIT_COMMITTER_NAME: "Kin",
  GIT_COMMITTER_EMAIL: "kin@localhost",
};
