// The harness's own git: a bare directory outside every sandbox, with a configuration that nothing in a work tree, in a
// home or on the machine can extend. Hooks, filters, attributes and credential helpers never run.
import { spawn } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KinError } from "../../core/model/error.ts";
import { bytesOf } from "./names.ts";

export interface GitOptions {
  readonly input?: string | Buffer;
  readonly index?: string;
  readonly workTree?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Its limit; `SECONDS` if absent. */
  readonly seconds?: number;
  /** Receives the output instead of the caller, who gets an empty one. Returning false ends git as if it had finished. */
  readonly hear?: (chunk: Buffer) => boolean;
}

export interface Git {
  /** Throws `git_failed` if it exits with anything but 0 or exceeds its limit. */
  readonly run: (args: readonly string[], options?: GitOptions) => Promise<Buffer>;
  readonly text: (args: readonly string[], options?: GitOptions) => Promise<string>;
}

/** No call of git is without a limit: a pipe named like one of git's own files would hold it forever. */
const SECONDS = 60;
/** A few kilobytes of nested trees can list more paths than fit on any machine. */
const MOST_PRINTED = 256 * 1024 ** 2;

const CONFIG: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.untrackedCache": "false",
  "core.bare": "false",
  "core.autocrlf": "false",
  "core.safecrlf": "false",
  "core.symlinks": "true",
  "core.fileMode": "true",
  "core.ignoreCase": "false",
  "core.quotePath": "false",
  "core.excludesFile": "/dev/null",
  "core.attributesFile": "/dev/null",
  "core.sshCommand": "false",
  "core.askPass": "false",
  "core.pager": "cat",
  // A project may already have such names; `path-rules.ts` keeps new ones out.
  "core.protectHFS": "false",
  "core.protectNTFS": "false",
  "credential.helper": "",
  "protocol.allow": "never",
  "submodule.recurse": "false",
  "fetch.recurseSubmodules": "false",
  "fetch.fsckObjects": "false",
  "advice.detachedHead": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
};

/** Work-tree bytes are stored as they are: no attribute of the project converts, filters or expands anything. */
// guard: attributes
const ATTRIBUTES = "* -text -ident !eol !crlf !filter !working-tree-encoding !diff !merge\n";

/** The git that runs outside sandboxes: it fetches, and makes trees from reported contents. */
export interface HarnessGit extends Git {
  /** Paths that git must never take for the project's: litter, and what setup made. */
  readonly exclude: (patterns: readonly string[]) => Promise<void>;
  readonly excluded: () => readonly string[];
  /** Makes everything that git reads as configuration read-only, even for its owner. */
  readonly seal: () => Promise<void>;
  /** Undoes `seal` while the harness itself fetches or clears up. */
  readonly unseal: () => Promise<void>;
}

/** The places in a git directory that make git do something; deepest directories first. */
const CONFIGURATION = {
  files: ["config", "info/attributes", "info/exclude"],
  directories: ["info", "hooks", ""],
};

export const createGit = async (options: {
  readonly dir: string;
  /** Absolute path of the git program. */
  readonly program: string;
}): Promise<HarnessGit> => {
  const { dir, program } = options;
  const { GIT_DIR: _, ...outside } = environment(options);
  await execute(
    program,
    ["init", "--quiet", "--bare", "--shared=0644", "--template=", "--initial-branch=kin", "--", dir],
    {
      cwd: dirname(dir),
      env: outside,
    },
  );
  let patterns: readonly string[] = [];
  const exclude = (all: readonly string[]): Promise<void> => {
    patterns = all;
    return writeFile(join(dir, "info", "exclude"), bytesOf(patterns.map(pattern => `${pattern}\n`).join("")));
  };
  await mkdir(join(dir, "info"), { recursive: true });
  await mkdir(join(dir, "hooks"));
  await writeFile(join(dir, "info", "attributes"), ATTRIBUTES);
  await exclude([]);
  return {
    ...openGit(options),
    exclude,
    excluded: () => patterns,
    seal: async () => {
      for (const name of CONFIGURATION.files) await chmod(join(dir, name), 0o444); // guard: sealed-files
      // guard: sealed-directories
      for (const name of CONFIGURATION.directories) await chmod(join(dir, name), 0o555);
    },
    unseal: async () => {
      for (const name of CONFIGURATION.directories.toReversed()) await chmod(join(dir, name), 0o755);
      for (const name of CONFIGURATION.files) await chmod(join(dir, name), 0o644);
    },
  };
};

/** Opens an existing git directory. New objects go to `objects` instead, if given, and its own are only read. */
export const openGit = (options: {
  readonly dir: string;
  readonly program: string;
  readonly objects?: string;
}): Git => {
  const base = environment(options);
  const run = (args: readonly string[], given: GitOptions = {}): Promise<Buffer> =>
    execute(options.program, args, {
      ...given,
      cwd: given.workTree ?? options.dir,
      env: {
        ...base,
        ...configured({ ...CONFIG, ...given.config }),
        ...(given.index === undefined ? {} : { GIT_INDEX_FILE: given.index }),
        ...(given.workTree === undefined ? {} : { GIT_WORK_TREE: given.workTree }),
        ...given.env,
      },
    });
  return { run, text: async (args, given) => (await run(args, given)).toString("utf8").trimEnd() };
};

const environment = (options: {
  readonly dir: string;
  readonly program: string;
  readonly objects?: string;
}): Readonly<Record<string, string>> => ({
  PATH: [...new Set([dirname(options.program), "/usr/local/bin", "/usr/bin", "/bin"])].join(":"),
  HOME: "/nonexistent", // guard: no-home
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1", // guard: no-configuration-of-the-machine
  GIT_CONFIG_GLOBAL: "/dev/null", // guard: no-configuration-of-a-user
  GIT_TERMINAL_PROMPT: "0", // guard: no-prompt
  GIT_ATTR_NOSYSTEM: "1", // guard: no-attributes-of-the-machine
  GIT_LITERAL_PATHSPECS: "1", // guard: literal-pathspecs
  GIT_OPTIONAL_LOCKS: "0",
  GIT_DIR: options.dir,
  ...(options.objects === undefined
    ? {}
    : {
        GIT_OBJECT_DIRECTORY: options.objects, // guard: objects-elsewhere
        GIT_ALTERNATE_OBJECT_DIRECTORIES: join(options.dir, "objects"),
      }),
});

/**
 * What builds and tools leave behind. `target` and `coverage` only at the root: deeper down they are also names of
 * ordinary source directories.
 */
const LITTER: readonly (readonly [pattern: string, path: RegExp])[] = [
  ["node_modules", /(?:^|\/)node_modules\//],
  ["__pycache__", /(?:^|\/)__pycache__\//],
  ["*.pyc", /\.pyc$/],
  ["/target", /^target\//],
  [".venv", /(?:^|\/)\.venv\//],
  ["/coverage", /^coverage\//],
  [".pytest_cache", /(?:^|\/)\.pytest_cache\//],
];

/** Patterns of litter, except for places where the project itself keeps files. */
export const litterBeside = (paths: readonly string[]): readonly string[] =>
  LITTER.filter(([, kept]) => !paths.some(path => kept.test(path))).map(([pattern]) => pattern);

/** Through the environment, because every process on the machine can read a command line. */
const configured = (config: Readonly<Record<string, string>>): Record<string, string> => {
  const entries = Object.entries(config);
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", String(entries.length)],
    ...entries.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);
};

interface Execution {
  readonly seconds?: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly signal?: AbortSignal;
  readonly hear?: (chunk: Buffer) => boolean;
}

const execute = (program: string, args: readonly string[], options: Execution): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const seconds = options.seconds ?? SECONDS;
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...options.env }, // guard: environment-of-git
      stdio: ["pipe", "pipe", "pipe"],
      timeout: seconds * 1000, // guard: time-limit-of-git
      killSignal: "SIGKILL",
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let printed = 0;
    let enough = false;
    child.stdout.on("data", (chunk: Buffer) => {
      if (options.hear !== undefined) {
        if (enough || options.hear(chunk)) return;
        enough = true;
        child.kill("SIGKILL");
        return;
      }
      printed += chunk.length;
      if (printed <= MOST_PRINTED) stdout.push(chunk);
      else child.kill("SIGKILL"); // guard: most-printed-by-git
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < 1000) stderr.push(chunk);
    });
    // git may end before it has read its input; the exit code tells.
    child.stdin.on("error", () => undefined);
    child.on("error", error => reject(failure(args, error.message, error)));
    child.on("close", (code, name) => {
      if (code === 0 || enough) return resolve(Buffer.concat(stdout));
      const said = Buffer.concat(stderr).toString("utf8").trim();
      const limit =
        printed > MOST_PRINTED ? `${MOST_PRINTED / 1024 ** 2} MiB of output` : `${seconds} seconds`;
      const end = name === null ? `exit ${code}` : `it was ended by ${name}, its limit is ${limit}`;
      reject(failure(args, said || end));
    });
    child.stdin.end(options.input ?? "");
  });

const failure = (args: readonly string[], message: string, cause?: unknown): KinError =>
  new KinError(`git ${args[0]} failed: ${message.slice(0, 2000)}`, {
    code: "git_failed",
    retryable: args[0] === "fetch",
    hint:
      args[0] === "fetch"
        ? "Check that the repository can be reached, that Kin may read its contents, and that the commit still exists."
        : "This is a fault of Kin's or of the disk; see the log of the run.",
    ...(cause === undefined ? {} : { cause }),
  });
