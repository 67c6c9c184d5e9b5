// GitHub Actions over REST: workflows, dispatch, runs, attempts, jobs.

import * as z from "zod";
import { addSuite } from "./checks.ts";
import { Failure, forbidden, notFound, unprocessable } from "./failure.ts";
import { readRef } from "./git-read.ts";
import { needs, noContent, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import { latestAttempt, renderJob, renderRun, renderWorkflow } from "./run-render.ts";
import { addAttempt } from "./runner.ts";
import type { Run, RunAttempt, WorkflowRow } from "./state.ts";
import { checkInputs, runTitle, type WorkflowFile, workflowAt, workflowsOf } from "./workflows.ts";
import { GITHUB_ACTIONS_APP, gitDirectory, htmlUrl, must, repositoryUrl } from "./world.ts";

const Dispatch = z.object({
  ref: z.string(),
  inputs: z.record(z.string(), z.unknown()).nullish(),
  return_run_details: z.boolean().default(false),
});
const read = needs("actions", "read", "read");
const write = needs("actions", "write", "write");
const base = "/repos/{owner}/{repo}/actions";
const run = `${base}/runs/{run_id}`;
const workflow = `${base}/workflows/{workflow_id}`;

export const actionRoutes: readonly Route[] = [
  { method: "GET", path: `${base}/workflows`, need: read, handle: listWorkflows },
  {
    method: "GET",
    path: workflow,
    need: read,
    handle: async call => ok(renderWorkflow(call.world, call.repository, await findWorkflow(call))),
  },
  {
    method: "PUT",
    path: `${workflow}/disable`,
    need: write,
    handle: call => setState(call, "disabled_manually"),
  },
  { method: "PUT", path: `${workflow}/enable`, need: write, handle: call => setState(call, "active") },
  { method: "POST", path: `${workflow}/dispatches`, need: write, handle: dispatch },
  {
    method: "GET",
    path: `${workflow}/runs`,
    need: read,
    handle: async call => listRuns(call, (await findWorkflow(call)).row.id),
  },
  { method: "GET", path: `${base}/runs`, need: read, handle: call => listRuns(call, null) },
  {
    method: "GET",
    path: run,
    need: read,
    handle: call => ok(renderRun(call.world, call.repository, findRun(call))),
  },
  { method: "GET", path: `${run}/attempts/{attempt_number}`, need: read, handle: getAttempt },
  {
    method: "GET",
    path: `${run}/jobs`,
    need: read,
    handle: call => listJobs(call, latestAttempt(findRun(call))),
  },
  {
    method: "GET",
    path: `${run}/attempts/{attempt_number}/jobs`,
    need: read,
    handle: call => listJobs(call, findAttempt(call)),
  },
  { method: "GET", path: `${base}/jobs/{job_id}`, need: read, handle: getJob },
  {
    method: "GET",
    path: `${base}/jobs/{job_id}/logs`,
    need: read,
    handle: call => ({ status: 200, text: findJob(call).job.log }),
  },
  { method: "POST", path: `${run}/cancel`, need: write, handle: cancel },
  { method: "POST", path: `${run}/force-cancel`, need: write, handle: cancel },
  { method: "POST", path: `${run}/rerun`, need: write, handle: rerun },
  { method: "POST", path: `${run}/rerun-failed-jobs`, need: write, handle: rerunFailed },
];

async function listWorkflows(call: RepositoryCall) {
  const found = call.repository.actionsEnabled ? await workflowsOf(call.world, call.repository) : [];
  return page(
    call,
    found,
    one => renderWorkflow(call.world, call.repository, one),
    workflows => ({
      total_count: found.length,
      workflows,
    }),
  );
}

async function findWorkflow(call: RepositoryCall): Promise<{ row: WorkflowRow; file: WorkflowFile }> {
  // With Actions switched off there are no workflows.
  if (!call.repository.actionsEnabled) throw notFound();
  const name = decodeURIComponent(call.param("workflow_id"));
  const found = (await workflowsOf(call.world, call.repository)).find(
    ({ row }) => String(row.id) === name || row.path === name || row.path.split("/").at(-1) === name,
  );
  if (found === undefined) throw notFound();
  return found;
}

async function setState(call: RepositoryCall, state: WorkflowRow["state"]) {
  (await findWorkflow(call)).row.state = state;
  return noContent();
}

async function dispatch(call: RepositoryCall) {
  const { row } = await findWorkflow(call);
  const wanted = call.read(Dispatch);
  const { world, repository, user } = call;
  if (Object.keys(wanted.inputs ?? {}).length > 25)
    throw unprocessable("you may only define up to 25 `inputs`");
  if (row.state !== "active")
    throw unprocessable("Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  const { ref, sha } = await resolveRef(call, wanted.ref);
  const file = await workflowAt(world, repository, { sha, path: row.path });
  if (file === null)
    throw unprocessable(
      `Workflow does not exist or does not have a workflow_dispatch trigger in this branch/tag: ${wanted.ref}`,
    );
  const inputs = checkInputs(file, wanted.inputs ?? {});
  const made = await addRun(call, { row, file, ref, sha, inputs });
  const payload = { inputs, ref, workflow: row.path };
  world.emit({ event: "workflow_dispatch", repository, sender: user, payload });
  world.startRun(repository, made.id);
  if (!wanted.return_run_details) return noContent();
  return ok({
    workflow_run_id: made.id,
    run_url: `${repositoryUrl(world, repository)}/actions/runs/${made.id}`,
    html_url: `${htmlUrl(world, repository)}/actions/runs/${made.id}`,
  });
}

async function resolveRef(call: RepositoryCall, name: string): Promise<{ ref: string; sha: string }> {
  const directory = gitDirectory(call.world, call.repository);
  const candidates = /^refs\/(heads|tags)\//.test(name)
    ? [name]
    : [`refs/heads/${name}`, `refs/tags/${name}`];
  for (const ref of candidates) {
    const sha = await readRef(directory, `${ref}^{commit}`);
    if (sha !== null && sha !== "") return { ref, sha };
  }
  throw unprocessable(`No ref found for: ${name}`);
}

async function addRun(
  call: RepositoryCall,
  what: { row: WorkflowRow; file: WorkflowFile; ref: string; sha: string; inputs: Record<string, string> },
): Promise<Run> {
  const { world, repository, user } = call;
  const id = world.id();
  const suite = await addSuite(call, {
    appId: GITHUB_ACTIONS_APP,
    headSha: what.sha,
    headBranch: what.ref.replace(/^refs\/(heads|tags)\//, ""),
    runId: id,
    status: "queued",
  });
  const made: Run = {
    id,
    number: repository.runs.filter(one => one.workflowId === what.row.id).length + 1,
    workflowId: what.row.id,
    name: what.file.name,
    title: runTitle(what.file, { inputs: what.inputs, actor: user.login, ref: what.ref }),
    ref: what.ref,
    sha: what.sha,
    suiteId: suite.id,
    actorId: user.id,
    inputs: what.inputs,
    attempts: [],
  };
  repository.runs.push(made);
  addAttempt(call, made);
  return made;
}

const findRun = (call: RepositoryCall): Run =>
  must(call.repository.runs.find(one => one.id === call.number("run_id")));
const findAttempt = (call: RepositoryCall): RunAttempt =>
  must(findRun(call).attempts.find(one => one.attempt === call.number("attempt_number")));

function getAttempt(call: RepositoryCall) {
  return ok(renderRun(call.world, call.repository, findRun(call), findAttempt(call)));
}

function listRuns(call: RepositoryCall, workflowId: number | null) {
  const { query, repository, world } = call;
  const matches = (one: Run): boolean => {
    const shown = renderRun(world, repository, one);
    const actor = (shown.actor as { login: string }).login;
    const same = (key: string, ...values: unknown[]) => !query.has(key) || values.includes(query.get(key));
    return (
      (workflowId === null || one.workflowId === workflowId) &&
      same("status", shown.status, shown.conclusion) &&
      same("branch", shown.head_branch) &&
      same("head_sha", one.sha) &&
      same("event", "workflow_dispatch") &&
      same("actor", actor)
    );
  };
  const found = repository.runs.filter(matches).reverse();
  return page(
    call,
    found,
    one => renderRun(world, repository, one),
    workflow_runs => ({
      total_count: found.length,
      workflow_runs,
    }),
  );
}

function listJobs(call: RepositoryCall, attempt: RunAttempt) {
  const found = attempt.jobs;
  const of = findRun(call);
  return page(
    call,
    found,
    job => renderJob(call.world, call.repository, { run: of, attempt, job }),
    jobs => ({
      total_count: found.length,
      jobs,
    }),
  );
}

function findJob(call: RepositoryCall) {
  for (const one of call.repository.runs)
    for (const attempt of one.attempts)
      for (const job of attempt.jobs) if (job.id === call.number("job_id")) return { run: one, attempt, job };
  throw notFound();
}

function getJob(call: RepositoryCall) {
  return ok(renderJob(call.world, call.repository, findJob(call)));
}

function cancel(call: RepositoryCall) {
  const found = findRun(call);
  if (latestAttempt(found).status === "completed")
    throw new Failure(409, "Cannot cancel a workflow run that is completed.");
  call.world.cancelRun(found.id);
  return { status: 202, body: {} };
}

function rerun(call: RepositoryCall) {
  const found = findRun(call);
  if (!call.repository.actionsEnabled) throw forbidden("GitHub Actions are disabled for this repository.");
  if (latestAttempt(found).status !== "completed") throw forbidden("This workflow is already running");
  addAttempt(call, found);
  call.world.startRun(call.repository, found.id);
  return { status: 201, body: {} };
}

function rerunFailed(call: RepositoryCall) {
  const last = latestAttempt(findRun(call));
  if (last.status === "completed" && last.conclusion === "success")
    throw forbidden("This workflow run cannot be retried: it has no failed jobs");
  return rerun(call);
}
