// Requesting reviews of a pull request.

import * as z from "zod";
import { roleOf } from "./access.ts";
import { unprocessable } from "./failure.ts";
import { announce, note } from "./issue-changes.ts";
import { renderShortPull } from "./pull-render.ts";
import { findPull } from "./pulls.ts";
import { renderUser } from "./render.ts";
import { created, needs, ok, type RepositoryCall, type Route } from "./rest.ts";
import { must, userByLogin } from "./world.ts";

const Reviewers = z.object({ reviewers: z.array(z.string()).default([]) });
const read = needs("pull_requests", "read", "read");
const write = needs("pull_requests", "write", "write");
const base = "/repos/{owner}/{repo}/pulls";

export const reviewerRoutes: readonly Route[] = [
  { method: "GET", path: `${base}/{pull_number}/requested_reviewers`, need: read, handle: listRequested },
  { method: "POST", path: `${base}/{pull_number}/requested_reviewers`, need: write, handle: requestReviews },
  {
    method: "DELETE",
    path: `${base}/{pull_number}/requested_reviewers`,
    need: write,
    handle: withdrawRequests,
  },
];

function listRequested(call: RepositoryCall) {
  const pull = must(findPull(call).pull);
  const users = call.world.state.users.filter(user => pull.requestedReviewers.includes(user.id));
  return ok({ users: users.map(user => renderUser(call.world, user)), teams: [] });
}

async function requestReviews(call: RepositoryCall) {
  const issue = findPull(call);
  const pull = must(issue.pull);
  const users = call.read(Reviewers).reviewers.map(login => {
    const user = userByLogin(call.world, login);
    if (user?.id === issue.authorId)
      throw unprocessable("Review cannot be requested from pull request author.");
    const collaborator =
      user !== undefined && (roleOf(call.repository, user) !== "read" || isNamed(call, user.login));
    if (user === undefined || !collaborator)
      throw unprocessable(
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.",
      );
    return user;
  });
  for (const user of users) {
    if (pull.requestedReviewers.includes(user.id)) continue;
    pull.requestedReviewers.push(user.id);
    const requested_reviewer = renderUser(call.world, user);
    note(call, issue, "review_requested", { requested_reviewer });
    await announce(call, issue, "review_requested", { requested_reviewer });
  }
  return created(renderShortPull(call.world, call.repository, issue));
}

const isNamed = (call: RepositoryCall, login: string): boolean =>
  call.repository.collaborators[login.toLowerCase()] !== undefined;

async function withdrawRequests(call: RepositoryCall) {
  const issue = findPull(call);
  const pull = must(issue.pull);
  for (const login of call.read(Reviewers).reviewers) {
    const user = userByLogin(call.world, login);
    if (user === undefined || !pull.requestedReviewers.includes(user.id)) continue;
    pull.requestedReviewers = pull.requestedReviewers.filter(id => id !== user.id);
    const requested_reviewer = renderUser(call.world, user);
    note(call, issue, "review_request_removed", { requested_reviewer });
    await announce(call, issue, "review_request_removed", { requested_reviewer });
  }
  return ok(renderShortPull(call.world, call.repository, issue));
}
