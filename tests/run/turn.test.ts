import { describe, expect, test } from "vitest";
import { SUBMIT } from "../../core/agents/submit.ts";
import { TOOLS, WEB_TOOLS } from "../../core/agents/tools.ts";
import { nextRequest, readReply, refusedSubmits, saidBy } from "../../core/agents/turn.ts";
import type { EventOf } from "../../core/model/event.ts";
import type { Reply, ReplyBlock } from "../../core/model/message.ts";
import type { Attempt } from "../../core/model/pipeline.ts";

const use = (name: string, id = name): ReplyBlock => ({ type: "tool_use", id, name, input: {} });
const words = (text: string): ReplyBlock => ({ type: "text", text });
const reply = (content: ReplyBlock[], stop_reason = "tool_use"): Reply => ({
  content,
  stop_reason,
  model: "m",
  usage: { input: 1, output: 1, cache_read: 0, cache_write: 0, cache_write_1h: 0 },
  request_id: null,
});
const turn = (said: Reply, over: Partial<EventOf<"turn">> = {}): EventOf<"turn"> => ({
  kind: "turn",
  step: 1,
  attempt: 1,
  reply: said,
  results: [],
  usd: null,
  seconds: 0,
  ran: [],
  wrote: null,
  submitted: null,
  failed: null,
  ...over,
});
const started: EventOf<"attempt_started"> = {
  kind: "attempt_started",
  step: 1,
  attempt: 1,
  role: "debugger",
  model: "claude-sonnet-5-5",
  system: [{ text: "s", cached: true }],
  first: "Begin.",
};
const attemptOf = (...turns: readonly EventOf<"turn">[]): Attempt => ({
  number: 1,
  started,
  turns,
  finished: null,
});
const results = (text: string): EventOf<"turn">["results"] => [{ type: "text", text }];

describe("the next request", () => {
  test("of a new conversation is its first message, with the tools of all roles and the answer's", () => {
    const request = nextRequest(attemptOf());
    expect(request).toMatchObject({ model: "claude-sonnet-5-5", max_tokens: 16_000, system: started.system });
    expect(request.messages).toEqual([{ role: "user", content: [{ type: "text", text: "Begin." }] }]);
    expect(request.tools).toEqual([...TOOLS, SUBMIT]);
  });
  test("X45: offers the API's own search and fetch to whoever was promised them, and to nobody else", () => {
    const reading = { ...attemptOf(), started: { ...started, web: true } };
    expect(nextRequest(reading).tools).toEqual([...TOOLS, SUBMIT, ...WEB_TOOLS]);
  });
  test("carries what was said and what went back, in turns and to the byte", () => {
    const thinking = { type: "thinking", thinking: "hm", signature: "abc" };
    const attempt = attemptOf(
      turn(reply([thinking, use("read")]), { results: results("r") }),
      turn(reply([use("bash")])),
    );
    expect(nextRequest(attempt).messages.slice(1)).toEqual([
      { role: "assistant", content: [thinking, use("read")] },
      { role: "user", content: results("r") },
      { role: "assistant", content: [use("bash")] },
    ]);
  });
  test("leaves out an empty reply", () => {
    const attempt = attemptOf(turn(reply([], "end_turn"), { results: results("Go on.") }));
    expect(nextRequest(attempt).messages.map(message => message.role)).toEqual(["user", "user"]);
  });
  test("has more room behind a cut, and only there", () => {
    const cut = turn(reply([words("…")], "max_tokens"), { results: results("r") });
    expect(nextRequest(attemptOf(cut)).max_tokens).toBe(64_000);
    expect(nextRequest(attemptOf(cut, turn(reply([use("read")])))).max_tokens).toBe(16_000);
  });
  describe("X14: with what people said", () => {
    const said = (turn: number, text = "Mind the refunds.") => ({
      by: "hubot",
      text,
      turn,
    });
    const HEARD = { type: "text", text: "hubot, who may direct this task, says: Mind the refunds." };
    const result = { type: "tool_result", tool_use_id: "bash", content: "ok" };
    const answered = turn(reply([use("bash")]), { results: [result] as EventOf<"turn">["results"] });
    const silent = turn(reply([words("…")], "pause_turn"));
    const sent = (turns: readonly EventOf<"turn">[], ...told: ReturnType<typeof said>[]) =>
      nextRequest(attemptOf(...turns), told.map(saidBy))
        .messages.slice(1)
        .map(message => (message.role === "user" ? message.content : message.role));

    test("has it behind the results of the turn that was under way, never between a call and its result", () => {
      expect(sent([answered, answered], said(0))).toEqual([
        "assistant",
        [result, HEARD],
        "assistant",
        [result],
      ]);
      expect(sent([answered, answered], said(1))).toEqual([
        "assistant",
        [result],
        "assistant",
        [result, HEARD],
      ]);
    });
    test("has it nowhere while that turn is not over", () => {
      expect(sent([answered], said(1))).toEqual(["assistant", [result]]);
    });
    test("has all of it, in order", () => {
      const also = { ...HEARD, text: HEARD.text.replace("refunds", "dates") };
      expect(sent([answered], said(0), said(0, "Mind the dates."))).toEqual([
        "assistant",
        [result, HEARD, also],
      ]);
    });
    test("has it behind the next turn that says something back, where one was paused", () => {
      expect(sent([silent], said(0))).toEqual(["assistant"]);
      expect(sent([silent, answered], said(0))).toEqual(["assistant", "assistant", [result, HEARD]]);
      expect(sent([answered, silent, answered], said(1))).toEqual([
        "assistant",
        [result],
        "assistant",
        "assistant",
        [result, HEARD],
      ]);
    });
  });
  test("cannot be made of a conversation that was never opened", () => {
    expect(() => nextRequest({ ...attemptOf(), started: null })).toThrow("the attempt has not started");
  });
});

describe("a reply is read", () => {
  const nothing = { calls: [], submits: [], results: [], failed: null };
  const reminded = readReply(reply([words("Done.")], "end_turn"), attemptOf()).results;

  test("as calls and answers, each in order", () => {
    const content = [words("Now."), use("bash"), use("submit", "1"), use("read"), use("submit", "2")];
    for (const stop of ["tool_use", "end_turn", "stop_sequence"]) {
      expect(readReply(reply(content, stop), attemptOf())).toEqual({
        ...nothing,
        calls: [use("bash"), use("read")],
        submits: [use("submit", "1"), use("submit", "2")],
      });
    }
  });
  test.each(["end_turn", "stop_sequence", "something_new"])(
    "without a call and with `%s`: one reminder",
    stop => {
      const first = readReply(reply([words("Done.")], stop), attemptOf());
      expect(first).toMatchObject({
        failed: null,
        results: [{ text: expect.stringContaining("call `submit`") }],
      });
      const again = attemptOf(
        turn(reply([words("Done.")], stop), { results: first.results as never }),
        turn(reply([use("bash")])),
      );
      expect(readReply(reply([], stop), again)).toEqual({
        ...nothing,
        failed: "The model stopped without calling `submit`, twice.",
      });
    },
  );
  test("and words of a person that are no reminder do not count as one", () => {
    const attempt = attemptOf(
      turn(reply([use("bash")]), { results: results("These changes were not taken.") }),
    );
    expect(readReply(reply([], "end_turn"), attempt).results).toEqual(reminded);
  });
  test("with `max_tokens` as nothing that runs: each call has its refusal, behind them the word to go on", () => {
    const read = readReply(reply([use("bash", "a"), use("submit", "b")], "max_tokens"), attemptOf());
    expect(read).toMatchObject({ calls: [], submits: [], failed: null });
    expect(read.results).toMatchObject([
      { type: "tool_result", tool_use_id: "a", is_error: true },
      { type: "tool_result", tool_use_id: "b", is_error: true },
      { type: "text" },
    ]);
  });
  test("with a second `max_tokens`, at once or later, as a failure", () => {
    const attempt = attemptOf(turn(reply([], "max_tokens")), turn(reply([use("bash")])));
    expect(readReply(reply([], "max_tokens"), attempt).failed).toMatch(/twice/);
  });
  test.each<[stop: string, failed: string | null]>([
    ["pause_turn", null],
    ["refusal", "The model refused to go on."],
    ["model_context_window_exceeded", "The conversation no longer fits the model's context window."],
  ])("with `%s` as nothing that runs", (stop, failed) => {
    expect(readReply(reply([use("bash"), use("submit")], stop), attemptOf())).toEqual({ ...nothing, failed });
  });
});

test("answers that were sent back are counted, those of a cut reply and those that counted are not", () => {
  const refused = turn(reply([use("submit")]));
  const cut = turn(reply([use("submit")], "max_tokens"));
  const taken = turn(reply([use("submit")]), { submitted: {} });
  expect(refusedSubmits(attemptOf())).toBe(0);
  expect(refusedSubmits(attemptOf(turn(reply([use("bash")])), cut, taken))).toBe(0);
  expect(refusedSubmits(attemptOf(refused, cut, refused))).toBe(2);
});

describe("a call whose input is no JSON object", () => {
  const slip = (name: string): ReplyBlock => ({
    ...use(name, `${name}-slip`),
    input: { not_a_json_object: '{"command": "a' },
  });

  test("is told so and not run; calls beside it are", () => {
    const read = readReply(reply([slip("bash"), use("read"), slip("submit")]), attemptOf());
    expect(read).toMatchObject({ calls: [use("read")], submits: [], failed: null });
    expect(refusedSubmits(attemptOf(turn(reply([slip("submit")]))))).toBe(0);
    expect(read.results).toEqual(
      ["bash-slip", "submit-slip"].map(tool_use_id => ({
        type: "tool_result",
        tool_use_id,
        is_error: true,
        content: expect.stringContaining("no JSON object"),
      })),
    );
  });
  test("sends an answer beside it back unjudged, which counts as no refusal", () => {
    const both = reply([slip("write"), use("submit")]);
    const read = readReply(both, attemptOf());
    expect(read).toMatchObject({ calls: [], submits: [], failed: null });
    expect(read.results).toMatchObject([
      { tool_use_id: "write-slip" },
      { tool_use_id: "submit", is_error: true, content: expect.stringContaining("submit again") },
    ]);
    expect(refusedSubmits(attemptOf(turn(both)))).toBe(0);
  });
  test("ends the attempt the third time", () => {
    const slipped = turn(reply([slip("bash")]));
    const fine = turn(reply([use("read")]));
    const last = reply([slip("edit")]);
    expect(readReply(last, attemptOf(slipped, fine)).failed).toBeNull();
    expect(readReply(last, attemptOf(slipped, fine, slipped)).failed).toMatch(/no JSON, three times/);
  });
});
