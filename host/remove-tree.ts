// Removes a directory with all that is in it, whatever its permissions.
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";

/** Only once everything that could write there has ended. Directories may be closed against deletion. */
export const removeTree = async (directory: string): Promise<void> => {
  try {
    await rm(directory, { recursive: true, force: true });
  } catch {
    const run = promisify(execFile);
    await run("/bin/chmod", ["-R", "u+rwX", "--", directory], { env: {} }).catch(() => undefined);
    await run("/bin/rm", ["-rf", "--", directory], { env: {} });
  }
};
