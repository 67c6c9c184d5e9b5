// The harness's end of the pipe to our service in the sandbox: the file tools, or the ledger. It works on what a model
// wrote, so its output is parsed as if it had been taken over: bounded lines, known ids, nothing else.
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { FileChange } from "../../core/model/change.ts";
import { KinError } from "../../core/model/error.ts";
import { type Launch, overSoon, startBox } from "./box.ts";
import { onLines } from "./lines.ts";
import type { Answer, Answers, Ask, Request, Start } from "./protocol.ts";
import { watchMemory } from "./totals.ts";

export interface Service {
  /**
   * Throws `service_lost` (retryable) if no answer comes because it died or said nothing for `seconds`; also throws
   * what the service itself could not do. Null if the signal stopped it.
   */
  readonly ask: <K extends Ask["kind"]>(
    request: Extract<Ask, { kind: K }>,
    options: { readonly seconds: number; readonly signal?: AbortSignal },
  ) => Promise<Answers[K] | null>;
  /** Resolves when none of its processes is alive. */
  readonly close: () => Promise<void>;
}

const AnswerLine = z.union([
  z.object({ id: z.string(), ok: z.unknown() }).refine(line => "ok" in line),
  z.object({ id: z.string(), failed: z.object({ message: z.string(), retryable: z.boolean() }) }),
]);

const Count = z.number().int().nonnegative();
/** Counted before any item is looked at. */
const few = <T extends z.ZodType>(item: T, most: number) =>
  z
    .unknown()
    .refine(list => Array.isArray(list) && list.length <= most)
    .pipe(z.array(item));

const ANSWERS: { readonly [K in Ask["kind"]]: z.ZodType<Answers[K]> } = {
  call: z.object({ content: z.string(), is_error: z.boolean(), wrote: z.string().max(4_096).optional() }),
  check_out: z.array(z.string()),
  separate: z.object({
    restored: few(z.string(), 100_000),
    // They become lines of a file that git reads.
    patterns: few(z.string().regex(/^[^\n]*$/), 100_000),
  }),
  copy: z.null(),
  lay: z.null(),
  found: z.null(),
  record: z.object({
    tree: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
    changes: few(FileChange, 1_000),
    refused: few(z.object({ path: z.string(), why: z.string() }), 1_000),
  }),
  measure: z.object({ bytes: Count, inodes: Count, whole: z.boolean() }),
  clear: z.null(),
};

/** A record may contain the whole patch and each file a second time. */
const LONGEST_LINE = 16 * 1024 * 1024;
const START_SECONDS = 20;
/** What git is made to read may be endless. */
const MOST_MEMORY = 2 * 1024 ** 3;
const MOST_TASKS = 1024;
/** How long a service may take to report that it stopped. */
const STOP_SECONDS = 2;

export const startService = async (
  launch: Launch,
  { start, log }: { readonly start: Start; readonly log: (line: string) => void },
): Promise<Service> => {
  const box = startBox(launch, { input: true });
  const waiting = new Map<string, (answer: Answer | null) => void>();
  let stderr = "";
  let gone = false;
  let ended = false;
  const over = box.over.then(({ error }) => {
    gone = true;
    stderr += error ?? "";
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  });
  box.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-2000);
  });
  const read = (line: string): void => {
    if (gone || ended) return;
    const answer = parseAnswer(line);
    const waits = answer === null ? undefined : waiting.get(answer.id);
    // It sends nothing but answers, so it is not ours any more.
    if (answer === null || waits === undefined) {
      log("A service in the sandbox wrote a line that is no answer, and was ended.");
      ended = true;
      box.end(); // guard: known-ids
      return;
    }
    waiting.delete(answer.id);
    waits(answer);
  };
  onLines(box.stdout, { longest: LONGEST_LINE, line: read, tooLong: box.end });

  const send = (line: object): void => {
    box.stdin?.write(`${JSON.stringify(line)}\n`);
  };
  const answered = (id: string, seconds: number): Promise<Answer | null> =>
    new Promise(resolve => {
      if (gone) return resolve(null);
      const timer = setTimeout(() => {
        waiting.delete(id);
        box.end();
        resolve(null);
      }, seconds * 1000); // guard: silence
      waiting.set(id, answer => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  const lost = (): KinError =>
    new KinError(`A service of Kin's in the sandbox ended without an answer (${start.service}).`, {
      code: "service_lost",
      retryable: true,
      hint: `The machine may be out of memory or of disk.${stderr === "" ? "" : ` It last said: ${stderr.trim().slice(-500)}`}`,
    });

  const close = async (): Promise<void> => {
    box.end();
    await overSoon(box);
    await over;
  };
  send(start);
  if ((await answered("start", START_SECONDS)) === null) {
    await close();
    throw lost();
  }

  return {
    ask: async (asked, { seconds, signal }) => {
      const id = randomUUID();
      if (signal?.aborted) return null;
      const answer = answered(id, seconds);
      const unwatch = watchMemory(box.pid, { memory: MOST_MEMORY, tasks: MOST_TASKS }, box.end); // guard: memory-of-services
      let stopped: NodeJS.Timeout | undefined;
      const stop = (): void => {
        send({ kind: "cancel", id } satisfies Request);
        stopped = setTimeout(box.end, STOP_SECONDS * 1000); // guard: deaf-to-an-abort
      };
      signal?.addEventListener("abort", stop, { once: true });
      send({ ...asked, id } satisfies Request);
      const found = await answer;
      unwatch();
      clearTimeout(stopped);
      signal?.removeEventListener("abort", stop);
      if (found !== null && "ok" in found) {
        const parsed = ANSWERS[asked.kind].safeParse(found.ok);
        if (parsed.success) return parsed.data as never; // guard: form-of-an-answer
        box.end();
        throw lost();
      }
      if (signal?.aborted) return null;
      if (found === null) throw lost();
      throw new KinError(found.failed.message, {
        code: "record_failed",
        retryable: found.failed.retryable,
        hint: "This is a fault of Kin's or of the disk; see the log of the run.",
      });
    },
    close,
  };
};

const parseAnswer = (line: string): Answer | null => {
  try {
    return AnswerLine.parse(JSON.parse(line)); // guard: form-of-a-line
  } catch {
    return null;
  }
};
