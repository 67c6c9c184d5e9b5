// One repository's connection to GitHub: writes wait for their turn, refusals are KinErrors.
import type { ProjectRecord } from "../../core/model/record.ts";
import { refused } from "./failure.ts";
import { type OctokitLike, wrapped } from "./octokit.ts";

export interface GitHubOptions {
  readonly octokit: OctokitLike;
  readonly project: Pick<ProjectRecord, "id" | "owner" | "name" | "installation_id">;
  /** Waits until this installation may write again (GitHub asks for one write per second). */
  readonly pace: () => Promise<void>;
}

export interface Connection extends OctokitLike {
  readonly at: { readonly owner: string; readonly repo: string };
}

export const connect = ({ octokit, project, pace }: GitHubOptions): Connection => ({
  ...wrapped(octokit, async (name, call) => {
    if (!name.startsWith("GET ")) await pace();
    return call().catch(error => {
      throw refused(error, name);
    });
  }),
  at: { owner: project.owner, repo: project.name },
});
