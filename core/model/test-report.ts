// What a test runner printed, as far as its names and numbers can be read: one row per format. Untrusted text, read line by
// line. What no row knows is not guessed: then only the exit code counts.
import * as z from "zod";
import { linesOf } from "./output-lines.ts";

export const MOST_NAMES = 100;
const LONGEST_NAME = 200;
/** No runner writes a longer line of these kinds. */
const LONGEST_LINE = 400;

export const TestReport = z.object({
  /** Null if the runner does not count them. */
  passed: z.number().int().nonnegative().nullable(),
  failed: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  /** Names of tests, and of files, suites or packages that failed as a whole. */
  failing: z.array(z.string().max(LONGEST_NAME)).max(MOST_NAMES),
  /** What failed besides tests, one line each: what a compiler found, a part that crashed. Absent: nothing. */
  besides: z.array(z.string().max(LONGEST_NAME)).max(MOST_NAMES).optional(),
  /** How often each kind of runner finished. Absent: not counted. */
  runners: z.record(z.string(), z.number().int().positive()).optional(),
});
export type TestReport = z.infer<typeof TestReport>;

interface Form {
  readonly name: string;
  /** A line with counts, or one that says how a part of the project ended. */
  readonly summary: RegExp;
  /** Which of these lines each runner writes at its end; absent if none does. */
  readonly end?: RegExp;
  /** Looked for in these lines and added up: a runner may have run once for each part of the project. */
  readonly passed?: RegExp;
  readonly failed?: RegExp;
  readonly skipped?: RegExp;
  /** For runners that count all: those that passed are the remainder. */
  readonly total?: RegExp;
  /** The first group is the name of what failed. */
  readonly failing: readonly RegExp[];
  /** For runners that list what did not fail in the same way: lines that begin and end the sections of failures. */
  readonly parts?: { readonly begin: RegExp; readonly end: RegExp };
}

/** Every such line is a runner's last. */
const EVERY = /^/;

const FORMS: readonly Form[] = [
  // node:test, for people and as TAP. It also writes a line for a suite with a failure in it.
  {
    name: "node",
    summary: /^(?:#|ℹ) (?:pass|fail|skipped) \d/,
    end: /^(?:#|ℹ) pass \d/,
    passed: /pass (\d{1,9})/g,
    failed: /fail (\d{1,9})/g,
    skipped: /skipped (\d{1,9})/g,
    failing: [
      /^ *✖ (?!failing tests:)(.+) \([\d.]+ms\)/,
      /^ *not ok \d+ (?:- )?((?:(?! # (?:TODO|SKIP)).)+)$/,
    ],
  },
  // vitest, jest. vitest counts uncaught errors apart, and fails because of them.
  {
    name: "vitest",
    summary: /^ *Tests:? +(?:\d+ [a-z]|no tests)|^ *Errors +\d/,
    end: /^ *Tests:? /,
    passed: /(\d{1,9}) passed/g,
    failed: /(\d{1,9}) (?:failed|errors?$)/gm,
    skipped: /(\d{1,9}) skipped/g,
    failing: [/^ *FAIL +(\S.*)/, /^ {2}● (?!Test suite failed to run)(.+ › .+)/],
  },
  // mocha
  {
    name: "mocha",
    summary: /^ *\d+ (?:passing|failing|pending)\b/,
    end: /passing/,
    passed: /(\d{1,9}) passing/g,
    failed: /(\d{1,9}) failing/g,
    skipped: /(\d{1,9}) pending/g,
    failing: [/^ {2}\d+\) (.+):$/],
  },
  // pytest
  {
    name: "pytest",
    summary: /^(?:=+ )?(?:\d+ \w+, )*\d+ \w+ in [\d.]+s/,
    end: / in [\d.]+s/,
    passed: /(\d{1,9}) passed/g,
    failed: /(\d{1,9}) (?:failed|error)/g,
    skipped: /(\d{1,9}) skipped/g,
    failing: [/^(?:FAILED|ERROR) ([^\s:]+\.py\b.*?)(?: - .*)?$/],
  },
  // unittest
  {
    name: "unittest",
    summary: /^Ran \d+ tests? in |^(?:FAILED|OK) \([\w=, ]+\)$/,
    end: /^Ran /,
    total: /Ran (\d{1,9})/g,
    failed: /(?:failures|errors)=(\d{1,9})/g,
    skipped: /skipped=(\d{1,9})/g,
    failing: [/^(?:FAIL|ERROR): (\S.*)/],
  },
  // go test
  {
    name: "go",
    summary: /^(?:ok {2}|FAIL)\t\S/,
    failing: [/^ *--- FAIL: (\S+)/, /^FAIL\t(\S+(?: \[[\w ]+\])?)/],
  },
  // cargo test
  {
    name: "cargo",
    summary: /^test result: /,
    end: /^test result: /,
    passed: /(\d{1,9}) passed/g,
    failed: /(\d{1,9}) failed/g,
    skipped: /(\d{1,9}) ignored/g,
    failing: [/^test (\S.*) \.\.\. FAILED$/],
  },
  // ctest
  {
    name: "ctest",
    summary: /^\d+% tests passed, \d+ tests? failed out of \d/,
    end: EVERY,
    total: /out of (\d{1,9})/g,
    failed: /(\d{1,9}) tests? failed/g,
    failing: [/^\t *\d+ - (\S.*?) \((?!Skipped|Disabled)[^()]*\)/],
  },
  // Maven Surefire's totals; its lines for single classes say how long they took
  {
    name: "surefire",
    summary: /^(?:\[\w+\] )?Tests run: \d+, Failures: \d+, Errors: \d+, Skipped: \d+$/,
    end: EVERY,
    total: /run: (\d{1,9})/g,
    failed: /(?:Failures|Errors): (\d{1,9})/g,
    skipped: /Skipped: (\d{1,9})/g,
    failing: [/^(?:\[ERROR\] )?(?!Tests run: )(\S.*?)(?: --)? {1,2}Time elapsed: .*<<< (?:FAILURE|ERROR)!$/],
  },
  // dotnet test
  {
    name: "dotnet",
    summary: /^(?:Failed|Passed|Skipped)! +- Failed: +\d/,
    end: EVERY,
    passed: /Passed: +(\d{1,9})/g,
    failed: /Failed: +(\d{1,9})/g,
    skipped: /Skipped: +(\d{1,9})/g,
    failing: [/^ +Failed (\S.*) \[(?:< )?\d[^[\]]*\]$/],
  },
  // PHPUnit. It also lists what is risky, skipped or incomplete.
  {
    name: "phpunit",
    summary: /^Tests: \d+, Assertions: |^OK \(\d+ tests?, /,
    end: EVERY,
    total: /^(?:Tests: |OK \()(\d{1,9})/gm,
    failed: /(?:Errors|Failures): (\d{1,9})/g,
    skipped: /(?:Skipped|Incomplete): (\d{1,9})/g,
    failing: [/^\d+\) ([\w\\]+::\S.*)$/],
    parts: {
      begin: /^There (?:was|were) \d+ (?:error|failure)s?:$/,
      end: /^There (?:was|were) \d+ (?!(?:error|failure)s?:$)/,
    },
  },
  // RSpec
  {
    name: "rspec",
    summary: /^\d+ examples?, \d+ failures?\b/,
    end: EVERY,
    total: /(\d{1,9}) examples?,/g,
    failed: /(\d{1,9}) (?:failures?\b|errors? occurred)/g,
    skipped: /(\d{1,9}) pending/g,
    failing: [/^rspec \S.*? # (\S.*)$/, /^An error occurred while loading (\S+?)\.?$/],
  },
  // minitest. It also lists what was skipped.
  {
    name: "minitest",
    summary: /^\d+ runs, \d+ assertions, \d+ failures/,
    end: EVERY,
    total: /(\d{1,9}) runs/g,
    failed: /(\d{1,9}) (?:failures|errors)/g,
    skipped: /(\d{1,9}) skips/g,
    failing: [/^(\S.*#test_.*?)(?: \[[^[\]]*\])?:$/],
    parts: { begin: /^(?: *\d+\) )?(?:Failure|Error):$/, end: /^(?: *\d+\) )?Skipped:$/ },
  },
  // test-unit
  {
    name: "test-unit",
    summary: /^\d+ tests, \d+ assertions, \d+ failures/,
    end: EVERY,
    total: /(\d{1,9}) tests/g,
    failed: /(\d{1,9}) (?:failures|errors)/g,
    skipped: /(\d{1,9}) (?:pendings|omissions)/g,
    failing: [/^(?:Failure|Error): (\w+\([\w:]+\))/],
  },
];

/** Null if nothing in it is recognised. */
export const readTests = (output: string): TestReport | null => {
  const lines = joined(output.split("\n").filter(line => line.length <= LONGEST_LINE));
  const read = FORMS.flatMap(form => {
    const report = readForm(form, lines);
    return report === null ? [] : [{ name: form.name, report }];
  });
  if (read.length === 0) return null;
  const reports = read.map(({ report }) => report);
  const runners = read.flatMap(({ name, report }) => (report.ends > 0 ? [[name, report.ends] as const] : []));
  const besides = besidesTests(output);
  const counted = reports.flatMap(({ passed }) => passed ?? []);
  return {
    passed: counted.length === 0 ? null : sum(counted),
    failed: sum(reports.map(({ failed }) => failed)),
    skipped: sum(reports.map(({ skipped }) => skipped)),
    failing: [...new Set(reports.flatMap(({ failing }) => failing))].slice(0, MOST_NAMES),
    ...(besides.length === 0 ? {} : { besides }),
    ...(runners.length === 0 ? {} : { runners: Object.fromEntries(runners) }),
  };
};

/** What a compiler or a linter finds at a place; neither warnings nor the frames of a trace. */
const FINDINGS: readonly RegExp[] = [
  /^[\w@+./-]{1,200}\.\w{1,10}(?::\d{1,9}(?::\d{1,9})?|\(\d{1,9}(?:,\d{1,9})?\))(?::| -) (?! *\w{0,40}warning)(?!in \S+$)\S+ \S/i,
  /^ {1,9}\d{1,9}:\d{1,9} {1,9}error /,
  /^error(?: TS\d|\[\w|: (?:could not compile|aborting) )/,
];

/** Failures that no test reports; the figures in them may differ. */
const ENDINGS: readonly RegExp[] = [
  /\bcoverage\b.{0,200}\b(?:threshold|fail[-_]under|not reached|minimum)\b/i,
  /^Node\.js v\d|heap out of memory|\bcore dumped\b|^(?:Segmentation fault|Bus error|Aborted|Killed)\b/,
  /^(?:panic|fatal error): /,
  // Tools that run several parts of a project, for each part that failed.
  /^npm (?:error|ERR!) workspace |\bERR_PNPM_\w|\bELIFECYCLE\b|^lerna ERR! |^\S{0,3} *Failed: +\S+#|^make(?:\[\d{1,9}\])?: \*\*\* /,
];

const besidesTests = (output: string): string[] =>
  linesOf(output.split("\n").map(cut).join("\n"))
    .flatMap(({ line, text }) => {
      if (FINDINGS.some(pattern => pattern.test(line))) return [text];
      return ENDINGS.some(pattern => pattern.test(line))
        ? [text.replace(/(?<![\w.-])(v?)\d{1,9}(?:\.\d{1,9}){0,3}/g, "$1#")]
        : [];
    })
    .slice(0, MOST_NAMES)
    .map(text => text.slice(0, LONGEST_NAME).toWellFormed());

const cut = (line: string): string => line.slice(0, LONGEST_LINE);

interface Read extends TestReport {
  readonly ends: number;
}

const readForm = (form: Form, lines: readonly string[]): Read | null => {
  const told = lines.filter(line => form.summary.test(line));
  const summary = told.join("\n");
  if (summary === "") return null;
  const count = (pattern: RegExp | undefined): number | null =>
    pattern === undefined ? null : sum([...summary.matchAll(pattern)].map(([, digits]) => Number(digits)));
  const failing = [
    ...new Set(
      partsOf(form, lines).flatMap(line => form.failing.flatMap(pattern => pattern.exec(line)?.[1] ?? [])),
    ),
  ].map(name => name.trim().slice(0, LONGEST_NAME).toWellFormed());
  const failed = count(form.failed) || failing.length;
  const skipped = count(form.skipped) ?? 0;
  const total = count(form.total);
  const passed = total === null ? count(form.passed) : Math.max(0, total - failed - skipped);
  const { end } = form;
  const ends = end === undefined ? 0 : told.filter(line => end.test(line)).length;
  return { passed, failed, skipped, failing, ends };
};

const partsOf = ({ parts }: Form, lines: readonly string[]): readonly string[] => {
  if (parts === undefined) return lines;
  let isInside = false;
  return lines.filter(line => {
    if (parts.begin.test(line)) isInside = true;
    else if (parts.end.test(line)) isInside = false;
    return isInside;
  });
};

/** mocha writes a name over several lines, each indented further, with a colon after the last. */
const joined = (lines: readonly string[]): readonly string[] => {
  const whole: string[] = [];
  let open = 0;
  for (const line of lines) {
    if (open > 0 && /^ {4,}\S/.test(line)) whole[whole.length - 1] += ` ${line.trim()}`;
    else whole.push(line);
    const begins = /^ {2}\d+\) /.test(line);
    open = line.endsWith(":") || line.trim() === "" ? 0 : begins ? MOST_PARTS : Math.max(0, open - 1);
  }
  return whole;
};

const MOST_PARTS = 8;

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
