// GitHub's shapes of a workflow, a workflow run and a job.

import { renderRepository, renderUserId } from "./render.ts";
import type { Job, Repository, Run, RunAttempt, WorkflowRow } from "./state.ts";
import type { WorkflowFile } from "./workflows.ts";
import { htmlUrl, must, nodeId, repositoryUrl, type World } from "./world.ts";

export function renderWorkflow(
  world: World,
  repository: Repository,
  workflow: { readonly row: WorkflowRow; readonly file: Pick<WorkflowFile, "name"> },
): Record<string, unknown> {
  const { row, file } = workflow;
  const base = row.path.split("/").at(-1);
  return {
    id: row.id,
    node_id: nodeId("W", row.id),
    name: file.name,
    path: row.path,
    state: row.state,
    created_at: row.createdAt,
    updated_at: row.createdAt,
    url: `${repositoryUrl(world, repository)}/actions/workflows/${row.id}`,
    html_url: `${htmlUrl(world, repository)}/blob/${repository.defaultBranch}/${row.path}`,
    badge_url: `${htmlUrl(world, repository)}/actions/workflows/${base}/badge.svg`,
  };
}

export const latestAttempt = (run: Run): RunAttempt => must(run.attempts.at(-1));

const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, "");

export function renderRun(
  world: World,
  repository: Repository,
  run: Run,
  attempt = latestAttempt(run),
): Record<string, unknown> {
  const url = `${repositoryUrl(world, repository)}/actions/runs/${run.id}`;
  const workflow = repository.workflows.find(row => row.id === run.workflowId);
  const at = (tail: string) => `${url}${tail}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WFR", run.id),
    head_branch: shortRef(run.ref),
    head_sha: run.sha,
    path: workflow?.path ?? "",
    display_title: run.title,
    run_number: run.number,
    event: "workflow_dispatch",
    status: attempt.status,
    conclusion: attempt.conclusion,
    workflow_id: run.workflowId,
    check_suite_id: run.suiteId,
    check_suite_node_id: nodeId("CS", run.suiteId),
    url,
    html_url: `${htmlUrl(world, repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.attempts[0]?.createdAt,
    updated_at: attempt.updatedAt,
    actor: renderUserId(world, run.actorId),
    run_attempt: attempt.attempt,
    referenced_workflows: [],
    run_started_at: attempt.startedAt,
    triggering_actor: renderUserId(world, attempt.triggeringActorId),
    jobs_url: at("/jobs"),
    logs_url: at("/logs"),
    check_suite_url: `${repositoryUrl(world, repository)}/check-suites/${run.suiteId}`,
    artifacts_url: at("/artifacts"),
    cancel_url: at("/cancel"),
    rerun_url: at("/rerun"),
    previous_attempt_url: attempt.attempt > 1 ? at(`/attempts/${attempt.attempt - 1}`) : null,
    workflow_url: `${repositoryUrl(world, repository)}/actions/workflows/${run.workflowId}`,
    head_commit: repository.checkSuites.find(suite => suite.id === run.suiteId)?.headCommit ?? null,
    repository: renderRepository(world, repository),
    head_repository: renderRepository(world, repository),
  };
}

export function renderJob(
  world: World,
  repository: Repository,
  job: { readonly run: Run; readonly attempt: RunAttempt; readonly job: Job },
): Record<string, unknown> {
  const { run, attempt } = job;
  const url = `${repositoryUrl(world, repository)}/actions/jobs/${job.job.id}`;
  return {
    id: job.job.id,
    run_id: run.id,
    run_url: `${repositoryUrl(world, repository)}/actions/runs/${run.id}`,
    run_attempt: attempt.attempt,
    node_id: nodeId("CR", job.job.id),
    head_sha: run.sha,
    head_branch: shortRef(run.ref),
    url,
    html_url: `${htmlUrl(world, repository)}/actions/runs/${run.id}/job/${job.job.id}`,
    status: job.job.status,
    conclusion: job.job.conclusion,
    created_at: job.job.startedAt,
    started_at: job.job.startedAt,
    completed_at: job.job.completedAt,
    name: job.job.name,
    steps: [],
    check_run_url: `${repositoryUrl(world, repository)}/check-runs/${job.job.id}`,
    labels: ["ubuntu-latest"],
    runner_id: 1,
    runner_name: "embedded",
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: run.name,
  };
}
