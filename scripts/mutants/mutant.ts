// A mutant: one source file with one thing removed, and the tests that have to notice.

export interface Mutant {
  /** Its kind, then what it removes: `row …`, `call …`, `setting …`, `authority …`, `header …`, `claim …`, `guard …`. */
  readonly name: string;
  readonly file: string;
  /** Throws if the source is no longer what this was written for. */
  readonly mutate: (source: string) => string;
  /** The likeliest first; the first failure is enough. */
  readonly tests: readonly Spec[];
  /** Why no test can notice it, if so. */
  readonly equivalent: string | null;
}

/** Every test of the file whose full name contains `name`. */
export interface Spec {
  readonly file: string;
  readonly name: string;
}

export interface Noticed {
  readonly tests: readonly Spec[];
  readonly equivalent?: string;
}

/** `file`: below `tests`, without its extension. */
export const inFile =
  (file: string) =>
  (...names: readonly string[]): readonly Spec[] =>
    names.map(name => ({ file: `tests/${file}.test.ts`, name }));

export const by = (...tests: readonly (readonly Spec[])[]): Noticed => ({ tests: tests.flat() });
export const never = (equivalent: string): Noticed => ({ tests: [], equivalent });

export const toMutant = (
  given: Pick<Mutant, "name" | "file" | "mutate">,
  { tests, equivalent }: Noticed,
): Mutant => ({ ...given, tests, equivalent: equivalent ?? null });

/** Appends `change`, an array method call, to the table that starts with `opening` and ends with a line `];`. */
export const changeTable =
  (opening: string, change: string) =>
  (source: string): string => {
    const start = source.indexOf(opening);
    const end = source.indexOf("\n];", start);
    if (start < 0 || end < 0 || source.indexOf(opening, start + 1) >= 0)
      throw new Error(`there is no table ${opening}`);
    return `${source.slice(0, end)}\n]${change}${source.slice(end + 2)}`;
  };

/** Whether Kin runs as root here and so drops its rights. */
export const ROOT = process.getuid?.() === 0;
