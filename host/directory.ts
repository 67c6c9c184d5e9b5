// Makes the directory of a store or a world, and finds out at once whether anything can be kept there.
import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { KinError } from "../core/model/error.ts";

/** `hint`: how to name another directory. Throws `data_directory`. */
export const openDirectory = (directory: string, hint: string): void => {
  try {
    make(resolve(directory));
  } catch (cause) {
    throw refused(`The directory ${directory} cannot be made`, { hint, cause });
  }
  try {
    rmdirSync(mkdtempSync(join(directory, ".kin-")));
  } catch (cause) {
    throw refused(`Nothing can be written in ${directory}`, { hint, cause });
  }
};

/** One by one: Node's `recursive` never ends if the system says that an existing parent is missing. */
const make = (directory: string): void => {
  if (existsSync(directory)) return;
  make(dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    // Somebody else was faster.
    if (codeOf(error) !== "EEXIST") throw error;
  }
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const refused = (
  message: string,
  { hint, cause }: { readonly hint: string; readonly cause: unknown },
): KinError => new KinError(`${message} (${codeOf(cause)}).`, { code: "data_directory", hint, cause });
