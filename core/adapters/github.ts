// GitHub over REST and GraphQL, for one repository. Translates shapes and errors; decides nothing.
import type { GitHub } from "../ports.ts";
import { createChecks } from "./github/checks.ts";
import { createComments } from "./github/comments.ts";
import { createCommits } from "./github/commits.ts";
import { connect, type GitHubOptions } from "./github/connection.ts";
import { createIssues } from "./github/issues.ts";
import { createPulls } from "./github/pulls.ts";
import { createRepository } from "./github/repository.ts";
import { createReviews } from "./github/reviews.ts";
import { createWorkflows } from "./github/workflows.ts";

export { isForbidden, isStatus, orNull, refused } from "./github/failure.ts";

export const createGitHub = (options: GitHubOptions): GitHub => {
  const connection = connect(options);
  return {
    ...createRepository(connection, options.project),
    ...createIssues(connection),
    ...createComments(connection),
    ...createCommits(connection),
    ...createPulls(connection),
    ...createReviews(connection),
    ...createChecks(connection),
    ...createWorkflows(connection),
  };
};
