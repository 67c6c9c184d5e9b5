import { expect, test } from "vitest";
import { ReturnCategory } from "../../core/model/return.ts";
import type { Under } from "./contract.ts";
import { recordReturn } from "./facts.ts";
import { anAppend, aReturn, aStarted, at, NOON } from "./kit.ts";

export const returns = ({ store }: Under): void => {
  test("A return comes back with its number and every column.", async () => {
    const { task, id } = await aStarted(store());
    const finding = { severity: "high" as const, file: "a.js", line: 3, issue: "Wrong.", fix: null };
    const row = await recordReturn(
      store(),
      aReturn(task, { pipeline_id: id, actor: "octocat", pr_number: 5, findings: [finding] }),
      NOON,
    );
    expect(row).toEqual({
      ...aReturn(task, { pipeline_id: id, actor: "octocat", pr_number: 5 }),
      id: row?.id,
      return_number: 1,
      returned_at: at(NOON),
      findings: JSON.stringify([finding]),
    });
    expect(await store().returns(task.id, 5)).toEqual([row]);
  });

  test("Each task counts its own returns, 1, 2, 3.", async () => {
    const { task } = await aStarted(store());
    const other = await aStarted(store(), { issue: 13 });
    const record = async (to: typeof task, n: number) =>
      (await recordReturn(store(), aReturn(to, { source: `review:${n}` }), NOON))?.return_number;
    expect([await record(task, 1), await record(other.task, 2), await record(task, 3)]).toEqual([1, 1, 2]);
    expect((await store().task(task.id))?.return_count).toBe(2);
    expect((await store().task(other.task.id))?.return_count).toBe(1);
  });

  test("T1 to T3: returns of different categories count one, two, three, in sequence.", async () => {
    const { task } = await aStarted(store());
    const counts: unknown[] = [];
    for (const [n, reason_category] of (
      ["missing_context", "scope_too_large", "technical_blocker"] as const
    ).entries()) {
      const row = await recordReturn(
        store(),
        aReturn(task, { source: `review:${n}`, reason_category }),
        NOON,
      );
      counts.push([row?.return_number, (await store().task(task.id))?.return_count]);
    }
    expect(counts).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  test("T4: an unknown category is stored as missing_context: a rejection is never lost for its spelling.", async () => {
    const { task } = await aStarted(store());
    const row = await recordReturn(
      store(),
      aReturn(task, { reason_category: "because" as "missing_context" }),
      NOON,
    );
    expect(row?.reason_category).toBe("missing_context");
  });

  test.each(ReturnCategory.options.map(category => [category]))(
    "T5, T10: the category %s is stored as it is",
    async reason_category => {
      const { task } = await aStarted(store());
      const row = await recordReturn(store(), aReturn(task, { reason_category }), NOON);
      expect(row?.reason_category).toBe(reason_category);
    },
  );

  test("T6 to T8: a return keeps its text and who returned it, and knows its task and number.", async () => {
    const { task } = await aStarted(store());
    const row = await recordReturn(store(), aReturn(task, { reason_text: "Why.", returned_by: "pm" }), NOON);
    expect(row).toMatchObject({ reason_text: "Why.", returned_by: "pm", task_id: task.id, return_number: 1 });
  });

  test("T9: two tasks have sequences of their own; T11: none is an empty list; T12, T13: the latest, ascending.", async () => {
    const { task } = await aStarted(store());
    const other = await aStarted(store(), { issue: 13 });
    expect(await store().returns(task.id, 20)).toEqual([]);
    for (let n = 1; n <= 5; n++) await recordReturn(store(), aReturn(task, { source: `review:${n}` }), NOON);
    const row = await recordReturn(store(), aReturn(other.task, { source: "review:6" }), NOON);
    expect(row?.return_number).toBe(1);
    expect((await store().returns(task.id, 20)).map(found => found.return_number)).toEqual([1, 2, 3, 4, 5]);
    expect(await store().returns(task.id, 3)).toHaveLength(3);
  });

  test("A source is recorded once, whatever it says the second time.", async () => {
    const { task } = await aStarted(store());
    const other = await aStarted(store(), { issue: 13 });
    await recordReturn(store(), aReturn(task), NOON);
    expect(await recordReturn(store(), aReturn(task, { reason_text: "Other." }), NOON)).toBeNull();
    expect(await recordReturn(store(), aReturn(other.task), NOON)).toBeNull();
    const next = await recordReturn(store(), aReturn(task, { source: "review:2" }), NOON);
    expect(next?.return_number).toBe(2);
    expect((await store().returns(task.id, 5)).map(row => row.reason_text)).toEqual([
      "Which month?",
      "Which month?",
    ]);
    expect((await store().task(other.task.id))?.return_count).toBe(0);
  });

  test("D3 to D5, X9: returns that come at the same time, each of them twice, are numbered without a gap.", async () => {
    const { task } = await aStarted(store());
    const rows = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        recordReturn(store(), aReturn(task, { source: `review:${n % 12}` }), NOON),
      ),
    );
    const numbers = rows.flatMap(row => (row === null ? [] : [row.return_number]));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    expect((await store().task(task.id))?.return_count).toBe(12);
  });

  test("D6, X1: the latest returns come oldest first, no more than asked for.", async () => {
    const { task } = await aStarted(store());
    for (let n = 1; n <= 12; n++) await recordReturn(store(), aReturn(task, { source: `review:${n}` }), NOON);
    const numbers = async (limit: number) =>
      (await store().returns(task.id, limit)).map(row => row.return_number);
    expect(await numbers(5)).toEqual([8, 9, 10, 11, 12]);
    expect(await numbers(20)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    expect(await store().returns(task.id + 1_000, 5)).toEqual([]);
  });

  test("What people say to a worker names it, and stops nothing else.", async () => {
    const { task, id } = await aStarted(store());
    const said = { pipeline_id: id, by: "octocat", text: "Enough.", worker: 2 };
    await store().say({ ...said, kind: "stop", source: "comment:1" }, NOON);
    const crew = { step: 3, attempt: 2 };
    await store().say({ ...said, crew, kind: "tell", source: "comment:2" }, NOON);
    const [stop, tell] = await store().messages(id);
    expect([stop, tell]).toMatchObject([
      { kind: "stop", worker: 2 },
      { kind: "tell", worker: 2, crew },
    ]);
    const words = { message: stop?.id ?? 0, worker: 2, by: "octocat", reason: "Enough." };
    const written = await store().append(
      anAppend(task, id, { events: [{ kind: "worker_stop_asked", ...words }], unless_stopped: true }),
    );
    expect(written).toHaveLength(1);
    expect(await store().messages(id)).toEqual([tell]);
  });

  const say = (id: string, source: string, text = "Stop, please.") =>
    store().say({ pipeline_id: id, kind: "stop", by: "octocat", text, source }, NOON);

  test("What people say is there until the journal holds it, in order, each source once.", async () => {
    const { task, id } = await aStarted(store());
    const other = await aStarted(store(), { issue: 13 });
    await say(id, "comment:1");
    await say(id, "comment:1", "Twice.");
    await say(id, "comment:2", "Really.");
    await say(other.id, "comment:3");
    const said = await store().messages(id);
    expect(said.map(({ id: _, ...message }) => message)).toEqual([
      { kind: "stop", by: "octocat", text: "Stop, please." },
      { kind: "stop", by: "octocat", text: "Really." },
    ]);
    const first = said[0]?.id ?? 0;
    await store().append(
      anAppend(task, id, {
        events: [{ kind: "stop_asked", message: first, by: "octocat", reason: "Stop, please." }],
      }),
    );
    expect((await store().messages(id)).map(message => message.text)).toEqual(["Really."]);
    expect(await store().messages(other.id)).toHaveLength(1);
    await say(id, "comment:1");
    expect(await store().messages(id)).toHaveLength(1);
  });
};
