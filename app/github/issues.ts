// Issues and their labels.

import type { Connection } from "./connection.ts";
import { isStatus, orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import { LONG_ONES, pagesOf } from "./pages.ts";
import type { ChangedIssue, GitHub, GitHubIssue } from "./port.ts";
import { toUser } from "./user.ts";

export const createIssues = ({ at, request, paginate, graphql }: Connection) =>
  ({
    // GitHub redirects to a transferred issue's new place; here it is gone.
    issue: async issue_number => {
      const answer = await orNull(
        request("GET /repos/{owner}/{repo}/issues/{issue_number}", { ...at, issue_number }),
      );
      return answer !== null && isIn(at, answer.data) ? toIssue(answer.data) : null;
    },
    changedSince: async since => {
      const route = "GET /repos/{owner}/{repo}/issues";
      const asked = { ...at, since, state: "all", sort: "updated", direction: "desc" } as const;
      return paginate(route, { ...asked, per_page: LONG_ONES }, ({ data }) => data.map(toChanged));
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
    issuesOpenedBy: ({ creator, label: labels }) => {
      const route = "GET /repos/{owner}/{repo}/issues";
      const asked = { ...at, creator, labels, state: "all", per_page: LONG_ONES } as const;
      return pagesOf(route, paginate.iterator(route, asked), toIssue);
    },
    createIssue: async ({ title, body, labels }) => {
      const route = "POST /repos/{owner}/{repo}/issues";
      return toIssue((await request(route, { ...at, title, body, labels: [...labels] })).data);
    },
    addSubIssue: async (issue_number, { id }) => {
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues";
      await request(route, { ...at, issue_number, sub_issue_id: id });
    },
    closeIssue: async issue_number => {
      await request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
        ...at,
        issue_number,
        state: "closed",
        state_reason: "completed",
      });
    },
    labelChanges: async (issue_number, label) => {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/events";
      return paginate(route, { ...at, issue_number, per_page: 100 }, ({ data }) =>
        data.flatMap(e =>
          (e.event === "labeled" || e.event === "unlabeled") &&
          "label" in e &&
          e.label.name?.toLowerCase() === label.toLowerCase()
            ? [{ id: String(e.id), actor: toUser(e.actor), at: e.created_at, on: e.event === "labeled" }]
            : [],
        ),
      );
    },
    setLabels: async (issue_number, { add, remove }) => {
      if (add.length > 0) {
        const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/labels";
        await request(route, { ...at, issue_number, labels: [...add] });
      }
      for (const name of remove) {
        const route = "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}";
        await request(route, { ...at, issue_number, name }).catch(error => {
          if (!isStatus(error, 404)) throw error;
        });
      }
    },
    ensureLabels: async labels => {
      const route = "GET /repos/{owner}/{repo}/labels";
      const known = new Set(
        await paginate(route, { ...at, per_page: 100 }, ({ data }) =>
          data.map(({ name }) => name.toLowerCase()),
        ),
      );
      for (const label of labels.filter(({ name }) => !known.has(name.toLowerCase()))) {
        await request("POST /repos/{owner}/{repo}/labels", { ...at, ...label }).catch(error => {
          if (!isStatus(error, 422)) throw error;
        });
      }
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
  "id" | "number" | "title" | "body" | "user" | "state" | "locked" | "labels" | "html_url" | "pull_request"
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
  locked: data.locked === true,
  labels: data.labels.map(label => (typeof label === "string" ? label : String(label.name))),
  html_url: data.html_url,
  is_pull_request: data.pull_request !== undefined,
});
