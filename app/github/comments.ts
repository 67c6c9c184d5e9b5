// Comments on issues and pull requests, and reactions to comments.
import { KinError } from "../../core/model/error.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import { LONG_ONES, pagesOf } from "./pages.ts";
import type { GitHub, GitHubComment } from "./port.ts";
import { toUser } from "./user.ts";

export const createComments = ({ at, request, paginate, graphql }: Connection) =>
  ({
    issueComments: issue_number => {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
      const found = paginate.iterator(route, { ...at, issue_number, per_page: LONG_ONES });
      return pagesOf(route, found, toComment);
    },
    issueComment: async comment_id => {
      const route = "GET /repos/{owner}/{repo}/issues/comments/{comment_id}";
      const answer = await orNull(request(route, { ...at, comment_id }));
      return answer && toComment(answer.data);
    },
    pullComments: pull_number => {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments";
      const found = paginate.iterator(route, { ...at, pull_number, per_page: LONG_ONES });
      return pagesOf(route, found, toComment);
    },
    // REST says nothing about edits of a review, and of a comment only gives a time that other changes move as well.
    editedAt: async ({ node_id }) => {
      const { node } = await graphql<Edited>(EDITED, { id: node_id });
      if (node?.lastEditedAt === undefined)
        throw new KinError(`GitHub does not tell whether ${node_id} was edited.`, {
          code: "github_404",
          hint: "Say it again.",
        });
      return node.lastEditedAt;
    },
    createComment: async (issue_number, body) => {
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
      const { data } = await request(route, { ...at, issue_number, body });
      return { id: Number(data.id) };
    },
    updateComment: async (comment_id, body) => {
      await request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...at, comment_id, body });
    },
    react: async ({ id: comment_id, kind }, content) => {
      await request(
        kind === "issue_comment"
          ? "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"
          : "POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions",
        { ...at, comment_id, content },
      );
    },
  }) satisfies Partial<GitHub>;

const EDITED = "query edited($id: ID!) { node(id: $id) { ... on Comment { lastEditedAt } } }";
interface Edited {
  readonly node: { readonly lastEditedAt?: string | null } | null;
}

type Comment = Pick<
  Answer<"GET /repos/{owner}/{repo}/issues/comments/{comment_id}">,
  "id" | "node_id" | "body" | "user" | "created_at" | "updated_at"
>;

/** Comments on a line of a pull request have these fields, too. */
export const toComment = (data: Comment): GitHubComment => ({
  id: Number(data.id),
  node_id: data.node_id,
  body: data.body ?? "",
  user: toUser(data.user),
  created_at: data.created_at,
  updated_at: data.updated_at,
});
