import { expect, test } from "vitest";
import type { CommandRun } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { jobSummary } from "../../core/report/job-summary.ts";
import { refusedHosts } from "../../core/report/refused-hosts.ts";
import { statusComment } from "../../core/report/status-comment.ts";
import { aPipeline } from "../build.ts";
import { P2, STATES } from "./states.ts";

const run = (...hosts: readonly string[]): CommandRun => ({
  command: "x",
  exit_code: 1,
  seconds: 1,
  output: "",
  refused: hosts.map(host => ({ host, why: "only port 443 is reached" })),
});

/** Hosts refused in setup, on the base, in a hook, by a role and by a gate. */
const refusing = (pipeline: Pipeline): Pipeline => ({
  ...pipeline,
  setup: pipeline.setup && { ...pipeline.setup, commands: [run("setup.example.com", "twice.example.com")] },
  base_checks: [run("base.example.com")],
  hooks: [{ kind: "hook_ran", hook: "h", ran: run("hook.example.com") }],
  steps: pipeline.steps.map((step, index) => ({
    ...step,
    attempts: step.attempts.map(attempt => ({
      ...attempt,
      turns: attempt.turns.map(turn => ({
        ...turn,
        ran: index === 1 ? [run("role.example.com")] : turn.ran,
      })),
      finished: attempt.finished && {
        ...attempt.finished,
        checks: [run("gate.example.com", "twice.example.com")],
      },
    })),
  })),
});

const TOLD =
  "Refused on the network: `setup.example.com` (only port 443 is reached), `twice.example.com` (only port 443 is reached), `base.example.com` (only port 443 is reached), `gate.example.com` (only port 443 is reached), `role.example.com` (only port 443 is reached), `hook.example.com` (only port 443 is reached).";

test("Each host that was refused stands once in the status comment and in the summary, wherever it was asked for.", () => {
  const view = STATES.running;
  const last = view.pipelines.at(-1);
  const pipelines = last === undefined ? [] : [{ ...last, pipeline: refusing(aPipeline(P2)) }];
  expect(statusComment({ ...view, pipelines })).toContain(`- ${TOLD}`);
  expect(jobSummary(refusing(aPipeline(P2)), { scripted: false })).toContain(TOLD);
  expect(statusComment(view)).not.toContain("Refused on the network");
  expect(jobSummary(aPipeline(P2), { scripted: false })).not.toContain("Refused on the network");
});

test("What a runner says of hosts is bounded and has no effect.", () => {
  const hostile = "@octocat `closes #1` <img src=x>";
  const many = Array.from({ length: 15 }, (_, at) => `h${at}.example.com`);
  const pipeline = { ...aPipeline(P2), base_checks: [run(hostile, ...many)] };
  const told = refusedHosts(pipeline);
  expect(told).toMatch(/and 4 hosts more\.$/);
  expect(told).toContain("``@octocat `closes #1` <img src=x>``");
});
