import { expect, test } from "vitest";
import type { Guide } from "../../core/model/guide.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { costText } from "../../core/report/cost.ts";
import { duration, firstSentence, shorten, tokens, usd } from "../../core/report/format.ts";
import { jobSummary } from "../../core/report/job-summary.ts";
import { storyLine, warningLines } from "../../core/report/story-line.ts";
import { createStoryteller } from "../../core/report/storyteller.ts";
import { plain, plainLine, withoutMarks } from "../../core/text/plain.ts";
import { aJournal, aPipeline, type JournalSpec } from "../build.ts";
import { P1, P2 } from "./states.ts";

const story = (spec: JournalSpec): readonly string[] => {
  const journal = aJournal(spec);
  const tell = createStoryteller();
  return journal.flatMap((event, index) =>
    tell(event, fold(journal.slice(0, index + 1))).map(({ text }) => text),
  );
};

test("A journal reads as a story: what happened, and what begins behind it before its first reply is there.", () => {
  expect(story(P1).join("\n")).toMatchInlineSnapshot(`
    "pipeline 1 of octocat/flats#12: The flats' shares do not add up to the bill
    run 9001, attempt 1, took the pipeline
    setting up
    setup  nothing to run, 0 s
    plan pm  begins
    plan pm  turn 1: read README.md   $0.01, claude-sonnet-5-5
    plan pm  turn 2: submit   $0.01
    plan pm  done
    plan: debugger → tester (route debug)
    step 1 of 2 debugger  begins
    step 1 of 2 debugger  turn 1: edit src/split.js   $0.01, claude-sonnet-5-5
    step 1 of 2 debugger  turn 2: submit   $0.01
    step 1 of 2 debugger  failed: It says done with a proof that it did not run: 99.
    step 1 of 2 debugger  attempt 2 begins
    step 1 of 2 debugger  turn 1: bash node src/cli.js examples/march.txt → exit 0; read src/split.js   $0.01, claude-sonnet-5-5
    step 1 of 2 debugger  turn 2: edit src/split.js   $0.01
    step 1 of 2 debugger  turn 3: bash node --test test/report.test.js → exit 0   $0.01
    step 1 of 2 debugger  turn 4: submit   $0.01
    step 1 of 2 debugger  done
    step 2 of 2 tester  begins
    step 2 of 2 tester  turn 1: bash npm test → exit 1   $0.01, claude-sonnet-5-5
    step 2 of 2 tester  turn 2: submit   $0.01
    step 2 of 2 tester  changes requested
    changes requested: Gate tester: The shares add up now, but one flat bears the whole difference: of 2.00 between seven flats, six pay 0.29 and the last one 0.26.   $0.09, 2 min"
  `);
});

test("The end of a story says why and what it cost.", () => {
  expect(story(P2).at(-1)).toMatch(/^passed: All criteria are met.* {3}\$0\.08, 1 min 51 s$/);
});

test("D2: What is odd in an answer is a warning behind its line, and nowhere else.", () => {
  const answer = { status: "blocked", reason: "Which flats?", return_category: "not\u001b[31m sure" };
  const journal = aJournal({ play: [{ answer }] });
  const warned = journal.map(event => warningLines(event, fold(journal)));
  expect(journal.flatMap(({ data }, index) => (warned[index]?.length === 1 ? [data.kind] : []))).toEqual([
    "attempt_finished",
  ]);
  expect(warned.flat()).toEqual([
    expect.stringMatching(/^plan pm: The return category "not.* sure" is none of .*missing_context\.$/),
  ]);
  expect(warned.flat().join("")).not.toContain("\u001b");
});

const GATED = { detected: ["npm test", "npm run lint"] };
const RAN = { command: "npm test", exit_code: 1, seconds: 1, output: "" };

test("A second try of a command is told with the first.", () => {
  expect(story({ setup: GATED, base: [RAN, RAN, { ...RAN, command: "npm run lint" }] })).toContain(
    "base   npm test → exit 1 in 1 s, then exit 1 in 1 s; npm run lint → exit 1 in 1 s",
  );
});

test("What is not available is told where setup is, with the program that is missing.", () => {
  const unavailable = [{ command: "go test ./...", program: "go" }];
  expect(story({ setup: { unavailable } })).toContain(
    "setup  nothing to run, 0 s; `go test ./...` is not available: the runner has no go",
  );
});

test("The job summary shows the project's own commands: where each ran, how it ended and how long it took, and what is not available.", () => {
  const unavailable = [{ command: "go test ./...", program: "go" }];
  const checks = [{ ...RAN, exit_code: 0, seconds: 12 }];
  const pipeline = aPipeline({
    setup: { detected: ["npm test"], unavailable },
    base: [RAN, RAN],
    plan: ["debugger", "tester"],
    play: [
      { answer: { status: "done" } },
      { answer: { verdict: "approved", reason: "r", findings: [] }, checks },
    ],
  });
  expect(jobSummary(pipeline, { scripted: false })).toContain(
    [
      "| `npm test` | the base | exit 1 | 1 s |",
      "| `npm test` | the base | exit 1 | 1 s |",
      "| `npm test` | step 2 (tester) | exit 0 | 12 s |",
      "| `go test ./...` |  | not available: the runner has no `go` |  |",
    ].join("\n"),
  );
});

test("X45: A search and a fetch of the web are told like the calls of tools.", () => {
  const turns = [
    { web: { name: "web_search", input: { query: "node 24" } }, bash: "ls" },
    { web: { name: "web_fetch", input: { url: "https://example.org/" } } },
  ];
  const lines = story({ play: [{ turns }] }).filter(text => text?.includes("turn "));
  expect(lines).toEqual([
    expect.stringMatching(/^plan pm {2}turn 1: web_search node 24; bash ls → exit 0 /),
    expect.stringMatching(/^plan pm {2}turn 2: web_fetch https:\/\/example\.org\/ /),
  ]);
});

test("A turn is numbered the same in the fold so far and in the whole one.", () => {
  const journal = aJournal(P1);
  const whole = fold(journal);
  const lines = (journalLine: (index: number) => string | null) =>
    journal.map((event, index) => (event.data.kind === "turn" ? journalLine(index) : null)).filter(Boolean);
  const late = lines(index => storyLine(journal[index] as (typeof journal)[number], whole));
  const early = lines(index =>
    storyLine(journal[index] as (typeof journal)[number], fold(journal.slice(0, index + 1))),
  );
  expect(late).toEqual(early);
});

test("Everything else that can happen has its line, too.", () => {
  const lines = story({
    plan: ["debugger", "tester"],
    play: [{ turns: [{ model: "house-model-1", usd: null, text: "Only words." }] }],
    more: [
      { kind: "limit_reached", limit: "step_usd", found: 3.001, allowed: 3 },
      { kind: "paused", reason: "busy" },
      { kind: "claimed", run_id: "8", run_attempt: 2, run_url: null, scripted: false },
      { kind: "interrupted", reason: "The job ran out of time." },
      { kind: "stop_asked", message: 1, by: "octocat", reason: "Never mind." },
    ],
  });
  expect(lines.slice(-7).join("\n")).toMatchInlineSnapshot(`
    "step 1 of 2 debugger  begins
    step 1 of 2 debugger  turn 1: words only   8.5k tokens, cost unknown for house-model-1
    limit reached: limits.step_usd, $3.00 of $3.00
    paused: busy
    run 8, attempt 2, took the pipeline
    interrupted: The job ran out of time.
    stop asked by octocat: Never mind."
  `);
});

test("A call that failed says so; its words are the model's.", () => {
  const tool = { name: "edit", input: { file_path: "a.ts" }, failed: "secret words" };
  const lines = story({ plan: ["debugger", "tester"], play: [{ turns: [{ tool }] }] });
  expect(lines.at(-1)).toContain("turn 1: edit a.ts → failed ");
});

test("A line has no control characters, no line break, and nothing that a runner obeys.", () => {
  const nasty = "a\u001b[31mb\r\n::error::x ##[add-path]/tmp \u202e\u0000";
  const lines = story({
    task: { title: `::set-output name=x::${nasty}` },
    plan: ["debugger", "tester"],
    play: [{ turns: [{ bash: [nasty, 1] }], failed: nasty }],
  });
  for (const line of lines) {
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]|##\[|^::/u);
  }
});

test("The job summary shows the pipeline, its steps, setup and limits.", async () => {
  const setup = { commands: [{ command: "npm ci", exit_code: 0, seconds: 12.4, output: "secret output" }] };
  const text = jobSummary(aPipeline({ ...P1, setup }), {
    url: "https://github.com/octocat/flats/issues/12",
    scripted: true,
  });
  await expect(text).toMatchFileSnapshot("snapshots/job-summary.txt");
});

const aGuide = (over: Partial<Guide>): Guide => ({
  path: "AGENTS.md",
  globs: [],
  bytes: 2_140,
  text: "Use tabs.",
  shown: "whole",
  why: null,
  mark: "m",
  ...over,
});

test("The job summary lists the guides that were read, and frames whatever their names hold.", () => {
  const nasty = "a|b\n| @evil <!-- `x` -->";
  const guides = {
    files: [aGuide({}), aGuide({ path: nasty, globs: [nasty], shown: "left_out", why: "it is no UTF-8" })],
    more: 3,
  };
  const lines = jobSummary(aPipeline({ setup: { guides } }), { scripted: false }).split("\n");
  const from = lines.indexOf("### What was read of the repository");
  const [, , header, , one, other, , more] = lines.slice(from);
  expect([header, one]).toEqual([
    "| File | Counts for | Size | Read |",
    "| `AGENTS.md` | everything | 2.1 KB | whole |",
  ]);
  expect(other).toMatch(/\| left out: it is no UTF-8 \|$/);
  expect(other?.replaceAll("\\|", "").split("|")).toHaveLength(6);
  expect(other).not.toMatch(/(?<!`[^`]*)@evil|<!--(?![^`]*`)/);
  expect(more).toBe("3 more files of this kind: not looked at.");
});

test("The job summary names the modules of a workspace, the skills, and what of them is missing.", () => {
  const skill = { name: "ship", description: "SKILL-WORDS", folder: null, files: [] };
  const setup = {
    scopes: [{ name: "api", path: "packages/api", description: "Serves." }],
    skills: { listed: [skill], notes: ["go-fast: suggested for go, and nobody has written it"] },
  };
  const text = jobSummary(aPipeline({ setup }), { scripted: false });
  expect(text).toContain("Parts of the workspace, offered as modules: `packages/api`.");
  expect(text).toContain("Skills that roles may load: `ship`.\n\n- go-fast: suggested for go, and nobody");
  expect(text).not.toContain("SKILL-WORDS");
});

test("The job summary holds no word of transcripts, prompts or outputs.", () => {
  const text = jobSummary(
    aPipeline({
      task: { body: "BODY-OF-ISSUE" },
      setup: {
        commands: [{ command: "npm ci", exit_code: 0, seconds: 1, output: "SETUP-OUTPUT" }],
        guides: { files: [aGuide({ text: "GUIDE-TEXT" })], more: 0 },
      },
      plan: [{ role: "debugger", brief: "STEP-BRIEF" }, "tester"],
      play: [{ turns: [{ text: "MODEL-WORDS", bash: ["npm test", 0, "TEST-OUTPUT"] }] }],
    }),
    { scripted: false },
  );
  expect(text).not.toMatch(/BODY-OF-ISSUE|SETUP-OUTPUT|GUIDE-TEXT|STEP-BRIEF|MODEL-WORDS|TEST-OUTPUT/);
});

test("The job summary of a dry run shows the plan: it is all that comes of it.", () => {
  const text = jobSummary(
    aPipeline({
      opening: { dry_run: true },
      plan: [{ role: "debugger", brief: "Round the last share." }, "tester"],
      planned: { analysis: "A cent is lost in rounding." },
    }),
    { scripted: false },
  );
  expect(text).toContain(
    "### Plan\n\n> A cent is lost in rounding.\n\n**1 debugger**\n\n> Round the last share.\n\n**2 tester**",
  );
});

test("A diagram's labels cannot leave their nodes.", () => {
  const role = 'x"]; click s0 "javascript:1" %%{init}%% <img> --> end | `a` #quot; \n```\n subgraph';
  const text = jobSummary(aPipeline({ plan: [{ role }, "tester"], play: [{}] }), { scripted: false });
  const lines = /```mermaid\n([\s\S]*?)\n```/.exec(text)?.[1]?.split("\n") ?? [];
  for (const line of lines) expect(line).toMatch(LINE_OF_A_CHART);
  expect(lines.filter(line => /^ {2}s\d+[[{]/.test(line))).toHaveLength(3);
});

const LINE_OF_A_CHART =
  /^(flowchart LR| {2}s\d+(\["|\{\{")\d+ [\p{L}\p{N} _.-]+<br>[\p{L}\p{N} ,]+("\]|"\}\}):::\w+| {2}over\(\["[\w ]+"\]\):::\w+| {2}s\d+( --> \w+)*| {2}classDef [\w #:,-]+)$/u;

test("Numbers are short and never lie about zero.", () => {
  expect([0, 0.001, 0.005, 0.126, 12, 999.999, 12_345.6].map(usd)).toEqual([
    "$0.00",
    "<$0.01",
    "$0.01",
    "$0.13",
    "$12.00",
    "$1000.00",
    "$12,346",
  ]);
  expect([0, 950, 12_345, 999_960, 1_234_567].map(tokens)).toEqual(["0", "950", "12.3k", "1.0M", "1.2M"]);
  expect([0, 0.04, 0.42, 42, 60, 200, 3600, 3899, 86_400].map(duration)).toEqual([
    "0 s",
    "0.1 s",
    "0.4 s",
    "42 s",
    "1 min",
    "3 min 20 s",
    "1 h",
    "1 h 5 min",
    "24 h",
  ]);
});

test("A cost without a price shows tokens; one without tokens shows nothing.", () => {
  const usage = { input: 900, output: 100, cache_read: 0, cache_write: 0, cache_write_1h: 0 };
  const cost = { usd: 0, usage, seconds: 1, turns: 1, unpriced: ["house-model-1"] };
  expect(costText(cost)).toBe("1.0k tokens, cost unknown for house-model-1");
  expect(costText({ ...cost, usd: 0.2 })).toBe("at least $0.20, 1.0k tokens, cost unknown for house-model-1");
  expect(costText({ ...cost, unpriced: [], usage: { ...usage, input: 0, output: 0 } })).toBe("");
});

test("A first sentence ends where a sentence ends, not at a file's dot.", () => {
  expect(firstSentence("In src/a.ts the sum is 0.1. Then more.")).toBe("In src/a.ts the sum is 0.1.");
  expect(firstSentence("No end\nsecond line\n\nnext")).toBe("No end second line");
  expect(firstSentence("Steps:\n- one")).toBe("Steps:");
  expect(firstSentence("")).toBe("");
});

test("What is too long is cut at a word, and no character is halved.", () => {
  expect(shorten("one two three", 9)).toBe("one two…");
  expect(shorten("😀".repeat(10), 4)).toBe("😀😀😀…");
});

test("Plain text keeps its words and loses its powers.", () => {
  expect(plain("Fix `@types/node` for a@b.example, fixes 3 bugs")).toBe(
    "Fix `@types/node` for a@b.example, fixes 3 bugs",
  );
  expect(plain("thanks @hubot")).toBe("thanks @\u200bhubot");
  expect(plain("fixes: #12, Closes GH-3")).toBe("fixes: #\u200b12, Closes GH-\u200b3");
  expect(plainLine("a\tb\u001b[0m")).toBe("a b");
  expect(withoutMarks("**No.** `npm test` exited 1:\nsee [the run](https://x.example/1), 2 * 3 ** 4")).toBe(
    "No. npm test exited 1: see the run, 2 * 3 ** 4",
  );
  expect(withoutMarks("knows *The flats' shares*, not src/*.js, *.ts, a*b*c or 2 *3* 4")).toBe(
    "knows The flats' shares, not src/*.js, *.ts, a*b*c or 2 3 4",
  );
});
