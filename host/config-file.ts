// Reads `.github/kin.yml` of a repository's default branch.
import { isNode, isScalar, Lexer, LineCounter, parseDocument, visit } from "yaml";
import { Config } from "../core/model/config.ts";
import { KinError } from "../core/model/error.ts";
import { configProblem, problemsText } from "./config-problem.ts";
import { requireNarrow } from "./public-suffix.ts";

const LARGEST = 64 * 1024;
const DEEPEST = 16;
// The lexer's tokens. A file of 64 KiB that people write has a few thousand; each may be an error that takes the parser ten
// microseconds.
const MOST_TOKENS = 10_000;

/** Throws `config_invalid` with file, key, what was found, what is allowed. A missing or empty file is all defaults. */
export const parseConfig = (text: string | null, file: string): Config => {
  if (text === null || text.trim() === "") return Config.parse({});
  const written = readPlainYaml(text, file) ?? {};
  const parsed = Config.safeParse(written);
  if (parsed.success) return requireNarrow(parsed.data, file);
  throw invalid(problemsText(parsed.error.issues, issue => configProblem(issue, { file, written })));
};

/** Plain values only: no alias, no tag, no duplicate key, and no depth that would block the process. */
export const readPlainYaml = (text: string, file: string): unknown => {
  if (text.length > LARGEST) throw invalid(`${file} is larger than 64 KiB.`); // guard: yaml-bytes
  const excess = excessOf(text);
  if (excess !== null) throw invalid(`${file} ${excess}.`);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: "core",
    uniqueKeys: false,
    lineCounter: lines,
    // Otherwise a sentence with its line is made for every error, in time that grows with the line; only one is shown.
    prettyErrors: false, // guard: yaml-plain-errors
  });
  // An unknown tag is only a warning to the parser, which accepts its value.
  const [problem] = [...document.errors, ...document.warnings];
  const at = (node: unknown) =>
    `${file}:${lines.linePos((isNode(node) ? node.range?.[0] : undefined) ?? 0).line}`;
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    const [message = ""] = problem.message.split("\n");
    throw invalid(
      `${file}:${line} is not valid YAML: ${message.replace(/ at line \d+, column \d+:?$/, "")}.`,
    );
  }
  visit(document, {
    Alias: (_, alias) => {
      throw invalid(`${at(alias)} refers to another value with \`*${alias.source}\`. Write the value out.`);
    },
    Map: (_, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) throw invalid(`${at(map)} has a key that is no text.`);
        if (seen.has(key.value)) throw invalid(`${at(key)} has the key \`${key.value}\` twice.`);
        seen.add(key.value);
      }
    },
  });
  return document.toJS();
};

/**
 * What is too much before anything is parsed: tokens, nested brackets, and lists or maps nested on one line. Deeper block
 * nesting would need more text than is allowed.
 */
const excessOf = (text: string): string | null => {
  let open = 0;
  let begun = 0;
  let colons = 0;
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    if (++tokens > MOST_TOKENS) return `has more than ${MOST_TOKENS} words and marks`; // guard: yaml-tokens
    if (token === "[" || token === "{") open += 1;
    else if (token === "]" || token === "}") open -= 1;
    else if (token === "-" || token === "?") begun += 1;
    else if (token.startsWith("\n")) begun = 0;
    // Empty keys, nested in each other.
    if (token === ":") colons += 1;
    else if (token.trim() !== "") colons = 0;
    // guard: yaml-depth
    if (open > DEEPEST || begun > DEEPEST || colons > DEEPEST)
      return `is nested more than ${DEEPEST} levels deep`;
  }
  return null;
};

const invalid = (message: string): KinError =>
  new KinError(message, {
    code: "config_invalid",
    hint: "Mend the file on the default branch; docs/configuration.md lists every key with its values.",
  });
