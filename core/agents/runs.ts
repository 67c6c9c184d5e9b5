// The commands of a conversation, numbered as the model sees them: an answer names numbers, never commands.

import { type Answer, howVerified } from "../model/answer.ts";
import type { CommandRun, EventOf } from "../model/event.ts";
import { isToolUse, type PersonBlock, type ToolUseBlock } from "../model/message.ts";
import type { Attempt } from "../model/pipeline.ts";
import { isMasked } from "./exit-code.ts";
import { outsideScript } from "./outside-script.ts";

export interface NumberedRun extends CommandRun {
  /** From 1, through the whole conversation. */
  readonly number: number;
  /** Its output as the model saw it; if that is not known, what the journal keeps of it. */
  readonly shown: string;
  /**
   * Which tree it ran on. `kept`: the one that the conversation ends with. `changed`: files were changed after it.
   * `unsure`: another command in the same reply may have changed some.
   */
  readonly tree: "kept" | "changed" | "unsure";
}

/** What a conversation's turns say of its runs; the last may still be under way. */
export type RunTurn = Pick<EventOf<"turn">, "reply" | "results" | "ran" | "wrote">;

export const runsOf = (turns: readonly RunTurn[]): readonly NumberedRun[] => {
  const trees: (string | null)[] = [];
  for (const { wrote } of turns) trees.push(wrote?.tree ?? trees.at(-1) ?? null);
  const last = trees.at(-1) ?? null;
  const runs: NumberedRun[] = [];
  for (const [index, turn] of turns.entries()) {
    const shown = new Map(turn.results.flatMap(shownRun));
    const behind = behindEach(turn);
    for (const [at, run] of turn.ran.entries()) {
      const number = runs.length + 1;
      const tree = trees[index] === last ? (behind[at] ?? "unsure") : "changed";
      runs.push({ ...run, number, shown: shown.get(number) ?? run.output, tree });
    }
  }
  return runs;
};

export const runsIn = ({ turns }: Pick<Attempt, "turns">): readonly NumberedRun[] => runsOf(turns);

/** For each run of a turn, whether calls after it changed files, or may have. */
const behindEach = ({ reply, ran, wrote }: RunTurn): readonly NumberedRun["tree"][] => {
  const calls = reply.content.filter(isToolUse);
  let from = 0;
  return ran.map(({ command }) => {
    const at = calls.findIndex(
      ({ name, input }, index) => index >= from && name === "bash" && commandOf(input) === command,
    );
    from = at + 1;
    const later = calls.slice(from);
    // A reply that leaves files as they were may have changed them, and changed them back.
    if (wrote === null)
      return calls.slice(0, from).some(writes) && later.some(call => writes(call) || call.name === "bash")
        ? "unsure"
        : "kept";
    if (later.some(writes)) return "changed";
    return later.some(({ name }) => name === "bash") ? "unsure" : "kept";
  });
};

const writes = ({ name }: ToolUseBlock): boolean => name === "write" || name === "edit";

/** The command that a call of `bash` asks to run. */
export const commandOf = (input: unknown): unknown =>
  (input as { readonly command?: unknown } | null)?.command;

/** The last line of a command's result begins with its number. */
const NUMBER = /^run (\d+): /;

/** A command's result as the model gets it. */
export const numbered = (
  content: string,
  { number, command }: { readonly number: number; readonly command: string },
): string => {
  const at = content.lastIndexOf("\n") + 1;
  const why = unfit({ command });
  const told =
    why === null ? "" : ` (no proof: ${why.kind === "outside" ? `${why.script} ${NOT_THERE}` : OF_ANOTHER})`;
  return `${content.slice(0, at)}run ${number}: ${content.slice(at)}${told}`;
};

/** Why a run proves nothing, however it ended. */
export type Unfit =
  | { readonly kind: "outside"; readonly script: string }
  /** Its exit code is not a check's. */
  | { readonly kind: "masked" };

export const unfit = ({ command }: Pick<CommandRun, "command">): Unfit | null => {
  const script = outsideScript(command); // guard: scripts-outside-prove-nothing
  if (script !== null) return { kind: "outside", script };
  return isMasked(command) ? { kind: "masked" } : null;
};

/** Said of a script that a run depends on. */
export const NOT_THERE =
  "is outside of the work tree, and not there where others run this; give its text in the command, as in `node - <<'EOF'`, or put it into the tree";

const OF_ANOTHER = "it is of what stands last in the command and is no check; run the check alone";

const shownRun = (block: PersonBlock): readonly (readonly [number, string])[] => {
  if (block.type !== "tool_result" || typeof block.content !== "string") return [];
  const at = block.content.lastIndexOf("\n") + 1;
  const number = NUMBER.exec(block.content.slice(at))?.[1];
  return number === undefined ? [] : [[Number(number), block.content.slice(0, at)]];
};

/** The number of a run; some roles give it as text. Null if it names no run by number. */
export const runNumber = (named: string | number): number | null =>
  typeof named === "number" ? named : Number(/^(?:run )?#?(\d{1,6})$/.exec(named.trim())?.[1] ?? 0) || null;

/** A run named in a text. */
export interface Citation {
  /** Null: of the same conversation. */
  readonly step: number | null;
  readonly run: number;
}

/** "run 7", "runs 3 and 4", "step 1, run 7"; not "runs 13 tests". */
const CITATION =
  /\b(?:step (\d{1,3})(?:'s|,)? )?(?:run (\d{1,4})\b(?! (?:tests?|times))|runs (\d{1,4}(?:(?:, and |, | and )\d{1,4}){1,20}))/gi;

export const withoutCitations = (text: string): string => text.replace(CITATION, "");

export const citationsIn = (text: string): readonly Citation[] =>
  [...text.matchAll(CITATION)].flatMap(([, step, one, several = one ?? ""]) =>
    several
      .split(/\D+/)
      .map(number => ({ step: step === undefined ? null : Number(step), run: Number(number) })),
  );

/** The runs of a conversation that its answer names, wherever it does. */
export const runsNamed = (answer: Answer, runs: readonly NumberedRun[]): readonly NumberedRun[] => {
  const listed = Array.isArray(answer.commands_run) ? answer.commands_run : [];
  const numbers = new Set([
    ...howVerified(answer).map(runNumber),
    ...listed,
    ...citationsIn(JSON.stringify(answer)).flatMap(({ step, run }) => (step === null ? [run] : [])),
  ]);
  return runs.filter(({ number }) => numbers.has(number));
};
