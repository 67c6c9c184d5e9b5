// `kin check` on a checkout, and shell completion.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { WORKFLOW_TEXT } from "../../local/world.ts";
import { kin } from "./kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-check-"));
afterAll(() => rmSync(temp, { recursive: true }));
execFileSync("git", ["init", "-q", temp]);
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(temp, path)), { recursive: true });
  writeFileSync(join(temp, path), text);
};
const check = async (...args: readonly string[]) => {
  const { code, out } = await kin(["check", "--repo", temp, "--json", ...args]);
  const { checks } = JSON.parse(out) as { checks: { name: string; state: string; detail: string }[] };
  return {
    code,
    bad: checks.filter(({ state }) => state === "failed").map(({ name, detail }) => `${name}: ${detail}`),
  };
};

test("what is wrong in the work tree is said before it is pushed", async () => {
  expect(await check()).toEqual({ code: 1, bad: ["workflow: .github/workflows/kin.yml is missing."] });
  write(".github/workflows/kin.yml", WORKFLOW_TEXT());
  expect(await check()).toEqual({ code: 0, bad: [] });
  write(".github/kin.yml", "limits: { pipeline_usd: lots }\n");
  write(".github/kin/prompts/tster.md", "Be quick.\n");
  write("answers/pm.yaml", "- sumbit: {}\n");
  const { code, bad } = await check("--answers", join(temp, "answers"));
  expect(code).toBe(1);
  expect(bad).toEqual([
    expect.stringMatching(/^config: .*`limits\.pipeline_usd` must be a number/),
    expect.stringMatching(/^roles: .*there is no role "tster"/),
    expect.stringMatching(/^answers: pm\.yaml: turn 1: found `sumbit`/),
  ]);
});

test("an MCP server that cannot work is said: a role that nobody knows, secrets that the workflow does not pass", async () => {
  rmSync(join(temp, ".github"), { recursive: true, force: true });
  const server = (role: string) =>
    `mcp: { docs: { command: x, env: { A: "secret:A_TOKEN" }, roles: [${role}] } }\n`;
  write(".github/workflows/kin.yml", WORKFLOW_TEXT());
  write(".github/kin.yml", server("tester"));
  expect(await check()).toEqual({ code: 0, bad: [] });
  write(".github/kin.yml", server("testr"));
  expect((await check()).bad).toEqual([
    expect.stringMatching(/^roles: .*`mcp\.docs\.roles`: there is no role "testr"/),
  ]);
  write(".github/kin.yml", server("tester"));
  write(".github/workflows/kin.yml", WORKFLOW_TEXT().replace(/^ *secrets: .*\n/m, ""));
  expect((await check()).bad).toEqual([
    "servers: MCP servers need A_TOKEN, and the workflow passes no `secrets`.",
  ]);
});

test("bash completes commands, and a command's options", async () => {
  const { out } = await kin(["completion", "bash"]);
  const completed = (...words: readonly string[]) =>
    execFileSync(
      "bash",
      [
        "-c",
        `${out}\nCOMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _kin; echo "\${COMPREPLY[*]}"`,
      ],
      { encoding: "utf8" },
    ).trim();
  expect(completed("kin", "ta")).toBe("tasks");
  expect(completed("kin", "logs", "--f")).toBe("--follow");
  expect((await kin(["completion", "tcsh"])).err).toBe(
    "There is no completion for tcsh.\nAllowed: bash, zsh, fish.\n",
  );
});
