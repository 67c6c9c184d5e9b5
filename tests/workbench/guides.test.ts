// Which files of a commit tell agents how to work on it: one for each directory, and those for globs; from git's store.
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGit } from "../../action/workbench/git.ts";
import { guidesIn } from "../../action/workbench/guides.ts";
import { findProgram } from "../../action/workbench/toolchain.ts";
import { listTree } from "../../action/workbench/tree.ts";
import { aRepository, type Files, HOST_PATH } from "./kit.ts";

const found = async (files: Files) => {
  const { path, base } = aRepository(files);
  const git = openGit({ dir: join(path, ".git"), program: findProgram("git", HOST_PATH) ?? "" });
  return guidesIn(git, await listTree(git, base));
};

/** `path for globs`, and why if it is left out. */
const told = async (files: Files): Promise<readonly string[]> =>
  (await found(files)).files.map(
    ({ path, globs, why }) =>
      `${path} for ${globs.join(" ") || "everything"}${why === null ? "" : `: ${why}`}`,
  );

const CASES: readonly (readonly [what: string, files: Files, told: readonly string[]])[] = [
  ["nothing", { "README.md": "# a\n" }, []],
  ["one at the root", { "AGENTS.md": "a" }, ["AGENTS.md for everything"]],
  [
    "nested ones, the root's first and the deepest last",
    { "a/b/AGENTS.md": "b", "z/AGENTS.md": "z", "AGENTS.md": "r" },
    ["AGENTS.md for everything", "z/AGENTS.md for z/**", "a/b/AGENTS.md for a/b/**"],
  ],
  [
    "CLAUDE.md in its place",
    { "CLAUDE.md": "c", "GEMINI.md": "g" },
    ["CLAUDE.md for everything", "GEMINI.md for everything: CLAUDE.md counts there"],
  ],
  ["GEMINI.md in its place", { "p/GEMINI.md": "g" }, ["p/GEMINI.md for p/**"]],
  [
    "one that only imports it",
    { "AGENTS.md": "a", "CLAUDE.md": "@AGENTS.md\n" },
    ["AGENTS.md for everything", "CLAUDE.md for everything: it only imports AGENTS.md"],
  ],
  [
    "one that only imports what is not there",
    { "CLAUDE.md": " @./AGENTS.md\n", "GEMINI.md": "g" },
    ["CLAUDE.md for everything: it only imports AGENTS.md", "GEMINI.md for everything"],
  ],
  [
    "one that imports, and says more",
    { "CLAUDE.md": "@AGENTS.md\nand this\n" },
    ["CLAUDE.md for everything"],
  ],
  [
    "Copilot's, last at the root",
    { ".github/copilot-instructions.md": "c" },
    [".github/copilot-instructions.md for everything"],
  ],
  [
    "Copilot's beside another",
    { "GEMINI.md": "g", ".github/copilot-instructions.md": "c" },
    ["GEMINI.md for everything", ".github/copilot-instructions.md for everything: GEMINI.md counts there"],
  ],
  [
    "links, which are not followed",
    {
      "AGENTS.md": { link: "/etc/passwd" },
      "CLAUDE.md": "c",
      "x/AGENTS.md": { link: "../CLAUDE.md" },
    },
    [
      "AGENTS.md for everything: it is a symbolic link, which is not followed",
      "CLAUDE.md for everything",
      "x/AGENTS.md for x/**: it is a symbolic link, which is not followed",
    ],
  ],
  ["what others wrote", { "node_modules/a/AGENTS.md": "a", "go/vendor/x/CLAUDE.md": "b" }, []],
  [
    "names that are only like it",
    { "MY-AGENTS.md": "a", "agents.md.txt": "b", "x.instructions.md": "c" },
    [],
  ],
  [
    "bytes that are no text",
    { "AGENTS.md": Buffer.from([0xff, 0xfe, 0]) },
    ["AGENTS.md for everything: it is no UTF-8"],
  ],
  [
    "one that is too large",
    { "AGENTS.md": "a".repeat(300_000) },
    ["AGENTS.md for everything: it is larger than 256 KiB"],
  ],
];

test.each(CASES)("%s", async (_, files, expected) => {
  expect(await told(files)).toEqual(expected);
});

const matter = (...lines: readonly string[]): string => `---\n${lines.join("\n")}\n---\nUse tabs.\n`;

test.each([
  ["one glob", matter('applyTo: "src/**/*.ts"'), "src/**/*.ts"],
  ["several, with commas", matter('applyTo: "**/*.ts, **/*.tsx"'), "**/*.ts **/*.tsx"],
  ["a comma in braces", matter("applyTo: '**/*.{ts,tsx},docs/**'"), "**/*.{ts,tsx} docs/**"],
  ["a glob without quotes, which is no YAML", matter("applyTo: **/*.py"), "**/*.py"],
  ["a list", matter("applyTo:", '  - "a/**"', '  - "b/**"'), "a/** b/**"],
  ["everything", matter('applyTo: "**"'), "everything"],
  ["everything, with more", matter('description: "all"', 'applyTo: "a/**,*"'), "everything"],
  ["what reviewers leave out", matter('applyTo: "a/**"', 'excludeAgent: "code-review"'), "a/**"],
  [
    "what agents that write leave out",
    matter('applyTo: "a/**"', 'excludeAgent: "coding-agent"'),
    "a/**: it excludes agents that write code",
  ],
  ["a map in a list of globs", matter("applyTo:", "  - {valueOf: 1}", "  - 'b/**'"), "b/**"],
  [
    "a list of agents",
    matter("applyTo: a/**", "excludeAgent: [x, cloud-agent]"),
    "a/**: it excludes agents that write code",
  ],
  ["a map where agents are named", matter("applyTo: a/**", "excludeAgent:", "  toString: {}"), "a/**"],
  ["a map for globs", matter("applyTo: {toString: []}"), "everything: it names no `applyTo`"],
  ["no glob", matter("description: x"), "everything: it names no `applyTo`"],
  ["no front matter", "Use tabs.\n", "everything: it names no `applyTo`"],
])(".github/instructions with %s", async (_, text, expected) => {
  const path = ".github/instructions/deep/style.instructions.md";
  expect(await told({ [path]: text })).toEqual([`${path} for ${expected}`]);
});

test("what is read is the text without its front matter, and 40 files at most", async () => {
  const path = ".github/instructions/style.instructions.md";
  const { files } = await found({ [path]: matter('applyTo: "a/**"') });
  expect(files[0]?.text).toBe("Use tabs.\n");
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`p${n}/AGENTS.md`, "a"]));
  const all = await found({ "AGENTS.md": "root", ...many });
  expect([all.files.length, all.files[0]?.path, all.more]).toEqual([40, "AGENTS.md", 11]);
});
