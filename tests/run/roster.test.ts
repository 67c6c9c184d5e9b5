// specialists.yaml and the prompts as they are read: what is wrong with them is one clear error before anything runs.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadRoster } from "../../core/adapters/roster.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const temp = mkdtempSync(join(tmpdir(), "kin-roster-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));

let count = 0;
const aRoot = (yaml: string | null, without: string | null = null): string => {
  const root = join(temp, String(count++));
  cpSync(join(ROOT, "prompts"), join(root, "prompts"), { recursive: true });
  if (without !== null) rmSync(join(root, "prompts", without));
  if (yaml !== null) writeFileSync(join(root, "specialists.yaml"), yaml);
  return root;
};
const role = (over: string): string =>
  `roles:\n  - name: pm\n    model: sonnet\n    tools: [read]\n    permissions: read_only\n    description: Plans the work of the others.\n    output_schema: { analysis: string }\n${over}`;

test("the shipped roster and prompts load", () => {
  const { roster, preamble } = loadRoster(ROOT);
  expect([...roster.roles.keys()].toSorted()).toEqual([
    "architect",
    "backend_dev",
    "debugger",
    "frontend_dev",
    "pm",
    "reviewer",
    "tester",
  ]);
  expect(preamble).not.toBe("");
});

test.each<[what: string, root: () => string, message: RegExp]>([
  ["a missing specialists.yaml", () => aRoot(null), /specialists\.yaml cannot be read: ENOENT/],
  ["an empty one", () => aRoot(" \n"), /specialists\.yaml is empty/],
  ["one that is no YAML", () => aRoot("roles: [\n"), /specialists\.yaml is not valid YAML/],
  ["one without roles", () => aRoot("routes: []\n"), /specialists\.yaml: roles: /],
  [
    "an unknown key of a role",
    () => aRoot(role("    colour: red\n")),
    /specialists\.yaml: roles\.0: .*colour/,
  ],
  ["an unknown tool", () => aRoot(role("").replace("[read]", "[fly]")), /roles\.0\.tools\.0: .*"read"/],
  [
    "a field type that cannot be read",
    () => aRoot(role("").replace("analysis: string", "analysis: strnig")),
    /pm\.output_schema\.analysis: cannot read the type "strnig"/,
  ],
  [
    "a role that stands there twice",
    () => aRoot(`${role("")}${role("").replace("roles:\n", "")}`),
    /the role "pm" stands there twice/,
  ],
  ["a role without its prompt", () => aRoot(role(""), "pm.md"), /pm\.md cannot be read: ENOENT/],
  ["a missing preamble", () => aRoot(role(""), "shared/preamble.md"), /preamble\.md cannot be read/],
])("%s is an error that names the file and what is wrong", (_, root, message) => {
  const load = () => loadRoster(root());
  expect(load).toThrow(message);
  expect(load).toThrow(
    expect.objectContaining({
      code: expect.stringMatching(/^(roster|output_schema)_invalid$/),
      hint: expect.stringMatching(/\w/),
    }),
  );
});
