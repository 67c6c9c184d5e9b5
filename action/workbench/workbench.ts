// The files of one pipeline on the runner's machine: the harness's git directory, the checkout that setup prepared, and
// a bench for each conversation and each judgement. All below one directory.
import { dirname, join } from "node:path";
import type { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";
import type { CommandRun } from "../../core/model/event.ts";
import { isAmong } from "../../core/model/network/host.ts";
import { type Reach, reachOfSetup, reachOfSteps } from "../../core/model/network/reach.ts";
import { isBeside, upstreamOf } from "../../core/model/network/upstream.ts";
import { type PathRules, pathProblem } from "../../core/model/patch/path-rules.ts";
import { readTests } from "../../core/model/test-report.ts";
import { removeTree } from "../../host/remove-tree.ts";
import type { SetupRequest, SetupResult, Workbench } from "../drive/ports/workbench.ts";
import { createDial, type Looked, lookAt, MACHINE, type Wire } from "../network/dial.ts";
import { createBench } from "./bench.ts";
import { type Commits, createCommits } from "./commits.ts";
import { detectGates, detectSetup } from "./ecosystems.ts";
import { type Fetched, fetchCommits, type Source } from "./fetch.ts";
import { readFeatures } from "./find-sandbox.ts";
import { createGit, type HarnessGit, litterBeside } from "./git.ts";
import { guidesIn } from "./guides.ts";
import { buildTree, takeOver } from "./import.ts";
import { detectLanguages } from "./languages.ts";
import { lookBetween } from "./look.ts";
import { isSetupMatter, type Overlay, overlayFor } from "./manifests.ts";
import { makeGround } from "./places.ts";
import { rightsOfSandboxes } from "./rights.ts";
import { prepareSandbox, type Sandbox } from "./sandbox.ts";
import { scopesIn } from "./scopes.ts";
import { readRoot, rulesIn, runSetup, unavailable } from "./setup-stage.ts";
import { skillsIn, textIn } from "./skills.ts";
import { type Ground, openStall, type Stall } from "./stall.ts";
import { fetchSubmodules, notLaid } from "./submodules.ts";
import { findProgram, findToolchain, homeOfUser } from "./toolchain.ts";
import { type Totals, totalsOfMachine } from "./totals.ts";
import * as trees from "./tree.ts";
import { requireRoom } from "./tree-room.ts";
import { trustFor } from "./trust.ts";

export { findSandbox, type SandboxFound } from "./find-sandbox.ts";

export interface WorkbenchOptions {
  /** A directory of ours: made here, removed by `close`. */
  readonly dir: string;
  readonly source: Source;
  /** The bundled services, `action/dist/tools.js`. */
  readonly toolProcess: string;
  /** Absolute path of Kin's own node. */
  readonly node: string;
  readonly sandbox: "bwrap" | "none";
  /** The machine's PATH: where toolchains, git and bwrap are found. */
  readonly path: string;
  /** HTTPS_PROXY and its like: for the fetch, and for what commands may reach. */
  readonly proxy?: Readonly<Record<string, string>>;
  /** How names are resolved and addresses are reached; the machine's way if absent. */
  readonly wire?: Wire;
  /** The values of the secrets that the configuration names, for what the harness itself sends. */
  readonly secrets?: ReadonlyMap<string, string>;
  /** What one bench may take; derived from the machine if absent. */
  readonly totals?: Partial<Totals>;
  readonly log: (line: string) => void;
}

export const createWorkbench = (options: WorkbenchOptions): Workbench => {
  let opened: Promise<Ground> | null = null;
  let ready: { readonly key: string; readonly result: Promise<SetupResult> } | null = null;
  let site: Site | null = null;
  let closed: Promise<void> | null = null;
  let count = 0;
  const benches = new Set<() => Promise<void>>();
  const closing = new AbortController();
  const ground = (): Promise<Ground> => (opened ??= layGround(options));
  const needSite = (): Site => {
    if (site === null) throw new Error("the workbench is not set up");
    return site;
  };
  const newStall = async ({ dir, ground: here }: Site, signal: AbortSignal): Promise<Stall> => {
    const { log } = options;
    return openStall(here, { dir: join(here.dir, "benches", String(++count)), from: dir, log, signal });
  };

  let stand: Promise<Stall> | null = null;
  /** For programs beside conversations: the base's files with setup's products, and nothing that a model wrote. */
  const standOf = (here: Site): Promise<Stall> => {
    stand ??= makeStand(here);
    const made = stand;
    made.catch(() => {
      if (stand === made) stand = null;
    });
    return made;
  };
  const makeStand = async (here: Site): Promise<Stall> => {
    const stall = await newStall(here, closing.signal);
    try {
      await stock(stall, { site: here, overlay: NO_OVERLAY, tree: here.base.tree, signal: closing.signal }); // guard: programs-of-the-base
      return stall;
    } finally {
      await stall.close();
    }
  };

  const prepare = async (request: SetupRequest): Promise<SetupResult> => {
    const signal = AbortSignal.any([request.signal, closing.signal]);
    const { result, site: made } = await setUpSite(await ground(), { ...request, signal }, options);
    site = result.ok ? made : null;
    return result;
  };

  const judge: Workbench["judge"] = async (given_tree, commands, { seconds, ...given }) => {
    const signal = AbortSignal.any([given.signal, closing.signal]);
    const here = needSite();
    const tree = given_tree ?? here.base.tree;
    const overlay = here.commands.length === 0 ? NO_OVERLAY : await overlayOf(here, tree);
    // guard: not-judged
    if (overlay.kind === "refused") return commands.map(command => notJudged(command, overlay.why));
    const stall = await newStall(here, signal);
    try {
      const why = await stock(stall, { site: here, overlay, tree, signal });
      if (why !== null) return commands.map(command => notJudged(command, why));
      const runs: CommandRun[] = [];
      // guard: network-of-a-judgement
      for (const command of commands) {
        const { ran, text } = await stall.command(command, { seconds, signal, reach: here.reach });
        const tests = readTests(text);
        runs.push(tests === null ? ran : { ...ran, tests });
      }
      return runs;
    } catch (error) {
      if (!(signal.aborted && error instanceof KinError && error.code === "interrupted")) throw error;
      return commands.map(command => notJudged(command, "it was interrupted"));
    } finally {
      await stall.remove();
    }
  };

  const close = async (): Promise<void> => {
    closing.abort();
    await ready?.result.catch(() => undefined);
    await stand?.catch(() => undefined);
    const ends = await Promise.allSettled([...benches].map(end => end()));
    const made = await opened?.catch(() => null);
    await made?.git.unseal();
    if (made) await removeTree(made.dir);
    await removeTree(options.dir);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  };

  return {
    setUp: request => {
      const key = JSON.stringify([
        ...[request.base, request.head, request.config.setup ?? null],
        request.config.network ?? null,
      ]);
      if (ready?.key !== key) {
        const result = prepare(request);
        ready = { key, result };
        // A failed setup may be tried again.
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

    open: async ({ tree, scope, history = [] }) => {
      const here = needSite();
      const { git, base, baseline, commits } = here;
      await commits.requireTree(tree); // guard: known-trees
      const closed = new AbortController();
      const stall = await newStall(here, AbortSignal.any([closing.signal, closed.signal]));
      try {
        await stall.ask("copy", { from: baseline, to: tree });
        const head = await commits.headOf(tree, history);
        await stall.ask("found", { repository: { base: base.commit, head, exclude: git.excluded() } });
      } catch (error) {
        await stall.remove();
        throw error;
      }
      const rules: PathRules = { scope, protected: here.protected }; // guard: protected-paths
      const bench = createBench({
        rules,
        tree,
        // guard: network-of-a-command
        command: (command, given) => stall.command(command, { ...given, reach: here.reach }),
        startFiles: () => stall.startFiles(rules),
        record: async (from, written) => {
          const recorded = await stall.ask("record", { rules, baseline, tree: from, written });
          await takeOver(git, from, recorded);
          await requireAllowed(git, [from, recorded.tree], rules); // guard: rules-once-more
          return recorded;
        },
        judge,
        start: async (program, ear) => (await standOf(here)).startProgram(program, { tree: stall.work, ear }),
        interrupt: () => closed.abort(),
        remove: async () => {
          benches.delete(bench.close);
          await stall.remove();
        },
      });
      benches.add(bench.close);
      return bench;
    },

    judge,

    baseFile: async path => {
      const { git, entries } = needSite();
      return textIn(git, entries, path);
    },

    look: async tree => {
      const { git, base } = needSite();
      return lookBetween(git, [base.tree, tree]);
    },

    lay: async changes => {
      const { git, baseline } = needSite();
      return buildTree(git, baseline, changes);
    },

    close: () => (closed ??= close()),
  };
};

interface Site {
  readonly dir: string;
  readonly ground: Ground;
  readonly git: HarnessGit;
  readonly base: Fetched;
  readonly entries: trees.Entries;
  readonly commits: Commits;
  /** The tree that the pipeline started from. */
  readonly baseline: string;
  readonly commands: readonly string[];
  /** Setup commands that failed when the site was prepared, and that nobody had asked for. */
  readonly failed: ReadonlySet<string>;
  readonly protected: readonly string[];
  /** What commands of steps may reach, and what setup may. */
  readonly reach: Reach | null;
  readonly setupReach: Reach | "direct" | null;
}

const layGround = async (options: WorkbenchOptions): Promise<Ground> => {
  const rights = options.sandbox === "none" ? null : rightsOfSandboxes();
  const dir = await makeGround(options.dir, rights);
  const program = findProgram("git", options.path);
  if (program === null) throw missing("git", "Install git.");
  const forbidden = [
    dir,
    dirname(options.toolProcess),
    ...(options.source.kind === "local" ? [options.source.path] : []),
  ];
  const toolchain = await findToolchain(options.path, { forbidden, home: homeOfUser(), rights });
  for (const left of toolchain.left_out)
    options.log(
      `${left} is not in the sandbox: its user cannot enter it, or it lies below what a sandbox has of its own.`,
    );
  return {
    dir,
    git: await createGit({ dir: join(dir, "git"), program }),
    program,
    toolchain,
    rights,
    node: options.node,
    services: options.toolProcess,
    sandbox:
      options.sandbox === "none" ? null : await sandboxOf({ dir, toolchain, rights, git: program }, options),
    totals: { ...totalsOfMachine(), ...options.totals },
    dial: createDial(options.wire ?? MACHINE, upstreamOf(options.proxy ?? {})),
    trusted: null,
  };
};

const sandboxOf = async (
  { dir, ...parts }: Pick<Sandbox, "toolchain" | "rights" | "git"> & { readonly dir: string },
  options: WorkbenchOptions,
): Promise<Sandbox> => {
  const program = findProgram("bwrap", options.path);
  if (program === null) throw missing("bubblewrap", "Install it: sudo apt-get install -y bubblewrap");
  return prepareSandbox({
    ...parts,
    program,
    features: await readFeatures(program),
    furniture: join(dir, "furniture"),
    node: options.node,
    services: options.toolProcess,
    ripgrep: findProgram("rg", options.path),
  });
};

/** Where the hosts are that the harness itself fetches from. */
const lookFor = ({ network }: Config, { wire = MACHINE, proxy = {} }: WorkbenchOptions) => {
  const upstream = upstreamOf(proxy);
  return async (host: string): Promise<Looked> =>
    upstream !== null && !isBeside(host, upstream)
      ? { kind: "there", addresses: [] }
      : lookAt(wire, { host, isPrivate: isAmong(host, network?.private ?? []) });
};

const missing = (what: string, hint: string): KinError =>
  new KinError(`${what} was not found on this machine.`, { code: "program_missing", hint });

const setUpSite = async (
  plain: Ground,
  request: SetupRequest,
  options: WorkbenchOptions,
): Promise<{ readonly result: SetupResult; readonly site: Site }> => {
  const { git, totals } = plain;
  const { signal } = request;
  const ground: Ground = { ...plain, ...(await trustFor(request.config, trustParts(plain, options))) };
  const from = { source: options.source, proxy: options.proxy ?? {}, signal };
  await git.unseal();
  const refs = [request.base, ...(request.head === null ? [] : [request.head])];
  const fetched = await fetchCommits(git, refs, from);
  const [base, { tree: baseline }] = [fetched[0] as Fetched, fetched.at(-1) as Fetched];
  if (baseline !== base.tree) await requireRoom(git, baseline, { totals, signal });
  const { held: own, entries } = await requireRoom(git, base.tree, { totals, signal });
  let held = own;
  const dir = join(ground.dir, "setup");
  await removeTree(dir);
  const named = request.config.setup;
  const root = await readRoot(git, entries);
  const commands = named ?? detectSetup(root);
  const gates = request.config.gates.length > 0 ? [] : detectGates(root);
  const rules = await rulesIn(git, entries);
  const guides = await guidesIn(git, entries);
  const scopes = await scopesIn(git, entries);
  const skills = { ...(await skillsIn(git, entries)), languages: detectLanguages(entries.keys(), root.file) };
  const litter = litterBeside([...entries.keys()]);
  const submodules = await fetchSubmodules(git, entries, {
    ...from,
    look: lookFor(request.config, options),
    requireRoom: async tree => {
      ({ held } = await requireRoom(git, tree, { totals, signal, held })); // guard: room-for-all-submodules
    },
  });

  await git.exclude(litter);
  const stall = await openStall(ground, { dir, from: null, log: options.log, signal });
  try {
    const answered = new Set(await stall.ask("check_out", { tree: base.tree, submodules: submodules.laid }));
    const left = submodules.laid.flatMap(({ path }) => (answered.has(path) ? [path] : []));
    await stall.ask("found", {
      repository: { base: base.commit, head: base.commit, exclude: git.excluded() },
    });
    // Inferred commands, which nobody asked for, stop nobody.
    const mayFail = (): boolean => named === undefined; // guard: detected-setup-may-fail
    const setupReach = reachOfSetup(request.config);
    const done = await setUpIn(stall, commands, { signal, reach: setupReach, mayFail });
    const { ok, commands: ran, reason } = withFailed(done, [...submodules.failed, ...left.map(notLaid)]);
    const missing = ok
      ? await unavailable(
          gates,
          async (command, seconds) => (await stall.command(command, { seconds, signal, reach: null })).text,
        )
      : [];
    const detected = gates.filter(gate => !missing.includes(gate));
    if (ok) {
      const { restored, patterns } = await stall.ask("separate", { from: base.tree, to: baseline });
      await git.exclude([...litter, ...patterns]);
      await git.seal(); // guard: seal
      if (restored.length > 0)
        options.log(`Setup changed tracked files, which were put back: ${restored.slice(0, 20).join(", ")}`);
    }
    const failed = new Set(ran.flatMap(({ command, exit_code }) => (exit_code === 0 ? [] : [command])));
    const { protected: globs } = request.config.paths;
    const commits = createCommits(git, { base, baseline });
    return {
      result: {
        ok,
        tree: baseline,
        commands: [...ran],
        reason,
        ...(detected.length > 0 ? { detected: detected.map(({ command }) => command) } : {}),
        ...(missing.length > 0
          ? { unavailable: missing.map(({ command, program }) => ({ command, program })) }
          : {}),
        ...(rules.length > 0 ? { rules } : {}),
        ...(guides.files.length > 0 ? { guides } : {}),
        ...(scopes.length > 0 ? { scopes } : {}),
        skills,
      },
      site: {
        ...{ dir, ground, git, base, entries, baseline, commits, commands, failed, protected: globs },
        reach: reachOfSteps(request.config),
        setupReach,
      },
    };
  } finally {
    await stall.close();
  }
};

const trustParts = (
  { dial, trusted, dir }: Ground,
  { path, secrets = new Map(), wire }: WorkbenchOptions,
): Parameters<typeof trustFor>[1] => ({ dial, trusted, dir, path, secrets, roots: wire?.roots });

const setUpIn = (
  stall: Stall,
  commands: readonly string[],
  {
    mayFail,
    ...given
  }: {
    readonly signal: AbortSignal;
    readonly reach: Reach | "direct" | null;
    readonly mayFail: (command: string) => boolean;
  },
): ReturnType<typeof runSetup> =>
  runSetup(commands, {
    run: async (command, seconds) => (await stall.command(command, { ...given, seconds })).ran,
    mayFail,
    signal: given.signal,
    proxied: given.reach !== "direct",
  });

const withFailed = (
  { ok, commands, reason }: Awaited<ReturnType<typeof runSetup>>,
  failed: readonly CommandRun[],
): Awaited<ReturnType<typeof runSetup>> => {
  if (failed.length === 0) return { ok, commands, reason };
  const why = failed.map(({ output }) => output.trim()).join(" ");
  return { ok, commands: [...failed, ...commands], reason: reason === null ? why : `${reason}; ${why}` };
};

const NO_OVERLAY: Overlay = { kind: "none" };

const overlayOf = async ({ git, base }: Site, tree: string): Promise<Overlay> => {
  const differences = await trees.diffTrees(git, [base.tree, tree]);
  const matter = differences.filter(({ path }) => isSetupMatter(path));
  const shas = matter.flatMap(({ before, after }) => [before, after].flatMap(entry => entry?.sha ?? []));
  const blobs = await trees.readBlobs(git, shas);
  const text = (entry: trees.Entry | null): string | null =>
    entry === null ? null : (blobs.get(entry.sha)?.toString("utf8") ?? null);
  return overlayFor(
    matter.map(({ path, before, after }) => ({ path, before: text(before), after: text(after) })),
  );
};

/** Fills a new bench with `tree` and what setup makes of it. Returns why that was impossible, or null. */
const stock = async (
  stall: Stall,
  {
    site,
    overlay,
    tree,
    signal,
  }: {
    readonly site: Site;
    readonly overlay: Overlay;
    readonly tree: string;
    readonly signal: AbortSignal;
  },
): Promise<string | null> => {
  const { git, base, baseline } = site;
  if (overlay.kind !== "files") {
    await stall.ask("copy", { from: baseline, to: tree });
  } else {
    await stall.ask("copy", { from: baseline, to: base.tree });
    await stall.ask("lay", { files: overlay.files });
    const head = base.commit;
    await stall.ask("found", { repository: { base: head, head, exclude: git.excluded() } });
    // guard: network-for-published
    const { ok, reason } = await setUpIn(stall, site.commands, {
      signal,
      reach: overlay.published ? site.setupReach : site.reach,
      mayFail: command => site.failed.has(command),
    });
    const changed = overlay.files.map(({ path }) => path).join(", ");
    const offline = overlay.published
      ? ""
      : `, ${site.reach === null ? "without network" : "with the network of steps"}, because not all of it is published packages`;
    if (!ok) return `the patch changes ${changed}, and with that the ${reason}${offline}`;
    await stall.ask("separate", { from: base.tree, to: tree });
  }
  const head = await site.commits.headOf(tree);
  await stall.ask("found", { repository: { base: base.commit, head, exclude: git.excluded() } });
  return null;
};

const notJudged = (command: string, why: string): CommandRun => ({
  command,
  exit_code: null,
  seconds: 0,
  output: `not judged: ${why}\n`,
  not_judged: why,
});

/**
 * The ledger already refused such paths, next to files a model wrote; this check runs where there never were any. It
 * looks at the trees and not at the list of changes, because one change may remove a whole directory.
 */
const requireAllowed = async (
  git: HarnessGit,
  between: readonly [string, string],
  rules: PathRules,
): Promise<void> => {
  const differences = await trees.diffTrees(git, between);
  const problem = differences.map(({ path }) => pathProblem(path, rules)).find(found => found !== null);
  if (problem === undefined && (differences.length === 0 || rules.scope.permission === "full")) return;
  throw new KinError(`A record holds what it may not: ${problem ?? "this role changes nothing"}.`, {
    code: "record_failed",
    retryable: true,
    hint: "Something went wrong in the sandbox; see the log of the run.",
  });
};
