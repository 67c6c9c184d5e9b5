// A conversation's bench: its copy of the work tree, the tool process that works in it, and its record.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ToolName } from "../../model/role.ts";
import type { Bench, ToolOutcome } from "../../ports.ts";
import { type Answer, MAX_SECONDS } from "./protocol.ts";
import type { Recorder } from "./recorder.ts";
import type { ToolProcess } from "./tool-process.ts";

/** No file tool takes longer; a command that the model starts has at most this as its own limit. */
const CALL_SECONDS = MAX_SECONDS;

export const createBench = (options: {
  readonly start: () => Promise<ToolProcess>;
  readonly recorder: Recorder;
  readonly remove: () => Promise<void>;
}): Bench => {
  let started: Promise<ToolProcess> | null = null;
  let closed = false;

  /** A lost process is started anew at the next call: the files are still there. */
  const ask = async (...request: Parameters<ToolProcess["ask"]>): Promise<Answer> => {
    if (closed) throw new Error("the bench is closed");
    started ??= options.start();
    try {
      return await (await started).ask(...request);
    } catch (error) {
      await forget();
      throw error;
    }
  };
  const forget = async (): Promise<void> => {
    const process = started;
    started = null;
    await process?.then(({ close }) => close()).catch(() => undefined);
  };

  return {
    call: async (use, { signal }) => {
      const tool = ToolName.safeParse(use.name);
      if (!tool.success) return noSuchTool(use.name);
      const asked = { kind: "call" as const, tool: tool.data, input: use.input };
      const { content, is_error, ran } = await ask(asked, { seconds: CALL_SECONDS, signal });
      return { content, is_error, ran };
    },
    run: async (command, { seconds, signal }) => {
      const answer = await ask({ kind: "run", command, seconds }, { seconds, signal });
      return answer.ran ?? { command, exit_code: null, seconds: 0, output: answer.content };
    },
    record: options.recorder.record,
    close: async () => {
      closed = true;
      await forget();
      await options.remove();
    },
  };
};

const noSuchTool = (name: string): ToolOutcome => ({
  content: `there is no tool ${JSON.stringify(name.slice(0, 100))} here; there are ${ToolName.options.join(", ")}`,
  is_error: true,
  ran: null,
});

/** Where everything of one bench lies, below the workbench's directory. */
export const benchPlaces = async (dir: string): Promise<{ work: string; home: string; index: string }> => {
  await mkdir(dir, { recursive: true });
  return { work: join(dir, "work"), home: join(dir, "home"), index: join(dir, "index") };
};
