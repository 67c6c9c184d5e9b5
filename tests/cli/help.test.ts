// The help is exact: each option that a command takes stands in its help, and the other way round.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMANDS } from "../../cli/commands.ts";
import { ROOT } from "../../local/world.ts";
import { COMPILED } from "../compiled.ts";
import { kin } from "./kin.ts";

/** A positional or an unknown option makes each command say what it allows, before it does anything. */
const allowed = async (name: string): Promise<readonly string[]> => {
  const { err, code } = await kin([...(name === "app" ? ["app", "create"] : [name]), "--nonsense"]);
  expect(code, err).toBe(1);
  expect(err).toContain("Unknown option '--nonsense'.");
  return [...(/Allowed: (.*)\. `--help`/.exec(err)?.[1] ?? "").matchAll(/--[a-z-]+/g)].map(String).sort();
};

test.each([...COMMANDS])(
  "`kin %s --help` names exactly the options that it takes",
  async (name, { help }) => {
    const [usage = "", ...rest] = help.split("\n");
    const described = rest.flatMap(line => /^ {2}(--[a-z-]+)/.exec(line)?.[1] ?? []).sort();
    const used = [...usage.matchAll(/--[a-z-]+/g)].map(String).sort();
    expect(usage).toMatch(new RegExp(`^kin ${name}\\b`));
    // --url and --secret of `deliver` share a bracket.
    expect(used).toEqual(described);
    expect(await allowed(name)).toEqual(described);
  },
);

test("bash completes each command, and each command's options", async () => {
  const { out } = await kin(["completion", "bash"]);
  const completed = (words: readonly string[]): readonly string[] => {
    const line = `COMP_WORDS=(kin ${words.join(" ")} "${words.length === 0 ? "" : "--"}")`;
    const script = `${out}\n${line}; COMP_CWORD=${words.length + 1}; _kin; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split("\n");
  };
  expect(completed([])).toEqual([...COMMANDS.keys(), "help"]);
  for (const [name, { help }] of COMMANDS) {
    const options = [...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
    expect([...completed([name])].sort()).toEqual([...options, "--help"].sort());
  }
});

test("`kin` and `kin --help` list every command, and fit a terminal", async () => {
  const [plain, asked] = await Promise.all([kin([]), kin(["--help"])]);
  expect(plain).toEqual(asked);
  for (const [name, { summary }] of COMMANDS)
    expect(plain.out).toContain(`kin ${name.padEnd(10)} ${summary}`);
  const lines = [plain.out, ...[...COMMANDS.values()].map(({ help }) => help)].join("\n").split("\n");
  expect(lines.filter(line => line.length > 120)).toEqual([]);
});

test("a command that is none is told which there are", async () => {
  const { code, out, err } = await kin(["strat"]);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain('There is no command "strat". Did you mean `kin start`?\n');
  expect(err).toContain(`Allowed: ${[...COMMANDS.keys()].join(", ")}.`);
});

test("an argument too many is named", async () => {
  const { code, err } = await kin(["sql", "select 1", "select 2"]);
  expect(code).toBe(1);
  expect(err).toBe(
    '"select 2" is one argument too many.\nAllowed: STATEMENT, --data …, --json. `--help` tells more.\n',
  );
});

test("`kin --version` is the package's", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect((await kin(["--version"])).out).toBe(`${version}\n`);
});

test("whoever reads its output may stop reading: it ends without a word", async () => {
  const child = spawn(process.execPath, [join(ROOT, "cli", "main.ts"), "completion", "bash"], {
    env: { ...COMPILED, PATH: process.env.PATH, HOME: "/nonexistent" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", data => (err += String(data)));
  const code = await new Promise(resolve => child.once("close", resolve));
  expect([code, err]).toEqual([0, ""]);
});

test.skipIf(!existsSync("/dev/full"))("a disk that is full under its output is said in a line", async () => {
  const main = join(ROOT, "cli", "main.ts");
  const run = (redirected: string) =>
    spawnSync("bash", ["-c", `"$0" "$1" help ${redirected}`, process.execPath, main], { encoding: "utf8" });
  expect(run(">/dev/full")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^The output cannot be written: ENOSPC[^\n]*\.\n$/),
  });
  expect(run(">/dev/full 2>/dev/full")).toMatchObject({ status: 1, stderr: "" });
});
