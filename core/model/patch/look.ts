// A look at a patch that is not the writer's: what a reader should not miss in it. Nothing here refuses anything: the
// gate is told, and whoever reads the pull request. Each note is about a line that is new. Pure, in linear time.
import * as z from "zod";
import type { FileChange } from "../change.ts";
import { linesWith, textOf } from "./content-rules.ts";
import { CLOAKS, decodedIn, readings } from "./secrets.ts";

export const Note = z.object({
  kind: z.enum(["instruction", "destination", "install", "opaque", "hidden"]),
  path: z.string(),
  /** From 1; null where it is about the whole file. */
  line: z.number().int().positive().nullable(),
  what: z.string(),
});
export type Note = z.infer<typeof Note>;

export interface Looked {
  readonly change: FileChange;
  /** What the file held before; null: there was none. */
  readonly before: string | null;
}

const MOST = 100;

/** What there is to see, in the order of `files`; of more than `most` the first. */
export const look = (files: readonly Looked[], most = MOST): readonly Note[] => {
  const known = new Set(files.flatMap(({ before }) => hostsIn(before ?? "")));
  const notes: Note[] = [];
  for (const file of files)
    for (const note of notesOn(file, known)) {
      notes.push(note);
      if (notes.length === most) return notes; // guard: notes-are-bounded
    }
  return notes;
};

const LONGEST_LINE = 2000;
const OVERLAP = 300;

function* notesOn({ change, before }: Looked, known: Set<string>): Generator<Note> {
  if (change.content === null) return;
  const { path } = change;
  const text = textOf(change);
  if (change.encoding === "base64") {
    const what = opaque(text);
    if (what !== null) yield { kind: "opaque", path, line: null, what };
    return;
  }
  for (const note of wholeFile(path, { text, before })) yield { path, ...note };
  const sights = sightsOf(path, known);
  const seen = seenIn(text, sights);
  if (seen === null) return;
  const lines = text.split("\n");
  const old = new Set((before ?? "").split("\n"));
  for (const [index, line] of lines.entries()) {
    const by = seen[index + 1] ?? 0;
    if (by === 0 || old.has(line)) continue;
    const at = { path, line: index + 1 };
    if (isLong(path, line)) {
      yield { kind: "opaque", ...at, what: `a line of ${line.length} characters` };
      continue;
    }
    for (const part of partsOf(line))
      for (const [bit, { notes }] of sights.entries())
        if ((by & (1 << bit)) !== 0) for (const note of notes(part)) yield { ...note, ...at };
  }
}

/** Something that there is to see in a line. */
interface Sight {
  /** Numbers of the lines in which it may be. */
  readonly lines: (text: string) => Iterable<number>;
  readonly notes: (line: string) => readonly Said[];
}

/** In the order in which what they see in one line is told. */
const sightsOf = (path: string, known: Set<string>): readonly Sight[] => {
  const rows = INSTALLS.filter(({ file }) => file.test(path));
  return [
    ...(CODE.test(path) ? [LONG] : []),
    ...[AGENTS, HIDDEN],
    ...(PROSE.test(path) ? [] : [destinations(path, known)]),
    ...(rows.length === 0 ? [] : [installing(rows)]),
  ];
};

/** For each line, from 1, a bit for each of them that may see something; null where none does. */
const seenIn = (text: string, sights: readonly Sight[]): Uint8Array | null => {
  let seen: Uint8Array | null = null;
  for (const [bit, { lines }] of sights.entries())
    for (const number of lines(text)) {
      seen ??= new Uint8Array(text.length + 2);
      seen[number] = (seen[number] ?? 0) | (1 << bit);
    }
  return seen;
};

/** Long lines in parts that overlap, each short enough for any pattern. */
const partsOf = (line: string): readonly string[] => {
  const parts = [line.slice(0, LONGEST_LINE)];
  for (let at = LONGEST_LINE - OVERLAP; at + OVERLAP < line.length; at += LONGEST_LINE - OVERLAP)
    parts.push(line.slice(at, at + LONGEST_LINE));
  return parts;
};

type Said = Pick<Note, "kind" | "what">;

const isLong = (path: string, line: string): boolean => line.length > MINIFIED && CODE.test(path);

/** Nobody reads such a line; nothing else in it is told. */
const LONG: Sight = {
  *lines(text) {
    let number = 1;
    for (let begin = 0; begin + MINIFIED < text.length; number++) {
      const end = text.indexOf("\n", begin);
      if (end < 0 || end - begin > MINIFIED) yield number;
      if (end < 0) return;
      begin = end + 1;
    }
  },
  notes: () => [],
};

/** In plain, cut by what nobody sees, or coded. */
const AGENTS: Sight = {
  *lines(text) {
    for (const pattern of [...INSTRUCTIONS, ...CLOAKS]) yield* linesWith(text, pattern);
  },
  notes: line =>
    // guard: instructions-to-agents
    spokenIn(line).some(text => INSTRUCTIONS.some(pattern => pattern.test(text)))
      ? [{ kind: "instruction", what: "it speaks to an AI agent" }]
      : [],
};

const HIDDEN: Sight = {
  lines: text => linesWith(text, UNSEEN),
  notes: line =>
    UNSEEN.test(line) ? [{ kind: "hidden", what: "it holds characters that nobody sees" }] : [], // guard: unseen-in-words
};

/** Each is told once, where it stands first: `lines` passes over what is known, and over what it has met. */
const destinations = (path: string, known: Set<string>): Sight => ({
  *lines(text) {
    const met = new Set<string>();
    const isNew = (match: RegExpExecArray, line: string): boolean => {
      const host = hostOf(match);
      if (host === null || known.has(host) || met.has(host)) return false;
      if (COMMENT.test(line) || isLong(path, line)) return false;
      met.add(host);
      return true;
    };
    for (const number of linesWith(text, ADDRESS, isNew)) {
      yield number;
      if (met.size >= MOST) return;
    }
  },
  notes: line => {
    const hosts = hostsIn(line).filter(host => known.size < known.add(host).size); // guard: new-hosts-only
    return hosts.map(host => ({ kind: "destination", what: `a new address on the network: ${host}` }));
  },
});

/** Asked of each line: what stands before it on others is no part of it, and few files have any. */
const installing = (rows: readonly (typeof INSTALLS)[number][]): Sight => ({
  *lines(text) {
    for (const [index, line] of text.split("\n").entries())
      if (rows.some(row => row.line.test(line))) yield index + 1;
  },
  notes: line => {
    const row = rows.find(row => row.line.test(line));
    return row === undefined ? [] : [{ kind: "install", what: row.what }];
  },
});

// ---------------------------------------------------------------- text for agents

const WHO =
  "(?:AIs?|LLMs?|language models?|(?:AI|coding|autonomous) (?:agents?|assistants?|reviewers?|models?)|assistants?|agents?|Claude|Copilot|Cursor|Gemini|Codex|ChatGPT)";

export const INSTRUCTIONS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass)\s{1,3}(?:(?:all|any|of|the|your|my|these|those)\s{1,3}){0,4}(?:previous|prior|above|earlier|preceding|system|original|other)\s{1,3}(?:\w{1,20}\s{1,3})?(?:instructions?|prompts?|directives|guidelines)\b/i,
  /\byou are (?:now |actually )?(?:an? |the )?(?:helpful |new |autonomous |coding )?(?:AI|LLM|language model|coding agent|assistant)\b/i,
  new RegExp(
    `\\b(?:note|notes|notice|instructions?|attention|important|message|reminder|hint)\\s{1,3}(?:to|for)\\s{1,3}(?:all |any |the |every )?${WHO}\\b`,
    "i",
  ),
  new RegExp(`\\bif you(?:'re| are) (?:an? |the )?${WHO}\\b`, "i"),
  /\b(?:AI|LLM|coding|autonomous) (?:agents?|assistants?|models?|reviewers?)[,:]? (?:must|should|shall|need to|have to|are required to|please)\b/i,
  /\b(?:AI (?:agents?|assistants?)|LLMs?|Claude|Copilot|Gemini|ChatGPT)\s{0,3}[:,]\s{0,3}(?:please )?(?:run|execute|ignore|read|send|post|fetch|download|delete|remove|approve|merge|add|write|use|do not|don't|always|never|you must)\b/i,
  /\b(?:do not|don't|never) (?:tell|inform|alert|warn|mention (?:this|it) to|reveal (?:this|it) to|show (?:this|it) to) (?:the |any |a )?(?:user|human|reviewer|developer|maintainer)s?\b/i,
  /\b(?:please|just|must|should|always) (?:approve|merge) this\b/i,
  /<\|(?:im_start|im_end|system|endoftext|start_header_id)\|>|\[\/?INST\]|<\/?system-reminder>|<<\/?SYS>>/i,
];

/** As it stands, and what is coded in it where that has words. */
const spokenIn = (line: string): readonly string[] => [
  ...readings(line),
  ...decodedIn(line)
    .flatMap(readings)
    .filter(text => WORDS.test(text)), // guard: coded-instructions
];
const WORDS = /[A-Za-z]{3} [A-Za-z]{2}/;

/** Not in a script whose words are joined by them, and not in emoji. */
const UNSEEN = new RegExp(
  ["[A-Za-z0-9][\\u00ad\\u180e\\u200b-\\u200f\\u2060-\\u2064\\ufeff]{1,9}[A-Za-z0-9]", "\\x1b"].join("|"),
);

// ---------------------------------------------------------------- new addresses

const hostsIn = (text: string): readonly string[] =>
  [...text.matchAll(new RegExp(ADDRESS, "giu"))].flatMap(match => hostOf(match) ?? []);

const hostOf = ({ 1: named, 2: number }: RegExpExecArray): string | null => {
  const host = (named ?? number ?? "").toLowerCase().replace(/\.$/, "");
  return host === "" || HARMLESS.test(host) ? null : host;
};

/** With a scheme, or in quotes: `//host` and plain numbers. */
const ADDRESS =
  /(?:\b(?:https?|wss?|ftps?|ssh|git|tcp|udp|ldaps?|smtps?|redis|mongodb|amqps?):\/\/|["'`]\/\/)(?:[^\s/@"'`<>]{0,100}@)?((?:[\p{L}\p{N}_-]{1,63}\.){1,10}[\p{L}\p{N}-]{2,63}\.?)|["'`](\d{1,3}(?:\.\d{1,3}){3})["'`:]/iu;

/** This machine, names that lead nowhere, names that are none but of a format, and where packages come from. */
const HARMLESS =
  /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|(?:.*\.)?example(?:\.\w+)?|.*\.(?:test|invalid|localhost|local|internal)|(?:www\.)?w3\.org|json-schema\.org|schemas?\.[\w.-]+|json\.schemastore\.org|(?:www\.)?apache\.org|xmlns\.[\w.-]+|registry\.(?:npmjs\.org|yarnpkg\.com)|(?:files\.pythonhosted|pypi)\.org|(?:static\.|index\.)?crates\.io|proxy\.golang\.org|rubygems\.org|repo1?\.maven\.(?:apache\.)?org)$/;

const PROSE = /\.(?:md|markdown|rst|adoc|po|pot)$|(?:^|\/)(?:license|notice|changelog|authors)[^/]*$/i;
/** Surely nothing else: a line of code can begin with a star, too, but then has its address in quotes. */
const COMMENT = /^\s*(?:\/\/|#\s|(?:\*|--)\s(?!.*["'`]))/;

// ---------------------------------------------------------------- what installs

const SCRIPTS = [
  ...["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "prepublish"],
  ...["prepublishOnly", "prepack", "postpack", "dependencies"],
  ...["pre-install-cmd", "post-install-cmd", "pre-update-cmd", "post-update-cmd", "post-autoload-dump"],
];

/** `scripts` that package managers run by themselves: parsed, so that no spelling of JSON hides one. */
const scriptsOf = (text: string): ReadonlyMap<string, string> => {
  try {
    const { scripts } = JSON.parse(text.replace(/^\ufeff/, "")) as { scripts?: Record<string, unknown> };
    return new Map(
      Object.entries(scripts ?? {}).flatMap(([name, value]) =>
        SCRIPTS.includes(name) ? [[name, JSON.stringify(value)] as const] : [],
      ),
    );
  } catch {
    return new Map();
  }
};

const wholeFile = (
  path: string,
  { text, before }: { readonly text: string; readonly before: string | null },
): readonly Omit<Note, "path">[] => {
  const notes: Omit<Note, "path">[] = [];
  if (/(?:^|\/)(?:package|composer)\.json$/.test(path)) {
    const was = scriptsOf(before ?? "");
    const lines = text.split("\n");
    for (const [name, value] of scriptsOf(text)) {
      if (was.get(name) === value) continue; // guard: install-scripts
      const at = lines.findIndex(line => line.includes(`"${name}"`));
      notes.push({
        kind: "install",
        line: at < 0 ? null : at + 1,
        what: `\`${name}\` runs by itself when packages are installed or packed`,
      });
    }
  }
  const program = PROGRAMS.find(({ file }) => file.test(path));
  if (program !== undefined && before === null)
    notes.push({ kind: "install", line: null, what: program.what });
  return notes;
};

interface Installs {
  readonly file: RegExp;
  readonly what: string;
}

/** Files that run when a project is built or installed because they are there. */
export const PROGRAMS: readonly Installs[] = [
  { file: /(?:^|\/)build\.rs$/, what: "cargo runs it before it builds" },
  { file: /(?:^|\/)binding\.gyp$/, what: "npm builds it when the package is installed" },
  { file: /(?:^|\/)setup\.py$/, what: "pip runs it when the package is installed" },
  { file: /(?:^|\/)extconf\.rb$/, what: "gem runs it when the package is installed" },
];

/** Lines that make something run at a build or an installation. */
export const INSTALLS: readonly (Installs & { readonly line: RegExp })[] = [
  {
    file: /(?:^|\/)setup\.py$/,
    line: /\bcmdclass\b/,
    what: "its own commands run when the package is installed",
  },
  {
    file: /\.gradle(?:\.kts)?$/,
    line: /\bapply\s{0,3}\(?\s{0,3}(?:plugin|from)\b|\bid\s{0,3}\(?\s{0,3}["'][\w.-]+["']\s{0,3}\)?\s{1,3}version\b|\bclasspath\b/,
    what: "a plugin that runs at every build",
  },
  {
    file: /(?:^|\/)Cargo\.toml$/,
    line: /^\s*(?:build|links|proc-macro)\s*=/,
    what: "it runs when the crate is built",
  },
  {
    file: /(?:^|\/)pyproject\.toml$/,
    line: /^\s*(?:build-backend|backend-path|requires)\s*=/,
    what: "it says what builds the package",
  },
  { file: /(?:^|\/)pom\.xml$/, line: /<(?:plugin|extension)>/, what: "a plugin that runs at every build" },
  { file: /\.gemspec$/, line: /\bextensions\b/, what: "it is built when the package is installed" },
  {
    file: /\.(?:cs|fs|vb)proj$|\.(?:props|targets)$/,
    line: /<(?:Exec|UsingTask|Import)\b/,
    what: "it runs at every build",
  },
  {
    file: /(?:^|\/)package\.json$/,
    line: /^\s*"(?!url")[^"]{1,214}":\s*"(?:github|gitlab|bitbucket|gist|git|git\+[a-z]{2,5}|file|link|portal|exec|patch):/,
    what: "it is installed from somewhere else than a registry",
  },
  {
    file: /(?:^|\/)(?:requirements|constraints)[^/]*\.(?:txt|in)$/,
    line: /^\s*(?:-e|--editable|-i|--(?:extra-)?index-url|--find-links|-f)\b|^\s*[\w.[\],-]{1,100}\s?@\s|^\s*(?:git\+|https?:|file:|\.{1,2}\/)/,
    what: "it is installed from somewhere else than the usual index",
  },
];

// ---------------------------------------------------------------- what nobody can read

const CODE = /\.(?:[cm]?[jt]sx?|css|py|rb|php|sh|go|rs|java|kt|cs|lua|pl)$/;
const MINIFIED = 5000;

/** Pictures and fonts are what they are; the rest is named by how it begins. */
const opaque = (bytes: string): string | null => {
  if (PICTURES.some(begins => bytes.startsWith(begins))) return null;
  const known = MAGIC.find(({ begins }) => bytes.startsWith(begins));
  return `${known?.what ?? "no text"}, ${bytes.length} bytes`;
};

const PICTURES = [
  ...["\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF", "\0\0\x01\0", "BM"],
  ...["wOFF", "wOF2", "\0\x01\0\0", "OTTO"],
];
const MAGIC = [
  { begins: "\x7fELF", what: "a program" },
  { begins: "MZ", what: "a program" },
  { begins: "\xcf\xfa\xed\xfe", what: "a program" },
  { begins: "\xca\xfe\xba\xbe", what: "a program" },
  { begins: "\0asm", what: "a program" },
  { begins: "PK\x03\x04", what: "an archive" },
  { begins: "\x1f\x8b", what: "an archive" },
];
