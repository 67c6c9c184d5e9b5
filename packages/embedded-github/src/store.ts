// One JSON value in one file: written to a temporary file and renamed, many changes per write. The longer a write
// takes, the longer it waits to collect more changes.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface JsonFile<T> {
  readonly value: T;
  changed(): void;
  flush(): void;
}

const SOON_MS = 25;
/** At most 1/SHARE of the time is spent on writing. */
const SHARE = 50;

export function openJson<T>(file: string, initial: () => T): JsonFile<T> {
  const value = read<T>(file) ?? initial();
  let timer: NodeJS.Timeout | undefined;
  let took = 0;
  const flush = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    const begun = performance.now();
    write(file, value);
    took = performance.now() - begun;
  };
  const changed = (): void => {
    timer ??= setTimeout(flush, Math.max(SOON_MS, took * SHARE));
  };
  return { value, changed, flush };
}

function read<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function write(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const neighbour = `${file}.new`;
  writeFileSync(neighbour, JSON.stringify(value), { mode: 0o600 });
  renameSync(neighbour, file);
}
