// Sub-issues: added to a parent by database id; a child has one parent.

import * as z from "zod";
import { notFound, unprocessable } from "./failure.ts";
import { findIssue } from "./issue-changes.ts";
import { findById, renderIssue, subIssuesOf } from "./issue-render.ts";
import { created, needs, ok, page, type RepositoryCall, type Route } from "./rest.ts";

const Child = z.object({ sub_issue_id: z.number().int(), replace_parent: z.boolean().optional() });
const read = needs("issues", "read", "read");
const write = needs("issues", "write", "triage");
const base = "/repos/{owner}/{repo}/issues/{issue_number}";

export const subIssueRoutes: readonly Route[] = [
  { method: "GET", path: `${base}/sub_issues`, need: read, handle: list },
  { method: "POST", path: `${base}/sub_issues`, need: write, handle: add },
  { method: "DELETE", path: `${base}/sub_issue`, need: write, handle: remove },
  { method: "GET", path: `${base}/parent`, need: read, handle: parent },
];

function list(call: RepositoryCall) {
  const children = subIssuesOf(call.repository, findIssue(call));
  return page(call, children, issue => renderIssue(call.world, call.repository, issue));
}

function add(call: RepositoryCall) {
  const issue = findIssue(call);
  const wanted = call.read(Child);
  const child = findById(call.world, wanted.sub_issue_id);
  if (child === undefined) throw notFound();
  if (child.issue.id === issue.id) throw unprocessable("Sub-issue may not be its own parent");
  if (child.issue.parentId === issue.id) throw unprocessable("Issue may not contain duplicate sub-issues");
  if (child.issue.parentId !== null && wanted.replace_parent !== true)
    throw unprocessable("Sub-issue may only have one parent");
  child.issue.parentId = issue.id;
  return created(renderIssue(call.world, call.repository, issue));
}

function remove(call: RepositoryCall) {
  const issue = findIssue(call);
  const child = findById(call.world, call.read(Child).sub_issue_id);
  if (child?.issue.parentId !== issue.id) throw notFound();
  child.issue.parentId = null;
  return ok(renderIssue(call.world, call.repository, issue));
}

function parent(call: RepositoryCall) {
  const { parentId } = findIssue(call);
  const found = parentId === null ? undefined : findById(call.world, parentId);
  if (found === undefined) throw notFound();
  return ok(renderIssue(call.world, found.repository, found.issue));
}
