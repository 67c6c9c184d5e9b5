// How much of the machine one bench may take, checked from outside while a command runs, because the kernel has no
// total for an ordinary user's processes. What it can limit is limited there: see the sandbox's rows and the filter.
import { statfs } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { allBelow, container, devShm, exactly, meminfo, namelessFiles, type Process } from "./processes.ts";
import type { Measured } from "./protocol.ts";

export interface Totals {
  /** In bytes, including shared memory. */
  readonly memory: number;
  /** Processes and threads. */
  readonly tasks: number;
  /** In bytes, for the work tree, HOME and /tmp together. */
  readonly disk: number;
  readonly inodes: number;
  /** Bytes that must stay free on the machine's disk. */
  readonly free: number;
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Three quarters of the machine's memory, or of its container's. */
export const totalsOfMachine = (): Totals => ({
  memory: Math.floor(0.75 * memoryOfMachine()),
  tasks: 4096,
  disk: 16 * GIB,
  inodes: 1_000_000,
  free: 512 * MIB,
});

const memoryOfMachine = (): number =>
  Math.min(meminfo("MemTotal"), container()?.most ?? Number.POSITIVE_INFINITY);

/** What is left, whoever took the rest: socket queues and page tables belong to the kernel, not to a process. */
const availableMemory = (): number => {
  const own = container();
  return Math.min(meminfo("MemAvailable"), own === null ? Number.POSITIVE_INFINITY : own.most - own.taken);
};

export interface Watched {
  readonly totals: Totals;
  /** A directory on the bench's disk. */
  readonly dir: string;
  /** What is measured, with its verb: "/tmp holds". */
  readonly places: string;
  /** How much they hold; asked only if the disk suggests that it may be too much. */
  readonly measure: () => Promise<Measured>;
}

/**
 * Watches one command of the bench and calls `past` once, with the limit it passed. Call the returned function when the
 * command is over.
 */
export type Watch = (pid: () => number | null, past: (why: string) => void) => () => Promise<void>;

/** A disk can fill at some gigabytes per second and is cheap to query; looking at every process is not. */
const EVERY_MS = { disk: 50, memory: 250 };
/** Growth after which the bench is measured again. */
const STEP = { bytes: 256 * MIB, inodes: 20_000 };
const LEAST_PAUSE_MS = 2_000;
/** Less than this is not growth: others write to the disk as well. */
const SLACK = { bytes: 4 * MIB, inodes: 100 };

/** Memory, processes and disk, for a command. */
export const createWatch = (watched: Watched): Watch => {
  const watchDisk = createDiskWatch(watched);
  return (pid, past) => {
    // Separately, because measuring the bench may take long.
    const stops = [watchMemory(pid, watched.totals, past), watchDisk(pid, past)];
    return async () => void (await Promise.all(stops.map(stop => stop())));
  };
};

const createDiskWatch = ({ totals, dir, places, measure }: Watched): Watch => {
  /** What was free when the bench was last known to hold little enough, and how much it held then. */
  let before: { readonly free: Free; readonly bytes: number } | null = null;
  /** The state after a command was ended for its disk use: a later one may improve it, but not make it worse. */
  let left: { readonly held: Measured | null; readonly free: Free } | null = null;
  /** When to measure whatever the disk says. */
  let due = performance.now() + LEAST_PAUSE_MS;
  const step = {
    bytes: Math.min(STEP.bytes, totals.disk / 4),
    inodes: Math.min(STEP.inodes, totals.inodes / 4),
  };

  const diskLook = async (pid: number): Promise<string | null> => {
    const now = await freeAt(dir);
    const full = fullDisk(now, totals);
    if (full !== null && (left === null || isMore(left.free, now))) return full;
    before ??= { free: now, bytes: 0 };
    const taken = { bytes: before.free.bytes - now.bytes, inodes: before.free.inodes - now.inodes };
    // Files that others remove hide growth here, so it is also measured from time to time.
    const began = performance.now();
    if (taken.bytes < step.bytes && taken.inodes < step.inodes && began < due) return null;
    const held = await measure().catch(() => null);
    due = performance.now() + Math.max(LEAST_PAUSE_MS, 20 * (performance.now() - began));
    if (held === null) return "what it wrote could not be counted in time; write fewer files";
    const nameless = namelessFiles(allBelow(pid)).disk;
    const seen = held.bytes + nameless;
    // What a closed directory holds shows only in what the disk lost.
    const bytes = held.whole ? seen : Math.max(seen, before.bytes + taken.bytes);
    const problem = diskProblem({ bytes, inodes: held.inodes }, { totals, places });
    if (problem !== null) return left?.held && !isMore({ ...held, bytes }, left.held) ? null : problem;
    if (full === null) left = null;
    if (nameless === 0 && held.whole) before = { free: now, bytes };
    return null;
  };

  return (pid, past) => {
    let forDisk = false;
    const stop = loop(pid, { look: diskLook, every: EVERY_MS.disk }, why => {
      forDisk = true;
      past(why);
    });
    return async () => {
      stop();
      if (forDisk) left = { held: await measure().catch(() => null), free: await freeAt(dir) };
    };
  };
};

/** Watches memory and processes until it is stopped. */
export const watchMemory = (
  pid: () => number | null,
  totals: Pick<Totals, "memory" | "tasks">,
  past: (why: string) => void,
): (() => void) => loop(pid, { look: memoryLook(totals), every: EVERY_MS.memory }, past);

interface Looking {
  /** Which limit is passed by the sandbox whose first process has this number on the machine. */
  readonly look: (pid: number) => string | null | Promise<string | null>;
  /** Milliseconds. */
  readonly every: number;
}

const loop = (
  pid: () => number | null,
  { look, every }: Looking,
  past: (why: string) => void,
): (() => void) => {
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const first = pid();
      const why = first === null ? null : await Promise.resolve(look(first)).catch(() => null);
      if (why !== null && !stopped) {
        stopped = true;
        return past(why);
      }
      await sleep(first === null ? SOON_MS : every, null, { ref: false });
    }
  };
  void run();
  return () => {
    stopped = true;
  };
};

/** Until the sandbox has reported its first process. */
const SOON_MS = 20;

const isMore = (one: Free, other: Free): boolean =>
  one.bytes > other.bytes + SLACK.bytes || one.inodes > other.inodes + SLACK.inodes;

/** Bytes and files, either free or in use. */
interface Free {
  readonly bytes: number;
  readonly inodes: number;
}

export const freeAt = async (dir: string): Promise<Free> => {
  const { bavail, bsize, ffree, files } = await statfs(dir);
  // Some file systems make inodes on demand, and count none.
  return { bytes: bavail * bsize, inodes: files === 0 ? Number.POSITIVE_INFINITY : ffree };
};

/** Why nothing more may be written; null while enough is free. */
const fullDisk = ({ bytes, inodes }: Free, { free }: Totals): string | null => {
  if (bytes < free) return `the machine's disk is full: ${said(bytes)} are free, and ${said(free)} stay free`; // guard: free-disk
  return inodes < 1000 ? "the machine's disk is full: it has no room for more files" : null; // guard: free-inodes
};

const diskProblem = (
  { bytes, inodes }: Free,
  { totals, places }: Pick<Watched, "totals" | "places">,
): string | null => {
  const rest = "are allowed; remove what is not needed";
  if (bytes > totals.disk) return `${places} ${said(bytes)}, and ${said(totals.disk)} ${rest}`; // guard: total-of-disk
  if (inodes > totals.inodes) return `${places} ${inodes} files, and ${totals.inodes} ${rest}`; // guard: total-of-files
  return null;
};

const memoryLook = (totals: Pick<Totals, "memory" | "tasks">): ((pid: number) => string | null) => {
  const shmem = meminfo("Shmem");
  return pid => {
    const processes = allBelow(pid);
    const tasks = sumOf(processes, ({ threads }) => threads);
    if (tasks > totals.tasks) return `it had ${tasks} processes and threads, and ${totals.tasks} are allowed`; // guard: total-of-tasks
    const available = availableMemory();
    if (available < Math.min(256 * MIB, memoryOfMachine() / 20))
      return `the machine's memory runs out: ${said(available)} are available`; // guard: available-memory
    // Memory that nobody maps shows only in the machine's total, which others change as well.
    const unmapped = meminfo("Shmem") - shmem > totals.memory / 4;
    if (memoryOf(processes) <= totals.memory && !unmapped) return null;
    const nameless = unmapped ? namelessFiles(processes).memory + devShm(pid) : 0; // guard: shared-memory
    const memory = memoryOf(processes.map(exactly), nameless);
    if (memory <= totals.memory) return null;
    return `it took ${said(memory)} of memory, and ${said(totals.memory)} are allowed`; // guard: total-of-memory
  };
};

const memoryOf = (processes: readonly Process[], nameless = 0): number =>
  sumOf(processes, ({ anonymous }) => anonymous) +
  Math.max(
    nameless,
    sumOf(processes, ({ shared }) => shared),
  );

const sumOf = (processes: readonly Process[], part: (process: Process) => number): number =>
  processes.reduce((sum, process) => sum + part(process), 0);

const said = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.ceil(bytes / MIB)} MiB`;
