// Hidden markers in what Kin posts: an HMAC of what the text is for, so that Kin finds its own posts and nobody's copy
// counts (the author's id is checked too).
import type { Key } from "../../core/model/key.ts";
import type { Plane } from "../plane.ts";

export interface Marked {
  readonly plane: Plane;
  /** What the text is for; unique for once-effects. */
  readonly key: Key;
}

export const markerOf = ({ plane, key }: Marked): { readonly marker: string } => ({
  marker: `<!-- kin:${plane.sign(`marker:${key}`).slice(0, 32)} -->`,
});

export const withMarker = (body: string, marked: Marked): string => `${body}\n\n${markerOf(marked).marker}`;
