// Kin's labels on GitHub: created if a token may do so, and left alone if they exist.
import { Octokit } from "@octokit/rest";
import { connect, type GitHubOptions } from "../../app/github/connection.ts";
import { createGitHub, isStatus } from "../../app/github/github.ts";
import { SILENT } from "../../app/github/octokits.ts";
import { LABELS } from "../../core/report/labels.ts";
import { type Check, failed, ok, unknown } from "../doctor/check.ts";
import type { RepositoryName } from "../doctor/repository.ts";
import type { Placed } from "./files.ts";

export interface Labelling {
  readonly name: RepositoryName | null;
  /** GitHub's REST address. */
  readonly api: string;
  readonly token: string | null;
  readonly dryRun: boolean;
}

const BY_APP = "Nothing to do: the App creates them when it is installed on the repository.";

export const placeLabels = async ({ name, api, token, dryRun }: Labelling): Promise<Placed> => {
  if (token === null)
    return told(unknown("labels", "left out: there is no GITHUB_TOKEN (or GH_TOKEN)", BY_APP));
  if (name === null)
    return told(unknown("labels", "left out: no remote and no --repository names the repository", BY_APP));
  try {
    const options = optionsFor(name, { api, token });
    const missing = await missingLabels(options);
    const some = `${missing.length} of ${LABELS.length}`;
    if (missing.length === 0) return told(ok("labels", `all ${LABELS.length} are there`));
    if (dryRun)
      return { check: unknown("labels", `would be created, as below: ${some}`), shown: listOf(missing) };
    await createGitHub(options).ensureLabels(missing);
    return { check: ok("labels", `created, as below: ${some}`), shown: listOf(missing) };
  } catch (error) {
    return told(labelsFailed(error, `${name.owner}/${name.repo}`, api));
  }
};

const told = (check: Check): Placed => ({ check, shown: null });

const listOf = (labels: typeof LABELS): Placed["shown"] => ({
  title: "labels",
  text: labels
    .map(({ name, color, description }) => `${name.padEnd(18)} #${color}  ${description}`)
    .join("\n"),
});

/** A person's few writes are not paced. */
const optionsFor = (
  { owner, repo }: RepositoryName,
  { api, token }: { readonly api: string; readonly token: string },
): GitHubOptions => ({
  octokit: new Octokit({ auth: token, baseUrl: api, log: SILENT }),
  project: { id: 0, owner, name: repo, installation_id: null },
  pace: async () => {},
});

const missingLabels = async (options: GitHubOptions): Promise<typeof LABELS> => {
  const known = await connect(options).list("GET /labels", { per_page: 100 }, page =>
    page.map(({ name }) => name.toLowerCase()),
  );
  return LABELS.filter(({ name }) => !known.includes(name.toLowerCase()));
};

const labelsFailed = (error: unknown, repository: string, api: string): Check => {
  const { said, remedy } = explained(error, repository, api);
  return failed(
    "labels",
    said,
    `${remedy}\nOr unset the token: the App creates the labels when it is installed.`,
  );
};

const explained = (
  error: unknown,
  repository: string,
  api: string,
): { readonly said: string; readonly remedy: string } => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  if (isStatus(error, 401))
    return {
      said: `${api} refuses the token: ${cause}`,
      remedy: "It is wrong or has expired: make another one.",
    };
  if (isStatus(error, 404))
    return {
      said: `There is no ${repository} for this token, or it may not write there.`,
      remedy:
        "Push the repository, name another with --repository owner/name, or give the token access to it.",
    };
  if (isStatus(error, 403, 410))
    return {
      said: `The token may not create labels in ${repository}: ${cause}`,
      remedy: "It needs write access, and Issues: write (the scope repo of a classic token).",
    };
  return { said: `${api} could not be asked: ${cause}`, remedy: "Try again, or look at GITHUB_API_URL." };
};
