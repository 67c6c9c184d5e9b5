import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LocalControl } from "../../action/control/local.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import type { Workbench } from "../../action/drive/ports/workbench.ts";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Crew, Step } from "../../core/model/pipeline.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { checkPatch, checkPull } from "../../core/pipeline/patch.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { changesOf } from "../../core/pipeline/written.ts";
import { commitMessage } from "../../core/report/commit-message.ts";
import { loadRoster } from "../../host/roster.ts";
import {
  type Asked,
  aModel,
  type Block,
  bash,
  call,
  claimed,
  extended,
  hanging,
  opened,
  type Run,
  type RunOptions,
  run,
  type Script,
  submit,
  type Turn,
  text,
  withPlan,
  write,
  YES,
} from "./kit.ts";
import { aLateWorkbench, type LateWorkbench } from "./late-workbench.ts";
import { aMemoryWorkbench } from "./memory-workbench.ts";

const { roster } = loadRoster(join(import.meta.dirname, "..", ".."));

/** Two sides of one thing: each is right by itself, and both have to use the same name for the field. */
const BASE = new Map([
  ["api/serve.js", "// nothing yet\n"],
  ["web/show.js", "// nothing yet\n"],
]);
const CHECK = "node check.js";
/** What each side runs by itself; it succeeds whatever the other does. */
const TESTS = "node --test";
const inMemory = () =>
  aMemoryWorkbench(BASE, (command, files) => {
    const agree = ["api/serve.js", "web/show.js"].every(path => files.get(path)?.includes("hours"));
    return command === CHECK && !agree ? 1 : 0;
  });

const spawn = (agent_type: string, description: string, more: object = {}) =>
  call("spawn_worker", { agent_type, description, task: `${description}, as the contract has it.`, ...more });
const tell = (worker: string, message: string, more: object = {}) =>
  call("send_message", { worker, message, ...more });
const stop = (worker: string) => call("stop_worker", { worker });
const report = (scope: string, more: object = {}) =>
  submit({ status: "done", scope, result: "It is there.", key_files: [], issues: [], ...more });
const PROOF = { what_was_done: "It was run.", how_verified: [TESTS], verification_result: "It ran." };
const wrote = (scope: string) => report(scope, { files_changed: [], proof: PROOF });
const judged = (verdict: string) =>
  submit({ verdict, reason: "The sides were compared.", checks: [], mismatches: [], issues: [] });
const summary = (words: string) =>
  submit({ status: "done", spec: [], workers: [], verdict: "approved", summary: words });
const SUMMARY = summary("Both sides agree.");

/** Everything that a conversation was sent, without what it said itself. */
const heardIn = ({ request }: Asked): string =>
  JSON.stringify(request.messages.filter(({ role }) => role === "user"));
const notices = (asked: Asked): number => heardIn(asked).split("<task-notification>").length - 1;

/** By the number of notices heard: each reply is given once, at the first of them, and "I wait." at any other turn. */
const byNotices = (...replies: readonly (readonly [notices: number, blocks: readonly Block[]])[]): Turn[] => {
  const turn = async (asked: Asked): Promise<readonly Block[]> => {
    const [, blocks] = replies.find(([count]) => count === notices(asked)) ?? [];
    const calls =
      blocks?.flatMap(block => (block.type === "tool_use" ? [JSON.stringify(block.input)] : [])) ?? [];
    const own = JSON.stringify(asked.request.messages.filter(({ role }) => role === "assistant"));
    return blocks === undefined || calls.every(call => own.includes(call)) ? [text("I wait.")] : blocks;
  };
  return Array.from({ length: 20 }, () => turn);
};

const CONTRACT = "GET /hours answers { hours }.";
const SIDES = [
  call("record_contract", { contract: CONTRACT }),
  spawn("coder", "The side that serves", { area: ["api/"] }),
  spawn("coder", "The side that shows", { area: ["web/"] }),
];
const api = [[write("api/serve.js", "hours"), bash(TESTS)], [wrote("api")]];
const web = (word: string) => [[write("web/show.js", word), bash(TESTS)], [wrote("web")]];

const script = (over: Script = {}): Script => ({
  ...withPlan("coordinator", "reviewer"),
  coordinator: [byNotices([0, SIDES], [2, [spawn("verifier", "Both sides")]], [3, [SUMMARY]])],
  w1: [api],
  w2: [web("hours")],
  w3: [[[bash(CHECK), judged("approved")]]],
  reviewer: [[[submit({ ...YES, findings: [], criteria_check: [], conventions_violated: [] })]]],
  ...over,
});

/** Checks every batch as the App does. */
const checked = (local: LocalControl): Control => ({
  ...local,
  append: async (after, events) => {
    const pipeline = fold(local.journal());
    takeEvents(events, { pipeline, roster, at: pipeline.updated_at });
    return local.append(after, events);
  },
});

interface Playing extends Partial<RunOptions> {
  readonly config?: object;
  readonly over?: Script;
}

/** Otherwise the sides' scripts would take precedence over a role's. */
const NOBODY = { w1: undefined, w2: undefined, w3: undefined } as unknown as Script;

const play = ({ over = {}, config = {}, ...options }: Playing = {}): Promise<Run> =>
  run({
    ...{ model: aModel(script(over)), workbench: inMemory(), roster, control: checked },
    ...{ journal: [opened({}, { config })] },
    ...options,
  });

const eventsOf = <K extends EventData["kind"]>({ journal }: Run, kind: K): readonly EventOf<K>[] =>
  journal.flatMap(({ data }) => (data.kind === kind ? [data as EventOf<K>] : []));
const crewIn = ({ pipeline }: Run): Crew => pipeline.steps[1]?.attempts.at(-1)?.crew as Crew;
const turnsOf = (played: Run, worker?: number): readonly EventOf<"turn">[] =>
  eventsOf(played, "turn").filter(turn => turn.step === 1 && turn.worker === worker);
/** The results of the coordinator's calls, in order. */
const told = (played: Run): readonly string[] =>
  turnsOf(played).flatMap(({ results }) => results.map(block => String(block.content ?? block.text)));
const filesOf = ({ pipeline }: Run): Readonly<Record<string, string | null>> =>
  Object.fromEntries(changesOf(pipeline).map(({ path, content }) => [path, content]));

describe("a coordinator", () => {
  test("has two sides written side by side, joined, and judged by a fresh verifier", async () => {
    const played = await play();
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(
      crewIn(played).workers.map(({ role, attempts }) => [role, attempts[0]?.finished?.outcome]),
    ).toEqual([
      ["coder", "done"],
      ["coder", "done"],
      ["verifier", "done"],
    ]);
    expect(filesOf(played)).toEqual({ "api/serve.js": "hours", "web/show.js": "hours" });
    expect(fold(played.journal)).toEqual(played.pipeline);
  });

  test("is asked nothing while it waits: its workers' notices wake it", async () => {
    const [first, second, ...rest] = turnsOf(await play());
    expect(first?.orders?.map(({ kind }) => kind)).toEqual(["contract", "spawn", "spawn"]);
    // The second notice may come while it is reading the first.
    expect(second?.orders ?? rest[0]?.orders).toMatchObject([{ kind: "spawn", role: "verifier" }]);
    expect(rest.length).toBeLessThanOrEqual(2);
  });

  test("sends back what a verifier found to whoever wrote it, who knows what it did; a fresh one judges again", async () => {
    const asked: Asked[] = [];
    const model = aModel(
      script({
        coordinator: [
          byNotices(
            [0, SIDES],
            [2, [spawn("verifier", "Both sides")]],
            [3, [tell("w2", "The field is called hours.")]],
            [4, [spawn("verifier", "Both sides again")]],
            [5, [SUMMARY]],
          ),
        ],
        w2: [[...web("minutes"), ...web("hours")]],
        w3: [[[bash(CHECK), judged("changes_requested")]]],
        w4: [[[bash(CHECK), judged("approved")]]],
      }),
    );
    const played = await play({
      model: {
        reply: (request, options) => {
          asked.push({ key: "", request, signal: options.signal });
          return model.reply(request, options);
        },
      },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(eventsOf(played, "joined").map(({ worker }) => worker)).toContain(2);
    expect(eventsOf(played, "joined")).toHaveLength(3);
    expect(crewIn(played).workers).toHaveLength(4);
    expect(crewIn(played).workers[1]?.attempts[0]?.turns).toHaveLength(4);
    expect(filesOf(played)).toMatchObject({ "web/show.js": "hours" });
    const continued = asked.filter(({ request }) =>
      JSON.stringify(request).includes("The field is called hours."),
    );
    expect(continued.some(one => heardIn(one).includes("Your report was handed to the coordinator."))).toBe(
      true,
    );
  });

  test("cannot answer while workers are at work, nor before a verifier approved what they wrote as it stands", async () => {
    const early = await play({
      over: { coordinator: [byNotices([0, SIDES], [2, [SUMMARY]], [3, [SUMMARY]])] },
    });
    expect(told(early).join()).toContain(
      "has to be approved, as it stands now, by a fresh worker of the type `verifier`",
    );
    const amid = await play({
      over: {
        coordinator: [
          [
            [...SIDES],
            [SUMMARY],
            ...byNotices([2, [spawn("verifier", "Both")]], [3, [summary("Now they agree.")]]),
          ],
        ],
      },
    });
    expect(told(amid).join()).toContain("are not over, as far as you know");
    expect(amid.pipeline.outcome).toMatchObject({ kind: "passed" });
  });

  test("is told of a worker that failed, and the others go on", async () => {
    const played = await play({
      over: {
        coordinator: [
          byNotices(
            [0, SIDES],
            [2, [spawn("coder", "That side anew", { area: ["api/"] })]],
            [3, [spawn("verifier", "Both")]],
            [4, [SUMMARY]],
          ),
        ],
        w1: [[{ kind: "refused", reason: "The request was refused.", hint: "Look at it." }]],
        w3: [api],
        w4: [[[bash(CHECK), judged("approved")]]],
      },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    const [failed] = crewIn(played).notices.filter(({ worker }) => worker === 1);
    expect(failed?.text).toContain("<status>failed</status>");
    expect(failed?.text).toContain("The request was refused.");
    expect(filesOf(played)).toEqual({ "api/serve.js": "hours", "web/show.js": "hours" });
  });

  test("is told of one whose work does not fit beside the others', and what it makes of it is joined", async () => {
    const many = (directory: string): Block[] =>
      Array.from({ length: 60 }, (_, index) => write(`${directory}/${index}.js`, "hours"));
    const fewer = Array.from({ length: 30 }, (_, index) => bash(`rm web/${index}.js`));
    const played = await play({
      over: {
        coordinator: [
          byNotices(
            [0, SIDES],
            [2, [tell("w2", "Thirty files are enough."), tell("w1", "So are these.")]],
            [4, [spawn("verifier", "Both")]],
            [5, [SUMMARY]],
          ),
        ],
        w1: [[[...many("api"), ...(api[0] as Block[])], ...api.slice(1), [bash(TESTS), wrote("api again")]]],
        w2: [
          [
            [...many("web"), ...(web("hours")[0] as Block[])],
            [wrote("web")],
            [...fewer, bash(TESTS)],
            [wrote("web again")],
          ],
        ],
      },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    const ends = eventsOf(played, "attempt_finished").filter(({ worker }) => worker !== undefined);
    const failed = ends.filter(({ outcome }) => outcome === "failed");
    expect(failed.map(({ reason }) => reason)).toEqual([
      "With what others wrote beside it, the patch would have 122 files and 100 are allowed.",
    ]);
    const [notice] = crewIn(played).notices.filter(({ text }) => text.includes("<status>failed</status>"));
    expect(notice).toMatchObject({ worker: failed[0]?.worker });
    expect(notice?.text).toContain("122 files and 100 are allowed");
    expect(notice?.text).toContain("Result: It is there.");
    for (const { changes } of commitPoints(played.pipeline))
      expect(checkPatch(changes, { protected: [], before: new Map(), files: BASE })).toBeNull();
    expect(checkPull(changesOf(played.pipeline))).toBeNull();
    expect(changesOf(played.pipeline)).toHaveLength(92);
  });

  test("stops a worker at once, in the middle of its call, and takes it up again", async () => {
    const begun = hanging();
    const played = await play({
      over: {
        coordinator: [
          [
            [spawn("explore", "One place"), spawn("explore", "Another place")],
            async () => {
              await begun.begun;
              return [stop("w1")];
            },
            [tell("w1", "Go on after all.")],
            ...byNotices([2, [SUMMARY]]),
          ],
        ],
        w1: [[async asked => (heardIn(asked).includes("Go on") ? [report("one")] : begun.turn(asked))]],
        w2: [[[report("another")]]],
      },
    });
    expect(begun.aborted()).toBe(true);
    expect(turnsOf(played, 1)).toHaveLength(1);
    expect(
      crewIn(played)
        .notices.map(({ worker }) => worker)
        .toSorted(),
    ).toEqual([1, 2]);
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
  });
});

describe("a limit that is reached while workers' calls are under way", () => {
  const READ = call("read", { file_path: "api/serve.js" });
  const asked: Asked[] = [];
  /** Two begin, and the second one's call lasts until the end is certain. */
  const played = (config: object, coordinator: Turn[]) => {
    const certain = Promise.withResolvers<void>();
    const [one, two] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const base = aModel(
      script({
        coordinator: [coordinator],
        w1: [
          [
            async () => {
              one.resolve();
              await two.promise;
              return { blocks: [READ], input: 1_000_000 };
            },
            [READ],
          ],
        ],
        w2: [
          [
            async ({ signal }) => {
              two.resolve();
              await certain.promise;
              return signal.aborted ? { kind: "aborted" } : [READ];
            },
            [READ],
          ],
        ],
      }),
    );
    return play({
      config,
      model: {
        reply: (request, options) => {
          asked.push({ key: "", request, signal: options.signal });
          return base.reply(request, options);
        },
      },
      control: local => ({
        ...checked(local),
        append: async (after, events) => {
          const written = await checked(local).append(after, events);
          const due = decide(fold(local.journal()));
          if (due.some(command => "last" in command)) setTimeout(certain.resolve, 20);
          return written;
        },
      }),
    });
  };
  const two = [spawn("verifier", "One place"), spawn("explore", "Another place")];

  test.each<[string, object]>([
    ["of the pipeline", { pipeline_usd: 2 }],
    ["of the coordinator's attempt", { step_turns: 2 }],
  ])("%s waits for them: they are paid, and count", async (_, limits) => {
    asked.length = 0;
    const run = await played({ limits }, [two, [READ]]);
    expect(eventsOf(run, "turn")).toHaveLength(asked.length);
    expect(turnsOf(run, 2)).not.toEqual([]);
    expect(run.pipeline.outcome).toMatchObject({ kind: "blocked" });
  });
});

describe("X17: a worker that is stopped and taken up again in one reply", () => {
  const soon = () => new Promise<void>(resolve => setTimeout(resolve, 20));
  const READ = call("read", { file_path: "api/serve.js" });
  /** `first`: w1's first reply, which nobody waits for any more when it comes. */
  const played = ({ workbench }: LateWorkbench, first: () => Promise<readonly Block[]>): Promise<Run> => {
    const begun = Promise.withResolvers<void>();
    const turn: Turn = async asked => {
      if (heardIn(asked).includes("Go on.")) return [READ];
      begun.resolve();
      return first();
    };
    const w1 = [turn, [write("api/serve.js", "hours"), bash(TESTS), READ, wrote("api")]];
    const coordinator = [
      [spawn("coder", "The side that serves", { area: ["api/"] }), READ],
      async () => {
        await begun.promise;
        await soon();
        return [stop("w1"), tell("w1", "Go on.")];
      },
      ...byNotices([1, [spawn("verifier", "It")]], [2, [SUMMARY]]),
    ];
    return play({ over: { coordinator: [coordinator], w1: [w1], w2: [[[judged("approved")]]] }, workbench });
  };
  const expectDone = (run: Run, benches: LateWorkbench) => {
    expect(crewIn(run).notices[0]?.text).toContain("<files-joined>api/serve.js</files-joined>");
    expect(run.pipeline.outcome).toMatchObject({ kind: "passed" });
    benches.expectClosed();
  };

  test("keeps its new bench, whenever the reply that nobody waits for any more comes back", async () => {
    const ran = Promise.withResolvers<void>();
    const made = aMemoryWorkbench(BASE, () => {
      ran.resolve();
      return 0;
    });
    const benches = aLateWorkbench(made, { late: soon });
    const late = async () => {
      await ran.promise;
      return [READ];
    };
    expectDone(await played(benches, late), benches);
  });

  test("and loses sight of none of its benches, where the old one could not be opened", async () => {
    const made = inMemory();
    let opened = 0;
    const failing = async (request: Parameters<Workbench["open"]>[0]) => {
      if (request.key !== "1-1-w1" || ++opened > 1) return made.open(request);
      await soon();
      await soon();
      throw new Error("there is no room for it");
    };
    const benches = aLateWorkbench({ ...made, open: failing }, { late: async () => {} });
    expectDone(await played(benches, async () => [READ]), benches);
    expect(opened).toBe(2);
  });
});

describe("X17: a worker that a person stops", () => {
  test("ends in the middle of its call; its coordinator is told, and the others go on", async () => {
    const begun = hanging();
    let control: LocalControl | undefined;
    const played = play({
      control: local => {
        control = local;
        return checked(local);
      },
      over: {
        coordinator: [
          byNotices([0, [spawn("explore", "One place"), spawn("explore", "Another place")]], [2, [SUMMARY]]),
        ],
        w1: [[begun.turn]],
        w2: [[[report("another")]]],
      },
    });
    await begun.begun;
    const stop = { kind: "stop", text: "Stopped.", worker: 1 } as const;
    control?.inbox.put([
      { ...stop, id: 6, by: "hubot", crew: { step: 1, attempt: 2 } },
      { ...stop, id: 7, by: "monalisa", crew: { step: 1, attempt: 1 } },
    ]);
    const { pipeline } = await played;
    expect(begun.aborted()).toBe(true);
    expect(pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(
      crewIn(await played)
        .notices.map(({ worker, text }) => [worker, /<status>(\w+)/.exec(text)?.[1]])
        .toSorted(),
    ).toEqual([
      [1, "stopped"],
      [2, "completed"],
    ]);
    const texts = crewIn(await played).notices.map(({ text }) => text);
    expect(texts.filter(text => text.includes("was stopped by monalisa"))).toHaveLength(1);
  });

  test("hears a person's words at its next turn, who said them as well", async () => {
    const asked: Asked[] = [];
    let control: LocalControl | undefined;
    const played = await play({
      control: local => {
        control = local;
        return checked(local);
      },
      over: {
        coordinator: [byNotices([0, [spawn("explore", "One place")]], [1, [SUMMARY]])],
        w1: [
          [
            async () => {
              control?.inbox.put([{ id: 7, kind: "tell", by: "monalisa", text: "Mind it.", worker: 1 }]);
              await new Promise(resolve => setTimeout(resolve, 50));
              return [call("read", { file_path: "web/show.js" })];
            },
            async one => {
              asked.push(one);
              return [report("both")];
            },
          ],
        ],
      },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(heardIn(asked[0] as Asked)).toContain("monalisa, who may direct this task, says: Mind it.");
  });
});

describe("a worker that a person tells more while its answer is checked", () => {
  test("goes on with its bench, whenever the check comes to its end", async () => {
    const goesOn = Promise.withResolvers<void>();
    let control: LocalControl | undefined;
    const made = inMemory();
    const judge: Workbench["judge"] = async (tree, ...rest) => {
      if (tree !== null) {
        control?.inbox.put([{ id: 7, kind: "tell", by: "monalisa", text: "Look again.", worker: 1 }]);
        await goesOn.promise;
      }
      return made.judge(tree, ...rest);
    };
    const benches = aLateWorkbench(
      { ...made, judge },
      { late: () => new Promise<void>(resolve => setTimeout(resolve, 20)) },
    );
    const approving: Block[] = [bash(TESTS), judged("approved")];
    const again: Turn = async () => {
      goesOn.resolve();
      return approving;
    };
    const played = await play({
      config: { gates: [TESTS] },
      workbench: benches.workbench,
      control: local => {
        control = local;
        return checked(local);
      },
      over: {
        coordinator: [byNotices([0, [spawn("verifier", "It")]], [1, [SUMMARY]])],
        w1: [[approving, again]],
      },
    });
    expect(crewIn(played).notices[0]?.text).toContain("<status>completed</status>");
    expect(turnsOf(played, 1)).toHaveLength(2);
    benches.expectClosed();
  });
});

describe("a worker", () => {
  test("X14: hears what is said to it behind its present turn, never between a call and its result", async () => {
    const asked: Asked[] = [];
    const first = hanging();
    const played = await play({
      over: {
        coordinator: [
          [
            [spawn("explore", "One place"), call("read", { file_path: "api/serve.js" })],
            async () => {
              await first.begun;
              return [tell("w1", "Look at the other place, too.")];
            },
            ...byNotices([1, [SUMMARY]]),
          ],
        ],
        w1: [
          [
            async one => {
              asked.push(one);
              void first.turn(one);
              // Its coordinator speaks before this reply arrives.
              await new Promise(resolve => setTimeout(resolve, 50));
              return [call("read", { file_path: "web/show.js" })];
            },
            async one => {
              asked.push(one);
              return [report("both")];
            },
          ],
        ],
      },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(heardIn(asked[0] as Asked)).not.toContain("the other place");
    const [, , answered] = asked[1]?.request.messages ?? [];
    expect(answered?.content.map(({ type }) => type)).toEqual(["tool_result", "text"]);
    expect(JSON.stringify(answered)).toContain("Look at the other place, too.");
  });

  test("waits for its turn where as many are at work as may be", async () => {
    let most = 0;
    let now = 0;
    const reading: Turn = async () => {
      most = Math.max(most, ++now);
      await new Promise(resolve => setTimeout(resolve, 5));
      now--;
      return [report("a place")];
    };
    const four = Array.from({ length: 5 }, (_, n) => spawn("explore", `Place ${n}`));
    const played = await play({
      config: { limits: { workers: 2 } },
      over: { coordinator: [byNotices([0, four], [5, [SUMMARY]])], explore: [[reading]], ...NOBODY },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(crewIn(played).notices).toHaveLength(5);
    expect(most).toBe(2);
  });

  test("changes its area and nothing else: what lies outside is put back, and it is told", async () => {
    const played = await play({
      over: {
        w1: [[[write("web/show.js", "mine"), write("api/serve.js", "hours"), bash(TESTS)], [wrote("api")]]],
      },
    });
    expect(JSON.stringify(turnsOf(played, 1)[0]?.results)).toContain("your area is api/");
    expect(filesOf(played)).toEqual({ "api/serve.js": "hours", "web/show.js": "hours" });
  });

  test("is shown its task, the contract and what was built before it, and nothing of its coordinator's talk", async () => {
    const played = await play({
      over: {
        coordinator: [
          byNotices(
            [0, [text("A secret thought."), ...SIDES.slice(0, 2)]],
            [1, SIDES.slice(2)],
            [2, [spawn("verifier", "Both sides")]],
            [3, [SUMMARY]],
          ),
        ],
      },
    });
    const [one, two, judge] = eventsOf(played, "attempt_started").flatMap(({ worker, first }) =>
      worker === undefined ? [] : [first],
    );
    expect(one).toContain("The side that serves, as the contract has it.");
    for (const first of [one, two, judge]) {
      expect(first).toContain(CONTRACT);
      expect(first).not.toContain("A secret thought.");
    }
    expect(one).not.toContain("Build log");
    expect(two).toContain("w1: The side that serves (coder)\nFiles: api/serve.js");
    expect(judge).toContain("What writers were asked for");
    expect(judge).toContain("every route with its method and path");
  });
});

describe("M28, X14, X17: a run that is killed behind any event", () => {
  test("goes on to the same files, with no worker started twice and no notice lost or doubled", async () => {
    const over: Script = {
      coordinator: [
        byNotices(
          [0, SIDES],
          [2, [spawn("verifier", "Both sides")]],
          [3, [tell("w2", "The field is called hours.")]],
          [4, [spawn("verifier", "Both sides again")]],
          [5, [SUMMARY]],
        ),
      ],
      w2: [[...web("minutes"), ...web("hours")]],
      w3: [[[bash(CHECK), judged("changes_requested")]]],
      w4: [[[bash(CHECK), judged("approved")]]],
    };
    const whole = await play({ over });
    const length = whole.journal.length;
    for (let seq = 8; seq < length; seq += 1) {
      const journal = extended(whole.journal.slice(0, seq), claimed("again"));
      const resumed = await play({ over, journal });
      expect(resumed.pipeline.outcome, `behind ${seq}`).toMatchObject({ kind: "passed" });
      expect(filesOf(resumed)).toEqual(filesOf(whole));
      const starts = eventsOf(resumed, "attempt_started").map(({ worker }) => worker);
      expect(starts.filter(worker => worker !== undefined).toSorted()).toEqual([1, 2, 3, 4]);
      expect(
        crewIn(resumed)
          .notices.map(({ worker }) => worker)
          .toSorted(),
      ).toEqual([1, 2, 2, 3, 4]);
    }
  });

  test("whose base is another one does not go on from a tree that is not the recorded one", async () => {
    const { journal } = await play();
    const at = journal.findIndex(({ data }) => data.kind === "joined");
    const workbench = aMemoryWorkbench(new Map([["api/serve.js", "another base"]]), () => 0);
    const resumed = await play({ journal: extended(journal.slice(0, at + 1), claimed("again")), workbench });
    expect(resumed.pipeline.outcome).toMatchObject({ kind: "blocked" });
    expect(resumed.pipeline.outcome?.reason).toContain("The recorded changes make the tree");
  });
});

describe("what is published", () => {
  test("X38: is a commit for each worker that wrote, in the order in which they were started, and the gate's behind them", async () => {
    const { pipeline } = await play();
    const points = commitPoints(pipeline);
    expect(points.map(({ key, changes }) => [key, changes.map(({ path }) => path)])).toEqual([
      ["p1/1/1/w1", ["api/serve.js"]],
      ["p1/1/1/w2", ["web/show.js"]],
    ]);
    const [first] = points;
    const message = commitMessage({
      view: { task: { title: "Hours", issue: 12 } },
      pipeline,
      step: first?.step as Step,
    });
    expect(message).toMatch(/^It was run\n[\s\S]*Kin-Step: p1\/1\/1\/w1\nKin-Role: coder$/);
  });
});
