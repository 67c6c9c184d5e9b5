// The embedded GitHub: one HTTP server on 127.0.0.1 in the shape of GitHub Enterprise Server (web pages, REST, GraphQL,
// git, OIDC issuer) over real bare repositories and one JSON file. It runs no workflows itself: `onRun` does.

import { mkdirSync } from "node:fs";
import type { Server } from "node:http";
import path from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { actionRoutes } from "./actions.ts";
import { type Admin, createAdmin } from "./admin.ts";
import { appRoutes } from "./apps.ts";
import { checkRoutes } from "./checks.ts";
import { commentRoutes } from "./comments.ts";
import { contentRoutes } from "./contents.ts";
import { Failure, failureBody } from "./failure.ts";
import { createFaults, type FaultGate } from "./faults.ts";
import { forgetAnswers } from "./git.ts";
import { closeBatches } from "./git-batch.ts";
import { gitDataRoutes } from "./git-data.ts";
import { gitHttp } from "./git-http.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { oidcAnswer } from "./oidc.ts";
import { openRequestCheck } from "./openapi.ts";
import { createPages } from "./pages/pages.ts";
import { mergeWhatIsReady } from "./pull-changes.ts";
import { reviewerRoutes } from "./pull-reviewers.ts";
import { pullRoutes } from "./pulls.ts";
import { writeHook } from "./push-hook.ts";
import { reactionRoutes } from "./reactions.ts";
import { repositoryRoutes } from "./repos.ts";
import { createRest, type RequestCheck, type Route } from "./rest.ts";
import { reviewCommentRoutes } from "./review-comments.ts";
import { reviewRoutes } from "./reviews.ts";
import { createRunner, type OnRun } from "./runner.ts";
import { seedState } from "./seed.ts";
import type { Delivery, Repository } from "./state.ts";
import { statusRoutes } from "./statuses.ts";
import { openJson } from "./store.ts";
import { subIssueRoutes } from "./sub-issues.ts";
import { upgradeState } from "./upgrade.ts";
import { createWebhooks } from "./webhooks.ts";
import {
  createLocks,
  gitDirectory,
  isoSeconds,
  issuer,
  ownerOf,
  type World,
  type WriteRecord,
} from "./world.ts";

export type { OnRun, QueuedRun, RunResult } from "./runner.ts";
export { GITHUB_ACTIONS_BOT, type WriteRecord } from "./world.ts";

export interface GitHubOptions {
  readonly dataDir: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly now?: () => Date;
  /** Responds 500 to requests that GitHub's OpenAPI description does not allow. */
  readonly validate?: boolean;
  readonly onRun?: OnRun;
}

export interface EmbeddedGitHub extends Admin {
  readonly url: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly oidcIssuer: string;
  readonly writes: readonly WriteRecord[];
  readonly violations: readonly string[];
  readonly deliveries: readonly Delivery[];
  /** Resolves when no webhook delivery and no run is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export async function startGitHub(options: GitHubOptions): Promise<EmbeddedGitHub> {
  const { world, faults, busy, flush, redeliver, resume } = createWorld(options);
  const app = createSite(world, { redeliver, faults });
  const server = createAdaptorServer({ fetch: app.fetch, hostname: "127.0.0.1" }) as Server;
  // A client assumes that an idle connection stays open as announced; on a busy machine the default of five seconds is
  // a race.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0);
  world.links.origin = `http://127.0.0.1:${port}`;
  resume();
  return {
    url: world.links.origin,
    apiUrl: `${world.links.origin}/api/v3`,
    graphqlUrl: `${world.links.origin}/api/graphql`,
    oidcIssuer: issuer(world),
    writes: world.writes,
    violations: world.violations,
    deliveries: world.deliveries,
    ...createAdmin(world, faults),
    idle: () => quiet(busy),
    close: async () => {
      await shut(server);
      await quiet(busy, 200);
      const repositories = path.join(options.dataDir, "repositories");
      closeBatches(repositories);
      forgetAnswers(repositories);
      flush();
    },
  };
}

function createWorld(options: GitHubOptions) {
  const { dataDir } = options;
  mkdirSync(path.join(dataDir, "repositories"), { recursive: true });
  const now = options.now ?? (() => new Date());
  const state = openJson(path.join(dataDir, "state.json"), () => seedState(isoSeconds(now())));
  const deliveries = openJson<Delivery[]>(path.join(dataDir, "deliveries.json"), () => []);
  for (const delivery of deliveries.value)
    if (delivery.status === "pending")
      Object.assign(delivery, { status: "failed to connect to host", statusCode: 502 });
  upgradeState(state.value, isoSeconds(now()));
  const lock = createLocks();
  // Different numbers each time the world is opened.
  let changes = now().getTime();
  const saved = (): void => {
    changes++;
    state.changed();
  };
  const world: World = {
    state: state.value,
    deliveries: deliveries.value,
    dataDir,
    now,
    links: { origin: "" },
    writes: [],
    violations: [],
    validate: options.validate ?? false,
    saved,
    changes: () => changes,
    id: () => {
      saved();
      return state.value.nextId++;
    },
    stamp: () => isoSeconds(now()),
    lock: (repository, work) => lock(repository.id, work),
    emit: emission => webhooks.emit(emission),
    startRun: (repository, id) => runner.start(repository, id),
    cancelRun: id => runner.cancel(id),
  };
  for (const repository of world.state.repositories) writeHook(gitDirectory(world, repository));
  const faults = createFaults(world);
  const webhooks = createWebhooks(world, { changed: deliveries.changed, drops: faults.drops });
  const runner = createRunner(world, options.onRun);
  return {
    world,
    faults,
    busy: () => webhooks.busy() || runner.busy(),
    redeliver: webhooks.redeliver,
    resume: () => runner.resume(),
    flush: () => {
      state.flush();
      deliveries.flush();
    },
  };
}

const routesOf = (redeliver: (id: number) => void): readonly Route[] => [
  ...repositoryRoutes,
  ...issueRoutes,
  ...commentRoutes,
  ...labelRoutes,
  ...reactionRoutes,
  ...subIssueRoutes,
  ...gitDataRoutes,
  ...contentRoutes,
  ...pullRoutes,
  ...reviewerRoutes,
  ...reviewRoutes,
  ...reviewCommentRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...actionRoutes,
  ...appRoutes(redeliver),
];

function createSite(
  world: World,
  { redeliver, faults }: { readonly redeliver: (id: number) => void; readonly faults: FaultGate },
): Hono {
  const app = new Hono();
  let check: Promise<RequestCheck> | undefined;
  const rest = createRest(world, {
    routes: routesOf(redeliver),
    check: () => (check ??= openRequestCheck()),
    settle: (repository: Repository) =>
      mergeWhatIsReady({ world, repository, user: ownerOf(world, repository), appId: null }),
  });
  // Paths are matched as sent: a slash in a branch name arrives as %2F.
  const rawPath = (request: Request, prefix: string) => new URL(request.url).pathname.slice(prefix.length);
  app.all("/api/v3/*", c => {
    const path = rawPath(c.req.raw, "/api/v3").replace(/(.)\/$/, "$1");
    return faults.around(c.req.raw, path, () => rest.answer(c.req.raw, path));
  });
  app.post("/api/graphql", c =>
    faults.around(c.req.raw, "/graphql", async () => {
      const { graphqlAnswer } = await import("./graphql.ts");
      return graphqlAnswer(world, c.req.raw);
    }),
  );
  app.get("/_services/token/*", async c =>
    c.json((await oidcAnswer(world, c.req.raw, c.req.path.slice(16))) as object),
  );
  app.get("/_embedded/writes", c => c.json(world.writes));
  app.get("/_embedded/violations", c => c.json(world.violations));
  const pages = createPages(world, rest.act);
  app.all(
    "*",
    async c => (await gitHttp(world, c.req.raw)) ?? (await pages(c.req.raw)) ?? c.text("Not Found", 404),
  );
  app.onError((error, c) => {
    if (error instanceof Failure) return c.json(failureBody(error), error.status as 500);
    console.error(error);
    return c.text(`Embedded GitHub: ${String(error)}`, 500);
  });
  return app;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function shut(server: Server): Promise<void> {
  const closed = new Promise(resolve => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** A delivery's receiver may immediately make more requests, so it must stay quiet for a few turns. */
async function quiet(busy: () => boolean, patience = Number.POSITIVE_INFINITY): Promise<void> {
  const until = performance.now() + patience;
  for (let still = 0; still < 3 && performance.now() < until; still = busy() ? 0 : still + 1)
    await new Promise(resolve => setTimeout(resolve, 5));
}
