// The web pages: which address shows what, and what a form does: checks the origin, performs the deed, then shows the
// page again with what was refused, or redirects.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Failure, notFound } from "../failure.ts";
import type { Act } from "../rest.ts";
import { htmlUrl, movedRepository, repositoryByName, type World } from "../world.ts";
import { actionsPage, workflowDeeds } from "./action-pages.ts";
import { checkDeeds, checkPage } from "./check-pages.ts";
import { blobPage, homePage, rawFile, treePage } from "./code-pages.ts";
import {
  branchesPage,
  commitPage,
  commitsPage,
  compareDeeds,
  comparePage,
  compareText,
  pullText,
} from "./commit-pages.ts";
import { html } from "./html.ts";
import { issueDeeds, issueList, issuePage, newIssue, newIssueDeeds } from "./issue-pages.ts";
import { labelSheet, respondPage, STYLE } from "./layout.ts";
import { fileDeeds, pullDeeds } from "./pull-deeds.ts";
import { conversation, pullChecks, pullCommits, pullFiles } from "./pull-pages.ts";
import { runDeeds, runPage } from "./run-page.ts";
import { appPage, favicon, indexPage, installationPage, lastOwner, picture, userPage } from "./site-pages.ts";
import {
  COOKIE,
  ownerNamed,
  type Page,
  type PageRoute,
  people,
  type RepositoryVisit,
  repositoryVisit,
  type Visit,
  visitOf,
} from "./visit.ts";

const siteRoutes: readonly PageRoute<Visit>[] = [
  { path: /^\/$/, show: indexPage },
  { path: /^\/apps\/(?<slug>[^/]+)$/, show: appPage },
  { path: /^\/settings\/installations\/(?<id>\d+)$/, show: installationPage },
  { path: /^\/(?<login>[^/_][^/]*)$/, show: userPage },
];

/** Below `/owner/name`. */
const repositoryRoutes: readonly PageRoute<RepositoryVisit>[] = [
  { path: /^$/, show: homePage },
  { path: /^\/issues$/, show: visit => issueList(visit, false) },
  { path: /^\/issues\/new$/, show: newIssue, deeds: newIssueDeeds },
  { path: /^\/issues\/(?<number>\d+)$/, show: issuePage, deeds: issueDeeds },
  { path: /^\/pulls$/, show: visit => issueList(visit, true) },
  { path: /^\/pull\/(?<number>\d+)\.(?<kind>diff|patch)$/, show: pullText },
  { path: /^\/pull\/(?<number>\d+)$/, show: conversation, deeds: pullDeeds },
  { path: /^\/pull\/(?<number>\d+)\/commits$/, show: pullCommits },
  { path: /^\/pull\/(?<number>\d+)\/checks$/, show: pullChecks },
  { path: /^\/pull\/(?<number>\d+)\/files$/, show: pullFiles, deeds: fileDeeds },
  { path: /^\/runs\/(?<id>\d+)$/, show: checkPage, deeds: checkDeeds },
  { path: /^\/actions$/, show: actionsPage },
  { path: /^\/actions\/workflows\/(?<file>[^/]+)$/, show: actionsPage, deeds: workflowDeeds },
  {
    path: /^\/actions\/runs\/(?<id>\d+)(?:\/attempts\/(?<attempt>\d+)|\/job\/\d+)?$/,
    show: runPage,
    deeds: runDeeds,
  },
  { path: /^\/tree\/(?<rest>.+)$/, show: treePage },
  { path: /^\/blob\/(?<rest>.+)$/, show: blobPage },
  { path: /^\/raw\/(?<rest>.+)$/, show: rawFile },
  { path: /^\/branches$/, show: branchesPage },
  { path: /^\/labels\.css$/, show: labelSheet },
  { path: /^\/commits(?:\/(?<rest>.+))?$/, show: commitsPage },
  { path: /^\/commit\/(?<sha>[^/]+)$/, show: commitPage },
  { path: /^\/compare\/(?<range>.+)\.(?<kind>diff|patch)$/, show: compareText },
  { path: /^\/compare(?:\/(?<range>.+))?$/, show: comparePage, deeds: compareDeeds },
];

/** Null if the address is not one of ours. */
export function createPages(world: World, act: Act): (request: Request) => Promise<Response | null> {
  return async request => {
    if (!["GET", "HEAD", "POST"].includes(request.method)) return null;
    const url = new URL(request.url);
    const fixed = await fixedAnswer(world, url);
    if (fixed !== null) return fixed;
    if (!isOurHost(world, request)) return text(421, `Open these pages at ${world.links.origin}.`);
    if (request.method === "POST" && !isSameOrigin(world, request))
      return text(
        403,
        "Forms are taken from these pages only. An App is not registered here by a form: whoever starts this GitHub adds it.",
      );
    const typed =
      request.method === "POST" ? new URLSearchParams(await request.text()) : new URLSearchParams();
    if (url.pathname === "/_embedded/acting")
      return request.method === "POST" ? chooseViewer(world, typed) : null;
    return visitPage({ world, act, url, typed, request });
  };
}

interface Coming {
  readonly world: World;
  readonly act: Act;
  readonly url: URL;
  readonly typed: URLSearchParams;
  readonly request: Request;
}

async function visitPage(coming: Coming): Promise<Response> {
  const { world, act, url, typed, request } = coming;
  const [, owner = "", name = "", tail = ""] =
    /^\/([^/]+)\/([^/]+)(\/.*)?$/.exec(url.pathname.replace(/(.)\/$/, "$1")) ?? [];
  const cookie = request.headers.get("cookie") ?? "";
  const home = ownerNamed(world, decode(owner), decode(name)) ?? lastOwner(world);
  const visit = visitOf({ world, url, cookie, act, owner: home, parts: {}, typed });
  try {
    const site = find(siteRoutes, url.pathname);
    if (site !== null) return await answer(site.route, { ...visit, parts: site.parts }, request);
    const moved = movedTo(world, url, decode(owner), decode(name));
    if (moved !== null) return moved;
    const here = repositoryVisit(visit, decode(owner), decode(name));
    const found = find(repositoryRoutes, tail);
    if (found === null) throw notFound();
    return await answer(found.route, { ...here, parts: found.parts }, request);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return respondPage(visit, errorPage(error), error.status);
  }
}

function movedTo(world: World, url: URL, owner: string, name: string): Response | null {
  const moved = movedRepository(world, owner, name);
  if (moved === undefined || repositoryByName(world, owner, name) !== undefined) return null;
  const tail = url.pathname.split("/").slice(3).join("/");
  return Response.redirect(`${htmlUrl(world, moved)}/${tail}${url.search}`, 302);
}

async function answer<V extends Visit>(route: PageRoute<V>, visit: V, request: Request): Promise<Response> {
  if (request.method !== "POST") {
    const tag = tagOf(visit);
    if (request.headers.get("if-none-match") === tag) return new Response(null, { status: 304 });
    const page = await shown(route, visit, 200);
    if (page.status === 200) page.headers.set("etag", tag);
    return page;
  }
  const deed = route.deeds?.[visit.typed.get("do") ?? ""];
  if (deed === undefined) throw new Failure(405, "There is no such form here.");
  try {
    return Response.redirect(new URL(await deed(visit), visit.url), 303);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return shown(route, { ...visit, refusal: refusalText(error) }, error.status);
  }
}

/** Covers everything a page is made of: the state, the viewer, and relative times, to the minute. */
const tagOf = ({ world, viewer }: Visit): string =>
  `"${world.changes()}-${viewer.id}-${Math.floor(world.now().getTime() / 60_000)}"`;

async function shown<V extends Visit>(route: PageRoute<V>, visit: V, status: number): Promise<Response> {
  const page = await route.show(visit);
  return page instanceof Response ? page : respondPage(visit, page, status);
}

function find<V extends Visit>(routes: readonly PageRoute<V>[], path: string) {
  for (const route of routes) {
    const hit = route.path.exec(path);
    if (hit === null) continue;
    const parts = Object.entries(hit.groups ?? {}).filter(([, value]) => value !== undefined);
    return { route, parts: Object.fromEntries(parts.map(([key, value]) => [key, decode(value)])) };
  }
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notFound();
  }
}

/** GitHub's own wording, as in its API. */
function refusalText(failure: Failure): string {
  const details = (failure.errors ?? []).map(one => {
    if (typeof one === "string") return one;
    const { message, field, code } = one as { message?: string; field?: string; code?: string };
    return message ?? [field, code?.replaceAll("_", " ")].filter(part => part !== undefined).join(": ");
  });
  return [`${failure.message.replace(/\.$/, "")}${details.length === 0 ? "." : ":"}`, ...details].join(" ");
}

const errorPage = (failure: Failure): Page => ({
  title: `${failure.status} ${failure.message}`,
  body: html`<section class="error"><h1>${failure.status}</h1><p>${failure.status === 404 ? "There is nothing here, or nothing that you may see." : failure.message}</p><p><a href="/">All repositories</a></p></section>`,
});

async function fixedAnswer(world: World, url: URL): Promise<Response | null> {
  const file = FILES.get(url.pathname);
  if (file !== undefined)
    return new Response(file.text, {
      headers: { "content-type": `${file.type}; charset=utf-8`, "cache-control": "no-cache" },
    });
  if (url.pathname === "/_embedded/icon.svg" || url.pathname === "/favicon.ico") return favicon();
  const id = /^\/avatars\/u\/(\d+)$/.exec(url.pathname)?.[1];
  return id === undefined ? null : picture(world, Number(id));
}

const script = (url: string) => ({ text: readFileSync(fileURLToPath(url), "utf8"), type: "text/javascript" });
const FILES = new Map([
  ["/_embedded/style.css", { text: STYLE, type: "text/css" }],
  ["/_embedded/follow.js", script(import.meta.resolve("./follow.js"))],
  ["/_embedded/idiomorph.js", script(import.meta.resolve("idiomorph"))],
]);

const hosts = (world: World): string[] => {
  const { port, host } = new URL(world.links.origin);
  return [host, `localhost:${port}`];
};

/** Another host name that resolves here would let a foreign site read these pages as its own. */
const isOurHost = (world: World, request: Request): boolean =>
  hosts(world).includes(request.headers.get("host") ?? new URL(request.url).host);

function isSameOrigin(world: World, request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = request.headers.get("origin");
  if (origin === null) return site === "same-origin";
  return hosts(world).some(host => origin === `http://${host}`);
}

function chooseViewer(world: World, typed: URLSearchParams): Response {
  const login = typed.get("login") ?? "";
  const back = typed.get("back") ?? "/";
  if (!people(world).some(user => user.login === login)) return text(422, "Nobody of that name is here.");
  const location = /^\/(?![/\\])/.test(back) ? back : "/";
  const cookie = `${COOKIE}=${encodeURIComponent(login)}; Path=/; HttpOnly; SameSite=Strict`;
  return new Response(null, { status: 303, headers: { location, "set-cookie": cookie } });
}

const text = (status: number, message: string): Response =>
  new Response(`${message}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
