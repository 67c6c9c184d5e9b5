// The mutants of the sandbox's table: each row removed; options of a row that can be removed separately; and everything
// bound read-only made writable.
import { existsSync } from "node:fs";
import { ROWS, type Room, type Sandbox } from "../../action/workbench/sandbox.ts";
import { by, changeTable, inFile, type Mutant, type Noticed, never, toMutant } from "./mutant.ts";

const FILE = "action/workbench/sandbox.ts";
const TABLE = "export const ROWS";

const attacks = inFile("workbench/attacks");
const boundary = inFile("workbench/boundary");
const record = inFile("workbench/record");
const ends = inFile("workbench/ends");
const rows = inFile("workbench/rows");
const servers = inFile("workbench/servers");
const shell = inFile("workbench/shell");
const network = inFile("network/sandbox");
const registries = inFile("network/registries");

const MOUNTS = rows("a command can write to its work tree, its home, /tmp and memory, and to nothing else");
const SERVICE = rows("a service of ours can write to what it works on, and to nothing else");
const OWN = (name: string) => rows(`it has a namespace of its own for ${name}`);
const WORKS = shell("ends with the exit code and tells what ran");
const KERNEL = rows("no file of the kernel's opens for writing, and what it tells of others is empty");
const RECORDS = record("of nothing is the same tree and no changes");
/** For /proc: this machine's kernel may not have it. */
const kernel = (path: string): Noticed =>
  existsSync(path) ? by(KERNEL) : never(`this machine's kernel has no ${path}`);

const WITHOUT: Readonly<Record<string, Noticed>> = {
  user: by(rows("its user and its group are none of the machine's")),
  pid: by(boundary("only its own processes exist")),
  ipc: by(OWN("ipc")),
  uts: by(OWN("uts")),
  cgroup: by(OWN("cgroup")),
  net: by(boundary("there is no network, not even the host's own")),
  "as-pid-1": by(rows("process 1 is the shell that waits for it")),
  "die-with-parent": by(ends("that is killed takes its commands with it")),
  "new-session": by(rows("a signal to everything in its process group stays inside")),
  clearenv: never(
    "bwrap itself is started with an empty environment (guard `empty-environment`); it would add PWD alone, which a shell sets",
  ),
  "cap-drop": never(
    "bwrap drops every capability itself where its caller is not root, and Kin never calls it as root (guard `rights-are-dropped`)",
  ),
  "disable-userns": by(rows("not even whoever enters its namespace of users can make one more")),
  seccomp: by(rows("the filter is on, and no other limit can be raised again")),
  system: by(WORKS),
  proc: by(WORKS),
  "proc/sys": kernel("/proc/sys"),
  "proc/sysrq-trigger": kernel("/proc/sysrq-trigger"),
  "proc/irq": kernel("/proc/irq"),
  "proc/bus": kernel("/proc/bus"),
  "proc/acpi": kernel("/proc/acpi"),
  "proc/kcore": kernel("/proc/kcore"),
  "proc/keys": kernel("/proc/keys"),
  "proc/timer_list": kernel("/proc/timer_list"),
  dev: by(WORKS),
  shm: by(rows("nothing can be put into /dev but into its memory")),
  "dev-read-only": by(rows("nothing can be put into /dev but into its memory")),
  run: by(rows("its directories for what runs are there and lead to its own /tmp")),
  names: by(rows("in setup with the machine's network names are found as the machine finds them")),
  toolchain: by(rows("a toolchain outside of /usr is where PATH says, and cannot be changed")),
  runtime: by(RECORDS),
  services: by(RECORDS),
  proxy: by(network("reaches a listed host from a step")),
  trusted: by(registries("is reached with it by setup, by steps and by the harness's own commands")),
  ripgrep: by(
    boundary("paths are shown relative to the project", "grep leaves out what the project ignores"),
  ),
  objects: by(MOUNTS),
  tmp: by(rows("its directories for what runs are there and lead to its own /tmp")),
  home: by(MOUNTS),
  work: by(WORKS),
  tree: by(servers("of files reads the conversation's tree as it stands")),
  github: by(boundary("present ones cannot be changed")),
  "git-dir": by(RECORDS),
  own: by(RECORDS),
  from: by(RECORDS),
  "root-read-only": by(boundary("the system is read-only, and the work tree, HOME and /tmp are not")),
  chdir: by(shell("keeps files and nothing else between calls")),
};

const NAMES = "in setup with the machine's network names are found as the machine finds them";
const RUN = "its directories for what runs are there and lead to its own /tmp";

/** Options of a row that can be removed separately. */
const PARTS: readonly (Noticed & { readonly row: string; readonly options: readonly string[] })[] = [
  {
    row: "user",
    options: ["--unshare-user"],
    ...never("bwrap sets it itself where its caller has no rights, and Kin never calls it as root"),
  },
  {
    row: "user",
    options: ["--uid", "1000"],
    ...by(rows("its user and its group are none of the machine's")),
  },
  {
    row: "user",
    options: ["--gid", "1000"],
    ...by(rows("its user and its group are none of the machine's")),
  },
  {
    row: "uts",
    options: ["--hostname", "kin"],
    ...by(rows("the machine's name is not the one that it is told")),
  },
  { row: "shm", options: ["--size", String(1024 ** 3)], ...by(attacks("/dev/shm has a size")) },
  { row: "run", options: ["--dir", "/run"], ...by(rows(RUN)) },
  { row: "run", options: ["--dir", "/var"], ...never("bwrap makes what is above the link `/var/tmp`") },
  { row: "run", options: ["--symlink", "../tmp", "/var/tmp"], ...by(rows(RUN)) },
  { row: "names", options: ["--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf"], ...by(rows(NAMES)) },
  { row: "names", options: ["--ro-bind-try", "/etc/hosts", "/etc/hosts"], ...by(rows(NAMES)) },
];

const READS = servers("can write to its own /tmp and to nothing else");

/** Rows that bind something read-only, and what notices that it became writable. */
const WRITABLE: Readonly<Record<string, Noticed>> = {
  ...Object.fromEntries(["system", "objects", "github"].map(name => [name, by(MOUNTS)])),
  ...Object.fromEntries(
    ["runtime", "services", "ripgrep", "git-dir", "from"].map(name => [name, by(SERVICE)]),
  ),
  ...Object.fromEntries(["home", "work", "tree"].map(name => [name, by(READS)])),
  names: by(rows("setup can write to no more")),
  proxy: by(network("can be changed by no command, and ends with it")),
  trusted: by(registries("the credential is nowhere in a sandbox, nor is the key of what it trusts")),
  toolchain: by(rows("a toolchain outside of /usr is where PATH says, and cannot be changed")),
  ...Object.fromEntries(
    ["sys", "irq", "bus", "acpi", "sysrq-trigger", "keys", "timer_list", "kcore"].map(name => [
      `proc/${name}`,
      existsSync(`/proc/${name}`) ? by(MOUNTS) : never(`this machine's kernel has no /proc/${name}`),
    ]),
  ),
};

export const rowMutants = async (): Promise<readonly Mutant[]> => {
  const names = ROWS.map(({ name }) => name);
  requireSame("rows", names, Object.keys(WITHOUT));
  requireSame("rows that lend read-only", await lending(), Object.keys(WRITABLE));
  return [
    ...names.map(name =>
      toMutant(
        {
          name: `row ${name}`,
          file: FILE,
          mutate: changeTable(TABLE, `.filter(row => row.name !== ${JSON.stringify(name)})`),
        },
        WITHOUT[name] as Noticed,
      ),
    ),
    ...PARTS.map(({ row, options, ...noticed }) =>
      toMutant(
        {
          name: `row ${row} without ${options.join(" ")}`,
          file: FILE,
          mutate: changeRow(row, without(options)),
        },
        noticed,
      ),
    ),
    ...Object.entries(WRITABLE).map(([row, noticed]) =>
      toMutant({ name: `row ${row} to write`, file: FILE, mutate: changeRow(row, TO_WRITE) }, noticed),
    ),
  ];
};

const requireSame = (what: string, found: readonly string[], told: readonly string[]): void => {
  const missing = found.filter(name => !told.includes(name));
  const left = told.filter(name => !found.includes(name));
  if (missing.length + left.length > 0)
    throw new Error(
      `${what} without tests: [${missing.join(", ")}]; tests without ${what}: [${left.join(", ")}]`,
    );
};

/** `change` is a function of the row's options. */
const changeRow = (name: string, change: string): Mutant["mutate"] =>
  changeTable(
    TABLE,
    `.map(row => (row.name !== ${JSON.stringify(name)} ? row : { ...row, options: async (...given: readonly [never, never]) => (${change})([...(await row.options(...given))]) }))`,
  );

const TO_WRITE = '(all: string[]) => all.map(option => option.replace("--ro-bind", "--bind"))';
const without = (options: readonly string[]): string =>
  `(all: string[]) => { const part: string[] = ${JSON.stringify(options)}; const at = all.findIndex((_, i) => part.every((option, j) => all[i + j] === option)); return at < 0 ? all : all.toSpliced(at, part.length); }`;

/** The rows that bind something read-only in any room. */
const lending = async (): Promise<readonly string[]> => {
  const sandbox: Sandbox = {
    program: "/usr/bin/bwrap",
    features: new Set(["--disable-userns", "--size"]),
    rights: null,
    seccomp: { alone: Buffer.alloc(0), network: Buffer.alloc(0) },
    toolchain: { path: [], mounts: ["/opt/tool"], env: {}, left_out: [] },
    furniture: "/nonexistent",
    system: ["--ro-bind", "/usr", "/usr"],
    node: "/usr/bin/node",
    services: "/nonexistent",
    git: "/usr/bin/git",
    ripgrep: "/usr/bin/rg",
  };
  const rooms = (["command", "files", "ledger", "server"] as const).flatMap(kind =>
    (["machine", { socket: "/s", trusted: "/c" }] as const).map(
      (network): Room => ({
        ...{ kind, work: "/w", prepared: "/w", home: "/h", tmp: "/t", objects: "/o", network, env: {} },
        tree: "/tree",
        ledger: { git: "/g", own: "/own", from: "/from" },
      }),
    ),
  );
  const found = new Set(
    Object.keys(WRITABLE).filter(name => name.startsWith("proc/") && !existsSync(`/${name}`)),
  );
  for (const { name, options } of ROWS)
    for (const room of rooms)
      if ((await options(room, sandbox)).some(option => option.startsWith("--ro-bind"))) found.add(name);
  return [...found];
};
