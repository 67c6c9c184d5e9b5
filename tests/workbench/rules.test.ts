import { describe, expect, test } from "vitest";
import { cleanOutput } from "../../action/workbench/output.ts";
import {
  collisions,
  MAX_FILE_BYTES,
  MAX_PATCH_BYTES,
  MAX_PATCH_NAMES,
  overLimit,
  sizeProblem,
} from "../../core/model/patch/patch-rules.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";
import { secretProblem } from "../../core/model/patch/secrets.ts";
import type { Scope } from "../../core/model/role.ts";
import { cutMiddle } from "../../core/model/tail.ts";
import { FULL } from "./kit.ts";

const rules = (scope: Partial<Scope> = {}, globs: readonly string[] = []) => ({
  scope: { ...FULL, ...scope },
  protected: globs,
});

describe("paths that every role may change", () => {
  test.each([
    "src/a.ts",
    "README.md",
    ".gitignore",
    "docs/.gitkeep",
    ".env.example",
    "src/github/client.ts",
    "packages/x/.github-notes.md",
    "git/readme.md",
    "agents/list.md",
    "src/claude.md.ts",
    "名前/ファイル.txt",
    "emoji 👩‍💻.md",
    "with space.txt",
  ])("%s", path => {
    expect(pathProblem(path, rules())).toBeNull();
  });
});

describe("paths that no role may change", () => {
  test.each([
    ".git/config",
    ".git",
    "sub/.git/hooks/pre-commit",
    ".GIT/config",
    ".Git",
    "git~1/config",
    "GIT~2",
    ".g\u200cit/config",
    "\ufeff.git/x",
    ".git./x",
    ".git /x",
    ".git::$INDEX_ALLOCATION/x",
    "．ｇｉｔ/config",
    ".github/workflows/ci.yml",
    ".github",
    ".GitHub/workflows/ci.yml",
    ".git\u00adhub/x",
    ".gitmodules",
    "a/.GITMODULES",
    ".gitattributes",
    "deep/down/.gitattributes",
    ".git\u200battributes",
    ".GITIGNORE",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    "docs/codeowners",
    ".npmrc",
    "packages/a/.npmrc",
    "CLAUDE.md",
    "a/claude.md",
    "AGENTS.md",
    ".mcp.json",
  ])("%j is protected", path => {
    expect(pathProblem(path, rules())).not.toBeNull();
  });

  test.each([
    "a\nb",
    "a\tb",
    "a\u0085b",
    "a\u202eb.txt",
    "\u2066x",
    "a\\b",
    "-rf",
    `${"x".repeat(256)}`,
    `${"d/".repeat(600)}f`,
    "../outside",
    "a/../../b",
    "/etc/passwd",
    "a//b",
    "./a",
    "",
  ])("the name %j is refused", path => {
    expect(pathProblem(path, rules())).not.toBeNull();
  });

  test("the config's globs protect too, in any letter case", () => {
    expect(pathProblem("infra/main.tf", rules({}, ["infra/"]))).toMatch(/protected/);
    expect(pathProblem("INFRA/main.tf", rules({}, ["infra/"]))).toMatch(/protected/);
    expect(pathProblem("infra/MAIN.tf", rules({}, ["Infra/*.tf"]))).toMatch(/protected/);
    expect(pathProblem("infra/a1", rules({}, ["infra/[!A-Z]1"]))).toMatch(/protected/);
    expect(pathProblem("app/main.tf", rules({}, ["infra/"]))).toBeNull();
  });
});

describe("X47: a scope", () => {
  test("allows what its paths match and nothing else", () => {
    const scope = rules({ paths: ["tests/**", "*.test.ts"] });
    expect(pathProblem("tests/a.ts", scope)).toBeNull();
    expect(pathProblem("src/a.test.ts", scope)).toBeNull();
    expect(pathProblem("src/a.ts", scope)).toMatch(/may only change tests/);
  });

  test("refuses what is denied, even inside its paths", () => {
    const scope = rules({ paths: ["src/**"], paths_denied: ["src/db/**"] });
    expect(pathProblem("src/db/schema.sql", scope)).toMatch(/may not change/);
  });

  test("never allows what is protected", () => {
    expect(pathProblem(".github/x", rules({ paths: ["**"] }))).toMatch(/protected/);
  });
});

describe("sizes", () => {
  test("a file at the limit passes and one byte more does not", () => {
    expect(sizeProblem(MAX_FILE_BYTES)).toBeNull();
    expect(sizeProblem(MAX_FILE_BYTES + 1)).toContain(String(MAX_FILE_BYTES + 1));
  });

  test("of too much, the largest are refused, with numbers", () => {
    const changes = [
      { path: "a", bytes: 400_000 },
      { path: "b", bytes: 500_000 },
      { path: "c", bytes: 300_000 },
    ];
    const refused = overLimit(changes, { files: 0, bytes: 0, characters: 0 });
    expect([...refused.keys()]).toEqual(["b"]);
    expect(refused.get("b")).toContain("1200000");
  });

  test("what the patch held before counts", () => {
    const refused = overLimit([{ path: "a", bytes: 10 }], {
      files: 1,
      bytes: MAX_PATCH_BYTES,
      characters: 0,
    });
    expect([...refused.keys()]).toEqual(["a"]);
  });

  test("of too many files some are refused, deletions last", () => {
    const changes = [...Array(100).keys()].map(index => ({ path: `f${index}`, bytes: 0 }));
    expect(overLimit(changes, { files: 0, bytes: 0, characters: 0 }).size).toBe(0);
    const refused = overLimit([...changes, { path: "big", bytes: 1 }], { files: 0, bytes: 0, characters: 0 });
    expect([...refused.keys()]).toEqual(["big"]);
  });

  test("of paths that are too long together, some are refused", () => {
    const path = "a".repeat(200);
    const changes = [
      { path, bytes: 0 },
      { path: "b", bytes: 0 },
    ];
    const refused = overLimit(changes, { files: 0, bytes: 0, characters: MAX_PATCH_NAMES - 200 });
    expect([...refused.keys()]).toEqual(["b"]);
    expect(refused.get("b")).toContain("20001 characters");
  });
});

describe("names that collide", () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ["letter case", ["README.MD"], ["README.md", "README.MD"]],
    ["a directory's letter case", ["SRC/b.ts"], ["src/a.ts", "SRC/b.ts"]],
    ["a file in one of two such directories", ["docs/A"], ["Docs/x", "docs/a", "docs/A"]],
    ["a file of the other one's", ["docs/x"], ["Docs/x", "docs/a", "docs/x"]],
    ["a third spelling", ["DOCS/x"], ["Docs/a", "docs/a", "DOCS/x"]],
    ["Unicode form", ["caf\u00e9"], ["cafe\u0301", "caf\u00e9"]],
  ])("%s", (_, added, all) => {
    expect([...collisions(added, all).keys()]).toEqual(added);
  });

  test("plain additions do not collide, and old collisions are not ours", () => {
    expect(collisions(["b"], ["a", "A", "b"]).size).toBe(0);
    expect(collisions([], ["a", "A"]).size).toBe(0);
    expect(collisions(["docs/c"], ["Docs/a", "docs/b", "docs/c"]).size).toBe(0);
    expect(collisions(["src/x/new"], ["SRC/a", "src/b", "src/x/new"]).size).toBe(0);
  });
});

describe("secrets", () => {
  const token = `ghp_${"a1B2".repeat(9)}`;
  const key = `-----BEGIN RSA PRIVATE KEY-----\n${"MIIEpAIBAAKCAQEA".repeat(4)}\n`;
  test.each([
    ["an AWS key", `id = "AKIA${"Q2W3E4R5T6Y7U8I9".slice(0, 16)}"`],
    ["a GitHub token", token],
    ["an installation's token", token.replace("ghp_", "ghs_")],
    ["a fine-grained token", `github_pat_${"A1".repeat(20)}`],
    ["an Anthropic key", `sk-ant-api03-${"x".repeat(30)}`],
    ["a private key", key],
    ["a private key in a string", key.replaceAll("\n", "\\n")],
  ])("%s is refused without being repeated", (_, content) => {
    const why = secretProblem(`before\n${content}\nafter`, "");
    expect(why).not.toBeNull();
    expect(why).not.toContain(content.slice(0, 20));
  });

  test.each([
    ["a placeholder", "AKIAIOSFODNN7EXAMPLE ghp_yourtokenhere sk-ant-..."],
    ["code that looks for keys", 'if (text.includes("-----BEGIN PRIVATE KEY-----")) refuse();'],
    ["ordinary code", "const a = 1;"],
  ])("%s passes", (_, content) => {
    expect(secretProblem(content, "")).toBeNull();
  });

  test("one that the file held already passes", () => {
    expect(secretProblem(`x ${token}`, token)).toBeNull();
  });
});

describe("output", () => {
  test.each([
    ["colours", "\u001b[31mred\u001b[0m", "red"],
    ["a title", "\u001b]0;title\u0007text", "text"],
    ["a link", "\u001b]8;;https://x\u001b\\text\u001b]8;;\u001b\\", "text"],
    ["a CSI of one character", "\u009b31mred", "red"],
    ["progress", "10%\r50%\r100%\ndone", "100%\ndone"],
    ["Windows line ends", "a\r\nb\r\n", "a\nb\n"],
    ["backspaces, bells and NUL", "a\u0000\u0008\u0007b", "ab"],
    ["tabs stay", "a\tb", "a\tb"],
    ["half a pair", "a\ud800", "a\ufffd"],
  ])("%s", (_, raw, clean) => {
    expect(cleanOutput(raw)).toBe(clean);
  });

  test("what is too long keeps its beginning and its end", () => {
    const cut = cutMiddle(`start${"x".repeat(1000)}end`, 100);
    expect(cut).toMatch(/^start/);
    expect(cut).toMatch(/end$/);
    expect(cut).toContain("[908 characters left out]");
  });
});
