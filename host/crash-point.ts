// Tests only: ends the process at its n-th side effect, as a power cut would. One log holds the effects of all
// processes of a kind, in all their lives, so that each counts on where the others are.
import { appendFileSync, readFileSync } from "node:fs";

/** Called before each effect with what it is. */
export type CrashPoint = (effect: string) => void;

export interface CrashOptions {
  /** `app` or `action`. */
  readonly process: string;
  /** Every effect is a line of this file, written before it happens; absent: nothing is kept. */
  readonly log?: string | undefined;
}

/** An effect as its log has it. */
export interface LoggedEffect {
  /** Of all that happened before, and this. */
  readonly number: number;
  /** `<n> <kind>`: the n-th of its kind. Worlds are not in step, but nearly so in each kind. */
  readonly name: string;
  /** Its process died before it: it did not happen, and the next life has its number and name again. */
  readonly killed: boolean;
}

const KILLED = "killed before ";

/**
 * `<process>:<point>[,<point>…]`. A point is a number or a name, and kills once; 0 only keeps the log. Null where
 * the setting is absent or names another process.
 */
export const crashPoint = (
  setting: string | undefined,
  { process: name, log }: CrashOptions,
): CrashPoint | null => {
  if (!setting?.startsWith(`${name}:`)) return null;
  const points = setting.slice(name.length + 1).split(",");
  const kept: string[] = [];
  return effect => {
    const lines = log === undefined ? kept : linesOf(log);
    const kind = kindOf(effect);
    const effects = effectsOf([...lines, kind]);
    const next = effects.at(-1) as LoggedEffect;
    const isSpent = (point: string) => effects.some(one => one.killed && isAt(one, point));
    const dies = points.some(point => isAt(next, point) && !isSpent(point));
    const line = dies ? `${KILLED}${kind}` : kind;
    if (log === undefined) kept.push(line);
    else appendFileSync(log, `${line}\n`);
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
