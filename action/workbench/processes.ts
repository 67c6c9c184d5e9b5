// What a sandbox's processes hold, seen from the machine: private memory, shared memory, and files that have been
// deleted but are open. What cannot be read is not counted.
import { readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";

export interface Process {
  readonly pid: number;
  readonly threads: number;
  /** In bytes. Memory shared with others, since a fork or by mapping, counts in full for each. */
  readonly anonymous: number;
  readonly shared: number;
}

/** All processes of a PID namespace: they descend from its first, whose number on the machine is `pid`. */
export const allBelow = (pid: number): readonly Process[] => {
  const children = new Map<number, Process[]>();
  const found: Process[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = readOr(`/proc/${name}/status`);
    const field = (key: string): number => numberIn(status, key);
    const process = {
      pid: Number(name),
      threads: field("Threads"),
      anonymous: field("RssAnon") * 1024,
      shared: field("RssShmem") * 1024,
    };
    if (process.pid === pid) found.push(process);
    else children.set(field("PPid"), [...(children.get(field("PPid")) ?? []), process]);
  }
  for (const process of found) found.push(...(children.get(process.pid) ?? []));
  return found;
};

/** The same process, counting only its part of what it shares. Slower. */
export const exactly = (process: Process): Process => {
  const rollup = readOr(`/proc/${process.pid}/smaps_rollup`);
  if (rollup === "") {
    // We may not look at it, or it is over and holds nothing; then the others share the rest.
    const isThere = numberIn(readOr(`/proc/${process.pid}/status`), "RssAnon") > 0;
    return isThere ? process : { ...process, anonymous: 0, shared: 0 };
  }
  const [anonymous, shared] = [numberIn(rollup, "Pss_Anon"), numberIn(rollup, "Pss_Shmem")];
  return { ...process, anonymous: anonymous * 1024, shared: shared * 1024 };
};

export interface Nameless {
  /** Bytes of open files in memory, mapped or not, except those in /dev/shm. */
  readonly memory: number;
  /** Bytes on disk of files that were deleted while open. */
  readonly disk: number;
}

export const namelessFiles = (processes: readonly Process[]): Nameless => {
  const seen = new Set<string>();
  const sum = { memory: 0, disk: 0 };
  for (const { pid } of processes)
    for (const fd of listOr(`/proc/${pid}/fd`)) {
      const target = linkOr(`/proc/${pid}/fd/${fd}`);
      if (!target.endsWith(" (deleted)")) continue;
      const found = statOr(`/proc/${pid}/fd/${fd}`);
      if (found === null || seen.has(`${found.dev}:${found.ino}`)) continue;
      seen.add(`${found.dev}:${found.ino}`);
      if (target.startsWith("/dev/shm/")) continue;
      sum[/^\/(?:memfd:|SYSV)/.test(target) ? "memory" : "disk"] += found.blocks * 512;
    }
  return sum;
};

/** Bytes in the sandbox's own /dev/shm, which nothing inside can replace. */
export const devShm = (pid: number): number => {
  const found = orElse(() => statfsSync(`/proc/${pid}/root/dev/shm`), null);
  return found === null ? 0 : (found.blocks - found.bfree) * found.bsize;
};

/** The machine's value, in bytes. */
export const meminfo = (key: string): number => numberIn(readOr("/proc/meminfo"), key) * 1024;

/**
 * The container's memory limit and use in bytes; null if nothing limits it. Caches that the kernel would give back at
 * once do not count as used.
 */
export const container = (groups = "/sys/fs/cgroup", self = "/proc/self/cgroup"): Bounded | null => {
  const said = readOr(self);
  const [path = "", old = ""] = [/^0::(.*)$/m, /^\d+:(?:[\w,]*,)?memory(?:,[\w,]*)?:(.*)$/m].map(
    line => line.exec(said)?.[1],
  );
  // A container sees its own group as the root, whatever the machine calls it.
  const found = [
    ...[join(groups, path), groups].map(dir => boundedIn(dir, NEW)),
    ...[join(groups, "memory", old), join(groups, "memory")].map(dir => boundedIn(dir, OLD)),
  ].filter(bounded => bounded !== null);
  return found.toSorted((one, other) => one.most - one.taken - (other.most - other.taken))[0] ?? null;
};

export interface Bounded {
  readonly most: number;
  readonly taken: number;
}

/** File names of a control group, in version 2 and version 1. */
const NEW = { most: "memory.max", taken: "memory.current", back: "inactive_file" };
const OLD = { most: "memory.limit_in_bytes", taken: "memory.usage_in_bytes", back: "total_inactive_file" };

const boundedIn = (dir: string, names: typeof NEW): Bounded | null => {
  const most = Number.parseInt(readOr(join(dir, names.most)), 10);
  // Without a limit it says `max`, or a number that no machine has.
  if (!Number.isSafeInteger(most) || most <= 0) return null;
  const taken = Number.parseInt(readOr(join(dir, names.taken)), 10);
  const back = Number(
    new RegExp(`^${names.back} (\\d+)$`, "m").exec(readOr(join(dir, "memory.stat")))?.[1] ?? 0,
  );
  return { most, taken: Number.isSafeInteger(taken) ? Math.max(0, taken - back) : 0 };
};

const numberIn = (text: string, key: string): number =>
  Number(new RegExp(`^${key}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);

const orElse = <T>(read: () => T, other: T): T => {
  try {
    return read();
  } catch {
    // It ended meanwhile, or we may not look at it.
    return other;
  }
};
const readOr = (file: string): string => orElse(() => readFileSync(file, "utf8"), "");
const listOr = (directory: string): readonly string[] => orElse(() => readdirSync(directory), []);
const linkOr = (link: string): string => orElse(() => readlinkSync(link), "");
const statOr = (file: string) => orElse(() => statSync(file), null);
