// One JSON value in one file: written to a neighbour and renamed, many changes in one write.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface JsonFile<T> {
  readonly value: T;
  changed(): void;
  flush(): void;
}

export function openJson<T>(file: string, initial: () => T): JsonFile<T> {
  const value = read<T>(file) ?? initial();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    write(file, value);
  };
  const changed = (): void => {
    timer ??= setTimeout(flush, 25);
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
