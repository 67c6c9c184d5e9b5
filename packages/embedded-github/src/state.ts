// The records of the world. Plain JSON, so that one file holds them; git objects and refs are only in the bare
// repositories.

import type {
  Comment,
  Issue,
  Label,
  Reaction,
  Review,
  ReviewComment,
  TimelineEvent,
} from "./state-issues.ts";
import type { CheckRun, CheckSuite, Run, Status, WorkflowRow } from "./state-runs.ts";

export type * from "./state-issues.ts";
export type * from "./state-runs.ts";

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

export type Rule = "creation" | "update" | "deletion" | "pull_request";

export interface Ruleset {
  readonly id: number;
  readonly name: string;
  /** `bot/**`, `~ALL`, `~DEFAULT_BRANCH`. */
  readonly branches: readonly string[];
  readonly rules: readonly Rule[];
  /** Logins exempt from the rules. */
  readonly bypass: readonly string[];
}

/** How a branch moved and who moved it, whatever its commits say about their authors. */
export interface Activity {
  readonly id: number;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly actorId: number;
  readonly at: string;
  readonly type: "push" | "force_push" | "branch_creation" | "branch_deletion" | "pr_merge";
}

export interface Protection {
  requiredChecks: string[];
  requiredApprovals: number;
  strict: boolean;
}

export interface Repository {
  readonly id: number;
  ownerId: number;
  name: string;
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
  rulesets: Ruleset[];
  activities: Activity[];
  actionsEnabled: boolean;
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
  /** People's tokens are derived from it. */
  readonly seed: string;
  /** Made when the first token is signed. */
  oidcKey: string | null;
  users: User[];
  apps: App[];
  installations: Installation[];
  tokens: Record<string, Token>;
  repositories: Repository[];
  /** Former full names in lower case, and the repository that each belonged to. */
  redirects: Record<string, number>;
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
