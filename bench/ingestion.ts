// Durable webhook ingestion against the limit: a bare server that checks the signature and parses the body.
import { createHash, createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Probot } from "probot";
import type { Plane } from "../app/plane.ts";
import { createAppServer, WEBHOOK_PATH } from "../app/server.ts";
import { systemClock } from "../core/adapters/clock.ts";
import { openDatabase } from "../core/adapters/libsql/database.ts";
import { createStore } from "../core/adapters/libsql/store.ts";
import type { Figure } from "./main.ts";
import { median, quantile } from "./median.ts";

const SECRET = "x".repeat(32);
const CONNECTIONS = 16;
const REQUESTS = 2_000;
const ROUNDS = 5;
const BODY = JSON.stringify({
  action: "labeled",
  issue: { number: 1, title: "t", body: "x".repeat(11_500) },
  label: { name: "other" },
  repository: { id: 1, name: "n", owner: { login: "o" } },
  installation: { id: 1 },
  sender: { id: 1, login: "octocat", type: "User" },
});
const SIGNATURE = `sha256=${createHmac("sha256", SECRET).update(BODY).digest("hex")}`;

export const ingestion = async (): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bench-"));
  const store = createStore(await openDatabase({ url: `file:${join(dir, "kin.db")}` }));
  const bare = await listen(bareServer());
  const app = await listen(await appServer(store));
  const ratios: number[] = [];
  const latencies: number[] = [];
  await Promise.all([load(bare, 200), load(app, 200)]);
  for (let round = 0; round < ROUNDS; round++) {
    const limit = await load(bare, REQUESTS);
    const kin = await load(app, REQUESTS);
    ratios.push(kin.perSecond / limit.perSecond);
    latencies.push(...kin.latencies);
  }
  const [row] = await store.query("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'event'");
  const sent = ROUNDS * REQUESTS + 200;
  store.close();
  rmSync(dir, { recursive: true, force: true });
  const p99 = quantile(latencies, 0.99);
  return [
    {
      what: "webhook ingestion, durable, against bare HTTP + HMAC",
      found: median(ratios).toFixed(2),
      goal: "≥ 0.25",
      ok: median(ratios) >= 0.25,
    },
    { what: "webhook ingestion, p99", found: `${p99.toFixed(1)} ms`, goal: "< 12 ms", ok: p99 < 12 },
    {
      what: "webhooks acknowledged and not kept",
      found: String(sent - Number(row?.n)),
      goal: "0",
      ok: Number(row?.n) === sent,
    },
  ];
};

const bareServer = (): Server =>
  createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", chunk => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const good =
        incoming.headers["x-hub-signature-256"] ===
        `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
      JSON.parse(body.toString("utf8"));
      response.writeHead(good ? 200 : 400).end("ok\n");
    });
  });

const appServer = async (store: Plane["store"]): Promise<Server> => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const probot = new Probot({ appId: 1, privateKey, secret: SECRET, logLevel: "fatal" });
  // Ingestion touches the store and the hash only.
  const plane = {
    store,
    clock: systemClock,
    sha256: (text: string) => createHash("sha256").update(text).digest("hex"),
  } as unknown as Plane;
  const verify = () => Promise.reject(new Error("no claims here"));
  return createAppServer({ probot, plane, claims: { plane, verify, trusted_workflows: [] }, wake: () => {} });
};

const listen = (server: Server): Promise<number> =>
  new Promise(resolve =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );

const load = async (
  port: number,
  count: number,
): Promise<{ readonly perSecond: number; readonly latencies: readonly number[] }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const latencies: number[] = [];
  let left = count;
  const begun = performance.now();
  const lane = async () => {
    while (left-- > 0) {
      const sent = performance.now();
      await send(port, agent);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  agent.destroy();
  return { perSecond: (count / (performance.now() - begun)) * 1000, latencies };
};

const send = (port: number, agent: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(BODY),
      "x-github-event": "issues",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": SIGNATURE,
    };
    const outgoing = request(
      { host: "127.0.0.1", port, path: WEBHOOK_PATH, method: "POST", agent, headers },
      response => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200 || response.statusCode === 202
            ? resolve()
            : reject(new Error(`status ${response.statusCode}`)),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(BODY);
  });
