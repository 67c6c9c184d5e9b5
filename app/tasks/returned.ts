// A person's rejection: exactly one return, the running pipeline stops, the next one starts with its findings.

import type { NewReturn } from "../../core/model/fact.ts";
import type { Finding, ReturnCategory } from "../../core/model/return.ts";
import { clean } from "../../core/text/clean.ts";
import type { Order } from "./order.ts";
import { unlessOver } from "./over.ts";
import { readConfig } from "./start.ts";
import { stateFact } from "./state.ts";
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
  const { plane, github, project, task, source, by, last, category, text, findings } = rejection;
  const cleaned = clean(text, { limit: TEXT_LIMIT }).text.trim();
  const made: NewReturn = {
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
  };
  await stateFact(task, { kind: "returned", return: made }, { plane });
  const return_number = (await plane.store.returnOf(source))?.return_number ?? 0;
  const stop = { by: by.login, reason: "A person returned the work.", source };
  if (last !== null) await stopPipeline(task, { plane, ...stop, pipeline: last.id });
  const { returns: limit } = (await readConfig(github, project)).limits;
  const heard = { kind: "return_heard", of: last?.number ?? 0, source, return_number, limit } as const;
  await stateFact(task, heard, { plane });
};
