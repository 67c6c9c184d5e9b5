// What a task is after a fact, and what is to be done then. Every status that a task can have is set here.
import type { Outcome } from "../model/event.ts";
import type { Fact, FactOf, NewReturn, NumberedReturn } from "../model/fact.ts";
import { keys } from "../model/keys.ts";
import { handOver, leaveBehind, type NewJob, next, publish } from "../model/new-job.ts";
import type { TaskState, TaskStatus } from "../model/record.ts";
import { toReturnCategory } from "../model/return.ts";

/** A task as far as facts describe it. */
export type Task = TaskState & { readonly id: number };

export interface Change {
  readonly task: Task;
  readonly returned: readonly NumberedReturn[];
  readonly jobs: readonly NewJob[];
}

/**
 * Why a fact no longer makes a difference: `over`, people are done with the task; `moved_on`, it has gone on from
 * elsewhere.
 */
export interface Refused {
  readonly refused: "over" | "moved_on";
}

export const begin = (id: number, fact: FactOf<"begun">): Task => {
  const { kind: _, ...asked } = fact;
  return { id, ...NEW, ...asked };
};

const NEW = {
  snapshot: null,
  status: "running",
  status_reason: "",
  category: null,
  branch: null,
  head_sha: null,
  pr_number: null,
  return_count: 0,
  brief: null,
  analysed_return: 0,
  returns_at_last_done: 0,
  execution_mode: null,
  hold: 0,
  smoke_test_result: null,
  waits_for: null,
  followed_up: null,
  approval: null,
  last_pipeline: 0,
} as const satisfies Partial<TaskState>;

/** In order. If one fact is refused, none is stated. */
export const afterAll = (task: Task, facts: readonly Fact[]): Change | Refused => {
  let change: Change = { task, returned: [], jobs: [] };
  for (const fact of facts) {
    const next = after(change.task, fact);
    if ("refused" in next) return next;
    change = {
      task: next.task,
      returned: [...change.returned, ...next.returned],
      jobs: [...change.jobs, ...next.jobs],
    };
  }
  return change;
};

/** Pure: a fact carries what was read from GitHub and from the configuration when it was stated. */
export const after = (task: Task, fact: Fact): Change | Refused => {
  switch (fact.kind) {
    case "begun":
    case "found":
      return moved_on;
    case "asked_again":
      return unlessSo(task, quiet, {
        title: fact.title,
        url: fact.url,
        asked_by: fact.asked_by,
        asked_by_id: fact.asked_by_id,
        trigger_id: fact.trigger_id ?? task.trigger_id,
      });
    case "asker_replaced":
      return quiet(task, { asked_by: fact.asked_by, asked_by_id: fact.asked_by_id });
    case "briefed":
      return quiet(task, { brief: fact.brief, category: fact.category });
    case "mode_set":
      return modeSet(task, fact);
    case "opened":
      return opened(task, fact);
    case "learned":
      return quiet(task, learnedOf(fact));
    case "plan_held":
      return isOver(task)
        ? quiet(task, {})
        : shown(task, { status: "needs_info", status_reason: fact.reason });
    case "plan_approved":
      return isOver(task) ? quiet(task, {}) : shown(task, GOES_ON);
    case "ended":
      return ended(task, fact);
    case "run_cancelled":
      return isOver(task) ? over : shown(task, { status: "blocked", status_reason: fact.reason });
    case "returned":
      return returned(task, fact.return);
    case "return_heard":
      return returnHeard(task, fact);
    case "approved":
      return shown(task, { approval: fact.approval });
    case "approval_withdrawn":
      return task.approval?.source === fact.source ? shown(task, { approval: null }) : moved_on;
    case "stopped":
      return unlessPast(task, fact, () =>
        shown(task, { status: "blocked", status_reason: `Stopped with \`/kin stop\` (${fact.by}).` }),
      );
    case "cancelled":
      return isOver(task)
        ? over
        : shown(task, { status: "cancelled", status_reason: `${fact.reason} (${fact.by})` });
    case "completed":
      return task.status === "done"
        ? over
        : shown(task, {
            status: "done",
            status_reason: fact.reason,
            returns_at_last_done: task.return_count,
          });
    case "committed":
      return quiet(task, { head_sha: fact.sha });
    case "head_adopted":
      return quiet(task, { head_sha: fact.sha, approval: approvalOf(task, fact.sha) });
    case "pull_opened":
      return quiet(task, { pr_number: fact.number });
    case "branch_left":
      return quiet(task, AFRESH);
    case "checks_red":
      return task.status === "review"
        ? goesOn(
            task,
            next(keys.nextAfterChecks(fact.pipeline), {
              task_id: task.id,
              after: fact.number,
              findings: fact.findings,
            }),
          )
        : moved_on;
    case "handed_over":
      return handedOver(task, fact);
    case "carried_on":
      return task.status === "blocked" ? shown(task, { waits_for: fact.by }) : moved_on;
    case "handover_failed":
      return task.status === "blocked"
        ? goesOn(task, nextBehind(task, fact), { followed_up: `It could not be handed over: ${fact.reason}` })
        : moved_on;
    case "followed_up":
      return followedUp(task, fact);
    case "blocked":
      return blocked(task, fact);
  }
};

const over: Refused = { refused: "over" };
const moved_on: Refused = { refused: "moved_on" };

const GOES_ON = { status: "running", status_reason: "" } as const;
/** From here on it gets a new branch. */
const AFRESH = { branch: null, head_sha: null, pr_number: null } as const;

/** Nothing of it is shown on GitHub, or whatever follows shows it. */
const quiet = (task: Task, patch: Partial<TaskState>): Change => ({
  task: { ...task, ...patch },
  returned: [],
  jobs: [],
});

const shown = (task: Task, patch: Partial<TaskState>, jobs: readonly NewJob[] = []): Change => ({
  ...quiet(task, patch),
  jobs: [publish(task.id), ...jobs],
});

const goesOn = (task: Task, job: NewJob, patch: Partial<TaskState> = {}): Change =>
  shown(task, { ...GOES_ON, ...patch }, [job]);

const nextBehind = (
  { id }: Task,
  { pipeline, number }: { readonly pipeline: string; readonly number: number },
): NewJob => next(keys.next(pipeline), { task_id: id, after: number });

/** People are done with it, or took it back. */
export const isOver = ({ status }: Pick<Task, "status">): boolean =>
  status === "done" || status === "cancelled";

const modeSet = (task: Task, { execution_mode, hold, at_start }: FactOf<"mode_set">): Change | Refused => {
  const patch = {
    ...(execution_mode === undefined ? {} : { execution_mode }),
    ...(hold === undefined ? {} : { hold: hold ? 1 : 0 }),
  };
  return unlessSo(task, at_start ? quiet : shown, patch);
};

/** A dry run leaves a task as it was; one that began with it is cancelled. */
const opened = (task: Task, fact: FactOf<"opened">): Change => {
  if (fact.dry_run) return shown(task, fact.number === 1 && task.status === "running" ? NEVER_BEGUN : {});
  return shown(task, {
    ...GOES_ON,
    snapshot: fact.snapshot,
    branch: fact.branch,
    trigger_id: fact.trigger_id ?? task.trigger_id,
    waits_for: null,
    followed_up: null,
    approval: null,
    last_pipeline: fact.number,
  });
};

const NEVER_BEGUN = { status: "cancelled", status_reason: "Nothing but a dry run was asked for." } as const;

const learnedOf = ({ kind: _, ...learned }: FactOf<"learned">): Partial<TaskState> =>
  Object.fromEntries(Object.entries(learned).filter(([, value]) => value !== undefined));

/** Null: whoever stopped the pipeline decides about the task, and a dry run changes nothing. */
const STATUS_AFTER: Readonly<Record<Outcome, TaskStatus | null>> = {
  passed: "review",
  returned: "running",
  needs_info: "needs_info",
  blocked: "blocked",
  stopped: null,
  planned_only: null,
  superseded: "blocked",
};

/** A pipeline's end does not overrule people who are done with a task. */
const ended = (task: Task, fact: FactOf<"ended">): Change => {
  if (isOver(task)) return quiet(task, {});
  const jobs = fact.hands_over
    ? [handOver(keys.handOver(fact.pipeline), { task_id: task.id, pipeline: fact.pipeline })]
    : [];
  if (fact.outcome === "returned")
    return task.return_count < fact.limit
      ? shown(task, { status: "running", status_reason: fact.reason }, [nextBehind(task, fact), ...jobs])
      : shown(task, { status: "blocked", status_reason: `${limitOf(fact)} ${fact.reason}` }, jobs);
  const status = statusOf(fact);
  return shown(task, status === null ? {} : { status, status_reason: fact.reason }, jobs);
};

const statusOf = ({ outcome, escalation }: FactOf<"ended">): TaskStatus | null => {
  // Advice alone leaves nothing to review: it goes back to the task that asked.
  if (outcome === "passed" && escalation === "advice") return "done";
  // Nobody is above a head, so a person answers a rejection.
  if (outcome === "blocked" && escalation === "rejected") return "needs_info";
  return STATUS_AFTER[outcome];
};

const limitOf = ({ limit }: { readonly limit: number }): string =>
  `The limit \`limits.returns\` was reached: ${limit}.`;

const returned = (task: Task, made: NewReturn): Change => {
  const return_count = task.return_count + 1;
  const reason_category = toReturnCategory(made.reason_category);
  return {
    ...quiet(task, { return_count }),
    returned: [{ ...made, reason_category, return_number: return_count }],
  };
};

/** A pipeline has begun since, so what was asked for has already happened. */
const isPast = (task: Task, { of }: { readonly of: number }): boolean => task.last_pipeline > of; // guard: orders-of-the-past

const unlessPast = (task: Task, meant: { readonly of: number }, change: () => Change): Change | Refused =>
  isOver(task) ? over : isPast(task, meant) ? moved_on : change();

const returnHeard = (task: Task, fact: FactOf<"return_heard">): Change | Refused =>
  unlessPast(task, fact, () =>
    fact.return_number < fact.limit // guard: limit-of-returns
      ? goesOn(task, next(keys.next(fact.source), { task_id: task.id, after: fact.of }))
      : shown(task, { status: "blocked", status_reason: limitOf(fact) }),
  );

/** What was approved stays approved: only what the base has was added. */
const approvalOf = ({ approval, head_sha }: Task, sha: string): Task["approval"] =>
  approval !== null && approval.sha === head_sha ? { ...approval, sha } : approval;

const handedOver = (
  task: Task,
  { by, pipeline, handover, source }: FactOf<"handed_over">,
): Change | Refused => {
  if (isOver(task)) return over;
  if ((task.waits_for ?? []).length > 0) return moved_on;
  const status_reason = `Handed over to ${handover.head} (${by}).`;
  const job = handOver(keys.handOver(source), { task_id: task.id, pipeline, handover });
  return shown(task, { status: "blocked", status_reason }, [job]);
};

/** Rejected work is left behind: the task goes on from what is there now, on a new branch. */
const followedUp = (task: Task, { outcome, dropped, behind }: FactOf<"followed_up">): Change | Refused => {
  if (task.status !== "blocked" || task.waits_for === null) return moved_on;
  const said = { waits_for: null, followed_up: outcome };
  if (dropped.length > 0 || behind === null)
    return shown(task, { ...said, status: "needs_info", status_reason: droppedLine(dropped) });
  // Left to a job, because the issue's close and the merge of that pull request arrive here at the same time.
  const { pr_number: pull, waits_for: of } = task;
  const left = pull === null ? [] : [leaveBehind({ task_id: task.id, pull, of })];
  return shown(task, { ...said, ...GOES_ON, ...AFRESH }, [
    ...left,
    next(keys.nextAfterOthers(behind.pipeline), { task_id: task.id, after: behind.number }),
  ]);
};

const droppedLine = (dropped: readonly number[]): string =>
  `${dropped.map(issue => `#${issue}`).join(", ")} was closed as not planned. Say how to go on without it.`;

/** GitHub's reports on Kin's work concern nobody once people are done with the task. */
const OF_ITS_WORK: ReadonlySet<FactOf<"blocked">["cause"]> = new Set([
  "conflict",
  "checks",
  "pull_refused",
  "patch_refused",
]);

const blocked = (task: Task, { cause, reason, trigger_id }: FactOf<"blocked">): Change | Refused =>
  isOver(task) && OF_ITS_WORK.has(cause) // guard: over-stays-over
    ? over
    : unlessSo(task, shown, {
        status: "blocked",
        status_reason: reason,
        trigger_id: trigger_id ?? task.trigger_id,
      });

/** What is so already makes no difference: a label may be delivered again. */
const unlessSo = (
  task: Task,
  change: (task: Task, patch: Partial<TaskState>) => Change,
  patch: Partial<TaskState>,
): Change | Refused => {
  const keys = Object.keys(patch) as (keyof TaskState)[];
  return keys.every(key => task[key] === patch[key]) ? moved_on : change(task, patch);
};
