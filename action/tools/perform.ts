// One request of the harness, from its permission to its answer.

import type { Answer, Request, Start } from "../../core/adapters/workbench/protocol.ts";
import { DEFAULT_SECONDS, MAX_SECONDS, WORK } from "../../core/adapters/workbench/protocol.ts";
import { TOOLS } from "../../core/agents/tools.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";
import type { ToolName } from "../../core/model/role.ts";
import type { FileTools } from "./files.ts";
import { inputProblem } from "./input.ts";
import type { Shell } from "./shell.ts";

export interface Tools {
  readonly start: Start;
  readonly shell: Shell;
  readonly files: FileTools;
}

type Work = Exclude<Request, { kind: "cancel" }>;

export const perform = async (request: Work, tools: Tools, signal: AbortSignal): Promise<Answer> => {
  try {
    const found =
      request.kind === "run" ? await command(request, tools, signal) : await call(request, tools, signal);
    return { ...found, id: request.id, content: shown(found.content, tools.start.work) };
  } catch (error) {
    return { ...failed(error instanceof Error ? error.message : String(error)), id: request.id };
  }
};

type Found = Omit<Answer, "id">;

const failed = (content: string): Found => ({ content, is_error: true, ran: null });

const command = (
  asked: { readonly command: string; readonly seconds: number },
  { shell }: Tools,
  signal: AbortSignal,
): Promise<Found> => shell(asked, signal);

const call = async (
  { tool, input }: Extract<Work, { kind: "call" }>,
  tools: Tools,
  signal: AbortSignal,
): Promise<Found> => {
  const refused = permissionProblem(tool, tools.start) ?? inputProblem(input, definition(tool).input_schema);
  if (refused !== null) return failed(`${tool}: ${refused}`);
  const fields = input as Readonly<Record<string, unknown>>;
  if (tool === "bash") {
    const seconds = Math.min(MAX_SECONDS, Math.max(1, Number(fields.timeout_seconds ?? DEFAULT_SECONDS)));
    return shell({ command: String(fields.command), seconds }, tools, signal);
  }
  const local = fromShown(fields, tools.start.work);
  if (tool === "write" || tool === "edit") {
    const path = await tools.files.relative(String(local.file_path));
    const problem = pathProblem(path, tools.start.rules);
    if (problem !== null) return failed(`${tool}: ${path} was not changed: ${problem}`);
  }
  return { ...(await tools.files.call(tool, local, signal)), ran: null };
};

const shell = command;

const definition = (tool: ToolName): (typeof TOOLS)[number] => {
  const found = TOOLS.find(({ name }) => name === tool);
  if (found === undefined) throw new Error(`there is no tool ${tool}`);
  return found;
};

const NEEDS: Readonly<Record<ToolName, readonly Start["rules"]["scope"]["permission"][]>> = {
  read: ["read_only", "read_bash", "full"],
  glob: ["read_only", "read_bash", "full"],
  grep: ["read_only", "read_bash", "full"],
  bash: ["read_bash", "full"],
  write: ["full"],
  edit: ["full"],
};

const permissionProblem = (tool: ToolName, { rules }: Start): string | null => {
  const { permission } = rules.scope;
  if (NEEDS[tool].includes(permission)) return null;
  return permission === "read_only"
    ? "your role's permission is read_only: it reads files (read, glob, grep) and neither changes them nor runs commands"
    : "your role's permission is read_bash: it reads files and runs commands (bash), and changes no files";
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
