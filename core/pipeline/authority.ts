// Who may do what, as one table: each deed with the permission that it needs, and whose and which words count for it. Pure:
// app/tasks/authority.ts asks what GitHub says of somebody. Whatever is unknown is refused.
import type { RepositoryPermission } from "../model/repository.ts";

/** What somebody wants Kin to do, or to count. */
export type Deed =
  /** The label `kin` on an issue. */
  | "start"
  /** A comment that becomes part of a task's frozen text. */
  | "context"
  /** Whoever asked for a task, checked each time a run takes it up. */
  | "still_ask"
  /** The labels `kin:auto` and `kin:hold`. */
  | "set_mode"
  /** `/kin …`, except commands with their own row. */
  | "command"
  /** `/kin return`, or a review that requests changes. */
  | "return"
  /** `/kin approve` of work that is done, or an approving review. */
  | "approve"
  /** A box in Kin's own comment. */
  | "tick"
  /** A workflow run that a person starts by hand. */
  | "dispatch"
  /** "Re-run jobs" of a run. */
  | "rerun_jobs"
  /** Requested changes that keep Kin from merging. */
  | "hold_merge"
  /** Closing an issue as completed whose result needed no pull request. */
  | "accept"
  /** Closing an issue that a task waits for: the task goes on, or asks. */
  | "close_awaited";

/** What GitHub says of an account: a person's permission, or that it is not a person's. */
export type Role =
  | RepositoryPermission
  /** Its numeric id is in the configuration's `bots`; a name could be registered by anybody. */
  | "listed_bot"
  | "bot"
  | "kin"
  /** A workflow's own token. */
  | "workflow"
  /** An account that is gone. */
  | "ghost"
  | "unknown";

/** What somebody has to do with the work. */
export type Relation =
  | "none"
  /** Asked for the work or for something in it, while somebody else with write access could review it. */
  | "asker"
  | "only_asker"
  /** Author, committer or co-author of commits in it, or pushed to its branch. */
  | "contributor"
  | "unknown";

/** What became of the words, or of what they are about. */
export type State =
  | "as_said"
  /** Somebody edited them, or the issue that they are about. */
  | "edited"
  /** They are about an earlier commit than the head. */
  | "older"
  | "dismissed"
  | "unknown";

export type Reason =
  | "kin"
  | "workflow"
  | "bot"
  | "ghost"
  | "permission"
  | "asker"
  | "contributor"
  | "edited"
  | "older"
  | "dismissed"
  | "unknown";

export type Answer =
  | { readonly allowed: true }
  /** `why`: for people. */
  | { readonly allowed: false; readonly reason: Reason; readonly why: string };

interface Rule {
  /** The least permission; `trigger`: the configuration's `trigger.permission`. */
  readonly least: "write" | "trigger";
  readonly bots: boolean;
  readonly relations: readonly Relation[];
  readonly states: readonly State[];
}

const ANYBODY = ["none", "asker", "only_asker", "contributor"] as const;

export const AUTHORITY: Readonly<Record<Deed, Rule>> = {
  start: { least: "trigger", bots: true, relations: ANYBODY, states: ["as_said"] },
  context: { least: "trigger", bots: true, relations: ANYBODY, states: ["as_said"] },
  still_ask: { least: "trigger", bots: true, relations: ANYBODY, states: ["as_said"] },
  set_mode: { least: "write", bots: false, relations: ANYBODY, states: ["as_said"] },
  command: { least: "write", bots: false, relations: ANYBODY, states: ["as_said"] },
  return: { least: "write", bots: false, relations: ANYBODY, states: ["as_said", "older"] },
  approve: { least: "write", bots: false, relations: ["none", "only_asker"], states: ["as_said"] },
  tick: { least: "write", bots: false, relations: ANYBODY, states: ["as_said"] },
  dispatch: { least: "write", bots: false, relations: ANYBODY, states: ["as_said"] },
  rerun_jobs: { least: "write", bots: false, relations: ANYBODY, states: ["as_said"] },
  hold_merge: { least: "write", bots: false, relations: ANYBODY, states: ["as_said", "edited", "older"] },
  accept: { least: "write", bots: false, relations: ANYBODY, states: ["as_said"] },
  close_awaited: { least: "write", bots: false, relations: ANYBODY, states: ["as_said"] },
};

export interface Case {
  readonly role: Role;
  readonly relation: Relation;
  readonly state: State;
  /** The configuration's `trigger.permission`. */
  readonly trigger: RepositoryPermission;
}

/** The first reason counts: who somebody is, what they have to do with it, what became of their words. */
export const authorityFor = (deed: Deed, { role, relation, state, trigger }: Case): Answer => {
  const rule = AUTHORITY[deed];
  const least = rule.least === "trigger" ? trigger : rule.least;
  const reason =
    reasonOfRole(role, { least, bots: rule.bots }) ??
    reasonOfRelation(relation, rule) ??
    reasonOfState(state, rule);
  return reason === null ? { allowed: true } : { allowed: false, reason, why: WHY[reason](least) };
};

const RANK: readonly Role[] = ["none", "read", "triage", "write", "maintain", "admin"];

const reasonOfRole = (
  role: Role,
  { least, bots }: { readonly least: RepositoryPermission; readonly bots: boolean },
): Reason | null => {
  switch (role) {
    case "kin":
    case "workflow":
    case "bot":
    case "ghost":
    case "unknown":
      return role;
    case "listed_bot":
      return bots ? null : "bot";
    default:
      return RANK.indexOf(role) >= RANK.indexOf(least) ? null : "permission";
  }
};

const reasonOfRelation = (relation: Relation, { relations }: Rule): Reason | null => {
  if (relations.includes(relation)) return null;
  return relation === "contributor" || relation === "asker" ? relation : "unknown";
};

const reasonOfState = (state: State, { states }: Rule): Reason | null => {
  if (states.includes(state)) return null;
  return state === "as_said" ? "unknown" : state;
};

const WHY: Readonly<Record<Reason, (least: RepositoryPermission) => string>> = {
  kin: () => "Kin does not command itself.",
  workflow: () => "A workflow's own token speaks for nobody.",
  bot: () =>
    "Bots have no word here, but for the start of a task where `bots` in `.github/kin.yml` lists their numeric id.",
  ghost: () => "The account is gone.",
  permission: least => `This needs ${least} access to the repository.`,
  asker: () =>
    "Whoever handed the task over, asked for another pipeline or told Kin what to do in it does not approve it while somebody else with write access can look. Merging it is still yours to do.",
  contributor: () =>
    "Whoever has a part in the commits on the branch, or pushed them, does not approve it. Merging it is still yours to do.",
  edited: () => "It was edited since, so it is nobody's word. Say it again.",
  older: () =>
    "An approval counts for the commit that was looked at, and the branch has moved since. Look at its head, then approve in a review: that names its commit.",
  dismissed: () => "The review was dismissed.",
  unknown: () =>
    "GitHub does not tell what this depends on. Try again in a minute. Where a commit on the branch is by somebody without an account, or a machine pushed there, that stays so: look at it, and merge it yourself.",
};
