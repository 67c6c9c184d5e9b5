// What is known of pipelines' commits, as recorded when each was made or refused.
import { marks } from "../../core/model/keys.ts";
import type { Made } from "../../core/model/mark.ts";
import type { Note } from "../../core/model/patch/look.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { type CommitPoint, commitPoints } from "../../core/pipeline/commits.ts";
import type { TaskView } from "../../core/report/view.ts";
import type { Plane } from "../plane.ts";

export const madeOf = async ({ key }: Pick<CommitPoint, "key">, plane: Plane): Promise<Made | null> =>
  (await plane.store.marked(marks.commit(key)))?.result ?? null;

/** Whether the last pipeline's last commit includes anything that its gates did not see. */
export const isBeside = async (last: Pipeline | undefined, plane: Plane): Promise<boolean> => {
  const point = last === undefined ? undefined : commitPoints(last).at(-1);
  return point !== undefined && (await madeOf(point, plane))?.beside === true;
};

/** Why a commit of the pipeline was refused; null if none was. */
export const refusalOf = async (pipeline: Pipeline, plane: Plane): Promise<string | null> => {
  for (const point of commitPoints(pipeline)) {
    const refused = (await madeOf(point, plane))?.refused;
    if (refused !== undefined) return refused;
  }
  return null;
};

/** What readers of the whole change should not miss: notes on the latest commit cover everything. */
export const notesOf = async (view: Pick<TaskView, "pipelines">, plane: Plane): Promise<readonly Note[]> => {
  for (const { pipeline } of view.pipelines.toReversed())
    for (const point of commitPoints(pipeline).toReversed()) {
      const made = await madeOf(point, plane);
      if (made?.sha !== undefined) return made.notes;
    }
  return [];
};
