// The list of issues (and of pull requests), a new issue, and one issue with everything that can be done to it.

import { notFound } from "../failure.ts";
import { closingReferences } from "../issue-changes.ts";
import { labelNamed, labelsOf } from "../labels.ts";
import type { Issue } from "../state.ts";
import { htmlUrl, repositoryById } from "../world.ts";
import { boxDeeds } from "./boxes.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { ago, button, empty, labelTag, person, plural, textarea } from "./parts.ts";
import { reactions, saidBox, timeline } from "./timeline.ts";
import { type Deeds, field, type Page, type RepositoryVisit, text } from "./visit.ts";

export const stateIcon = (issue: Issue): Html => {
  const { pull } = issue;
  if (pull === null)
    return issue.state === "open"
      ? icon("issue", "good", "Open")
      : icon("closed", issue.stateReason === "not_planned" ? "muted" : "done", "Closed");
  if (pull.mergedAt !== null) return icon("merged", "done", "Merged");
  if (issue.state === "closed") return icon("refused", "bad", "Closed");
  return pull.draft ? icon("draft", "muted", "Draft") : icon("pull", "good", "Open");
};

export const statePill = (issue: Issue): Html => {
  const merged = issue.pull !== null && issue.pull.mergedAt !== null;
  const word = merged ? "Merged" : issue.state === "closed" ? "Closed" : issue.pull?.draft ? "Draft" : "Open";
  const tone = merged
    ? "done"
    : issue.state === "open"
      ? issue.pull?.draft
        ? "muted"
        : "good"
      : issue.pull === null
        ? "done"
        : "bad";
  const name =
    issue.pull === null
      ? issue.state === "open"
        ? "issue"
        : "closed"
      : merged
        ? "merged"
        : issue.pull.draft
          ? "draft"
          : "pull";
  return html`<span class="pill ${tone}">${icon(name)}${word}</span>`;
};

export const issueHref = (home: string, issue: Issue): string =>
  `${home}/${issue.pull === null ? "issues" : "pull"}/${issue.number}`;

export function issueRow(visit: RepositoryVisit, issue: Issue): Html {
  const { world, repository, home } = visit;
  const said = repository.comments.filter(one => one.number === issue.number).length;
  const list = issue.pull === null ? "issues" : "pulls";
  return html`<li class="row">${stateIcon(issue)}<div class="grow"><a class="title" href="${issueHref(home, issue)}">${issue.title}</a> ${labelsOf(
    repository,
    issue,
  ).map(
    label => html`<a href="${home}/${list}?label=${encodeURIComponent(label.name)}">${labelTag(label)}</a> `,
  )}<div class="muted small">#${issue.number} opened ${ago(world, issue.createdAt)} by ${person(world, issue.authorId)}${issue.pull?.draft && issue.state === "open" ? " · Draft" : ""}</div></div>${
    said === 0 ? null : html`<span class="muted small replies">${icon("comment")}${said}</span>`
  }</li>`;
}

export function issueList(visit: RepositoryVisit, pulls: boolean): Page {
  const { repository, home, url } = visit;
  const wanted = url.searchParams.get("state") === "closed" ? "closed" : "open";
  const name = url.searchParams.get("label");
  const label = name === null ? undefined : labelNamed(repository, name);
  const all = repository.issues.filter(
    issue =>
      issue.gone === null &&
      (issue.pull !== null) === pulls &&
      (name === null || (label !== undefined && issue.labels.includes(label.id))),
  );
  const rows = all.filter(issue => issue.state === wanted).reverse();
  const base = `${home}/${pulls ? "pulls" : "issues"}`;
  const query = name === null ? "" : `&label=${encodeURIComponent(name)}`;
  const choice = (state: string) =>
    html`<a href="${base}?state=${state}${query}"${state === wanted ? html` class="strong" aria-current="true"` : ""}>${all.filter(issue => issue.state === state).length} ${state === "open" ? "Open" : "Closed"}</a>`;
  const what = pulls ? "pull requests" : "issues";
  return {
    title: `${pulls ? "Pull requests" : "Issues"} · ${home.slice(1)}`,
    tab: pulls ? "pulls" : "issues",
    follow: FOLLOW,
    body: html`<div class="bar"><h1>${pulls ? "Pull requests" : "Issues"}</h1>${
      name === null
        ? null
        : html`<span>${label === undefined ? name : labelTag(label)} <a class="small" href="${base}">show all</a></span>`
    }<span class="push">${pulls ? html`<a class="button primary" href="${home}/compare">New pull request</a>` : html`<a class="button primary" href="${home}/issues/new">New issue</a>`}</span></div>
<section class="box list"><header class="choices">${choice("open")}${choice("closed")}</header>${
      rows.length === 0
        ? empty(`No ${wanted} ${what}.`)
        : html`<ul>${rows.map(issue => issueRow(visit, issue))}</ul>`
    }</section>`,
  };
}

export function newIssue(visit: RepositoryVisit): Page {
  const { home, repository, url } = visit;
  const given = (name: string) => visit.typed.get(name) ?? url.searchParams.get(name) ?? "";
  return {
    title: `New issue · ${home.slice(1)}`,
    tab: "issues",
    body: html`<h1>New issue</h1><form class="box pad" method="post" action="${home}/issues/new">
<label class="field"><span>Title</span><input name="title" value="${given("title")}" required maxlength="256"></label>
${textarea("body", given("body"), { rows: 12, label: "Description (Markdown)" })}
${
  repository.labels.length === 0
    ? null
    : html`<fieldset class="checks"><legend>Labels</legend>${repository.labels.map(
        label =>
          html`<label><input type="checkbox" name="label" value="${label.name}">${labelTag(label)}</label>`,
      )}</fieldset>`
}
<div class="buttons">${button("create", "Create issue", { kind: "primary" })}</div></form>`,
  };
}

export const newIssueDeeds: Deeds<RepositoryVisit> = {
  create: async visit => {
    const { body } = await visit.actHere("POST", "/issues", {
      title: field(visit, "title"),
      body: text(visit, "body"),
      labels: visit.typed.getAll("label"),
    });
    return `${visit.home}/issues/${(body as { number: number }).number}`;
  },
};

/** In seconds; short, so that others' changes show soon. */
export const FOLLOW = 2;

/** The issue or pull request at this address; redirects if it was transferred. */
export function issueAt(visit: RepositoryVisit): Issue | Response {
  const { world, repository, parts } = visit;
  const issue = repository.issues.find(one => one.number === Number(parts.number));
  if (issue === undefined || issue.gone === "deleted") throw notFound();
  if (issue.gone === null) return issue;
  const target = repositoryById(world, issue.gone.repositoryId);
  return Response.redirect(`${htmlUrl(world, target)}/issues/${issue.gone.number}`, 302);
}

export async function issuePage(visit: RepositoryVisit): Promise<Page | Response> {
  const found = issueAt(visit);
  if (found instanceof Response) return found;
  const { home, world } = visit;
  if (found.pull !== null) return Response.redirect(new URL(issueHref(home, found), visit.url), 302);
  const said = visit.repository.comments.filter(one => one.number === found.number).length;
  return {
    title: `${found.title} · Issue #${found.number} · ${home.slice(1)}`,
    tab: "issues",
    follow: FOLLOW,
    body: html`<div class="bar"><h1 class="subject">${found.title} <span class="muted">#${found.number}</span></h1><a class="button push" href="${home}/issues/new">New issue</a></div>
<p class="under-title">${statePill(found)} <span class="muted">${person(world, found.authorId)} opened this issue ${ago(world, found.createdAt)} · ${plural(said, "comment")}</span></p>
<div class="columns"><div>${description(visit, found)}${await timeline(visit, found)}${commentForm(visit, found)}</div>${sidebar(visit, found)}</div>`,
  };
}

export const description = (visit: RepositoryVisit, issue: Issue): Html =>
  saidBox(visit, issue, {
    id: "description",
    authorId: issue.authorId,
    at: issue.createdAt,
    verb: "opened",
    text: issue.body,
    written: { of: "description", authorId: issue.authorId, editedAt: issue.editedAt },
    foot: reactions(visit, `issue:${issue.id}`),
  });

export function commentForm(visit: RepositoryVisit, issue: Issue): Html {
  const what = issue.pull === null ? "issue" : "pull request";
  const merged = issue.pull?.mergedAt ?? null;
  const toggle =
    merged !== null
      ? null
      : issue.state === "open"
        ? html`${button("close", `Close ${what}`)}${issue.pull === null ? button("not-planned", "Close as not planned") : null}`
        : button("reopen", `Reopen ${what}`);
  return html`<form class="box pad comment-form" method="post" action="${issueHref(visit.home, issue)}">
${issue.locked ? html`<p class="muted">${icon("lock")} This conversation is locked.</p>` : null}
${textarea("body", visit.typed.get("to") === null ? (visit.typed.get("body") ?? "") : "", { label: "Add a comment (Markdown)" })}
<div class="buttons">${toggle}${button("comment", "Comment", { kind: "primary" })}</div></form>`;
}

const part = (title: string, body: Html): Html => html`<section><h2>${title}</h2>${body}</section>`;
const nothing = html`<span class="muted small">None yet</span>`;

export function sidebar(visit: RepositoryVisit, issue: Issue, more: Html | null = null): Html {
  const { home, repository, world } = visit;
  const to = issueHref(home, issue);
  const mine = labelsOf(repository, issue);
  const others = repository.labels.filter(label => !mine.includes(label));
  return html`<aside>${more}${part("Assignees", issue.assignees.length === 0 ? nothing : html`${issue.assignees.map(id => html`<div>${person(world, id)}</div>`)}`)}
${part(
  "Labels",
  html`${
    mine.length === 0
      ? nothing
      : html`<ul class="plain">${mine.map(
          label =>
            html`<li><form class="inline" method="post" action="${to}"><input type="hidden" name="label" value="${label.name}">${labelTag(label)} <button class="quiet" name="do" value="unlabel" title="Remove the label ${label.name}" aria-label="Remove the label ${label.name}">×</button></form></li>`,
        )}</ul>`
  }
<form class="add" method="post" action="${to}"><input name="label" list="labels" placeholder="Add a label" aria-label="Label" required autocomplete="off"><datalist id="labels">${others.map(label => html`<option value="${label.name}">`)}</datalist>${button("label", "Add")}</form>`,
)}${linked(visit, issue)}</aside>`;
}

/** The other half of the link: pull requests that close this issue, or issues that this pull request closes. */
function linked(visit: RepositoryVisit, issue: Issue): Html {
  const { repository, home } = visit;
  const closes = (pull: Issue): Issue[] =>
    closingReferences({ ...visit, user: visit.viewer, appId: null }, `${pull.title}\n${pull.body ?? ""}`);
  const found =
    issue.pull === null
      ? repository.issues.filter(one => one.pull !== null && one.gone === null && closes(one).includes(issue))
      : closes(issue);
  const list = html`<ul class="plain">${found.map(
    one =>
      html`<li class="linked">${stateIcon(one)} <a href="${issueHref(home, one)}">${one.title}</a> <span class="muted">#${one.number}</span></li>`,
  )}</ul>`;
  return part("Development", found.length === 0 ? nothing : list);
}

const here = (visit: RepositoryVisit, tail = ""): string => `/issues/${visit.parts.number}${tail}`;
const back = (visit: RepositoryVisit): string => visit.url.pathname;

const setState =
  (state: string, reason?: string) =>
  async (visit: RepositoryVisit): Promise<string> => {
    if (text(visit, "body").trim() !== "")
      await visit.actHere("POST", here(visit, "/comments"), { body: text(visit, "body") });
    await visit.actHere("PATCH", here(visit), {
      state,
      ...(reason === undefined ? {} : { state_reason: reason }),
    });
    return back(visit);
  };

export const issueDeeds: Deeds<RepositoryVisit> = {
  ...boxDeeds,
  comment: async visit => {
    const { body } = await visit.actHere("POST", here(visit, "/comments"), { body: text(visit, "body") });
    return `${back(visit)}#issuecomment-${(body as { id: number }).id}`;
  },
  close: setState("closed"),
  "not-planned": setState("closed", "not_planned"),
  reopen: setState("open"),
  label: async visit => {
    await visit.actHere("POST", here(visit, "/labels"), { labels: [field(visit, "label")] });
    return back(visit);
  },
  unlabel: async visit => {
    await visit.actHere("DELETE", here(visit, `/labels/${encodeURIComponent(field(visit, "label"))}`));
    return back(visit);
  },
};
