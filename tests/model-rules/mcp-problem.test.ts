// What the App accepts of a run's reports about MCP servers.
import { describe, expect, test } from "vitest";
import { Config } from "../../core/model/config.ts";
import type { EventOf } from "../../core/model/event.ts";
import type { McpTool } from "../../core/model/mcp.ts";
import type { Attempt } from "../../core/model/pipeline.ts";
import { callsProblem, offerProblem } from "../../core/pipeline/mcp-problem.ts";

const config = Config.parse({
  mcp: {
    docs: { command: "a", roles: ["tester"] },
    code: { command: "a", roles: ["tester", "reviewer"] },
    other: { command: "a", roles: ["pm"] },
  },
});
const a = (name: string, over: Partial<McpTool> = {}): McpTool => ({
  name: `mcp__docs__${name}`,
  server: "docs",
  tool: name,
  description: "d",
  input_schema: { type: "object" },
  ...over,
});
const started = (mcp: EventOf<"attempt_started">["mcp"], role = "tester"): EventOf<"attempt_started"> => ({
  kind: "attempt_started",
  ...{ step: 1, attempt: 1, role, model: "m", system: [], first: "f" },
  ...(mcp === undefined ? {} : { mcp }),
});

describe("an offer", () => {
  test.each([
    ["of nobody", started(undefined)],
    [
      "of one's servers",
      started({ tools: [a("x"), a("x", { name: "mcp__code__x", server: "code" })], notes: ["n"] }),
    ],
    ["of notes alone", started({ tools: [], notes: ["docs: it is away"] })],
  ])("%s is taken", (_, event) => {
    expect(offerProblem(event, config)).toBeNull();
  });

  test.each([
    [
      "of another role's server",
      started({ tools: [a("x", { name: "mcp__other__x", server: "other" })], notes: [] }),
    ],
    [
      "of a server that is nowhere",
      started({ tools: [a("x", { name: "mcp__none__x", server: "none" })], notes: [] }),
    ],
    ["under another server's name", started({ tools: [a("x", { name: "mcp__code__x" })], notes: [] })],
    ["under a name of Kin's own", started({ tools: [a("x", { name: "bash" })], notes: [] })],
    ["of the same twice", started({ tools: [a("x"), a("x")], notes: [] })],
    ["that is too large", started({ tools: [a("x", { description: "x".repeat(300_000) })], notes: [] })],
    ["to a role that no server names", started({ tools: [], notes: [] }, "debugger")],
  ])("%s is refused", (_, event) => {
    expect(offerProblem(event, config)).not.toBeNull();
  });
});

test("of calls that no reply asks for is none taken, and of the others each in order", () => {
  const attempt: Attempt = {
    number: 1,
    started: started({ tools: [a("x"), a("y")], notes: [] }),
    turns: [],
    finished: null,
  };
  const use = (name: string) => ({ type: "tool_use" as const, id: name, name, input: {} });
  const calls = [use("mcp__docs__x"), use("bash"), use("mcp__docs__y")];
  const called = (...tools: readonly string[]): EventOf<"turn"> =>
    ({
      mcp: tools.map(tool => ({ server: "docs", tool, seconds: 1, is_error: false })),
    }) as unknown as EventOf<"turn">;
  const problem = (event: EventOf<"turn">, of: Attempt = attempt) =>
    callsProblem(event, { calls, attempt: of });
  expect(problem({} as EventOf<"turn">)).toBeNull();
  expect(problem(called("x", "y"))).toBeNull();
  expect(problem(called("x"))).toBeNull();
  expect(problem(called("y"))).not.toBeNull();
  expect(problem(called("y", "x"))).not.toBeNull();
  expect(problem(called("x", "y", "x"))).not.toBeNull();
  expect(problem(called("x"), { ...attempt, started: null })).not.toBeNull();
});
