// Pages outside any repository: the list of repositories, people, Apps, installations; and avatars.

import { canSee } from "../access.ts";
import { notFound } from "../failure.ts";
import type { App, User } from "../state.ts";
import { appById, fullName, must, ownerOf, userById, userByLogin, type World } from "../world.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { ago, avatar, empty, userPath } from "./parts.ts";
import { type Page, people, type Visit } from "./visit.ts";

export function indexPage(visit: Visit): Page {
  const { world } = visit;
  return {
    title: "Embedded GitHub",
    body: html`<div class="columns"><div><h1>Repositories</h1>${repositories(visit, null)}</div><aside class="roomy"><section><h2>People</h2><ul class="plain people">${people(
      world,
    ).map(
      user => html`<li>${avatar(user)} <a href="${userPath(user)}">${user.login}</a></li>`,
    )}</ul></section><section><h2>Apps</h2><ul class="plain people">${world.state.apps
      .filter(app => app.publicKey !== "")
      .map(
        app =>
          html`<li>${avatar(userById(world, app.botId))} <a href="/apps/${app.slug}">${app.name}</a></li>`,
      )}</ul></section></aside></div>`,
  };
}

function repositories({ world, actor }: Visit, owner: User | null): Html {
  const found = world.state.repositories.filter(
    one => canSee(actor, one) && (owner === null || one.ownerId === owner.id),
  );
  if (found.length === 0) return html`<section class="box">${empty("No repositories.")}</section>`;
  return html`<section class="box list"><ul>${found.map(
    one =>
      html`<li class="row">${icon("book", "muted")}<div class="grow"><a class="title" href="/${fullName(world, one)}">${fullName(world, one)}</a> <span class="tag">${one.private ? "private" : "public"}</span><div class="muted small">updated ${ago(world, one.pushedAt)}</div></div></li>`,
  )}</ul></section>`;
}

export function userPage(visit: Visit): Page {
  const user = userByLogin(visit.world, must(visit.parts.login));
  if (user === undefined || user.type === "Bot") throw notFound();
  return {
    title: user.login,
    body: html`<div class="bar">${avatar(user, 48)}<h1>${user.login}</h1>${user.name === null ? null : html`<span class="muted">${user.name}</span>`}</div>${repositories(visit, user)}`,
  };
}

export function appPage(visit: Visit): Page {
  const app = visit.world.state.apps.find(one => one.slug === visit.parts.slug);
  return appView(visit, must(app));
}

function appView({ world }: Visit, app: App): Page {
  const bot = userById(world, app.botId);
  const installed = world.state.installations.filter(one => one.appId === app.id);
  const sent = world.deliveries
    .filter(one => one.appId === app.id)
    .slice(-30)
    .reverse();
  return {
    title: app.name,
    body: html`<div class="bar">${avatar(bot, 48)}<h1>${app.name}</h1><span class="tag">App</span></div>
<section class="box pad"><p>Acts as <b>${bot.login}</b>, installed on ${installed.length === 0 ? "nothing" : installed.map(one => html`<a href="/settings/installations/${one.id}">${userById(world, one.accountId).login}</a> `)}</p><p class="muted small">${Object.entries(app.permissions).map(([name, level]) => html`<code>${name}: ${level}</code> `)}</p></section>
<h2>Newest webhook deliveries</h2><section class="box list">${
      sent.length === 0
        ? empty("None yet.")
        : html`<ul>${sent.map(
            one =>
              html`<li class="row">${one.statusCode === 0 ? icon("waiting", "warn") : one.statusCode < 300 ? icon("check", "good") : icon("cross", "bad")}<span class="grow"><code>${one.event}${one.action === null ? "" : `.${one.action}`}</code></span><span class="muted small">${one.statusCode === 0 ? "pending" : one.statusCode} ${one.redelivery ? "· redelivered " : ""}${ago(world, one.deliveredAt)}</span></li>`,
          )}</ul>`
    }</section>`,
  };
}

export function installationPage(visit: Visit): Page {
  const { world, parts } = visit;
  const installation = must(world.state.installations.find(one => one.id === Number(parts.id)));
  const app = appById(world, installation.appId);
  const account = userById(world, installation.accountId);
  return {
    title: `${app.name} on ${account.login}`,
    body: html`<h1><a class="plain" href="/apps/${app.slug}">${app.name}</a> on <a class="plain" href="${userPath(account)}">${account.login}</a></h1><p class="muted">Installed on all repositories ${ago(world, installation.createdAt)}.</p>${repositories(visit, account)}`,
  };
}

/** The default viewer of a page without a repository: the newest repository's owner. */
export const lastOwner = (world: World): User | null => {
  const newest = world.state.repositories.at(-1);
  return newest === undefined ? null : ownerOf(world, newest);
};

const PALETTE = ["#0969da", "#1a7f37", "#8250df", "#bc4c00", "#bf3989", "#116329", "#9a6700", "#cf222e"];

export function picture(world: World, id: number): Response {
  const user = world.state.users.find(one => one.id === id);
  if (user === undefined) throw notFound();
  const letter = /[a-z0-9]/i.exec(user.login)?.[0]?.toUpperCase() ?? "?";
  const color = PALETTE[[...user.login].reduce((sum, one) => sum + one.charCodeAt(0), 0) % PALETTE.length];
  const shape =
    user.type === "User"
      ? `<circle cx="20" cy="20" r="20" fill="${color}"/>`
      : `<rect width="40" height="40" rx="8" fill="${color}"/>`;
  return svg(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">${shape}<text x="20" y="27.5" font-family="sans-serif" font-weight="600" font-size="20" fill="#fff" text-anchor="middle">${letter}</text></svg>`,
  );
}

export const favicon = (): Response =>
  svg(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#24292f"/><g fill="none" stroke="#fff" stroke-width="1.3"><circle cx="5" cy="4.6" r="1.4"/><circle cx="5" cy="11.4" r="1.4"/><circle cx="11" cy="6" r="1.4"/><path d="M5 6v4M11 7.4c0 1.7-2.2 2-6 2"/></g></svg>',
  );

const svg = (text: string): Response =>
  new Response(text, {
    headers: {
      "content-type": "image/svg+xml",
      "cache-control": "max-age=3600",
      "content-security-policy": "default-src 'none'",
      "x-content-type-options": "nosniff",
    },
  });
