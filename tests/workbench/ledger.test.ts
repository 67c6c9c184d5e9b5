// The ledger, and the harness's own git: what a record and a setup leave, and what git is told and reads.
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGit, openGit } from "../../action/workbench/git.ts";
import { aWorkbench, closeAll, pathsOf, type Stand, temporary, toolProcess } from "./kit.ts";
import { anOpen, aSpecial, runOn } from "./machine.ts";

let stand: Stand;

beforeAll(async () => {
  process.env.KIN_CANARY = "canary-of-the-host";
  stand = await aWorkbench({ "a.txt": "a\n", ".github/x": "x\n" });
});
afterAll(closeAll);

/** The services with `patch` applied to every line first: the body of a function of `line`. */
const patched = async (patch: string): Promise<string> => {
  const file = join(anOpen(), "services.mjs");
  const first = `const __write = process.stdout.write.bind(process.stdout);
process.stdout.write = given => __write((line => { ${patch} })(String(given)));\n`;
  writeFileSync(file, first + readFileSync(await toolProcess(), "utf8"));
  return file;
};

describe("a ledger that", () => {
  test("tells of other changes than those that make its tree is not believed", async () => {
    const services = await patched(`return line.replace('"content":"new', '"content":"forged');`);
    await using other = await aSpecial({ "a.txt": "a\n" }, { toolProcess: services });
    const on = await other.open();
    await runOn(on, "echo new > new.txt");
    await expect(on.record()).rejects.toMatchObject({ code: "record_failed" });
  });

  test("tells of a change that its role may not make is not believed", async () => {
    const file = await patched("return line;");
    const sources = readFileSync(file, "utf8");
    const rules = /(?<=pathProblem = \(path[^=]*\) => )/;
    expect(sources).toMatch(rules);
    writeFileSync(file, sources.replace(rules, "true ? null : "));
    await using other = await aSpecial({ "a.txt": "a\n" }, { toolProcess: file });
    const on = await other.open();
    await runOn(on, "echo new > CODEOWNERS");
    await expect(on.record()).rejects.toMatchObject({
      code: "record_failed",
      message: expect.stringContaining("what it may not"),
    });
  });

  test("is not believed once loses no change of the next record", async () => {
    const services = await patched(
      `if (!line.includes('"changes"') || require("fs").existsSync("/tmp/lied")) return line; require("fs").writeFileSync("/tmp/lied", ""); return line.replace('"content":"new', '"content":"forged');`,
    );
    await using other = await aSpecial({ "a.txt": "a\n" }, { toolProcess: services });
    const on = await other.open();
    await runOn(on, "echo new > new.txt");
    await expect(on.record()).rejects.toMatchObject({ code: "record_failed" });
    expect((await on.record()).changes).toMatchObject([{ path: "new.txt", content: "new\n" }]);
  });

  test("says itself that its failure may pass is believed", async () => {
    const file = await patched("return line;");
    const sources = readFileSync(file, "utf8");
    const rounds = /(?<=ROUNDS = )\d+/;
    expect(sources).toMatch(rounds);
    writeFileSync(file, sources.replace(rounds, "0"));
    await using other = await aSpecial({ "a.txt": "a\n" }, { toolProcess: file });
    await expect((await other.open()).record()).rejects.toMatchObject({
      message: expect.stringContaining("changes while it is being recorded"),
      retryable: true,
    });
  });

  test("dies between its work and its answer loses no change", async () => {
    const services = await patched(
      `if (!line.includes('"changes"') || require("fs").existsSync("/tmp/died")) return line; require("fs").writeFileSync("/tmp/died", ""); process.kill(process.pid, "SIGKILL");`,
    );
    await using other = await aSpecial({ "a.txt": "a\n" }, { toolProcess: services });
    const on = await other.open();
    await runOn(on, "echo new > new.txt; echo b > a.txt");
    await expect(on.record()).rejects.toMatchObject({ code: "service_lost", retryable: true });
    expect(pathsOf(await on.record())).toEqual(["a.txt", "new.txt"]);
  });
});

describe("a record", () => {
  test("of a socket in a file's place is refused", async () => {
    const other = await stand.open();
    await other.bash(
      "rm a.txt; /usr/bin/python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('a.txt')\"",
    );
    expect(await other.record()).toMatchObject({
      changes: [],
      refused: [{ path: "a.txt", why: "it is not a regular file" }],
    });
    expect((await other.bash("cat a.txt")).content).toBe("a\nexit code 0");
  });

  test("of more files than anybody wrote looks at a part of them", async () => {
    const other = await stand.open();
    await other.bash("mkdir env; cd env; seq 1 1200 | xargs touch");
    expect((await other.record()).refused.at(-1)?.why).toMatch(/^1200 files changed at once/);
  });

  test.each<readonly [what: string, command: string, path: string, why: RegExp]>([
    [
      "a nested .git that leads elsewhere",
      "mkdir n; echo 'gitdir: /tmp/g' > n/.git",
      "n/.git",
      /plain files/,
    ],
    ["a file that git would read whole", "truncate -s 5M .gitignore", ".gitignore", /reads it whole/],
    [
      "a link in a nested repository",
      "git init -q n; rm n/.git/config; ln -s /work/a.txt n/.git/config",
      "n/.git",
      /plain files/,
    ],
  ])("names %s, which git would follow", async (_, command, path, why) => {
    const other = await stand.open();
    await other.bash(command);
    const { changes, refused } = await other.record();
    expect({ changes, refused }).toEqual({
      changes: [],
      refused: [{ path, why: expect.stringMatching(why) }],
    });
    await other.close();
  });

  test("does not look into what commands have for a repository", async () => {
    const other = await stand.open();
    await other.bash("rm -rf .git; mkdir .git; mkfifo .git/HEAD .git/config");
    expect(await other.record()).toEqual({ tree: stand.setup.tree, changes: [], refused: [] });
    expect((await other.bash("ls .git | wc -l")).content).toBe("2\nexit code 0");
  });

  test("of a file that was closed and changed is recorded", async () => {
    const other = await stand.open();
    await other.bash("echo changed > a.txt; chmod 000 a.txt");
    expect((await other.record()).changes).toMatchObject([{ path: "a.txt", content: "changed\n" }]);
  });
});

describe("setup that makes a link of a directory", () => {
  test("has nothing removed where the link leads", async () => {
    const other = await aWorkbench(
      { "dir/b.txt": "b\n", "dir/c.txt": "c\n" },
      { head: { "dir/b.txt": null }, config: { setup: ["mv dir ~/kept && ln -s ~/kept dir"] } },
    );
    const handle = await other.open();
    expect((await handle.bash("cat ~/kept/b.txt")).content).toBe("b\nexit code 0");
  });
});

describe("setup that leaves a pipe where git reads by name", () => {
  test("ends all the same, and the pipe is in no bench", async () => {
    const other = await aWorkbench({ "dir/b.txt": "b\n" }, { config: { setup: ["mkfifo dir/.gitignore"] } });
    expect(other.setup.ok).toBe(true);
    const handle = await other.open();
    expect((await handle.bash("ls -A dir")).content).toBe("b.txt\nexit code 0");
  });
});

describe("setup that closes a directory", () => {
  test("keeps nothing in it that is gone since", async () => {
    const other = await aWorkbench(
      { "dir/b.txt": "b\n", "a.txt": "a\n" },
      { head: { "dir/b.txt": null }, config: { setup: ["chmod 000 dir"] } },
    );
    const handle = await other.open();
    expect((await handle.bash("chmod 700 dir; ls -A dir")).content).toBe("exit code 0");
  });
});

describe("the harness's git", () => {
  const SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.bare": "false",
    "core.autocrlf": "false",
    "core.safecrlf": "false",
    "core.symlinks": "true",
    "core.fileMode": "true",
    "core.ignoreCase": "false",
    "core.quotePath": "false",
    "core.excludesFile": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.sshCommand": "false",
    "core.askPass": "false",
    "core.pager": "cat",
    "core.protectHFS": "false",
    "core.protectNTFS": "false",
    "credential.helper": "",
    "protocol.allow": "never",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.fsckObjects": "false",
    "advice.detachedHead": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
  };

  const aProgram = (script: string): string => {
    const file = join(temporary(), "git");
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  };

  test("is told to read no configuration, attributes or credentials but ours", async () => {
    const env = await openGit({ dir: tmpdir(), program: aProgram("env") }).text([]);
    expect(
      env
        .split("\n")
        .filter(line => /^(?:GIT_(?!CONFIG_(?:KEY|VALUE|COUNT))|HOME=)/.test(line))
        .sort(),
    ).toEqual([
      "GIT_ATTR_NOSYSTEM=1",
      "GIT_CONFIG_GLOBAL=/dev/null",
      "GIT_CONFIG_NOSYSTEM=1",
      `GIT_DIR=${tmpdir()}`,
      "GIT_LITERAL_PATHSPECS=1",
      "GIT_OPTIONAL_LOCKS=0",
      "GIT_TERMINAL_PROMPT=0",
      "HOME=/nonexistent",
    ]);
    expect(env).not.toContain("canary");
  });

  test("keeps each of our settings, whatever is written into its directory", async () => {
    const git = await createGit({ dir: join(temporary(), "git"), program: "/usr/bin/git" });
    const other: Readonly<Record<string, string>> = { false: "true", true: "false", "0": "7" };
    const evil = Object.entries(SETTINGS).map(([name, value]) => {
      const [section, key] = name.split(".");
      return `[${section}]\n\t${key} = ${other[value] ?? "evil"}\n`;
    });
    writeFileSync(join(await git.text(["rev-parse", "--absolute-git-dir"]), "config"), evil.join(""), {
      flag: "a",
    });
    const told: Record<string, string> = {};
    for (const row of (await git.text(["config", "--list", "-z"])).split("\0")) {
      const [name = "", value = ""] = row.split("\n");
      told[name] = value;
    }
    expect(told).toMatchObject(
      Object.fromEntries(Object.entries(SETTINGS).map(([name, value]) => [name.toLowerCase(), value])),
    );
  });

  test("does not run for longer than its limit", async () => {
    const run = openGit({ dir: tmpdir(), program: aProgram("exec sleep 40") }).run([], { seconds: 1 });
    await expect(run).rejects.toMatchObject({
      code: "git_failed",
      message: expect.stringContaining("SIGKILL"),
    });
  });

  test("git that prints more than anybody has room for is ended", async () => {
    const run = openGit({ dir: tmpdir(), program: aProgram("exec yes") }).run([], { seconds: 600 });
    await expect(run).rejects.toMatchObject({
      code: "git_failed",
      message: expect.stringContaining("its limit is 256 MiB of output"),
    });
  });
});
