// The frame of every page: where one is, as whom, what was refused.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Repository } from "../state.ts";
import { ownerOf } from "../world.ts";
import { type Html, html, trusted } from "./html.ts";
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

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

export function respondPage(visit: Visit, page: Page, status: number): Response {
  const nonce = randomBytes(12).toString("base64");
  const { markup } = frame(visit, page, nonce);
  const headers = { ...HEADERS, "content-security-policy": policy(nonce) };
  return new Response(`<!doctype html>\n${markup}`, { status, headers });
}

const isHere = (visit: Visit): visit is RepositoryVisit => "repository" in visit;

function frame(visit: Visit, page: Page, nonce: string): Html {
  const styles = isHere(visit) ? labelStyles(visit.repository) : "";
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${page.refresh === undefined || visit.refusal !== null ? null : html`<meta http-equiv="refresh" content="${page.refresh}">`}
<title>${page.title}</title>
<link rel="stylesheet" href="/_embedded/style.css">
<link rel="icon" href="/_embedded/icon.svg">
${styles === "" ? null : html`<style nonce="${nonce}">${trusted(styles)}</style>`}
</head>
<body>
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
