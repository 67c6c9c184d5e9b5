// Durable webhook ingestion against the limit: a bare server that checks the signature and parses the body. Sender and
// servers are separate processes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../app/store/database.ts";
import { heard, kill, start } from "./child.ts";
import type { Figure } from "./figure.ts";
import type { Done, Order } from "./ingestion/load.ts";
import { median, quantile } from "./median.ts";

const ROUNDS = 9;
const REQUESTS = 2_000;
const TIMES = 20;

export const ingestion = async (): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bench-"));
  const file = join(dir, "kin.db");
  const [bare, app, sender] = [
    start("ingestion/bare.ts"),
    start("ingestion/app.ts", file),
    start("ingestion/load.ts"),
  ];
  const [barePort, appPort] = await Promise.all([heard<number>(bare), heard<number>(app)]);
  const load = (order: Order): Promise<Done> => {
    sender.send(order);
    return heard<Done>(sender);
  };
  const limit: Done[] = [];
  const durable: Done[] = [];
  // The first round is a warm-up.
  for (let round = 0; round <= ROUNDS; round++) {
    limit.push(await load({ port: barePort, count: REQUESTS, times: 1 }));
    durable.push(await load({ port: appPort, count: REQUESTS, times: 1 }));
  }
  const again = await load({ port: appPort, count: REQUESTS, times: TIMES });
  // With SIGKILL, so that whatever is found afterwards was stored before it was acknowledged.
  await Promise.all([bare, app, sender].map(kill));
  const keys = await keysIn(file);
  rmSync(dir, { recursive: true, force: true });
  return [
    ...speed(limit.slice(1), durable.slice(1)),
    ...losses(
      [...durable, again].flatMap(({ guids }) => guids),
      keys,
    ),
  ];
};

const speed = (limit: readonly Done[], durable: readonly Done[]): readonly Figure[] => {
  const ratio = median(durable.map((done, round) => done.per_second / (limit[round]?.per_second ?? 0)));
  const [bare, p99] = [limit, durable].map(rounds =>
    median(rounds.map(({ latencies }) => quantile(latencies, 0.99))),
  ) as [number, number];
  return [
    {
      what: "webhook ingestion, durable, against bare HTTP + HMAC",
      found: ratio.toFixed(2),
      goal: "≥ 0.25",
      ok: ratio >= 0.25,
    },
    {
      what: "webhook ingestion, p99",
      found: `${p99.toFixed(1)} ms (bare ${bare.toFixed(1)} ms)`,
      goal: "< 12 ms",
      ok: p99 < 12,
    },
  ];
};

const losses = (guids: readonly string[], keys: ReadonlySet<string>): readonly Figure[] => {
  const lost = guids.filter(guid => !keys.has(`delivery:${guid}`)).length;
  const surplus = keys.size - (guids.length - lost);
  return [
    {
      what: "webhooks acknowledged, and not kept by a killed App",
      found: String(lost),
      goal: "0",
      ok: lost === 0,
    },
    {
      what: `jobs beyond the first of a webhook that came ${TIMES} times`,
      found: String(surplus),
      goal: "0",
      ok: surplus === 0,
    },
  ];
};

const keysIn = async (file: string): Promise<ReadonlySet<string>> => {
  const database = await openDatabase({ url: `file:${file}` });
  const rows = await database.all("SELECT key FROM jobs");
  database.close();
  return new Set(rows.map(row => String(row.key)));
};
