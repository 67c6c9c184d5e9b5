// `kin doctor`: looks at everything that Kin needs, changes nothing, and says what to do about what is missing.
import { readSettings, type Settings } from "../app/settings.ts";
import { explain, KinError } from "../core/model/error.ts";
import { type AppManifest, readAppManifest } from "../host/app-manifest.ts";
import { ROOT } from "../local/world.ts";
import { type Env, FLAG, misused, readArguments, TEXT } from "./arguments.ts";
import { type Check, failed, failedBy, ok, render, unknown } from "./doctor/check.ts";
import { checkCheckout } from "./doctor/checkout.ts";
import {
  type AppClients,
  checkCredentials,
  checkGrants,
  checkInstallations,
  checkReviewer,
  checkWebhook,
  connect,
  type Installation,
  listInstallations,
  type Registered,
} from "./doctor/github-app.ts";
import { checkRepository, type RepositoryName } from "./doctor/repository.ts";
import { checkAddress, checkIssuers, checkModel, checkSandbox, checkStore } from "./doctor/surroundings.ts";
import { findTarget, type Target } from "./doctor/target.ts";

export const doctor = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, { json: FLAG, repo: TEXT, data: TEXT });
  const repository = values.repo === undefined ? null : nameOf(values.repo);
  const target = await findTarget(values.data, env);
  const checks = [...(await examine(target, repository)), ...(await checkCheckout(process.cwd(), env))];
  const sound = checks.every(({ state }) => state !== "failed");
  if (values.json) console.log(JSON.stringify({ ok: sound, world: target.world, checks }, null, 2));
  else console.log(`${heading(target)}\n\n${render(checks)}\n\n${conclusion(checks)}`);
  return sound ? 0 : 1;
};

const nameOf = (text: string): RepositoryName => {
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(text) ?? [];
  if (owner !== undefined && repo !== undefined) return { owner, repo };
  throw misused(`--repo is ${text}.`, "The repository's owner and name, for example --repo octocat/hello.");
};

const heading = ({ world }: Target): string =>
  world === null ? "The App that this environment describes" : `The embedded world in ${world}`;

const conclusion = (checks: readonly Check[]): string => {
  const count = (state: Check["state"]) => checks.filter(check => check.state === state).length;
  return `${count("ok")} in order, ${count("failed")} to mend, ${count("unknown")} that cannot be seen from here.`;
};

const examine = async (target: Target, repository: RepositoryName | null): Promise<readonly Check[]> => {
  const machine = [await checkSandbox(target), checkModel(target)];
  let settings: Settings;
  try {
    settings = readSettings(target.env);
  } catch (error) {
    return [settingsFailed(error), ...machine];
  }
  if (target.world !== null && !(await isOpen(settings.GITHUB_API_URL)))
    return [
      failed(
        "world",
        `It is not open: nothing answers at ${settings.GITHUB_SERVER_URL}.`,
        `Open it in another terminal: \`npm start -- --data ${target.world} --no-story\`.`,
      ),
      ...machine,
      await checkStore(settings),
    ];
  const [address, store, issuers, app] = await Promise.all([
    checkAddress(settings),
    checkStore(settings),
    checkIssuers(settings),
    examineApp(settings, { repository, world: target.world !== null, identity: target.identity }),
  ]);
  return [
    ok("settings", "all that are needed, none of them malformed"),
    ...machine,
    address,
    store,
    ...issuers,
    ...app,
  ];
};

const isOpen = (api: string): Promise<boolean> =>
  fetch(`${api}/meta`, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );

const settingsFailed = (error: unknown): Check =>
  error instanceof KinError
    ? failed("settings", error.message.replace(/^The App cannot start:\n/, ""), error.hint)
    : failed("settings", explain(error), "docs/setup.md walks through the settings.");

const examineApp = async (
  settings: Settings,
  asked: Pick<Repositories, "repository" | "world" | "identity">,
): Promise<readonly Check[]> => {
  const clients = await connect({ appId: settings.APP_ID, privateKey: settings.PRIVATE_KEY }, settings).catch(
    error => failedBy("credentials", error, "PRIVATE_KEY is the whole .pem file that GitHub gave you."),
  );
  if ("state" in clients) return [clients];
  const { check, app } = await checkCredentials(clients, settings.GITHUB_SERVER_URL);
  if (app === null) return [check];
  const manifest = readAppManifest(ROOT);
  return [
    check,
    ...checkGrants(app, manifest),
    ...(await checkWebhook(clients, { app, url: settings.KIN_URL })),
    ...(await checkReviewer(settings)),
    ...(await examineInstallations({ clients, app, manifest, settings, ...asked })),
  ];
};

const examineInstallations = async (looking: Repositories): Promise<readonly Check[]> => {
  try {
    const installations = await listInstallations(looking.clients);
    return [
      ...checkInstallations(installations, looking),
      ...(await examineRepositories(installations, looking)),
    ];
  } catch (error) {
    return [failedBy("installations", error, `Look at ${looking.app.settings_url}/installations.`)];
  }
};

interface Repositories {
  readonly clients: AppClients;
  readonly app: Registered;
  readonly manifest: AppManifest;
  readonly repository: RepositoryName | null;
  /** Whether it is an embedded one. */
  readonly world: boolean;
  readonly identity: boolean;
  readonly settings: Settings;
}

/** The one that was named, or the only one; of several, just their number. */
const examineRepositories = async (
  installations: readonly Installation[],
  { clients, app, repository, world, identity, settings }: Repositories,
): Promise<readonly Check[]> => {
  if (repository !== null) return checkRepository(repository, { clients, app, world, identity, settings });
  const found: RepositoryName[] = [];
  for (const { id, suspended } of installations) {
    if (suspended) continue;
    const octokit = await clients.asInstallation(id);
    const { data } = await octokit.request("GET /installation/repositories", { per_page: 100 });
    for (const { owner, name } of data.repositories) found.push({ owner: owner.login, repo: name });
  }
  const [only] = found;
  if (only === undefined)
    return installations.length === 0
      ? []
      : [failed("repositories", "The App is installed on no repository.", `Choose some at ${app.html_url}.`)];
  if (found.length === 1) return checkRepository(only, { clients, app, world, identity, settings });
  const named = found.slice(0, 5).map(({ owner, repo }) => `${owner}/${repo}`);
  return [
    unknown(
      "repositories",
      `${found.length}${found.length >= 100 ? " or more" : ""}: ${named.join(", ")}${found.length > 5 ? ", …" : ""}`,
      "Look at one of them with --repo owner/name.",
    ),
  ];
};
