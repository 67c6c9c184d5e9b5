// The records of the world. Plain JSON, so that one file holds them; git objects and refs live in the bare
// repositories and nowhere else.

export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";
export type Grants = Record<string, string>;

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
  name: string | null;
  readonly createdAt: string;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  name: string;
  webhook: { url: string; secret: string | null } | null;
  permissions: Grants;
  events: readonly string[];
  readonly privateKey: string;
  readonly publicKey: string;
  readonly botId: number;
  readonly createdAt: string;
}

export interface Installation {
  readonly id: number;
  readonly appId: number;
  readonly accountId: number;
  readonly createdAt: string;
}

export type Token =
  | { readonly kind: "user"; readonly userId: number }
  | {
      readonly kind: "installation";
      readonly installationId: number;
      readonly permissions: Grants;
      readonly repositoryIds: readonly number[] | null;
      readonly expiresAt: string;
    }
  | {
      readonly kind: "job";
      readonly repositoryId: number;
      readonly runId: number;
      readonly permissions: Grants;
      readonly expiresAt: string;
    }
  | {
      readonly kind: "id-token";
      readonly repositoryId: number;
      readonly runId: number;
      readonly attempt: number;
      readonly job: string;
      readonly environment: string | null;
      readonly jobWorkflowRef: string | null;
      readonly expiresAt: string;
    };

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

export interface CheckSuite {
  readonly id: number;
  readonly appId: number;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly runId: number | null;
  readonly createdAt: string;
  updatedAt: string;
  readonly headCommit: Readonly<Record<string, unknown>>;
  /** Set by the workflow run a suite of GitHub Actions belongs to; other suites follow their check runs. */
  status: string | null;
  conclusion: string | null;
}

export interface CheckRun {
  readonly id: number;
  readonly suiteId: number;
  readonly appId: number;
  name: string;
  readonly headSha: string;
  status: string;
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  externalId: string;
  detailsUrl: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: Record<string, unknown>[];
  actions: Record<string, unknown>[];
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creatorId: number;
  readonly createdAt: string;
}

export interface WorkflowRow {
  readonly id: number;
  readonly path: string;
  state: "active" | "disabled_manually";
  readonly createdAt: string;
}

export interface Job {
  readonly id: number;
  readonly name: string;
  status: string;
  conclusion: string | null;
  startedAt: string;
  completedAt: string | null;
  log: string;
  summary: string;
}

export interface RunAttempt {
  readonly attempt: number;
  readonly triggeringActorId: number;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  readonly createdAt: string;
  startedAt: string;
  updatedAt: string;
  jobs: Job[];
  log: string;
}

export interface Run {
  readonly id: number;
  readonly number: number;
  readonly workflowId: number;
  readonly name: string;
  readonly title: string;
  readonly ref: string;
  readonly sha: string;
  readonly suiteId: number;
  readonly actorId: number;
  readonly inputs: Record<string, string>;
  readonly attempts: RunAttempt[];
}

export interface Protection {
  requiredChecks: string[];
  requiredApprovals: number;
  strict: boolean;
}

export interface Repository {
  readonly id: number;
  readonly ownerId: number;
  readonly name: string;
  private: boolean;
  defaultBranch: string;
  allowAutoMerge: boolean;
  archived: boolean;
  deleteBranchOnMerge: boolean;
  readonly createdAt: string;
  updatedAt: string;
  pushedAt: string;
  nextNumber: number;
  collaborators: Record<string, Permission>;
  protections: Record<string, Protection>;
  variables: Record<string, string>;
  secrets: Record<string, string>;
  verified: string[];
  labels: Label[];
  issues: Issue[];
  comments: Comment[];
  reviews: Review[];
  reviewComments: ReviewComment[];
  timeline: TimelineEvent[];
  reactions: Reaction[];
  checkSuites: CheckSuite[];
  checkRuns: CheckRun[];
  statuses: Status[];
  workflows: WorkflowRow[];
  runs: Run[];
}

export interface State {
  version: 1;
  nextId: number;
  /** What people's tokens are derived from. */
  readonly seed: string;
  /** Made when the first token is signed. */
  oidcKey: string | null;
  users: User[];
  apps: App[];
  installations: Installation[];
  tokens: Record<string, Token>;
  repositories: Repository[];
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly appId: number;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly event: string;
  readonly action: string | null;
  readonly redelivery: boolean;
  readonly deliveredAt: string;
  duration: number;
  status: string;
  statusCode: number;
  readonly payload: Record<string, unknown>;
  requestHeaders: Record<string, string>;
  responseHeaders: Record<string, string>;
  response: string;
}
