// Pull requests. Only GraphQL can switch drafts.

import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import type { GitHub, GitHubPull } from "./port.ts";
import { toUser } from "./user.ts";

export const createPulls = ({ at, ask, list, graphql }: Connection) =>
  ({
    pull: async pull_number => {
      const pull = await orNull(ask("GET /pulls/{pull_number}", { pull_number }));
      return pull && toPull(pull);
    },
    pullOfBranch: async (branch, { author, base }) => {
      // A fork with the same owner may have a branch of that name, and anybody may open a pull request for ours.
      const asked = { head: `${at.owner}:${branch}`, base, state: "all" } as const;
      const pulls = await list("GET /pulls", asked, page =>
        page
          .filter(({ head, base }) => head.repo?.id === base.repo.id)
          .map(toPull)
          .filter(({ user }) => user.id === author),
      );
      return pulls.find(({ state }) => state === "open") ?? pulls.at(0) ?? null;
    },
    pullFiles: (pull_number, wanted) =>
      list("GET /pulls/{pull_number}/files", { pull_number, per_page: 100 }, page =>
        page
          .filter(({ filename }) => wanted.has(filename))
          .map(({ filename, patch }) => ({ path: filename, patch: patch ?? "" })),
      ),
    createPull: async pull => toPull(await ask("POST /pulls", { ...pull, draft: true })),
    updatePull: async (pull_number, patch) => {
      await ask("PATCH /pulls/{pull_number}", { pull_number, ...patch });
    },
    closePull: async pull_number => {
      await ask("PATCH /pulls/{pull_number}", { pull_number, state: "closed" });
    },
    reopenPull: async pull_number => {
      await ask("PATCH /pulls/{pull_number}", { pull_number, state: "open" });
    },
    setDraft: async ({ node_id: id }, draft) => {
      const mutation = draft ? "convertPullRequestToDraft" : "markPullRequestReadyForReview";
      await graphql(
        `mutation($id: ID!) { ${mutation}(input: {pullRequestId: $id}) { pullRequest { isDraft } } }`,
        { id },
      );
    },
    mergePull: async (pull_number, { sha, method }) => {
      await ask("PUT /pulls/{pull_number}/merge", { pull_number, sha, merge_method: method });
    },
    enableAutoMerge: async ({ node_id: id, head }, { method }) => {
      // @octokit/graphql refuses a variable named "method".
      await graphql(
        `mutation($id: ID!, $by: PullRequestMergeMethod!, $head: GitObjectID!) {
          enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: $by, expectedHeadOid: $head}) { pullRequest { id } }
        }`,
        { id, by: method.toUpperCase(), head: head.sha },
      );
    },
    disableAutoMerge: async ({ node_id: id }) => {
      await graphql(
        "mutation($id: ID!) { disablePullRequestAutoMerge(input: {pullRequestId: $id}) { pullRequest { id } } }",
        { id },
      );
    },
    updatePullBranch: async (pull_number, expected_head_sha) => {
      await ask("PUT /pulls/{pull_number}/update-branch", { pull_number, expected_head_sha });
    },
  }) satisfies Partial<GitHub>;

type Listed = Answer<"GET /repos/{owner}/{repo}/pulls">[number];
type Read = Answer<"GET /repos/{owner}/{repo}/pulls/{pull_number}">;

/** Lists leave out fields that are expensive for GitHub. */
type Pull = Pick<Listed, "number" | "node_id" | "title" | "body" | "state" | "draft" | "merged_at" | "user"> &
  Pick<Listed | Read, "head" | "base" | "auto_merge"> & {
    readonly requested_reviewers?: readonly { readonly login: string }[] | null;
  } & Partial<Pick<Read, "merged" | "mergeable_state">>;

const toPull = (data: Pull): GitHubPull => ({
  number: data.number,
  node_id: data.node_id,
  title: data.title,
  body: data.body ?? "",
  state: data.state === "closed" ? "closed" : "open",
  draft: data.draft === true,
  merged: data.merged === true || (data.merged_at ?? null) !== null,
  mergeable_state: data.mergeable_state ?? "unknown",
  auto_merge_by: (data.auto_merge ?? null) === null ? null : toUser(data.auto_merge?.enabled_by),
  head: { ref: data.head.ref, sha: data.head.sha },
  base: { ref: data.base.ref },
  user: toUser(data.user),
  requested: (data.requested_reviewers ?? []).map(({ login }) => login),
});
