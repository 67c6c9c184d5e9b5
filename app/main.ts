// Starts the App, for GitHub or anything that behaves like it. The only file of this shell that reads the environment
// and builds adapters.
import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Octokit } from "@octokit/rest";
import { Probot, ProbotOctokit } from "probot";
import { explain, KinError } from "../core/model/error.ts";
import { keys } from "../core/model/keys.ts";
import { systemClock } from "../host/clock.ts";
import { openDirectory } from "../host/directory.ts";
import { loadRoster } from "../host/roster.ts";
import { createGitHub, isStatus, refused } from "./github/github.ts";
import { installedRepositories } from "./github/installed.ts";
import type { OctokitLike } from "./github/octokit.ts";
import { createOctokits, installationIn, SILENT } from "./github/octokits.ts";
import { createDeliveries } from "./intake/deliveries.ts";
import { startWorker, type Worker } from "./jobs/worker.ts";
import { ACTIONS_BOT, type Plane } from "./plane.ts";
import { LEASE_MS } from "./runs/claim.ts";
import { createFolds } from "./runs/folds.ts";
import { createVerifier } from "./runs/oidc.ts";
import { createAppServer, createPageServer } from "./server.ts";
import { isLoopback, readSettings, type Settings } from "./settings.ts";
import { fileOf, openDatabase } from "./store/database.ts";
import type { Database } from "./store/sql.ts";
import { createStore } from "./store/store.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const LOOPBACK = "127.0.0.1";
const WRITE_GAP_MS = 1_000;
const LANES = 4;

/** Wrappers for scripts that start the App: to watch each write, or to stop before one. */
export interface Wrap {
  readonly database: (database: Database) => Database;
  readonly octokit: (octokit: OctokitLike) => OctokitLike;
}

export interface ServeOptions {
  readonly wrap?: Wrap;
  readonly lanes?: number;
}

const BARE: Wrap = { database: database => database, octokit: octokit => octokit };

export const serve = async (
  env: Readonly<Record<string, string | undefined>>,
  { wrap = BARE, lanes = LANES }: ServeOptions = {},
): Promise<void> => {
  const settings = readSettings(env);
  const file = fileOf(settings.KIN_DATABASE_URL);
  if (file !== null) openDirectory(dirname(file), "Set KIN_DATABASE_URL to a file that Kin may write.");
  const database = await openDatabase({
    url: settings.KIN_DATABASE_URL,
    token: settings.KIN_DATABASE_TOKEN,
    synchronous: settings.KIN_SYNCHRONOUS,
  });
  const store = createStore(wrap.database(database));
  const plane = await planeOf({ settings, store, wrap, debug: Boolean(env.KIN_DEBUG) });
  const now = plane.clock.now();
  await store.extendLeases({ until: now + LEASE_MS });
  if (file !== null) await store.freeJobs();
  let worker: Worker | null = null;
  const { KIN_OIDC_ISSUERS: issuers, KIN_URL: audience, KIN_TRUSTED_WORKFLOWS: trusted_workflows } = settings;
  const verify = createVerifier({ issuers, audience, now: plane.clock.now });
  const claims = { plane, verify, trusted_workflows };
  const { HOST, PORT, PAGE_PORT = PORT === 0 ? 0 : PORT + 1, WEBHOOK_SECRET: webhook_secret } = settings;
  const server = createAppServer({ webhook_secret, plane, claims, wake: () => worker?.wake() });
  const page = createPageServer(plane);
  await listen(server, { host: HOST, port: PORT, name: "PORT" });
  await listen(page, { host: LOOPBACK, port: PAGE_PORT, name: "PAGE_PORT" }); // guard: page-on-loopback
  // Only now, because somebody must be listening when lost deliveries are sent again.
  const working = startWorker(plane, { lanes });
  worker = working;
  plane.log(`Kin listens on ${addressOf(server)}, public address ${settings.KIN_URL}`);
  plane.log(`Its page is at ${addressOf(page)}, for this machine alone`);
  const stop = async () => {
    for (const one of [server, page]) {
      one.close();
      one.closeAllConnections();
    }
    await working.stop();
    store.close();
    process.exit(0);
  };
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
};

interface Listening {
  readonly host: string;
  readonly port: number;
  /** The setting that names the port. */
  readonly name: string;
}

const listen = (server: Server, { host, port, name }: Listening): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) =>
      reject(
        new KinError(`The App cannot listen on ${host}:${port} (${cause.code}).`, {
          code: "cannot_listen",
          hint: `End what listens there, or set ${name}.`,
          cause,
        }),
      );
    server.once("error", failed).listen(port, host, resolve);
  });

const addressOf = (server: Server): string => {
  const { address, port } = server.address() as AddressInfo;
  return `http://${address}:${port}`;
};

/**
 * The client retries nothing: a request whose response was lost may have taken effect, and whoever retries checks
 * first. Nor does it wait for rate limits, which would block a worker: the job becomes due again when GitHub says.
 * Probot's own throttling waits up to three seconds between comments: right for github.com, pointless on loopback.
 */
const octokitFor = ({ GITHUB_API_URL }: Settings): typeof ProbotOctokit =>
  ProbotOctokit.defaults((options: { throttle?: object }) => ({
    ...options,
    retry: { enabled: false },
    throttle: {
      ...options.throttle,
      enabled: !isLoopback(GITHUB_API_URL),
      onRateLimit: () => false,
      onSecondaryRateLimit: () => false,
    },
  }));

/** As the App itself, as an installation, and as one of a repository alone. */
const clientsOf = (settings: Settings, app: { readonly appId: number; readonly privateKey: string }) => {
  const common = { ...app, baseUrl: settings.GITHUB_API_URL, Octokit: octokitFor(settings) };
  const logLevel = settings.LOG_LEVEL === "info" ? "warn" : settings.LOG_LEVEL;
  const probot = new Probot({ ...common, secret: settings.WEBHOOK_SECRET, logLevel });
  return { probot, octokits: createOctokits(common) };
};

interface PlaneParts {
  readonly settings: Settings;
  readonly store: Plane["store"];
  readonly wrap: Wrap;
  /** Show where warnings come from. */
  readonly debug: boolean;
}

const planeOf = async ({ settings, store, wrap, debug }: PlaneParts): Promise<Plane> => {
  const { APP_ID: appId, PRIVATE_KEY: privateKey } = settings;
  const { probot, octokits } = clientsOf(settings, { appId, privateKey });
  const asApp = wrap.octokit(await probot.auth());
  const { data: actions } = await publicGitHub(settings)
    .rest.users.getByUsername({ username: ACTIONS_BOT })
    .catch(error => {
      throw noGitHub(error, settings);
    });
  const gap_ms = isLoopback(settings.GITHUB_API_URL) ? 0 : WRITE_GAP_MS;
  const log = (line: string) => console.log(line);
  const warn: Plane["warn"] = (error, about) =>
    console.error(`warning: ${about}: ${explain(error)}${error.stack && debug ? `\n${error.stack}` : ""}`);
  const clock = systemClock;
  return {
    store,
    folds: createFolds(store),
    clock,
    roster: loadRoster(ROOT).roster,
    app: await identityOf(asApp, settings),
    actions_bot_id: actions.id,
    github: async project =>
      createGitHub({
        octokit: wrap.octokit(octokits(project)),
        project,
        pace: async () => {
          if (gap_ms === 0) return;
          const now = clock.now();
          const at = await store.pace(keys.writes(project.installation_id), { now, gap_ms });
          await clock.sleep(at - now);
        },
      }),
    reviewer: await reviewerOf(settings, wrap),
    readToken: async project => {
      const { data } = await asApp.request("POST /app/installations/{installation_id}/access_tokens", {
        installation_id: installationIn(project),
        repository_ids: [project.id],
        permissions: { contents: "read" },
      });
      return data.token;
    },
    repositories: () => installedRepositories(asApp, { asInstallation: id => probot.auth(id), warn }),
    deliveries: createDeliveries(asApp),
    installationOf: async (owner, repo) =>
      asApp
        .request("GET /repos/{owner}/{repo}/installation", { owner, repo })
        .then(({ data }) => Number(data.id))
        .catch(error => {
          if (error.status === 404 || isStatus(error, 404)) return null;
          throw error;
        }),
    sign: text => createHmac("sha256", settings.KIN_SECRET).update(text).digest("hex"),
    random: () => randomBytes(32).toString("base64url"),
    sha256: text => createHash("sha256").update(text).digest("hex"),
    server_url: settings.GITHUB_SERVER_URL,
    public_url: settings.KIN_URL,
    log,
    warn,
  };
};

/** The second identity, which is not the author of Kin's pull requests. */
const reviewerOf = async (settings: Settings, wrap: Wrap): Promise<Plane["reviewer"]> => {
  const { KIN_REVIEWER_APP_ID: appId, KIN_REVIEWER_PRIVATE_KEY: privateKey } = settings;
  if (appId === undefined || privateKey === undefined) return null;
  const { probot, octokits } = clientsOf(settings, { appId, privateKey });
  const asApp = await probot.auth();
  const { bot_id } = await identityOf(asApp, settings);
  return {
    bot_id,
    github: async of => {
      const { data } = await asApp
        .request("GET /repos/{owner}/{repo}/installation", { owner: of.owner, repo: of.name })
        .catch(error => {
          throw refused(error, "GET /repos/{owner}/{repo}/installation");
        });
      const project = { ...of, installation_id: data.id };
      return createGitHub({ octokit: wrap.octokit(octokits(project)), project, pace: async () => {} });
    },
  };
};

/** The first request, without any token: whatever does not answer it is unreachable or not GitHub. */
const noGitHub = (cause: unknown, { GITHUB_API_URL }: Settings): KinError =>
  new KinError(
    `GitHub does not answer at ${GITHUB_API_URL}: ${cause instanceof Error ? cause.message : String(cause)}.`,
    {
      code: "github_unreachable",
      hint: "Look at the way out of this machine, and at GITHUB_API_URL: https://api.github.com, or what GitHub Enterprise Server calls its REST address. Then start again.",
      retryable: true,
      cause,
    },
  );

/** The bot's account is public, and the one thing an App cannot request with its own token. */
const identityOf = async (asApp: OctokitLike, settings: Settings): Promise<Plane["app"]> => {
  const { data: app } = await asApp.request("GET /app");
  if (app?.slug === undefined) {
    throw new KinError("GitHub does not tell the App's name.", {
      code: "app_unknown",
      hint: "Check APP_ID, PRIVATE_KEY and GITHUB_API_URL.",
    });
  }
  const username = `${app.slug}[bot]`;
  const { data: bot } = await publicGitHub(settings).rest.users.getByUsername({ username });
  return { id: Number(app.id), slug: app.slug, bot_id: bot.id };
};

const publicGitHub = (settings: Settings): Octokit =>
  new Octokit({ baseUrl: settings.GITHUB_API_URL, log: SILENT });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  serve(process.env).catch(error => {
    console.error(explain(error));
    process.exit(1);
  });
}
