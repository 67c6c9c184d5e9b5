// The embedded world: GitHub, a runner, a model and the App, all on 127.0.0.1. GitHub, runner and scripted model run in
// this process; the App and each run of the Action have their own, as in reality.

import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type EmbeddedGitHub, startGitHub } from "embedded-github";
import { ID_FORMS, ID_NAMES, IDENTITY_AUDIENCE, type WorkloadIdentity } from "../core/model/identity.ts";
import { readAppManifest } from "../host/app-manifest.ts";
import { openDirectory } from "../host/directory.ts";
import type { Player, Script } from "./model/choose.ts";
import type { Federation, FederationRule } from "./model/federation.ts";
import { startFakeModel } from "./model/server.ts";
import { answers, isFree, portTaken } from "./port.ts";
import { createRunner } from "./runner/runner.ts";
import { keptOf, refuseOpenWorld, type WorldFile, writeWorldFile } from "./world-file.ts";

export const ROOT = join(import.meta.dirname, "..");
const BUNDLE = join(ROOT, "action", "dist", "index.js");
export const APP_SLUG = "kin";
export const MAINTAINER = "octocat";
/** The ids of workload identity in a world that has no key. */
export const IDENTITY: WorkloadIdentity = {
  federation_rule: "fdrl_embedded",
  organization: "00000000-0000-4000-8000-00000000c1a0",
  service_account: "svac_embedded",
  workspace: "wrkspc_embedded",
};

export interface WorldOptions {
  readonly dataDir: string;
  /** GitHub's port, 0 for any free one; the App always takes a free one. */
  readonly port: number;
  /** Directory of scripted answers, or a player in place of the model; null if a real one is used. */
  readonly answers: string | Script | Player | null;
  /** The scripted model accepts no key: runs exchange their OIDC token. `lifetime`: seconds, by default 600. */
  readonly identity?: { readonly lifetime?: number };
  /** For a real model. */
  readonly model: { readonly apiKey: string; readonly baseUrl: string | null } | null;
  readonly path: string;
  readonly log: (line: string) => void;
  /** The script that starts the App; absent: the App's own. */
  readonly app?: string;
  /** Additions to the environment of the App and of each run. */
  readonly env?: {
    readonly app?: Readonly<Record<string, string>>;
    readonly action?: Readonly<Record<string, string>>;
  };
  /** Whether GitHub checks requests against its OpenAPI description. */
  readonly validate?: boolean;
}

export interface World {
  readonly github: EmbeddedGitHub;
  readonly appUrl: string;
  readonly pageUrl: string;
  readonly database: string;
  readonly scripted: boolean;
  /** Requests that the scripted model answered; null if a real one is used. */
  readonly modelRequests: (() => readonly unknown[]) | null;
  /** The scripted model's token endpoint; null if runs have a key. */
  readonly federation: Federation | null;
  /** Those that the directory already holds, oldest first. */
  readonly projects: readonly { readonly name: string }[];
  readonly addRepository: (repository: {
    readonly name: string;
    readonly fromDirectory?: string;
    readonly files?: Readonly<Record<string, string>>;
  }) => Promise<void>;
  readonly startApp: (env?: Readonly<Record<string, string>>) => Promise<ChildProcess>;
  readonly app: () => ChildProcess | null;
  readonly close: () => Promise<void>;
}

/** Starts everything, or continues what the directory holds. */
export const startWorld = async (options: WorldOptions): Promise<World> => {
  openDirectory(options.dataDir, "Name another with --data.");
  await refuseOpenWorld(options.dataDir);
  const kept = keptOf(options.dataDir);
  const [appPort, pagePort] = await Promise.all([freePort(), freePort()]);
  const appUrl = `http://127.0.0.1:${appPort}`;
  const { identity } = options;
  const model =
    options.answers === null
      ? null
      : await startFakeModel({
          answers: options.answers,
          ...(identity === undefined ? {} : { rules: () => [ruleOf(github.oidcIssuer, identity)] }),
        });
  let runner: ReturnType<typeof createRunner> | null = null;
  const off = new AbortController();
  const github: EmbeddedGitHub = await startGitHub({
    dataDir: join(options.dataDir, "github"),
    port: options.port,
    validate: options.validate ?? false,
    onRun: run => (runner as ReturnType<typeof createRunner>)(run),
  }).catch(error => {
    throw portTaken(error, options.port);
  });
  runner = createRunner({
    bundle: BUNDLE,
    node: process.execPath,
    github,
    log: line => options.log(`run: ${line}`),
    off: off.signal,
    env: { PATH: options.path, ...(model === null ? {} : { KIN_SCRIPTED: "1" }), ...options.env?.action },
  });
  const { token: maintainerToken } = github.addUser({ login: MAINTAINER });
  const manifest = readAppManifest(ROOT);
  const registered = github.addApp({
    slug: APP_SLUG,
    name: "Kin",
    webhookUrl: `${appUrl}/api/github/webhooks`,
    webhookSecret: kept.webhookSecret,
    permissions: manifest.default_permissions,
    events: manifest.default_events,
  });
  github.setWebhook({ slug: APP_SLUG, url: `${appUrl}/api/github/webhooks`, secret: kept.webhookSecret });
  const database = join(options.dataDir, "kin.db");
  let app: ChildProcess | null = null;
  const settings = {
    APP_ID: String(registered.appId),
    PRIVATE_KEY: registered.privateKey,
    WEBHOOK_SECRET: kept.webhookSecret,
    KIN_SECRET: kept.kinSecret,
    KIN_URL: appUrl,
    PORT: String(appPort),
    PAGE_PORT: String(pagePort),
    GITHUB_SERVER_URL: github.url,
    GITHUB_API_URL: github.apiUrl,
    KIN_DATABASE_URL: `file:${database}`,
    KIN_OIDC_ISSUERS: github.oidcIssuer,
  };
  const scripted = model !== null;
  writeWorldFile(options.dataDir, {
    ...kept,
    appUrl,
    githubUrl: github.url,
    pid: process.pid,
    app: settings,
    scripted,
    identity: model !== null && identity !== undefined,
    maintainerToken,
  } satisfies WorldFile);
  const env = { PATH: options.path, ...settings, ...options.env?.app };
  // However this process ends, unless it is killed.
  const leave = () => {
    app?.kill("SIGKILL");
    off.abort();
  };
  process.once("exit", leave);
  const startApp = async (more: Readonly<Record<string, string>> = {}): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [options.app ?? join(ROOT, "app", "main.ts")], {
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    app = child;
    child.stdout.on("data", data => options.log(`app: ${String(data).trimEnd()}`));
    child.stderr.on("data", data => options.log(`app: ${String(data).trimEnd()}`));
    await listening(child, `${appUrl}/healthz`);
    return child;
  };
  await startApp();
  github.install({ slug: APP_SLUG, owner: MAINTAINER });
  const federation = model?.federation ?? null;
  const key = federation === null ? (options.model?.apiKey ?? "scripted-key") : "";
  const baseUrl = model?.url ?? options.model?.baseUrl ?? "";
  const equip = (repo: string): void => {
    const at = { owner: MAINTAINER, repo };
    github.setVariable({ ...at, name: "KIN_URL", value: appUrl });
    github.setVariable({ ...at, name: "ANTHROPIC_BASE_URL", value: baseUrl });
    github.setSecret({ ...at, name: "ANTHROPIC_API_KEY", value: key });
    for (const name of ID_NAMES)
      github.setVariable({
        ...at,
        name: ID_FORMS[name].variable,
        value: federation === null ? "" : IDENTITY[name],
      });
  };
  const projects = github.repositories(MAINTAINER);
  // App and model may have other ports than last time.
  for (const { name } of projects) equip(name);
  return {
    github,
    appUrl,
    pageUrl: `http://127.0.0.1:${pagePort}`,
    database,
    scripted,
    federation,
    modelRequests: model === null ? null : () => model.requests(),
    projects,
    addRepository: async ({ name, fromDirectory, files }) => {
      await github.addRepository({
        owner: MAINTAINER,
        name,
        ...(fromDirectory === undefined ? {} : { fromDirectory }),
        ...(files === undefined ? {} : { files }),
      });
      equip(name);
    },
    startApp,
    app: () => app,
    close: async () => {
      await endProcess(app);
      process.off("exit", leave);
      off.abort();
      await github.close();
      await model?.close();
    },
  };
};

/** Allows runs of the workflow on a default branch of the maintainer's repositories. */
const ruleOf = (issuer: string, { lifetime = 600 }: { readonly lifetime?: number }): FederationRule => ({
  ...IDENTITY,
  workspaces: [IDENTITY.workspace],
  issuer,
  subject: `repo:${MAINTAINER}/*`,
  audience: IDENTITY_AUDIENCE,
  claims: { repository_owner: MAINTAINER, event_name: "workflow_dispatch" },
  lifetime,
});

export const WORKFLOW_TEXT = (): string => readFileSync(join(ROOT, "workflow", "kin.yml"), "utf8");

const listening = async (child: ChildProcess, url: string): Promise<void> => {
  for (let tries = 0; tries < 1200; tries++) {
    if (child.exitCode !== null)
      throw new Error(`The App ended with code ${child.exitCode} before it listened.`);
    if (child.signalCode !== null) return;
    if (await answers(url)) return;
    await sleep(50);
  }
  throw new Error("The App did not listen within a minute.");
};

const endProcess = async (child: ChildProcess | null): Promise<void> => {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once("close", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(timer);
};

/** Below the kernel's range for connections, one of which could take it before the App listens. */
const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
};
