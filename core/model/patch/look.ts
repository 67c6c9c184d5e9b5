// A look at a patch that is not the writer's: what a reader should not miss in it. Nothing here refuses anything: the
// gate is told, and whoever reads the pull request. Each note is about a line that is new. Pure, in linear time.
import * as z from "zod";
import type { FileChange } from "../change.ts";
import { newLines, textOf } from "./content-rules.ts";
import { decodedIn, readings } from "./secrets.ts";

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

/** What there is to see, in the order of `files`; of too much the first. */
export const look = (files: readonly Looked[]): readonly Note[] => {
  const known = new Set(files.flatMap(({ before }) => hostsIn(before ?? "")));
  const notes = files.flatMap(file => notesOn(file, known));
  return notes.length <= MOST ? notes : notes.slice(0, MOST);
};

const MOST = 100;
const LONGEST_LINE = 2000;
const OVERLAP = 300;

const notesOn = ({ change, before }: Looked, known: Set<string>): readonly Note[] => {
  if (change.content === null) return [];
  const { path } = change;
  const text = textOf(change);
  if (change.encoding === "base64") {
    const what = opaque(text);
    return what === null ? [] : [{ kind: "opaque", path, line: null, what }];
  }
  const whole = wholeFile(path, { text, before }).map(note => ({ path, ...note }));
  const lines = newLines(text, before ?? "").flatMap(({ text: line, number }) => {
    const at = { path, line: number };
    if (line.length > MINIFIED && CODE.test(path))
      return [{ kind: "opaque" as const, ...at, what: `a line of ${line.length} characters` }];
    return partsOf(line).flatMap(part => onLine(path, part, known).map(note => ({ ...note, ...at })));
  });
  return [...whole, ...lines];
};

/** Long lines in parts that overlap, each short enough for any pattern. */
const partsOf = (line: string): readonly string[] => {
  const parts = [line.slice(0, LONGEST_LINE)];
  for (let at = LONGEST_LINE - OVERLAP; at + OVERLAP < line.length; at += LONGEST_LINE - OVERLAP)
    parts.push(line.slice(at, at + LONGEST_LINE));
  return parts;
};

type Said = Pick<Note, "kind" | "what">;

const onLine = (path: string, line: string, known: Set<string>): readonly Said[] => {
  const notes: Said[] = [];
  // guard: instructions-to-agents, unseen-in-words
  if (
    line.length >= SHORTEST &&
    spokenIn(line).some(text => INSTRUCTIONS.some(pattern => pattern.test(text)))
  )
    notes.push({ kind: "instruction", what: "it speaks to an AI agent" });
  if (UNSEEN.test(line) || line.includes("\x1b"))
    notes.push({ kind: "hidden", what: "it holds characters that nobody sees" });
  if (!PROSE.test(path) && !COMMENT.test(line))
    for (const host of hostsIn(line)) {
      if (known.has(host)) continue; // guard: new-hosts-only
      known.add(host);
      notes.push({ kind: "destination", what: `a new address on the network: ${host}` });
    }
  const installs = INSTALLS.find(({ file, line: pattern }) => file.test(path) && pattern.test(line));
  if (installs !== undefined) notes.push({ kind: "install", what: installs.what });
  return notes;
};

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
/** Nothing that speaks is shorter. */
const SHORTEST = 6;
const WORDS = /[A-Za-z]{3} [A-Za-z]{2}/;

/** Not in a script whose words are joined by them, and not in emoji. */
const UNSEEN = /[A-Za-z0-9][\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]{1,9}[A-Za-z0-9]/;

// ---------------------------------------------------------------- new addresses

const hostsIn = (text: string): readonly string[] =>
  [...text.matchAll(ADDRESS)]
    .map(({ 1: named, 2: number }) => (named ?? number ?? "").toLowerCase().replace(/\.$/, ""))
    .filter(host => host !== "" && !HARMLESS.test(host));

/** With a scheme, or in quotes: `//host` and plain numbers. */
const ADDRESS =
  /(?:\b(?:https?|wss?|ftps?|ssh|git|tcp|udp|ldaps?|smtps?|redis|mongodb|amqps?):\/\/|["'`]\/\/)(?:[^\s/@"'`<>]{0,100}@)?((?:[\p{L}\p{N}_-]{1,63}\.){1,10}[\p{L}\p{N}-]{2,63}\.?)|["'`](\d{1,3}(?:\.\d{1,3}){3})["'`:]/giu;

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
