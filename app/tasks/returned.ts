// A person's rejection: exactly one return, the running pipeline stops, the next one starts with its findings.

import { keys } from "../../core/model/keys.ts";
import { next, publish } from "../../core/model/new-job.ts";
import type { Finding, ReturnCategory } from "../../core/model/return.ts";
import { clean } from "../../core/text/clean.ts";
import { parseConfig } from "../../host/config-file.ts";
import { CONFIG_PATH } from "../plane.ts";
import { hasStarted, type Order } from "./order.ts";
import { unlessOver } from "./over.ts";
import { stopPipeline } from "./stop.ts";

const TEXT_LIMIT = 4_000;

export interface Rejection extends Order {
  readonly category: ReturnCategory;
  readonly text: string;
  readonly findings: readonly Finding[];
}

export const recordReturn = async (rejection: Rejection): Promise<void> => {
  await unlessOver(rejection, () => record(rejection));
};

const record = async (rejection: Rejection): Promise<void> => {
  const { incoming, task, source, by, last, category, text, findings } = rejection;
  const { plane, github, project } = incoming;
  const cleaned = clean(text, { limit: TEXT_LIMIT }).text.trim();
  const row = await plane.store.recordReturn(
    {
      task_id: task.id,
      reason_category: category,
      reason_text: cleaned === "" ? null : cleaned,
      returned_by: `gh:${by.login}`,
      pipeline_id: last === null || last.dry ? null : last.id,
      source,
      actor: by.login,
      pr_number: rejection.place ?? task.pr_number,
      findings:
        cleaned === ""
          ? findings
          : [{ severity: "high", file: null, line: null, issue: cleaned, fix: null }, ...findings],
    },
    plane.clock.now(),
  );
  const number = row?.return_number ?? (await plane.store.task(task.id))?.return_count ?? 0;
  const stop = { by: by.login, reason: "A person returned the work.", source };
  if (last !== null) await stopPipeline(task, { plane, stop, pipeline: last.id });
  const config = parseConfig(await github.file(CONFIG_PATH, project.default_branch), CONFIG_PATH);
  if (await hasStarted(rejection)) return;
  const again = number < config.limits.returns; // guard: limit-of-returns
  const another = next(keys.next(source), { task_id: task.id, after: last?.number ?? 0 });
  await plane.store.askAgain([publish(task.id), ...(again ? [another] : [])], {
    task_id: task.id,
    task: again
      ? { status: "running", status_reason: "" }
      : {
          status: "blocked",
          status_reason: `The limit \`limits.returns\` was reached: ${config.limits.returns}.`,
        },
    at: plane.clock.now(),
  });
};
