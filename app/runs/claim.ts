// A run claims its pipeline: every fact is checked against GitHub and the store, and it gets a token that allows
// nothing but appending to this one journal.
import { KinError } from "../../core/model/error.ts";
import { marks } from "../../core/model/keys.ts";
import type { ProjectRecord } from "../../core/model/record.ts";
import { type ClaimAnswer, type ClaimRequest, PROTOCOL } from "../../core/model/wire.ts";
import type { GitHub } from "../github/port.ts";
import type { InProject } from "../intake/incoming.ts";
import { isWaiting, type Waiting } from "../jobs/done.ts";
import { type Plane, WORKFLOW } from "../plane.ts";
import { bears, isOwn } from "../publish/dispatch.ts";
import { may, mayStillAsk } from "../tasks/authority.ts";
import { requireOpen } from "../tasks/over.ts";
import { readConfig } from "../tasks/start.ts";
import { append } from "./journal.ts";
import { type RunnerClaims, refused, type Verifier } from "./oidc.ts";
import { requestByPerson } from "./request.ts";
import type { Claiming, Target } from "./target.ts";

export const LEASE_MS = 60_000;
export const HEARTBEAT_SECONDS = 15;
const GRACE_MS = 15 * 60_000;

export interface ClaimOptions {
  readonly plane: Plane;
  readonly verify: Verifier;
  /** Reusable workflows that may run pipelines, as `owner/repo/.github/workflows/kin.yml@…`. */
  readonly trusted_workflows: readonly string[];
}

export const claim = async (
  { claims, project, request }: Known & { readonly request: ClaimRequest },
  plane: Plane,
): Promise<ClaimAnswer | Waiting> => {
  requireProtocol(request);
  const claiming = { plane, github: await plane.github(project), project, claims, request };
  const target =
    request.pipeline === null || request.pipeline === ""
      ? await requestByPerson(claiming)
      : await find(request.pipeline, claiming);
  if (isWaiting(target)) return target;
  if ("reason" in target) return { kind: "nothing", reason: target.reason };
  return take({ ...claiming, ...target });
};

export const requireProtocol = ({ protocol }: Pick<ClaimRequest, "protocol">): void => {
  if (protocol === PROTOCOL) return;
  throw refused(
    `the Action speaks protocol ${protocol}, this App speaks ${PROTOCOL}`,
    "Update the Action that your kin.yml pins, or the App.",
  );
};

export interface Known {
  readonly claims: RunnerClaims;
  readonly project: ProjectRecord;
}

/** Who asks: a job of Kin's own workflow in a repository that we know, with a token that was not used before. */
export const identify = async (token: string, options: ClaimOptions): Promise<Known> => {
  const { plane } = options;
  const claims = await options.verify(token);
  const project = await plane.store.project(Number(claims.repository_id));
  if (project === null)
    throw refused(`the repository ${claims.repository} is not known here`, "Install the App on it.");
  checkRun(claims, { project, trusted: options.trusted_workflows });
  if (!(await plane.store.markOnce(marks.token(claims.jti), { now: plane.clock.now() }))) {
    throw refused("the token was used before", "Each claim needs a token of its own.");
  }
  return { claims, project };
};

/** Only Kin's workflow as it is on the default branch, started by a dispatch: no other branch, no other event. */
const checkRun = (
  claims: RunnerClaims,
  { project, trusted }: { readonly project: ProjectRecord; readonly trusted: readonly string[] },
): void => {
  const ref = `refs/heads/${project.default_branch}`;
  const own = `${project.owner}/${project.name}/.github/workflows/${WORKFLOW}@${ref}`;
  if (claims.event_name !== "workflow_dispatch")
    throw refused(`the run's event is ${claims.event_name}`, "Only `workflow_dispatch` runs pipelines.");
  if (claims.ref !== ref)
    throw refused(
      `the run is of ${claims.ref}, not of ${ref}`,
      "Dispatch the workflow on the default branch.",
    );
  if (claims.workflow_ref.toLowerCase() !== own.toLowerCase()) {
    throw refused(
      `the workflow is ${claims.workflow_ref}, not ${own}`,
      `Pipelines run in .github/workflows/${WORKFLOW}.`,
    );
  }
  const called = claims.job_workflow_ref;
  // If a server does not say what a job runs, its runs cannot be limited to trusted workflows.
  const mustBeNamed = trusted.length > 0; // guard: called-workflow-is-named
  if (called === undefined && mustBeNamed) {
    throw refused(
      "the token does not say which workflow the job runs (`job_workflow_ref`)",
      "Where KIN_TRUSTED_WORKFLOWS is set, GitHub has to.",
    );
  }
  if (called !== undefined && called.toLowerCase() !== own.toLowerCase() && !trusted.includes(called)) {
    throw refused(
      `the reusable workflow ${called} is not trusted`,
      "Operators add it with KIN_TRUSTED_WORKFLOWS.",
    );
  }
};

const find = async (id: string, { plane, project }: InProject): Promise<Target> => {
  const record = await plane.store.pipeline(id);
  const task = record === null ? null : await plane.store.task(record.task_id);
  if (record === null || task === null || task.project_id !== project.id) {
    throw refused(
      "there is no such pipeline in this repository",
      "Start a task with the label `kin`, or dispatch with `issue` alone.",
    );
  }
  return { record, task };
};

type Taking = Claiming & Target;

const take = async (taking: Taking): Promise<ClaimAnswer | Waiting> => {
  const { plane, github, project, claims, request, record, task } = taking;
  const now = plane.clock.now();
  if (record.state === "finished")
    return {
      kind: "nothing",
      reason: `Pipeline ${record.id} is finished (${record.outcome}). Use \`/kin rerun\` for another.`,
    };
  if (!(await isItsRun(taking))) {
    throw refused(
      `run ${claims.run_id} is not the one that was started for pipeline ${record.id}`,
      "Leave `pipeline` empty when you dispatch by hand.",
    );
  }
  await checkPeople(taking);
  // Until the store knows that the task is over, the run asks again; by then its pipeline was stopped, or somebody
  // reopened it.
  const isKnown = task.status === "done" || task.status === "cancelled";
  const notOpen = isKnown ? null : await requireOpen(task, taking); // guard: claimed-while-open
  if (notOpen !== null) return notOpen;
  const run_token = plane.random();
  const hash = plane.sha256(run_token);
  const deadline = now + request.deadline_minutes * 60_000 + GRACE_MS;
  const { run_id } = claims;
  const run_attempt = Number(claims.run_attempt);
  if (await isUnanswered(taking))
    await plane.store.updatePipeline(record.id, { lease_hash: null, lease_until: null });
  const lease = { hash, until: now + LEASE_MS, deadline, now, run_id, run_attempt };
  if (!(await plane.store.lease(record.id, lease))) {
    if (record.run_id !== run_id) throw refused("the lease is live", "Another run drives this pipeline.");
    throw later("Claim refused: the lease is live.", {
      code: "lease_live",
      hint: "Another attempt of this run holds it; try again in a minute.",
    });
  }
  const repository = `${plane.server_url}/${project.owner}/${project.name}`;
  const run_url = `${repository}/actions/runs/${run_id}`;
  // Whoever dispatched the run may have died before recording its address.
  await plane.store.updatePipeline(record.id, {
    run_url,
    has_verdict_job: (await hasVerdictJob(github, project)) ? 1 : 0,
  });
  const { task_usd, day_usd } = await plane.store.spent(task, now);
  const event = {
    kind: "claimed" as const,
    ...{ run_id, run_attempt, run_url, scripted: request.scripted },
    // Without this pipeline, whose own part is counted as it grows; for one from yesterday that part may exceed today's sum.
    spent: { task_usd: task_usd - record.usd, day_usd: day_usd - record.usd },
  };
  const place = { pipeline: record, task, after: record.seq, lease: hash };
  if ((await append(plane, { ...place, events: [event], by: "app" })) === null) {
    await plane.store.release(record.id, hash);
    throw later("The journal moved on while the run claimed it.", {
      code: "lease_live",
      hint: "Claim again.",
    });
  }
  const authorization = `basic ${Buffer.from(`x-access-token:${await plane.readToken(project)}`).toString("base64")}`;
  return {
    kind: "claimed",
    pipeline: record.id,
    run_token,
    heartbeat: HEARTBEAT_SECONDS,
    journal: [...(await plane.store.journal(record.id))],
    git: { url: `${repository}.git`, authorization },
  };
};

const later = (message: string, options: { readonly code: string; readonly hint: string }): KinError =>
  new KinError(message, { ...options, retryable: true });

/**
 * A run belongs to one pipeline. If no run is recorded, the claim arrived before the response to the dispatch; then
 * GitHub says what the run was dispatched for.
 */
const isItsRun = async ({ plane, github, project, claims, record }: Taking): Promise<boolean> => {
  if (record.run_id !== null) return record.run_id === claims.run_id;
  if (record.dispatches === 0) return false; // guard: claimed-after-dispatch
  const open = await plane.store.openPipelines();
  // guard: run-of-one-pipeline
  if (open.some(({ id, run_id }) => run_id === claims.run_id && id !== record.id)) return false;
  const run = await github.run(Number(claims.run_id));
  if (run === null)
    throw later(`GitHub does not know run ${claims.run_id} yet.`, {
      code: "run_unknown",
      hint: "Claim again.",
    });
  // guard: claimed-by-a-run-of-its-own, claimed-by-the-run-of-that-name
  return isOwn(run, { plane, view: { project } }) && bears(run, record.id);
};

/**
 * The answer to an earlier claim of this very job was lost: it holds the lease, and nothing followed its claim. Once a
 * turn has been taken no second claim is accepted, so that whoever escapes from a tool gains nothing from a token.
 */
const isUnanswered = async ({ plane, record, claims }: Taking): Promise<boolean> => {
  if (record.run_id !== claims.run_id || record.run_attempt !== Number(claims.run_attempt)) return false;
  const claimed = (await plane.store.journal(record.id, 0, { kind: "claimed" })).findLast(
    ({ data }) =>
      data.kind === "claimed" && data.run_id === claims.run_id && data.run_attempt === record.run_attempt,
  );
  if (claimed === undefined) return true;
  return (await plane.store.journal(record.id, claimed.seq, { until: claimed.seq + 1 })).length === 0;
};

/** Reads the workflow from the default branch, because that is the one that runs. */
const hasVerdictJob = async (github: GitHub, project: ProjectRecord): Promise<boolean> => {
  const text = (await github.file(`.github/workflows/${WORKFLOW}`, project.default_branch)) ?? "";
  return namesVerdictJob(text);
};

/** By lines and words: the repository controls this file, and matching a pattern over all of it could take long. */
export const namesVerdictJob = (workflow: string): boolean =>
  workflow.split("\n").some(line => {
    const [key = "", value = ""] = line.trim().split(/\s+/, 2);
    if (key === "job:") return value === "verdict";
    const called = value.indexOf("/.github/workflows/");
    return key === "uses:" && called > 0 && value.indexOf("@", called) > 0;
  });

/** Whoever asked for the task, and whoever pressed "Re-run jobs", must still be allowed to now. */
const checkPeople = async ({ plane, github, project, claims, task }: Taking): Promise<void> => {
  const config = await readConfig(github, project);
  if (!(await mayStillAsk(task, { github, config, plane })).allowed) {
    throw refused(
      `${task.asked_by}, who asked for the task, no longer has ${config.trigger.permission} access`,
      "Somebody else puts the label on again, or comments `/kin rerun`.",
    );
  }
  if (claims.run_attempt === "1") return;
  const run = await github.run(Number(claims.run_id), Number(claims.run_attempt));
  const by = run?.triggering_actor;
  if (by === undefined || !(await may("rerun_jobs", { by, github, plane })).allowed) {
    throw refused("whoever re-ran the job has no write access", "Somebody with write access re-runs it.");
  }
};
