import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startPipeline } from "../../app/tasks/start.ts";
import type { EventData } from "../../core/model/event.ts";
import {
  MOST_AT_THE_END,
  MOST_IN_A_PIPELINE,
  MOST_IN_A_TASK,
  sizeOf,
} from "../../core/model/journal-size.ts";
import { keys } from "../../core/model/keys.ts";
import { MODELS } from "../../core/model/models.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import type { Snapshot } from "../../core/model/task.ts";
import { EVERY_EVENT } from "../store/every-event.ts";
import { openPipeline } from "../store/facts.ts";
import { type Kit, openForFile, type Queued } from "./kit.ts";

let kit: Kit;
let first: Queued;
openForFile(opened => {
  ({ kit, first } = opened);
});

const stored = async (id: string) => (await kit.plane.store.pipeline(id)) as PipelineRecord;
const kinds = async (id: string) => (await kit.plane.store.journal(id)).map(event => event.data.kind);

describe("an append", () => {
  interface Lease {
    readonly id: string;
    readonly token: string;
    readonly task_id: number;
  }
  const lease = async (): Promise<Lease> => {
    const queued = await kit.copy(first);
    const { data } = await kit.claimed(queued);
    return { id: queued.pipeline.id, token: data.run_token, task_id: queued.task.id };
  };
  const append = (of: Pick<Lease, "id" | "token">, after: number, events: readonly unknown[]) =>
    kit.post(`/kin/pipelines/${encodeURIComponent(of.id)}/append`, {
      token: of.token,
      body: { after, events },
    });
  const setUp = { kind: "set_up", tree: "0".repeat(40), commands: [], ok: true, reason: null };
  const finished = (over: object = {}) => ({
    kind: "finished",
    outcome: "blocked",
    reason: "No key.",
    return: null,
    ...over,
  });
  const rejection = (source: string) => ({
    category: "recurring_quality_fail",
    by: "reviewer",
    source,
    findings: [],
  });
  const started = {
    kind: "attempt_started",
    step: 0,
    attempt: 1,
    role: "pm",
    model: MODELS.sonnet.id,
    system: [],
    first: "",
  };

  let shared: Lease;
  beforeAll(async () => {
    shared = await lease();
  });
  // Other tests move the clock.
  beforeEach(async () => {
    const now = kit.plane.clock.now();
    const until = { lease_until: now + 60_000, lease_deadline: now + 45 * 60_000 };
    const set = Object.entries(until).map(([name, at]) => `${name} = ${at}`);
    await kit.plane.store.query(`UPDATE pipelines SET ${set.join()} WHERE id = '${shared.id}'`);
  });

  const illegal: readonly (readonly [string, readonly unknown[], RegExp])[] = [
    [
      "a completion without a gate",
      [finished({ outcome: "passed" })],
      /`passed` without a gate that approved/,
    ],
    ["a completion after a setup alone", [setUp, finished({ outcome: "passed" })], /`passed` without a gate/],
    ["a return that is none", [finished({ outcome: "returned" })], /`returned` without a return/],
    [
      "a return of a gate that never was",
      [finished({ outcome: "returned", return: rejection("gate:x:1:1") })],
      /no rejection in this pipeline has the source gate:x:1:1/,
    ],
    [
      "a person's return",
      [finished({ outcome: "returned", return: rejection("review:1") })],
      /no rejection in this pipeline has the source review:1/,
    ],
    ["a second opening", [{ kind: "opened", opening: "OPENING" }], /may not append `opened`/],
    [
      "an approval of its own plan",
      [{ kind: "plan_approved", by: "monalisa" }],
      /may not append `plan_approved`/,
    ],
    [
      "a claim in another run's name",
      [{ kind: "claimed", run_id: "1", run_attempt: 1, run_url: null }],
      /may not append `claimed`/,
    ],
    [
      "steps that are not due",
      [setUp, { kind: "steps_added", after: 0, part: "afterwards", steps: "STEPS" }],
      /no afterwards is due/,
    ],
    [
      "a handover that nobody made",
      [
        finished({
          outcome: "superseded",
          handover: {
            kind: "escalation",
            head: "cto_advisor",
            root_cause: "r",
            brief: "b",
            clarifications: [],
          },
        }),
      ],
      /nobody handed that over/,
    ],
    ["an attempt before the setup", [started], /no attempt before a setup that worked/],
    [
      "an attempt after a setup that failed",
      [{ ...setUp, ok: false }, started],
      /no attempt before a setup that worked/,
    ],
    ["an attempt by another role", [setUp, { ...started, role: "coder" }], /step 0 is pm's, not coder's/],
    [
      "a plan of its own",
      [setUp, { kind: "planned", plan: "PLAN" }],
      /no plan before the project manager's answer/,
    ],
    ["anything behind its own end", [finished(), setUp], /after the pipeline finished/],
  ];
  test.each(illegal)(
    "that the journal cannot take is refused with the reason: %s",
    async (_, events, reason) => {
      const [opened] = await kit.plane.store.journal(shared.id);
      const step = {
        role: "reviewer",
        brief: "b",
        module: null,
        gate: true,
        writes: false,
        depends_on: null,
      };
      const plan = {
        analysis: "a",
        category: null,
        route_type: "debug",
        completion_mode: "review",
        repairs: [],
        steps: [step],
      };
      const filled = JSON.parse(
        JSON.stringify(events)
          .replace('"OPENING"', JSON.stringify(opened?.data.kind === "opened" ? opened.data.opening : null))
          .replace('"PLAN"', JSON.stringify(plan))
          .replace('"STEPS"', JSON.stringify([step])),
      );
      const { status, data } = await append(shared, 2, filled);
      expect(data).toMatchObject({ code: "illegal_event", message: expect.stringMatching(reason) });
      expect(status).toBe(422);
      expect(await kinds(shared.id)).toEqual(["opened", "claimed"]);
    },
  );

  const malformed: readonly (readonly [string, unknown])[] = [
    ["no JSON", "{{{"],
    ["no events", { after: 2 }],
    ["a place that is negative", { after: -1, events: [] }],
    ["a place that is no whole number", { after: 1.5, events: [] }],
    ["an event of no known kind", { after: 2, events: [{ kind: "approved" }] }],
    ["an event without its parts", { after: 2, events: [{ kind: "turn", step: 0 }] }],
    ["101 events", { after: 2, events: Array.from({ length: 101 }, () => setUp) }],
  ];
  test.each(malformed)("that is malformed is refused: %s", async (_, body) => {
    const { status, data } = await kit.post(`/kin/pipelines/${shared.id}/append`, {
      token: shared.token,
      body,
    });
    expect([status, data.code]).toEqual([400, "malformed"]);
  });

  test("larger than 8 MiB is refused, by its declared length and by its real one", async () => {
    const body = JSON.stringify({ after: 2, events: [{ ...setUp, reason: "x".repeat(8 * 1024 * 1024) }] });
    const declared = await kit.post(`/kin/pipelines/${shared.id}/append`, { token: shared.token, body });
    expect([declared.status, declared.data.code]).toEqual([413, "too_large"]);
    const chunked = await fetch(`${kit.url}/kin/pipelines/${shared.id}/append`, {
      method: "POST",
      headers: { authorization: `Bearer ${shared.token}` },
      body: new Blob([body]).stream(),
      duplex: "half",
    });
    expect(chunked.status).toBe(413);
    await chunked.text();
    expect((await append(shared, 2, [])).status).toBe(200);
  });

  /** Why an append was refused, and what the run would tell people. */
  const refusal = ({ status, data }: Awaited<ReturnType<typeof append>>) => [status, data.code, data.message];

  test("behind all that a pipeline may write is refused with the reason, and its short end alone is taken", async () => {
    const of = await lease();
    const sent = await append(of, 2, [setUp]);
    await kit.plane.store.updatePipeline(of.id, { size: MOST_IN_A_PIPELINE - 100 });
    expect(await append(of, 2, [setUp])).toEqual(sent);
    const full = [
      413,
      "too_large",
      "This pipeline's journal would come to more than 64 MiB, and that is all that is kept.",
    ];
    expect(refusal(await append(of, 3, [started]))).toEqual(full);
    const long = finished({ reason: "x".repeat(MOST_AT_THE_END) });
    expect(refusal(await append(of, 3, [long]))).toEqual(full);
    expect((await append(of, 3, [])).status).toBe(200);
    expect((await append(of, 3, [finished()])).status).toBe(200);
    expect(await kinds(of.id)).toEqual(["opened", "claimed", "set_up", "finished"]);
  });

  test("behind all that a task's pipelines may write is refused, whichever wrote it", async () => {
    const of = await lease();
    const { store, clock } = kit.plane;
    const [opened] = await store.journal(of.id);
    if (opened?.data.kind !== "opened") throw new Error("The journal does not begin with its opening.");
    const opening = { ...opened.data.opening, pipeline: `${of.id}-next`, number: 99 };
    await openPipeline(store, { task_id: of.task_id, opening, jobs: [], at: clock.now() });
    await store.updatePipeline(opening.pipeline, { size: MOST_IN_A_TASK });
    expect(refusal(await append(of, 2, [setUp]))).toEqual([
      413,
      "too_large",
      "All that this task's pipelines wrote would come to more than 128 MiB, and that is all that is kept.",
    ]);
    await store.updatePipeline(opening.pipeline, { size: 0 });
    expect((await append(of, 2, [setUp])).status).toBe(200);
  });

  test("counts what it holds in memory: a text with one wide letter is twice as large, as a key too", async () => {
    const text = (reason: string) => sizeOf({ kind: "paused", reason });
    const base = text("");
    expect([text("x".repeat(900)), text("é".repeat(900)), text(`€${"x".repeat(899)}`)]).toEqual([
      base + 900,
      base + 900,
      base + 1800,
    ]);
    const turn = (input: object) =>
      sizeOf({
        ...EVERY_EVENT.turn,
        reply: { ...EVERY_EVENT.turn.reply, content: [{ type: "tool_use", id: "t", name: "read", input }] },
      } as EventData);
    expect(turn({ [`→${"k".repeat(499)}`]: 1 }) - turn({ [`-${"k".repeat(499)}`]: 1 })).toBe(500);
    const of = await lease();
    const before = (await stored(of.id)).size;
    const reason = `Ω${"x".repeat(9_999)}`;
    expect((await append(of, 2, [finished({ reason })])).status).toBe(200);
    expect((await stored(of.id)).size - before).toBe(sizeOf(finished({ reason }) as EventData));
    expect((await stored(of.id)).size - before).toBeGreaterThan(20_000);
  });

  test("with another token, none, or another pipeline's is refused", async () => {
    const other = await lease();
    const tokens = ["", "x", kit.plane.sha256(shared.token), other.token];
    for (const token of tokens) {
      const { status, data } = await append({ id: shared.id, token }, 2, []);
      expect([status, data.code]).toEqual([409, "lease_lost"]);
    }
    expect((await append({ id: "none", token: shared.token }, 2, [])).status).toBe(409);
    expect((await append({ id: "../x' OR 1=1", token: shared.token }, 2, [])).status).toBe(404);
  });

  test("at another place in the journal is refused", async () => {
    const of = await lease();
    expect((await append(of, 2, [setUp])).status).toBe(200);
    const interrupted = { kind: "interrupted", reason: "x" };
    for (const after of [0, 1, 2, 4, 1000]) {
      const { status, data } = await append(of, after, [interrupted]);
      expect([after, status, data.code]).toEqual([after, 409, "lease_lost"]);
    }
    expect(await kinds(of.id)).toEqual(["opened", "claimed", "set_up"]);
  });

  test("that is sent twice is written once and answered the same", async () => {
    const of = await lease();
    const [first, second] = [await append(of, 2, [setUp]), await append(of, 2, [setUp])];
    expect(second).toEqual(first);
    const [third, fourth] = await Promise.all([append(of, 3, [started]), append(of, 3, [started])]);
    expect([third.status, fourth.status]).toEqual([200, 200]);
    expect(await kinds(of.id)).toEqual(["opened", "claimed", "set_up", "attempt_started"]);
  });

  test("of no events is a heartbeat: the lease lives as long as it comes", async () => {
    const of = await lease();
    for (let beat = 0; beat < 3; beat++) {
      kit.pass(50);
      expect((await append(of, 2, [])).data).toEqual({ at: [], messages: [] });
    }
    const { lease_until } = await stored(of.id);
    expect((lease_until ?? 0) - kit.plane.clock.now()).toBeGreaterThan(55_000);
    kit.pass(61);
    const { status, data } = await append(of, 2, [setUp]);
    expect([status, data.code]).toEqual([409, "lease_lost"]);
    expect(await kinds(of.id)).toEqual(["opened", "claimed"]);
  });

  test("behind the run's deadline is refused, however live the lease", async () => {
    const queued = await kit.copy(first);
    const { data } = await kit.claim(await kit.idToken(queued.run), {
      pipeline: queued.pipeline.id,
      deadline_minutes: 1,
    });
    const of = { id: queued.pipeline.id, token: data.run_token };
    await kit.plane.store.extendLeases({ until: kit.plane.clock.now() + 3_600_000 });
    kit.pass(15 * 60);
    expect((await append(of, 2, [])).status).toBe(200);
    await kit.plane.store.extendLeases({ until: kit.plane.clock.now() + 3_600_000 });
    kit.pass(61);
    const late = await append(of, 2, [setUp]);
    expect([late.status, late.data.code]).toEqual([409, "lease_lost"]);
  });

  test("after the lease was given back is refused, and another claim needs no waiting", async () => {
    const queued = await kit.copy(first);
    const { data } = await kit.claimed(queued);
    const of = { id: queued.pipeline.id, token: data.run_token };
    const release = (token: string) => kit.post(`/kin/pipelines/${of.id}/release`, { token, body: {} });
    expect((await release("another")).status).toBe(409);
    expect((await append(of, 2, [])).status).toBe(200);
    expect((await release(of.token)).status).toBe(200);
    expect((await append(of, 2, [])).status).toBe(409);
    expect((await kit.claimed(queued)).data.kind).toBe("claimed");
  });

  test("carries what people say back to the runner until the journal has it", async () => {
    const of = await lease();
    const stop = {
      pipeline_id: of.id,
      kind: "stop" as const,
      by: "hubot",
      text: "Not like this.",
      source: `test:${of.id}`,
    };
    await kit.plane.store.say(stop, kit.plane.clock.now());
    const [message] = (await append(of, 2, [])).data.messages;
    expect(message).toMatchObject({ kind: "stop", by: "hubot", text: "Not like this." });
    const heard = { kind: "stop_asked", message: message.id, by: "hubot", reason: "Not like this." };
    expect((await append(of, 2, [heard])).data.messages).toEqual([]);
  });

  test("that ends the pipeline ends it for good: row, task, publication, and no event behind it", async () => {
    const of = await lease();
    expect((await append(of, 2, [finished()])).status).toBe(200);
    expect(await stored(of.id)).toMatchObject({ state: "finished", outcome: "blocked" });
    expect(await kit.plane.store.task(of.task_id)).toMatchObject({
      status: "blocked",
      status_reason: "No key.",
    });
    expect(await kit.plane.store.job(keys.publish(of.task_id))).toMatchObject({ done_at: null });
    const { status, data } = await append(of, 3, [setUp]);
    expect([status, data.message]).toEqual([422, expect.stringMatching(/after the pipeline finished/)]);
    expect(await kit.plane.store.returns(of.task_id, 10)).toEqual([]);
  });
});

test("a task whose pipelines wrote all that is kept opens no other pipeline, and says why", async () => {
  const { task, pipeline } = await kit.queue();
  const { store } = kit.plane;
  await store.updatePipeline(pipeline.id, {
    state: "finished",
    outcome: "stopped",
    completed_at: "2026-01-01T00:00:00Z",
  });
  const project = await store.project(task.project_id);
  const row = await store.task(task.id);
  if (project === null || row?.snapshot == null) throw new Error("There is no such task.");
  const start = async (room: number) => {
    const [one] = await store.query(
      `UPDATE pipelines SET size = ${MOST_IN_A_TASK - room} WHERE id = '${pipeline.id}' RETURNING size`,
    );
    expect(one?.size).toBe(MOST_IN_A_TASK - room);
    const github = await kit.plane.github(project);
    await startPipeline({ plane: kit.plane, github, project, task: row, snapshot: row.snapshot as Snapshot });
  };
  await expect(start(pipeline.size - 1_000)).rejects.toMatchObject({
    code: "too_large",
    retryable: false,
    message: expect.stringMatching(/more than 128 MiB/),
  });
  expect(await store.pipelines(task.id)).toHaveLength(1);
  await start(pipeline.size + 10_000);
  expect(await store.pipelines(task.id)).toHaveLength(2);
});
