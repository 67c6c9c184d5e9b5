// `npm run crash`: kills the App and the Action before each of their side effects, one world a point, and looks
// whether every world comes to the same end as the one that nobody killed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { totalOf } from "./effects.ts";
import type { Ending } from "./ending.ts";
import { type Deaths, type ProcessName, type Visited, visit } from "./visit.ts";

const HELP = `Usage: npm run crash -- [options]

Kills the App (app) or the Action (action) with SIGKILL before its n-th side effect, puts it up again, and compares
where the task ends: tree, commits, pull request, comments, reviews, check, returns, and what the journals mean.
An effect of the App is a committed write to the store or a request that changes something on GitHub; one of the
Action is a request to the model, a claim, an append, a release, a posted review or its report. Heartbeats and
tokens are none. What the App does by the clock (its sweep, looks for lost deliveries) counts while a story lasts.

  --only <process>[:<n>[,<n>…]]   these points alone
  --sample <n>                    every n-th point
  --deaths <n>                    so many points in one world, far from each other (1; of the Action 4 at most)
  --worlds <n>                    worlds at once (3)
  --seed <n>                      where a sample begins, and how long the App stays down (1)
  --sabotage comment              the points around the first comment, without the look before it: has to fail
  --keep                          leave the directories of worlds that went wrong
`;

const PROCESSES: readonly ProcessName[] = ["app", "action"];

interface Settings {
  readonly only: string | null;
  readonly sample: number;
  readonly deaths: number;
  readonly worlds: number;
  readonly seed: number;
  readonly sabotage: "comment" | null;
  readonly keep: boolean;
  readonly path: string;
  readonly cache: string;
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
  const begun = performance.now();
  try {
    console.log(`The story, uncrashed (seed ${settings.seed}) …`);
    const plain = await visit({ ...settings, deaths: null, restart_ms: 0, sabotage: null });
    const lines = tellPlain(plain);
    if (plain.broken.length > 0) return fail(plain.broken);
    const planned = PROCESSES.map(name => plan(name, plain.effects[name], settings));
    console.log(
      `${planned.map(p => `${p.points} points of the ${p.name} in ${p.worlds.length} worlds`).join(", ")}\n`,
    );
    const done = await visitAll(
      planned.flatMap(p => p.worlds),
      { settings, plain },
    );
    const minutes = (performance.now() - begun) / 60_000;
    return conclude({ done, plain, settings, lines, minutes });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
};

const read = (args: readonly string[], given: Pick<Settings, "path" | "cache">): Settings | null => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      sample: { type: "string", default: "1" },
      deaths: { type: "string", default: "1" },
      worlds: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      sabotage: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { only, sabotage, keep } = values;
  const [sample, deaths, worlds, seed] = [values.sample, values.deaths, values.worlds, values.seed].map(
    Number,
  );
  if (values.help || (only !== undefined && !/^(app|action)(:\d+(,\d+)*)?$/.test(only))) return null;
  if (sabotage !== undefined && sabotage !== "comment") return null;
  if (!isCount(sample) || !isCount(deaths) || !isCount(worlds) || !isCount(seed)) return null;
  return { ...given, only: only ?? null, sample, deaths, worlds, seed, sabotage: sabotage ?? null, keep };
};

const isCount = (value: number | undefined): value is number => Number.isInteger(value) && Number(value) > 0;

interface Counted {
  readonly name: ProcessName;
  readonly received: string;
  readonly total: number;
}

const tellPlain = ({ received, effects, ending, seconds }: Visited): readonly Counted[] => {
  if (received === null) throw new Error("nobody counted");
  const { app, action } = received;
  const counted: readonly Counted[] = [
    { name: "app", received: `${app.github} writes to GitHub, ${app.commits} commits`, total: totalOf(app) },
    {
      name: "action",
      received: `${action.model} model requests, ${action.claims} claims, ${action.appends} appends, ${action.releases} releases, ${action.github} reviews`,
      total: totalOf(action),
    },
  ];
  for (const { name, received, total } of counted)
    console.log(
      `  ${name.padEnd(7)} ${total} effects received (${received}); it named ${effects[name].length} itself`,
    );
  console.log(`  digest  ${ending.digest}, ${seconds.toFixed(1)} s`);
  return counted;
};

interface Planned {
  readonly name: ProcessName;
  readonly points: number;
  readonly worlds: readonly Deaths[];
}

/** A pipeline is given so many runs before a person has to look. */
const MOST_RUNS = 4;

/** Points that share a world lie as far from each other as they can. */
const plan = (name: ProcessName, effects: readonly string[], settings: Settings): Planned => {
  const points = pointsOf(name, effects, settings);
  const stride = Math.ceil(
    points.length / (name === "action" ? Math.min(settings.deaths, MOST_RUNS) : settings.deaths),
  );
  const worlds = Array.from({ length: stride }, (_, first) => ({
    process: name,
    at: points.filter((_, index) => index % stride === first),
  }));
  return { name, points: points.length, worlds };
};

/** For the App one behind the last effect, too; the Action names its end itself. */
const pointsOf = (
  name: ProcessName,
  effects: readonly string[],
  { only, sample, seed, sabotage }: Settings,
): readonly number[] => {
  const [process, given] = only?.split(":") ?? [name];
  if (process !== name || (sabotage !== null && name !== "app")) return [];
  if (given !== undefined) return given.split(",").map(Number);
  const count = effects.length + (name === "app" ? 1 : 0);
  const all = Array.from({ length: count }, (_, index) => index + 1);
  if (sabotage === null) return all.filter(n => n % sample === seed % sample);
  const record = effects.findIndex(effect => /POST .*\/issues\/\{issue_number\}\/comments$/.test(effect)) + 2;
  return all.filter(n => Math.abs(n - record) <= AROUND);
};

/** Worlds are not in step: what is the 30th effect in one is the 31st in another. */
const AROUND = 2;

interface Done {
  readonly deaths: Deaths;
  readonly died: Visited["died"];
  readonly digest: string;
  readonly broken: readonly string[];
}

interface All {
  readonly settings: Settings;
  readonly plain: Visited;
}

const visitAll = async (worlds: readonly Deaths[], { settings, plain }: All): Promise<readonly Done[]> => {
  const left = [...worlds];
  const done: Done[] = [];
  const lane = async (): Promise<void> => {
    for (let deaths = left.shift(); deaths !== undefined; deaths = left.shift()) {
      const { visited, seconds } = await visitOne(deaths, settings);
      const one = judge(deaths, visited, plain.ending);
      done.push(one);
      const verdict = one.broken.length === 0 ? "ok" : "FAILED";
      const what = one.died.map(effect => effect ?? "(at rest)").join(" | ");
      const place = `${deaths.process}:${deaths.at.join(",")}`;
      console.log(
        `${String(done.length).padStart(4)}/${worlds.length}  ${place.padEnd(12)} ${seconds.toFixed(1).padStart(5)} s  ${verdict}  ${what.slice(0, 120)}`,
      );
      for (const line of one.broken) console.log(`      ${line}`);
    }
  };
  await Promise.all(Array.from({ length: settings.worlds }, lane));
  return done;
};

const visitOne = async (deaths: Deaths, settings: Settings) => {
  const begun = performance.now();
  // A little different at every point, the same for a seed.
  const restart_ms = ((deaths.at[0] ?? 0) * 37 * settings.seed) % 400;
  const visited = await visit({ ...settings, deaths, restart_ms }).catch((error: unknown) => error as Error);
  return { visited, seconds: (performance.now() - begun) / 1000 };
};

const judge = (deaths: Deaths, visited: Visited | Error, expected: Ending): Done => {
  if (visited instanceof Error)
    return {
      deaths,
      died: [],
      digest: "-",
      broken: [`the world broke: ${visited.stack ?? visited.message}`],
    };
  const { died, broken, ending } = visited;
  const differs =
    ending.digest === expected.digest ? [] : [`another end:\n${differenceOf(expected.text, ending.text)}`];
  return { deaths, died, digest: ending.digest, broken: [...broken, ...differs] };
};

const SHOWN = 6;

const differenceOf = (expected: string, found: string): string => {
  const lines = { expected: new Set(expected.split("\n")), found: new Set(found.split("\n")) };
  const gone = [...lines.expected]
    .filter(line => !lines.found.has(line))
    .map(line => `      - ${line.trim()}`);
  const more = [...lines.found]
    .filter(line => !lines.expected.has(line))
    .map(line => `      + ${line.trim()}`);
  const shown = [...gone.slice(0, SHOWN), ...more.slice(0, SHOWN)];
  return shown.length === 0
    ? "      the same lines in another order, or another number of them"
    : shown.join("\n");
};

interface Conclusion extends All {
  readonly done: readonly Done[];
  readonly lines: readonly Counted[];
  readonly minutes: number;
}

const conclude = ({ done, plain, settings, lines, minutes }: Conclusion): number => {
  const rows = lines.map(({ name, total }) => {
    const of = done.filter(one => one.deaths.process === name);
    const died = of.flatMap(one => one.died);
    const rest = name === "app" ? died.filter(effect => effect === null).length : 0;
    const visited = died.filter(effect => effect !== null).length + rest;
    const digests = new Set(of.map(one => one.digest));
    return {
      process: name,
      "effects received": total,
      "points visited": visited,
      "of them at rest": rest,
      failures: of.filter(one => one.broken.length > 0).length,
      digest:
        digests.size === 0
          ? "-"
          : digests.size === 1
            ? ([...digests][0] as string)
            : `${digests.size} different`,
    };
  });
  console.log("");
  console.table(rows);
  const failures = done.filter(one => one.broken.length > 0);
  const complete = settings.only === null && settings.sample === 1 && settings.sabotage === null;
  for (const name of PROCESSES) tellUnvisited(name, { done, plain, settings });
  const missed = complete ? rows.filter(row => row["points visited"] < row["effects received"]) : [];
  for (const row of missed)
    console.log(
      `The ${row.process} had ${row["effects received"]} effects, but only ${row["points visited"]} points were visited.`,
    );
  for (const { deaths, broken } of failures)
    console.log(`FAILED ${deaths.process}:${deaths.at.join(",")}  ${broken[0]?.split("\n")[0]}`);
  const good = failures.length === 0 && missed.length === 0;
  const what = `${done.length} worlds, ${minutes.toFixed(1)} min, seed ${settings.seed}`;
  console.log(
    good
      ? `Every world came to the end of the uncrashed one: digest ${plain.ending.digest}. ${what}.`
      : `${failures.length} of ${done.length} worlds did not come to the end of the uncrashed one (${plain.ending.digest}). ${what}.`,
  );
  if (settings.sabotage !== null)
    console.log(
      `Sabotage: ${settings.sabotage}. ${good ? "The harness did NOT see it." : "The harness saw it."}`,
    );
  return good ? 0 : 1;
};

/** Worlds are not in step, so that every number can be visited and still no world die before a rare effect. */
const tellUnvisited = (
  name: ProcessName,
  { done, plain, settings }: Pick<Conclusion, "done" | "plain" | "settings">,
) => {
  const all = settings.only === null || settings.only === name;
  if (!all || settings.sample > 1 || settings.sabotage !== null) return;
  const died = new Set(done.flatMap(one => one.died).map(effect => kindOf(effect ?? "")));
  const missed = [...new Set(plain.effects[name].map(kindOf))].filter(kind => !died.has(kind));
  if (missed.length > 0) console.log(`No ${name} died before: ${missed.join(" | ")}`);
};

const kindOf = (effect: string): string =>
  effect.replace(/\b(delivery|jti|notice:\w+):\S+/g, "$1").replace(/\d+/g, "#");

const fail = (broken: readonly string[]): number => {
  for (const line of broken) console.error(`The uncrashed story does not hold: ${line}`);
  return 1;
};

process.exitCode = await main(process.argv.slice(2), process.env);
