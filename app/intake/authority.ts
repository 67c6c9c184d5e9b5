// Who may do what: live permission, asked of GitHub at the moment it counts. Fails closed.
import type { Config } from "../../core/model/config.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { GitHub, GitHubComment, GitHubUser, RepositoryPermission } from "../../core/ports.ts";
import { ACTIONS_BOT, type Plane } from "../plane.ts";

const RANK: readonly RepositoryPermission[] = ["none", "read", "triage", "write", "maintain", "admin"];

export const atLeast = (found: RepositoryPermission, wanted: RepositoryPermission): boolean =>
  RANK.indexOf(found) >= RANK.indexOf(wanted);

/** Kin's own App and the jobs of workflows: never people, whatever permission they have. */
export const isKin = (user: GitHubUser, plane: Plane): boolean =>
  user.id === plane.app.bot_id || user.id === plane.actions_bot_id || user.login === ACTIONS_BOT;

/** A bot counts by its numeric id in the config and by nothing else: anybody can register a name. */
export const mayStart = async (
  user: GitHubUser,
  { github, config, plane }: AuthorityContext,
): Promise<boolean> => {
  if (isKin(user, plane)) return false;
  if (user.type !== "User") return config.bots.includes(user.id);
  return atLeast(await github.permission(user.login), config.trigger.permission);
};

/** Whoever asked for the task, at this moment. */
export const mayStillAsk = async (
  { asked_by, asked_by_id }: Pick<TaskRecord, "asked_by" | "asked_by_id">,
  { github, config }: Pick<AuthorityContext, "github" | "config">,
): Promise<boolean> =>
  config.bots.includes(asked_by_id) || atLeast(await github.permission(asked_by), config.trigger.permission);

/**
 * Anybody who may write may edit anybody's comment: an edited one is nobody's word. GitHub may set the two times a second
 * or two apart where nobody edited anything.
 */
export const isOwnWord = ({ created_at, updated_at }: Times): boolean =>
  Date.parse(updated_at) <= Date.parse(created_at) + SETTLING_MS;

const SETTLING_MS = 3_000;

type Times = Pick<GitHubComment, "created_at" | "updated_at">;

/** Verdicts and commands want write access, whatever starts a task here. */
export const mayCommand = async (
  user: GitHubUser,
  { github, plane }: Omit<AuthorityContext, "config">,
): Promise<boolean> =>
  !isKin(user, plane) && user.type === "User" && atLeast(await github.permission(user.login), "write");

export interface AuthorityContext {
  readonly github: GitHub;
  readonly config: Config;
  readonly plane: Plane;
}
