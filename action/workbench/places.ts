// Where everything of one bench is on the machine, and whom it belongs to.
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, realpath, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KinError } from "../../core/model/error.ts";
import { removeTree } from "../../host/remove-tree.ts";
import { canEnter, type Rights } from "./rights.ts";

export interface Places {
  readonly dir: string;
  readonly work: string;
  readonly home: string;
  readonly tmp: string;
  /** Written by records: an index and objects. */
  readonly own: string;
}

/** Makes a directory that belongs to the sandboxes' user. */
export const makePlace = async (dir: string, rights: Rights | null): Promise<string> => {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (rights !== null) await chown(dir, rights.uid, rights.gid);
  return dir;
};

export const makePlaces = async (dir: string, rights: Rights | null): Promise<Places> => {
  const places = {
    dir,
    work: join(dir, "work"),
    home: join(dir, "home"),
    tmp: join(dir, "tmp"),
    own: join(dir, "own"),
  };
  for (const place of [dir, places.work, places.home, places.tmp, places.own, join(places.own, "objects")]) {
    await mkdir(place, { recursive: true, mode: 0o700 }); // guard: modes-of-a-bench
    if (rights !== null) await chown(place, rights.uid, rights.gid); // guard: owner-of-a-bench
  }
  return places;
};

/** Fallbacks that the sandboxes' user can reach. */
const ELSEWHERE = ["/var/tmp", "/tmp"];

/**
 * The workbench's own directory: `wanted`, or, if the sandboxes' user cannot reach that, one elsewhere, which `wanted`
 * then points to. Only that user and ours can enter it.
 */
export const makeGround = async (wanted: string, rights: Rights | null): Promise<string> => {
  await mkdir(dirname(wanted), { recursive: true });
  // guard: ground-that-can-be-entered
  if (rights === null || (await canEnter(dirname(wanted), rights))) {
    await mkdir(wanted, { recursive: true, mode: 0o710 }); // guard: mode-of-the-ground
    return ours(await realpath(wanted), rights);
  }
  for (const place of ELSEWHERE) {
    if (!(await canEnter(place, rights))) continue;
    await sweep(place);
    const dir = await mkdtemp(join(place, "kin-ground-")).catch(() => null);
    if (dir === null) continue;
    await rm(wanted, { recursive: true, force: true });
    await symlink(dir, wanted);
    return ours(dir, rights);
  }
  throw new KinError(
    `Kin runs as root, and no directory is open to a user without rights: not ${wanted}, not ${ELSEWHERE.join(", not ")}.`,
    {
      code: "root_refused",
      hint: "Run Kin as an ordinary user, or give it a directory (RUNNER_TEMP, TMPDIR) that others may enter.",
    },
  );
};

/** Removes what killed runs left. No run takes a day; anything younger may belong to another run. */
const sweep = async (place: string): Promise<void> => {
  for (const name of await readdir(place)) {
    if (!LEFT_BEHIND.test(name)) continue;
    const found = await lstat(join(place, name)).catch(() => null);
    // guard: only-ours-is-swept, only-old-is-swept
    if (found?.isDirectory() && found.uid === 0 && Date.now() - found.mtimeMs > DAY_MS)
      await removeTree(join(place, name)).catch(() => undefined);
  }
};

const LEFT_BEHIND = /^kin-ground-[A-Za-z0-9]{6}$/;
const DAY_MS = 24 * 3_600_000;

const ours = async (dir: string, rights: Rights | null): Promise<string> => {
  await mkdir(join(dir, "benches"), { recursive: true });
  if (rights !== null) {
    await chmod(join(dir, "benches"), 0o711); // guard: mode-of-the-benches
    await chown(dir, 0, rights.gid); // guard: group-of-the-ground
    await chmod(dir, 0o710); // guard: mode-of-roots-ground
  }
  return dir;
};
