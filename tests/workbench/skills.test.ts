// The skills of a repository, and its languages: from a commit's tree.
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGit } from "../../action/workbench/git.ts";
import { detectLanguages } from "../../action/workbench/languages.ts";
import { skillsIn, textIn } from "../../action/workbench/skills.ts";
import { findProgram } from "../../action/workbench/toolchain.ts";
import { listTree } from "../../action/workbench/tree.ts";
import { aRepository, type Files, HOST_PATH } from "./kit.ts";

const stand = async (files: Files) => {
  const { path, base } = aRepository(files);
  const git = openGit({ dir: join(path, ".git"), program: findProgram("git", HOST_PATH) ?? "" });
  return { git, entries: await listTree(git, base) };
};
const skill = (name: string, description = `How to ${name}.`): string =>
  `---\nname: ${name}\ndescription: ${description}\n---\n# ${name}\n`;

test("those of .github/kin/skills go before those of .claude/skills; each has the files of its own folder", async () => {
  const { git, entries } = await stand({
    ".github/kin/skills/ship/SKILL.md": skill("ship", "Ships: when a release is due."),
    ".github/kin/skills/ship/references/steps.md": "1. Tag.\n",
    ".github/kin/skills/ship/secret.md": { link: "/etc/passwd" },
    ".github/kin/skills/ship/sub/SKILL.md": skill("sub"),
    ".claude/skills/ship/SKILL.md": skill("ship", "Another."),
    ".claude/skills/test-it/SKILL.md": skill("test-it", "|-\n  Two\n  lines."),
    "docs/skills/no/SKILL.md": skill("no"),
  });
  expect(await skillsIn(git, entries)).toEqual({
    own: [
      {
        name: "ship",
        description: "Ships: when a release is due.",
        folder: ".github/kin/skills/ship",
        files: ["references/steps.md", "sub/SKILL.md"],
      },
      { name: "test-it", description: "Two lines.", folder: ".claude/skills/test-it", files: [] },
    ],
    left_out: [".claude/skills/ship: there is another skill of the name ship"],
  });
  expect(await textIn(git, entries, ".github/kin/skills/ship/references/steps.md")).toBe("1. Tag.\n");
  for (const path of [".github/kin/skills/ship/secret.md", "../etc/passwd", ".github", "nowhere"])
    expect(await textIn(git, entries, path)).toBeNull();
});

test("what is no skill is left out, and why is said", async () => {
  const { git, entries } = await stand({
    ".claude/skills/a/SKILL.md": "# No front matter\n",
    ".claude/skills/b/SKILL.md": skill("Not a name"),
    ".claude/skills/c/SKILL.md": { link: "../a/SKILL.md" },
    ".claude/skills/d/SKILL.md": Buffer.from([0xff, 0xfe]),
    ".claude/skills/e/README.md": "# e\n",
    ".claude/skills/f/SKILL.md": skill("f", "[one, two]"),
    ".claude/skills/g/SKILL.md": skill("g", "\n  toString: x\n  valueOf: y"),
    ".claude/skills/h/SKILL.md": skill("{toString: null}", "\n  - {}"),
  });
  const { own, left_out } = await skillsIn(git, entries);
  expect(own).toEqual([]);
  expect(left_out).toEqual([
    ".claude/skills/a: its front matter has no `description`",
    ".claude/skills/b: its name is none: lower-case letters, digits, hyphens",
    ".claude/skills/c: its SKILL.md is no file of text of up to 128 KiB",
    ".claude/skills/d: its SKILL.md is no file of text of up to 128 KiB",
    ".claude/skills/f: its front matter has no `description`",
    ".claude/skills/g: its front matter has no `description`",
    ".claude/skills/h: its front matter has no `description`",
  ]);
});

test("a skill whose name is no text has that of its folder, and a number is a text", async () => {
  const { git, entries } = await stand({
    ".claude/skills/ship/SKILL.md": skill("\n  toString: x", "Ships."),
    ".claude/skills/other/SKILL.md": skill("2024", "7"),
  });
  const { own, left_out } = await skillsIn(git, entries);
  expect(own.map(({ name, description }) => `${name}: ${description}`)).toEqual(["2024: 7", "ship: Ships."]);
  expect(left_out).toEqual([]);
});

test.each<readonly [what: string, files: Readonly<Record<string, string>>, languages: readonly string[]]>([
  ["nothing", { "README.md": "" }, []],
  ["Python", { "src/a.py": "" }, ["python"]],
  ["Django", { "manage.py": "", "requirements.txt": "Django==5.1\n" }, ["python", "django", "api"]],
  ["a name that only begins so", { "requirements.txt": "django-environ==1\n" }, ["python"]],
  ["TypeScript", { "package.json": "{}", "src/a.ts": "" }, ["typescript"]],
  [
    "Node with a server and PostgreSQL",
    { "package.json": '{"dependencies":{"fastify":"5","pg":"8"}}', "a.mjs": "" },
    ["typescript", "postgresql", "api"],
  ],
  ["Go with gin", { "go.mod": "module a\nrequire github.com/gin-gonic/gin v1.10.0\n" }, ["go", "api"]],
  ["Rust", { "Cargo.toml": '[dependencies]\ntokio-postgres = "0.7"\n' }, ["rust", "postgresql"]],
  ["C#", { "App/App.csproj": "" }, ["csharp"]],
  [
    "retrieval",
    { "pyproject.toml": 'dependencies = ["langchain-openai>=0.2", "pgvector"]' },
    ["python", "postgresql", "rag"],
  ],
  ["what others wrote", { "vendor/a.go": "", "node_modules/b/c.js": "", ".github/scripts/d.py": "" }, []],
])("%s is seen by extensions and manifests", (_, files, languages) => {
  expect(detectLanguages(Object.keys(files), path => files[path] ?? null)).toEqual(languages);
});
