// What no other test would miss: rows of the sandbox's table, and guards of what starts, ends and serves one, each of
// which `npm run mutants` takes away. Where the front door does not lead to a guard, the part that has it is asked.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Launch, startBox } from "../../core/adapters/workbench/box.ts";
import { readFeatures } from "../../core/adapters/workbench/find-sandbox.ts";
import { createGit, openGit } from "../../core/adapters/workbench/git.ts";
import { startService } from "../../core/adapters/workbench/service.ts";
import { createWorkbench, type WorkbenchOptions } from "../../core/adapters/workbench/workbench.ts";
import { Config } from "../../core/model/config.ts";
import type { Bench, SetupResult } from "../../core/ports.ts";
import {
  aRepository,
  aWorkbench,
  closeAll,
  type Files,
  FULL,
  type Handle,
  HOST_PATH,
  never,
  pathsOf,
  type Stand,
  temporary,
  toolProcess,
} from "./kit.ts";

const ROOT = process.getuid?.() === 0;

let stand: Stand;
let bench: Handle;
const bash = async (command: string): Promise<string> => (await bench.bash(command)).content;
const lines = (text: string): readonly string[] => text.split("\n").filter(line => line !== "");

beforeAll(async () => {
  process.env.KIN_CANARY = "canary-of-the-host";
  stand = await aWorkbench({ "a.txt": "a\n", ".github/x": "x\n" });
  bench = await stand.open();
});
afterAll(closeAll);

/** The processes of the machine whose command line holds `part`. */
const processesWith = (part: string): readonly string[] =>
  readdirSync("/proc").filter(
    name => /^\d+$/.test(name) && name !== String(process.pid) && of(name, "cmdline").includes(part),
  );
const of = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
};

/** Where things are mounted, and whether they can be written to. */
const mountsOf = (info: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lines(info)
      .map(line => line.split(" "))
      .filter(fields => fields.length > 6)
      .map(([, , , , at = "", options = ""]) => [at, options.split(",")[0] ?? ""]),
  );

/** A workbench that is not as `kit.ts` makes them. */
const aSpecial = async (
  files: Files,
  { config, ...options }: Partial<WorkbenchOptions> & { readonly config?: object } = {},
): Promise<{ readonly setup: SetupResult; readonly open: () => Promise<Bench> } & AsyncDisposable> => {
  const { path, base } = aRepository(files);
  const workbench = createWorkbench({
    dir: join(temporary(), "bench"),
    source: { kind: "local", path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
    log: () => undefined,
    ...options,
  });
  const request = { base, head: null, config: Config.parse({ setup: [], ...config }), signal: never };
  const setup = await workbench.setUp(request);
  return {
    setup,
    open: () => workbench.open({ key: "1", tree: setup.tree, scope: FULL }),
    [Symbol.asyncDispose]: () => workbench.close(),
  };
};
const runOn = async (on: Bench, command: string): Promise<string> =>
  (await on.call({ type: "tool_use", id: "t", name: "bash", input: { command } }, { signal: never })).content;

/** A directory that whoever the sandboxes belong to can enter. */
const anOpen = (): string => {
  const directory = temporary();
  chmodSync(directory, 0o755);
  return directory;
};

/** /tmp is a sandbox's own. */
const outsideOfTmp = (): string => {
  const directory = mkdtempSync(join(ROOT ? "/opt" : homedir(), "kin-toolchain-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  chmodSync(directory, 0o755);
  return directory;
};

describe("who a command is, and whom it can see", () => {
  test("its user and its group are none of the machine's", async () => {
    expect(await bash("id -u; id -g; id -G")).toBe("1000\n1000\n1000\nexit code 0");
  });

  test.each(["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"])(
    "it has a namespace of its own for %s",
    async name => {
      const its = lines(await bash(`readlink /proc/self/ns/${name}`))[0];
      expect(its).toMatch(new RegExp(`^${name}:\\[\\d+\\]$`));
      expect(its).not.toBe(readlinkSync(`/proc/self/ns/${name}`));
    },
  );

  test("the machine's name is not the one that it is told", async () => {
    expect(await bash("uname -n; cat /etc/hostname")).toBe("kin\nkin\nexit code 0");
  });

  test("not even whoever enters its namespace of users can make one more", async () => {
    if (!(await readFeatures("/usr/bin/bwrap")).has("--disable-userns")) return;
    const marker = `1.${process.pid}`;
    const call = bench.bash(`sleep ${marker}`);
    const inside = (): string | undefined =>
      processesWith(marker).find(pid => of(pid, "cmdline").startsWith("sleep"));
    await vi.waitUntil(inside, { timeout: 5_000, interval: 20 });
    const whose = ROOT ? { uid: statSync(stand.dir).gid, gid: statSync(stand.dir).gid } : {};
    const enter = ["--user", "--preserve-credentials", "--target", String(inside())];
    const entered = (...command: readonly string[]): string => {
      const { stdout, stderr } = spawnSync("/usr/bin/nsenter", [...enter, ...command], whose);
      return `${stdout}${stderr}`;
    };
    const said = [entered("id", "-u"), entered("unshare", "--user", "true")];
    await call;
    expect(said).toEqual(["1000\n", expect.stringContaining("No space left")]);
  });

  test("process 1 is the shell that waits for it, with its errors thrown away", async () => {
    expect(await bash("cat /proc/1/comm; readlink /proc/1/fd/2")).toBe("bash\n/dev/null\nexit code 0");
  });

  test("a signal to everything in its process group stays inside", async () => {
    expect(await bash("trap '' USR1; kill -USR1 0; sleep .1; echo still here")).toBe(
      "still here\nexit code 0",
    );
  });

  test("when memory runs out it goes first", async () => {
    expect(await bash("cat /proc/self/oom_score_adj")).toBe("1000\nexit code 0");
  });

  test("the filter is on, and no other limit can be raised again", async () => {
    expect(
      await bash("grep -c 'Seccomp:.*2' /proc/self/status; ulimit -Hc; ulimit -Hf; ulimit -Hn; ulimit -Hu"),
    ).toBe("1\n0\n4194304\n16384\n8192\nexit code 0");
  });
});

describe("what a sandbox is lent", () => {
  const WRITABLE = ["/dev/pts", "/dev/shm", "/home/kin", "/proc", "/tmp", "/work"];
  const DEVICE = /^\/dev\/(?:console|full|null|random|tty|urandom|zero)$/;
  const writable = (mounts: Readonly<Record<string, string>>): readonly string[] =>
    Object.keys(mounts)
      .filter(at => mounts[at] !== "ro" && !DEVICE.test(at))
      .sort();

  test("a command can write to its work tree, its home, /tmp and memory, and to nothing else", async () => {
    const mounts = mountsOf(await bash("cat /proc/self/mountinfo"));
    expect(writable(mounts)).toEqual(WRITABLE);
    expect(Object.keys(mounts)).toEqual(
      expect.arrayContaining(["/.kin/objects", "/work/.github", "/etc", "/usr"]),
    );
  });

  test("setup can write to no more", async () => {
    const other = await aWorkbench({ "a.txt": "a\n" }, { config: { setup: ["cat /proc/self/mountinfo"] } });
    const mounts = mountsOf(other.setup.commands[0]?.output ?? "");
    expect(writable(mounts)).toEqual(WRITABLE.filter(at => at in mounts));
    expect(Object.keys(mounts)).toEqual(expect.arrayContaining(["/etc/resolv.conf", "/etc/hosts"]));
  });

  test("a service of ours can write to what it works on, and to nothing else", async () => {
    await bench.use("read", { file_path: "a.txt" });
    const bound = new RegExp(` ${realpathSync(stand.dir)}/benches/1/work /work `);
    const services = processesWith("/.kin/services.mjs")
      .map(pid => of(pid, "mountinfo"))
      .filter(info => bound.test(info))
      .map(mountsOf);
    expect(services).toHaveLength(2);
    for (const mounts of services) {
      const ledger = "/.kin/git" in mounts;
      expect(Object.keys(mounts)).toEqual(
        expect.arrayContaining(
          ledger
            ? ["/.kin/from", "/.kin/git", "/.kin/node", "/.kin/own", "/.kin/services.mjs"]
            : ["/.kin/node", "/.kin/services.mjs", "/work/.github"],
        ),
      );
      expect(writable(mounts)).toEqual(
        ledger ? ["/.kin/own", ...WRITABLE] : WRITABLE.filter(at => at !== "/home/kin"),
      );
    }
    expect(services.filter(mounts => "/.kin/git" in mounts)).toHaveLength(1);
  });

  test("no file of the kernel's opens for writing, and what it tells of others is empty", async () => {
    expect(
      await bash(
        "for d in sys irq bus acpi; do touch /proc/$d 2>&1; done | grep -vc 'Read-only\\|No such'; for f in keys timer_list kcore; do ! test -e /proc/$f || test -c /proc/$f || echo $f; done",
      ),
    ).toBe("0\nexit code 0");
  });

  test("nothing can be put into /dev but into its memory", async () => {
    expect(await bash("touch /dev/x 2>&1; touch /dev/shm/x && echo fine")).toMatch(
      /Read-only file system\nfine\n/,
    );
  });

  test("its directories for what runs are there and lead to its own /tmp", async () => {
    expect(await bash("ls -d /run /var; readlink /var/tmp; echo x > /var/tmp/y; cat /tmp/y; rm /tmp/y")).toBe(
      "/run\n/var\n../tmp\nx\nexit code 0",
    );
  });

  test("in setup names are found as the machine finds them, and in a command not at all", async () => {
    const other = await aWorkbench(
      { "a.txt": "a\n" },
      { config: { setup: ["cat /etc/resolv.conf /etc/hosts"] } },
    );
    expect(other.setup.commands[0]?.output).toBe(
      readFileSync("/etc/resolv.conf", "utf8") + readFileSync("/etc/hosts", "utf8"),
    );
    expect(await bash("cat /etc/resolv.conf; cat /etc/hosts")).toBe(
      "127.0.0.1 localhost kin\n::1 localhost\nexit code 0",
    );
  });

  test("a toolchain outside of /usr is where PATH says, and cannot be changed", async () => {
    const directory = outsideOfTmp();
    mkdirSync(join(directory, "tool", "bin"), { recursive: true });
    writeFileSync(join(directory, "tool", "bin", "my-tool"), "#!/bin/sh\necho mine\n", { mode: 0o755 });
    mkdirSync(join(directory, "node_modules", "bin"), { recursive: true });
    writeFileSync(join(directory, "node_modules", "bin", "no-tool"), "#!/bin/sh\necho no\n", { mode: 0o755 });
    const path = `${directory}/tool/bin:${directory}/node_modules/bin:${HOST_PATH}`;
    await using other = await aSpecial({ "a.txt": "a\n" }, { path });
    const on = await other.open();
    expect(await runOn(on, "my-tool; no-tool 2>&1 | grep -c 'not found'")).toBe("mine\n1\nexit code 127");
    const mounts = mountsOf(await runOn(on, "cat /proc/self/mountinfo"));
    expect(mounts[`${directory}/tool`]).toBe("ro");
    expect(Object.keys(mounts).filter(at => at.includes("node_modules"))).toEqual([]);
  });
});

describe("what is not lent", () => {
  test("what is Kin's own is not on a command's PATH", async () => {
    const own = outsideOfTmp();
    const services = join(own, "services.mjs");
    writeFileSync(services, readFileSync(await toolProcess()));
    mkdirSync(join(own, "bin"));
    await using other = await aSpecial(
      { "a.txt": "a\n" },
      { toolProcess: services, path: `${own}:${own}/bin:${HOST_PATH}` },
    );
    expect(await runOn(await other.open(), 'echo "$PATH"')).not.toContain(own);
  });

  test("a toolchain where a sandbox has something of its own is left out, and that is said", async () => {
    const log: string[] = [];
    const directory = anOpen();
    await using other = await aSpecial(
      { "a.txt": "a\n" },
      { path: `${directory}:${HOST_PATH}`, log: line => log.push(line) },
    );
    expect(await runOn(await other.open(), 'echo "$PATH"')).not.toContain(directory);
    expect(log.join()).toContain(`${directory} is not in the sandbox`);
  });

  test("a .github that is a link shows nothing of the machine, and is put back", async () => {
    const directory = anOpen();
    writeFileSync(join(directory, "secret.txt"), "secret of the machine\n");
    const other = await aWorkbench({ "real/x": "x\n", ".github": { link: "real" } });
    const handle = await other.open();
    await handle.bash(`rm .github; ln -s ${directory} .github`);
    expect((await handle.bash("cat .github/secret.txt")).content).toMatch(/No such file/);
    expect(await handle.record()).toMatchObject({ changes: [], refused: [{ path: ".github" }] });
    expect((await handle.bash("readlink .github")).content).toBe("real\nexit code 0");
  });
});

describe("what bubblewrap itself is started with", () => {
  test("names no directory of the machine and holds nothing of the harness's environment", async () => {
    const marker = `bwrap-marker-${process.pid}`;
    const call = bench.bash(`sleep 3; : ${marker}`);
    // Until then a second process of bwrap's own is on its way to become the shell.
    const isShell = (pid: string): boolean => of(pid, "cmdline").startsWith("/bin/bash\0");
    await vi.waitUntil(() => processesWith(marker).some(isShell), { timeout: 10_000 });
    const told = processesWith(marker).map(pid => ({ line: of(pid, "cmdline"), env: of(pid, "environ") }));
    await call;
    const outer = told.filter(({ line }) => /^[^\0]*bwrap\0/.test(line));
    expect(outer).toEqual([{ line: expect.not.stringContaining(realpathSync(stand.dir)), env: "" }]);
    expect(outer[0]?.line).not.toContain("/work");
  });

  test("belongs to a user without rights", async () => {
    await bench.bash("touch /tmp/whose");
    const { uid } = statSync(join(stand.dir, "benches", "1", "tmp", "whose"));
    expect(uid).toBe(ROOT ? statSync(stand.dir).gid : process.getuid?.());
    expect(ROOT && uid === 0).toBe(false);
  });
});

/** What a harness of its own does first; what `script` adds sees `bench`, `call`, `bash` and `say`. */
const HARNESS = `
const { options, base, scope } = JSON.parse(process.argv[2]);
const signal = new AbortController().signal;
const workbench = createWorkbench({ ...options, log: () => undefined });
const { tree } = await workbench.setUp({ base, head: null, config: Config.parse({ setup: [] }), signal });
const bench = await workbench.open({ key: "1", tree, scope });
const call = async (name, input) => (await bench.call({ type: "tool_use", id: "t", name, input }, { signal })).content;
const bash = command => call("bash", { command });
const say = text => process.stdout.write(text + "\\n");
`;

/** One that can be ended as nobody ends a harness, or be started with more than three streams. */
const aHarness = async (
  script: string,
  streams: readonly (number | "ignore")[] = [],
): Promise<{ readonly process: ChildProcess; readonly said: () => string }> => {
  const { path, base } = aRepository({ "a.txt": "a\n" });
  const file = join(temporary(), "harness.ts");
  const from = (name: string): string => new URL(`../../core/${name}`, import.meta.url).pathname;
  const imports = `import { createWorkbench } from "${from("adapters/workbench/workbench.ts")}";
import { Config } from "${from("model/config.ts")}";`;
  writeFileSync(file, `${imports}${HARNESS}${script}`);
  const options = {
    dir: join(temporary(), "bench"),
    source: { kind: "local", path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
  };
  const child = spawn(process.execPath, [file, JSON.stringify({ options, base, scope: FULL })], {
    stdio: ["ignore", "pipe", "inherit", ...streams],
    env: { PATH: process.env.PATH },
  });
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  return { process: child, said: () => said };
};

describe("a harness", () => {
  test("that is killed takes its commands with it", async () => {
    const seconds = `27.${process.pid}`;
    const harness = await aHarness(`await bash("sleep ${seconds} & sleep ${seconds}; wait");`);
    await vi.waitUntil(() => processesWith(seconds).length >= 5, { timeout: 15_000, interval: 50 });
    const left = processesWith(seconds);
    harness.process.kill("SIGKILL");
    const alive = (): readonly string[] => left.filter(pid => of(pid, "cmdline").includes(seconds));
    await vi.waitUntil(() => alive().length === 0, { timeout: 3_000, interval: 50 }).catch(() => undefined);
    const survivors = alive();
    for (const pid of survivors) process.kill(Number(pid), "SIGKILL");
    expect(survivors).toEqual([]);
  });

  test("hands none of the streams that it was started with to a command or a service", async () => {
    const canary = join(temporary(), "canary");
    writeFileSync(canary, "");
    const file = openSync(canary, "r");
    const script = `await call("read", { file_path: "a.txt" });
say(await bash("ls -l /proc/1/fd /proc/2/fd /proc/self/fd; echo done"));
await new Promise(resolve => setTimeout(resolve, 20_000));`;
    // Node itself closes the first ones to what it starts, and none behind a gap.
    const harness = await aHarness(script, [...Array<"ignore">(47).fill("ignore"), file]);
    closeSync(file);
    await vi.waitUntil(() => harness.said().includes("done"), { timeout: 15_000, interval: 50 });
    const holds = (pid: string | undefined): boolean => filesOf(String(pid)).includes(canary);
    const below = processesWith("/.kin/services.mjs").filter(pid =>
      of(pid, "mountinfo").includes(" /.kin/node "),
    );
    const seen = {
      harness: holds(String(harness.process.pid)),
      said: harness.said(),
      service: below.some(holds),
    };
    harness.process.kill("SIGKILL");
    expect(below.length).toBeGreaterThanOrEqual(2);
    expect(seen).toEqual({ harness: true, said: expect.not.stringContaining("canary"), service: false });
    expect(seen.said).not.toMatch(/ 50 -> /);
  });

  const FULL_MACHINE: readonly (readonly [what: string, patch: string, why: RegExp])[] = [
    [
      "has no memory any more",
      `const { default: fs } = await import("node:fs");
const read = fs.readFileSync;
const told = text => text.replace(/^MemAvailable:.*/m, "MemAvailable: 20480 kB");
fs.readFileSync = (path, ...rest) => (path === "/proc/meminfo" ? told(read(path, "utf8")) : read(path, ...rest));`,
      /ended: the machine's memory runs out: 20 MiB are available/,
    ],
    [
      "has no room for more files",
      `const { default: fs } = await import("node:fs/promises");
const stat = fs.statfs;
fs.statfs = async path => ({ ...(await stat(path)), ffree: 900 });`,
      /ended: the machine's disk is full: it has no room for more files/,
    ],
  ];
  test.each(FULL_MACHINE)("whose machine %s ends its commands", async (_, patch, why) => {
    const harness = await aHarness(`${patch}
(await import("node:module")).syncBuiltinESMExports();
say(await bash("sleep 6; echo fine"));
say("done");
await workbench.close();`);
    await vi.waitUntil(() => harness.said().includes("done"), { timeout: 18_000, interval: 50 });
    expect(harness.said()).toMatch(why);
  });
});

const filesOf = (pid: string): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(name => readlinkSync(`/proc/${pid}/fd/${name}`));
  } catch {
    return [];
  }
};

describe("a command", () => {
  /** So many that the kernel needs a while to end them. */
  const many = (marker: string): string =>
    `for i in $(seq 300); do sleep ${marker} >/dev/null 2>&1 & done; exec >/dev/null 2>&1`;

  test("that ends leaves nothing alive when that is told, however much there is to end", async () => {
    for (let n = 0; n < 4; n++) {
      const marker = `31${n}.${process.pid}`;
      await bench.bash(many(marker));
      expect(processesWith(marker)).toEqual([]);
    }
  });

  test("that is ended leaves nothing alive when that is told, however much there is to end", async () => {
    for (let n = 0; n < 3; n++) {
      const marker = `32${n}.${process.pid}`;
      const { ran } = await bench.bash(`${many(marker)}; sleep 60`, 1);
      expect(processesWith(marker)).toEqual([]);
      expect(ran?.exit_code).toBeNull();
    }
  });

  test("is ended however early the abort comes", async () => {
    for (let delay = 0; delay < 12; delay++) {
      const controller = new AbortController();
      const call = bench.use("bash", { command: "sleep 4" }, controller.signal);
      setTimeout(() => controller.abort(), delay);
      const began = performance.now();
      expect((await call).content).toBe("interrupted");
      expect(performance.now() - began).toBeLessThan(3_000);
    }
  });

  test("is told with everything that it printed to the end", async () => {
    for (let n = 0; n < 8; n++) {
      const { content } = await bench.bash("head -c 190000 /dev/zero | tr '\\0' x; echo THE END");
      expect(content).toMatch(/xTHE END\nexit code 0$/);
    }
  });

  test("that prints more than anybody reads is ended", async () => {
    const { content, ran } = await bench.bash("head -c 700000000 /dev/zero; sleep 15");
    expect(content).toMatch(/no exit code: ended: it printed more than 512 MiB$/);
    expect(ran?.seconds).toBeLessThan(15);
  });

  test("waits for the one before it", async () => {
    const both = [bench.bash("sleep .5; echo one >> /tmp/order"), bench.bash("echo two >> /tmp/order")];
    await Promise.all(both);
    expect(await bash("cat /tmp/order")).toBe("one\ntwo\nexit code 0");
  });

  test("is not begun on a bench that is closed, and one that runs is ended with it", async () => {
    const other = await stand.open();
    const began = performance.now();
    const call = other.bash("sleep 15");
    await sleep(300);
    await other.close();
    expect((await call).content).toBe("interrupted");
    expect(performance.now() - began).toBeLessThan(8_000);
    await expect(other.bash("true")).rejects.toThrow("the bench is closed");
  });

  test("that closes its own directories closes them to none behind it", async () => {
    const other = await stand.open();
    await other.bash("chmod 000 ~ /tmp /work");
    expect((await other.bash("touch ~/x /tmp/x; cat a.txt")).content).toBe("a\nexit code 0");
    await other.bash("chmod 000 /work");
    expect((await other.use("read", { file_path: "a.txt" })).content).toBe("a\n");
    await other.close();
  });

  test("whose sandbox does not begin is no command that failed", async () => {
    const directory = anOpen();
    const broken = join(directory, "broken");
    writeFileSync(
      join(directory, "bwrap"),
      `#!/bin/sh\n[ ! -e ${broken} ] || { echo "no room" >&2; exit 1; }\nexec /usr/bin/bwrap "$@"\n`,
      { mode: 0o755 },
    );
    await using other = await aSpecial({ "a.txt": "a\n" }, { path: `${directory}:${HOST_PATH}` });
    const on = await other.open();
    expect(await runOn(on, "echo fine")).toBe("fine\nexit code 0");
    writeFileSync(broken, "");
    await expect(runOn(on, "echo fine")).rejects.toMatchObject({
      code: "sandbox_failed",
      message: "The sandbox did not start: no room",
    });
    rmSync(broken);
  });

  test("that does not end takes its bench with it: nobody looks at the files again", async () => {
    const directory = anOpen();
    const stuck = join(directory, "stuck");
    const other = spawn("/bin/sleep", ["25"]);
    onTestFinished(() => void other.kill("SIGKILL"));
    const marker = `12.${process.pid}`;
    // What it tells is no child of its own, so that the harness cannot end it.
    writeFileSync(
      join(directory, "bwrap"),
      `#!/bin/sh\n[ ! -e ${stuck} ] || { echo '{ "child-pid": ${other.pid} }' >&4; exec sleep ${marker}; }\nexec /usr/bin/bwrap "$@"\n`,
      { mode: 0o755 },
    );
    await using special = await aSpecial({ "a.txt": "a\n" }, { path: `${directory}:${HOST_PATH}` });
    const on = await special.open();
    writeFileSync(stuck, "");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const call = runOn(on, "true").catch((error: unknown) => error);
    while (processesWith(marker).length === 0) await sleep(50);
    await vi.advanceTimersByTimeAsync(120_000);
    await sleep(100);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await call).toMatchObject({ code: "sandbox_stuck", retryable: true });
    vi.useRealTimers();
    rmSync(stuck);
    await expect(on.record()).rejects.toThrow("something may still be alive on this bench");
  });
});

describe("a process that is started in a box", () => {
  const boxed = (script: string): Launch => ({
    boxed: true,
    program: "/bin/bash",
    args: ["-c", script],
    hidden: "",
    seccomp: Buffer.alloc(0),
    rights: null,
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
  });

  test("is not ended by a number that has become somebody else's", async () => {
    const victim = spawn("/bin/sleep", ["20"]);
    const box = startBox(boxed(`echo '{ "child-pid": ${victim.pid} }' >&4; exec sleep 1`), { input: false });
    await vi.waitUntil(() => box.pid() !== null, { timeout: 10_000 });
    box.end();
    await box.over;
    expect({ code: victim.exitCode, signal: victim.signalCode }).toEqual({ code: null, signal: null });
    victim.kill("SIGKILL");
  });

  test("is ended, too, when it never told its number", async () => {
    const began = performance.now();
    const box = startBox(boxed("exec sleep 15"), { input: false });
    box.end();
    expect(await box.over).toEqual({ code: 137, error: null });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe("a service that somebody has taken over", () => {
  const FIRST = `let begun = false;
const say = line => process.stdout.write(line + "\\n");
require("readline").createInterface({ input: process.stdin }).on("line", line => {
  const request = JSON.parse(line);
  if (!begun) { begun = true; return say('{"id":"start","ok":null}'); }
  const answer = ok => say(JSON.stringify({ id: request.id, ok }));
  const right = () => answer({ content: "right", is_error: false });
`;
  const started = async (script: string) => {
    const log: string[] = [];
    const launch: Launch = {
      boxed: false,
      program: process.execPath,
      args: ["-e", `${FIRST}${script}});`],
      hidden: null,
      seccomp: null,
      rights: null,
      env: {},
      cwd: "/",
    };
    const start = { service: "files", work: "/", rules: { scope: FULL, protected: [] } } as const;
    const service = await startService(launch, { start, log: line => log.push(line) });
    const ask = async (seconds: number, signal = never): Promise<unknown> => {
      const answer = service.ask<"call">({ kind: "call", tool: "read", input: {} }, { seconds, signal });
      return answer.catch((error: { code?: string }) => error.code ?? error).finally(service.close);
    };
    return { ask, log };
  };
  const timed = async (work: Promise<unknown>): Promise<readonly [unknown, number]> => {
    const began = performance.now();
    const found = await work;
    return [found, (performance.now() - began) / 1000];
  };

  test("is lost when its line does not end", async () => {
    const { ask } = await started("process.stdout.write('x'.repeat(20 * 2 ** 20));");
    const [found, seconds] = await timed(ask(12));
    expect(found).toBe("service_lost");
    expect(seconds).toBeLessThan(10);
  });

  test.each([
    [
      "an answer to a question that was not asked",
      `{ id: "other", ok: { content: "wrong", is_error: false } }`,
    ],
    ["the answer to its start once more", `{ id: "start", ok: { content: "wrong", is_error: false } }`],
    ["an answer without anything", "{ id: request.id }"],
    ["a failure without its message", `{ id: request.id, failed: "x" }`],
    ["nothing", "null"],
  ])("is lost at its first line that is no answer: %s", async (_, line) => {
    const many = `for (let count = 0; count < 100_000; count++) say(JSON.stringify(${line}));`;
    const { ask, log } = await started(`${many} right();`);
    const [found, seconds] = await timed(ask(12));
    expect([found, log]).toEqual([
      "service_lost",
      ["A service in the sandbox wrote a line that is no answer, and was ended."],
    ]);
    expect(seconds).toBeLessThan(10);
  });

  test("is lost where its answer has not the form of one", async () => {
    const { ask } = await started("answer({ content: { toString: 1 }, is_error: false });");
    expect(await ask(10)).toBe("service_lost");
  });

  test("is lost when it says nothing for long", async () => {
    const { ask } = await started("");
    const [found, seconds] = await timed(ask(1));
    expect(found).toBe("service_lost");
    expect(seconds).toBeLessThan(5);
  });

  test("is lost when it takes more than its work ever needs", async () => {
    const many = "for i in {1..1100}; do sleep 30 & done; wait";
    const { ask } = await started(`require("child_process").spawn("/bin/bash", ["-c", "${many}"]);`);
    const [found, seconds] = await timed(ask(16));
    expect(found).toBe("service_lost");
    expect(seconds).toBeLessThan(15);
  });

  test("is ended when it does not listen to an abort", async () => {
    const { ask } = await started("");
    const [found, seconds] = await timed(ask(12, AbortSignal.timeout(100)));
    expect(found).toBeNull();
    expect(seconds).toBeLessThan(8);
  });
});

test("a file service that was killed is started anew at the next call", async () => {
  const other = await stand.open();
  const read = () => other.use("read", { file_path: "a.txt" });
  const before = new Set(processesWith("/.kin/services.mjs"));
  await read();
  const bound = ` ${realpathSync(stand.dir)}/benches/`;
  const ours = processesWith("/.kin/services.mjs").filter(
    pid =>
      !before.has(pid) && of(pid, "mountinfo").includes(bound) && of(pid, "mountinfo").includes(" /.kin/bin"),
  );
  expect(ours).toHaveLength(1);
  process.kill(Number(ours[0]), "SIGKILL");
  await vi.waitUntil(() => of(String(ours[0]), "cmdline") === "", { timeout: 10_000 });
  await read().catch(error => expect(error).toMatchObject({ code: "service_lost" }));
  expect((await read()).content).toBe("a\n");
});

/** The services, whose every line `patch` sees first: the body of a function of `line`. */
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
    const began = performance.now();
    const run = openGit({ dir: tmpdir(), program: aProgram("exec sleep 12") }).run([], { seconds: 1 });
    await expect(run).rejects.toMatchObject({
      code: "git_failed",
      message: expect.stringContaining("SIGKILL"),
    });
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  test("git that prints more than anybody has room for is ended", async () => {
    const run = openGit({ dir: tmpdir(), program: aProgram("exec yes") }).run([], { seconds: 60 });
    await expect(run).rejects.toMatchObject({
      code: "git_failed",
      message: expect.stringContaining("its limit is 256 MiB of output"),
    });
  });
});

describe("a bench that is closed", () => {
  /** Stops the service of this kind that was started last; nothing answers then. */
  const stopped = async (directory: string, bound: string): Promise<void> => {
    const its = processesWith("/.kin/services.mjs").filter(pid => {
      const mounts = of(pid, "mountinfo");
      return (
        mounts.includes(` ${directory}/work`) &&
        mounts.includes(bound) &&
        /^\/\.kin\/node\0/.test(of(pid, "cmdline"))
      );
    });
    expect(its).toHaveLength(1);
    process.kill(Number(its[0]), "SIGSTOP");
  };
  const opened = async (): Promise<{ readonly on: Handle; readonly directory: string }> => {
    const on = await stand.open();
    await on.use("read", { file_path: "a.txt" });
    const benches = readdirSync(join(stand.dir, "benches")).map(Number);
    return { on, directory: join(realpathSync(stand.dir), "benches", String(Math.max(...benches))) };
  };

  test("does not wait for a file tool that hangs", async () => {
    const { on, directory } = await opened();
    await stopped(directory, " /.kin/bin");
    const call = on.use("read", { file_path: "a.txt" });
    const began = performance.now();
    await on.close();
    expect(performance.now() - began).toBeLessThan(20_000);
    expect((await call).content).toBe("interrupted");
  });

  test("does not wait for a record that hangs", async () => {
    const { on, directory } = await opened();
    await on.record();
    await stopped(directory, " /.kin/own");
    const record = on.record().catch((error: { readonly code?: string }) => error.code);
    const began = performance.now();
    await on.close();
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(await record).toBe("interrupted");
  });
});

test("setup, whose network is the machine's, reaches no service of it that listens under a name", async () => {
  const name = `kin-${process.pid}`;
  const heard: string[] = [];
  const server = createServer(socket => void socket.on("data", chunk => heard.push(String(chunk))));
  await new Promise<void>(resolve => server.listen(`\0${name}`, resolve));
  const connect = `/usr/bin/python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect(chr(0) + "${name}"); s.send(b"heard"); print("sent")' 2>&1 | tail -n 1; /usr/bin/python3 -c 'import socket; print(len(socket.socketpair()))'`;
  const { setup } = await aWorkbench({ "a.txt": "a\n" }, { config: { setup: [connect] } });
  await new Promise(resolve => server.close(resolve));
  expect(setup.commands[0]?.output).toMatch(/Address family not supported by protocol\n2\n$/);
  expect(heard).toEqual([]);
});

describe("what lies on the machine", () => {
  test("can be entered by nobody but the user of the sandboxes", () => {
    const modes = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    for (const name of ["", "work", "home", "tmp", "own"])
      expect([name, modes(join(stand.dir, "benches", "1", name))]).toEqual([name, "700"]);
    expect(modes(stand.dir)).toBe("710");
    const { uid, gid } = statSync(join(stand.dir, "benches", "1"));
    if (ROOT)
      expect([modes(join(stand.dir, "benches")), statSync(stand.dir).gid, uid]).toEqual(["711", gid, gid]);
  });
});
