// What the App accepts from the real driver in cases that need a special configuration. Random walks (walks.test.ts)
// show that it accepts everything honest, and tests/app/lying-runner.test.ts that it accepts nothing else.
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Workbench } from "../../action/drive/ports/workbench.ts";
import type { EventData, EventOf, JournalEvent } from "../../core/model/event.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { loadRoster } from "../../host/roster.ts";
import { aModel, bash, call, opened, planOf, run, type Script, submit, write } from "./kit.ts";
import { aMemoryWorkbench } from "./memory-workbench.ts";

const { roster } = loadRoster(join(import.meta.dirname, "..", ".."));
const line = async (script: Script, config: object): Promise<readonly JournalEvent[]> => {
  const { journal } = await run({
    journal: [opened({}, { config })],
    model: aModel(script),
    workbench: aMemoryWorkbench(new Map([["a.js", "0"]]), () => 0),
    roster,
  });
  return journal;
};
/** The events of `kind`, and what comes before the first of them. */
const split = <K extends EventData["kind"]>(
  journal: readonly JournalEvent[],
  kind: K,
  wanted: (data: EventOf<K>) => boolean,
) => {
  const index = journal.findIndex(({ data }) => data.kind === kind && wanted(data as EventOf<K>));
  const event = journal[index];
  if (event === undefined) throw new Error(`There is no such ${kind}.`);
  return { pipeline: fold(journal.slice(0, index)), data: event.data as EventOf<K>, index };
};
const take = (pipeline: ReturnType<typeof fold>, ...events: readonly EventData[]) =>
  takeEvents(events, { pipeline, roster, at: pipeline.updated_at }).events;

const PROOF = { what_was_done: "w", how_verified: ["npm test"], verification_result: "v" };
const FIXED = {
  status: "done",
  root_cause: "r",
  evidence: [],
  fixes: [],
  regression_test: "t",
  proof: PROOF,
};
const PLANNED = { ...planOf("debugger", "tester"), justification: "j" };
const pm = [[[submit(PLANNED)]]];

test("a run that ends amid a conversation closes every bench that it opened", async () => {
  const real = aMemoryWorkbench(new Map([["a.js", "0"]]), () => 0);
  const open = new Set<string>();
  const workbench: Workbench = {
    ...real,
    open: async request => {
      const bench = await real.open(request);
      open.add(request.key);
      return { ...bench, close: async () => void open.delete(request.key) };
    },
  };
  const abort = new AbortController();
  const talking: Script[string] = [
    [
      [bash("npm test")],
      async () => {
        expect([...open]).toEqual(["1-1"]);
        abort.abort({ kind: "interrupted", reason: "The runner goes." });
        return { kind: "aborted" };
      },
    ],
  ];
  const model = aModel({ pm, debugger: talking });
  const { pipeline } = await run({ journal: [opened()], model, workbench, roster, signal: abort.signal });
  expect(pipeline.paused).toBe("The runner goes.");
  expect([...open]).toEqual([]);
});

test("the base is looked at twice within one budget, and what ran into its limit not again", async () => {
  const asked: (readonly [commands: readonly string[], seconds: number])[] = [];
  const took: Readonly<Record<string, readonly [exit_code: number | null, seconds: number]>> = {
    "npm run slow": [null, 600],
    "npm run red": [1, 500],
  };
  const workbench: Workbench = {
    ...aMemoryWorkbench(new Map([["a.js", "0"]]), () => 0),
    judge: async (_, commands, { seconds }) => {
      asked.push([commands, seconds]);
      return commands.map(command => {
        const [exit_code, spent] = took[command] ?? [0, 0];
        return { command, exit_code, seconds: Math.min(spent, seconds), output: "" };
      });
    },
  };
  const abort = new AbortController();
  const leave = async () => {
    abort.abort({ kind: "interrupted", reason: "That was all." });
    return { kind: "aborted" } as const;
  };
  const { journal } = await run({
    journal: [opened({}, { config: { gates: Object.keys(took) } })],
    model: aModel({ pm: [[leave]] }),
    workbench,
    roster,
    signal: abort.signal,
  });
  expect(asked).toEqual([
    [["npm run slow", "npm run red"], 600],
    [["npm run red"], 100],
  ]);
  const { pipeline, data } = split(journal, "base_checked", () => true);
  expect(data.ran.map(({ command, exit_code }) => [command, exit_code])).toEqual([
    ["npm run slow", null],
    ["npm run red", 1],
    ["npm run red", 1],
  ]);
  expect(take(pipeline, data)).toEqual([data]);
});

test("a limit is told with what it ends, and a turn beyond it is not taken", async () => {
  const debuggerTurns = [bash("npm test"), call("read", { file_path: "a.js" })].map(block => [block]);
  const journal = await line({ pm, debugger: [debuggerTurns] }, { limits: { step_turns: 1 } });
  const { pipeline, data, index } = split(journal, "limit_reached", () => true);
  const ended = journal[index + 1]?.data as EventData;
  expect(take(pipeline, data, ended)).toEqual([data, ended]);
  expect(() => take(pipeline, data)).toThrow(/a limit is written with what it ends/);
  const turn = journal.findLast(event => event.data.kind === "turn" && event.seq <= index)?.data as EventData;
  expect(() => take(pipeline, turn)).toThrow(/`turn` is not what comes next, but `limit_reached`, `failed`/);
});

test("a proof runs again where something was put back, before the project's own gates", async () => {
  const work = [[write(".github/x.yml", "1"), write("src/a.js", "1"), bash("npm test"), submit(FIXED)]];
  const journal = await line({ pm, debugger: [work] }, { gates: ["npm run lint"] });
  const { pipeline, data } = split(journal, "attempt_finished", ({ step }) => step === 1);
  expect(data.checks.map(({ command }) => command)).toEqual(["npm test", "npm run lint"]);
  expect(take(pipeline, data)).toEqual([data]);
  const checks = data.checks.slice(1);
  expect(() => take(pipeline, { ...data, checks })).toThrow(/its checks are not the commands that were due/);
});

test("a role that reads the web may search, and read its own context once for each of that", async () => {
  const research = { ...planOf("tech_researcher", "reviewer"), justification: "j" };
  const words = [[call("read", { file_path: "a.js" })], [call("read", { file_path: "a.js" })]];
  const journal = await line({ pm: [[[submit(research)]]], tech_researcher: [words] }, { web: "on" });
  const { pipeline, data } = split(journal, "turn", ({ step }) => step === 1);
  const { reply } = data;
  const used = (over: object): EventData => ({
    ...data,
    reply: { ...reply, usage: { ...reply.usage, ...over } },
  });
  expect(take(pipeline, used({ input: 10_000_000, web_searches: 8 }))).toHaveLength(1);
  expect(() => take(pipeline, used({ web_searches: 9 }))).toThrow(/it searched more than it may/);
  expect(() => take(pipeline, used({ input: 1e9 }))).toThrow(/no model reads/);
});
