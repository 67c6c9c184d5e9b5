// The tasks of all repositories, searchable by words, repository and state, page by page, latest first.
import { html } from "hono/html";
import * as z from "zod";
import {
  type ListedTask,
  MOST_SEARCHED,
  type TaskCounts,
  type TaskFilter,
} from "../../core/model/listing.ts";
import { TaskStatus } from "../../core/model/record.ts";
import { usd } from "../../core/report/format.ts";
import { onServer } from "../../core/report/link.ts";
import { capital, STATUS_WORDS } from "../../core/report/words.ts";
import type { Plane } from "../plane.ts";
import { line } from "./digest.ts";
import { counted, facts, frame, type Html, outward, pill, when } from "./parts.ts";

const SHOWN = 25;
const MOST_REPOSITORIES = 200;

const given = (text: string): string | undefined => (text.trim() === "" ? undefined : text.trim());

/** Invalid values in an address are ignored. */
export const Wanted = z.object({
  q: z.string().max(200).transform(given).optional().catch(undefined),
  repository: z.string().max(200).transform(given).optional().catch(undefined),
  state: TaskStatus.optional().catch(undefined),
  after: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T[\d:.]{8,12}Z~\d{1,15}$/)
    .transform(text => ({ updated_at: text.split("~")[0] ?? "", id: Number(text.split("~")[1]) }))
    .optional()
    .catch(undefined),
});
type Wanted = z.infer<typeof Wanted>;

export const indexPage = async (
  wanted: Wanted,
  { store, clock, server_url }: Pick<Plane, "store" | "clock" | "server_url">,
) => {
  const { q, repository, state, after } = wanted;
  const filter: TaskFilter = { text: q, repository, status: state, after, limit: SHOWN + 1 };
  const [tasks, counts, repositories] = [
    await store.listTasks(filter),
    await store.countTasks({ repository }),
    await store.repositories(MOST_REPOSITORIES),
  ];
  const shown = tasks.slice(0, SHOWN);
  const isBusy = tasks.some(({ status }) => status === "running");
  return frame({
    title: "Kin: tasks",
    here: "tasks",
    follow: isBusy ? 3 : 15,
    body: html`<h1 class="unseen">Tasks</h1>
${search(wanted, repositories)}
${choices(wanted, counts)}
${shown.length === 0 ? none(wanted) : html`<ul class="box tasks">${shown.map(task => row(task, { now: clock.now(), server_url }))}</ul>`}
${pager(wanted, { last: tasks.length > SHOWN ? shown.at(-1) : undefined })}`,
  });
};

const search = ({ q, repository, state }: Wanted, repositories: readonly string[]): Html =>
  html`<form class="search" method="get" action="/" role="search">
<input type="search" name="q" value="${q ?? ""}" placeholder="Title, owner/name or #issue" aria-label="Search the tasks" maxlength="200">
<select name="repository" aria-label="Repository"><option value="">All repositories</option>${[
    ...new Set([...(repository === undefined ? [] : [repository]), ...repositories]),
  ].map(name => html`<option${name === repository ? html` selected` : ""}>${name}</option>`)}</select>
${state === undefined ? "" : html`<input type="hidden" name="state" value="${state}">`}<button>Search</button></form>`;

const choices = (wanted: Wanted, counts: TaskCounts): Html => {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const choice = (state: TaskStatus | undefined, text: string, count: number) =>
    html`<a href="${addressOf({ ...wanted, state, after: undefined })}"${state === wanted.state ? html` aria-current="true"` : ""}>${text}${wanted.q === undefined ? html` <span class="count">${count.toLocaleString("en-US")}</span>` : ""}</a>`;
  return html`<nav class="choices" aria-label="State">${choice(undefined, "All", all)}${TaskStatus.options
    .filter(state => counts[state] !== undefined || state === wanted.state)
    .map(state => choice(state, capital(STATUS_WORDS[state]), counts[state] ?? 0))}</nav>`;
};

const addressOf = ({ q, repository, state, after }: Wanted): string => {
  const said = Object.entries({
    q,
    repository,
    state,
    after: after === undefined ? undefined : `${after.updated_at}~${after.id}`,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return said.length === 0 ? "/" : `/?${new URLSearchParams(said)}`;
};

const none = ({ q, repository, state, after }: Wanted): Html =>
  q === undefined && repository === undefined && state === undefined && after === undefined
    ? html`<p class="box empty">No tasks yet. Put the label <code>kin</code> on an issue.</p>`
    : html`<p class="box empty">No task is like that${q === undefined ? "" : ` among the latest ${MOST_SEARCHED.toLocaleString("en-US")}`}. <a href="/">All tasks</a></p>`;

interface Around {
  readonly now: number;
  readonly server_url: string;
}

const row = (
  task: ListedTask,
  { now, server_url }: Around,
): Html => html`<li id="task-${task.id}" class="task">
<h2><a href="/tasks/${task.id}">${line(task.title)}</a></h2>${pill(task.status)}
${facts(
  outward(onServer(task.url, server_url), `${task.owner}/${task.name}#${task.issue}`),
  doing(task),
  task.pr_number === null ? null : `pull request #${task.pr_number}`,
  counted(task.return_count, "return"),
  task.usd === 0 ? null : usd(task.usd),
  when(task.updated_at, now),
)}${task.status === "running" || task.status_reason === "" ? "" : html`<p class="reason">${line(task.status_reason, 200)}</p>`}
</li>`;

const doing = ({ status, state, role }: ListedTask): Html | null => {
  if (status !== "running") return null;
  if (role !== null) return html`<b class="working">${line(role)} is at work</b>`;
  return html`${state === "queued" ? "waits for a run" : state === "paused" ? "paused" : "being prepared"}`;
};

const pager = (wanted: Wanted, { last }: { readonly last: ListedTask | undefined }): Html | "" =>
  last === undefined && wanted.after === undefined
    ? ""
    : html`<nav class="pager" aria-label="Pages">${wanted.after === undefined ? "" : html`<a href="${addressOf({ ...wanted, after: undefined })}">Latest</a>`}${last === undefined ? "" : html`<a href="${addressOf({ ...wanted, after: last })}" rel="next">Older</a>`}</nav>`;
