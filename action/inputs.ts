// The Action's inputs, and the part of the environment that it may read.
import { KinError } from "../core/model/error.ts";
import { ID_FORMS, ID_NAMES, type WorkloadIdentity } from "../core/model/identity.ts";
import { readSecretLines, type SecretLines } from "../core/model/secret-lines.ts";

export interface Inputs {
  readonly job: "run" | "verdict";
  /** The App's public URL, without a trailing slash. */
  readonly server: string;
  readonly issue: string;
  readonly pipeline: string | null;
  readonly fromStep: string | null;
  readonly dryRun: boolean;
  readonly apiKey: string;
  /** As the workflow passes them, unchecked; empty if it passes none. */
  readonly identity: WorkloadIdentity;
  /** Every name under which a key is set, including the input's. */
  readonly keysAt: readonly string[];
  readonly baseUrl: string | null;
  readonly deadlineMinutes: number;
  /** Only if model and GitHub are both on this machine: tests and the demo. */
  readonly scripted: boolean;
  readonly temp: string;
  readonly path: string;
  readonly proxy: Readonly<Record<string, string>>;
  /** The secrets that the configuration names. */
  readonly secrets: SecretLines;
}

export interface InputSource {
  readonly input: (name: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Nothing here reads these; a job that has one has a stored key. */
const KEYS = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"];
const PROXY = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "NODE_EXTRA_CA_CERTS"];

/** Throws `input_invalid` naming the input, what was found, what is allowed. */
export const readInputs = ({ input, env }: InputSource): Inputs => {
  const job = oneOf("job", input("job") || "run", ["run", "verdict"] as const);
  const server = address("server", input("server"));
  const baseUrl = input("anthropic-base-url") || null;
  const apiKey = input("anthropic-api-key");
  const deadline = input("deadline-minutes") || "330";
  if (!/^\d{1,4}$/.test(deadline) || Number(deadline) < 3 || Number(deadline) > 7200)
    throw invalid("deadline-minutes", deadline, "A whole number of minutes, 3 to 7200.");
  return {
    job,
    server,
    issue: input("issue"),
    pipeline: input("pipeline") || null,
    fromStep: input("from_step") || null,
    dryRun: oneOf("dry_run", input("dry_run") || "false", ["true", "false"] as const) === "true",
    apiKey,
    identity: Object.fromEntries(
      ID_NAMES.map(name => [name, input(ID_FORMS[name].input).trim()]),
    ) as unknown as WorkloadIdentity,
    keysAt: [...(apiKey === "" ? [] : ["the input `anthropic-api-key`"]), ...KEYS.filter(name => env[name])],
    baseUrl: baseUrl === null ? null : address("anthropic-base-url", baseUrl),
    deadlineMinutes: Number(deadline),
    scripted:
      env.KIN_SCRIPTED === "1" &&
      baseUrl !== null &&
      isLoopback(baseUrl) &&
      isLoopback(env.GITHUB_SERVER_URL ?? ""),
    temp: env.RUNNER_TEMP ?? env.TMPDIR ?? "/tmp",
    secrets: readSecretLines(input("secrets")),
    path: env.PATH ?? "/usr/bin:/bin",
    proxy: Object.fromEntries(
      PROXY.flatMap(name => (env[name] === undefined ? [] : [[name, env[name] as string]])),
    ),
  };
};

const address = (name: string, value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "https:" && !isLoopback(value))) {
    const more = name === "server" ? " Set the repository variable KIN_URL to the App's public address." : "";
    throw invalid(name, value || "nothing", `An https URL.${more}`);
  }
  return value.replace(/(?<!\/)\/+$/, "");
};

const isLoopback = (value: string): boolean =>
  URL.canParse(value) &&
  new URL(value).protocol === "http:" &&
  /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(value).hostname);

const oneOf = <const T extends readonly string[]>(name: string, value: string, allowed: T): T[number] => {
  if (allowed.includes(value)) return value;
  throw invalid(name, value, `One of: ${allowed.join(", ")}.`);
};

const invalid = (name: string, found: string, allowed: string): KinError =>
  new KinError(`The input \`${name}\` is ${found}.`, {
    code: "input_invalid",
    hint: `Allowed: ${allowed} The workflow is .github/workflows/kin.yml.`,
  });
