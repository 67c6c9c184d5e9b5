// Which copy of Kin a workflow runs and gives the key to: whose it is, whether its commit is pinned, whether it exists.
import type { OctokitLike } from "../../app/github/octokit.ts";
import { isPinned, isPlaceholder } from "../init/action.ts";
import { type Check, failed, failedBy, ok, unknown } from "./check.ts";
import { statusOf } from "./github-app.ts";

export interface Uses {
  /** As written in the workflow: `octocat/kin@<commit>`, with a path after the name for a reusable one. */
  readonly uses: readonly string[];
  /** The repository's owner, and a client that sees what the App sees. */
  readonly owner: string;
  readonly octokit: OctokitLike;
}

const REMEDY =
  "Write your copy of Kin and a commit of it there: `kin init --action owner/kin@<commit> --force`.";

export const checkAction = async ({ uses, ...seen }: Uses): Promise<Check> => {
  const [first, ...others] = new Set(uses);
  if (first === undefined) return failed("action", "No step of the workflow runs Kin's Action.", REMEDY);
  if (others.length > 0)
    return failed("action", `The workflow runs different copies: ${[first, ...others].join(", ")}.`, REMEDY);
  const [, name, ref] = /^([\w.-]+\/[\w.-]+)(?:\/\S*)?@(\S+)$/.exec(first) ?? [];
  if (name === undefined || ref === undefined)
    return failed("action", `The workflow runs ${first}, which names no commit of a repository.`, REMEDY);
  if (isPlaceholder({ name, ref }))
    return failed(
      "action",
      `The workflow runs ${first}: a placeholder, and whoever has that name gets the key.`,
      REMEDY,
    );
  if (!isPinned({ name, ref }))
    return failed(
      "action",
      `The workflow runs ${first}, which whoever writes to ${name} can change at any time.`,
      REMEDY,
    );
  return checkThere({ name, commit: ref }, seen);
};

/** A private repository of the same owner may be visible to its workflows but not to the App. */
const checkThere = async (
  { name, commit }: { readonly name: string; readonly commit: string },
  { owner: asking, octokit }: Omit<Uses, "uses">,
): Promise<Check> => {
  const [owner = "", repo = ""] = name.split("/");
  try {
    await octokit.request("GET /repos/{owner}/{repo}", { owner, repo });
  } catch (error) {
    if (statusOf(error) !== 404) return failedBy("action", error, "Try again.");
    return owner.toLowerCase() === asking.toLowerCase()
      ? unknown(
          "action",
          `The App cannot see ${name}. A private one has to share its Actions with this repository.`,
        )
      : failed("action", `There is no ${name} that this repository's workflows could see.`, REMEDY);
  }
  try {
    await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}", { owner, repo, ref: commit });
    return ok("action", `${name} at ${commit}`);
  } catch (error) {
    if (![404, 422].includes(statusOf(error) ?? 0)) return failedBy("action", error, "Try again.");
    return failed(
      "action",
      `${name} has no commit ${commit}.`,
      `Push it there, or name another one. ${REMEDY}`,
    );
  }
};
