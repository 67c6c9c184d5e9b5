// GitHub's shapes of a check run and a check suite.

import { renderApp, renderRepository } from "./render.ts";
import type { CheckRun, CheckSuite, Repository } from "./state.ts";
import { appById, htmlUrl, nodeId, repositoryUrl, type World } from "./world.ts";

const WORST = [
  "failure",
  "timed_out",
  "cancelled",
  "action_required",
  "stale",
  "neutral",
  "skipped",
  "success",
];

/** A suite's state follows from its check runs; a workflow run's suite stores its own. */
export function suiteState(repository: Repository, suite: CheckSuite) {
  if (suite.runId !== null) return { status: suite.status ?? "queued", conclusion: suite.conclusion };
  const runs = repository.checkRuns.filter(run => run.suiteId === suite.id);
  const latest = [...new Map(runs.map(run => [run.name, run])).values()];
  if (latest.length === 0) return { status: "queued", conclusion: null };
  if (!latest.every(run => run.status === "completed"))
    return {
      status: latest.some(run => run.status !== "queued") ? "in_progress" : "queued",
      conclusion: null,
    };
  const conclusions = new Set(latest.map(run => run.conclusion));
  return { status: "completed", conclusion: WORST.find(one => conclusions.has(one)) ?? "neutral" };
}

function pullsAt(world: World, repository: Repository, sha: string) {
  const repo = { id: repository.id, url: repositoryUrl(world, repository), name: repository.name };
  return repository.issues.flatMap(issue =>
    issue.pull === null || issue.pull.headSha !== sha || issue.state === "closed"
      ? []
      : [
          {
            id: issue.pull.id,
            number: issue.number,
            url: `${repositoryUrl(world, repository)}/pulls/${issue.number}`,
            head: { ref: issue.pull.headRef, sha, repo },
            base: { ref: issue.pull.baseRef, sha: issue.pull.baseSha, repo },
          },
        ],
  );
}

/** A suite includes its repository, except within a check run or an event. */
export const renderWholeSuite = (world: World, repository: Repository, suite: CheckSuite) => ({
  ...renderSuite(world, repository, suite),
  repository: renderRepository(world, repository),
});

export function renderSuite(
  world: World,
  repository: Repository,
  suite: CheckSuite,
): Record<string, unknown> {
  const url = `${repositoryUrl(world, repository)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(repository, suite),
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullsAt(world, repository, suite.headSha),
    app: renderApp(world, appById(world, suite.appId)),
    head_commit: suite.headCommit,
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    latest_check_runs_count: repository.checkRuns.filter(run => run.suiteId === suite.id).length,
    check_runs_url: `${url}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  };
}

export function renderCheckRun(world: World, repository: Repository, run: CheckRun): Record<string, unknown> {
  const url = `${repositoryUrl(world, repository)}/check-runs/${run.id}`;
  const html = `${htmlUrl(world, repository)}/runs/${run.id}`;
  const suite = repository.checkSuites.find(one => one.id === run.suiteId);
  return {
    id: run.id,
    node_id: nodeId("CR", run.id),
    head_sha: run.headSha,
    name: run.name,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: suite === undefined ? { id: run.suiteId } : renderSuite(world, repository, suite),
    app: renderApp(world, appById(world, run.appId)),
    pull_requests: pullsAt(world, repository, run.headSha),
    actions: run.actions,
  };
}
