// `/kin escalate [head]`: a person hands the task to a department head, whatever the returns say.

import { roleOf } from "../../core/agents/roster.ts";
import { ESCALATION_TARGETS, headFor } from "../../core/pipeline/escalation.ts";
import { noteAsker } from "./askers.ts";
import { type Order, refuse } from "./order.ts";
import { readConfig } from "./start.ts";
import { stateFact } from "./state.ts";
import { stopPipeline } from "./stop.ts";

export const escalate = async (order: Order, asked: string | null): Promise<void> => {
  const { plane, github, project, task, source, by, last } = order;
  const head = asked ?? headFor(task.category, await readConfig(github, project));
  const isHead = plane.roster.roles.get(head)?.head === true;
  if (!isHead) return refuse(order, { kind: "no_such_head", asked: head, heads: [...ESCALATION_TARGETS] });
  if (task.task_type === "escalation") return refuse(order, { kind: "is_escalation" });
  if (last === null || task.snapshot === null) return refuse(order, { kind: "nothing_to_return" });
  if ((task.waits_for ?? []).length > 0) return refuse(order, { kind: "already_handed_over" });
  await noteAsker(task, { by, plane }); // guard: asks-by-handing-over
  const reason = `Handed over to ${head} (${by.login}).`;
  await stopPipeline(task, { plane, by: by.login, reason, source, pipeline: last.id });
  const handover = {
    kind: "escalation" as const,
    head: roleOf(plane.roster, head).name,
    root_cause: `${by.login} asked for it.`,
    brief: task.brief ?? task.snapshot.title,
    clarifications: [],
  };
  const fact = { kind: "handed_over", by: by.login, pipeline: last.id, handover, source } as const;
  await stateFact(task, fact, { plane });
};
