// GitHub, as far as Kin reads and writes it.

import type { FileChange } from "../../core/model/change.ts";
import type { ProjectRecord } from "../../core/model/record.ts";
import type { RepositoryPermission } from "../../core/model/repository.ts";

export interface GitHubUser {
  readonly id: number;
  readonly login: string;
  /** `User`, `Bot`, `Organization` … */
  readonly type: string;
}

export interface GitHubIssue {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly user: GitHubUser;
  readonly state: "open" | "closed";
  /** `completed`, `not_planned`, `duplicate`, `reopened`; null if GitHub has none. */
  readonly state_reason: string | null;
  /** Null if it is open, in lists, and if GitHub does not know. */
  readonly closed_by: GitHubUser | null;
  /** ISO 8601, whole seconds; null if it is open. */
  readonly closed_at: string | null;
  readonly labels: readonly string[];
  readonly html_url: string;
  readonly is_pull_request: boolean;
}

/** An entry in a list of what changed, without texts that people wrote. */
export interface ChangedIssue extends Pick<GitHubIssue, "number" | "state" | "labels" | "is_pull_request"> {
  readonly updated_at: string;
}

export interface LabelChange {
  readonly id: string;
  readonly actor: GitHubUser;
  /** ISO 8601. */
  readonly at: string;
  /** True if it was put on, false if it was taken off. */
  readonly on: boolean;
}

/** Something that somebody said: a comment or a review. */
export interface GitHubSaid {
  readonly id: number;
  readonly node_id: string;
  readonly body: string;
  readonly user: GitHubUser;
}

export interface GitHubComment extends GitHubSaid {
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
  /** Who switched auto-merge on; null if nobody did. */
  readonly auto_merge_by: GitHubUser | null;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string };
  readonly user: GitHubUser;
  /** Logins of people whose review was requested and has not come yet. */
  readonly requested: readonly string[];
}

export interface GitHubReview extends GitHubSaid {
  readonly state: string;
  readonly commit_id: string;
  readonly submitted_at: string;
}

export interface InlineComment {
  readonly path: string;
  readonly line: number;
  readonly body: string;
}

/** A check run or commit status of somebody else's. `failed` and `passed` are final. */
export interface ForeignCheck {
  readonly name: string;
  readonly state: "pending" | "passed" | "failed";
  /** Its own summary, uncleaned. */
  readonly summary: string;
  readonly url: string | null;
}

export type MergeMethod = "merge" | "squash" | "rebase";

export interface MergeSettings {
  /** What the repository allows, in GitHub's order. */
  readonly methods: readonly MergeMethod[];
  readonly auto_merge: boolean;
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
  /** The workflow's file, and the branch it was on. */
  readonly path: string;
  readonly head_branch: string;
  readonly actor: GitHubUser;
  readonly triggering_actor: GitHubUser;
  /** When this attempt was requested (ISO 8601, whole seconds). */
  readonly asked_at: string;
}

/** Who contributed to what a branch adds to another one. */
export interface Contributors {
  /** Accounts of authors, committers and co-authors, and of everybody who ever moved the branch. */
  readonly ids: readonly number[];
  /** Those of them that are not people. */
  readonly machines: readonly number[];
  /** Whether an author, committer or co-author has no account that GitHub knows. */
  readonly nameless: boolean;
  /** When the branch was moved to this head (ISO 8601, whole seconds). */
  readonly moved_at: string;
}

/**
 * One repository, as an installation of the Kin App sees it.
 *
 * Contract:
 * - lists in which anybody may write long texts come page by page, or without those texts;
 * - reads return null if GitHub says 404; every other refusal throws a KinError `github_<status>`, retryable for 429,
 *   5xx and network failures;
 * - the adapter paces writes; before a write the caller has checked whether it was already done;
 * - ids and texts are GitHub's, uncleaned.
 */
export interface GitHub {
  readonly repository: () => Promise<ProjectRecord>;
  readonly issue: (number: number) => Promise<GitHubIssue | null>;
  readonly issueComments: (number: number) => AsyncIterable<readonly GitHubComment[]>;
  readonly issueComment: (id: number) => Promise<GitHubComment | null>;
  /** When and by whom this label was put on or taken off, from GitHub's own record, oldest first. */
  readonly labelChanges: (number: number, label: string) => Promise<readonly LabelChange[]>;
  /** Whether anybody but this person could review what Kin does. */
  readonly hasOtherWriter: (than: Pick<GitHubUser, "id">) => Promise<boolean>;
  /** For the account with this id: its name may belong to another by now. */
  readonly permission: (user: Pick<GitHubUser, "id" | "login">) => Promise<RepositoryPermission>;
  /** When anybody, author or not, last edited it; null if never. */
  readonly editedAt: (said: Pick<GitHubSaid, "node_id">) => Promise<string | null>;
  /** Null if GitHub cannot list all of them, or not yet. */
  readonly contributors: (work: {
    readonly branch: string;
    readonly base: string;
    readonly head: string;
  }) => Promise<Contributors | null>;
  readonly file: (path: string, ref: string) => Promise<string | null>;
  /** The entries of a directory; empty if it does not exist. */
  readonly directory: (
    path: string,
    ref: string,
  ) => Promise<readonly { readonly name: string; readonly size: number }[]>;
  /**
   * Modes of a commit's files by path, such as `100644`. If there are so many that GitHub lists only a part, only those
   * in directories on the way to what is `touched`; other directories there end in a slash. Null if even these are too
   * many to ask for.
   */
  readonly files: (commit: string, touched: readonly string[]) => Promise<ReadonlyMap<string, string> | null>;
  readonly branch: (name: string) => Promise<{ readonly sha: string } | null>;
  readonly commit: (sha: string) => Promise<{
    readonly parents: readonly string[];
    readonly author_id: number | null;
    /** GitHub made it on somebody's behalf and signed it. Without that, the author is whatever a pusher wrote. */
    readonly by_github: boolean;
  }>;
  /** Whether a commit is this head or one of its ancestors. */
  readonly contains: (head: string, sha: string) => Promise<boolean>;
  /**
   * Paths that differ between a head and the point where it left the base; both paths of a rename. Null if GitHub lists
   * only a part of them, even by tree.
   */
  readonly changedFiles: (base: string, head: string) => Promise<readonly string[] | null>;
  readonly pull: (number: number) => Promise<GitHubPull | null>;
  /** The pull request of this branch in the repository itself, by this account and into this base; an open one first. */
  readonly pullOfBranch: (
    branch: string,
    by: { readonly author: number; readonly base: string },
  ) => Promise<GitHubPull | null>;
  /** Those that are `wanted`. */
  readonly pullFiles: (
    number: number,
    wanted: ReadonlySet<string>,
  ) => Promise<readonly { readonly path: string; readonly patch: string }[]>;
  readonly reviews: (number: number) => AsyncIterable<readonly GitHubReview[]>;
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
      })
    | null
  >;
  /** Everybody's checks and statuses on a commit, except this App's own check. */
  readonly foreignChecks: (sha: string, own: { readonly app_id: number }) => Promise<readonly ForeignCheck[]>;
  /** Whether any other workflow is active, so that checks may still come. */
  readonly hasWorkflowsBeside: (path: string) => Promise<boolean>;
  readonly mergeSettings: () => Promise<MergeSettings>;
  /** Issues with this label, opened by this account, open or closed, newest first. */
  readonly issuesOpenedBy: (by: {
    readonly creator: string;
    readonly label: string;
  }) => AsyncIterable<readonly GitHubIssue[]>;
  /** This App's check of that name: anybody may use the same name. */
  readonly checkOf: (
    sha: string,
    check: { readonly name: string; readonly app_id: number },
  ) => Promise<{ readonly id: number } | null>;
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
  /** One tree, one commit. The author is left to GitHub, which is what makes the commit verified. */
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
  readonly closePull: (number: number) => Promise<void>;
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
  readonly createIssue: (issue: {
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
  }) => Promise<GitHubIssue>;
  /** Throws if the server has no sub-issues, or the parent can take no more. */
  readonly addSubIssue: (parent: number, child: Pick<GitHubIssue, "id">) => Promise<void>;
  /** Refused if the head moved. */
  readonly mergePull: (
    number: number,
    merge: { readonly sha: string; readonly method: MergeMethod },
  ) => Promise<void>;
  /** GitHub merges it, or adds it to the merge queue, as soon as all conditions are met. */
  readonly enableAutoMerge: (pull: GitHubPull, merge: { readonly method: MergeMethod }) => Promise<void>;
  readonly disableAutoMerge: (pull: Pick<GitHubPull, "node_id">) => Promise<void>;
  /** Merges the base into the branch, provided the head is still this one. */
  readonly updatePullBranch: (number: number, head: string) => Promise<void>;
  /** Issues and pull requests that changed at or after `since` (ISO 8601), latest first. */
  readonly changedSince: (since: string) => Promise<readonly ChangedIssue[]>;
  readonly pullComments: (pull: number) => AsyncIterable<readonly GitHubComment[]>;
  /** When an issue's title or body was last edited; null if never. */
  readonly lastEdited: (issue: number) => Promise<string | null>;
  /** Returns the run's id if the server reports it. */
  readonly dispatch: (
    workflow: string,
    options: { readonly ref: string; readonly inputs: Readonly<Record<string, string>> },
  ) => Promise<{ readonly run_id: number | null }>;
}
