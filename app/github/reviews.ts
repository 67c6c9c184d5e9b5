// Reviews of pull requests, and their comments on lines.

import { toComment } from "./comments.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import type { GitHub, GitHubReview } from "./port.ts";
import { shortened } from "./shortened.ts";
import { toId, toUser } from "./user.ts";

export const createReviews = ({ ask, list, pages }: Connection) =>
  ({
    reviews: pull_number => pages("GET /pulls/{pull_number}/reviews", { pull_number }, toReview),
    review: async (pull_number, review_id) => {
      const route = "GET /pulls/{pull_number}/reviews/{review_id}";
      const review = await orNull(ask(route, { pull_number, review_id }));
      return review && toReview(review);
    },
    reviewComments: (pull_number, review_id) =>
      list("GET /pulls/{pull_number}/reviews/{review_id}/comments", { pull_number, review_id }, page =>
        page.map(comment => ({ ...placeOf(comment), body: shortened(comment.body ?? "", LONGEST_COMMENT) })),
      ),
    reviewComment: async comment_id => {
      const comment = await orNull(ask("GET /pulls/comments/{comment_id}", { comment_id }));
      return (
        comment && {
          ...toComment(comment),
          ...placeOf(comment),
          review_id: toId(comment.pull_request_review_id),
        }
      );
    },
    createReview: async (pull_number, { comments: said, ...review }) => {
      const comments = said.map(comment => ({ ...comment, side: "RIGHT" }));
      const { id } = await ask("POST /pulls/{pull_number}/reviews", { pull_number, ...review, comments });
      return { id: Number(id) };
    },
    dismissReview: async (pull_number, review_id, message) => {
      const route = "PUT /pulls/{pull_number}/reviews/{review_id}/dismissals";
      await ask(route, { pull_number, review_id, message });
    },
    requestReview: async (pull_number, login) => {
      await ask("POST /pulls/{pull_number}/requested_reviewers", { pull_number, reviewers: [login] });
    },
  }) satisfies Partial<GitHub>;

/** Limit for each comment of a review; a comment read by itself is read whole. */
const LONGEST_COMMENT = 16_000;

type Place = Pick<
  Answer<"GET /repos/{owner}/{repo}/pulls/comments/{comment_id}">,
  "path" | "line" | "original_line"
>;

/** GitHub drops the line of a comment when its place in the file has changed since. */
const placeOf = ({ path, line, original_line }: Place) => ({ path, line: line ?? original_line ?? null });

type Review = Answer<"GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}">;

const toReview = (data: Review): GitHubReview => ({
  id: Number(data.id),
  node_id: data.node_id,
  user: toUser(data.user),
  state: data.state.toUpperCase(),
  body: data.body ?? "",
  commit_id: data.commit_id ?? "",
  submitted_at: data.submitted_at ?? "",
});
