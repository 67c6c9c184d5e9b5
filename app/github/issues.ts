// Issues and their labels.

import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import type { ChangedIssue, GitHub, GitHubIssue } from "./port.ts";
import { toUser } from "./user.ts";

export const createIssues = ({ at, ask, list, pages, graphql }: Connection) =>
  ({
    // GitHub redirects to a transferred issue's new place; here it is gone.
    issue: async issue_number => {
      const issue = await orNull(ask("GET /issues/{issue_number}", { issue_number }));
      return issue !== null && isIn(at, issue) ? toIssue(issue) : null;
    },
    changedSince: since => {
      const asked = { since, state: "all", sort: "updated", direction: "desc" } as const;
      return list("GET /issues", asked, page => page.map(toChanged));
    },
    // REST does not report edits of a body; only GraphQL does.
    lastEdited: async number => {
      const { repository } = await graphql<LastEdited>(LAST_EDITED, {
        owner: at.owner,
        name: at.repo,
        number,
      });
      const renamed = repository.issue?.timelineItems.nodes.at(-1)?.createdAt ?? null;
      const times = [renamed, repository.issue?.lastEditedAt ?? null].filter(time => time !== null);
      return times.toSorted().at(-1) ?? null;
    },
    issuesOpenedBy: ({ creator, label: labels }) =>
      pages("GET /issues", { creator, labels, state: "all" }, toIssue),
    createIssue: async ({ title, body, labels }) =>
      toIssue(await ask("POST /issues", { title, body, labels: [...labels] })),
    addSubIssue: async (issue_number, { id }) => {
      await ask("POST /issues/{issue_number}/sub_issues", { issue_number, sub_issue_id: id });
    },
    closeIssue: async issue_number => {
      const end = { state: "closed", state_reason: "completed" } as const;
      await ask("PATCH /issues/{issue_number}", { issue_number, ...end });
    },
    labelChanges: (issue_number, label) =>
      list("GET /issues/{issue_number}/events", { issue_number, per_page: 100 }, page =>
        page.flatMap(e =>
          (e.event === "labeled" || e.event === "unlabeled") &&
          "label" in e &&
          e.label.name?.toLowerCase() === label.toLowerCase()
            ? [{ id: String(e.id), actor: toUser(e.actor), at: e.created_at, on: e.event === "labeled" }]
            : [],
        ),
      ),
    setLabels: async (issue_number, { add, remove }) => {
      if (add.length > 0) await ask("POST /issues/{issue_number}/labels", { issue_number, labels: [...add] });
      for (const name of remove)
        await orNull(ask("DELETE /issues/{issue_number}/labels/{name}", { issue_number, name }), [404]);
    },
    ensureLabels: async labels => {
      const known = await list("GET /labels", { per_page: 100 }, page =>
        page.map(({ name }) => name.toLowerCase()),
      );
      for (const label of labels.filter(({ name }) => !known.includes(name.toLowerCase())))
        await orNull(ask("POST /labels", label), [422]);
    },
  }) satisfies Partial<GitHub>;

const LAST_EDITED = `query lastEdited($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) {
    lastEditedAt timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) { nodes { ... on RenamedTitleEvent { createdAt } } }
  } }
}`;

interface LastEdited {
  readonly repository: {
    readonly issue: {
      readonly lastEditedAt: string | null;
      readonly timelineItems: { readonly nodes: readonly { readonly createdAt?: string }[] };
    } | null;
  };
}

type Issue = Answer<"GET /repos/{owner}/{repo}/issues/{issue_number}">;

type Shown = Pick<
  Issue,
  "id" | "number" | "title" | "body" | "user" | "state" | "labels" | "html_url" | "pull_request"
> & {
  readonly state_reason?: string | null | undefined;
  readonly closed_at?: string | null | undefined;
  readonly closed_by?: Parameters<typeof toUser>[0];
};

const toChanged = (data: Shown & { readonly updated_at: string }): ChangedIssue => {
  const { number, state, labels, is_pull_request } = toIssue(data);
  return { number, state, labels, is_pull_request, updated_at: data.updated_at };
};

const isIn = (at: Connection["at"], { repository_url }: Pick<Issue, "repository_url">): boolean =>
  repository_url.toLowerCase().endsWith(`/repos/${at.owner}/${at.repo}`.toLowerCase());

const toIssue = (data: Shown): GitHubIssue => ({
  id: Number(data.id),
  state_reason: data.state_reason ?? null,
  closed_by: data.closed_by ? toUser(data.closed_by) : null,
  closed_at: data.closed_at ?? null,
  number: data.number,
  title: data.title ?? "",
  body: data.body ?? "",
  user: toUser(data.user),
  state: data.state === "closed" ? "closed" : "open",
  labels: data.labels.map(label => (typeof label === "string" ? label : String(label.name))),
  html_url: data.html_url,
  is_pull_request: data.pull_request !== undefined,
});
