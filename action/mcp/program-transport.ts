// MCP over the stdio of a program that the workbench started: one message per line.
import type { Bench, Program, Running } from "../drive/ports/workbench.ts";
import { createAnswers } from "./answers.ts";
import type { Ended, EndingTransport } from "./ending.ts";

export const programTransport = (bench: Bench, program: Program): EndingTransport => {
  const answers = createAnswers();
  let running: Running | null = null;
  let ended: Ended | null = null;
  let closing = false;
  const end = (why: Ended): void => {
    ended ??= why;
    void running?.end().catch(() => undefined);
  };
  const transport: EndingTransport = {
    ended: () => ended,
    start: async () => {
      running = await bench.start(program, {
        // Lines that are no message are ignored: many servers log to stdout.
        line: text => {
          try {
            const answer = answers.read(text);
            if (answer !== null) transport.onmessage?.(answer);
          } catch (error) {
            // Nobody above would catch this. Whatever a server says may end only that server.
            end({ why: error instanceof Error ? error.message : String(error) }); // guard: lines-end-their-server
          }
        },
        tooLong: begins => end({ why: "it answered more than 8 MiB at once; ask for less", begins }),
      });
      void running.over.then(why => {
        if (!closing) ended ??= { why };
        transport.onclose?.();
      });
    },
    send: async message => {
      answers.expect(message);
      running?.say(JSON.stringify(message));
    },
    close: async () => {
      closing = true;
      await running?.end();
    },
  };
  return transport;
};
