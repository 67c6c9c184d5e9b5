// How a tool process is started in bubblewrap, and whether that works on this machine. What a sandbox sees is
// listed here and nowhere else; everything that is not named does not exist in it.
import { spawn } from "node:child_process";
import { lstat, mkdir, readdir, readlink, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HOME, WORK } from "./protocol.ts";
import { findProgram, type Toolchain } from "./toolchain.ts";

export interface Sandbox {
  /** Absolute path of bwrap. */
  readonly program: string;
  readonly features: ReadonlySet<string>;
  /** A directory of ours with the few generated files of /etc and an empty directory. */
  readonly furniture: string;
  readonly toolchain: Toolchain;
  /** Kin's node and the bundled tool process, by absolute path. */
  readonly node: string;
  readonly toolProcess: string;
}

export interface Room {
  readonly work: string;
  readonly home: string;
  readonly network: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** For bwrap's `--args 3`: the paths of the machine stay out of every command line. */
  readonly hidden: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

const RUNTIME = "/.kin/runtime";
const TOOLS = "/.kin/tools.mjs";

/**
 * Files of at most 4 GiB, no core dumps, enough open files for any bundler. Not: address space, which kills node
 * at start. The processes are bounded only where we are not root, whom the limit does not bind.
 */
const LIMITED =
  'ulimit -c 0; ulimit -f 4194304; ulimit -n 16384 2>/dev/null; ulimit -u 8192 2>/dev/null; echo 500 2>/dev/null >/proc/self/oom_score_adj; exec "$@"';

export const launchInSandbox = async (sandbox: Sandbox, room: Room): Promise<Launch> => {
  const options = [
    namespaces(sandbox, room),
    await systemFiles(sandbox, room),
    ...sandbox.toolchain.mounts.map(mount => bindIfThere(mount)),
    bind(await realpath(sandbox.node), RUNTIME),
    bind(await realpath(sandbox.toolProcess), TOOLS),
    ["--bind", room.home, HOME],
    ["--bind", room.work, WORK],
    await readOnlyInWork(sandbox, room),
    ["--remount-ro", "/"],
    ["--chdir", WORK],
    ...Object.entries(room.env).map(([name, value]) => ["--setenv", name, value]),
  ].flat();
  return {
    program: sandbox.program,
    args: ["--args", "3", "--", "/bin/bash", "-c", LIMITED, "kin", RUNTIME, TOOLS],
    hidden: options.map(option => `${option}\0`).join(""),
    env: {},
    cwd: "/",
  };
};

const bind = (from: string, to = from): readonly string[] => ["--ro-bind", from, to];
const bindIfThere = (path: string): readonly string[] => ["--ro-bind-try", path, path];

const namespaces = (sandbox: Sandbox, room: Room): readonly string[] => [
  "--unshare-all",
  ...(room.network ? ["--share-net"] : []),
  ...isolated(sandbox.features),
  ...["--hostname", "kin"],
];

/** The user is the same everywhere, and never root: some test suites refuse to run as root. */
const isolated = (features: ReadonlySet<string>): readonly string[] => [
  ..."--unshare-user --uid 1000 --gid 1000 --die-with-parent --new-session --clearenv --cap-drop ALL".split(
    " ",
  ),
  ...(features.has("--disable-userns") ? ["--disable-userns"] : []),
];

/** Of /etc only what programs cannot do without; nothing that ever holds a credential. */
const ETC =
  /^(?:alternatives|ca-certificates|ca-certificates\.conf|debian_version|fonts|gai\.conf|host\.conf|inputrc|java.*|jvm.*|ld\.so\.(?:cache|conf|conf\.d)|localtime|lsb-release|magic|magic\.mime|mime\.types|networks|os-release|perl|protocols|python\d?(?:\.\d+)?|rpc|services|terminfo|timezone)$/;
/** Out of directories that also hold keys or passwords. */
const WITHIN_ETC = [
  "ssl/certs",
  "ssl/openssl.cnf",
  "pki/tls/certs",
  "pki/ca-trust/extracted",
  "maven/m2.conf",
  "maven/logging",
];

const systemFiles = async (sandbox: Sandbox, room: Room): Promise<readonly string[]> => {
  const etc = (await readdir("/etc").catch(() => [])).filter(name => ETC.test(name)).sort();
  return [
    bind("/usr"),
    await rootLinks(),
    ["--proc", "/proc"],
    ["--dev", "/dev"],
    sandbox.features.has("--size") ? ["--size", String(2 * 1024 ** 3)] : [],
    ["--tmpfs", "/tmp"],
    ["--dir", "/var/tmp"],
    ["--dir", "/run"],
    ...[...etc, ...WITHIN_ETC].map(name => bindIfThere(`/etc/${name}`)),
    ...FURNITURE.map(([name]) => bind(join(sandbox.furniture, name), `/etc/${name}`)),
    // Names are found as the machine finds them, or not at all.
    ...(room.network ? ["/etc/resolv.conf", "/etc/hosts"].map(bindIfThere) : []),
  ].flat();
};

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

/**
 * Where there is no `.git` or `.github`, an empty directory is bound in its place; bwrap leaves an empty directory on
 * the disk, and no tree holds those. A symbolic link cannot be bound over; the recorder refuses what changes it.
 */
const readOnlyInWork = async (sandbox: Sandbox, room: Room): Promise<readonly string[]> => {
  const options: string[] = [];
  for (const name of [".git", ".github"]) {
    const found = await lstat(join(room.work, name)).catch(() => null);
    if (found?.isSymbolicLink()) continue;
    const source = found === null ? join(sandbox.furniture, "empty") : join(room.work, name);
    options.push("--ro-bind", source, join(WORK, name));
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
  ["nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"],
];

export const furnish = async (directory: string): Promise<void> => {
  await mkdir(join(directory, "empty"), { recursive: true });
  for (const [name, content] of FURNITURE) await writeFile(join(directory, name), content);
};

export const readFeatures = async (program: string): Promise<ReadonlySet<string>> => {
  const { output } = await execute(program, ["--help"]);
  return new Set(output.match(/--[a-z-]+/g) ?? []);
};

export type SandboxFound =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

/** Starts bwrap once, because having it does not mean that the machine lets it; an old one is asked what it knows. */
export const findSandbox = async (path: string): Promise<SandboxFound> => {
  const program = findProgram("bwrap", path);
  if (program === null) return { ok: false, reason: "bubblewrap (`bwrap`) is not installed", hint: INSTALL };
  const attempt = (features: ReadonlySet<string>) => execute(program, [...probe(features)]);
  let { code, output } = await attempt(NEWEST);
  if (code !== 0 && output.includes("Unknown option"))
    ({ code, output } = await attempt(await readFeatures(program)));
  if (code === 0) return { ok: true };
  return {
    ok: false,
    reason: `bubblewrap does not start: ${output.trim().slice(-500) || `exit ${code}`}`,
    hint: ALLOW,
  };
};

/** Options that not every bwrap has. */
const NEWEST: ReadonlySet<string> = new Set(["--disable-userns"]);

const probe = (features: ReadonlySet<string>): readonly string[] => [
  "--unshare-all",
  ...isolated(features),
  ...["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
  ...["--", "/bin/bash", "-c", ":"],
];

const INSTALL = "Install it: sudo apt-get update && sudo apt-get install -y bubblewrap ripgrep";
const ALLOW = `The machine refuses unprivileged user namespaces. On Ubuntu 23.10 and later write this to /etc/apparmor.d/bwrap and run \`sudo systemctl reload apparmor\`:

abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }

Elsewhere: sysctl kernel.unprivileged_userns_clone=1 (Debian), user.max_user_namespaces above 0 (RHEL); in a container, run it with user namespaces and an unmasked /proc, or run Kin outside of it.`;

const execute = (
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise(resolve => {
    const child = spawn(program, args, { env: {}, stdio: ["ignore", "pipe", "pipe"], timeout: 10_000 });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.on("error", error => resolve({ code: null, output: error.message }));
    child.on("close", code => resolve({ code, output }));
  });
