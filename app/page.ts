// Tasks, pipelines and returns, for people who run the App: the page at `/`, plain HTML without a script, and the same
// rows as JSON under `/tasks.json`. Both only read. They have a port of their own, on loopback: no way from the internet
// leads there.
import { type Context, Hono } from "hono";
import { html, raw } from "hono/html";
import type { Pipeline, Step } from "../core/model/pipeline.ts";
import { verdictOf } from "../core/pipeline/state.ts";
import { type FigureTable, figureTables } from "../core/report/figures-text.ts";
import { shorten } from "../core/report/format.ts";
import { withoutMarks } from "../core/report/plain.ts";
import { withoutGate } from "../core/report/returns-list.ts";
import type { TaskView } from "../core/report/view.ts";
import type { Plane } from "./plane.ts";
import { loadView } from "./publish/view.ts";

const SHOWN = 50;

export const createPage = (plane: Plane): Hono => {
  const page = new Hono();
  page.use(async (c, next) => (isFromHere(c) ? next() : c.text(ELSEWHERE, 403))); // guard: page-from-here
  page.get("/", async c => {
    const tasks = await plane.store.tasks({ limit: SHOWN });
    // One after the other: of a task all journals are in memory until its part of the page is written.
    const blocks: Block[] = [];
    for (const { id } of tasks) {
      const view = await loadView(id, plane);
      if (view !== null) blocks.push(await taskBlock(view));
    }
    return c.html(frame(blocks, figureTables(await plane.store.figures())));
  });
  page.get("/tasks.json", async c => c.json(await plane.store.tasks({ limit: SHOWN })));
  page.get("/tasks/:id{[0-9]+\\.json}", async c => {
    const task = await plane.store.task(Number.parseInt(c.req.param("id"), 10));
    if (task === null) return c.json({ error: "There is no such task. /tasks.json lists them." }, 404);
    const pipelines = await plane.store.pipelines(task.id);
    const returns = await plane.store.returns(task.id, SHOWN);
    return c.json({ task, pipelines: pipelines.map(({ lease_hash: _, ...record }) => record), returns });
  });
  return page;
};

const ELSEWHERE =
  "This lists the tasks of all repositories, private ones too, so it answers only to this machine. Open it there, or through a tunnel (ssh -L).\n";

/**
 * By a name of this machine's own, and through no proxy: a page in a browser here whose host's name leads to this machine
 * is somebody else, and so is whoever a proxy lets through that was pointed here by mistake.
 */
const isFromHere = (c: Context): boolean =>
  PROXIED.every(name => c.req.header(name) === undefined) && OWN_NAME.test(c.req.header("host") ?? "");

export const PROXIED: readonly string[] = [
  "x-forwarded-for",
  "x-forwarded-host",
  "x-real-ip",
  "forwarded",
  "via",
];
const OWN_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/; // guard: page-own-name

type Block = Awaited<ReturnType<typeof html>>;

const frame = (blocks: readonly Block[], figures: readonly FigureTable[]) => html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Kin</title><style>${raw(STYLE)}</style></head>
<body><h1>Kin</h1>
${blocks.length === 0 ? html`<p>No tasks yet. Put the label <code>kin</code> on an issue.</p>` : blocks}
<details><summary>Figures over all tasks</summary>${figures.map(figureBlock)}</details>
</body></html>`;

const figureBlock = ({ title, none, head, rows }: FigureTable) =>
  rows.length === 0
    ? html`<h3>${title}</h3><p>${none}</p>`
    : html`<h3>${title}</h3><table><thead><tr>${head.map(name => html`<th>${name}</th>`)}</tr></thead><tbody>
${rows.map(row => html`<tr>${row.map(cell => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;

const taskBlock = (view: TaskView) => {
  const { project, task, pipelines, returns } = view;
  const usd = pipelines.reduce((sum, { pipeline }) => sum + pipeline.usd, 0);
  return html`<section>
<h2><a href="${task.url}">${project.owner}/${project.name}#${task.issue}</a> ${task.title}</h2>
<p><span class="state ${task.status}">${task.status.replace("_", " ")}</span> ${shortened(task.status_reason)}</p>
<p class="facts">asked by ${task.asked_by}${task.pr_number === null ? "" : html` · <a href="${view.server_url}/${project.owner}/${project.name}/pull/${task.pr_number}">pull request #${task.pr_number}</a>`} · $${usd.toFixed(2)}${view.scripted ? " · scripted model" : ""}</p>
<table><thead><tr><th>Pipeline</th><th>Steps</th><th>State</th><th>Cost</th><th>Tokens</th></tr></thead><tbody>
${pipelines.map(
  ({
    pipeline,
    record,
  }) => html`<tr><td>${record.run_url === null ? String(record.number) : html`<a href="${record.run_url}">${record.number}</a>`}</td>
<td>${stepsOf(pipeline)
    .map(step => `${step.role}${markOf(step)}`)
    .join(" → ")}</td>
<td>${record.outcome ?? record.state}</td><td>$${pipeline.usd.toFixed(3)}</td><td>${record.tokens}</td></tr>`,
)}</tbody></table>
${returns.length === 0 ? "" : html`<ol>${returns.map(r => html`<li><code>${r.reason_category}</code> by ${r.returned_by}: ${shortened(withoutGate(r.reason_text ?? ""))}</li>`)}</ol>`}
</section>`;
};

/** Written as Markdown, and this is none. */
const shortened = (text: string): string => shorten(withoutMarks(text.slice(0, 2_000)), 300);

/** A follow-up is handed to its head: nobody planned it. */
const stepsOf = ({ opening, steps }: Pipeline): readonly Step[] =>
  opening.type === "escalation" ? steps.slice(1) : steps;

const markOf = (step: Step): string => {
  if (step.answer === null) return "";
  return verdictOf(step)?.verdict === "changes_requested" ? " ✗" : " ✓";
};

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328}
h1{font-size:1.4rem}h3{font-size:.95rem;margin:1rem 0 .2rem}details{margin:1rem 0}summary{cursor:pointer}h2{font-size:1.05rem;margin:0 0 .3rem}section{border:1px solid #d1d9e0;border-radius:6px;padding:1rem;margin:1rem 0}
p{margin:.2rem 0}.facts{color:#59636e}table{border-collapse:collapse;margin:.6rem 0;width:100%}th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #eaeef2}
.state{border-radius:1rem;padding:.05rem .6rem;background:#ddf4ff}.review,.done{background:#dafbe1}.blocked,.needs_info{background:#fff8c5}.cancelled{background:#eaeef2}`;
