// Sends what `request.ts` makes to a running App, many at once, and checks the result: memory, health, rows, writes to
// GitHub, and whether each signed delivery was accepted.
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
  /** Milliseconds, for the slowest response of `/healthz`. */
  readonly slowest: number;
  /** What must not happen: an effect without a signature, a signed delivery that was not accepted. */
  readonly failures: readonly string[];
}

const LANES = 48;
/** After this many requests code is compiled and the heap has its size, so the process has what it needs just to run. */
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

/** Everything except the rows of deliveries. */
const effects = async ({ database, site, jobs }: Served): Promise<string> => {
  const { event: _, ...others } = await jobs();
  const counts: Record<string, number> = {};
  for (const table of ["projects", "tasks", "pipelines", "events", "task_returns", "messages"])
    counts[table] = Number((await database.first(`SELECT COUNT(*) AS n FROM ${table}`))?.n);
  return JSON.stringify({ ...others, ...counts, writes: site.github.writes.length });
};

/** Every request gets a response, or its connection ends; and only what was signed succeeds. */
const problemOf = ({ signed }: Fuzzed, status: number | null): string | null => {
  if (signed !== null) return status === 200 ? null : `a signed delivery was answered ${status}`;
  return status !== null && status < 400 ? `answered ${status}` : null;
};

const LONGEST_MS = 25_000;
const PAUSE_MS = 50;

/** The status of the first response; null if there was none. */
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
  // An unsigned sender gives up by itself after a while; what it leaves must be cleaned up all the same.
  const patience = signed === null ? LONGEST_MS / 25 : LONGEST_MS;
  await Promise.race([isOver, sleep(patience, undefined, { ref: false })]);
  socket.destroy();
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] === undefined ? null : Number(answer.slice(9, 12));
};
