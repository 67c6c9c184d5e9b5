// Webhooks to the Apps: signed, in order per repository, ten seconds each, and never retried by themselves.

import { createHmac, randomUUID } from "node:crypto";
import type { FaultGate } from "./faults.ts";
import { renderMinimalRepository, renderOrganization, renderRepository, renderUser } from "./render.ts";
import type { App, Delivery, Installation } from "./state.ts";
import { appById, type Emission, nodeId, ownerOf, userById, type World } from "./world.ts";

const DEADLINE = 10_000;
const KEPT = 300;
const UNASKED = ["installation", "installation_repositories", "github_app_authorization"];

export interface Webhooks {
  emit(emission: Emission): void;
  redeliver(id: number): void;
  busy(): boolean;
}

export function createWebhooks(
  world: World,
  { changed, drops }: { readonly changed: () => void; readonly drops: FaultGate["drops"] },
): Webhooks {
  const tails = new Map<string, Promise<void>>();
  let underWay = 0;

  function emit(emission: Emission): void {
    for (const { app, installation } of receivers(world, emission)) {
      const payload = JSON.parse(JSON.stringify(payloadFor(world, emission, installation)));
      const delivery = record(emission, { app, installation, payload });
      if (drops(delivery.event, delivery.action)) lose(world, delivery);
      else enqueue(delivery);
    }
  }

  function record(
    emission: Emission,
    to: { app: App; installation: Installation; payload: Record<string, unknown> },
  ): Delivery {
    return remember({
      ...blank(),
      guid: randomUUID(),
      appId: to.app.id,
      installationId: to.installation.id,
      repositoryId: emission.repository?.id ?? null,
      event: emission.event,
      action: emission.action ?? null,
      redelivery: false,
      payload: to.payload,
    });
  }

  const blank = () => ({
    id: world.id(),
    deliveredAt: world.now().toISOString(),
    duration: 0,
    status: "pending",
    statusCode: 0,
    requestHeaders: {},
    responseHeaders: {},
    response: "",
  });

  function remember(delivery: Delivery): Delivery {
    world.deliveries.push(delivery);
    if (world.deliveries.length > KEPT) world.deliveries.splice(0, world.deliveries.length - KEPT);
    changed();
    return delivery;
  }

  function redeliver(id: number): void {
    const first = world.deliveries.find(delivery => delivery.id === id);
    if (first !== undefined) enqueue(remember({ ...first, ...blank(), redelivery: true }));
  }

  function enqueue(delivery: Delivery): void {
    const key = `${delivery.appId}/${delivery.repositoryId ?? "-"}`;
    underWay += 1;
    const turn = (tails.get(key) ?? Promise.resolve())
      .then(() => deliver(world, delivery))
      .finally(() => {
        underWay -= 1;
        changed();
      });
    tails.set(key, turn);
  }

  return { emit, redeliver, busy: () => underWay > 0 };
}

function receivers(world: World, emission: Emission): { app: App; installation: Installation }[] {
  const { event, repository, onlyApp } = emission;
  return world.state.installations.flatMap(installation => {
    const app = appById(world, installation.appId);
    const concerned =
      emission.installation === undefined
        ? installation.accountId === repository?.ownerId
        : emission.installation.id === installation.id;
    const asked = UNASKED.includes(event) || app.events.includes(event) || app.events.includes("*");
    const wanted = concerned && asked && (onlyApp === undefined || onlyApp === app.id);
    return wanted && app.webhook !== null ? [{ app, installation }] : [];
  });
}

function payloadFor(world: World, emission: Emission, installation: Installation): Record<string, unknown> {
  const { repository } = emission;
  const owner = repository === null ? null : ownerOf(world, repository);
  // Installation events carry the whole installation; all others a reference.
  const reference = { id: installation.id, node_id: nodeId("MDI", installation.id) };
  return {
    ...(emission.action === undefined ? {} : { action: emission.action }),
    ...emission.payload,
    ...(repository === null ? {} : { repository: renderRepository(world, repository) }),
    ...(owner?.type === "Organization" ? { organization: renderOrganization(world, owner) } : {}),
    sender: renderUser(world, emission.sender),
    installation: emission.payload.installation ?? reference,
  };
}

/** As if the receiver had been unreachable. */
function lose(world: World, delivery: Delivery): void {
  const app = appById(world, delivery.appId);
  delivery.requestHeaders = headersFor(app, delivery, JSON.stringify(delivery.payload));
  Object.assign(delivery, { status: "failed to connect to host", statusCode: 502 });
}

async function deliver(world: World, delivery: Delivery): Promise<void> {
  const app = appById(world, delivery.appId);
  const started = performance.now();
  const body = JSON.stringify(delivery.payload);
  delivery.requestHeaders = headersFor(app, delivery, body);
  try {
    const response = await fetch(app.webhook?.url ?? "", {
      method: "POST",
      redirect: "manual",
      headers: delivery.requestHeaders,
      body,
      signal: AbortSignal.timeout(DEADLINE),
    });
    delivery.statusCode = response.status;
    delivery.status = response.ok ? "OK" : response.statusText || `Invalid HTTP Response: ${response.status}`;
    delivery.responseHeaders = Object.fromEntries(response.headers);
    delivery.response = (await response.text()).slice(0, 5000);
  } catch (error) {
    const late = error instanceof Error && error.name === "TimeoutError";
    delivery.statusCode = late ? 504 : 502;
    delivery.status = late ? "timed out" : "failed to connect to host";
  }
  delivery.duration = Math.round(performance.now() - started) / 1000;
}

function headersFor(app: App, delivery: Delivery, body: string): Record<string, string> {
  const sign = (algorithm: string) =>
    `${algorithm}=${createHmac(algorithm, app.webhook?.secret ?? "")
      .update(body)
      .digest("hex")}`;
  const signed =
    app.webhook?.secret == null
      ? {}
      : { "x-hub-signature": sign("sha1"), "x-hub-signature-256": sign("sha256") };
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/0a1b2c3",
    "x-github-delivery": delivery.guid,
    "x-github-event": delivery.event,
    "x-github-hook-id": String(app.id),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
    ...signed,
  };
}

export function renderInstallation(world: World, installation: Installation): Record<string, unknown> {
  const app = appById(world, installation.appId);
  const account = userById(world, installation.accountId);
  const url = `${world.links.origin}/api/v3/app/installations/${installation.id}`;
  return {
    id: installation.id,
    account: renderUser(world, account),
    repository_selection: "all",
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${world.links.origin}/api/v3/installation/repositories`,
    html_url: `${world.links.origin}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    client_id: `Iv23li${app.id}`,
    target_id: account.id,
    target_type: account.type,
    permissions: { metadata: "read", ...app.permissions },
    events: app.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

export const minimalRepositories = (world: World, installation: Installation) =>
  world.state.repositories
    .filter(repository => repository.ownerId === installation.accountId)
    .map(repository => renderMinimalRepository(world, repository));
