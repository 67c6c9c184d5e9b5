// The repository that is set up: where it is on this machine, and its name on GitHub.
import { KinError } from "../../core/model/error.ts";
import { type Env, misused } from "../arguments.ts";
import type { RepositoryName } from "../doctor/repository.ts";
import { createGit, type Git } from "./git.ts";

export interface Repository {
  /** The top of the work tree. */
  readonly root: string;
  readonly git: Git;
  /** GitHub's web address, without a trailing slash. */
  readonly server: string;
  /** Null if there is no remote yet. */
  readonly name: RepositoryName | null;
}

/** `named`: owner/name, which overrides the remote. */
export const findRepository = (
  directory: string,
  { named, env }: { readonly named: string | undefined; readonly env: Env },
): Repository => {
  const root = rootOf(directory, createGit(directory, env));
  const git = createGit(root, env);
  const server = serverOf(env.GITHUB_SERVER_URL || "https://github.com");
  const name = named === undefined ? nameFromRemote(git, server) : readName(named);
  return { root, git, server, name };
};

/** The top of the work tree that a directory is in. */
export const rootOf = (directory: string, git: Git): string => {
  const { code, out, err } = git(["rev-parse", "--show-toplevel"]);
  if (code === 0) return out.replace(/\n$/, "");
  throw new KinError(`${directory} is no git repository with a work tree: ${err.replace(/^fatal: /, "")}`, {
    code: "no_repository",
    hint: "Go to your checkout, or name it with --repo. A new project begins with `git init`.",
  });
};

const serverOf = (url: string): string => {
  if (URL.canParse(url)) return url.replace(/\/+$/, "");
  throw new KinError(`GITHUB_SERVER_URL is ${url}.`, {
    code: "settings_invalid",
    hint: "It is GitHub's web address, for example https://github.com.",
  });
};

const NAME = /^([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/;

const nameOf = (path: string): RepositoryName | null => {
  const [, owner, repo] = NAME.exec(path) ?? [];
  return owner === undefined || repo === undefined ? null : { owner, repo };
};

const readName = (text: string): RepositoryName => {
  const name = nameOf(text);
  if (name !== null) return name;
  throw misused(
    `--repository is ${text}.`,
    "The repository's owner and name on GitHub, for example --repository octocat/hello.",
  );
};

/** `origin`, or else the first remote. */
const nameFromRemote = (git: Git, server: string): RepositoryName | null => {
  const remotes = git(["remote"]).out.split("\n").filter(Boolean);
  const remote = remotes.includes("origin") ? "origin" : remotes[0];
  if (remote === undefined) return null;
  const url = git(["remote", "get-url", remote]).out.trim();
  const name = nameFromUrl(url, server);
  if (name !== null) return name;
  throw new KinError(
    `The remote ${remote} is ${withoutPassword(url)}, which is no repository on ${server}.`,
    {
      code: "no_github",
      hint: "Kin works on GitHub. Name the repository there with --repository owner/name; for another GitHub than github.com set GITHUB_SERVER_URL.",
    },
  );
};

/** `https://host/owner/name.git`, `ssh://git@host/owner/name`, `git@host:owner/name`; null for another server's. */
export const nameFromUrl = (url: string, server: string): RepositoryName | null => {
  const [, host = "", path = ""] = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(url) ?? [];
  const { hostname: wanted, host: withPort } = new URL(server);
  if (host !== "") return sameHost(host, wanted) ? nameOf(path.replace(/^\//, "")) : null;
  if (!URL.canParse(url)) return null;
  const remote = new URL(url);
  const matches = remote.protocol.startsWith("http")
    ? remote.host === withPort
    : sameHost(remote.hostname, wanted);
  return matches ? nameOf(remote.pathname.slice(1)) : null;
};

/** GitHub serves SSH on port 443 at another host. */
const sameHost = (host: string, wanted: string): boolean =>
  host.toLowerCase().replace(/^ssh\./, "") === wanted;

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, "//");
