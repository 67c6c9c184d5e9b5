// The mutants of what the App recomputes when a run appends.
import type { Guard } from "./guard.ts";
import type { Spec } from "./mutant.ts";

const LYING = "tests/app/lying-runner.test.ts";
const TAKEN = "tests/run/taken.test.ts";

const lie = (name: string): Spec => ({ file: LYING, name });
const own = (name: string): Spec => ({ file: "tests/model-rules/own-commands.test.ts", name });
const taken = (name: string): Spec => ({ file: TAKEN, name });
const g = (name: string, from: string, to: string, ...tests: readonly (string | Spec)[]): Guard => ({
  name,
  from,
  to,
  tests: tests.map(test => (typeof test === "string" ? lie(test) : test)),
});

export const RUNNER_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "core/pipeline/take-events.ts": [
    g(
      "price-of-a-turn",
      "{ ...data, usd: priceOf(data, pipeline) }",
      "data",
      "a cost below nothing",
      "no cost",
    ),
    g("the-apps-own", "if (APPS_OWN.has(data.kind))", "if (data.kind === null)", "another opening"),
    g("nothing-owed", "if (owed !== null)", "if (owed === undefined)", "none behind the answer"),
    g(
      "limit-with-its-end",
      'if (events.at(-1)?.kind === "limit_reached")',
      "if (events.length > 999)",
      taken("a limit is told with what it ends"),
    ),
    g(
      "plan-of-the-answer",
      "isSame(data, owed)",
      "data.kind === owed.kind",
      "that no person is asked for a review",
    ),
    g("ends-once", "pipeline.paused === null", "true", "that it ends twice"),
    g(
      "setup-is-due",
      'if (next?.kind !== "set_up")',
      "if (next === null)",
      "is a stop only where they stopped it",
    ),
    g(
      "end-is-decided",
      "isDecided(data, next) || isFailure(data, pipeline)",
      "true",
      "passed, for another reason",
    ),
    g(
      "no-failure-behind-a-stop",
      "stop === null && ",
      "",
      "is a stop only where they stopped it, and then nothing follows but the end",
    ),
    g("orders-of-the-rules", "isDecided(data, next)", "true", {
      file: "tests/model-rules/approaches.test.ts",
      name: "that tries in other ways",
    }),
    g("decided", "isDecided(data, next)", "true", "a limit that was not reached"),
    g(
      "commands-of-the-base",
      "isSame(commands, told)",
      "true",
      "a base that was checked with something else",
      "a base that failed and was not looked at again",
    ),
    g("hook-is-due", "next.hook === hook &&", "", "another hook's name"),
    g("command-of-the-hook", "&& next.command === ran.command", "", "a hook with another command"),
    g("attempt-is-due", "if (!isTurnOf(data, next))", "if (next === null)", "a fourth"),
    g(
      "model-of-the-role",
      "if (data.model !== model)",
      "if (model === null)",
      "with a model that costs less",
    ),
    g(
      "web-of-the-role",
      "if (data.web === true &&",
      "if (data.web === null &&",
      "with the web, which is off",
    ),
    g("heard-no-more", "(data.heard ?? 0) > pipeline.told.length", "false", "that heard more than was said"),
  ],
  "core/pipeline/due.ts": [g("seconds", "seconds > MOST_SECONDS", "seconds < 0", "a turn of a year")],
  "core/pipeline/turn-problem.ts": [
    g(
      "turn-is-due",
      "if (!isTurnOf(data, next))",
      "if (next === null)",
      "that it goes on behind its own end",
    ),
    g(
      "answer-of-the-reply",
      "!isSame(data.submitted, judged.submitted)",
      "false",
      "another answer than the reply's",
    ),
    g("failed-conversation", "(failed ?? judged.failed) !== null", "false", "a refusal that goes on"),
    g("tokens-read", "read > LARGEST_CONTEXT * rounds", "false", "more tokens than any model reads"),
    g("tokens-written", "usage.output > asked * rounds", "false", "more tokens than were asked for"),
    g(
      "tokens-cached",
      "usage.cache_write_1h > usage.cache_write",
      "false",
      "more cached for an hour than at all",
    ),
    g(
      "searches",
      "(usage.web_searches ?? 0) > (rounds > 1 ? MOST_SEARCHES : 0)",
      "false",
      "searches of a role without the web",
    ),
    g("commands-of-the-reply", "if (at < 0)", "if (at < -1)", "a command that nobody asked for"),
    g("writes-of-the-reply", "!calls.some(mayWrite)", "false", "changes that no call made"),
    g("changes-once", "paths.size !== changes.length || paths.size === 0", "false", "one change twice"),
    g("paths-of-a-turn", "pathProblem(change.path, rules) ??", "", "a workflow"),
    g("name-of-a-tree", ".test(tree)", ".test(tree) || tree", "a tree that is none"),
    g("another-tree", "tree === last", "false", "changes without another tree"),
    g("first-tree-again", "tree !== pipeline.setup?.tree", "false", "another tree where all was taken back"),
  ],
  "core/pipeline/give-up.ts": [
    g("given-up-when-due", "isDue ?", "true ?", {
      file: "tests/model-rules/give-up.test.ts",
      name: "not while another decision is due",
    }),
  ],
  "core/pipeline/end-problem.ts": [
    g(
      "settled-when-due",
      'if (next?.kind !== "settle")',
      "if (next === null)",
      "that gives up with no limit reached",
    ),
    g(
      "end-of-an-attempt",
      "(isSame(data, due) ? null : wrongEnd(data, due))",
      "null",
      "a second of a gate that rejected",
    ),
    g("checks-that-are-due", "isDue ?", "true ?", "whose gates did not run"),
  ],
  "core/pipeline/settle.ts": [
    g(
      "approval-needs-the-own",
      "runs.length === 0)",
      "runs.length < 0)",
      own("does not count where none did, and the harness did not run it either"),
    ),
  ],
  "core/agents/runs.ts": [
    g("scripts-outside-prove-nothing", "outsideScript(command);", "null;", {
      file: "tests/model-rules/settle.test.ts",
      name: "C12: a run that rests on a script outside of the tree proves nothing",
    }),
  ],
  "core/pipeline/criteria-check.ts": [
    g("criteria-by-their-own-exit-code", "unfit(ran);", "null;", {
      file: "tests/model-rules/plan.test.ts",
      name: "anything else is sent back",
    }),
  ],
  "core/model/own-runs.ts": [
    g(
      "whole-outputs-only",
      "if (run.output.length >= TAIL_LIMIT || base.output.length >= TAIL_LIMIT) return false;",
      "",
      own("a linter whose output is longer than what is kept"),
    ),
    g(
      "no-line-more-than-before",
      "if (at < 0) return false;",
      "if (at < 0) continue;",
      own("a linter that finds something else"),
    ),
    g("ends-as-before", " && endsAlike(run, base)", "", own("is killed where it failed")),
    g(
      "no-more-than-before",
      "tests.failed <= most(({ failed }) => failed) &&",
      "",
      own("fails more often in a suite that is named, too"),
    ),
    g(
      "nothing-new-besides-tests",
      "newBesides(run, before).length === 0 &&",
      "",
      own("a compiler's error beside a test that failed before"),
    ),
    g("as-many-runners", "isSummedUp(tests, before)", "true", own("a runner that comes to no end")),
    g(
      "no-more-without-a-name",
      "unnamed(tests) <= most(unnamed) &&",
      "",
      own("fails with one without a name"),
    ),
  ],
  "core/model/output-lines.ts": [
    g(
      "lines-with-their-file",
      "BELOW.test(line) ?",
      "false ?",
      own("ESLint with one less in a file, and one more of its kind in another"),
    ),
  ],
  "core/pipeline/plan/completion.ts": [
    g(
      "mode-of-the-project",
      ' && modeOf(plan, opening) === "auto_complete"',
      "",
      "gets no more by a journal that says",
    ),
  ],
  "core/model/models.ts": [
    g("price-of-the-model", "costOf(asked, usage) ?? ", "", "a reply of a model that costs less"),
  ],
  "core/model/message.ts": [
    g("whole-tokens", "usage: Usage", "usage: z.any()", "fewer than no tokens", "half a token"),
  ],
  "app/runs/journal.ts": [
    g(
      "stops-are-heard",
      'by === "run" && !isStopped(behind, events)',
      "false",
      "cannot be passed over by a run that does not take it",
    ),
    g(
      "unheard-is-said",
      'if (written === null && by === "run")',
      "if (written === null && after < 0)",
      "cannot be passed over by a run that does not take it",
    ),
    g(
      "peoples-words",
      'if (request.by === "run")',
      'if (request.by === ("" as string))',
      "words that nobody said",
    ),
    g(
      "a-runs-events",
      "return takeEvents(events, { pipeline: behind, roster, at });",
      "void [takeEvents, roster];",
      "passed, for another reason",
    ),
  ],
};
