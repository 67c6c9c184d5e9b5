// One task in each of its states, based on the example project's story.
import type { TaskView } from "../../core/report/view.ts";
import { type AttemptSpec, aView, type JournalSpec } from "../build.ts";

const CRITERIA = [
  "What is collected is exactly what was billed, for any amount and any number of flats",
  "The shares of one bill are never more than one cent apart",
  "`npm test` passes",
];

const BASE: JournalSpec = { task: { acceptance_criteria: CRITERIA } };
const PLAN = ["debugger", "tester"];

const FIRST_FIX: AttemptSpec = {
  turns: [
    {
      bash: "node src/cli.js examples/march.txt",
      tool: { name: "read", input: { file_path: "src/split.js" } },
    },
    { tool: { name: "edit", input: { file_path: "src/split.js" } }, wrote: ["src/split.js"] },
    { bash: "node --test test/report.test.js" },
    {},
  ],
  answer: {
    status: "done",
    root_cause: "`split` in src/split.js rounds one share and gives it to all flats.",
    evidence: [],
    fixes: [{ file: "src/split.js", description: "The last flat's share takes the difference." }],
    regression_test: "test/report.test.js",
    notes: "I ran the tests of the report, not the other files of the suite.",
    proof: {
      what_was_done: "The shares of a bill add up to the bill.",
      how_verified: ["node --test test/report.test.js"],
      verification_result: "The report's three tests pass.",
    },
  },
};

/** It names a command that it did not run, so the attempt does not count. */
const UNPROVED: AttemptSpec = {
  turns: [{ tool: { name: "edit", input: { file_path: "src/split.js" } }, wrote: ["src/split.js"] }, {}],
  answer: {
    ...FIRST_FIX.answer,
    proof: { what_was_done: "x", how_verified: ["npm test"], verification_result: "x" },
  },
};

const REJECTED: AttemptSpec = {
  turns: [{ bash: ["npm test", 1, "the shares are 3 cents apart"] }, {}],
  answer: {
    verdict: "changes_requested",
    reason:
      "The shares add up now, but one flat bears the whole difference: of 2.00 between seven flats, six pay 0.29 and the last one 0.26. The criteria allow one cent between two shares. `npm test` fails.",
    findings: [
      {
        severity: "medium",
        file: "test/split.test.js",
        line: 12,
        issue: "No test splits a refund, although the criteria name refunds.",
        fix: "Split a negative amount that does not divide evenly, and look at the sum and the gap.",
      },
      {
        severity: "high",
        file: "src/split.js",
        line: 7,
        issue:
          "The last flat takes all that the rounding dropped or added. For `split(200, 7)` that is 3 cents.",
        fix: "Give every flat the amount divided and cut off, and one cent more to as many flats as cents are left.",
      },
      { severity: "low", issue: "The README does not say who gets the cents that are left." },
    ],
    tests_run: 11,
    passed: 10,
    failed: 1,
    proof: { what_was_done: "Ran the suite.", how_verified: ["npm test"], verification_result: "1 failed" },
  },
};

const SECOND_FIX: AttemptSpec = {
  turns: [
    {
      tool: { name: "write", input: { file_path: "src/split.js" } },
      wrote: ["src/split.js", "test/split.test.js", "package.json"],
    },
    { bash: "npm test" },
    { bash: "node src/cli.js examples/march.txt" },
    {},
  ],
  answer: {
    status: "done",
    root_cause:
      "`split` in src/split.js rounds one share for everybody, so each flat can be wrong by up to half a cent, and the error grows with the number of flats.",
    fixes: [
      {
        file: "src/split.js",
        description:
          "Every flat gets the amount divided and cut off to a whole cent; the cents that are left go to the first flats, one each.",
      },
      {
        file: "test/split.test.js",
        description: "A test of sum and gap for all amounts up to 3.00 between one to twelve flats.",
      },
    ],
    notes:
      "Which flats pay the cents that are left is settled by their order in the bill; the task leaves it open.",
    proof: {
      what_was_done: "The shares of a bill add up to its amount and are at most one cent apart.",
      how_verified: ["npm test", "node src/cli.js examples/march.txt"],
      verification_result: "13 tests, 13 passed.",
    },
    tech_debt: {
      description: "Amounts are read as floating-point numbers and rounded.",
      reason_temporary: "The reader is used by two other programs.",
      proper_fix: "Read cents from the text, digit by digit.",
      category: "ARCH",
    },
  },
  checks: [{ command: "npm run lint", exit_code: 0, seconds: 3, output: "" }],
};

export const APPROVED: AttemptSpec = {
  turns: [{ bash: "npm test", wrote: ["test/refund.test.js"] }, {}],
  answer: {
    verdict: "approved",
    reason:
      "All criteria are met: the shares add up and are at most a cent apart, for bills and for refunds, and the whole suite passes.",
    findings: [
      {
        severity: "low",
        file: "src/split.js",
        line: 10,
        issue:
          "The cents that are left always go to the flats named first in a bill. The task leaves this open.",
      },
    ],
    tests_written: [{ file: "test/refund.test.js", covers: "A refund of 20.00 to seven flats." }],
    criteria_check: [
      { criterion: CRITERIA[0], met: true, evidence: "test/split.test.js, over 3,612 splits" },
      { criterion: CRITERIA[1], met: true, evidence: "" },
    ],
    proof: { what_was_done: "Ran the suite.", how_verified: ["npm test"], verification_result: "13 passed" },
  },
};

const FOLLOW_UP: AttemptSpec = {
  turns: [{}],
  answer: {
    status: "done",
    created: [
      {
        title: "Say who gets the cents that are left",
        brief: "The README does not say it.",
        category: "DOCS",
        priority: "low",
      },
    ],
    pending_actions: [],
  },
};

export const P1: JournalSpec = { ...BASE, plan: PLAN, play: [UNPROVED, FIRST_FIX, REJECTED] };
export const P2: JournalSpec = { ...BASE, plan: PLAN, play: [SECOND_FIX, APPROVED, FOLLOW_UP] };

const GATE_RETURN = {
  reason_text: "Gate tester: The shares add up now, but one flat bears the whole difference. And more.",
  pipeline_id: "p1",
};
const BRANCH = { head_sha: "c".repeat(40), pr_number: 15, comment_id: 501 };

const FOUR_RETURNS = [
  GATE_RETURN,
  {
    reason_category: "requirements_unclear" as const,
    reason_text: "Who gets the cent? Please ask first.",
    returned_by: "person",
    actor: "monalisa",
    source: "review:771",
    pr_number: 15,
  },
  {
    reason_category: "missing_context" as const,
    reason_text: "The other house has seven flats.",
    returned_by: "person",
    actor: "monalisa",
    source: "issue_comment:772",
  },
  { ...GATE_RETURN, source: "gate:p3:2:1", pipeline_id: "p1" },
];

export const NEEDS_INFO: JournalSpec = {
  ...BASE,
  plan: ["return_analyst", "debugger", "tester"],
  play: [
    {
      turns: [{}],
      answer: {
        status: "done",
        root_cause_analysis: "The task does not say who bears the cent that is left.",
        refined_brief: "Split bills so that\n\n- the shares add up\n- no two are more than a cent apart",
        clarification_list: ["Who pays the cent that is left?", "May refunds be rounded?"],
        escalate_to_dept_head: false,
      },
    },
  ],
  more: [
    {
      kind: "finished",
      outcome: "needs_info",
      reason: "The brief leaves two questions open, and four attempts have guessed at them.",
      return: null,
    },
  ],
};

const BLOCKED: JournalSpec = {
  ...BASE,
  config: { limits: { step_turns: 2 } },
  plan: PLAN,
  play: [
    { turns: [{}, {}], failed: "The answer was refused twice. Your answer was refused:\n- fixes: Required" },
    { turns: [{}], failed: "The model stopped without calling `submit`, twice." },
    { turns: [{}, {}] },
  ],
};

export const STATES = {
  queued: aView({ pipelines: [{ ...BASE, claimed: false, setup: false }], queue: 2 }),
  unopened: aView(),
  setting_up: aView({ pipelines: [{ ...BASE, setup: false }] }),
  planning: aView({ pipelines: [BASE] }),
  running: aView({
    pipelines: [
      {
        ...BASE,
        task: { ...BASE.task, hidden_removed: 3 },
        plan: ["architect", "debugger", "tester"],
        planned: { route_type: "feature", repairs: ["A reviewer was added: every plan ends with a gate."] },
        play: [
          { turns: [{}], answer: { spec: {}, files_to_change: [], decisions: [] } },
          { turns: [{ wrote: ["src/split.js"] }, { bash: "npm test" }] },
        ],
      },
    ],
    scripted: true,
  }),
  paused: aView({
    pipelines: [
      {
        ...BASE,
        plan: PLAN,
        more: [{ kind: "paused", reason: "The model's API is unavailable: 529 overloaded" }],
      },
    ],
  }),
  second_running: aView({
    pipelines: [P1, { ...BASE, plan: PLAN, play: [{ turns: [{ bash: ["npm test", 1] }] }] }],
    task: { branch: "kin/12-the-flats-shares", head_sha: "c".repeat(40) },
    returns: [GATE_RETURN],
  }),
  review: aView({ pipelines: [P1, P2], task: { status: "review", ...BRANCH }, returns: [GATE_RETURN] }),
  needs_info: aView({
    pipelines: [P1, NEEDS_INFO],
    task: { status: "needs_info", ...BRANCH },
    returns: FOUR_RETURNS,
  }),
  blocked: aView({ pipelines: [BLOCKED], task: { status: "blocked" } }),
  setup_failed: aView({
    pipelines: [
      {
        ...BASE,
        setup: { ok: false, reason: "`npm ci` exited 1: lock file out of date.\nMend the lock file." },
      },
    ],
    task: { status: "blocked" },
  }),
  unpriced: aView({
    pipelines: [{ ...BASE, plan: PLAN, play: [{ turns: [{ model: "house-model-1", usd: null }] }] }],
  }),
  done: aView({ pipelines: [P1, P2], task: { status: "done", ...BRANCH }, returns: [GATE_RETURN] }),
  cancelled: aView({
    pipelines: [
      { ...P1, more: [] },
      {
        ...BASE,
        plan: PLAN,
        more: [{ kind: "stop_asked", message: 1, by: "monalisa", reason: "We do it by hand." }],
      },
    ],
    task: { status: "cancelled", status_reason: "The label `kin` was taken off by monalisa." },
  }),
} satisfies Readonly<Record<string, TaskView>>;
