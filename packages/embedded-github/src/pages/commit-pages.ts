// Commits: the list, one with its diff, comparing two, and opening a pull request from there.

import { changes } from "../commit-render.ts";
import { notFound } from "../failure.ts";
import { git } from "../git.ts";
import { commitOf, commitsOf, listRefs, mergeBase, resolveCommit } from "../git-read.ts";
import { userOfEmail } from "../identity.ts";
import { startOf } from "../pull-render.ts";
import { gitDirectory, must } from "../world.ts";
import { findRef } from "./code-pages.ts";
import { diffView } from "./diff.ts";
import { html } from "./html.ts";
import { icon } from "./icons.ts";
import { issueAt } from "./issue-pages.ts";
import { ago, avatar, button, empty, encodePath, short, textarea } from "./parts.ts";
import { commitRow } from "./timeline.ts";
import { type Deeds, field, type Page, type RepositoryVisit, text } from "./visit.ts";

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const SHOWN = 100;

export async function commitsPage(visit: RepositoryVisit): Promise<Page> {
  const { world, repository, parts } = visit;
  const at = await findRef(visit, parts.rest ?? repository.defaultBranch);
  const commits = await commitsOf(gitDirectory(world, repository), ["-n", String(SHOWN), at.sha]);
  return {
    title: `Commits · ${visit.home.slice(1)}`,
    tab: "code",
    body: html`<div class="bar"><h1>Commits</h1><span class="branch">${icon("branch")} ${at.ref}</span></div><section class="timeline flat">${commits.map(commit => commitRow(visit, commit))}</section>`,
  };
}

export async function branchesPage(visit: RepositoryVisit): Promise<Page> {
  const { world, repository, home } = visit;
  const heads = [...(await listRefs(gitDirectory(world, repository), "refs/heads"))].map(([ref, sha]) => ({
    name: ref.replace("refs/heads/", ""),
    sha,
  }));
  return {
    title: `Branches · ${home.slice(1)}`,
    tab: "code",
    body: html`<h1>Branches</h1><section class="box list"><ul>${heads.map(({ name, sha }) => {
      const pull = repository.issues.findLast(issue => issue.pull?.headRef === name);
      return html`<li class="row">${icon("branch", "muted")}<a class="grow" href="${home}/tree/${encodePath(name)}">${name}</a>${name === repository.defaultBranch ? html`<span class="tag">default</span>` : null}${pull === undefined ? null : html`<a href="${home}/pull/${pull.number}">#${pull.number}</a>`}<a class="sha" href="${home}/commit/${sha}">${short(sha)}</a></li>`;
    })}</ul></section>`,
  };
}

export async function commitPage(visit: RepositoryVisit): Promise<Page> {
  const { world, repository, home, parts } = visit;
  const directory = gitDirectory(world, repository);
  const sha = await resolveCommit(directory, must(parts.sha));
  if (sha === null) throw notFound();
  const commit = must(await commitOf(directory, sha));
  const [subject = "", ...rest] = commit.message.split("\n");
  const user = userOfEmail(world, commit.author.email);
  const files = await changes(world, repository, commit.parents[0] ?? EMPTY_TREE, sha);
  return {
    title: `${subject} · ${short(sha)} · ${home.slice(1)}`,
    tab: "code",
    wide: true,
    body: html`<section class="box"><header><h1 class="small-title">${subject}</h1></header><div class="pad">${rest.join("\n").trim() === "" ? null : html`<pre class="message">${rest.join("\n").trim()}</pre>`}<p>${user === null ? null : avatar(user)} <b>${user?.login ?? commit.author.name}</b> <span class="muted">committed ${ago(world, commit.committer.date)}</span>${repository.verified.includes(sha) ? html` <span class="tag good">Verified</span>` : null}</p>
<p class="muted small">${commit.parents.length === 0 ? "No parent" : html`Parent ${commit.parents.map(parent => html`<a class="sha" href="${home}/commit/${parent}">${short(parent)}</a> `)}`} · commit <code>${sha}</code> · <a href="${home}/tree/${sha}">browse files</a></p></div></section>${diffView(files, { fileHref: file => `${home}/blob/${sha}/${encodePath(file.path)}` })}`,
  };
}

export async function comparePage(visit: RepositoryVisit): Promise<Page> {
  const { world, repository, home, parts } = visit;
  const directory = gitDirectory(world, repository);
  const [from, to] = sides(visit);
  const heads = [...(await listRefs(directory, "refs/heads")).keys()].map(ref =>
    ref.replace("refs/heads/", ""),
  );
  const choose = html`<form class="bar" method="get" action="${home}/compare">${picker("base", from, heads)}<span class="muted">←</span>${picker("head", to, heads)}<button class="button">Compare</button></form>`;
  const page = (body: ReturnType<typeof html>): Page => ({
    title: `Compare ${parts.range ?? ""} · ${home.slice(1)}`,
    tab: "code",
    wide: true,
    body: html`<h1>Compare changes</h1>${choose}${body}`,
  });
  if (to === "") return page(empty("Choose two branches."));
  const [base, head] = await Promise.all([resolveCommit(directory, from), resolveCommit(directory, to)]);
  if (base === null || head === null) throw notFound();
  const start = await mergeBase(directory, base, head);
  if (start === null) return page(empty("The two have no commit in common."));
  const [commits, files] = await Promise.all([
    commitsOf(directory, ["--reverse", "-n", String(SHOWN), `${base}..${head}`]),
    changes(world, repository, start, head),
  ]);
  if (commits.length === 0) return page(empty(`${from} has everything that ${to} has.`));
  return page(html`${heads.includes(from) && heads.includes(to) ? openForm(visit, { from, to, subject: commits[0]?.message.split("\n")[0] ?? to }) : null}
<section class="timeline flat">${commits.map(commit => commitRow(visit, commit))}</section>${diffView(files, { fileHref: file => `${home}/blob/${head}/${encodePath(file.path)}` })}`);
}

function sides({ parts, url, repository, typed }: RepositoryVisit): [string, string] {
  const [from, to] = (parts.range ?? "").split(/\.{2,3}/);
  const bare = (name: string | null | undefined): string => (name ?? "").replace(/^[^:]+:/, "");
  const base = bare(to === undefined ? (typed.get("base") ?? url.searchParams.get("base")) : from);
  return [
    base === "" ? repository.defaultBranch : base,
    bare(to ?? typed.get("head") ?? url.searchParams.get("head") ?? from),
  ];
}

const picker = (name: string, current: string, heads: readonly string[]) =>
  html`<label class="pick"><span class="muted">${name}</span> <select name="${name}">${[
    ...new Set([...heads, ...(current === "" ? [] : [current])]),
  ].map(head => html`<option${head === current ? html` selected` : ""}>${head}</option>`)}</select></label>`;

function openForm(visit: RepositoryVisit, what: { from: string; to: string; subject: string }) {
  const open = visit.repository.issues.find(
    issue => issue.state === "open" && issue.pull?.headRef === what.to && issue.pull.baseRef === what.from,
  );
  if (open !== undefined)
    return html`<p class="box pad">There is a pull request for this: <a href="${visit.home}/pull/${open.number}">${open.title} #${open.number}</a></p>`;
  return html`<details class="box dispatch"${visit.typed.has("title") ? html` open` : ""}><summary>Open a pull request</summary><form class="pad" method="post" action="${visit.home}/compare">
<input type="hidden" name="base" value="${what.from}"><input type="hidden" name="head" value="${what.to}">
<label class="field"><span>Title</span><input name="title" value="${visit.typed.get("title") ?? what.subject}" required maxlength="256"></label>
${textarea("body", visit.typed.get("body") ?? "", { label: "Description (Markdown)" })}
<label class="check"><input type="checkbox" name="draft" value="true"><span>As a draft</span></label>
<div class="buttons">${button("open", "Create pull request", { kind: "primary" })}</div></form></details>`;
}

export const compareDeeds: Deeds<RepositoryVisit> = {
  open: async visit => {
    const { body } = await visit.actHere("POST", "/pulls", {
      title: field(visit, "title"),
      body: text(visit, "body"),
      base: field(visit, "base"),
      head: field(visit, "head"),
      draft: visit.typed.get("draft") === "true",
    });
    return `${visit.home}/pull/${(body as { number: number }).number}`;
  },
};

/** `/pull/2.diff` and `.patch` */
export async function pullText(visit: RepositoryVisit): Promise<Response> {
  const issue = issueAt(visit);
  if (issue instanceof Response) return issue;
  if (issue.pull === null) throw notFound();
  return plainText(visit, await startOf(visit.world, visit.repository, issue), issue.pull.headSha);
}

/** `/compare/main...topic.diff` and `.patch` */
export async function compareText(visit: RepositoryVisit): Promise<Response> {
  const directory = gitDirectory(visit.world, visit.repository);
  const [from, to] = sides(visit);
  const [base, head] = await Promise.all([resolveCommit(directory, from), resolveCommit(directory, to)]);
  if (base === null || head === null) throw notFound();
  return plainText(visit, must(await mergeBase(directory, base, head)), head);
}

async function plainText(visit: RepositoryVisit, from: string, to: string): Promise<Response> {
  const args =
    visit.parts.kind === "diff" ? ["diff", from, to] : ["format-patch", "--stdout", `${from}..${to}`];
  const text = await git(gitDirectory(visit.world, visit.repository), args);
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return new Response(`${text}\n`, { headers });
}
