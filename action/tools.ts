// The tool process: one per conversation, inside the sandbox. Reads requests as JSON lines, runs one at a time,
// answers as JSON lines. It holds no secret and trusts nobody; what may enter a tree is checked outside again.
import { createInterface } from "node:readline";
import type { Answer, Request, Start } from "../core/adapters/workbench/protocol.ts";
import { createFileTools } from "./tools/files.ts";
import { perform } from "./tools/perform.ts";
import { createShell } from "./tools/shell.ts";

const answer = (line: Answer): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const serve = async (): Promise<void> => {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const running = new Map<string, AbortController>();
  let tools: Parameters<typeof perform>[1] | null = null;
  let last = Promise.resolve();

  lines.on("close", () => {
    for (const controller of running.values()) controller.abort();
    // Whatever hangs on the pipe is gone with the harness.
    last.finally(() => process.exit(0));
  });
  lines.on("line", line => {
    if (tools === null) {
      const start = JSON.parse(line) as Start;
      tools = { start, shell: createShell(start), files: createFileTools(start) };
      return answer({ id: "start", content: "", is_error: false, ran: null });
    }
    const request = JSON.parse(line) as Request;
    if (request.kind === "cancel") return running.get(request.id)?.abort();
    const ready = tools;
    const controller = new AbortController();
    running.set(request.id, controller);
    last = last.then(async () => {
      answer(await perform(request, ready, controller.signal));
      running.delete(request.id);
    });
  });
};

await serve();
