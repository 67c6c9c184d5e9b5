// Hands queued runs to whatever executes them, and records their progress. It runs nothing itself.

import { mintToken } from "./auth.ts";
import { emitSuite } from "./check-events.ts";
import { finishJob, type JobHandle, openLogs, type RunLogs } from "./run-log.ts";
import { latestAttempt, renderRun, renderWorkflow } from "./run-render.ts";
import type { Grants, Repository, Run, RunAttempt } from "./state.ts";
import { workflowAt } from "./workflows.ts";
import { type Deed, issuer, must, ownerOf, userById, type World } from "./world.ts";

export interface RunResult {
  readonly conclusion: "success" | "failure" | "cancelled";
}

export interface QueuedRun {
  readonly id: number;
  readonly attempt: number;
  readonly number: number;
  readonly repository: {
    readonly id: number;
    readonly owner: string;
    readonly ownerId: number;
    readonly name: string;
    readonly defaultBranch: string;
    readonly private: boolean;
  };
  readonly workflow: {
    readonly id: number;
    readonly path: string;
    readonly name: string;
    readonly text: string;
  };
  readonly ref: string;
  readonly sha: string;
  readonly event: "workflow_dispatch";
  readonly inputs: Readonly<Record<string, string>>;
  readonly actor: { readonly id: number; readonly login: string };
  readonly triggeringActor: { readonly id: number; readonly login: string };
  readonly signal: AbortSignal;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** A job's ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN. */
  idTokenRequest(job: string, more?: IdTokenOptions): { readonly url: string; readonly token: string };
  /** A job's GITHUB_TOKEN. */
  jobToken(permissions: Readonly<Record<string, "read" | "write">>): string;
  job(name: string): JobHandle;
  log(text: string): void;
}

export type { JobHandle };

export interface IdTokenOptions {
  readonly environment?: string;
  readonly jobWorkflowRef?: string;
}

export type OnRun = (run: QueuedRun) => Promise<RunResult>;

export interface Runner {
  start(repository: Repository, runId: number): void;
  cancel(runId: number): void;
  /** After a restart: starts what was queued; what was running has lost its runner. */
  resume(): void;
  busy(): boolean;
}

const DAY = 86_400_000;

export function createRunner(world: World, onRun: OnRun | undefined): Runner {
  const underWay = new Map<number, AbortController>();

  function start(repository: Repository, runId: number): void {
    const run = must(repository.runs.find(one => one.id === runId));
    emitRun(world, { repository, run, action: "requested" });
    take(repository, run);
  }

  function take(repository: Repository, run: Run): void {
    if (onRun === undefined) return;
    const cancelling = new AbortController();
    underWay.set(run.id, cancelling);
    execute(onRun, { repository, run, signal: cancelling.signal }).finally(() => underWay.delete(run.id));
  }

  async function execute(
    runner: OnRun,
    what: { readonly repository: Repository; readonly run: Run; readonly signal: AbortSignal },
  ): Promise<void> {
    const { repository, run, signal } = what;
    const attempt = latestAttempt(run);
    // The dispatch is answered before anything of the run is visible.
    await new Promise(resolve => setImmediate(resolve));
    setStatus(world, { repository, run, attempt, status: "in_progress", conclusion: null });
    const logs = openLogs(world, attempt, Object.values(repository.secrets));
    const result = await outcome(runner, await queuedRun(world, { ...what, logs }), attempt);
    logs.flush();
    const conclusion = signal.aborted ? "cancelled" : result.conclusion;
    for (const job of attempt.jobs) if (job.status !== "completed") finishJob(world, job, conclusion);
    setStatus(world, { repository, run, attempt, status: "completed", conclusion });
  }

  function cancel(runId: number): void {
    const cancelling = underWay.get(runId);
    if (cancelling !== undefined) {
      cancelling.abort();
      return;
    }
    for (const repository of world.state.repositories) {
      const run = repository.runs.find(one => one.id === runId);
      if (run === undefined) continue;
      const attempt = latestAttempt(run);
      setStatus(world, { repository, run, attempt, status: "completed", conclusion: "cancelled" });
    }
  }

  function resume(): void {
    for (const repository of world.state.repositories)
      for (const run of repository.runs) {
        const attempt = latestAttempt(run);
        if (attempt.status === "queued") take(repository, run);
        if (attempt.status !== "in_progress") continue;
        setStatus(world, { repository, run, attempt, status: "completed", conclusion: "failure" });
      }
  }

  return { start, cancel, resume, busy: () => underWay.size > 0 };
}

async function outcome(runner: OnRun, queued: QueuedRun, attempt: RunAttempt): Promise<RunResult> {
  try {
    return await runner(queued);
  } catch (error) {
    attempt.log += `\n##[error]${String(error)}\n`;
    return { conclusion: "failure" };
  }
}

interface Progress {
  readonly repository: Repository;
  readonly run: Run;
  readonly attempt: RunAttempt;
  readonly status: RunAttempt["status"];
  readonly conclusion: string | null;
}

function setStatus(world: World, to: Progress): void {
  const { repository, run, attempt, status, conclusion } = to;
  attempt.status = status;
  attempt.conclusion = conclusion;
  attempt.updatedAt = world.stamp();
  if (status === "in_progress") attempt.startedAt = attempt.updatedAt;
  const suite = repository.checkSuites.find(one => one.id === run.suiteId);
  if (suite !== undefined) Object.assign(suite, { status, conclusion, updatedAt: attempt.updatedAt });
  world.saved();
  emitRun(world, { repository, run, action: status });
  if (status !== "completed" || suite === undefined) return;
  const user = userById(world, attempt.triggeringActorId);
  emitSuite({ world, repository, user, appId: null }, "completed", suite);
}

function emitRun(
  world: World,
  what: { readonly repository: Repository; readonly run: Run; readonly action: string },
): void {
  const { repository, run, action } = what;
  const row = must(repository.workflows.find(one => one.id === run.workflowId));
  const payload = {
    workflow_run: renderRun(world, repository, run),
    workflow: renderWorkflow(world, repository, { row, file: { name: run.name } }),
  };
  const sender = userById(world, latestAttempt(run).triggeringActorId);
  world.emit({ event: "workflow_run", action, repository, sender, payload });
}

async function queuedRun(
  world: World,
  what: {
    readonly repository: Repository;
    readonly run: Run;
    readonly signal: AbortSignal;
    readonly logs: RunLogs;
  },
): Promise<QueuedRun> {
  const { repository, run, signal, logs } = what;
  const attempt = latestAttempt(run);
  const row = must(repository.workflows.find(one => one.id === run.workflowId));
  const file = must(await workflowAt(world, repository, { sha: run.sha, path: row.path }));
  const owner = ownerOf(world, repository);
  const person = (id: number) => ({ id, login: userById(world, id).login });
  return {
    id: run.id,
    attempt: attempt.attempt,
    number: run.number,
    repository: {
      id: repository.id,
      owner: owner.login,
      ownerId: owner.id,
      name: repository.name,
      defaultBranch: repository.defaultBranch,
      private: repository.private,
    },
    workflow: { id: row.id, path: row.path, name: file.name, text: file.text },
    ref: run.ref,
    sha: run.sha,
    event: "workflow_dispatch",
    inputs: run.inputs,
    actor: person(run.actorId),
    triggeringActor: person(attempt.triggeringActorId),
    signal,
    variables: { ...repository.variables },
    secrets: { ...repository.secrets },
    ...tokensOf(world, { repository, run, attempt }),
    job: logs.job,
    log: logs.log,
  };
}

function tokensOf(
  world: World,
  of: { readonly repository: Repository; readonly run: Run; readonly attempt: RunAttempt },
): Pick<QueuedRun, "idTokenRequest" | "jobToken"> {
  const expiresAt = () => new Date(world.now().getTime() + DAY).toISOString();
  const ids = { repositoryId: of.repository.id, runId: of.run.id };
  return {
    idTokenRequest: (job, more = {}) => ({
      url: `${issuer(world)}/request/${of.run.id}/idtoken?api-version=2.0`,
      token: mintToken(world, "idt", {
        kind: "id-token",
        ...ids,
        attempt: of.attempt.attempt,
        job,
        environment: more.environment ?? null,
        jobWorkflowRef: more.jobWorkflowRef ?? null,
        expiresAt: expiresAt(),
      }),
    }),
    jobToken: permissions => {
      const granted: Grants = { metadata: "read", ...permissions };
      return mintToken(world, "ghs", { kind: "job", ...ids, permissions: granted, expiresAt: expiresAt() });
    },
  };
}

/** Adds a new attempt of a run; the caller starts it. */
export function addAttempt(deed: Deed, run: Run): void {
  const now = deed.world.stamp();
  run.attempts.push({
    attempt: run.attempts.length + 1,
    triggeringActorId: deed.user.id,
    status: "queued",
    conclusion: null,
    createdAt: now,
    startedAt: now,
    updatedAt: now,
    jobs: [],
    log: "",
  });
}
