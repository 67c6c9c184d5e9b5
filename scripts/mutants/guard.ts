// Single guards: each line marked by a comment `// guard: NAME`, with its effect undone.
import { type Mutant, type Noticed, toMutant } from "./mutant.ts";

export interface Guard extends Noticed {
  readonly name: string;
  /** Must occur once in the marked line and those after it. */
  readonly from: string;
  readonly to: string;
}

/** How many lines belong to a mark, including its own. */
const REACH = 9;
const MARK = /\/\/ guard: ([a-z0-9-]+(?:, [a-z0-9-]+)*)$/;

export const g = (name: string, from: string, to: string, noticed: Noticed): Guard => ({
  name,
  from,
  to,
  ...noticed,
});

/** `sources`: every file that may contain marks, by path. Throws if marks and guards do not match. */
export const guardMutants = (
  sources: ReadonlyMap<string, string>,
  areas: readonly Readonly<Record<string, readonly Guard[]>>[],
): readonly Mutant[] => {
  const told = new Map<string, Guard & { readonly file: string }>();
  for (const [file, guards] of areas.flatMap(area => Object.entries(area)))
    for (const guard of guards) {
      if (told.has(guard.name)) throw new Error(`there are two guards ${guard.name}`);
      told.set(guard.name, { ...guard, file });
    }
  const marks = [...sources].flatMap(([file, source]) => marksOf(source).map(name => ({ file, name })));
  const problems = marks.flatMap(({ file, name }, at) => {
    if (marks.findIndex(other => other.name === name) !== at) return [`${name} is marked twice`];
    const guard = told.get(name);
    if (guard === undefined) return [`the mark ${name} in ${file} has no row in scripts/mutants`];
    return guard.file === file ? [] : [`${name} is marked in ${file} and not in ${guard.file}`];
  });
  for (const name of told.keys())
    if (!marks.some(mark => mark.name === name)) problems.push(`${name} is marked nowhere`);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return [...told.values()].map(guard =>
    toMutant(
      { name: `guard ${guard.name}`, file: guard.file, mutate: source => without(guard, source) },
      guard,
    ),
  );
};

const marksOf = (source: string): readonly string[] =>
  source.split("\n").flatMap(line => MARK.exec(line)?.[1]?.split(", ") ?? []);

const without = ({ name, from, to }: Guard, source: string): string => {
  const lines = source.split("\n");
  const at = lines.findIndex(line => MARK.exec(line)?.[1]?.split(", ").includes(name));
  const reached = lines.slice(at, at + REACH).join("\n");
  if (reached.split(from).length !== 2)
    throw new Error(
      `the mark ${name} is followed by ${reached.split(from).length - 1} of ${JSON.stringify(from)}`,
    );
  return [...lines.slice(0, at), reached.replace(from, () => to), ...lines.slice(at + REACH)].join("\n");
};
