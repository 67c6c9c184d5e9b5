// Jobs: what there is to do. Each kind has its data, and some leave something for the next time they run.
import * as z from "zod";
import { Handover } from "./handover.ts";
import { json } from "./json.ts";
import { Key } from "./key.ts";
import { ProjectRecord } from "./record.ts";
import { Finding } from "./return.ts";
import { Signal } from "./signal.ts";

const Named = z.object({ id: z.number(), owner: z.string(), name: z.string() });

/** How many of its labels a repository has got. `revision`: how often that had been asked for; asking again starts over. */
export const Labelled = z.object({ revision: z.number(), count: z.number() });

/** When it is the turn of a pull request that was put off. */
export const Slot = z.object({ at: z.number() });
export type Slot = z.infer<typeof Slot>;

/** `at`: of the newest delivery seen. `tries`: for each GUID that has not arrived, the ids of its attempts. */
export const Lost = z.object({
  at: z.string(),
  tries: z.record(z.string(), z.object({ at: z.string(), ids: z.array(z.number()) })),
});
export type Lost = z.infer<typeof Lost>;

/** GitHub's time of the latest change that a look saw, or an earlier one. */
export const Looked = z.object({ since: z.string() });
export type Looked = z.infer<typeof Looked>;

/**
 * A pull request's head, whatever it is by then; or a commit that somebody with the right to asked about, or that a merge
 * waits for.
 */
export const Head = z.union([
  z.object({ pull: z.number(), by_outsider: z.boolean().default(false) }),
  z.object({ sha: z.string() }),
]);

const ROW = {
  key: Key,
  due_at: z.number(),
  revision: z.number(),
  attempts: z.number(),
  lease: z.number().nullable(),
  error: z.string().nullable(),
  done_at: z.number().nullable(),
  /** 0 if it belongs to no one installation. */
  installation_id: z.number(),
};

/** `left`: damaged data counts as none. */
const row = <K extends string, D extends z.ZodType, L extends z.ZodType>(
  kind: K,
  { data, left }: { readonly data: D; readonly left: L },
) => z.object({ ...ROW, kind: z.literal(kind), data: json(data), left: json(left).nullable().catch(null) });

const NOTHING = z.never();
const OfTask = z.object({ task_id: z.number() });
const OfPipeline = z.object({ pipeline: z.string() });

const Known = z.discriminatedUnion("kind", [
  row("event", { data: Signal, left: NOTHING }),
  /** Makes GitHub agree with the store. */
  row("publish", { data: OfTask, left: NOTHING }),
  /** Starts another pipeline unless one came after number `after`; `findings` replace the open ones. */
  row("next", {
    data: OfTask.extend({ after: z.number(), findings: z.array(Finding).optional() }),
    left: NOTHING,
  }),
  /** `before`: the previous run, which is not the one to look for. */
  row("dispatch", {
    data: OfPipeline.extend({ number: z.number(), before: z.string().nullable() }),
    left: NOTHING,
  }),
  /** Checks whether a run has claimed it by then. */
  row("watch", { data: OfPipeline.extend({ dispatches: z.number() }), left: NOTHING }),
  /** `handover`: a person's; absent if the pipeline's own analysis or decomposition says it. */
  row("hand_over", {
    data: OfTask.extend({ pipeline: z.string(), handover: Handover.optional() }),
    left: NOTHING,
  }),
  /** Closes a pull request because the task goes on without it; `of`: the issues that carried the task on. */
  row("leave_behind", {
    data: OfTask.extend({ pull: z.number(), of: z.array(z.number()) }),
    left: NOTHING,
  }),
  row("say", { data: OfTask.extend({ body: z.string() }), left: NOTHING }),
  /** A comment that shows how the task stands when it is written. */
  row("show", { data: OfTask.extend({ what: z.enum(["help", "plan", "workers"]) }), left: NOTHING }),
  row("gate", { data: z.object({ repository: z.object({ id: z.number() }) }).and(Head), left: Slot }),
  /** `installation`: the one that reported it, kept as the job's own even if GitHub knows better. */
  row("repository", {
    data: z.object({ installation: z.number().nullable(), repository: Named }),
    left: Labelled,
  }),
  row("look", { data: ProjectRecord, left: Looked }),
  row("sweep", { data: z.object({}), left: NOTHING }),
  row("redeliver", { data: z.object({}), left: Lost }),
  row("missed", { data: z.object({}), left: NOTHING }),
]);

/** Of a kind that this Kin does not know, or with damaged data. */
const Unreadable = z
  .object({ ...ROW, kind: z.string() })
  .transform(({ kind, ...rest }) => ({ ...rest, kind: "unreadable" as const, data: { kind }, left: null }));

export const Job = z.union([Known, Unreadable]);
export type Job = z.infer<typeof Job>;
export type JobOf<K extends Job["kind"]> = Extract<Job, { readonly kind: K }>;

export type Left = NonNullable<Job["left"]>;
