// docs/kin.schema.json tells editors about `.github/kin.yml`: it accepts and refuses exactly what Kin does.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Config } from "../../core/model/config.ts";
import { readOwnRoles } from "../../host/own-roles.ts";
import { loadRoster } from "../../host/roster.ts";
import { ROOT } from "../../local/world.ts";
import { configSchema } from "../../scripts/config-schema.ts";

const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const SCHEMA = JSON.parse(text("docs/kin.schema.json"));
const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true }).compile(SCHEMA);

/** Whether each of the two accepts it. */
const taken = (given: unknown) => ({ kin: Config.safeParse(given).success, schema: validate(given) });

test("the file is the one that the configuration's schema makes", () => {
  expect(SCHEMA).toEqual(JSON.parse(JSON.stringify(configSchema())));
});

const run = (on: string) => ({ on, run: "make report" });
const comment = (on: string) => ({ on, comment: "Thank you." });

describe("both take", () => {
  test.each([
    [{}],
    [{ project_type: "research", execution_mode: "auto", merge: "auto", plan: "approve", ci: "ignore" }],
    [{ execution_mode: "auto_complete", learn: "off", language: "Deutsch", tech_stack: ["Go"] }],
    [{ trigger: { permission: "triage", follow_ups: true }, bots: [49699333] }],
    [{ trigger: {}, limits: {}, models: {}, paths: {} }],
    [{ limits: { step_turns: 500, step_usd: 0.01, revisions: 0, day_usd: 100_000 } }],
    [{ models: { tiers: { opus: "a-model" }, roles: { reviewer: "opus", tester: "another-model" } } }],
    [{ paths: { protected: ["migrations/**"] }, setup: [], gates: ["npm test"] }],
    [{ modules: [{ name: "api", path: "services/api", description: "The server." }] }],
    [{ modules: [{ name: "api", path: "services/api" }], prompts: { pm: "extend", tester: "replace" } }],
    [{ hooks: [run("step_completed"), run("pipeline_completed"), run("returned"), run("escalated")] }],
    [{ hooks: [comment("task_done"), comment("returned")] }],
    [{ mcp: {} }],
    [
      {
        mcp: { code: { command: "a", args: ["b"], env: { A: "secret:A" }, tools: ["t"], roles: ["tester"] } },
      },
    ],
    [
      {
        mcp: { docs: { url: "https://a.example/x", headers: { "X-A": "b" }, private: true, roles: ["pm"] } },
      },
    ],
  ])("%j", given => expect(taken(given)).toEqual({ kin: true, schema: true }));
});

describe("both refuse", () => {
  test.each([
    [[]],
    ["development"],
    [{ project_typ: "research" }],
    [{ project_type: "other" }],
    [{ execution_mode: "automatic" }],
    [{ merge: true }],
    [{ plan: "hold" }],
    [{ ci: "on" }],
    [{ learn: "always" }],
    [{ language: "x".repeat(41) }],
    [{ tech_stack: "Go" }],
    [{ tech_stack: Array.from({ length: 31 }, () => "x") }],
    [{ trigger: { permission: "read" } }],
    [{ trigger: { follow_ups: "yes" } }],
    [{ bots: ["renovate[bot]"] }],
    [{ bots: [0] }],
    [{ limits: null }],
    [{ limits: { step_turns: 1.5 } }],
    [{ limits: { step_usd: 0 } }],
    [{ limits: { day_usd: 100_001 } }],
    [{ limits: { turns: 5 } }],
    [{ models: { tiers: { large: "x" } } }],
    [{ models: { roles: { pm: "" } } }],
    [{ paths: { protected: [""] } }],
    [{ setup: ["npm ci", 3] }],
    [{ gates: Array.from({ length: 21 }, () => "true") }],
    [{ modules: [{ name: "api" }] }],
    [{ modules: [{ name: "api", path: "api", owner: "x" }] }],
    [{ prompts: { pm: "append" } }],
    [{ hooks: [{ on: "returned" }] }],
    [{ hooks: [{ ...run("returned"), ...comment("returned") }] }],
    [{ hooks: [{ ...run("task_done"), ...comment("task_done") }] }],
    [{ hooks: [run("task_done")] }],
    [{ hooks: [run("merged")] }],
    [{ hooks: [{ run: "true" }] }],
    [{ mcp: [] }],
    [{ mcp: { a_b: { command: "a", roles: ["pm"] } } }],
    [{ mcp: { docs: { roles: ["pm"] } } }],
    [{ mcp: { docs: { command: "a" } } }],
    [{ mcp: { docs: { command: "a", url: "https://a.example", roles: ["pm"] } } }],
    [{ mcp: { docs: { command: "a", headers: {}, roles: ["pm"] } } }],
    [{ mcp: { docs: { url: "https://a.example", env: {}, roles: ["pm"] } } }],
    [{ mcp: { docs: { url: "http://a.example", roles: ["pm"] } } }],
    [{ mcp: { docs: { command: "a", env: { "A B": "x" }, roles: ["pm"] } } }],
    [{ mcp: { docs: { command: "a", timeout_seconds: 0, roles: ["pm"] } } }],
    [{ mcp: Object.fromEntries([..."abcdefghi"].map(name => [name, { command: "a", roles: ["pm"] }])) }],
  ])("%j", given => expect(taken(given)).toEqual({ kin: false, schema: false }));
});

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
}

const nodesOf = (node: Node, path = ""): readonly (readonly [path: string, node: Node])[] =>
  Object.entries({ ...node.properties, ...node.items?.properties }).flatMap(([name, child]) => [
    [`${path}${name}`, child] as const,
    ...nodesOf(child, `${path}${name}.`),
  ]);

test("every key has a description, which names each word that it may be", () => {
  for (const [path, { description, enum: words = [] }] of nodesOf(SCHEMA))
    for (const word of ["", ...words]) expect(description, path).toContain(word);
});

test("the defaults that an editor shows are Kin's", () => {
  const defaults: unknown = Config.parse({ workload_identity: {} });
  const shown = nodesOf(SCHEMA).filter(([path, node]) => "default" in node && !path.startsWith("modules."));
  expect(shown.length).toBeGreaterThan(15);
  for (const [path, node] of shown) expect(defaults).toHaveProperty(path, node.default);
});

/** The YAML examples on a page, by the file named in their first line. */
const examplesOf = (page: string, file: string): readonly string[] =>
  [...text(page).matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, yaml = ""]) => yaml)
    .filter(yaml => yaml.split("\n").some(line => line === `# ${file}`));

test("the examples of docs/configuration.md are right", () => {
  const examples = examplesOf("docs/configuration.md", ".github/kin.yml");
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) expect(taken(parse(example)), example).toEqual({ kin: true, schema: true });
});

test("the example of a role of one's own is right, with its prompt", () => {
  const [roles = ""] = examplesOf("docs/configuration.md", ".github/kin/roles.yml");
  const [entry] = parse(roles).roles;
  const own = readOwnRoles(
    { roles, prompts: new Map([[entry.name, "You migrate."]]) },
    { config: Config.parse({}), roster: loadRoster(ROOT).roster },
  );
  expect(own.roles.map(({ name }) => name)).toEqual([entry.name]);
});
