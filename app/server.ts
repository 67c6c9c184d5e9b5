// The App's HTTP server: webhooks, the run API, health and the page.
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import type { Probot } from "probot";
import { createPage } from "./page.ts";
import type { Plane } from "./plane.ts";
import { createRunApi } from "./runs/api.ts";
import type { ClaimOptions } from "./runs/claim.ts";
import { createReceiver } from "./webhooks.ts";

export const WEBHOOK_PATH = "/api/github/webhooks";

/** A slow sender is let go at the first look behind its time. */
const TIMES = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 };

export interface ServerOptions {
  readonly probot: Probot;
  readonly plane: Plane;
  readonly claims: ClaimOptions;
  readonly wake: () => void;
}

export const createAppServer = async ({ probot, plane, claims, wake }: ServerOptions): Promise<Server> => {
  await probot.ready();
  const site = new Hono();
  site.get("/healthz", async c => {
    await plane.store.nextDue();
    return c.json({ ok: true });
  });
  site.onError((error, c) => {
    plane.warn(error, `${c.req.method} ${c.req.path}`);
    return c.text("The App failed. Its log says more.\n", 503);
  });
  const api = createRunApi(claims);
  site.use("/kin/*", async (_, next) => {
    await next();
    wake();
  });
  site.route("/kin", api);
  site.route("/", createPage(plane));
  const listener = getRequestListener(site.fetch);
  const receive = createReceiver({ probot, plane, wake });
  return createServer(TIMES, (request, response) => {
    const path = request.url?.replace(/\/?(\?.*)?$/s, "");
    if (path === WEBHOOK_PATH) void receive(request, response);
    else void listener(request, response);
  });
};
