// Tests only: ends the process at its n-th side effect, as a power cut would. A process counts on where an earlier
// one of its kind left off, because one log holds the effects of all of them.
import { appendFileSync, readFileSync } from "node:fs";

/** Called before each effect with what it is. */
export type CrashPoint = (effect: string) => void;

export interface CrashOptions {
  /** `app` or `action`. */
  readonly process: string;
  /** Every effect is a line of this file, written before it happens; absent: nothing is kept. */
  readonly log?: string | undefined;
}

/** `<process>:<n>[,<n>…]`; 0 only keeps the log. Null where the setting is absent or names another process. */
export const crashPoint = (
  setting: string | undefined,
  { process: name, log }: CrashOptions,
): CrashPoint | null => {
  if (!setting?.startsWith(`${name}:`)) return null;
  const at = setting
    .slice(name.length + 1)
    .split(",")
    .map(Number);
  let effects = log === undefined ? 0 : linesOf(log);
  return effect => {
    effects += 1;
    if (log !== undefined) appendFileSync(log, `${effect.replace(/\s+/g, " ").slice(0, 200)}\n`);
    if (at.includes(effects)) process.kill(process.pid, "SIGKILL");
  };
};

const linesOf = (file: string): number => {
  try {
    return readFileSync(file, "utf8").split("\n").length - 1;
  } catch {
    return 0;
  }
};
