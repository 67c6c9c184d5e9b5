// How `kin init` makes gates: the commands that check a project, proven by running them once.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../host/config-file.ts";
import { ROOT } from "../../local/world.ts";
import { kin, startKin } from "./kin.ts";
import {
  CONFIG,
  checkout,
  directory,
  git,
  inADirectoryOfItsOwn,
  init,
  PINNED,
  read,
  write,
} from "./new-project.ts";

/** Each command is a process, and some tests start several, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

inADirectoryOfItsOwn();

describe("what checks the project", () => {
  const scripts = (lint: string, test = "echo tested >> tested.log") =>
    JSON.stringify({ scripts: { lint, test } }, null, 2);
  const gatesIn = () => parse(read(CONFIG)).gates;
  const project = (lint: string, test?: string) => {
    checkout({ "package.json": scripts(lint, test), ".gitignore": "*.log\n", "a.js": "a\n" });
    git("add", ".");
    git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "Begin");
  };

  test("with --prove is run once: what passes is a gate, what does not stays a comment with the reason", async () => {
    project(`echo "$PWD/a.js: no semicolon, $CI"; exit 3`);
    const proved = await init("--prove");
    expect(proved.code).toBe(0);
    expect(proved.out).toMatch(/^· gates +npm run lint: Exit 3: \.\/a\.js: no semicolon, 1\n +→ Mend it/m);
    expect(proved.out).toMatch(/^✓ gates +npm test: passed$/m);
    expect(proved.err).toMatch(/^npm test: passed \(.*\)$/m);
    expect(read("tested.log")).toBe("tested\n");
    expect(gatesIn()).toEqual(["npm test"]);
    expect(read(CONFIG)).toContain(
      "\ngates:\n  - npm test\n## Did not pass when `kin init` ran it. Exit 3: ./a.js: no semicolon, 1.\n#   - npm run lint\n\n",
    );
    expect(parseConfig(read(CONFIG), CONFIG).gates).toEqual(["npm test"]);
  });

  test("gets of the environment what toolchains need, and nothing else of it", async () => {
    project("env > lint.log");
    const kept = { LC_ALL: "C", TMPDIR: "/tmp", GOPATH: "/go", JAVA_HOME: "/java", VIRTUAL_ENV: "/venv" };
    await kin(["init", "--repo", directory, "--action", PINNED, "--prove"], {
      ...{
        GH_PAT: "told",
        PGPASS: "told",
        DATABASE_URL: "told",
        KIN_URL: "told",
        BASH_ENV: "told",
        MINE: "told",
      },
      ...{ ...kept, HTTPS_PROXY: "http://me:told@proxy", npm_config_x: "told" },
    });
    const lines = read("lint.log").split("\n");
    expect(lines).toEqual(expect.arrayContaining(Object.entries(kept).map(pair => pair.join("="))));
    expect(lines).toContain("CI=1");
    expect(lines.filter(line => line.includes("told"))).toEqual([]);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const)("is ended with kin where that gets %s, and nothing is written", async (signal, code) => {
    project("echo $$ > shell.log; sleep 600 & echo $! > sleep.log; wait");
    const started = startKin(["init", "--repo", directory, "--action", PINNED, "--prove"]);
    await vi.waitFor(() => expect(read("sleep.log")).toMatch(/\n/), 30_000);
    started.stop(signal);
    expect(await started.ended).toMatchObject({ code, out: "" });
    const isThere = (name: string) => existsSync(`/proc/${read(name).trim()}`);
    await vi.waitFor(
      () => expect([isThere("shell.log"), isThere("sleep.log")]).toEqual([false, false]),
      5_000,
    );
    expect(existsSync(join(directory, "tested.log"))).toBe(false);
    expect(existsSync(join(directory, CONFIG))).toBe(false);
  });

  const committed = "git -c user.name=a -c user.email=a@b.c commit -qa";
  test.each([
    ["changes a file that was changed already", "echo more >> a.js", "a.js"],
    ["takes back what was changed", "git checkout -q a.js", "a.js"],
    ["changes what git does not know yet", "echo more >> new/b.js", "new/b.js"],
    ["moves a file", "mv old.js moved.js", "old.js, moved.js"],
    ["removes a file", "rm new/b.js", "new/b.js"],
    ["commits", `${committed} -m Two`, "HEAD \\(oid\\), a.js"],
    ["changes the branch", "git switch -qc other", "HEAD \\(head\\)"],
    ["makes a file a program", "chmod +x a.js", "a.js"],
  ])("is no gate where it %s", async (_, lint, changed) => {
    project(lint);
    write("old.js", "old\n");
    git("add", "old.js");
    git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "Old");
    write("a.js", "mine\n");
    write("new/b.js", "b\n");
    const { out } = await init("--prove");
    expect(out).toMatch(new RegExp(`^· gates +npm run lint: It changed ${changed}: a gate only looks$`, "m"));
    expect(gatesIn()).toEqual(["npm test"]);
  });

  test("is no gate where git cannot tell afterwards, and is not run where it cannot before", async () => {
    project("echo broken > .git/HEAD", "exit 1");
    const { code, err } = await init("--prove");
    expect(code).toBe(1);
    expect(err).toMatch(/^npm run lint: After it, git cannot say what differs in \/.*\(.*\)$/m);
    expect(err).toMatch(/^git cannot say what differs in .*\nMend what it says/m);
  });

  test("is not run unasked, where nobody can be asked, nor with --dry-run", async () => {
    project("echo linted >> tested.log");
    const tried = await init("--dry-run", "--prove");
    expect(tried.out).toContain("#   - npm test");
    expect(tried.out).toMatch(
      /found, and not run: .*\n +→ With --prove and without --dry-run each is run once/,
    );
    const { out } = await init();
    expect(out).toMatch(/^· gates +found, and not run: npm run lint, npm test$/m);
    expect(gatesIn()).toBeUndefined();
    expect(read(CONFIG)).toContain(
      "# gates:\n## Not run yet: `kin init --prove` does.\n#   - npm run lint\n",
    );
    expect(existsSync(join(directory, "tested.log"))).toBe(false);
  });

  test("is run where somebody at the terminal says so", async () => {
    project("exit 1");
    const node = `${process.execPath} ${join(ROOT, "cli/main.ts")} init --repo ${directory} --action ${PINNED}`;
    const asked = execFileSync("script", ["-qec", node, "/dev/null"], { encoding: "utf8", input: "y\n" });
    expect(asked).toContain("These check the project: npm run lint, npm test.");
    expect(gatesIn()).toEqual(["npm test"]);
  });

  test("stays as it was proved when init runs again; proved anew, what passes now is added and nothing that counts goes", async () => {
    project("exit 1");
    await init();
    const added = await init("--prove");
    expect(added.out).toMatch(/✓ \.github\/kin\.yml +overwritten, as below/);
    expect(gatesIn()).toEqual(["npm test"]);
    const again = await init();
    expect(again.out).toMatch(/✓ \.github\/kin\.yml +is there and right/);
    write("package.json", scripts("exit 0"));
    await init("--prove");
    expect(gatesIn()).toEqual(["npm test", "npm run lint"]);
    write("package.json", scripts("exit 1"));
    const kept = await init("--prove");
    expect(kept.out).toMatch(/· \.github\/kin\.yml +differs, and is left as it is/);
    expect(gatesIn()).toEqual(["npm test", "npm run lint"]);
  });

  test("becomes a gate where the file is empty, or holds comments alone, which stay", async () => {
    project("exit 1");
    write(CONFIG, "\r\n");
    expect((await init("--prove")).out).toMatch(/✓ \.github\/kin\.yml +overwritten/);
    expect(gatesIn()).toEqual(["npm test"]);
    expect(read(CONFIG)).toMatch(/^# yaml-language-server: /);
    write(CONFIG, "# Ask Ann.\n");
    expect((await init("--prove")).out).toMatch(/^✓ gates +npm test: passed$/m);
    expect(gatesIn()).toEqual(["npm test"]);
    expect(read(CONFIG)).toMatch(/^# Ask Ann\.\n/);
  });

  test("stays, whole and once, where --force writes the rest anew", async () => {
    project("exit 1");
    const gates = "gates:\n  - npm run lint\n\n  # Ask Ann.\n  - npm test\n";
    write(CONFIG, `${gates}tech_stack: [Ours]\nlimits:\n  day_usd: 5\n`);
    const { code, out } = await init("--force");
    expect(code, out).toBe(0);
    expect(read(CONFIG)).toContain(`\n${gates}\n`);
    expect(parse(read(CONFIG))).toEqual({
      tech_stack: ["JavaScript", "Node.js"],
      gates: ["npm run lint", "npm test"],
    });
  });

  test("becomes a gate in a file that was changed by hand, and nothing of that is lost", async () => {
    project("exit 1");
    await init();
    write(CONFIG, `${read(CONFIG).replace("# tech_stack", "tech_stack")}limits:\n  day_usd: 5\n`);
    expect((await init()).out).toMatch(/✓ \.github\/kin\.yml +is there and right/);
    const { out } = await init("--prove");
    expect(out).toMatch(/^✓ gates +npm test: passed$/m);
    expect(out).not.toContain("day_usd: 5");
    expect(parse(read(CONFIG))).toMatchObject({ gates: ["npm test"], limits: { day_usd: 5 } });
    expect((await init()).out).toMatch(/✓ \.github\/kin\.yml +is there and right/);
  });

  test("is not said to be left out where it counts already", async () => {
    project("exit 1");
    write(CONFIG, "gates: [npm test]\n");
    const { out } = await init();
    expect(out).toMatch(/^· gates +found, and not run: npm run lint$/m);
    write(CONFIG, "gates: [npm test, npm run lint]\n");
    expect((await init()).out).not.toContain("not run");
  });

  test("is shown as a line to add where the gates are somebody's own", async () => {
    project("exit 1");
    write(CONFIG, "gates: [make test]\nlimits:\n  day_usd: 5\n");
    const { out } = await init("--prove");
    expect(out).toMatch(
      /^· gates +npm test: passed, and is no gate yet\n +→ Add it to `gates:`.*` {2}- npm test`/m,
    );
    expect(read(CONFIG)).toBe("gates: [make test]\nlimits:\n  day_usd: 5\n");
  });

  test("is proved with what the project has, not with what npx brings for Kin", async () => {
    project(
      "kin-has-this",
      "node -e \"console.log('Error: no way'); console.log(process.env.npm_config_x); process.exit(1)\"",
    );
    const bin = join(directory, "kin", "node_modules", ".bin");
    write("kin/node_modules/.bin/kin-has-this", "#!/bin/sh\nexit 0\n");
    chmodSync(join(bin, "kin-has-this"), 0o755);
    write(".git/info/exclude", "kin\ntools\n");
    // Below /tmp, where a sandbox has its own directory.
    const tools = join(directory, "tools");
    mkdirSync(tools);
    const { out, err } = await kin(["init", "--repo", directory, "--action", PINNED, "--prove"], {
      PATH: `${bin}:${tools}:${process.env.PATH}`,
    });
    expect(err).toMatch(/^Sandboxes on this machine go without .*: what passes by it may fail there\.$/m);
    expect(err).toContain(tools);
    expect(err).not.toContain(bin);
    expect(out).toMatch(/^· gates +npm run lint: Exit 127: .*not found$/m);
    expect(out).toMatch(/^· gates +npm test: Exit 1: Error: no way$/m);
  });

  test("is no gate where it changes a file, and leaves nothing running", async () => {
    project("echo b > a.js", "(sleep 2; echo late > late.txt) > /dev/null 2>&1 & exit 0");
    const { out } = await init("--prove");
    expect(out).toMatch(/^· gates +npm run lint: It changed a\.js: a gate only looks$/m);
    expect(gatesIn()).toEqual(["npm test"]);
    await new Promise(resolve => setTimeout(resolve, 2_500));
    expect(existsSync(join(directory, "late.txt"))).toBe(false);
  });
});
