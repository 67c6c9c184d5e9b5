// Links to what a report mentions, only to GitHub's own address; anything else stays words.
import type { PipelineRecord, RejectionRow } from "../model/record.ts";
import { withoutSecrets } from "../text/secrets.ts";
import type { TaskView } from "./view.ts";

type Place = Pick<TaskView, "server_url" | "project">;

/** `text` is the template's own, or already cleaned; an address that would reveal a secret is dropped. */
export const link = (text: string, url: string | null): string =>
  url === null || withoutSecrets(url) !== url ? text : `[${text}](${url})`; // guard: no-secret-in-an-address

/** A run's address comes from the run's claim, so it is used only if it is on this server. */
export const runUrl = (record: Pick<PipelineRecord, "run_url">, view: Place): string | null =>
  onServer(record.run_url, view.server_url);

/** Null if it is not an address below `server_url`, or holds characters that end a Markdown link. */
export const onServer = (url: string | null, server_url: string): string | null =>
  url?.startsWith(`${server_url}/`) && /^[\w:/.#?=&%@+~-]{1,1000}$/.test(url) ? url : null;

export const repositoryUrl = ({ server_url, project }: Place): string =>
  `${server_url}/${encodeURIComponent(project.owner)}/${encodeURIComponent(project.name)}`;

export const fileUrl = (
  view: Place,
  at: { readonly sha: string; readonly path: string; readonly line?: number | null | undefined },
): string =>
  `${repositoryUrl(view)}/blob/${encodeURIComponent(at.sha)}/${at.path.split("/").map(escapeSegment).join("/")}${at.line ? `#L${at.line}` : ""}`;

/** Where a return was said; null for returns that only the journal holds. */
export const returnUrl = (row: RejectionRow, view: Place & Pick<TaskView, "task">): string | null => {
  const [kind, id] = row.source.split(":");
  if (id === undefined || !/^\d+$/.test(id)) return null;
  const pull = row.pr_number ?? view.task.pr_number;
  switch (kind) {
    case "review":
      return pull === null ? null : `${repositoryUrl(view)}/pull/${pull}#pullrequestreview-${id}`;
    case "review_comment":
      return pull === null ? null : `${repositoryUrl(view)}/pull/${pull}#discussion_r${id}`;
    case "issue_comment":
      return `${repositoryUrl(view)}/issues/${row.pr_number ?? view.task.issue}#issuecomment-${id}`;
    default:
      return null;
  }
};

/** `encodeURIComponent` keeps parentheses and quotes, which would end the link, and throws on lone surrogates. */
const escapeSegment = (segment: string): string =>
  encodeURIComponent(segment.toWellFormed()).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
