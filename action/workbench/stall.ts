// The files of one bench, and the sandboxes that are started on them: one for each command, one for the file tools, one
// for the ledger. Without a sandbox the same programs run on the machine's own paths.
import { randomBytes } from "node:crypto";
import { chmod, stat } from "node:fs/promises";
import { join } from "node:path";
import { KinError } from "../../core/model/error.ts";
import type { Reach } from "../../core/model/network/reach.ts";
import type { PathRules } from "../../core/model/patch/path-rules.ts";
import { removeTree } from "../../host/remove-tree.ts";
import type { Ear, Program, Running } from "../drive/ports/workbench.ts";
import { BRIDGE_ENVIRONMENT } from "../network/bridge.ts";
import { type OpenProxy, openProxy } from "../network/proxy.ts";
import type { Launch } from "./box.ts";
import { alone, type CommandOutcome, programFor, runCommand, shellFor } from "./command.ts";
import { refuseFullDisk } from "./disk.ts";
import type { HarnessGit } from "./git.ts";
import { measureScratch } from "./measure.ts";
import { makePlace, makePlaces } from "./places.ts";
import { startProgram } from "./program.ts";
import {
  type Answers,
  asInside,
  HOME,
  type LedgerAsk,
  type LedgerStart,
  SCRATCH,
  type Start,
  WORK,
} from "./protocol.ts";
import type { Rights } from "./rights.ts";
import * as inside from "./sandbox.ts";
import { launchIn, type Room, type RoomNetwork, type Sandbox } from "./sandbox.ts";
import { type Service, startService } from "./service.ts";
import { certificateEnvironment, sandboxEnvironment, type Toolchain } from "./toolchain.ts";
import { createWatch, type Totals, type Watch, watchMemory } from "./totals.ts";
import { TRUST_ENVIRONMENT, type Trust } from "./trust.ts";

/** What does not depend on the project. */
export interface Ground extends Trust {
  readonly dir: string;
  readonly git: HarnessGit;
  /** Absolute path of the git program. */
  readonly program: string;
  readonly toolchain: Toolchain;
  readonly rights: Rights | null;
  /** Null if everything runs without one. */
  readonly sandbox: Sandbox | null;
  readonly node: string;
  readonly services: string;
  readonly totals: Totals;
}

export interface Stall {
  readonly dir: string;
  /** Throws if a sandbox cannot be started or does not end. */
  readonly command: (
    command: string,
    options: {
      readonly seconds: number;
      readonly signal: AbortSignal;
      /** What it may reach: null for nothing, `direct` for the machine's network. */
      readonly reach: Reach | "direct" | null;
    },
  ) => Promise<CommandOutcome>;
  readonly startFiles: (rules: PathRules) => Promise<Service>;
  /** A program that reads these files, and `tree`, which belongs to another stall, and cannot write to either. */
  readonly startProgram: (
    program: Program,
    options: { readonly tree: string; readonly ear: Ear },
  ) => Promise<Running>;
  readonly work: string;
  /** Asks the ledger. A lost one is restarted at the next request. */
  readonly ask: <K extends LedgerAsk["kind"]>(
    kind: K,
    request: Omit<Extract<LedgerAsk, { kind: K }>, Known> & Borrowed<K>,
  ) => Promise<Answers[K]>;
  /** Ends what is alive; the files stay. */
  readonly close: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** The parts of a request that only the stall knows. */
type Known = "kind" | "repository" | "racy";
type Repository = Extract<LedgerAsk, { kind: "found" }>["repository"];
/** Only the stall knows where commands see the objects. */
type Borrowed<K> = K extends "found" ? { readonly repository: Omit<Repository, "objects"> } : unknown;

/** Copying is by far the longest. */
const LEDGER_SECONDS: Readonly<Record<LedgerAsk["kind"], number>> = {
  check_out: 600,
  separate: 600,
  copy: 900,
  lay: 60,
  found: 60,
  record: 300,
  measure: 20,
  clear: 600,
};

export interface StallOptions {
  /** Made here, removed by `remove`. */
  readonly dir: string;
  /** The prepared checkout to copy from; null for the one that setup makes. */
  readonly from: string | null;
  readonly log: (line: string) => void;
  /** Ends whatever the ledger is doing, except clearing up. */
  readonly signal: AbortSignal;
}

export const openStall = async (
  ground: Ground,
  { dir, from, log, signal: life }: StallOptions,
): Promise<Stall> => {
  const { sandbox, toolchain } = ground;
  const places = await makePlaces(dir, ground.rights);
  const objects = join(ground.dir, "git", "objects");
  let ledger: Promise<Service> | null = null;
  /** When the index last saw the files, and whether a command began within that same second. */
  let indexed = 0;
  let racy = false;
  /** Something of the project may still be alive: nobody touches these files again. */
  let stuck = false;

  const room = (kind: Room["kind"], env: Room["env"], network: RoomNetwork = "none"): Room => ({
    kind,
    ...places,
    prepared: from === null ? places.work : join(from, "work"),
    objects,
    network,
    env,
    ...(kind === "ledger" ? { ledger: { git: join(ground.dir, "git"), own: places.own, from } } : {}),
  });

  /** A command may have closed the very directories that the next sandbox starts in. */
  const reopen = async (): Promise<void> => {
    for (const place of [places.work, places.home, places.tmp])
      if (((await stat(place)).mode & 0o7777) !== 0o700) await chmod(place, 0o700); // guard: reopened
  };

  const start = async (kind: "files" | "ledger", first: Start): Promise<Service> => {
    await reopen();
    const launch =
      sandbox === null
        ? unboxed(alone(ground.node, ground.services), { cwd: dir, env: SERVICE_ENV })
        : await launchIn(
            sandbox,
            room(kind, { ...SERVICE_ENV, PATH: kind === "files" ? inside.PROGRAMS : SERVICE_ENV.PATH }),
            alone(inside.RUNTIME, "--disable-sigusr1", inside.SERVICES),
          );
    return startService(launch, { start: first, log });
  };

  const startLedger = (): Promise<Service> => {
    const own: LedgerStart =
      sandbox === null
        ? {
            service: "ledger",
            program: ground.program,
            git: join(ground.dir, "git"),
            own: places.own,
            work: places.work,
            home: places.home,
            tmp: places.tmp,
            from,
          }
        : {
            service: "ledger",
            program: ground.program,
            git: inside.GIT,
            own: inside.OWN,
            work: WORK,
            home: HOME,
            tmp: SCRATCH,
            from: from === null ? null : inside.FROM,
          };
    return start("ledger", own);
  };

  const ask: Stall["ask"] = async (kind, request) => {
    const known = { objects: sandbox === null ? objects : inside.OBJECTS, racy };
    const asked = withKnown({ kind, ...request } as LedgerAsk, known);
    // guard: nothing-of-a-stuck-bench
    if (stuck) throw new Error("something may still be alive on this bench");
    const limits = { seconds: LEDGER_SECONDS[kind], ...(kind === "clear" ? {} : { signal: life }) };
    await reopen();
    ledger ??= startLedger();
    try {
      const service = await ledger;
      const answer = await service.ask<typeof kind>(asked as never, limits);
      if (kind === "record") racy = false;
      if (kind === "record" || kind === "copy") indexed = Date.now();
      if (answer === null && life.aborted && kind !== "clear") throw interrupted();
      return answer as never;
    } catch (error) {
      await close(); // guard: lost-ledger
      throw await refuseFullDisk(error, dir);
    }
  };

  const watch = createWatch({
    totals: ground.totals,
    dir,
    places: "the work tree, HOME and /tmp hold",
    measure: () => ask("measure", {} as never),
  });

  const command: Stall["command"] = async (line, { reach, ...options }) => {
    await reopen();
    // git knows a file's times only in whole seconds.
    racy ||= Math.floor(Date.now() / 1000) <= Math.floor(indexed / 1000);
    const proxy = await proxyFor(reach);
    try {
      const env = {
        ...sandboxEnvironment(toolchain, sandbox === null ? places : undefined),
        ...(reach === null ? {} : await certificateEnvironment()),
        ...(proxy === null ? {} : BRIDGE_ENVIRONMENT),
        ...(proxy === null || ground.trusted === null ? {} : TRUST_ENVIRONMENT),
      };
      const { trusted } = ground;
      const without = reach === "direct" ? "machine" : "none";
      const network: RoomNetwork = proxy === null ? without : { socket: proxy.socket, trusted };
      const launch =
        sandbox === null
          ? unboxed(shellFor(line), { cwd: places.work, env })
          : await launchIn(
              sandbox,
              room("command", env, network),
              shellFor(line, { bridged: proxy !== null }),
            );
      const refused = proxy?.refused ?? (() => []);
      const outcome = await runCommand(line, launch, { ...options, watch, refused }).catch(error => {
        stuck ||= error instanceof KinError && error.code === "sandbox_stuck";
        throw error;
      });
      if (sandbox !== null) return outcome;
      const { content, ran } = outcome;
      return {
        ...outcome,
        content: asInside(content, places),
        ran: { ...ran, output: asInside(ran.output, places) },
      };
    } finally {
      await proxy?.close();
    }
  };

  /** Without a sandbox a command has the machine's network anyway. */
  const proxyFor = async (reach: Reach | "direct" | null): Promise<OpenProxy | null> =>
    sandbox === null || reach === null || reach === "direct"
      ? null
      : openProxy(join(ground.dir, `n${randomBytes(4).toString("hex")}`), { reach, dial: ground.dial });
  let programs = 0;
  const begin: Stall["startProgram"] = async ({ command: name, args, env }, { tree, ear }) => {
    if (sandbox === null) throw unboxedServer(); // guard: no-server-without-a-sandbox
    const tmp = await makePlace(join(dir, `tmp-${++programs}`), ground.rights);
    const inside = { ...sandboxEnvironment(toolchain), HOME: SCRATCH, TMPDIR: SCRATCH, ...env };
    const enter = (env: Room["env"], argv: readonly string[]): Promise<Launch> =>
      launchIn(sandbox, { ...room("server", env), tmp, tree }, argv);
    const limits = { ...ground.totals, memory: MOST_MEMORY, tasks: MOST_TASKS };
    const memory: Watch = (pid, past) => {
      const stop = watchMemory(pid, limits, past);
      return async () => stop();
    };
    const own = createWatch({
      totals: limits,
      dir,
      places: "its /tmp holds",
      measure: () => measureScratch(argv => enter(SERVICE_ENV, argv), { signal: life, watch: memory }),
    });
    const running = startProgram(await enter(inside, programFor([name, ...args])), { ear, watch: own });
    // Nobody needs it any more, and it takes space on the machine's disk.
    const removed = running.over.then(() => removeTree(tmp)).catch(() => undefined); // guard: tmp-of-a-server
    return {
      ...running,
      end: async () => {
        await running.end();
        await removed;
      },
    };
  };

  const close = async (): Promise<void> => {
    const service = ledger;
    ledger = null;
    await service?.then(running => running.close()).catch(() => undefined);
  };

  return {
    dir,
    command,
    startFiles: rules => {
      const at = sandbox === null ? places : { work: WORK, tmp: SCRATCH };
      return start("files", { service: "files", work: at.work, tmp: at.tmp, rules });
    },
    startProgram: begin,
    work: places.work,
    ask,
    close,
    remove: async () => {
      if (!stuck) await ask("clear", {} as never).catch(() => undefined);
      await close();
      if (!stuck) await removeTree(dir);
    },
  };
};

const withKnown = (
  asked: LedgerAsk,
  { objects, racy }: { readonly objects: string; readonly racy: boolean },
): LedgerAsk => {
  if (asked.kind === "found") return { ...asked, repository: { ...asked.repository, objects } };
  return asked.kind === "record" ? { ...asked, racy } : asked;
};

const interrupted = (): KinError =>
  new KinError("The work on the files was interrupted.", {
    code: "interrupted",
    retryable: true,
    hint: "The run was stopped, or came near its end.",
  });

/** Limits for a program that runs beside a conversation. */
const MOST_MEMORY = 2 * 1024 ** 3;
const MOST_TASKS = 1024;

const unboxedServer = (): KinError =>
  new KinError("there is no sandbox on this machine, and without one no server is started", {
    code: "server_unavailable",
    hint: "`kin doctor` says what this machine lacks for it.",
  });

const SERVICE_ENV = { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8" };

const unboxed = (
  [program = "", ...args]: readonly string[],
  { cwd, env }: Pick<Launch, "cwd" | "env">,
): Launch => ({ boxed: false, program, args, hidden: null, seccomp: null, rights: null, env, cwd });
