import { describe, expect, test } from "vitest";
import { parseConfig } from "../../core/adapters/config-file.ts";
import { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";

const FILE = ".github/kin.yml";
const refusalOf = (text: string): KinError => {
  try {
    parseConfig(text, FILE);
  } catch (error) {
    if (error instanceof KinError) return error;
    throw error;
  }
  throw new Error("That was taken.");
};

describe("a file that says nothing is all defaults", () => {
  const empty: readonly (readonly [string, string | null])[] = [
    ["none at all", null],
    ["empty", ""],
    ["blank", " \n\n"],
    ["a comment", "# later\n"],
    ["a document without content", "---\n"],
    ["null", "null\n"],
    ["a byte order mark", "\ufeff"],
    ["an empty map", "{}\n"],
  ];
  test.each(empty)("%s", (_, text) => {
    expect(parseConfig(text, FILE)).toEqual(Config.parse({}));
  });
});

test("a file that says something has its values, and the defaults beside them", () => {
  const text = "limits:\n  runs: 5\ngates:\n  - npm test # all\nsetup: []\nbots: [41898282]\r\n";
  const config = parseConfig(text, FILE);
  expect(config).toEqual(
    Config.parse({ limits: { runs: 5 }, gates: ["npm test"], setup: [], bots: [41_898_282] }),
  );
});

describe("a file that is refused, with file, place and what is allowed", () => {
  const top = Object.keys(Config.shape).join(", ");
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefgh".split("").map((key, i) => `${key}: &${key} [${Array(9).fill(`*${"abcdefg"[i]}`)}]`),
  ];
  const refused: readonly (readonly [string, string, RegExp | string])[] = [
    ["an unknown key", "limit: {}\n", `${FILE}: unknown key \`limit\`. Allowed: ${top}.`],
    ["several unknown keys", "a: 1\nb: 2\n", /unknown key `a`, `b`\. Allowed: project_type/],
    [
      "an unknown key further in",
      "limits:\n  runz: 1\n",
      /unknown key `limits\.runz`\. Allowed: step_turns, .*, runs\.$/,
    ],
    [
      "an unknown tier",
      "models:\n  tiers:\n    oppus: x\n",
      /unknown key `models\.tiers\.oppus`\. Allowed: opus, sonnet, haiku\.$/,
    ],
    [
      "text for a number",
      "limits:\n  runs: many\n",
      `${FILE}: \`limits.runs\`: Invalid input: expected number, received string.`,
    ],
    [
      "a number that is too large",
      "limits:\n  runs: 51\n",
      /`limits\.runs`: Too big: expected number to be <=50/,
    ],
    ["a limit of nothing", "limits:\n  step_usd: 0\n", /`limits\.step_usd`: Too small/],
    ["a limit that is no number", "limits:\n  step_usd: .nan\n", /`limits\.step_usd`/],
    ["a limit without end", "limits:\n  step_usd: .inf\n", /`limits\.step_usd`/],
    [
      "a word that is none of those allowed",
      "project_type: game\n",
      /`project_type`: .*"development"\|"operations"\|"research"/,
    ],
    [
      "the least permission there is",
      "trigger:\n  permission: read\n",
      /`trigger\.permission`: .*"triage"\|"write"/,
    ],
    ["a bot by its name", "bots: ['dependabot[bot]']\n", /`bots\.0`: .*expected number/],
    ["every bot", 'bots: "*"\n', /`bots`: .*expected array/],
    ["yes for a list", "gates: yes\n", /`gates`: .*expected array, received string/],
    ["a list for the whole", "- a\n", `${FILE}: Invalid input: expected object, received array.`],
    ["a word for the whole", "hello\n", /kin\.yml: Invalid input: expected object, received string/],
    [
      "several things wrong: each is named",
      "limits: {runs: x}\nbots: [-1]\n",
      /`bots\.0`[\s\S]*`limits\.runs`/,
    ],
    ["the same key twice", "setup: [a]\ngates: []\nsetup: [b]\n", `${FILE}:3 has the key \`setup\` twice.`],
    [
      "the same key twice further in",
      "limits:\n  runs: 1\n  'runs': 2\n",
      `${FILE}:3 has the key \`runs\` twice.`,
    ],
    [
      "a bracket that is left open",
      "setup:\n  - a\ngates: [\n",
      /^\.github\/kin\.yml:\d+ is not valid YAML: /,
    ],
    ["a tab for indentation", "limits:\n\truns: 1\n", /kin\.yml:2 is not valid YAML: Tabs are not allowed/],
    [
      "two documents",
      "setup: [a]\n---\nsetup: [b]\n",
      /kin\.yml:2 is not valid YAML: Source contains multiple documents/,
    ],
    [
      "an alias",
      "setup: &a [x]\ngates: *a\n",
      `${FILE}:2 refers to another value with \`*a\`. Write the value out.`,
    ],
    ["an alias bomb", bomb.join("\n"), /kin\.yml:2 refers to another value/],
    ["an alias of itself", "gates: &a [*a]\n", /kin\.yml:1 (refers to another value|is not valid YAML)/],
    ["a merge key", "limits:\n  <<: {runs: 1}\n", /unknown key `limits\.<<`/],
    ["a merge key with an alias", "gates: &a []\nlimits:\n  <<: *a\n", /kin\.yml:3 refers to another value/],
    [
      "a JavaScript function",
      "gates:\n  - !!js/function 'x'\n",
      /kin\.yml:2 is not valid YAML: Unresolved tag: .*js\/function/,
    ],
    [
      "a Python object",
      "setup: !!python/object/apply:os.system ['ls']\n",
      /kin\.yml:1 is not valid YAML: Unresolved tag/,
    ],
    ["a tag of one's own", "setup: !mine ['ls']\n", /kin\.yml:1 is not valid YAML: Unresolved tag: !mine/],
    ["binary data", "gates: [!!binary aGVsbG8=]\n", /`gates\.0`: .*expected string/],
    ["__proto__", "__proto__:\n  polluted: 1\n", /unknown key `__proto__`\. Allowed: project_type/],
    ["__proto__ further in", "limits:\n  __proto__: {runs: 9}\n", /unknown key `limits\.__proto__`/],
    ["constructor", "constructor: {prototype: {polluted: 1}}\n", /unknown key `constructor`/],
    ["a map for a key", "? {a: 1}\n: 2\n", `${FILE}:1 has a key that is no text.`],
    ["a list for a key", "? [a]\n: 2\n", /kin\.yml:1 has a key that is no text/],
    ["a megabyte", `# ${"x".repeat(1_000_000)}`, `${FILE} is larger than 64 KiB.`],
    ["one command of 64 KiB too many", `gates: [${"x".repeat(65_536)}]`, `${FILE} is larger than 64 KiB.`],
  ];
  test.each(refused)("%s", (_, text, message) => {
    const error = refusalOf(text);
    expect(error).toMatchObject({ code: "config_invalid", retryable: false });
    if (typeof message === "string") expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(error.message).not.toContain("``");
    expect(error.hint).toMatch(/default branch; docs\/configuration\.md/);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  const costly: readonly (readonly [string, string])[] = [
    ["60,000 open brackets", `setup: ${"[".repeat(60_000)}`],
    ["30,000 lists in lists", `setup: ${"[".repeat(30_000)}${"]".repeat(30_000)}`],
    ["10,000 maps in maps", `setup: ${"{a: ".repeat(10_000)}${"}".repeat(10_000)}`],
    ["30,000 list items on one line", `setup:\n${"- ".repeat(30_000)}`],
    ["30,000 keys that are keys", `${"? ".repeat(30_000)}`],
    ["brackets line by line", `setup:\n${" [\n".repeat(20_000)}`],
  ];
  test.each(costly)("%s, before it costs anything", (_, text) => {
    const begun = performance.now();
    expect(refusalOf(text).message).toMatch(/nested more than 16 levels deep/);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  test("8,000 unknown keys, of which a few are named", () => {
    const begun = performance.now();
    const { message } = refusalOf(Array.from({ length: 8_000 }, (_, n) => `k${n}: `).join("\n"));
    expect(message).toMatch(/^\.github\/kin\.yml: unknown key `k0`, `k1`, `k2`, `k3`, `k4`\. Allowed/);
    expect(message.length).toBeLessThan(500);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

test("brackets in a command are text", () => {
  const command = `bash -c '${"[[ -n x ]] && {".repeat(40)}'`;
  expect(
    parseConfig(`gates:\n  - ${JSON.stringify(command)}\n  - |\n    ${"[".repeat(40)}\n`, FILE).gates,
  ).toEqual([command, `${"[".repeat(40)}\n`]);
});
