// Handles one webhook's signal: every handler fetches the present state and decides from that.
import type { Signal } from "../../core/model/signal.ts";
import { type Waiting, waitingIn } from "../jobs/done.ts";
import { type Plane, TRIGGER_LABEL } from "../plane.ts";
import { lookAtHead } from "../publish/foreign-check.ts";
import { onIssueGone, onUnlabeled } from "../tasks/cancel.ts";
import { onTicked } from "../tasks/decide.ts";
import { followUp } from "../tasks/followed-up.ts";
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
  return waitingIn(await HANDLERS[eventOf(signal)]?.(incoming));
};

/** For an event whose action is not known yet. */
export const isHandledName = (name: string): boolean =>
  Object.keys(HANDLERS).some(event => event.startsWith(`${name}.`));

/** Other events are acknowledged and dropped. */
export const isHandled = (signal: Signal): boolean => Object.hasOwn(HANDLERS, eventOf(signal));

const eventOf = ({ name, action }: Signal): string => `${name}.${action}`;

const onLabel = async (incoming: Incoming): Promise<unknown> => {
  const { action, label } = incoming.signal;
  const name = label?.toLowerCase() ?? "";
  if (name === TRIGGER_LABEL) return action === "labeled" ? onLabeled(incoming) : onUnlabeled(incoming);
  return [AUTO_LABEL, HOLD_LABEL].includes(name) ? onModeLabel(incoming) : undefined;
};

const onGone = async (incoming: Incoming): Promise<void> => {
  await onIssueGone(incoming);
  if (incoming.signal.issue !== null) await followUp(incoming.signal.issue, incoming);
};

/** Whoever handled one before its handler has done what there was to do. */
const done = async (): Promise<void> => {};

const HANDLERS: Readonly<Record<string, (incoming: Incoming) => Promise<unknown>>> = {
  "issues.labeled": onLabel,
  "issues.unlabeled": onLabel,
  "issues.closed": onGone,
  "issues.transferred": onGone,
  "issues.deleted": onGone,
  "issue_comment.created": onComment,
  "issue_comment.edited": onTicked,
  "pull_request.opened": lookAtHead,
  "pull_request.reopened": lookAtHead,
  "pull_request.synchronize": lookAtHead,
  "pull_request.closed": onPullClosed,
  "pull_request_review.submitted": onReview,
  "pull_request_review.dismissed": onReviewDismissed,
  "pull_request_review_comment.created": onReviewComment,
  "check_run.rerequested": lookAtHead, // guard: gate-asked-for-again
  "check_suite.rerequested": lookAtHead,
  "merge_group.checks_requested": lookAtHead, // guard: gate-of-a-merge-group
  "workflow_run.completed": onRunCompleted,
  // An installation's are handled without a repository.
  "installation.created": done,
  "installation.deleted": done,
  "installation_repositories.added": done,
  "installation_repositories.removed": done,
  "repository.renamed": ({ plane, project }) =>
    askToLookAt([project], { plane, installation: project.installation_id }),
  // To look the repository up is all: another default branch is in its row then, too.
  "repository.transferred": done,
  "repository.deleted": done,
  "repository.edited": done,
};
