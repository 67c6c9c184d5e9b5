// The code: a repository's first page, folders, files.

import { notFound } from "../failure.ts";
import { gitRaw } from "../git.ts";
import { objectContent } from "../git-batch.ts";
import { type Commit, commitOf, countCommits, listRefs, resolveCommit } from "../git-read.ts";
import { userOfEmail } from "../identity.ts";
import type { Issue, Repository } from "../state.ts";
import { gitDirectory, must, type World } from "../world.ts";
import { runRow } from "./action-pages.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { issueRow } from "./issue-pages.ts";
import { markdown } from "./markdown.ts";
import { ago, avatar, empty, encodePath, plural, short } from "./parts.ts";
import type { Page, RepositoryVisit } from "./visit.ts";

interface Entry {
  readonly type: string;
  readonly sha: string;
  readonly size: number;
  readonly name: string;
}

export async function homePage(visit: RepositoryVisit): Promise<Page> {
  const { repository, home, world } = visit;
  const ref = repository.defaultBranch;
  const sha = await resolveCommit(gitDirectory(world, repository), ref);
  const code =
    sha === null
      ? html`<section class="box">${empty("This repository has no commits yet.")}</section>`
      : await folderView(visit, { ref, sha, folder: "" });
  const open = (pulls: boolean): Issue[] =>
    repository.issues
      .filter(one => one.state === "open" && one.gone === null && (one.pull !== null) === pulls)
      .reverse();
  const list = (title: string, to: string, rows: readonly Html[]) =>
    html`<section class="box list compact"><header><b><a class="plain" href="${home}${to}">${title}</a></b></header>${rows.length === 0 ? empty("None.") : html`<ul>${rows}</ul>`}</section>`;
  const SHOWN = 5;
  return {
    title: home.slice(1),
    tab: "code",
    wide: true,
    body: html`<div class="columns"><div>${code}</div><aside class="roomy">
<section><h2>Clone</h2><input class="mono" readonly value="${world.links.origin}${home}.git" aria-label="Address to clone from"></section>
${list(
  "Open issues",
  "/issues",
  open(false)
    .slice(0, SHOWN)
    .map(one => issueRow(visit, one)),
)}
${list(
  "Open pull requests",
  "/pulls",
  open(true)
    .slice(0, SHOWN)
    .map(one => issueRow(visit, one)),
)}
${list(
  "Recent runs",
  "/actions",
  repository.runs
    .slice(-SHOWN)
    .reverse()
    .map(one => runRow(visit, one)),
)}</aside></div>`,
  };
}

interface Place {
  readonly ref: string;
  readonly sha: string;
  readonly folder: string;
}

async function folderView(visit: RepositoryVisit, at: Place): Promise<Html> {
  const { repository, home, world } = visit;
  const directory = gitDirectory(world, repository);
  const [entries, commit, count, branches] = await Promise.all([
    entriesOf(directory, at),
    commitOf(directory, at.sha),
    countCommits(directory, at.sha),
    listRefs(directory, "refs/heads"),
  ]);
  const tree = `${home}/tree/${encodePath(at.ref)}`;
  const link = (entry: Entry) => {
    const kind = entry.type === "tree" ? "tree" : "blob";
    const path = at.folder === "" ? entry.name : `${at.folder}/${entry.name}`;
    return `${home}/${kind}/${encodePath(at.ref)}/${encodePath(path)}`;
  };
  const up = at.folder.includes("/")
    ? `${tree}/${encodePath(at.folder.slice(0, at.folder.lastIndexOf("/")))}`
    : tree;
  return html`<div class="bar"><a class="branch" href="${tree}">${icon("branch")} ${at.ref}</a><a class="muted small" href="${home}/branches">${plural(branches.size, "branch").replace("branchs", "branches")}</a>${at.folder === "" ? null : path(visit, at)}</div>
<section class="box files"><header>${commit === null ? null : newest(visit, commit)}<a class="push small" href="${home}/commits/${encodePath(at.ref)}">${plural(count, "commit")}</a></header>
<ul>${at.folder === "" ? null : html`<li class="row"><a href="${up}">..</a></li>`}${entries.map(
    entry =>
      html`<li class="row">${icon(entry.type === "tree" ? "folder" : "file", entry.type === "tree" ? "note" : "muted")}<a class="grow" href="${link(entry)}">${entry.name}</a><span class="muted small">${entry.type === "blob" ? bytes(entry.size) : ""}</span></li>`,
  )}</ul></section>
${await readme(visit, entries, at)}`;
}

const bytes = (size: number): string =>
  size < 1024
    ? `${size} B`
    : size < 1_048_576
      ? `${(size / 1024).toFixed(1)} KB`
      : `${(size / 1_048_576).toFixed(1)} MB`;

function newest({ world, home }: RepositoryVisit, commit: Commit): Html {
  const user = userOfEmail(world, commit.author.email);
  return html`<span class="newest">${user === null ? null : avatar(user)} <b>${user?.login.replace(/\[bot\]$/, "") ?? commit.author.name}</b> <a class="plain" href="${home}/commit/${commit.sha}">${commit.message.split("\n")[0]}</a> <span class="muted small"><a class="sha" href="${home}/commit/${commit.sha}">${short(commit.sha)}</a> ${ago(world, commit.committer.date)}</span></span>`;
}

async function entriesOf(directory: string, { sha, folder }: Place): Promise<Entry[]> {
  const listed = await gitRaw(directory, ["ls-tree", "-z", "-l", folder === "" ? sha : `${sha}:${folder}`]);
  const entries = listed.stdout
    .toString("utf8")
    .split("\0")
    .flatMap(row => {
      const [, type, sha, size, name] = /^\d+ (\w+) (\w+) +(\S+)\t(.*)$/s.exec(row) ?? [];
      return type === undefined || sha === undefined || name === undefined
        ? []
        : [{ type, sha, size: Number(size) || 0, name }];
    });
  return entries.sort((a, b) =>
    a.type === b.type ? (a.name < b.name ? -1 : 1) : a.type === "tree" ? -1 : b.type === "tree" ? 1 : 0,
  );
}

async function readme(visit: RepositoryVisit, entries: readonly Entry[], at: Place): Promise<Html | null> {
  const found = entries.find(entry => /^readme(\.md)?$/i.test(entry.name) && entry.type === "blob");
  if (found === undefined) return null;
  const { world, repository } = visit;
  const text = (await blob(world, repository, found.sha)).toString("utf8");
  return html`<section class="box" id="readme"><header>${icon("book", "muted")} <b>${found.name}</b></header><div class="pad markdown">${markdown({ world, repository, file: { ref: at.ref, folder: at.folder } }, text)}</div></section>`;
}

const blob = async (world: World, repository: Repository, sha: string): Promise<Buffer> =>
  must(await objectContent(gitDirectory(world, repository), sha)).content;

function path({ home, repository }: RepositoryVisit, at: Place): Html {
  const names = at.folder === "" ? [] : at.folder.split("/");
  const tree = `${home}/tree/${encodePath(at.ref)}`;
  return html`<span class="trail"><a href="${tree}">${repository.name}</a>${names.map(
    (name, index) =>
      html` / <a href="${tree}/${encodePath(names.slice(0, index + 1).join("/"))}">${name}</a>`,
  )}</span>`;
}

interface Found {
  readonly ref: string;
  readonly sha: string;
  readonly path: string;
}

/** `main/src/a.js`, where the branch's name may contain slashes as well: the longest prefix that is a ref wins. */
export async function findRef(visit: RepositoryVisit, text: string): Promise<Found> {
  const directory = gitDirectory(visit.world, visit.repository);
  const names = text.split("/").filter(name => name !== "");
  for (let length = names.length; length > 0; length--) {
    const ref = names.slice(0, length).join("/");
    const sha = await resolveCommit(directory, ref);
    if (sha !== null) return { ref, sha, path: names.slice(length).join("/") };
  }
  throw notFound();
}

async function typeAt(visit: RepositoryVisit, at: Found): Promise<{ type: string; sha: string }> {
  if (at.path === "") return { type: "tree", sha: at.sha };
  const directory = gitDirectory(visit.world, visit.repository);
  const listed = await gitRaw(directory, ["ls-tree", "-z", at.sha, "--", at.path]);
  const [, type, sha] = /^\d+ (\w+) (\w+)\t/.exec(listed.stdout.toString("utf8")) ?? [];
  return { type: must(type), sha: must(sha) };
}

export async function treePage(visit: RepositoryVisit): Promise<Page | Response> {
  const at = await findRef(visit, must(visit.parts.rest));
  const { type } = await typeAt(visit, at);
  if (type !== "tree")
    return Response.redirect(new URL(visit.url.pathname.replace("/tree/", "/blob/"), visit.url), 302);
  return {
    title: `${at.path === "" ? at.ref : at.path} · ${visit.home.slice(1)}`,
    tab: "code",
    body: await folderView(visit, { ref: at.ref, sha: at.sha, folder: at.path }),
  };
}

const LARGEST = 1_000_000;

export async function blobPage(visit: RepositoryVisit): Promise<Page | Response> {
  const at = await findRef(visit, must(visit.parts.rest));
  const { type, sha } = await typeAt(visit, at);
  if (type === "tree")
    return Response.redirect(new URL(visit.url.pathname.replace("/blob/", "/tree/"), visit.url), 302);
  const content = type === "blob" ? await blob(visit.world, visit.repository, sha) : Buffer.alloc(0);
  const raw = `${visit.home}/raw/${encodePath(at.ref)}/${encodePath(at.path)}`;
  return {
    title: `${at.path} · ${visit.home.slice(1)}`,
    tab: "code",
    body: html`<div class="bar"><a class="branch" href="${visit.home}/tree/${encodePath(at.ref)}">${icon("branch")} ${at.ref}</a>${path(visit, { ref: at.ref, sha: at.sha, folder: at.path })}</div>
<section class="box file"><header><span class="muted small">${bytes(content.length)}</span><a class="button small push" href="${raw}">Raw</a></header>${contentView(visit, at, content)}</section>`,
  };
}

function contentView(visit: RepositoryVisit, at: Found, content: Buffer): Html {
  if (content.length > LARGEST) return empty("This file is too large to show.");
  if (content.subarray(0, 8000).includes(0)) return empty("This file is not text.");
  const text = content.toString("utf8");
  const { world, repository, url } = visit;
  if (/\.(md|markdown)$/i.test(at.path) && !url.searchParams.has("plain")) {
    const folder = at.path.split("/").slice(0, -1).join("/");
    return html`<div class="pad markdown">${markdown({ world, repository, file: { ref: at.ref, folder } }, text)}</div>`;
  }
  const lines = text.replace(/\n$/, "").split("\n");
  return html`<div class="scroll"><table class="diff">${lines.map(
    (line, index) =>
      html`<tr class="same" id="L${index + 1}"><td class="number"><a href="#L${index + 1}">${index + 1}</a></td><td class="source">${line}</td></tr>`,
  )}</table></div>`;
}

/** Always as plain text: nothing in a repository may run here. */
export async function rawFile(visit: RepositoryVisit): Promise<Response> {
  const at = await findRef(visit, must(visit.parts.rest));
  const { type, sha } = await typeAt(visit, at);
  if (type !== "blob") throw notFound();
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  };
  return new Response(new Uint8Array(await blob(visit.world, visit.repository, sha)), { headers });
}
