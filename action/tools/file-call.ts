// One call of a file tool, from its permission to its answer.
import {
  type FileOutcome,
  type FilesAsk,
  type FilesStart,
  type FileToolName,
  WORK,
} from "../../core/adapters/workbench/protocol.ts";
import { findSearchTrap } from "../../core/adapters/workbench/traps.ts";
import { TOOLS } from "../../core/agents/tools.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";
import { permissionProblem } from "../../core/model/permission.ts";
import { createFileTools } from "./files.ts";
import { inputProblem } from "./input.ts";

export const createFilesService = ({ work, rules }: FilesStart) => {
  const files = createFileTools(work);
  return async ({ tool, input }: FilesAsk, signal: AbortSignal): Promise<FileOutcome> => {
    try {
      const { content, ...outcome } = await call(tool, input, signal);
      return { content: shown(content, work), ...outcome };
    } catch (error) {
      return failed(shown(error instanceof Error ? error.message : String(error), work));
    }
  };

  async function call(tool: FileToolName, input: unknown, signal: AbortSignal): Promise<FileOutcome> {
    const refused =
      // guard: permission-of-files, form-of-an-input
      permissionProblem(tool, rules.scope.permission) ?? inputProblem(input, definition(tool).input_schema);
    if (refused !== null) return failed(`${tool}: ${refused}`);
    let wrote: string | undefined;
    const local = fromShown(input as Readonly<Record<string, unknown>>, work);
    if (tool === "write" || tool === "edit") {
      const path = await files.relative(String(local.file_path)); // guard: path-behind-links
      const problem = path === null ? null : pathProblem(path, rules);
      // guard: path-problem
      if (problem !== null) return failed(`${tool}: ${path} was not changed: ${problem}`);
      wrote = path ?? undefined;
    }
    const trap = tool === "grep" ? findSearchTrap() : null; // guard: no-trap-for-a-search
    if (trap !== null)
      return failed(`grep: ${JSON.stringify(trap.path.toString("utf8"))} would hold a search: ${trap.why}`);
    const outcome = await files.call(tool, local, signal);
    return outcome.is_error ? outcome : { ...outcome, wrote };
  }
};

const failed = (content: string): FileOutcome => ({ content, is_error: true });

const definition = (tool: FileToolName): (typeof TOOLS)[number] => {
  const found = TOOLS.find(({ name }) => name === tool);
  if (found === undefined) throw new Error(`there is no tool ${tool}`);
  return found;
};

/** Without a sandbox the work tree lies somewhere on the machine; the model sees the same path as with one. */
const shown = (text: string, work: string): string => (work === WORK ? text : text.replaceAll(work, WORK));

const fromShown = (
  fields: Readonly<Record<string, unknown>>,
  work: string,
): Readonly<Record<string, unknown>> =>
  work === WORK
    ? fields
    : Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          ["file_path", "path"].includes(name) && typeof value === "string"
            ? value.replace(/^\/work(?=\/|$)/, () => work)
            : value,
        ]),
      );
