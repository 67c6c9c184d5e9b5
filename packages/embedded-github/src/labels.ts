// Labels of a repository and on issues. GitHub ignores case in names, and creates an unknown label when it is put on an
// issue.

import * as z from "zod";
import { can } from "./access.ts";
import { forbidden, invalid, notFound } from "./failure.ts";
import { announce, findIssue, note } from "./issue-changes.ts";
import { renderLabel } from "./render.ts";
import { created, needs, noContent, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import type { Issue, Label, Repository } from "./state.ts";
import type { Deed } from "./world.ts";

const NewLabel = z.object({
  name: z.string(),
  color: z.string().optional(),
  description: z.string().nullish(),
});
const ChangedLabel = z.object({
  new_name: z.string().optional(),
  color: z.string().optional(),
  description: z.string().nullish(),
});
const Names = z.array(z.union([z.string(), z.object({ name: z.string() })]));
export const LabelNames = Names.transform(names =>
  names.map(one => (typeof one === "string" ? one : one.name)),
);
const LabelsBody = z.union([LabelNames, z.object({ labels: LabelNames }).transform(body => body.labels)]);

export const labelNeed = needs("issues|pull_requests", "write", "triage");
const readLabels = needs("issues|pull_requests", "read", "read");
const writeLabels = needs("issues|pull_requests", "write", "write");

export const labelRoutes: readonly Route[] = [
  { method: "GET", path: "/repos/{owner}/{repo}/labels", need: readLabels, handle: listLabels },
  { method: "POST", path: "/repos/{owner}/{repo}/labels", need: writeLabels, handle: createLabel },
  { method: "GET", path: "/repos/{owner}/{repo}/labels/{name}", need: readLabels, handle: getLabel },
  { method: "PATCH", path: "/repos/{owner}/{repo}/labels/{name}", need: writeLabels, handle: updateLabel },
  { method: "DELETE", path: "/repos/{owner}/{repo}/labels/{name}", need: writeLabels, handle: deleteLabel },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/labels",
    need: readLabels,
    handle: call => pageOfLabels(call, findIssue(call)),
  },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/labels",
    need: labelNeed,
    handle: async call => {
      const issue = findIssue(call);
      await addLabels(call, issue, labelsFor(call, call.read(LabelsBody)));
      return ok(rendered(call, issue));
    },
  },
  {
    method: "PUT",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/labels",
    need: labelNeed,
    handle: async call => {
      const issue = findIssue(call);
      await setLabels(call, issue, labelsFor(call, call.read(LabelsBody)));
      return ok(rendered(call, issue));
    },
  },
  {
    method: "DELETE",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/labels",
    need: labelNeed,
    handle: async call => {
      await setLabels(call, findIssue(call), []);
      return noContent();
    },
  },
  {
    method: "DELETE",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
    need: labelNeed,
    handle: async call => {
      const issue = findIssue(call);
      const label = labelNamed(call.repository, call.param("name"));
      if (label === undefined || !issue.labels.includes(label.id)) throw notFoundLabel();
      await removeLabel(call, issue, label);
      return ok(rendered(call, issue));
    },
  },
];

const notFoundLabel = () => {
  const failure = notFound();
  failure.message = "Label does not exist";
  return failure;
};

const rendered = (call: RepositoryCall, issue: Issue) =>
  labelsOf(call.repository, issue).map(label => renderLabel(call.world, call.repository, label));
const pageOfLabels = (call: RepositoryCall, issue: Issue) =>
  page(call, labelsOf(call.repository, issue), label => renderLabel(call.world, call.repository, label));

export const labelNamed = (repository: Repository, name: string): Label | undefined =>
  repository.labels.find(label => label.name.toLowerCase() === name.toLowerCase());
export const labelsOf = (repository: Repository, issue: Issue): Label[] =>
  issue.labels.flatMap(id => repository.labels.filter(label => label.id === id));

/** The labels with these names; unknown ones are created if the caller may. */
export function labelsFor(call: RepositoryCall, names: readonly string[]): Label[] {
  return names.map(name => {
    const known = labelNamed(call.repository, name.trim());
    if (known !== undefined) return known;
    if (!can(call.actor, call.repository, writeLabels))
      throw forbidden("Must have push access to create labels.");
    return makeLabel(call, { name: name.trim() });
  });
}

function makeLabel(deed: Deed, wanted: z.output<typeof NewLabel>): Label {
  checkLabel(wanted.name, wanted.description);
  const color = (wanted.color ?? "ededed").replace(/^#/, "");
  const label = { id: deed.world.id(), name: wanted.name, color, description: wanted.description ?? null };
  deed.repository.labels.push(label);
  emitLabel(deed, "created", label);
  return label;
}

function checkLabel(name: string, description: string | null | undefined): void {
  const field = (field: string, code: string, message?: string) =>
    invalid({ resource: "Label", field, code, ...(message === undefined ? {} : { message }) });
  if (name === "") throw field("name", "missing_field");
  if (name.length > 50) throw field("name", "custom", "name is too long (maximum is 50 characters)");
  if ((description ?? "").length > 100)
    throw field("description", "custom", "description is too long (maximum is 100 characters)");
}

function emitLabel(deed: Deed, action: string, label: Label, more: Record<string, unknown> = {}): void {
  const { world, repository, user } = deed;
  const payload = { label: renderLabel(world, repository, label), ...more };
  world.emit({ event: "label", action, repository, sender: user, payload });
}

async function addLabels(deed: Deed, issue: Issue, labels: readonly Label[]): Promise<void> {
  for (const label of labels) {
    if (issue.labels.includes(label.id)) continue;
    if (issue.labels.length >= 100)
      throw invalid({ resource: "Issue", field: "labels", code: "custom", message: "too many labels" });
    issue.labels.push(label.id);
    await tellLabel(deed, issue, "labeled", label);
  }
}

export async function setLabels(deed: Deed, issue: Issue, labels: readonly Label[]): Promise<void> {
  const wanted = new Set(labels.map(label => label.id));
  for (const label of labelsOf(deed.repository, issue))
    if (!wanted.has(label.id)) await removeLabel(deed, issue, label);
  await addLabels(deed, issue, labels);
}

async function removeLabel(deed: Deed, issue: Issue, label: Label): Promise<void> {
  issue.labels = issue.labels.filter(id => id !== label.id);
  await tellLabel(deed, issue, "unlabeled", label);
}

async function tellLabel(deed: Deed, issue: Issue, event: string, label: Label): Promise<void> {
  issue.updatedAt = deed.world.stamp();
  note(deed, issue, event, { label: { name: label.name, color: label.color } });
  await announce(deed, issue, event, { label: renderLabel(deed.world, deed.repository, label) });
}

/** The `labeled` events that follow `opened` when labels came with a new issue. */
export const tellNewLabels = async (deed: Deed, issue: Issue): Promise<void> => {
  for (const label of labelsOf(deed.repository, issue)) await tellLabel(deed, issue, "labeled", label);
};

function listLabels(call: RepositoryCall) {
  const sorted = [...call.repository.labels].sort((a, b) => a.name.localeCompare(b.name));
  return page(call, sorted, label => renderLabel(call.world, call.repository, label));
}

function createLabel(call: RepositoryCall) {
  const wanted = call.read(NewLabel);
  if (labelNamed(call.repository, wanted.name) !== undefined)
    throw invalid({ resource: "Label", code: "already_exists", field: "name" });
  if (wanted.color !== undefined && !/^#?[0-9a-f]{6}$/i.test(wanted.color))
    throw invalid({ resource: "Label", code: "invalid", field: "color" });
  return created(renderLabel(call.world, call.repository, makeLabel(call, wanted)));
}

function oneLabel(call: RepositoryCall): Label {
  const label = labelNamed(call.repository, call.param("name"));
  if (label === undefined) throw notFound();
  return label;
}

function getLabel(call: RepositoryCall) {
  return ok(renderLabel(call.world, call.repository, oneLabel(call)));
}

function updateLabel(call: RepositoryCall) {
  const label = oneLabel(call);
  const wanted = call.read(ChangedLabel);
  checkLabel(wanted.new_name ?? label.name, wanted.description);
  const changes = wanted.new_name === undefined ? {} : { name: { from: label.name } };
  label.name = wanted.new_name ?? label.name;
  label.color = wanted.color?.replace(/^#/, "") ?? label.color;
  if (wanted.description !== undefined) label.description = wanted.description;
  emitLabel(call, "edited", label, { changes });
  return ok(renderLabel(call.world, call.repository, label));
}

function deleteLabel(call: RepositoryCall) {
  const label = oneLabel(call);
  const { repository } = call;
  repository.labels = repository.labels.filter(one => one !== label);
  for (const issue of repository.issues) issue.labels = issue.labels.filter(id => id !== label.id);
  emitLabel(call, "deleted", label);
  return noContent();
}
