// action.yml says what the Action does: GitHub passes only declared inputs, and exposes only declared outputs.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { readInputs } from "../../action/inputs.ts";
import { ROOT } from "../../local/world.ts";

const Action = z.strictObject({
  name: z.string(),
  description: z.string().max(125),
  author: z.string(),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
  inputs: z.record(
    z.string(),
    z.strictObject({
      description: z.string().min(1),
      required: z.boolean().optional(),
      default: z.string().optional(),
    }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string().min(1) })),
  runs: z.strictObject({ using: z.literal("node24"), main: z.string() }),
});

const text = (path: string) => readFileSync(join(ROOT, path), "utf8");
const action = Action.parse(parse(text("action.yml")));

test("it runs on Node 24, from the file that is there", () => {
  expect(existsSync(join(ROOT, action.runs.main))).toBe(true);
});

test("the inputs that the Action reads are the inputs that it declares", () => {
  const read = new Set<string>();
  const given: Readonly<Record<string, string>> = {
    server: "https://kin.example.com",
    "anthropic-api-key": "a key",
  };
  readInputs({
    input: name => {
      read.add(name);
      return given[name] ?? "";
    },
    env: {},
  });
  expect([...read].sort()).toEqual(Object.keys(action.inputs).sort());
});

test("what is required has no default, and what is not has one", () => {
  for (const [name, input] of Object.entries(action.inputs))
    expect(input.required === true, name).toBe(input.default === undefined);
});

test("the outputs that the Action sets are the outputs that it declares", () => {
  const files = readdirSync(join(ROOT, "action")).filter(name => name.endsWith(".ts"));
  const sources = files.map(name => text(join("action", name))).join("\n");
  const set = [...sources.matchAll(/setOutput\(\s*"([\w-]+)"/g)].map(([, name]) => name);
  expect([...new Set(set)].sort()).toEqual(Object.keys(action.outputs).sort());
});
