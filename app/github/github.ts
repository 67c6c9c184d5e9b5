// GitHub over REST and GraphQL, for one repository. Translates shapes and errors; decides nothing.

import { createChecks } from "./checks.ts";
import { createComments } from "./comments.ts";
import { createCommits } from "./commits.ts";
import { connect, type GitHubOptions } from "./connection.ts";
import { createIssues } from "./issues.ts";
import type { GitHub } from "./port.ts";
import { createPulls } from "./pulls.ts";
import { createRepository } from "./repository.ts";
import { createReviews } from "./reviews.ts";
import { createWorkflows } from "./workflows.ts";

export { isForbidden, isStatus, orNull, refused } from "./failure.ts";

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
