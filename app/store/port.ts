// What Kin remembers: tasks, pipelines, journals, returns, jobs.

import type { Append, TaskWrite } from "../../core/model/append.ts";
import type { Config } from "../../core/model/config.ts";
import type { EventKind, JournalEvent } from "../../core/model/event.ts";
import type { Fact, FactOf } from "../../core/model/fact.ts";
import type { Figures } from "../../core/model/figures.ts";
import type { Job, Left } from "../../core/model/job.ts";
import type { Key } from "../../core/model/key.ts";
import type { ModuleRecord } from "../../core/model/knowledge.ts";
import type {
  AcceptedPull,
  CarryingTask,
  ListedTask,
  TaskCounts,
  TaskFilter,
} from "../../core/model/listing.ts";
import type { Mark } from "../../core/model/mark.ts";
import type { NewJob } from "../../core/model/new-job.ts";
import type { Message } from "../../core/model/person-message.ts";
import type {
  DecisionRow,
  PastPipeline,
  PipelineRecord,
  ProjectRecord,
  RejectionRow,
  ReturnRow,
  TaskRecord,
  TaskStatus,
} from "../../core/model/record.ts";
import type { Opening } from "../../core/model/task.ts";

export type NewDecision = Omit<DecisionRow, "id" | "created_at">;

/** What a mark keeps is said where it keeps anything. */
export type Marking<R> = { readonly now: number } & (null extends R
  ? { readonly result?: R }
  : { readonly result: R });

/**
 * Contract:
 * - every method is one statement or one batch: all of it or none, nothing held across an await;
 * - keys are unique: asking for a job that exists, done or not, changes nothing (`askAgain` makes it due again);
 * - of a task only what its facts say is written, and only by whoever knows the last one: so returns are numbered 1, 2, 3 …
 *   without a gap, whatever runs at the same time;
 * - `append` writes only after `after`, and only for the holder of the lease; with `unless_stopped` not beside a stop that
 *   the journal does not tell of.
 */
/** A task of a project, by what no other task of it has. */
export type TaskOf = { readonly project_id: number } & (
  | { readonly issue: number }
  | { readonly pr_number: number }
  | { readonly head_sha: string }
);

export interface Store {
  readonly ask: (jobs: readonly NewJob[]) => Promise<void>;
  /** For levels: due again, however often it was done. */
  readonly askAgain: (jobs: readonly NewJob[]) => Promise<void>;
  /** Of the installation whose turn is the longest ago, by rank; of none in `except`. Jobs of nobody are 0's. */
  readonly takeJob: (
    now: number,
    options: { readonly lease_ms: number; readonly except?: readonly number[] },
  ) => Promise<Job | null>;
  /**
   * Not done when it was asked for again meanwhile, or where it is due `again` (milliseconds since the epoch). `left`: for
   * its next time. `failed`: why it is given up.
   */
  readonly finishJob: (
    job: Job,
    options: {
      readonly now: number;
      readonly left?: Left;
      readonly failed?: string;
      readonly again?: number;
    },
  ) => Promise<void>;
  readonly retryJob: (
    job: Job,
    options: { readonly due_at: number; readonly error: string },
  ) => Promise<void>;
  /** Holds it until `lease` (milliseconds since the epoch); false where somebody else has it. */
  readonly renewJob: (job: Job, lease: number) => Promise<boolean>;
  readonly job: (key: Key) => Promise<Job | null>;
  /** When the next job is due; null when there is none. */
  readonly nextDue: (options?: { readonly except?: readonly number[] }) => Promise<number | null>;
  /** False where it was there: then its result stays what it is. */
  readonly markOnce: <R>(mark: Mark<R>, made: Marking<R>) => Promise<boolean>;
  /** When it was made, in milliseconds since the epoch, and what it keeps; null where it is not there. */
  readonly marked: <R>(mark: Mark<R>) => Promise<{ readonly at: number; readonly result: R } | null>;
  /** Takes a slot of at least `gap_ms` after the last one; returns when it begins. */
  readonly pace: (key: Key, options: { readonly now: number; readonly gap_ms: number }) => Promise<number>;

  readonly saveProject: (project: ProjectRecord, at: number) => Promise<void>;
  readonly project: (id: number) => Promise<ProjectRecord | null>;
  readonly projects: () => Promise<readonly ProjectRecord[]>;
  /** Null where the issue is a task already. */
  readonly beginTask: (fact: FactOf<"begun">, at: number) => Promise<TaskRecord | null>;
  /** False where the task has moved on from what is known, or the return was recorded before: nothing is written then. */
  readonly state: (write: TaskWrite, at: number) => Promise<boolean>;
  /** All of a task's, from the first on. */
  readonly facts: (task_id: number) => Promise<readonly Fact[]>;
  /** What was written to GitHub for a task, and is there to be found again. */
  readonly notePublished: (
    task_id: number,
    noted: Partial<Pick<TaskRecord, "published" | "comment_id">>,
    at: number,
  ) => Promise<void>;
  readonly task: (id: number) => Promise<TaskRecord | null>;
  readonly findTask: (by: TaskOf) => Promise<TaskRecord | null>;
  readonly tasks: (options: { readonly limit: number }) => Promise<readonly TaskRecord[]>;
  /** The latest first. */
  readonly listTasks: (filter: TaskFilter) => Promise<readonly ListedTask[]>;
  /** By issue. */
  readonly carriedOn: (task_id: number) => Promise<readonly CarryingTask[]>;
  readonly countTasks: (filter: Pick<TaskFilter, "repository">) => Promise<TaskCounts>;
  /** `owner/name` of those that have tasks, by name. */
  readonly repositories: (limit: number) => Promise<readonly string[]>;
  /** The latest, oldest first. */
  readonly acceptedPulls: (limit: number) => Promise<readonly AcceptedPull[]>;
  /** Writes the pipeline and its first event with the fact; false when that number exists, or the task moved on. */
  readonly openPipeline: (options: {
    readonly opening: Opening;
    /** The run that will drive it and counts as its first dispatch; absent where one has to be asked for. */
    readonly run_id?: string;
    readonly task: TaskWrite;
    readonly at: number;
    readonly parent?: { readonly pipeline_id: string; readonly department: string };
  }) => Promise<boolean>;
  readonly pipeline: (id: string) => Promise<PipelineRecord | null>;
  readonly pipelines: (task_id: number) => Promise<readonly PipelineRecord[]>;
  /** What the project's latest pipelines that are finished cost: what others are likely to cost is told from it. */
  readonly past: (project_id: number) => Promise<readonly PastPipeline[]>;
  /** Pipelines that are not finished, oldest first. */
  readonly openPipelines: () => Promise<readonly PipelineRecord[]>;
  /** A finished pipeline's row stays as it is: whoever acts on an older reading of it comes too late. */
  readonly updatePipeline: (id: string, patch: Partial<PipelineRecord>) => Promise<void>;
  /**
   * The events after the one numbered `after`, all of them where it is absent; up to the one numbered `until`, of one
   * kind alone, and of all kinds but one, where these are given. However long it is, others are served meanwhile. Throws `store_corrupt`.
   */
  readonly journal: (
    id: string,
    after?: number,
    options?: { readonly until?: number; readonly kind?: EventKind; readonly but?: EventKind },
  ) => Promise<readonly JournalEvent[]>;
  /** What stands after `after`, where it is these events but for the price of a turn, else null: looked at as far as they go. */
  readonly sent: (
    append: Pick<Append, "pipeline" | "after" | "events">,
  ) => Promise<readonly JournalEvent[] | null>;
  /** The size of all journals of a task (core/model/journal-size.ts). */
  readonly written: (task_id: number) => Promise<number>;
  /** Null when the journal or the task moved on, or the lease is not the caller's. */
  readonly append: (append: Append) => Promise<readonly JournalEvent[] | null>;
  /** Compare-and-swap on a dead or absent lease; false when it is live. */
  readonly lease: (
    id: string,
    options: {
      readonly hash: string;
      readonly until: number;
      readonly deadline: number;
      readonly now: number;
      readonly run_id: string;
      readonly run_attempt: number;
    },
  ) => Promise<boolean>;
  /** Extends a live lease of this hash; false when it is lost. */
  readonly renew: (
    id: string,
    options: { readonly hash: string; readonly until: number; readonly now: number },
  ) => Promise<boolean>;
  readonly release: (id: string, hash: string) => Promise<void>;
  readonly extendLeases: (options: { readonly until: number }) => Promise<void>;
  /** For a store that one App has to itself: jobs that a killed process had taken are free at once. */
  readonly freeJobs: () => Promise<void>;

  readonly returnOf: (source: string) => Promise<ReturnRow | null>;
  /** The latest, oldest first. */
  readonly returns: (task_id: number, limit: number) => Promise<readonly ReturnRow[]>;
  /** Returns, and what gates rejected without one: the latest, oldest first; of all tasks where none is named. */
  readonly rejections: (of: {
    readonly task_id?: number;
    readonly limit: number;
  }) => Promise<readonly RejectionRow[]>;
  readonly say: (
    message: {
      readonly pipeline_id: string;
      readonly kind: Message["kind"];
      readonly by: string;
      readonly text: string;
      readonly worker?: number;
      readonly crew?: Message["crew"];
      readonly source: string;
    },
    at: number,
  ) => Promise<void>;
  /** Active ones, the latest, oldest first. */
  readonly decisions: (project_id: number, limit: number) => Promise<readonly DecisionRow[]>;
  readonly proposedDecisions: (project_id: number) => Promise<readonly DecisionRow[]>;
  /** Null where the project has one of this title already, whatever became of it. */
  readonly saveDecision: (decision: NewDecision, at: number) => Promise<DecisionRow | null>;
  /** Null where the project has no such decision. */
  readonly judgeDecision: (judged: {
    readonly id: number;
    readonly project_id: number;
    readonly status: DecisionRow["status"];
    readonly by: string;
  }) => Promise<DecisionRow | null>;
  readonly modules: (project_id: number) => Promise<readonly ModuleRecord[]>;
  /** Replaces those of the same source; what the config names stands above what anybody else does. */
  readonly saveModules: (named: {
    readonly project_id: number;
    readonly modules: readonly ModuleRecord[];
    readonly source: string;
  }) => Promise<void>;
  /** Tasks that an issue carries on. */
  readonly tasksWaitingFor: (project_id: number, issue: number) => Promise<readonly TaskRecord[]>;
  /** The project's other tasks that are not over, latest first, with the modules of their latest plan. */
  readonly activeTasks: (
    task: Pick<TaskRecord, "id" | "project_id">,
    limit: number,
  ) => Promise<
    readonly {
      readonly issue: number;
      readonly title: string;
      readonly status: TaskStatus;
      readonly modules: readonly string[];
    }[]
  >;
  /** What the config said of the project when it was last read. */
  readonly describeProject: (
    id: number,
    config: Pick<Config, "project_type" | "execution_mode" | "tech_stack">,
  ) => Promise<void>;
  /** Over everything there is: for reports. */
  readonly figures: () => Promise<Figures>;
  /** Messages that the journal does not hold yet. */
  readonly messages: (pipeline_id: string) => Promise<readonly Message[]>;
  /** US dollars: of all the task's pipelines, and of the project since the start of the UTC day. */
  readonly spent: (
    task: TaskRecord,
    now: number,
  ) => Promise<{ readonly task_usd: number; readonly day_usd: number }>;
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly close: () => void;
}
