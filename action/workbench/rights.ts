// Root's rights are dropped before anything of a project runs: to /proc and to the kernel, a sandbox's user that is
// root outside is the machine's root. As an ordinary user there is nothing to drop.
import { randomInt } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

export interface Rights {
  readonly uid: number;
  readonly gid: number;
}

/** Nobody's: no distribution hands these out, and they are mapped in containers, whose users end at 65,535. */
const OF_NOBODY_ELSE = { first: 61_000, behind: 65_000 };

/**
 * Whom sandboxes belong to; null where they belong to the harness's own user. Another one each time: what the kernel
 * counts by user, and what users may do to their own, ends at the run.
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
 * Whether the user of the sandboxes can get to a directory and enter it. It is neither the owner nor in the group of
 * anything, so what others may do is what it may do.
 */
export const canEnter = async (directory: string, rights: Rights | null): Promise<boolean> => {
  if (rights === null) return true;
  for (let at = directory; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found === null || (found.mode & 0o001) === 0) return false; // guard: may-enter
    if (dirname(at) === at) return true;
  }
};

/** Whether it can get to a file or directory and read it. */
export const canRead = async (path: string, rights: Rights | null): Promise<boolean> => {
  if (rights === null) return true;
  const found = await stat(path).catch(() => null);
  const wanted = found?.isDirectory() ? 0o005 : 0o004;
  // guard: may-read
  return found !== null && (found.mode & wanted) === wanted && canEnter(dirname(path), rights);
};
