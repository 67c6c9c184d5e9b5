// Posts a comment once, whatever happens in between: key, look, write, record.
import type { Mark, Posted } from "../../core/model/mark.ts";
import type { GitHub } from "../github/port.ts";
import type { Plane } from "../plane.ts";
import { firstOf } from "./first-of.ts";
import { markerOf, withMarker } from "./marker.ts";

export interface Post {
  readonly plane: Plane;
  readonly github: GitHub;
  readonly issue: number;
  readonly mark: Mark<Posted>;
  readonly body: string;
}

export const postOnce = async ({ plane, github, issue, mark, body }: Post): Promise<void> => {
  if ((await plane.store.marked(mark)) !== null) return;
  const { key } = mark;
  const { marker } = markerOf({ plane, key });
  const posted = await firstOf(
    github.issueComments(issue),
    comment => comment.user.id === plane.app.bot_id && comment.body.includes(marker), // guard: comments-of-its-own
  );
  const id = posted?.id ?? (await github.createComment(issue, withMarker(body, { plane, key }))).id;
  await plane.store.markOnce(mark, { now: plane.clock.now(), result: { id } });
};
