// What a sandbox is: one table of bubblewrap's options, a row each. Whatever no row names does not exist inside. There
// are four kinds of room: for a single command, for the file tools, for the harness's own git and files, and for a
// server of the project's.
import { execFile } from "node:child_process";
import { constants, existsSync } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, readlink, realpath, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { BRIDGE_PORT, bridgeProgram } from "../network/bridge.ts";
import type { Launch } from "./box.ts";
import { HOME, SCRATCH, TREE, WORK } from "./protocol.ts";
import { canRead, type Rights } from "./rights.ts";
import { deniedIn, seccompProgram } from "./seccomp.ts";
import type { Toolchain } from "./toolchain.ts";

/** What does not change between the sandboxes of a workbench. */
export interface Sandbox {
  /** Absolute path of bwrap. */
  readonly program: string;
  readonly features: ReadonlySet<string>;
  readonly rights: Rights | null;
  /** The seccomp filters: `network` for sandboxes on the machine's network, `alone` for all others. */
  readonly seccomp: { readonly alone: Buffer; readonly network: Buffer };
  readonly toolchain: Toolchain;
  /** A directory of ours with a few generated files for /etc and an empty directory. */
  readonly furniture: string;
  /** The machine's parts of /etc and of the root, as bwrap options. */
  readonly system: readonly string[];
  /** Kin's node, its bundled services, git, and ripgrep if the machine has it. */
  readonly node: string;
  readonly services: string;
  readonly git: string;
  readonly ripgrep: string | null;
}

export interface Room {
  readonly kind: "command" | "files" | "ledger" | "server";
  /** Directories of one bench, by their paths on the machine. */
  readonly work: string;
  readonly home: string;
  readonly tmp: string;
  /** The work tree whose `.github` is shown: one in which nothing is alive, whatever may still be in this one. */
  readonly prepared: string;
  /** The harness's git objects, which a command's own repository borrows. */
  readonly objects: string;
  readonly network: RoomNetwork;
  readonly env: Readonly<Record<string, string>>;
  /** Only for a server: the conversation's work tree. A server's own `work` and `home` were never touched by a model. */
  readonly tree?: string;
  /** Only for the ledger. */
  readonly ledger?: { readonly git: string; readonly own: string; readonly from: string | null };
}

/** None, the machine's, or one with nothing but a way to the proxy that listens on this socket. */
export type RoomNetwork =
  | "none"
  | "machine"
  /** `trusted`: a directory with certificates in place of the machine's. */
  | { readonly socket: string; readonly trusted: string | null };

/** Paths inside. */
export const RUNTIME = "/.kin/node";
export const SERVICES = "/.kin/services.mjs";
export const PROGRAMS = "/.kin/bin";
export const OBJECTS = "/.kin/objects";
export const GIT = "/.kin/git";
export const OWN = "/.kin/own";
export const FROM = "/.kin/from";
export const BRIDGE = "/.kin/bridge.cjs";
export const TRUSTED = "/.kin/trusted";
const PROXY = "/.kin/proxy";

/** For /dev/shm; the seccomp filter limits System V shared memory. */
const SHM_BYTES = 1024 ** 3;

interface Row {
  readonly name: string;
  readonly options: (room: Room, sandbox: Sandbox) => readonly string[] | Promise<readonly string[]>;
}

const always =
  (...options: readonly string[]): Row["options"] =>
  (): readonly string[] =>
    options;
const readOnly = (path: string, to = path): readonly string[] => ["--ro-bind", path, to];
const readOnlyIfThere = (path: string): readonly string[] => ["--ro-bind-try", path, path];
const only =
  (kinds: readonly Room["kind"][], options: Row["options"]): Row["options"] =>
  (room, sandbox) =>
    kinds.includes(room.kind) ? options(room, sandbox) : [];

/** All servers of the project run from the same files. */
const lent = (kind: Room["kind"]): string => (kind === "server" ? "--ro-bind" : "--bind"); // guard: servers-only-read

/** Order matters. `scripts/mutants` leaves each row out and expects a test to fail. */
export const ROWS: readonly Row[] = [
  // Who it is, and whom it can see.
  { name: "user", options: always("--unshare-user", "--uid", "1000", "--gid", "1000") },
  { name: "pid", options: always("--unshare-pid") },
  { name: "ipc", options: always("--unshare-ipc") },
  { name: "uts", options: always("--unshare-uts", "--hostname", "kin") },
  { name: "cgroup", options: always("--unshare-cgroup-try") },
  { name: "net", options: ({ network }) => (network === "machine" ? [] : ["--unshare-net"]) },
  // We wait for its process 1: bwrap ends once that is reaped, when the kernel has ended all others.
  { name: "as-pid-1", options: always("--as-pid-1") },
  { name: "die-with-parent", options: always("--die-with-parent") },
  { name: "new-session", options: always("--new-session") },
  { name: "clearenv", options: always("--clearenv") },
  { name: "cap-drop", options: always("--cap-drop", "ALL") },
  {
    name: "disable-userns",
    options: (_, { features }) => (features.has("--disable-userns") ? ["--disable-userns"] : []),
  },
  { name: "seccomp", options: always("--seccomp", "5") },
  // What the machine lends.
  { name: "system", options: (_, { system }) => system },
  { name: "proc", options: always("--proc", "/proc") },
  ...["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/acpi"].map(path => ({
    name: path.slice(1),
    options: always(...readOnlyIfThere(path)),
  })),
  ...["/proc/kcore", "/proc/keys", "/proc/timer_list"].map(path => ({
    name: path.slice(1),
    // What the machine's kernel does not have cannot be covered.
    options: (): readonly string[] => (existsSync(path) ? readOnly("/dev/null", path) : []),
  })),
  { name: "dev", options: always("--dev", "/dev") },
  // Without `--size` nothing would limit it, so it stays read-only like the rest of /dev.
  {
    name: "shm",
    options: (_, { features }) =>
      features.has("--size") ? ["--size", String(SHM_BYTES), "--tmpfs", "/dev/shm"] : [],
  },
  { name: "dev-read-only", options: always("--remount-ro", "/dev") },
  { name: "run", options: always("--dir", "/run", "--dir", "/var", "--symlink", "../tmp", "/var/tmp") },
  {
    name: "names",
    // Names resolve as on the machine, or not at all.
    options: ({ network }) =>
      network === "machine" ? ["/etc/resolv.conf", "/etc/hosts"].flatMap(readOnlyIfThere) : [],
  },
  {
    name: "toolchain",
    options: ({ kind }, { toolchain, git }) =>
      kind === "command" || kind === "server" || (kind === "ledger" && !git.startsWith("/usr/"))
        ? toolchain.mounts.flatMap(readOnlyIfThere)
        : [],
  },
  {
    name: "runtime",
    options: ({ kind, network }, { node }) =>
      kind !== "command" || typeof network === "object" ? readOnly(node, RUNTIME) : [],
  },
  {
    name: "proxy",
    options: ({ network }, { furniture }) =>
      typeof network === "object"
        ? [...readOnly(network.socket, PROXY), ...readOnly(join(furniture, "bridge.cjs"), BRIDGE)]
        : [],
  },
  { name: "services", options: only(["files", "ledger"], (_, { services }) => readOnly(services, SERVICES)) },
  {
    name: "ripgrep",
    options: only(["files"], (_, { ripgrep }) =>
      ripgrep === null ? ["--dir", PROGRAMS] : readOnly(ripgrep, `${PROGRAMS}/rg`),
    ),
  },
  {
    name: "trusted",
    options: ({ network }) =>
      typeof network === "object" && network.trusted !== null ? readOnly(network.trusted, TRUSTED) : [],
  },
  // What the bench holds.
  { name: "objects", options: only(["command", "server"], ({ objects }) => readOnly(objects, OBJECTS)) },
  { name: "tmp", options: ({ tmp }) => ["--bind", tmp, SCRATCH] },
  {
    name: "home",
    options: only(["command", "ledger", "server"], ({ kind, home }) => [lent(kind), home, HOME]),
  },
  { name: "work", options: ({ kind, work }) => [lent(kind), work, WORK] },
  { name: "tree", options: only(["server"], ({ tree = "" }) => readOnly(tree, TREE)) },
  { name: "github", options: only(["command", "files"], githubReadOnly) },
  { name: "git-dir", options: only(["ledger"], ({ ledger }) => readOnly(ledger?.git ?? "", GIT)) },
  { name: "own", options: only(["ledger"], ({ ledger }) => ["--bind", ledger?.own ?? "", OWN]) },
  {
    name: "from",
    options: only(["ledger"], ({ ledger }) => (ledger?.from ? readOnly(ledger.from, FROM) : [])),
  },
  { name: "root-read-only", options: always("--remount-ro", "/") },
  { name: "chdir", options: always("--chdir", WORK) },
];

/**
 * If there is no `.github`, an empty directory is bound in its place; bwrap leaves an empty directory on the disk,
 * which no tree records. A symbolic link cannot be bound over; the recorder refuses what changes it.
 */
async function githubReadOnly({ prepared }: Room, { furniture }: Sandbox): Promise<readonly string[]> {
  const found = await lstat(join(prepared, ".github")).catch(() => null);
  if (found?.isSymbolicLink()) return []; // guard: no-link-over-github
  return readOnly(
    found === null ? join(furniture, "empty") : join(prepared, ".github"),
    join(WORK, ".github"),
  );
}

/** How `argv` is started in a room. The machine's paths stay out of command lines: they go through a pipe. */
export const launchIn = async (sandbox: Sandbox, room: Room, argv: readonly string[]): Promise<Launch> => {
  const rows = await Promise.all(ROWS.map(({ options }) => options(room, sandbox)));
  const options = [
    ...rows.flat(),
    ...Object.entries(room.env).flatMap(([name, value]) => ["--setenv", name, value]),
  ];
  return {
    boxed: true,
    program: sandbox.program,
    args: ["--args", "3", "--info-fd", "4", "--", ...argv], // guard: arguments-through-a-pipe
    hidden: options.map(option => `${option}\0`).join(""),
    seccomp: sandbox.seccomp[room.network === "machine" ? "network" : "alone"], // guard: filter-of-the-network
    rights: sandbox.rights,
    env: {}, // guard: empty-environment
    cwd: "/",
  };
};

/** Only what programs cannot do without; nothing that ever holds a credential. */
const ETC =
  /^(?:ca-certificates|ca-certificates\.conf|debian_version|fonts|gai\.conf|host\.conf|inputrc|java.*|jvm.*|ld\.so\.(?:cache|conf|conf\.d)|localtime|lsb-release|magic|magic\.mime|mime\.types|networks|os-release|perl|protocols|python\d?(?:\.\d+)?|rpc|services|terminfo|timezone)$/;
/** Taken out of directories that also hold keys or passwords. */
const WITHIN_ETC = [
  "ssl/openssl.cnf",
  "pki/tls/certs",
  "pki/ca-trust/extracted",
  "maven/m2.conf",
  "maven/logging",
];

/** Which extensions PHP loads. The settings beside them may contain a password. */
const phpParts = async (): Promise<readonly string[]> =>
  (await readdir("/etc/php").catch(() => [])).flatMap(version => [
    `php/${version}/mods-available`,
    `php/${version}/cli/conf.d`,
  ]);

/** Hundreds of links each: recreating them takes longer than mounting them for every command. */
const MOUNTED_IN_ETC = ["alternatives", "ssl/certs"];

const ofEtc = (names: readonly string[]): readonly string[] =>
  names.filter(name => existsSync(join("/etc", name)));

/** The machine's /usr, the links or directories beside it, and our /etc. Each mount costs time, so they are few. */
const systemFiles = async (furniture: string): Promise<readonly string[]> =>
  [
    readOnly("/usr"),
    await rootLinks(),
    readOnly(join(furniture, "etc"), "/etc"),
    ...ofEtc(MOUNTED_IN_ETC).map(name => readOnly(join("/etc", name))),
  ].flat();

/** /bin and its like as the machine has them: links into /usr, or directories. */
const rootLinks = async (): Promise<readonly string[]> => {
  const options: string[] = [];
  for (const name of ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]) {
    const found = await lstat(name).catch(() => null);
    if (found?.isSymbolicLink()) options.push("--symlink", await readlink(name), name);
    else if (found?.isDirectory()) options.push("--ro-bind", name, name);
  }
  return options;
};

const FURNITURE: readonly (readonly [string, string])[] = [
  [
    "passwd",
    `root:x:0:0:root:/root:/usr/sbin/nologin\nkin:x:1000:1000:kin:${HOME}:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`,
  ],
  ["group", "root:x:0:\nkin:x:1000:\nnogroup:x:65534:\n"],
  ["hosts", "127.0.0.1 localhost kin\n::1 localhost\n"],
  ["hostname", "kin\n"],
  // Covered by the machine's if there is a network.
  ["resolv.conf", ""],
  ["nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"],
];

/** Readable by whoever the sandboxes belong to, whatever our own umask is. */
const furnish = async (directory: string): Promise<void> => {
  const etc = join(directory, "etc");
  await mkdir(join(directory, "empty"), { recursive: true });
  await mkdir(etc);
  const names = (await readdir("/etc").catch(() => [])).filter(name => ETC.test(name)); // guard: harmless-etc
  const wanted = [...names, ...ofEtc([...WITHIN_ETC, ...(await phpParts())])];
  // Unreadable files are left out.
  await promisify(execFile)("/bin/cp", ["-a", "--parents", "--", ...wanted, etc], {
    cwd: "/etc",
    env: {},
  }).catch(() => undefined);
  const mounted = ofEtc(MOUNTED_IN_ETC).map(name => join(etc, name));
  for (const place of mounted) await mkdir(place, { recursive: true });
  for (const [name, content] of FURNITURE) {
    await rm(join(etc, name), { recursive: true, force: true });
    await writeFile(join(etc, name), content);
    await chmod(join(etc, name), 0o644);
  }
  const bridge = join(directory, "bridge.cjs");
  await writeFile(bridge, bridgeProgram({ socket: PROXY, port: BRIDGE_PORT }));
  await chmod(bridge, 0o644);
  for (const place of [directory, join(directory, "empty"), etc, ...mounted.map(dirname), ...mounted])
    await chmod(place, 0o755);
};

/** A file of Kin's where the sandboxes' user can read it: itself, or a copy. */
const within = async (file: string, directory: string, rights: Rights | null): Promise<string> => {
  const path = await realpath(file);
  if (await canRead(path, rights)) return path;
  const copy = join(directory, basename(path));
  await copyFile(path, copy, constants.COPYFILE_FICLONE);
  await chmod(copy, 0o755);
  return copy;
};

/** Everything about a sandbox that is known before there is a bench. */
export const prepareSandbox = async (parts: Omit<Sandbox, "seccomp" | "system">): Promise<Sandbox> => {
  await furnish(parts.furniture);
  return {
    ...parts,
    node: await within(parts.node, parts.furniture, parts.rights),
    services: await within(parts.services, parts.furniture, parts.rights),
    system: await systemFiles(parts.furniture),
    seccomp: { alone: seccompOfMachine(false), network: seccompOfMachine(true) },
  };
};

export const seccompOfMachine = (network: boolean): Buffer => {
  const { arch } = process;
  if (arch !== "x64" && arch !== "arm64")
    throw new Error(`there is no seccomp filter for this machine's architecture, ${arch}`);
  return seccompProgram(arch, deniedIn(network));
};
