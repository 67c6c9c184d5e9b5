// The harness's end of the pipe to one tool process. What comes out of it was written by code that a model
// may have taken over, so it is parsed as such: bounded lines, known ids, nothing else.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";
import { KinError } from "../../model/error.ts";
import type { Answer, Request, Start } from "./protocol.ts";
import type { Launch } from "./sandbox.ts";

export interface ToolProcess {
  /** Throws `tool_process_lost` when no answer comes: the process died, or said nothing for `seconds` and a bit. */
  readonly ask: (
    request: Ask,
    options: { readonly seconds: number; readonly signal: AbortSignal },
  ) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export type Ask =
  | {
      readonly kind: "call";
      readonly tool: Extract<Request, { kind: "call" }>["tool"];
      readonly input: unknown;
    }
  | { readonly kind: "run"; readonly command: string; readonly seconds: number };

const AnswerLine = z.object({
  id: z.string(),
  content: z.string(),
  is_error: z.boolean(),
  ran: z
    .object({
      command: z.string(),
      exit_code: z.number().int().nullable(),
      seconds: z.number().nonnegative(),
      output: z.string(),
    })
    .nullable(),
});

const LONGEST_LINE = 8 * 1024 * 1024;
/** How long a tool process may take to start, to notice a limit, and to say that it stopped. */
const START_SECONDS = 20;
const GRACE_SECONDS = 10;
const STOP_SECONDS = 2;
const POLITE_MS = 1000;

export const startToolProcess = async (
  launch: Launch,
  options: { readonly start: Start; readonly log: (line: string) => void },
): Promise<ToolProcess> => {
  const child = spawnLaunch(launch);
  const waiting = new Map<string, (answer: Answer | null) => void>();
  let stderr = "";
  let gone = false;
  let warned = false;
  const ended = new Promise<void>(resolve => {
    const end = (): void => {
      gone = true;
      for (const answer of waiting.values()) answer(null);
      waiting.clear();
      resolve();
    };
    child.once("error", error => {
      stderr += error.message;
      end();
    });
    child.once("exit", end);
  });
  const kill = (): void => {
    if (gone || child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      child.kill("SIGKILL");
    }
  };
  const [stdin, stdout, errors] = child.stdio as unknown as [Writable, Readable, Readable];
  stdin.on("error", () => undefined);
  errors.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-2000);
  });
  onLines(stdout, kill, line => {
    const answer = parseAnswer(line);
    if (answer === null) {
      if (!warned) options.log("A tool process wrote a line that is no answer.");
      warned = true;
      return;
    }
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });

  const send = (line: object): void => {
    stdin.write(`${JSON.stringify(line)}\n`);
  };
  const answered = (id: string, seconds: number): Promise<Answer | null> =>
    new Promise(resolve => {
      if (gone) return resolve(null);
      const timer = setTimeout(() => {
        waiting.delete(id);
        kill();
        resolve(null);
      }, seconds * 1000);
      waiting.set(id, answer => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  const lost = (): KinError =>
    new KinError("The tool process ended without an answer.", {
      code: "tool_process_lost",
      retryable: true,
      hint: `A command may have ended it, or the machine ran out of memory.${stderr === "" ? "" : ` It last said: ${stderr.trim().slice(-500)}`}`,
    });

  /** Its end of input is the polite way, in which it ends its commands first; outside of a sandbox they would stay. */
  const close = async (): Promise<void> => {
    stdin.end();
    const timer = setTimeout(kill, POLITE_MS);
    await ended;
    clearTimeout(timer);
  };
  send(options.start);
  if ((await answered("start", START_SECONDS)) === null) {
    await close();
    throw lost();
  }

  return {
    ask: async (asked, { seconds, signal }) => {
      const id = randomUUID();
      if (signal.aborted) return interrupted(id, asked);
      const answer = answered(id, seconds + GRACE_SECONDS);
      let stopped: NodeJS.Timeout | undefined;
      const stop = (): void => {
        send({ kind: "cancel", id } satisfies Request);
        stopped = setTimeout(kill, STOP_SECONDS * 1000);
      };
      signal.addEventListener("abort", stop, { once: true });
      send({ ...asked, id } satisfies Request);
      const result = await answer;
      clearTimeout(stopped);
      signal.removeEventListener("abort", stop);
      if (result !== null) return result;
      if (signal.aborted) return interrupted(id, asked);
      throw lost();
    },
    close,
  };
};

const interrupted = (id: string, asked: Ask): Answer => ({
  id,
  content: "interrupted",
  is_error: true,
  ran: asked.kind === "run" ? { command: asked.command, exit_code: null, seconds: 0, output: "" } : null,
});

/** Its own process group, so that a Ctrl-C at the terminal reaches Kin first and `close` can end all of it. */
const spawnLaunch = (launch: Launch): ChildProcess => {
  const child = spawn(launch.program, launch.args, {
    cwd: launch.cwd,
    env: { ...launch.env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe", launch.hidden === null ? "ignore" : "pipe"],
  });
  const hidden = child.stdio[3] as Writable | null | undefined;
  hidden?.on("error", () => undefined);
  hidden?.end(launch.hidden);
  return child;
};

const onLines = (stream: Readable, tooLong: () => void, line: (text: string) => void): void => {
  let parts: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      line(Buffer.concat([...parts, rest.subarray(0, end)]).toString("utf8"));
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
    }
    parts.push(rest);
    length += rest.length;
    if (length > LONGEST_LINE) {
      parts = [];
      length = 0;
      tooLong();
    }
  });
};

const parseAnswer = (line: string): Answer | null => {
  try {
    return AnswerLine.parse(JSON.parse(line));
  } catch {
    return null;
  }
};
