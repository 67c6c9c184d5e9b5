// The help is exact: it lists each option that a command takes, and no others.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findProgram } from "../../action/workbench/toolchain.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { ROOT } from "../../local/world.ts";
import { COMPILED } from "../compiled.ts";
import { kin } from "./kin.ts";

/** A positional or an unknown option makes each command list what it allows, before it does anything. */
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

const SHELLS = {
  fish: findProgram("fish", process.env.PATH ?? ""),
  zsh: findProgram("zsh", process.env.PATH ?? ""),
};
for (const [shell, program] of Object.entries(SHELLS))
  if (program === null)
    console.warn(`tests/cli: no ${shell} here (apt-get install -y ${shell}): its completion is not tried.`);

test.skipIf(SHELLS.fish === null)("fish completes each command, and each command's options", async () => {
  const { out } = await kin(["completion", "fish"]);
  const asked = ["kin ", ...[...COMMANDS.keys()].map(name => `kin ${name} --`)];
  const script = `${out}\n${asked.map(line => `echo "? ${line}"; complete -C "${line}"`).join("\n")}`;
  const said = execFileSync(SHELLS.fish ?? "", ["--no-config", "-c", script], { encoding: "utf8" });
  const [commands = [], ...options] = said
    .split(/^\? .*\n/m)
    .slice(1)
    .map(text =>
      text
        .split("\n")
        .flatMap(line => line.split("\t")[0] || [])
        .sort(),
    );
  expect(commands).toEqual([...COMMANDS.keys(), "help"].sort());
  expect(options).toEqual(
    [...COMMANDS.values()].map(({ help }) =>
      [...[...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option), "--help"].sort(),
    ),
  );
});

test.skipIf(SHELLS.zsh === null)(
  "zsh completes as somebody types, also where its own completion was not asked for",
  async () => {
    const { out } = await kin(["completion", "zsh"]);
    const script = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; source =(print -r -- "$KIN_COMPLETION"); kin() { print -r -- "GOT:$*:" }; print READY'
zpty -r -m shell line '*READY*'
for typed in 'kin comp' 'kin plan --est' 'kin app cr'; do
  zpty -w -n shell "$typed"$'\\t'$'\\n'
  zpty -r -m shell line '*GOT:*:*' && print -r -- "$line"
done
zpty -d shell`;
    const said = execFileSync(SHELLS.zsh ?? "", ["-f", "-c", script], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: mkdtempSync(join(tmpdir(), "kin-zsh-")), KIN_COMPLETION: out },
      timeout: 60_000,
    });
    expect([...said.matchAll(/GOT:(.*?) ?:/g)].map(([, got]) => got)).toEqual([
      "completion",
      "plan --estimate",
      "app create",
    ]);
  },
);

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
