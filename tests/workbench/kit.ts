// A real repository, a real sandbox and bundled services for the tests of the workbench.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type {
  Bench,
  JudgeOptions,
  Recorded,
  SetupResult,
  ToolOutcome,
  Workbench,
} from "../../action/drive/ports/workbench.ts";
import { bytesOf } from "../../action/workbench/names.ts";
import { createWorkbench, type WorkbenchOptions } from "../../action/workbench/workbench.ts";
import { Config } from "../../core/model/config.ts";
import type { CommandRun } from "../../core/model/event.ts";
import type { Scope } from "../../core/model/role.ts";

export const FULL: Scope = { permission: "full", paths: null, paths_denied: [] };
export const READ_ONLY: Scope = { ...FULL, permission: "read_only" };
export const READ_BASH: Scope = { ...FULL, permission: "read_bash" };

/** A string is a file's text; `null` deletes it. */
export type Files = Readonly<
  Record<string, string | Buffer | null | { readonly link: string } | { readonly run: string }>
>;

const directories: string[] = [];
export const temporary = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "kin-workbench-"));
  directories.push(directory);
  return directory;
};

const GIT_ENV = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
};

export const git = (repository: string, ...args: readonly string[]): string =>
  execFileSync("git", ["-C", repository, "-c", "core.safecrlf=false", ...args], {
    env: GIT_ENV,
    encoding: "utf8",
  }).trim();

export const aRepository = (
  files: Files,
): { readonly path: string; readonly commit: (files: Files) => string; readonly base: string } => {
  const path = temporary();
  git(path, "init", "--quiet", "--initial-branch=main");
  const commit = (more: Files): string => {
    put(path, more);
    git(path, "add", "--all", "--force");
    git(path, "commit", "--quiet", "--allow-empty", "-m", "a commit");
    return git(path, "rev-parse", "HEAD");
  };
  return { path, commit, base: commit(files) };
};

/** A name may be invalid UTF-8: its bytes are then written as by `nameOf`. */
export const put = (root: string, files: Files): void => {
  for (const [name, content] of Object.entries(files)) {
    const file = bytesOf(join(root, name));
    if (content === null) {
      rmSync(file, { recursive: true, force: true });
      continue;
    }
    mkdirSync(bytesOf(dirname(join(root, name))), { recursive: true });
    if (typeof content === "string" || Buffer.isBuffer(content)) writeFileSync(file, content);
    else if ("link" in content) {
      rmSync(file, { force: true });
      symlinkSync(content.link, file);
    } else {
      writeFileSync(file, content.run);
      chmodSync(file, 0o755);
    }
  }
};

let bundle: Promise<string> | null = null;
export const toolProcess = (): Promise<string> => (bundle ??= bundleTools());

const bundleTools = async (): Promise<string> => {
  const outfile = join(temporary(), "tools.mjs");
  await build({
    entryPoints: [new URL("../../action/tools.ts", import.meta.url).pathname],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    outfile,
    logLevel: "silent",
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return outfile;
};

export const HOST_PATH = `${new URL("../../node_modules/.bin", import.meta.url).pathname}:/usr/local/bin:/usr/bin:/bin`;

export interface Stand {
  readonly workbench: Workbench;
  readonly setup: SetupResult;
  readonly dir: string;
  readonly repository: ReturnType<typeof aRepository>;
  readonly open: (scope?: Scope, tree?: string) => Promise<Handle>;
  readonly log: string[];
}

export interface Handle extends Bench {
  readonly use: (name: string, input: unknown, signal?: AbortSignal) => Promise<ToolOutcome>;
  readonly bash: (command: string, timeout_seconds?: number) => Promise<ToolOutcome>;
  readonly run: (command: string, options: JudgeOptions) => Promise<CommandRun>;
}

export const never = new AbortController().signal;

const stands: Stand[] = [];

export const aWorkbench = async (
  files: Files,
  options: {
    readonly head?: Files;
    readonly config?: Record<string, unknown>;
    readonly sandbox?: WorkbenchOptions["sandbox"];
    readonly wire?: WorkbenchOptions["wire"];
    readonly secrets?: WorkbenchOptions["secrets"];
    readonly totals?: WorkbenchOptions["totals"];
  } = {},
): Promise<Stand> => {
  const repository = aRepository(files);
  const head = options.head === undefined ? null : repository.commit(options.head);
  const dir = join(temporary(), "bench");
  const log: string[] = [];
  const workbench = createWorkbench({
    dir,
    source: { kind: "local", path: repository.path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: options.sandbox ?? "bwrap",
    path: HOST_PATH,
    ...(options.wire === undefined ? {} : { wire: options.wire }),
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    ...(options.totals === undefined ? {} : { totals: options.totals }),
    log: line => log.push(line),
  });
  const config = Config.parse({ setup: [], ...options.config });
  const setup = await workbench.setUp({ base: repository.base, head, config, signal: never });
  let key = 0;
  const open: Stand["open"] = async (scope = FULL, tree = setup.tree) => {
    const bench = await workbench.open({ key: String(++key), tree, scope });
    const use: Handle["use"] = (name, input, signal = never) =>
      bench.call({ type: "tool_use", id: "t", name, input }, { signal });
    return {
      ...bench,
      use,
      run: async (command, options) => (await bench.judge([command], options))[0] as CommandRun,
      bash: (command, timeout_seconds) =>
        use("bash", timeout_seconds === undefined ? { command } : { command, timeout_seconds }),
    };
  };
  const stand = { workbench, setup, dir, repository, open, log };
  stands.push(stand);
  return stand;
};

export const closeAll = async (): Promise<void> => {
  await Promise.all(stands.splice(0).map(({ workbench }) => workbench.close()));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  bundle = null;
};

export const pathsOf = (recorded: Recorded): readonly string[] => recorded.changes.map(({ path }) => path);
export const refusedPaths = (recorded: Recorded): readonly string[] =>
  recorded.refused.map(({ path }) => path);
