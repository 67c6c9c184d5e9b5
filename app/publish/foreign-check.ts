// `kin/gate` on pull requests that are not Kin's, and on heads that Kin did not make: neutral, so that the
// check can be required without blocking anybody.
import { publish } from "../../core/pipeline/consequences.ts";
import { foreignCheck } from "../../core/report/gate-check.ts";
import type { Incoming } from "../intake/incoming.ts";
import { GATE_CHECK } from "../plane.ts";

export const postGateCheck = async ({ signal, plane, project, github }: Incoming): Promise<void> => {
  if (signal.pull !== null) {
    const task = await plane.store.findTask({ project_id: project.id, pr_number: signal.pull });
    const pull = await github.pull(signal.pull);
    if (pull === null) return;
    // Of another head as well: what was left to GitHub's auto-merge was another commit.
    if (task !== null) await plane.store.askAgain([publish(task.id)]); // guard: pushes-are-looked-at
    if (pull.head.sha === task?.head_sha) return;
    return post(pull.head.sha);
  }
  if (signal.sha === null) return;
  const task = await plane.store.findTask({ project_id: project.id, head_sha: signal.sha });
  if (task !== null) {
    return plane.store.askAgain([publish(task.id)], {
      task_id: task.id,
      task: { published: { ...task.published, check: undefined } as never },
      at: plane.clock.now(),
    });
  }
  await post(signal.sha);

  async function post(sha: string): Promise<void> {
    const own = await plane.store.findTask({ project_id: project.id, head_sha: sha });
    if (own !== null || (await github.checkOf(sha, { name: GATE_CHECK, app_id: plane.app.id })) !== null)
      return;
    await github.createCheck({ ...foreignCheck(), name: GATE_CHECK, sha });
  }
};
