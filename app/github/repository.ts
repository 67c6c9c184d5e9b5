// The repository itself, who may do what in it, and its files.
import type { ProjectRecord } from "../../core/model/record.ts";
import type { RepositoryPermission } from "../../core/model/repository.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import { pagesOf } from "./pages.ts";
import type { GitHub } from "./port.ts";

/** Of a hundred each. */
const MOST_COLLABORATOR_PAGES = 20;

export const createRepository = (
  { at, request, paginate }: Connection,
  { installation_id }: Pick<ProjectRecord, "installation_id">,
) =>
  ({
    repository: async () => {
      const { data } = await request("GET /repos/{owner}/{repo}", at);
      return {
        id: Number(data.id),
        owner: data.owner.login,
        name: data.name,
        owner_id: Number(data.owner.id),
        default_branch: data.default_branch,
        installation_id,
      };
    },
    permission: async ({ id, login: username }) => {
      const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
      const answer = await orNull(request(route, { ...at, username }));
      // Somebody else may have taken the name.
      return answer?.data.user?.id === id ? toPermission(answer.data) : "none";
    },
    hasOtherWriter: async ({ id }) => {
      const route = "GET /repos/{owner}/{repo}/collaborators";
      const asked = { ...at, permission: "push", per_page: 100 } as const;
      let pages = 0;
      for await (const page of pagesOf(route, paginate.iterator(route, asked), other => other)) {
        if (page.some(other => other.type === "User" && other.id !== id)) return true;
        // Among so many, somebody will be a person.
        pages += 1;
        if (pages === MOST_COLLABORATOR_PAGES) return true; // guard: collaborators-without-end
      }
      return false;
    },
    file: async (path, ref) => {
      const answer = await orNull(request("GET /repos/{owner}/{repo}/contents/{path}", { ...at, path, ref }));
      if (answer === null) return null;
      return "content" in answer.data ? Buffer.from(answer.data.content, "base64").toString("utf8") : "";
    },
    directory: async (path, ref) => {
      const answer = await orNull(request("GET /repos/{owner}/{repo}/contents/{path}", { ...at, path, ref }));
      return answer === null || !Array.isArray(answer.data)
        ? []
        : answer.data.map(({ name, size }) => ({ name, size }));
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

type Collaborator = Answer<"GET /repos/{owner}/{repo}/collaborators/{username}/permission">;

const PERMISSIONS: readonly RepositoryPermission[] = ["admin", "maintain", "write", "triage", "read", "none"];

/**
 * A custom role counts as the role it is built on, which GitHub reports as `permission`; unknown names count as
 * nothing.
 */
const toPermission = ({ role_name, permission }: Collaborator): RepositoryPermission =>
  PERMISSIONS.find(known => known === role_name) ?? PERMISSIONS.find(known => known === permission) ?? "none";
