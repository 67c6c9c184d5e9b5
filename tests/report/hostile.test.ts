// Values from models, issues and people that try to break out of the frame, to be obeyed by GitHub, or are too long.
import { Marked, type Tokens } from "marked";
import { expect, test } from "vitest";
import type { Step } from "../../core/model/pipeline.ts";
import { commitMessage } from "../../core/report/commit-message.ts";
import { gateCheck } from "../../core/report/gate-check.ts";
import { jobSummary } from "../../core/report/job-summary.ts";
import { noticeComment } from "../../core/report/notice-comment.ts";
import { workersComment } from "../../core/report/plan-comment.ts";
import { pullBody, pullTitle } from "../../core/report/pull-body.ts";
import { questionComment } from "../../core/report/question-comment.ts";
import { reviewOf } from "../../core/report/review.ts";
import { statusComment } from "../../core/report/status-comment.ts";
import type { TaskView } from "../../core/report/view.ts";
import { aView } from "../build.ts";
import { began, COORDINATED, ended, said, spawned } from "./crews.ts";

const HOSTILE: Readonly<Record<string, string>> = {
  mention: "ask @evil and @evil/team, fixes #1, closes octocat/flats#2",
  details: "x</details></summary><details open><summary>y",
  table: "a | b \\| c \\\\| d ||",
  backticks: "`a ``b ```c",
  fence: "text\n```\nnever closed\n~~~\n<b>",
  comment: "a <!-- open",
  html: '<img src=x onerror="alert(1)"><script>alert(1)</script><a href="javascript:alert(1)">x</a>',
  image: "![x](https://evil.example/p.png) [y](javascript:alert(1)) <https://evil.example>",
  reference: "[a]: https://evil.example\n[a]",
  structure: "# heading\n\n| t |\n|---|\n| u |\n\n- list\n\n> quote\n\n---\n\n1. one",
  emphasis: "**bold _and *never closed ~~ \\",
  math: "$$\\unicode$$ $`x`$",
  lines: "a\r\nb\u2028c\u0000d\u0085e",
  bidi: "a\u202eb\u2066c\u200bd\ufeff",
  mermaid: '"] --> x[" ; %%{init: {}}%% click s0 "javascript:1"',
  command: "/kin stop\n::set-output name=x::y ##[add-path]z",
  long: "word ".repeat(14_000),
  unbroken: "x".repeat(65_536),
  pipes: "|".repeat(20_000),
  brackets: "<".repeat(20_000),
  fences: "```\n".repeat(5000),
};

/** Quoted, because a shell would find no check in some of these texts, and an attempt without one does not count. */
const commandWith = (text: string): string => `npm test -- '${text.replaceAll("'", "")}'`;

/** One task in which every text that comes from outside is `text`. */
const viewOf = (text: string, status: TaskView["task"]["status"]): TaskView =>
  aView({
    pipelines: [
      { plan: ["debugger", "tester"], play: [{ failed: text }] },
      {
        task: { title: text, body: text, acceptance_criteria: [text, text] },
        plan: ["debugger", { role: "tester", gate: true }],
        planned: { analysis: text, route_type: text, repairs: [text] },
        play: [
          {
            turns: [{ bash: [commandWith(text), 0, text], wrote: [`${text}/package.json`] }, {}],
            answer: {
              status: "done",
              root_cause: text,
              refined_brief: text,
              clarification_list: [text, text],
              fixes: [{ file: text, description: text }],
              notes: text,
              proof: { what_was_done: text, how_verified: [commandWith(text)], verification_result: text },
              tech_debt: { description: text, reason_temporary: text, proper_fix: text, category: text },
            },
            checks: [{ command: text, exit_code: 0, seconds: 1, output: text }],
          },
          {
            turns: [{ bash: [commandWith(text), 1, text] }, {}],
            answer: {
              verdict: "changes_requested",
              reason: text,
              findings: [
                { severity: "high", file: text, line: 3, issue: text, fix: text },
                { severity: "low", file: "src/a.ts", line: 3, issue: text, fix: text },
              ],
              criteria_check: [{ criterion: text, met: true, evidence: text }],
            },
          },
        ],
      },
    ],
    task: {
      status,
      status_reason: text,
      title: text,
      asked_by: text,
      branch: text,
      head_sha: "c".repeat(40),
      pr_number: 15,
    },
    returns: [1, 2, 3, 4].map(() => ({
      reason_text: text,
      actor: text,
      returned_by: text,
      source: `review:${text}`,
    })),
  });

/** A coordinator at work whose own words, and those of its workers, are `text`. */
const crewOf = (text: string): TaskView => {
  const order = spawned(1, { role: text, description: text, task: text });
  const started = said({ calls: [["spawn_worker", order]] }, { orders: [order, spawned(2)] });
  const more = [began(), started, began(1, text), ...ended(1, { outcome: "failed", reason: text })];
  return aView({ pipelines: [{ ...COORDINATED, more }] });
};

const surfacesOf = (view: TaskView): Readonly<Record<string, string>> => {
  const pipeline = view.pipelines[1]?.pipeline;
  const step = pipeline?.steps.at(-1);
  if (pipeline === undefined || step === undefined) throw new Error("no pipeline");
  const review = reviewOf({ view, pipeline, step, sha: "c".repeat(40) });
  const crew = crewOf(view.task.title);
  return {
    crew: statusComment(crew),
    workers: workersComment(crew),
    crew_summary: jobSummary(crew.pipelines[0]?.pipeline ?? pipeline, { url: null, scripted: false }),
    status: statusComment(view),
    pull: pullBody(view),
    review: review.body,
    inline: review.comments[0]?.body ?? "",
    check: gateCheck(view).summary,
    summary: jobSummary(pipeline, { url: null, scripted: false }),
    dry: jobSummary(
      { ...pipeline, opening: { ...pipeline.opening, dry_run: true } },
      { url: null, scripted: false },
    ),
    question: questionComment(view),
    notice: noticeComment(view, [view.task.asked_by]),
  };
};

const CASES = Object.entries(HOSTILE);
const STATUSES = ["blocked", "needs_info", "review"] as const;

test.for(CASES)("The frame holds around hostile text: %s.", ([, text]) => {
  for (const status of STATUSES) {
    for (const [surface, markdown] of Object.entries(surfacesOf(viewOf(text, status)))) {
      const [frame, wanted] = [frameOf(markdown), harmless(status)[surface] as Frame];
      if (markdown.includes("_Parts were left out here")) expect(frame.ends, surface).toBe(frame.folds);
      else expect(frame, surface).toEqual(wanted);
      if (surface === "status") expect(frame.tables[0], surface).toEqual(wanted.tables[0]);
    }
  }
});

test.for(CASES)("Nothing in hostile text is obeyed: %s.", ([, text]) => {
  for (const [surface, markdown] of Object.entries(surfacesOf(viewOf(text, "blocked")))) {
    const { html, prose } = rendered(markdown);
    expect(html, surface).not.toMatch(/<(img|script|iframe)\b|href="javascript:|onerror="/i);
    expect(prose, surface).not.toMatch(/(?<![\w`])@evil/);
    expect(prose.replace(/^Closes #12/, ""), surface).not.toMatch(
      /\b(fix(es)?|closes?) (octocat\/flats)?#\d/i,
    );
    expect(markdown, surface).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(markdown, surface).not.toMatch(/^\/kin stop$/m);
  }
});

test.for(CASES)("Limits hold: %s.", ([, text]) => {
  const view = viewOf(text, "blocked");
  const limits: Readonly<Record<string, number>> = {
    summary: 1_000_000,
    crew_summary: 1_000_000,
    dry: 1_000_000,
  };
  for (const [surface, markdown] of Object.entries(surfacesOf(view))) {
    expect(markdown.length, surface).toBeLessThanOrEqual(limits[surface] ?? 65_535);
  }
  const pipeline = view.pipelines[1]?.pipeline;
  if (pipeline === undefined) throw new Error("no pipeline");
  expect(gateCheck(view).title.length).toBeLessThanOrEqual(255);
  expect([...pullTitle(view)].length).toBeLessThanOrEqual(256);
  const subject = commitMessage({ view, pipeline, step: pipeline.steps[1] as Step }).split("\n")[0] ?? "";
  expect([...subject].length).toBeLessThanOrEqual(72);
});

test("A task with very much in it loses its least important parts first.", () => {
  const returns = Array.from({ length: 50 }, () => ({ reason_text: "x".repeat(60_000), source: "review:1" }));
  const plan = [...Array<string>(300).fill("architect"), "tester"];
  const noisy = { plan, planned: { repairs: Array<string>(500).fill("r".repeat(3000)) } };
  const view = aView({ pipelines: Array.from({ length: 400 }, () => noisy), returns });
  const text = statusComment(view);
  expect(text.length).toBeLessThanOrEqual(65_536);
  expect(text).toMatch(/^\*\*Running\*\* · step 1 of 301 \(architect\)/);
  expect(text).toContain("| 1 | architect |");
});

const marked = new Marked({ gfm: true });

/**
 * What a template built: its tables with their sizes, its folds, headings and signature. A value may contain a table of
 * its own.
 */
const frameOf = (markdown: string) => {
  const tokens = marked.lexer(markdown);
  const tables = tokens
    .filter((token): token is Tokens.Table => token.type === "table")
    .filter(table => OUR_COLUMNS.test(table.header[0]?.text ?? ""));
  const outside = tokens.filter(token => token.type !== "code").map(token => token.raw);
  return {
    tables: tables.map(table => table.header.map(cell => cell.text)),
    rows: tables.map(table => table.rows.length),
    folds: outside.join("").match(/^<details>/gm)?.length ?? 0,
    ends: outside.join("").match(/^<\/details>$/gm)?.length ?? 0,
    signatures: markdown.match(/^<sub>/gm)?.length ?? 0,
    headings: tokens.filter(
      (token): token is Tokens.Heading => token.type === "heading" && OURS.test(token.text),
    ).length,
  };
};

type Frame = ReturnType<typeof frameOf>;

const known = new Map<string, Readonly<Record<string, Frame>>>();
const harmless = (status: (typeof STATUSES)[number]): Readonly<Record<string, Frame>> => {
  const frames =
    known.get(status) ??
    Object.fromEntries(
      Object.entries(surfacesOf(viewOf("harmless", status))).map(([name, text]) => [name, frameOf(text)]),
    );
  known.set(status, frames);
  return frames;
};

const OUR_COLUMNS = /^(Step|Role|Command|Limit|Worker)$/;
const OURS =
  /^(What|Why|How verified|Acceptance criteria|Known to be temporary|Plan|Steps|Workers|Setup|Limits)$/;

/** The HTML, and its words without code and tags. */
const rendered = (markdown: string): { readonly html: string; readonly prose: string } => {
  const html = marked.parse(markdown, { async: false });
  const prose = html
    .replace(/<(code|pre)[^>]*>[\s\S]*?<\/\1>/g, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");
  return { html, prose };
};
