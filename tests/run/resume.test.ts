import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalControl } from "../../action/control/local.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import type { LanguageModel } from "../../action/drive/ports/model.ts";
import type { Workbench } from "../../action/drive/ports/workbench.ts";
import type { JournalEvent } from "../../core/model/event.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { closeAll } from "../workbench/kit.ts";
import {
  aFreshWorkbench,
  aModel,
  bash,
  CHECK,
  claimed,
  extended,
  interruption,
  meaning,
  opened,
  type Run,
  run,
  SCRIPT,
  type Script,
} from "./kit.ts";
import { aMemoryWorkbench } from "./memory-workbench.ts";

afterAll(closeAll);

/** Like the kit's, but on its way with a bare look, a failed attempt, and files that the next one finds. */
const LONG: Script = {
  ...SCRIPT,
  debugger: [
    [[bash(CHECK)], ...(SCRIPT.debugger?.[0]?.slice(1, 2) ?? []), { blocks: [], stop_reason: "refusal" }],
    ...(SCRIPT.debugger ?? []),
  ],
};

const turnsIn = (journal: readonly JournalEvent[]): number =>
  journal.filter(({ data }) => data.kind === "turn").length;

/** A killed run leaves its journal and nothing else. */
class Killed extends Error {}

const BASE = new Map([["sum.js", "export const sum = (a, b) => a - b;\n"]]);
const inMemory = async (): Promise<Workbench> =>
  aMemoryWorkbench(BASE, (command, files) =>
    command === CHECK && !files.get("sum.js")?.includes("a + b") ? 1 : 0,
  );

describe("a run that was killed behind an event", () => {
  const atOnce: [first: number, last: number][] = [];
  const noting = (control: LocalControl): Control => ({
    ...control,
    append: async (after, events) => {
      atOnce.push([after + 1, after + events.length]);
      return control.append(after, events);
    },
  });
  let real: Run;
  let whole: Run;
  beforeAll(async () => {
    real = await run({ model: aModel(LONG), control: noting });
    whole = await run({ model: aModel(LONG), workbench: await inMemory() });
  });

  test("has what the others are compared with: a pipeline that passed on its second try", () => {
    for (const { pipeline, journal } of [real, whole]) {
      expect(pipeline).toMatchObject({ outcome: { kind: "passed" }, steps: { length: 3 } });
      expect(pipeline.steps[1]?.attempts).toHaveLength(2);
      expect(turnsIn(journal)).toBe(9);
      expect(journal).toHaveLength(21);
    }
  });

  test("never has the planner's answer without its plan: they are appended at once", () => {
    const answered = real.journal.find(({ data }) => data.kind === "attempt_finished")?.seq ?? 0;
    expect(atOnce).toContainEqual([answered, answered + 1]);
    expect(real.journal[answered]?.data.kind).toBe("planned");
  });

  const goesOn = async (
    whole: Run,
    { seq, workbench }: { readonly seq: number; readonly workbench?: Workbench },
  ) => {
    const prefix = whole.journal.slice(0, seq);
    const last = prefix.at(-1)?.data;
    if (last?.kind === "attempt_finished" && last.step === 0) return;
    const model = aModel(LONG);
    const on = workbench === undefined ? {} : { workbench };
    const { pipeline, journal } = await run({ model, journal: prefix, ...on });
    expect(journal.slice(0, seq)).toEqual(prefix);
    expect(meaning(journal)).toEqual(meaning(whole.journal));
    expect(pipeline.tree).toBe(whole.pipeline.tree);
    expect(pipeline.outcome).toEqual(whole.pipeline.outcome);
    expect(model.asked).toHaveLength(turnsIn(whole.journal) - turnsIn(prefix));
  };
  const SEQS = Array.from({ length: 21 }, (_, index) => index + 1);

  test.each(SEQS)("%d ends the same, and asks again nothing that was answered", async seq => {
    await goesOn(whole, { seq, workbench: await inMemory() });
  });

  // The interesting places: nothing is set up, something was written, another attempt begins, the gate has written,
  // too.
  test.concurrent.each([1, 9, 12, 18])(
    "%d ends the same on a real workbench",
    seq => goesOn(real, { seq }),
    240_000,
  );
});

describe("random schedules of kills and interruptions", () => {
  test("300 in memory end as the one without any", async () => {
    const whole = await run({ model: aModel(LONG), workbench: await inMemory() });
    expect(whole.pipeline.outcome?.kind).toBe("passed");
    let ends = 0;
    for (let seed = 1; seed <= 300; seed++) ends += await survive(whole, { seed, workbench: inMemory });
    expect(ends).toBeGreaterThan(900);
  });

  test("and 3 on real workbenches", async () => {
    const whole = await run({ model: aModel(SCRIPT) });
    const seeds = [1, 2, 3].map(seed => survive(whole, { seed, workbench: aFreshWorkbench, script: SCRIPT }));
    for (const ends of await Promise.all(seeds)) expect(ends).toBeGreaterThan(0);
  }, 240_000);
});

/** Runs until the pipeline is over, each run ended at random; returns how many were. */
const survive = async (
  whole: Run,
  options: { readonly seed: number; readonly workbench: () => Promise<Workbench>; readonly script?: Script },
): Promise<number> => {
  const { seed, workbench, script = LONG } = options;
  const chance = randomBy(seed);
  const about = `seed ${seed}`;
  let journal: readonly JournalEvent[] = [opened()];
  let asked = 0;
  let ends = 0;
  while (fold(journal).outcome === null) {
    expect(ends, about).toBeLessThan(100);
    const model = aModel(script);
    const fate = fateOf(chance);
    const abort = new AbortController();
    let local: LocalControl | undefined;
    await run({
      journal: fold(journal).paused === null ? journal : extended(journal, claimed(String(ends))),
      model: interruptedAt(fate, { model, abort }),
      signal: abort.signal,
      workbench: await workbench(),
      control: control => {
        local = control;
        return mortal(control, fate);
      },
    }).catch(error => {
      if (!(error instanceof Killed)) throw error;
    });
    journal = local?.journal() ?? journal;
    asked += model.asked.length;
    if (fold(journal).outcome === null) ends++;
  }
  expect(meaning(journal), about).toEqual(meaning(whole.journal));
  expect(fold(journal).tree, about).toBe(whole.pipeline.tree);
  expect(asked - turnsIn(journal), about).toBeLessThanOrEqual(ends);
  return ends;
};

/** How a run ends: killed before or after an append, or interrupted in the middle of a call. */
type Fate = { readonly how: "lost" | "written" | "interrupted"; readonly at: number };

const fateOf = (chance: () => number): Fate => ({
  how: (["lost", "written", "interrupted"] as const)[Math.floor(chance() * 3)] ?? "lost",
  at: 1 + Math.floor(chance() * 5),
});

const mortal = (control: LocalControl, { how, at }: Fate): Control => {
  let count = 0;
  return {
    ...control,
    append: async (after, events) => {
      const dies = how !== "interrupted" && ++count === at;
      if (dies && how === "lost") throw new Killed();
      const stored = await control.append(after, events);
      if (dies && fold(control.journal()).outcome === null) throw new Killed();
      return stored;
    },
  };
};

const interruptedAt = (
  { how, at }: Fate,
  { model, abort }: { readonly model: LanguageModel; readonly abort: AbortController },
): LanguageModel => {
  let count = 0;
  return {
    reply: async (request, options) => {
      const outcome = await model.reply(request, options);
      if (how !== "interrupted" || ++count < at) return outcome;
      abort.abort(interruption(count % 2 === 0 ? "paused" : "interrupted", "The runner was shut down."));
      return { kind: "aborted" };
    },
  };
};

/** mulberry32 */
const randomBy = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};
