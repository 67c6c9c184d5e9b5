// Whether this machine lets a sandbox start, as the user that it will belong to, and what to do if it does not.
import { spawn } from "node:child_process";
import { type Rights, rightsOfSandboxes } from "./rights.ts";
import { findProgram, findToolchain, homeOfUser } from "./toolchain.ts";

export type SandboxFound =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

/**
 * Starts bwrap once, because having it does not mean that the machine allows it. An old version is tried again without
 * the newest options.
 */
export const findSandbox = async (path: string): Promise<SandboxFound> => {
  const program = findProgram("bwrap", path);
  if (program === null) return { ok: false, reason: "bubblewrap (`bwrap`) is not installed", hint: INSTALL };
  const rights = rightsOfSandboxes();
  const attempt = (newest: boolean) => execute(program, trial(newest), rights);
  let { code, output } = await attempt(true);
  if (code !== 0 && output.includes("Unknown option")) ({ code, output } = await attempt(false));
  if (code === 0) return { ok: true };
  if (rights !== null && code === null)
    return {
      ok: false,
      reason: `Kin runs as root and cannot drop its rights: ${output.trim()}`,
      hint: AS_A_USER,
    };
  return {
    ok: false,
    reason: `bubblewrap does not start: ${output.trim().slice(-500) || `exit ${code}`}`,
    hint: ALLOW,
  };
};

/** Entries of PATH that a sandbox leaves out, because Kin runs as root and its sandboxes do not. */
export const closedToSandboxes = async (path: string): Promise<readonly string[]> => {
  const rights = rightsOfSandboxes();
  return (await findToolchain(path, { forbidden: [], home: homeOfUser(), rights })).left_out;
};

/** The options that bwrap's `--help` lists. */
export const readFeatures = async (program: string): Promise<ReadonlySet<string>> => {
  const { output } = await execute(program, ["--help"], null);
  return new Set(output.match(/--[a-z0-9-]+/g) ?? []);
};

/** The newest options are missing in older versions of bwrap. */
const trial = (newest: boolean): readonly string[] => [
  ..."--unshare-all --unshare-user --uid 1000 --gid 1000 --die-with-parent --as-pid-1 --new-session".split(
    " ",
  ),
  ...(newest ? ["--disable-userns"] : []),
  ..."--clearenv --cap-drop ALL --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp -- /bin/bash -c :".split(
    " ",
  ),
];

const INSTALL = "Install it: sudo apt-get update && sudo apt-get install -y bubblewrap ripgrep";
const AS_A_USER =
  "Run Kin as an ordinary user (in a container: docker run --user 1000). Or let the container map the users 61000 to 64999, and have bwrap where others may run it.";
const ALLOW = `The machine refuses unprivileged user namespaces. On Ubuntu 23.10 and later write this to /etc/apparmor.d/bwrap and run \`sudo systemctl reload apparmor\`:

abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }

Elsewhere: sysctl kernel.unprivileged_userns_clone=1 (Debian), user.max_user_namespaces above 0 (RHEL); in a container, run it with user namespaces and an unmasked /proc, or run Kin outside of it.`;

/** `code` is null if it could not be started at all. */
const execute = (
  program: string,
  args: readonly string[],
  rights: Rights | null,
): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise(resolve => {
    const child = spawn(program, args, {
      cwd: "/",
      env: {},
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 10_000,
      ...(rights ?? {}),
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.on("error", error => resolve({ code: null, output: error.message }));
    child.on("close", code => resolve({ code: code ?? 1, output }));
  });
