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
import type { Message } from "../../core/model/wire.ts";

export type NewDecision = Omit<DecisionRow, "id" | "created_at">;

/** A result is required if the mark keeps one. */
export type Marking<R> = { readonly now: number } & (null extends R
  ? { readonly result?: R }
  : { readonly result: R });

/** A task of a project, by something that no other task of it has. */
export type TaskOf = { readonly project_id: number } & (
  | { readonly issue: number }
  | { readonly pr_number: number }
  | { readonly head_sha: string }
);

/**
 * Contract:
 * - every method is one statement or one batch: all of it or none, nothing held across an await;
 * - keys are unique: asking for a job that exists, done or not, changes nothing (`askAgain` makes it due again);
 * - a task changes only through its facts, and only by a caller who knows the last one, so that returns are numbered 1,
 *   2, 3 … without a gap, whatever runs at the same time;
 * - `append` writes only right after `after`, and only for the holder of the lease; with `unless_stopped`, not if there
 *   is a stop that the journal does not contain.
 */
export interface Store {
  readonly ask: (jobs: readonly NewJob[]) => Promise<void>;
  /** For levels: due again, however often it was done. */
  readonly askAgain: (jobs: readonly NewJob[]) => Promise<void>;
  /**
   * From the installation that has waited longest for its turn, by rank; never from one in `except`. Jobs without an
   * installation belong to 0.
   */
  readonly takeJob: (
    now: number,
    options: { readonly lease_ms: number; readonly except?: readonly number[] },
  ) => Promise<Job | null>;
  /**
   * Not done if it was requested again meanwhile, or if it is due `again` (milliseconds since the epoch). `left`: for
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
  /** Keeps it until `lease` (milliseconds since the epoch); false if somebody else has it. */
  readonly renewJob: (job: Job, lease: number) => Promise<boolean>;
  readonly job: (key: Key) => Promise<Job | null>;
  /** When the next job is due; null if there is none. */
  readonly nextDue: (options?: { readonly except?: readonly number[] }) => Promise<number | null>;
  /** False if it existed: then its result stays as it is. */
  readonly markOnce: <R>(mark: Mark<R>, made: Marking<R>) => Promise<boolean>;
  /** When it was made, in milliseconds since the epoch, and its result; null if it does not exist. */
  readonly marked: <R>(mark: Mark<R>) => Promise<{ readonly at: number; readonly result: R } | null>;
  /** Takes a slot at least `gap_ms` after the last one; returns when it begins. */
  readonly pace: (key: Key, options: { readonly now: number; readonly gap_ms: number }) => Promise<number>;

  readonly saveProject: (project: ProjectRecord, at: number) => Promise<void>;
  readonly project: (id: number) => Promise<ProjectRecord | null>;
  readonly projects: () => Promise<readonly ProjectRecord[]>;
  /** Null if the issue is a task already. */
  readonly beginTask: (fact: FactOf<"begun">, at: number) => Promise<TaskRecord | null>;
  /**
   * False, and nothing is written, if the task has moved on from what the caller knows, or the return was recorded
   * before.
   */
  readonly state: (write: TaskWrite, at: number) => Promise<boolean>;
  /** All of a task's, oldest first. */
  readonly facts: (task_id: number) => Promise<readonly Fact[]>;
  /** Records what was written to GitHub for a task, so that it can be found again. */
  readonly notePublished: (
    task_id: number,
    noted: Partial<Pick<TaskRecord, "published" | "comment_id">>,
    at: number,
  ) => Promise<void>;
  readonly task: (id: number) => Promise<TaskRecord | null>;
  readonly findTask: (by: TaskOf) => Promise<TaskRecord | null>;
  readonly tasks: (options: { readonly limit: number }) => Promise<readonly TaskRecord[]>;
  /** Latest first. */
  readonly listTasks: (filter: TaskFilter) => Promise<readonly ListedTask[]>;
  /** By issue. */
  readonly carriedOn: (task_id: number) => Promise<readonly CarryingTask[]>;
  readonly countTasks: (filter: Pick<TaskFilter, "repository">) => Promise<TaskCounts>;
  /** `owner/name` of those that have tasks, by name. */
  readonly repositories: (limit: number) => Promise<readonly string[]>;
  /** The latest, oldest first. */
  readonly acceptedPulls: (limit: number) => Promise<readonly AcceptedPull[]>;
  /** Writes the pipeline, its first event and the fact; false if that number exists or the task moved on. */
  readonly openPipeline: (options: {
    readonly opening: Opening;
    /** The run that will drive it and counts as its first dispatch; absent if one has to be requested. */
    readonly run_id?: string;
    readonly task: TaskWrite;
    readonly at: number;
    readonly parent?: { readonly pipeline_id: string; readonly department: string };
  }) => Promise<boolean>;
  readonly pipeline: (id: string) => Promise<PipelineRecord | null>;
  readonly pipelines: (task_id: number) => Promise<readonly PipelineRecord[]>;
  /** What the project's latest finished pipelines cost, for estimates. */
  readonly past: (project_id: number) => Promise<readonly PastPipeline[]>;
  /** Unfinished pipelines, oldest first. */
  readonly openPipelines: () => Promise<readonly PipelineRecord[]>;
  /** Does not change a finished pipeline's row: whoever acts on an older reading of it comes too late. */
  readonly updatePipeline: (id: string, patch: Partial<PipelineRecord>) => Promise<void>;
  /**
   * The events after number `after`, or all; up to number `until`, of only one kind, or of all kinds but one, as given.
   * However long the journal is, other calls are served in between. Throws `store_corrupt`.
   */
  readonly journal: (
    id: string,
    after?: number,
    options?: { readonly until?: number; readonly kind?: EventKind; readonly but?: EventKind },
  ) => Promise<readonly JournalEvent[]>;
  /**
   * What is stored after `after` if it is these events, apart from a turn's price, else null. Compares no more than
   * these.
   */
  readonly sent: (
    append: Pick<Append, "pipeline" | "after" | "events">,
  ) => Promise<readonly JournalEvent[] | null>;
  /** The size of all journals of a task (core/model/journal-size.ts). */
  readonly written: (task_id: number) => Promise<number>;
  /** Null if the journal or the task moved on, or the lease is not the caller's. */
  readonly append: (append: Append) => Promise<readonly JournalEvent[] | null>;
  /** Compare-and-swap on a dead or absent lease; false if it is live. */
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
  /** Extends a live lease with this hash; false if it is lost. */
  readonly renew: (
    id: string,
    options: { readonly hash: string; readonly until: number; readonly now: number },
  ) => Promise<boolean>;
  readonly release: (id: string, hash: string) => Promise<void>;
  readonly extendLeases: (options: { readonly until: number }) => Promise<void>;
  /** For a store that only one App uses: jobs that a killed process had taken are free at once. */
  readonly freeJobs: () => Promise<void>;

  readonly returnOf: (source: string) => Promise<ReturnRow | null>;
  /** The latest, oldest first. */
  readonly returns: (task_id: number, limit: number) => Promise<readonly ReturnRow[]>;
  /** Returns, and gates' rejections that did not become one: the latest, oldest first; of all tasks if none is named. */
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
  /** Active ones: the latest, oldest first. */
  readonly decisions: (project_id: number, limit: number) => Promise<readonly DecisionRow[]>;
  readonly proposedDecisions: (project_id: number) => Promise<readonly DecisionRow[]>;
  /** Null if the project already has one of this title, whatever became of it. */
  readonly saveDecision: (decision: NewDecision, at: number) => Promise<DecisionRow | null>;
  /** Null if the project has no such decision. */
  readonly judgeDecision: (judged: {
    readonly id: number;
    readonly project_id: number;
    readonly status: DecisionRow["status"];
    readonly by: string;
  }) => Promise<DecisionRow | null>;
  readonly modules: (project_id: number) => Promise<readonly ModuleRecord[]>;
  /** Replaces those of the same source; modules from the config take precedence over all others. */
  readonly saveModules: (named: {
    readonly project_id: number;
    readonly modules: readonly ModuleRecord[];
    readonly source: string;
  }) => Promise<void>;
  readonly tasksWaitingFor: (project_id: number, issue: number) => Promise<readonly TaskRecord[]>;
  /** The project's other unfinished tasks, latest first, with the modules of their latest plan. */
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
  /** What the config said about the project when it was last read. */
  readonly describeProject: (
    id: number,
    config: Pick<Config, "project_type" | "execution_mode" | "tech_stack">,
  ) => Promise<void>;
  /** Over everything there is: for reports. */
  readonly figures: () => Promise<Figures>;
  /** Messages that are not in the journal yet. */
  readonly messages: (pipeline_id: string) => Promise<readonly Message[]>;
  /** US dollars: of all the task's pipelines, and of the project since the start of the UTC day. */
  readonly spent: (
    task: TaskRecord,
    now: number,
  ) => Promise<{ readonly task_usd: number; readonly day_usd: number }>;
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly close: () => void;
}
