import { expect, test } from "vitest";
import type { Step } from "../../core/model/pipeline.ts";
import { commitMessage } from "../../core/report/commit-message.ts";
import { foreignCheck, gateCheck } from "../../core/report/gate-check.ts";
import { LABELS, labelsOf } from "../../core/report/labels.ts";
import { pullBody, pullTitle } from "../../core/report/pull-body.ts";
import { type ReviewInput, reviewOf } from "../../core/report/review.ts";
import type { TaskView } from "../../core/report/view.ts";
import { aView, type JournalSpec } from "../build.ts";
import { APPROVED, NEEDS_INFO, P1, P2, STATES } from "./states.ts";

const judged = (view: TaskView, index: number): Pick<ReviewInput, "view" | "pipeline" | "step"> => {
  const pipeline = view.pipelines[index]?.pipeline;
  const step = pipeline?.steps.findLast(({ gate }) => gate);
  if (pipeline === undefined || step === undefined) throw new Error("no such pipeline");
  return { view, pipeline, step };
};

test("The pull request says what, why, how it was verified and what is open.", async () => {
  expect(pullTitle(STATES.review)).toBe(
    "The shares of a bill add up to its amount and are at most one cent apart",
  );
  await expect(pullBody(STATES.review)).toMatchFileSnapshot("snapshots/pull-review.txt");
});

test("While a new pipeline works, the text says which one it describes.", async () => {
  expect(pullBody(STATES.second_running)).toContain(
    "> What follows is what pipeline 1 did; pipeline 2 came after it.",
  );
});

test("A pipeline that passed is the one described, also where its gate alone worked.", () => {
  const verified: JournalSpec = {
    ...P2,
    plan: ["tester"],
    play: [APPROVED],
    more: [{ kind: "finished", outcome: "passed", reason: "It holds.", return: null }],
  };
  const text = pullBody(aView({ pipelines: [P1, verified] }));
  expect(text).not.toContain("came after it");
  expect(text).toContain("**tester** (step 1) approved");
});

test("An analysis is no work: the text goes on telling of the pipeline that changed something.", () => {
  expect(pullBody(aView({ pipelines: [P1, NEEDS_INFO] }))).toContain(
    "> What follows is what pipeline 1 did; pipeline 2 came after it.",
  );
});

test("The issue is closed by a pull request into the default branch and by no other.", () => {
  const into = (ref: string) =>
    pullBody(aView({ pipelines: [{ ...P2, opening: { base: { ref, sha: "b" } } }] }));
  expect(into("main")).toMatch(/^Closes #12 /);
  expect(into("refs/heads/main")).toMatch(/^Closes #12 /);
  expect(into("release")).toMatch(/^For #12 /);
  expect(into("release")).not.toMatch(/closes/i);
});

test("The exit code is the one that the harness saw, whatever the answer says.", () => {
  const text = pullBody(STATES.second_running);
  expect(text).toContain("| `npm test` | exit 1 | 1 s | 2 (tester) |");
});

test("A criterion is ticked only where the gate says of it that it is met.", () => {
  const text = pullBody(STATES.review);
  expect(text.match(/^- \[x\]/gm)).toHaveLength(2);
  expect(text).toContain("- [ ] `npm test` passes");
  expect(pullBody(STATES.second_running)).not.toMatch(/\[[x ]\]/);
  expect(pullBody(STATES.second_running)).toContain("- `npm test` passes");
});

test("Setup is to be approved again only where a manifest changed.", () => {
  expect(pullBody(STATES.review)).toContain("**Setup must be approved again.** This changes `package.json`");
  expect(pullBody(aView({ pipelines: [P1] }))).not.toContain("Setup must");
});

test("What the App saw in the patch stands near the top, with its place, and harms nobody.", () => {
  const note = {
    kind: "destination",
    path: "src/a.ts",
    line: 3,
    what: "a new address: <b>@hubot</b>",
  } as const;
  const body = pullBody(STATES.review, [note, { ...note, path: "bin/`x", line: null }]);
  expect(body.indexOf("### What to look at")).toBeLessThan(body.indexOf("### What\n"));
  expect(body).toContain("- `src/a.ts:3`: a new address: ");
  expect(body).toContain("- ``bin/`x``: a new address: ");
  expect(body).not.toMatch(/<b>@|@hubot/);
  expect(pullBody(STATES.review)).not.toContain("What to look at");
  expect(
    pullBody(
      STATES.review,
      Array.from({ length: 33 }, () => note),
    ),
  ).toContain("… and 3 places more");
});

test("Every manifest and lock file that changed is named.", () => {
  const files = [
    "package.json",
    "package-lock.json",
    "go.sum",
    "a/uv.lock",
    "b/pdm.lock",
    "c/Cargo.lock",
    "d/go.work",
  ];
  const more = [
    "e/gradle.lockfile",
    "f/packages.lock.json",
    "g/setup.py",
    "h/requirements-dev.txt",
    "i/pubspec.lock",
  ];
  const turns = [{ wrote: [...files, ...more, "src/a.ts"] }];
  const view = aView({
    pipelines: [{ plan: ["debugger", "tester"], play: [{ turns, answer: { status: "done" } }] }],
  });
  const line = pullBody(view)
    .split("\n")
    .find(text => text.includes("Setup must be approved again"));
  for (const file of [...files, ...more]) expect(line).toContain(`\`${file}\``);
  expect(line).not.toContain("src/a.ts");
});

test("A pull request without any answer yet still has a body.", () => {
  expect(pullBody(aView({ pipelines: [{ plan: ["debugger", "tester"] }] }))).toContain("### Why");
  expect(pullBody(aView())).toBe("For #12\n\n**At work**");
});

test("A rejection is a review: verdict, reason, findings, and how to answer.", async () => {
  const review = reviewOf({
    ...judged(STATES.review, 0),
    inDiff: at => at.path === "src/split.js",
    sha: "c".repeat(40),
  });
  await expect(review.body).toMatchFileSnapshot("snapshots/review-rejected.txt");
  expect(review.comments).toMatchInlineSnapshot(`
    [
      {
        "body": "**high**: The last flat takes all that the rounding dropped or added. For \`split(200, 7)\` that is 3 cents.

    **Fix:** Give every flat the amount divided and cut off, and one cent more to as many flats as cents are left.",
        "line": 7,
        "path": "src/split.js",
      },
    ]
  `);
});

test("Without knowledge of the diff every finding is in the body, and every placed one is offered.", () => {
  const review = reviewOf(judged(STATES.review, 0));
  expect(review.comments.map(({ path, line }) => `${path}:${line}`)).toEqual([
    "src/split.js:7",
    "test/split.test.js:12",
  ]);
  expect(review.body.match(/^- \*\*(high|medium|low)\*\*/gm)).toHaveLength(3);
});

test("A comment that stands for a rejection says so in its heading.", () => {
  const review = reviewOf({ ...judged(STATES.review, 0), event: "COMMENT" });
  expect(review.body.split("\n")[0]).toBe("### Changes requested");
  expect(review.body).toContain("stands for a review that requests changes");
});

test("An approval claims no more than the gate's approval.", () => {
  const { body } = reviewOf(judged(STATES.review, 1));
  expect(body).toMatch(/^\*\*Approved\*\* by the gate tester\. This comment counts as no approving review\./);
  expect(body).not.toContain("/kin return");
});

test("A finding's path that cannot be in the repository is no inline comment.", () => {
  const files = ["../../etc/passwd", "/etc/passwd", "a\u0000b", "a\\b", "", "./src/a.ts"];
  const view = aView({
    pipelines: [rejecting(files.map(file => ({ severity: "high", file, line: 1, issue: "x" })))],
  });
  expect(reviewOf(judged(view, 0)).comments.map(({ path }) => path)).toEqual(["src/a.ts"]);
});

const rejecting = (findings: readonly object[]): JournalSpec => ({
  plan: ["debugger", "tester"],
  play: [
    { answer: { status: "done", fixes: [] } },
    { answer: { verdict: "changes_requested", reason: "No.", findings } },
  ],
});

test("The check is green only where a gate approved, and never while something is open.", () => {
  const conclusions = Object.fromEntries(
    Object.entries(STATES).map(([name, view]) => [
      name,
      gateCheck(view).conclusion ?? gateCheck(view).status,
    ]),
  );
  expect(conclusions).toEqual({
    queued: "in_progress",
    unopened: "in_progress",
    setting_up: "in_progress",
    planning: "in_progress",
    running: "in_progress",
    paused: "in_progress",
    second_running: "in_progress",
    review: "success",
    needs_info: "action_required",
    blocked: "action_required",
    setup_failed: "action_required",
    unpriced: "in_progress",
    done: "success",
    cancelled: "neutral",
  });
  expect(gateCheck(aView({ pipelines: [P1] })).conclusion).toBe("failure");
  const DONE = { answer: { status: "done" } };
  const YES = { answer: { verdict: "approved", reason: "Right." } };
  const no = (findings: number) => ({
    answer: { verdict: "changes_requested", reason: "No.", findings: Array(findings).fill({ issue: "x" }) },
  });
  const config = { limits: { revisions: 1 } };
  const twoGates = {
    config,
    plan: ["debugger", "tester", "reviewer"],
    play: [DONE, no(3), DONE, YES, no(1)],
  };
  expect(gateCheck(aView({ pipelines: [twoGates] })).title).toBe("Changes requested by reviewer, 1 finding");
  const failing = { failed: "The model refused to go on." };
  const plan = ["debugger", "tester", "backend_dev", "reviewer"];
  const stuck = { config, plan, play: [DONE, no(3), DONE, YES, failing, failing, failing] };
  expect(gateCheck(aView({ pipelines: [stuck] }))).toMatchObject({
    title: expect.stringMatching(/^Not judged: /),
    conclusion: "action_required",
  });
});

test("An approval that its own test run contradicts is a red check.", () => {
  const approving = {
    turns: [{ bash: ["npm test", 1] as const }, {}],
    answer: {
      verdict: "approved",
      reason: "All is well.",
      findings: [],
      proof: { what_was_done: "x", how_verified: ["npm test"], verification_result: "x" },
    },
  };
  const view = aView({
    pipelines: [
      { plan: ["debugger", "tester"], play: [{ answer: { status: "done", fixes: [] } }, approving] },
    ],
  });
  expect(gateCheck(view)).toMatchObject({
    conclusion: "failure",
    title: "Changes requested by tester, 1 finding",
  });
});

test("What a revision replaced is told of no more: neither what was written nor how it was verified nor the verdict on it.", () => {
  const writing = (what: string, command: string) => ({
    turns: [{ bash: command }, {}],
    answer: {
      status: "done",
      root_cause: `Cause ${what}.`,
      fixes: [{ file: "src/split.js", description: `Way ${what}.` }],
      notes: `Note ${what}.`,
      tech_debt: { description: `Debt ${what}.` },
      proof: { what_was_done: `Done ${what}.`, how_verified: [command], verification_result: "x" },
    },
  });
  const judging = (verdict: string, command: string) => ({
    turns: [{ bash: command }, {}],
    answer: {
      verdict,
      reason: `Why ${verdict}.`,
      findings: [],
      criteria_check: verdict === "approved" ? [] : [{ criterion: 1, met: true, evidence: "Seen once." }],
      proof: { what_was_done: "x", how_verified: [command], verification_result: "x" },
    },
  });
  const first = [writing("one", "node one.js"), judging("changes_requested", "npm run one")];
  const second = [writing("two", "node two.js"), judging("approved", "npm run two")];
  const viewOf = (revisions: number, ...play: object[]) =>
    aView({
      pipelines: [
        {
          config: { limits: { revisions } },
          task: { acceptance_criteria: ["It adds up."] },
          plan: ["debugger", "tester"],
          play,
        },
      ],
    });
  const text = pullBody(viewOf(1, ...first, ...second));
  expect(text.match(/\b(?:Cause|Way|Note|Debt|Done|Why|node|npm run) \w+/g)).toEqual([
    "Done two",
    "Way two",
    "Note two",
    "Cause two",
    "node two",
    "npm run two",
    "Why approved",
    "Debt two",
  ]);
  expect(text).toContain("\n- It adds up.\n");
  const message = commitMessage({ ...judged(viewOf(1, ...first, ...second), 0) });
  expect(message).not.toMatch(/\bone\b/);
  const meanwhile = pullBody(viewOf(1, ...first));
  expect(meanwhile).toContain("Way one.");
  expect(meanwhile).toContain("**tester** (step 4) has not judged it yet.");
  const rejected = pullBody(viewOf(0, ...first));
  expect(rejected).toContain("**tester** (step 2) requested changes.");
});

test("A criterion is ticked by a gate, with the run that shows it; until then the writer's word stands there.", () => {
  const criteria = ["It adds up.", "It is fast.", "`npm test` passes"];
  const check = (criterion: number, met: boolean, run?: number) => ({ criterion, met, run, evidence: "" });
  const mending = {
    turns: [{ bash: "npm test" }, {}],
    answer: { status: "done", fixes: [], criteria_check: [check(1, true, 1), check(2, false)] },
  };
  const judging = {
    turns: [{ bash: "ls" }, { bash: "npm test" }, {}],
    answer: {
      verdict: "approved",
      reason: "",
      findings: [],
      criteria_check: [check(1, true, 2), check(3, false)],
    },
  };
  const bodyOf = (...play: object[]) =>
    pullBody(
      aView({ pipelines: [{ task: { acceptance_criteria: criteria }, plan: ["debugger", "tester"], play }] }),
    );
  expect(bodyOf(mending)).toContain(
    "- [ ] It adds up. (debugger says met; step 1, run 1: `npm test` exit 0)\n- [ ] It is fast. (debugger says not met)\n- [ ] `npm test` passes",
  );
  expect(bodyOf(mending, judging)).toContain(
    "- [x] It adds up. (step 2, run 2: `npm test` exit 0)\n- [ ] It is fast. (debugger says not met)\n- [ ] `npm test` passes",
  );
});

test("Where Kin has no part, the check is neutral.", () => {
  expect(foreignCheck()).toMatchObject({ status: "completed", conclusion: "neutral" });
});

test("A task has one state label, and none after a cancel.", () => {
  const known = new Set(LABELS.map(({ name }) => name));
  for (const [name, view] of Object.entries(STATES)) {
    const labels = labelsOf(view);
    expect(labels, name).toHaveLength(view.task.status === "cancelled" ? 0 : 1);
    expect(labels.every(label => known.has(label))).toBe(true);
  }
});

test("Labels keep GitHub's limits and are named once.", () => {
  expect(new Set(LABELS.map(({ name }) => name.toLowerCase())).size).toBe(LABELS.length);
  for (const { name, color, description } of LABELS) {
    expect(name.length).toBeLessThanOrEqual(50);
    expect(color).toMatch(/^[0-9a-f]{6}$/);
    expect(description.length).toBeLessThanOrEqual(100);
  }
});

test("A pull request closes nothing by its code, which is none in the message of a squash.", () => {
  const said = [
    ...["fixes #3", "Closes: octocat/flats#4", "resolve GH-5", "fixed https://github.com/o/r/issues/6"],
    "closed #7 and closed #8",
  ];
  const block = (text: string) => `Done.\n\n\`\`\`text\n${text}\n\`\`\`\n\nAnd \`${text}\`.`;
  for (const text of said) {
    const fixes = [{ file: text, description: block(text) }];
    const proof = { what_was_done: block(text), how_verified: [`grep ${text}`], verification_result: "x" };
    const answer = { status: "done", root_cause: block(text), fixes, proof };
    const turns = [{ bash: [`grep ${text}`, 0, ""] as [string, number, string] }, {}];
    const body = pullBody(
      aView({ pipelines: [{ plan: ["debugger", "tester"], play: [{ turns, answer }] }] }),
    );
    expect(body).toMatch(/^Closes #12 /);
    expect(body).toContain("```text");
    expect(body.slice(12)).not.toMatch(/(fix|close|resolve)\w*:?\s+(\S*#|gh-|\S+\/issues\/)\d/i);
  }
});

test("No word of a commit's subject closes with the number that its body begins with.", () => {
  for (const [what_was_done, root_cause] of [
    ["This fixes", "#12 was about it."],
    ["It closes:", "octocat/flats#3 as well."],
  ] as const) {
    const proof = { what_was_done, how_verified: ["npm test"], verification_result: "x" };
    const answer = { status: "done", root_cause, fixes: [], proof };
    const turns = [{ bash: "npm test" }, {}];
    const view = aView({ pipelines: [{ plan: ["debugger", "tester"], play: [{ turns, answer }] }] });
    const { pipeline } = view.pipelines[0] ?? { pipeline: undefined };
    if (pipeline === undefined) throw new Error("no pipeline");
    const message = commitMessage({ view, pipeline, step: pipeline.steps[1] as Step });
    expect(message).toContain(what_was_done);
    expect(message).not.toMatch(/(fix|close|resolve)\w*[\s:]+([\w./-]*#|gh-|\S+\/(?:issues|pull)\/)\d/i);
  }
});

const BETWEEN = [
  " ",
  " ".repeat(19),
  " ".repeat(2000),
  "\t\t",
  "\n\n",
  " :  ",
  "\u00a0".repeat(40),
  " \u2003 \u3000",
  ": ".repeat(30),
];
test.each(BETWEEN)(
  "However much stands between a word and a number (%j), no text closes an issue, a pull request's or a commit's.",
  between => {
    for (const number of [
      "#3",
      "octocat/flats#4",
      "GH-5",
      "https://github.com/o/r/issues/6",
      "http://git.test:8080/o/r/pull/7",
    ]) {
      const text = `It fixes${between}${number}`;
      const answer = {
        status: "done",
        root_cause: text,
        fixes: [{ file: text, description: `\`${text}\`` }],
        proof: { what_was_done: `\`\`\`\n${text}\n\`\`\``, how_verified: [text], verification_result: "x" },
      };
      const view = aView({
        task: { title: text },
        pipelines: [{ plan: ["debugger", "tester"], play: [{ turns: [{ bash: text }, {}], answer }] }],
      });
      const { pipeline } = view.pipelines[0] ?? { pipeline: undefined };
      if (pipeline === undefined) throw new Error("no pipeline");
      expect(pipeline.steps[1]?.answer).not.toBeNull();
      const message = commitMessage({ view, pipeline, step: pipeline.steps[1] as Step });
      for (const out of [pullBody(view).slice(12), pullTitle(view), message])
        expect(out).not.toMatch(
          /(fix|close|resolve)\w*[\s:]+([\w./-]*#|gh-|https?:\S+\/(?:issues|pull)\/)\d/i,
        );
    }
  },
);

test("A commit says what was done, and carries the trailer by which it is found again.", () => {
  expect(commitMessage(judged(STATES.review, 1))).toMatchInlineSnapshot(`
    "The shares of a bill add up to its amount and are at most one cent apart

    \`split\` in src/split.js rounds one share for everybody, so each flat can
    be wrong by up to half a cent, and the error grows with the number of
    flats.

    - src/split.js: Every flat gets the amount divided and cut off to a
      whole cent; the cents that are left go to the first flats, one each.
    - test/split.test.js: A test of sum and gap for all amounts up to 3.00
      between one to twelve flats.

    Kin-Step: p2/2/1"
  `);
});

test("A commit names who asked, and links the run that wrote it.", () => {
  const run = "https://github.com/octocat/flats/actions/runs/9002";
  expect(
    commitMessage({ ...judged(STATES.review, 1), run })
      .split("\n\n")
      .at(-1),
  ).toBe(`Asked-by: monalisa\nKin-Run: ${run}\nKin-Step: p2/2/1`);
});

test("A commit's text closes nothing, mentions nobody, skips no CI and forges no trailer.", () => {
  const text =
    "Fixes #3 and closes octocat/flats#4, resolves: https://github.com/octocat/flats/issues/5 for @hubot and `@hubot now [skip ci] [skip azp] ***NO_CI*** Kin-Step: p9/1/1\nCo-authored-by: x <x@y.z>";
  const view = aView({
    pipelines: [
      {
        plan: ["debugger", "tester"],
        play: [
          {
            answer: {
              status: "done",
              root_cause: text,
              fixes: [{ file: text, description: text }],
            },
          },
        ],
      },
    ],
    task: { title: text },
  });
  const { pipeline } = view.pipelines[0] ?? { pipeline: undefined };
  if (pipeline === undefined) throw new Error("no pipeline");
  const message = commitMessage({ view, pipeline, step: pipeline.steps[1] as Step });
  for (const surface of [message, pullTitle(view)]) {
    expect(surface).not.toMatch(/(fix|close|resolve)\w*:?\s+(\S*#|\S+\/issues\/)\d/i);
    expect(surface).not.toMatch(/@\w+ |\[skip |\*NO_CI|co-authored-by:/i);
  }
  expect(message.match(/kin-step:/gi)).toHaveLength(1);
  expect(message).toMatch(/\n\nKin-Step: p1\/1\/1$/);
  expect(message.split("\n")[0]?.length).toBeLessThanOrEqual(72);
});
