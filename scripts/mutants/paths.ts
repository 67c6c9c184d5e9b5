// The mutants of what a patch may contain: each protected glob, kind of secret, odd name and pattern removed, and the
// guards of their code.
import { DATA } from "../../core/model/patch/bytes.ts";
import { COMMENTS, INSTALLS, INSTRUCTIONS, PROGRAMS } from "../../core/model/patch/look.ts";
import { NAMES } from "../../core/model/patch/path-rules.ts";
import { PROTECTED } from "../../core/model/patch/protected.ts";
import { CODES, SECRETS } from "../../core/model/patch/secrets.ts";
import { type Guard, g } from "./guard.ts";
import { by, changeTable, inFile, type Mutant, type Noticed, toMutant } from "./mutant.ts";

const commits = inFile("model-rules/commits");
const look = inFile("model-rules/look");
const protectedPaths = inFile("model-rules/protected");
const publish = inFile("app/publish");
const pull = inFile("report/pull");
const record = inFile("workbench/record");
const rules = inFile("workbench/rules");
const safe = inFile("text/safe");
const secrets = inFile("model-rules/secrets");

export const pathMutants = (): readonly Mutant[] => [
  ...PROTECTED.flatMap(row => row.globs).map(glob =>
    toMutant(
      {
        name: `path ${glob}`,
        file: "core/model/patch/protected.ts",
        mutate: changeTable(
          "export const PROTECTED",
          `.map(row => ({ ...row, globs: row.globs.filter(glob => glob !== ${JSON.stringify(glob)}) }))`,
        ),
      },
      by(protectedPaths("is protected, and a person is told why")),
    ),
  ),
  ...rowsOf("secret", {
    file: "core/model/patch/secrets.ts",
    table: "export const SECRETS",
    names: SECRETS.map(({ what }) => what),
    noticed: by(secrets("in plain", "a key that has no shape of its own is known by its name")),
  }),
  ...rowsOf("secret of a patch", {
    file: "core/model/patch/secrets.ts",
    table: "export const SECRETS",
    names: SECRETS.map(({ what }) => what),
    change: index => `.map((row, index) => (index === ${index} ? { ...row, real: /^(?!)/ } : row))`,
    noticed: by(secrets("in plain", "a key that has no shape of its own is known by its name")),
  }),
  ...rowsOf("code", {
    file: "core/model/patch/secrets.ts",
    table: "export const CODES",
    names: CODES.map((_, index) => String(index + 1)),
    noticed: by(secrets("in base64", "in hex")),
  }),
  ...rowsOf("name", {
    file: "core/model/patch/path-rules.ts",
    table: "export const NAMES",
    names: NAMES.map(({ why }) => why),
    noticed: by(protectedPaths("a name that is another one somewhere is refused"), rules("is refused")),
  }),
  ...rowsOf("look instruction", {
    file: "core/model/patch/look.ts",
    table: "export const INSTRUCTIONS",
    names: INSTRUCTIONS.map((_, index) => String(index + 1)),
    noticed: by(look("text that speaks to an agent")),
  }),
  ...rowsOf("look install", {
    file: "core/model/patch/look.ts",
    table: "export const INSTALLS",
    names: INSTALLS.map(({ file }) => String(file)),
    noticed: by(look("what runs when packages are installed or built")),
  }),
  ...rowsOf("look comment", {
    file: "core/model/patch/look.ts",
    table: "export const COMMENTS",
    names: COMMENTS.map(({ begins }) => String(begins)),
    noticed: by(look("in a comment of a language that begins one with")),
  }),
  ...rowsOf("data", {
    file: "core/model/patch/bytes.ts",
    table: "export const DATA",
    names: DATA.map(({ file }) => String(file)),
    noticed: by(look("is data by its name and its beginning together")),
  }),
  ...rowsOf("data by its beginning", {
    file: "core/model/patch/bytes.ts",
    table: "export const DATA",
    names: DATA.map(({ file }) => String(file)),
    change: index => `.map((row, index) => (index === ${index} ? { ...row, begins: /^(?!)/ } : row))`,
    noticed: by(look("is data by its name and its beginning together")),
  }),
  ...rowsOf("look program", {
    file: "core/model/patch/look.ts",
    table: "export const PROGRAMS",
    names: PROGRAMS.map(({ file }) => String(file)),
    noticed: by(look("what runs when packages are installed or built")),
  }),
  ...SWAPS.map(({ name, file, from, to, ...noticed }) =>
    toMutant({ name: `patch ${name}`, file, mutate: swap(from, to) }, noticed),
  ),
];

interface Rows {
  readonly file: string;
  readonly table: string;
  readonly names: readonly string[];
  /** What becomes of the table; if absent, the row is removed. */
  readonly change?: (index: number) => string;
  readonly noticed: Noticed;
}

const rowsOf = (kind: string, { file, table, names, change = leftOut, noticed }: Rows): readonly Mutant[] =>
  names.map((name, index) =>
    toMutant({ name: `${kind} ${name}`, file, mutate: changeTable(table, change(index)) }, noticed),
  );

const leftOut = (index: number): string => `.filter((_, index) => index !== ${index})`;

const swap =
  (from: string, to: string) =>
  (source: string): string => {
    if (source.split(from).length !== 2) throw new Error(`there is not one ${JSON.stringify(from)}`);
    return source.replace(from, () => to);
  };

const REFUSED = "what a runner tells of is refused by the App itself";

interface Swap extends Noticed {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const inSource = (file: string, name: string, from: string, to: string, noticed: Noticed): Swap => ({
  file,
  ...g(name, from, to, noticed),
});

/** Places where the App applies the rules, and what a text is cleaned of. */
const SWAPS: readonly Swap[] = [
  inSource(
    "core/pipeline/patch.ts",
    "places",
    "placeProblem(change.path, rules.protected) ??",
    "",
    by(commits("with a built-in protected path"), publish(REFUSED)),
  ),
  inSource(
    "core/pipeline/patch.ts",
    "kinds",
    "kindProblem(change, files) ??",
    "",
    by(commits("a submodule is refused")),
  ),
  inSource(
    "core/pipeline/patch.ts",
    "collisions",
    "colliding.get(change.path) ??",
    "",
    by(commits("a file and a file below it is refused"), publish(REFUSED)),
  ),
  inSource(
    "core/pipeline/patch.ts",
    "content",
    'contentProblem(change, rules.before.get(change.path) ?? "")',
    "null",
    by(commits("with a secret"), publish(REFUSED)),
  ),
  inSource(
    "core/pipeline/patch.ts",
    "directories-that-are-deleted",
    "content === null && !files.has(path)",
    "content === null && files.size < 0",
    by(commits("a directory that is deleted as if it were a file is refused")),
  ),
  inSource(
    "app/publish/commits.ts",
    "tree-below",
    "files: await publishing.github.files(parent, touched),",
    "files: new Map(),",
    by(publish(REFUSED)),
  ),
  inSource(
    "app/publish/commits.ts",
    "notes",
    "notes: [...(await notesUpTo(publishing, placed))]",
    "notes: []",
    by(publish("what the App sees in a patch stands on the pull request")),
  ),
  inSource(
    "core/text/scrub.ts",
    "blank-before-a-colon",
    "signed-off-by)[ \\t]*:",
    "signed-off-by):",
    by(safe("A value is told without its effects: trailers with a blank")),
  ),
  inSource(
    "core/text/scrub.ts",
    "skip-anything",
    "|skip[ \\\\t]{1,9}[\\\\w.-]{1,40}",
    "",
    by(safe("A value is told without its effects: what skips what no list knows")),
  ),
  inSource(
    "core/text/closing.ts",
    "blanks-before-a-number",
    "[\\s:*_~[\\](){}\"'\\\\<>-]*)",
    "[\\s:*_~[\\](){}\"'\\\\<>-]{0,18})",
    by(pull("However much stands between a word and a number")),
  ),
  inSource(
    "core/text/scrub.ts",
    "signed-off-by",
    "|signed-off-by",
    "",
    by(safe("A value is told without its effects: somebody's signature")),
  ),
  inSource(
    "core/text/scrub.ts",
    "skip-checks",
    '.replace(/\\b(skip-checks)[ \\t]*:[ \\t]*/gi, "$1 ")',
    "",
    by(safe("A value is told without its effects: a trailer that skips CI")),
  ),
  inSource(
    "core/text/safe.ts",
    "room",
    "if (next.length > form.limit) room -=",
    "if (false as boolean) room -=",
    by(safe("A cut leaves room for what it turns from code into text")),
  ),
];

export const PATH_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "core/text/neutral.ts": [
    g(
      "commands-in-code",
      'code.replace(OTHERS, "$1/ ").replace(BOTS, "@ ")',
      "code",
      by(safe("Code of several lines commands no other bot")),
    ),
  ],
  "app/publish/commits.ts": [
    g(
      "limits-of-a-pull-request",
      "(await pullProblem(publishing, placed)) ??",
      "",
      by(publish("a pull request holds as much as a patch may")),
    ),
    g(
      "pull-in-part",
      "if (differs === null) return UNLISTED;",
      "if (differs === null) return null;",
      by(publish("where GitHub lists the branch in part")),
    ),
    g(
      "overlap-in-part",
      "if (theirs === null) return ",
      "if (theirs === null) return null; void ",
      by(publish("where GitHub lists what was pushed in part")),
    ),
  ],
  "core/report/commit-message.ts": [
    g("closing-words-across-parts", "closesNothing(", "String(", by(pull("No word of a commit's subject"))),
  ],
  "core/report/pull-body.ts": [
    g("closing-words-in-code", "text: closesNothing(text)", "text", by(pull("closes nothing by its code"))),
  ],
  "core/pipeline/patch.ts": [
    g(
      "no-secret-in-a-reason",
      'secretProblem(path, "") === null',
      "path.length > 0",
      by(commits("with a secret as a name")),
    ),
  ],
  "core/model/patch/path-rules.ts": [
    g("longest-path", "byteLength(path) > MAX_PATH", "false", by(rules("is refused"))),
    g("dashed-name", 'path.startsWith("-")', "false", by(rules('the name "-rf" is refused'))),
    g("plain-path", "if (!isPlain)", "if (false as boolean)", by(rules("is refused"))),
    g("longest-name", "byteLength(segment) > MAX_NAME", "false", by(rules("is refused"))),
    g(
      "streams",
      'name.replace(/:.*$/s, "")',
      "name",
      by(protectedPaths("a protected file is so in every disguise")),
    ),
    g("ordinary-spelling", "ORDINARY.has(name)", "false", by(rules('".GITIGNORE" is protected'))),
    g(
      "globs-of-the-config",
      "matchesAnyGlob(path, globs) ||",
      "",
      by(rules("the config's globs protect too, in any letter case")),
    ),
    g(
      "globs-in-any-case",
      'fold(glob, "NFKC")',
      "glob",
      by(rules("the config's globs protect too, in any letter case")),
    ),
    g(
      "denied-paths",
      "matchesAnyGlob(path, scope.paths_denied)",
      "false",
      by(rules("refuses what is denied, even inside its paths")),
    ),
    g(
      "own-paths",
      "scope.paths !== null &&",
      "false &&",
      by(rules("allows what its paths match and nothing else")),
    ),
  ],
  "core/model/patch/patch-rules.ts": [
    g(
      "case-twins",
      "if (other !== undefined && !old.has(prefix))",
      "if (false as boolean)",
      by(rules("names that collide")),
    ),
    g(
      "file-and-directory",
      "else if (kinds?.file && kinds.directory)",
      "else if (false as boolean)",
      by(commits("a file and a file below it is refused")),
    ),
  ],
  "core/model/patch/content-rules.ts": [
    g("read-as-it-is-committed", "raw === null", "false", by(look("and what is no base64 everywhere"))),
    g(
      "no-secret-in-a-name",
      'secretProblem(path, "") === null',
      "true",
      by(secrets("a file's name, and an address, tell no secret"), record("a secret as a name")),
    ),
    g(
      "no-bare-repository",
      "headProblem(change.path, text) ??",
      "",
      by(look("what makes its directory a repository to git")),
    ),
    g(
      "hidden-characters",
      "hiddenProblem(text, previous)",
      "null",
      by(look("a file is refused that holds what only a machine reads")),
    ),
    g("no-secrets", "secretProblem(text, previous)", "null", by(commits("with a secret"))),
  ],
  "core/model/patch/secrets.ts": [
    g(
      "cut-before-it-was-coded",
      ".flatMap(readingsOfBytes)",
      "",
      by(secrets("cut by what nobody sees before it was coded")),
    ),
  ],
  "core/report/link.ts": [
    g(
      "no-secret-in-an-address",
      "withoutSecrets(url) !== url",
      "false",
      by(secrets("a file's name, and an address, tell no secret")),
    ),
  ],
  "core/text/plain.ts": [
    g(
      "no-secret-in-a-line",
      "withoutSecrets(visible(lines(text)).text)",
      "visible(lines(text)).text",
      by(secrets("a title and a message of a commit hold no secret", "a line of a log hold no secret")),
    ),
  ],
  "core/model/patch/look.ts": [
    g("coded-instructions", "WORDS.test(text)", "false", by(look("in a code, cut by what nobody sees"))),
    g(
      "notes-are-bounded",
      "notes.length === most",
      "false",
      by(look("of very much the first hundred are told")),
    ),
    g(
      "instructions-to-agents",
      "spokenIn(line).some(",
      "[''].some(",
      by(look("text that speaks to an agent")),
    ),
    g(
      "only-pictures-are-seen",
      'dataKind(path, raw) === "seen"',
      "raw.length > 0",
      by(look("bytes that are no text are read as whoever runs the file reads them")),
    ),
    g(
      "ends-of-lines",
      "text.replace(END",
      "text.replace(/\\r?\\n/g",
      by(look("a line ends where some language ends it")),
    ),
    g("ends-that-nobody-sees", "odd !== null", "odd === 0", by(look("and one that readers do not see"))),
    g("unseen-in-words", "UNSEEN.test(line)", "false", by(look("a word that holds what nobody sees"))),
    g(
      "new-hosts-only",
      "known.size < known.add(host).size",
      "known.add(host)",
      by(look("is new where neither its file nor another one of the patch had it")),
    ),
    g(
      "install-scripts",
      "if (was.get(name) === value) continue;",
      "if (name) continue;",
      by(look("a new script postinstall of package.json")),
    ),
  ],
};
