// Kin's part of a pull request's text, which people may write around. It is known by its hash and its length.
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

/** How many places it is looked for at: it begins a text, a paragraph or a line. */
const MOST_PLACES = 100;

/** The text with Kin's part brought up to date; as it is where a person wrote into that part, which is theirs now. */
export const withOwnPart = (
  text: string,
  { was, is, plane }: { readonly was: OwnPart; readonly is: string; readonly plane: Pick<Plane, "sha256"> },
): string => {
  const now = lines(text);
  let at = 0;
  for (let place = 0; place < MOST_PLACES && at >= 0 && at + was.length <= now.length; place++) {
    if (plane.sha256(now.slice(at, at + was.length)) === was.hash)
      return `${now.slice(0, at)}${lines(is)}${now.slice(at + was.length)}`;
    const next = now.indexOf("\n", at);
    at = next < 0 ? next : next + 1;
  }
  return text;
};

/** A browser sends every line end as two characters, and GitHub may take blanks off the end. */
const lines = (text: string): string => text.replaceAll("\r\n", "\n").trim();
