// Turns what is on GitHub into the events that should have reported it. As for webhooks, handlers fetch and decide, so
// an event about something Kin knows changes nothing; each is asked for once.

import type { Key } from "../../core/model/key.ts";
import { keys } from "../../core/model/keys.ts";
import { event, type NewJob } from "../../core/model/new-job.ts";
import type { ProjectRecord, TaskRecord } from "../../core/model/record.ts";
import { Signal } from "../../core/model/signal.ts";
import { sources } from "../../core/model/sources.ts";
import type { ChangedIssue, GitHub, GitHubComment, GitHubReview } from "../github/port.ts";
import { type Plane, TRIGGER_LABEL } from "../plane.ts";
import { isKin } from "../tasks/authority.ts";
import { parseCommand } from "./parse-command.ts";

export interface Found {
  readonly item: ChangedIssue;
  /** The task of the issue or pull request; null if it is not Kin's. */
  readonly task: TaskRecord | null;
  readonly project: ProjectRecord;
  readonly github: GitHub;
  readonly plane: Plane;
}

export const eventsOf = async (found: Found): Promise<readonly NewJob[]> => {
  const { item, task, project, plane } = found;
  const said = task === null ? [] : await saidOn(found, task);
  const isAwaited = (await plane.store.tasksWaitingFor(project.id, item.number)).length > 0;
  return [...stateOf(item, { task, isAwaited, project }), ...said].map(({ key, ...event }) =>
    foundEvent(key, { ...event, repository: project }),
  );
};

/** Who did it is unknown; handlers ask GitHub if it matters. */
export const foundEvent = (key: Key, signal: Partial<Signal> & Named): NewJob =>
  event(key, Signal.parse({ ...NOTHING, ...signal }));

type Named = Pick<Signal, "name" | "action">;
type Event = Partial<Signal> & Named & { readonly key: Key };

const NOTHING = {
  installation: null,
  repository: null,
  sender: null,
  issue: null,
  issue_text: null,
  label: null,
  comment: null,
  review: null,
  pull: null,
  sha: null,
  run: null,
};

/** `isAwaited`: tasks wait for it, whether or not it is a task itself. */
const stateOf = (
  item: Found["item"],
  { task, isAwaited, project }: Pick<Found, "task" | "project"> & { readonly isAwaited: boolean },
): readonly Event[] => {
  const { number, is_pull_request } = item;
  const isOpen = task !== null && task.status !== "done" && task.status !== "cancelled";
  // A follow-up is Kin's because of its row: it has no trigger label that could be missing.
  const mayMatter = isAwaited || (is_pull_request && task?.status === "cancelled");
  const action = mayMatter && item.state === "closed" ? "closed" : actionOf(item, isOpen);
  if (action === "unlabeled" && task?.task_type === "escalation") return [];
  if (action === null) return [];
  const subject = is_pull_request
    ? { name: "pull_request", pull: number }
    : { name: "issues", issue: number };
  return [{ ...subject, action, label: TRIGGER_LABEL, key: keys.foundAs(project.id, { ...item, action }) }];
};

/** What it is now, if its task may not reflect that. */
const actionOf = (item: ChangedIssue, isOpen: boolean): "closed" | "labeled" | "unlabeled" | null => {
  if (item.state === "closed") return isOpen ? "closed" : null;
  if (item.is_pull_request) return null;
  if (item.labels.some(label => label.toLowerCase() === TRIGGER_LABEL)) return "labeled";
  return isOpen ? "unlabeled" : null;
};

/** Commands, and on a pull request verdicts, by anybody but Kin; the handlers check whether they may. */
const saidOn = async (
  { item, project, github, plane }: Found,
  task: TaskRecord,
): Promise<readonly Event[]> => {
  const { number, is_pull_request } = item;
  const isCommand = ({ user, created_at, body }: GitHubComment) =>
    !isKin(user, plane) && created_at >= task.created_at && parseCommand(body) !== null;
  const comments = (await idsIn(github.issueComments(number), isCommand)).map(id => ({
    name: "issue_comment",
    action: "created",
    issue: number,
    comment: id,
    key: keys.found(project.id, sources.issueComment(id)),
  }));
  return is_pull_request ? [...comments, ...(await judgedOn()), ...(await inlineOn())] : comments;

  async function judgedOn(): Promise<readonly Event[]> {
    const isJudged = ({ user, state, body }: GitHubReview) =>
      !isKin(user, plane) && (state === "CHANGES_REQUESTED" || parseCommand(body) !== null);
    const event = { name: "pull_request_review", action: "submitted", pull: number };
    const judges = await idsIn(github.reviews(number), isJudged);
    return judges.map(id => ({
      ...event,
      review: id,
      key: keys.found(project.id, sources.review(id)),
    }));
  }

  async function inlineOn(): Promise<readonly Event[]> {
    const event = { name: "pull_request_review_comment", action: "created", pull: number };
    return (await idsIn(github.pullComments(number), isCommand)).map(id => ({
      ...event,
      comment: id,
      key: keys.found(project.id, sources.reviewComment(id)),
    }));
  }
};

const idsIn = async <T extends { readonly id: number }>(
  pages: AsyncIterable<readonly T[]>,
  counts: (item: T) => boolean,
): Promise<readonly number[]> => {
  const ids: number[] = [];
  for await (const page of pages) ids.push(...page.filter(counts).map(({ id }) => id));
  return ids;
};
