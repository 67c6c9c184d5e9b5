// Random walks through the real driver with the shipped roles: whatever models, people and runners do, a pipeline ends,
// its journal folds to it again, and the App would have accepted every append.
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LocalControl } from "../../action/control/local.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import type { LanguageModel } from "../../action/drive/ports/model.ts";
import { EventData, JournalEvent } from "../../core/model/event.ts";
import type { Attempt, Pipeline } from "../../core/model/pipeline.ts";
import type { ModelRequest } from "../../core/model/request.ts";
import type { Message } from "../../core/model/wire.ts";
import { apply, fold } from "../../core/pipeline/apply.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { currentSteps } from "../../core/pipeline/state.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { workerState } from "../../core/pipeline/workers.ts";
import { loadRoster } from "../../host/roster.ts";
import { aView } from "../build.ts";
import { meansOf } from "../means.ts";
import { type Dice, dice, openingFor, replyTo } from "./drawn.ts";
import {
  aMemory,
  attemptsOf,
  expectCommitted,
  expectHeard,
  expectJoinedInArea,
  expectOneTaken,
  expectOneWriterEach,
  expectStartedOnce,
  expectWhole,
} from "./held.ts";
import { claimed, extended, interruption, run } from "./kit.ts";
import { aLateWorkbench } from "./late-workbench.ts";
import { aMemoryWorkbench } from "./memory-workbench.ts";
import { aListener } from "./told.ts";

const { roster } = loadRoster(join(import.meta.dirname, "..", ".."));
const WALKS = 200;
/**
 * For those in which somebody was put to work. The full test is 1,000: `WALKS=1000 npx vitest run
 * tests/run/walks.test.ts`.
 */
const CREW_WALKS = Number(process.env.WALKS ?? 40);
const BESIDE_WALKS = CREW_WALKS;
const BASE = new Map([
  ["a.js", "0"],
  ["api/x.js", "0"],
]);

const said = (by: Dice): Omit<Message, "id"> => {
  const worker = by.crew && by.once(2) ? { worker: 1 + by.next(4) } : {};
  const often = "worker" in worker ? 3 : by.crew || by.beside ? 60 : 8;
  return { kind: by.once(often) ? "stop" : "tell", by: "hubot", text: "Mind this.", ...worker };
};

/** Seeded, as no clock would be. */
const later = async (by: Dice): Promise<void> => {
  for (let left = by.crew || by.beside ? 30 * by.next(4) : 0; left > 0; left--) await null;
};

/** A lost run leaves its journal and nothing else. */
class Lost extends Error {}

/** People speak, runs are lost, plans are approved: until the pipeline is over. */
const walk = async (by: Dice) => {
  const opening = openingFor(by);
  let journal: readonly JournalEvent[] = [
    { seq: 1, at: "2026-10-07T09:00:00.000Z", data: { kind: "opened", opening } },
  ];
  let message = 0;
  let most = 0;
  const memory = aMemory();
  const listener = aListener();
  for (let runs = 1; runs < 200; runs++) {
    const abort = new AbortController();
    let local: LocalControl | undefined;
    const benches = aLateWorkbench(
      aMemoryWorkbench(BASE, () => (by.once(by.crew ? 12 : 5) ? 1 : 0)),
      {
        late: () => later(by),
      },
    );
    const asked = new Set<ModelRequest>();
    const reply: LanguageModel["reply"] = async (request, { signal }) => {
      expectWhole(request);
      memory.expectKept(request);
      listener.hear(request, local?.journal() ?? []);
      if (!signal.aborted) asked.add(request);
      signal.addEventListener("abort", () => asked.delete(request));
      most = Math.max(most, asked.size);
      if (by.crew) expect(asked.size).toBeLessThanOrEqual(mostAtWork(opening) + 1);
      if (by.once(12)) local?.inbox.put([{ id: ++message, ...said(by) }]);
      if (by.once(30)) abort.abort(interruption(by.pick(["interrupted", "paused"]), "The runner goes."));
      await later(by);
      asked.delete(request);
      return signal.aborted ? { kind: "aborted" } : replyTo(request, by);
    };
    const control = (made: LocalControl): Control => {
      local = made;
      let behind = fold(made.journal());
      const append: Control["append"] = async (after, events) => {
        if ((by.crew || by.beside) && by.once(80)) throw new Lost();
        const stored = await made.append(after, events);
        const ahead = stored.reduce(apply, behind);
        expectTaken(behind, { ahead, events });
        behind = ahead;
        expectOneWriterEach(ahead);
        expectOneTaken(ahead);
        expectJoinedInArea(ahead, events);
        benches.expectTrees(ahead);
        listener.due(decide(ahead), made.journal());
        if ((by.crew || by.beside) && by.once(80) && ahead.outcome === null) throw new Lost();
        return stored;
      };
      return { ...made, append };
    };
    const { workbench } = benches;
    await run({ journal, model: { reply }, workbench, roster, signal: abort.signal, control }).catch(
      error => {
        if (!(error instanceof Lost)) throw error;
      },
    );
    benches.expectClosed();
    journal = local?.journal() ?? journal;
    const pipeline = fold(journal);
    expect(fold(journal.map(event => JournalEvent.parse(JSON.parse(JSON.stringify(event)))))).toEqual(
      pipeline,
    );
    if (pipeline.outcome !== null) return { pipeline, journal, most, told: listener.expectTold(journal) };
    if (pipeline.held) journal = extended(journal, { kind: "plan_approved", by: "monalisa" });
    journal = extended(journal, claimed(String(runs)));
  }
  throw new Error("it does not end");
};

interface Appended {
  readonly ahead: Pipeline;
  readonly events: readonly EventData[];
}

/** What the App does with an append: recomputes it, and the rows around it. */
const expectTaken = (behind: Pipeline, { ahead: pipeline, events }: Appended): void => {
  const wire = JSON.parse(JSON.stringify(events)) as readonly unknown[];
  const said = wire.map(data => EventData.parse(data));
  const taken = takenOr(() => takeEvents(said, { pipeline: behind, roster, at: pipeline.updated_at }));
  expect(taken).toEqual({ events: said, pipeline });
  const { row, returned } = meansOf(pipeline, { task: aView().task, events, now: 0 });
  expect(row.outcome ?? null).toBe(pipeline.outcome?.kind ?? null);
  if (pipeline.opening.type === "escalation" || pipeline.opening.dry_run) expect(returned).toBeNull();
  const due = decide(pipeline).filter(command => !("last" in command));
  const atWork = due.filter(command => "worker" in command && command.kind !== "join");
  expect(atWork.length).toBeLessThanOrEqual(mostAtWork(pipeline.opening));
  const isJoining = due.some(({ kind }) => kind === "join");
  const ends = due.filter(({ key }) => key.includes("@") && key.startsWith("end/"));
  if (!currentSteps(pipeline).some(({ beside }) => beside === true))
    expect(due.length - atWork.length - ends.length).toBeLessThan(isJoining ? 3 : 2);
  expect(
    due.filter(({ kind }) => kind === "join" || kind === "settle").filter(command => !("worker" in command))
      .length,
  ).toBeLessThan(2);
  expect(new Set(due.map(({ key }) => key)).size).toBe(due.length);
};

const mostAtWork = ({ config: { limits } }: Pipeline["opening"]): number =>
  Math.max(limits.workers, limits.attempts_in_parallel);

/** A refusal must not look like the App's own, which the driver would handle. */
const takenOr = <T>(take: () => T): T => {
  try {
    return take();
  } catch (error) {
    throw new Error("the App would not take it", { cause: error });
  }
};

/** Bugs of Kin's would show in some reason. */
const expectNoBug = (journal: readonly JournalEvent[]): void => {
  for (const { data } of journal)
    if ("reason" in data) expect(data.reason ?? "").not.toMatch(/a bug of ours|recorded changes make/);
};

const ended = async (seed: number, by: Dice) => {
  try {
    const { pipeline, journal, most, told } = await walk(by);
    expectNoBug(journal);
    expectStartedOnce(journal);
    expectHeard(pipeline);
    expectCommitted(pipeline);
    return { pipeline, most, told };
  } catch (error) {
    const kind = by.crew ? " with workers" : by.beside ? " side by side" : "";
    throw new Error(`walk ${seed}${kind}`, { cause: error });
  }
};

test(`${WALKS} walks all end, whole, and replay to the same pipeline`, { timeout: 120_000 }, async () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= WALKS; seed++) {
    const { pipeline } = await ended(seed, dice(seed, { roster }));
    outcomes.add(pipeline.outcome?.kind ?? "");
  }
  expect([...outcomes].toSorted()).toEqual([
    "blocked",
    "needs_info",
    "passed",
    "planned_only",
    "returned",
    "stopped",
    "superseded",
  ]);
});

test(`${BESIDE_WALKS} more, of steps side by side`, { timeout: 3_600_000 }, async () => {
  const seen = new Map<string, number>();
  const count = (what: string, more = 1) => seen.set(what, (seen.get(what) ?? 0) + more);
  let walks = 0;
  for (let seed = 1; walks < BESIDE_WALKS; seed++) {
    const { pipeline, most } = await ended(seed, dice(seed, { roster, beside: true }));
    const attempts = attemptsOf(pipeline).filter(({ joined }) => joined !== undefined);
    if (attempts.length === 0) continue;
    walks++;
    count(pipeline.outcome?.kind ?? "");
    count(most > 1 ? "calls at once" : "one at a time");
    count("joins", attempts.filter(({ joined }) => joined != null).length);
    count(
      "met in a file",
      attempts.filter(({ finished }) => finished?.reason?.startsWith("Steps beside") === true).length,
    );
    count("did not fit", attempts.filter(didNotFit).length);
  }
  if (process.env.WALKS !== undefined) console.log(Object.fromEntries(seen));
  for (const what of ["passed", "joins", "met in a file", "did not fit", "calls at once"])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(0);
});

/** Judging by its last end. */
const didNotFit = ({ finished }: Attempt): boolean =>
  finished?.reason?.startsWith("Beside what others wrote") === true;

const TOLD = ["told completed", "told failed", "told stopped"];

test(`${CREW_WALKS} more, of coordinators and their workers`, { timeout: 3_600_000 }, async () => {
  const seen = new Map<string, number>();
  const count = (what: string, more = 1) => seen.set(what, (seen.get(what) ?? 0) + more);
  let walks = 0;
  for (let seed = 1; walks < CREW_WALKS; seed++) {
    const { pipeline, most, told } = await ended(seed, dice(seed, { roster, crew: true }));
    const crews = attemptsOf(pipeline).flatMap(({ crew }) => crew ?? []);
    if (crews.length === 0) continue;
    walks++;
    count(pipeline.outcome?.kind ?? "");
    count(most > 3 ? "four calls or more at once" : "fewer");
    for (const { notice, unsure } of told) count(unsure ? "perhaps told" : `told ${notice.split(" ")[1]}`);
    for (const { workers, joins } of crews) {
      count("joins", joins.length);
      for (const worker of workers) count(`workers ${workerState(worker)}`);
      count("did not fit", workers.flatMap(({ attempts }) => attempts.filter(didNotFit)).length);
    }
  }
  if (process.env.WALKS !== undefined) console.log(Object.fromEntries(seen));
  for (const what of [
    "passed",
    "joins",
    ...TOLD,
    "workers stopped",
    "did not fit",
    "four calls or more at once",
  ])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(0);
});

test(`${CREW_WALKS} more, of steps that are tried in several ways`, { timeout: 3_600_000 }, async () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  let walks = 0;
  for (let seed = 1; walks < CREW_WALKS; seed++) {
    const { pipeline } = await ended(seed, dice(seed, { roster, tries: true }));
    const crews = attemptsOf(pipeline).flatMap(({ crew }) => crew ?? []);
    if (crews.length === 0) continue;
    walks++;
    count(pipeline.outcome?.kind ?? "");
    for (const { workers, taken } of crews) {
      count(taken === undefined ? "none taken" : taken === 1 ? "the first taken" : "another taken");
      for (const worker of workers)
        count(`${worker.on === undefined ? "tries" : "judges"} ${workerState(worker)}`);
    }
  }
  if (process.env.WALKS !== undefined) console.log(Object.fromEntries(seen));
  for (const what of [
    ...["passed", "none taken", "the first taken", "another taken"],
    ...["tries stopped", "tries failed", "judges completed", "judges failed"],
  ])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(0);
});
