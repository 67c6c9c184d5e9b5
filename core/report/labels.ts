// The labels that show a task's state, and all labels that Kin creates.
import type { TaskStatus } from "../model/record.ts";
import type { TaskView } from "./view.ts";

/** State labels only; none after a cancel. */
export const labelsOf = (view: Pick<TaskView, "task">): readonly string[] => {
  const label = STATE_LABEL[view.task.status];
  return label === null ? [] : [label];
};

const STATE_LABEL: Readonly<Record<TaskStatus, string | null>> = {
  running: "kin:running",
  review: "kin:review",
  needs_info: "kin:needs-info",
  blocked: "kin:blocked",
  done: "kin:done",
  cancelled: null,
};

/** GitHub's limits: 50 characters for names, 100 for descriptions; colours are hex without `#`. */
export const LABELS: readonly {
  readonly name: string;
  readonly color: string;
  readonly description: string;
}[] = [
  { name: "kin", color: "5319e7", description: "Hand this issue to Kin" },
  { name: "kin:running", color: "1d76db", description: "Kin is working on it, or waits for a run" },
  { name: "kin:review", color: "fbca04", description: "A person must judge the result" },
  { name: "kin:needs-info", color: "d876e3", description: "Kin has a question" },
  { name: "kin:blocked", color: "b60205", description: "Kin has stopped; the status comment says why" },
  { name: "kin:done", color: "0e8a16", description: "Finished by Kin" },
  { name: "kin:auto", color: "bfd4f2", description: "Complete without asking for a review" },
  { name: "kin:hold", color: "f9d0c4", description: "Wait for approval of the plan" },
  { name: "kin:backend_head", color: "c5def5", description: "Escalated to the head of backend" },
  { name: "kin:frontend_head", color: "c5def5", description: "Escalated to the head of frontend" },
  { name: "kin:qa_head", color: "c5def5", description: "Escalated to the head of quality" },
  { name: "kin:security_head", color: "c5def5", description: "Escalated to the head of security" },
  { name: "kin:infra_head", color: "c5def5", description: "Escalated to the head of infrastructure" },
  { name: "kin:cto_advisor", color: "c5def5", description: "Escalated to the adviser on the whole system" },
  { name: "kin:escalation", color: "e99695", description: "Follow-up of a task that came back too often" },
  { name: "kin:tech-debt", color: "fef2c0", description: "Knowingly temporary; the proper fix is described" },
  { name: "kin:follow-up", color: "d4c5f9", description: "Found while working on another task" },
];
