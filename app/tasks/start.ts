// Starts a pipeline of a task: freezes what it begins from and writes its first event.

import { rosterWith } from "../../core/agents/roster.ts";
import type { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";
import { sizeOf } from "../../core/model/journal-size.ts";
import { marks } from "../../core/model/keys.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type {
  PipelineRecord,
  ProjectRecord,
  RejectionRow,
  ReturnRow,
  TaskRecord,
} from "../../core/model/record.ts";
import type { Finding } from "../../core/model/return.ts";
import type { Opening, Snapshot } from "../../core/model/task.ts";
import { isAnalysisDue } from "../../core/pipeline/analysis-due.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { openQuestions } from "../../core/pipeline/follow-ups.ts";
import { answersOf } from "../../core/pipeline/kept.ts";
import { openingOf } from "../../core/pipeline/opening.ts";
import { escalationPlan } from "../../core/pipeline/plan/escalation-plan.ts";
import { openFindings, openRejections } from "../../core/pipeline/rejections.ts";
import { writeOf } from "../../core/task/state.ts";
import { parseConfig } from "../../host/config-file.ts";
import type { GitHub } from "../github/port.ts";
import type { InProject } from "../intake/incoming.ts";
import { type Waiting, waiting } from "../jobs/done.ts";
import { CONFIG_PATH, type Plane } from "../plane.ts";
import { checkTask } from "../runs/journal.ts";
import { knowledgeFor } from "./knowledge.ts";
import { stateFact } from "./state.ts";

const RETURNS_SHOWN = 20;
const OTHER_CHECKS = "the checks of the pull request";
const REJECTIONS_LOOKED_AT = 50;

export interface StartOptions extends InProject {
  readonly task: TaskRecord;
  readonly snapshot: Snapshot;
  readonly kept?: Opening["kept"];
  readonly dry_run?: boolean;
  /** Instead of the open findings of rejections. */
  readonly findings?: readonly Finding[];
  /** For a follow-up's first pipeline: the head it was handed to, and the pipeline that handed it over. */
  readonly head?: string;
  readonly parent?: string;
  /** The run that asked for it and will drive it, so that no other is started. */
  readonly run_id?: string;
  /**
   * The label that asked for it, or was there: recorded in the same write that obeys it, so that a crash loses neither.
   */
  readonly trigger_id?: string;
  /** The label that the task had been started for when this start was decided on; absent if it does not matter. */
  readonly trigger_before?: string | null;
}

/**
 * A task that begins again: a closed pull request is reopened; after a merge the branch is not used again, and the next
 * pipeline gets a new one. A dry run leaves all of that alone.
 */
const renewed = async ({ plane, github, dry_run, ...asked }: StartOptions): Promise<TaskRecord | null> => {
  const task = await plane.store.task(asked.task.id);
  const pull = task?.pr_number == null ? null : await github.pull(task.pr_number);
  if (task === null || pull === null || pull.state === "open") return task;
  if (dry_run) return pull.merged ? { ...task, branch: null, head_sha: null, pr_number: null } : task;
  const reopened =
    !pull.merged &&
    (await github.reopenPull(pull.number).then(
      () => true,
      () => false,
    ));
  if (reopened) return task;
  return stateFact(task, { kind: "branch_left" }, { plane, published: { published: {} } });
};

/**
 * If nothing can start, the task says why. Waits if another start was faster, or the task changed while this one was
 * prepared: then look again.
 */
export const startPipeline = async (asked: StartOptions): Promise<Waiting | null> => {
  const { trigger_before, trigger_id, plane, github, project, snapshot } = asked;
  const task = await renewed(asked);
  if (task === null) return null;
  if (trigger_before !== undefined && task.trigger_id !== trigger_before) return OTHERS_WERE_FASTER; // guard: one-start-for-a-label
  const options = { ...asked, task };
  const now = plane.clock.now();
  const config = await readConfig(github, project);
  const base = await github.branch(project.default_branch);
  if (base === null) {
    if (options.dry_run) throw new KinError(NO_COMMIT, { code: "no_commit", hint: PUSH_FIRST });
    const heard = trigger_id === undefined ? {} : { trigger_id };
    const reason = `${NO_COMMIT} ${PUSH_FIRST}`;
    await stateFact(task, { kind: "blocked", cause: "no_commit", reason, ...heard }, { plane });
    return null;
  }
  const pipelines = await plane.store.pipelines(task.id);
  const uncommitted = await waitForCommits(pipelines.at(-1), { plane, now });
  if (uncommitted !== null) return uncommitted;
  const number = (pipelines.at(-1)?.number ?? 0) + 1;
  const branch = await branchFor(options);
  const returns = await plane.store.returns(task.id, RETURNS_SHOWN);
  const rejections = await plane.store.rejections({ task_id: task.id, limit: REJECTIONS_LOOKED_AT });
  const knowledge = await knowledgeFor({ plane, github, project, task, config });
  const analysis_due = isAnalysisDue(task, config);
  const type = task.task_type;
  const folded = await Promise.all(pipelines.map(record => plane.folds.at(record, record.seq)));
  const head = type === "escalation" ? (options.head ?? pipelines[0]?.department ?? "") : null;
  const kept =
    options.kept ??
    (head === null ? null : await planOfHead(options, { head, analysis_due, own: knowledge.own_roles }));
  const opening = openingOf({
    pipeline: `${project.id}-${task.issue}-${number}`,
    number,
    type,
    task: snapshot,
    brief: task.brief,
    config,
    base: { ref: project.default_branch, sha: base.sha },
    branch,
    returns: { count: task.return_count, latest: returns.map(toRecord) },
    findings: [...(options.findings ?? openFindings(rejections))],
    rejected_by: options.findings === undefined ? rejectersOf(rejections) : OTHER_CHECKS,
    last_round: folded.slice(-1).flatMap(answersOf),
    spent: await plane.store.spent(task, now),
    kept,
    dry_run: options.dry_run ?? false,
    ...knowledge,
    mode: task.execution_mode,
    hold: kept === null && (config.plan === "approve" || task.hold === 1),
    analysis_due,
    followed_up: task.followed_up,
    asked: [...openQuestions(folded)],
    ...consentOf(folded),
  });
  const { dry_run } = opening;
  const write = writeOf(task, [
    {
      kind: "opened",
      number,
      dry_run,
      snapshot,
      branch: branch.name,
      ...(trigger_id === undefined ? {} : { trigger_id }),
    },
  ]);
  if ("refused" in write) return OTHERS_WERE_FASTER;
  await checkTask(plane, { task_id: task.id, size: sizeOf({ kind: "opened", opening }) }); // guard: openings-are-bounded
  const opened = await plane.store.openPipeline({
    opening,
    ...(options.run_id === undefined ? {} : { run_id: options.run_id }),
    task: write,
    at: now,
    ...(head === null
      ? {}
      : {
          parent: { pipeline_id: options.parent ?? pipelines[0]?.parent_pipeline_id ?? "", department: head },
        }),
  });
  return opened ? null : OTHERS_WERE_FASTER;
};

const OTHERS_WERE_FASTER = waiting("The task has changed while its pipeline was prepared.");

/** The next pipeline begins when this one has ended. */
export const beingStopped = ({ id }: PipelineRecord): Waiting =>
  waiting(`Pipeline ${id} is still being stopped.`);

/** The consent applies to the whole task, so each later pipeline names who gave it. */
const consentOf = (before: readonly Pipeline[]): Pick<Opening, "consented"> => {
  const consent = before.findLast(pipeline => pipeline.consent !== null)?.consent;
  return consent == null ? {} : { consented: consent };
};

/** A publication that GitHub refuses must not delay the next pipeline forever. */
const COMMIT_PATIENCE_MS = 60_000;

/** What the last pipeline wrote must be on the branch before the next one reads it. */
const waitForCommits = async (
  last: PipelineRecord | undefined,
  { plane, now }: { readonly plane: Plane; readonly now: number },
): Promise<Waiting | null> => {
  if (last === undefined || now > Date.parse(last.completed_at ?? "") + COMMIT_PATIENCE_MS) return null;
  const pipeline = await plane.folds.at(last, last.seq);
  if (pipeline.opening.dry_run) return null;
  for (const { key } of commitPoints(pipeline))
    if ((await plane.store.marked(marks.commit(key))) === null)
      return waiting(`What pipeline ${last.id} wrote is not on its branch yet.`);
  return null;
};

/** Throws `head_unknown` if today's roster has no such head. */
const planOfHead = async (
  { plane, task, snapshot }: StartOptions,
  {
    head,
    analysis_due,
    own,
  }: { readonly head: string; readonly analysis_due: boolean; readonly own: Opening["own_roles"] },
): Promise<NonNullable<Opening["kept"]>> => {
  const plan = escalationPlan({
    head,
    roster: rosterWith(plane.roster, own),
    brief: task.brief ?? snapshot.title,
    category: task.category,
    criteria: snapshot.acceptance_criteria,
    analysis_due,
  });
  if (plan !== null) return { plan, answers: [] };
  throw new KinError(`There is no department head "${head}".`, {
    code: "head_unknown",
    hint: "docs/roles.md lists the heads.",
  });
};

const NO_COMMIT = "The repository has no commit on its default branch.";
const PUSH_FIRST = "Push a first commit, then ask again with `/kin rerun`.";

export const readConfig = async (github: GitHub, project: ProjectRecord): Promise<Config> =>
  parseConfig(await github.file(CONFIG_PATH, project.default_branch), CONFIG_PATH);

/** The name is frozen at first use; a branch of that name that is not Kin's is left alone. */
const branchFor = async ({ github, task, snapshot }: StartOptions): Promise<Opening["branch"]> => {
  if (task.branch !== null)
    return { name: task.branch, head: (await github.branch(task.branch))?.sha ?? null };
  const name = `kin/${task.issue}-${slugOf(snapshot.title)}`;
  for (let n = 1; n <= 20; n++) {
    const candidate = n === 1 ? name : `${name}-${n}`;
    if ((await github.branch(candidate)) === null) return { name: candidate, head: null };
  }
  throw new KinError(`The branches ${name}, ${name}-2 … ${name}-20 all exist already.`, {
    code: "branch_exists",
    hint: "Delete the branches that nobody needs, then ask again with `/kin rerun`.",
  });
};

const slugOf = (title: string): string =>
  title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40)
    .replace(/-$/, "") || "task";

const rejectersOf = (rejections: readonly RejectionRow[]): string | undefined => {
  const names = new Set(openRejections(rejections).map(({ rejected_by }) => rejected_by));
  return names.size === 0 ? undefined : [...names].join(", ");
};

const toRecord = (row: ReturnRow) => ({
  return_number: row.return_number,
  reason_category: row.reason_category,
  reason_text: row.reason_text,
  returned_by: row.returned_by,
  returned_at: row.returned_at,
});
