// bash: a new shell for each call. A call ends when its shell exits or its limit passes, and nothing that it
// started outlives it: nobody waits for an output that a background process holds open.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cleanOutput, cutMiddle, OUTPUT_LIMIT, tail } from "../../core/adapters/workbench/output.ts";
import type { Answer, Start } from "../../core/adapters/workbench/protocol.ts";

export type Shell = (
  asked: { readonly command: string; readonly seconds: number },
  signal: AbortSignal,
) => Promise<Omit<Answer, "id">>;

/** One argument of a program may have 128 KiB. */
const LONGEST_COMMAND = 100_000;
/** After the kill the pipe closes at once, unless something escaped the process group. */
const DRAIN_MS = 300;

export const createShell = (start: Start): Shell => {
  const killLeftovers = leftoverKiller(start);
  return async ({ command, seconds }, signal) => {
    if (Buffer.byteLength(command) > LONGEST_COMMAND)
      return {
        content: `bash: the command is longer than ${LONGEST_COMMAND} bytes; write a file`,
        is_error: true,
        ran: null,
      };
    const began = performance.now();
    const child = spawnShell(command, start);
    const output = collectOutput(child);
    const end = await ended(child, seconds, signal);
    killLeftovers(child);
    await Promise.race([output.closed, pause(DRAIN_MS)]);
    const took = Math.round(performance.now() - began) / 1000;
    const text = cleanOutput(output.text());
    const ran = { command, exit_code: end.code, seconds: took, output: tail(text) };
    const shownText = cutMiddle(text, OUTPUT_LIMIT);
    const separator = shownText === "" || shownText.endsWith("\n") ? "" : "\n";
    return { content: `${shownText}${separator}${end.last}`, is_error: end.code !== 0, ran };
  };
};

/** One pipe for both streams, so that their order is kept. What stands behind a pipe hides no failure before it. */
const spawnShell = (command: string, start: Start): ChildProcess => {
  const child = spawn("/bin/bash", ["-c", 'exec /bin/bash -o pipefail -c "$1" bash 2>&1', "bash", command], {
    cwd: start.work,
    env: { ...start.env },
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    // When memory runs out, the command goes before the tool process does.
    writeFileSync(`/proc/${child.pid}/oom_score_adj`, "1000");
  } catch {
    // gone already, or a system without it
  }
  return child;
};

interface End {
  readonly code: number | null;
  readonly last: string;
}

const ended = (child: ChildProcess, seconds: number, signal: AbortSignal): Promise<End> =>
  new Promise(resolve => {
    const finish = (end: End): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(end);
    };
    const stop = (): void => finish({ code: null, last: "interrupted" });
    const timer = setTimeout(
      () => finish({ code: null, last: `no exit code: stopped after its limit of ${seconds} seconds` }),
      seconds * 1000,
    );
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    child.once("error", error => finish({ code: 127, last: `${error.message}\nexit code 127` }));
    child.once("exit", (code, name) => {
      const exit = code ?? 128 + (SIGNALS[name ?? ""] ?? 9);
      finish({ code: exit, last: `exit code ${exit}${exit === CUT_OFF ? WHY_CUT_OFF : ""}` });
    });
  });

/** SIGPIPE, as in `find / | head`. */
const CUT_OFF = 141;
const WHY_CUT_OFF = ": what stands behind a pipe did not read to the end";

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

/** The first and the last part of what was printed, whatever its length. */
const collectOutput = (
  child: ChildProcess,
): { readonly closed: Promise<void>; readonly text: () => string } => {
  const keep = 4 * OUTPUT_LIMIT;
  let head = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  let dropped = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    const room = Math.max(0, keep - head.length);
    if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
    last = Buffer.concat([last, chunk.subarray(room)]);
    if (last.length > 2 * keep) {
      dropped += last.length - keep;
      last = last.subarray(last.length - keep);
    }
  });
  const closed = new Promise<void>(resolve => child.once("close", () => resolve()));
  return {
    closed,
    text: () =>
      head.toString("utf8") + (dropped > 0 ? `\n[${dropped} bytes left out]\n` : "") + last.toString("utf8"),
  };
};

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

const leftoverKiller = (start: Start): ((child: ChildProcess) => void) => {
  const wholeNamespace = start.leftovers === "namespace" && ownsNamespace();
  return child => {
    // -1 is every process that we may signal but for ourselves and process 1: in here, all that commands started.
    if (wholeNamespace) return quietly(() => process.kill(-1, "SIGKILL"));
    if (child.pid !== undefined) quietly(() => process.kill(-(child.pid as number), "SIGKILL"));
  };
};

/** Outside of a namespace of our own the same signal would end the machine's processes: never on anybody's word. */
const ownsNamespace = (): boolean => {
  try {
    return process.ppid === 1 && readFileSync("/proc/1/comm", "utf8").trim() === "bwrap";
  } catch {
    return false;
  }
};

const quietly = (kill: () => void): void => {
  try {
    kill();
  } catch {
    // nothing left
  }
};
