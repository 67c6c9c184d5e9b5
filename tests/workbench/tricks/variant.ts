// Copies of the sources with a leg of the sandbox's defence removed, to see that the attack which needs all three gone
// works then, and only then.
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** `waiting`: nothing outlives its command. `boxed`: git in the ledger's sandbox. `sealed`: git's directory read-only. */
export type Leg = "waiting" | "boxed" | "sealed";
export const LEGS: readonly Leg[] = ["waiting", "boxed", "sealed"];

interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const WORKBENCH = "action/workbench";
const SANDBOX = `${WORKBENCH}/sandbox.ts`;
const STALL = `${WORKBENCH}/stall.ts`;
const GIT = `${WORKBENCH}/git.ts`;

const notForCommands = (option: string): Change => ({
  file: SANDBOX,
  from: `options: always("--${option}") }`,
  to: `options: only(["files", "ledger"], always("--${option}")) }`,
});

const WITHOUT: Readonly<Record<Leg, readonly Change[]>> = {
  waiting: [
    ...["unshare-pid", "as-pid-1", "die-with-parent"].map(notForCommands),
    {
      file: SANDBOX,
      from: 'options: always("--proc", "/proc") }',
      to: 'options: ({ kind }) => (kind === "command" ? ["--ro-bind", "/proc", "/proc"] : ["--proc", "/proc"]) }',
    },
  ],
  // On the machine's paths, as the user that the sandboxes run as.
  boxed: [
    {
      file: STALL,
      from: `sandbox === null
        ? unboxed(alone(ground.node, ground.services), { cwd: dir, env: SERVICE_ENV })`,
      to: `sandbox === null || kind === "ledger"
        ? { ...unboxed(alone(sandbox.node, sandbox.services), { cwd: dir, env: SERVICE_ENV }), rights: ground.rights }`,
    },
    {
      file: STALL,
      from: "const own: LedgerStart =\n      sandbox === null",
      to: "const own: LedgerStart =\n      sandbox !== undefined",
    },
  ],
  sealed: [
    { file: GIT, from: "await chmod(join(dir, name), 0o444);", to: "await ofTheSandboxes(dir, name);" },
    { file: GIT, from: "await chmod(join(dir, name), 0o555);", to: "await ofTheSandboxes(dir, name);" },
    {
      file: GIT,
      from: "export const createGit =",
      to: `const ofTheSandboxes = async (dir: string, name: string) => {
  const { chown, stat } = await import("node:fs/promises");
  const { gid } = await stat(dirname(dir));
  if (process.getuid?.() === 0) await chown(join(dir, name), gid, gid);
};
export const createGit =`,
    },
    {
      file: SANDBOX,
      from: 'readOnly(ledger?.git ?? "", GIT)',
      to: '["--bind", ledger?.git ?? "", GIT]',
    },
  ],
};

const ROOT = join(import.meta.dirname, "..", "..", "..");
const COPIED = [
  ...[
    "core",
    "host",
    "action/tools.ts",
    "action/tools",
    "action/workbench",
    "action/network",
    "action/drive",
  ],
  ...["prompts", "tests/workbench", "package.json"],
];

/** Makes `dir` a copy of the sources without these legs, readable for any user. */
export const makeVariant = (dir: string, without: readonly Leg[]): void => {
  mkdirSync(dir, { recursive: true });
  for (const name of COPIED) cpSync(join(ROOT, name), join(dir, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
  chmodSync(dir, 0o755);
  for (const leg of without) for (const change of WITHOUT[leg]) apply(dir, change);
};

const apply = (dir: string, { file, from, to }: Change): void => {
  const path = join(dir, file);
  const parts = readFileSync(path, "utf8").split(from);
  const [before, after, ...more] = parts;
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times, not once`);
  writeFileSync(path, before + to + after);
};
