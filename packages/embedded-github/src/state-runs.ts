// The records of checks, statuses, workflows and runs.

export interface CheckSuite {
  readonly id: number;
  readonly appId: number;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly runId: number | null;
  readonly createdAt: string;
  updatedAt: string;
  readonly headCommit: Readonly<Record<string, unknown>>;
  /** Set for the suite of a workflow run; other suites follow from their check runs. */
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
