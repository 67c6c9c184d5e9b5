// `kin doctor` in a checkout: what a run would read from its last commit.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Check } from "../../cli/doctor/check.ts";
import { checkCheckout } from "../../cli/doctor/checkout.ts";
import { COMPILED } from "../compiled.ts";

const MAIN = join(import.meta.dirname, "..", "..", "cli", "main.ts");
const temp = mkdtempSync(join(tmpdir(), "kin-checkout-"));
afterAll(() => rmSync(temp, { recursive: true }));

const git = (...args: readonly string[]): void =>
  void execFileSync("git", ["-C", temp, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args]);
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(temp, path)), { recursive: true });
  writeFileSync(join(temp, path), text);
};
const doctor = (cwd: string, name: string): string | undefined => {
  const env = { ...COMPILED, PATH: process.env.PATH, HOME: "/nonexistent" };
  const { stdout } = spawnSync(process.execPath, [MAIN, "doctor", "--json"], { cwd, env, encoding: "utf8" });
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
  return checks.find(check => check.name === name)?.detail;
};

test("modules and skills are listed, and a skill that is none with the reason", {
  timeout: 60_000,
}, async () => {
  write("package.json", '{"workspaces":["packages/*"]}');
  write("packages/web/package.json", "{}");
  write(".claude/skills/ship/SKILL.md", "---\nname: ship\ndescription: Ships.\n---\n");
  write(".claude/skills/bad/SKILL.md", "# bad\n");
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "a");
  const checks = await checkCheckout(temp, process.env);
  const detail = (name: string) => checks.find(check => check.name === name)?.detail;
  expect(detail("modules")).toBe("parts of the workspace: packages/web");
  expect(detail("skills")).toMatch(
    /^of its own: ship\nof Kin's, for what it is written in: .*typescript-write.*\n\.claude\/skills\/bad: its front matter/,
  );
  rmSync(join(temp, ".git"), { recursive: true });
  for (const name of ["package.json", "packages", ".claude"]) rmSync(join(temp, name), { recursive: true });
});

test("guides are listed with their sizes, and what is cut or left out with the reason", {
  timeout: 120_000,
}, async () => {
  expect(await checkCheckout(temp, process.env)).toEqual([]);
  git("init", "-q");
  expect(await checkCheckout(temp, process.env)).toEqual([]);
  write("README.md", "# a\n");
  git("add", ".");
  git("commit", "-qm", "a");
  expect((await checkCheckout(temp, process.env))[0]?.detail).toMatch(/^HEAD \([0-9a-f]{7}\) has none/);
  write("AGENTS.md", "a".repeat(20_000));
  write("api/CLAUDE.md", "Use spaces.\n");
  symlinkSync("../AGENTS.md", join(temp, "api/AGENTS.md"));
  write("late/AGENTS.md", "never committed");
  git("add", "AGENTS.md", "api");
  git("commit", "-qm", "b");
  const [heading, ...lines] = doctor(temp, "guides")?.split("\n") ?? [];
  expect(heading).toMatch(/^what roles are told of HEAD \([0-9a-f]{7}\)/);
  expect(lines).toEqual([
    "AGENTS.md, 20.0 KB, for everything: cut: of a guide 16000 characters are shown",
    "api/AGENTS.md, 0.0 KB, for api/**: left out: it is a symbolic link, which is not followed",
    "api/CLAUDE.md, 0.0 KB, for api/**: whole",
  ]);
});
