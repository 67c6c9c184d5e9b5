// Comments on issues and pull requests, and reactions to comments.
import { KinError } from "../../core/model/error.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import type { GitHub, GitHubComment } from "./port.ts";
import { toUser } from "./user.ts";

export const createComments = ({ ask, pages, graphql }: Connection) =>
  ({
    issueComments: issue_number => pages("GET /issues/{issue_number}/comments", { issue_number }, toComment),
    issueComment: async comment_id => {
      const comment = await orNull(ask("GET /issues/comments/{comment_id}", { comment_id }));
      return comment && toComment(comment);
    },
    pullComments: pull_number => pages("GET /pulls/{pull_number}/comments", { pull_number }, toComment),
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
      const { id } = await ask("POST /issues/{issue_number}/comments", { issue_number, body });
      return { id: Number(id) };
    },
    updateComment: async (comment_id, body) => {
      await ask("PATCH /issues/comments/{comment_id}", { comment_id, body });
    },
    react: async ({ id: comment_id, kind }, content) => {
      const of = kind === "issue_comment" ? "issues" : "pulls";
      await ask(`POST /${of}/comments/{comment_id}/reactions`, { comment_id, content });
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
