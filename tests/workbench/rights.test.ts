// Whom the sandboxes belong to: if Kin is root, a user who owns nothing else; if not, Kin's own user.
import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Bench, Workbench } from "../../action/drive/ports/workbench.ts";
import { canEnter, canRead, ofNobodyElse, usersOfProcesses } from "../../action/workbench/rights.ts";
import { createWorkbench, type WorkbenchOptions } from "../../action/workbench/workbench.ts";
import { Config } from "../../core/model/config.ts";
import { aRepository, aWorkbench, closeAll, FULL, HOST_PATH, never, temporary, toolProcess } from "./kit.ts";

const isRoot = process.getuid?.() === 0;
/** The range of otherwise unused users; each run takes one of them. */
const isNobodyElse = (id: unknown): boolean => Number(id) >= 61_000 && Number(id) < 65_000;
const ORDINARY = { uid: 1500, gid: 1500 };
const SOURCES = new URL("../..", import.meta.url).pathname;
const NODE = realpathSync(join(SOURCES, "node_modules/.bin/node"));

const sourcesAreOpen = await canEnter(SOURCES, ORDINARY);

const workbenches: Workbench[] = [];
afterAll(async () => {
  await Promise.all(workbenches.splice(0).map(({ close }) => close()));
  await closeAll();
});

interface Made {
  readonly workbench: Workbench;
  readonly bench: Bench;
  readonly dir: string;
  readonly log: readonly string[];
  readonly bash: (command: string) => Promise<string>;
}

const makeWorkbench = async (options: Partial<WorkbenchOptions>): Promise<Made> => {
  const repository = aRepository({ "a.txt": "a\n" });
  const dir = options.dir ?? join(temporary(), "bench");
  const log: string[] = [];
  const workbench = createWorkbench({
    source: { kind: "local", path: repository.path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
    log: line => log.push(line),
    ...options,
    dir,
  });
  workbenches.push(workbench);
  const config = Config.parse({ setup: ["echo made > made.txt; echo home > ~/made.txt"] });
  const { tree } = await workbench.setUp({ base: repository.base, head: null, config, signal: never });
  const bench = await workbench.open({ key: "1", tree, scope: FULL });
  const bash: Made["bash"] = async command =>
    (await bench.call({ type: "tool_use", id: "t", name: "bash", input: { command } }, { signal: never }))
      .content;
  return { workbench, bench, dir, log, bash };
};

const everyPathBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).map(name => join(directory, name));

const openTemporary = (): string => {
  const directory = temporary();
  chmodSync(directory, 0o755);
  return directory;
};

interface Status {
  readonly pid: number;
  readonly command: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** This process and its descendants, as the machine sees them. */
const descendants = (): readonly Status[] => {
  const all = readdirSync("/proc").flatMap((name): readonly Status[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const lines = readFileSync(`/proc/${name}/status`, "utf8").split("\n");
      const fields = new Map(
        lines.map(line => [line.split(":")[0] ?? "", line.split(":\t")[1]?.trim() ?? ""]),
      );
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      return [{ pid: Number(name), command, fields }];
    } catch {
      return [];
    }
  });
  const below = (pid: number): readonly Status[] =>
    all
      .filter(({ fields }) => Number(fields.get("PPid")) === pid)
      .flatMap(process => [process, ...below(process.pid)]);
  return below(process.pid);
};

describe.runIf(isRoot)("as root", () => {
  test("every process of a sandbox is of a user who owns nothing else, without groups and rights", async () => {
    const stand = await aWorkbench({ "a.txt": "a\n" });
    const bench = await stand.open();
    await bench.use("read", { file_path: "a.txt" });
    const looked = new AbortController();
    const call = bench.use("bash", { command: "/usr/bin/sleep 30.0417; true" }, looked.signal);
    const seconds = (): Status | undefined =>
      descendants().find(({ command }) => command.includes("30.0417 "));
    await vi.waitUntil(() => seconds()?.command.startsWith("/usr/bin/sleep"), { timeout: 10_000 });
    const sandboxed = descendants().filter(({ fields }) => fields.get("Name") !== "esbuild");
    const names = sandboxed.map(({ fields }) => fields.get("Name"));
    // bwrap and process 1 of three rooms: the ledger's, the file tools' and the command's.
    for (const name of ["bwrap", "sleep", "bash"]) expect(names).toContain(name);
    expect(sandboxed.filter(({ command }) => command.includes("/.kin/services.mjs")).length).toBeGreaterThan(
      1,
    );
    for (const { fields, command } of sandboxed) {
      const [ids, groups] = [fields.get("Uid"), fields.get("Gid")].map(four => four?.split("\t") ?? []);
      expect([new Set(ids).size, ids?.every(isNobodyElse), ids], command).toEqual([1, true, groups]);
      expect(fields.get("Groups"), command).toBe("");
      if (fields.get("Name") === "bwrap") continue;
      expect([fields.get("CapEff"), fields.get("NoNewPrivs"), fields.get("Seccomp")], command).toEqual([
        "0000000000000000",
        "1",
        "2",
      ]);
    }
    looked.abort();
    await call;
  });

  test("every file of a bench is that user's, and the harness's git is not", async () => {
    const { dir, bash, bench } = await makeWorkbench({});
    await bash("mkdir d; echo x > d/x; echo x > ~/x; echo x > /tmp/x; ln -s x d/l");
    await bench.record();
    const ground = realpathSync(dir);
    const owned = ["benches/1", "setup"].flatMap(name => everyPathBelow(join(ground, name)));
    expect(owned.length).toBeGreaterThan(30);
    const strangers = owned.filter(path => !isNobodyElse(lstatSync(path).uid));
    expect(strangers.filter(path => !path.endsWith("/.github"))).toEqual([]);
    const ours = [join(ground, "git"), ...everyPathBelow(join(ground, "git"))];
    expect(ours.filter(path => lstatSync(path).uid !== 0)).toEqual([]);
    expect(
      ours.filter(path => (lstatSync(path).mode & 0o022) !== 0 && !lstatSync(path).isSymbolicLink()),
    ).toEqual([]);
  });

  test("nobody but that user and root can enter the workbench", async () => {
    const { dir } = await makeWorkbench({ dir: join(openTemporary(), "bench") });
    const found = statSync(dir);
    expect([found.uid, isNobodyElse(found.gid), found.mode & 0o777]).toEqual([0, true, 0o710]);
    for (const place of ["work", "home", "tmp", "own"])
      expect(statSync(join(dir, "benches/1", place)).mode & 0o777).toBe(0o700);
  });

  test("a directory that others may enter is used as it is", async () => {
    const dir = join(openTemporary(), "new", "bench");
    const { bash, workbench } = await makeWorkbench({ dir });
    expect(lstatSync(dir).isDirectory()).toBe(true);
    expect(await bash("cat a.txt made.txt ~/made.txt")).toBe("a\nmade\nhome\nexit code 0");
    await workbench.close();
    expect(existsSync(dir)).toBe(false);
    expect(existsSync(dirname(dir))).toBe(true);
  });

  test("one below a closed directory lies elsewhere, and nothing is left of it", async () => {
    const dir = join(temporary(), "deep", "bench");
    const { bash, workbench, bench } = await makeWorkbench({ dir });
    const elsewhere = readlinkSync(dir);
    expect(elsewhere).toMatch(/^\/var\/tmp\/kin-/);
    expect(await bash("echo b > b.txt; cat a.txt made.txt ~/made.txt; mkdir -p c/d; chmod 000 c")).toBe(
      "a\nmade\nhome\nexit code 0",
    );
    expect((await bench.record()).changes).toMatchObject([{ path: "b.txt" }]);
    await workbench.close();
    expect(() => lstatSync(dir)).toThrow(/ENOENT/);
    expect(() => lstatSync(elsewhere)).toThrow(/ENOENT/);
  });

  test("a toolchain that this user cannot enter is left out and named, another one is there", async () => {
    // Paths below /tmp are hidden by the bench's own.
    const open = mkdtempSync("/opt/kin-workbench-");
    chmodSync(open, 0o755);
    onTestFinished(() => rmSync(open, { recursive: true }));
    const closed = temporary();
    for (const directory of [closed, open]) {
      mkdirSync(join(directory, "tools", "bin"), { recursive: true });
      writeFileSync(join(directory, "tools", "bin", "which-one"), `#!/bin/sh\necho ${directory}\n`, {
        mode: 0o755,
      });
    }
    mkdirSync(join(open, "shut", "bin"), { recursive: true });
    chmodSync(join(open, "shut", "bin"), 0o750);
    const path = [`${closed}/tools/bin`, `${open}/shut/bin`, `${open}/tools/bin`, HOST_PATH].join(":");
    const { bash, log } = await makeWorkbench({ path });
    expect(
      log.filter(line => line.includes("is not in the sandbox")).map(line => line.split(" ")[0]),
    ).toEqual([`${closed}/tools/bin`, `${open}/shut/bin`]);
    expect(await bash("which-one")).toBe(`${open}\nexit code 0`);
    const [said = ""] = (await bash('echo "$PATH"')).split("\n");
    expect(said.split(":")).toContain(`${open}/tools/bin`);
    expect(said).not.toContain(closed);
    expect(await bash(`ls ${closed} ${open}/shut`)).toMatch(/No such file.*\n.*No such file/);
  });

  test("Kin's own node and services work from a closed directory", async () => {
    const closed = temporary();
    const [node, tools] = [join(closed, "node"), join(closed, "tools.mjs")];
    try {
      linkSync(NODE, node);
    } catch {
      copyFileSync(NODE, node);
    }
    copyFileSync(await toolProcess(), tools);
    chmodSync(tools, 0o600);
    const { bench, bash, workbench } = await makeWorkbench({ node, toolProcess: tools });
    const read = { type: "tool_use", id: "t", name: "read", input: { file_path: "a.txt" } } as const;
    expect((await bench.call(read, { signal: never })).content).toBe("     1\ta");
    await bash("echo b > a.txt");
    expect((await bench.record()).changes).toMatchObject([{ path: "a.txt", content: "b\n" }]);
    await workbench.close();
  });

  test("a run's user is one who has no process", () => {
    const all = Array.from({ length: 4_000 }, (_, at) => 61_000 + at);
    const free = 62_345;
    expect(ofNobodyElse(new Set(all.filter(id => id !== free)))).toEqual({ uid: free, gid: free });
    expect(usersOfProcesses()).toContain(0);
    const drawn = Array.from({ length: 20 }, () => ofNobodyElse(new Set()).uid);
    expect(new Set(drawn).size).toBeGreaterThan(10);
    expect(drawn.every(isNobodyElse)).toBe(true);
  });

  test("what a killed run left is removed, and nothing else", async () => {
    const shut = temporary();
    const names = ["kin-ground-old001", "kin-ground-new001", "kin-ground-other1", "kin-ground-no"];
    for (const name of names) {
      mkdirSync(join("/var/tmp", name, "benches"), { recursive: true });
      onTestFinished(() => rmSync(join("/var/tmp", name), { recursive: true, force: true }));
    }
    chownSync("/var/tmp/kin-ground-other1", 1500, 1500);
    const before = (Date.now() - 25 * 3_600_000) / 1000;
    for (const name of names) if (!name.includes("new")) utimesSync(join("/var/tmp", name), before, before);
    await makeWorkbench({ dir: join(shut, "bench") });
    expect(names.map(name => existsSync(join("/var/tmp", name)))).toEqual([false, true, true, true]);
  });

  test("what others may enter and read is known", async () => {
    const rights = { uid: 61_000, gid: 61_000 };
    const open = openTemporary();
    for (const [name, mode] of [
      ["shut", 0o700],
      ["through", 0o711],
      ["own", 0o755],
    ] as const) {
      mkdirSync(join(open, name));
      writeFileSync(join(open, name, "file"), "x", { mode: 0o644 });
      writeFileSync(join(open, name, "secret"), "x", { mode: 0o640 });
      chmodSync(join(open, name), mode);
    }
    const answers = async (ask: typeof canRead, names: readonly string[]): Promise<readonly boolean[]> =>
      Promise.all(names.map(name => ask(join(open, name), rights)));
    expect(await answers(canEnter, ["shut", "through", "own", "absent", "own/file"])).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(
      await answers(canRead, [
        "shut",
        "through",
        "own",
        "shut/file",
        "through/file",
        "own/file",
        "own/secret",
      ]),
    ).toEqual([false, false, true, false, true, true, false]);
    expect(await canEnter(join(open, "shut"), null)).toBe(true);
  });
});

/** What a person's process does: opens a workbench, works, records, judges and closes; prints what it saw. */
const SCRIPT = `
import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { aWorkbench, closeAll, never, pathsOf } from ${JSON.stringify(join(SOURCES, "tests/workbench/kit.ts"))};
if (process.argv[2]) process.umask(Number(process.argv[2]));
const files = { "a.txt": "a\\n", "win.crlf": "one\\ntwo\\n", ".gitattributes": "*.crlf text eol=crlf\\n", "run.sh": { run: "#!/bin/sh\\n" } };
const setup = ["touch made.txt ~/made.txt; mkdir -p node_modules/x; echo x > node_modules/x/y", "od -c win.crlf | grep -c '\\\\\\\\r' || true"];
const stand = await aWorkbench(files, { config: { setup } });
const bench = await stand.open();
const out = {};
out.setup = stand.setup.commands.map(run => [run.exit_code, run.output]);
out.bash = (await bench.bash("cat a.txt; ls made.txt ~/made.txt; id -u; echo b > b.txt; touch x.pyc; od -c win.crlf | grep -c '\\\\\\\\r'; git status --porcelain")).content;
out.read = (await bench.use("read", { file_path: "b.txt" })).content;
out.write = (await bench.use("write", { file_path: "w.txt", content: "w" })).is_error;
out.record = pathsOf(await bench.record());
out.judged = (await bench.judge(["ls b.txt w.txt made.txt", "git log --format=%s"], { seconds: 10, signal: never })).map(run => run.output);
const ground = realpathSync(stand.dir);
out.owners = [...new Set(["benches", "setup", "git"].flatMap(name => readdirSync(join(ground, name), { recursive: true }).map(path => lstatSync(join(ground, name, path)).uid)))].sort();
await closeAll();
out.left = readdirSync(process.env.TMPDIR);
console.log(JSON.stringify(out));
`;

const runScript = async (before: readonly string[], umask: string): Promise<Record<string, unknown>> => {
  const home = openTemporary();
  const place = join(home, "tmp");
  mkdirSync(place);
  chmodSync(place, 0o777);
  const script = join(home, "script.mjs");
  writeFileSync(script, SCRIPT, { mode: 0o644 });
  const [program = "", ...args] = [...before, "env", `HOME=${home}`, `TMPDIR=${place}`, NODE, script, umask];
  const { stdout } = await promisify(execFile)(program, args, { cwd: "/", timeout: 120_000 });
  rmSync(place, { recursive: true });
  return JSON.parse(stdout) as Record<string, unknown>;
};

const SEEN = {
  setup: [
    [0, ""],
    [0, "0\n"],
  ],
  bash: "a\n/home/kin/made.txt\nmade.txt\n1000\n0\n?? b.txt\nexit code 0",
  read: "     1\tb",
  write: false,
  record: ["b.txt", "w.txt"],
  judged: ["b.txt\nmade.txt\nw.txt\n", "What is there now\na commit\n"],
  left: [],
};

describe.runIf(isRoot).concurrent("a process that opens a workbench", () => {
  test("works with a umask that leaves others nothing", async () => {
    const said = await runScript(["/usr/bin/env"], "0o077");
    expect(said).toEqual({ ...SEEN, owners: [0, expect.toSatisfy(isNobodyElse)] });
  });

  test.runIf(sourcesAreOpen)("works as an ordinary user, and everything is that user's", async () => {
    const as = ["/usr/bin/setpriv", "--reuid", "1500", "--regid", "1500", "--clear-groups"];
    expect(await runScript(as, "")).toEqual({ ...SEEN, owners: [ORDINARY.uid] });
  });

  test.runIf(sourcesAreOpen)("works as an ordinary user with such a umask", async () => {
    const as = ["/usr/bin/setpriv", "--reuid", "1500", "--regid", "1500", "--clear-groups"];
    expect(await runScript(as, "0o077")).toEqual({ ...SEEN, owners: [ORDINARY.uid] });
  });
});
