// GitHub over REST and GraphQL, for one repository. Translates shapes and errors; decides nothing.

import type { FileChange } from "../model/change.ts";
import { KinError } from "../model/error.ts";
import type { ProjectRecord } from "../model/record.ts";
import type {
  CheckOutput,
  GitHub,
  GitHubComment,
  GitHubIssue,
  GitHubPull,
  GitHubReview,
  GitHubRun,
  GitHubUser,
  RepositoryPermission,
} from "../ports.ts";

/** The part of an Octokit that is used: any of Probot's, or @octokit/rest's. */
export interface OctokitLike {
  readonly request: (
    route: string,
    parameters?: Record<string, unknown>,
  ) => Promise<{ data: any; status: number; headers?: { readonly link?: string } }>;
  readonly paginate: (route: string, parameters?: Record<string, unknown>) => Promise<any[]>;
  readonly graphql: (query: string, variables?: Record<string, unknown>) => Promise<any>;
}

export interface GitHubOptions {
  readonly octokit: OctokitLike;
  readonly project: Pick<ProjectRecord, "id" | "owner" | "name" | "installation_id">;
  /** Waits for this installation's turn to write (GitHub asks for one write a second). */
  readonly pace: () => Promise<void>;
}

export const createGitHub = ({ octokit, project, pace }: GitHubOptions): GitHub => {
  const at = { owner: project.owner, repo: project.name };
  const get = async <T>(
    route: string,
    parameters: Record<string, unknown>,
    read: (data: any) => T,
  ): Promise<T> => {
    try {
      return read((await octokit.request(route, { ...at, ...parameters })).data);
    } catch (error) {
      throw translated(error, route);
    }
  };
  const find = <T>(
    route: string,
    parameters: Record<string, unknown>,
    read: (data: any) => T,
  ): Promise<T | null> =>
    get<T | null>(route, parameters, read).catch(error => {
      if (isStatus(error, 404, 410)) return null;
      throw error;
    });
  const list = async <T>(
    route: string,
    parameters: Record<string, unknown>,
    read: (data: any) => T,
  ): Promise<readonly T[]> => {
    try {
      return (await octokit.paginate(route, { ...at, per_page: 100, ...parameters })).map(read);
    } catch (error) {
      throw translated(error, route);
    }
  };
  const write = async <T>(
    route: string,
    parameters: Record<string, unknown>,
    read: (data: any) => T,
  ): Promise<T> => {
    await pace();
    return get(route, parameters, read);
  };
  const nothing = () => undefined;
  const isHere = (issue: { repository_url?: string }): boolean =>
    issue.repository_url === undefined ||
    issue.repository_url.toLowerCase().endsWith(`/repos/${at.owner}/${at.repo}`.toLowerCase());

  return {
    repository: () =>
      get("GET /repos/{owner}/{repo}", {}, data => ({
        id: data.id,
        owner: data.owner.login,
        name: data.name,
        owner_id: data.owner.id,
        default_branch: data.default_branch,
        installation_id: project.installation_id,
      })),
    // A transferred issue answers from where it is now: here it is gone.
    issue: async issue_number => {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}";
      const read = (data: any) => (isHere(data) ? toIssue(data) : null);
      return find(route, { issue_number }, read);
    },
    issueComments: issue_number =>
      list("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", { issue_number }, toComment),
    issueComment: comment_id =>
      find("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", { comment_id }, toComment),
    lastLabeled: async (issue_number, label) => {
      const events = await list(
        "GET /repos/{owner}/{repo}/issues/{issue_number}/events",
        { issue_number },
        e => e,
      );
      const last = events.findLast(
        e => e.event === "labeled" && e.label?.name?.toLowerCase() === label.toLowerCase(),
      );
      return last === undefined
        ? null
        : { id: String(last.id), actor: toUser(last.actor), at: last.created_at };
    },
    permission: async username => {
      const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
      return (
        (await find(route, { username }, data => toPermission(data.role_name, data.permission))) ?? "none"
      );
    },
    file: (path, ref) =>
      find("GET /repos/{owner}/{repo}/contents/{path}", { path, ref }, data =>
        typeof data.content === "string" ? Buffer.from(data.content, "base64").toString("utf8") : "",
      ),
    branch: branch =>
      find("GET /repos/{owner}/{repo}/git/ref/{ref}", { ref: `heads/${branch}` }, data => ({
        sha: String(data.object.sha),
      })).catch(error => {
        if (isStatus(error, 409)) return null;
        throw error;
      }),
    commit: commit_sha =>
      get("GET /repos/{owner}/{repo}/commits/{ref}", { ref: commit_sha }, data => ({
        message: data.commit.message,
        parents: data.parents.map((p: any) => p.sha),
        tree: data.commit.tree.sha,
        author_id: data.author?.id ?? null,
      })),
    compare: (base, head) =>
      get("GET /repos/{owner}/{repo}/compare/{basehead}", { basehead: `${base}...${head}` }, data =>
        data.commits.map((c: any) => ({
          sha: c.sha,
          message: c.commit.message,
          author: c.author?.login ?? null,
        })),
      ),
    changedFiles: (base, head) =>
      get("GET /repos/{owner}/{repo}/compare/{basehead}", { basehead: `${base}...${head}` }, data =>
        (data.files ?? []).map((file: any) => String(file.filename)),
      ),
    pull: pull_number => find("GET /repos/{owner}/{repo}/pulls/{pull_number}", { pull_number }, toPull),
    pullOfBranch: async branch => {
      const pulls = await list(
        "GET /repos/{owner}/{repo}/pulls",
        { head: `${at.owner}:${branch}`, state: "all" },
        toPull,
      );
      return pulls.find(pull => pull.state === "open") ?? pulls.at(0) ?? null;
    },
    pullFiles: pull_number =>
      list("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", { pull_number }, f => ({
        path: f.filename,
        patch: f.patch ?? "",
      })),
    reviews: pull_number =>
      list("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", { pull_number }, toReview),
    review: (pull_number, review_id) =>
      find(
        "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}",
        { pull_number, review_id },
        toReview,
      ),
    reviewComments: (pull_number, review_id) =>
      list(
        "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments",
        { pull_number, review_id },
        c => ({
          path: c.path,
          line: c.line ?? c.original_line ?? null,
          body: c.body ?? "",
        }),
      ),
    reviewComment: comment_id =>
      find("GET /repos/{owner}/{repo}/pulls/comments/{comment_id}", { comment_id }, c => ({
        ...toComment(c),
        path: c.path,
        line: c.line ?? c.original_line ?? null,
        review_id: c.pull_request_review_id ?? null,
        pull: Number(String(c.pull_request_url).split("/").at(-1)),
      })),
    checkOf: async (ref, check_name) => {
      const runs = await get(
        "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
        { ref, check_name, filter: "latest" },
        data => data.check_runs,
      );
      return runs.length === 0 ? null : { id: runs[0].id };
    },
    workflow: workflow_id =>
      find("GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}", { workflow_id }, data => ({
        state: data.state,
        html_url: data.html_url,
      })),
    run: (run_id, attempt_number) =>
      attempt_number === undefined
        ? find("GET /repos/{owner}/{repo}/actions/runs/{run_id}", { run_id }, toRun)
        : find(
            "GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}",
            { run_id, attempt_number },
            toRun,
          ),
    runs: workflow_id =>
      get(
        "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
        { workflow_id, event: "workflow_dispatch", per_page: 50 },
        data => data.workflow_runs.map(toRun),
      ),

    createComment: (issue_number, body) =>
      write("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", { issue_number, body }, data => ({
        id: data.id,
      })),
    updateComment: (comment_id, body) =>
      write("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { comment_id, body }, nothing),
    react: ({ id: comment_id, kind }, content) =>
      write(
        kind === "issue_comment"
          ? "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"
          : "POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions",
        { comment_id, content },
        nothing,
      ),
    setLabels: async (issue_number, { add, remove }) => {
      if (add.length > 0)
        await write(
          "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
          { issue_number, labels: [...add] },
          nothing,
        );
      for (const name of remove) {
        await write(
          "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
          { issue_number, name },
          nothing,
        ).catch(error => {
          if (!isStatus(error, 404)) throw error;
        });
      }
    },
    ensureLabels: async labels => {
      const known = new Set(
        await list("GET /repos/{owner}/{repo}/labels", {}, label => String(label.name).toLowerCase()),
      );
      for (const label of labels.filter(label => !known.has(label.name.toLowerCase()))) {
        await write("POST /repos/{owner}/{repo}/labels", { ...label }, nothing).catch(error => {
          if (!isStatus(error, 422)) throw error;
        });
      }
    },
    createCommit: async ({ parent, message, changes }) => {
      const base = await get(
        "GET /repos/{owner}/{repo}/git/commits/{commit_sha}",
        { commit_sha: parent },
        data => data.tree.sha,
      );
      const tree: unknown[] = [];
      for (const change of changes) tree.push(await treeEntry(change));
      const made = await write(
        "POST /repos/{owner}/{repo}/git/trees",
        { base_tree: base, tree },
        data => data.sha,
      );
      return write(
        "POST /repos/{owner}/{repo}/git/commits",
        { message, tree: made, parents: [parent] },
        data => ({ sha: data.sha }),
      );
    },
    createBranch: (name, sha) =>
      write("POST /repos/{owner}/{repo}/git/refs", { ref: `refs/heads/${name}`, sha }, nothing),
    moveBranch: (name, sha) =>
      write(
        "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
        { ref: `heads/${name}`, sha, force: false },
        nothing,
      ),
    createPull: pull => write("POST /repos/{owner}/{repo}/pulls", { ...pull, draft: true }, toPull),
    updatePull: (pull_number, patch) =>
      write("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", { pull_number, ...patch }, nothing),
    reopenPull: pull_number =>
      write("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", { pull_number, state: "open" }, nothing),
    setDraft: async (pull, draft) => {
      await pace();
      const mutation = draft ? "convertPullRequestToDraft" : "markPullRequestReadyForReview";
      await octokit
        .graphql(
          `mutation($id: ID!) { ${mutation}(input: {pullRequestId: $id}) { pullRequest { isDraft } } }`,
          { id: pull.node_id },
        )
        .catch(error => {
          throw translated(error, mutation);
        });
    },
    createReview: (pull_number, { comments, ...review }) =>
      write(
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        { pull_number, ...review, comments: comments.map(c => ({ ...c, side: "RIGHT" })) },
        data => ({ id: data.id }),
      ),
    dismissReview: (pull_number, review_id, message) =>
      write(
        "PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals",
        { pull_number, review_id, message },
        nothing,
      ),
    requestReview: (pull_number, login) =>
      write(
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
        { pull_number, reviewers: [login] },
        nothing,
      ),
    createCheck: ({ name, sha, ...check }) =>
      write("POST /repos/{owner}/{repo}/check-runs", { name, head_sha: sha, ...toCheck(check) }, data => ({
        id: data.id,
      })),
    updateCheck: (check_run_id, check) =>
      write(
        "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
        { check_run_id, ...toCheck(check) },
        nothing,
      ),
    closeIssue: issue_number =>
      write(
        "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
        { issue_number, state: "closed", state_reason: "completed" },
        nothing,
      ),
    dispatch: async (workflow_id, { ref, inputs }) => {
      const route = "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
      const read = (data: any) => ({
        run_id: data?.workflow_run_id === undefined ? null : Number(data.workflow_run_id),
      });
      // Older servers refuse the field that asks for the run's id.
      return write(route, { workflow_id, ref, inputs, return_run_details: true }, read).catch(error => {
        if (!isStatus(error, 400)) throw error;
        return write(route, { workflow_id, ref, inputs }, read);
      });
    },
    changedSince: since =>
      list(
        "GET /repos/{owner}/{repo}/issues",
        { since, state: "all", sort: "updated", direction: "desc" },
        data => ({ ...toIssue(data), updated_at: data.updated_at }),
      ),
    pullComments: pull_number =>
      list("GET /repos/{owner}/{repo}/pulls/{pull_number}/comments", { pull_number }, toComment),
    // REST tells of neither: a body's edits are GraphQL's alone.
    lastEdited: async number => {
      const variables = { owner: at.owner, name: at.repo, number };
      const { repository } = await octokit.graphql(LAST_EDITED, variables).catch(error => {
        throw translated(error, "the issue's edits");
      });
      const renamed = repository.issue?.timelineItems.nodes.at(-1)?.createdAt ?? null;
      const rewritten = repository.issue?.lastEditedAt ?? null;
      return (
        [renamed, rewritten]
          .filter(time => time !== null)
          .toSorted()
          .at(-1) ?? null
      );
    },
  };

  async function treeEntry(change: FileChange): Promise<unknown> {
    const { path, mode, content, encoding } = change;
    if (content === null) return { path, mode, type: "blob", sha: null };
    if (encoding === "utf-8") return { path, mode, type: "blob", content };
    const sha = await write(
      "POST /repos/{owner}/{repo}/git/blobs",
      { content, encoding: "base64" },
      data => data.sha,
    );
    return { path, mode, type: "blob", sha };
  }
};

const LAST_EDITED = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) {
    lastEditedAt timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) { nodes { ... on RenamedTitleEvent { createdAt } } }
  } }
}`;

const toUser = (user: any): GitHubUser => ({
  id: user?.id ?? 0,
  login: user?.login ?? "ghost",
  type: user?.type ?? "User",
});

const toIssue = (data: any): GitHubIssue => ({
  number: data.number,
  title: data.title ?? "",
  body: data.body ?? "",
  user: toUser(data.user),
  state: data.state,
  locked: data.locked === true,
  labels: (data.labels ?? []).map((label: any) => (typeof label === "string" ? label : String(label.name))),
  html_url: data.html_url,
  is_pull_request: data.pull_request !== undefined,
});

const toComment = (data: any): GitHubComment => ({
  id: data.id,
  body: data.body ?? "",
  user: toUser(data.user),
  created_at: data.created_at,
  updated_at: data.updated_at,
});

const toPull = (data: any): GitHubPull => ({
  number: data.number,
  node_id: data.node_id,
  title: data.title,
  body: data.body ?? "",
  state: data.state,
  draft: data.draft === true,
  merged: data.merged === true || (data.merged_at ?? null) !== null,
  mergeable_state: data.mergeable_state ?? "unknown",
  head: { ref: data.head.ref, sha: data.head.sha, repository_id: data.head.repo?.id ?? null },
  base: { ref: data.base.ref, sha: data.base.sha },
  html_url: data.html_url,
  user: toUser(data.user),
});

const toReview = (data: any): GitHubReview => ({
  id: data.id,
  user: toUser(data.user),
  state: String(data.state).toUpperCase(),
  body: data.body ?? "",
  commit_id: data.commit_id,
  submitted_at: data.submitted_at ?? "",
});

const toRun = (data: any): GitHubRun => ({
  id: data.id,
  attempt: data.run_attempt ?? 1,
  status: data.status,
  conclusion: data.conclusion ?? null,
  title: data.display_title ?? data.name ?? "",
  html_url: data.html_url,
  event: data.event,
  actor: toUser(data.actor),
  triggering_actor: toUser(data.triggering_actor ?? data.actor),
});

const PERMISSIONS: readonly RepositoryPermission[] = ["admin", "maintain", "write", "triage", "read", "none"];

/** A custom role counts as what it is built on, which `permission` folds; unknown names count as nothing. */
const toPermission = (role: unknown, permission: unknown): RepositoryPermission =>
  PERMISSIONS.find(known => known === role) ?? PERMISSIONS.find(known => known === permission) ?? "none";

const toCheck = ({ title, summary, status, conclusion }: CheckOutput) => ({
  status,
  ...(conclusion === null ? {} : { conclusion }),
  output: { title, summary },
});

/** GitHub's error as a KinError with the status in its code. */
const translated = (error: unknown, route: string): KinError => {
  const status = (error as { status?: number }).status ?? 0;
  const text = error instanceof Error ? error.message : String(error);
  const limited = status === 429 || (status === 403 && /rate limit/i.test(text));
  return new KinError(`GitHub refused ${route}: ${text}`, {
    code: `github_${status}`,
    hint:
      HINTS[status] ??
      "If GitHub's status page shows no incident, look at the App's permissions and installation.",
    retryable: status === 0 || status >= 500 || limited,
    cause: error,
  });
};

const HINTS: Readonly<Record<number, string>> = {
  401: "The App's credentials were refused. Check APP_ID and PRIVATE_KEY.",
  403: "The App lacks a permission, or a ruleset forbids it. Accept the App's new permissions, or add it to the ruleset's bypass list for kin/**.",
  404: "The repository or the object is gone, or the App is not installed on it.",
  422: "GitHub did not take the values; the message above says which.",
};

export const isStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof KinError && statuses.some(status => error.code === `github_${status}`);
