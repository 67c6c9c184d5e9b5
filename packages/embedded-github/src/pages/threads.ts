// Comments on lines: a first one, its replies, and the lines they refer to.

import type { Issue, Repository, ReviewComment } from "../state.ts";
import { userById } from "../world.ts";
import { codeRow, type DiffRow } from "./diff.ts";
import { type Html, html } from "./html.ts";
import { ago, avatar, button, encodePath, person, rendered } from "./parts.ts";
import type { RepositoryVisit } from "./visit.ts";

export type Thread = readonly ReviewComment[];

/** First comments with their replies, in the order of the first. */
export const threadsOf = (repository: Repository, number: number): Thread[] => {
  const mine = repository.reviewComments.filter(row => row.number === number);
  return mine
    .filter(row => row.inReplyTo === null)
    .map(first => [first, ...mine.filter(row => row.inReplyTo === first.id)]);
};

const LINES_SHOWN = 4;

/** As in the conversation: with the hunk's last lines. */
export function threadView(visit: RepositoryVisit, issue: Issue, thread: Thread): Html {
  const [first] = thread;
  if (first === undefined) return html``;
  const place = first.line === null ? "the file" : `line ${first.line}`;
  const outdated =
    issue.pull?.headSha === first.commitId ? null : html`<span class="tag warn">Outdated</span>`;
  const files = `${visit.home}/pull/${issue.number}/files`;
  return html`<div class="box thread"><header><a class="path" href="${files}#${encodePath(first.path)}">${first.path}</a> <span class="muted">${place}</span> ${outdated}${first.resolvedBy === null ? null : html`<span class="tag">Resolved</span>`}</header>
${first.diffHunk === "" ? null : html`<table class="diff">${lastRows(first.diffHunk).map(row => codeRow(row))}</table>`}
${threadBody(visit, issue, thread)}</div>`;
}

/** Only the comments and the reply form, for use beneath a line. */
export function threadBody(visit: RepositoryVisit, issue: Issue, thread: Thread): Html {
  const { world, repository, home } = visit;
  const first = thread[0];
  return html`${thread.map(
    one =>
      html`<div class="line-comment" id="discussion_r${one.id}">${avatar(userById(world, one.authorId), 24)}<div><div>${person(world, one.authorId)} <span class="muted">${ago(world, one.createdAt)}</span></div>${rendered({ world, repository }, one.body)}</div></div>`,
  )}
<details class="reply"><summary>Reply</summary><form method="post" action="${home}/pull/${issue.number}"><input type="hidden" name="to" value="${first?.id}"><textarea name="body" rows="3" aria-label="Reply" required></textarea><div class="buttons">${button("reply", "Reply", { kind: "primary" })}</div></form></details>`;
}

function lastRows(hunk: string): DiffRow[] {
  const [head = "", ...lines] = hunk.split("\n");
  const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(head);
  let [left, right] = [Number(start?.[1] ?? 1), Number(start?.[2] ?? 1)];
  const rows = lines.map((text): DiffRow => {
    if (text.startsWith("+")) return { kind: "plus", left: null, right: right++, text };
    if (text.startsWith("-")) return { kind: "minus", left: left++, right: null, text };
    return { kind: "same", left: left++, right: right++, text };
  });
  return rows.slice(-LINES_SHOWN);
}
