// Issues: create, read, change, list, lock, assign, timeline.

import * as z from "zod";
import { can, roleOf } from "./access.ts";
import { Failure, forbidden, invalid, unprocessable } from "./failure.ts";
import { announce, close, findIssue, note, reopen } from "./issue-changes.ts";
import { renderComment, renderIssue, renderTimeline } from "./issue-render.ts";
import {
  LabelNames,
  labelNamed,
  labelNeed,
  labelsFor,
  labelsOf,
  setLabels,
  tellNewLabels,
} from "./labels.ts";
import { renderUser } from "./render.ts";
import { created, needs, noContent, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import { renderReviewEvent } from "./review-render.ts";
import type { Issue } from "./state.ts";
import { type Deed, userById, userByLogin } from "./world.ts";

const NewIssue = z.object({
  title: z.union([z.string(), z.number()]).transform(String),
  body: z.string().nullish(),
  labels: LabelNames.optional(),
  assignees: z.array(z.string()).optional(),
});
const ChangedIssue = z.object({
  title: z.union([z.string(), z.number()]).transform(String).optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "duplicate", "reopened"]).nullish(),
  labels: LabelNames.optional(),
  assignees: z.array(z.string()).optional(),
});
const Assignees = z.object({ assignees: z.array(z.string()).default([]) });
const Lock = z.object({ lock_reason: z.enum(["off-topic", "too heated", "resolved", "spam"]).nullish() });

const read = needs("issues|pull_requests", "read", "read");
const anyone = needs("issues", "write", "read");
const either = needs("issues|pull_requests", "write", "read");
const triage = labelNeed;
const base = "/repos/{owner}/{repo}/issues";

export const issueRoutes: readonly Route[] = [
  { method: "GET", path: base, need: needs("issues", "read", "read"), handle: listIssues },
  { method: "POST", path: base, need: anyone, handle: createIssue },
  { method: "GET", path: `${base}/{issue_number}`, need: read, handle: call => shown(call, findIssue(call)) },
  { method: "PATCH", path: `${base}/{issue_number}`, need: either, handle: updateIssue },
  { method: "PUT", path: `${base}/{issue_number}/lock`, need: triage, handle: call => lock(call, true) },
  { method: "DELETE", path: `${base}/{issue_number}/lock`, need: triage, handle: call => lock(call, false) },
  {
    method: "POST",
    path: `${base}/{issue_number}/assignees`,
    need: triage,
    handle: call => assign(call, true),
  },
  {
    method: "DELETE",
    path: `${base}/{issue_number}/assignees`,
    need: triage,
    handle: call => assign(call, false),
  },
  { method: "GET", path: `${base}/{issue_number}/events`, need: read, handle: listEvents },
  { method: "GET", path: `${base}/{issue_number}/timeline`, need: read, handle: listTimeline },
  { method: "GET", path: `${base}/events`, need: read, handle: listAllEvents },
];

const shown = (call: RepositoryCall, issue: Issue) => ok(renderIssue(call.world, call.repository, issue));

export function checkText(
  resource: string,
  text: { title?: string | undefined; body?: string | null | undefined },
) {
  const wrong = (field: string, code: string, message?: string) =>
    invalid({ resource, field, code, ...(message === undefined ? {} : { message }) });
  if (text.title?.trim() === "") throw wrong("title", "missing_field");
  if ((text.title ?? "").length > 256)
    throw wrong("title", "custom", "title is too long (maximum is 256 characters)");
  // GitHub counts characters, not UTF-16 units.
  if ([...(text.body ?? "")].length > 65_536)
    throw wrong("body", "custom", "body is too long (maximum is 65536 characters)");
}

async function createIssue(call: RepositoryCall) {
  const wanted = call.read(NewIssue);
  checkText("Issue", wanted);
  // Labels and assignees from people without triage permission are silently dropped.
  const trusted = can(call.actor, call.repository, triage);
  const labels = trusted ? labelsFor(call, wanted.labels ?? []) : [];
  const issue = makeIssue(call, { title: wanted.title, body: wanted.body ?? null });
  issue.labels = [...new Set(labels.map(label => label.id))];
  if (trusted) issue.assignees = assignable(call, wanted.assignees ?? []);
  await announce(call, issue, "opened");
  await tellNewLabels(call, issue);
  return created(renderIssue(call.world, call.repository, issue));
}

export function makeIssue(deed: Deed, text: { readonly title: string; readonly body: string | null }): Issue {
  const { world, repository, user, appId } = deed;
  const now = world.stamp();
  const issue: Issue = {
    id: world.id(),
    number: repository.nextNumber++,
    title: text.title,
    body: text.body,
    editedAt: null,
    authorId: user.id,
    appId,
    state: "open",
    stateReason: null,
    labels: [],
    assignees: [],
    locked: false,
    lockReason: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    parentId: null,
    gone: null,
    pull: null,
  };
  repository.issues.push(issue);
  return issue;
}

function assignable(call: RepositoryCall, logins: readonly string[]): number[] {
  return logins.flatMap(login => {
    const user = userByLogin(call.world, login);
    return user === undefined || roleOf(call.repository, user) === "none" ? [] : [user.id];
  });
}

async function updateIssue(call: RepositoryCall) {
  const issue = findIssue(call);
  const wanted = call.read(ChangedIssue);
  checkText("Issue", wanted);
  if (issue.pull === null && !can(call.actor, call.repository, anyone)) throw forbidden();
  const trusted = can(call.actor, call.repository, triage);
  if (!trusted && issue.authorId !== call.user.id) throw forbidden("Must have admin rights to Repository.");
  await editText(call, issue, wanted);
  if (wanted.labels !== undefined && trusted) await setLabels(call, issue, labelsFor(call, wanted.labels));
  if (wanted.assignees !== undefined && trusted) issue.assignees = assignable(call, wanted.assignees);
  await changeState(call, issue, wanted);
  return shown(call, issue);
}

export async function changeState(
  call: RepositoryCall,
  issue: Issue,
  wanted: {
    readonly state?: "open" | "closed" | undefined;
    readonly state_reason?: string | null | undefined;
  },
): Promise<void> {
  if (wanted.state === "open" && issue.pull?.mergedAt)
    throw invalid({ resource: "Issue", code: "invalid", field: "state" });
  if (wanted.state === "open") await reopen(call, issue);
  if (wanted.state !== "closed") return;
  if (issue.state === "closed" && wanted.state_reason) issue.stateReason = wanted.state_reason;
  await close(call, issue, { reason: wanted.state_reason ?? null });
}

/** Changes title or body, with one `edited` event that includes the old text. */
export async function editText(
  deed: Deed,
  issue: Issue,
  wanted: { readonly title?: string | undefined; readonly body?: string | null | undefined },
  changes: Record<string, unknown> = {},
): Promise<void> {
  if (wanted.title !== undefined && wanted.title !== issue.title) {
    changes.title = { from: issue.title };
    note(deed, issue, "renamed", { rename: { from: issue.title, to: wanted.title } });
    issue.title = wanted.title;
  }
  if (wanted.body !== undefined && wanted.body !== issue.body) {
    changes.body = { from: issue.body ?? "" };
    issue.body = wanted.body;
    issue.editedAt = deed.world.stamp();
  }
  if (Object.keys(changes).length === 0) return;
  issue.updatedAt = deed.world.stamp();
  await announce(deed, issue, "edited", { changes });
}

async function lock(call: RepositoryCall, locked: boolean) {
  const issue = findIssue(call);
  const reason = locked ? (call.read(Lock).lock_reason ?? null) : null;
  if (issue.locked !== locked) {
    issue.locked = locked;
    issue.lockReason = reason;
    note(call, issue, locked ? "locked" : "unlocked", { lock_reason: reason });
    await announce(call, issue, locked ? "locked" : "unlocked");
  }
  return noContent();
}

async function assign(call: RepositoryCall, wanted: boolean) {
  const issue = findIssue(call);
  for (const id of assignable(call, call.read(Assignees).assignees)) {
    if (issue.assignees.includes(id) === wanted) continue;
    issue.assignees = wanted ? [...issue.assignees, id] : issue.assignees.filter(one => one !== id);
    const assignee = renderUser(call.world, userById(call.world, id));
    note(call, issue, wanted ? "assigned" : "unassigned", { assignee });
    await announce(call, issue, wanted ? "assigned" : "unassigned", { assignee });
  }
  return wanted ? created(renderIssue(call.world, call.repository, issue)) : shown(call, issue);
}

function listIssues(call: RepositoryCall) {
  const { query, repository } = call;
  const state = query.get("state") ?? "open";
  const labels = (query.get("labels") ?? "").split(",").filter(name => name !== "");
  const creator = query.get("creator")?.toLowerCase();
  const since = query.get("since") ?? "";
  const sort = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const sign = query.get("direction") === "asc" ? 1 : -1;
  const carries = (issue: Issue, name: string): boolean =>
    labelsOf(repository, issue).some(label => label === labelNamed(repository, name));
  const author = creator === undefined ? undefined : userByLogin(call.world, creator);
  if (Number.isNaN(Date.parse(since === "" ? "2000-01-01" : since))) throw unprocessable("Validation Failed");
  const found = repository.issues.filter(
    issue =>
      issue.gone === null &&
      (state === "all" || issue.state === state) &&
      labels.every(name => carries(issue, name)) &&
      (creator === undefined || issue.authorId === author?.id) &&
      issue.updatedAt >= since,
  );
  const order = (a: Issue, b: Issue): number =>
    a[sort] === b[sort] ? a.number - b.number : a[sort] < b[sort] ? -1 : 1;
  found.sort((a, b) => sign * order(a, b));
  return page(call, found, issue => renderIssue(call.world, repository, issue));
}

function listEvents(call: RepositoryCall) {
  const { number } = findIssue(call);
  const events = call.repository.timeline.filter(event => event.number === number);
  return page(call, events, event => renderTimeline(call.world, call.repository, event));
}

function listAllEvents(call: RepositoryCall) {
  const events = [...call.repository.timeline].reverse();
  return page(call, events, event => renderTimeline(call.world, call.repository, event));
}

function listTimeline(call: RepositoryCall) {
  const { world, repository } = call;
  const { number } = findIssue(call);
  const mine = <T extends { number: number }>(rows: readonly T[]) =>
    rows.filter(row => row.number === number);
  const entries = [
    ...mine(repository.timeline).map(event => ({
      at: event.createdAt,
      id: event.id,
      body: renderTimeline(world, repository, event),
    })),
    ...mine(repository.comments).map(comment => ({
      at: comment.createdAt,
      id: comment.id,
      body: { ...renderComment(world, repository, comment), ...commented(call, comment.authorId) },
    })),
    ...mine(repository.reviews)
      .filter(review => review.submittedAt !== null)
      .map(review => ({
        at: review.submittedAt ?? "",
        id: review.id,
        body: renderReviewEvent(world, repository, review),
      })),
  ];
  entries.sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
  return page(call, entries, entry => entry.body);
}

const commented = (call: RepositoryCall, authorId: number) => ({
  event: "commented",
  actor: renderUser(call.world, userById(call.world, authorId)),
});

export function refuseLocked(call: RepositoryCall, issue: Issue): void {
  if (issue.locked && !can(call.actor, call.repository, needs("issues|pull_requests", "write", "write")))
    throw new Failure(403, "Unable to create comment because issue is locked.");
}
