// One task: its state, its pipelines with their steps and what these ran, its rejections, what each role cost, and what
// happened when.
import { html } from "hono/html";
import type { CarryingTask } from "../../core/model/listing.ts";
import type { PipelineRecord, ProjectRecord, RejectionRow, TaskRecord } from "../../core/model/record.ts";
import type { Finding } from "../../core/model/return.ts";
import { categoryWords } from "../../core/report/category.ts";
import { type Cost, costCell, costText, sumOf } from "../../core/report/cost.ts";
import { estimateText } from "../../core/report/estimate-text.ts";
import { duration, plural, shorten, tokens, usd } from "../../core/report/format.ts";
import { fileUrl, onServer, repositoryUrl, returnUrl, runUrl } from "../../core/report/link.ts";
import { rejectionReason } from "../../core/report/rejections-list.ts";
import { becameWords } from "../../core/report/words.ts";
import type { Plane } from "../plane.ts";
import { estimateOf } from "../tasks/estimate.ts";
import {
  type AttemptDigest,
  type Digest,
  line,
  type RunDigest,
  type StepDigest,
  type WorkerDigest,
} from "./digest.ts";
import { counted, facts, frame, type Html, outward, pill, prose, when } from "./parts.ts";

/** Only the latest of each are shown. */
const MOST_PIPELINES = 20;
const MOST_REJECTIONS = 50;
const MOST_LINES = 300;
const FIRST_LINES = 12;

interface Shown {
  readonly project: ProjectRecord;
  readonly task: TaskRecord;
  readonly rejections: readonly RejectionRow[];
  /** Latest first. */
  readonly pipelines: readonly { readonly record: PipelineRecord; readonly digest: Digest }[];
  readonly earlier: number;
  readonly carried_on: readonly CarryingTask[];
  /** What it is likely to cost; empty if nobody is asked whether to continue. */
  readonly ahead: string;
  readonly server_url: string;
  readonly now: number;
}

export const taskPage = async (
  id: number,
  { plane, digest }: { readonly plane: Plane; readonly digest: (record: PipelineRecord) => Promise<Digest> },
): Promise<Html | null> => {
  const task = await plane.store.task(id);
  const project = task === null ? null : await plane.store.project(task.project_id);
  if (task === null || project === null) return null;
  const records = (await plane.store.pipelines(id)).toReversed();
  const pipelines: { record: PipelineRecord; digest: Digest }[] = [];
  // One after the other: a journal stays in memory until its digest is made.
  for (const record of records.slice(0, MOST_PIPELINES))
    pipelines.push({ record, digest: await digest(record) });
  const shown: Shown = {
    project,
    task,
    rejections: (await plane.store.rejections({ task_id: id, limit: MOST_REJECTIONS })).toReversed(),
    pipelines,
    earlier: Math.max(0, records.length - MOST_PIPELINES),
    carried_on: await plane.store.carriedOn(id),
    ahead: task.status === "needs_info" ? await aheadOf(records[0], plane) : "",
    server_url: plane.server_url,
    now: plane.clock.now(),
  };
  return frame({
    title: `${line(task.title, 80)} · ${project.owner}/${project.name}#${task.issue}`,
    here: "tasks",
    follow: task.status === "running" ? 2 : 10,
    body: html`${head(shown)}
<div class="columns"><div>${pipelines.length === 0 ? html`<p class="box empty">No pipeline yet.</p>` : ""}${pipelines.map((one, at) => pipelineBox(one, { shown, isLatest: at === 0 }))}
${shown.earlier > 0 ? html`<p class="muted">${plural(shown.earlier, "earlier pipeline")}: <code>/tasks/${id}.json</code> has them.</p>` : ""}
</div>
<aside>${rejectionsBox(shown)}${costBox(shown)}</aside>
${story(shown)}</div>`,
  });
};

const aheadOf = async (latest: PipelineRecord | undefined, plane: Plane): Promise<string> => {
  if (latest?.state !== "paused") return "";
  const pipeline = await plane.folds.at(latest, latest.seq);
  return pipeline.held ? estimateText(await estimateOf(pipeline, plane)) : "";
};

const head = (shown: Shown): Html => {
  const { task, project, pipelines, now } = shown;
  const cost = sumOf(pipelines.map(({ digest }) => digest.cost));
  const issue = `${project.owner}/${project.name}#${task.issue}`;
  return html`<div class="head"><h1>${line(task.title)}</h1>
${facts(
  pill(task.status),
  outward(onServer(task.url, shown.server_url) ?? `${repositoryUrl(shown)}/issues/${task.issue}`, issue),
  task.pr_number === null
    ? null
    : outward(`${repositoryUrl(shown)}/pull/${task.pr_number}`, `pull request #${task.pr_number}`),
  task.category,
  costText(cost),
  html`asked by ${task.asked_by} ${when(task.created_at, now)}`,
  pipelines.some(({ digest }) => digest.isScripted) ? html`<span class="tag">scripted model</span>` : null,
)}
${carriers(shown)}
${task.status_reason === "" ? "" : html`<p class="reason">${line(task.status_reason, 1_000)}</p>`}
${shown.ahead === "" ? "" : html`<p class="reason"><b>What it will cost:</b> ${line(shown.ahead, 1_000)}</p>`}
${task.status === "running" ? html`<p class="now">${doing(shown)}</p>` : ""}</div>`;
};

const carriers = ({ carried_on }: Shown): Html | "" =>
  carried_on.length === 0
    ? ""
    : html`<p class="reason">Carried on by ${carried_on.map(
        ({ id, issue, title, status, usd: spent }, at) =>
          html`${at === 0 ? "" : ", "}<a href="/tasks/${id}">#${issue} ${line(title, 80)}</a> ${pill(status)} ${usd(spent)}`,
      )}</p>`;

const doing = ({ pipelines: [latest], now }: Shown): Html => {
  if (latest === undefined) return html`The first pipeline is being prepared.`;
  const { record, digest } = latest;
  if (digest.paused !== null) return html`Paused: ${digest.paused}`;
  if (record.state === "queued") return html`Queued: it starts when a run is free.`;
  if (digest.now === null)
    return html`${record.state === "finished" ? "The next pipeline is being prepared." : "Setting up."}`;
  const began = digest.steps.find(isWorking)?.attempts.at(-1)?.began;
  return html`<b class="working">At work: ${digest.now}</b>${began == null ? "" : html` for ${duration(Math.max(0, now - Date.parse(began)) / 1000)}`}`;
};

const isWorking = ({ state }: StepDigest): boolean => state === "working";

interface Around {
  readonly shown: Shown;
  readonly isLatest: boolean;
}

const pipelineBox = (
  { record, digest }: Shown["pipelines"][number],
  { shown, isLatest }: Around,
): Html => html`<details class="box pipeline" id="pipeline-${record.number}"${isLatest ? html` open` : ""}>
<summary><h2>Pipeline ${record.number}</h2> <span class="outcome ${record.outcome ?? record.state}">${digest.outcome ?? record.state}</span>
${facts(
  digest.isEscalation ? "escalation" : null,
  digest.isDryRun ? "dry run" : null,
  digest.route === null ? null : `route ${line(digest.route, 60)}`,
  runUrl(record, shown) === null ? null : outward(runUrl(record, shown), "workflow run"),
  costText(digest.cost),
  digest.cost.seconds === 0 ? null : duration(digest.cost.seconds),
  when(record.created_at, shown.now),
)}</summary>
${digest.steps.length === 0 ? html`<p class="empty">Nothing is planned yet.</p>` : html`<ol class="steps">${digest.steps.map(step => stepRow(step, { shown, number: record.number }))}</ol>`}
</details>`;

const stepRow = (
  step: StepDigest,
  { shown, number }: { readonly shown: Shown; readonly number: number },
): Html => {
  const name = step.number === 0 ? "plan (pm)" : step.role;
  const part = step.part === null ? "" : html` <span class="tag">${step.part}</span>`;
  const id = `step-${number}-${step.number}`;
  const atWork = isWorking(step) ? (step.attempts.at(-1)?.workers ?? []) : [];
  return row(step, {
    id,
    title: html`<b>${step.number}</b> ${name} <span class="words">${step.words}</span>${part}`,
    inside: stepInside(step, { shown, id, listed: atWork }),
    below: workersList(atWork, { shown, id }),
    isCurrent: isWorking(step),
  });
};

const row = (
  step: StepDigest,
  part: {
    readonly id: string;
    readonly title: Html;
    readonly inside: Html | null;
    readonly below: Html | "";
    readonly isCurrent: boolean;
  },
): Html => {
  const amounts = [costCell(step.cost), step.cost.seconds === 0 ? "" : duration(step.cost.seconds)];
  const head = html`<span class="sign" aria-hidden="true">${step.sign}</span><span class="what">${part.title}</span><span class="amounts">${amounts.filter(one => one !== "").join(" · ")}</span>`;
  return html`<li class="step ${step.state}"${part.isCurrent ? html` aria-current="step"` : ""}>${part.inside === null ? html`<div class="line">${head}</div>` : html`<details id="${part.id}"><summary class="line">${head}</summary><div class="inside">${part.inside}</div></details>`}${part.below}</li>`;
};

/** `listed`: workers that are shown below the step, not in it. */
const stepInside = (
  step: StepDigest,
  { shown, id, listed = [] }: Placed & { readonly listed?: readonly WorkerDigest[] },
): Html | null => {
  if (step.brief === "" && step.attempts.length === 0) return null;
  return html`${step.brief === "" ? "" : html`<h3>Brief</h3>${prose(step.brief)}`}
${step.attempts.map(
  attempt => html`<h3>Attempt ${attempt.number}${attempt.outcome === null ? "" : `: ${attempt.outcome}`}</h3>
${attemptBlock(attempt, shown.now)}${attempt.workers === listed ? "" : workersList(attempt.workers, { shown, id: `${id}-${attempt.number}` })}`,
)}
${saidBlock(step, shown)}`;
};

interface Placed {
  readonly shown: Shown;
  readonly id: string;
}

const saidBlock = (step: StepDigest, shown: Shown): Html => {
  const title = step.findings.length > 0 || VERDICTS.has(step.state) ? "Verdict" : "Answer";
  return html`${step.said === "" ? "" : html`<h3>${title}</h3>${prose(step.said)}`}
${findingsList(step.findings, shown)}
${step.files.length === 0 ? "" : html`<h3>Files written</h3><ul class="files">${step.files.map(path => html`<li>${place(path, null, shown)}</li>`)}</ul>`}`;
};

const VERDICTS: ReadonlySet<StepDigest["state"]> = new Set(["approved", "rejected", "revised"]);

const workersList = (workers: readonly WorkerDigest[], { shown, id }: Placed): Html | "" =>
  workers.length === 0
    ? ""
    : html`<ul class="workers" aria-label="Workers">${workers.map(worker =>
        row(worker, {
          id: `${id}-${worker.id}`,
          title: html`<b>${worker.id}</b> ${worker.role}: ${worker.description} <span class="words">${worker.words}</span>`,
          inside: html`<h3>Task</h3>${prose(worker.brief)}
${worker.attempts.map(attempt => html`<h3>Conversation</h3>${attemptBlock(attempt, shown.now, plural(worker.tools, "call"))}`)}
${saidBlock(worker, shown)}`,
          below: "",
          isCurrent: false,
        }),
      )}</ul>`;

const attemptBlock = (attempt: AttemptDigest, now: number, more: string | null = null): Html => html`${facts(
  attempt.model,
  plural(attempt.cost.turns, "turn"),
  more,
  `${tokens(attempt.cost.usage.input + attempt.cost.usage.cache_write + attempt.cost.usage.cache_read)} tokens in, ${tokens(attempt.cost.usage.output)} out`,
  costCell(attempt.cost),
  attempt.cost.seconds === 0 ? null : duration(attempt.cost.seconds),
  attempt.began === null ? null : html`began ${when(attempt.began, now)}`,
)}
${attempt.reason === "" ? "" : html`<p class="reason">${attempt.reason}</p>`}
${attempt.ran.length === 0 ? "" : html`<ul class="runs" aria-label="Commands that ran">${attempt.more > 0 ? html`<li class="muted">${attempt.more} earlier</li>` : ""}${attempt.ran.map(runLine)}</ul>`}`;

const runLine = ({ command, exit, ok, seconds }: RunDigest): Html =>
  html`<li><code>${command}</code> <span class="exit ${ok ? "good" : "bad"}">${exit}</span> <span class="muted">${duration(seconds)}</span></li>`;

const findingsList = (findings: readonly Finding[], shown: Shown): Html | "" =>
  findings.length === 0
    ? ""
    : html`<ul class="findings" aria-label="Findings">${findings.map(
        ({ severity, file, line: at, issue, fix }) =>
          html`<li><span class="severity ${severity}">${severity}</span> ${file == null ? "" : place(file, at ?? null, shown)} ${prose(issue)}${fix == null || fix === "" ? "" : html`<div class="fix">${prose(fix)}</div>`}</li>`,
      )}</ul>`;

const place = (path: string, at: number | null, shown: Shown): Html => {
  const sha = shown.task.head_sha;
  const url = sha === null ? null : fileUrl(shown, { sha, path, line: at });
  return outward(url, html`<code>${line(path)}${at === null ? "" : `:${at}`}</code>`);
};

const rejectionsBox = (shown: Shown): Html | "" => {
  const { rejections, task } = shown;
  if (rejections.length === 0) return "";
  return html`<section class="box" id="rejections"><h2>Rejections <span class="count">${rejections.length}${rejections.length === MOST_REJECTIONS ? "+" : ""}, ${plural(task.return_count, "return")}</span></h2>
<ol class="returns">${rejections.map(row => rejectionItem(row, shown))}</ol></section>`;
};

const rejectionItem = (row: RejectionRow, shown: Shown): Html => {
  const { actor, rejected_by, rejected_at, reason_category, reason_text, source, dealt_with } = row;
  const findings = row.findings.filter(({ issue }) => issue !== reason_text).slice(0, MOST_FINDINGS);
  return html`<li><p><b>${becameWords(row)}</b>${dealt_with ? "" : " (open)"} ${line(categoryWords(reason_category), 60)} by ${line(actor ?? rejected_by, 60)} ${outward(returnUrl(row, shown), when(rejected_at, shown.now))}</p>
${prose(shorten(rejectionReason(row), 2_000))}
${findings.length === 0 ? "" : html`<details id="findings-${source}"><summary>${plural(findings.length, "finding")}</summary>${findingsList(findings, shown)}</details>`}</li>`;
};

const MOST_FINDINGS = 50;

const costBox = ({ pipelines }: Shown): Html | "" => {
  const byRole = new Map<string, Cost>();
  for (const { digest } of pipelines.toReversed())
    for (const [role, cost] of digest.costs) {
      const before = byRole.get(role);
      byRole.set(role, before === undefined ? cost : sumOf([before, cost]));
    }
  if (byRole.size === 0) return "";
  const rows = [...byRole].sort(([, a], [, b]) => b.usd - a.usd);
  const total = sumOf(rows.map(([, cost]) => cost));
  return html`<section class="box" id="cost"><h2>Cost by role</h2><table><thead><tr><th scope="col">Role</th><th scope="col">Turns</th><th scope="col">Time</th><th scope="col">Cost</th></tr></thead><tbody>
${rows.map(([role, cost]) => costRow(line(role, 40), cost))}</tbody>${rows.length > 1 ? html`<tfoot>${costRow("all", total)}</tfoot>` : ""}</table>
<p class="muted pad">${tokens(total.usage.input + total.usage.cache_write)} tokens in, ${tokens(total.usage.cache_read)} from the cache, ${tokens(total.usage.output)} out</p></section>`;
};

const costRow = (role: string, cost: Cost): Html =>
  html`<tr><th scope="row">${role}</th><td>${cost.turns === 0 ? "" : cost.turns}</td><td>${duration(cost.seconds)}</td><td>${costCell(cost)}</td></tr>`;

/** Across everything the page shows, latest first; each line says which pipeline it belongs to. */
const story = ({ pipelines, rejections, now }: Shown): Html | "" => {
  const told = [
    ...pipelines.flatMap(({ record, digest }) =>
      digest.story.map(({ at, text }, order) => ({ at, order, text, of: `pipeline ${record.number}` })),
    ),
    ...rejections
      .filter(({ became }) => became === "returned")
      .map(row => ({
        at: row.rejected_at,
        order: MOST_LINES,
        text: `${becameWords(row)}: ${line(categoryWords(row.reason_category), 60)} by ${line(row.actor ?? row.rejected_by, 60)}`,
        of: "task",
      })),
  ]
    .sort((a, b) => (a.at === b.at ? b.order - a.order : a.at < b.at ? 1 : -1))
    .slice(0, MOST_LINES);
  if (told.length === 0) return "";
  const item = ({ at, text, of }: (typeof told)[number]) =>
    html`<li>${when(at, now)} <span>${pipelines.length > 1 ? html`<span class="muted">${of}</span> ` : ""}${text}</span></li>`;
  const rest = told.slice(FIRST_LINES);
  return html`<section class="box" id="story"><h2>Timeline</h2><ol class="story">${told.slice(0, FIRST_LINES).map(item)}</ol>
${rest.length === 0 ? "" : html`<details id="story-rest"><summary>${counted(rest.length, "earlier line")}</summary><ol class="story">${rest.map(item)}</ol></details>`}</section>`;
};
