// `/kin approve`, or an approving review: of a waiting plan, of work that a smoke test could not confirm, of the pull
// request's head, or of a result without one. Never by whoever asked for the work, if anybody else could review it.

import type { Pipeline } from "../../core/model/pipeline.ts";
import { fold } from "../../core/pipeline/apply.ts";
import type { Relation, State } from "../../core/pipeline/authority.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { unconfirmed } from "../../core/report/headline.ts";
import type { Contributors } from "../github/port.ts";
import { appendOwn } from "../runs/journal.ts";
import { isAsker } from "./askers.ts";
import { may } from "./authority.ts";
import { complete, isBareResult } from "./complete.ts";
import { type Order, refuse } from "./order.ts";
import { rerun } from "./rerun.ts";
import { stateFact } from "./state.ts";

export const approve = async (order: Order): Promise<unknown> => {
  const { plane, task, by, last } = order;
  const pipeline = last === null ? null : fold(await plane.store.journal(last.id));
  if (pipeline?.held && pipeline.outcome === null) {
    const events = [{ kind: "plan_approved" as const, by: by.login }];
    return appendOwn(plane, { pipeline: pipeline.opening.pipeline, task, events });
  }
  const step = unconfirmed(pipeline ?? undefined);
  if (step !== undefined && task.status === "needs_info") return rerun({ ...order, from: step.number + 1 });
  return approveResult(order, pipeline);
};

const approveResult = async (order: Order, pipeline: Pipeline | null): Promise<void> => {
  const { plane, github, project, task, by } = order;
  if (task.status !== "review") return refuse(order, { kind: "nothing_to_approve" });
  const isBare = isBareResult(task) && pipeline !== null && commitPoints(pipeline).length === 0;
  const pull = task.pr_number === null ? null : await github.pull(task.pr_number);
  if (!isBare && pull?.state !== "open") return refuse(order, { kind: "nothing_to_approve" });
  // Against the default branch, not a base that somebody may have changed the pull request to.
  const made = async () =>
    pull && github.contributors({ branch: pull.head.ref, base: project.default_branch, head: pull.head.sha });
  const answer = await may("approve", {
    ...{ by, github, plane },
    relation: async () => relationOf(order, isBare ? NOBODY : await made()),
    state: async () =>
      isBare || pull === null ? "as_said" : stateOf(order, { head: pull.head.sha, made: await made() }),
  }); // guard: approval-is-asked
  if (!answer.allowed) return refuse(order, { kind: "not_allowed", why: answer.why });
  return isBare || pull === null
    ? complete(task, { plane, reason: `The result was approved by ${by.login}.` })
    : keep(order, pull.head.sha);
};

type Made = Pick<Contributors, "ids" | "machines" | "nameless">;
const NOBODY: Made = { ids: [], machines: [], nameless: false };

const relationOf = async ({ plane, github, task, by }: Order, made: Made | null): Promise<Relation> => {
  if (made === null) return "unknown"; // guard: unknown-contributors
  if (made.ids.includes(by.id)) return "contributor"; // guard: contributors
  // Anybody may be behind either, even whoever approves.
  if (made.nameless) return "unknown"; // guard: nameless-contributors
  if (made.machines.some(id => id !== plane.app.bot_id)) return "unknown"; // guard: machines
  if (!(await isAsker(task, { by, plane }))) return "none";
  return (await github.hasOtherWriter(by)) ? "asker" : "only_asker";
};

/** A review names the commit that was looked at. A comment means the one that Kin had put there when it was written. */
const stateOf = (
  { task, sha, at }: Order,
  { head, made }: { readonly head: string; readonly made: Contributors | null },
): State => {
  if (sha !== undefined) return sha === head ? "as_said" : "older"; // guard: commit-of-a-review
  if (made === null) return "unknown";
  // guard: head-of-a-comment, time-of-a-comment
  return head === task.head_sha && Date.parse(made.moved_at) <= Date.parse(at) ? "as_said" : "older";
};

const keep = async ({ plane, task, by, source }: Order, sha: string): Promise<void> => {
  const at = new Date(plane.clock.now()).toISOString();
  const approval = { by: by.login, by_id: by.id, sha, at, source };
  await stateFact(task, { kind: "approved", approval }, { plane });
};
