// Whether a pipeline's own answers hand the task over to other issues, and how.
import * as z from "zod";
import { ChildTask, type Handover } from "../model/handover.ts";
import type { Pipeline } from "../model/pipeline.ts";
import { analysisOf, escalationOf } from "./escalation.ts";

const Children = z.looseObject({ tasks: z.array(ChildTask).min(1) });

/** Null if nothing is handed over. A task that is itself an escalation never escalates. */
export const handoverOf = (pipeline: Pipeline): Handover | null => {
  const { opening, steps } = pipeline;
  for (const step of steps) {
    const analysis = analysisOf(step);
    if (analysis?.escalate_to_dept_head === true && opening.type === "standard")
      return escalationOf(analysis, pipeline);
    const children = step.part === "decomposition" ? Children.safeParse(step.answer) : null;
    if (children?.success) return { kind: "children", tasks: children.data.tasks };
  }
  return null;
};
