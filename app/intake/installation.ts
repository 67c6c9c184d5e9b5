// Installation events: repositories that come and go. Each repository becomes its own job, so that none of them,
// however many arrive at once, keeps a lane for longer than a few writes.
import type { JobOf } from "../../core/model/job.ts";
import { repository } from "../../core/model/new-job.ts";
import type { Signal } from "../../core/model/signal.ts";
import { LABELS } from "../../core/report/labels.ts";
import type { Done } from "../jobs/done.ts";
import type { Plane } from "../plane.ts";
import { lookedUp, type Named } from "../tasks/project.ts";

/** Lets go of the repositories of a deleted installation. */
export const onInstallation = async (signal: Signal, plane: Plane): Promise<void> => {
  // guard: uninstalled
  if (signal.action === "deleted") {
    const gone = (await plane.store.projects()).filter(
      project => project.installation_id === signal.installation,
    );
    for (const project of gone)
      await plane.store.saveProject({ ...project, installation_id: null }, plane.clock.now());
    return;
  }
  await askToLookAt(signal.repositories, { plane, installation: signal.installation });
};

interface Asking {
  readonly plane: Plane;
  /** The installation whose event named them: their jobs count as its own, even if GitHub now says otherwise. */
  readonly installation: number | null;
}

export const askToLookAt = (repositories: readonly Named[], { plane, installation }: Asking): Promise<void> =>
  plane.store.askAgain(
    repositories.map(({ id, owner, name }) => repository({ installation, repository: { id, owner, name } })),
  );

/** Few, because every write waits for its turn. */
const LABELS_A_TURN = 3;

/** Creates Kin's labels in a newly accessible repository, so that people can use them; a few per turn. */
export const performRepository = async (job: JobOf<"repository">, plane: Plane): Promise<Done> => {
  const { repository } = job.data;
  const count = job.left?.revision === job.revision ? job.left.count : 0;
  const project = count === 0 ? await lookedUp(repository, plane) : await plane.store.project(repository.id);
  if (project === null || project.installation_id === null) return {};
  const next = count + LABELS_A_TURN;
  await (await plane.github(project)).ensureLabels(LABELS.slice(count, next)); // guard: a-few-labels-in-a-turn
  if (next >= LABELS.length) return {};
  return { again: plane.clock.now(), left: { revision: job.revision, count: next } };
};
