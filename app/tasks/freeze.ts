// Freezes an issue at its trigger: later pipelines read what was there when a trusted person asked.

import { acceptanceCriteria } from "../../core/agents/criteria.ts";
import type { Config } from "../../core/model/config.ts";
import type { Repository, Snapshot } from "../../core/model/task.ts";
import { clean } from "../../core/text/clean.ts";
import type { GitHubComment, GitHubIssue, GitHubUser } from "../github/port.ts";
import type { InProject } from "../intake/incoming.ts";
import { ADDRESS } from "../intake/parse-command.ts";
import { may } from "./authority.ts";

const MOST_COMMENTS = 50;
const COMMENT_LIMIT = 16_000;

export interface FreezeOptions extends Pick<InProject, "github" | "plane"> {
  readonly issue: GitHubIssue;
  readonly repository: Repository;
  readonly asked_by: GitHubUser;
  /** The trigger's time by GitHub's clock; later comments and edits are left out. */
  readonly at: string;
  readonly config: Config;
}

export const freeze = async (options: FreezeOptions): Promise<Snapshot> => {
  const { issue, repository, asked_by, at } = options;
  const title = clean(issue.title, { limit: 256 });
  const body = clean(issue.body);
  const comments = (await trustedComments(options)).map(comment => ({
    author: comment.user.login,
    at: comment.created_at,
    cleaned: clean(comment.body, { limit: COMMENT_LIMIT }),
  }));
  return {
    repository,
    issue: issue.number,
    url: issue.html_url,
    title: title.text.replace(/\s+/g, " ").trim() || `Issue ${issue.number}`,
    body: body.text,
    author: issue.user.login,
    asked_by: asked_by.login,
    comments: comments.map(({ author, at, cleaned }) => ({ author, body: cleaned.text, at })),
    acceptance_criteria: [...acceptanceCriteria(body.text)],
    frozen_at: at,
    hidden_removed:
      title.hidden + body.hidden + comments.reduce((sum, { cleaned }) => sum + cleaned.hidden, 0),
  };
};

/** By people with the configured trust, neither written nor edited after the trigger. Commands are not context. */
const trustedComments = async (options: FreezeOptions): Promise<readonly GitHubComment[]> => {
  const { issue, at, github, config, plane } = options;
  const trusted = new Map<number, ReturnType<typeof may>>();
  const isTrusted = ({ user: by }: GitHubComment) => {
    const known = trusted.get(by.id) ?? may("context", { by, github, config, plane });
    trusted.set(by.id, known);
    return known;
  };
  const isOfThen = ({ created_at, updated_at, body }: GitHubComment) =>
    Date.parse(created_at) <= Date.parse(at) &&
    Date.parse(updated_at) <= Date.parse(at) &&
    !ADDRESS.test(body);
  let kept: readonly GitHubComment[] = [];
  for await (const page of github.issueComments(issue.number)) {
    const before = page.filter(isOfThen);
    const answers = await Promise.all(before.map(isTrusted));
    const here = before.filter((_, index) => answers[index]?.allowed); // guard: context-is-asked
    kept = [...kept, ...here].slice(-MOST_COMMENTS);
  }
  return kept;
};
