// Where a review comment belongs: to a line, a range or a file of the pull request's diff, or nowhere (422).

import * as z from "zod";
import { checkBody } from "./comments.ts";
import { changes } from "./commit-render.ts";
import { unprocessable } from "./failure.ts";
import { commitsOf, diffLines, type FileChange, isAncestor, isSha } from "./git-read.ts";
import { startOf } from "./pull-render.ts";
import type { RepositoryCall } from "./rest.ts";
import type { Issue, Side } from "./state.ts";
import { gitDirectory, must } from "./world.ts";

export const Line = {
  path: z.string(),
  body: z.string(),
  line: z.number().int().optional(),
  side: z.enum(["LEFT", "RIGHT"]).optional(),
  start_line: z.number().int().nullish(),
  start_side: z.enum(["LEFT", "RIGHT", "side"]).nullish(),
  position: z.number().int().optional(),
};
export const NewLine = z.object({
  ...Line,
  commit_id: z.string().optional(),
  in_reply_to: z.number().int().optional(),
  subject_type: z.enum(["line", "file"]).optional(),
});
export async function checkCommit(
  call: RepositoryCall,
  issue: Issue,
  given: string | undefined,
): Promise<string> {
  const pull = must(issue.pull);
  if (given === undefined || given === pull.headSha) return pull.headSha;
  const directory = gitDirectory(call.world, call.repository);
  const known =
    isSha(given) &&
    (await isAncestor(directory, given, pull.headSha)) &&
    (await commitsOf(directory, [`${pull.baseSha}..${pull.headSha}`])).some(commit => commit.sha === given);
  if (!known) throw unprocessable("Unprocessable Entity", ["Commit is not part of the pull request"]);
  return given;
}

export interface Placed {
  readonly path: string;
  readonly body: string;
  readonly line: number | null;
  readonly side: Side;
  readonly startLine: number | null;
  readonly startSide: Side | null;
  readonly diffHunk: string;
  readonly commitId: string;
}

type WantedLine = Omit<z.output<typeof NewLine>, "commit_id" | "in_reply_to"> & { readonly commitId: string };

export async function placeLine(call: RepositoryCall, issue: Issue, wanted: WantedLine): Promise<Placed> {
  const start = await startOf(call.world, call.repository, issue);
  const files = await changes(call.world, call.repository, start, wanted.commitId);
  const file = files.find(row => row.path === wanted.path);
  if (file === undefined) throw unprocessable("Unprocessable Entity", ["Path could not be resolved"]);
  checkBody("PullRequestReviewComment", wanted.body);
  const { path, body, commitId } = wanted;
  if (wanted.subject_type === "file")
    return {
      path,
      body,
      commitId,
      line: null,
      side: "RIGHT",
      startLine: null,
      startSide: null,
      diffHunk: "",
    };
  const at =
    wanted.line === undefined ? lineAt(file, wanted.position) : { line: wanted.line, side: wanted.side };
  const side = at.side ?? "RIGHT";
  const startSide = wanted.start_side === "LEFT" || wanted.start_side === "RIGHT" ? wanted.start_side : side;
  const startLine = wanted.start_line ?? null;
  const diffHunk = hunkAt(file, side, at.line);
  if (startLine !== null) {
    hunkAt(file, startSide, startLine);
    if (startSide === side && startLine >= at.line)
      throw unprocessable("Unprocessable Entity", ["start_line must precede the end line."]);
  }
  return {
    path,
    body,
    commitId,
    line: at.line,
    side,
    startLine,
    startSide: startLine === null ? null : startSide,
    diffHunk,
  };
}

function hunkAt(file: FileChange, side: Side, line: number): string {
  const lines = diffLines(file.patch ?? "");
  const hunk = (side === "LEFT" ? lines.left : lines.right).get(line);
  if (hunk === undefined) throw unprocessable("Unprocessable Entity", ["Line could not be resolved"]);
  return hunk;
}

/** `position` counts lines of the patch, starting at the first hunk's header. */
function lineAt(file: FileChange, position: number | undefined): { line: number; side: Side } {
  const lines = diffLines(
    (file.patch ?? "")
      .split("\n")
      .slice(0, (position ?? -1) + 1)
      .join("\n"),
  );
  const rows = (file.patch ?? "").split("\n");
  const text = position === undefined ? undefined : rows[position];
  const side: Side = text?.startsWith("-") ? "LEFT" : "RIGHT";
  const line = [...(side === "LEFT" ? lines.left : lines.right).keys()].at(-1);
  if (text === undefined || position === 0 || text.startsWith("@@") || line === undefined)
    throw unprocessable("Unprocessable Entity", ["Position could not be resolved"]);
  return { line, side };
}
