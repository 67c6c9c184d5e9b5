// How a running pipeline sees the world. Adapters implement these; `core/run` is the only caller of most.
import type { FileChange } from "./model/change.ts";
import type { Config } from "./model/config.ts";
import type { CommandRun, EventData, JournalEvent } from "./model/event.ts";
import type { PersonBlock, Reply, ReplyBlock, ToolUseBlock } from "./model/message.ts";
import type { Pipeline } from "./model/pipeline.ts";
import type { JobRecord, PipelineRecord, ProjectRecord, ReturnRow, TaskRecord } from "./model/record.ts";
import type { Finding, ReturnCategory } from "./model/return.ts";
import type { Scope } from "./model/role.ts";

import type { Opening } from "./model/task.ts";

/** Milliseconds since the epoch, and a wait that an abort ends early. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

// ---------------------------------------------------------------- the model

export interface ModelRequest {
  readonly model: string;
  readonly max_tokens: number;
  /** `cached`: a breakpoint of the prompt cache lies behind this block. */
  readonly system: readonly { readonly text: string; readonly cached: boolean }[];
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly input_schema: object;
  }[];
  readonly messages: readonly ModelMessage[];
}

export type ModelMessage =
  | { readonly role: "assistant"; readonly content: readonly ReplyBlock[] }
  | { readonly role: "user"; readonly content: readonly PersonBlock[] };

export type ModelOutcome =
  | { readonly kind: "replied"; readonly reply: Reply }
  | { readonly kind: "aborted" }
  /** Too busy or out of reach for longer than the retries: the run pauses. `retry_after` in seconds. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly retry_after: number | null }
  /** Nothing that waiting mends: a bad key, no credit, a request the API does not take. */
  | { readonly kind: "refused"; readonly reason: string; readonly hint: string }
  | { readonly kind: "too_long"; readonly reason: string };

/**
 * Contract:
 * - never throws for what the network or the API does: that is an outcome;
 * - retries what the API says to retry, within its own limits, before it answers `unavailable`;
 * - a partial stream is discarded whole; a cut tool call never comes out of it.
 */
export interface LanguageModel {
  readonly reply: (request: ModelRequest, options: { readonly signal: AbortSignal }) => Promise<ModelOutcome>;
}

// ---------------------------------------------------------------- the workbench

/**
 * The files of one pipeline on the runner's machine.
 *
 * Contract:
 * - repository code and model input run only in the sandbox: no secret, no network (but for setup), no host process;
 * - the harness's own git directory is outside of every mount; the agent's `.git` is never read;
 * - everything is below one directory, which `close` removes.
 */
export interface Workbench {
  /**
   * Fetches `base` and `head` (where there is one), runs the setup commands on base's files with network,
   * lays head's files over the result and records that as the baseline. Idempotent per runner.
   */
  readonly setUp: (request: SetupRequest) => Promise<SetupResult>;
  /** A conversation's own copy of the work tree at `tree`, with what setup made, and its tool process. */
  readonly open: (request: {
    readonly key: string;
    readonly tree: string;
    readonly scope: Scope;
  }) => Promise<Bench>;
  /** Makes `tree` known again on a new runner by laying the changes over the baseline. Throws when the result differs. */
  readonly restore: (changes: readonly FileChange[], tree: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface SetupRequest {
  readonly base: string;
  readonly head: string | null;
  readonly config: Config;
  readonly signal: AbortSignal;
}

export interface SetupResult {
  readonly ok: boolean;
  readonly tree: string;
  readonly commands: readonly CommandRun[];
  readonly reason: string | null;
}

export interface ToolOutcome {
  readonly content: string;
  readonly is_error: boolean;
  /** Set when the tool was `bash`. */
  readonly ran: CommandRun | null;
}

/**
 * Contract: one call at a time per bench; a tool's failure is an outcome; only a lost tool process throws
 * (`tool_process_lost`, retryable).
 */
export interface Bench {
  readonly call: (use: ToolUseBlock, options: { readonly signal: AbortSignal }) => Promise<ToolOutcome>;
  /** A command of the harness (a quality gate), in the same sandbox. */
  readonly run: (
    command: string,
    options: { readonly seconds: number; readonly signal: AbortSignal },
  ) => Promise<CommandRun>;
  /**
   * The work tree now, and how it differs from the last recorded one. What the scope, the protected paths or
   * the checks on patches refuse is put back as it was and named in `refused`.
   */
  readonly record: () => Promise<Recorded>;
  readonly close: () => Promise<void>;
}

export interface Recorded {
  readonly tree: string;
  readonly changes: readonly FileChange[];
  readonly refused: readonly { readonly path: string; readonly why: string }[];
}

// ---------------------------------------------------------------- the control plane

/** What people said to a running pipeline. */
export type Message = {
  readonly id: number;
  readonly kind: "stop";
  readonly by: string;
  readonly text: string;
};

/**
 * Contract:
 * - `append` writes all events after `pipeline.seq` or none, and answers the pipeline they fold into;
 * - it throws `lease_lost` when another run took over; then nothing more may be written;
 * - it sends again what was not answered, without writing it twice;
 * - the heartbeat is the adapter's; every answer's messages come out of `inbox`.
 */
export interface Control {
  readonly append: (pipeline: Pipeline, events: readonly EventData[]) => Promise<Pipeline>;
  readonly inbox: Inbox;
  /** Ends the heartbeat and gives the lease back. */
  readonly release: () => Promise<void>;
}

export interface Inbox {
  /** Pending until there is something; the same promise until `take`. */
  readonly next: () => Promise<void>;
  readonly take: () => readonly Message[];
}

// ---------------------------------------------------------------- the store

export interface NewJob {
  readonly key: string;
  readonly kind: string;
  readonly data?: unknown;
  /** Milliseconds since the epoch; now where absent. */
  readonly due_at?: number;
}

/** A return to be recorded: its number is the store's to give. */
export interface NewReturn {
  readonly task_id: number;
  readonly reason_category: ReturnCategory;
  readonly reason_text: string | null;
  readonly returned_by: string;
  readonly pipeline_id: string | null;
  readonly source: string;
  readonly actor: string | null;
  readonly pr_number: number | null;
  readonly findings: readonly Finding[];
}

export interface NewTask {
  readonly project_id: number;
  readonly issue: number;
  readonly title: string;
  readonly url: string;
  readonly asked_by: string;
  readonly asked_by_id: number;
  readonly trigger_id: string | null;
}

export interface Append {
  readonly pipeline: string;
  readonly task_id: number;
  readonly after: number;
  readonly events: readonly EventData[];
  /** SHA-256 of the run token; null for the control plane, which may write only while no lease is live. */
  readonly lease: string | null;
  readonly at: number;
  /** What the fold of these events says of the pipeline's row. */
  readonly row: Partial<
    Pick<PipelineRecord, "state" | "outcome" | "usd" | "tokens" | "seconds" | "route_type" | "completed_at">
  >;
  readonly returned: NewReturn | null;
  readonly task: Partial<TaskRecord>;
  readonly jobs: readonly NewJob[];
}

/**
 * Contract:
 * - every method is one statement or one batch: all of it or none, nothing held across an await;
 * - keys are unique: asking for a job that exists, done or not, changes nothing (`askAgain` makes it due again);
 * - returns of a task are numbered 1, 2, 3 … without a gap, whatever runs at the same time;
 * - `append` writes only behind `after`, and only for the holder of the lease.
 */
export interface Store {
  readonly ask: (jobs: readonly NewJob[]) => Promise<void>;
  /** For levels: due again, however often it was done. */
  readonly askAgain: (jobs: readonly NewJob[]) => Promise<void>;
  readonly takeJob: (now: number, options: { readonly lease_ms: number }) => Promise<JobRecord | null>;
  /** Not done when it was asked for again meanwhile. */
  readonly finishJob: (
    job: JobRecord,
    options: { readonly now: number; readonly result?: unknown },
  ) => Promise<void>;
  readonly retryJob: (
    job: JobRecord,
    options: { readonly due_at: number; readonly error: string },
  ) => Promise<void>;
  readonly job: (key: string) => Promise<JobRecord | null>;
  /** When the next job is due; null when there is none. */
  readonly nextDue: () => Promise<number | null>;
  /** Inserts a done key; false when it was there: for what must be used once. */
  readonly useOnce: (
    key: string,
    options: { readonly kind: string; readonly now: number; readonly result?: unknown },
  ) => Promise<boolean>;
  /** Takes a slot of at least `gap_ms` after the last one; answers when it begins. */
  readonly pace: (key: string, options: { readonly now: number; readonly gap_ms: number }) => Promise<number>;

  readonly saveProject: (project: ProjectRecord, at: number) => Promise<void>;
  readonly project: (id: number) => Promise<ProjectRecord | null>;
  readonly projects: () => Promise<readonly ProjectRecord[]>;
  /** Answers the task; an existing one keeps its history and takes the new trigger. */
  readonly saveTask: (task: NewTask, at: number) => Promise<TaskRecord>;
  readonly task: (id: number) => Promise<TaskRecord | null>;
  readonly findTask: (by: {
    readonly project_id: number;
    readonly issue?: number;
    readonly pr_number?: number;
    readonly branch?: string;
  }) => Promise<TaskRecord | null>;
  readonly tasks: (options: { readonly limit: number }) => Promise<readonly TaskRecord[]>;
  readonly updateTask: (id: number, patch: Partial<TaskRecord>, at: number) => Promise<void>;

  /** Writes the pipeline, its first event, the task's patch and the jobs; false when that number exists. */
  readonly openPipeline: (options: {
    readonly task_id: number;
    readonly opening: Opening;
    readonly task: Partial<TaskRecord>;
    readonly jobs: readonly NewJob[];
    readonly at: number;
  }) => Promise<boolean>;
  readonly pipeline: (id: string) => Promise<PipelineRecord | null>;
  readonly pipelines: (task_id: number) => Promise<readonly PipelineRecord[]>;
  /** Pipelines that are not finished, oldest first. */
  readonly openPipelines: () => Promise<readonly PipelineRecord[]>;
  /** A finished pipeline's row stays as it is: whoever acts on an older reading of it comes too late. */
  readonly updatePipeline: (id: string, patch: Partial<PipelineRecord>) => Promise<void>;
  /** The events behind the one numbered `after`, all of them where it is absent. Throws `store_corrupt`. */
  readonly journal: (id: string, after?: number) => Promise<readonly JournalEvent[]>;
  /** Null when the journal moved on or the lease is not the caller's. */
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

  /** The row, or null when its source was recorded before. */
  readonly recordReturn: (row: NewReturn, at: number) => Promise<ReturnRow | null>;
  /** The latest, oldest first. */
  readonly returns: (task_id: number, limit: number) => Promise<readonly ReturnRow[]>;
  readonly say: (
    message: {
      readonly pipeline_id: string;
      readonly kind: "stop";
      readonly by: string;
      readonly text: string;
      readonly source: string;
    },
    at: number,
  ) => Promise<void>;
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

// ---------------------------------------------------------------- GitHub

export type RepositoryPermission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

export interface GitHubUser {
  readonly id: number;
  readonly login: string;
  /** `User`, `Bot`, `Organization` … */
  readonly type: string;
}

export interface GitHubIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly user: GitHubUser;
  readonly state: "open" | "closed";
  readonly locked: boolean;
  readonly labels: readonly string[];
  readonly html_url: string;
  readonly is_pull_request: boolean;
}

export interface GitHubComment {
  readonly id: number;
  readonly body: string;
  readonly user: GitHubUser;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface GitHubPull {
  readonly number: number;
  readonly node_id: string;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly draft: boolean;
  readonly merged: boolean;
  readonly mergeable_state: string;
  readonly head: { readonly ref: string; readonly sha: string; readonly repository_id: number | null };
  readonly base: { readonly ref: string; readonly sha: string };
  readonly html_url: string;
  readonly user: GitHubUser;
}

export interface GitHubReview {
  readonly id: number;
  readonly user: GitHubUser;
  readonly state: string;
  readonly body: string;
  readonly commit_id: string;
  readonly submitted_at: string;
}

export interface InlineComment {
  readonly path: string;
  readonly line: number;
  readonly body: string;
}

export interface CheckOutput {
  readonly title: string;
  readonly summary: string;
  readonly status: "in_progress" | "completed";
  readonly conclusion: "success" | "failure" | "neutral" | "action_required" | null;
}

export interface GitHubRun {
  readonly id: number;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string;
  readonly html_url: string;
  readonly event: string;
  readonly actor: GitHubUser;
  readonly triggering_actor: GitHubUser;
}

/**
 * One repository, seen as an installation of the Kin App.
 *
 * Contract:
 * - reads answer null where GitHub says 404; every other refusal throws a KinError `github_<status>`, retryable for
 *   429, 5xx and the network;
 * - writes are paced by the adapter; whoever calls one has looked first whether it was done already;
 * - ids and text are GitHub's, uncleaned.
 */
export interface GitHub {
  readonly repository: () => Promise<ProjectRecord>;
  readonly issue: (number: number) => Promise<GitHubIssue | null>;
  readonly issueComments: (number: number) => Promise<readonly GitHubComment[]>;
  readonly issueComment: (id: number) => Promise<GitHubComment | null>;
  /** The latest `labeled` event for this label; who put it there, by GitHub's own record. */
  readonly lastLabeled: (
    number: number,
    label: string,
  ) => Promise<{ readonly id: string; readonly actor: GitHubUser; readonly at: string } | null>;
  readonly permission: (login: string) => Promise<RepositoryPermission>;
  readonly file: (path: string, ref: string) => Promise<string | null>;
  readonly branch: (name: string) => Promise<{ readonly sha: string } | null>;
  readonly commit: (sha: string) => Promise<{
    readonly message: string;
    readonly parents: readonly string[];
    readonly tree: string;
    readonly author_id: number | null;
  }>;
  /** Commits of `head` that are not in `base`, oldest first. */
  readonly compare: (
    base: string,
    head: string,
  ) => Promise<readonly { readonly sha: string; readonly message: string; readonly author: string | null }[]>;
  /** Paths that differ between two commits. */
  readonly changedFiles: (base: string, head: string) => Promise<readonly string[]>;
  readonly pull: (number: number) => Promise<GitHubPull | null>;
  readonly pullOfBranch: (branch: string) => Promise<GitHubPull | null>;
  readonly pullFiles: (
    number: number,
  ) => Promise<readonly { readonly path: string; readonly patch: string }[]>;
  readonly reviews: (number: number) => Promise<readonly GitHubReview[]>;
  readonly review: (pull: number, id: number) => Promise<GitHubReview | null>;
  readonly reviewComments: (
    pull: number,
    review: number,
  ) => Promise<readonly { readonly path: string; readonly line: number | null; readonly body: string }[]>;
  readonly reviewComment: (id: number) => Promise<
    | (GitHubComment & {
        readonly path: string;
        readonly line: number | null;
        readonly review_id: number | null;
        readonly pull: number;
      })
    | null
  >;
  readonly checkOf: (sha: string, name: string) => Promise<{ readonly id: number } | null>;
  readonly workflow: (path: string) => Promise<{ readonly state: string; readonly html_url: string } | null>;
  readonly run: (id: number, attempt?: number) => Promise<GitHubRun | null>;
  readonly runs: (workflow: string) => Promise<readonly GitHubRun[]>;

  readonly createComment: (issue: number, body: string) => Promise<{ readonly id: number }>;
  readonly updateComment: (id: number, body: string) => Promise<void>;
  readonly react: (
    comment: { readonly id: number; readonly kind: "issue_comment" | "review_comment" },
    content: "eyes" | "confused",
  ) => Promise<void>;
  readonly setLabels: (
    issue: number,
    change: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ) => Promise<void>;
  readonly ensureLabels: (
    labels: readonly { readonly name: string; readonly color: string; readonly description: string }[],
  ) => Promise<void>;
  /** One tree, one commit; the author is left to GitHub, which is what makes it verified. */
  readonly createCommit: (commit: {
    readonly parent: string;
    readonly message: string;
    readonly changes: readonly FileChange[];
  }) => Promise<{ readonly sha: string }>;
  readonly createBranch: (name: string, sha: string) => Promise<void>;
  /** Never forced. */
  readonly moveBranch: (name: string, sha: string) => Promise<void>;
  readonly createPull: (pull: {
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }) => Promise<GitHubPull>;
  readonly updatePull: (
    number: number,
    patch: { readonly title?: string; readonly body?: string },
  ) => Promise<void>;
  readonly reopenPull: (number: number) => Promise<void>;
  readonly setDraft: (pull: GitHubPull, draft: boolean) => Promise<void>;
  readonly createReview: (
    pull: number,
    review: {
      readonly event: "COMMENT" | "REQUEST_CHANGES";
      readonly commit_id: string;
      readonly body: string;
      readonly comments: readonly InlineComment[];
    },
  ) => Promise<{ readonly id: number }>;
  readonly dismissReview: (pull: number, review: number, message: string) => Promise<void>;
  readonly requestReview: (pull: number, login: string) => Promise<void>;
  readonly createCheck: (
    check: CheckOutput & { readonly name: string; readonly sha: string },
  ) => Promise<{ readonly id: number }>;
  readonly updateCheck: (id: number, check: CheckOutput) => Promise<void>;
  readonly closeIssue: (number: number) => Promise<void>;
  /** The run's id where the server tells it. */
  readonly dispatch: (
    workflow: string,
    options: { readonly ref: string; readonly inputs: Readonly<Record<string, string>> },
  ) => Promise<{ readonly run_id: number | null }>;
}
