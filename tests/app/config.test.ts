import { describe, expect, test } from "vitest";
import { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";
import { parseConfig } from "../../host/config-file.ts";
import { EXAMPLES } from "../../host/config-problem.ts";
import { LONG_TEXT, MOST_UNITS, unitsOn } from "../text/work.ts";

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
    ["an unknown key", "colour: {}\n", `${FILE}: unknown key \`colour\`. Allowed: ${top}.`],
    ["a key that is near one", "limts: {}\n", `${FILE}: unknown key \`limts\`. Did you mean \`limits\`?`],
    ["several unknown keys", "a: 1\nb: 2\n", /unknown key `a`, `b`\. Allowed: project_type/],
    [
      "an unknown key further in",
      "limits:\n  runz: 1\n",
      /unknown key `limits\.runz`\. Did you mean `limits\.runs`\?$/,
    ],
    [
      "an unknown tier",
      "models:\n  tiers:\n    large: x\n",
      /unknown key `models\.tiers\.large`\. Allowed: opus, sonnet, haiku\.$/,
    ],
    [
      "text for a number",
      "limits:\n  runs: many\n",
      `${FILE}: \`limits.runs\` must be a whole number from 1 to 50; found "many".`,
    ],
    [
      "a number that is too large",
      "limits:\n  runs: 51\n",
      /`limits\.runs` must be a whole number from 1 to 50; found 51\.$/,
    ],
    [
      "a limit of nothing",
      "limits:\n  step_usd: 0\n",
      /`limits\.step_usd` must be a number above 0, at most 1000; found 0\.$/,
    ],
    ["a limit that is no number", "limits:\n  step_usd: .nan\n", /`limits\.step_usd`/],
    ["a limit without end", "limits:\n  step_usd: .inf\n", /`limits\.step_usd`/],
    [
      "a word that is none of those allowed",
      "project_type: game\n",
      /`project_type` must be one of development, operations, research; found "game"\.$/,
    ],
    [
      "the least permission there is",
      "trigger:\n  permission: read\n",
      /`trigger\.permission` must be one of triage, write, maintain, admin; found "read"\.$/,
    ],
    [
      "a bot by its name",
      "bots: ['dependabot[bot]']\n",
      /`bots\.0` must be a whole number above 0; found "dependabot\[bot\]"\.$/,
    ],
    [
      "every bot",
      'bots: "*"\n',
      /`bots` must be a list of whole numbers, such as \[41898282\]; found "\*"\.$/,
    ],
    ["yes for a word", "merge: yes\n", `${FILE}: \`merge\` must be one of never, auto; found "yes".`],
    [
      "a number for a list",
      "gates: 3\n",
      /`gates` must be a list of strings, such as \[npm test\]; found 3\.$/,
    ],
    [
      "nothing for a list",
      "setup:\n",
      /`setup` must be a list of strings, such as \[npm ci\]; found nothing\.$/,
    ],
    ["an empty name", "models: { roles: { '': opus } }\n", `${FILE}: \`models.roles\` has an empty key.`],
    [
      "a list that is too long",
      `gates: [${"a, ".repeat(21)}]\n`,
      /`gates` must be a list of strings, at most 20, such as \[npm test\]; found a list of 21\.$/,
    ],
    [
      "a word for yes or no",
      "trigger: { follow_ups: maybe }\n",
      /follow_ups` must be true or false; found "maybe"\.$/,
    ],
    [
      "a part that says not where it lies",
      "modules: [{ name: x }]\n",
      /`modules\.0\.path` must be a text .*; found nothing\.$/,
    ],
    [
      "a long text for a map",
      `limits: ${"x".repeat(60)}\n`,
      /`limits` must be a map .*; found a text of 60 characters\.$/,
    ],
    [
      "a hook that does two things",
      "hooks: [{ on: returned }]\n",
      /`hooks\.0`: give either `run` or `comment`\.$/,
    ],
    [
      "yes for a list",
      "gates: yes\n",
      /`gates` must be a list of strings, such as \[npm test\]; found "yes"\.$/,
    ],
    [
      "a list for the whole",
      "- a\n",
      `${FILE} must be a map of keys to values; the keys are ${top}; found a list of 1.`,
    ],
    ["a word for the whole", "hello\n", /kin\.yml must be a map of keys to values; .*; found "hello"\.$/],
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
    [
      "a tab for indentation",
      "limits:\n\truns: 1\n",
      /kin\.yml:2 is not valid YAML: Tabs are not allowed as indentation\.$/,
    ],
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
    [
      "binary data",
      "gates: [!!binary aGVsbG8=]\n",
      /`gates\.0` must be a text that is not empty; found a map\.$/,
    ],
    ["__proto__", "__proto__:\n  polluted: 1\n", /unknown key `__proto__`\. Did you mean `protocol`\?/],
    ["__proto__ further in", "limits:\n  __proto__: {runs: 9}\n", /unknown key `limits\.__proto__`/],
    ["constructor", "constructor: {prototype: {polluted: 1}}\n", /unknown key `constructor`/],
    ["a map for a key", "? {a: 1}\n: 2\n", `${FILE}:1 has a key that is no text.`],
    ["a list for a key", "? [a]\n: 2\n", /kin\.yml:1 has a key that is no text/],
    ["4,000 lines", `${"- a\n".repeat(4_000)}`, `${FILE} has more than 10000 words and marks.`],
    [
      "globs of 5,001 characters",
      `paths: { protected: [${Array.from({ length: 26 }, () => "x".repeat(193)).join(", ")}] }`,
      `${FILE}: \`paths.protected\`: together at most 5000 characters.`,
    ],
    [
      "a glob of 201 characters",
      `paths: { protected: [${"x".repeat(201)}] }`,
      `${FILE}: \`paths.protected.0\` must be a text that is not empty, of at most 200 characters; found a text of 201 characters.`,
    ],
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

  const costly: readonly (readonly [what: string, of: (size: number) => string])[] = [
    ["open brackets", size => `setup: ${"[".repeat(size)}`],
    ["lists in lists", size => `setup: ${"[".repeat(size / 2)}${"]".repeat(size / 2)}`],
    ["maps in maps", size => `setup: ${"{a: ".repeat(size / 5)}${"}".repeat(size / 5)}`],
    ["list items on one line", size => `setup:\n${"- ".repeat(size / 2)}`],
    ["keys that are keys", size => "? ".repeat(size / 2)],
    ["brackets line by line", size => `setup:\n${" [\n".repeat(size / 3)}`],
    ["empty keys of empty keys", size => `- ${": ".repeat(size / 2)}\nx: 1`],
  ];
  test.each(costly)("%s, for no more than their length costs", (_, of) => {
    expect(refusalOf(of(60_000)).message).toMatch(/nested more than 16 levels deep/);
    expect(unitsOn(refusalOf, of(LONG_TEXT))).toBeLessThan(MOST_UNITS);
  });

  test("1,900 unknown keys, of which a few are named, for no more than their length costs", () => {
    const keys = (size: number): string => Array.from({ length: size / 32 }, (_, n) => `k${n}: `).join("\n");
    const { message } = refusalOf(keys(60_800));
    expect(unitsOn(refusalOf, keys(LONG_TEXT))).toBeLessThan(MOST_UNITS);
    expect(message).toMatch(/^\.github\/kin\.yml: unknown key `k0`, .*, `k9` and 1890 more\. Allowed/);
    expect(message.length).toBeLessThan(500);
  });
});

test("every problem is told, and of very many how many more there are", () => {
  const wrong = [
    "limts: {}\ngtes: []\nzzz: 1\nbots: x\nplan: x\nmerge: x\nci: x\nlearn: x\nlanguage: []",
    "limits: { runs: x, returns: x, task_usd: x, frobs: 1 }\n",
  ].join("\n");
  expect(
    refusalOf(wrong)
      .message.split("\n")
      .map(line => /`[\w.]+`/.exec(line)?.[0])
      .toSorted(),
  ).toEqual(
    ["limts", "gtes", "zzz", "bots", "plan", "merge", "ci", "learn", "language"]
      .concat("limits.runs", "limits.returns", "limits.task_usd", "limits.frobs")
      .map(key => `\`${key}\``)
      .toSorted(),
  );
  const bots = Array.from({ length: 50 }, () => "x").join(", ");
  expect(refusalOf(`bots: [${bots}]\n`).message.split("\n").slice(19)).toEqual([
    expect.stringMatching(/`bots\.19`/),
    "And 30 more.",
  ]);
});

test("every list has an example, and each may stand there", () => {
  const lists = Object.entries(Config.shape).filter(([, schema]) => schema.safeParse([]).success);
  expect(lists.map(([key]) => key).filter(key => !EXAMPLES.has(key))).toEqual([]);
  for (const [key, example] of EXAMPLES) {
    const text = key.split(".").reduceRight((inside, part) => `{ ${part}: ${inside} }`, example);
    expect(() => parseConfig(text, FILE)).not.toThrow();
  }
});

describe("the network", () => {
  const problem = (text: string): string => refusalOf(`network: ${text}\n`).message;

  test.each([
    ["[gihub]", "`network.0`: there is no such name; did you mean github?"],
    [
      "[a.example.com:443]",
      "`network.0`: write the name of the host alone; port 443 is the only one that is reached",
    ],
    [
      "{ hosts: [https://example.com] }",
      "`network.hosts.0`: write the name of the host alone, without https:// and path",
    ],
    ["['*.com']", "`network.0`: a wildcard stands alone at the beginning, over a domain of one owner"],
    ["{ hots: [github] }", "unknown key `network.hots`. Did you mean `network.hosts`?"],
    ["[1]", "`network.0` must be a text that is not empty, of at most 255 characters; found 1"],
    [
      "{ setup: none }",
      '`network.setup` must be direct or a list of strings, such as [github, registry.example.com]; found "none"',
    ],
    [
      "npm",
      '`network` must be a list of strings, such as [github, registry.example.com] or a map of keys to values; the keys are hosts, private, setup, credentials; found "npm"',
    ],
  ])("%s is told with what may stand there", (text, told) => {
    expect(problem(text)).toContain(told);
  });

  test.each([
    ["['*.eu.org']", "eu.org"],
    ["['*.co.uk']", "co.uk"],
    ["['*.github.io']", "github.io"],
    ["{ setup: ['*.s3.amazonaws.com'] }", "s3.amazonaws.com"],
    // Belongs to one owner, but lets everybody have a host below it.
    ["['*.fastly.net']", "a.ssl.fastly.net"],
    ["{ private: ['*.core.windows.net'] }", "web.core.windows.net"],
    ["{ hosts: ['*.on-rancher.cloud'] }", "on-rancher.cloud"],
  ])("%s is a wildcard over names that belong to everybody", (text, name) => {
    expect(problem(text)).toContain(`anybody may have a host below ${name}`);
  });

  test("a wildcard over a domain of one owner is taken, and setup may be direct", () => {
    expect(
      parseConfig(
        "network: { hosts: ['*.example.com', '*.a.github.io', '*.docker.io', '*.x.s3.amazonaws.com'], setup: direct }\n",
        FILE,
      ).network,
    ).toEqual({
      hosts: ["*.example.com", "*.a.github.io", "*.docker.io", "*.x.s3.amazonaws.com"],
      private: [],
      credentials: [],
      setup: "direct",
    });
  });
});

test("brackets in a command are text", () => {
  const command = `bash -c '${"[[ -n x ]] && {".repeat(40)}'`;
  expect(
    parseConfig(`gates:\n  - ${JSON.stringify(command)}\n  - |\n    ${"[".repeat(40)}\n`, FILE).gates,
  ).toEqual([command, `${"[".repeat(40)}\n`]);
});
