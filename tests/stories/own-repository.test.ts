// `kin start` with one's own repository and answers, as docs/embedded-world.md describes it.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";
import { COMPILED } from "../compiled.ts";
import { PROJECT } from "./site.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-own-"));
const at = (name: string) => join(temp, name);
const [repo, answers, data, issue] = [at("greeter"), at("answers"), at("world"), at("issue.md")];
afterAll(() => rmSync(temp, { recursive: true, force: true }));

const commit = (directory: string): void => {
  const git = (...args: string[]) => execFileSync("git", ["-C", directory, ...args]);
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=n", "-c", "user.email=n@example.com", "commit", "-qm", "First");
};
const START = [join(ROOT, "cli", "main.ts"), "start", "--port", "0", "--data", data];
const SLUG_TEST = `import assert from "node:assert";
import { test } from "node:test";
import { slug } from "./slug.js";
test("words", () => assert.equal(slug("Hello World"), "hello-world"));
`;

/** Interrupted once when something is printed; returns the exit code and all output. */
const start = async (args: readonly string[], when?: RegExp) => {
  const child = spawn(process.execPath, [...START, ...args], {
    env: { ...COMPILED, PATH: process.env.PATH, HOME: temp },
  });
  let said = "";
  const hear = (text: unknown) => {
    said += String(text);
    if (!child.killed && when?.test(said)) child.kill("SIGTERM");
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const code = await new Promise(resolve => child.once("close", resolve));
  return { code, said };
};

beforeAll(() => {
  mkdirSync(repo);
  for (const [name, text] of Object.entries(PROJECT).filter(([name]) => !name.startsWith(".")))
    writeFileSync(join(repo, name), text);
  writeFileSync(issue, "# The greeting is unfinished\n\nIt should say `Hello, world`.\n");
  cpSync(join(import.meta.dirname, "answers"), answers, { recursive: true });
  commit(repo);
});

test("what docs/embedded-world.md has one write is a first pipeline that passes", async () => {
  const page = readFileSync(join(ROOT, "docs", "embedded-world.md"), "utf8");
  const blocks = [...page.matchAll(/```yaml\n# (answers\/\S+)\n([\s\S]*?)```/g)];
  const [source = ""] = /export const slug[^\n]*\n/.exec(page) ?? [];
  const own = at("own");
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(own, name)), { recursive: true });
    writeFileSync(join(own, name), text);
  };
  for (const [, name = "", text = ""] of blocks) write(name, text);
  write("slug/slug.js", source);
  write("slug/package.json", '{ "type": "module" }\n');
  write("slug/slug.test.js", SLUG_TEST);
  commit(join(own, "slug"));
  const given = ["--repo", join(own, "slug"), "--answers", join(own, "answers")];
  const { code, said } = await start(["--once", "--data", join(own, "world"), "--issue", issue, ...given]);
  expect(said).toContain('+export const slug = title => title.toLowerCase().replace(/[^\\w ]/g, "")');
  expect(code, said).toBe(0);
});

test("--once needs an issue where the repository is one's own", async () => {
  const { code, said } = await start(["--once", "--repo", repo, "--data", at("none")]);
  expect([code, said.split("\n")[0]]).toEqual([1, "--once has no issue to wait for."]);
});

describe("a world that is left and gone on with", { shuffle: false }, () => {
  test("a repository of one's own runs with answers of one's own, and one that made no commit shows no diff", async () => {
    writeFileSync(join(answers, "debugger.yaml"), "- submit: { status: blocked, reason: I am not sure. }\n");
    const { code, said } = await start(["--once", "--repo", repo, "--issue", issue, "--answers", answers]);
    expect(said).toContain(`Model    scripted: ${answers}`);
    expect(said).toContain("I am not sure.");
    expect(said).not.toContain("fatal");
    expect(code, said).toBe(1);
  });

  test("a repository that is named again is opened as it stands there", async () => {
    for (const _ of ["first", "again"]) {
      const { code, said } = await start(["--repo", repo, "--answers", answers], /Sandbox/);
      expect(code, said).toBe(0);
    }
  });

  test("without an issue nothing is opened, and the script of the example is said to be another project's", async () => {
    const { code, said } = await start([], /Sandbox/);
    expect(said).toContain("/octocat/greeter\n");
    expect(said).not.toContain("house-costs");
    expect(said).toContain("with the script of another project");
    expect(code, said).toBe(0);
  });

  test("it ends when it is told to, also while a run waits for the model", async () => {
    writeFileSync(join(answers, "pm.yaml"), "- { stall: true }\n");
    const { code, said } = await start(["--issue", issue, "--answers", answers], /#2 .* setup/);
    expect(said).toMatch(
      /Ended before the task was\.\n\nEnded\. `npm start -- --data .*` goes on where this was left\./,
    );
    expect(code, said).toBe(1);
  });

  test("what runs wait for is told", async () => {
    writeFileSync(join(answers, "pm.yaml"), "- { cut_after_events: 1 }\n");
    const { said } = await start(["--issue", issue, "--answers", answers], /run: The model did not reply/);
    expect(said).toMatch(/run: The model did not reply \(.*\); retry 1 in \d+ s/);
  });
});
