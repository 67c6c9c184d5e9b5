// Posts a comment once, whatever happens in between: key, look, write, record.
import type { Mark, Posted } from "../../core/model/mark.ts";
import { findMarked, withMarker } from "./marker.ts";
import type { Publishing } from "./publishing.ts";

export interface Post extends Pick<Publishing, "plane" | "github"> {
  readonly issue: number;
  readonly mark: Mark<Posted>;
  readonly body: string;
}

export const postOnce = async ({ plane, github, issue, mark, body }: Post): Promise<void> => {
  if ((await plane.store.marked(mark)) !== null) return;
  const marked = { plane, key: mark.key };
  const posted = await findMarked(github.issueComments(issue), { ...marked, author: plane.app.bot_id });
  const id = posted?.id ?? (await github.createComment(issue, withMarker(body, marked))).id;
  await plane.store.markOnce(mark, { now: plane.clock.now(), result: { id } });
};
