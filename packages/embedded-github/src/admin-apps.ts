// Apps and their installations.

import { newKey } from "./seed.ts";
import type { App, User } from "./state.ts";
import { minimalRepositories, renderInstallation } from "./webhooks.ts";
import { must, userById, userByLogin, type World } from "./world.ts";

export interface NewApp {
  readonly slug: string;
  readonly name: string;
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export function appNamed(world: World, slug: string): App {
  const app = world.state.apps.find(one => one.slug === slug);
  if (app === undefined) throw new Error(`no App ${slug}`);
  return app;
}

export function addApp(world: World, wanted: NewApp): { appId: number; privateKey: string; botId: number } {
  const app = world.state.apps.find(one => one.slug === wanted.slug) ?? createApp(world, wanted);
  app.name = wanted.name;
  app.permissions = { ...wanted.permissions };
  app.events = [...wanted.events];
  if (wanted.webhookUrl !== undefined)
    app.webhook = { url: wanted.webhookUrl, secret: wanted.webhookSecret ?? null };
  return { appId: app.id, privateKey: app.privateKey, botId: app.botId };
}

function createApp(world: World, wanted: NewApp): App {
  const createdAt = world.stamp();
  const bot: User = { id: world.id(), login: `${wanted.slug}[bot]`, type: "Bot", name: null, createdAt };
  const app: App = {
    id: world.id(),
    slug: wanted.slug,
    name: wanted.name,
    webhook: null,
    permissions: {},
    events: [],
    ...newKey(),
    botId: bot.id,
    createdAt,
  };
  world.state.users.push(bot);
  world.state.apps.push(app);
  return app;
}

export function install(world: World, where: { slug: string; owner: string }): { installationId: number } {
  const app = appNamed(world, where.slug);
  const account = must(userByLogin(world, where.owner));
  const known = world.state.installations.find(one => one.appId === app.id && one.accountId === account.id);
  if (known !== undefined) return { installationId: known.id };
  const installation = { id: world.id(), appId: app.id, accountId: account.id, createdAt: world.stamp() };
  world.state.installations.push(installation);
  const payload = {
    installation: renderInstallation(world, installation),
    repositories: minimalRepositories(world, installation),
    requester: null,
  };
  const sender = userById(world, account.id);
  world.emit({ event: "installation", action: "created", repository: null, installation, sender, payload });
  return { installationId: installation.id };
}
