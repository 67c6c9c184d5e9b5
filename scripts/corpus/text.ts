// Hostile text: every row of the corpus in six mutations, then random texts, through the cleaning on the way in.
import { HIDDEN, inputs, MUTATIONS, survived, unsettled } from "../../tests/text/corpus.ts";

export interface TextSettings {
  readonly seed: number;
  readonly full: boolean;
}

/** Returns what got through, one line each; prints a table. */
export const playTexts = ({ seed, full }: TextSettings): readonly string[] => {
  const failures: string[] = [];
  console.log("mutation          rows  must be  failures");
  for (const [mutation, { becomes }] of Object.entries(MUTATIONS)) {
    const wrong = HIDDEN.flatMap(([row, name, text]) => {
      const why = survived(mutation, text);
      return why === null ? [] : [`${row}, ${name}, ${mutation}: ${why}`];
    });
    console.log(
      `${mutation.padEnd(16)}  ${String(HIDDEN.length).padStart(4)}  ${becomes.padEnd(7)}  ${wrong.length}`,
    );
    failures.push(...wrong);
  }
  const count = full ? 100_000 : 10_000;
  const loose = [...inputs(count, seed)].filter(unsettled);
  console.log(`${"random texts".padEnd(16)}  ${count}  settled  ${loose.length}`);
  failures.push(...loose.slice(0, 20).map(text => `random: ${JSON.stringify(text)}`));
  for (const failure of failures) console.error(`  ${failure}`);
  return failures;
};
