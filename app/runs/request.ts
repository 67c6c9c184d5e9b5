// A person's dispatch without a pipeline: a request for one.
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import { sources } from "../../core/model/sources.ts";
import type { ClaimRequest } from "../../core/model/wire.ts";
import { refusal } from "../../core/report/refusal.ts";
import { isWaiting, type Waiting } from "../jobs/done.ts";
import type { Plane } from "../plane.ts";
import { may } from "../tasks/authority.ts";
import { taskOf } from "../tasks/begin.ts";
import { lastOf } from "../tasks/order.ts";
import { EDITED, rerun, wasEdited } from "../tasks/rerun.ts";
import { readConfig } from "../tasks/start.ts";
import { refused } from "./oidc.ts";
import type { Claiming, Target } from "./target.ts";

/** Returns the pipeline that was made for the request, or why none was. */
export const requestByPerson = async (
  claiming: Claiming,
): Promise<Target | Waiting | { readonly reason: string }> => {
  const { plane, github, project, claims, request } = claiming;
  if (!/^[1-9]\d{0,9}$/.test(request.issue))
    throw refused(`\`issue\` is "${request.issue.slice(0, 40)}"`, "It is the issue's number.");
  if (request.from_step !== null && !/^\d{1,3}$/.test(request.from_step))
    throw refused(
      `\`from_step\` is "${request.from_step.slice(0, 40)}"`,
      "It is a step's number in the status comment.",
    );
  const run = await github.run(Number(claims.run_id), Number(claims.run_attempt));
  const by = run?.triggering_actor;
  if (by === undefined || !(await may("dispatch", { by, github, plane })).allowed) {
    throw refused(
      "whoever dispatched the run has no write access",
      "Somebody with write access dispatches it.",
    );
  }
  // A run may claim anything about itself; its name says what it was dispatched with.
  // guard: issue-of-the-run
  if (!run?.title.endsWith(nameFor(request)))
    throw refused(
      `run ${claims.run_id} was not dispatched by hand for issue #${request.issue} as it says: its name does not end in \`${nameFor(request)}\``,
      "Leave `pipeline` empty; the workflow's `run-name` is that of workflow/kin.yml of Kin, to the letter.",
    );
  const number = Number(request.issue);
  const issue = await github.issue(number);
  if (issue === null || issue.is_pull_request)
    return { reason: `#${number} is not an issue of this repository.` };
  const known = await plane.store.findTask({ project_id: project.id, issue: number });
  // "Re-run jobs", or a claim whose answer was lost: this run already has its pipeline and gets no other.
  const record = known === null ? undefined : await pipelineOf(claims.run_id, { plane, task: known });
  if (known !== null && record !== undefined) return { record, task: known };
  // What cannot start leaves no task behind.
  if (known === null && issue.state !== "open")
    return { reason: `#${number} is not open. Reopen it, then run this again.` };
  if (known === null && (await wasEdited(number, { since: run.asked_at, github })))
    return { reason: refusal(EDITED) };
  await readConfig(github, project);
  const task = known ?? (await taskOf(issue, { plane, project, by }));
  const why = await rerun({
    ...{ plane, project, github, task, by, at: run.asked_at },
    source: sources.run(claims),
    last: await lastOf(task, plane),
    from: request.from_step === null ? null : Number(request.from_step),
    dry_run: request.dry_run,
    run_id: claims.run_id,
  });
  if (isWaiting(why)) return why;
  if (why !== null) return { reason: refusal(why) };
  const made = (await plane.store.pipelines(task.id)).at(-1);
  const fresh = (await plane.store.task(task.id)) ?? task;
  if (made === undefined || made.state === "finished")
    return { reason: fresh.status_reason || "No pipeline could be started." };
  return { record: made, task: fresh };
};

/** Names every input that a person gives: a run that only shows and one that works are named differently. */
const nameFor = ({ issue, from_step, dry_run }: ClaimRequest): string =>
  `#${issue} (by hand${from_step === null ? "" : `, from step ${from_step}`}${dry_run ? ", dry run" : ""})`;

const pipelineOf = async (
  run_id: string,
  { plane, task }: { readonly plane: Plane; readonly task: TaskRecord },
): Promise<PipelineRecord | undefined> => {
  const pipelines = await plane.store.pipelines(task.id);
  const own = pipelines.find(pipeline => pipeline.run_id === run_id);
  if (own !== undefined) return own;
  // It may have continued in another run since.
  for (const pipeline of pipelines) {
    const claims = await plane.store.journal(pipeline.id, 0, { kind: "claimed" });
    // guard: one-request-a-run
    if (claims.some(({ data }) => data.kind === "claimed" && data.run_id === run_id)) return pipeline;
  }
  return undefined;
};
