// A look at a patch by somebody other than its writer: what a reader should not miss. Nothing here refuses anything; the
// gate is told, and whoever reads the pull request. Each note is about a new line. Pure, in linear time.
import * as z from "zod";
import type { FileChange } from "../change.ts";
import { JOINING } from "../unseen.ts";
import { dataKind, rawOf, textOf } from "./bytes.ts";
import { linesWith } from "./content-rules.ts";
import { CLOAKS, decodedIn, readings } from "./secrets.ts";

export const Note = z.object({
  kind: z.enum(["instruction", "destination", "install", "opaque", "hidden"]),
  path: z.string(),
  /** From 1; null if it is about the whole file. */
  line: z.number().int().positive().nullable(),
  what: z.string(),
});
export type Note = z.infer<typeof Note>;

export interface Looked {
  readonly change: FileChange;
  /** What the file held before; null if it is new. */
  readonly before: string | null;
}

const MOST = 100;

/** What there is to see, in the order of `files`; the first `most` notes. */
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
  if (change.encoding === "base64") {
    const raw = rawOf(change.content) ?? "";
    if (dataKind(path, raw) === "seen") return; // guard: only-pictures-are-seen
    yield { kind: "opaque", path, line: null, what: opaque(raw) };
  }
  const read = textOf(change);
  for (const note of wholeFile(path, { text: read, before })) yield { path, ...note };
  const odd = oddEnd(read, before ?? "");
  if (odd !== null) yield { kind: "hidden", path, line: odd, what: ODD }; // guard: ends-that-nobody-sees
  const { text, numbers } = inLines(read);
  const sights = sightsOf(path, known);
  const seen = seenIn(text, sights);
  if (seen === null) return;
  const lines = text.split("\n");
  const old = new Set(inLines(before ?? "").text.split("\n"));
  for (const [index, line] of lines.entries()) {
    const by = seen[index + 1] ?? 0;
    if (by === 0 || old.has(line)) continue;
    const at = { path, line: numbers?.[index] ?? index + 1 };
    if (isLong(path, line)) {
      yield { kind: "opaque", ...at, what: `a line of ${line.length} characters` };
      continue;
    }
    for (const part of partsOf(line))
      for (const [bit, { notes }] of sights.entries())
        if ((by & (1 << bit)) !== 0) for (const note of notes(part)) yield { ...note, ...at };
  }
}

/** The first line, as a reader counts, with a new line end that readers do not see. */
const oddEnd = (text: string, before: string): number | null => {
  if (!ODD_END.test(text)) return null;
  const old = new Set(before.split("\n"));
  for (const number of linesWith(text, UNSEEN_END, (_, line) => !old.has(line))) return number;
  return null;
};

interface Lines {
  readonly text: string;
  /** For each of its lines, the number that a reader knows it by; absent: its own. */
  readonly numbers?: Uint32Array;
}

/** A line ends wherever any language ends one; a reader counts the ends that an editor and a diff show. */
const inLines = (text: string): Lines => {
  if (!ODD_END.test(text)) return { text };
  const numbers = new Uint32Array(text.length + 1);
  let [at, number] = [0, 1];
  numbers[0] = number;
  // guard: ends-of-lines
  const ended = text.replace(END, end => {
    if (end.endsWith("\n")) number++;
    numbers[++at] = number;
    return "\n";
  });
  return { text: ended, numbers };
};

const ODD_END = /[\r\v\f\x85\u2028\u2029]/;
const ODD = "a line ends in it where readers see no end";
const UNSEEN_END = /\r(?!\n)|[\x85\u2028\u2029]/;
const END = /\r\n|[\n\r\v\f\x85\u2028\u2029]/g;

/** Something to look for in a line. */
interface Sight {
  /** Numbers of the lines that may hold it. */
  readonly lines: (text: string) => Iterable<number>;
  readonly notes: (line: string) => readonly Said[];
}

/** In the order in which their notes on one line are given. */
const sightsOf = (path: string, known: Set<string>): readonly Sight[] => {
  const rows = INSTALLS.filter(({ file }) => file.test(path));
  return [
    ...(CODE.test(path) ? [LONG] : []),
    ...[AGENTS, HIDDEN],
    ...(PROSE.test(path) ? [] : [destinations(path, known)]),
    ...(rows.length === 0 ? [] : [installing(rows)]),
  ];
};

/** For each line, from 1, a bit for each sight that may see something; null if none does. */
const seenIn = (text: string, sights: readonly Sight[]): Uint8Array | null => {
  let seen: Uint8Array | null = null;
  for (const [bit, { lines }] of sights.entries())
    for (const number of lines(text)) {
      seen ??= new Uint8Array(text.length + 2);
      seen[number] = (seen[number] ?? 0) | (1 << bit);
    }
  return seen;
};

/** A long line in overlapping parts, each short enough for any pattern. */
const partsOf = (line: string): readonly string[] => {
  const parts = [line.slice(0, LONGEST_LINE)];
  for (let at = LONGEST_LINE - OVERLAP; at + OVERLAP < line.length; at += LONGEST_LINE - OVERLAP)
    parts.push(line.slice(at, at + LONGEST_LINE));
  return parts;
};

type Said = Pick<Note, "kind" | "what">;

const isLong = (path: string, line: string): boolean => line.length > MINIFIED && CODE.test(path);

/** Nobody reads such a line, so nothing else in it is noted. */
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

/** In plain text, broken up by invisible characters, or encoded. */
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

/** Each host is noted once, where it first appears: `lines` skips those already known or met. */
const destinations = (path: string, known: Set<string>): Sight => ({
  *lines(text) {
    const met = new Set<string>();
    const isNew = (match: RegExpExecArray, line: string): boolean => {
      const host = hostOf(match);
      if (host === null || known.has(host) || met.has(host)) return false;
      if (isLong(path, line) || isComment(path, line)) return false;
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

/** Tested line by line, because no match may reach back into earlier lines; few files have any. */
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

/** As it stands, and decoded if that gives words. */
const spokenIn = (line: string): readonly string[] => [
  ...readings(line),
  ...decodedIn(line).filter(text => WORDS.test(text)), // guard: coded-instructions
];
const WORDS = /[A-Za-z]{3} [A-Za-z]{2}/;

/** Inside a word or a name, but not in scripts that join words with them, nor in emoji. */
const UNSEEN = new RegExp(
  [
    `[A-Za-z0-9][${JOINING}]{1,9}[A-Za-z0-9]`,
    // Some languages count these as letters, so that they make another name.
    "[\\w$][\\u034f\\u17b4\\u17b5\\u200c\\u200d]{1,9}(?![\\p{L}\\p{M}])",
    "\\x1b",
  ].join("|"),
  "u",
);

// ---------------------------------------------------------------- new addresses

const hostsIn = (text: string): readonly string[] =>
  [...text.matchAll(new RegExp(ADDRESS, "giu"))].flatMap(match => hostOf(match) ?? []);

const hostOf = ({ 1: named, 2: number }: RegExpExecArray): string | null => {
  const host = (named ?? number ?? "").toLowerCase().replace(/\.$/, "");
  return host === "" || HARMLESS.test(host) ? null : host;
};

/** After a scheme, or in quotes: `//host` and plain numbers. */
const ADDRESS =
  /(?:\b(?:https?|wss?|ftps?|ssh|git|tcp|udp|ldaps?|smtps?|redis|mongodb|amqps?):\/\/|["'`]\/\/)(?:[^\s/@"'`<>]{0,100}@)?((?:[\p{L}\p{N}_-]{1,63}\.){1,10}[\p{L}\p{N}-]{2,63}\.?)|["'`](\d{1,3}(?:\.\d{1,3}){3})["'`:]/iu;

/** This machine, reserved names that lead nowhere, names that only identify a format, and package registries. */
const HARMLESS =
  /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|(?:.*\.)?example(?:\.\w+)?|.*\.(?:test|invalid|localhost|local|internal)|(?:www\.)?w3\.org|json-schema\.org|schemas?\.[\w.-]+|json\.schemastore\.org|(?:www\.)?apache\.org|xmlns\.[\w.-]+|registry\.(?:npmjs\.org|yarnpkg\.com)|(?:files\.pythonhosted|pypi)\.org|(?:static\.|index\.)?crates\.io|proxy\.golang\.org|rubygems\.org|repo1?\.maven\.(?:apache\.)?org)$/;

const PROSE = /\.(?:md|markdown|rst|adoc|po|pot)$|(?:^|\/)(?:license|notice|changelog|authors)[^/]*$/i;
/** Certainly a comment: in a language whose comments begin so, and with nothing that could be code or end it. */
const isComment = (path: string, line: string): boolean =>
  line.length <= LONGEST_LINE &&
  COMMENTS.some(({ file, begins }) => file.test(path) && begins.test(line)) &&
  !CODE_IN_IT.test(line);

const CODE_IN_IT = /["`{}]|(?<!\p{L})'|'(?!\p{L})|\*\/|\]\]|-->/u;

export const COMMENTS: readonly { readonly file: RegExp; readonly begins: RegExp }[] = [
  {
    file: /\.(?:[cm]?[jt]sx?|json[5c]|[ch]|cc|cpp|cxx|c\+\+|hh|hpp|hxx|inl|mm?|cs|fs[ix]?|go|rs|java|kts?|scala|sc|swift|dart|php|groovy|gradle|proto|zig|s[ac]ss|less|sv?|sol|glsl|wgsl|metal|cu|d|pas|v)$/i,
    begins: /^\s*\/\//,
  },
  {
    file: /\.(?:[cm]?[jt]sx?|[ch]|cc|cpp|hpp|mm?|cs|java|kts?|scala|php|css|s[ac]ss|less)$/i,
    begins: /^\s*\*\s/,
  },
  {
    file: /\.(?:pyi?|pyx|rb|rake|gemspec|php|sh|bash|zsh|fish|ps[dm]?1|p[lm]|r|jl|exs?|cr|nim|tcl|coffee|ya?ml|toml|tf|hcl|nix|cmake|mk|mak|conf|cfg|ini|properties|env|dockerfile|gitignore|awk|sed)$|(?:^|\/)(?:Makefile|Dockerfile|Gemfile|Rakefile|CMakeLists\.txt|requirements[\w.-]{0,60}\.txt|\.\w+ignore)$/i,
    begins: /^\s*#\s/,
  },
  { file: /\.(?:sql|hs|lua|elm|ad[abs]|vhdl?|purs)$/i, begins: /^\s*--\s/ },
];

// ---------------------------------------------------------------- what installs

const SCRIPTS = [
  ...["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "prepublish"],
  ...["prepublishOnly", "prepack", "postpack", "dependencies"],
  ...["pre-install-cmd", "post-install-cmd", "pre-update-cmd", "post-update-cmd", "post-autoload-dump"],
];

/** `scripts` that package managers run by themselves; parsed, so that no spelling of JSON hides one. */
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

/** Files that run when a project is built or installed, merely because they exist. */
export const PROGRAMS: readonly Installs[] = [
  { file: /(?:^|\/)build\.rs$/, what: "cargo runs it before it builds" },
  { file: /(?:^|\/)binding\.gyp$/, what: "npm builds it when the package is installed" },
  { file: /(?:^|\/)setup\.py$/, what: "pip runs it when the package is installed" },
  { file: /(?:^|\/)extconf\.rb$/, what: "gem runs it when the package is installed" },
];

/** Lines that make something run at build or installation. */
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
    file: /(?:^|\/)package\.(?:json5|ya?ml)$/,
    line: new RegExp(`(?:^|[{,])\\s*["']?(?:${SCRIPTS.join("|")})["']?\\s*:`),
    what: "it runs by itself when packages are installed or packed",
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

/** Names data, and whatever else is not text, by how it begins. */
const opaque = (raw: string): string => {
  const known = MAGIC.find(({ begins }) => raw.startsWith(begins));
  return `${known?.what ?? "no text"}, ${raw.length} bytes`;
};

const MAGIC = [
  { begins: "\x7fELF", what: "a program" },
  { begins: "MZ", what: "a program" },
  { begins: "\xcf\xfa\xed\xfe", what: "a program" },
  { begins: "\xca\xfe\xba\xbe", what: "a program" },
  { begins: "\0asm", what: "a program" },
  { begins: "PK\x03\x04", what: "an archive" },
  { begins: "\x1f\x8b", what: "an archive" },
];
