// What every step of a publication works with.

import type { Published } from "../../core/model/record.ts";
import type { TaskView } from "../../core/report/view.ts";
import type { GitHub } from "../github/port.ts";
import type { Plane } from "../plane.ts";

export interface Publishing {
  readonly plane: Plane;
  readonly github: GitHub;
  readonly view: TaskView;
}

/** Records what was written to GitHub, beside what was recorded before. */
export const note = (
  { plane, view: { task } }: Pick<Publishing, "plane" | "view">,
  published: Partial<Published>,
): Promise<void> =>
  plane.store.notePublished(task.id, { published: { ...task.published, ...published } }, plane.clock.now());
