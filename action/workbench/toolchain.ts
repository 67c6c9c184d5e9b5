// Which of the machine's programs a sandbox sees: what PATH names, read-only, and nothing else from a person's home.
// Looks at the disk only to see whether directories exist.
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { basename, delimiter, dirname, isAbsolute, join, normalize } from "node:path";
import { HOME, WORK } from "./protocol.ts";
import { canRead, type Rights } from "./rights.ts";

export interface Toolchain {
  readonly path: readonly string[];
  /** Directories outside /usr, bound read-only at their own paths. */
  readonly mounts: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /**
   * Entries of PATH that no sandbox has: its user cannot enter them, or they are below one of the sandbox's own places.
   */
  readonly left_out: readonly string[];
}

const SYSTEM = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

export const findToolchain = async (
  path: string,
  options: {
    readonly forbidden: readonly string[];
    readonly home: string;
    readonly rights: Rights | null;
  },
): Promise<Toolchain> => {
  const entries: string[] = [];
  const left_out: string[] = [];
  for (const entry of new Set(path.split(delimiter).filter(isAbsolute).map(plain))) {
    if (isForbidden(entry, options.forbidden) || !(await isDirectory(entry))) continue;
    // guard: entries-that-can-be-read, covered-entries
    const visible = !COVERED.test(entry) && (await canRead(entry, options.rights));
    (visible ? entries : left_out).push(entry);
  }
  const mounts = new Set<string>();
  const env: Record<string, string> = {};
  for (const entry of entries) {
    const { mount, set } = planFor(entry, options.home);
    for (const directory of mount)
      if ((await isDirectory(directory)) && (await canRead(directory, options.rights))) mounts.add(directory);
    for (const [name, directory] of Object.entries(set))
      if (await isDirectory(directory)) env[name] = directory;
  }
  return {
    path: [...new Set([...entries, ...SYSTEM])],
    mounts: outermost([...mounts]),
    env,
    left_out,
  };
};

/** Where a sandbox has directories of its own. */
const COVERED = /^\/(?:tmp|var\/tmp|work|home\/kin|proc|dev|run)(?:\/|$)/;

/** The home of whoever runs Kin; a container's user may have no entry that says so. */
export const homeOfUser = (): string => {
  try {
    return userInfo().homedir;
  } catch {
    return "/nonexistent";
  }
};

const plain = (path: string): string => normalize(path).replace(/(?<=.)\/+$/, "");

/** Kin's own packages and the project's would shadow the programs that a project means. */
const isForbidden = (entry: string, forbidden: readonly string[]): boolean =>
  entry.split("/").includes("node_modules") || // guard: programs-of-packages
  forbidden.some(root => entry === root || entry.startsWith(`${root}/`)); // guard: forbidden-directories

interface Plan {
  readonly mount: readonly string[];
  readonly set: Readonly<Record<string, string>>;
}

export const planFor = (entry: string, home: string): Plan => {
  if (/^\/(?:usr|bin|sbin|lib\d*)(?:\/|$)/.test(entry)) return { mount: [], set: {} };
  if (entry.startsWith("/nix/")) return { mount: ["/nix/store", entry], set: {} };
  const pyenv = /^(.*\/\.?pyenv)\/(?:bin|shims|plugins\/.*)$/.exec(entry)?.[1];
  if (pyenv !== undefined) return { mount: [pyenv], set: { PYENV_ROOT: pyenv } };
  if (entry.endsWith("/.cargo/bin")) {
    const rustup = join(dirname(dirname(entry)), ".rustup");
    return { mount: [entry, rustup], set: { RUSTUP_HOME: rustup } };
  }
  const above = dirname(entry);
  // In a home, settings and keys are beside the programs, except for tools that keep whole toolchains there.
  if (isBelowHome(entry, home) && !KEEPERS.test(entry)) return { mount: [entry], set: {} }; // guard: homes-keep-their-own
  const roomy = ["bin", "sbin", "shims"].includes(basename(entry)) && depth(above) > 1; // guard: no-top-directory
  return { mount: [roomy ? above : entry], set: {} };
};

const KEEPERS =
  /\/(?:\.nvm|\.volta|\.sdkman|\.asdf|\.rbenv|\.nodenv|\.goenv|\.jenv|\.fnm|fnm|mise|hostedtoolcache)\//;

const isBelowHome = (path: string, home: string): boolean =>
  [home, "/root"].some(root => path.startsWith(`${root}/`)) || /^\/(?:home|Users)\/[^/]+\//.test(path);

const depth = (path: string): number => path.split("/").filter(Boolean).length;

/** Leaves out directories inside another one, and never contains a home or a root. */
const outermost = (mounts: readonly string[]): readonly string[] =>
  mounts.filter(mount => !mounts.some(other => mount.startsWith(`${other}/`))).sort();

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );

/**
 * The absolute path of a program, as a shell would find it. Synchronous, because startup has no time for a round trip
 * per entry.
 */
export const findProgram = (name: string, path: string): string | null => {
  for (const entry of path.split(delimiter).filter(isAbsolute)) {
    const candidate = join(entry, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return realpathSync(candidate);
    } catch {
      // not here
    }
  }
  return null;
};

/** The complete environment of a command. */
export const sandboxEnvironment = (
  toolchain: Toolchain,
  place: { readonly work: string; readonly home: string; readonly tmp?: string } = { work: WORK, home: HOME },
): Readonly<Record<string, string>> => ({
  PATH: [join(place.work, ".venv/bin"), ...toolchain.path].join(delimiter),
  HOME: place.home,
  LANG: "C.UTF-8",
  TERM: "dumb",
  CI: "true",
  CARGO_HOME: join(place.home, ".cargo"),
  GOPATH: join(place.home, "go"),
  ...(place.tmp === undefined ? {} : { TMPDIR: place.tmp }),
  ...toolchain.env,
});

export const MACHINE_TRUSTS = "/etc/ssl/certs/ca-certificates.crt";

/** Only with network: machines behind a TLS-intercepting proxy trust its certificate here. */
export const certificateEnvironment = async (): Promise<Readonly<Record<string, string>>> => {
  const file = MACHINE_TRUSTS;
  if (
    !(await stat(file).then(
      found => found.isFile(),
      () => false,
    ))
  )
    return {};
  return {
    NODE_EXTRA_CA_CERTS: file,
    SSL_CERT_FILE: file,
    PIP_CERT: file,
    REQUESTS_CA_BUNDLE: file,
    CARGO_HTTP_CAINFO: file,
  };
};
