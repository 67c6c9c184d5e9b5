// One run: its jobs with logs and summaries, and the buttons that stop or restart it.

import { latestAttempt } from "../run-render.ts";
import type { Job, Run, RunAttempt } from "../state.ts";
import { must, userById } from "../world.ts";
import { type Html, html } from "./html.ts";
import { ago, avatar, deed, empty, lasted, person, rendered, short, verdict, words } from "./parts.ts";
import type { Deeds, Page, RepositoryVisit } from "./visit.ts";

const runAt = (visit: RepositoryVisit): Run =>
  must(visit.repository.runs.find(run => run.id === Number(visit.parts.id)));

export function runPage(visit: RepositoryVisit): Page {
  const run = runAt(visit);
  const { home, world } = visit;
  const attempt =
    visit.parts.attempt === undefined
      ? latestAttempt(run)
      : must(run.attempts.find(one => one.attempt === Number(visit.parts.attempt)));
  const summaries = attempt.jobs.filter(job => job.summary !== "");
  const done = attempt.status === "completed";
  return {
    title: `${run.title} · ${run.name} #${run.number} · ${home.slice(1)}`,
    tab: "actions",
    body: html`<div class="bar"><h1 class="subject">${verdict(attempt.status, attempt.conclusion)} ${run.title} <span class="muted">#${run.number}</span></h1><span class="push">${buttons(visit, run, attempt)}</span></div>
<section class="box facts">${fact("Started by", html`${avatar(userById(world, attempt.triggeringActorId))} ${person(world, attempt.triggeringActorId)} ${ago(world, attempt.createdAt)}`)}${fact("Status", html`<b>${words(attempt.status, attempt.conclusion)}</b>`)}${fact("Duration", html`${done ? lasted(attempt.startedAt, attempt.updatedAt) : lasted(attempt.startedAt, world.now().toISOString())}`)}${fact("Workflow", html`<a href="${home}/actions">${run.name}</a>`)}${fact("Commit", html`<a class="sha" href="${home}/commit/${run.sha}">${short(run.sha)}</a> on <span class="branch">${run.ref.replace(/^refs\/(heads|tags)\//, "")}</span>`)}${run.attempts.length > 1 ? fact("Attempt", attempts(visit, run, attempt)) : null}</section>
${inputs(run)}
${summaries.map(job => html`<section class="box"><header><b>${job.name}</b> <span class="muted">summary</span></header><div class="pad">${rendered({ world, repository: visit.repository }, job.summary)}</div></section>`)}
<h2>Jobs</h2>${attempt.jobs.length === 0 ? empty(done ? "No job was run." : "Waiting for a runner.") : attempt.jobs.map(job => jobView(job))}
${attempt.log.trim() === "" ? null : html`<section class="box"><header><b>Run</b></header>${logView(attempt.log)}</section>`}`,
    ...(done ? {} : { refresh: 3 }),
  };
}

const fact = (name: string, body: Html): Html =>
  html`<div><span class="muted small">${name}</span><div>${body}</div></div>`;

const attempts = ({ home }: RepositoryVisit, run: Run, current: RunAttempt): Html =>
  html`${run.attempts.map(one => html`<a${one === current ? html` class="strong" aria-current="page"` : ""} href="${home}/actions/runs/${run.id}/attempts/${one.attempt}">#${one.attempt}</a> `)}`;

function inputs(run: Run): Html | null {
  const given = Object.entries(run.inputs).filter(([, value]) => value !== "");
  if (given.length === 0) return null;
  return html`<p class="inputs muted small">${given.map(([name, value]) => html`<code>${name}: ${value}</code> `)}</p>`;
}

function buttons(visit: RepositoryVisit, run: Run, attempt: RunAttempt): Html | null {
  const to = `${visit.home}/actions/runs/${run.id}`;
  if (latestAttempt(run) !== attempt) return null;
  if (attempt.status !== "completed") return deed(to, "cancel", { text: "Cancel run", kind: "danger" });
  const failed =
    attempt.conclusion === "success" ? null : deed(to, "rerun-failed", { text: "Re-run failed jobs" });
  return html`${deed(to, "rerun", { text: "Re-run all jobs" })}${failed}`;
}

function jobView(job: Job): Html {
  const open = job.status === "in_progress" || job.conclusion === "failure" || job.conclusion === "success";
  const time = job.completedAt === null ? "" : ` in ${lasted(job.startedAt, job.completedAt)}`;
  return html`<details class="box job" id="job-${job.id}"${open ? html` open` : ""}><summary>${verdict(job.status, job.conclusion)} <b>${job.name}</b> <span class="muted">${words(job.status, job.conclusion)}${time}</span></summary>${job.log.trim() === "" ? html`<p class="empty">No output.</p>` : logView(job.log)}</details>`;
}

const MARKS: readonly (readonly [RegExp, string])[] = [
  [/^(?:##\[error\]|::error[^:]*::)/, "bad"],
  [/^(?:##\[warning\]|::warning[^:]*::)/, "warn"],
  [/^(?:##\[notice\]|::notice[^:]*::)/, "note"],
  [/^(?:##\[group\]|::group::)/, "strong"],
];
const UNSEEN = /^(?:::debug[^:]*::|::endgroup::|##\[endgroup\]|::set-output|::stop-commands::)/;
const KEPT = 4000;

function logView(log: string): Html {
  const lines = log
    .replace(/\n$/, "")
    .split("\n")
    .filter(line => !UNSEEN.test(line));
  const rows = lines.slice(-KEPT).map(line => {
    const found = MARKS.find(([form]) => form.test(line));
    const text =
      found === undefined ? line : line.replace(found[0], "").replaceAll("%0A", "\n").replaceAll("%25", "%");
    return html`<li${found === undefined ? "" : html` class="${found[1]}"`}>${withoutColours(text)}</li>`;
  });
  return html`<ol class="log"${lines.length > KEPT ? html` start="${lines.length - KEPT + 1}"` : ""}>${rows}</ol>`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are control characters.
const withoutColours = (text: string): string => text.replace(/\u001b\[[\d;]*[A-Za-z]/g, "");

const post =
  (tail: string) =>
  async (visit: RepositoryVisit): Promise<string> => {
    await visit.actHere("POST", `/actions/runs/${visit.parts.id}${tail}`, {});
    return `${visit.home}/actions/runs/${visit.parts.id}`;
  };

export const runDeeds: Deeds<RepositoryVisit> = {
  cancel: post("/cancel"),
  rerun: post("/rerun"),
  "rerun-failed": post("/rerun-failed-jobs"),
};
