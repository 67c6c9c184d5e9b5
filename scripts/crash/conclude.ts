// The result of `npm run crash`: a table, what is missing from it, and whether it is good.
import type { Ending } from "./ending.ts";
import { kindOf, type Point, PROCESSES, type ProcessName, REST } from "./points.ts";
import { type Done, placeOf } from "./worlds.ts";

export interface Conclusion {
  readonly received: Readonly<Record<ProcessName, number>>;
  readonly points: readonly Point[];
  readonly done: readonly Done[];
  readonly expected: Ending;
  /** Whether every point was to be visited. */
  readonly whole: boolean;
  /** What is known about the run, after the verdict. */
  readonly about: string;
}

export const conclude = (conclusion: Conclusion): boolean => {
  const { done, expected, whole, about } = conclusion;
  console.log("");
  console.table(PROCESSES.map(process => rowOf(process, conclusion)));
  const missed = whole ? PROCESSES.flatMap(process => missedBy(process, conclusion)) : [];
  const failures = done.filter(one => one.broken.length > 0);
  for (const line of missed) console.log(`MISSED: ${line}`);
  for (const { of, broken } of failures) console.log(`FAILED ${placeOf(of)}  ${broken[0]?.split("\n")[0]}`);
  const all = `Every world came to the end of the uncrashed one: digest ${expected.digest}.`;
  const some = `${failures.length} of ${done.length} worlds did not come to the end of the uncrashed one (${expected.digest}).`;
  const less = missed.length === 0 ? "" : " Not every point was visited.";
  console.log(`${failures.length === 0 ? all : some}${less} ${about}.`);
  return failures.length === 0 && missed.length === 0;
};

export const unvisited = (points: readonly Point[], done: readonly Done[]): readonly Point[] => {
  const visited = new Set(done.flatMap(one => one.visited));
  return points.filter(point => !visited.has(point));
};

/** Worlds that were to die at this point only, and never reached it: each is an uncrashed story. */
const without = (point: Point, done: readonly Done[]): readonly Done[] =>
  done.filter(({ of }) => of.points.length === 1 && of.points[0] === point);

const rowOf = (process: ProcessName, { received, points, done }: Conclusion) => {
  const own = points.filter(point => point.process === process);
  const of = done.filter(one => one.of.process === process);
  const digests = [...new Set(of.map(one => one.digest))];
  const visited = own.length - unvisited(own, of).length;
  return {
    process,
    "effects received": received[process],
    points: own.length,
    "points visited": visited,
    "of them at rest": of.filter(one => one.visited.some(point => point.name === REST)).length,
    deaths: of.reduce((sum, one) => sum + one.deaths, 0),
    "model calls again": of.reduce((sum, one) => sum + one.again, 0),
    failures: of.filter(one => one.broken.length > 0).length,
    digest: digests.length > 1 ? `${digests.length} different` : (digests[0] ?? "-"),
  };
};

/** What should have been visited and was not. Points that no other uncrashed story has are reported, but not counted. */
const missedBy = (process: ProcessName, { received, points, done }: Conclusion): readonly string[] => {
  const own = points.filter(point => point.process === process);
  const left = unvisited(own, done);
  const visited = own.filter(point => !left.includes(point));
  const kinds = new Set(visited.map(kindOf));
  const isThere = (point: Point) =>
    without(point, done).some(one => one.had >= Number.parseInt(point.name, 10));
  const [missed, alone] = [left.filter(isThere), left.filter(point => !isThere(point))];
  for (const [kind, list] of Map.groupBy(alone, kindOf)) {
    const had = list.flatMap(point => without(point, done).map(one => one.had));
    console.log(
      `${list.length} of ${own.filter(point => kindOf(point) === kind).length} × ${kind}: only the first story had so many, ${had.length} others had ${[...new Set(had)].sort().join(", ")}`,
    );
  }
  return [
    ...missed.map(point => `no ${process} died before ${point.name}, though it came`),
    ...[...new Set(alone.map(kindOf))]
      .filter(kind => !kinds.has(kind))
      .map(kind => `no ${process} died before any ${kind}`),
    ...(visited.length + alone.length < received[process]
      ? [`the ${process} had ${received[process]} effects, but only ${visited.length} points were visited`]
      : []),
  ];
};
