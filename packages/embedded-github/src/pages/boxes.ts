// The boxes of task lists in what people and Apps wrote: whoever may edit the text can tick them on the page. Each is a
// button of a form beside the text.

import { can } from "../access.ts";
import { Failure, notFound } from "../failure.ts";
import { needs } from "../rest.ts";
import { type Html, html } from "./html.ts";
import type { Deeds, RepositoryVisit } from "./visit.ts";
import { field } from "./visit.ts";

/** What may be edited: a comment by its id, or the issue's own text. */
export interface Written {
  readonly of: number | "description";
  readonly authorId: number;
  /** When it was last edited: boxes on an older page may no longer match. */
  readonly editedAt: string | null;
}

const others = needs("issues|pull_requests", "write", "write");
const formOf = ({ of }: Written): string => `boxes-${of}`;

/** The form's id for those who may edit it, else null. */
export const boxesOf = (visit: RepositoryVisit, written: Written): string | null =>
  written.authorId === visit.viewer.id || can(visit.actor, visit.repository, others) ? formOf(written) : null;

export const boxesForm = (visit: RepositoryVisit, written: Written): Html =>
  html`<form id="${formOf(written)}" method="post" action="${visit.url.pathname}" hidden><input type="hidden" name="do" value="tick"><input type="hidden" name="of" value="${written.of}"><input type="hidden" name="was" value="${written.editedAt ?? ""}"></form>`;

/** Inline content only, because a list item may be a paragraph. */
export const box = (
  form: string,
  { at, checked }: { readonly at: number; readonly checked: boolean },
): Html =>
  html`<button class="tick" form="${form}" name="box" value="${at}" role="checkbox" aria-checked="${String(checked)}" aria-label="Box ${at + 1}">${checked ? "✓" : ""}</button>`;

const BOX = /^(?:[ \t>]*)(?:[-*+]|\d{1,9}[.)])[ \t]+\[(?=[ xX]\][ \t]+\S)/;
const FENCE = /^[ \t>]*(`{3,}|~{3,})/;

/** The offset of what is inside each box's brackets. */
export const placesOfBoxes = (text: string): readonly number[] => {
  const places: number[] = [];
  let fence: string | null = null;
  let at = 0;
  for (const line of text.split("\n")) {
    const mark = FENCE.exec(line)?.[1] ?? null;
    if (mark !== null) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
    const found = fence === null ? BOX.exec(line) : null;
    if (found !== null) places.push(at + found[0].length);
    at += line.length + 1;
  }
  return places;
};

const turned = (text: string, nth: number): string => {
  const at = placesOfBoxes(text)[nth];
  if (at === undefined) throw notFound();
  return `${text.slice(0, at)}${text[at] === " " ? "x" : " "}${text.slice(at + 1)}`;
};

export const boxDeeds: Deeds<RepositoryVisit> = {
  tick: async visit => {
    const number = Number(visit.parts.number);
    const id = field(visit, "of");
    const { comments, issues } = visit.repository;
    const said =
      id === "description"
        ? issues.find(one => one.number === number)
        : comments.find(one => one.id === Number(id) && one.number === number);
    if (said === undefined) throw notFound();
    if ((said.editedAt ?? "") !== field(visit, "was"))
      throw new Failure(409, "This was edited meanwhile. Look at it again, then tick.");
    const path = id === "description" ? `/issues/${number}` : `/issues/comments/${id}`;
    await visit.actHere("PATCH", path, { body: turned(said.body ?? "", Number(field(visit, "box"))) });
    return `${visit.url.pathname}#${id === "description" ? id : `issuecomment-${id}`}`;
  },
};
