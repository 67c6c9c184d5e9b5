// The changed files with comments on their lines, a form beneath the clicked line, and the form for a whole review.

import type { FileChange } from "../git-read.ts";
import type { Issue, Side } from "../state.ts";
import { must } from "../world.ts";
import { diffView } from "./diff.ts";
import { type Html, html, type Part } from "./html.ts";
import { button, encodePath, textarea } from "./parts.ts";
import { type Thread, threadBody, threadsOf } from "./threads.ts";
import type { RepositoryVisit } from "./visit.ts";

export function filesView(visit: RepositoryVisit, issue: Issue, files: readonly FileChange[]): Html {
  const { home, repository, url } = visit;
  const base = `${home}/pull/${issue.number}/files`;
  const { headSha } = must(issue.pull);
  const current = threadsOf(repository, issue.number).filter(([first]) => first?.commitId === headSha);
  const under = (file: FileChange, side: Side, line: number): Part => {
    const threads = current.filter(
      ([first]) => first?.path === file.path && first.side === side && first.line === line,
    );
    const clicked = url.searchParams;
    const asked =
      clicked.get("path") === file.path &&
      clicked.get("side") === side &&
      clicked.get("line") === String(line);
    if (threads.length === 0 && !asked) return null;
    return html`<div class="beneath-line">${threads.map(thread => boxed(visit, issue, thread))}${asked ? lineForm(visit, issue, { path: file.path, side, line }) : null}</div>`;
  };
  const whole = (file: FileChange): Part => {
    const threads = current.filter(([first]) => first?.path === file.path && first.line === null);
    return threads.length === 0
      ? null
      : html`<div class="beneath-line">${threads.map(thread => boxed(visit, issue, thread))}</div>`;
  };
  return diffView(files, {
    lineHref: (file, side, line) =>
      `${base}?path=${encodeURIComponent(file.path)}&side=${side}&line=${line}#line-form`,
    under,
    above: whole,
    fileHref: file => `${home}/blob/${headSha}/${encodePath(file.path)}`,
  });
}

const boxed = (visit: RepositoryVisit, issue: Issue, thread: Thread): Html =>
  html`<div class="box thread">${threadBody(visit, issue, thread)}</div>`;

function lineForm(
  visit: RepositoryVisit,
  issue: Issue,
  at: { readonly path: string; readonly side: Side; readonly line: number },
): Html {
  const to = `${visit.home}/pull/${issue.number}/files`;
  return html`<form id="line-form" class="box pad" method="post" action="${to}">
<input type="hidden" name="path" value="${at.path}"><input type="hidden" name="line" value="${at.line}"><input type="hidden" name="side" value="${at.side}">
${textarea("line-body", visit.typed.get("line-body") ?? "", { rows: 3, label: `Comment on line ${at.line}`, required: true })}
<div class="buttons"><a class="button" href="${to}">Cancel</a>${button("line", "Add comment", { kind: "primary" })}</div></form>`;
}

const EVENTS = [
  ["COMMENT", "Comment", "Say something without approval or rejection."],
  ["APPROVE", "Approve", "Say that these changes may be merged."],
  ["REQUEST_CHANGES", "Request changes", "Say what has to be done before they may be merged."],
] as const;

export function reviewForm(visit: RepositoryVisit, issue: Issue, files: readonly FileChange[]): Html {
  const typed = (name: string) => visit.typed.get(name) ?? "";
  const event = typed("event") === "" ? "COMMENT" : typed("event");
  const own = issue.authorId === visit.viewer.id;
  return html`<form class="box review-form" id="review" method="post" action="${visit.home}/pull/${issue.number}/files">
<header><b>Finish your review</b>${own ? html` <span class="muted">This pull request is your own: only a comment will be accepted.</span>` : null}</header><div class="pad">
${textarea("body", typed("body"), { label: "Summary (Markdown)" })}
<fieldset class="choice"><legend>Verdict</legend>${EVENTS.map(
    ([value, name, why]) =>
      html`<label><input type="radio" name="event" value="${value}"${value === event ? html` checked` : ""}><span><b>${name}</b> <span class="muted">${why}</span></span></label>`,
  )}</fieldset>
<details${typed("line-body") === "" ? "" : html` open`}><summary>With a comment on a line</summary><div class="triple"><label class="field"><span>File</span><select name="path"><option value=""></option>${files.map(
    file => html`<option${file.path === typed("path") ? html` selected` : ""}>${file.path}</option>`,
  )}</select></label><label class="field"><span>Line of the new version</span><input name="line" inputmode="numeric" pattern="[0-9]*" value="${typed("line")}"></label></div>
${textarea("line-body", typed("line-body"), { rows: 3, label: "Comment on that line" })}</details>
<div class="buttons">${button("review", "Submit review", { kind: "primary" })}</div></div></form>`;
}
