// What a repository already has, looked up by the words of a task before anybody writes: declarations whose names contain
// some of them. The bench does the search; which words to use, and which lines to show, is decided here.
import { matchesAnyGlob } from "../model/patch/glob.ts";
import { TEST_FILES } from "../model/patch/test-files.ts";

const MOST_WORDS = 16;
const SHORTEST_WORD = 4;
const MOST_SHOWN = 15;
const LONGEST_LINE = 160;

/** The words that name something, the most frequent first. */
export const wordsOf = (texts: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const word of texts.flatMap(partsOf)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_WORDS)
    .map(([word]) => word);
};

/** Matches a line that declares something and contains one of the words, in ripgrep and in JavaScript. */
export const declarationsOf = (words: readonly string[]): string =>
  `(?i:\\b(?:${DECLARES})\\b.{0,120}(?:${words.join("|")}))`;

const DECLARES =
  "def|func|fun|fn|function|class|interface|struct|enum|trait|type|module|const|static|public|protected|sub";
const NAME = new RegExp(
  `\\b(?:${DECLARES})\\s+(?:\\([^)]*\\)\\s*)?(?:[\\w<>[\\],.?*&]+\\s+)*?([A-Za-z_$][\\w$]*)\\s*(?=[(=:<{;[]|extends|implements|struct|interface|$)`,
);

/**
 * `found`: lines of a search, `path:line:text`. The best first: those with the most of the words, then those in shared
 * places.
 */
export const existingIn = (found: string, words: readonly string[]): string => {
  const known = new Set(words);
  return found
    .split("\n")
    .flatMap(line => {
      const [, path = "", number = "", text = ""] = /^([^:\n]+):(\d+):(.*)$/.exec(line) ?? [];
      const name = NAME.exec(text.slice(0, 500))?.[1] ?? "";
      const hits = new Set(partsOf(name).filter(word => known.has(word))).size;
      if (hits === 0 || NOT_OURS.test(path) || matchesAnyGlob(path, TEST_FILES)) return [];
      const score = hits + (SHARED.test(path) ? 0.5 : 0);
      return [{ score, path, line: `- ${path}:${number}: ${text.trim().slice(0, LONGEST_LINE)}` }];
    })
    .toSorted((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, MOST_SHOWN)
    .map(({ line }) => line)
    .join("\n");
};

const NOT_OURS = /(?:^|\/)(?:node_modules|vendor|third_party|dist|build|target|\.venv|venv|site-packages)\//;
const SHARED = /util|helper|common|shared|support|core|lib/i;

/** `parseHTTPDate`, `parse_dates` and "parses dates" have words in common. */
const partsOf = (text: string): readonly string[] =>
  (text.match(/[A-Z]+(?![a-z])|[A-Za-z][a-z]+/g) ?? [])
    .map(word => word.toLowerCase())
    .map(word => word.replace(/(?<=\w{4})(?:ing|ed)$|(?<=\w{3}[^s])s$/, ""))
    .filter(word => word.length >= SHORTEST_WORD && !COMMON.has(word));

/** They occur in most tasks, and in many names. */
const COMMON: ReadonlySet<string> = new Set(
  "that this with from have should when then into must return value file code test make only other than they them there their which where what while would could does also each every some more most less after before same like such given give show name add function class method type module line step task plan part write read work need want true false null none string number list object data item".split(
    " ",
  ),
);
