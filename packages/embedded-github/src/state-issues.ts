// The records of issues, pull requests, reviews and comments.

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface AutoMerge {
  readonly method: "merge" | "squash" | "rebase";
  readonly enabledBy: number;
  readonly enabledAt: string;
  readonly title: string | null;
  readonly message: string | null;
}

export interface Pull {
  readonly id: number;
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  draft: boolean;
  mergedAt: string | null;
  mergedBy: number | null;
  mergeSha: string | null;
  autoMerge: AutoMerge | null;
  requestedReviewers: number[];
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  /** When the body was last edited; the timeline has the changes of titles. */
  editedAt: string | null;
  readonly authorId: number;
  readonly appId: number | null;
  state: "open" | "closed";
  stateReason: string | null;
  labels: number[];
  assignees: number[];
  locked: boolean;
  lockReason: string | null;
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedBy: number | null;
  parentId: number | null;
  gone: { repositoryId: number; number: number } | "deleted" | null;
  pull: Pull | null;
}

export interface Comment {
  readonly id: number;
  readonly number: number;
  body: string;
  editedAt: string | null;
  readonly authorId: number;
  readonly appId: number | null;
  readonly createdAt: string;
  updatedAt: string;
  minimized: string | null;
}

export type ReviewState = "PENDING" | "COMMENTED" | "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED";

export interface Review {
  readonly id: number;
  readonly number: number;
  readonly authorId: number;
  body: string;
  editedAt: string | null;
  state: ReviewState;
  readonly commitId: string;
  submittedAt: string | null;
  minimized: string | null;
}

export type Side = "LEFT" | "RIGHT";

export interface ReviewComment {
  readonly id: number;
  readonly reviewId: number;
  readonly number: number;
  readonly path: string;
  readonly line: number | null;
  readonly side: Side;
  readonly startLine: number | null;
  readonly startSide: Side | null;
  body: string;
  editedAt: string | null;
  readonly commitId: string;
  readonly diffHunk: string;
  readonly inReplyTo: number | null;
  readonly authorId: number;
  readonly createdAt: string;
  updatedAt: string;
  resolvedBy: number | null;
  minimized: string | null;
}

export interface TimelineEvent {
  readonly id: number;
  readonly number: number;
  readonly event: string;
  readonly actorId: number;
  readonly appId: number | null;
  readonly createdAt: string;
  readonly more: Readonly<Record<string, unknown>>;
}

export interface Reaction {
  readonly id: number;
  /** `issue:ID`, `comment:ID` or `review-comment:ID`. */
  readonly subject: string;
  readonly content: string;
  readonly userId: number;
  readonly createdAt: string;
}
