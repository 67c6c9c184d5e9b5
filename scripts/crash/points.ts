// The points of a story: each effect that a process of the uncrashed one named, and for the App also its rest. A point
// is identified by its kind and its place within that (`3 GitHub POST /…/pulls`), because plain numbers do not match:
// the App does slightly more or less in each world, and more after a restart.
import { existsSync, readFileSync } from "node:fs";
import { effectsOf, type LoggedEffect } from "./crash-point.ts";

export type ProcessName = "app" | "action";

export const PROCESSES: readonly ProcessName[] = ["app", "action"];

export interface Effect extends LoggedEffect {
  /** How many journal writes came before it: how far the story was. */
  readonly place: number;
}

export interface Point extends Pick<Effect, "number" | "name" | "place"> {
  readonly process: ProcessName;
}

/** Where one world's process dies, over all its lives. */
export interface Deaths {
  readonly process: ProcessName;
  readonly points: readonly Point[];
}

export const REST = "at rest";

export const readEffects = (log: string): readonly Effect[] => {
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];
  let place = 0;
  return effectsOf(lines).map(effect => {
    const here = { ...effect, place };
    if (!effect.killed && /INSERT events| append /.test(effect.name)) place += 1;
    return here;
  });
};

/** For the App also one after the last effect; the Action names its end itself. */
export const pointsOf = (process: ProcessName, effects: readonly Effect[]): readonly Point[] => {
  const points = effects.map(({ number, name, place }) => ({ process, number, name, place }));
  const rest = { process, number: points.length + 1, name: REST, place: points.at(-1)?.place ?? 0 };
  return process === "app" ? [...points, rest] : points;
};

export const kindOf = ({ name }: Pick<Point, "name">): string => name.replace(/^\d+ /, "");

/** How many runs a pipeline gets before a person has to look. */
const MOST_RUNS = 4;

/** Points that share a world are as far apart as possible. */
export const shareOut = (points: readonly Point[], deaths: number): readonly Deaths[] =>
  PROCESSES.flatMap(process => {
    const own = points.filter(point => point.process === process);
    const stride = Math.ceil(own.length / (process === "action" ? Math.min(deaths, MOST_RUNS) : deaths));
    return Array.from({ length: stride }, (_, first) => ({
      process,
      points: own.filter((_, index) => index % stride === first),
    }));
  });

/** In journal writes, of which a story has some thirty. */
const NEAR = 4;

/**
 * The points at which the world died; all worlds come to rest. After an earlier death the n-th of a kind may come at
 * another time of the story (each start takes jobs, too), which does not count as a visit. With a single death, a world
 * is the uncrashed one until it dies.
 */
export const visitedIn = ({ points }: Deaths, died: readonly Effect[]): readonly Point[] =>
  points.filter(
    point =>
      point.name === REST ||
      died.some(
        ({ name, place }) =>
          name === point.name && (points.length === 1 || Math.abs(place - point.place) <= NEAR),
      ),
  );
