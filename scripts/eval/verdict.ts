// Found or missed: the case's checks first, and if all of them hold, the judge.
import type { EvalCase } from "./case.ts";
import { failedChecks } from "./checks.ts";
import { type Judging, judge } from "./judge.ts";
import type { Trial } from "./trial.ts";

export type Arm = "ours" | "generic";

export interface Result {
  readonly id: string;
  readonly arm: Arm;
  /** `not counted`: the model, the judge or the machine failed, which says nothing about the prompt. */
  readonly found: "found" | "missed" | "not counted";
  readonly why: string;
  readonly trial: Trial;
  /** The model that judged, if one was asked. */
  readonly judge: { readonly model: string; readonly usd: number | null } | null;
}

export interface Tried {
  readonly asked: EvalCase;
  readonly arm: Arm;
  readonly trial: Trial;
}

export const resultOf = async ({ asked, arm, trial }: Tried, judging: Judging): Promise<Result> => {
  const told = { id: asked.id, arm, trial, judge: null };
  if (!trial.counts) return { ...told, found: "not counted", why: trial.reason ?? "" };
  const { answer } = trial;
  if (answer === null) return { ...told, found: "missed", why: trial.reason ?? "" };
  const failed = failedChecks(answer, {
    ...asked.wanted.checks,
    ...(arm === "ours" ? asked.wanted.form : {}),
  });
  if (failed.length > 0) return { ...told, found: "missed", why: failed.join("; ") };
  if (asked.wanted.answer === undefined) return { ...told, found: "found", why: "" };
  const judged = await judge({ asked, answer }, judging);
  if (judged.kind === "unjudged") return { ...told, found: "not counted", why: `Not judged: ${judged.why}` };
  const { holds, why, model, usd } = judged;
  return { ...told, found: holds ? "found" : "missed", why, judge: { model, usd } };
};
