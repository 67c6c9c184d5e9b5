// What became of a pipeline's MCP servers, for the job summary and the log.

import { joined } from "../model/joined.ts";
import { conversationsIn, type Pipeline } from "../model/pipeline.ts";
import { safeInline } from "../text/safe.ts";
import { duration } from "./format.ts";
import { table } from "./frame.ts";
import { codeOf } from "./term.ts";

const MOST_NOTES = 20;
const LONGEST_NOTE = 240;

/** Empty if no server was called or missing. */
export const serversText = (pipeline: Pipeline): string => {
  const attempts = pipeline.steps.flatMap(step => step.attempts.flatMap(conversationsIn));
  const calls = attempts.flatMap(({ turns }) => turns.flatMap(({ mcp }) => mcp ?? []));
  const rows = [...new Set(calls.map(({ server }) => server))].sort().map(server => {
    const own = calls.filter(call => call.server === server);
    const seconds = own.reduce((sum, call) => sum + call.seconds, 0);
    const failed = own.filter(({ is_error }) => is_error).length;
    return [codeOf(server), String(own.length), String(failed), duration(seconds)];
  });
  const notes = new Set([
    ...attempts.flatMap(({ started }) => started?.mcp?.notes ?? []),
    ...calls.flatMap(({ note }) => note ?? []),
  ]);
  return joined("\n\n", [
    rows.length === 0 ? "" : table(["Server", ">Calls", ">Failed", ">Time"], rows),
    [...notes]
      .slice(0, MOST_NOTES)
      .map(note => `- ${safeInline(note, { limit: LONGEST_NOTE })}`)
      .join("\n"),
  ]);
};
