// What made something happen once: a verdict, a review, a comment, a run. Sources identify it in rows of returns, messages
// and decisions, in approvals, and in the keys of what follows from it.

import { workerName } from "./worker.ts";

interface Judged {
  readonly pipeline: string;
  readonly step: number;
  readonly attempt: number;
}

interface Point extends Judged {
  /** Set if what is committed is a worker's own. */
  readonly worker?: number | undefined;
}

export const sources = {
  gate: ({ pipeline, step, attempt }: Judged) => `gate:${pipeline}:${step}:${attempt}`,
  planner: (pipeline: string) => `pm:${pipeline}`,
  /** What a step's role found. */
  answer: ({ role, pipeline, step }: Omit<Judged, "attempt"> & { readonly role: string }) =>
    `${role}:${pipeline}:${step}`,
  review: (id: number) => `review:${id}`,
  issueComment: (id: number) => `issue_comment:${id}`,
  reviewComment: (id: number) => `review_comment:${id}`,
  run: ({ run_id, run_attempt }: { readonly run_id: string; readonly run_attempt: string }) =>
    `run:${run_id}:${run_attempt}`,
  /** Where a pipeline's work is committed; also the trailer of that commit. */
  point: ({ pipeline, step, attempt, worker }: Point) =>
    `${pipeline}/${step}/${attempt}${worker === undefined ? "" : `/${workerName(worker)}`}`,
};

/** The review that said it; null if something else did. */
export const reviewIn = (source: string): number | null => {
  const [, id] = /^review:(\d+)$/.exec(source) ?? [];
  return id === undefined ? null : Number(id);
};

/** The pipeline in a gate's source; empty for any other source. */
export const pipelineOfGate = (source: string): string => /^gate:([^:]*):/.exec(source)?.[1] ?? "";
