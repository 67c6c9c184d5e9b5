// Steps of a plan that do not build on each other, running at the same time.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LocalControl } from "../../action/control/local.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { changesOf } from "../../core/pipeline/written.ts";
import { resultOf } from "../../core/report/step-result.ts";
import { loadRoster } from "../../host/roster.ts";
import {
  type Asked,
  all,
  aModel,
  type Block,
  bash,
  claimed,
  extended,
  hanging,
  interruption,
  opened,
  type Run,
  type RunOptions,
  run,
  type Script,
  submit,
  type Turn,
  write,
  YES,
} from "./kit.ts";
import { aMemoryWorkbench } from "./memory-workbench.ts";

const { roster } = loadRoster(join(import.meta.dirname, "..", ".."));
const BASE = new Map([["shared.js", "// nothing yet\n"]]);
const CHECK = "node --test";
const BREAKS = "// breaks the other";
/** Fails if a file says so, for whoever runs all tests. */
const inMemory = () =>
  aMemoryWorkbench(BASE, (command, files) =>
    command === CHECK && [...files.values()].some(content => content.includes(BREAKS)) ? 1 : 0,
  );

const PROOF = { what_was_done: "It was run.", how_verified: [CHECK], verification_result: "It ran." };
const answered = (more: object = {}): Block =>
  submit({
    ...{
      status: "done",
      changes: [],
      new_files: [],
      schema_changes: [],
      api_calls: [],
      notes: "It is there.",
    },
    ...{ proof: PROOF, ...more },
  });
const writes = (path: string, content: string): Turn[] => [[write(path, content), bash(CHECK)], [answered()]];
const APPROVES = submit({ ...YES, findings: [], criteria_check: [], conventions_violated: [] });

/** For two who each continue once both have arrived. */
const meeting = () => {
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return async (own: 0 | 1): Promise<void> => {
    begun[own]?.resolve();
    await Promise.all(begun.map(({ promise }) => promise));
  };
};

/** Two turns that each end once both have begun: they overlap or never end. */
const bothAtWork = () => {
  const meet = meeting();
  return (own: 0 | 1, blocks: readonly Block[]): Turn =>
    async () => {
      await meet(own);
      return blocks;
    };
};

interface Planned {
  readonly role: string;
  readonly depends_on?: string;
}
const plan = (steps: readonly Planned[], more: object = {}): Turn[] => [
  [
    submit({
      ...{ analysis: "Two parts.", category: "API", route_type: "custom", ...more },
      pipeline: steps.map(step => ({ brief: `The part of ${step.role}.`, ...step })),
      justification: "Each part has its own field.",
    }),
  ],
];
const TWO = [{ role: "backend_dev" }, { role: "frontend_dev" }, { role: "reviewer" }];
const scripted = (over: Script = {}): Script => ({
  pm: [plan(TWO)],
  backend_dev: [writes("api.js", "hours")],
  frontend_dev: [writes("page.js", "hours")],
  reviewer: [[[APPROVES]]],
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
  readonly over?: Script;
  readonly config?: object;
}
const play = ({ over = {}, config = { parallel: true }, ...options }: Playing = {}): Promise<Run> =>
  run({
    ...{ model: aModel(scripted(over)), workbench: inMemory(), roster, control: checked },
    ...{ journal: [opened({}, { config })], ...options },
  });

const filesOf = ({ pipeline }: Run): Readonly<Record<string, string | null>> =>
  Object.fromEntries(changesOf(pipeline).map(({ path, content }) => [path, content]));
const eventsOf = <K extends EventData["kind"]>({ journal }: Run, kind: K): readonly EventOf<K>[] =>
  journal.flatMap(({ data }) => (data.kind === kind ? [data as EventOf<K>] : []));
const endsOf = (played: Run) =>
  all(played.journal, "attempt_finished")
    .filter(({ step }) => step > 0)
    .map(({ step, attempt, outcome }) => `${step}/${attempt} ${outcome}`);
const firstOf = ({ request }: Asked): string => String(request.messages[0]?.content[0]?.text);
const heardBy = (model: ReturnType<typeof aModel>, key: string): string =>
  JSON.stringify(model.asked.find(asked => asked.key === key)?.request.messages);
const atOnce = () => {
  const together = bothAtWork();
  return {
    backend_dev: [[together(0, [write("api.js", "hours"), bash(CHECK)]), [answered()]]],
    frontend_dev: [[together(1, [write("page.js", "hours"), bash(CHECK)]), [answered()]]],
  };
};

describe("two steps that write and do not build on each other", () => {
  test("are at work at the same time, and what both wrote is judged together", async () => {
    const model = aModel(scripted(atOnce()));
    const played = await play({ model });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(filesOf(played)).toEqual({ "api.js": "hours", "page.js": "hours" });
    expect(eventsOf(played, "joined").map(({ step }) => step)).toEqual([1, 2]);
    expect(endsOf(played)).toEqual(["1/1 done", "2/1 done", "3/1 done"]);
    expect(commitPoints(played.pipeline).map(({ changes }) => changes.map(({ path }) => path))).toEqual([
      ["api.js", "page.js"],
    ]);
  });
  test("are each told of the other, and see nothing of its work", async () => {
    const model = aModel(scripted(atOnce()));
    await play({ model });
    const [one, two] = ["1/1/0", "2/1/0"].map(key => model.asked.find(asked => asked.key === key) as Asked);
    expect(firstOf(one as Asked)).toContain("- Step 2 (frontend_dev): The part of frontend_dev.");
    expect(firstOf(two as Asked)).toContain("- Step 1 (backend_dev): The part of backend_dev.");
    expect(firstOf(model.asked.find(({ key }) => key === "3/1/0") as Asked)).not.toContain(
      "At work at the same time",
    );
  });
  test("are joined in the plan's order where the later one ends first, and it says that it waits", async () => {
    const { turn, begun } = hanging();
    const words: string[] = [];
    const journal = [opened({}, { config: { parallel: true } })];
    const stopped = new AbortController();
    const first = await play({
      journal,
      over: { backend_dev: [[turn]] },
      signal: stopped.signal,
      control: local => ({
        ...local,
        append: async (after, events) => {
          const stored = await local.append(after, events);
          const pipeline = fold(local.journal());
          words.push(...pipeline.steps.slice(2, 3).map(step => resultOf(step, pipeline).words));
          if (events.some(event => event.kind === "turn" && event.submitted !== null && event.step === 2))
            begun.then(() => stopped.abort(interruption("interrupted", "The runner ends.")));
          return stored;
        },
      }),
    });
    expect(words.at(-1)).toBe("answered, waits for step 1");
    expect(eventsOf(first, "joined")).toEqual([]);
    const second = await play({ journal: extended(first.journal, claimed("2")) });
    expect(second.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(eventsOf(second, "joined").map(({ step }) => step)).toEqual([1, 2]);
    expect(all(second.journal, "attempt_started").filter(({ step }) => step === 2)).toHaveLength(1);
    expect(filesOf(second)).toEqual({ "api.js": "hours", "page.js": "hours" });
  });
  test("have their proof run again on what is joined, and one that no longer holds has failed", async () => {
    const together = bothAtWork();
    const own = "node --test api.js";
    const played = await play({
      over: {
        backend_dev: [
          [
            together(0, [write("api.js", BREAKS), bash(own)]),
            [answered({ proof: { ...PROOF, how_verified: [own] } })],
          ],
        ],
        frontend_dev: [
          [together(1, [write("page.js", "hours"), bash(CHECK)]), [answered()]],
          [[write("api.js", "hours"), bash(CHECK)], [answered()]],
        ],
      },
    });
    const ends = all(played.journal, "attempt_finished").filter(({ step }) => step > 0);
    expect(ends.map(({ outcome, checks }) => [outcome, ...checks.map(({ exit_code }) => exit_code)])).toEqual(
      [["done"], ["failed", 1], ["done"], ["done"]],
    );
  });
  test("that change one file: the earlier one's is taken, and the later one goes on from it, with what else it wrote", async () => {
    const together = bothAtWork();
    const model = aModel(
      scripted({
        backend_dev: [[together(0, [write("shared.js", "one"), bash(CHECK)]), [answered()]]],
        frontend_dev: [
          [together(1, [write("shared.js", "two"), write("page.js", "hours"), bash(CHECK)]), [answered()]],
          [[write("shared.js", "one and two"), bash(CHECK)], [answered()]],
        ],
      }),
    );
    const played = await play({ model });
    expect(endsOf(played)).toEqual(["1/1 done", "2/1 failed", "2/2 done", "3/1 done"]);
    expect(filesOf(played)).toEqual({ "shared.js": "one and two", "page.js": "hours" });
    expect(heardBy(model, "2/2/0")).toContain("Steps beside this one changed the same files: shared.js.");
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
  });
  describe("hear a person", () => {
    const WORDS = "Hours are whole numbers.";
    /** Says it once, as soon as `when` holds. */
    const saying = (when: (pipeline: Pipeline) => boolean) => {
      const said = Promise.withResolvers<void>();
      const control = (local: LocalControl): Control => ({
        ...checked(local),
        append: async (after, events) => {
          const stored = await checked(local).append(after, events);
          const pipeline = fold(local.journal());
          if (pipeline.told.length > 0 || !when(pipeline)) return stored;
          const told = { kind: "told", message: 1, by: "hubot", text: WORDS } as const;
          const heard = await local.append(pipeline.seq, [told]);
          said.resolve();
          return [...stored, ...heard];
        },
      });
      const later =
        (blocks: readonly Block[]): Turn =>
        async () => {
          await said.promise;
          return blocks;
        };
      return { control, later };
    };
    const turnsOf = ({ steps }: Pipeline, step: number) => steps[step]?.attempts[0]?.turns ?? [];
    const expectHeardOnce = (model: ReturnType<typeof aModel>, step: number) => {
      const last = model.asked.findLast(({ key }) => key.startsWith(`${step}/1/`));
      expect(JSON.stringify(last?.request.messages).split(WORDS)).toHaveLength(2);
    };

    test("both, each once", async () => {
      const together = bothAtWork();
      const { control, later } = saying(p => [1, 2].every(step => turnsOf(p, step).length === 1));
      const side = (own: 0 | 1, path: string) => [
        [together(own, [bash(CHECK)]), later([write(path, "hours"), bash(CHECK)]), [answered()]],
      ];
      const model = aModel(scripted({ backend_dev: side(0, "api.js"), frontend_dev: side(1, "page.js") }));
      const played = await play({ model, control });
      expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
      for (const step of [1, 2]) expectHeardOnce(model, step);
    });

    const more = [[write("page.js", "hours"), bash(CHECK)], [answered()], ...writes("page.js", "whole")];
    test.each<[string, (pipeline: Pipeline) => boolean]>([
      ["while it waits for an earlier one", p => turnsOf(p, 2).at(-1)?.submitted != null],
      ["while it gives its answer", p => turnsOf(p, 2).length === 1],
    ])("and one that has answered goes on, %s", async (_, when) => {
      const { control, later } = saying(when);
      const model = aModel(
        scripted({
          backend_dev: [[later([write("api.js", "hours"), bash(CHECK)]), [answered()]]],
          frontend_dev: [more],
        }),
      );
      const played = await play({ model, control });
      expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
      expect(endsOf(played)).toEqual(["1/1 done", "2/1 done", "3/1 done"]);
      expect(filesOf(played)).toEqual({ "api.js": "hours", "page.js": "whole" });
      for (const step of [1, 2]) expectHeardOnce(model, step);
      expect(fold(played.journal)).toEqual(played.pipeline);
    });

    test("one that used up a limit does not: who comes next is shown the words", async () => {
      const { control, later } = saying(p => turnsOf(p, 2).at(-1)?.submitted != null);
      const model = aModel(
        scripted({
          backend_dev: [[later([write("api.js", "hours"), bash(CHECK)]), [answered()]]],
          frontend_dev: [more],
        }),
      );
      const played = await play({ model, control, config: { parallel: true, limits: { step_turns: 2 } } });
      expect(filesOf(played)).toEqual({ "api.js": "hours", "page.js": "hours" });
      expect(firstOf(model.asked.at(-1) as Asked)).toContain(WORDS);
    });

    test("one whose answer has no result does not: so it is in journals of before", async () => {
      const { control, later } = saying(p => turnsOf(p, 2).at(-1)?.submitted != null);
      const before = (local: LocalControl): Control => ({
        ...control(local),
        append: (seq, events) =>
          control(local).append(
            seq,
            events.map(event =>
              event.kind === "turn" && event.submitted !== null ? { ...event, results: [] } : event,
            ),
          ),
      });
      const backend_dev = [[later([write("api.js", "hours"), bash(CHECK)]), [answered()]]];
      const played = await play({ over: { backend_dev, frontend_dev: [more] }, control: before });
      expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
      expect(filesOf(played)).toEqual({ "api.js": "hours", "page.js": "hours" });
    });
  });

  test("one that cannot go on ends the pipeline once the other is done, whose work stays", async () => {
    const played = await play({
      over: {
        backend_dev: [
          [[submit({ status: "blocked", reason: "Which hours?", blocked_at: "2026-10-07T09:00:00Z" })]],
        ],
      },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "needs_info" });
    expect(endsOf(played)).toEqual(["1/1 blocked", "2/1 done"]);
    expect(commitPoints(played.pipeline).flatMap(({ changes }) => changes.map(({ path }) => path))).toEqual([
      "page.js",
    ]);
  });
  test("a budget ends both, and what neither had joined is on the branch for the next pipeline", async () => {
    const played = await play({
      over: {
        backend_dev: [[[write("api.js", "half"), bash(CHECK)], ...Array(20).fill([bash(CHECK)])]],
        frontend_dev: [[[write("page.js", "half"), bash(CHECK)], ...Array(20).fill([bash(CHECK)])]],
      },
      config: { parallel: true, limits: { pipeline_usd: 2.5 } },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "blocked" });
    expect(eventsOf(played, "joined")).toEqual([]);
    expect(commitPoints(played.pipeline).flatMap(({ changes }) => changes.map(({ path }) => path))).toEqual([
      "api.js",
      "page.js",
    ]);
  });
});

describe("a budget", () => {
  const expectCounted = (played: Run, model: ReturnType<typeof aModel>) => {
    const turns = eventsOf(played, "turn");
    expect(turns).toHaveLength(model.asked.length);
    expect(played.pipeline.usd).toBeCloseTo(turns.reduce((sum, { usd }) => sum + (usd ?? 0), 0));
  };

  test("that is reached while others' calls are under way ends the pipeline after them: they are paid, and count", async () => {
    const [meet, reached] = [meeting(), Promise.withResolvers<void>()];
    const model = aModel(
      scripted({
        backend_dev: [
          [
            async () => {
              await meet(0);
              return { blocks: [bash(CHECK)], input: 1_000_000 };
            },
          ],
        ],
        frontend_dev: [
          [
            async ({ signal }) => {
              await meet(1);
              await reached.promise;
              return signal.aborted ? { kind: "aborted" } : [write("page.js", "half"), bash(CHECK)];
            },
          ],
        ],
      }),
    );
    const played = await play({
      model,
      config: {
        ...{ parallel: true, limits: { pipeline_usd: 1 } },
        hooks: [{ on: "pipeline_completed", run: "true" }],
      },
      control: local => ({
        ...checked(local),
        append: async (after, events) => {
          const written = await checked(local).append(after, events);
          if (fold(local.journal()).usd > 1) setTimeout(reached.resolve, 20);
          return written;
        },
      }),
    });
    expect(played.pipeline.outcome).toMatchObject({
      kind: "blocked",
      reason: expect.stringContaining("`limits.pipeline_usd` was reached"),
    });
    expectCounted(played, model);
    expect(played.journal.slice(-4).map(({ data }) => data.kind)).toEqual([
      ...["turn", "hook_ran", "limit_reached", "finished"],
    ]);
    expect(commitPoints(played.pipeline).flatMap(({ changes }) => changes.map(({ path }) => path))).toEqual([
      "page.js",
    ]);
  });

  test("has no more calls begin at once than it is enough for", async () => {
    const six = Array.from({ length: 6 }, () => ({ role: "backend_dev" }));
    let atWork = 0;
    const most: number[] = [];
    const base = aModel(
      scripted({
        pm: [plan([...six, { role: "reviewer" }])],
        backend_dev: [Array(20).fill([bash(CHECK)])],
      }),
    );
    const played = await play({
      config: { parallel: true, limits: { workers: 6, pipeline_usd: 1.1 } },
      model: {
        reply: async (request, options) => {
          most.push(++atWork);
          await new Promise(resolve => setTimeout(resolve, 5));
          atWork--;
          return base.reply(request, options);
        },
      },
    });
    // The plan cost $0.20, and so does each turn.
    expect(Math.max(...most)).toBe(4);
    expectCounted(played, base);
    expect(played.pipeline.usd).toBeCloseTo(1.2);
  });
});

describe("what steps side by side come to", () => {
  const asked = (model: ReturnType<typeof aModel>) => model.asked.map(({ key }) => key);
  const reasons = (played: Run) =>
    all(played.journal, "attempt_finished").flatMap(({ step, reason }) =>
      step > 0 && reason !== null ? [reason] : [],
    );
  const many = (directory: string, count: number): Block[] =>
    Array.from({ length: count }, (_, index) => write(`${directory}/${index}.js`, "1"));

  test("an attempt that begins with what the one before left has failed where an earlier step changes the same file meanwhile", async () => {
    const [second, joined] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const after =
      (promise: Promise<void>, blocks: readonly Block[]): Turn =>
      async () => {
        await promise;
        return blocks;
      };
    const played = await play({
      config: { parallel: true, limits: { step_turns: 3 } },
      over: {
        backend_dev: [[after(second.promise, [write("shared.js", "one"), bash(CHECK)]), [answered()]]],
        frontend_dev: [
          [[write("shared.js", "two"), write("page.js", "two"), bash(CHECK)], [bash(CHECK)], [bash(CHECK)]],
          [
            async () => {
              second.resolve();
              await joined.promise;
              return [write("more.js", "two"), bash(CHECK)];
            },
            [answered()],
          ],
          [[bash(CHECK)], [answered()]],
        ],
      },
      control: local => ({
        ...checked(local),
        append: async (after, events) => {
          const stored = await checked(local).append(after, events);
          if (events.some(({ kind }) => kind === "joined")) joined.resolve();
          return stored;
        },
      }),
    });
    expect(endsOf(played)).toEqual(["2/1 failed", "1/1 done", "2/2 failed", "2/3 done", "3/1 done"]);
    expect(filesOf(played)).toEqual({ "shared.js": "one", "page.js": "two", "more.js": "two" });
  });
  test("what together is more than a patch may have is sent back, and not paid for twice", async () => {
    const together = bothAtWork();
    const played = await play({
      over: {
        backend_dev: [[together(0, [...many("api", 60), bash(CHECK)]), [answered()]]],
        frontend_dev: [
          [together(1, [...many("web", 60), bash(CHECK)]), [answered()]],
          writes("page.js", "hours"),
        ],
      },
    });
    expect(reasons(played)[0]).toContain("the patch would have 120 files and 100 are allowed");
  });
  test("names that differ by letter case alone are sent back", async () => {
    const together = bothAtWork();
    const played = await play({
      over: {
        backend_dev: [[together(0, [write("Api/a.js", "1"), bash(CHECK)]), [answered()]]],
        frontend_dev: [
          [together(1, [write("api/b.js", "1"), bash(CHECK)]), [answered()]],
          writes("page.js", "hours"),
        ],
      },
    });
    expect(reasons(played)[0]).toContain("are one name where letter case does not count");
  });
  test("a hook of a step that is done leaves the others' calls alone", async () => {
    let aborted = 0;
    const begun = Promise.withResolvers<void>();
    const model = aModel(
      scripted({
        backend_dev: [
          [
            async () => {
              await begun.promise;
              return [write("api.js", "hours"), bash(CHECK)];
            },
            [answered()],
          ],
        ],
        frontend_dev: [
          [
            async ({ signal }) => {
              begun.resolve();
              signal.addEventListener("abort", () => aborted++);
              await new Promise(resolve => setTimeout(resolve, 60));
              return [write("page.js", "hours"), bash(CHECK)];
            },
            [answered()],
          ],
        ],
      }),
    );
    const config = { parallel: true, hooks: [{ on: "step_completed", run: "true" }] };
    const played = await play({ model, config });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(played.pipeline.hooks).toHaveLength(3);
    expect(aborted).toBe(0);
    expect(new Set(asked(model)).size).toBe(asked(model).length);
  });
  test("once the end is certain nobody begins any more", async () => {
    const blocked = submit({ status: "blocked", reason: "Which hours?", blocked_at: "2026-10-07T09:00:00Z" });
    const together = bothAtWork();
    const model = aModel(
      scripted({
        backend_dev: [[together(0, [blocked])]],
        frontend_dev: [[together(1, [bash(CHECK)]), { blocks: [], stop_reason: "refusal" }]],
      }),
    );
    const played = await play({ model });
    expect(played.pipeline.outcome).toMatchObject({ kind: "needs_info" });
    expect(asked(model).filter(key => key.startsWith("2/2"))).toEqual([]);
  });
  test("a question is asked, whatever files it met", async () => {
    const blocked = submit({ status: "blocked", reason: "Which hours?", blocked_at: "2026-10-07T09:00:00Z" });
    const together = bothAtWork();
    const played = await play({
      over: {
        backend_dev: [[together(0, [write("shared.js", "one"), bash(CHECK)]), [answered()]]],
        frontend_dev: [[together(1, [write("shared.js", "two"), bash(CHECK)]), [blocked]]],
      },
    });
    expect(played.pipeline.outcome).toMatchObject({
      kind: "needs_info",
      reason: expect.stringContaining("Which hours?"),
    });
  });
  test("who wrote nothing has its proof run again on what is kept", async () => {
    const together = bothAtWork();
    const played = await play({
      over: {
        backend_dev: [
          [
            together(0, [write("api.js", BREAKS), bash("node --test api.js")]),
            [answered({ proof: { ...PROOF, how_verified: ["node --test api.js"] } })],
          ],
        ],
        frontend_dev: [[together(1, [bash(CHECK)]), [answered()]]],
      },
    });
    const [end] = all(played.journal, "attempt_finished").filter(({ step }) => step === 2);
    expect(end).toMatchObject({ outcome: "failed", checks: [{ command: CHECK, exit_code: 1 }] });
  });
  test("of three, two for one module are not at work together", async () => {
    let most = 0;
    const at = new Set<string>();
    const base = aModel(
      scripted({
        pm: [
          plan([
            { role: "backend_dev", module: "billing" },
            { role: "frontend_dev", module: "web" },
            { role: "backend_dev", module: "billing" },
            { role: "reviewer" },
          ] as Planned[]),
        ],
      }),
    );
    const played = await play({
      model: {
        reply: async (request, options) => {
          const [, step = ""] = /step (\d+),/.exec(String(request.messages[0]?.content[0]?.text)) ?? [];
          at.add(step);
          most = Math.max(most, at.size);
          expect([...at].filter(one => one === "1" || one === "3").length).toBeLessThan(2);
          await new Promise(resolve => setTimeout(resolve, 5));
          at.delete(step);
          return base.reply(request, options);
        },
      },
    });
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(most).toBe(2);
  });
});

describe("one after another they go", () => {
  /** Never more than one conversation at a time. */
  const inTurn = async (over: Script, config: object): Promise<Run> => {
    let atWork = 0;
    const base = aModel(scripted(over));
    const most: number[] = [];
    const played = await play({
      config,
      model: {
        reply: async (request, options) => {
          atWork += 1;
          most.push(atWork);
          await new Promise(resolve => setTimeout(resolve, 5));
          atWork -= 1;
          return base.reply(request, options);
        },
      },
    });
    expect(Math.max(...most)).toBe(1);
    expect(played.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(filesOf(played)).toEqual({ "api.js": "hours", "page.js": "hours" });
    return played;
  };
  test.each<[string, Script, object]>([
    ["where nobody asked for more", {}, {}],
    ["where the plan says so", { pm: [plan(TWO, { parallel: false })] }, { parallel: true }],
    [
      "where one builds on the other",
      {
        pm: [
          plan([TWO[0] as Planned, { role: "frontend_dev", depends_on: "backend_dev" }, TWO[2] as Planned]),
        ],
      },
      { parallel: true },
    ],
    ["where one conversation at a time is allowed", {}, { parallel: true, limits: { workers: 1 } }],
  ])("%s", async (_, over, config) => {
    await inTurn(over, config);
  });
});

test("killed at any moment, another run comes to the same tree, and starts nobody twice", async () => {
  const cuts: number[] = [];
  const whole = await play({
    over: atOnce(),
    control: local => ({
      ...local,
      append: async (after, events) => {
        cuts.push(after);
        return local.append(after, events);
      },
    }),
  });
  for (const cut of cuts) {
    const journal = whole.journal.slice(0, cut);
    const again = await play({ journal: extended(journal, claimed("2")) });
    expect(again.pipeline.tree).toBe(whole.pipeline.tree);
    expect(again.pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(all(again.journal, "attempt_started")).toHaveLength(4);
  }
});

describe("a runner that lies", () => {
  const joined = async () => {
    const { journal } = await play({ over: atOnce() });
    const at = journal.findIndex(({ data }) => data.kind === "joined");
    return { before: fold(journal.slice(0, at)), data: journal[at]?.data as EventOf<"joined"> };
  };
  test.each<[string, Partial<EventOf<"joined">>, RegExp]>([
    ["joins another step's work first", { step: 2 }, /joined|step 2/],
    ["joins what is no tree", { tree: "main" }, /git object/],
    ["joins another attempt's", { attempt: 2 }, /nothing to join/],
    ["joins a worker's that there is none of", { worker: 1 }, /worker/],
  ])("%s", async (_, lie, why) => {
    const { before, data } = await joined();
    const take = (event: EventData) =>
      takeEvents([event], { pipeline: before, roster, at: before.updated_at });
    expect(take(data).pipeline.tree).toBe(data.tree);
    expect(() => take({ ...data, ...lie })).toThrow(why);
  });
  test("begins with more than was joined", async () => {
    const { journal } = await play({ over: atOnce() });
    const at = journal.findIndex(({ data }) => data.kind === "attempt_started" && data.step === 1);
    const pipeline = fold(journal.slice(0, at));
    const [started, turn] = journal.slice(at, at + 2).map(({ data }) => data) as [EventData, EventData];
    const take = (joins: number) =>
      takeEvents([{ ...started, joins } as EventData, turn], { pipeline, roster, at: pipeline.updated_at });
    expect(take(0).events).toHaveLength(2);
    expect(() => take(1)).toThrow(/more than was joined/);
  });
  test("joins over what another step changed meanwhile, or says anything else of why it does not", async () => {
    const together = bothAtWork();
    const { journal } = await play({
      over: {
        backend_dev: [[together(0, [write("shared.js", "one"), bash(CHECK)]), [answered()]]],
        frontend_dev: [
          [together(1, [write("shared.js", "two"), bash(CHECK)]), [answered()]],
          writes("page.js", "hours"),
        ],
      },
    });
    const at = journal.findIndex(({ data }) => data.kind === "attempt_finished" && data.outcome === "failed");
    const pipeline = fold(journal.slice(0, at));
    const take = (event: EventData) => takeEvents([event], { pipeline, roster, at: pipeline.updated_at });
    const lie: EventData = { kind: "joined", step: 2, attempt: 1, tree: "f".repeat(40) };
    expect(() => take(lie)).toThrow(/cannot be joined/);
    const end = journal[at]?.data as EventOf<"attempt_finished">;
    expect(take(end).events).toEqual([end]);
    expect(() => take({ ...end, reason: "It does not fit." })).toThrow(/for another reason/);
  });
  test("says that what can be joined cannot", async () => {
    const { before } = await joined();
    const end = { kind: "attempt_finished", step: 1, attempt: 1, outcome: "failed", answer: null } as const;
    const lie: EventData = { ...end, reason: "It does not fit.", checks: [] };
    expect(() => takeEvents([lie], { pipeline: before, roster, at: before.updated_at })).toThrow(
      /can be joined/,
    );
  });
});
