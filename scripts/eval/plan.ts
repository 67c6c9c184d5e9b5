// `--dry-run` as text.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGit } from "../../action/workbench/git.ts";
import { lookBetween } from "../../action/workbench/look.ts";
import { findProgram } from "../../action/workbench/toolchain.ts";
import type { Roster } from "../../core/model/role.ts";
import type { EvalCase } from "./case.ts";
import { estimateOf, judgeEstimate } from "./estimate.ts";
import { withGenericPrompt } from "./generic.ts";
import { JUDGE_MODEL } from "./judge.ts";
import { money, sum } from "./report.ts";
import { layFiles } from "./repository.ts";

export interface Loaded {
  readonly roster: Roster;
  readonly preamble: string;
  /** Where git is found. */
  readonly path: string;
}

export const planLines = async (cases: readonly EvalCase[], loaded: Loaded): Promise<readonly string[]> => {
  const planned = await Promise.all(
    cases.map(async asked => ({ asked, ...(await bothOf(asked, loaded)), judge: judgeEstimate(asked) })),
  );
  const lines = planned.map(({ asked, ours, generic, judge }) =>
    [
      asked.id,
      `${ours.request.model}, about ${ours.turns} turns`,
      `ours ${ours.tokens} tokens, ${money(ours.usd)}`,
      `generic ${generic.tokens} tokens, ${money(generic.usd)}`,
      `judge twice ${money(sum([judge, judge]))}`,
    ].join("; "),
  );
  const usd = sum(planned.flatMap(({ ours, generic, judge }) => [ours.usd, generic.usd, judge, judge]));
  return [
    ...lines,
    `Cases: ${cases.length}, each with two prompts; judge: ${JUDGE_MODEL}. Likely cost: ${money(usd)}, a guess from the length of the first requests.`,
  ];
};

/** The first request with our prompt in full, and what the generic one has in the role's place. */
export const requestText = async (asked: EvalCase, loaded: Loaded): Promise<string> => {
  const { ours, generic } = await bothOf(asked, loaded);
  const message = ours.request.messages[0]?.content[0];
  return [
    ...ours.request.system.map(
      ({ text }, index) => `\n----- ${asked.id}: system, block ${index + 1}\n\n${text}`,
    ),
    `\n----- ${asked.id}: in place of block 3, with the generic prompt\n\n${generic.request.system[2]?.text ?? ""}`,
    `\n----- ${asked.id}: first message\n\n${message?.type === "text" ? message.text : ""}`,
    `\n----- ${asked.id}: tools\n\n${ours.request.tools.map(({ name }) => name).join(", ")}`,
  ].join("\n");
};

const bothOf = async (asked: EvalCase, { path, ...loaded }: Loaded) => {
  const laid = await laidOut(asked, path);
  return {
    ours: estimateOf(asked, { ...loaded, laid }),
    generic: estimateOf(asked, { ...loaded, laid, roster: withGenericPrompt(loaded.roster, asked.role) }),
  };
};

/** The patch as a gate sees it, without a sandbox: nothing of the case runs. */
const laidOut = async (asked: EvalCase, path: string) => {
  const directory = mkdtempSync(join(tmpdir(), "kin-eval-plan-"));
  try {
    const laid = layFiles(directory, { asked, path });
    const git = openGit({ dir: join(directory, ".git"), program: findProgram("git", path) ?? "git" });
    return { ...laid, look: await lookBetween(git, [laid.baseTree, laid.tree]) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
