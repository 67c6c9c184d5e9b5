// A repository's row: identified by GitHub's numeric id, kept as GitHub has it, and released when it is gone.

import type { ProjectRecord } from "../../core/model/record.ts";
import { orNull } from "../github/github.ts";
import type { Plane } from "../plane.ts";

export type Named = Pick<ProjectRecord, "id" | "owner" | "name"> & {
  readonly default_branch?: string | undefined;
};

/** Refreshed if it is named in a way that we do not know: with another name or default branch. */
export const projectOf = async (named: Named, plane: Plane): Promise<ProjectRecord | null> => {
  const known = await plane.store.project(named.id);
  const isCurrent =
    known !== null &&
    isNamed(named, known) &&
    known.default_branch === (named.default_branch ?? known.default_branch) &&
    known.installation_id !== null;
  return isCurrent ? known : lookedUp(named, plane);
};

const isNamed = (named: Named, { owner, name }: ProjectRecord): boolean =>
  owner === named.owner && name === named.name;

/**
 * As GitHub has it now. The installation is the one that GitHub names, never one that a payload claims. A repository of
 * that name with another id, or one Kin may no longer see, is not this one, and nothing more is done for it.
 */
export const lookedUp = async (named: Named, plane: Plane): Promise<ProjectRecord | null> => {
  const { id, owner, name } = named;
  const installation_id = await plane.installationOf(owner, name);
  const found =
    installation_id === null
      ? null
      : // GitHub gives no token for an id that the installation does not include: 422.
        await orNull((await plane.github({ id, owner, name, installation_id })).repository(), [404, 422]);
  // guard: another-of-the-name
  if (found !== null && found.id === id) {
    await plane.store.saveProject({ ...found, installation_id }, plane.clock.now());
    return { ...found, installation_id };
  }
  const known = await plane.store.project(id);
  // If it no longer has that name, the lookup says nothing about it.
  if (known !== null && known.installation_id !== null && isNamed(named, known))
    await plane.store.saveProject({ ...known, installation_id: null }, plane.clock.now()); // guard: gone-is-let-go
  return null;
};
