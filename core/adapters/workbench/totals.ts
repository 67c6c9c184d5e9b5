// How much one bench may take of the machine, looked after from outside while a command runs, because the kernel has no
// total for an ordinary user's processes. What it can bound is bounded there: see the sandbox's rows and the filter.
import { readdirSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Measured } from "./protocol.ts";

export interface Totals {
  /** Bytes of memory, what is shared included. */
  readonly memory: number;
  /** Processes and threads. */
  readonly tasks: number;
  /** Of the work tree, HOME and /tmp together. */
  readonly disk: number;
  readonly inodes: number;
  /** Bytes that stay free on the machine's disk. */
  readonly free: number;
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Three quarters of the machine's memory, or of what its container has. */
export const totalsOfMachine = (): Totals => ({
  memory: Math.floor(0.75 * memoryOfMachine()),
  tasks: 4096,
  disk: 16 * GIB,
  inodes: 1_000_000,
  free: 512 * MIB,
});

const memoryOfMachine = (): number => {
  const total = meminfo("MemTotal");
  const limit = Number(readOr("/sys/fs/cgroup/memory.max"));
  return Number.isSafeInteger(limit) && limit > 0 ? Math.min(total, limit) : total;
};

export interface Watched {
  readonly totals: Totals;
  /** A directory on the bench's disk. */
  readonly dir: string;
  /** What the bench holds; only asked when the disk says that it may be too much. */
  readonly measure: () => Promise<Measured>;
}

/** Watches one command of the bench until it is stopped; `past` is called once, with what is past its number. */
export type Watch = (pid: () => number | null, past: (why: string) => void) => () => void;

const EVERY_MS = 250;
/** So much may have come before the bench is measured again. */
const STEP = { bytes: 256 * MIB, inodes: 20_000 };

/** Less than this is no growth: others write to the disk as well. */
const SLACK = { bytes: 4 * MIB, inodes: 100 };

export const createWatch = ({ totals, dir, measure }: Watched): Watch => {
  /** What was free when the bench was last known to hold little enough. */
  let before: Free | null = null;
  /** What it held when a command was ended for it: it may be made smaller, and not larger. */
  let tooMuch: Measured | null = null;
  const step = {
    bytes: Math.min(STEP.bytes, totals.disk / 4),
    inodes: Math.min(STEP.inodes, totals.inodes / 4),
  };
  const benchLook = async (now: Free): Promise<string | null> => {
    before ??= now;
    if (before.bytes - now.bytes < step.bytes && before.inodes - now.inodes < step.inodes) return null;
    const held = await measure().catch(() => null);
    if (held === null) return "what it wrote could not be counted in time; write fewer files";
    const problem = diskProblem(held, totals);
    if (problem === null) {
      before = now;
      tooMuch = null;
      return null;
    }
    if (tooMuch !== null && !isMore(held, tooMuch)) return null;
    tooMuch = held;
    return problem;
  };
  return (pid, past) => {
    const shared = meminfo("Shmem");
    let begun: Free | null = null;
    let stopped = false;
    const look = async (): Promise<string | null> => {
      const first = pid();
      const memory = first === null ? null : memoryProblem(first, totals, shared);
      if (memory !== null) return memory;
      const now = await freeAt(dir);
      begun ??= now;
      const full = fullDisk(now, totals);
      // On a disk that is full already a command may still remove something.
      const isOurs = fullDisk(begun, totals) === null || isMore(begun, now);
      return full !== null && isOurs ? full : benchLook(now);
    };
    const round = async (): Promise<void> => {
      while (!stopped) {
        const why = await look().catch(() => null);
        if (why !== null && !stopped) {
          stopped = true;
          return past(why);
        }
        await sleep(EVERY_MS, null, { ref: false });
      }
    };
    void round();
    return () => {
      stopped = true;
    };
  };
};

const isMore = (one: Measured, other: Measured): boolean =>
  one.bytes > other.bytes + SLACK.bytes || one.inodes > other.inodes + SLACK.inodes;

interface Free {
  readonly bytes: number;
  readonly inodes: number;
}

export const freeAt = async (dir: string): Promise<Free> => {
  const { bavail, bsize, ffree, files } = await statfs(dir);
  // Some file systems make inodes as they go, and count none.
  return { bytes: bavail * bsize, inodes: files === 0 ? Number.POSITIVE_INFINITY : ffree };
};

/** Why nothing may be written any more; null while enough is free. */
export const fullDisk = ({ bytes, inodes }: Free, { free }: Totals): string | null => {
  // guard: free-disk
  if (bytes < free) return `the machine's disk is full: ${said(bytes)} are free, and ${said(free)} stay free`;
  return inodes < 1000 ? "the machine's disk is full: it has no room for more files" : null;
};

export const diskProblem = ({ bytes, inodes }: Measured, totals: Totals): string | null => {
  // guard: total-of-disk
  if (bytes > totals.disk)
    return `the work tree, HOME and /tmp hold ${said(bytes)}, and ${said(totals.disk)} are allowed; remove what is not needed`;
  // guard: total-of-files
  if (inodes > totals.inodes)
    return `the work tree, HOME and /tmp hold ${inodes} files, and ${totals.inodes} are allowed; remove what is not needed`;
  return null;
};

const memoryProblem = (pid: number, totals: Totals, shared: number): string | null => {
  const pids = allBelow(pid);
  const tasks = pids.reduce((sum, { threads }) => sum + threads, 0);
  // guard: total-of-tasks
  if (tasks > totals.tasks) return `it had ${tasks} processes and threads, and ${totals.tasks} are allowed`;
  const available = meminfo("MemAvailable");
  if (available < Math.min(256 * MIB, memoryOfMachine() / 20))
    return `the machine's memory runs out: ${said(available)} are available`;
  const common = Math.max(0, meminfo("Shmem") - shared); // guard: shared-memory
  // What processes share since a fork counts in each of them; the exact sum takes longer, and is asked for only then.
  const most = common + pids.reduce((sum, { anonymous }) => sum + anonymous, 0);
  if (most <= totals.memory) return null;
  const memory = common + pids.reduce((sum, process) => sum + ownPart(process), 0);
  return memory > totals.memory // guard: total-of-memory
    ? `it took ${said(memory)} of memory, and ${said(totals.memory)} are allowed`
    : null;
};

interface Process {
  readonly pid: number;
  readonly threads: number;
  readonly anonymous: number;
}

const ownPart = ({ pid, anonymous }: Process): number => {
  const part = /^Pss_Anon:\s*(\d+) kB/m.exec(readOr(`/proc/${pid}/smaps_rollup`))?.[1];
  return part === undefined ? anonymous : Number(part) * 1024;
};

/** All processes of a PID namespace descend from its first. */
const allBelow = (first: number): readonly Process[] => {
  const children = new Map<number, Process[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const status = readOr(`/proc/${pid}/status`);
    const field = (key: string): number =>
      Number(new RegExp(`^${key}:\\s*(\\d+)`, "m").exec(status)?.[1] ?? 0);
    const process = { pid, threads: field("Threads"), anonymous: field("RssAnon") * 1024 };
    const above = pid === first ? SELF : field("PPid");
    const siblings = children.get(above);
    if (siblings === undefined) children.set(above, [process]);
    else siblings.push(process);
  }
  const found: Process[] = [];
  for (const queue = [...(children.get(SELF) ?? [])]; queue.length > 0; ) {
    const process = queue.pop() as Process;
    found.push(process);
    queue.push(...(children.get(process.pid) ?? []));
  }
  return found;
};

const SELF = -1;

const meminfo = (key: string): number =>
  Number(new RegExp(`^${key}:\\s*(\\d+) kB`, "m").exec(readOr("/proc/meminfo"))?.[1] ?? 0) * 1024;

const readOr = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

const said = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.ceil(bytes / MIB)} MiB`;
