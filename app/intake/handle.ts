// Handles one webhook's signal: every handler fetches the present state and decides from that.
import type { Signal } from "../../core/model/signal.ts";
import type { Waiting } from "../jobs/done.ts";
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
import { onLabeled } from "./trigger.ts";

/** Waits if what was asked for cannot begin yet. */
export const handleSignal = async (signal: Signal, plane: Plane): Promise<Waiting | null> => {
  if (signal.name.startsWith("installation")) {
    await onInstallation(signal, plane);
    return null;
  }
  if (signal.repository === null) return null;
  const project = await (signal.name === "repository" ? lookedUp : projectOf)(signal.repository, plane);
  if (project === null) return null;
  const incoming: Incoming = { signal, plane, project, github: await plane.github(project) };
  switch (eventOf(signal)) {
    case "issues.labeled":
      if (signal.label?.toLowerCase() === TRIGGER_LABEL) return onLabeled(incoming);
      break;
    case "issue_comment.created":
      return onComment(incoming);
    case "pull_request_review.submitted":
      return onReview(incoming);
    case "pull_request_review_comment.created":
      return onReviewComment(incoming);
    default:
  }
  await handleAtOnce(incoming);
  return null;
};

const eventOf = ({ name, action }: Signal): string => `${name}.${action}`;

/** Handles what starts no pipeline. */
const handleAtOnce = async (incoming: Incoming): Promise<void> => {
  const { signal, plane, project } = incoming;
  const label = signal.label?.toLowerCase() ?? "";
  const isMode = [AUTO_LABEL, HOLD_LABEL].includes(label);
  switch (eventOf(signal)) {
    case "issues.labeled":
      return isMode ? onModeLabel(incoming) : undefined;
    case "issues.unlabeled":
      return label === TRIGGER_LABEL ? onUnlabeled(incoming) : isMode ? onModeLabel(incoming) : undefined;
    case "issues.closed":
    case "issues.transferred":
    case "issues.deleted":
      await onIssueGone(incoming);
      return onFollowUpClosed(incoming);
    case "issue_comment.edited":
      return onTicked(incoming);
    case "pull_request_review.dismissed":
      return onReviewDismissed(incoming);
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
