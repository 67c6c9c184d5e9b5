// Four workers in flight when the runner is killed: only its journal is left, and another run produces the same files.
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { LocalControl } from "../../action/control/local.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import { nextRequest } from "../../core/agents/turn.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { ModelRequest } from "../../core/model/request.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { isLive, isToJoin } from "../../core/pipeline/workers.ts";
import { changesOf } from "../../core/pipeline/written.ts";
import { loadRoster } from "../../host/roster.ts";
import { closeAll } from "../workbench/kit.ts";
import { dice } from "./drawn.ts";
import { attemptsOf, expectCommitted, expectStartedOnce } from "./held.ts";
import {
  aModel,
  bash,
  call,
  claimed,
  extended,
  opened,
  type Run,
  run,
  type Script,
  submit,
  type Turn,
  text,
  withPlan,
  write,
  YES,
} from "./kit.ts";

afterAll(closeAll);

const { roster } = loadRoster(join(import.meta.dirname, "..", ".."));
/** The full test is 50: `KILLS=50 npx vitest run tests/run/kills.test.ts`. */
const KILLS = Number(process.env.KILLS ?? 2);
const SIDES = ["api", "web", "docs", "jobs"];

/** Different delays, so that they do not end in the order in which they began. */
const late = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const side = (name: string, index: number): Turn[] => {
  const proof = {
    what_was_done: "It was run.",
    how_verified: [`ls ${name}`],
    verification_result: "It is there.",
  };
  return [
    async () => {
      await late(40 * (SIDES.length - index));
      return [write(`${name}/one.js`, `export const ${name} = 1;\n`)];
    },
    [write(`${name}/two.js`, `export const ${name} = 2;\n`), bash(`ls ${name}`)],
    [
      submit({
        status: "done",
        scope: name,
        result: "Done.",
        key_files: [],
        files_changed: [],
        issues: [],
        proof,
      }),
    ],
  ];
};
const verdict = {
  verdict: "approved",
  reason: "The sides were compared.",
  checks: [],
  mismatches: [],
  issues: [],
};
/** Depending on what it has heard: starts the four, then a judge of all, then answers. */
const next: Turn = async ({ request }) => {
  const said = JSON.stringify(request.messages);
  const notices = said.split("<task-notification>").length - 1;
  if (notices > SIDES.length)
    return [submit({ status: "done", spec: [], workers: [], verdict: "approved", summary: "They agree." })];
  return notices < SIDES.length || said.includes(JUDGE)
    ? [text("I wait.")]
    : [call("spawn_worker", { agent_type: "verifier", description: JUDGE, task: "Judge them." })];
};
const JUDGE = "All sides together";
const coordinator: Turn[] = [
  [
    call("record_contract", { contract: "Each side exports its own name." }),
    ...SIDES.map(name =>
      call("spawn_worker", {
        agent_type: "coder",
        description: name,
        task: `Write ${name}/.`,
        area: [`${name}/`],
      }),
    ),
  ],
  ...Array.from({ length: 12 }, () => next),
];
const SCRIPT: Script = {
  ...withPlan("coordinator", "reviewer"),
  coordinator: [coordinator],
  ...Object.fromEntries(SIDES.map((name, index) => [`w${index + 1}`, [side(name, index)]])),
  w5: [[[bash("ls api web docs jobs"), submit(verdict)]]],
  reviewer: [[[submit({ ...YES, findings: [], criteria_check: [], conventions_violated: [] })]]],
};

const play = (journal = [opened()] as Run["journal"], control = (local: LocalControl): Control => local) =>
  run({ journal, model: aModel(SCRIPT), roster, control });

/** What its coordinator was sent last, or would be sent next, contains each notice once, in order. */
const expectNotices = (pipeline: Pipeline): void => {
  for (const attempt of attemptsOf(pipeline)) {
    const { crew, turns, started } = attempt;
    if (crew === undefined || started === null) continue;
    const isPaused = turns.at(-1)?.reply.stop_reason === "pause_turn";
    const due = crew.notices.filter(({ turn }) => turn < turns.length);
    const texts = noticesIn(nextRequest(attempt));
    expect(texts).toEqual((isPaused ? due.slice(0, texts.length) : due).map(({ text }) => text));
    for (const worker of crew.workers) {
      const since = crew.notices.slice(worker.since).filter(notice => notice.worker === worker.worker);
      // There is none for a worker that it stopped itself; for one that a person stopped there is.
      const isOver = !isLive(worker) && !isToJoin(worker) && !(worker.stopped && since.length === 0);
      expect(since.length, `w${worker.worker}`).toBe(isOver ? 1 : 0);
    }
  }
};
const noticesIn = ({ messages }: ModelRequest): readonly string[] =>
  messages
    .flatMap(({ role, content }) => (role === "user" ? content : []))
    .flatMap(block =>
      "text" in block && String(block.text).startsWith("<task-notification>") ? [String(block.text)] : [],
    );

test(`${KILLS} of runs with four workers in flight that were killed end with the files of the one that was not`, async () => {
  /** The journal at each moment it might have been killed: whole appends. */
  const ends: number[] = [];
  const whole = await play([opened()], local => ({
    ...local,
    append: async (after, events) => {
      ends.push(after + events.length);
      return local.append(after, events);
    },
  }));
  expect(whole.pipeline.outcome).toMatchObject({ kind: "passed" });
  const atWork = ends.filter(seq =>
    attemptsOf(fold(whole.journal.slice(0, seq))).some(({ crew }) => crew?.workers.some(isLive)),
  );
  expect(atWork.length).toBeGreaterThan(15);
  const by = dice(1, { roster });
  for (let kill = 1; kill <= KILLS; kill++) {
    const seq = by.pick(atWork);
    const { pipeline, journal } = await play(extended(whole.journal.slice(0, seq), claimed(String(kill))));
    expect(pipeline.outcome, `behind ${seq}`).toEqual(whole.pipeline.outcome);
    expect(pipeline.tree, `behind ${seq}`).toBe(whole.pipeline.tree);
    expect(changesOf(pipeline)).toEqual(changesOf(whole.pipeline));
    expectStartedOnce(journal);
    expectNotices(pipeline);
    expectCommitted(pipeline);
  }
  if (process.env.KILLS !== undefined)
    console.log(`${KILLS} kills at ${atWork.length} moments: always the tree ${whole.pipeline.tree}`);
}, 1_800_000);
