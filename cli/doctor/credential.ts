// With which credential a repository's runs call the model, as far as an App can see: kin.yml and the workflow, but neither
// secrets nor variables.
import { parse } from "yaml";
import * as z from "zod";
import type { Config } from "../../core/model/config.ts";
import { ID_FORMS, ID_NAMES, type IdName } from "../../core/model/identity.ts";
import { type Check, failed, ok, unknown } from "./check.ts";

const Values = z.record(z.string(), z.unknown()).nullish();
const Permissions = z.union([z.string(), z.record(z.string(), z.string())]).nullish();
const Step = z.object({ with: Values });
const Job = z.object({
  permissions: Permissions,
  with: Values,
  secrets: z.union([z.string(), Values]),
  uses: z.string().optional(),
  steps: z.array(Step).nullish(),
});
const Workflow = z.object({ permissions: Permissions, jobs: z.record(z.string(), Job) });

/** A job that runs Kin's Action, or calls the reusable workflow that does. */
interface KinJob {
  readonly name: string;
  readonly permissions: z.infer<typeof Permissions>;
  readonly given: Readonly<Record<string, unknown>>;
  /** Whether secrets for MCP servers reach it. */
  readonly secrets: boolean;
  /** Whether an API key reaches it. */
  readonly key: boolean;
}

const KEY = "anthropic-api-key";

const kinJobs = (workflow: string): readonly KinJob[] => {
  const { data } = Workflow.safeParse(parse(workflow));
  if (data === undefined) return [];
  const { permissions, jobs } = data;
  return Object.entries(jobs).flatMap(([name, job]) => {
    const inputs = [job.with, ...(job.steps ?? []).map(step => step.with)].filter(one => one != null);
    const given = inputs.find(one => "server" in one);
    if (given === undefined) return [];
    const called = (secret: string): boolean =>
      job.secrets === "inherit" || (job.secrets != null && secret in Object(job.secrets));
    const key = KEY in given || called("ANTHROPIC_API_KEY");
    const secrets = "secrets" in given || called("KIN_SECRETS");
    return [{ name, permissions: job.permissions ?? permissions, given, secrets, key }];
  });
};

export const passesSecrets = (workflow: string): boolean => kinJobs(workflow).some(({ secrets }) => secrets);

/** Both the claim and workload identity need it. */
export const checkIdToken = (workflow: string): readonly Check[] => {
  const jobs = kinJobs(workflow);
  const without = jobs.filter(
    ({ permissions }) =>
      permissions !== "write-all" &&
      (typeof permissions !== "object" || permissions?.["id-token"] !== "write"),
  );
  if (jobs.length === 0) return [];
  if (without.length === 0) return [ok("id-token", "each job of Kin's may say which run it is")];
  return [
    failed(
      "id-token",
      `Without \`id-token: write\`: ${without.map(({ name }) => name).join(", ")}.`,
      "Give it to the job under `permissions`, as workflow/kin.yml of Kin does.",
    ),
  ];
};

interface Found {
  /** Null if there is none, or none that can be read. */
  readonly workflow: string | null;
  readonly config: Pick<Config, "auth" | "workload_identity">;
  /** The repository's page. */
  readonly url: string;
}

export const checkCredential = ({ workflow, config, url }: Found): readonly Check[] => {
  const run =
    (workflow === null ? [] : kinJobs(workflow)).find(({ given }) => given.job !== "verdict") ?? null;
  const configured = ID_NAMES.some(name => idIn(config, name) !== "");
  const auth = config.auth ?? (configured ? "workload-identity" : null);
  const pages = `${url}/settings/secrets/actions and ${url}/settings/variables/actions`;
  switch (auth) {
    case "key":
      return [
        unknown(
          "secret",
          "An App cannot read secrets: the repository (or its organization) needs ANTHROPIC_API_KEY.",
          `Look at ${url}/settings/secrets/actions.`,
        ),
      ];
    case null:
      return [
        unknown(
          "secret",
          `An App cannot read secrets: the repository (or its organization) needs ANTHROPIC_API_KEY, or none and the variables of workload identity: ${ID_NAMES.map(name => ID_FORMS[name].variable).join(", ")}.`,
          `Look at ${pages}.`,
        ),
      ];
    case "workload-identity":
      return [checkIds(run, config, url), checkNoKey(run, url)];
    default:
      return auth satisfies never;
  }
};

const idIn = ({ workload_identity: ids }: Found["config"], name: IdName): string => ids?.[name] ?? "";

const checkIds = (run: KinJob | null, config: Found["config"], url: string): Check => {
  const wrong = ID_NAMES.filter(name => !fits(name, run?.given[ID_FORMS[name].input]));
  if (wrong.length > 0)
    return failed(
      "identity",
      wrong
        .map(name => `The workflow's \`${ID_FORMS[name].input}\` is not ${ID_FORMS[name].like}.`)
        .join("\n"),
      "Take it from the Claude Console.",
    );
  const needed = ID_NAMES.filter(name => ID_FORMS[name].required && idIn(config, name) === "");
  if (needed.length === 0) return ok("identity", "kin.yml has the ids, well-formed");
  const lost = needed.filter(name => run !== null && !(ID_FORMS[name].input in run.given));
  if (lost.length > 0)
    return failed(
      "identity",
      `Neither kin.yml has ${lost.join(", ")}, nor does the workflow pass it.`,
      "Write it under `workload_identity` in .github/kin.yml, or copy workflow/kin.yml of Kin over the workflow.",
    );
  return unknown(
    "identity",
    `An App cannot read variables: the repository (or its organization) needs ${needed.map(name => ID_FORMS[name].variable).join(", ")}.`,
    `Look at ${url}/settings/variables/actions.`,
  );
};

/** An expression may be anything. */
const fits = (name: IdName, value: unknown): boolean =>
  typeof value !== "string" || value === "" || value.includes("${{") || ID_FORMS[name].form.test(value);

const checkNoKey = (run: KinJob | null, url: string): Check =>
  run?.key === false
    ? ok("no key", "the workflow passes none")
    : unknown(
        "no key",
        "An App cannot read secrets: there must be no ANTHROPIC_API_KEY, which a run with workload identity refuses.",
        `Delete it at ${url}/settings/secrets/actions, and its line in the workflow.`,
      );
