// A repository's own roles and prompts: they only work on files, and whatever is wrong with them is reported.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { createLanguageModel } from "../../action/llm/anthropic.ts";
import { roleOf, rosterWith } from "../../core/agents/roster.ts";
import { KinError } from "../../core/model/error.ts";
import { changesOf } from "../../core/pipeline/written.ts";
import { type OwnFiles, PROMPTS_PATH, ROLES_PATH, readOwnRoles } from "../../host/own-roles.ts";
import { loadRoster } from "../../host/roster.ts";
import { startFakeModel } from "../../local/model/server.ts";
import { aConfig } from "../build.ts";
import { closeAll } from "../workbench/kit.ts";
import { aClock, opened, run } from "./kit.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const { roster } = loadRoster(ROOT);
afterAll(closeAll);

/** The example of docs/roles.md, so that what people copy is tested here. */
const example = (file: string): string => {
  const page = readFileSync(join(ROOT, "docs", "roles.md"), "utf8");
  const [, , text] = new RegExp(`\n\`${file}\`:\n\n\`\`\`(\\w+)\n([\\s\\S]*?)\`\`\`\n`).exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/roles.md has no example of ${file}`);
  return text;
};
const TRANSLATOR = example(ROLES_PATH);
const PROMPT = example(`${PROMPTS_PATH}/translator.md`);
const files = (
  roles: string | null,
  prompts: Readonly<Record<string, string>> = { translator: PROMPT },
): OwnFiles => ({ roles, prompts: new Map(Object.entries(prompts)) });
const own = (given: OwnFiles, config: object = {}) =>
  readOwnRoles(given, { config: aConfig(config), roster });

describe("a repository's own role", () => {
  const ANSWER = {
    status: "done",
    languages: ["de"],
    untranslated: [],
    notes: "",
    proof: { what_was_done: "German.", how_verified: [1], verification_result: "de.json" },
  };
  const ANSWERS = {
    pm: [
      {
        submit: {
          analysis: "German is missing.",
          route_type: "custom",
          category: "UI",
          pipeline: [
            { role: "translator", brief: "Add German." },
            { role: "reviewer", brief: "Judge it." },
          ],
        },
      },
    ],
    translator: [
      {
        tools: [
          { write: { file_path: "locales/de.json", content: "{}\n" } },
          { write: { file_path: "sum.js", content: "// not a translator's\n" } },
        ],
      },
      { tools: [{ bash: { command: "ls locales" } }] },
      { submit: { ...ANSWER, languages: "German" } },
      { submit: ANSWER },
    ],
    reviewer: [
      {
        submit: {
          verdict: "approved",
          reason: "It is there.",
          findings: [],
          criteria_check: [],
          conventions_violated: [],
        },
      },
    ],
  };

  test("works with yaml and prompt alone: chosen by the planner, asked, scoped, and held to its answer's form", async () => {
    const given = files(TRANSLATOR, {
      translator: PROMPT,
      reviewer: "Here German is spoken.\n",
    });
    const { pipeline, asked } = await played(ANSWERS, own(given));
    expect(pipeline.outcome).toMatchObject({ kind: "passed" });
    const step = pipeline.steps[1];
    expect(step).toMatchObject({ role: "translator", writes: true, gate: false, answer: ANSWER });
    expect(changesOf(pipeline).map(({ path }) => path)).toEqual(["locales/de.json"]);
    expect(textsOf(step)).toContain("sum.js was not changed: your role may only change locales/**");
    expect(textsOf(step)).toMatch(/Your answer was refused:\n- languages: /);
    expect(asked("pm").first).toContain(
      "- translator (haiku; changes locales/**): Translates the texts that people see into the languages of the locales;",
    );
    expect(asked("translator").model).toContain("haiku");
    expect(asked("translator").role).toBe(PROMPT.trim());
    expect(asked("reviewer").role).toBe(
      `${roleOf(roster, "reviewer").prompt.trim()}\n\nHere German is spoken.`,
    );
  });

  test("is placed by the head of the department that it names", async () => {
    const frontend = {
      status: "done",
      sub_pipeline: [{ role: "translator", brief: "Add German." }],
      interfaces: [],
      artifacts: [],
      handoff_notes: "",
      risks: [],
    };
    const plan = {
      ...(ANSWERS.pm[0]?.submit as object),
      justification: "Texts, screens and tests.",
      pipeline: [{ role: "frontend_head", brief: "Divide it." }],
    };
    const { pipeline } = await played(
      { ...ANSWERS, pm: [{ submit: plan }], frontend_head: [{ submit: frontend }] },
      own(files(TRANSLATOR)),
    );
    expect(pipeline.outcome).toMatchObject({ kind: "passed" });
    expect(pipeline.steps.slice(1).map(({ role, part }) => [role, part])).toEqual([
      ["frontend_head", "plan"],
      ["translator", "department"],
      ["reviewer", "plan"],
    ]);
  });

  test("may be given another model by the configuration, and one of Kin's roles, too", () => {
    const config = { models: { roles: { translator: "opus", tester: "claude-x" } } };
    expect(own(files(TRANSLATOR), config).roles).toHaveLength(1);
  });
});

describe("a repository's own prompt for a role of Kin's", () => {
  const prompts = { tester: "Use Deno.\n" };
  const testerWith = (config: object) =>
    roleOf(rosterWith(roster, own(files(null, prompts), config)), "tester").prompt;
  const built = roleOf(roster, "tester").prompt.trim();

  test("follows the built-in one where nothing is said", () => {
    expect(testerWith({})).toBe(`${built}\n\nUse Deno.\n`);
  });
  test.each([
    ["follows the built-in one", "extend", `${built}\n\nUse Deno.\n`],
    ["takes the built-in one's place", "replace", "Use Deno.\n"],
  ])("%s with `prompts: { tester: %s }`", (_, how, text) => {
    expect(testerWith({ prompts: { tester: how } })).toBe(text);
  });
  test("leaves everything else of the role as it is", () => {
    const { prompt: _, ...rest } = roleOf(rosterWith(roster, own(files(null, prompts))), "tester");
    const { prompt: __, ...before } = roleOf(roster, "tester");
    expect(rest).toEqual(before);
  });
});

test.each([
  ["none", null],
  ["an empty one", ""],
  ["a comment", "# later\n"],
  ["an empty list", "roles: []\n"],
])("%s is a roles.yml without roles", (_, text) => {
  expect(own(files(text, {}))).toEqual({ roles: [], prompts: {} });
});

describe("what is wrong is refused with file, key, what was found, what is allowed, and what to do", () => {
  const KNOWN = "Allowed: pm, architect, .*test_automator";
  const change = (from: string | RegExp, to: string) => TRANSLATOR.replace(from, to);
  const ROLES = ROLES_PATH.replaceAll(".", "\\.");
  const refused: readonly (readonly [what: string, given: OwnFiles, message: RegExp, config?: object])[] = [
    [
      "a prompt of a role that there is not",
      files(null, { tset: "Test." }),
      new RegExp(
        `^${PROMPTS_PATH}/tset\\.md: there is no role "tset"\\. ${KNOWN}\\. Name the file .* add the role to ${ROLES}\\.$`,
      ),
    ],
    [
      "an empty prompt",
      files(null, { tester: " \n" }),
      /^\.github\/kin\/prompts\/tester\.md is empty\. Write the prompt, or take the file away\.$/,
    ],
    [
      "a prompt that is too long",
      files(null, { tester: "x".repeat(32 * 1024 + 1) }),
      /tester\.md has 32769 characters\. Allowed: 32768\. Make it shorter\.$/,
    ],
    [
      "a name that is taken by Kin",
      files(change("name: translator", "name: tester"), { tester: "You." }),
      new RegExp(
        `^${ROLES}: \`roles\\[0\\]\\.name\`: "tester" is a role of Kin's own\\. Choose another name, or .*/tester\\.md\\.$`,
      ),
    ],
    [
      "a name that stands there twice",
      files(`${TRANSLATOR}${change("roles:\n", "")}`),
      /`roles\[1\]\.name`: "translator" stands there twice\. Choose another name/,
    ],
    [
      "a name that is none",
      files(change("name: translator", "name: Trans Lator")),
      /`roles\[0\]\.name`: found "Trans Lator"\. .*pattern/,
    ],
    [
      "a tool that the permission lacks",
      files(change("permissions: full", "permissions: read_only")),
      /`roles\[0\]\.tools`: found \["read",.*\]\. translator: read_only allows read, glob, grep, skill, web, workers, found write, edit, bash\.$/,
    ],
    [
      "a tool that there is not",
      files(change("[read, glob,", "[fly, glob,")),
      /`roles\[0\]\.tools\[0\]`: found "fly"\. .*"read"\|"glob"/,
    ],
    [
      "a permission that there is not",
      files(change("permissions: full", "permissions: root")),
      /`roles\[0\]\.permissions`: found "root"\. .*"read_only"\|"read_bash"\|"full"/,
    ],
    [
      "an output_schema that cannot be read",
      files(change("languages: array of string", "languages: list of string")),
      new RegExp(
        `^${ROLES}: \`roles\\[0\\]\\.output_schema\\.languages\`: cannot read the type "list of string"\\. Allowed: string, number, .* may be absent\\.$`,
      ),
    ],
    [
      "a type with a name that every object has",
      files(change("languages: array of string", "languages: constructor")),
      /`roles\[0\]\.output_schema\.languages`: cannot read the type "constructor"/,
    ],
    [
      "no output_schema",
      files(change(/ {4}output_schema:[\s\S]*$/, "")),
      /`roles\[0\]\.output_schema`: found nothing\. Invalid input: expected record/,
    ],
    [
      "a gate without a verdict",
      files(change("permissions: full", "permissions: full\n    gate: true")),
      /`roles\[0\]\.output_schema`: found .* a gate's answer has `verdict: approved \| changes_requested`\.$/,
    ],
    [
      "a head",
      files(change("permissions: full", "permissions: full\n    head: true")),
      /`roles\[0\]\.head`: found true\. Allowed: false; heads are built in\. Leave `head` out\.$/,
    ],
    [
      "an unknown key",
      files(change("permissions: full", "permissions: full\n    colour: red")),
      /unknown key `roles\[0\]\.colour`\. Allowed: name, model, tools, .*paths_denied\.$/,
    ],
    [
      "an unknown key of what it is shown",
      files(change("permissions: full", "permissions: full\n    context_rules: { retunrs: 5 }")),
      /unknown key `roles\[0\]\.context_rules\.retunrs`\. Did you mean `roles\[0\]\.context_rules\.returns`\?$/,
    ],
    [
      "hundreds of unknown keys, of which a few are named",
      files(Array.from({ length: 500 }, (_, n) => `k${n}: 1`).join("\n")),
      /: unknown key `k0`, .*, `k9` and 490 more\. Allowed: roles\.$/,
    ],
    ["an unknown key of the file", files("role: []\n"), /unknown key `role`\. Did you mean `roles`\?$/],
    [
      "a list for the file",
      files("- name: translator\n"),
      new RegExp(`^${ROLES}: found .*\\. Invalid input: expected object`),
    ],
    [
      "no prompt",
      files(TRANSLATOR, {}),
      new RegExp(
        `^${ROLES}: \`roles\\[0\\]\`: "translator" has no prompt\\. Add ${PROMPTS_PATH}/translator\\.md, `,
      ),
    ],
    ["no YAML", files("roles: [\n"), new RegExp(`^${ROLES}:\\d+ is not valid YAML: `)],
    [
      "a key that stands there twice",
      files("roles: []\nroles: []\n"),
      /roles\.yml:2 has the key `roles` twice/,
    ],
    [
      "a value that refers to another",
      files("roles: &a []\nmore: *a\n"),
      /roles\.yml:2 refers to another value with `\*a`\. Write the value out\./,
    ],
    [
      "a file that is nested without end",
      files("[".repeat(40_000)),
      /roles\.yml is nested more than 16 levels/,
    ],
    ["a file that is too large", files(`#${"x".repeat(64 * 1024)}`), /roles\.yml is larger than 64 KiB/],
    [
      "models.roles with a role that there is not",
      files(null, {}),
      new RegExp(
        `^\\.github/kin\\.yml: \`models\\.roles\\.tset\`: there is no role "tset"\\. ${KNOWN}\\. Correct`,
      ),
      { models: { roles: { tset: "opus" } } },
    ],
    [
      "a role that is near one",
      files(null, { reviwer: "Look." }),
      /reviwer\.md: there is no role "reviwer"\. Did you mean "reviewer"\? Name the file/,
    ],
    [
      "prompts with a role that there is not",
      files(null, {}),
      new RegExp(`^\\.github/kin\\.yml: \`prompts\\.tset\`: there is no role "tset"\\. ${KNOWN}\\. Correct`),
      { prompts: { tset: "replace" } },
    ],
    [
      "prompts with a role that has no file",
      files(null, {}),
      /^\.github\/kin\.yml: `prompts\.tester`: there is no \.github\/kin\/prompts\/tester\.md\. Add it, or take/,
      { prompts: { tester: "replace" } },
    ],
  ];
  test.each(refused.map(([what, ...rest]) => [what, rest] as const))(
    "%s",
    (_, [given, message, config = {}]) => {
      const error = refusalOf(() => own(given, config));
      expect(error.message).toMatch(message);
      expect(error.code).toBe("config_invalid");
      expect(error.hint).toBe(
        "Mend the file on the default branch; docs/roles.md describes roles and prompts.",
      );
    },
  );
});

const refusalOf = (read: () => unknown): KinError => {
  try {
    read();
  } catch (error) {
    if (error instanceof KinError) return error;
    throw error;
  }
  throw new Error("That was taken.");
};

/** One pipeline with the real roster, workbench and adapter, and the scripted server as model. */
const played = async (
  answers: Readonly<Record<string, readonly object[]>>,
  own_roles: ReturnType<typeof own>,
) => {
  const directory = mkdtempSync(join(tmpdir(), "kin-own-"));
  for (const [role, turns] of Object.entries(answers))
    writeFileSync(join(directory, `${role}.yaml`), stringify(turns));
  const fake = await startFakeModel({ answers: directory });
  const model = createLanguageModel({
    apiKey: "scripted",
    baseUrl: fake.url,
    clock: aClock(),
    random: () => 0.5,
    log: () => {},
  });
  try {
    const { pipeline } = await run({ journal: [opened({ own_roles })], model, roster });
    const asked = (role: string) => {
      const body = fake.requests().find(seen => seen.role === role)?.body as Body;
      return {
        role: body.system[2]?.text,
        first: body.messages[0]?.content[0]?.text,
        model: body.model,
      };
    };
    return { pipeline, asked };
  } finally {
    await fake.close();
    rmSync(directory, { recursive: true, force: true });
  }
};

interface Body {
  readonly model: string;
  readonly system: readonly { readonly text: string }[];
  readonly messages: readonly { readonly content: readonly { readonly text: string }[] }[];
}

const textsOf = (step: { readonly attempts: readonly unknown[] } | undefined): string =>
  JSON.stringify(step?.attempts).replaceAll("\\n", "\n");
