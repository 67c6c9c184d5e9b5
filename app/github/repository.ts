// The repository itself, who may do what in it, and its files.
import type { ProjectRecord } from "../../core/model/record.ts";
import type { RepositoryPermission } from "../../core/model/repository.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import type { GitHub } from "./port.ts";

/** Of a hundred each. */
const MOST_COLLABORATOR_PAGES = 20;

export const createRepository = (
  { at, request, ask, pages }: Connection,
  { installation_id }: Pick<ProjectRecord, "installation_id">,
) =>
  ({
    repository: async () => {
      const { data } = await request("GET /repos/{owner}/{repo}", at);
      return toProject(data, installation_id);
    },
    permission: async ({ id, login: username }) => {
      const found = await orNull(ask("GET /collaborators/{username}/permission", { username }));
      // Somebody else may have taken the name.
      return found?.user?.id === id ? toPermission(found) : "none";
    },
    hasOtherWriter: async ({ id }) => {
      const asked = { permission: "push", per_page: 100 } as const;
      let count = 0;
      for await (const page of pages("GET /collaborators", asked, other => other)) {
        if (page.some(other => other.type === "User" && other.id !== id)) return true;
        // Among so many, somebody will be a person.
        count += 1;
        if (count === MOST_COLLABORATOR_PAGES) return true; // guard: collaborators-without-end
      }
      return false;
    },
    file: async (path, ref) => {
      const found = await orNull(ask("GET /contents/{path}", { path, ref }));
      if (found === null) return null;
      return "content" in found ? Buffer.from(found.content, "base64").toString("utf8") : "";
    },
    directory: async (path, ref) => {
      const found = await orNull(ask("GET /contents/{path}", { path, ref }));
      return Array.isArray(found) ? found.map(({ name, size }) => ({ name, size })) : [];
    },
    mergeSettings: async () => {
      const { data } = await request("GET /repos/{owner}/{repo}", at);
      const allowed = {
        merge: data.allow_merge_commit !== false,
        squash: data.allow_squash_merge !== false,
        rebase: data.allow_rebase_merge !== false,
      };
      const methods = (["merge", "squash", "rebase"] as const).filter(method => allowed[method]);
      return { methods, auto_merge: data.allow_auto_merge === true };
    },
  }) satisfies Partial<GitHub>;

type Repository = Pick<Answer<"GET /repos/{owner}/{repo}">, "id" | "name" | "owner" | "default_branch">;

export const toProject = (
  { id, name, owner, default_branch }: Repository,
  installation_id: number | null,
): ProjectRecord => ({
  ...{ id: Number(id), name, default_branch, installation_id },
  ...{ owner: owner.login, owner_id: Number(owner.id) },
});

type Collaborator = Answer<"GET /repos/{owner}/{repo}/collaborators/{username}/permission">;

const PERMISSIONS: readonly RepositoryPermission[] = ["admin", "maintain", "write", "triage", "read", "none"];

/**
 * A custom role counts as the role it is built on, which GitHub reports as `permission`; unknown names count as
 * nothing.
 */
const toPermission = ({ role_name, permission }: Collaborator): RepositoryPermission =>
  PERMISSIONS.find(known => known === role_name) ?? PERMISSIONS.find(known => known === permission) ?? "none";
