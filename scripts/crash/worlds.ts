// Many worlds, a few at a time.
import type { Ending } from "./ending.ts";
import { type Deaths, kindOf } from "./points.ts";
import { type Visited, type VisitOptions, visit } from "./visit.ts";

export interface Done extends Pick<Visited, "visited" | "deaths" | "again" | "broken"> {
  readonly of: Deaths;
  /** How many effects of its first point's kind it had. */
  readonly had: number;
  readonly digest: string;
}

export interface Many extends Omit<VisitOptions, "deaths" | "restart_ms"> {
  readonly worlds: number;
  readonly seed: number;
  readonly expected: Ending;
}

export const visitAll = async (worlds: readonly Deaths[], many: Many): Promise<readonly Done[]> => {
  const left = [...worlds];
  const done: Done[] = [];
  const lane = async (): Promise<void> => {
    for (let deaths = left.shift(); deaths !== undefined; deaths = left.shift()) {
      const begun = performance.now();
      const one = await visitOne(deaths, many);
      done.push(one);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      tell(one, `${String(done.length).padStart(4)}/${worlds.length}  ${seconds.padStart(5)} s`);
    }
  };
  await Promise.all(Array.from({ length: many.worlds }, lane));
  return done;
};

/** `app:3,45`, as `--only` takes it. */
export const placeOf = ({ process, points }: Deaths): string =>
  `${process}:${points.map(point => point.number).join(",")}`;

const tell = ({ of, visited, broken }: Done, head: string): void => {
  const verdict = broken.length === 0 ? "ok" : "FAILED";
  const what = visited.map(point => point.name).join(" | ");
  const count = `${visited.length} of ${of.points.length}`;
  console.log(`${head}  ${placeOf(of).padEnd(12)}  ${verdict}  died at ${count}: ${what.slice(0, 100)}`);
  for (const line of broken) console.log(`      ${line}`);
};

const visitOne = async (deaths: Deaths, { seed, ...options }: Many): Promise<Done> => {
  // Slightly different in every world, but the same for a seed.
  const restart_ms = ((deaths.points[0]?.number ?? 0) * 37 * seed) % 400;
  try {
    const { ending, ...visited } = await visit({ ...options, deaths, restart_ms });
    return { ...visited, of: deaths, had: hadOf(deaths, visited), digest: ending.digest };
  } catch (error) {
    const { stack, message } = error as Error;
    const broken = [`the world broke: ${stack ?? message}`];
    return { of: deaths, visited: [], deaths: 0, again: 0, had: 0, digest: "-", broken };
  }
};

const hadOf = ({ process, points }: Deaths, { effects }: Pick<Visited, "effects">): number => {
  const kinds = new Set(points.slice(0, 1).map(kindOf));
  return effects[process].filter(effect => !effect.killed && kinds.has(kindOf(effect))).length;
};
