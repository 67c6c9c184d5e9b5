// The rows of the sandbox's table: what it gets, what it does not, and who it is. `npm run mutants` removes each.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readlinkSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readFeatures } from "../../action/workbench/find-sandbox.ts";
import { aWorkbench, closeAll, type Handle, HOST_PATH, type Stand, toolProcess } from "./kit.ts";
import {
  anOpen,
  aSpecial,
  lines,
  mountsOf,
  of,
  outsideOfTmp,
  processesWith,
  ROOT,
  runOn,
} from "./machine.ts";

let stand: Stand;
let bench: Handle;
const bash = async (command: string): Promise<string> => (await bench.bash(command)).content;

beforeAll(async () => {
  process.env.KIN_CANARY = "canary-of-the-host";
  stand = await aWorkbench({ "a.txt": "a\n", ".github/x": "x\n" });
  bench = await stand.open();
});
afterAll(closeAll);

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
    const other = await aWorkbench(
      { "a.txt": "a\n" },
      { config: { setup: ["cat /proc/self/mountinfo"], network: { setup: "direct" } } },
    );
    const mounts = mountsOf(other.setup.commands[0]?.output ?? "");
    expect(writable(mounts)).toEqual(WRITABLE.filter(at => at in mounts));
    expect(Object.keys(mounts)).toEqual(expect.arrayContaining(["/etc/resolv.conf", "/etc/hosts"]));
  });

  test("a service of ours can write to what it works on, and to nothing else", async () => {
    await bench.use("read", { file_path: "a.txt" });
    const bound = new RegExp(` ${realpathSync(stand.dir)}/benches/1/work /work `);
    // What a service starts keeps its command line until exec; it shares the service's mounts.
    const services = [
      ...new Set(
        processesWith("/.kin/services.mjs")
          .map(pid => of(pid, "mountinfo"))
          .filter(info => bound.test(info)),
      ),
    ].map(mountsOf);
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

  test("in setup with the machine's network names are found as the machine finds them, and in a command not at all", async () => {
    const other = await aWorkbench(
      { "a.txt": "a\n" },
      { config: { setup: ["cat /etc/resolv.conf /etc/hosts"], network: { setup: "direct" } } },
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
    // Until then a second process of bwrap's is about to become the shell.
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

test("setup, whose network is the machine's, reaches no service of it that listens under a name", async () => {
  const name = `kin-${process.pid}`;
  const heard: string[] = [];
  const server = createServer(socket => void socket.on("data", chunk => heard.push(String(chunk))));
  await new Promise<void>(resolve => server.listen(`\0${name}`, resolve));
  const connect = `/usr/bin/python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect(chr(0) + "${name}"); s.send(b"heard"); print("sent")' 2>&1 | tail -n 1; /usr/bin/python3 -c 'import socket; print(len(socket.socketpair()))'`;
  const { setup } = await aWorkbench(
    { "a.txt": "a\n" },
    { config: { setup: [connect], network: { setup: "direct" } } },
  );
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
