// Kin's part of a pull request's text, which people may write around. It is recognised by its hash and length.
import type { Plane } from "../plane.ts";

export interface OwnPart {
  readonly hash: string;
  /** In UTF-16 units. */
  readonly length: number;
}

export const ownPart = (text: string, { sha256 }: Pick<Plane, "sha256">): OwnPart => {
  const part = lines(text);
  return { hash: sha256(part), length: part.length };
};

/** It is looked for at this many places: beginnings of the text, of paragraphs and of lines. */
const MOST_PLACES = 100;

/** The text with Kin's part brought up to date; unchanged if a person edited that part, which is then theirs. */
export const withOwnPart = (
  text: string,
  {
    own,
    is,
    plane,
  }: {
    /** What Kin wrote lately, newest last. */
    readonly own: readonly { readonly body: OwnPart }[];
    readonly is: string;
    readonly plane: Pick<Plane, "sha256">;
  },
): string => {
  const now = lines(text);
  for (const { body } of own.toReversed()) {
    const at = placeOf(body, now, plane);
    if (at !== null) return `${now.slice(0, at)}${lines(is)}${now.slice(at + body.length)}`;
  }
  return text;
};

const placeOf = (part: OwnPart, text: string, { sha256 }: Pick<Plane, "sha256">): number | null => {
  let at = 0;
  for (let place = 0; place < MOST_PLACES && at + part.length <= text.length; place++) {
    if (sha256(text.slice(at, at + part.length)) === part.hash) return at;
    const next = text.indexOf("\n", at);
    if (next < 0) return null;
    at = next + 1;
  }
  return null;
};

/** Browsers send every line end as two characters. */
const lines = (text: string): string => text.replaceAll("\r\n", "\n");
