// The frame of every page: the place, the viewer, and what was refused.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Repository } from "../state.ts";
import { ownerOf } from "../world.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { avatar, labelStyles, userPath } from "./parts.ts";
import { type Page, people, type RepositoryVisit, type Visit } from "./visit.ts";

export const STYLE = readFileSync(path.join(import.meta.dirname, "style.css"), "utf8");

export const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function respondPage(visit: Visit, page: Page, status: number): Response {
  const { markup } = frame(visit, page);
  const headers = { ...HEADERS, "content-security-policy": POLICY };
  return new Response(`<!doctype html>\n${markup}`, { status, headers });
}

const isHere = (visit: Visit): visit is RepositoryVisit => "repository" in visit;

function frame(visit: Visit, page: Page): Html {
  const follow = visit.refusal === null ? (page.refresh ?? page.follow) : undefined;
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${page.refresh === undefined || visit.refusal !== null ? null : html`<noscript><meta http-equiv="refresh" content="${page.refresh}"></noscript>`}
<title>${page.title}</title>
<link rel="stylesheet" href="/_embedded/style.css">
<link rel="icon" href="/_embedded/icon.svg">
${isHere(visit) ? html`<link rel="stylesheet" href="${visit.home}/labels.css?${labelsTag(visit.repository)}">` : null}
<script type="module" src="/_embedded/follow.js"></script>
</head>
<body${follow === undefined ? "" : html` data-follow="${follow}"`}>
<header class="top">
<nav class="crumbs" aria-label="Where you are"><a class="mark" href="/" title="All repositories">${icon("branch")}<span>Embedded GitHub</span></a>${crumbs(visit)}</nav>
${actingForm(visit)}
</header>
${isHere(visit) ? tabs(visit, page.tab) : null}
<main${page.wide ? html` class="wide"` : ""}>
${visit.refusal === null ? null : html`<div class="flash" role="alert">${icon("alert")}<span>${visit.refusal}</span></div>`}
${page.body}
</main>
<footer>An embedded GitHub on this machine. Everything here is local.</footer>
</body>
</html>`;
}

export const labelSheet = ({ repository }: RepositoryVisit): Response =>
  new Response(labelStyles(repository), {
    headers: { ...HEADERS, "content-type": "text/css; charset=utf-8" },
  });

/** The address changes when the colours do. */
const labelsTag = (repository: Repository): string =>
  createHash("sha256").update(labelStyles(repository)).digest("hex").slice(0, 12);

function crumbs(visit: Visit): Html | null {
  if (!isHere(visit)) return null;
  const owner = ownerOf(visit.world, visit.repository);
  const tag = visit.repository.archived ? "archived" : visit.repository.private ? "private" : "public";
  return html`<span class="slash">/</span><a href="${userPath(owner)}">${owner.login}</a><span class="slash">/</span><a class="strong" href="${visit.home}">${visit.repository.name}</a><span class="tag">${tag}</span>`;
}

function actingForm(visit: Visit): Html {
  const { viewer, world } = visit;
  return html`<form class="acting" method="post" action="/_embedded/acting">
<input type="hidden" name="back" value="${visit.url.pathname}${visit.url.search}">
${avatar(viewer)}<label for="acting">You act as</label>
<select id="acting" name="login">${people(world).map(
    user => html`<option${user.id === viewer.id ? html` selected` : ""}>${user.login}</option>`,
  )}</select><button class="button small">Switch</button></form>`;
}

const openOnes = (repository: Repository, pulls: boolean): number =>
  repository.issues.filter(
    issue => issue.state === "open" && issue.gone === null && (issue.pull !== null) === pulls,
  ).length;

function tabs(visit: RepositoryVisit, current: Page["tab"]): Html {
  const { repository, home } = visit;
  const tab = (key: Page["tab"], to: string, what: { icon: string; text: string; count?: number }) =>
    html`<a href="${home}${to}"${key === current ? html` class="current" aria-current="page"` : ""}>${icon(what.icon)}${what.text}${
      what.count ? html`<span class="count">${what.count}</span>` : null
    }</a>`;
  return html`<nav class="tabs" aria-label="Repository">${[
    tab("code", "", { icon: "book", text: "Code" }),
    tab("issues", "/issues", { icon: "issue", text: "Issues", count: openOnes(repository, false) }),
    tab("pulls", "/pulls", { icon: "pull", text: "Pull requests", count: openOnes(repository, true) }),
    tab("actions", "/actions", { icon: "play", text: "Actions" }),
  ]}</nav>`;
}
