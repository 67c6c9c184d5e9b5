// What a durable turn costs besides the model's call: the App's own append, which folds the journal and writes the
// event with all rows that follow from it. The limit is one bare row of the same size.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import type { Plane } from "../app/plane.ts";
import { createFolds } from "../app/runs/folds.ts";
import { append } from "../app/runs/journal.ts";
import { openDatabase } from "../app/store/database.ts";
import { createStore } from "../app/store/store.ts";
import type { EventData } from "../core/model/event.ts";
import type { PipelineRecord, TaskRecord } from "../core/model/record.ts";
import { systemClock } from "../host/clock.ts";
import { loadRoster } from "../host/roster.ts";
import { anOpening } from "../tests/build.ts";
import { openPipeline, saveTask } from "../tests/store/facts.ts";
import type { Figure } from "./figure.ts";
import { median } from "./median.ts";

const TURNS = 200;
const ROUNDS = 5;
const LEASE = "h";
const AT = Date.now();

export const step = async (): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bench-"));
  const place = await openPlace(dir);
  const played: Played[] = [];
  for (let round = 1; round <= ROUNDS; round++) played.push(await play(place, round));
  place.plane.store.close();
  rmSync(dir, { recursive: true, force: true });
  const found = median(played.flatMap(({ append }) => append));
  const bare = median(played.flatMap(({ row }) => row));
  const [early, late] = [played.map(p => p.append.slice(0, 20)), played.map(p => p.append.slice(-20))];
  const growth = median(late.flat()) / median(early.flat());
  const restart = median(played.map(({ restart }) => restart));
  return [
    {
      what: "durable turn: the App's append (fold, event, rows)",
      found: `${found.toFixed(2)} ms (a bare row ${bare.toFixed(2)} ms)`,
      goal: "≤ 0.4 ms",
      ok: found <= 0.4,
    },
    {
      what: `the same, turns ${TURNS - 19} to ${TURNS} against 1 to 20`,
      found: growth.toFixed(2),
      goal: "≤ 1.5",
      ok: growth <= 1.5,
    },
    {
      what: `folding ${TURNS} turns afresh, as after a restart`,
      found: `${restart.toFixed(1)} ms`,
      goal: "–",
      ok: true,
    },
  ];
};

interface Place {
  readonly plane: Plane;
  readonly task: TaskRecord;
  readonly writeRow: (id: string, data: EventData) => Promise<unknown>;
}

interface Played {
  /** Milliseconds, for each turn. */
  readonly append: readonly number[];
  readonly row: readonly number[];
  readonly restart: number;
}

/** One journal through `append`, and as bare rows; alternating by turn, so that both share the noise. */
const play = async (place: Place, round: number): Promise<Played> => {
  const { plane, task } = place;
  const pipeline = await aRunning(place, round);
  const times = { append: [] as number[], row: [] as number[] };
  let after = 1;
  for (const data of journal()) {
    // The run API reads the record for each request.
    const record = { ...pipeline, seq: after };
    const request = { pipeline: record, task, after, events: [data], lease: LEASE, by: "run" as const };
    const appended = await timed(() => append(plane, request));
    const written = await timed(() => place.writeRow(pipeline.id, data));
    after += 1;
    if (data.kind !== "turn") continue;
    times.append.push(appended);
    times.row.push(written);
  }
  if ((await plane.store.pipeline(pipeline.id))?.seq !== after) throw new Error("an append was refused");
  const restart = await timed(() => createFolds(plane.store).at(pipeline, after));
  return { ...times, restart };
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

const openPlace = async (dir: string): Promise<Place> => {
  const store = createStore(await openDatabase({ url: `file:${join(dir, "kin.db")}` }));
  const project = { id: 1, owner: "o", name: "n", owner_id: 1, default_branch: "main", installation_id: 1 };
  await store.saveProject(project, AT);
  const asked = { title: "t", url: "", asked_by: "octocat", asked_by_id: 1, trigger_id: null };
  const task = await saveTask(store, { project_id: 1, issue: 1, ...asked }, AT);
  // All that an append touches.
  const { roster } = loadRoster(join(import.meta.dirname, ".."));
  const plane = { store, folds: createFolds(store), clock: systemClock, roster } as unknown as Plane;
  const bare = createClient({ url: `file:${join(dir, "bare.db")}`, timeout: 20, concurrency: 1 });
  for (const sql of ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", ROWS]) await bare.execute(sql);
  return {
    plane,
    task,
    writeRow: (id, data) => bare.execute({ sql: ROW, args: [id, data.kind, JSON.stringify(data)] }),
  };
};

const ROWS =
  "CREATE TABLE events (seq INTEGER PRIMARY KEY, pipeline_id TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL)";
const ROW = "INSERT INTO events (pipeline_id, kind, data) VALUES (?, ?, ?)";

const aRunning = async ({ plane, task }: Place, number: number): Promise<PipelineRecord> => {
  const { store } = plane;
  const id = `1-1-${number}`;
  const limits = { step_turns: TURNS, pipeline_usd: 100 };
  const opening = anOpening({ pipeline: id, number }, { config: { limits } });
  await openPipeline(store, { task_id: task.id, opening, jobs: [], at: AT });
  const until = AT + 3_600_000;
  await store.lease(id, { hash: LEASE, until, deadline: until, now: AT, run_id: "1", run_attempt: 1 });
  return (await store.pipeline(id)) as PipelineRecord;
};

function* journal(): Generator<EventData> {
  yield { kind: "set_up", tree: "a".repeat(40), commands: [], ok: true, reason: null };
  yield {
    kind: "attempt_started",
    step: 0,
    attempt: 1,
    role: "pm",
    model: "claude-sonnet-5-5",
    system: [{ text: "x".repeat(8_000), cached: true }],
    first: "x".repeat(2_000),
  };
  for (let n = 0; n < TURNS; n++) {
    yield {
      kind: "turn",
      step: 0,
      attempt: 1,
      reply: {
        content: [{ type: "tool_use", id: `toolu_${n}`, name: "read", input: { file_path: "a" } }],
        stop_reason: "tool_use",
        model: "claude-sonnet-5-5",
        usage: { input: 10, output: 10, cache_read: 1000, cache_write: 100, cache_write_1h: 0 },
        request_id: null,
      },
      results: [{ type: "tool_result", tool_use_id: `toolu_${n}`, content: "x".repeat(2_000) }],
      usd: 0.001,
      seconds: 1,
      ran: [],
      wrote: null,
      submitted: null,
      failed: null,
    };
  }
}
