// MCP over the streams of a program that the workbench started: one message a line.
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
        // What is no message is a word that it should have said elsewhere; many do.
        line: text => {
          try {
            const answer = answers.read(text);
            if (answer !== null) transport.onmessage?.(answer);
          } catch (error) {
            // Nobody above would catch it: what a server says ends that server and nothing else.
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
