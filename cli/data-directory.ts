// Where a world lives, and which one was the last.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { openDatabase } from "../core/adapters/libsql/database.ts";
import { createStore } from "../core/adapters/libsql/store.ts";
import { KinError } from "../core/model/error.ts";
import type { Store } from "../core/ports.ts";

const LAST = join(homedir(), ".cache", "kin", "last-world");

/** Commands that take no --data use the world that was started last, also when it is down. */
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

/** A world's store; without one that is named, the environment's. */
export const openStore = async (
  data: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Store> => {
  const url =
    data === undefined && env.KIN_DATABASE_URL
      ? env.KIN_DATABASE_URL
      : `file:${join(findWorld(data), "kin.db")}`;
  return createStore(await openDatabase({ url, token: env.KIN_DATABASE_TOKEN }));
};
