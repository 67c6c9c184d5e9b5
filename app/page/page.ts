// The page for people who run the App: the list of tasks, each task, and the figures over all of them; and the same
// rows as JSON. Read-only. It has its own port on loopback, which the internet cannot reach.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Context, Hono } from "hono";
import { etag } from "hono/etag";
import { PAGE_POLICY } from "../headers.ts";
import type { Plane } from "../plane.ts";
import { createDigests } from "./digest.ts";
import { createFiguresPage } from "./figures-page.ts";
import { indexPage, Wanted } from "./index-page.ts";
import { noTaskPage, nothingPage } from "./not-found.ts";
import { taskPage } from "./task-page.ts";

const SHOWN = 50;

export const createPage = (plane: Plane): Hono => {
  const page = new Hono();
  const digest = createDigests(plane);
  const figures = createFiguresPage(plane);
  page.use(async (c, next) => (isFromHere(c) ? next() : c.text(ELSEWHERE, 403))); // guard: page-from-here
  page.use(async (c, next) => {
    await next();
    c.header("content-security-policy", PAGE_POLICY);
  });
  // A page that polls is sent the body only if it changed.
  page.use(etag());
  page.get("/", async c => c.html(await indexPage(Wanted.parse(c.req.query()), plane)));
  page.get("/tasks/:id{[0-9]{1,15}}", async c => {
    const body = await taskPage(Number(c.req.param("id")), { plane, digest });
    return body === null ? c.html(noTaskPage(), 404) : c.html(body);
  });
  page.get("/figures", async c => c.html(await figures()));
  page.get("/tasks.json", async c => c.json(await plane.store.tasks({ limit: SHOWN })));
  page.get("/tasks/:id{[0-9]+\\.json}", async c => {
    const task = await plane.store.task(Number.parseInt(c.req.param("id"), 10));
    if (task === null) return c.json({ error: "There is no such task. /tasks.json lists them." }, 404);
    const pipelines = await plane.store.pipelines(task.id);
    const returns = await plane.store.returns(task.id, SHOWN);
    const rejections = await plane.store.rejections({ task_id: task.id, limit: SHOWN });
    const records = pipelines.map(({ lease_hash: _, ...record }) => record);
    return c.json({ task, pipelines: records, returns, rejections });
  });
  for (const [path, { type, text }] of FILES)
    page.get(path, c => c.body(text, 200, { "content-type": type }));
  page.get("*", c => c.html(nothingPage(), 404));
  return page;
};

const fileOf = (url: string, type: string) => ({
  text: readFileSync(fileURLToPath(url), "utf8"),
  type: `${type}; charset=utf-8`,
});

const FILES = new Map([
  ["/style.css", fileOf(import.meta.resolve("./style.css"), "text/css")],
  ["/icon.svg", fileOf(import.meta.resolve("./icon.svg"), "image/svg+xml")],
  ["/follow.js", fileOf(import.meta.resolve("../../web/follow.js"), "text/javascript")],
  ["/idiomorph.js", fileOf(import.meta.resolve("idiomorph"), "text/javascript")],
]);

const ELSEWHERE =
  "This lists the tasks of all repositories, private ones too, so it answers only to this machine. Open it there, or through a tunnel (ssh -L).\n";

/**
 * Accepts only names of this machine, and no proxied requests: a page in a local browser may use a host name that
 * resolves to this machine, and a proxy pointed here by mistake may let anybody through.
 */
const isFromHere = (c: Context): boolean =>
  PROXIED.every(name => c.req.header(name) === undefined) && OWN_NAME.test(c.req.header("host") ?? "");

export const PROXIED: readonly string[] = [
  "x-forwarded-for",
  "x-forwarded-host",
  "x-real-ip",
  "forwarded",
  "via",
];
const OWN_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/; // guard: page-own-name
