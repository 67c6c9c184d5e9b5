// The seccomp filter of a sandbox: which calls the kernel refuses whatever runs there, and that list as a program in
// classic BPF, as bwrap's `--seccomp` reads it. Calls newer than this table do not exist; all others not named here are
// allowed.

/** Node's names. */
export type Architecture = "x64" | "arm64";

export interface DeniedCall {
  readonly name: string;
  /** The call's number; null if the architecture has no such call. */
  readonly x64: number | null;
  readonly arm64: number | null;
  /** The error that the caller gets. */
  readonly errno: keyof typeof ERRNO;
  /** Denied only if all of these hold; always if absent. */
  readonly when?: readonly Condition[];
  /** Denied only if the network is the machine's. */
  readonly only?: "network";
  readonly why: string;
}

/**
 * Compares the low 32 bits of an argument, which is what the kernel uses for an ioctl's command, a socket's family and
 * clone's flags: setting the high word must not get past. Only `above` compares all 64 bits, with a 32-bit value.
 */
export type Condition =
  | { readonly kind: "any_of"; readonly arg: number; readonly mask: number }
  | { readonly kind: "one_of"; readonly arg: number; readonly values: readonly number[] }
  | { readonly kind: "none_of"; readonly arg: number; readonly values: readonly number[] }
  | { readonly kind: "above"; readonly arg: number; readonly value: number };

const ERRNO = { EPERM: 1, ENOMEM: 12, ENOSYS: 38, EOPNOTSUPP: 95, EAFNOSUPPORT: 97 } as const;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
/** Only for unshare: in clone this bit belongs to the signal sent at exit. */
const NEWTIME = 0x80;
const [TIOCSTI, TIOCLINUX] = [0x5412, 0x541c];
const [FS_IOC_RESVSP, FS_IOC_RESVSP64, FS_IOC_ZERO_RANGE] = [0x40305828, 0x4030582a, 0x40305839];
const [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] = [1, 2, 10, 16];
const NETLINK_ROUTE = 0;

export const DENIED: readonly DeniedCall[] = [
  { name: "ptrace", x64: 101, arm64: 117, errno: "EPERM", why: "reads and steers another process" },
  { name: "process_vm_readv", x64: 310, arm64: 270, errno: "EPERM", why: "reads another process" },
  { name: "process_vm_writev", x64: 311, arm64: 271, errno: "EPERM", why: "writes into another process" },
  { name: "process_madvise", x64: 440, arm64: 440, errno: "EPERM", why: "reclaims another process's memory" },
  { name: "pidfd_getfd", x64: 438, arm64: 438, errno: "EPERM", why: "takes another process's open files" },
  { name: "kcmp", x64: 312, arm64: 272, errno: "EPERM", why: "tells where the kernel keeps its objects" },
  {
    name: "unshare",
    x64: 272,
    arm64: 97,
    errno: "EPERM",
    when: [{ kind: "any_of", arg: 0, mask: NAMESPACES | NEWTIME }], // guard: clock-namespace
    why: "in a namespace of its own a process has every capability",
  },
  {
    name: "clone",
    x64: 56,
    arm64: 220,
    errno: "EPERM",
    when: [{ kind: "any_of", arg: 0, mask: NAMESPACES }],
    why: "the same as unshare",
  },
  { name: "clone3", x64: 435, arm64: 435, errno: "ENOSYS", why: "its flags cannot be seen; clone's can" },
  { name: "setns", x64: 308, arm64: 268, errno: "EPERM", why: "enters another namespace" },
  { name: "mount", x64: 165, arm64: 40, errno: "EPERM", why: "changes what is mounted" },
  { name: "umount2", x64: 166, arm64: 39, errno: "EPERM", why: "uncovers what a mount hides" },
  { name: "pivot_root", x64: 155, arm64: 41, errno: "EPERM", why: "changes the root" },
  { name: "chroot", x64: 161, arm64: 51, errno: "EPERM", why: "changes the root" },
  { name: "move_mount", x64: 429, arm64: 429, errno: "EPERM", why: "mount, in its new form" },
  { name: "fsopen", x64: 430, arm64: 430, errno: "EPERM", why: "mount, in its new form" },
  { name: "fsconfig", x64: 431, arm64: 431, errno: "EPERM", why: "mount, in its new form" },
  { name: "fsmount", x64: 432, arm64: 432, errno: "EPERM", why: "mount, in its new form" },
  { name: "fspick", x64: 433, arm64: 433, errno: "EPERM", why: "mount, in its new form" },
  { name: "open_tree", x64: 428, arm64: 428, errno: "EPERM", why: "mount, in its new form" },
  { name: "open_tree_attr", x64: 467, arm64: 467, errno: "EPERM", why: "mount, in its new form" },
  { name: "mount_setattr", x64: 442, arm64: 442, errno: "EPERM", why: "makes a read-only mount writable" },
  { name: "bpf", x64: 321, arm64: 280, errno: "EPERM", why: "programs in the kernel" },
  { name: "perf_event_open", x64: 298, arm64: 241, errno: "EPERM", why: "watches other processes" },
  { name: "userfaultfd", x64: 323, arm64: 282, errno: "EPERM", why: "holds the kernel still mid-copy" },
  { name: "fanotify_init", x64: 300, arm64: 262, errno: "EPERM", why: "watches a whole filesystem" },
  { name: "open_by_handle_at", x64: 304, arm64: 265, errno: "EPERM", why: "opens files past the mounts" },
  { name: "keyctl", x64: 250, arm64: 219, errno: "EPERM", why: "the kernel's keys are in no namespace" },
  { name: "add_key", x64: 248, arm64: 217, errno: "EPERM", why: "the kernel's keys are in no namespace" },
  { name: "request_key", x64: 249, arm64: 218, errno: "EPERM", why: "the kernel's keys are in no namespace" },
  { name: "io_uring_setup", x64: 425, arm64: 425, errno: "ENOSYS", why: "works unseen by this filter" },
  { name: "io_uring_enter", x64: 426, arm64: 426, errno: "ENOSYS", why: "works unseen by this filter" },
  { name: "io_uring_register", x64: 427, arm64: 427, errno: "ENOSYS", why: "works unseen by this filter" },
  { name: "kexec_load", x64: 246, arm64: 104, errno: "EPERM", why: "replaces the kernel" },
  { name: "kexec_file_load", x64: 320, arm64: 294, errno: "EPERM", why: "replaces the kernel" },
  { name: "init_module", x64: 175, arm64: 105, errno: "EPERM", why: "code into the kernel" },
  { name: "finit_module", x64: 313, arm64: 273, errno: "EPERM", why: "code into the kernel" },
  { name: "delete_module", x64: 176, arm64: 106, errno: "EPERM", why: "code out of the kernel" },
  { name: "reboot", x64: 169, arm64: 142, errno: "EPERM", why: "the machine's" },
  { name: "swapon", x64: 167, arm64: 224, errno: "EPERM", why: "the machine's" },
  { name: "swapoff", x64: 168, arm64: 225, errno: "EPERM", why: "the machine's" },
  { name: "acct", x64: 163, arm64: 89, errno: "EPERM", why: "the machine's" },
  { name: "quotactl", x64: 179, arm64: 60, errno: "EPERM", why: "the machine's" },
  { name: "quotactl_fd", x64: 443, arm64: 443, errno: "EPERM", why: "the machine's" },
  { name: "settimeofday", x64: 164, arm64: 170, errno: "EPERM", why: "the machine's clock" },
  { name: "clock_settime", x64: 227, arm64: 112, errno: "EPERM", why: "the machine's clock" },
  { name: "clock_adjtime", x64: 305, arm64: 266, errno: "EPERM", why: "the machine's clock" },
  { name: "adjtimex", x64: 159, arm64: 171, errno: "EPERM", why: "the machine's clock" },
  { name: "syslog", x64: 103, arm64: 116, errno: "EPERM", why: "the kernel's log" },
  { name: "vhangup", x64: 153, arm64: 58, errno: "EPERM", why: "takes the terminal from others" },
  { name: "iopl", x64: 172, arm64: null, errno: "EPERM", why: "the machine's ports" },
  { name: "ioperm", x64: 173, arm64: null, errno: "EPERM", why: "the machine's ports" },
  { name: "modify_ldt", x64: 154, arm64: null, errno: "EPERM", why: "kernel surface of 16-bit programs" },
  {
    name: "ioctl",
    x64: 16,
    arm64: 29,
    errno: "EPERM",
    when: [{ kind: "one_of", arg: 1, values: [TIOCSTI, TIOCLINUX] }],
    why: "types into the terminal it was started from",
  },
  {
    name: "ioctl",
    x64: 16,
    arm64: 29,
    errno: "EOPNOTSUPP",
    when: [{ kind: "one_of", arg: 1, values: [FS_IOC_RESVSP, FS_IOC_RESVSP64, FS_IOC_ZERO_RANGE] }],
    why: "fallocate, in its old form",
  },
  { name: "fallocate", x64: 285, arm64: 47, errno: "EOPNOTSUPP", why: "gigabytes, faster than any watcher" },
  {
    name: "socket",
    x64: 41,
    arm64: 198,
    errno: "EAFNOSUPPORT",
    when: [{ kind: "none_of", arg: 0, values: [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] }],
    why: "the others are kernel surface, or reach past the network namespace",
  },
  {
    name: "socket",
    x64: 41,
    arm64: 198,
    errno: "EAFNOSUPPORT",
    when: [
      { kind: "one_of", arg: 0, values: [AF_NETLINK] },
      { kind: "none_of", arg: 2, values: [NETLINK_ROUTE] },
    ],
    why: "interfaces and addresses are listed by route; the other protocols are kernel surface",
  },
  {
    name: "socket",
    x64: 41,
    arm64: 198,
    errno: "EAFNOSUPPORT",
    when: [{ kind: "one_of", arg: 0, values: [AF_UNIX] }],
    only: "network",
    why: "names of unix sockets that are no files belong to the network: the machine's own services listen there",
  },
  {
    name: "socketpair",
    x64: 53,
    arm64: 199,
    errno: "EAFNOSUPPORT",
    when: [{ kind: "none_of", arg: 0, values: [AF_UNIX] }],
    why: "no other family is needed in pairs",
  },
  {
    name: "shmget",
    x64: 29,
    arm64: 194,
    errno: "ENOMEM",
    when: [{ kind: "above", arg: 1, value: 262144 }],
    why: "memory no process owns: 4,096 segments of at most this size are a total",
  },
];

/** What a sandbox is denied; `network` says whether its network is the machine's. */
export const deniedIn = (network: boolean): readonly DeniedCall[] =>
  DENIED.filter(({ only }) => only === undefined || network);

/** The program for `--seccomp`. The table is a parameter so that a test can leave a row out. */
export const seccompProgram = (architecture: Architecture, denied = deniedIn(false)): Buffer => {
  const audit = AUDIT_ARCH[architecture];
  if (audit === undefined) throw new Error(`there is no seccomp filter for ${architecture}`);
  return encode([
    load(ARCH),
    // guard: foreign-architecture
    ...answerIf([[{ code: EQUAL, k: audit, yes: "fails", no: "holds" }]], KILL_PROCESS),
    load(NUMBER),
    ...answerIf([[{ code: ABOVE, k: LAST_KNOWN, no: "fails" }]], errno("ENOSYS")), // guard: newer-calls
    ...denied.flatMap(call => refusal(call, call[architecture])),
    answer(ALLOW),
  ]);
};

/** If it loaded an argument, it ends by loading the call's number again, which the next row compares. */
const refusal = (call: DeniedCall, number: number | null): readonly Instruction[] => {
  if (number === null) return [];
  const tests = (call.when ?? []).map(testOf);
  return [
    ...answerIf([[{ code: EQUAL, k: number, no: "fails" }], ...tests], errno(call.errno)),
    ...(tests.length > 0 ? [load(NUMBER)] : []),
  ];
};

/** A test holds if it runs to its end. */
const testOf = (condition: Condition): readonly Step[] => {
  switch (condition.kind) {
    case "any_of":
      return [load(low(condition.arg)), { code: ANY_BIT, k: condition.mask, no: "fails" }];
    case "one_of":
      return [
        load(low(condition.arg)),
        ...condition.values.map((value): Step => ({ code: EQUAL, k: value, yes: "holds" })),
        { code: EQUAL, k: 0, yes: "fails", no: "fails" },
      ];
    case "none_of":
      return [
        load(low(condition.arg)),
        ...condition.values.map((value): Step => ({ code: EQUAL, k: value, yes: "fails" })),
      ];
    case "above":
      return [
        load(high(condition.arg)),
        { code: ABOVE, k: 0, yes: "holds" }, // guard: high-word
        load(low(condition.arg)),
        { code: ABOVE, k: condition.value, no: "fails" },
      ];
    default:
      return condition satisfies never;
  }
};

/** An instruction whose jumps have no distance yet; by default it continues with the next. */
interface Step {
  readonly code: number;
  readonly k: number;
  readonly yes?: "holds" | "fails";
  readonly no?: "holds" | "fails";
}

interface Instruction {
  readonly code: number;
  readonly k: number;
  readonly jt?: number;
  readonly jf?: number;
}

/** Returns `value` if all tests hold; as soon as one fails, continues after that. */
const answerIf = (tests: readonly (readonly Step[])[], value: number): readonly Instruction[] => {
  const block = [answer(value)];
  for (const test of tests.toReversed()) block.unshift(...placed(test, block.length));
  return block;
};

/** `rest` is how much of its block follows a test. */
const placed = (test: readonly Step[], rest: number): readonly Instruction[] =>
  test.map(({ code, k, yes, no }, at) => {
    const holds = test.length - at - 1;
    const distance = { holds, fails: holds + rest };
    if (distance.fails > 255) throw new Error("a condition is too long for a jump");
    return { code, k, jt: yes ? distance[yes] : 0, jf: no ? distance[no] : 0 };
  });

const load = (offset: number): Step & Instruction => ({ code: LOAD, k: offset });
const answer = (value: number): Instruction => ({ code: RETURN, k: value });
const errno = (name: DeniedCall["errno"]): number => ANSWER_ERRNO | ERRNO[name];

/** `struct sock_filter`: both architectures are little-endian. */
const encode = (program: readonly Instruction[]): Buffer => {
  const bytes = Buffer.alloc(8 * program.length);
  for (const [index, { code, k, jt = 0, jf = 0 }] of program.entries()) {
    bytes.writeUInt16LE(code, 8 * index);
    bytes.writeUInt8(jt, 8 * index + 2);
    bytes.writeUInt8(jf, 8 * index + 3);
    bytes.writeUInt32LE(k, 8 * index + 4);
  }
  return bytes;
};

const AUDIT_ARCH: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** file_setattr, of Linux 6.17. Nobody has examined later calls; x32's are above it, too. */
const LAST_KNOWN = 469;

/** Offsets in `struct seccomp_data`. */
const NUMBER = 0;
const ARCH = 4;
const low = (arg: number): number => 16 + 8 * arg;
const high = (arg: number): number => low(arg) + 4;

const LOAD = 0x20;
const EQUAL = 0x15;
const ABOVE = 0x25;
const ANY_BIT = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const ANSWER_ERRNO = 0x00050000;
