// One process, started and ended from outside. In a sandbox, *over* means that process 1 of its namespaces was reaped:
// bwrap waits for it (`--as-pid-1`) and ends after it, when the kernel has ended everything else in the namespace.
// Nothing from inside the sandbox is proof of that: not a closed pipe, not a line, not an exit.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { KinError } from "../../core/model/error.ts";
import type { Rights } from "./rights.ts";

export interface Launch {
  readonly boxed: boolean;
  readonly program: string;
  readonly args: readonly string[];
  /** For bwrap's `--args 3`, which keeps the machine's paths out of every command line. */
  readonly hidden: string | null;
  readonly seccomp: Buffer | null;
  readonly rights: Rights | null;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface End {
  /** Exit code, of process 1 in a sandbox; 128 plus the signal's number if a signal ended it. */
  readonly code: number;
  /** Why it did not start; null if it did. */
  readonly error: string | null;
}

export interface Box {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  /** Until its program begins, only bwrap writes here. */
  readonly stderr: Readable;
  /** Never rejects. */
  readonly over: Promise<End>;
  /** Kills all of it at once; `over` says when that is done. */
  readonly end: () => void;
  /** Process 1 by the machine's numbering; null before it is known and after its end. */
  readonly pid: () => number | null;
}

/** bwrap reports the child-pid before anything of the project can run, so without one there is nothing to spare. */
const INFO_MS = 5_000;

export const startBox = (launch: Launch, { input }: { readonly input: boolean }): Box => {
  const child = spawn(launch.program, launch.args, {
    cwd: launch.cwd,
    env: { ...launch.env },
    detached: true,
    stdio: [
      input ? "pipe" : "ignore",
      "pipe",
      "pipe",
      ...(launch.boxed ? (["pipe", "pipe", "pipe"] as const) : []),
    ],
    ...(launch.rights ?? {}), // guard: rights-are-dropped
  });
  let failed: Error | null = null;
  // Attached at once: if the machine has no room for a process, there are no streams either.
  child.once("error", error => {
    failed = error;
  });
  const [stdin, stdout, stderr, hidden, info, seccomp] = (child.stdio ?? []) as unknown as readonly (
    | (Readable & Writable)
    | undefined
  )[];
  feed(hidden, launch.hidden ?? "");
  feed(seccomp, launch.seccomp ?? Buffer.alloc(0));
  stdin?.on("error", () => undefined);
  let first: number | null = null;
  let ending = false;
  let gone = false;

  const kill = (): void => {
    if (gone) return; // guard: unboxed-end
    if (!launch.boxed) endGroup(child);
    // Never the outer process: killing it would leave behind what it waits for.
    // guard: kill-the-first, still-its-child
    else if (first !== null && parentOf(first) === child.pid) signal(first);
  };
  const over = new Promise<End>(resolve => {
    let end: End | null = null;
    const fail = (error: Error): void => {
      gone = true;
      resolve({ code: 127, error: error.message });
    };
    child.once("error", fail);
    if (failed !== null) fail(failed);
    child.once("exit", (code, name) => {
      end = { code: code ?? 128 + (SIGNALS[name ?? ""] ?? 9), error: null };
      // Without namespaces nothing else ends what it left behind.
      if (!launch.boxed) endGroup(child); // guard: unboxed-leftovers
      gone = true;
      first = null;
    });
    // guard: told-when-all-is-read
    child.once("close", () => resolve(end ?? { code: 127, error: "it was closed" }));
  });
  collect(info, text => {
    first = Number(/"child-pid"\s*:\s*(\d+)/.exec(text)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(first)) first = null;
    if (ending) kill(); // guard: ended-before-its-number
  });
  return {
    stdin: input ? (stdin as Writable) : null,
    stdout: stdout ?? Readable.from([]),
    stderr: stderr ?? Readable.from([]),
    over,
    end: () => {
      ending = true;
      kill();
      // guard: ended-without-a-number
      if (launch.boxed && first === null)
        setTimeout(() => first === null && endGroup(child), INFO_MS).unref();
    },
    pid: () => first ?? (launch.boxed || gone ? null : (child.pid ?? null)),
  };
};

/** How long the kernel may take to end a killed process, which may be in an uninterruptible call. */
const DEATH_MS = 30_000;

/** Waits for `over` after `end` was called. Throws if it does not come: the bench must not be looked at then. */
export const overSoon = async (box: Box): Promise<End> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), DEATH_MS);
  });
  const end = await Promise.race([box.over, late]);
  clearTimeout(timer);
  if (end !== null) return end; // guard: stuck-is-told
  throw new KinError("A process of the project does not end.", {
    code: "sandbox_stuck",
    retryable: true,
    hint: "It hangs in the machine's kernel, on a disk or a mount that does not answer. Another runner may do.",
  });
};

const feed = (pipe: Writable | undefined | null, content: string | Buffer): void => {
  pipe?.on("error", () => undefined);
  pipe?.end(content);
};

const collect = (pipe: Readable | undefined | null, then: (text: string) => void): void => {
  let text = "";
  pipe?.on("error", () => undefined);
  pipe?.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    if (text.includes("}")) then(text);
  });
};

/** The number of a reaped process may belong to another by now. */
const parentOf = (pid: number): number | null => {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return null;
  }
};

const signal = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone already
  }
};

/** Kills the process group: each child has its own, so that a Ctrl-C at the terminal reaches Kin first. */
export const endGroup = (child: ChildProcess): void => {
  if (child.pid !== undefined) signal(-child.pid);
};

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
};
