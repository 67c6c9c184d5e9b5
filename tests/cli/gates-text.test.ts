// Adds proven gates to the text of an existing configuration, which keeps all its lines.
import { expect, test } from "vitest";
import { parse } from "yaml";
import { tellsOf, withGatesOf, withProvedGates } from "../../cli/init/gates-text.ts";
import { NOT_RUN } from "../../cli/init/prove.ts";

const passed = (...commands: readonly string[]) => commands.map(command => ({ command, why: null }));
const GATES = [{ command: "npm run lint", why: "Exit 1" }, ...passed("npm test")];
const LINT = "## Did not pass when `kin init` ran it. Exit 1.\n#   - npm run lint\n";

test.each([
  ["a file of comments alone", "# ours\n", `# ours\n\ngates:\n  - npm test\n${LINT}`],
  [
    "a file without the key",
    "limits: {day_usd:   5} # keep\n\n\n",
    `limits: {day_usd:   5} # keep\n\ngates:\n  - npm test\n${LINT}`,
  ],
  [
    "comments of somebody's own among Kin's",
    `a: 1\n# gates:\n## Not run yet: \`kin init --prove\` does.\n#   - npm run lint\n#   - npm test\n#   - npm run slow\n# Ask Ann.\n\nb: 2\n`,
    `a: 1\ngates:\n  - npm test\n${LINT}#   - npm run slow\n# Ask Ann.\n\nb: 2\n`,
  ],
  [
    "comments and an empty line among gates",
    "gates: # ours\n    # quick\n    - npm run types # 3 s\n\n    - |\n      make all\n\n# limits of ours\nlimits:\n  day_usd: 5\n",
    `gates: # ours\n    # quick\n    - npm run types # 3 s\n\n    - |\n      make all\n    - npm test\n${LINT}\n# limits of ours\nlimits:\n  day_usd: 5\n`,
    ["npm run types", "make all\n"],
  ],
  ["a key with nothing below it", "gates:\nb: 2\n", `gates:\n  - npm test\n${LINT}b: 2\n`],
  ["gates below a key that is quoted", '"gates":\n- npm test\n', `"gates":\n- npm test\n${LINT}`],
  [
    "an older reason",
    `gates:\n  - npm test\n${LINT.replace("Exit 1", "Exit 2: a long reason,\n## wrapped")}`,
    `gates:\n  - npm test\n${LINT}`,
  ],
])("in %s they are added, and nothing else changes", (_, there, text, more: readonly string[] = []) => {
  const gates = [...GATES, ...passed(...more)];
  expect(withProvedGates(there, gates)).toBe(text);
  expect(withProvedGates(text, gates)).toBeNull();
  expect(parse(text)).toEqual({ ...parse(there), gates: expect.arrayContaining(["npm test"]) });
});

test.each([
  ["what somebody wrote in a form of their own", "gates: [npm test]\n"],
  ["gates that somebody wants none of", "gates: []\n"],
  ["a gate that did not pass now", "gates:\n  - npm run lint\n"],
  ["a gate that is somebody's own", "gates:\n  - make test\n"],
  ["an alias", "modules: &a [npm test]\ngates: *a\n"],
  ["what is no list", "gates: npm test\n"],
  ["a file that is no map", "- a\n"],
  ["a map in braces", "{ limits: { day_usd: 5 } }\n"],
  ["what is no YAML", "a: [\n"],
  ["a second document", "a: 1\n---\nb: 2\n"],
])("%s is left alone", (_, there) => expect(withProvedGates(there, GATES)).toBeNull());

test("a file without the key gets no comment where nothing passed", () => {
  expect(withProvedGates("a: 1\n", [{ command: "npm test", why: NOT_RUN }])).toBeNull();
});

const FRESH = "tech_stack:\n  - Go\n\n## Prose.\n# gates:\n## Not run yet.\n#   - npm test\n\n# limits: {}\n";

test.each([
  ["gates:\n  - npm test\ntech_stack: [A]\nlimits:\n  day_usd: 5\n", "gates:\n  - npm test\n"],
  ["a: 1\ngates:\n  - one\n\n  # ours\n  - two\nb: 2\n", "gates:\n  - one\n\n  # ours\n  - two\n"],
  ["gates: [\n  one,\n\n  two ]\nb: 2\n", "gates: [\n  one,\n\n  two ]\n"],
  [
    "# gates:\n# Ann: none of these\n#   - npm test\nb: 2\n",
    "# gates:\n# Ann: none of these\n#   - npm test\n",
  ],
  ["tech_stack: [A]\n", "# gates:\n## Not run yet.\n#   - npm test\n"],
])("of %j a fresh configuration gets the gates, whole, and no other key", (there, block) => {
  const text = withGatesOf(there, FRESH);
  expect(text).toBe(`tech_stack:\n  - Go\n\n## Prose.\n${block}\n# limits: {}\n`);
  expect(parse(text).gates).toEqual(parse(there).gates);
});

test.each([
  ["gates: [npm test]\n", true],
  ["gates:\n  - npm test # quick\n", true],
  ["# gates:\n#   - npm test\n", true],
  ["setup:\n  - npm test\n", false],
  ["gates:\n  - make test\n", false],
  ["# gates:\n\n#   - npm test\n", false],
  ["{ gates: [npm test] }\n", false],
  ["", false],
])("%j tells of a command: %j", (text, tells) => {
  expect(tellsOf(["npm test"], text)).toBe(tells);
  expect(tellsOf([], text)).toBe(false);
});
