// Random walks through the real driver with the shipped roles: whatever models, people and runners do, a pipeline ends,
// its journal folds to it again, and the App would have taken every append.
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LocalControl } from "../../core/adapters/control-local.ts";
import { loadRoster } from "../../core/adapters/roster.ts";
import { EventData, JournalEvent } from "../../core/model/event.ts";
import { isToolUse } from "../../core/model/message.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { consequencesOf } from "../../core/pipeline/consequences.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import type { Control, LanguageModel, ModelRequest } from "../../core/ports.ts";
import { aView } from "../build.ts";
import { dice, openingFor, replyTo } from "./drawn.ts";
import { claimed, extended, interruption, run } from "./kit.ts";
import { aMemoryWorkbench } from "./memory-workbench.ts";

const { roster } = loadRoster(join(import.meta.dirname, "..", ".."));
const WALKS = 400;

/** People speak, runs are lost, plans are approved: until the pipeline is over. */
const walk = async (seed: number) => {
  const by = dice(seed, roster);
  const workbench = aMemoryWorkbench(new Map([["a.js", "0"]]), () => (by.once(5) ? 1 : 0));
  const opening = openingFor(by);
  let journal: readonly JournalEvent[] = [
    { seq: 1, at: "2026-10-07T09:00:00.000Z", data: { kind: "opened", opening } },
  ];
  let message = 0;
  for (let runs = 1; runs < 60; runs++) {
    const abort = new AbortController();
    let local: LocalControl | undefined;
    const reply: LanguageModel["reply"] = async (request, { signal }) => {
      expectWhole(request);
      if (by.once(12))
        local?.inbox.put([
          { id: ++message, kind: by.once(8) ? "stop" : "tell", by: "hubot", text: "Mind this." },
        ]);
      if (by.once(30)) abort.abort(interruption(by.pick(["interrupted", "paused"]), "The runner goes."));
      await null;
      return signal.aborted ? { kind: "aborted" } : replyTo(request, by);
    };
    const control = (made: LocalControl): Control => {
      local = made;
      const append: Control["append"] = async (pipeline, events) => {
        const ahead = await made.append(pipeline, events);
        expectTaken(pipeline, { ahead, events });
        return ahead;
      };
      return { ...made, append };
    };
    const done = await run({ journal, model: { reply }, workbench, roster, signal: abort.signal, control });
    journal = done.journal;
    expect(fold(journal.map(event => JournalEvent.parse(JSON.parse(JSON.stringify(event)))))).toEqual(
      done.pipeline,
    );
    if (done.pipeline.outcome !== null) return done.pipeline;
    if (done.pipeline.held) journal = extended(journal, { kind: "plan_approved", by: "monalisa" });
    journal = extended(journal, claimed(String(runs)));
  }
  throw new Error(`walk ${seed} does not end`);
};

interface Appended {
  readonly ahead: Pipeline;
  readonly events: readonly EventData[];
}

/** What the App does with an append: it works it out again, and the rows around it. */
const expectTaken = (behind: Pipeline, { ahead: pipeline, events }: Appended): void => {
  const wire = JSON.parse(JSON.stringify(events)) as readonly unknown[];
  const said = wire.map(data => EventData.parse(data));
  const taken = takenOr(() => takeEvents(said, { pipeline: behind, roster, at: pipeline.updated_at }));
  expect(taken).toEqual({ events: said, pipeline });
  const { row, returned } = consequencesOf(pipeline, { task: aView().task, events, now: 0 });
  expect(row.outcome ?? null).toBe(pipeline.outcome?.kind ?? null);
  if (pipeline.opening.type === "escalation" || pipeline.opening.dry_run) expect(returned).toBeNull();
  expect(decide(pipeline).length).toBeLessThan(2);
};

/** A refusal must not look like the App's own, which the driver would answer. */
const takenOr = <T>(take: () => T): T => {
  try {
    return take();
  } catch (error) {
    throw new Error("the App would not take it", { cause: error });
  }
};

/** Every call of a reply has its result in the very next message, before anybody else's words. */
const expectWhole = ({ messages }: ModelRequest): void => {
  for (const [index, { role, content }] of messages.entries()) {
    const calls =
      role === "assistant" ? content.filter(block => isToolUse(block as never)).map(block => block.id) : [];
    const results =
      messages[index + 1]?.content.map(block => ("tool_use_id" in block ? block.tool_use_id : null)) ?? [];
    expect(results.slice(0, calls.length)).toEqual(calls);
  }
};

const outcomes = new Map<string, number>();
test(`${WALKS} walks all end, whole, and replay to the same pipeline`, { timeout: 120_000 }, async () => {
  for (let seed = 1; seed <= WALKS; seed++) {
    const pipeline = await walk(seed).catch(error => {
      throw new Error(`walk ${seed}`, { cause: error });
    });
    expect(pipeline.outcome?.reason).not.toContain("a bug of ours");
    const points = commitPoints(pipeline);
    expect(new Set(points.map(({ key }) => key)).size).toBe(points.length);
    const kind = pipeline.outcome?.kind ?? "";
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
  }
  expect([...outcomes.keys()].toSorted()).toEqual([
    "blocked",
    "needs_info",
    "passed",
    "planned_only",
    "returned",
    "stopped",
    "superseded",
  ]);
});
