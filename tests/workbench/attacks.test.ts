// The attacks that once worked (a1 to f1 of the lab), each replayed in full; the test's name says what must hold.
import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorkbench } from "../../action/workbench/workbench.ts";
import { Config } from "../../core/model/config.ts";
import {
  aRepository,
  aWorkbench,
  closeAll,
  FULL,
  type Handle,
  HOST_PATH,
  never,
  refusedPaths,
  type Stand,
  temporary,
  toolProcess,
} from "./kit.ts";
import { countEscapes } from "./tricks/escape-runs.ts";
import { createRandom } from "./tricks/random.ts";
import { swapLinks } from "./tricks/swap.ts";
import { playTricks } from "./tricks/trick.ts";
import { descendants, isService, lookForMarked } from "./tricks/watch.ts";

let stand: Stand;
let bench: Handle;
beforeAll(async () => {
  process.env.KIN_CANARY = "canary-of-the-host";
  stand = await aWorkbench({ "a.txt": "a\n", "sub/b.txt": "b\n", "coverage/x.txt": "x\n" });
  bench = await stand.open();
  // The services exist so that they can be attacked.
  await bench.use("read", { file_path: "a.txt" });
  await bench.record();
});
afterAll(closeAll);

const python = async (script: string, on: Handle = bench): Promise<string> =>
  (await on.bash(`python3 - <<'P'\n${script}\nP`)).content;

/** Numbers for x64, which these machines are; `seccomp.test.ts` checks those of both architectures. */
const CALLS = "x = os.uname().machine == 'x86_64'";

/** Only ours: other tests have theirs. */
const services = (): readonly number[] =>
  descendants()
    .filter(isService)
    .map(({ pid }) => pid);

describe("a1: a command and what is Kin's", () => {
  test("a command cannot see, signal or inspect anything of Kin's", async () => {
    const before = services();
    expect(before.length).toBeGreaterThanOrEqual(2);
    const { content } = await bench.bash(`
for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done 2>/dev/null | grep -c '^/[.]kin/'
for p in ${before.join(" ")} ${process.pid}; do kill -USR1 $p 2>/dev/null && grep -q kin /proc/$p/cmdline && echo signalled $p; done
kill -USR1 -1 2>/dev/null; sleep 0.1
(echo > /dev/tcp/127.0.0.1/9229) 2>&1 | grep -o refused | uniq; :`);
    expect(content).toBe("0\nrefused\nexit code 0");
    expect(services()).toEqual(before);
    expect((await bench.use("read", { file_path: "a.txt" })).content).toBe("     1\ta");
  });

  test("a command cannot trace or read another process, its own child included", async () => {
    const said = await python(`
import ctypes, os, signal
${CALLS}
libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    signal.pause()
buffer = ctypes.create_string_buffer(64)
for name, number, arguments in [
    ('attach', 101 if x else 117, (16, child, 0, 0)), ('seize', 101 if x else 117, (0x4206, child, 0, 0)),
    ('read', 310 if x else 270, (child, buffer, 1, buffer, 1, 0)), ('write', 311 if x else 271, (child, buffer, 1, buffer, 1, 0)),
]:
    print(name, libc.syscall(number, *arguments), ctypes.get_errno())
os.kill(child, 9)`);
    expect(said).toBe("attach -1 1\nseize -1 1\nread -1 1\nwrite -1 1\nexit code 0");
  });

  test("nothing that a command started is alive when it returned", async () => {
    const marker = `kin-left-${process.pid}`;
    const { content } = await bench.bash(`
loop='while sleep 0.02; do date +%s%N >> /work/alive.log; done # ${marker}'
setsid bash -c "$loop" >/dev/null 2>&1 & (bash -c "$loop" &) & nohup bash -c "trap '' TERM HUP INT; $loop" >/dev/null 2>&1 &
sleep 0.1; rm /work/alive.log; echo left`);
    const first = lookForMarked(marker);
    expect(content).toBe("left\nexit code 0");
    expect(first).toEqual([]);
    const log = join(stand.dir, "benches", "1", "work", "alive.log");
    const size = (): number => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const before = size();
    await sleep(100);
    expect(size()).toBe(before);
    await bench.bash("rm -f /work/alive.log");
  });
});

describe("a2: a directory that becomes a link while refused files are put back", () => {
  test("leads git nowhere", async () => {
    expect(await countEscapes({ without: [], runs: 1, turns: 3, stop: true, user: null })).toMatchObject({
      runs: 1,
      escaped: 0,
      written: 0,
      outlived: 0,
    });
  }, 60_000);

  test("a link above a path leads no record to what is behind it", async () => {
    const other = await stand.open();
    // git ignores the place, so nothing shows that it is a link.
    await other.bash(
      "echo coverage > .gitignore; rm -r coverage; ln -s /tmp coverage; echo behind > /tmp/x.txt; chmod 000 /tmp/x.txt",
    );
    expect(await other.record()).toMatchObject({
      changes: [{ path: ".gitignore" }, { path: "coverage/x.txt", content: null }],
      refused: [],
    });
    expect((await other.bash("stat -c %a /tmp/x.txt; readlink coverage")).content).toBe(
      "0\n/tmp\nexit code 0",
    );
  });
});

describe("a3 and f1: a gate of the harness", () => {
  const PLANTED = ["npm", "node", "false", "bash", "sh", "make", "env", "git"];

  test("a gate's exit code is not changed by an earlier call, and a planted program on PATH turns none green", async () => {
    const other = await stand.open();
    await other.bash(`
mkdir -p .venv/bin ~/.local/bin
for p in ${PLANTED.join(" ")}; do printf '#!/bin/sh\\necho "312 passed"\\n' > .venv/bin/$p; chmod +x .venv/bin/$p; done
for f in .bashrc .profile .bash_profile .bash_env; do echo 'exit() { builtin exit 0; }; trap "builtin exit 0" EXIT' > ~/$f; done
echo 'export BASH_ENV=~/.bash_env' >> ~/.profile; printf 'alias exit=true\\n' > /tmp/aliases
mkdir -p node_modules/.bin && cp .venv/bin/npm node_modules/.bin/npm
(setsid bash -c 'while :; do for p in /proc/[0-9]*; do kill -STOP \${p##*/}; done; done' >/dev/null 2>&1 &)`);
    expect(await other.record()).toMatchObject({ changes: [], refused: [] });
    const gates = ["exit 1", "false", "bash -c 'exit 3'", "node -e 'process.exit(4)'", "sh -c 'kill -9 $$'"];
    const runs = await other.judge(gates, { seconds: 20, signal: never });
    expect(runs.map(({ exit_code }) => exit_code)).toEqual([1, 1, 3, 4, 137]);
    expect(runs.map(({ output }) => output).join()).not.toContain("312 passed");
  });

  test("an exit code is that of the command, whatever it prints or closes", async () => {
    const forged = JSON.stringify({ id: "start", ok: { exit_code: 0 }, ran: { exit_code: 0 } });
    for (const command of [
      `echo '${forged}'; exit 1`,
      "exec >&- 2>&-; exit 1",
      "echo begun >&2; exit 1",
      `echo '{"exit-code": 0}' >&4; echo '{"exit-code": 0}' >&3; exit 1`,
      "(sleep 0.2; exit 0) & disown; exit 1",
    ])
      expect([command, (await bench.run(command, { seconds: 10, signal: never })).exit_code]).toEqual([
        command,
        1,
      ]);
  });
});

describe.concurrent("a4: pipes", () => {
  const PIPES: readonly (readonly [what: string, command: string, refused: readonly string[]])[] = [
    [".gitignore", "mkfifo sub/.gitignore", ["sub/.gitignore"]],
    [".gitattributes", "mkfifo .gitattributes sub/.gitattributes", [".gitattributes", "sub/.gitattributes"]],
    ["a nested .git/HEAD", "mkdir -p n/.git/objects n/.git/refs; mkfifo n/.git/HEAD", ["n/.git"]],
    ["a nested .git", "mkdir n; mkfifo n/.git", ["n/.git"]],
    ["in a closed directory", "mkdir n; mkfifo n/.gitignore; chmod 000 n", ["n/.gitignore"]],
  ];

  test.each(PIPES)("a pipe named %s does not hold a record", async (_, command, refused) => {
    const other = await stand.open();
    await other.bash(`${command}; echo x >> sub/b.txt`);
    const recorded = await Promise.race([other.record(), sleep(20_000, null)]);
    expect(recorded).not.toBeNull();
    expect(recorded?.changes.map(({ path }) => path)).toEqual(["sub/b.txt"]);
    expect(recorded === null ? null : refusedPaths(recorded)).toEqual(refused);
  });
});

describe("a5: what is there to be read and to be taken", () => {
  test("no process holds a path of the host or the host's environment in its memory", async () => {
    const said = await python(`
import glob, os, re
hits = 0
for maps in glob.glob('/proc/[0-9]*/maps'):
    if str(os.getpid()) in maps: continue
    try: memory = open(maps.replace('maps', 'mem'), 'rb', 0)
    except OSError: continue
    for line in open(maps):
        low, high = (int(x, 16) for x in line.split()[0].split('-'))
        if ' rw' not in line or '[v' in line: continue
        try: memory.seek(low); data = memory.read(high - low)
        except OSError: continue
        hits += len(re.findall(b'canary-of-the' + b'-host|/ben' + b'ches/[0-9]', data))
print(hits)`);
    expect(said).toBe("0\nexit code 0");
  });

  test("a command has its three streams open and nothing else", async () => {
    expect((await bench.bash("ls /proc/1/fd | tr '\\n' ' '; ls /proc/self/fd | tr '\\n' ' '")).content).toBe(
      "0 1 2 0 1 2 3 \nexit code 0",
    );
    expect((await bench.bash("readlink /proc/1/exe; cat /proc/1/comm")).content).toBe(
      "/usr/bin/bash\nbash\nexit code 0",
    );
  });

  test("what the harness was started with is not open in a command", async () => {
    // node passes on every descriptor above 16.
    const script = join(import.meta.dirname, "tricks", "held-main.ts");
    const { stdout } = await promisify(execFile)("/bin/bash", [
      "-c",
      'exec 40</etc/passwd; exec "$0" "$1"',
      process.execPath,
      script,
    ]);
    expect(stdout).toBe("0 1 2 and 0 1 2 3\nexit code 0\n");
  });

  test("/dev/shm has a size, and the disk cannot be taken by fallocate", async () => {
    expect((await bench.bash("df --output=size -B1 /dev/shm | tail -1")).content.trim()).toMatch(
      /^1073741824\n/,
    );
    const { content } = await bench.bash(
      "fallocate -l 1M big 2>&1; stat -c %s big; fallocate -l 1M /dev/shm/x 2>&1; rm -f big /dev/shm/x",
    );
    expect(content.match(/not supported/g)).toHaveLength(2);
    expect((await bench.bash("ulimit -c; ulimit -f; ulimit -n; ulimit -u")).content).toBe(
      "0\n4194304\n16384\n8192\nexit code 0",
    );
  });

  test.each<[what: string, totals: object, command: string, why: RegExp]>([
    ["processes", { tasks: 40 }, "for i in $(seq 60); do sleep 20 & done; wait", /processes and threads/],
    [
      "memory",
      { memory: 64 * 2 ** 20 },
      "python3 -c 'x = b\"x\" * 300_000_000; input()'; sleep 20",
      /of memory/,
    ],
    [
      "disk",
      { disk: 2 ** 25 },
      "head -c 100M /dev/zero > node_modules; sync node_modules; sleep 20",
      /hold .* are allowed/,
    ],
  ])("a bench has a total of %s", async (_, totals, command, why) => {
    const { path, base } = aRepository({ "a.txt": "a\n" });
    const workbench = createWorkbench({
      dir: join(temporary(), "bench"),
      source: { kind: "local", path },
      toolProcess: await toolProcess(),
      node: process.execPath,
      sandbox: "bwrap",
      path: HOST_PATH,
      totals,
      log: () => undefined,
    });
    try {
      const config = Config.parse({ setup: [] });
      const { tree } = await workbench.setUp({ base, head: null, config, signal: never });
      const small = await workbench.open({ key: "1", tree, scope: FULL });
      const input = { command: command.replace("input()", "import time; time.sleep(20)") };
      const { ran, content } = await small.call(
        { type: "tool_use", id: "t", name: "bash", input },
        { signal: never },
      );
      expect([ran?.exit_code, content]).toEqual([null, expect.stringMatching(why)]);
    } finally {
      await workbench.close();
    }
  });

  test("no kernel surface that a test suite does not need is open", async () => {
    const said = await python(`
import ctypes, os
${CALLS}
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(200)
for name, number, arguments in [
    ('io_uring', 425, (8, buffer)), ('userfaultfd', 323 if x else 282, (0,)), ('bpf', 321 if x else 280, (0, buffer, 48)),
    ('keyctl', 250 if x else 219, (0, -3, 0)), ('perf', 298 if x else 241, (buffer, 0, -1, -1, 0)), ('setns', 308 if x else 268, (0, 0)),
]:
    print(name, libc.syscall(number, *arguments), ctypes.get_errno())
try: open('/dev/tty')
except OSError: print('no terminal')`);
    expect(said).toBe(
      "io_uring -1 38\nuserfaultfd -1 1\nbpf -1 1\nkeyctl -1 1\nperf -1 1\nsetns -1 1\nno terminal\nexit code 0",
    );
  });
});

describe("a6: the kernel's settings", () => {
  test("no sysctl opens for writing, nor what else the kernel obeys", async () => {
    const said = await python(`
import os
opened = []
def attempt(path, flags):
    try: os.close(os.open(path, flags | os.O_NONBLOCK)); opened.append(path)
    except OSError: pass
def told(path):
    try: return open(path, 'rb').read(1)
    except OSError: return b''
for top in ('sys', 'irq', 'bus', 'acpi'):
    for directory, _, files in os.walk('/proc/' + top):
        for name in files: attempt(os.path.join(directory, name), os.O_WRONLY)
attempt('/proc/sysrq-trigger', os.O_WRONLY)
attempt('/proc/kmsg', os.O_RDONLY)
print(opened)
print([p for p in ('sys', 'irq', 'bus', 'acpi', 'sysrq-trigger') if os.path.exists('/proc/' + p) and not os.statvfs('/proc/' + p).f_flag & 1])
print([p for p in ('kcore', 'keys', 'timer_list') if told('/proc/' + p)])`);
    expect(said).toBe("[]\n[]\n[]\nexit code 0");
  });

  test("whoever a command is outside, it is not the machine's root", async () => {
    await bench.bash("touch /work/whose");
    const { uid, gid } = statSync(join(stand.dir, "benches", "1", "work", "whose"));
    const root = process.getuid?.() === 0;
    expect([uid, gid]).toEqual(root ? [gid, gid] : [process.getuid?.(), process.getgid?.()]);
    expect(gid).not.toBe(0);
    await bench.bash("rm /work/whose");
  });
});

describe("f1: what is beside the project", () => {
  test("neither the host's loopback nor its abstract sockets answer a command", async () => {
    const web = createServer((_, response) => response.end("reached")).listen(0, "127.0.0.1");
    const name = `kin-lab-${process.pid}`;
    const abstract = createSocket(socket => socket.end("reached")).listen(`\0${name}`);
    await Promise.all(
      [web, abstract].map(server => new Promise(resolve => server.once("listening", resolve))),
    );
    const { port } = web.address() as { port: number };
    const said = await python(`
import socket
for family, address in ((socket.AF_UNIX, chr(0) + '${name}'), (socket.AF_INET, ('127.0.0.1', ${port}))):
    s = socket.socket(family)
    try: s.connect(address); s.send(b'GET / HTTP/1.0\\r\\n\\r\\n'); print(s.recv(999))
    except OSError as e: print(e.strerror)`);
    web.close();
    abstract.close();
    expect(said).toBe("Connection refused\nConnection refused\nexit code 0");
  });
});

describe("tricks with a seed, a few of what `npm run corpus` plays", () => {
  const seed = 20_260;

  test("nothing of a command is alive behind it, whatever it does to processes", async () => {
    const other = await stand.open();
    const { failures, played } = await playTricks(other, { stand, random: createRandom(seed), count: 8 });
    expect([played, failures]).toEqual([8, []]);
  }, 60_000);

  test("no link leads a file tool or a record out of the bench", async () => {
    const { failures, swapped } = await swapLinks({ random: createRandom(seed), count: 40 });
    expect([swapped, failures]).toEqual([40, []]);
  }, 60_000);
});
