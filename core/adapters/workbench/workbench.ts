// The files of one pipeline on the runner's machine: the harness's git directory, the prepared checkout that
// setup leaves behind, and a bench for each conversation. All of it below one directory.
import { execFile } from "node:child_process";
import { cp, mkdir, realpath, rm } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { FileChange } from "../../model/change.ts";
import { KinError } from "../../model/error.ts";
import type { PathRules } from "../../model/patch/path-rules.ts";
import type { SetupRequest, SetupResult, Workbench } from "../../ports.ts";
import { benchPlaces, createBench } from "./bench.ts";
import { fetchCommits, type Source } from "./fetch.ts";
import { createGit, type Git } from "./git.ts";
import { type Start, WORK } from "./protocol.ts";
import { createRecorder } from "./recorder.ts";
import { furnish, type Launch, launchInSandbox, readFeatures, type Sandbox } from "./sandbox.ts";
import { detectedCommands, runSetup, separateProducts } from "./setup-stage.ts";
import { startToolProcess, type ToolProcess } from "./tool-process.ts";
import {
  certificateEnvironment,
  findProgram,
  findToolchain,
  sandboxEnvironment,
  type Toolchain,
} from "./toolchain.ts";
import * as trees from "./tree.ts";

export { findSandbox, type SandboxFound } from "./sandbox.ts";

export interface WorkbenchOptions {
  /** A directory of ours: made here, removed by `close`. */
  readonly dir: string;
  readonly source: Source;
  /** The bundled tool process, `action/dist/tools.js`. */
  readonly toolProcess: string;
  /** Kin's own node, absolute. */
  readonly node: string;
  readonly sandbox: "bwrap" | "none";
  /** The machine's PATH: where toolchains, git and bwrap are found. */
  readonly path: string;
  /** HTTPS_PROXY and its like, for the fetch only. */
  readonly proxy?: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

export const createWorkbench = (options: WorkbenchOptions): Workbench => {
  let opened: Promise<Ground> | null = null;
  let ready: { readonly key: string; readonly result: Promise<SetupResult> } | null = null;
  let site: Site | null = null;
  let count = 0;
  const benches = new Set<() => Promise<void>>();
  const closing = new AbortController();
  const ground = (): Promise<Ground> => (opened ??= layGround(options));
  const needSite = (): Site => {
    if (site === null) throw new Error("the workbench is not set up");
    return site;
  };

  const prepare = async (request: SetupRequest): Promise<SetupResult> => {
    const signal = AbortSignal.any([request.signal, closing.signal]);
    const { result, site: made } = await setUpSite(await ground(), { ...request, signal }, options);
    site = result.ok ? made : null;
    return result;
  };

  return {
    setUp: request => {
      const key = JSON.stringify([request.base, request.head, request.config.setup ?? null]);
      if (ready?.key !== key) {
        const result = prepare(request);
        ready = { key, result };
        // A setup that failed may be tried again.
        result
          .then(
            ({ ok }) => ok,
            () => false,
          )
          .then(ok => {
            if (!ok && ready?.result === result) ready = null;
          });
      }
      return ready.result;
    },

    open: async ({ tree, scope }) => {
      const { git, baseline, protected: globs, dir } = needSite();
      await requireTree(git, tree);
      const place = await benchPlaces(join(dir, "benches", String(++count)));
      const checkout = join(dir, "setup");
      await copyTree(join(checkout, "work"), place.work);
      await copyTree(join(checkout, "home"), place.home);
      const tracked = { index: place.index, workTree: place.work };
      await trees.layOver(git, { from: baseline.tree, to: tree }, tracked);
      await git.run(["update-index", "-q", "--refresh"], tracked).catch(() => undefined);
      const rules: PathRules = { scope, protected: globs };
      const recorder = await createRecorder({ git, place: tracked, rules, baseline, tree });
      const bench = createBench({
        start: async () => startIn(await ground(), { ...place, network: false, rules }, options),
        recorder,
        remove: async () => {
          benches.delete(bench.close);
          await removeAll(dirname(place.work));
        },
      });
      benches.add(bench.close);
      return bench;
    },

    restore: async (changes, tree) => {
      const { git, baseline, dir } = needSite();
      const found = await buildTree(
        git,
        { baseline: baseline.tree, index: join(dir, `restore-${++count}`) },
        changes,
      );
      if (found === tree) return;
      throw new KinError(`The recorded changes make the tree ${found} and not ${tree}.`, {
        code: "tree_mismatch",
        hint: "The base of this pipeline is not the one it started from. Run the task again.",
      });
    },

    close: async () => {
      closing.abort();
      await ready?.result.catch(() => undefined);
      await Promise.all([...benches].map(close => close()));
      await removeAll(options.dir);
    },
  };
};

/** What does not depend on the project. */
interface Ground {
  readonly dir: string;
  readonly git: Git;
  readonly toolchain: Toolchain;
  readonly sandbox: Sandbox | null;
}

interface Site {
  readonly dir: string;
  readonly git: Git;
  readonly baseline: { readonly tree: string; readonly entries: trees.Entries };
  readonly protected: readonly string[];
}

const layGround = async (options: WorkbenchOptions): Promise<Ground> => {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const dir = await realpath(options.dir);
  const program = findProgram("git", options.path);
  if (program === null) throw missing("git", "Install git.");
  const forbidden = [
    dir,
    dirname(options.toolProcess),
    ...(options.source.kind === "local" ? [options.source.path] : []),
  ];
  const toolchain = await findToolchain(options.path, { forbidden, home: userInfo().homedir });
  return {
    dir,
    git: await createGit({ dir: join(dir, "git"), program }),
    toolchain,
    sandbox: options.sandbox === "none" ? null : await prepareSandbox(dir, toolchain, options),
  };
};

const prepareSandbox = async (
  dir: string,
  toolchain: Toolchain,
  options: WorkbenchOptions,
): Promise<Sandbox> => {
  const program = findProgram("bwrap", options.path);
  if (program === null) throw missing("bubblewrap", "Install it: sudo apt-get install -y bubblewrap");
  const furniture = join(dir, "furniture");
  await furnish(furniture);
  const features = await readFeatures(program);
  return { program, features, furniture, toolchain, node: options.node, toolProcess: options.toolProcess };
};

const missing = (what: string, hint: string): KinError =>
  new KinError(`${what} was not found on this machine.`, { code: "program_missing", hint });

interface Place {
  readonly work: string;
  readonly home: string;
  readonly network: boolean;
  readonly rules: PathRules;
}

const startIn = async (ground: Ground, place: Place, options: WorkbenchOptions): Promise<ToolProcess> => {
  const { sandbox, toolchain } = ground;
  const certificates = place.network ? await certificateEnvironment() : {};
  const env = { ...sandboxEnvironment(toolchain, sandbox === null ? place : undefined), ...certificates };
  const launch: Launch =
    sandbox === null
      ? { program: options.node, args: [options.toolProcess], hidden: null, env, cwd: place.work }
      : await launchInSandbox(sandbox, { work: place.work, home: place.home, network: place.network, env });
  const start: Start = {
    work: sandbox === null ? place.work : WORK,
    rules: place.rules,
    env,
    leftovers: sandbox === null ? "group" : "namespace",
  };
  return startToolProcess(launch, { start, log: options.log });
};

const EVERYTHING = { permission: "full", paths: null, paths_denied: [] } as const;

const setUpSite = async (
  ground: Ground,
  request: SetupRequest,
  options: WorkbenchOptions,
): Promise<{ readonly result: SetupResult; readonly site: Site }> => {
  const { dir, git } = ground;
  const refs = [request.base, ...(request.head === null ? [] : [request.head])];
  const commits = await fetchCommits(git, refs, {
    source: options.source,
    proxy: options.proxy ?? {},
    signal: request.signal,
  });
  const treeIds = await Promise.all(commits.map(commit => git.text(["rev-parse", `${commit}^{tree}`])));
  const base = treeIds[0] ?? "";
  const tree = treeIds.at(-1) ?? base;

  const setup = join(dir, "setup");
  await removeAll(setup);
  const place = { index: join(setup, "index"), workTree: join(setup, "work") };
  const home = join(setup, "home");
  await mkdir(home, { recursive: true });
  // Without one, ripgrep would not honour `.gitignore`; empty, it is no repository and in no tree.
  await mkdir(join(place.workTree, ".git"), { recursive: true });
  await git.exclude([]);
  await git.run(["read-tree", "--end-of-options", base], place);
  await git.run(["checkout-index", "--all", "--force", "-u", "-q"], place);

  const commands = request.config.setup ?? (await detectedCommands(git, await trees.listTree(git, base)));
  const rules: PathRules = { scope: EVERYTHING, protected: [] };
  const { commands: ran, reason } = await runSetup(commands, {
    start: () => startIn(ground, { work: place.workTree, home, network: true, rules }, options),
    signal: request.signal,
  });
  if (reason === null) {
    await trees.layOver(git, { from: base, to: tree }, place);
    const { restored, patterns } = await separateProducts(git, place);
    await git.exclude(patterns);
    if (restored.length > 0)
      options.log(`Setup changed tracked files, which were put back: ${restored.slice(0, 20).join(", ")}`);
  }
  const baseline = { tree, entries: await trees.listTree(git, tree) };
  return {
    result: { ok: reason === null, tree, commands: ran, reason },
    site: { dir, git, baseline, protected: request.config.paths.protected },
  };
};

const requireTree = async (git: Git, tree: string): Promise<void> => {
  const kind = /^[0-9a-f]{40,64}$/.test(tree)
    ? await git.text(["cat-file", "-t", tree]).catch(() => null)
    : null;
  if (kind === "tree") return;
  throw new KinError(`The tree ${tree.slice(0, 64)} is not known on this runner.`, {
    code: "tree_unknown",
    hint: "It has to be restored from the journal first.",
  });
};

const buildTree = async (
  git: Git,
  from: { readonly baseline: string; readonly index: string },
  changes: readonly FileChange[],
): Promise<string> => {
  const place = { index: from.index };
  await git.run(["read-tree", "--end-of-options", from.baseline], place);
  const rows: string[] = [];
  for (const change of changes) {
    if (change.content === null) {
      rows.push(`0 ${"0".repeat(40)}\t${change.path}`);
      continue;
    }
    const input = Buffer.from(change.content, change.encoding === "base64" ? "base64" : "utf8");
    const sha = await git.text(["hash-object", "-w", "--stdin", "--no-filters"], { input });
    rows.push(`${change.mode} ${sha}\t${change.path}`);
  }
  // Deletions first: a file may have become a directory.
  const ordered = [...rows.filter(row => row.startsWith("0 ")), ...rows.filter(row => !row.startsWith("0 "))];
  await git.run(["update-index", "-z", "--index-info"], { ...place, input: trees.joined(ordered) });
  const tree = await git.text(["write-tree"], place);
  await rm(from.index, { force: true });
  return tree;
};

const execute = promisify(execFile);

/**
 * A real copy, shared below by the file system where it can. Not hard links: a tool that writes in place would
 * change the file for every bench. Not an overlay: bubblewrap 0.8 has none.
 */
const copyTree = async (from: string, to: string): Promise<void> => {
  try {
    await execute("/bin/cp", ["-a", "--reflink=auto", "--", from, to], { env: {} });
  } catch {
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }
};

/** Directories may be closed against deletion, as those of go's module cache are. */
const removeAll = async (directory: string): Promise<void> => {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await execute("/bin/chmod", ["-R", "u+rwX", "--", directory], { env: {} }).catch(() => undefined);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
};
