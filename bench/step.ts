// What a durable turn costs beside the model's call: the event appended to the store, with its fold.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../core/adapters/libsql/database.ts";
import { createStore } from "../core/adapters/libsql/store.ts";
import type { EventData } from "../core/model/event.ts";
import { apply, open } from "../core/pipeline/apply.ts";
import { consequencesOf } from "../core/pipeline/consequences.ts";
import { anOpening } from "../tests/build.ts";
import type { Figure } from "./main.ts";
import { median } from "./median.ts";

const TURNS = 200;

export const step = async (): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bench-"));
  const store = createStore(await openDatabase({ url: `file:${join(dir, "kin.db")}` }));
  const at = Date.now();
  await store.saveProject(
    { id: 1, owner: "o", name: "n", owner_id: 1, default_branch: "main", installation_id: 1 },
    at,
  );
  const task = await store.saveTask(
    { project_id: 1, issue: 1, title: "t", url: "", asked_by: "octocat", asked_by_id: 1, trigger_id: null },
    at,
  );
  const opening = anOpening();
  await store.openPipeline({ task_id: task.id, opening, task: {}, jobs: [], at });
  const id = opening.pipeline;
  await store.lease(id, {
    hash: "h",
    until: at + 3_600_000,
    deadline: at + 3_600_000,
    now: at,
    run_id: "1",
    run_attempt: 1,
  });
  let pipeline = open((await store.journal(id))[0] as never);
  const times: number[] = [];
  for (const data of journal()) {
    const begun = performance.now();
    const next = apply(pipeline, { seq: pipeline.seq + 1, at: new Date(at).toISOString(), data });
    const { row, task: patch, returned, jobs } = consequencesOf(next, { task, events: [data], now: at });
    const written = await store.append({
      pipeline: id,
      task_id: task.id,
      after: pipeline.seq,
      events: [data],
      lease: "h",
      at,
      row,
      returned,
      task: patch,
      jobs,
    });
    if (written === null) throw new Error("the append was refused");
    if (data.kind === "turn") times.push(performance.now() - begun);
    pipeline = next;
  }
  const begun = performance.now();
  await store.journal(id);
  const reload = performance.now() - begun;
  store.close();
  rmSync(dir, { recursive: true, force: true });
  return [
    {
      what: "durable turn (fold, append, rows, in one batch)",
      found: `${median(times).toFixed(2)} ms`,
      goal: "≤ 0.4 ms",
      ok: median(times) <= 0.4,
    },
    {
      what: `reading a journal of ${TURNS} turns back`,
      found: `${reload.toFixed(1)} ms`,
      goal: "–",
      ok: true,
    },
  ];
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
