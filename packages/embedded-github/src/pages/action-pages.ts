// Actions: the workflows, a form that dispatches one, and the runs.

import { notFound } from "../failure.ts";
import { latestAttempt } from "../run-render.ts";
import type { Run } from "../state.ts";
import { type WorkflowFile, workflowsOf } from "../workflows.ts";
import { type Html, html } from "./html.ts";
import { ago, button, deed, empty, encodePath, lasted, person, verdict, words } from "./parts.ts";
import { type Deeds, field, type Page, type RepositoryVisit } from "./visit.ts";

type Found = Awaited<ReturnType<typeof workflowsOf>>[number];

export function runRow(visit: RepositoryVisit, run: Run): Html {
  const { world, home } = visit;
  const attempt = latestAttempt(run);
  const time =
    attempt.status === "completed"
      ? lasted(attempt.startedAt, attempt.updatedAt)
      : words(attempt.status, null);
  return html`<li class="row">${verdict(attempt.status, attempt.conclusion)}<div class="grow"><a class="title" href="${home}/actions/runs/${run.id}">${run.title}</a><div class="muted small">${run.name} #${run.number} · by ${person(world, run.actorId)} on <span class="branch">${run.ref.replace(/^refs\/(heads|tags)\//, "")}</span>${run.attempts.length > 1 ? html` · attempt ${run.attempts.length}` : null}</div></div><div class="muted small right">${ago(world, attempt.createdAt)}<br>${time}</div></li>`;
}

const fileName = (found: Found): string => found.row.path.split("/").at(-1) ?? "";

export async function actionsPage(visit: RepositoryVisit): Promise<Page> {
  const { home, repository, world, parts } = visit;
  const workflows = await workflowsOf(world, repository);
  const chosen = parts.file === undefined ? null : workflows.find(one => fileName(one) === parts.file);
  if (chosen === undefined) throw notFound();
  const runs = repository.runs.filter(run => chosen === null || run.workflowId === chosen.row.id).reverse();
  const link = (to: string, text: string, current: boolean) =>
    html`<li><a href="${home}/actions${to}"${current ? html` class="current" aria-current="page"` : ""}>${text}</a></li>`;
  const busy = runs.some(run => latestAttempt(run).status !== "completed");
  return {
    title: `${chosen === null ? "Actions" : chosen.file.name} · ${home.slice(1)}`,
    tab: "actions",
    body: html`<div class="columns left"><nav class="side" aria-label="Workflows"><h2>Actions</h2><ul class="plain">${link("", "All workflows", chosen === null)}${workflows.map(
      one => link(`/workflows/${encodeURIComponent(fileName(one))}`, one.file.name, one === chosen),
    )}</ul></nav><div>
<div class="bar"><h1>${chosen === null ? "All workflows" : chosen.file.name}</h1>${chosen === null ? null : workflowSwitch(visit, chosen)}</div>
${chosen === null ? null : dispatchForm(visit, chosen)}
<section class="box list"><header>${runs.length} workflow run${runs.length === 1 ? "" : "s"}</header>${runs.length === 0 ? empty("No runs yet.") : html`<ul>${runs.slice(0, 100).map(run => runRow(visit, run))}</ul>`}</section></div></div>`,
    ...(busy && chosen === null ? { refresh: 5 } : {}),
  };
}

function workflowSwitch({ home, repository }: RepositoryVisit, found: Found): Html {
  const to = `${home}/actions/workflows/${encodeURIComponent(fileName(found))}`;
  const active = found.row.state === "active";
  return html`<a class="small" href="${home}/blob/${encodePath(repository.defaultBranch)}/${encodePath(found.row.path)}">${fileName(found)}</a>${active ? null : html`<span class="tag warn">disabled</span>`}<span class="push">${deed(to, active ? "disable" : "enable", { text: active ? "Disable workflow" : "Enable workflow" })}</span>`;
}

function dispatchForm(visit: RepositoryVisit, found: Found): Html | null {
  const { inputs } = found.file;
  if (inputs === null) return null;
  const { home, repository } = visit;
  const to = `${home}/actions/workflows/${encodeURIComponent(fileName(found))}`;
  const ref = visit.typed.get("ref") ?? repository.defaultBranch;
  return html`<details class="box dispatch"${visit.typed.has("ref") ? html` open` : ""}><summary>Run workflow</summary><form class="pad" method="post" action="${to}">
<label class="field"><span>Use workflow from (branch or tag)</span><input name="ref" value="${ref}" required></label>
${Object.entries(inputs).map(([name, input]) => inputField(visit, name, input))}
<div class="buttons">${button("dispatch", "Run workflow", { kind: "primary" })}</div></form></details>`;
}

type Input = NonNullable<WorkflowFile["inputs"]>[string];

function inputField(visit: RepositoryVisit, name: string, input: Input): Html {
  const key = `input-${name}`;
  const value = visit.typed.get(key) ?? input.default ?? "";
  const text = html`<span><code>${name}</code>${input.required ? html` <b class="bad" title="required">*</b>` : null} <span class="muted">${input.description ?? ""}</span></span>`;
  if (input.type === "boolean")
    return html`<label class="check">${html`<input type="checkbox" name="${key}" value="true"${value === "true" ? html` checked` : ""}>`}${text}</label>`;
  if (input.type === "choice")
    return html`<label class="field">${text}<select name="${key}">${input.options.map(
      option => html`<option${option === value ? html` selected` : ""}>${option}</option>`,
    )}</select></label>`;
  return html`<label class="field">${text}<input name="${key}" value="${value}"${input.required ? html` required` : ""}></label>`;
}

const workflow = (visit: RepositoryVisit, tail: string): string =>
  `/actions/workflows/${encodeURIComponent(visit.parts.file ?? "")}${tail}`;

const setState =
  (tail: "/enable" | "/disable") =>
  async (visit: RepositoryVisit): Promise<string> => {
    await visit.actHere("PUT", workflow(visit, tail));
    return visit.url.pathname;
  };

export const workflowDeeds: Deeds<RepositoryVisit> = {
  enable: setState("/enable"),
  disable: setState("/disable"),
  dispatch: async visit => {
    const found = (await workflowsOf(visit.world, visit.repository)).find(
      one => fileName(one) === visit.parts.file,
    );
    const inputs = Object.entries(found?.file.inputs ?? {}).flatMap(([name, input]) => {
      const value = field(visit, `input-${name}`);
      if (input.type === "boolean") return [[name, value === "" ? "false" : value]];
      return value === "" ? [] : [[name, value]];
    });
    const { body } = await visit.actHere("POST", workflow(visit, "/dispatches"), {
      ref: field(visit, "ref"),
      inputs: Object.fromEntries(inputs),
      return_run_details: true,
    });
    return `${visit.home}/actions/runs/${(body as { workflow_run_id: number }).workflow_run_id}`;
  },
};
