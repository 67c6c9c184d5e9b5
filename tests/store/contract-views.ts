import { expect, test } from "vitest";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Under } from "./contract.ts";
import { EVERY_EVENT } from "./every-event.ts";
import { anAppend, aStarted, at, NOON } from "./kit.ts";

const SECOND = 1_000;
const turn = (over: Partial<EventOf<"turn">>): EventData => ({
  ...EVERY_EVENT.turn,
  attempt: 1,
  usd: 0.25,
  seconds: 2,
  ...over,
});
const finished = (answer: Record<string, unknown> | null): EventData => ({
  ...EVERY_EVENT.attempt_finished,
  attempt: 1,
  answer,
});

export const views = ({ store }: Under): void => {
  const played = async () => {
    const { task, id } = await aStarted(store());
    const events: readonly (readonly EventData[])[] = [
      [EVERY_EVENT.claimed],
      [{ ...EVERY_EVENT.attempt_started, attempt: 1 }],
      [turn({}), turn({ usd: null })],
      [finished({ verdict: "changes_requested" })],
      [{ ...EVERY_EVENT.attempt_started, role: "tester", model: "m2" }],
      [{ ...EVERY_EVENT.claimed, run_id: "9002", run_attempt: 1 }],
      [EVERY_EVENT.limit_reached, EVERY_EVENT.interrupted],
    ];
    let after = 1;
    for (const some of events) {
      await store().append(anAppend(task, id, { after, events: some, at: NOON + after * SECOND }));
      after += some.length;
    }
    return id;
  };
  const where = (view: string, id: string) =>
    store().query(`SELECT * FROM ${view} WHERE pipeline_id = '${id}'`);

  test("`steps` sums up each attempt of each step.", async () => {
    const id = await played();
    expect(await where("steps", id)).toEqual([
      {
        pipeline_id: id,
        step: 1,
        attempt: 1,
        role: "debugger",
        model: "claude-sonnet-5-5",
        turns: 2,
        usd: 0.25,
        seconds: 4,
        tokens: 20,
        outcome: "done",
        verdict: "changes_requested",
        started_at: at(NOON + 2 * SECOND),
        finished_at: at(NOON + 5 * SECOND),
      },
      {
        pipeline_id: id,
        step: 1,
        attempt: 2,
        role: "tester",
        model: "m2",
        turns: 0,
        usd: null,
        seconds: null,
        tokens: null,
        outcome: null,
        verdict: null,
        started_at: at(NOON + 6 * SECOND),
        finished_at: null,
      },
    ]);
  });

  test("`runs` lists who claimed a pipeline.", async () => {
    const id = await played();
    expect(await where("runs", id)).toEqual([
      { pipeline_id: id, seq: 2, run_id: "9001", run_attempt: 2, claimed_at: at(NOON + SECOND) },
      { pipeline_id: id, seq: 8, run_id: "9002", run_attempt: 1, claimed_at: at(NOON + 7 * SECOND) },
    ]);
  });

  test("`pipeline_log` tells all but the turns, a line each.", async () => {
    const id = await played();
    expect((await where("pipeline_log", id)).map(({ seq, kind, message }) => [seq, kind, message])).toEqual([
      [1, "opened", ""],
      [2, "claimed", ""],
      [3, "attempt_started", "debugger"],
      [6, "attempt_finished", ""],
      [7, "attempt_started", "tester"],
      [8, "claimed", ""],
      [9, "limit_reached", "limits.step_usd"],
      [10, "interrupted", "The runner stopped answering."],
    ]);
  });

  test("The views of every journal can be read, whatever its events.", async () => {
    const { task, id } = await aStarted(store());
    await store().append(anAppend(task, id, { events: Object.values(EVERY_EVENT) }));
    for (const view of ["steps", "runs", "pipeline_log"]) expect(await where(view, id)).not.toEqual([]);
  });
};
