// Checks and statuses of a commit.

import type { CheckRun, Status } from "../state.ts";
import { appById, must } from "../world.ts";
import { type Html, html } from "./html.ts";
import { ago, deed, encodePath, person, rendered, short, verdict, words } from "./parts.ts";
import type { Deeds, Page, RepositoryVisit } from "./visit.ts";

/** The newest of each name. */
export function checksOfCommit(
  { repository }: RepositoryVisit,
  sha: string,
): { readonly checks: CheckRun[]; readonly statuses: Status[] } {
  const checks = new Map<string, CheckRun>();
  for (const run of repository.checkRuns)
    if (run.headSha === sha) checks.set(`${run.appId}/${run.name}`, run);
  const statuses = new Map<string, Status>();
  for (const status of repository.statuses) if (status.sha === sha) statuses.set(status.context, status);
  return { checks: [...checks.values()], statuses: [...statuses.values()] };
}

export function checkView(visit: RepositoryVisit, run: CheckRun): Html {
  const { world, repository, home } = visit;
  const { title, summary, text } = run.output;
  const link =
    run.detailsUrl === null ? null : html`<a href="${safeLink(run.detailsUrl)}" rel="noreferrer">Details</a>`;
  return html`<section class="box check" id="check-${run.id}"><header>${verdict(run.status, run.conclusion)} <b><a class="plain" href="${home}/runs/${run.id}">${run.name}</a></b> <span class="muted">${appById(world, run.appId).name} · ${words(run.status, run.conclusion)} ${ago(world, run.completedAt ?? run.startedAt)} · at <a class="sha" href="${home}/commit/${run.headSha}">${short(run.headSha)}</a></span><span class="push">${link} ${deed(`${home}/runs/${run.id}`, "rerequest", { text: "Re-run" })}</span></header>
<div class="pad">${title === null ? null : html`<h3>${title}</h3>`}${summary === null ? null : rendered({ world, repository }, summary)}${text === null ? null : rendered({ world, repository }, text)}${annotations(visit, run)}${title === null && summary === null ? html`<span class="muted">It has said nothing yet.</span>` : null}</div></section>`;
}

export const safeLink = (url: string): string => (/^https?:\/\//i.test(url) ? url : "#");

function annotations({ home }: RepositoryVisit, run: CheckRun): Html | null {
  if (run.annotations.length === 0) return null;
  return html`<ul class="plain annotations">${run.annotations.map(one => {
    const path = String(one.path ?? "");
    const tone =
      one.annotation_level === "failure" ? "bad" : one.annotation_level === "warning" ? "warn" : "";
    return html`<li class="${tone}"><a class="path" href="${home}/blob/${run.headSha}/${encodePath(path)}#L${String(one.start_line ?? "")}">${path}:${String(one.start_line ?? "")}</a> <b>${String(one.title ?? "")}</b> ${String(one.message ?? "")}</li>`;
  })}</ul>`;
}

const STATES: Readonly<Record<string, string>> = { pending: "in_progress" };

export const statusView = ({ world }: RepositoryVisit, status: Status): Html =>
  html`<section class="box check"><header>${verdict(STATES[status.state] ?? "completed", status.state)} <b>${status.context}</b> <span class="muted">${status.description ?? status.state} · ${person(world, status.creatorId)} ${ago(world, status.createdAt)}</span><span class="push">${status.targetUrl === null ? null : html`<a href="${safeLink(status.targetUrl)}" rel="noreferrer">Details</a>`}</span></header></section>`;

const checkAt = (visit: RepositoryVisit): CheckRun =>
  must(visit.repository.checkRuns.find(run => run.id === Number(visit.parts.id)));

export function checkPage(visit: RepositoryVisit): Page {
  const run = checkAt(visit);
  const pull = visit.repository.issues.find(issue => issue.pull?.headSha === run.headSha);
  return {
    title: `${run.name} · ${visit.home.slice(1)}`,
    tab: pull === undefined ? "code" : "pulls",
    body: html`<div class="bar"><h1>${run.name}</h1></div>${pull === undefined ? null : html`<p class="under-title"><a href="${visit.home}/pull/${pull.number}/checks">Checks of pull request #${pull.number}</a></p>`}${checkView(visit, run)}`,
    ...(run.status === "completed" ? {} : { refresh: 5 }),
  };
}

export const checkDeeds: Deeds<RepositoryVisit> = {
  rerequest: async visit => {
    await visit.actHere("POST", `/check-runs/${visit.parts.id}/rerequest`, {});
    return `${visit.home}/runs/${visit.parts.id}`;
  },
};
