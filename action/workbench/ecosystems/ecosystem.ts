// What a row in the table of ecosystems is, and how manifests are read. Pure.

export interface Root {
  /** The text of a manifest; null if there is none. */
  readonly file: (path: string) => string | null;
  readonly names: readonly string[];
}

/** In the order in which they run. */
export const KINDS = ["static", "build", "test"] as const;
export type Kind = (typeof KINDS)[number];

/** A command that checks a project, and what it needs on the machine. */
export interface Gate {
  readonly kind: Kind;
  /** Must not depend on another command's output: a failed one runs once more on fresh files. */
  readonly command: string;
  /** The name people know it by. */
  readonly program: string;
  /** A shell command that succeeds if the program is there, without network. */
  readonly look: string;
}

export interface Ecosystem {
  /** Paths from the root. */
  readonly manifests: readonly string[];
  /** Commands that prepare a checkout, with network. */
  readonly setup: (root: Root) => readonly string[];
  readonly gates: (root: Root) => readonly Gate[];
}

export const NONE = (): readonly never[] => [];

/** Rows for one program: a kind and a command each. */
export const gatesOf = (
  program: string,
  rows: readonly (readonly [kind: Kind, command: string])[],
  look = `command -v ${program}`,
): readonly Gate[] => rows.map(([kind, command]) => ({ kind, command, program, look }));

export const has = ({ file }: Root, ...paths: readonly string[]): boolean =>
  paths.some(path => file(path) !== null);

/** Line by line: a pattern that may begin with blanks would rescan a run of empty lines from each of them. */
export const hasLine = (text: string | null, pattern: RegExp): boolean =>
  text?.split("\n").some(line => pattern.test(line)) ?? false;

/** Whether a list of requirements, in lower case, names it. */
export const namesPackage = (text: string, name: string): boolean =>
  text.split(/[^\w-]+/).includes(name.toLowerCase());

export const parseObject = (text: string | null): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse((text ?? "{}").replace(/^\ufeff/, ""));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

export const namesIn = (value: unknown): readonly string[] =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];

/** The keys of a table in TOML or an INI file, written as projects do: one key per line. */
export const keysOf = (text: string | null, table: string): readonly string[] => {
  const lines = (text ?? "").split("\n");
  const from = lines.findIndex(line => line.trim() === `[${table}]`);
  if (from < 0) return [];
  const rest = lines.slice(from + 1);
  const to = rest.findIndex(line => line.startsWith("["));
  return rest
    .slice(0, to < 0 ? undefined : to)
    .flatMap(line => /^([\w-]{1,50})\s{0,5}=/.exec(line)?.[1] ?? []);
};
