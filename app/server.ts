// The App's two HTTP servers. The internet reaches one of them: webhooks, the run API and health. The other serves the
// page, on loopback only.
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { Refusal } from "../core/model/wire.ts";
import { HEADERS } from "./headers.ts";
import { createReceiver } from "./intake/webhooks.ts";
import { createPage } from "./page/page.ts";
import type { Plane } from "./plane.ts";
import { createRunApi } from "./runs/api.ts";
import type { ClaimOptions } from "./runs/claim.ts";

export const WEBHOOK_PATH = "/api/github/webhooks";

export interface ServerOptions {
  readonly webhook_secret: string;
  readonly plane: Plane;
  readonly claims: ClaimOptions;
  readonly wake: () => void;
}

export const createAppServer = ({ webhook_secret, plane, claims, wake }: ServerOptions): Server => {
  const site = createSite(plane);
  site.get("/healthz", async c => {
    await plane.store.nextDue();
    return c.json({ ok: true });
  });
  site.use("/kin/*", async (c, next) => {
    await next();
    if (c.res.ok) wake(); // guard: refused-wake-nobody
  });
  site.route("/kin", createRunApi(claims));
  const listener = getRequestListener(site.fetch);
  const receive = createReceiver({ secret: webhook_secret, plane, wake });
  return serverOf((request, response) => {
    const path = (request.url ?? "").replace(/\?.*$/s, "");
    if (!ADDRESS.test(path)) return nothingAt(response); // guard: address-form
    if (path.replace(/\/$/, "") === WEBHOOK_PATH) void receive(request, response);
    else void listener(request, response);
  });
};

const nothingAt = (response: ServerResponse): void => {
  const refusal: Refusal = {
    code: "not_found",
    message: "There is nothing at this address.",
    hint: "The App's own have letters, digits and hyphens only.",
  };
  response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify(refusal));
};

/** `/`, `/tasks.json` and the like. */
export const createPageServer = (plane: Plane): Server =>
  serverOf(getRequestListener(createSite(plane).route("/", createPage(plane)).fetch));

/** None of the App's addresses has a dot or an escape, so nothing can be read as another address elsewhere. */
const ADDRESS = /^(?:\/[\w-]+)*\/?$/;

const createSite = (plane: Plane) => {
  const site = new Hono<{ Bindings: HttpBindings }>();
  site.onError((error, c) => {
    plane.warn(error, `${c.req.method} ${c.req.path}`);
    return c.text("The App failed. Its log says more.\n", 503);
  });
  return site;
};

/**
 * A slow sender is disconnected at the first check after its time. A body that nobody reads yet fills little memory.
 * Idle connections stay open longer than proxies keep theirs, usually a minute: if the App closed one while a request
 * was on its way, that request would be lost.
 */
const OPTIONS = {
  keepAliveTimeout: 65_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  highWaterMark: 16 * 1024,
};

const serverOf = (listener: RequestListener): Server =>
  createServer(OPTIONS, (request, response) => {
    for (const [name, value] of HEADERS) response.setHeader(name, value); // guard: headers-everywhere
    listener(request, response);
  });
