// One process, started and ended from outside. In a sandbox, *over* means that the process 1 of its namespaces was
// reaped: bwrap waits for it (`--as-pid-1`) and ends behind it, and the kernel has ended everything else in the
// namespace by then. Nothing that comes out of the sandbox says so: not a pipe's end, not a line, not an exit inside.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { KinError } from "../../core/model/error.ts";
import type { Rights } from "./rights.ts";

export interface Launch {
  readonly boxed: boolean;
  readonly program: string;
  readonly args: readonly string[];
  /** For bwrap's `--args 3`: the paths of the machine stay out of every command line. */
  readonly hidden: string | null;
  readonly seccomp: Buffer | null;
  readonly rights: Rights | null;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface End {
  /** Of process 1 where it is boxed; 128 and the signal's number where a signal ended it. */
  readonly code: number;
  /** Why it did not start; null where it did. */
  readonly error: string | null;
}

export interface Box {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  /** Before its program begins only bwrap writes here. */
  readonly stderr: Readable;
  /** Never rejects. */
  readonly over: Promise<End>;
  /** Ends all of it at once; `over` says when that is so. */
  readonly end: () => void;
  /** Process 1 as the machine counts it; null before it is known and after its end. */
  readonly pid: () => number | null;
}

/** A child-pid is told before anything of the project can run; without one there is nothing to spare. */
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
  // At once: where the machine has no room for a process, there are not even streams.
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
    // Never the outer process: it would leave behind what it was to wait for.
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
      // Without namespaces nobody else ends what it left behind.
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

/** So long the kernel may take to end what was killed: a process in an uninterruptible call is waited for. */
const DEATH_MS = 30_000;

/** Waits for `over` once `end` was called; throws where it does not come: the bench must not be looked at then. */
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

/** A number that was reaped may be somebody else's by now. */
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

/** Its own process group, so that a Ctrl-C at the terminal reaches Kin first. */
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
