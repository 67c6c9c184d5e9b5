// The App's client for one repository. Its tokens are for this repository's id alone, so that another repository with
// the same name, now or later, is never written to, nor read if it is private. Only sends; decides nothing.
import { setTimeout as sleep } from "node:timers/promises";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import type { ProbotOctokit } from "probot";
import { KinError } from "../../core/model/error.ts";
import type { ProjectRecord } from "../../core/model/record.ts";
import type { OctokitLike } from "./octokit.ts";

export interface OctokitsOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly baseUrl: string;
  readonly Octokit: typeof ProbotOctokit;
}

export type Octokits = (
  project: Pick<ProjectRecord, "id" | "owner" | "name" | "installation_id">,
) => OctokitLike;

interface Asked {
  readonly headers: object;
}

/** GitHub may not know a new token everywhere yet. */
const NEW_MS = 5_000;
const PAUSE_MS = 1_000;

/** The caller reports a refusal. */
const silent = () => undefined;
export const SILENT = { debug: silent, info: silent, warn: silent, error: silent };

export const createOctokits = ({ appId, privateKey, baseUrl, Octokit: Base }: OctokitsOptions): Octokits => {
  // Caches tokens per installation and repository.
  const auth = createAppAuth({ appId, privateKey, request: new Octokit({ baseUrl, log: SILENT }).request });
  return project => {
    const { id, installation_id } = project;
    const token = () =>
      auth({
        type: "installation",
        installationId: installationIn(project),
        repositoryIds: [id], // guard: tokens-of-one-repository
      });
    const hook = async (send: (asked: Asked) => Promise<unknown>, asked: Asked) => {
      const { token: credential, createdAt } = await token();
      const headers = { ...asked.headers, authorization: `token ${credential}` };
      for (;;)
        try {
          return await send({ ...asked, headers });
        } catch (error) {
          const isNew = Date.now() - Date.parse(createdAt) < NEW_MS;
          if (!isNew || (error as { readonly status?: number }).status !== 401) throw error;
          await sleep(PAUSE_MS);
        }
    };
    return new Base({
      baseUrl,
      throttle: { id: String(installation_id) },
      authStrategy: () => Object.assign(token, { hook }),
    });
  };
};

export const installationIn = ({
  owner,
  name,
  installation_id,
}: Pick<ProjectRecord, "owner" | "name" | "installation_id">): number => {
  if (installation_id !== null) return installation_id;
  throw new KinError(`Kin is not installed on ${owner}/${name}.`, {
    code: "not_installed",
    hint: "Install the App on the repository.",
  });
};
