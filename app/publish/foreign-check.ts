// `kin/gate` on pull requests that are not Kin's, and on heads that Kin did not make: neutral, so that the
// check can be required without blocking anybody.
import type { JobRecord } from "../../core/model/record.ts";
import { publish } from "../../core/pipeline/consequences.ts";
import { foreignCheck } from "../../core/report/gate-check.ts";
import type { Incoming } from "../intake/incoming.ts";
import type { Done } from "../jobs/done.ts";
import { GATE_CHECK, type Plane } from "../plane.ts";

/**
 * What Kin made is published again. Everything else is put off: anybody may push to as many pull requests as they like,
 * and each is a write that people's own would wait for.
 */
export const lookAtHead = async ({ signal, plane, project }: Incoming): Promise<void> => {
  const { pull, sha } = signal;
  if (pull !== null) {
    const task = await plane.store.findTask({ project_id: project.id, pr_number: pull });
    // Of another head as well: what was left to GitHub's auto-merge was another commit.
    if (task !== null) await plane.store.askAgain([publish(task.id)]); // guard: pushes-are-looked-at
    return plane.store.askAgain([gate(project.id, { pull, by_outsider: signal.by_outsider })]);
  }
  if (sha === null) return;
  const task = await plane.store.findTask({ project_id: project.id, head_sha: sha });
  if (task === null) return plane.store.askAgain([gate(project.id, { sha })]);
  return plane.store.askAgain([publish(task.id)], {
    task_id: task.id,
    task: { published: { ...task.published, check: undefined } as never },
    at: plane.clock.now(),
  });
};

/** A pull request's head, whatever it is by then; or a commit that somebody who may asked about, or a merge waits for. */
type Head = { readonly pull: number; readonly by_outsider: boolean } | { readonly sha: string };
type Gate = Head & { readonly repository: { readonly id: number } };

const gate = (id: number, head: Head) => {
  const data: Gate = { repository: { id }, ...head };
  return "pull" in head
    ? ({ key: `gate:${id}:pull:${head.pull}`, kind: "gate", data, rank: "last" } as const) // guard: outsiders-come-last
    : ({ key: `gate:${id}:${head.sha}`, kind: "gate", data } as const);
};

/** So many pull requests of an installation have their check at once, and one more as often as that. */
const MOST_AT_ONCE = 20;
const GAP_MS = 10_000;

/** When a pull request that was put off has its turn. */
interface Slot {
  readonly at: number;
}

export const performGate = async (job: JobRecord, plane: Plane): Promise<Done> => {
  const { repository, ...head } = job.data as Gate;
  const project = await plane.store.project(repository.id);
  if (project === null || project.installation_id === null) return {};
  const github = await plane.github(project);
  const sha = "pull" in head ? ((await github.pull(head.pull))?.head.sha ?? null) : head.sha;
  if (sha === null) return {};
  const own = await plane.store.findTask({ project_id: project.id, head_sha: sha });
  if (own !== null || (await github.checkOf(sha, { name: GATE_CHECK, app_id: plane.app.id })) !== null)
    return {};
  if ("pull" in head) {
    const slot = await slotOf(job, { plane, by_outsider: head.by_outsider });
    if (slot.at > plane.clock.now()) return { again: slot.at, result: slot }; // guard: outsiders-have-a-pace
  }
  await github.createCheck({ ...foreignCheck(), name: GATE_CHECK, sha });
  return {};
};

/** One until it is used, however often the pull request is pushed to; strangers take none of the others'. */
const slotOf = async (
  job: JobRecord,
  { plane, by_outsider }: { readonly plane: Plane; readonly by_outsider: boolean },
): Promise<Slot> => {
  const known = JSON.parse(job.result ?? "null") as Slot | null; // guard: one-slot-a-pull-request
  if (typeof known?.at === "number") return known;
  const now = plane.clock.now();
  const key = `gate:${job.installation_id}:${by_outsider ? "outsiders" : "insiders"}`;
  const at = await plane.store.pace(key, { now: now - (MOST_AT_ONCE - 1) * GAP_MS, gap_ms: GAP_MS });
  return { at };
};
