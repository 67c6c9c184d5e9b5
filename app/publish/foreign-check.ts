// `kin/gate` on other people's pull requests, and on heads that Kin did not make: neutral, so that requiring the check
// blocks nobody.
import type { JobOf, Slot } from "../../core/model/job.ts";
import { keys } from "../../core/model/keys.ts";
import { gate, publish } from "../../core/model/new-job.ts";
import { foreignCheck } from "../../core/report/gate-check.ts";
import type { Incoming } from "../intake/incoming.ts";
import type { Done } from "../jobs/done.ts";
import { GATE_CHECK, type Plane } from "../plane.ts";

/**
 * What Kin made is published again. Other checks are deferred: anybody may push to any number of pull requests, and
 * each check is a write that other people's own would wait for.
 */
export const lookAtHead = async ({ signal, plane, project }: Incoming): Promise<void> => {
  const { pull, sha } = signal;
  const repository = { id: project.id };
  if (pull !== null) {
    const task = await plane.store.findTask({ project_id: project.id, pr_number: pull });
    // Even if the head is another one: what was left to GitHub's auto-merge was another commit.
    if (task !== null) await plane.store.askAgain([publish(task.id)]); // guard: pushes-are-looked-at
    return plane.store.askAgain([gate({ repository, pull, by_outsider: signal.by_outsider })]);
  }
  if (sha === null) return;
  const task = await plane.store.findTask({ project_id: project.id, head_sha: sha });
  if (task === null) return plane.store.askAgain([gate({ repository, sha })]);
  const { check: _, ...published } = task.published;
  await plane.store.notePublished(task.id, { published }, plane.clock.now());
  return plane.store.askAgain([publish(task.id)]);
};

/** So many pull requests of an installation get their check at once, then one more per gap. */
const MOST_AT_ONCE = 20;
const GAP_MS = 10_000;

export const performGate = async (job: JobOf<"gate">, plane: Plane): Promise<Done> => {
  const { repository, ...head } = job.data;
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
    if (slot.at > plane.clock.now()) return { again: slot.at, left: slot }; // guard: outsiders-have-a-pace
  }
  await github.createCheck({ ...foreignCheck(), name: GATE_CHECK, sha });
  return {};
};

/** A pull request keeps one slot until it is used, however often it is pushed to. Outsiders take no slots from others. */
const slotOf = async (
  job: JobOf<"gate">,
  { plane, by_outsider }: { readonly plane: Plane; readonly by_outsider: boolean },
): Promise<Slot> => {
  if (job.left !== null) return job.left; // guard: one-slot-a-pull-request
  const now = plane.clock.now();
  const key = keys.gates(job.installation_id, by_outsider ? "outsiders" : "insiders");
  const at = await plane.store.pace(key, { now: now - (MOST_AT_ONCE - 1) * GAP_MS, gap_ms: GAP_MS });
  return { at };
};
