// Every key: of jobs, of marks, of paces, and those that sign comments, reviews and issues as Kin's. Stores and GitHub hold
// them, so none may change.
import * as z from "zod";
import type { Key } from "./key.ts";
import {
  Asking,
  Made,
  Making,
  type Mark,
  Meant,
  NoVerdict,
  Opened,
  Posted,
  PostedReview,
  Unasked,
} from "./mark.ts";
import type { ProjectRecord, TaskRecord } from "./record.ts";

type Part = string | number | null | undefined;

const key = (texts: TemplateStringsArray, ...parts: readonly Part[]): Key =>
  String.raw({ raw: texts }, ...parts) as Key;

export const keys = {
  /** Events: delivered by a webhook, or found to have happened. */
  delivery: (guid: string) => key`delivery:${guid}`,
  found: (project: number, source: string) => key`found:${project}:${source}`,
  foundAs: (
    project: number,
    {
      action,
      number,
      updated_at,
    }: { readonly action: string; readonly number: number; readonly updated_at: string },
  ) => key`found:${project}:${action}:${number}:${updated_at}`,
  foundInstalled: ({ id, owner, name, installation_id }: ProjectRecord) =>
    key`found:installed:${installation_id}:${id}:${owner}/${name}`,
  foundOver: ({ project_id, id, updated_at }: TaskRecord, what: "pull" | "issue") =>
    key`found:${project_id}:over:${id}:${updated_at}:${what}`,

  publish: (task_id: number) => key`publish:${task_id}`,
  /** `source`: a pipeline that returned the task, or what a person said. */
  next: (source: string) => key`next:${source}`,
  nextAfterChecks: (pipeline: string) => key`next:ci:${pipeline}`,
  nextAfterOthers: (pipeline: string) => key`next:followed:${pipeline}`,
  dispatch: (pipeline: string, number: number) => key`dispatch:${pipeline}:${number}`,
  watch: (pipeline: string, number: number) => key`watch:${pipeline}:${number}`,
  /** `source`: a pipeline that hands its task over, or what a person said. */
  handOver: (source: string) => key`hand_over:${source}`,
  leaveBehind: (task_id: number, pull: number) => key`leave_behind:${task_id}:${pull}`,
  gate: (project: number, head: { readonly pull: number } | { readonly sha: string }) =>
    "pull" in head ? key`gate:${project}:pull:${head.pull}` : key`gate:${project}:${head.sha}`,
  repository: (id: number) => key`repository:${id}`,
  look: (project: number) => key`look:${project}`,
  round: (kind: "sweep" | "redeliver" | "missed") => key`${kind}`,

  refuse: (source: string) => key`refuse:${source}`,
  refuseClosing: ({ task_id, issue, by }: Readonly<Record<"task_id" | "issue" | "by", number>>) =>
    key`refuse:awaited:${task_id}:${issue}:${by}`,
  show: (source: string) => key`show:${source}`,
  help: (source: string) => key`help:${source}`,

  /** Paces. */
  writes: (installation: number | null) => key`write:${installation}`,
  gates: (installation: number, whose: "insiders" | "outsiders") => key`gate:${installation}:${whose}`,

  /** Signs the status comment, which is edited as long as it exists. */
  status: ({ project_id, issue }: Pick<TaskRecord, "project_id" | "issue">) =>
    key`status:${project_id}:${issue}`,
};

const mark =
  <R>(kind: string, result: z.ZodType<R>) =>
  (key: Key): Mark<R> => ({ key, kind, result });

const once = (kind: string) => mark(kind, z.null().catch(null));
const comment = mark("comment", Posted);
const issue = mark("issue", Opened);
const merge = once("merge");

interface OfTask {
  readonly task_id: number;
  readonly sha: string | null;
}

export const marks = {
  /** The token of a claim. */
  token: (id: string) => once("jti")(key`jti:${id}`),
  heard: (source: string) => once("heard")(key`heard:${source}`),
  heardLabel: (change: string) => once("heard")(key`heard:label:${change}`),
  meant: (source: string) => mark("meant", Meant)(key`meant:${source}`),
  asker: (task_id: number, account: number) => once("asker")(key`asker:${task_id}:${account}`),
  /** A label set by somebody who may not start a task. */
  refused: (label: string) => once("refused")(key`refused:${label}`),
  told: (task_id: number, hash: string) => once("told")(key`told:${task_id}:${hash}`),
  runOver: (run: number | string | null) => once("run_over")(key`run_over:${run}`),
  learned: (pipeline: string) => once("learned")(key`learned:${pipeline}`),

  /** `point`: as `sources.point` makes it. */
  commit: (point: string) => mark("commit", Made)(key`commit:${point}`),
  making: (point: string, n: number) => mark("making", Making)(key`making:${point}:${n}`),
  checksRound: (
    { id, snapshot, return_count }: Pick<TaskRecord, "id" | "snapshot" | "return_count">,
    n: number,
  ) => once("ci_round")(key`ci:${id}:${snapshot?.frozen_at ?? ""}:${return_count}:${n}`),

  review: (gate: string) => mark("review", PostedReview)(key`review:${gate}`),
  noVerdict: (gate: string) => mark("no_verdict", NoVerdict)(key`no_verdict:${gate}`),
  dismissed: (gate: string) => once("dismissed")(key`dismissed:${gate}`),
  noDismissal: (project: number) => once("no_dismissal")(key`no_dismissal:${project}`),
  asking: (pipeline: string | undefined) => mark("asking", Asking)(key`asking:ask_review:${pipeline}`),
  asked: (pipeline: string | undefined) => mark("ask_review", Unasked)(key`ask_review:${pipeline}`),

  /** Comments. */
  posted: (job: Key) => comment(key`posted:${job}`),
  offer: (source: string) => comment(key`decisions:${source}`),
  pending: (pipeline: string) => comment(key`pending:${pipeline}`),
  beside: (point: string) => comment(key`beside:${point}`),
  hook: (point: string, index: number) => comment(key`hook:${point}:${index}`),
  notice: ({ state, of, hash }: { readonly state: string; readonly of: string; readonly hash: string }) =>
    comment(key`notice:${state}:${of}:${hash}`),
  leftBehind: (task_id: number, pull: number) => comment(key`left_behind:${task_id}:${pull}`),
  autoMergeKept: ({ task_id, sha }: OfTask) => comment(key`auto_merge_kept:${task_id}:${sha}`),
  mergeRefused: ({ task_id, sha }: OfTask) => comment(key`merge_refused:${task_id}:${sha}`),
  mergeHeld: ({ task_id, sha }: OfTask) => comment(key`merge_held:${task_id}:${sha}`),
  moot: (of: Mark<Posted>) => once("moot")(key`moot:${of.key}`),

  /** Issues. */
  left: (task_id: number, hash: string) => issue(key`left:${task_id}:${hash}`),
  escalation: (pipeline: string) => issue(key`escalation:${pipeline}`),
  child: (pipeline: string, place: number) => issue(key`child:${pipeline}:${place}`),

  updated: (head: string) => merge(key`update:${head}`),
  autoMerge: (head: string, n: number) => merge(key`auto_merge:${head}:${n}`),
  autoMergeOff: (task_id: number, n: number) => merge(key`auto_merge_off:${task_id}:${n}`),
};
