// Ends the process before its n-th side effect, as a power cut would. One log holds the effects of all processes of a
// kind, across all their lives, so that each continues the count of the others.
import { appendFileSync, readFileSync } from "node:fs";

/** Called before each effect, with its description. */
export type CrashPoint = (effect: string) => void;

/** An effect as written in its log. */
export interface LoggedEffect {
  /** Counted over all effects so far, including this one. */
  readonly number: number;
  /** `<n> <kind>`: the n-th of its kind. Different worlds keep step only roughly, but better so within each kind. */
  readonly name: string;
  /** Its process died before it: it did not happen, and the next life repeats its number and name. */
  readonly killed: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const KILLED = "killed before ";

/**
 * CRASH_LOG names a file with a line for each effect, written before it happens; CRASH_AT the points
 * (`<point>[,<point>…]`), each a number or a name that kills once.
 */
export const crashPoint = ({ CRASH_LOG: log, CRASH_AT = "" }: Environment): CrashPoint => {
  if (log === undefined) throw new Error("CRASH_LOG names no file");
  const points = CRASH_AT.split(",");
  return effect => {
    const kind = kindOf(effect);
    const effects = effectsOf([...linesOf(log), kind]);
    const next = effects.at(-1) as LoggedEffect;
    const isSpent = (point: string) => effects.some(one => one.killed && isAt(one, point));
    const dies = points.some(point => isAt(next, point) && !isSpent(point));
    appendFileSync(log, `${dies ? KILLED : ""}${kind}\n`);
    if (dies) process.kill(process.pid, "SIGKILL");
  };
};

export const effectsOf = (lines: readonly string[]): readonly LoggedEffect[] => {
  const happened = new Map<string, number>();
  let number = 1;
  return lines.map(line => {
    const killed = line.startsWith(KILLED);
    const kind = killed ? line.slice(KILLED.length) : line;
    const nth = (happened.get(kind) ?? 0) + 1;
    const effect = { number, name: `${nth} ${kind}`, killed };
    if (!killed) {
      happened.set(kind, nth);
      number += 1;
    }
    return effect;
  });
};

const isAt = ({ number, name }: LoggedEffect, point: string): boolean =>
  point === name || point === String(number);

/** Without what differs from world to world: hashes, ids of deliveries and tokens, run ids, ports. */
const kindOf = (effect: string): string =>
  effect
    .replace(/[,\s]+/g, " ")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "#")
    .replace(/\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/g, "#")
    .replace(/(?<![\w-])\d{4,}(?![\w-])/g, "#")
    .slice(0, 200);

const linesOf = (file: string): readonly string[] => {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
};
