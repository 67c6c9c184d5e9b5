// The App as GitHub knows it: credentials, what was granted, where it is installed, whether its webhooks arrive.
import { Probot, ProbotOctokit } from "probot";
import type { Answer, OctokitLike } from "../../app/github/octokit.ts";
import type { Settings } from "../../app/settings.ts";
import { KinError } from "../../core/model/error.ts";
import type { AppManifest } from "../../host/app-manifest.ts";
import { type Check, failed, failedBy, ok, unknown } from "./check.ts";

/** By name: `read`, `write`, `admin`. */
type Permissions = Readonly<Record<string, string | undefined>>;

export interface Registered {
  readonly slug: string;
  readonly html_url: string;
  /** The page on which its owner changes it. */
  readonly settings_url: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

export interface Installation {
  readonly id: number;
  readonly account: string;
  readonly html_url: string;
  readonly permissions: Permissions;
  readonly suspended: boolean;
}

export interface AppClients {
  readonly asApp: OctokitLike;
  readonly asInstallation: (id: number) => Promise<OctokitLike>;
}

/** The doctor asks once: a failure is a finding. */
export const connect = async (
  credentials: { readonly appId: number; readonly privateKey: string },
  { GITHUB_API_URL }: Pick<Settings, "GITHUB_API_URL">,
): Promise<AppClients> => {
  const probot = new Probot({
    ...credentials,
    secret: "unused: the doctor receives nothing",
    baseUrl: GITHUB_API_URL,
    logLevel: "fatal",
    Octokit: ProbotOctokit.defaults((options: object) => ({
      ...options,
      retry: { enabled: false },
      throttle: { enabled: false },
    })),
  });
  return { asApp: await probot.auth(), asInstallation: id => probot.auth(id) };
};

export const checkCredentials = async (
  { asApp }: AppClients,
  server: string,
): Promise<{ readonly check: Check; readonly app: Registered | null }> => {
  try {
    const { data } = await asApp.request("GET /app");
    if (data?.slug === undefined) throw new Error("GitHub does not tell the App's name.");
    const { slug, html_url, permissions, events } = data;
    const app = { slug, html_url, permissions, events, settings_url: settingsOf(data, server) };
    return { check: ok("credentials", `GitHub knows the App ${slug} (id ${data.id})`), app };
  } catch (error) {
    return { check: credentialsFailed(error, server), app: null };
  }
};

const credentialsFailed = (error: unknown, server: string): Check => {
  const status = statusOf(error);
  if (status === 401 || status === 404) {
    return failed(
      "credentials",
      `GitHub does not take the App's key (${status}).`,
      `APP_ID and PRIVATE_KEY must be of the same App: generate a key on its page below ${server}/settings/apps. Check this machine's clock, too.`,
    );
  }
  if (status === undefined && /key|PEM|asn1|DECODER/i.test(String(error))) {
    return failed(
      "credentials",
      "PRIVATE_KEY is no private key.",
      "It is the whole .pem file that GitHub gave you; PRIVATE_KEY_PATH names the file instead.",
    );
  }
  return failedBy(
    "credentials",
    error,
    "GITHUB_API_URL must be GitHub's REST address, and reachable from here; an embedded world must be running (`npm start`).",
  );
};

const settingsOf = ({ owner, slug }: NonNullable<Answer<"GET /app">>, server: string): string =>
  "type" in owner && owner.type === "Organization"
    ? `${server}/organizations/${owner.login}/settings/apps/${slug}`
    : `${server}/settings/apps/${slug}`;

const LEVELS = ["none", "read", "write", "admin"];

/** What is needed but not granted, such as `statuses: read`. */
const lacking = (granted: Permissions, needed: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(needed)
    .filter(([name, level]) => LEVELS.indexOf(granted[name] ?? "none") < LEVELS.indexOf(level))
    .map(([name, level]) => `${name}: ${level}`);

export const checkGrants = (app: Registered, manifest: AppManifest): readonly Check[] => {
  const permissions = lacking(app.permissions, manifest.default_permissions);
  const events = manifest.default_events.filter(event => !app.events.includes(event));
  const where = `${app.settings_url}/permissions`;
  return [
    permissions.length === 0
      ? ok(
          "permissions",
          Object.entries(manifest.default_permissions)
            .map(([n, l]) => `${n}: ${l}`)
            .join(", "),
        )
      : failed(
          "permissions",
          `The App lacks ${permissions.join(", ")}.`,
          `Add them at ${where}, then have each installation accept them.`,
        ),
    events.length === 0
      ? ok("events", `all ${manifest.default_events.length} that Kin needs`)
      : failed("events", `The App does not receive ${events.join(", ")}.`, `Subscribe to them at ${where}.`),
  ];
};

export const checkWebhook = async (
  { asApp }: AppClients,
  { app, url }: { readonly app: Registered; readonly url: string },
): Promise<readonly Check[]> => [await webhookSetting(asApp, { app, url }), await lastDelivery(asApp, app)];

const webhookSetting = async (
  asApp: OctokitLike,
  { app, url }: { readonly app: Registered; readonly url: string },
): Promise<Check> => {
  const wanted = `${url}/api/github/webhooks`;
  try {
    const { data } = await asApp.request("GET /app/hook/config");
    const wrong = [
      ...(data.url === wanted ? [] : [`The webhook goes to ${data.url || "no address"}, not to ${wanted}.`]),
      ...(data.secret ? [] : ["The webhook has no secret."]),
      ...(data.content_type === "json"
        ? []
        : [`The webhook's content type is ${data.content_type}, not json.`]),
      ...(String(data.insecure_ssl ?? "0") === "0" ? [] : ["The webhook does not check certificates."]),
    ];
    if (wrong.length === 0) return ok("webhook", `${wanted}, with a secret`);
    return failed(
      "webhook",
      wrong.join("\n"),
      `Set address, secret (WEBHOOK_SECRET) and content type at ${app.settings_url}.`,
    );
  } catch (error) {
    if (statusOf(error) === 404)
      return unknown("webhook", `This GitHub does not tell the webhook's address; it must be ${wanted}.`);
    return failedBy("webhook", error, `Look at ${app.settings_url}.`);
  }
};

/** The secret itself cannot be read; whether deliveries are accepted shows whether it matches. */
const lastDelivery = async (asApp: OctokitLike, app: Registered): Promise<Check> => {
  try {
    const { data } = await asApp.request("GET /app/hook/deliveries", { per_page: 20 });
    const last = data.find(({ status }) => status !== "pending");
    if (last === undefined) return unknown("deliveries", "GitHub has delivered nothing in the last days.");
    const what = `${last.event}${last.action === null ? "" : `.${last.action}`} of ${last.delivered_at}`;
    if (last.status_code >= 200 && last.status_code < 300)
      return ok("deliveries", `the last one (${what}) was answered with ${last.status_code}`);
    return failed(
      "deliveries",
      `The last one (${what}) ended with ${last.status_code} ${last.status}.`,
      last.status_code === 400 || last.status_code === 401
        ? `WEBHOOK_SECRET is not the webhook's secret: set both to the same value (${app.settings_url}).`
        : `The App must run and be reachable for GitHub; ${app.settings_url}/advanced shows each delivery.`,
    );
  } catch (error) {
    return failedBy("deliveries", error, `Look at ${app.settings_url}/advanced.`);
  }
};

export const listInstallations = async ({ asApp }: AppClients): Promise<readonly Installation[]> =>
  (await asApp.paginate("GET /app/installations", { per_page: 100 })).map(one => ({
    id: one.id,
    account: one.account?.login ?? String(one.target_id),
    html_url: one.html_url,
    permissions: one.permissions,
    suspended: one.suspended_at !== null && one.suspended_at !== undefined,
  }));

export const checkInstallations = (
  installations: readonly Installation[],
  { app, manifest }: { readonly app: Registered; readonly manifest: AppManifest },
): readonly Check[] => {
  if (installations.length === 0) {
    return [
      failed(
        "installations",
        "The App is installed nowhere.",
        `Install it at ${app.html_url}/installations/new.`,
      ),
    ];
  }
  return installations.map(one => {
    const name = `installation ${one.account}`;
    if (one.suspended) return failed(name, "It is suspended.", `Unsuspend it at ${one.html_url}.`);
    const missing = lacking(one.permissions, manifest.default_permissions);
    return missing.length === 0
      ? ok(name, "has all permissions")
      : failed(
          name,
          `It has not granted ${missing.join(", ")}.`,
          `Grant them to the App first, then accept the new permissions at ${one.html_url}.`,
        );
  });
};

/** The second App, which may request changes on Kin's pull requests. */
export const checkReviewer = async (settings: Settings): Promise<readonly Check[]> => {
  const { KIN_REVIEWER_APP_ID: appId, KIN_REVIEWER_PRIVATE_KEY: privateKey } = settings;
  if (appId === undefined && privateKey === undefined) return [];
  if (appId === undefined || privateKey === undefined) {
    const missing = appId === undefined ? "KIN_REVIEWER_APP_ID" : "KIN_REVIEWER_PRIVATE_KEY";
    return [
      failed(
        "reviewer",
        `${missing} is not set.`,
        "Set both, or neither: without them the `verdict` job reviews.",
      ),
    ];
  }
  const server = settings.GITHUB_SERVER_URL;
  const { check, app } = await checkCredentials(await connect({ appId, privateKey }, settings), server);
  if (app === null) return [{ ...check, name: "reviewer" }];
  const missing = lacking(app.permissions, { pull_requests: "write" });
  if (missing.length === 0) return [ok("reviewer", `the App ${app.slug} may review`)];
  return [
    failed(
      "reviewer",
      `The App ${app.slug} lacks ${missing.join(", ")}.`,
      `Add it at ${app.settings_url}/permissions.`,
    ),
  ];
};

export const statusOf = (error: unknown): number | undefined => {
  const cause = error instanceof KinError ? error.cause : error;
  const status = (cause as { readonly status?: unknown } | undefined)?.status;
  return typeof status === "number" && status >= 400 ? status : undefined;
};
