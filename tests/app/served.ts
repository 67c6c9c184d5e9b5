// The App as `npm run serve` starts it, with a real store and the embedded GitHub: a separate process, so that its
// memory, log and life can be observed.
import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../app/store/database.ts";
import type { Database } from "../../app/store/sql.ts";
import { COMPILED } from "../compiled.ts";
import { openSite, type Site } from "../site.ts";

export const WEBHOOK_SECRET = "0123456789abcdef0123456789abcdef";
/** An unusual address of this machine: a server listening only there is not reachable at 127.0.0.1. */
const HOST = "127.0.0.2";
const ROOT = join(import.meta.dirname, "..", "..");
const SERVE: readonly string[] = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))
  .scripts.serve.split(" ")
  .slice(1);

export interface Served {
  readonly site: Site;
  readonly app: ChildProcess;
  readonly database: Database;
  readonly url: string;
  readonly log: () => string;
  readonly healthy: () => Promise<boolean>;
  /** The number of jobs of each kind, without those that a round found. */
  readonly jobs: () => Promise<Readonly<Record<string, number>>>;
  readonly workedOff: () => Promise<void>;
  /** By how many MiB the process's peak grows during the work. */
  readonly growth: (work: () => Promise<unknown>) => Promise<number>;
  readonly close: () => Promise<void>;
}

export const openServed = async (): Promise<Served> => {
  const directory = await mkdtemp(join(tmpdir(), "kin-served-"));
  const site = await openSite();
  site.github.setWebhook({ slug: "kin", url: null });
  const port = await freePort();
  const store = `file:${join(directory, "kin.db")}`;
  const url = `http://${HOST}:${port}`;
  const app = spawn(process.execPath, SERVE, {
    cwd: ROOT,
    env: {
      ...COMPILED,
      PATH: process.env.PATH,
      APP_ID: String(site.app.appId),
      PRIVATE_KEY: site.app.privateKey,
      WEBHOOK_SECRET,
      KIN_SECRET: "k".repeat(32),
      KIN_URL: url,
      HOST,
      PORT: String(port),
      PAGE_PORT: "0",
      GITHUB_SERVER_URL: site.github.url,
      GITHUB_API_URL: site.github.apiUrl,
      KIN_DATABASE_URL: store,
      KIN_OIDC_ISSUERS: site.github.oidcIssuer,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [app.stdout, app.stderr]) stream?.on("data", data => (log += String(data)));

  const until = async (met: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 500; tries++) {
      if (await met()) return;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    throw new Error(`That did not happen within 10 seconds. The App said:\n${log.slice(-2000)}`);
  };
  const healthy = () =>
    fetch(`${url}/healthz`).then(
      response => response.ok,
      () => false,
    );
  await until(healthy);
  const database = await openDatabase({ url: store });
  const jobs: Served["jobs"] = async () => {
    const rows = await database.all(
      "SELECT kind, COUNT(*) AS n FROM jobs WHERE key NOT LIKE 'found:%' GROUP BY kind ORDER BY kind",
    );
    return Object.fromEntries(rows.map(row => [String(row.kind), Number(row.n)]));
  };
  const workedOff = () =>
    until(async () => {
      const row = await database.first(
        "SELECT COUNT(*) AS n FROM jobs WHERE done_at IS NULL AND kind NOT IN ('sweep', 'redeliver', 'missed')",
      );
      return Number(row?.n) === 0;
    });
  const memory = (what: "VmRSS" | "VmHWM") =>
    Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${app.pid}/status`, "utf8"))?.[1]) /
    1024;
  // Jobs from startup do not count: the installed repository is found without a webhook.
  await until(async () => (await jobs()).look === 1);
  await workedOff();
  return {
    site,
    app,
    database,
    url,
    log: () => log,
    healthy,
    jobs,
    workedOff,
    growth: async work => {
      const before = memory("VmRSS");
      writeFileSync(`/proc/${app.pid}/clear_refs`, "5");
      await work();
      return memory("VmHWM") - before;
    },
    close: async () => {
      const ended = new Promise(resolve => app.once("close", resolve));
      app.kill("SIGTERM");
      await ended;
      database.close();
      await site.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** The embedded GitHub keeps its issuer's key in its state. */
export const issuerKey = async (site: Site): Promise<KeyObject> => {
  for (let tries = 0; tries < 1_000; tries++) {
    const { oidcKey } = JSON.parse(readFileSync(join(site.dataDir, "state.json"), "utf8"));
    if (oidcKey !== null) return createPrivateKey(oidcKey);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error("The issuer has no key yet.");
};

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, HOST, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
