// One pull request: its conversation, commits, checks and changed files.

import { notFound } from "../failure.ts";
import { type Commit, commitsOf } from "../git-read.ts";
import { filesOf } from "../pull-render.ts";
import type { Issue } from "../state.ts";
import { gitDirectory, must } from "../world.ts";
import { checksOfCommit, checkView, statusView } from "./check-pages.ts";
import { counts } from "./diff.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { commentForm, description, FOLLOW, issueAt, sidebar, statePill } from "./issue-pages.ts";
import { mergeBox, reviewers } from "./merge-box.ts";
import { empty, encodePath, person, plural } from "./parts.ts";
import { filesView, reviewForm } from "./review-form.ts";
import { commitRow, timeline } from "./timeline.ts";
import type { Page, RepositoryVisit } from "./visit.ts";

type Tab = "" | "/commits" | "/checks" | "/files";

export const conversation = pullPage("", async (visit, issue) => ({
  body: html`<div class="columns"><div>${description(visit, issue)}${await timeline(visit, issue)}${await mergeBox(visit, issue)}${commentForm(visit, issue)}</div>${sidebar(visit, issue, reviewers(visit, issue))}</div>`,
  follow: FOLLOW,
}));

export const pullCommits = pullPage("/commits", async (visit, issue) => {
  const commits = await commitsIn(visit, issue);
  return {
    body: html`<section class="timeline flat">${commits.map(commit => commitRow(visit, commit))}</section>`,
  };
});

export const pullChecks = pullPage("/checks", async (visit, issue) => {
  const { checks, statuses } = checksOfCommit(visit, must(issue.pull).headSha);
  const none = checks.length + statuses.length === 0;
  return {
    body: html`${none ? empty("No checks have been reported on the newest commit.") : null}${checks.map(check => checkView(visit, check))}${statuses.map(status => statusView(visit, status))}`,
    refresh: checks.some(check => check.status !== "completed"),
  };
});

export const pullFiles = pullPage("/files", async (visit, issue) => {
  const files = await filesOf(visit.world, visit.repository, issue);
  return { body: html`${filesView(visit, issue, files)}${reviewForm(visit, issue, files)}`, wide: true };
});

interface Inside {
  readonly body: Html;
  readonly refresh?: boolean;
  readonly follow?: number;
  readonly wide?: boolean;
}

function pullPage(
  tab: Tab,
  inside: (visit: RepositoryVisit, issue: Issue) => Promise<Inside>,
): (visit: RepositoryVisit) => Promise<Page | Response> {
  return async visit => {
    const issue = issueAt(visit);
    if (issue instanceof Response) return issue;
    if (issue.pull === null) throw notFound();
    const { body, refresh, follow, wide } = await inside(visit, issue);
    return {
      title: `${issue.title} · Pull request #${issue.number} · ${visit.home.slice(1)}`,
      tab: "pulls",
      body: html`${await head(visit, issue, tab)}${body}`,
      ...(refresh === true ? { refresh: 5 } : {}),
      ...(follow === undefined ? {} : { follow }),
      ...(wide === true ? { wide } : {}),
    };
  };
}

const commitsIn = (visit: RepositoryVisit, issue: Issue): Promise<Commit[]> => {
  const { baseSha, headSha } = must(issue.pull);
  const directory = gitDirectory(visit.world, visit.repository);
  return commitsOf(directory, ["--reverse", "-n", "250", `${baseSha}..${headSha}`]);
};

async function head(visit: RepositoryVisit, issue: Issue, current: Tab): Promise<Html> {
  const { home, world, repository } = visit;
  const pull = must(issue.pull);
  const [commits, files] = await Promise.all([commitsIn(visit, issue), filesOf(world, repository, issue)]);
  const branch = (name: string) =>
    html`<a class="branch" href="${home}/tree/${encodePath(name)}">${name}</a>`;
  const verb =
    pull.mergedAt !== null
      ? html`${person(world, pull.mergedBy ?? issue.authorId)} merged`
      : html`${person(world, issue.authorId)} wants to merge`;
  const said = repository.comments.filter(one => one.number === issue.number).length;
  const { checks, statuses } = checksOfCommit(visit, pull.headSha);
  const tab = (to: Tab, name: string, what: { text: string; count: number }) =>
    html`<a href="${home}/pull/${issue.number}${to}"${to === current ? html` class="current" aria-current="page"` : ""}>${icon(name)}${what.text}<span class="count">${what.count}</span></a>`;
  const total = (key: "additions" | "deletions") => files.reduce((sum, file) => sum + file[key], 0);
  return html`<div class="bar"><h1 class="subject">${issue.title} <span class="muted">#${issue.number}</span></h1></div>
<p class="under-title">${statePill(issue)} <span class="muted">${verb} ${plural(commits.length, "commit")} into ${branch(pull.baseRef)} from ${branch(pull.headRef)}</span></p>
<nav class="tabs inner" aria-label="Pull request">${tab("", "comment", { text: "Conversation", count: said })}${tab("/commits", "commit", { text: "Commits", count: commits.length })}${tab("/checks", "closed", { text: "Checks", count: checks.length + statuses.length })}${tab("/files", "file", { text: "Files changed", count: files.length })}<span class="push pad">${counts({ additions: total("additions"), deletions: total("deletions") })}</span></nav>`;
}
