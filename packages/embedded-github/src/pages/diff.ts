// Changed files as coloured unified diffs.

import type { FileChange } from "../git-read.ts";
import type { Side } from "../state.ts";
import { type Html, html, type Part } from "./html.ts";
import { encodePath, plural } from "./parts.ts";

export interface DiffRow {
  readonly kind: "hunk" | "plus" | "minus" | "same" | "note";
  readonly left: number | null;
  readonly right: number | null;
  readonly text: string;
}

export interface DiffMore {
  /** Where clicking a line's number leads. */
  readonly lineHref?: (file: FileChange, side: Side, line: number) => string;
  readonly under?: (file: FileChange, side: Side, line: number) => Part;
  readonly above?: (file: FileChange) => Part;
  readonly fileHref?: (file: FileChange) => string;
}

export function rowsOf(patch: string): DiffRow[] {
  let [left, right] = [0, 0];
  return patch.split("\n").map((text): DiffRow => {
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (start !== null) {
      [left, right] = [Number(start[1]), Number(start[2])];
      return { kind: "hunk", left: null, right: null, text };
    }
    if (text.startsWith("+")) return { kind: "plus", left: null, right: right++, text };
    if (text.startsWith("-")) return { kind: "minus", left: left++, right: null, text };
    if (text.startsWith("\\")) return { kind: "note", left: null, right: null, text: text.slice(1) };
    return { kind: "same", left: left++, right: right++, text };
  });
}

export function codeRow(row: DiffRow, href?: (side: Side, line: number) => string): Html {
  if (row.kind === "hunk") return html`<tr class="hunk"><td colspan="2"></td><td>${row.text}</td></tr>`;
  const number = (line: number | null, side: Side) => {
    if (line === null) return html`<td class="number"></td>`;
    const address = href?.(side, line);
    return html`<td class="number">${address === undefined ? line : html`<a href="${address}" title="Comment on this line">${line}</a>`}</td>`;
  };
  const sign = row.kind === "plus" ? "+" : row.kind === "minus" ? "-" : " ";
  const code = row.kind === "note" ? row.text : row.text.slice(1);
  return html`<tr class="${row.kind}">${number(row.left, "LEFT")}${number(row.right, "RIGHT")}<td class="source"><span class="sign">${sign}</span>${code}</td></tr>`;
}

const STATUS: Readonly<Record<FileChange["status"], string>> = {
  added: "added",
  removed: "removed",
  modified: "",
  renamed: "renamed",
  changed: "mode changed",
};

const LONGEST = 3000;

export function fileDiff(file: FileChange, more: DiffMore): Html {
  const rows = rowsOf(file.patch ?? "");
  const name = file.previous === null ? file.path : `${file.previous} → ${file.path}`;
  const status = STATUS[file.status];
  const shown = file.patch === null ? [] : rows.slice(0, LONGEST);
  return html`<section class="box file" id="${encodePath(file.path)}">
<header><span class="path">${more.fileHref === undefined ? name : html`<a href="${more.fileHref(file)}">${name}</a>`}</span>${status === "" ? null : html`<span class="tag">${status}</span>`}<span class="push">${counts(file)}</span></header>
${more.above?.(file)}
${file.patch === null ? html`<p class="empty">No text to compare.</p>` : html`<div class="scroll"><table class="diff">${shown.map(row => rowWithMore(file, row, more))}</table></div>`}
${rows.length > LONGEST ? html`<p class="empty">${rows.length - LONGEST} more lines are not shown.</p>` : null}
</section>`;
}

function rowWithMore(file: FileChange, row: DiffRow, more: DiffMore): Html {
  const { lineHref } = more;
  const line = codeRow(row, lineHref === undefined ? undefined : (side, at) => lineHref(file, side, at));
  const beneath = [
    row.left !== null && row.kind === "minus" ? more.under?.(file, "LEFT", row.left) : null,
    row.right !== null ? more.under?.(file, "RIGHT", row.right) : null,
    row.left !== null && row.kind === "same" ? more.under?.(file, "LEFT", row.left) : null,
  ].filter(part => part !== null && part !== undefined);
  return html`${line}${beneath.map(part => html`<tr class="beneath"><td colspan="3">${part}</td></tr>`)}`;
}

export const counts = (change: { readonly additions: number; readonly deletions: number }): Html =>
  html`<span class="counts"><b class="good">+${change.additions}</b> <b class="bad">−${change.deletions}</b></span>`;

export function diffView(files: readonly FileChange[], more: DiffMore = {}): Html {
  const sum = (key: "additions" | "deletions") => files.reduce((total, file) => total + file[key], 0);
  const all = { additions: sum("additions"), deletions: sum("deletions") };
  return html`<p class="summary-line">${plural(files.length, "changed file")} ${counts(all)}</p>${files.map(file => fileDiff(file, more))}`;
}
