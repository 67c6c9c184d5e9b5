import { expect, test } from "vitest";
import { confirmation } from "../../core/report/confirmation.ts";
import { helpComment } from "../../core/report/help-comment.ts";
import { noticeComment } from "../../core/report/notice-comment.ts";
import { planComment, workersComment } from "../../core/report/plan-comment.ts";
import { pullBody } from "../../core/report/pull-body.ts";
import { questionComment } from "../../core/report/question-comment.ts";
import { refusal } from "../../core/report/refusal.ts";
import { statusComment } from "../../core/report/status-comment.ts";
import { aView } from "../build.ts";
import { P1, P2, STATES } from "./states.ts";

test.for(Object.entries(STATES))("The status comment shows the state %s.", async ([name, view]) => {
  await expect(statusComment(view)).toMatchFileSnapshot(`snapshots/status-${name}.txt`);
});

test("The status comment's first line says the state and who must act next.", () => {
  const first = (name: keyof typeof STATES) => statusComment(STATES[name]).split("\n")[0];
  expect({
    queued: first("queued"),
    running: first("running"),
    review: first("review"),
    needs_info: first("needs_info"),
    blocked: first("blocked"),
    done: first("done"),
  }).toMatchInlineSnapshot(`
    {
      "blocked": "**Blocked**: Step 1 (debugger) failed 3 times. · $0.07",
      "done": "**Done** with #15 · $0.18 in 2 pipelines",
      "needs_info": "**Needs information**: The brief leaves two questions open, and four attempts have guessed at them. · $0.12 in 2 pipelines",
      "queued": "**Queued** · place 2 in the queue of runs",
      "review": "**Waiting for your review** of #15 · $0.18 in 2 pipelines",
      "running": "**Running** · step 2 of 3 (debugger) · $0.05 · scripted model",
    }
  `);
});

const SHA = "c0ffee1234567890c0ffee1234567890c0ffee12";
const approved = (merge: "never" | "auto", sha = SHA) =>
  statusComment(
    aView({
      pipelines: [{ ...P2, config: { merge } }],
      task: {
        status: "review",
        pr_number: 15,
        head_sha: SHA,
        approval: { by: "hubot", by_id: 2, sha, at: "2026-10-07T10:00:00.000Z", source: "issue_comment:7" },
      },
    }),
  );

test("Whose approval of the head there is, and what then remains, is the first thing that is said.", () => {
  expect(approved("never")).toMatch(/^\*\*Approved by hubot\*\* at `c0ffee1`; the merge of #15 is yours · /);
  expect(approved("never")).toContain("\n\nMerge #15, or reject it: ");
  expect(approved("auto")).toMatch(
    /^\*\*Approved by hubot\*\* at `c0ffee1`; Kin merges #15 as soon as GitHub lets it · /,
  );
});

test("An approval of an earlier commit is none of the head.", () => {
  expect(approved("never", "b".repeat(40))).toMatch(/^\*\*Waiting for your review\*\* of #15/);
});

test("Only where Kin merges does a task complete by itself.", () => {
  const about = (merge: string) =>
    statusComment(
      aView({
        pipelines: [
          { plan: ["debugger", "tester"], planned: { completion_mode: "auto_complete" }, config: { merge } },
        ],
      }),
    );
  expect(about("auto")).toContain("· completes by itself ·");
  expect(about("never")).toContain("· asks for the merge alone ·");
});

test("A result without a change says so before everything else.", () => {
  const view = (wrote: readonly string[]) =>
    aView({
      pipelines: [
        {
          plan: ["debugger", "tester"],
          play: [
            { turns: [{ wrote }], answer: { status: "done" } },
            { answer: { verdict: "approved", reason: "Fine." } },
          ],
        },
      ],
      task: { status: "review" },
    });
  expect(statusComment(view([]))).toMatch(/^\*\*Waiting for your review\*\*: no file was changed · /);
  expect(noticeComment(view([]), ["monalisa"])).toBe(
    "@monalisa: **Waiting for your review**: no file was changed.",
  );
  expect(statusComment(view(["src/a.js"]))).toMatch(/^\*\*Waiting for your review\*\* · /);
});

test("An unknown price shows tokens and the model, never $0.", () => {
  const text = statusComment(STATES.unpriced);
  expect(text).toContain("cost unknown for house-model-1");
  expect(text).toContain("8.5k tokens");
  expect(text).not.toContain("$0.00");
});

test("Nothing spent yet is not said to cost $0.", () => {
  expect(statusComment(STATES.queued)).not.toContain("$");
});

test("Returns are folded away when there are more than three.", () => {
  const returns = Array.from({ length: 3 }, () => ({ reason_text: "Wrong." }));
  const three = aView({ pipelines: [P1], returns });
  const four = aView({ pipelines: [P1], returns: [...returns, { reason_text: "Wrong again." }] });
  expect(statusComment(three)).toContain("**3 returns: 3 × changes requested**");
  expect(statusComment(four)).toContain(
    "<details><summary><b>4 returns: 4 × changes requested</b></summary>",
  );
});

test("D9, X2: the count stays when a task is done; how many came since then is said beside it.", () => {
  const since = (returns_at_last_done: number) =>
    statusComment(aView({ task: { returns_at_last_done }, returns: [{}, {}] }));
  expect(since(1)).toContain("2 returns: 2 × changes requested (1 return since it was last done)");
  expect(since(0)).not.toContain("last done");
});

test("A return links to where it was said, and only to GitHub.", () => {
  const returns = [
    { source: "review:1", pr_number: 15 },
    { source: "review_comment:2", pr_number: 15 },
    { source: "issue_comment:3" },
    { source: "issue_comment:4", pr_number: 12 },
    { source: "issue_comment:5", pr_number: 15 },
    { source: "gate:p1:2:1", pipeline_id: "p1" },
    { source: "review:1)](https://evil.example" },
  ];
  const text = statusComment(aView({ pipelines: [P1], returns }));
  expect(text).toContain("(https://github.com/octocat/flats/pull/15#pullrequestreview-1)");
  expect(text).toContain("(https://github.com/octocat/flats/pull/15#discussion_r2)");
  expect(text).toContain("(https://github.com/octocat/flats/issues/12#issuecomment-3)");
  expect(text).toContain("(https://github.com/octocat/flats/issues/12#issuecomment-4)");
  expect(text).toContain("(https://github.com/octocat/flats/issues/15#issuecomment-5)");
  expect(text).toContain("[pipeline 1](https://github.com/octocat/flats/actions/runs/9001)");
  expect(text).not.toContain("evil");
});

test("A run's address is linked only where it lies on this server.", () => {
  for (const run_url of [
    "https://evil.example/run",
    "https://github.com.evil.example/x",
    "https://github.com/a)b",
    null,
  ]) {
    const text = statusComment(aView({ pipelines: [P1], record: { run_url } }));
    expect(text).not.toContain("[run]");
    expect(text).not.toContain("evil");
  }
});

test("The rerun that is proposed begins at the step that did not finish.", () => {
  const stopped = aView({
    pipelines: [
      {
        plan: ["architect", "debugger", "tester"],
        play: [{ answer: { spec: {} } }],
        more: [{ kind: "finished", outcome: "blocked", reason: "No.", return: null }],
      },
    ],
    task: { status: "blocked" },
  });
  expect(statusComment(stopped)).toContain("`/kin rerun from 2` to keep the steps before it");
});

test("A kept plan and kept answers are said to be kept.", () => {
  const done = aView({ pipelines: [P2] }).pipelines[0]?.pipeline;
  if (done?.plan == null) throw new Error("no plan");
  const kept = { plan: done.plan, answers: [{ step: 1, answer: { status: "done" } }] };
  const text = statusComment(aView({ pipelines: [P1, { opening: { kept } }] }));
  expect(text.match(/✓ kept from an earlier pipeline/g)).toHaveLength(2);
});

test("The question asks author and asker, numbers what is asked, and says how to answer.", async () => {
  await expect(questionComment(STATES.needs_info)).toMatchFileSnapshot("snapshots/question.txt");
});

test("Only people can be asked: an app or a made-up name is not mentioned.", () => {
  const snapshot = { ...STATES.needs_info.task.snapshot, author: "renovate[bot]" } as never;
  const view = { ...STATES.needs_info, task: { ...STATES.needs_info.task, snapshot, asked_by: "a b" } };
  expect(questionComment(view)).toMatch(/^To the author: /);
});

test("A notice says the status comment's own first sentence, in one line, to those who are meant and nobody else.", () => {
  for (const view of [STATES.review, STATES.blocked, STATES.needs_info]) {
    const notice = noticeComment(view, ["monalisa", "MonaLisa", "renovate[bot]"]);
    const [state = ""] = statusComment(view).split(" · ");
    expect(notice.startsWith(`@monalisa: ${state.replace(/\.$/, "")}`), notice).toBe(true);
    expect(notice.split("\n")).toHaveLength(1);
    expect(noticeComment(view, [])).not.toMatch(/@\w/);
  }
  expect(noticeComment(STATES.review, ["monalisa"])).toMatchInlineSnapshot(
    `"@monalisa: **Waiting for your review** of #15. [What happened and what to do](https://github.com/octocat/flats/issues/12#issuecomment-501)."`,
  );
});

test.each([
  ["review", "never", {}, "**Waiting for your review** of #15"],
  ["auto_complete", "never", {}, "**Waiting for your merge** of #15"],
  ["auto_complete", "auto", {}, "**Approved by the gate**; Kin merges #15 as soon as GitHub lets it"],
  ["auto_complete", "auto", { beside: true }, "**Waiting for your review** of #15"],
  ["review", "auto", { unsettled: true }, "**Waiting for other checks** on #15"],
] as const)(
  "In the mode %s with merge: %s (%j) the first line is: %s.",
  (mode, merge, { beside, unsettled }: { beside?: boolean; unsettled?: boolean }, line) => {
    const view = aView({
      pipelines: [
        {
          config: { execution_mode: mode, merge },
          planned: { completion_mode: mode },
          plan: ["debugger", "tester"],
          play: [{ answer: { status: "done" } }, { answer: { verdict: "approved", reason: "Fine." } }],
        },
      ],
      task: {
        ...{ status: "review", pr_number: 15, head_sha: "a".repeat(40) },
        published: unsettled ? {} : { ci: "a".repeat(40) },
      },
    });
    expect(statusComment({ ...view, beside: beside ?? false }).split("\n")[0]).toContain(line);
    expect(pullBody({ ...view, beside: beside ?? false })).toContain(`\n\n${line}`);
  },
);

test("Help names the commands that do something now.", () => {
  const commands = (name: keyof typeof STATES) =>
    [...helpComment(STATES[name]).matchAll(/^\| `([^`]+)`/gm)].map(([, command]) => command);
  const ALWAYS = ["/kin decide <text>", "/kin decide <number>"];
  expect(commands("running")).toEqual([
    "/kin",
    "/kin stop",
    "/kin tell <text>",
    "/kin return <category> <text>",
    "/kin mode auto\\|review",
    "/kin escalate [head]",
    ...ALWAYS,
    "/kin plan",
    "/kin workers",
  ]);
  expect(commands("review")).toEqual([
    "/kin",
    "/kin approve",
    "/kin rerun",
    "/kin rerun from <step>",
    "/kin return <category> <text>",
    "/kin mode auto\\|review",
    "/kin escalate [head]",
    ...ALWAYS,
    "/kin plan",
  ]);
  expect(commands("setup_failed")).not.toContain("/kin rerun from <step>");
  expect(commands("cancelled")).toEqual(["/kin", "/kin rerun", ...ALWAYS, "/kin plan"]);
});

test("A step to start from is one of the work, by the same numbers in the help and in the refusal.", () => {
  const learned = aView({
    pipelines: [
      {
        config: { learn: "propose", limits: { revisions: 1 } },
        plan: ["debugger", "tester"],
        play: [
          { turns: [{ wrote: ["a.js"] }], answer: { status: "done" } },
          { answer: { verdict: "changes_requested", reason: "No." } },
          { turns: [{ wrote: ["a.js"] }], answer: { status: "done" } },
          { answer: { verdict: "approved", reason: "Fine." } },
          { answer: { decisions: [] } },
        ],
      },
    ],
    task: { status: "review" },
  });
  const steps = learned.pipelines[0]?.pipeline.steps ?? [];
  expect(steps.at(-1)?.part).toBe("afterwards");
  expect(helpComment(learned)).toContain(`(1 to ${steps.length - 2})`);
});

test("What is done is reopened before it is run again.", () => {
  expect(helpComment(STATES.done)).toContain("| Reopen the issue first. Reads the issue anew");
  expect(helpComment(STATES.done)).toContain("| Reopen the issue first. Keeps the plan");
  expect(helpComment(STATES.review)).not.toContain("Reopen");
});

test("Who is about to work is said before the first reply is there.", () => {
  const workers = (spec: object, record = {}) =>
    workersComment(aView({ pipelines: [spec], record }))
      .split("\n")
      .at(-1);
  const plan = ["debugger", "tester"];
  expect(workers({ plan })).toBe("step 1 of 2 (debugger): waiting for its first reply.");
  expect(workers({})).toBe("the plan (pm): waiting for its first reply.");
  expect(workers({ setup: false })).toBe("the plan (pm): the checkout is being set up.");
  expect(workers({ plan }, { state: "paused" })).toBe("Nobody is at work just now.");
  expect(workers({ claimed: false, setup: false })).toBe("Nobody is at work just now.");
});

test("What was done without a trace is said, with how to undo it.", () => {
  expect(
    [
      confirmation({ kind: "decided", id: 3, title: "Amounts are cents." }),
      confirmation({ kind: "dropped", id: 3, title: "Amounts are `cents`" }),
      confirmation({ kind: "mode", mode: "auto_complete" }),
      confirmation({ kind: "mode", mode: "review" }),
    ].join("\n"),
  ).toMatchInlineSnapshot(`
    "Decision \`#3\` is in force from the next pipeline on: Amounts are cents. \`/kin decide drop 3\` takes it back.
    Decision \`#3\` is no longer in force from the next pipeline on: Amounts are \`cents\`. \`/kin decide 3\` puts it back.
    From the next plan on no review of this task is asked for. It completes by itself where the configuration says \`merge: auto\`; else you are told when the merge is yours.
    From the next plan on this task asks for a review."
  `);
});

test("Whoever stopped it is told how it starts again, and not to remove what blocks it.", () => {
  const stopped = (by: string) =>
    statusComment(
      aView({
        pipelines: [
          {
            plan: ["debugger", "tester"],
            more: [{ kind: "stop_asked", message: 1, by, reason: "Stopped with `/kin stop`." }],
          },
        ],
        task: { status: "blocked", status_reason: "Stopped with `/kin stop`." },
      }),
    );
  expect(stopped("octocat")).toMatch(/`\/kin rerun` starts again, on the same branch/);
  expect(stopped("octocat")).not.toContain("Remove what blocks it");
  expect(stopped("Kin")).toContain("Remove what blocks it");
});

test("A refusal says what is wrong and what to do instead.", () => {
  expect(
    [
      refusal({ kind: "no_such_command", asked: "fly", meant: null }),
      ...(["rerun", "tell", "mode", "escalate", "decide"] as const).map(command =>
        refusal({ kind: "misused", command }),
      ),
      refusal({ kind: "no_such_step", asked: "9", last: 3 }),
      refusal({ kind: "no_such_step", asked: "9", last: 0 }),
      refusal({ kind: "no_text" }),
      refusal({ kind: "nothing_runs" }),
      refusal({ kind: "is_over", issue: "closed", pull: { number: 2, merged: true } }),
      refusal({ kind: "is_over", issue: "open", pull: { number: 2, merged: false } }),
      refusal({ kind: "is_over", issue: "closed", pull: null }),
      refusal({ kind: "is_over", issue: "open", pull: null }),
      refusal({ kind: "is_over", issue: "gone", pull: null }),
      refusal({ kind: "already_running" }),
      refusal({ kind: "nothing_to_return" }),
      refusal({ kind: "nothing_to_approve" }),
      refusal({ kind: "not_allowed", why: "This needs write access to the repository." }),
      refusal({ kind: "nobody_listens" }),
      refusal({ kind: "no_such_head", asked: "boss", heads: ["backend_head", "cto_advisor"] }),
      refusal({ kind: "is_escalation" }),
      refusal({ kind: "already_handed_over" }),
      refusal({ kind: "no_such_decision", asked: "9", known: [] }),
      refusal({ kind: "no_such_decision", asked: "9", known: [{ id: 3, title: "Sums are in *cents*" }] }),
      refusal({ kind: "decision_exists" }),
      refusal({ kind: "failed", message: "`kin.yml` cannot be read.", hint: "Mend line 3." }),
    ].join("\n"),
  ).toMatchInlineSnapshot(`
    "Kin knows no command \`fly\`. \`/kin\` lists those that make sense now, with what each takes.
    \`/kin rerun\` takes nothing, or \`from <step>\` with the step's number in the status comment.
    \`/kin tell\` needs a text.
    \`/kin mode\` takes \`auto\` or \`review\`.
    \`/kin escalate\` takes the name of a department head, or nothing.
    \`/kin decide\` needs a text or a number: \`/kin decide <text>\` makes a decision, \`/kin decide <number>\` puts a proposed one in force, \`/kin decide drop <number>\` takes one back.
    There is no step \`9\` to start from. \`/kin rerun from <step>\` takes 1 to 3, as they are numbered in the status comment.
    There is no plan yet, so no step \`9\` either. \`/kin rerun\` starts from the beginning.
    A return needs a reason, which the next plan is made from: \`/kin return <category> <text>\`. Categories: \`requirements_unclear\`, \`scope_too_large\`, \`technical_blocker\`, \`missing_context\`, \`recurring_quality_fail\`, \`conflicting_requirements\`.
    Nothing is running, so there is nothing to stop.
    #2 was merged, so this does nothing. Reopen the issue first. Then say in a comment what is still to be done, and \`/kin rerun\` in another: that starts on a new branch.
    #2 was closed without merging, so this does nothing. To go on, say in a comment what is still to be done, and \`/kin rerun\` in another: that opens the pull request again.
    The issue is closed, so this does nothing. Reopen the issue first. Then say in a comment what is still to be done, and \`/kin rerun\` in another.
    This task is over, so this does nothing. To go on, say in a comment what is still to be done, and \`/kin rerun\` in another.
    The issue is gone, so this does nothing. What is still to be done needs another issue.
    A pipeline is running already. \`/kin stop\` ends it; then \`/kin rerun\`.
    There is no work yet that could be returned.
    There is nothing to approve now: no plan waits, and no pull request is ready for review.
    This needs write access to the repository.
    Nothing is running that could hear it. \`/kin rerun\` reads the issue and its comments anew.
    There is no department head \`boss\`. A task can be handed to \`backend_head\`, \`cto_advisor\`.
    This is a follow-up that was escalated already, and those are not escalated again. Say what is missing with \`/kin return <category> <text>\`.
    It is handed over already, and waits for that.
    This project has no decision \`9\`. There is none yet: \`/kin decide <text>\` makes one.
    This project has no decision \`9\`. There are \`#3\` Sums are in *cents*.
    This project has a decision with that title already, in force or not. Say it with another title.
    \`kin.yml\` cannot be read.

    Mend line 3."
  `);
});

const ran = (command: string, seconds: number) => ({ command, exit_code: 0, seconds, output: "" });

test("The rows of what it cost add up to its time, with what took time beside the roles.", () => {
  const spec = { setup: { commands: [ran("npm ci", 600)] } };
  const rows = statusComment(aView({ pipelines: [{ ...P2, ...spec }] })).split("\n");
  const all = rows.filter(row => /^\| (\*\*all|setup, base, hooks)/.test(row));
  expect(all).toEqual([
    "| setup, base, hooks |  |  |  |  |  | 10 min |",
    expect.stringMatching(/^\| \*\*all\*\* .* 11 min 51 s \|$/),
  ]);
});

test("A command that ran again and ended as before is told once, and one that ended otherwise twice.", () => {
  const checks = [ran("npm test", 1), ran("npm test", 2), { ...ran("npm test", 1), exit_code: 1 }];
  const answer = { verdict: "changes_requested", reason: "No." };
  const spec = { plan: ["tester"], play: [{ checks, answer }] };
  const body = pullBody(aView({ pipelines: [spec], task: { status: "running" } }));
  expect(body.match(/^\| `npm test` \| exit 0 /gm)).toHaveLength(1);
  expect(body.match(/^\| `npm test` \| exit 1 /gm)).toHaveLength(1);
});

test("A brief of several lines keeps its list.", () => {
  const brief = "Mend `split`.\nDone when:\n- the shares add up\n- no two are a cent apart";
  const steps = [{ role: "debugger", brief }, "tester"];
  const view = aView({
    pipelines: [{ plan: steps, opening: { hold: true } }],
    task: { status: "needs_info" },
  });
  const lines =
    "\n\n   Mend `split`.\n   Done when:\n   - the shares add up\n   - no two are a cent apart\n2. ";
  expect(planComment(view)).toContain(`1. ○ **debugger** (waiting):${lines}`);
  expect(statusComment(view)).toContain(`1. **debugger**:${lines}`);
});

test("The plan that waits for approval has no step that starts.", () => {
  const view = aView({ pipelines: [{ plan: ["debugger", "tester"], opening: { hold: true } }] });
  expect(planComment(view)).toMatch(/1\. ○ \*\*debugger\*\* \(waiting\)/);
});

test("Issues that were left for later are named.", () => {
  expect(statusComment(aView({ left: [31, 32] }))).toContain("**Left for later** #31, #32");
  expect(statusComment(aView())).not.toContain("Left for later");
});
