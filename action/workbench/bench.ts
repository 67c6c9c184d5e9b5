// A conversation's bench: its copy of the work tree, with a sandbox for each command, one for the file tools and one
// for the ledger. They see the same files and never each other.
import * as z from "zod";
import { KinError } from "../../core/model/error.ts";
import type { PathRules } from "../../core/model/patch/path-rules.ts";
import { permissionProblem } from "../../core/model/permission.ts";
import { ToolName } from "../../core/model/role.ts";
import type { Bench, Recorded, Running, ToolOutcome, Workbench } from "../drive/ports/workbench.ts";
import { type CommandOutcome, LONGEST_COMMAND } from "./command.ts";
import { DEFAULT_SECONDS, type FileToolName, MAX_SECONDS } from "./protocol.ts";
import type { Service } from "./service.ts";

/** A file tool that takes longer is ended together with its service, because it would go on working otherwise. */
const CALL_SECONDS = 60;
/** At most this many written files are checked for whether a patch can take them. */
const MOST_WRITTEN = 1_000;

export interface BenchParts {
  readonly rules: PathRules;
  readonly tree: string;
  readonly command: (
    command: string,
    options: { readonly seconds: number; readonly signal: AbortSignal },
  ) => Promise<CommandOutcome>;
  readonly startFiles: () => Promise<Service>;
  /** `written`: what file tools wrote since the last record. */
  readonly record: (tree: string, written: readonly string[]) => Promise<Recorded>;
  /** The harness's own commands, on another bench. */
  readonly judge: Workbench["judge"];
  /** A program that runs beside the conversation, on other files than the bench's own. */
  readonly start: Bench["start"];
  /** Ends a record in progress. */
  readonly interrupt: () => void;
  readonly remove: () => Promise<void>;
}

export const createBench = (parts: BenchParts): Bench => {
  const { rules } = parts;
  const closing = new AbortController();
  let { tree } = parts;
  let files: Promise<Service> | null = null;
  const written = new Set<string>();
  const running = new Set<Running>();
  /** One thing at a time: nobody looks at the files while a command is alive. */
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (closing.signal.aborted) throw new Error("the bench is closed"); // guard: closed-bench
    const done = last.then(work, work); // guard: in-turn
    last = done.catch(() => undefined);
    return done;
  };

  const bash = async (input: unknown, signal: AbortSignal): Promise<ToolOutcome> => {
    const parsed = BashInput.safeParse(input);
    const problem =
      permissionProblem("bash", rules.scope.permission) ?? // guard: permission-of-bash
      (parsed.success ? null : parsed.error.issues.map(inputProblem).join("; "));
    if (problem !== null || !parsed.success) return failed(`bash: ${problem}`);
    const { command, timeout_seconds } = parsed.data;
    // guard: longest-command
    if (Buffer.byteLength(command) > LONGEST_COMMAND)
      return failed(`bash: the command is longer than ${LONGEST_COMMAND} bytes; write a file`);
    const seconds = Math.min(MAX_SECONDS, Math.max(1, timeout_seconds ?? DEFAULT_SECONDS));
    // guard: ended-with-its-bench
    const { content, is_error, ran } = await parts.command(command, {
      seconds,
      signal: AbortSignal.any([signal, closing.signal]),
    });
    return { content, is_error, ran };
  };

  /** A lost service is restarted at the next call: the files are still there. */
  const file = async (tool: FileToolName, input: unknown, given: AbortSignal): Promise<ToolOutcome> => {
    const signal = AbortSignal.any([given, closing.signal]); // guard: file-tools-end-with-their-bench
    if (signal.aborted) return failed("interrupted");
    files ??= parts.startFiles();
    try {
      const service = await files;
      const found = await service.ask<"call">(
        { kind: "call", tool, input },
        { seconds: CALL_SECONDS, signal },
      );
      if (found !== null) {
        const { wrote, ...outcome } = found;
        if (wrote !== undefined && written.size < MOST_WRITTEN) written.add(wrote);
        return { ...outcome, ran: null };
      }
      // It may still be doing what it was asked.
      await forget(); // guard: interrupted-service-ends
      return failed("interrupted");
    } catch (error) {
      await forget(); // guard: lost-service
      // Usually it was asked for too much. If the machine is at fault, the next call will say so again.
      if (error instanceof KinError && error.code === "service_lost")
        return failed(`${tool}: it took too long or too much memory, and was ended; ask for less`);
      throw error;
    }
  };
  const forget = async (): Promise<void> => {
    const service = files;
    files = null;
    await service?.then(({ close }) => close()).catch(() => undefined);
  };

  return {
    call: async (use, { signal }) => {
      const tool = ToolName.safeParse(use.name);
      if (!tool.success) return noSuchTool(use.name);
      const { data: name } = tool;
      return inTurn(() => (name === "bash" ? bash(use.input, signal) : file(name, use.input, signal)));
    },
    start: async (program, ear) => {
      if (closing.signal.aborted) throw new Error("the bench is closed");
      const started = await parts.start(program, ear);
      running.add(started);
      void started.over.then(() => running.delete(started));
      // The bench may have been closed meanwhile.
      if (closing.signal.aborted) await started.end();
      return started;
    },
    judge: (commands, options) => inTurn(() => parts.judge(tree, commands, options)),
    record: () =>
      inTurn(async () => {
        const recorded = await parts.record(tree, [...written]);
        ({ tree } = recorded);
        written.clear();
        return recorded;
      }),
    close: async () => {
      closing.abort();
      parts.interrupt(); // guard: records-end-with-their-bench
      await Promise.all([...running].map(one => one.end())); // guard: programs-end-with-their-bench
      await last;
      await forget();
      await parts.remove();
    },
  };
};

const BashInput = z.object({ command: z.string(), timeout_seconds: z.number().int().optional() });

const inputProblem = ({
  path,
  code,
}: {
  readonly path: readonly PropertyKey[];
  readonly code?: string;
}): string =>
  path.length === 0
    ? "the input must be an object"
    : `\`${String(path[0])}\` ${code === "invalid_type" ? `must be ${path[0] === "command" ? "a string" : "an integer"}` : "is wrong"}`;

const failed = (content: string): ToolOutcome => ({ content, is_error: true, ran: null });

const noSuchTool = (name: string): ToolOutcome =>
  failed(
    `there is no tool ${JSON.stringify(name.slice(0, 100))} here; there are ${ToolName.options.join(", ")}`,
  );
