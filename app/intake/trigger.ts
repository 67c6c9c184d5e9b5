// The label `kin`, put on an issue by somebody who may: the start of a task.
import { Config } from "../../core/model/config.ts";
import { explain, KinError } from "../../core/model/error.ts";
import { marks } from "../../core/model/keys.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { State } from "../../core/pipeline/authority.ts";
import { isWaiting, type Waiting } from "../jobs/done.ts";
import { TRIGGER_LABEL } from "../plane.ts";
import { noteAsker } from "../tasks/askers.ts";
import { isKin, may } from "../tasks/authority.ts";
import { taskOf } from "../tasks/begin.ts";
import { cancel } from "../tasks/cancel.ts";
import { freeze } from "../tasks/freeze.ts";
import { modeAtStart } from "../tasks/mode.ts";
import { beingStopped, readConfig, startPipeline } from "../tasks/start.ts";
import { stateFact } from "../tasks/state.ts";
import type { Incoming } from "./incoming.ts";

const EDITED =
  "The issue was edited between the label and its reading. Read it again, then take the label `kin` off and put it on again.";

export const onLabeled = async ({ signal, plane, project, github }: Incoming): Promise<Waiting | null> => {
  const number = signal.issue;
  if (number === null) return null;
  const issue = await github.issue(number);
  if (issue === null || issue.is_pull_request || issue.state !== "open") return null;
  if (!issue.labels.some(label => label.toLowerCase() === TRIGGER_LABEL)) return null;
  const labeled = (await github.labelChanges(number, TRIGGER_LABEL)).at(-1);
  if (labeled === undefined || !labeled.on || isKin(labeled.actor, plane)) return null;
  const refused = marks.refused(labeled.id);
  const before = await plane.store.findTask({ project_id: project.id, issue: number });
  if (before?.trigger_id === labeled.id || (await plane.store.marked(refused)) !== null) return null;

  // A broken config file is reported on the task; any other failure here is retried.
  const config = await readConfig(github, project).catch(error => {
    if (error instanceof KinError && error.code === "config_invalid") return error;
    throw error;
  });
  const asker = { github, plane, config: config instanceof KinError ? Config.parse({}) : config };
  const starting = { by: labeled.actor, ...asker };
  const answer = await may("start", starting);
  // guard: start-is-asked
  if (!answer.allowed) {
    plane.log(
      `${project.owner}/${project.name}#${number}: ${labeled.actor.login} starts no task. ${answer.why}`,
    );
    await plane.store.markOnce(refused, { now: plane.clock.now() });
    return null;
  }
  const old = before === null ? "ended" : await endTheOldOne(before, { trigger: labeled.id, plane });
  if (isWaiting(old)) return old;
  if (old === "begun") return null;
  const task = await taskOf(issue, { plane, project, by: labeled.actor });
  await noteAsker(task, { by: labeled.actor, plane }); // guard: asks-by-the-label
  const trigger_id = labeled.id;
  if (config instanceof KinError) {
    await stateFact(
      task,
      { kind: "blocked", cause: "configuration", reason: explain(config), trigger_id },
      { plane },
    );
    return null;
  }
  // The text at delivery counts as well: an edit back to an earlier text is also an edit.
  const isOther =
    signal.issue_text !== null && signal.issue_text !== plane.sha256(`${issue.title}\n${issue.body}`);
  // GitHub reports whole seconds: within the label's own second, the delivered text shows which came first.
  const isLater = (edited: string): boolean =>
    signal.issue_text === null ? edited >= labeled.at : edited > labeled.at;
  const state = async (): Promise<State> =>
    isOther || isLater((await github.lastEdited(number)) ?? "") ? "edited" : "as_said";
  // guard: start-is-of-what-stood-there
  if (!(await may("start", { ...starting, state })).allowed) {
    await stateFact(task, { kind: "blocked", cause: "edited", reason: EDITED, trigger_id }, { plane });
    return null;
  }
  await stateFact(task, await modeAtStart(issue, { github, plane }), { plane });
  const snapshot = await freeze({
    issue,
    repository: project,
    asked_by: labeled.actor,
    at: labeled.at,
    ...asker,
  });
  // Both a webhook and the search for lost ones may have led here.
  const trigger_before = before?.trigger_id ?? null;
  return startPipeline({ plane, github, project, task, snapshot, trigger_id, trigger_before });
};

/**
 * If a label was taken off and put on again, whether or not Kin was told, the old pipeline ends before the next begins.
 * `begun`: a concurrent handler was faster, and the running pipeline belongs to this label.
 */
const endTheOldOne = async (
  { id }: TaskRecord,
  { trigger, plane }: { readonly trigger: string; readonly plane: Incoming["plane"] },
): Promise<"ended" | "begun" | Waiting> => {
  const last = (await plane.store.pipelines(id)).at(-1);
  if (last === undefined || last.state === "finished") return "ended";
  // Read after its pipelines, because a start writes both at once.
  const task = await plane.store.task(id);
  if (task === null || task.trigger_id === trigger) return "begun"; // guard: own-start-is-not-ended
  if (task.status !== "cancelled")
    await cancel(task, { plane, by: "somebody", reason: "The label `kin` was taken off." });
  return beingStopped(last);
};
