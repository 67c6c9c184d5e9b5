// What the Action and the App say to each other over HTTPS.
import * as z from "zod";
import { EventData, JournalEvent } from "./event.ts";

export { PROTOCOL } from "./protocol.ts";

/** POST /kin/claim, with the runner's OIDC token as bearer. */
export const ClaimRequest = z.object({
  protocol: z.number().int(),
  issue: z.string(),
  pipeline: z.string().nullable(),
  from_step: z.string().nullable(),
  dry_run: z.boolean(),
  scripted: z.boolean(),
  deadline_minutes: z.number().min(1).max(7200),
});
export type ClaimRequest = z.infer<typeof ClaimRequest>;

export const ClaimAnswer = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("claimed"),
    pipeline: z.string(),
    run_token: z.string(),
    /** Seconds between heartbeats. */
    heartbeat: z.number(),
    journal: z.array(JournalEvent),
    git: z.object({ url: z.string(), authorization: z.string() }),
  }),
  /** Nothing to do, which is not a failure: finished, or running elsewhere. */
  z.object({ kind: z.literal("nothing"), reason: z.string() }),
]);
export type ClaimAnswer = z.infer<typeof ClaimAnswer>;

/** What a person said to a running pipeline, or to one of its workers, and the run has not heard yet. */
export const Message = z
  .object({
    id: z.number(),
    kind: z.enum(["stop", "tell"]),
    by: z.string(),
    text: z.string(),
    worker: z.number().optional(),
    /** Whose worker: each attempt of a coordinator numbers its own from 1. */
    crew: z.object({ step: z.number(), attempt: z.number() }).readonly().optional(),
  })
  .readonly();
export type Message = z.infer<typeof Message>;

/** POST /kin/pipelines/<id>/append, with the run token as bearer. Without events it is a heartbeat. */
export const AppendBody = z.object({
  after: z.number().int().nonnegative(),
  events: z.array(EventData).max(100),
});
export const AppendAnswer = z.object({
  /** Times of the appended events, in order. */
  at: z.array(z.string()),
  messages: z.array(Message),
});
export type AppendAnswer = z.infer<typeof AppendAnswer>;

/** POST /kin/verdict, with the OIDC token of the run's `verdict` job as bearer. */
export const VerdictRequest = z.object({ protocol: z.number().int(), pipeline: z.string() });
export type VerdictRequest = z.infer<typeof VerdictRequest>;
export const VerdictAnswer = z.discriminatedUnion("kind", [
  /** The commit or the pull request is still being written. */
  z.object({ kind: z.literal("wait") }),
  z.object({ kind: z.literal("nothing"), reason: z.string() }),
  z.object({
    kind: z.literal("review"),
    source: z.string(),
    report_token: z.string(),
    owner: z.string(),
    repo: z.string(),
    pull: z.number().int(),
    commit_id: z.string(),
    body: z.string(),
    comments: z.array(z.object({ path: z.string(), line: z.number().int(), body: z.string() })),
  }),
]);
export type VerdictAnswer = z.infer<typeof VerdictAnswer>;

/** POST /kin/verdict/report, with the report token as bearer. `review_id` is null if GitHub refused it. */
export const VerdictReport = z.object({
  source: z.string(),
  review_id: z.number().int().nullable(),
  reason: z.string(),
});

export const Refusal = z.object({ code: z.string(), message: z.string(), hint: z.string() });
export type Refusal = z.infer<typeof Refusal>;
