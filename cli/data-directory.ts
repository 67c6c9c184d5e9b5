// Where a world lives, and which one was the last.
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileOf, openDatabase } from "../app/store/database.ts";
import type { Store } from "../app/store/port.ts";
import { createStore } from "../app/store/store.ts";
import { KinError } from "../core/model/error.ts";
import type { Env } from "./arguments.ts";
import { readStoreState, type StoreAddress } from "./store-state.ts";

/** Only for this copy of Kin: another copy's worlds are none of its business. */
const LAST = join(
  homedir(),
  ".cache",
  "kin",
  `last-world-${createHash("sha256")
    .update(import.meta.dirname)
    .digest("hex")
    .slice(0, 16)}`,
);

/** Commands without --data use the world that was started last, even if it is down. */
export const rememberWorld = (directory: string): void => {
  mkdirSync(dirname(LAST), { recursive: true });
  writeFileSync(LAST, resolve(directory));
};

export const findWorld = (data: string | undefined): string => {
  const directory = data ?? (existsSync(LAST) ? readFileSync(LAST, "utf8").trim() : ".kin");
  if (existsSync(join(directory, "world.json"))) return resolve(directory);
  throw new KinError(`There is no world in ${directory}.`, {
    code: "no_world",
    hint: "Start one with `npm start`, or name its directory with --data.",
  });
};

/** The same, and says which one if nobody named it; on standard error, because a program may read the output. */
export const tellWorld = (data: string | undefined): string => {
  const directory = findWorld(data);
  if (data === undefined) console.error(`The world in ${directory}, started last; --data names another.`);
  return directory;
};

interface FoundStore extends StoreAddress {
  /** Where the store is, even if a copy is read. */
  readonly named: string;
}

/** A world's store or, if none is named, the environment's. Throws `no_store`, because reading creates none. */
export const findStore = (data: string | undefined, env: Env): FoundStore => {
  const address =
    data === undefined && env.KIN_DATABASE_URL
      ? { url: env.KIN_DATABASE_URL, token: env.KIN_DATABASE_TOKEN }
      : { url: `file:${join(tellWorld(data), "kin.db")}` };
  const file = fileOf(address.url);
  const named = address.url;
  if (file === null) return { ...address, named };
  if (!existsSync(file)) throw noStore(named);
  return { ...address, named, url: `file:${readable(file)}` };
};

/** For reading, which migrates nothing. Throws `no_store`, `store_old`. */
export const withStore = async <T>(
  { data, env }: { readonly data: string | undefined; readonly env: Env },
  ask: (store: Store) => Promise<T>,
): Promise<T> => {
  const { named, ...address } = findStore(data, env);
  const { applied, missing } = await readStoreState(address);
  if (applied.length === 0) throw noStore(named);
  if (missing.length > 0) throw oldStore(named, missing);
  const store = createStore(await openDatabase(address));
  try {
    return await ask(store);
  } finally {
    store.close();
  }
};

const oldStore = (url: string, missing: readonly string[]): KinError =>
  new KinError(`The store at ${url} is of an older Kin: it lacks ${missing.join(", ")}.`, {
    code: "store_old",
    hint: `To read changes no tables. \`KIN_DATABASE_URL=${url} npx kin migrate\` brings them up to date, and so does \`kin serve\`, or \`npm start\` for a world.`,
  });

const noStore = (url: string): KinError =>
  new KinError(`There is no store of Kin at ${url}.`, {
    code: "no_store",
    hint: "Check KIN_DATABASE_URL, or name a world's directory with --data. `kin serve` and `kin migrate` make a store.",
  });

/** SQLite writes beside a file even if it only reads it. If it cannot, and nobody is at work there, a copy is read. */
const readable = (file: string): string => {
  try {
    accessSync(dirname(file), constants.W_OK);
    return file;
  } catch {
    if (existsSync(`${file}-shm`)) return file;
  }
  const directory = mkdtempSync(join(tmpdir(), "kin-read-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  for (const end of ["", "-wal"])
    if (existsSync(file + end)) copyFileSync(file + end, join(directory, `kin.db${end}`));
  return join(directory, "kin.db");
};
