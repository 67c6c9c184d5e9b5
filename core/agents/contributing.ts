// The project's rules for contributions, as its default branch has them: who is told what, and whether they refuse
// machine-written work. A hostile text gains nothing by either: at most Kin asks a person before it begins.
import type { ProjectRules } from "../model/event.ts";
import type { Role } from "../model/role.ts";
import { clean } from "../text/clean.ts";

const MOST_KEPT = 16_000;

/** From a file as it is in the repository. */
export const toRules = ({ path, text }: { readonly path: string; readonly text: string }): ProjectRules => {
  const { text: whole } = clean(text, { limit: 4 * MOST_KEPT });
  return { path, text: clean(whole, { limit: MOST_KEPT }).text, refuses: refusalIn(whole) };
};

/** The sentence in it that refuses machine-written work; null if there is none. It may be wrong, so people are asked. */
export const refusalIn = (text: string): string | null =>
  sentencesIn(text).find(
    sentence =>
      MACHINE.test(sentence) && (REFUSED.test(sentence) || AVOIDED.test(sentence)) && !ALLOWED.test(sentence),
  ) ?? null;

const MACHINE =
  /\b(?:AI|A\.I\.|LLMs?|GPT|ChatGPT|Copilot|Claude|[Aa]rtificial [Ii]ntelligence|[Ll]anguage [Mm]odels?|[Mm]achine-generated|(?:code|coding) (?:agents?|assistants?)|probabilistic tools|[Gg]enerative)\b/;

const REFUSED =
  /\b(?:no|not|never|cannot|can't|won't|don't|declined?|den(?:y|ied)|forb(?:id|ids|idden)|prohibit(?:s|ed)?|ban(?:s|ned)?|disallow(?:s|ed)?|refused?|rejected?|closed|unwelcome|unacceptable|refrain(?:s|ed)?|abstain(?:s|ed)?|discouraged?|stay away)\b/i;

/** Avoiding the machine or its use, not what a machine should avoid. */
const AVOIDED = new RegExp(
  `\\b[Aa]void(?:s|ed|ing)? (?:(?:using|the|(?:use|help) of|relying on|submitting|opening|sending|any|all|large|code|contributions?|(?:pull )?requests?|patches|(?:generated|written|made) (?:by|with)) ){0,5}${MACHINE.source}|${MACHINE.source}(?:[ -]\\w{1,20}){0,4} be avoided\\b`,
);

/** Such sentences ask for something instead of refusing it. */
const ALLOWED =
  /\b(?:(?:is|are) (?:allowed|welcome|accepted|fine|permitted|ok(?:ay)?)|disclos\w*|must (?:be )?(?:review|test|label|mark|understand)\w*|without (?:review|disclos|understand)\w*|(?:do not|don't|cannot) (?:fully )?understand|to avoid)\b/i;

const MOST_SENTENCES = 4_000;

/** Of headings, items and paragraphs separately. */
const sentencesIn = (text: string): readonly string[] =>
  text
    .split(/\n[ \t]*\n|\n(?=[ \t]{0,8}(?:[-*+#|>]|\d{1,3}\.) )/)
    .flatMap(block => block.replace(/\s+/g, " ").split(/(?<=[.!?;])\s/))
    .map(sentence => sentence.replace(/^[-*+#>| ]+/, "").trim())
    .filter(sentence => sentence !== "" && sentence.length <= 600)
    .slice(0, MOST_SENTENCES);

const FOR_PLANNER = 8_000;
const FOR_WRITERS = 3_000;

/** Whole for planners; for writers and judges only the paragraphs about tests, changelogs, commits and style. */
export const rulesFor = (rules: readonly ProjectRules[], role: Role): string => {
  if (role.context_rules.roster) return within(rules, { limit: FOR_PLANNER, pick: text => text });
  if (role.permissions === "full" || role.gate)
    return within(rules, { limit: FOR_WRITERS, pick: forWriters });
  return "";
};

const CONCERNS =
  /\btests?\b|\bchange ?(?:log|set)s?\b|news fragment|release notes?|\bcommits?\b|sign(?:ed)?[- ]off|\bDCO\b|\blint|\bformat|\bstyle\b|\bdocumentation\b|\bdocs\b/i;

const forWriters = (text: string): string =>
  text
    .split(/\n[ \t]*\n/)
    .filter(paragraph => CONCERNS.test(paragraph))
    .join("\n\n");

const within = (
  rules: readonly ProjectRules[],
  { limit, pick }: { readonly limit: number; readonly pick: (text: string) => string },
): string => {
  const parts = rules
    .map(({ path, text }) => ({ path, text: pick(text).trim() }))
    .filter(({ text }) => text !== "");
  const each = Math.floor(limit / Math.max(1, parts.length));
  return parts
    .map(({ path, text }) => {
      const rest = text.length - each;
      return `${path}:\n${rest > 0 ? `${text.slice(0, each).toWellFormed()}\n(${rest} more characters: look at the file)` : text}`;
    })
    .join("\n\n");
};
