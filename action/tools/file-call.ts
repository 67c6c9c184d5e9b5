// One call of a file tool, from its permission to its result.

import { TOOLS } from "../../core/agents/tools.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";
import { permissionProblem } from "../../core/model/permission.ts";
import {
  asInside,
  type FileOutcome,
  type FilesAsk,
  type FilesStart,
  type FileToolName,
  SCRATCH,
  WORK,
} from "../workbench/protocol.ts";
import { findSearchTrap } from "../workbench/traps.ts";
import { createFileTools } from "./files.ts";
import { inputProblem } from "./input.ts";

export const createFilesService = ({ work, tmp, rules }: FilesStart) => {
  const places = { work, tmp };
  const files = createFileTools(places);
  return async ({ tool, input }: FilesAsk, signal: AbortSignal): Promise<FileOutcome> => {
    try {
      const { content, ...outcome } = await call(tool, input, signal);
      return { content: asInside(content, places), ...outcome };
    } catch (error) {
      return failed(asInside(error instanceof Error ? error.message : String(error), places));
    }
  };

  async function call(tool: FileToolName, input: unknown, signal: AbortSignal): Promise<FileOutcome> {
    const refused =
      // guard: permission-of-files, form-of-an-input
      permissionProblem(tool, rules.scope.permission) ?? inputProblem(input, definition(tool).input_schema);
    if (refused !== null) return failed(`${tool}: ${refused}`);
    let wrote: string | undefined;
    const local = fromShown(input as Readonly<Record<string, unknown>>, places);
    if (tool === "write" || tool === "edit") {
      const path = await files.relative(String(local.file_path)); // guard: path-behind-links
      const problem = path === null ? null : pathProblem(path, rules);
      // guard: path-problem
      if (problem !== null) return failed(`${tool}: ${path} was not changed: ${problem}`);
      wrote = path ?? undefined;
    }
    // guard: no-trap-for-a-search
    if (tool === "grep") await requireNoTrap(local.path);
    const outcome = await files.call(tool, local, signal);
    return outcome.is_error ? outcome : { ...outcome, wrote };
  }

  /** A search also reads some files in every directory above its own, so the whole place is checked. */
  async function requireNoTrap(path: unknown): Promise<void> {
    const isScratch = typeof path === "string" && (await files.relative(path)) === null; // guard: traps-of-the-scratch-directory
    const trap = findSearchTrap(isScratch ? tmp : ".");
    if (trap === null) return;
    const name = `${isScratch ? `${SCRATCH}/` : ""}${trap.path.toString("utf8")}`;
    throw new Error(`grep: ${JSON.stringify(name)} would hold a search: ${trap.why}`);
  }
};

interface Places {
  readonly work: string;
  readonly tmp: string;
}

const failed = (content: string): FileOutcome => ({ content, is_error: true });

const definition = (tool: FileToolName): (typeof TOOLS)[number] => {
  const found = TOOLS.find(({ name }) => name === tool);
  if (found === undefined) throw new Error(`there is no tool ${tool}`);
  return found;
};

const fromShown = (
  fields: Readonly<Record<string, unknown>>,
  { work, tmp }: Places,
): Readonly<Record<string, unknown>> =>
  work === WORK
    ? fields
    : Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          ["file_path", "path"].includes(name) && typeof value === "string"
            ? value.replace(/^\/(work|tmp)(?=\/|$)/, (_, place: "work" | "tmp") => ({ work, tmp })[place])
            : value,
        ]),
      );
