// Sends what `request.ts` makes to an App that is served, many at once, and looks at what came of it: memory, health,
// rows, writes to GitHub, and whether each signed delivery was taken.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { createRandom } from "../../workbench/tricks/random.ts";
import { issuerKey, type Served } from "../served.ts";
import { type Fuzzed, makeRequest } from "./request.ts";

export interface Playing {
  readonly seed: number;
  readonly count: number;
  readonly each?: (sent: number) => void;
}

export interface Played {
  readonly sent: number;
  readonly signed: number;
  /** MiB, at the peak. */
  readonly grown: number;
  /** Milliseconds, of the slowest answer to a look at its health. */
  readonly slowest: number;
  /** What should not be: an effect without a signature, a signed delivery that was not taken. */
  readonly failures: readonly string[];
}

const LANES = 48;
/** What the process has after so many requests is what it takes to run at all: code is compiled, the heap has its room. */
const WARM = 1_000;

export const playRequests = async (served: Served, { seed, count, each }: Playing): Promise<Played> => {
  const random = createRandom(seed);
  await fetch(`${served.site.github.oidcIssuer}/.well-known/jwks`).then(response => response.text());
  const issuer = {
    url: served.site.github.oidcIssuer,
    key: await issuerKey(served.site),
    audience: served.url,
  };
  const failures: string[] = [];
  const taken: { readonly guid: string; readonly handled: boolean }[] = [];
  const before = await effects(served);
  let sent = 0;
  let made = 0;
  const lane = async (until: number) => {
    while (made < until) {
      const id = `${seed}-${++made}`;
      const request = await makeRequest({ random, issuer, id });
      const status = await send(served.url, request);
      sent++;
      each?.(sent);
      const wrong = problemOf(request, status);
      if (wrong !== null) failures.push(`${id} ${request.name}: ${wrong}`);
      if (request.signed !== null) taken.push(request.signed);
    }
  };
  const lanes = (until: number) => Promise.all(Array.from({ length: LANES }, () => lane(until)));
  await lanes(Math.min(WARM, count / 2));
  const probe = new Worker(new URL("probe.ts", import.meta.url), { workerData: served.url });
  const grown = await served.growth(() => lanes(count));
  const { slowest } = await new Promise<{ readonly slowest: number }>(resolve => {
    probe.once("message", resolve).postMessage("over");
  });
  const rows = new Set(
    (await served.database.all("SELECT key FROM jobs WHERE key LIKE 'delivery:%'")).map(row =>
      String(row.key),
    ),
  );
  for (const { guid, handled } of taken)
    if (rows.delete(`delivery:${guid}`) !== handled)
      failures.push(
        handled ? `${guid} was acknowledged and is not there` : `${guid} is kept, and nobody takes it`,
      );
  for (const key of rows) failures.push(`${key} is there, and nobody signed it`);
  const after = await effects(served);
  if (after !== before) failures.push(`there are effects: ${before} became ${after}`);
  if (served.app.exitCode !== null || served.app.signalCode !== null) failures.push("the App has ended");
  return { sent, signed: taken.length, grown, slowest, failures };
};

/** Everything but the rows of deliveries. */
const effects = async ({ database, site, jobs }: Served): Promise<string> => {
  const { event: _, ...others } = await jobs();
  const counts: Record<string, number> = {};
  for (const table of ["projects", "tasks", "pipelines", "events", "task_returns", "messages"])
    counts[table] = Number((await database.first(`SELECT COUNT(*) AS n FROM ${table}`))?.n);
  return JSON.stringify({ ...others, ...counts, writes: site.github.writes.length });
};

/** A request is answered, or the connection ends; and nothing is well but what was signed. */
const problemOf = ({ signed }: Fuzzed, status: number | null): string | null => {
  if (signed !== null) return status === 200 ? null : `a signed delivery was answered ${status}`;
  return status !== null && status < 400 ? `answered ${status}` : null;
};

const LONGEST_MS = 25_000;
const PAUSE_MS = 50;

/** The status of the first answer; null where there was none. */
const send = async (url: string, { parts, signed }: Fuzzed): Promise<number | null> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true });
  let answer = "";
  const over = new Promise<void>(resolve => {
    socket.on("close", () => resolve()).on("error", () => resolve());
    socket.on("data", data => {
      answer += data.toString("latin1");
      if (answer.length > 12) resolve();
    });
  });
  const end = new AbortController();
  const isOver = over.then(() => end.abort());
  for (const [index, part] of parts.entries()) {
    if (index > 0) await sleep(PAUSE_MS);
    if (!socket.destroyed && !end.signal.aborted) socket.write(part);
  }
  // Who has not signed goes away by itself after a while: what it leaves behind has to be cleared away all the same.
  const patience = signed === null ? LONGEST_MS / 25 : LONGEST_MS;
  await Promise.race([isOver, sleep(patience, undefined, { ref: false })]);
  socket.destroy();
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] === undefined ? null : Number(answer.slice(9, 12));
};
