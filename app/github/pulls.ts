// Pull requests. Only GraphQL can switch drafts.

import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import { toId } from "./id.ts";
import type { Answer } from "./octokit.ts";
import { LONG_ONES } from "./pages.ts";
import type { GitHub, GitHubPull } from "./port.ts";
import { toUser } from "./user.ts";

export const createPulls = ({ at, request, paginate, graphql }: Connection) =>
  ({
    pull: async pull_number => {
      const answer = await orNull(
        request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...at, pull_number }),
      );
      return answer && toPull(answer.data);
    },
    pullOfBranch: async (branch, { author, base }) => {
      const route = "GET /repos/{owner}/{repo}/pulls";
      const asked = { ...at, head: `${at.owner}:${branch}`, base, state: "all" } as const;
      // A fork with the same owner may have a branch of that name, and anybody may open a pull request for ours.
      const pulls = await paginate(route, { ...asked, per_page: LONG_ONES }, ({ data }) =>
        data
          .filter(({ head, base }) => head.repo?.id === base.repo.id)
          .map(toPull)
          .filter(({ user }) => user.id === author),
      );
      return pulls.find(({ state }) => state === "open") ?? pulls.at(0) ?? null;
    },
    pullFiles: async (pull_number, wanted) => {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/files";
      return paginate(route, { ...at, pull_number, per_page: 100 }, ({ data }) =>
        data
          .filter(({ filename }) => wanted.has(filename))
          .map(({ filename, patch }) => ({ path: filename, patch: patch ?? "" })),
      );
    },
    createPull: async pull =>
      toPull((await request("POST /repos/{owner}/{repo}/pulls", { ...at, ...pull, draft: true })).data),
    updatePull: async (pull_number, patch) => {
      await request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", { ...at, pull_number, ...patch });
    },
    closePull: async pull_number => {
      await request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", {
        ...at,
        pull_number,
        state: "closed",
      });
    },
    reopenPull: async pull_number => {
      await request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", { ...at, pull_number, state: "open" });
    },
    setDraft: async ({ node_id: id }, draft) => {
      const mutation = draft ? "convertPullRequestToDraft" : "markPullRequestReadyForReview";
      await graphql(
        `mutation($id: ID!) { ${mutation}(input: {pullRequestId: $id}) { pullRequest { isDraft } } }`,
        { id },
      );
    },
    mergePull: async (pull_number, { sha, method }) => {
      const route = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge";
      await request(route, { ...at, pull_number, sha, merge_method: method });
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
      const route = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch";
      await request(route, { ...at, pull_number, expected_head_sha });
    },
  }) satisfies Partial<GitHub>;

type Listed = Answer<"GET /repos/{owner}/{repo}/pulls">[number];
type Read = Answer<"GET /repos/{owner}/{repo}/pulls/{pull_number}">;

/** Lists leave out fields that are expensive for GitHub. */
type Pull = Pick<
  Listed,
  "number" | "node_id" | "title" | "body" | "state" | "draft" | "merged_at" | "html_url" | "user"
> &
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
  head: { ref: data.head.ref, sha: data.head.sha, repository_id: toId(data.head.repo?.id) },
  base: { ref: data.base.ref, sha: data.base.sha },
  html_url: data.html_url,
  user: toUser(data.user),
  requested: (data.requested_reviewers ?? []).map(({ login }) => login),
});
