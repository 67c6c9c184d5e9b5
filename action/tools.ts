// A service of the harness inside the sandbox: the file tools, or the ledger. Reads requests as JSON lines, does one at
// a time, and answers with JSON lines. It holds no secret and trusts nobody; no command of a project runs beside it.
import { createInterface } from "node:readline";
import { createFilesService } from "./tools/file-call.ts";
import { createLedger } from "./tools/ledger.ts";
import type { Answer, Request, Start } from "./workbench/protocol.ts";

type Asked = Exclude<Request, { kind: "cancel" }>;
type Perform = (request: Asked, signal: AbortSignal) => Promise<unknown>;

const say = (line: Answer): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const begin = (start: Start): Perform => {
  process.chdir(start.work);
  switch (start.service) {
    case "files":
      return createFilesService(start) as Perform;
    case "ledger":
      return createLedger(start) as Perform;
    default:
      return start satisfies never;
  }
};

const answerTo = async (request: Asked, perform: Perform, signal: AbortSignal): Promise<Answer> => {
  try {
    return { id: request.id, ok: (await perform(request, signal)) ?? null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const retryable = (error as { retryable?: unknown } | null)?.retryable === true;
    return { id: request.id, failed: { message, retryable } };
  }
};

const serve = (): void => {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const running = new Map<string, AbortController>();
  let perform: Perform | null = null;
  let last = Promise.resolve();

  // When the harness is gone, so is the pipe.
  lines.on("close", () => process.exit(0));
  lines.on("line", line => {
    if (perform === null) {
      perform = begin(JSON.parse(line) as Start);
      return say({ id: "start", ok: null });
    }
    const request = JSON.parse(line) as Request;
    if (request.kind === "cancel") return running.get(request.id)?.abort();
    const ready = perform;
    const controller = new AbortController();
    running.set(request.id, controller);
    last = last.then(async () => {
      say(await answerTo(request, ready, controller.signal));
      running.delete(request.id);
    });
  });
};

serve();
