// Checks what an answer says about runs: a number has to exist, and a figure has to be in the output of its run.

import {
  type Citation,
  citationsIn,
  type NumberedRun,
  runNumber,
  runsIn,
  withoutCitations,
} from "../agents/runs.ts";
import { type Answer, Proof } from "../model/answer.ts";
import { answeringIn, type Pipeline } from "../model/pipeline.ts";
import { readTests } from "../model/test-report.ts";

export interface Claimed {
  readonly pipeline: Pipeline;
  /** Of the conversation that answers. */
  readonly runs: readonly NumberedRun[];
  /** Whether its role runs commands. */
  readonly mayRun: boolean;
}

/** Sentences for the model; each says where and what to change. */
export const claimProblems = (answer: Answer, claimed: Claimed): readonly string[] => [
  ...reasonProblems(answer, claimed),
  ...resultProblems(answer, claimed),
  ...countProblems(answer, claimed),
];

/** A run named in one field does not count for another, and what nothing printed is no figure. */
const BY_ITSELF =
  "Each field is looked at by itself; what you counted yourself, such as tests that did not run, say in words and not as a figure.";

/** People read a verdict's reason, so whatever it says about runs is followed by which one. */
const reasonProblems = ({ verdict, reason }: Answer, claimed: Claimed): readonly string[] => {
  if (verdict === undefined || typeof reason !== "string") return [];
  if (citationsIn(reason).length > 0)
    return textProblems(reason, { ...claimed, where: "reason", besides: [] });
  const figure = figuresIn(reason)[0]?.said;
  const said = claimed.mayRun ? SAYS_OF_CHECKS.exec(reason)?.[0] : undefined;
  const claim = figure ?? said;
  const example = claimed.mayRun ? "(run 4)" : "(step 1, run 4)";
  return claim === undefined
    ? []
    : [
        `reason: "${claim}" names no run. Put the run's number behind what you say of it: ${example}. ${BY_ITSELF}`,
      ];
};

/** The result of a proof may also be in the output of the runs that the proof names. */
const resultProblems = ({ proof }: Answer, claimed: Claimed): readonly string[] => {
  const parsed = Proof.safeParse(proof);
  if (!parsed.success) return [];
  const named = parsed.data.how_verified.flatMap(named => claimed.runs[(runNumber(named) ?? 0) - 1] ?? []);
  const where = "proof.verification_result";
  return textProblems(parsed.data.verification_result, { ...claimed, where, besides: named });
};

const textProblems = (
  text: string,
  {
    where,
    besides,
    pipeline,
    runs,
  }: Claimed & { readonly where: string; readonly besides: readonly NumberedRun[] },
): readonly string[] => {
  const at = runsBy({ pipeline, runs });
  const found = citationsIn(text).map(cited => ({ ...cited, ran: at(cited.step)[cited.run - 1] }));
  const missing = found.filter(({ ran }) => ran === undefined);
  if (missing.length > 0)
    return missing.slice(0, MOST_PROBLEMS).map(one => `${where}: ${isMissing(one, runs)}`);
  const named = new Set([...found.flatMap(({ ran }) => ran ?? []), ...besides]);
  const printed = new Set([...named].flatMap(({ shown }) => [...numbersIn(shown)]));
  return figuresIn(text)
    .filter(({ figure }) => !printed.has(figure))
    .slice(0, MOST_PROBLEMS)
    .map(
      ({ said }) =>
        `${where}: the figure of "${said}" stands in the output of no run that is named there. State what a run printed, and name that run. ${BY_ITSELF}`,
    );
};

const MOST_PROBLEMS = 5;

/** What a gate counts must be in the output of one of its runs: no run printed a sum of several. */
const countProblems = (answer: Answer, { runs }: Claimed): readonly string[] =>
  ["passed", "failed"].flatMap(field => {
    const count = answer[field];
    if (typeof count !== "number" || count === 0 || !("tests_run" in answer)) return [];
    return runs.some(({ shown }) => numbersIn(shown).has(String(count)))
      ? []
      : [
          `${field}: ${count} stands in the output of no run of yours. Give what one run printed, or 0 where none counts.`,
        ];
  });

/** Reads each conversation's runs once, however often they are named. */
const runsBy = ({ pipeline, runs }: Pick<Claimed, "pipeline" | "runs">) => {
  const known = new Map<number | null, readonly NumberedRun[]>([[null, runs]]);
  return (step: number | null): readonly NumberedRun[] => {
    const attempt = answeringIn((step === null ? undefined : pipeline.steps[step]) ?? NO_STEP);
    const found = known.get(step) ?? (attempt === undefined ? [] : runsIn(attempt));
    known.set(step, found);
    return found;
  };
};

const NO_STEP = { attempts: [] };

const nameOf = ({ step, run }: Citation): string =>
  step === null ? `run ${run}` : `step ${step}, run ${run}`;

const isMissing = (cited: Citation, runs: readonly NumberedRun[]): string => {
  if (cited.step !== null) return `there is no ${nameOf(cited)}.`;
  if (runs.length === 0)
    return `there is no run ${cited.run}: nothing ran in this conversation. A run of an earlier step is named with its step: (step 1, run ${cited.run}).`;
  return `there is no run ${cited.run}; this conversation has ${runs.length}.`;
};

/**
 * "1,376 tests", "13 of 13 pass", "2 failed"; not a count of 0, which many programs do not print. What is attached to
 * something before it belongs to that: `parse.js:21`, `1.2.3`, `#12`, `21-23`.
 */
const FIGURE =
  /(?<![\w.:#@–-]|\d,|[^\d]\/)(\d{1,3}(?:,\d{3}){1,4}|\d{1,13})(?![\w.:/–-]\w)(?: of (?:the )?\d[\d,]{0,12})?(?: [\w-]{1,20}){0,2}? (?:tests?|specs?|assertions?|examples?|pass(?:e[ds]|ing)?|fail(?:s|ed|ing|ures?)?|skipped|errors?|warnings?)\b/gi;

/** A whole number that does not count tests. */
const NUMBER = /\d(?:[\d.]|,(?=\d{3})){0,12}(?![.,]?\d| (?:tests?|specs?|assertions?|examples?)\b)/.source;

/** Numbers that name something, and dates, are no counts; but in "in this case 13 tests pass" one is. */
const NAMED_BY_NUMBER = new RegExp(
  `\\b(?:lines?|columns?|steps?|criteri(?:on|a)|points?|case|test|finding|attempt|round|issue|(?:exit )?code|status|port|version|node|python|php|java|ruby|go)\\s{1,3}#?${NUMBER}(?:(?:\\s?[-–]\\s?|, and |, | and | to )${NUMBER}){0,20}|\\b\\d{1,2} (?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\\b(?: \\d{4}\\b)?`,
  "gi",
);

const figuresIn = (text: string): readonly { readonly said: string; readonly figure: string }[] =>
  [...withoutCitations(text).replace(NAMED_BY_NUMBER, "").matchAll(FIGURE)].flatMap(([said, figure = ""]) => {
    const plain = figure.replaceAll(",", "");
    return Number(plain) === 0 ? [] : [{ said, figure: plain }];
  });

const SAYS_OF_CHECKS =
  /\b(?:tests?|suite|specs?|checks?|build|lint\w{0,4})\b[^.;\n]{0,80}\b(?:pass(?:e[ds])?|green|succeed(?:s|ed)?|fail(?:s|ed)?|exit(?:s|ed)?)\b/i;

/** As numbers of their own, not as parts of others; and how many passed, if a runner only prints how many ran and failed. */
const numbersIn = (output: string): ReadonlySet<string> =>
  new Set([
    ...(output.replace(/(?<=\d),(?=\d{3})/g, "").match(/\d+/g) ?? []),
    ...[readTests(output)?.passed ?? []].flat().map(String),
  ]);
