// A program of the project's that runs beside a conversation and speaks line by line, in its own sandbox. Like every
// sandbox, it is ended from outside.
import type { Ear, Running } from "../drive/ports/workbench.ts";
import { type Launch, overSoon, startBox } from "./box.ts";
import { onLines } from "./lines.ts";
import { cleanOutput } from "./output.ts";
import type { Watch } from "./totals.ts";

const LONGEST_LINE = 8 * 1024 ** 2;
/** Limit for output since it was last spoken to, because reading costs the harness time. */
const MOST_SAID = 64 * 1024 ** 2;
/** Limit for input that it has not read. */
const MOST_UNREAD = 8 * 1024 ** 2;

export const startProgram = (
  launch: Launch,
  { ear, watch }: { readonly ear: Ear; readonly watch: Watch },
): Running => {
  const box = startBox(launch, { input: true });
  let why: string | null = null;
  let errors = "";
  let said = 0;
  const end = (reason: string): void => {
    why ??= reason;
    box.end();
  };
  const unwatch = watch(box.pid, end); // guard: programs-are-watched
  const count = ({ length }: Buffer): void => {
    said += length;
    if (said > MOST_SAID) end(`it said more than ${MOST_SAID / 1024 ** 2} MiB unasked`); // guard: programs-that-flood
  };
  box.stderr.on("data", (chunk: Buffer) => {
    count(chunk);
    errors = (errors + chunk.toString("utf8")).slice(-2000);
  });
  box.stdout.on("data", count);
  onLines(box.stdout, {
    longest: LONGEST_LINE,
    line: text => {
      if (why === null) ear.line(text);
    },
    tooLong: begins => {
      if (why === null) ear.tooLong(begins);
    },
  });
  const over = box.over.then(async ({ code, error }) => {
    await unwatch();
    const last = cleanOutput(error ?? errors)
      .trim()
      .slice(-500);
    return `${why ?? `it ended with exit code ${code}`}${last === "" ? "" : `; it last said: ${last}`}`;
  });
  return {
    say: line => {
      said = 0;
      // guard: programs-that-do-not-read
      if ((box.stdin?.writableLength ?? 0) > MOST_UNREAD) return end("it does not read what it is told");
      box.stdin?.write(`${line}\n`);
    },
    over,
    end: async () => {
      end("it was ended");
      await overSoon(box);
    },
  };
};
