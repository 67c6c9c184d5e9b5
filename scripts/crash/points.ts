// The points of a story: each effect that a process of the uncrashed one named, and for the App its rest. A point is
// known by its kind and its place in it (`3 GitHub POST /…/pulls`), because numbers alone are not in step: the App
// does a little more or less in each world, and more where it was put up again.
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

/** For the App one after the last effect, too; the Action names its end itself. */
export const pointsOf = (process: ProcessName, effects: readonly Effect[]): readonly Point[] => {
  const points = effects.map(({ number, name, place }) => ({ process, number, name, place }));
  const rest = { process, number: points.length + 1, name: REST, place: points.at(-1)?.place ?? 0 };
  return process === "app" ? [...points, rest] : points;
};

export const kindOf = ({ name }: Pick<Point, "name">): string => name.replace(/^\d+ /, "");

/** A pipeline is given so many runs before a person has to look. */
const MOST_RUNS = 4;

/** Points that share a world lie as far from each other as they can. */
export const shareOut = (points: readonly Point[], deaths: number): readonly Deaths[] =>
  PROCESSES.flatMap(process => {
    const own = points.filter(point => point.process === process);
    const stride = Math.ceil(own.length / (process === "action" ? Math.min(deaths, MOST_RUNS) : deaths));
    return Array.from({ length: stride }, (_, first) => ({
      process,
      points: own.filter((_, index) => index % stride === first),
    }));
  });

/** So many journal writes of some thirty. */
const NEAR = 4;

/**
 * The points at which the world died; the rest comes to every world. After an earlier death the n-th of a kind may come at another time of the
 * story (jobs are taken at each start, too): that is no visit. Alone, a world is the uncrashed one until it dies.
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
