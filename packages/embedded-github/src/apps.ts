// GitHub Apps over REST: the App about itself, its installations, their tokens, its webhook deliveries.

import * as z from "zod";
import { covers, grants, visibleTo } from "./access.ts";
import { mintToken } from "./auth.ts";
import type { Call } from "./call.ts";
import { forbidden, notFound, unprocessable } from "./failure.ts";
import { renderApp, renderRepository, renderUser } from "./render.ts";
import { created, ok, page, type Route } from "./rest.ts";
import type { App, Delivery, Grants, Installation, Repository } from "./state.ts";
import { renderInstallation } from "./webhooks.ts";
import { isoSeconds, must, repositoryByName, userById, userByLogin } from "./world.ts";

const NewToken = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.number().int()).optional(),
  permissions: z.record(z.string(), z.enum(["read", "write", "admin"])).optional(),
});
const HOUR = 3_600_000;

export const appRoutes = (redeliver: (id: number) => void): readonly Route[] => [
  { method: "GET", path: "/app", open: "app", handle: call => ok(shownApp(call)) },
  { method: "GET", path: "/app/installations", open: "app", handle: listInstallations },
  {
    method: "GET",
    path: "/app/installations/{installation_id}",
    open: "app",
    handle: call => ok(renderInstallation(call.world, installationOf(call))),
  },
  {
    method: "POST",
    path: "/app/installations/{installation_id}/access_tokens",
    open: "app",
    handle: createToken,
  },
  { method: "GET", path: "/repos/{owner}/{repo}/installation", open: "app", handle: repositoryInstallation },
  {
    method: "GET",
    path: "/users/{username}/installation",
    open: "app",
    handle: call => accountInstallation(call, "username"),
  },
  {
    method: "GET",
    path: "/orgs/{org}/installation",
    open: "app",
    handle: call => accountInstallation(call, "org"),
  },
  { method: "GET", path: "/installation/repositories", open: "signed-in", handle: listRepositories },
  { method: "GET", path: "/apps/{app_slug}", open: "anyone", handle: getApp },
  { method: "GET", path: "/app/hook/deliveries", open: "app", handle: listDeliveries },
  {
    method: "GET",
    path: "/app/hook/deliveries/{delivery_id}",
    open: "app",
    handle: call => ok(fullDelivery(call)),
  },
  {
    method: "POST",
    path: "/app/hook/deliveries/{delivery_id}/attempts",
    open: "app",
    handle: call => {
      redeliver(deliveryOf(call).id);
      return { status: 202, body: {} };
    },
  },
  {
    method: "GET",
    path: "/meta",
    open: "anyone",
    handle: () => ok({ verifiable_password_authentication: false, installed_version: "3.20.0" }),
  },
  { method: "GET", path: "/rate_limit", open: "anyone", handle: rateLimit },
  { method: "GET", path: "/user", open: "signed-in", handle: getUser },
  {
    method: "GET",
    path: "/users/{username}",
    open: "anyone",
    handle: call => ok(fullUser(call, call.param("username"))),
  },
  {
    method: "GET",
    path: "/user/repos",
    open: "signed-in",
    handle: call => page(call, visibleTo(call.world, call.actor), one => renderRepository(call.world, one)),
  },
];

function appOf(call: Call): App {
  if (call.actor.kind !== "app") throw forbidden();
  return call.actor.app;
}

const installationsOf = (call: Call): Installation[] =>
  call.world.state.installations.filter(one => one.appId === appOf(call).id);

const shownApp = (call: Call) => ({
  ...renderApp(call.world, appOf(call)),
  installations_count: installationsOf(call).length,
});

function installationOf(call: Call): Installation {
  return must(installationsOf(call).find(one => one.id === call.number("installation_id")));
}

const listInstallations = (call: Call) =>
  page(call, installationsOf(call), one => renderInstallation(call.world, one));

function repositoryInstallation(call: Call) {
  const repository = must(repositoryByName(call.world, call.param("owner"), call.param("repo")));
  const found = installationsOf(call).find(one => one.accountId === repository.ownerId);
  return ok(renderInstallation(call.world, must(found)));
}

function accountInstallation(call: Call, name: string) {
  const account = must(userByLogin(call.world, call.param(name)));
  const found = installationsOf(call).find(one => one.accountId === account.id);
  return ok(renderInstallation(call.world, must(found)));
}

function createToken(call: Call) {
  const installation = installationOf(call);
  const wanted = call.read(NewToken);
  const permissions = narrowed(appOf(call), wanted.permissions);
  const chosen = chosenRepositories(call, installation, wanted);
  const expiresAt = new Date(call.world.now().getTime() + HOUR);
  const token = mintToken(call.world, "ghs", {
    kind: "installation",
    installationId: installation.id,
    permissions,
    repositoryIds: chosen?.map(one => one.id) ?? null,
    expiresAt: expiresAt.toISOString(),
  });
  return created({
    token,
    expires_at: isoSeconds(expiresAt),
    permissions,
    repository_selection: chosen === null ? "all" : "selected",
    ...(chosen === null ? {} : { repositories: chosen.map(one => renderRepository(call.world, one)) }),
  });
}

function narrowed(app: App, wanted: Grants | undefined): Grants {
  const granted: Grants = { metadata: "read", ...app.permissions };
  if (wanted === undefined) return granted;
  for (const [name, level] of Object.entries(wanted))
    if (!grants(granted[name], level))
      throw unprocessable("The permissions requested are not granted to this installation.");
  return { metadata: "read", ...wanted };
}

function chosenRepositories(
  call: Call,
  installation: Installation,
  wanted: z.output<typeof NewToken>,
): Repository[] | null {
  if (wanted.repositories === undefined && wanted.repository_ids === undefined) return null;
  const mine = call.world.state.repositories.filter(one => one.ownerId === installation.accountId);
  const named = (wanted.repositories ?? []).map(name =>
    mine.find(one => one.name.toLowerCase() === name.toLowerCase()),
  );
  const numbered = (wanted.repository_ids ?? []).map(id => mine.find(one => one.id === id));
  return [...named, ...numbered].map(one => {
    if (one === undefined)
      throw unprocessable(
        "There is at least one repository that does not exist or is not accessible to the parent installation.",
      );
    return one;
  });
}

function listRepositories(call: Call) {
  const { actor, world } = call;
  if (actor.kind !== "installation") throw forbidden();
  const found = world.state.repositories.filter(one => covers(actor, one));
  const selection = actor.repositoryIds === null ? "all" : "selected";
  return page(
    call,
    found,
    one => renderRepository(world, one),
    repositories => ({
      total_count: found.length,
      repository_selection: selection,
      repositories,
    }),
  );
}

function getApp(call: Call) {
  const app = call.world.state.apps.find(one => one.slug === call.param("app_slug"));
  return ok(renderApp(call.world, must(app)));
}

function deliveriesOf(call: Call): Delivery[] {
  return call.world.deliveries.filter(one => one.appId === appOf(call).id).sort((a, b) => b.id - a.id);
}

const deliveryOf = (call: Call): Delivery =>
  must(deliveriesOf(call).find(one => one.id === call.number("delivery_id")));

function listDeliveries(call: Call) {
  const size = Math.min(Math.max(Number(call.query.get("per_page") ?? 30) || 30, 1), 100);
  const cursor = Number(call.query.get("cursor")?.replace(/^v1_/, "") ?? Number.POSITIVE_INFINITY);
  const rest = deliveriesOf(call).filter(one => one.id < cursor);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const next = new URL(call.url);
  next.searchParams.set("cursor", `v1_${last?.id}`);
  const headers = rest.length > size ? { link: `<${next}>; rel="next"` } : {};
  return { status: 200, body: shown.map(renderDelivery), headers: headers as Record<string, string> };
}

const renderDelivery = (one: Delivery) => ({
  id: one.id,
  guid: one.guid,
  delivered_at: one.deliveredAt,
  redelivery: one.redelivery,
  duration: one.duration,
  status: one.status,
  status_code: one.statusCode,
  event: one.event,
  action: one.action,
  installation_id: one.installationId,
  repository_id: one.repositoryId,
  throttled_at: null,
});

function fullDelivery(call: Call) {
  const one = deliveryOf(call);
  return {
    ...renderDelivery(one),
    url: appOf(call).webhook?.url ?? "",
    request: { headers: one.requestHeaders, payload: one.payload },
    response: { headers: one.responseHeaders, payload: one.response },
  };
}

function rateLimit(call: Call) {
  const one = {
    limit: 5000,
    used: 0,
    remaining: 5000,
    reset: Math.floor(call.world.now().getTime() / 1000) + 3600,
  };
  return ok({ resources: { core: one, search: one, graphql: one }, rate: one });
}

function fullUser(call: Call, login: string) {
  const user = userByLogin(call.world, login);
  if (user === undefined) throw notFound();
  const zero = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const nothing = { company: null, blog: "", location: null, email: null, hireable: null, bio: null };
  const dates = { created_at: user.createdAt, updated_at: user.createdAt };
  return { ...renderUser(call.world, user), name: user.name, ...nothing, ...zero, ...dates };
}

// An installation's token belongs to no person: GitHub refuses it here.
function getUser(call: Call) {
  if (call.actor.kind !== "user") throw forbidden();
  return ok(fullUser(call, userById(call.world, call.actor.user.id).login));
}
