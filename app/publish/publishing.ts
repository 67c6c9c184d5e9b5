// What every step of a publication works with.

import type { TaskView } from "../../core/report/view.ts";
import type { GitHub } from "../github/port.ts";
import type { Plane } from "../plane.ts";

export interface Publishing {
  readonly plane: Plane;
  readonly github: GitHub;
  readonly view: TaskView;
}
