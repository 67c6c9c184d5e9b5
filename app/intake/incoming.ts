// A repository at hand, and what every handler of a webhook gets.
import type { ProjectRecord } from "../../core/model/record.ts";
import type { Signal } from "../../core/model/signal.ts";
import type { GitHub } from "../github/port.ts";
import type { Plane } from "../plane.ts";

export interface InProject {
  readonly plane: Plane;
  readonly project: ProjectRecord;
  readonly github: GitHub;
}

export interface Incoming extends InProject {
  readonly signal: Signal;
}
