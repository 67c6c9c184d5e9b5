// Numbering under kills: `node tests/store/kill.ts --store file|sqld [--rows 1600] [--writers 8] [--kills 20] [--seed
// 1]`. Processes write the returns of one task; some are killed at random moments and replaced. Prints one line of
// figures; exits with 1 if a number is missing or duplicated, or an acknowledged return is lost.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { aStarted, openStore, removeTemporary, startServer, temporary } from "./kit.ts";

interface KillOptions {
  readonly store: "file" | "sqld";
  readonly rows: number;
  readonly writers: number;
  readonly kills: number;
  readonly seed: number;
}

interface Figures {
  readonly rows: number;
  readonly kills: number;
  readonly acknowledged: number;
  /** Written by a process that was killed before it could report it. */
  readonly unsaid: number;
  readonly retries: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly seconds: number;
  /** What must be empty. */
  readonly wrong: readonly string[];
}

export const killWriters = async (options: KillOptions): Promise<Figures> => {
  const server = options.store === "sqld" ? await startServer() : null;
  const url = server?.url ?? `file:${join(temporary(), "kin.db")}`;
  const { store, database } = await openStore({ url });
  try {
    const { task } = await aStarted(store);
    const begun = performance.now();
    const written = await write(url, { ...options, task: task.id });
    const seconds = (performance.now() - begun) / 1_000;
    const stored = await database.all(
      "SELECT source, return_number FROM task_returns ORDER BY return_number",
    );
    const count = (await store.task(task.id))?.return_count;
    const ms = written.ms.toSorted((a, b) => a - b);
    const at = (share: number) => ms[Math.floor(ms.length * share)] ?? 0;
    return {
      rows: stored.length,
      kills: written.kills,
      acknowledged: written.numbers.size,
      unsaid: written.unsaid,
      retries: written.retries,
      p50_ms: at(0.5),
      p99_ms: at(0.99),
      seconds,
      wrong: faultsOf({ options, written, stored, count }),
    };
  } finally {
    store.close();
    await server?.kill();
  }
};

interface Written {
  /** The number that each source was told; 0 if it was recorded by a predecessor that was killed. */
  readonly numbers: Map<string, number>;
  readonly ms: number[];
  kills: number;
  unsaid: number;
  retries: number;
}

type Child = ChildProcessByStdio<null, Readable, null>;

const write = async (
  url: string,
  { rows, writers, kills, seed, task }: KillOptions & { readonly task: number },
): Promise<Written> => {
  const random = randomOf(seed);
  const written: Written = { numbers: new Map(), ms: [], kills: 0, unsaid: 0, retries: 0 };
  const moments = Array.from({ length: kills }, () => Math.floor((0.02 + 0.9 * random()) * rows)).sort(
    (a, b) => a - b,
  );
  const alive = new Map<number, Child>();

  const kill = (): void => {
    const victims = [...alive.values()];
    const victim = victims[Math.floor(random() * victims.length)];
    if (victim === undefined) return;
    written.kills++;
    setTimeout(() => victim.kill("SIGKILL"), random() * 4);
  };

  const heard = (writer: number, line: string): number => {
    if (line === "again") {
      written.retries++;
      return -1;
    }
    const [index = 0, number = 0, ms = 0] = line.split(" ").map(Number);
    written.numbers.set(`w${writer}:${index}`, number);
    if (number === 0) written.unsaid++;
    written.ms.push(ms);
    while (moments.length > 0 && written.numbers.size >= (moments[0] as number)) {
      moments.shift();
      kill();
    }
    return index;
  };

  const play = async (writer: number): Promise<void> => {
    const to = Math.floor(((writer + 1) * rows) / writers) - Math.floor((writer * rows) / writers);
    for (let next = 0; next < to; ) {
      const child = spawn(
        process.execPath,
        [
          fileURLToPath(new URL("./writer.ts", import.meta.url)),
          url,
          ...[task, writer, next, to].map(String),
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      alive.set(writer, child);
      const ended = new Promise<[number | null, string | null]>(resolve =>
        child.once("close", (code, signal) => resolve([code, signal])),
      );
      const lines = createInterface({ input: child.stdout });
      for await (const line of lines) {
        const index = heard(writer, line);
        if (index >= 0) next = index + 1;
      }
      const [code, signal] = await ended;
      alive.delete(writer);
      if (code !== 0 && signal !== "SIGKILL")
        throw new Error(`Writer ${writer} ended with ${code ?? signal}.`);
    }
  };

  await Promise.all(Array.from({ length: writers }, (_, writer) => play(writer)));
  return written;
};

const faultsOf = ({
  options,
  written,
  stored,
  count,
}: {
  readonly options: KillOptions;
  readonly written: Written;
  readonly stored: readonly Readonly<Record<string, unknown>>[];
  readonly count: number | undefined;
}): readonly string[] => {
  const bySource = new Map(stored.map(row => [String(row.source), Number(row.return_number)]));
  const gap = stored.findIndex((row, index) => row.return_number !== index + 1);
  const lost = [...written.numbers].filter(
    ([source, number]) => !bySource.has(source) || (number !== 0 && bySource.get(source) !== number),
  );
  return [
    ...(stored.length === options.rows ? [] : [`${stored.length} rows, not ${options.rows}`]),
    ...(gap === -1 ? [] : [`place ${gap + 1} has the number ${stored[gap]?.return_number}`]),
    ...lost.map(
      ([source, number]) => `${source} was acknowledged as ${number} and is ${bySource.get(source)}`,
    ),
    ...(written.kills >= options.kills ? [] : [`${written.kills} kills, not ${options.kills}`]),
    ...(count === stored.length ? [] : [`return_count is ${count}`]),
  ];
};

/** Mulberry32: the same moments and victims for the same seed. */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      store: { type: "string", default: "file" },
      rows: { type: "string", default: "1600" },
      writers: { type: "string", default: "8" },
      kills: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
    },
  });
  const store = values.store === "sqld" ? "sqld" : "file";
  const [rows, writers, kills, seed] = [values.rows, values.writers, values.kills, values.seed].map(
    Number,
  ) as [number, number, number, number];
  const found = await killWriters({ store, rows, writers, kills, seed });
  removeTemporary();
  console.log(
    `${store}: ${writers} writers, ${found.kills} killed, seed ${seed}: ${found.rows} returns numbered 1..${found.rows}, ` +
      `${found.acknowledged} acknowledged, ${found.unsaid} written but unsaid, ${found.retries} retries, ` +
      `p50 ${found.p50_ms} ms, p99 ${found.p99_ms} ms, ${found.seconds.toFixed(1)} s, wrong: ${found.wrong.join("; ") || "nothing"}`,
  );
  return found.wrong.length === 0 ? 0 : 1;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await main());
