// What the forms of a pull request's pages do.

import { must, nodeId } from "../world.ts";
import { issueDeeds } from "./issue-pages.ts";
import { type Deeds, field, type RepositoryVisit, text } from "./visit.ts";

const pulls = (visit: RepositoryVisit, tail: string): string => `/pulls/${visit.parts.number}${tail}`;
const home = (visit: RepositoryVisit): string => `${visit.home}/pull/${visit.parts.number}`;

const graph =
  (name: string, more: (visit: RepositoryVisit) => Readonly<Record<string, unknown>> = () => ({})) =>
  async (visit: RepositoryVisit): Promise<string> => {
    const issue = must(visit.repository.issues.find(one => one.number === Number(visit.parts.number)));
    const pullRequestId = nodeId("PR", must(issue.pull).id);
    await visit.mutate(name, { pullRequestId, ...more(visit) });
    return home(visit);
  };

export const pullDeeds: Deeds<RepositoryVisit> = {
  ...issueDeeds,
  merge: async visit => {
    const body = { merge_method: field(visit, "method"), sha: field(visit, "sha") };
    await visit.actHere("PUT", pulls(visit, "/merge"), body);
    return home(visit);
  },
  update: async visit => {
    await visit.actHere("PUT", pulls(visit, "/update-branch"), {});
    return home(visit);
  },
  ready: graph("markPullRequestReadyForReview"),
  draft: graph("convertPullRequestToDraft"),
  auto: graph("enablePullRequestAutoMerge", visit => ({ mergeMethod: field(visit, "method").toUpperCase() })),
  "no-auto": graph("disablePullRequestAutoMerge"),
  request: async visit => {
    await visit.actHere("POST", pulls(visit, "/requested_reviewers"), {
      reviewers: [field(visit, "reviewer")],
    });
    return home(visit);
  },
  dismiss: async visit => {
    const message = `Dismissed by ${visit.viewer.login}.`;
    await visit.actHere("PUT", pulls(visit, `/reviews/${field(visit, "review")}/dismissals`), { message });
    return home(visit);
  },
  reply: async visit => {
    const { body } = await visit.actHere("POST", pulls(visit, `/comments/${field(visit, "to")}/replies`), {
      body: text(visit, "body"),
    });
    return `${home(visit)}#discussion_r${(body as { id: number }).id}`;
  },
};

export const fileDeeds: Deeds<RepositoryVisit> = {
  line: async visit => {
    await visit.actHere("POST", pulls(visit, "/comments"), lineOf(visit));
    return `${home(visit)}/files`;
  },
  review: async visit => {
    const written = field(visit, "line-body") !== "";
    const { body } = await visit.actHere("POST", pulls(visit, "/reviews"), {
      event: field(visit, "event"),
      body: text(visit, "body"),
      comments: written ? [lineOf(visit)] : [],
    });
    return `${home(visit)}#pullrequestreview-${(body as { id: number }).id}`;
  },
};

const lineOf = (visit: RepositoryVisit) => ({
  path: field(visit, "path"),
  line: Number(field(visit, "line")),
  side: field(visit, "side") === "LEFT" ? "LEFT" : "RIGHT",
  body: text(visit, "line-body"),
});
