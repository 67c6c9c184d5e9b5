// The mutants of the harness's git settings: each one removed.
import { by, inFile, type Mutant, toMutant } from "./mutant.ts";

const FILE = "action/workbench/git.ts";
const NOTICED = by(
  inFile("workbench/ledger")("keeps each of our settings, whatever is written into its directory"),
);
const TABLE = /(?<=const CONFIG: [^\n]*\{\n)[^}]*(?=\n\};)/;
const SETTING = /^ {2}"([\w.]+)": .*\n?/gm;

export const settingMutants = (source: string): readonly Mutant[] => {
  const names = [...(TABLE.exec(source)?.[0] ?? "").matchAll(SETTING)].map(([, name]) => name ?? "");
  if (names.length < 10) throw new Error(`only ${names.length} settings were found in ${FILE}`);
  return names.map(name =>
    toMutant(
      {
        name: `setting ${name}`,
        file: FILE,
        mutate: text =>
          text.replace(TABLE, table => table.replace(SETTING, (line, found) => (found === name ? "" : line))),
      },
      NOTICED,
    ),
  );
};
