// Functions that loop over what outsiders write, with the worst input for each: their work grows only linearly with the
// text. regular-expressions.test.ts checks single patterns.

import { expect, test } from "vitest";
import { detectGates, detectSetup, type Root } from "../../action/workbench/ecosystems.ts";
import { cleanOutput } from "../../action/workbench/output.ts";
import { membersAmong, WORKSPACES } from "../../action/workbench/scopes.ts";
import { parseCommand, parseReturn } from "../../app/intake/parse-command.ts";
import { linesOf } from "../../app/publish/gate-review.ts";
import { namesVerdictJob } from "../../app/runs/claim.ts";
import { toRules } from "../../core/agents/contributing.ts";
import { acceptanceCriteria } from "../../core/agents/criteria.ts";
import { isMasked } from "../../core/agents/exit-code.ts";
import { outsideScript } from "../../core/agents/outside-script.ts";
import { Config } from "../../core/model/config.ts";
import { excerpt } from "../../core/model/excerpt.ts";
import { matchesGlob } from "../../core/model/patch/glob.ts";
import { placeProblem } from "../../core/model/patch/path-rules.ts";
import { secretsIn } from "../../core/model/patch/secrets.ts";
import { cutMiddle } from "../../core/model/tail.ts";
import { readTests } from "../../core/model/test-report.ts";
import { claimProblems } from "../../core/pipeline/claims.ts";
import { followUpsOf } from "../../core/pipeline/follow-ups.ts";
import { checkPatch } from "../../core/pipeline/patch.ts";
import { tickedDecisions } from "../../core/report/decisions-comment.ts";
import { firstSentence, shorten } from "../../core/report/format.ts";
import { table } from "../../core/report/frame.ts";
import { clean } from "../../core/text/clean.ts";
import { plain, plainLine, withoutMarks } from "../../core/text/plain.ts";
import { cap, code, codeBlock, safe, safeInline } from "../../core/text/safe.ts";
import { scrub } from "../../core/text/scrub.ts";
import { parseConfig } from "../../host/config-file.ts";
import { readOwnRoles } from "../../host/own-roles.ts";
import { aPipeline } from "../build.ts";
import { PIECES, random } from "./corpus.ts";
import { LONG_TEXT, MOST_UNITS, unitsOf, unitsOn, workOf } from "./work.ts";
import { repeated, type Text } from "./worst-inputs.ts";

const FILES: ReadonlyMap<string, string> = new Map();
const roster = { roles: new Map(), routes: [] } as never;
const config = Config.parse({});

/** A refusal has read the text, too. */
const orRefused = (task: () => unknown): void => {
  try {
    task();
  } catch {
    // A refusal is a valid answer.
  }
};

const only = (manifest: string, text: string): Root => ({
  file: name => (name === manifest ? text : null),
  names: [manifest],
});

/** Beginnings that make a manifest read the rest as members of a workspace, and as hints of one. */
const HEADS: Readonly<Record<string, string>> = {
  cargo: "[workspace]\n[package]\n",
  uv: "[tool.uv.workspace]\n[project]\n",
};

const workspaces = Object.fromEntries(
  WORKSPACES.flatMap(({ of, members, about }) => [
    [`members of ${of}`, (text: string) => members(`${HEADS[of]?.split("\n")[0] ?? ""}\n${text}`)],
    [
      `members of ${of}, in a list`,
      (text: string) => members(`${HEADS[of]?.split("\n")[0] ?? ""}\nmembers = [${text}`),
    ],
    [`about one of ${of}`, (text: string) => about(`${HEADS[of] ?? ""}${text}`)],
  ]),
);

const FUNCTIONS: Readonly<Record<string, (text: string) => unknown>> = {
  clean: text => clean(text),
  "clean, with a limit": text => clean(text, { limit: 4000 }),
  "safe, a block": text => safe(text, { block: true }),
  "safe, a line": text => safe(text),
  "safe, a cell": text => safeInline(text),
  "safe, a line that is cut": text => safe(text, { limit: 300 }),
  code,
  codeBlock: text => codeBlock(text),
  cap: text => cap(`${text}${text}`, text.length),
  scrub,
  plain,
  plainLine,
  withoutMarks,
  table: text => table(["a"], [[text]]),
  firstSentence,
  shorten: text => shorten(text, 300),
  parseCommand,
  "parseCommand, behind its word": text => parseCommand(`/kin decide ${text}`),
  parseReturn,
  acceptanceCriteria: text => acceptanceCriteria(`## Acceptance criteria\n${text}`),
  tickedDecisions,
  cleanOutput,
  cutMiddle: text => cutMiddle(text, 1000),
  secretsIn,
  linesOf,
  isMasked,
  outsideScript,
  readTests,
  excerpt: text => excerpt(text, 1000),
  toRules: text => toRules({ path: "CONTRIBUTING.md", text }),
  "detectGates, pyproject.toml": text => detectGates(only("pyproject.toml", text)),
  "detectGates, Makefile": text => detectGates(only("Makefile", text)),
  "detectGates, CMakeLists.txt": text => detectGates(only("CMakeLists.txt", text)),
  "detectGates, Rakefile": text => detectGates(only("Rakefile", text)),
  claimProblems: text =>
    claimProblems({ verdict: "approved", reason: text }, { pipeline: aPipeline(), runs: [], mayRun: true }),
  namesVerdictJob,
  "detectSetup, requirements.txt": text => detectSetup(only("requirements.txt", text)),
  "detectSetup, pyproject.toml": text => detectSetup(only("pyproject.toml", text)),
  "detectSetup, go.mod": text => detectSetup(only("go.mod", text)),
  "detectSetup, Cargo.toml": text => detectSetup(only("Cargo.toml", text)),
  parseConfig: text => orRefused(() => parseConfig(text, "kin.yml")),
  "parseConfig, in a text": text => orRefused(() => parseConfig(`gates: ["x\\\n${text}"]`, "kin.yml")),
  "readOwnRoles, its file": text =>
    orRefused(() => readOwnRoles({ roles: text, prompts: new Map() }, { config, roster })),
  "readOwnRoles, a prompt": text =>
    orRefused(() => readOwnRoles({ roles: null, prompts: new Map([["a", text]]) }, { config, roster })),
  ...workspaces,
  "globs of a workspace": text => membersAmong(["packages/a"], text.match(/[\s\S]{1,50}/g) ?? []),
  "a path": text => placeProblem(text, ["**/a/**/b*c"]),
  "a path and a glob": text => matchesGlob(text, "**/*a*a*a*a*b/**/*[!a-z]?*"),
  "a glob and a path": text => matchesGlob("a/b".repeat(80), text),
};

const SCREEN = 512;

/** The worst by work, and the worst by growth. */
const worstFor = (task: (text: string) => unknown, texts: readonly Text[]): readonly Text[] => {
  const timed = texts.map(text => {
    const [small, large] = [text(SCREEN), text(4 * SCREEN)];
    const less = workOf(() => task(small), 1);
    const most = workOf(() => task(large), 1);
    return { text, most, growth: most < 0.25 ? 0 : most / Math.max(less, 0.02) };
  });
  const first = (by: "most" | "growth") => timed.toSorted((a, b) => b[by] - a[by]).slice(0, 2);
  return [...new Set([...first("most"), ...first("growth")].map(({ text }) => text))];
};

const TEXTS: readonly Text[] = (() => {
  const next = random(11);
  const pick = () => PIECES[next(PIECES.length)] ?? "";
  const pairs = Array.from({ length: 60 }, () => repeated(`${pick()}${pick()}`));
  const behind = ["`", "|-|\n", "a: ", "- ", "<a ", "[a]: "].flatMap(before =>
    [" ", "\\", "\n", "a", "\r", "|", "("].map(pump => repeated(pump, { before, after: "!" })),
  );
  const singles = new Set([
    ...PIECES,
    ...["members = [\n", "use (\n", "name =\n"],
    ..."\\ \n \r \t ` | [ ] ( ) < > & * _ - = # : , . / a { } \" ' 0 ? ! \u001b".split(" "),
  ]);
  return [
    ...[...singles].filter(piece => piece !== "").map(piece => repeated(piece, { after: "x" })),
    ...pairs,
    ...behind,
  ];
})();

test.for(Object.entries(FUNCTIONS))(
  "what takes it longest costs work in proportion to its length: %s",
  { timeout: 120_000 },
  ([, task]) => {
    for (const text of worstFor(task, TEXTS)) {
      expect(unitsOn(task, text(LONG_TEXT)), `on ${JSON.stringify(text(60))}`).toBeLessThan(MOST_UNITS);
    }
  },
);

test("what a file of 64 KiB in .github/kin.yml costs at most is told by its tokens, not by its errors", () => {
  const body = repeated("a word, ")(65_536);
  for (const [pump, before, after] of [
    [",", "a: [", "]"],
    ['"', "a: ", ""],
    ["&a ", "", ""],
    ["- a\n", "a: 'x", ""],
    ["\r", 'a: "x\\\n', '"'],
    ["a:\n", "- ", ""],
    ["\n", "a: |\n  ", ""],
  ] as const) {
    const text = repeated(pump, { before, after })(65_000);
    const units = unitsOf(
      () => orRefused(() => parseConfig(text, "kin.yml")),
      () => clean(body),
      { least: 2, most: 30 },
    );
    expect(units, JSON.stringify(pump)).toBeLessThan(30);
  }
});

test("follow-ups with many debts are compared by their titles once", () => {
  const passed = (count: number) =>
    ({
      outcome: { kind: "passed" },
      opening: { pipeline: "p1" },
      steps: Array.from({ length: count }, (_, number) => ({
        number,
        attempts: [{}],
        answer: { tech_debt: { description: `${number} ${"a-".repeat(100)}` } },
      })),
    }) as never;
  const [few, many] = [passed(200), passed(800)];
  const units = unitsOf(
    () => followUpsOf(many),
    () => followUpsOf(few),
    { least: 2, most: 10 },
  );
  expect(units).toBeLessThan(10);
});

test.each([
  [`*${"a".repeat(45)}b`, "a".repeat(94)],
  ["**/?".repeat(24), "a/".repeat(47).slice(0, -1)],
])("globs of a workspace without number, for directories without number: %s", (glob, directory) => {
  const directories = Array.from({ length: 20_000 }, (_, at) => `${directory}/${at % 100}`);
  const globs = Array.from({ length: 4_000 }, (_, at) => `${glob}/${at % 100}b`);
  const body = repeated("a word, ")(65_536);
  const units = unitsOf(
    () => expect(membersAmong(directories, [...globs, ...globs.map(one => `!${one}`)])).toEqual([]),
    () => clean(body),
    { least: 5, most: 1_000 },
  );
  expect(units).toBeLessThan(1_000);
});

test("a patch whose paths are long together is not compared with globs at all", () => {
  const changes = Array.from({ length: 21 }, (_, index) => ({
    path: `${"a".repeat(249)}/`.repeat(3) + "b".repeat(240) + index,
    mode: "100644" as const,
    content: "x",
    encoding: "utf-8" as const,
    in_base: false,
  }));
  expect(checkPatch(changes, { protected: [], before: new Map(), files: FILES })).toMatch(
    /it has 2\d{4} characters of paths and 20000 are allowed/,
  );
});

test("the longest globs and the longest paths that there may be are no more work than cleaning a hundred bodies", () => {
  const globs = Array.from({ length: 25 }, () => `*${"a".repeat(97)}b*${"a".repeat(97)}c*`);
  const path = `${"a".repeat(250)}/`.repeat(3);
  const changes = Array.from({ length: 26 }, (_, index) => ({
    path: `${path}${index}`,
    mode: "100644" as const,
    content: "x",
    encoding: "utf-8" as const,
    in_base: false,
  }));
  const body = repeated("a word, ")(65_536);
  const units = unitsOf(
    () => expect(checkPatch(changes, { protected: globs, before: new Map(), files: FILES })).toBeNull(),
    () => clean(body),
    { least: 5, most: 100 },
  );
  expect(units).toBeLessThan(100);
});
