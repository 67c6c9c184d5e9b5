// Comments that ask people something after a pipeline, once a later one has passed: they no longer ask what is moot. Only
// their first paragraph is Kin's to change; boxes that people ticked stay.
import * as z from "zod";
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
        key: `pending:${record.id}`,
        first: decidedLater({
          before: record.number,
          after: again.record.number,
          asks: pendingActionsOf(again.pipeline).length > 0,
        }),
      });
    const [next] = later;
    if (next === undefined) continue;
    const first = learnedBefore({ before: record.number, after: next.record.number });
    for (const key of offersOf(pipeline)) await rewrite(publishing, { key, first });
  }
};

const Posted = z.object({ id: z.number() });

const rewrite = async (
  { plane, github }: Publishing,
  { key, first }: { readonly key: string; readonly first: string },
): Promise<void> => {
  const row = await plane.store.job(key);
  if (row?.result == null || (await plane.store.job(`moot:${key}`)) !== null) return;
  const comment = await github.issueComment(Posted.parse(JSON.parse(row.result)).id);
  if (comment !== null) {
    const [old = "", ...rest] = comment.body.split("\n\n");
    if (old !== first) await github.updateComment(comment.id, [first, ...rest].join("\n\n"));
  }
  await plane.store.useOnce(`moot:${key}`, { kind: "moot", now: plane.clock.now() });
};
