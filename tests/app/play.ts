// Pipelines without a runner: what a run would have reported is appended, folded by the rules and published.

import { hello } from "embedded-github/site";
import type { Plane } from "../../app/plane.ts";
import { publishTask } from "../../app/publish/publish.ts";
import type { TaskWrite } from "../../core/model/append.ts";
import type { EventData } from "../../core/model/event.ts";
import { publish } from "../../core/model/new-job.ts";
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { consequencesOf } from "../../core/pipeline/consequences.ts";
import { writeOf } from "../../core/task/state.ts";
import { aJournal, type JournalSpec } from "../build.ts";
import { type Kit, type Queued, WEBHOOK_SECRET } from "./kit.ts";

export type Of = Pick<Queued, "task"> & { readonly run?: Queued["run"] };
/** Null deletes the file. */
export type Contents = Readonly<Record<string, string | null>>;
export type Playing = JournalSpec & { readonly contents?: Contents };

export const wrote = (...files: string[]) => ({ turns: [{ wrote: files }, {}], answer: { status: "done" } });
export const APPROVED = { answer: { verdict: "approved", reason: "Right." } };
export const REJECTED = { answer: { verdict: "changes_requested", reason: "No." } };

export interface Player {
  readonly taskOf: (of: Of) => Promise<TaskRecord>;
  readonly pipelineOf: (of: Of) => Promise<PipelineRecord>;
  /** A run takes the latest pipeline from its present state to where `spec` leads, and holds it for another minute. */
  readonly play: (of: Of, spec: Playing) => Promise<void>;
  /** Passes until nothing requests another one. */
  readonly publish: (of: Of) => Promise<void>;
  readonly publishWith: (of: Of, plane: Plane) => Promise<unknown>;
  readonly pullOf: (of: Of) => ReturnType<typeof pullOf>;
  /** Does something and lets GitHub's signed deliveries reach the App's server, which works on them. */
  readonly receiving: <T>(deed: () => Promise<T>) => Promise<T>;
  /** Conclusion, title and App of each check `kin/gate` on a commit, or on the task's head. */
  readonly gatesOn: (
    of: Of,
    sha?: string,
  ) => Promise<readonly (readonly [string | null, string | null, string])[]>;
}

export const createPlayer = (kit: Kit): Player => {
  const { store, clock } = kit.plane;
  const taskOf: Player["taskOf"] = async ({ task }) => {
    const found = await store.task(task.id);
    if (found === null) throw new Error("The task is gone.");
    return found;
  };
  const pipelineOf: Player["pipelineOf"] = async ({ task }) =>
    (await store.pipelines(task.id)).at(-1) as PipelineRecord;
  return {
    taskOf,
    pipelineOf,
    play: async (of, { contents = {}, ...spec }) => {
      const { id, seq, run_id } = await pipelineOf(of);
      const now = clock.now();
      const run = { run_id: String(of.run?.id ?? run_id ?? 1), run_attempt: 1 };
      await store.updatePipeline(id, { lease_hash: null, lease_until: null });
      await store.lease(id, { hash: "h", until: now + 60_000, deadline: now + 600_000, now, ...run });
      const [opened] = await store.journal(id);
      if (opened?.data.kind !== "opened") throw new Error("The journal does not begin with its opening.");
      const journal = aJournal({ plan: ["debugger", "tester"], ...spec, opening: opened.data.opening });
      const events = journal.slice(seq).map(({ data }) => withContents(data, contents));
      const task = await taskOf(of);
      const { facts, ...means } = consequencesOf(fold(journal), { task, events, now });
      const append = { pipeline: id, after: seq, events, lease: "h", at: now, ...means };
      await store.append({
        ...append,
        task: facts.length === 0 ? null : (writeOf(task, facts) as TaskWrite),
      });
    },
    publish: async ({ task }) => {
      await store.askAgain([publish(task.id)]);
      await kit.work("publish");
    },
    publishWith: ({ task }, plane) => publishTask(task.id, plane),
    pullOf: async of => pullOf(kit, await taskOf(of)),
    receiving: async deed => {
      const { github } = kit.site;
      github.setWebhook({ slug: "kin", url: `${kit.url}/api/github/webhooks`, secret: WEBHOOK_SECRET });
      const done = await deed();
      // Runs are waiting for runners all the time, so GitHub is never idle here.
      for (let tries = 0; tries < 500; tries++) {
        if (github.deliveries.every(({ statusCode }) => statusCode > 0)) break;
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      github.setWebhook({ slug: "kin", url: null });
      await kit.work("event", "gate", "repository", "say", "show");
      return done;
    },
    gatesOn: async (of, sha) => {
      const ref = sha ?? String((await taskOf(of)).head_sha);
      const { data } = await kit.site.octocat.rest.checks.listForRef({
        ...hello,
        ref,
        check_name: "kin/gate",
      });
      return data.check_runs.map(
        ({ conclusion, output, app }) => [conclusion, output.title, app?.slug ?? ""] as const,
      );
    },
  };
};

const pullOf = async (kit: Kit, { pr_number }: TaskRecord) =>
  (await kit.site.octocat.rest.pulls.get({ ...hello, pull_number: Number(pr_number) })).data;

const withContents = (event: EventData, contents: Contents): EventData =>
  event.kind !== "turn" || event.wrote === null
    ? event
    : {
        ...event,
        wrote: {
          ...event.wrote,
          changes: event.wrote.changes.map(one => {
            const { [one.path]: content = one.content } = contents;
            return { ...one, content, in_base: one.in_base || content === null };
          }),
        },
      };
