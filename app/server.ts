// The App's HTTP server: webhooks through Probot, the run API, health and the page. Bodies are capped before
// anything reads them, because Probot reads them whole before it looks at the signature.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { createNodeMiddleware, type Probot } from "probot";
import { isHandled, toSignal } from "./intake/signal.ts";
import { createPage } from "./page.ts";
import type { Plane } from "./plane.ts";
import { createRunApi } from "./runs/api.ts";
import type { ClaimOptions } from "./runs/claim.ts";

export const WEBHOOK_PATH = "/api/github/webhooks";
const LARGEST_BODY = 25 * 1024 * 1024;

export interface ServerOptions {
  readonly probot: Probot;
  readonly plane: Plane;
  readonly claims: ClaimOptions;
  readonly wake: () => void;
}

export const createAppServer = async ({ probot, plane, claims, wake }: ServerOptions): Promise<Server> => {
  const site = new Hono();
  site.get("/healthz", async c => {
    await plane.store.nextDue();
    return c.json({ ok: true });
  });
  const api = createRunApi(claims);
  site.use("/kin/*", async (_, next) => {
    await next();
    wake();
  });
  site.route("/kin", api);
  site.route("/", createPage(plane));
  const listener = getRequestListener(site.fetch);
  const webhooks = await createNodeMiddleware(
    app => {
      app.onAny(async event => {
        const signal = toSignal(event.name, event.payload, plane.sha256);
        if (!isHandled(signal)) return;
        await plane.store.ask([{ key: `delivery:${event.id}`, kind: "event", data: signal }]);
        wake();
      });
    },
    { probot, webhooksPath: WEBHOOK_PATH },
  );
  const server = createServer((request, response) => {
    if (tooLarge(request, response)) return;
    if (request.url?.startsWith(WEBHOOK_PATH)) void webhooks(request, response, () => notFound(response));
    else void listener(request, response);
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  return server;
};

/** By its declared length at once, by its real one as it comes in. */
const tooLarge = (request: IncomingMessage, response: ServerResponse): boolean => {
  const refuse = () => {
    if (!response.headersSent)
      response
        .writeHead(413, { connection: "close", "content-type": "text/plain" })
        .end("The body is larger than 25 MiB.\n");
    request.unpipe();
    request.destroy();
  };
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_BODY) {
    refuse();
    return true;
  }
  if (request.headers["content-length"] !== undefined) return false;
  let seen = 0;
  const push = request.push.bind(request);
  request.push = (chunk, encoding) => {
    seen += chunk?.length ?? 0;
    if (seen > LARGEST_BODY) {
      refuse();
      return false;
    }
    return push(chunk, encoding);
  };
  return false;
};

const notFound = (response: ServerResponse): void => {
  response.writeHead(404, { "content-type": "text/plain" }).end("Not found.\n");
};
