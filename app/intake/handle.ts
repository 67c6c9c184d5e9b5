// One webhook's signal, worked on: every handler fetches the present state and decides from that.
import { type Plane, TRIGGER_LABEL } from "../plane.ts";
import { lookAtHead } from "../publish/foreign-check.ts";
import { onIssueGone, onUnlabeled } from "../tasks/cancel.ts";
import { onTicked } from "../tasks/decide.ts";
import { onFollowUpClosed } from "../tasks/followed-up.ts";
import { AUTO_LABEL, HOLD_LABEL, onModeLabel } from "../tasks/mode.ts";
import { lookedUp, projectOf } from "../tasks/project.ts";
import { onComment } from "./command.ts";
import type { Incoming } from "./incoming.ts";
import { askToLookAt, onInstallation } from "./installation.ts";
import { onPullClosed } from "./pull-closed.ts";
import { onReview, onReviewComment, onReviewDismissed } from "./review.ts";
import { onRunCompleted } from "./run-ended.ts";
import type { Signal } from "./signal.ts";
import { onLabeled } from "./trigger.ts";

export const handleSignal = async (signal: Signal, plane: Plane): Promise<void> => {
  if (signal.name.startsWith("installation")) return onInstallation(signal, plane);
  if (signal.repository === null) return;
  const project = await (signal.name === "repository" ? lookedUp : projectOf)(signal.repository, plane);
  if (project === null) return;
  const incoming: Incoming = { signal, plane, project, github: await plane.github(project) };
  const isMode = [AUTO_LABEL, HOLD_LABEL].includes(signal.label?.toLowerCase() ?? "");
  const isTrigger = signal.label?.toLowerCase() === TRIGGER_LABEL;
  switch (`${signal.name}.${signal.action}`) {
    case "issues.labeled":
      return isTrigger ? onLabeled(incoming) : isMode ? onModeLabel(incoming) : undefined;
    case "issues.unlabeled":
      return isTrigger ? onUnlabeled(incoming) : isMode ? onModeLabel(incoming) : undefined;
    case "issues.closed":
    case "issues.transferred":
    case "issues.deleted":
      await onIssueGone(incoming);
      return onFollowUpClosed(incoming);
    case "issue_comment.created":
      return onComment(incoming);
    case "issue_comment.edited":
      return onTicked(incoming);
    case "pull_request_review.submitted":
      return onReview(incoming);
    case "pull_request_review.dismissed":
      return onReviewDismissed(incoming);
    case "pull_request_review_comment.created":
      return onReviewComment(incoming);
    case "pull_request.closed":
      return onPullClosed(incoming);
    case "pull_request.opened":
    case "pull_request.reopened":
    case "pull_request.synchronize":
    case "check_run.rerequested": // guard: gate-asked-for-again
    case "check_suite.rerequested":
    case "merge_group.checks_requested": // guard: gate-of-a-merge-group
      return lookAtHead(incoming);
    case "workflow_run.completed":
      return onRunCompleted(incoming);
    case "repository.renamed":
      return askToLookAt([project], { plane, installation: project.installation_id });
    default:
      return;
  }
};
