// Comments on issues and pull requests, and reactions to comments.
import type { GitHub, GitHubComment } from "../../ports.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import { toUser } from "./user.ts";

export const createComments = ({ at, request, paginate }: Connection) =>
  ({
    issueComments: async issue_number => {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
      return (await paginate(route, { ...at, issue_number, per_page: 100 })).map(toComment);
    },
    issueComment: async comment_id => {
      const route = "GET /repos/{owner}/{repo}/issues/comments/{comment_id}";
      const answer = await orNull(request(route, { ...at, comment_id }));
      return answer && toComment(answer.data);
    },
    pullComments: async pull_number => {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments";
      return (await paginate(route, { ...at, pull_number, per_page: 100 })).map(toComment);
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

type Comment = Pick<
  Answer<"GET /repos/{owner}/{repo}/issues/comments/{comment_id}">,
  "id" | "body" | "user" | "created_at" | "updated_at"
>;

/** Comments on a line of a pull request have these fields, too. */
export const toComment = (data: Comment): GitHubComment => ({
  id: Number(data.id),
  body: data.body ?? "",
  user: toUser(data.user),
  created_at: data.created_at,
  updated_at: data.updated_at,
});
