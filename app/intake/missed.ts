// Finds what no webhook reported: in rounds, reads GitHub's lists of where the App is installed and of what changed
// there.
import type { JobOf, Looked } from "../../core/model/job.ts";
import { keys } from "../../core/model/keys.ts";
import { look, type NewJob } from "../../core/model/new-job.ts";
import type { ProjectRecord } from "../../core/model/record.ts";
import { isStatus } from "../github/github.ts";
import type { Plane } from "../plane.ts";
import { lookedUp } from "../tasks/project.ts";
import { eventsOf, foundEvent } from "./found.ts";

/** A first look goes back as far as GitHub keeps deliveries. */
const FIRST_LOOK_MS = 3 * 24 * 60 * 60_000;
/** What changed a moment ago may not be in the list yet. */
const OVERLAP_MS = 5 * 60_000;
/** How far ahead of GitHub's the App's clock may be. */
const SKEW_MS = 60 * 60_000;

/** One job per repository, so that all lanes share the work and none exceeds its lease. */
export const lookEverywhere = async (plane: Plane): Promise<void> => {
  const known = new Map((await plane.store.projects()).map(project => [project.id, project]));
  const repositories = await plane.repositories();
  const fresh = repositories.filter(({ id, owner, name, installation_id }) => {
    const row = known.get(id);
    return row?.owner !== owner || row.name !== name || row.installation_id !== installation_id;
  });
  // Every time, because access may have been taken away and given back.
  await plane.store.askAgain(fresh.map(installed));
  for (const project of repositories.filter(one => known.get(one.id)?.default_branch !== one.default_branch))
    if (!fresh.includes(project)) await plane.store.saveProject(project, plane.clock.now());
  for (const project of goneFrom(repositories, known.values()))
    await lookedUp(project, plane).catch(error =>
      plane.warn(error, `looking for ${project.owner}/${project.name}`),
    );
  await plane.store.askAgain(repositories.map(look));
};

/** Repositories that installations no longer list; only installations that answered count. */
const goneFrom = (
  listed: readonly ProjectRecord[],
  known: Iterable<ProjectRecord>,
): readonly ProjectRecord[] =>
  [...known].filter(
    ({ id, installation_id }) =>
      listed.some(one => one.installation_id === installation_id) && !listed.some(one => one.id === id),
  );

const installed = (project: ProjectRecord): NewJob => {
  const { id, owner, name, installation_id: installation } = project;
  const event = { name: "installation_repositories", action: "added", installation };
  return foundEvent(keys.foundInstalled(project), { ...event, repositories: [{ id, owner, name }] });
};

/** One listing for the repository, and a few more for each of its tasks that changed. */
export const lookAt = async (job: JobOf<"look">, plane: Plane): Promise<Looked> => {
  const project = job.data;
  const github = await plane.github(project);
  const now = plane.clock.now();
  const since = job.left === null ? now - FIRST_LOOK_MS : Date.parse(job.left.since) - OVERLAP_MS;
  const changed = await github.changedSince(new Date(since).toISOString()).catch(error => {
    // Gone, or without issues.
    if (isStatus(error, 404, 410)) return [];
    throw error;
  });
  for (const item of changed) {
    const { number, is_pull_request } = item;
    const by = is_pull_request ? { pr_number: number } : { issue: number };
    const task = await plane.store.findTask({ project_id: project.id, ...by });
    await plane.store.ask(await eventsOf({ item, task, github, plane, project }));
  }
  const latest = Math.max(now - SKEW_MS, ...changed.map(item => Date.parse(item.updated_at)));
  return { since: new Date(latest).toISOString() };
};
