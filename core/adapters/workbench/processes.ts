// What the processes of a sandbox hold, as the machine sees them: memory that is theirs alone, memory that is shared,
// and files that have no name any more. What cannot be read is not counted here.
import { readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";

export interface Process {
  readonly pid: number;
  readonly threads: number;
  /** Bytes. What it shares with others since a fork, or maps with them, counts in each of them. */
  readonly anonymous: number;
  readonly shared: number;
}

/** All processes of a PID namespace descend from its first; `pid` is that one, as the machine counts. */
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

/** The same process, with what it shares counted in part: takes longer. */
export const exactly = (process: Process): Process => {
  const rollup = readOr(`/proc/${process.pid}/smaps_rollup`);
  if (rollup === "") return process;
  const [anonymous, shared] = [numberIn(rollup, "Pss_Anon"), numberIn(rollup, "Pss_Shmem")];
  return { ...process, anonymous: anonymous * 1024, shared: shared * 1024 };
};

export interface Nameless {
  /** Bytes of files in memory that somebody has open, mapped or not; those of /dev/shm are not among them. */
  readonly memory: number;
  /** Bytes on the disk of files that were deleted while somebody has them open. */
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

/** Bytes in the sandbox's own /dev/shm, which nothing in it can replace. */
export const devShm = (pid: number): number => {
  const found = orElse(() => statfsSync(`/proc/${pid}/root/dev/shm`), null);
  return found === null ? 0 : (found.blocks - found.bfree) * found.bsize;
};

/** Of the machine, in bytes. */
export const meminfo = (key: string): number => numberIn(readOr("/proc/meminfo"), key) * 1024;

const numberIn = (text: string, key: string): number =>
  Number(new RegExp(`^${key}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);

const orElse = <T>(read: () => T, other: T): T => {
  try {
    return read();
  } catch {
    // It ended in between, or is not ours to look at.
    return other;
  }
};
export const readOr = (file: string): string => orElse(() => readFileSync(file, "utf8"), "");
const listOr = (directory: string): readonly string[] => orElse(() => readdirSync(directory), []);
const linkOr = (link: string): string => orElse(() => readlinkSync(link), "");
const statOr = (file: string) => orElse(() => statSync(file), null);
