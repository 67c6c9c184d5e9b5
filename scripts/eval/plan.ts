// `--dry-run` as text.
import type { Roster } from "../../core/model/role.ts";
import type { EvalCase } from "./case.ts";
import { estimateOf, judgeEstimate } from "./estimate.ts";
import { withGenericPrompt } from "./generic.ts";
import { JUDGE_MODEL } from "./judge.ts";
import { money, sum } from "./report.ts";

export interface Loaded {
  readonly roster: Roster;
  readonly preamble: string;
}

export const planLines = (cases: readonly EvalCase[], loaded: Loaded): readonly string[] => {
  const planned = cases.map(asked => ({ asked, ...bothOf(asked, loaded), judge: judgeEstimate(asked) }));
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

/** The first request of our prompt in full, and what stands in the role's place in the generic one. */
export const requestText = (asked: EvalCase, loaded: Loaded): string => {
  const { ours, generic } = bothOf(asked, loaded);
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

const bothOf = (asked: EvalCase, loaded: Loaded) => ({
  ours: estimateOf(asked, loaded),
  generic: estimateOf(asked, { ...loaded, roster: withGenericPrompt(loaded.roster, asked.role) }),
});
