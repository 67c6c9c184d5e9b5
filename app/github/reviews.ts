// Reviews of pull requests, and their comments on lines.

import { toComment } from "./comments.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import { toId } from "./id.ts";
import type { Answer } from "./octokit.ts";
import { LONG_ONES, pagesOf, shortened } from "./pages.ts";
import type { GitHub, GitHubReview } from "./port.ts";
import { toUser } from "./user.ts";

export const createReviews = ({ at, request, paginate }: Connection) =>
  ({
    reviews: pull_number => {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews";
      const found = paginate.iterator(route, { ...at, pull_number, per_page: LONG_ONES });
      return pagesOf(route, found, toReview);
    },
    review: async (pull_number, review_id) => {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}";
      const answer = await orNull(request(route, { ...at, pull_number, review_id }));
      return answer && toReview(answer.data);
    },
    reviewComments: async (pull_number, review_id) => {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments";
      return paginate(route, { ...at, pull_number, review_id, per_page: LONG_ONES }, ({ data }) =>
        data.map(comment => ({ ...placeOf(comment), body: shortened(comment.body ?? "", LONGEST_COMMENT) })),
      );
    },
    reviewComment: async comment_id => {
      const route = "GET /repos/{owner}/{repo}/pulls/comments/{comment_id}";
      const answer = await orNull(request(route, { ...at, comment_id }));
      return (
        answer && {
          ...toComment(answer.data),
          ...placeOf(answer.data),
          review_id: toId(answer.data.pull_request_review_id),
          pull: Number(answer.data.pull_request_url.split("/").at(-1)),
        }
      );
    },
    createReview: async (pull_number, { comments, ...review }) => {
      const { data } = await request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
        ...at,
        pull_number,
        ...review,
        comments: comments.map(comment => ({ ...comment, side: "RIGHT" })),
      });
      return { id: Number(data.id) };
    },
    dismissReview: async (pull_number, review_id, message) => {
      const route = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals";
      await request(route, { ...at, pull_number, review_id, message });
    },
    requestReview: async (pull_number, login) => {
      const route = "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
      await request(route, { ...at, pull_number, reviewers: [login] });
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
