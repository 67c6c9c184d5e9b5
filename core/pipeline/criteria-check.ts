// Whether an answer says for each acceptance criterion whether it is met, and which run shows it.
import { NOT_THERE, type NumberedRun, runNumber, unfit } from "../agents/runs.ts";
import { type Answer, CriterionCheck, howVerified } from "../model/answer.ts";

export interface Checked {
  /** The task's, in order. */
  readonly criteria: readonly string[];
  readonly runs: readonly NumberedRun[];
  /** Whether its role runs commands: then a run shows what is met. */
  readonly mayRun: boolean;
}

/** Sentences for the model; each names its criterion. */
export const criteriaProblems = (answer: Answer, { criteria, runs, mayRun }: Checked): readonly string[] => {
  if (criteria.length === 0) return [];
  const checks = checksOf(answer);
  const said = criteria.map((_, index) => checks.findLast(({ criterion }) => criterion === index + 1));
  const missing = said.flatMap((check, index) => (check === undefined ? [index + 1] : []));
  if (missing.length > 0)
    return [
      `criteria_check: say of each acceptance criterion by its number whether it is met${mayRun ? ", and by which run" : ""}; ${missing.join(", ")} is missing.`,
    ];
  return said.flatMap(check => {
    const problem = check === undefined ? null : problemOf(check, { answer, runs, mayRun });
    return problem === null ? [] : [`criteria_check: ${problem}`];
  });
};

export const checksOf = ({ criteria_check }: Answer): readonly CriterionCheck[] =>
  CriterionCheck.array().safeParse(criteria_check).data ?? [];

const problemOf = (
  { criterion, met, run }: CriterionCheck,
  { answer, runs, mayRun }: Omit<Checked, "criteria"> & { readonly answer: Answer },
): string | null => {
  if (!met)
    return answer.verdict === "approved"
      ? `criterion ${criterion} is not met, and then the verdict is \`changes_requested\`.`
      : null;
  if (!mayRun) return null;
  if (run == null) return `name the run that shows criterion ${criterion} to be met.`;
  const ran = runs[run - 1];
  if (ran === undefined)
    return `criterion ${criterion} names run ${run}; this conversation has ${runs.length}.`;
  if (ran.tree === "changed")
    return `files were changed after run ${run}, which criterion ${criterion} names; run it once more.`;
  // It may name only what a proof may name.
  const why = unfit(ran); // guard: criteria-by-their-own-exit-code
  if (why?.kind === "outside")
    return `run ${run}, which criterion ${criterion} names, rests on ${why.script}, which ${NOT_THERE}.`;
  if (why?.kind === "masked")
    return `the exit code of run ${run}, which criterion ${criterion} names, is not a check's own; run the check alone, and name that run.`;
  // If an approval's own proof is red, the exit code makes it a rejection.
  const isProof = answer.verdict === "approved" && howVerified(answer).map(runNumber).includes(run);
  return ran.exit_code === 0 || isProof
    ? null
    : `run ${run}, which criterion ${criterion} names, did not exit with 0. Where its red part is not about this criterion, run what shows it alone.`;
};
