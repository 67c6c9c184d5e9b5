import { betaAgentToolset20260401 } from "@anthropic-ai/sdk/tools/agent-toolset/node";
import { expect, test } from "vitest";
import { inputProblem } from "../../action/tools/input.ts";
import { createBench } from "../../action/workbench/bench.ts";
import { TOOLS } from "../../core/agents/tools.ts";
import { ToolName } from "../../core/model/role.ts";
import { FULL, never } from "./kit.ts";

interface Schema {
  readonly properties: Record<string, { type: string; items?: { type: string } }>;
  readonly required: readonly string[];
}

const shape = (schema: unknown): unknown => {
  const { properties, required } = schema as Schema;
  const types = Object.entries(properties).map(([name, { type, items }]) => [
    name,
    type,
    items?.type ?? null,
  ]);
  return { types: types.sort(), required: [...required].sort() };
};

test("the definitions are the workbench's tools, and the one that the harness itself runs", () => {
  expect(TOOLS.map(({ name }) => name).sort()).toEqual([...ToolName.options, "skill"].sort());
});

test.each(["read", "write", "edit", "glob", "grep"])(
  "the definition of %s takes what the SDK's tool takes",
  name => {
    const theirs = betaAgentToolset20260401({ workdir: "/nowhere" }).find(
      tool => "name" in tool && tool.name === name,
    );
    const ours = TOOLS.find(tool => tool.name === name);
    expect(shape(ours?.input_schema)).toEqual(shape((theirs as { input_schema?: unknown }).input_schema));
  },
);

test("the definitions stay small", () => {
  expect(JSON.stringify(TOOLS).length).toBeLessThan(2_100);
});

test.each([
  [null, /object/],
  [[], /object/],
  ["x", /object/],
  [{}, /missing/],
  [{ file_path: 1 }, /string/],
  [{ file_path: "a", view_range: "1" }, /array of integers/],
  [{ file_path: "a", view_range: [1, 2.5] }, /array of integers/],
])("the input %j is refused with a reason", (input, why) => {
  const schema = TOOLS[0]?.input_schema;
  expect(schema && inputProblem(input, schema)).toMatch(why);
});

test("an input with a field that nobody knows passes", () => {
  const schema = TOOLS[0]?.input_schema;
  expect(schema && inputProblem({ file_path: "a", view_range: [1, 2], why: "x" }, schema)).toBeNull();
});

test("an input with an empty text passes", () => {
  const schema = TOOLS.find(({ name }) => name === "edit")?.input_schema;
  expect(schema && inputProblem({ file_path: "a", old_string: "x", new_string: "" }, schema)).toBeNull();
});

test("a command has the time that it asks for, and never more than a tool call may take", async () => {
  const given: number[] = [];
  const unused = () => Promise.reject(new Error("nothing but commands here"));
  const bench = createBench({
    rules: { scope: FULL, protected: [] },
    tree: "0".repeat(40),
    command: async (command, { seconds }) => {
      given.push(seconds);
      const ran = { command, exit_code: 0, seconds: 0, output: "" };
      return { content: "", is_error: false, ran, text: "" };
    },
    ...{
      startFiles: unused,
      record: unused,
      judge: unused,
      start: unused,
      remove: unused,
      interrupt: () => {},
    },
  });
  for (const seconds of [{}, { timeout_seconds: -1 }, { timeout_seconds: 7 }, { timeout_seconds: 1e9 }])
    await bench.call(
      { type: "tool_use", id: "t", name: "bash", input: { command: "true", ...seconds } },
      { signal: never },
    );
  expect(given).toEqual([120, 1, 7, 600]);
});
