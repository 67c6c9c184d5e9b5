// Where the App is installed, as GitHub itself lists it: an event that told of it may have been lost.
import type { OctokitLike } from "../core/adapters/github/octokit.ts";
import type { ProjectRecord } from "../core/model/record.ts";

/** Suspended installations answer nothing and are left out. */
export const installedRepositories = async (
  asApp: OctokitLike,
  asInstallation: (id: number) => Promise<OctokitLike>,
): Promise<readonly ProjectRecord[]> => {
  const found: ProjectRecord[] = [];
  for (const installation of await asApp.paginate("GET /app/installations", { per_page: 100 })) {
    if (installation.suspended_at) continue;
    const octokit = await asInstallation(Number(installation.id));
    const repositories = await octokit.paginate("GET /installation/repositories", { per_page: 100 });
    found.push(
      ...repositories.map(repository => ({
        id: Number(repository.id),
        owner: repository.owner.login,
        name: repository.name,
        owner_id: Number(repository.owner.id),
        default_branch: repository.default_branch,
        installation_id: Number(installation.id),
      })),
    );
  }
  return found;
};
