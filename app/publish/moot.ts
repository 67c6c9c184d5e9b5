// When a later pipeline has passed, comments that asked people something after an earlier one say that they are moot.
// Kin changes only their first paragraph; boxes that people ticked stay.
import { marks } from "../../core/model/keys.ts";
import type { Mark, Posted } from "../../core/model/mark.ts";
import { hasLookedAgain, pendingActionsOf } from "../../core/pipeline/follow-ups.ts";
import { decidedLater, learnedBefore } from "../../core/report/moot.ts";
import { offersOf } from "./knowledge.ts";
import type { Publishing } from "./publishing.ts";

export const publishMoot = async (publishing: Publishing): Promise<void> => {
  const { pipelines } = publishing.view;
  for (const [place, { pipeline, record }] of pipelines.entries()) {
    const later = pipelines.slice(place + 1).filter(other => other.pipeline.outcome?.kind === "passed");
    const again = later.find(other => hasLookedAgain(other.pipeline));
    if (again !== undefined && pendingActionsOf(pipeline).length > 0)
      await rewrite(publishing, {
        mark: marks.pending(record.id),
        first: decidedLater({
          before: record.number,
          after: again.record.number,
          asks: pendingActionsOf(again.pipeline).length > 0,
        }),
      });
    const [next] = later;
    if (next === undefined) continue;
    const first = learnedBefore({ before: record.number, after: next.record.number });
    for (const mark of offersOf(pipeline)) await rewrite(publishing, { mark, first });
  }
};

const rewrite = async (
  { plane, github }: Publishing,
  { mark, first }: { readonly mark: Mark<Posted>; readonly first: string },
): Promise<void> => {
  const moot = marks.moot(mark);
  const posted = (await plane.store.marked(mark))?.result;
  if (posted == null || (await plane.store.marked(moot)) !== null) return;
  const comment = await github.issueComment(posted.id);
  if (comment !== null) {
    const [old = "", ...rest] = comment.body.split("\n\n");
    if (old !== first) await github.updateComment(comment.id, [first, ...rest].join("\n\n"));
  }
  await plane.store.markOnce(moot, { now: plane.clock.now() });
};
