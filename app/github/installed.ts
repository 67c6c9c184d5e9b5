// Where the App is installed, as GitHub itself lists it: events about it may have been lost.

import type { ProjectRecord } from "../../core/model/record.ts";
import type { Plane } from "../plane.ts";
import type { OctokitLike } from "./octokit.ts";
import { toProject } from "./repository.ts";

export interface Installations {
  readonly asInstallation: (id: number) => Promise<OctokitLike>;
  readonly warn: Plane["warn"];
}

/** Leaves out suspended installations, which return nothing. One that refuses does not affect the others. */
export const installedRepositories = async (
  asApp: OctokitLike,
  { asInstallation, warn }: Installations,
): Promise<readonly ProjectRecord[]> => {
  const found: ProjectRecord[] = [];
  for (const installation of await asApp.paginate("GET /app/installations", { per_page: 100 })) {
    if (installation.suspended_at) continue;
    const id = Number(installation.id);
    found.push(
      ...(await repositoriesOf(id, asInstallation).catch(error => {
        warn(error, `looking where installation ${id} is`);
        return [];
      })),
    );
  }
  return found;
};

const repositoriesOf = async (
  installation_id: number,
  asInstallation: Installations["asInstallation"],
): Promise<readonly ProjectRecord[]> => {
  const octokit = await asInstallation(installation_id);
  const repositories = await octokit.paginate("GET /installation/repositories", { per_page: 100 });
  return repositories.map(repository => toProject(repository, installation_id));
};
