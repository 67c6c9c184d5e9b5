// Plays one kind of attack of the corpus, reports progress, and returns what got through.
import { playRequests } from "../../tests/app/requests/play.ts";
import { openServed } from "../../tests/app/served.ts";
import { aWorkbench, closeAll } from "../../tests/workbench/kit.ts";
import { countEscapes } from "../../tests/workbench/tricks/escape-runs.ts";
import { createRandom } from "../../tests/workbench/tricks/random.ts";
import { swapLinks } from "../../tests/workbench/tricks/swap.ts";
import { playTricks } from "../../tests/workbench/tricks/trick.ts";
import { LEGS, type Leg } from "../../tests/workbench/tricks/variant.ts";

export type Kind = "tricks" | "swaps" | "escapes" | "requests";

export interface Sizes {
  readonly tricks: number;
  readonly swaps: number;
  /** Runs with a single leg, or none. */
  readonly legs: number;
  /** Runs with all legs, as each user. */
  readonly whole: number;
  readonly requests: number;
}

export const sizesOf = (full: boolean): Sizes =>
  full
    ? { tricks: 1_000, swaps: 10_000, legs: 20, whole: 50, requests: 50_000 }
    : { tricks: 100, swaps: 1_000, legs: 2, whole: 5, requests: 5_000 };

export interface Settings {
  readonly seed: number;
  readonly sizes: Sizes;
}

export const play = async (kind: Kind, settings: Settings): Promise<readonly string[]> => {
  const began = performance.now();
  try {
    const { told, failures } = await PLAYS[kind](settings);
    console.log(`${kind}: ${told}, ${failures.length} failures, ${since(began)}`);
    for (const failure of failures) console.error(`  ${failure}`);
    return failures;
  } finally {
    await closeAll();
  }
};

interface Outcome {
  readonly told: string;
  readonly failures: readonly string[];
}

const tricks = async ({ seed, sizes }: Settings): Promise<Outcome> => {
  const stand = await aWorkbench({ "a.txt": "a\n", "sub/b.txt": "b\n" });
  const { played, failures } = await playTricks(await stand.open(), {
    stand,
    random: createRandom(seed),
    count: sizes.tricks,
    each: sometimes(
      ({ played, failures }) => `tricks: ${played} of ${sizes.tricks}, ${failures.length} failures`,
    ),
  });
  return { told: `${played} commands`, failures };
};

const swaps = async ({ seed, sizes }: Settings): Promise<Outcome> => {
  const { swapped, failures } = await swapLinks({
    random: createRandom(seed),
    count: sizes.swaps,
    each: sometimes(
      ({ swapped, failures }) => `swaps: ${swapped} of ${sizes.swaps}, ${failures.length} failures`,
    ),
  });
  return { told: `${swapped} links`, failures };
};

interface Row {
  readonly name: string;
  readonly without: readonly Leg[];
  readonly runs: number;
  readonly user: number | null;
  readonly escapes: boolean;
}

/** An ordinary user to become, if we are not one. */
const ORDINARY = 1500;

const rowsOf = ({ legs, whole }: Sizes): readonly Row[] => {
  const root = process.getuid?.() === 0;
  const row = { user: null, escapes: false, runs: legs };
  return [
    // A race that four runs in five win.
    { ...row, name: "nothing", without: LEGS, escapes: true, runs: Math.max(legs, 6) },
    ...LEGS.map(leg => ({ ...row, name: `only ${leg}`, without: LEGS.filter(other => other !== leg) })),
    { ...row, name: "the whole", without: [], runs: whole },
    ...(root
      ? [{ ...row, name: "the whole, as an ordinary user", without: [], runs: whole, user: ORDINARY }]
      : []),
  ];
};

/** For each bench. */
const TURNS = 4;

const escapes = async ({ sizes }: Settings): Promise<Outcome> => {
  const failures: string[] = [];
  const told: string[] = [];
  for (const { name, without, user, escapes, runs } of rowsOf(sizes)) {
    let run = 0;
    const tell = sometimes((n: number) => `escapes: ${name}, ${n} of ${runs}`);
    const counts = await countEscapes({
      without,
      runs,
      user,
      turns: TURNS,
      stop: false,
      each: () => tell(++run),
    });
    const line = `${name}: ${counts.escaped} of ${counts.runs} escaped (${counts.ran} ran, ${counts.written} wrote git's directory, ${counts.outlived} outlived a call)`;
    console.log(`  ${line}`);
    told.push(`${name} ${counts.escaped}/${counts.runs}`);
    if (counts.escaped > 0 !== escapes) failures.push(line);
  }
  return { told: told.join(", "), failures };
};

/**
 * Limits: by how many MiB the App may grow, and in how many milliseconds `/healthz` must respond, under load and on a
 * quiet machine.
 */
const MOST = { grown: 64, slowest: 250 };

const requests = async ({ seed, sizes }: Settings): Promise<Outcome> => {
  const served = await openServed();
  try {
    const { sent, signed, grown, slowest, failures } = await playRequests(served, {
      seed,
      count: sizes.requests,
      each: sometimes(sent => `requests: ${sent} of ${sizes.requests}`),
    });
    const figures = `memory +${grown.toFixed(0)} MiB (below ${MOST.grown}), /healthz in ${slowest.toFixed(0)} ms at most (below ${MOST.slowest})`;
    const told = `${sent} requests, ${signed} signed and taken, ${figures}`;
    const isOver = grown >= MOST.grown || slowest >= MOST.slowest;
    return { told, failures: [...failures, ...(isOver ? [figures] : [])] };
  } finally {
    await served.close();
  }
};

const PLAYS: Readonly<Record<Kind, (settings: Settings) => Promise<Outcome>>> = {
  tricks,
  swaps,
  escapes,
  requests,
};

const EVERY_MS = 5_000;

/** Prints at most once every few seconds. */
const sometimes = <T>(line: (value: T) => string): ((value: T) => void) => {
  let last = performance.now();
  return value => {
    if (performance.now() - last < EVERY_MS) return;
    last = performance.now();
    console.log(`  ${line(value)}`);
  };
};

const since = (began: number): string => `${Math.round((performance.now() - began) / 1000)} s`;
