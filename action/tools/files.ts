// read, write, glob and grep are the SDK's tools, bound to the work tree and the scratch directory; edit is ours. Paths
// are shown relative to the tree.
import { join, relative } from "node:path";
import { runRunnableTool } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import {
  type AgentToolContext,
  betaGlobTool,
  betaGrepTool,
  betaReadTool,
  betaWriteTool,
  resolvePath,
} from "@anthropic-ai/sdk/tools/agent-toolset/node";
import { cutMiddle, OUTPUT_LIMIT } from "../../core/model/tail.ts";
import type { FileOutcome, FileToolName } from "../workbench/protocol.ts";
import { type Edit, editFile } from "./edit.ts";

export interface FileTools {
  readonly call: (tool: FileToolName, input: unknown, signal: AbortSignal) => Promise<FileOutcome>;
  /** Where in the work tree a path leads through all links; null for the scratch directory. Throws for anything else. */
  readonly relative: (path: string) => Promise<string | null>;
}

/** A whole read costs tokens again with every later turn. */
const READ_BYTES = 100 * 1024;

export const createFileTools = ({
  work,
  tmp,
}: {
  readonly work: string;
  readonly tmp: string;
}): FileTools => {
  const context: AgentToolContext = {
    workdir: work,
    allowedRoots: [tmp],
    // `.git` is absent because a command may have made it a link to anywhere; the path rules protect it.
    readOnlyRoots: [`${work}/.github`], // guard: read-only-roots
    env: {},
  };
  const tools = {
    read: betaReadTool({ ...context, maxFileBytes: READ_BYTES }),
    write: betaWriteTool(context),
    glob: betaGlobTool(context),
    grep: betaGrepTool(context),
  };
  return {
    call: async (name, input, signal) => {
      if (name === "edit") {
        const edit = input as Edit & { readonly file_path: string };
        return {
          content: await editFile(await resolvePath(context, edit.file_path), edit.file_path, edit),
          is_error: false,
        };
      }
      const toolUse = { type: "tool_use" as const, id: "", name, input };
      const run = runRunnableTool(tools[name], input, { toolUse, toolUseBlock: toolUse, signal });
      const outcome = await Promise.race([run, aborted(signal)]);
      if (outcome === null) return { content: "interrupted", is_error: true };
      const text = typeof outcome.content === "string" ? outcome.content : JSON.stringify(outcome.content);
      if (name === "read" && !outcome.isError) return { content: numbered(text, input), is_error: false };
      return { content: presented(name, text, work), is_error: outcome.isError };
    },
    relative: async path => {
      const local = relative(work, await resolvePath(context, path));
      return local.startsWith("../") && !relative(tmp, join(work, local)).startsWith("..") ? null : local;
    },
  };
};

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise(resolve => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });

/** Like `cat -n`, because findings name lines. */
const numbered = (text: string, input: unknown): string => {
  if (text === "") return text;
  const [first = 1] = (input as { readonly view_range?: readonly number[] }).view_range ?? [];
  const from = Math.max(first, 1);
  const lines = text.toWellFormed().replace(/\n$/, "").split("\n");
  return lines.map((line, index) => `${String(from + index).padStart(6)}\t${line}`).join("\n");
};

const presented = (name: FileToolName, text: string, work: string): string => {
  if (name === "read") return text.toWellFormed();
  if (name !== "glob" && name !== "grep") return text;
  const local = text
    .split("\n")
    .map(line => (line.startsWith(`${work}/`) ? line.slice(work.length + 1) : line))
    .join("\n");
  return cutMiddle(local.toWellFormed(), OUTPUT_LIMIT);
};
