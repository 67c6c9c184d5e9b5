// A workflow run ended. If its pipeline is not over, the runner was lost, cancelled, or never claimed.
import { marks } from "../../core/model/keys.ts";
import { publish } from "../../core/model/new-job.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import type { GitHubRun } from "../github/port.ts";
import type { Plane } from "../plane.ts";
import { appendOwn } from "../runs/journal.ts";
import { isKin } from "../tasks/authority.ts";
import { isDryRun } from "../tasks/dry-run.ts";
import { stateFact } from "../tasks/state.ts";
import type { Incoming } from "./incoming.ts";

export const MOST_DISPATCHES = 4;

export const onRunCompleted = async ({ signal, plane, github }: Incoming): Promise<void> => {
  if (signal.run === null) return;
  const run = await github.run(signal.run.id);
  if (run === null || run.status !== "completed") return;
  const open = (await plane.store.openPipelines()).find(p => p.run_id === String(run.id));
  if (open === undefined) return afterVerdict(run, plane);
  if (run.attempt !== (open.run_attempt ?? run.attempt)) return;
  const last = (await plane.store.journal(open.id, open.seq - 1)).at(-1);
  // Its plan waits for a person, without a run.
  if (last?.data.kind === "plan_held") return;
  const claimed = (await plane.store.journal(open.id, 0, { kind: "claimed" })).length > 0;
  // guard: stopped-behind-the-claim
  if (claimed && run.conclusion === "cancelled" && signal.sender !== null && !isKin(signal.sender, plane)) {
    const reason = `The workflow run was cancelled by ${signal.sender.login}: ${run.html_url}`;
    return end(open, { plane, outcome: "stopped", reason });
  }
  // A single failure may be the runner's; a workflow that cannot work fails again.
  if (!claimed && run.conclusion === "failure" && open.dispatches > 1) {
    const reason = `The workflow run failed before it reached Kin. Its log says why: ${run.html_url}`;
    return end(open, { plane, outcome: "blocked", reason });
  }
  const reason = `The workflow run ended (${run.conclusion ?? "no conclusion"}) before the pipeline did: ${run.html_url}`;
  await resume(open, { plane, reason });
};

/** Its `verdict` job will not report any more, so what it did not report is now looked up, or else posted. */
const afterVerdict = async (run: GitHubRun, plane: Plane): Promise<void> => {
  const [, id = ""] = /\(([\w-]+)\)$/.exec(run.title) ?? [];
  const record = await plane.store.pipeline(id);
  if (record === null || record.run_id !== String(run.id) || record.outcome !== "returned") return;
  await plane.store.markOnce(marks.runOver(run.id), { now: plane.clock.now() });
  await plane.store.askAgain([publish(record.task_id)]);
};

/** Gives the pipeline to another run, a few times; after that a person has to look. */
export const resume = async (
  pipeline: PipelineRecord,
  { plane, reason }: Omit<Ending, "outcome">,
): Promise<void> => {
  if (pipeline.dispatches >= MOST_DISPATCHES) {
    const why = `${reason}\nKin started ${pipeline.dispatches} runs for this pipeline. Look at their logs, then use \`/kin rerun\`.`;
    return end(pipeline, { plane, outcome: "blocked", reason: why });
  }
  const task = await plane.store.task(pipeline.task_id);
  if (task === null) return;
  await plane.store.updatePipeline(pipeline.id, { lease_hash: null, lease_until: null });
  await appendOwn(plane, { pipeline: pipeline.id, task, events: [{ kind: "interrupted", reason }] });
};

interface Ending {
  readonly plane: Plane;
  readonly outcome: "stopped" | "blocked";
  readonly reason: string;
}

export const end = async (pipeline: PipelineRecord, { plane, outcome, reason }: Ending): Promise<void> => {
  const task = await plane.store.task(pipeline.task_id);
  if (task === null) return;
  await plane.store.updatePipeline(pipeline.id, { lease_hash: null, lease_until: null });
  // Before it ends, because after a crash an ended pipeline would not be found again.
  if (outcome === "stopped" && !(await isDryRun(pipeline.id, plane)))
    await stateFact(task, { kind: "run_cancelled", reason }, { plane });
  const events = [{ kind: "finished", outcome, reason, return: null }] as const;
  await appendOwn(plane, { pipeline: pipeline.id, task, events });
};
