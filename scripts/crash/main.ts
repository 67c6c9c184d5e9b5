// `npm run crash`: kills the App and the Action before each of their side effects, and checks whether every world comes
// to the same end as the one that nobody killed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conclude, unvisited } from "./conclude.ts";
import { totalOf } from "./effects.ts";
import { type Point, PROCESSES, type ProcessName, pointsOf, shareOut } from "./points.ts";
import { type Visited, visit } from "./visit.ts";
import { type Done, type Many, visitAll } from "./worlds.ts";

const HELP = `Usage: npm run crash -- [options]

Kills the App (app) or the Action (action) with SIGKILL before its n-th side effect, puts it up again, and compares
where the task ends: tree, commits, pull request, comments, reviews, check, returns, and what the journals mean.
An effect of the App is a committed write to the store or a request that changes something on GitHub; one of the
Action is a request to the model, a claim, an append, a release, a posted review or its report. Heartbeats and
tokens are none. What the App does by the clock (its sweep, looks for lost deliveries) counts while a story lasts.

First several points share a world, far from each other. Those that no world died at, or only at another time of the
story, come again two by two; what is left then has a world of its own.

  --story <name>                  return (the default) or workers, as npm start -- --story has them
  --only <process>[:<n>[,<n>…]]   these points alone, as the uncrashed story counts them
  --sample <n>                    every n-th point
  --deaths <n>                    so many points in one world (8; of the Action 4 at most). 1: one world a point
  --worlds <n>                    worlds at once (3)
  --seed <n>                      where a sample begins, and how long the App stays down (1)
  --sabotage comment              the points around the first comment, without the look before it: has to fail
  --keep                          leave the directories of worlds that went wrong
`;

interface Settings extends Omit<Many, "expected"> {
  readonly only: string | null;
  readonly sample: number;
  readonly deaths: number;
}

const main = async (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> => {
  const cache = mkdtempSync(join(tmpdir(), "kin-crash-cache-"));
  const settings = read(args, { path: env.PATH ?? "/usr/bin:/bin", cache });
  if (settings === null) {
    console.log(HELP);
    return 2;
  }
  try {
    return await crash(settings);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
};

const read = (args: readonly string[], given: Pick<Settings, "path" | "cache">): Settings | null => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      story: { type: "string", default: "return" },
      only: { type: "string" },
      sample: { type: "string", default: "1" },
      deaths: { type: "string", default: "8" },
      worlds: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      sabotage: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { story, only = null, sabotage = null, keep, help } = values;
  const [sample, deaths, worlds, seed] = [values.sample, values.deaths, values.worlds, values.seed].map(
    Number,
  );
  if (help || (only !== null && !/^(app|action)(:\d+(,\d+)*)?$/.test(only))) return null;
  if (sabotage !== null && sabotage !== "comment") return null;
  if (!isCount(sample) || !isCount(deaths) || !isCount(worlds) || !isCount(seed)) return null;
  return {
    ...given,
    story,
    only,
    sample,
    deaths: sabotage === null ? deaths : 1,
    worlds,
    seed,
    sabotage,
    keep,
  };
};

const isCount = (value: number | undefined): value is number => Number.isInteger(value) && Number(value) > 0;

/**
 * How many of the remaining points share a world, round by round. If a point did not come in three uncrashed worlds, it
 * is not a point.
 */
const roundsOf = ({ deaths }: Settings): readonly number[] => [deaths, Math.min(deaths, 2), 1, 1, 1];

const crash = async (settings: Settings): Promise<number> => {
  const begun = performance.now();
  const { only, sample, sabotage, seed } = settings;
  console.log(`The story, uncrashed (seed ${seed}) …`);
  const uncrashed = { ...settings, deaths: null, restart_ms: 0, sabotage: null };
  // If nothing is compiled yet, the App's first look is late enough to find what no other story leaves for it.
  const cold = await visit({ ...uncrashed, expected: null });
  const plain = await visit({ ...uncrashed, expected: cold.ending });
  const received = tellPlain(plain);
  for (const line of plain.broken) console.error(`The uncrashed story does not hold: ${line}`);
  if (plain.broken.length > 0) return 1;
  const points = PROCESSES.flatMap(process => pointsOf(process, plain.effects[process]));
  const wanted = wantedOf(points, settings);
  const many = { ...settings, expected: plain.ending };
  const done: Done[] = [];
  for (const deaths of roundsOf(settings)) {
    const left = unvisited(wanted, done);
    if (left.length === 0) break;
    const worlds = shareOut(left, deaths);
    console.log(`\n${left.length} points in ${worlds.length} worlds`);
    done.push(...(await visitAll(worlds, many)));
  }
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  const about = `${done.length} worlds, ${minutes} min, seed ${seed}`;
  const whole = only === null && sample === 1 && sabotage === null;
  const good = conclude({ received, points, done, expected: plain.ending, whole, about });
  if (sabotage !== null)
    console.log(`Sabotage: ${sabotage}. ${good ? "The harness did NOT see it." : "The harness saw it."}`);
  return good ? 0 : 1;
};

const tellPlain = ({ received, effects, ending, seconds }: Visited): Record<ProcessName, number> => {
  if (received === null) throw new Error("nobody counted");
  const { app, action } = received;
  const counts = {
    app: `${app.github} writes to GitHub, ${app.commits} commits`,
    action: `${action.model} model requests, ${action.claims} claims, ${action.appends} appends, ${action.releases} releases, ${action.github} reviews`,
  };
  const totals = { app: totalOf(app), action: totalOf(action) };
  for (const process of PROCESSES)
    console.log(
      `  ${process.padEnd(7)} ${totals[process]} effects received (${counts[process]}); it named ${effects[process].length} itself`,
    );
  console.log(`  digest  ${ending.digest}, ${seconds.toFixed(1)} s`);
  return totals;
};

/** The writes before and after the record of the first comment. */
const AROUND = 2;

const wantedOf = (points: readonly Point[], settings: Settings): readonly Point[] => {
  const { only, sample, seed, sabotage } = settings;
  if (sabotage !== null) {
    const comment = points.findIndex(({ name }) => /POST .*\/issues\/\{issue_number\}\/comments$/.test(name));
    return points.slice(comment + 1 - AROUND, comment + 2 + AROUND);
  }
  const [process, numbers] = only?.split(":") ?? [];
  const own = points.filter(point => process === undefined || point.process === process);
  if (numbers !== undefined) return own.filter(({ number }) => numbers.split(",").includes(String(number)));
  return own.filter(({ number }) => number % sample === seed % sample);
};

process.exitCode = await main(process.argv.slice(2), process.env);
