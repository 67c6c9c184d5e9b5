// A comment that is posted once, whatever happens in between: key, look, write, record.
import type { GitHub } from "../github/port.ts";
import type { Plane } from "../plane.ts";
import { firstOf } from "./first-of.ts";
import { markerOf, withMarker } from "./marker.ts";

export interface Post {
  readonly plane: Plane;
  readonly github: GitHub;
  readonly issue: number;
  readonly key: string;
  readonly body: string;
}

export const postOnce = async ({ plane, github, issue, key, body }: Post): Promise<void> => {
  if ((await plane.store.job(key)) !== null) return;
  const { marker } = markerOf({ plane, key });
  const posted = await firstOf(
    github.issueComments(issue),
    comment => comment.user.id === plane.app.bot_id && comment.body.includes(marker), // guard: comments-of-its-own
  );
  const id = posted?.id ?? (await github.createComment(issue, withMarker(body, { plane, key }))).id;
  await plane.store.useOnce(key, { kind: "comment", now: plane.clock.now(), result: { id } });
};
