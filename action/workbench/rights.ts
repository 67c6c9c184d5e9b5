// Root's rights are dropped before anything of a project runs: to /proc and to the kernel, a sandbox user that is root
// outside is the machine's root. An ordinary user has nothing to drop.
import { randomInt } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

export interface Rights {
  readonly uid: number;
  readonly gid: number;
}

/** No distribution hands out these ids, and they are mapped in containers, whose users end at 65,535. */
const OF_NOBODY_ELSE = { first: 61_000, behind: 65_000 };

/**
 * The user that sandboxes belong to; null if that is the harness's own. A new one for each run, so that what the kernel
 * counts per user, and what users may do to their own processes, ends with the run.
 */
// guard: rights-of-root
export const rightsOfSandboxes = (): Rights | null =>
  process.getuid?.() === 0 ? ofNobodyElse(usersOfProcesses()) : null;

export const ofNobodyElse = (busy: ReadonlySet<number | undefined>): Rights => {
  const { first, behind } = OF_NOBODY_ELSE;
  const free = Array.from({ length: behind - first }, (_, at) => first + at).filter(id => !busy.has(id)); // guard: user-of-its-own
  const id = free[randomInt(free.length)] as number;
  return { uid: id, gid: id };
};

export const usersOfProcesses = (): ReadonlySet<number | undefined> =>
  new Set(
    readdirSync("/proc")
      .filter(name => /^\d+$/.test(name))
      .map(pid => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid),
  );

/**
 * Whether the sandboxes' user can reach a directory and enter it. It owns nothing and is in no group, so the
 * permissions for others decide.
 */
export const canEnter = async (directory: string, rights: Rights | null): Promise<boolean> => {
  if (rights === null) return true;
  for (let at = directory; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found === null || (found.mode & 0o001) === 0) return false; // guard: may-enter
    if (dirname(at) === at) return true;
  }
};

/** Whether the sandboxes' user can reach a file or directory and read it. */
export const canRead = async (path: string, rights: Rights | null): Promise<boolean> => {
  if (rights === null) return true;
  const found = await stat(path).catch(() => null);
  const wanted = found?.isDirectory() ? 0o005 : 0o004;
  // guard: may-read
  return found !== null && (found.mode & wanted) === wanted && canEnter(dirname(path), rights);
};
