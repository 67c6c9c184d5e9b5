// The specialist's protocol from the label to the pull request: an envelope in, skills by language, a look at existing
// code, three attempts with failures fed back, then the project manager again, and tests by somebody else. In Python
// and in TypeScript.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Turn } from "../../local/model/answers.ts";
import type { Player } from "../../local/model/choose.ts";
import { attemptsOf, deedsOf, endOf, resultsOf } from "./journal.ts";
import { NOTHING, openSite, type Project, type Site, sleep } from "./site.ts";

/** A task in one language: what is there, what a specialist makes of it first, and what is right. */
interface Language {
  readonly config: string;
  readonly files: Readonly<Record<string, string>>;
  readonly gate: string;
  readonly code: string;
  readonly wrong: string;
  readonly right: string;
  readonly tests: readonly [path: string, text: string];
  /** Suggested by the project's language. */
  readonly skill: string;
  /** What it is shown to exist already. */
  readonly helper: string;
  /** Part of the red command's output. */
  readonly red: string;
}

const PYTHON: Language = {
  config: 'protocol: specialist\ngates: ["python3 -m unittest -q"]\n',
  gate: "python3 -m unittest -q",
  code: "bill/shares.py",
  files: {
    "bill/__init__.py": "",
    "bill/shares.py": "def shares(cents, people):\n    return [cents // people] * people\n",
    "bill/common.py": 'def text_of_cents(cents):\n    return f"{cents // 100}.{cents % 100:02}"\n',
    "tests/__init__.py": "",
    "tests/test_shares.py":
      "import unittest\n\nfrom bill.shares import shares\n\n\nclass Shares(unittest.TestCase):\n    def test_even(self):\n        self.assertEqual(shares(200, 2), [100, 100])\n",
  },
  wrong: "def shares(cents, people):\n    return [cents // people + 1] * people\n",
  right:
    "def shares(cents, people):\n    share, rest = divmod(cents, people)\n    return [share + (1 if at < rest else 0) for at in range(people)]\n",
  tests: [
    "tests/test_rest.py",
    "import unittest\n\nfrom bill.shares import shares\n\n\nclass Rest(unittest.TestCase):\n    def test_no_cent_is_lost(self):\n        self.assertEqual(shares(101, 2), [51, 50])\n",
  ],
  skill: "python-performance-optimization",
  helper: "- bill/common.py:1: def text_of_cents(cents):",
  red: "[101, 101] != [100, 100]",
};

/** Its build removes types, as far as this project has any. */
const BUILD = `import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
mkdirSync("dist", { recursive: true });
for (const name of ["shares", "common"])
  writeFileSync(\`dist/\${name}.mjs\`, readFileSync(\`src/\${name}.ts\`, "utf8").replace(/: (?:number|string)(?:\\[\\])?/g, ""));
`;

const TYPESCRIPT: Language = {
  config: "protocol: specialist\nsetup: []\n",
  gate: "npm test",
  code: "src/shares.ts",
  files: {
    "package.json":
      '{ "name": "bill", "type": "module", "scripts": { "test": "node build.mjs && node --test test/" } }\n',
    ".gitignore": "dist/\n",
    "build.mjs": BUILD,
    "src/shares.ts":
      "export const shares = (cents: number, people: number): number[] =>\n  Array(people).fill(Math.floor(cents / people));\n",
    "src/common.ts": "export const textOfCents = (cents: number): string => (cents / 100).toFixed(2);\n",
    "test/shares.test.mjs":
      'import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { shares } from "../dist/shares.mjs";\n\ntest("an even bill", () => assert.deepEqual(shares(200, 2), [100, 100]));\n',
  },
  wrong:
    "export const shares = (cents: number, people: number): number[] =>\n  Array(people).fill(Math.floor(cents / people) + 1);\n",
  right:
    "export const shares = (cents: number, people: number): number[] =>\n  Array.from({ length: people }, (_, at) => Math.floor(cents / people) + (at < cents % people ? 1 : 0));\n",
  tests: [
    "test/rest.test.mjs",
    'import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { shares } from "../dist/shares.mjs";\n\ntest("no cent is lost", () => assert.deepEqual(shares(101, 2), [51, 50]));\n',
  ],
  skill: "typescript-write",
  helper: "- src/common.ts:1: export const textOfCents = (cents: number): string =>",
  red: "an even bill",
};

const LANGUAGES: Readonly<Record<string, Language>> = { python: PYTHON, typescript: TYPESCRIPT };

const BODY =
  "`shares` loses cents.\n\n## Acceptance criteria\n\n- The shares add up to the bill, to the cent.\n";
const CHECK = (met: boolean, run?: number) => [
  { criterion: 1, met, evidence: "As the run shows.", ...(run === undefined ? {} : { run }) },
];

const planFor = (language: Language, again: boolean) => ({
  analysis: again ? "Each attempt rounded up for everybody." : "The rest of a division is dropped.",
  category: "FIX",
  route_type: "backend_protocol",
  pipeline: [
    {
      role: "backend_specialist",
      brief: again
        ? `Hand the rest out cent by cent in ${language.code}.`
        : `Mend shares in ${language.code}, so that no cents of the bill are lost.`,
    },
    { role: "test_automator", brief: "Test that no cent is lost.", depends_on: "backend_specialist" },
    { role: "reviewer", brief: "Judge the change and its tests.", depends_on: "test_automator" },
  ],
});

const writes = (path: string, content: string) => ({ write: { file_path: path, content } });

/** The first three attempts leave the suite red and claim that it works; after replanning the work is right. */
const player: Player = (request, { role, step, task }): Turn => {
  const language = Object.entries(LANGUAGES).find(([name]) => task?.includes(`/${name}#`))?.[1] ?? PYTHON;
  const { gate, code, wrong, right, tests, skill } = language;
  const turn = request.messages.filter(message => message.role === "assistant").length;
  const isSecond = (step ?? 0) > 2;
  switch (role) {
    case "pm":
      return { submit: planFor(language, step !== 0) };
    case "backend_specialist":
      return turn === 0
        ? {
            tools: [
              { skill: { name: skill } },
              writes(code, isSecond ? right : wrong),
              writes(tests[0], "# Not mine.\n"),
            ],
          }
        : {
            submit: {
              status: "done",
              files_changed: [code],
              errors: [],
              next_action: "Test a bill with a rest.",
              criteria_check: CHECK(false),
            },
          };
    case "test_automator":
      return turn === 0
        ? { tools: [writes(...tests), writes(code, "not mine either"), { bash: { command: "true" } }] }
        : turn === 1
          ? { tools: [{ bash: { command: gate } }] }
          : {
              submit: {
                status: "done",
                files_changed: [tests[0]],
                errors: [],
                next_action: "Look at a bill of nobody.",
                criteria_check: CHECK(true, 2),
                proof: {
                  what_was_done: "A bill with a rest has a test.",
                  how_verified: [2],
                  verification_result: "The suite exits 0 (run 2).",
                },
              },
            };
    case "reviewer":
      return {
        submit: {
          verdict: "approved",
          reason: "The rest is handed out, and a test holds it.",
          findings: [],
          criteria_check: CHECK(true),
          conventions_violated: [],
        },
      };
    default:
      return { submit: { status: "done", decisions: [], created: [], pending_actions: [] } };
  }
};

/** Half of the way, because ten conversations take longer than one wait. */
const replanned = async (project: Project, issue: number): Promise<void> => {
  for (let tries = 0; tries < 600; tries++) {
    const found = await project.journal(issue).catch(() => []);
    if (found.filter(({ kind }) => kind === "planned").length === 2) return;
    await sleep(200);
  }
};

const SKILLS = join(import.meta.dirname, "..", "..", "prompts", "skills");

let site: Site;
beforeAll(async () => {
  site = await openSite({ answers: player });
});
afterAll(() => site.close());

describe.each(Object.entries(LANGUAGES))("a task by the protocol in %s", (name, language) => {
  test("is one pull request, after three attempts and another plan", async () => {
    const { config, files, code, tests, helper, red, gate, skill } = language;
    const kin = `execution_mode: review\nlearn: off\n${config}`;
    const project = await site.project({ name, files: { ...files, ".github/kin.yml": kin } });
    const issue = await project.open({ title: "Cents of a bill are lost", body: BODY });
    await project.label(issue);
    await replanned(project, issue);
    await project.ended(issue, 1, "review");
    const journal = await project.journal(issue);
    expect(deedsOf(journal)).toEqual([
      ...["opened", "claimed", "set_up", "base_checked", "pm done", "planned"],
      ...["backend_specialist failed", "backend_specialist failed", "backend_specialist failed"],
      ...["added replan: pm", "pm done", "planned"],
      ...["backend_specialist done", "test_automator done", "reviewer done", "passed"],
    ]);

    const [first, second, third, last] = attemptsOf(journal, "backend_specialist").map(one => one.first);
    const envelope = /## The task envelope\n\n<<<data \w+\n([\s\S]*?)\n\w+ data>>>/.exec(first ?? "")?.[1];
    expect(JSON.parse(envelope ?? "null")).toEqual({
      task_id: `octocat/${name}#${issue}`,
      main_task: `Mend shares in ${code}, so that no cents of the bill are lost.`,
      extras: [],
      files_involved: [code],
      requirements: ["1. The shares add up to the bill, to the cent."],
    });
    expect(first).toContain("## What is already there, by the words of the task");
    expect(first).toContain(helper);
    expect(first).toContain(`- ${skill}: `);
    expect(first).not.toContain("Why the attempt before this one did not count");
    for (const told of [second, third]) {
      expect(told).toContain(`The project's gate \`${gate}\` exited 1`);
      expect(told).toContain(red);
    }
    expect(last).not.toContain("Why the attempt before this one did not count");

    const again = attemptsOf(journal, "pm").at(-1)?.first ?? "";
    expect(again.match(/Attempt \d did not count: The project's gate/g)).toHaveLength(3);
    expect(again).toContain("## The plan that is given up");

    const said = resultsOf(journal);
    expect(said).toContain(
      readFileSync(join(SKILLS, skill, "SKILL.md"), "utf8")
        .trim()
        .slice(-200),
    );
    expect(said).toMatch(/your role may not change/);
    expect(said).toMatch(/your role may only change/);
    expect(await project.changed(issue)).toEqual([code, tests[0]].toSorted());
    expect(endOf(journal).reason).toContain("The rest is handed out");
    const [status] = await project.comments(issue);
    expect(status).toContain("planned anew below");
    const { data: pulls } = await project.owner.rest.pulls.list({ ...project.at, state: "all" });
    expect(pulls).toHaveLength(1);
    expect(pulls[0]?.body).toContain("Test a bill with a rest.");
    expect(await project.again()).toEqual(NOTHING);
  }, 300_000);
});
