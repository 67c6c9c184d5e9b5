// The seccomp filter, twice: every system call of both architectures against a simulated kernel, and the real one.
import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import {
  type Architecture,
  DENIED,
  type DeniedCall,
  deniedIn,
  seccompProgram,
} from "../../action/workbench/seccomp.ts";
import tables from "./syscalls.json" with { type: "json" };

const ARCHITECTURES = ["x64", "arm64"] as const;
const NUMBERS: Readonly<Record<Architecture, Readonly<Record<string, number>>>> = tables;
const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003, arm: 0x40000028 };

/** `allow`, `kill` or the name of an error. */
type Answer = string;
const ERRORS: Readonly<Record<number, Answer>> = {
  1: "EPERM",
  12: "ENOMEM",
  38: "ENOSYS",
  95: "EOPNOTSUPP",
  97: "EAFNOSUPPORT",
};

describe("what is denied", () => {
  test.each(ARCHITECTURES)("is answered on %s exactly as written down here, whatever the arguments", name => {
    expect(deviations(seccompProgram(name), name)).toEqual([]);
  });

  test.each(ARCHITECTURES)(
    "is on %s unix sockets as well, but in pairs, where the network is the machine's",
    name => {
      const program = seccompProgram(name, deniedIn(true));
      expect(deviations(program, name)).toEqual(["socket"]);
      for (const args of HOSTILE)
        expect(answerOf(program, name, { name: "socket", args })).toBe(
          ((args[0] ?? 0n) & 0xffff_ffffn) === 1n ? "EAFNOSUPPORT" : expected("socket", args),
        );
    },
  );

  test.each(ARCHITECTURES)("is missed on %s as soon as a row is left out", name => {
    const denied = deniedIn(false);
    for (const row of denied.filter(call => call[name] !== null)) {
      const without = seccompProgram(
        name,
        denied.filter(call => call !== row),
      );
      expect([row.name, deviations(without, name, [row.name])]).toEqual([row.name, [row.name]]);
    }
  });

  test.each(ARCHITECTURES)("has the numbers of the kernel's own table on %s", name => {
    for (const row of DENIED)
      expect([row.name, row[name]]).toEqual([row.name, NUMBERS[name][row.name] ?? null]);
  });

  test.each<[string, string, readonly bigint[]]>([
    ["a terminal's input, under a high word", "ioctl", [0n, 0x1_0000_5412n]],
    ["fallocate in its old form", "ioctl", [0n, 0x4030_582an]],
    ["a namespace, under a high word", "clone", [0xffff_ffff_1000_0000n]],
    ["a namespace among the flags of a thread", "clone", [0x103d_0f00n]],
    ["a clock namespace", "unshare", [0x80n]],
    ["4 GiB of shared memory, whose low word is 0", "shmget", [0n, 0x1_0000_0000n]],
    ["a byte too much of shared memory", "shmget", [0n, 262145n]],
    ["vsock", "socket", [40n, 1n]],
    ["packet", "socket", [17n, 3n]],
    ["alg", "socket", [38n, 5n]],
    ["vsock, under a high word", "socket", [0x1_0000_0028n]],
    ["netfilter", "socket", [16n, 3n, 12n]],
    ["a pair of tipc", "socketpair", [30n, 1n]],
  ])("includes %s", (_, name, args) => {
    for (const architecture of ARCHITECTURES)
      expect(answerOf(seccompProgram(architecture), architecture, { name, args })).not.toBe("allow");
  });

  test.each<[string, string, readonly bigint[]]>([
    ["fork", "clone", [0x0120_0011n]],
    ["pthread_create", "clone", [0x3d_0f00n]],
    ["vfork", "clone", [0x4111n]],
    ["an exit signal of clone whose byte is unshare's clock namespace", "clone", [0x80n]],
    ["unsharing open files", "unshare", [0x400n]],
    ["256 KiB of shared memory", "shmget", [0n, 262144n]],
    ["a terminal's size", "ioctl", [0n, 0x5413n]],
    ["unix", "socket", [1n, 1n, 0n]],
    ["tcp", "socket", [2n, 1n, 6n]],
    ["udp over IPv6", "socket", [10n, 2n, 17n]],
    ["route, which lists interfaces", "socket", [16n, 3n, 0n]],
    ["a pair of unix", "socketpair", [1n, 1n]],
  ])("does not include %s", (_, name, args) => {
    for (const architecture of ARCHITECTURES)
      expect(answerOf(seccompProgram(architecture), architecture, { name, args })).toBe("allow");
  });
});

describe("the program", () => {
  test.each<[Architecture, keyof typeof AUDIT]>([
    ["x64", "arm64"],
    ["x64", "i386"],
    ["x64", "arm"],
    ["arm64", "x64"],
    ["arm64", "i386"],
    ["arm64", "arm"],
  ])("of %s kills whatever calls as %s", (own, foreign) => {
    const program = decoded(seccompProgram(own));
    for (let number = 0; number < 600; number++)
      expect(simulated(program, callOf({ arch: AUDIT[foreign], number, args: [] }))).toBe("kill");
  });

  test.each(ARCHITECTURES)("of %s knows no call that is newer than its table", name => {
    const program = decoded(seccompProgram(name));
    const newest = Math.max(...Object.values(NUMBERS[name]));
    for (const number of [newest + 1, newest + 2, 512, 600, 0x3fff_ffff, 0x7fff_ffff, 0xffff_ffff])
      expect(simulated(program, callOf({ arch: AUDIT[name], number, args: [] }))).toBe("ENOSYS");
    expect(simulated(program, callOf({ arch: AUDIT[name], number: newest, args: [] }))).toBe("allow");
  });

  test("of x64 knows no call by its x32 number", () => {
    const program = decoded(seccompProgram("x64"));
    for (const number of [0, 0xbfff_ffff, ...Object.values(NUMBERS.x64)].map(n => n + 0x4000_0000))
      expect(simulated(program, callOf({ arch: AUDIT.x64, number, args: [] }))).toBe("ENOSYS");
  });

  test.each(ARCHITECTURES)("of %s fits into the kernel", name => {
    expect(seccompProgram(name).length % 8).toBe(0);
    expect(seccompProgram(name).length / 8).toBeLessThan(4096);
  });

  test("does not exist for another architecture", () => {
    expect(() => seccompProgram("ia32" as Architecture)).toThrow("no seccomp filter for ia32");
  });

  test("is not made where a jump would be too long", () => {
    const values = Array.from({ length: 254 }, (_, value) => value);
    const row = (kind: "one_of" | "none_of", count: number): DeniedCall[] => [
      {
        name: "read",
        x64: 0,
        arm64: 63,
        errno: "EPERM",
        why: "",
        when: [{ kind, arg: 0, values: values.slice(0, count) }],
      },
    ];
    const read = (program: Buffer, arg: number) =>
      answerOf(program, "x64", { name: "read", args: [BigInt(arg)] });
    expect(read(seccompProgram("x64", row("none_of", 253)), 252)).toBe("allow");
    expect(read(seccompProgram("x64", row("none_of", 253)), 253)).toBe("EPERM");
    expect(() => seccompProgram("x64", row("none_of", 254))).toThrow("too long");
    expect(() => seccompProgram("x64", row("one_of", 254))).toThrow("too long");
  });

  test("with no row allows everything", () => {
    for (const name of ARCHITECTURES)
      for (const call of Object.keys(NUMBERS[name]))
        expect(answerOf(seccompProgram(name, []), name, { name: call, args: [] })).toBe("allow");
  });
});

describe("in bubblewrap", () => {
  test("the calls it denies answer their error, and without it they do not", async () => {
    const denied = {
      ptrace: "EPERM",
      unshare: "EPERM",
      clone: "EPERM",
      clone3: "ENOSYS",
      fallocate: "EOPNOTSUPP",
      vsock: "EAFNOSUPPORT",
      netfilter: "EAFNOSUPPORT",
      shmget: "ENOMEM",
      keyctl: "EPERM",
      io_uring_setup: "ENOSYS",
      tiocsti: "EPERM",
    };
    expect(JSON.parse(await inBubblewrap(PROBES, true))).toEqual(denied);
    // The kernel grants these to anybody; the machine may deny the others as well.
    expect(JSON.parse(await inBubblewrap(PROBES, false))).toMatchObject({
      ptrace: "ok",
      fallocate: "ok",
      shmget: "ok",
    });
  });

  test("what a program ordinarily does still works", async () => {
    expect(JSON.parse(await inBubblewrap(ORDINARY, true))).toEqual({
      threads: 28,
      fork: 7,
      subprocess: "out",
      inet: true,
      interfaces: true,
      pty: "typed",
      pool: [0, 1, 4],
      allocated: 65536,
    });
  });
});

// What is denied, written down a second time, independently of the table.

const ALWAYS: Readonly<Record<Answer, string>> = {
  EPERM: `ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp setns mount umount2 pivot_root
    chroot move_mount fsopen fsconfig fsmount fspick open_tree open_tree_attr mount_setattr bpf perf_event_open
    userfaultfd fanotify_init open_by_handle_at keyctl add_key request_key kexec_load kexec_file_load init_module
    finit_module delete_module reboot swapon swapoff acct quotactl quotactl_fd settimeofday clock_settime
    clock_adjtime adjtimex syslog vhangup iopl ioperm modify_ldt`,
  ENOSYS: "clone3 io_uring_setup io_uring_enter io_uring_register",
  EOPNOTSUPP: "fallocate",
};

const expected = (name: string, args: readonly bigint[]): Answer => {
  const deniedIf = (denied: boolean, error: Answer): Answer => (denied ? error : "allow");
  const low = (index: number): number => Number(BigInt.asUintN(32, args[index] ?? 0n));
  switch (name) {
    case "unshare":
      return deniedIf((low(0) & 0x7e020080) !== 0, "EPERM");
    case "clone":
      return deniedIf((low(0) & 0x7e020000) !== 0, "EPERM");
    case "ioctl":
      return [0x40305828, 0x4030582a, 0x40305839].includes(low(1))
        ? "EOPNOTSUPP"
        : deniedIf(low(1) === 0x5412 || low(1) === 0x541c, "EPERM");
    case "socket":
      return deniedIf(![1, 2, 10].includes(low(0)) && !(low(0) === 16 && low(2) === 0), "EAFNOSUPPORT");
    case "socketpair":
      return deniedIf(low(0) !== 1, "EAFNOSUPPORT");
    case "shmget":
      return deniedIf((args[1] ?? 0n) > 262144n, "ENOMEM");
    default:
      return Object.entries(ALWAYS).find(([, names]) => names.split(/\s+/).includes(name))?.[0] ?? "allow";
  }
};

/** Each of these in each position, bare and with two high words. */
const WORDS = [
  ...[0, 1, 2, 9, 10, 11, 12, 16, 17, 30, 38, 40, 0x80, 0x4111, 0x3d0f00, 0x1200011],
  ...[0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x7e020080],
  ...[0x40305827, 0x40305828, 0x40305829, 0x4030582a, 0x4030582b, 0x40305838, 0x40305839, 0x4030583a],
  ...[0x5411, 0x5412, 0x5413, 0x541b, 0x541c, 0x541d, 262143, 262144, 262145, 0x7fffffff, 0xffffffff],
].map(BigInt);
const VALUES = WORDS.flatMap(word => [word, word | 0x1_0000_0000n, word | 0xffff_ffff_0000_0000n]);
const HOSTILE: readonly (readonly bigint[])[] = [
  ...VALUES.flatMap(value => [0, 1, 2, 3, 4, 5].map(place => Array(6).fill(0n).with(place, value))),
  ...VALUES.map(value => Array(6).fill(value)),
  ...VALUES.map(value => [16n, 3n, value, 0n, 0n, 0n]),
];

/** Calls that are not answered as expected, at least for some arguments. */
const deviations = (
  program: Buffer,
  architecture: Architecture,
  names = Object.keys(NUMBERS[architecture]),
): readonly string[] => {
  const instructions = decoded(program);
  const calls = HOSTILE.map(args => ({ args, data: callOf({ arch: AUDIT[architecture], number: 0, args }) }));
  return names.filter(name =>
    calls.some(({ args, data }) => {
      data.writeUInt32LE(NUMBERS[architecture][name] ?? 0xffffffff, 0);
      return simulated(instructions, data) !== expected(name, args);
    }),
  );
};

const answerOf = (
  program: Buffer,
  architecture: Architecture,
  { name, args }: { readonly name: string; readonly args: readonly bigint[] },
): Answer => {
  const number = NUMBERS[architecture][name];
  if (number === undefined) throw new Error(`${architecture} has no ${name}`);
  return simulated(decoded(program), callOf({ arch: AUDIT[architecture], number, args }));
};

// The kernel's side: `struct seccomp_data`, and as much of classic BPF as a filter needs.

const callOf = (call: {
  readonly number: number;
  readonly arch: number;
  readonly args: readonly bigint[];
}): Buffer => {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number, 0);
  data.writeUInt32LE(call.arch, 4);
  data.writeBigUInt64LE(0x7fff_dead_beef_0000n, 8);
  for (const [index, arg] of call.args.entries()) data.writeBigUInt64LE(arg, 16 + 8 * index);
  return data;
};

interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

const [LOAD, AND, RETURN] = [0x20, 0x54, 0x06];
const JUMPS: Readonly<Record<number, (accumulator: number, k: number) => boolean>> = {
  21: (accumulator, k) => accumulator === k,
  37: (accumulator, k) => accumulator > k,
  53: (accumulator, k) => accumulator >= k,
  69: (accumulator, k) => (accumulator & k) !== 0,
};

/** Refuses what the kernel's verifier refuses: every instruction is checked, run or not. */
const decoded = (program: Buffer): readonly Instruction[] => {
  const count = program.length / 8;
  return Array.from({ length: count }, (_, index) => {
    const at = 8 * index;
    const instruction = {
      code: program.readUInt16LE(at),
      jt: program.readUInt8(at + 2),
      jf: program.readUInt8(at + 3),
      k: program.readUInt32LE(at + 4),
    };
    const { code, jt, jf, k } = instruction;
    if (code in JUMPS) {
      if (index + 1 + Math.max(jt, jf) >= count) throw new Error(`the jump at ${index} is out of range`);
    } else if (![LOAD, AND, RETURN].includes(code))
      throw new Error(`unknown instruction ${code} at ${index}`);
    if (code === LOAD && (k % 4 !== 0 || k >= 64)) throw new Error(`the load at ${index} is out of range`);
    if (index === count - 1 && code !== RETURN) throw new Error("the end does not return");
    return instruction;
  });
};

const simulated = (program: readonly Instruction[], data: Buffer): Answer => {
  let accumulator = 0;
  for (let index = 0; ; index++) {
    const instruction = program[index];
    if (instruction === undefined) throw new Error("ran past the end");
    const { code, jt, jf, k } = instruction;
    const jump = JUMPS[code];
    if (jump) index += jump(accumulator, k) ? jt : jf;
    else if (code === LOAD) accumulator = data.readUInt32LE(k);
    else if (code === AND) accumulator = (accumulator & k) >>> 0;
    else return verdict(k);
  }
};

const verdict = (value: number): Answer => {
  if (value === 0x7fff0000) return "allow";
  if (value === 0x80000000) return "kill";
  const error = ERRORS[value & 0xffff];
  if (value >>> 16 !== 0x0005 || error === undefined) throw new Error(`unknown answer ${value.toString(16)}`);
  return error;
};

// The real kernel.

const here: Architecture = process.arch === "arm64" ? "arm64" : "x64";

/** What the Python program prints. */
const inBubblewrap = async (script: string, filtered: boolean): Promise<string> => {
  const args =
    "--ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --unshare-all --die-with-parent --new-session".split(
      " ",
    );
  const child = spawn(
    "/usr/bin/bwrap",
    [...args, ...(filtered ? ["--seccomp", "3"] : []), "--", "/usr/bin/python3", "-c", script],
    { env: {}, stdio: ["ignore", "pipe", "pipe", "pipe"] },
  );
  const filter = child.stdio[3] as Writable;
  // Not read if no filter is requested.
  filter.on("error", () => {}).end(seccompProgram(here));
  let printed = "";
  let complaint = "";
  child.stdout?.on("data", data => {
    printed += data;
  });
  child.stderr?.on("data", data => {
    complaint += data;
  });
  const code = await new Promise(resolve => child.on("close", resolve));
  if (code !== 0) throw new Error(`bwrap ended with ${code}: ${complaint}`);
  return printed;
};

/** Each in a separate process, because some succeed if nothing denies them. */
const PROBES = `
import ctypes, json, os
numbers = ${JSON.stringify(NUMBERS[here])}
errors = ${JSON.stringify(ERRORS)}
libc = ctypes.CDLL(None, use_errno=True)
file = os.memfd_create("file")

def call(name, *args):
    result = libc.syscall(ctypes.c_long(numbers[name]), *(ctypes.c_ulong(a) for a in args))
    code = str(ctypes.get_errno())
    return "ok" if result >= 0 else errors.get(code, code)

def probe(name, *args):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, call(name, *args).encode())
        os._exit(0)
    os.close(write)
    answer = os.fdopen(read).read()
    os.waitpid(child, 0)
    return answer

print(json.dumps({
    "ptrace": probe("ptrace", 0, 0, 0, 0),
    "unshare": probe("unshare", 0x10000000),
    "clone": probe("clone", 0xFFFFFFFF10000011, 0, 0, 0, 0),
    "clone3": probe("clone3", 0, 0),
    "fallocate": probe("fallocate", file, 0, 0, 65536),
    "vsock": probe("socket", 40, 1, 0),
    "netfilter": probe("socket", 16, 3, 12),
    "shmget": probe("shmget", 0, 262145, 0o1600),
    "keyctl": probe("keyctl", 0, 0xFFFFFFFD, 0),
    "io_uring_setup": probe("io_uring_setup", 1, 0),
    "tiocsti": probe("ioctl", 0, 0x100005412, 0),
}))
`;

const ORDINARY = `
import json, multiprocessing, os, pty, socket, subprocess, threading
total = []
threads = [threading.Thread(target=total.append, args=(n,)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()

child = os.fork()
if child == 0: os._exit(7)
status = os.waitpid(child, 0)[1]

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())

controller, terminal = pty.openpty()
os.write(controller, b"typed\\n")

file = os.memfd_create("file")
os.posix_fallocate(file, 0, 65536)

def square(n): return n * n
with multiprocessing.get_context("fork").Pool(2) as pool: squares = pool.map(square, range(3))

print(json.dumps({
    "threads": sum(total),
    "fork": os.waitstatus_to_exitcode(status),
    "subprocess": subprocess.run(["/bin/sh", "-c", "echo out"], capture_output=True, text=True).stdout.strip(),
    "inet": client.getpeername() == server.getsockname(),
    "interfaces": "lo" in [name for _, name in socket.if_nameindex()],
    "pty": os.read(terminal, 100).decode().strip(),
    "pool": squares,
    "allocated": os.fstat(file).st_size,
}))
`;
