// How workers change through their own events and their coordinator's orders.
import { describe, expect, test } from "vitest";
import type { FileChange } from "../../core/model/change.ts";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Pipeline, Worker } from "../../core/model/pipeline.ts";
import { whyNotJoined } from "../../core/pipeline/beside.ts";
import { decide, failed } from "../../core/pipeline/decide.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { isLive, unjoined } from "../../core/pipeline/workers.ts";
import { changesOf } from "../../core/pipeline/written.ts";
import { later } from "../build.ts";
import {
  AT,
  attemptOf,
  beginning,
  ended,
  ordered,
  roster,
  spawn,
  started,
  turn,
  use,
  WRITING,
} from "./coordinating.ts";

const change = (path: string, content: string | null): FileChange => ({
  path,
  mode: "100644",
  content,
  encoding: "utf-8",
  in_base: false,
});
const tree = (letter: string): string => letter.repeat(40);
const wrote = (worker: number, letter: string, ...changes: readonly FileChange[]): EventOf<"turn"> =>
  turn([], { worker, wrote: { tree: tree(letter), changes: [...changes] } });
const joined = (worker: number, letter: string): EventData => ({
  kind: "joined",
  ...AT,
  worker,
  tree: tree(letter),
});
const answered = (worker: number): EventData =>
  turn([], { worker, submitted: { status: "done", scope: "s" } });
const tell = (worker: string, more: object = {}) =>
  use("send_message", { worker, message: "Go on.", ...more });
const stop = (worker: string) => use("stop_worker", { worker });
const workerIn = (pipeline: Pipeline, number: number): Worker =>
  attemptOf(pipeline).crew?.workers[number - 1] as Worker;

/** w1 writes in src/ and w2 in web/. */
const SIDES = ordered(
  beginning(),
  use("record_contract", { contract: "c" }),
  spawn("coder", { area: ["src/"] }, "a"),
  spawn("coder", { area: ["web/"] }, "b"),
);

describe("what a worker works on", () => {
  const before = later(SIDES, started(1, "coder"), wrote(1, "b", change("src/a.ts", "1")), ...ended(1));

  test("is the work as it was when its conversation was opened, whatever is joined before its first reply", () => {
    const after = later(before, joined(1, "c"));
    const seen = (joins?: number) =>
      workerIn(later(after, { ...started(2, "coder"), joins } as EventData), 2).from;
    expect(seen(0)).toMatchObject({ tree: tree("a"), changes: [] });
    expect(seen(1)).toMatchObject({ tree: tree("c"), changes: [{ path: "src/a.ts" }] });
    expect(seen()).toEqual(seen(1));
  });

  test("is behind one join and before the next", () => {
    const first = later(before, joined(1, "c"), turn([]));
    const again = later(
      ordered(first, tell("w1")),
      wrote(1, "d", change("src/b.ts", "1")),
      ...ended(1),
      joined(1, "e"),
    );
    const { from } = workerIn(later(again, { ...started(2, "coder"), joins: 1 } as EventData), 2);
    expect(from).toMatchObject({ tree: tree("c"), changes: [{ path: "src/a.ts" }] });
  });

  test("loses the file of another step or worker that it deletes", () => {
    const first = later(before, joined(1, "c"), turn([]));
    const gone = later(ordered(first, tell("w1")), wrote(1, "d", change("src/a.ts", null)));
    expect(unjoined(workerIn(gone, 1))).toEqual([change("src/a.ts", null)]);
    const done = later(gone, ...ended(1));
    expect(decide(done)).toContainEqual(expect.objectContaining({ kind: "join", worker: 1 }));
    expect(changesOf(later(done, joined(1, "a")))).toEqual([]);
    // What appeared and disappeared again is not a change.
    const own = later(SIDES, started(1, "coder"), wrote(1, "b", change("src/a.ts", "1")));
    expect(unjoined(workerIn(later(own, wrote(1, "a", change("src/a.ts", null))), 1))).toEqual([]);
  });
});

describe("what a worker wrote and does not fit beside what others wrote", () => {
  const sixty = (directory: string) =>
    Array.from({ length: 60 }, (_, index) => change(`${directory}/${index}.ts`, "1"));
  const both = later(
    SIDES,
    ...[started(1, "coder"), started(2, "coder")],
    ...[wrote(1, "b", ...sixty("src")), wrote(2, "c", ...sixty("web"))],
    ...[...ended(1), ...ended(2)],
  );
  const one = later(both, joined(1, "d"));
  const take = (event: EventData) => takeEvents([event], { pipeline: one, roster, at: one.updated_at });

  test("is not joined, whatever a run says", () => {
    expect(decide(one)).toContainEqual(expect.objectContaining({ kind: "join", worker: 2 }));
    expect(() => take(joined(2, "e"))).toThrow("cannot be joined");
  });

  test("has failed, and its coordinator is told why, and what it answered", () => {
    const why = whyNotJoined(one, workerIn(one, 2)) ?? "";
    const { pipeline } = take(failed({ ...AT, worker: 2 }, why));
    const told = attemptOf(pipeline).crew?.notices.at(-1)?.text;
    for (const part of ["<status>failed</status>", "the patch would have 120 files", "still-at-work"])
      expect(told?.includes(part), part).toBe(part !== "still-at-work");
    expect(decide(pipeline).map(({ kind }) => kind)).toEqual(["take_turn"]);
    expect(changesOf(pipeline)).toHaveLength(60);
  });

  test("has failed for no other reason, whatever a run says", () => {
    expect(() => take(failed({ ...AT, worker: 2 }, "It does not fit."))).toThrow("for another reason");
  });

  test("is nothing that has failed twice, nor once it was joined", () => {
    const end = failed({ ...AT, worker: 2 }, "It does not fit.");
    expect(() => later(one, end, end)).toThrow("is not under way");
    expect(() => later(one, failed({ ...AT, worker: 1 }, "It does not fit."))).toThrow("is not under way");
  });
});

describe("a worker that goes on", () => {
  test("keeps of its own what is its part now, and is told of the rest", () => {
    const written = later(WRITING, wrote(1, "b", change("src/a.ts", "1"), change("src/b.ts", "1")), turn([]));
    const halted = ordered(written, stop("w1"));
    const kept = (more: object) => {
      const { from, words } = workerIn(ordered(halted, tell("w1", more)), 1);
      return { carried: from.carried.map(({ path }) => path), told: words.at(-1)?.text ?? "" };
    };
    expect(kept({})).toEqual({ carried: ["src/a.ts", "src/b.ts"], told: "Your coordinator says: Go on." });
    const narrower = kept({ area: ["src/a.ts"] });
    expect(narrower.carried).toEqual(["src/a.ts"]);
    expect(narrower.told).toContain("no part of yours any more and was put back: `src/b.ts`.");
    expect(kept({ as: "explore" }).carried).toEqual([]);
  });

  test.each([
    ["a", "a/b.js"],
    ["a/b.js", "a"],
    ["a/b.js/c", "A/B.js"],
  ])(
    "leaves %s to another who made it meanwhile, where its own was %s: no tree holds both",
    (theirs, own) => {
      const first = ordered(beginning(), spawn("coder", { area: [] }));
      const halted = ordered(
        later(first, started(1, "coder"), wrote(1, "b", change(own, "1"), change("c.js", "1"))),
        stop("w1"),
      );
      const other = later(
        ordered(halted, spawn("coder", { area: [] })),
        ...[started(2, "coder"), wrote(2, "c", change(theirs, "2")), ...ended(2), joined(2, "c"), turn([])],
      );
      const on = ordered(other, tell("w1"));
      const { from, words } = workerIn(on, 1);
      expect(from.carried.map(({ path }) => path)).toEqual(["c.js"]);
      for (const path of [theirs, own]) expect(words.at(-1)?.text).toContain(`\`${path}\``);
      const all = later(on, ...ended(1), joined(1, "d"));
      expect(changesOf(all).map(({ path }) => path)).toEqual([theirs, "c.js"].toSorted());
    },
  );

  test("M11: is another command than before it was stopped, so that what was under way is aborted", () => {
    const keys = (pipeline: Pipeline) => decide(pipeline).map(({ key }) => key);
    const both = ordered(WRITING, stop("w1"), { ...tell("w1"), id: "tell" });
    expect(isLive(workerIn(both, 1))).toBe(true);
    expect(keys(both).filter(key => keys(WRITING).includes(key))).toEqual([]);
  });

  test("X14: hears what was said while it answered, before it is over", () => {
    const spoken = ordered(WRITING, tell("w1"));
    const behind = later(spoken, answered(1));
    expect(decide(behind)).toContainEqual(expect.objectContaining({ kind: "take_turn", worker: 1 }));
    expect(workerIn(behind, 1).words).toEqual([{ text: "Your coordinator says: Go on.", turn: 0 }]);
    expect(decide(later(behind, answered(1)))).toContainEqual(
      expect.objectContaining({ kind: "settle", worker: 1 }),
    );
  });

  test("M9: is none whose conversation is at its end, whether that was settled or not", () => {
    const lost = later(WRITING, turn([], { worker: 1, failed: "It refused." }));
    expect(decide(ordered(lost, tell("w1")))).toContainEqual(
      expect.objectContaining({ kind: "settle", worker: 1 }),
    );
  });
});

describe("a limit that ends a worker", () => {
  const limited = later(
    ordered(beginning({ limits: { step_turns: 1 } }), ...["a", "b", "c"].map(id => spawn("explore", {}, id))),
    ...[1, 2, 3].map(worker => started(worker, "explore")),
    turn([], { worker: 1 }),
    turn([], { worker: 2 }),
  );

  test("leaves the others what they do", () => {
    const due = decide(limited);
    expect(due.map(({ kind }) => kind)).toEqual(["conclude", "conclude", "take_turn"]);
    expect(new Set(due.map(({ key }) => key)).size).toBe(3);
  });

  test("is taken in whichever order they end", () => {
    const [, second] = decide(limited).flatMap(command =>
      command.kind === "conclude" ? [command.events] : [],
    );
    const taken = takeEvents(second ?? [], { pipeline: limited, roster, at: limited.updated_at });
    expect(taken.events).toHaveLength(2);
  });
});

describe("a limit of the pipeline that workers reach", () => {
  const reached = later(
    ordered(
      beginning({ limits: { pipeline_usd: 1, workers: 2 } }),
      ...["a", "b"].map(id => spawn("explore", {}, id)),
    ),
    ...[1, 2].map(worker => started(worker, "explore")),
    turn([], { worker: 1, usd: 1 }),
  );
  const reads = (worker: number) => turn([use("read", { file_path: "a.ts" })], { worker });
  const take = (pipeline: Pipeline, event: EventData) =>
    takeEvents([event], { pipeline, roster, at: pipeline.updated_at }).pipeline;

  test("lets nobody begin a call, and waits for those under way", () => {
    expect(decide(reached)).toMatchObject([
      { kind: "take_turn", worker: 1, held: true },
      { kind: "take_turn", worker: 2, held: true },
      { kind: "conclude", last: true, events: [{ kind: "limit_reached" }, { kind: "finished" }] },
    ]);
  });

  test("has no more turns after it than there may be calls under way", () => {
    const once = take(reached, reads(2));
    const twice = take(once, reads(2));
    expect(decide(twice)).toMatchObject([{ kind: "conclude", last: true }]);
    expect(() => take(twice, reads(2))).toThrow("`turn` is not what comes next, but `limit_reached`");
  });
});
