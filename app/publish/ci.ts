// `ci: wait`: Kin's commit is ready when all other checks on it are green; red ones are worked on first.

import { marks } from "../../core/model/keys.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { Finding } from "../../core/model/return.ts";
import { clean } from "../../core/text/clean.ts";
import type { ForeignCheck } from "../github/port.ts";
import { WORKFLOW } from "../plane.ts";
import { stateFact } from "../tasks/state.ts";
import { note, type Publishing } from "./publishing.ts";

const LOOK_MS = 20_000;
/** How long after a commit its checks may still be missing. */
const GRACE_MS = 60_000;
/** How long checks are awaited; after that people see what there is. */
const PATIENCE_MS = 30 * 60_000;

/** While checks are awaited, returns when to look again; until then the pull request stays a draft. */
export const publishCi = async (publishing: Publishing): Promise<number | null> => {
  const { plane, github, view } = publishing;
  const { task } = view;
  const last = view.pipelines.at(-1);
  const config = last?.pipeline.opening.config;
  if (task.status !== "review" || task.head_sha === null || config?.ci !== "wait") return null;
  if (task.published.ci === task.head_sha) return null;
  const checks = await github.foreignChecks(task.head_sha, { app_id: plane.app.id });
  const red = checks.filter(check => check.state === "failed");
  if (red.length > 0) return workOn(red, publishing);
  const since = Date.parse(last?.record.completed_at ?? "");
  const now = plane.clock.now();
  const pending = checks.some(check => check.state === "pending");
  const mayCome =
    checks.length === 0 && now < since + GRACE_MS && (await github.hasWorkflowsBeside(WORKFLOW));
  if ((pending && now < since + PATIENCE_MS) || mayCome) return now + LOOK_MS;
  await note(publishing, { ci: task.head_sha });
  return null;
};

/**
 * Starts a pipeline for what the checks found, as often as revisions are allowed; after that a person has to look. Not
 * a return, because nobody judged the work.
 */
const workOn = async (red: readonly ForeignCheck[], { plane, view }: Publishing): Promise<number | null> => {
  const { task } = view;
  const last = view.pipelines.at(-1);
  if (last === undefined) return null;
  const { revisions } = last.pipeline.opening.config.limits;
  const used = await countRounds(task, { plane, most: revisions });
  const names = red.map(check => check.name).join(", ");
  if (used >= revisions) {
    const reason = `Checks on Kin's commit are red: ${names}. Mend them or the code, then use \`/kin rerun\`; \`ci: ignore\` in \`.github/kin.yml\` does not wait for them.`;
    await stateFact(task, { kind: "blocked", cause: "checks", reason }, { plane });
    return null;
  }
  await plane.store.markOnce(marks.checksRound(task, used + 1), { now: plane.clock.now() });
  const { id: pipeline, number } = last.record;
  await stateFact(task, { kind: "checks_red", pipeline, number, findings: red.map(toFinding) }, { plane });
  return null;
};

const countRounds = async (
  task: TaskRecord,
  { plane, most }: { readonly plane: Publishing["plane"]; readonly most: number },
): Promise<number> => {
  for (let n = 0; n < most; n++)
    if ((await plane.store.marked(marks.checksRound(task, n + 1))) === null) return n;
  return most;
};

const toFinding = ({ name, summary, url }: ForeignCheck): Finding => ({
  severity: "high",
  file: null,
  line: null,
  issue: clean(`The check "${name}" is red on Kin's commit. ${summary}`.trim(), { limit: 4000 }).text,
  fix: url === null ? null : `Its log: ${url}`,
});
