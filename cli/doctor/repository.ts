// A repository as Kin finds it: the installation, the workflow and whether it can be started, labels, configuration.
import { parse } from "yaml";
import * as z from "zod";
import type { OctokitLike } from "../../app/github/octokit.ts";
import { CONFIG_PATH, WORKFLOW } from "../../app/plane.ts";
import type { Settings } from "../../app/settings.ts";
import { Config } from "../../core/model/config.ts";
import { LABELS } from "../../core/report/labels.ts";
import { parseConfig } from "../../host/config-file.ts";
import { checkAction } from "./action.ts";
import { type Check, failed, failedBy, ok, unknown } from "./check.ts";
import { checkCredential, checkIdToken } from "./credential.ts";
import { type AppClients, type Registered, statusOf } from "./github-app.ts";
import { checkServers } from "./servers.ts";

export const WORKFLOW_PATH = `.github/workflows/${WORKFLOW}`;
/** The contract of a dispatch, frozen because workflow files in people's repositories are old. */
const INPUTS = ["issue", "pipeline", "from_step", "dry_run"];
/** The end of a run's name tells the App what it was dispatched for and with, as in workflow/kin.yml. */
const NAME_ENDS = `#\${{ inputs.issue }} (\${{ inputs.pipeline || 'by hand' }}\${{ inputs.from_step && ', from step ' }}\${{ inputs.from_step }}\${{ (inputs.dry_run == true || inputs.dry_run == 'true') && ', dry run' || '' }})`;
const COPY = "Copy workflow/kin.yml or workflow/kin-caller.yml of Kin";

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

interface Repository extends RepositoryName {
  readonly octokit: OctokitLike;
  readonly branch: string;
  readonly url: string;
  readonly private: boolean;
  readonly archived: boolean;
}

interface Surroundings {
  readonly clients: AppClients;
  readonly app: Registered;
  /** Whether it is in an embedded world, which sets its repositories' variable and secret itself. */
  readonly world: boolean;
  /** Whether that world has no key. */
  readonly identity: boolean;
  readonly settings: Settings;
}

export const checkRepository = async (
  name: RepositoryName,
  { clients, app, ...rest }: Surroundings,
): Promise<readonly Check[]> => {
  const title = `${name.owner}/${name.repo}`;
  try {
    const { data: installation } = await clients.asApp.request("GET /repos/{owner}/{repo}/installation", {
      ...name,
    });
    const octokit = await clients.asInstallation(installation.id);
    const { data } = await octokit.request("GET /repos/{owner}/{repo}", { ...name });
    const repository: Repository = {
      owner: data.owner.login,
      repo: data.name,
      octokit,
      branch: data.default_branch,
      url: data.html_url,
      private: data.private,
      archived: data.archived,
    };
    return [checkState(title, repository), ...(await checkInside(repository, rest))];
  } catch (error) {
    if (statusOf(error) !== 404) return [failedBy(title, error, "Try again.")];
    return [
      failed(
        title,
        "The App is not installed on it, or there is no such repository.",
        `Install it at ${app.html_url}/installations/new.`,
      ),
    ];
  }
};

const checkState = (title: string, repository: Repository): Check =>
  repository.archived
    ? failed(title, "It is archived: nothing can be written.", `Unarchive it at ${repository.url}/settings.`)
    : ok(title, `installed; its default branch is ${repository.branch}`);

const checkInside = async (
  repository: Repository,
  { world, identity, settings }: Omit<Surroundings, "clients" | "app">,
): Promise<readonly Check[]> => {
  const text = await fileOf(repository, WORKFLOW_PATH);
  const [configured, found] = await checkConfig(
    () => fileOf(repository, CONFIG_PATH),
    `Look at ${CONFIG_PATH} on ${repository.branch}.`,
  );
  const config = found ?? Config.parse({});
  return [
    ...(text === null
      ? [failed("workflow", `${WORKFLOW_PATH} is missing on ${repository.branch}.`, `${COPY} there.`)]
      : [
          ...checkWorkflow(text, settings.KIN_TRUSTED_WORKFLOWS),
          world
            ? ok("action", "this world runs its own copy of Kin, whatever the workflow names")
            : await checkAction({ ...repository, uses: usesOf(text) }),
          await checkActive(repository),
        ]),
    await checkActions(repository),
    await checkLabels(repository),
    configured,
    ...(world
      ? [
          ok("variable", "this world sets KIN_URL at each start"),
          identity
            ? ok("identity", "this world has no key, and sets the ids of workload identity at each start")
            : ok("secret", "this world sets ANTHROPIC_API_KEY at each start"),
        ]
      : [
          variableByPeople(repository, settings),
          ...checkCredential({ workflow: readable(text), config, url: repository.url }),
        ]),
    ...(world ? [] : checkServers(readable(text), config)),
    ...(repository.private
      ? [
          unknown(
            "plan",
            "The repository is private, and an App cannot see its plan: GitHub Free has no draft pull requests, no auto-merge and no required checks there.",
          ),
        ]
      : []),
  ];
};

const variableByPeople = ({ url }: Repository, { KIN_URL }: Settings): Check =>
  unknown(
    "variable",
    `An App cannot read variables: the repository (or its organization) needs KIN_URL = ${KIN_URL}.`,
    `Look at ${url}/settings/variables/actions.`,
  );

/** Unreadable ones are reported elsewhere. */
const readable = (workflow: string | null): string | null =>
  workflow !== null && Workflow.safeParse(readYaml(workflow)).success ? workflow : null;

const fileOf = async ({ octokit, owner, repo, branch }: Repository, path: string): Promise<string | null> => {
  try {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/contents/{path}", {
      owner,
      repo,
      path,
      ref: branch,
    });
    return "content" in data ? Buffer.from(data.content, "base64").toString("utf8") : "";
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
};

const Step = z.object({ uses: z.string().optional(), with: z.record(z.string(), z.unknown()).nullish() });
const Job = z.object({ uses: z.string().optional(), steps: z.array(Step).optional() });
const Input = z.object({ required: z.boolean().optional(), default: z.unknown().optional() }).nullish();
const Workflow = z.object({
  "run-name": z.unknown().optional(),
  on: z.union([
    z.string().transform(name => ({ [name]: null })),
    z.array(z.string()).transform(names => Object.fromEntries(names.map(name => [name, null]))),
    z.record(z.string(), z.unknown()),
  ]),
  jobs: z.record(z.string(), Job),
});
const Dispatch = z.object({ inputs: z.record(z.string(), Input).nullish() }).nullish();

/** `trusted`: KIN_TRUSTED_WORKFLOWS. */
export const checkWorkflow = (text: string, trusted: readonly string[]): readonly Check[] => {
  const parsed = Workflow.safeParse(readYaml(text));
  if (!parsed.success)
    return [failed("workflow", `${WORKFLOW_PATH} is no valid workflow.`, `${COPY} over it.`)];
  const { on, jobs } = parsed.data;
  const called = Object.values(jobs).find(({ uses }) => /\/\.github\/workflows\/\S+@/.test(uses ?? ""))?.uses;
  return [
    ok("workflow", WORKFLOW_PATH),
    checkDispatch(on),
    checkName(parsed.data["run-name"]),
    ...checkIdToken(text),
    ...(called === undefined ? [checkVerdict(jobs)] : checkCalled(called, trusted)),
  ];
};

/** The parts of it that are Kin's: the steps that name a server, and the reusable workflow. */
const usesOf = (text: string): readonly string[] => {
  const { data } = Workflow.safeParse(readYaml(text));
  return Object.values(data?.jobs ?? {}).flatMap(({ uses, steps = [] }) => [
    ...(/\/\.github\/workflows\/\S+@/.test(uses ?? "") ? [uses as string] : []),
    ...steps.flatMap(step => (step.uses !== undefined && step.with?.server !== undefined ? [step.uses] : [])),
  ]);
};

const readYaml = (text: string): unknown => {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
};

const checkDispatch = (on: Readonly<Record<string, unknown>>): Check => {
  if (!("workflow_dispatch" in on))
    return failed(
      "inputs",
      `${WORKFLOW_PATH} has no \`workflow_dispatch\`: Kin cannot start it.`,
      `${COPY} over it.`,
    );
  const inputs = Dispatch.safeParse(on.workflow_dispatch).data?.inputs ?? {};
  const missing = INPUTS.filter(name => !(name in inputs));
  const demanded = Object.entries(inputs)
    .filter(
      ([name, input]) => !INPUTS.includes(name) && input?.required === true && input.default === undefined,
    )
    .map(([name]) => name);
  if (missing.length > 0)
    return failed("inputs", `\`workflow_dispatch\` lacks ${missing.join(", ")}.`, `${COPY} over it.`);
  if (demanded.length > 0) {
    return failed(
      "inputs",
      `\`workflow_dispatch\` requires ${demanded.join(", ")}, which Kin does not send.`,
      "Give each a default, or make it optional.",
    );
  }
  return ok("inputs", INPUTS.join(", "));
};

const checkName = (name: unknown): Check => {
  const bare = (text: string) => text.replace(/\s+/g, "");
  return typeof name === "string" && bare(name).endsWith(bare(NAME_ENDS))
    ? ok("run-name", "tells what a run was dispatched for, from which step, and whether it is a dry run")
    : failed(
        "run-name",
        "A run's name does not tell what it was dispatched with: a dry run could become a real one.",
        `${COPY} over it, or its line \`run-name\`.`,
      );
};

const checkVerdict = (jobs: z.infer<typeof Workflow>["jobs"]): Check => {
  const own = Object.values(jobs).some(({ steps }) => steps?.some(step => step.with?.job === "verdict"));
  if (own) return ok("verdict", "rejections become reviews that ask for changes");
  return failed(
    "verdict",
    `${WORKFLOW_PATH} has no job with \`job: verdict\`: rejections can only be comments.`,
    `${COPY} over it, or configure a reviewer App (KIN_REVIEWER_APP_ID).`,
  );
};

/** A token names a reusable workflow with its full ref; a commit needs no prefix. */
const checkCalled = (called: string, trusted: readonly string[]): readonly Check[] => {
  const [path = "", ref = ""] = called.split("@");
  const names = [called, `${path}@refs/tags/${ref}`, `${path}@refs/heads/${ref}`];
  return [
    ok("verdict", `in the reusable workflow ${called}`),
    trusted.some(one => names.includes(one))
      ? ok("trusted", "the App takes runs of the reusable workflow")
      : failed(
          "trusted",
          `The App refuses runs of ${called}: it is not in KIN_TRUSTED_WORKFLOWS.`,
          `Add it there with its full ref: \`${path}@<commit>\`, \`@refs/tags/…\` or \`@refs/heads/…\`.`,
        ),
  ];
};

/** GitHub lists the workflows of the default branch, and only if Actions may run them. */
const checkActive = async ({ octokit, owner, repo, url }: Repository): Promise<Check> => {
  try {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}", {
      owner,
      repo,
      workflow_id: WORKFLOW,
    });
    if (data.state === "active") return ok("active", "GitHub would run it");
    return failed(
      "active",
      `The workflow is ${data.state}.`,
      `Enable it at ${url}/actions/workflows/${WORKFLOW}.`,
    );
  } catch (error) {
    if (statusOf(error) !== 404) return failedBy("active", error, "Grant the App Actions: write.");
    return failed(
      "active",
      "GitHub does not list the workflow: Actions are off here, or the file is not valid.",
      `Look at ${url}/settings/actions and ${url}/actions.`,
    );
  }
};

const checkActions = async ({ octokit, owner, repo, url }: Repository): Promise<Check> => {
  try {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/actions/permissions", { owner, repo });
    if (!data.enabled)
      return failed("actions", "Actions are off.", `Switch them on at ${url}/settings/actions.`);
    if (data.allowed_actions === "all" || data.allowed_actions === undefined) return ok("actions", "on");
    return unknown(
      "actions",
      `On, for ${data.allowed_actions === "selected" ? "selected actions" : "actions of the owner's repositories"} only: Kin's must be among them.`,
      `Look at ${url}/settings/actions.`,
    );
  } catch {
    return unknown("actions", "An App without Administration: read cannot see whether they are on.");
  }
};

const checkLabels = async ({ octokit, owner, repo }: Repository): Promise<Check> => {
  try {
    const found = await octokit.paginate("GET /repos/{owner}/{repo}/labels", { owner, repo, per_page: 100 });
    const names = new Set(found.map(({ name }) => String(name).toLowerCase()));
    const missing = LABELS.filter(({ name }) => !names.has(name.toLowerCase())).map(({ name }) => name);
    if (missing.length === 0) return ok("labels", `all ${LABELS.length}`);
    return failed(
      "labels",
      `Missing: ${missing.join(", ")}.`,
      "The App makes them when it hears of the repository: it must be running. Until then make `kin` by hand.",
    );
  } catch (error) {
    return failedBy("labels", error, "Grant the App Issues: write.");
  }
};

/** The configuration is null where it is not valid, and a default one where the file is missing. */
export const checkConfig = async (
  read: () => string | null | Promise<string | null>,
  remedy: string,
): Promise<readonly [Check, Config | null]> => {
  try {
    const text = await read();
    const config = parseConfig(text, CONFIG_PATH);
    return [
      ok("config", text === null ? `no ${CONFIG_PATH}: all defaults` : `${CONFIG_PATH} is valid`),
      config,
    ];
  } catch (error) {
    return [failedBy("config", error, remedy), null];
  }
};
