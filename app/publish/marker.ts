// Hidden markers in what Kin posts: an HMAC of what the text is for, so that Kin finds its own posts and nobody's copy
// counts (the author's id is checked too).
import type { Key } from "../../core/model/key.ts";
import type { GitHubSaid } from "../github/port.ts";
import type { Plane } from "../plane.ts";
import { firstOf } from "./first-of.ts";

export interface Marked {
  readonly plane: Plane;
  /** What the text is for; unique for once-effects. */
  readonly key: Key;
}

const markerOf = ({ plane, key }: Marked): { readonly marker: string } => ({
  marker: `<!-- kin:${plane.sign(`marker:${key}`).slice(0, 32)} -->`,
});

/** The first one by this author that has the marker, in a list that comes page by page. */
export const findMarked = <T extends Pick<GitHubSaid, "body" | "user">>(
  pages: AsyncIterable<readonly T[]>,
  { author, ...marked }: Marked & { readonly author: number },
): Promise<T | null> => {
  const { marker } = markerOf(marked);
  return firstOf(pages, ({ user, body }) => user.id === author && body.includes(marker)); // guard: posts-of-its-own
};

export const withMarker = (body: string, marked: Marked): string => `${body}\n\n${markerOf(marked).marker}`;
