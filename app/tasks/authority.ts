// Who may do what: asked of GitHub when it matters, and of the table in core/pipeline/authority.ts. Fails closed.
import { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import {
  type Answer,
  authorityFor,
  type Case,
  type Deed,
  type Relation,
  type Role,
  type State,
} from "../../core/pipeline/authority.ts";
import type { GitHub, GitHubSaid, GitHubUser } from "../github/port.ts";
import { ACTIONS_BOT, type Plane } from "../plane.ts";

export interface Acting {
  readonly by: GitHubUser;
  readonly github: GitHub;
  readonly plane: Pick<Plane, "app" | "actions_bot_id" | "reviewer">;
  /** Needed if bots or `trigger.permission` may count. */
  readonly config?: Pick<Config, "trigger" | "bots">;
  /** Asked only if the person may do it at all; absent if it does not matter. */
  readonly relation?: () => Promise<Relation>;
  readonly state?: () => Promise<State>;
}

/** Throws what waiting may fix: nothing is done then, and it is asked again. Any other failure counts as unknown. */
export const may = async (deed: Deed, acting: Acting): Promise<Answer> => {
  const { config = NOTHING_SET, relation, state } = acting;
  const at: Case = {
    role: await known(roleOf(acting)),
    relation: "none",
    state: "as_said",
    trigger: config.trigger.permission,
  };
  const first = authorityFor(deed, at);
  if (!first.allowed) return first;
  const related = { ...at, relation: relation === undefined ? at.relation : await known(relation()) };
  const second = authorityFor(deed, related);
  if (!second.allowed || state === undefined) return second;
  return authorityFor(deed, { ...related, state: await known(state()) });
};

const NOTHING_SET = Config.parse({});

/** Whether the person who asked for the task still may. */
export const mayStillAsk = (
  { asked_by: login, asked_by_id: id }: Pick<TaskRecord, "asked_by" | "asked_by_id">,
  { config, ...context }: Pick<Acting, "github" | "plane"> & { readonly config: Config },
): Promise<Answer> =>
  may("still_ask", {
    ...context,
    config,
    by: { id, login, type: config.bots.includes(id) ? "Bot" : "User" },
  });

/** Kin's own Apps and workflows' jobs: never people, whatever permission they have. */
export const isKin = ({ id, login }: GitHubUser, plane: Acting["plane"]): boolean =>
  id === plane.app.bot_id ||
  id === plane.reviewer?.bot_id ||
  id === plane.actions_bot_id ||
  login === ACTIONS_BOT;

/**
 * Anybody who may write may edit anybody's words, so edited ones belong to nobody. Edits of a draft are its author's:
 * `at` is when it became visible to others.
 */
export const wordsOf =
  (said: GitHubSaid & { readonly at: string }, github: GitHub) => async (): Promise<State> => {
    const edited = await github.editedAt(said);
    // guard: edited-words
    return edited === null || Date.parse(edited) < Date.parse(said.at) ? "as_said" : "edited";
  };

const roleOf = async ({ by, github, plane, config = NOTHING_SET }: Acting): Promise<Role> => {
  if (isKin(by, plane))
    return by.id === plane.app.bot_id || by.id === plane.reviewer?.bot_id ? "kin" : "workflow";
  if (by.id === 0) return "ghost"; // guard: ghosts
  // guard: bots-by-number
  if (by.type !== "User") return config.bots.includes(by.id) ? "listed_bot" : "bot";
  return github.permission(by);
};

const known = <T>(asked: Promise<T>): Promise<T | "unknown"> =>
  asked.catch(error => {
    if (error instanceof KinError && !error.retryable) return "unknown" as const; // guard: failures-are-unknown
    throw error;
  });
