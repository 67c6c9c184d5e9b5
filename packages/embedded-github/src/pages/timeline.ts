// What happened on an issue or a pull request, in order: comments, reviews, commits, and the small changes.

import { association } from "../access.ts";
import { type Commit, commitsOf } from "../git-read.ts";
import { userOfEmail } from "../identity.ts";
import type { Comment, Issue, Review, TimelineEvent } from "../state.ts";
import { gitDirectory, userById } from "../world.ts";
import { boxesForm, boxesOf, placesOfBoxes, type Written } from "./boxes.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { ago, avatar, labelTag, person, rendered, short, userPath } from "./parts.ts";
import { threadsOf, threadView } from "./threads.ts";
import type { RepositoryVisit } from "./visit.ts";

interface Entry {
  readonly at: string;
  readonly id: number;
  readonly body: Html;
}

export async function timeline(visit: RepositoryVisit, issue: Issue): Promise<Html> {
  const { repository } = visit;
  const mine = <T extends { readonly number: number }>(rows: readonly T[]) =>
    rows.filter(row => row.number === issue.number);
  const entries: Entry[] = [
    ...mine(repository.comments).map(one => ({
      at: one.createdAt,
      id: one.id,
      body: comment(visit, issue, one),
    })),
    ...mine(repository.timeline).flatMap(one => eventEntry(visit, one)),
    ...mine(repository.reviews)
      .filter(one => one.submittedAt !== null || one.authorId === visit.viewer.id)
      .map(one => ({ at: one.submittedAt ?? "9999", id: one.id, body: review(visit, issue, one) })),
    ...(await commitEntries(visit, issue)),
  ];
  entries.sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
  return html`<div class="timeline">${entries.map(entry => entry.body)}</div>`;
}

export interface Said {
  readonly id: string;
  readonly authorId: number;
  readonly at: string;
  readonly edited?: boolean;
  readonly verb?: string;
  readonly minimized?: string | null;
  readonly text: string | null;
  /** Set if its boxes can be ticked. */
  readonly written?: Written;
  readonly foot?: Html;
}

/** A box with a heading that says who wrote it. */
export function saidBox(visit: RepositoryVisit, issue: Issue, said: Said): Html {
  const { world, repository } = visit;
  const author = userById(world, said.authorId);
  const role = association(repository, author);
  const boxes =
    said.written === undefined || placesOfBoxes(said.text ?? "").length === 0
      ? null
      : boxesOf(visit, said.written);
  const body = rendered({ world, repository, boxes }, said.text);
  const hidden = said.minimized ?? null;
  return html`<article class="said" id="${said.id}">
<a class="face" href="${userPath(author)}">${avatar(author, 40)}</a>
<div class="box${author.id === visit.viewer.id ? " own" : ""}">
<header>${person(world, said.authorId)} <span class="muted">${said.verb ?? "commented"} <a class="muted" href="#${said.id}">${ago(world, said.at)}</a>${said.edited ? " · edited" : ""}</span>
<span class="badges">${author.id === issue.authorId && said.id !== "description" ? html`<span class="tag">Author</span>` : null}${role === "NONE" ? null : html`<span class="tag">${role === "OWNER" ? "Owner" : "Collaborator"}</span>`}</span></header>
${hidden === null ? body : html`<details class="hidden"><summary>This comment was hidden: ${hidden.toLowerCase().replace("_", " ")}</summary>${body}</details>`}
${said.written === undefined || boxes === null ? null : boxesForm(visit, said.written)}${said.foot ?? null}
</div></article>`;
}

const comment = (visit: RepositoryVisit, issue: Issue, one: Comment): Html =>
  saidBox(visit, issue, {
    id: `issuecomment-${one.id}`,
    authorId: one.authorId,
    at: one.createdAt,
    edited: one.updatedAt !== one.createdAt,
    minimized: one.minimized,
    text: one.body,
    written: { of: one.id, authorId: one.authorId, editedAt: one.editedAt },
    foot: reactions(visit, `comment:${one.id}`),
  });

const FACES: Readonly<Record<string, string>> = {
  "+1": "👍",
  "-1": "👎",
  laugh: "😄",
  hooray: "🎉",
  confused: "😕",
  heart: "❤️",
  rocket: "🚀",
  eyes: "👀",
};

export function reactions({ repository, world }: RepositoryVisit, subject: string): Html {
  const mine = repository.reactions.filter(one => one.subject === subject);
  if (mine.length === 0) return html``;
  const shown = Object.entries(FACES).flatMap(([content, face]) => {
    const given = mine.filter(one => one.content === content);
    const names = given.map(one => userById(world, one.userId).login).join(", ");
    return given.length === 0
      ? []
      : [html`<span class="reaction" title="${names}">${face} ${given.length}</span>`];
  });
  return html`<div class="reactions">${shown}</div>`;
}

const row = (what: { icon: string; tone?: string; body: Html }): Html =>
  html`<div class="event"><span class="bullet ${what.tone ?? ""}">${icon(what.icon)}</span><div>${what.body}</div></div>`;

type More = Readonly<Record<string, unknown>>;
const login = (value: unknown): string => String((value as { login?: unknown } | undefined)?.login ?? "");

const EVENTS: Readonly<
  Record<string, (more: More, visit: RepositoryVisit) => { icon: string; tone?: string; text: Html } | null>
> = {
  labeled: more => ({
    icon: "tag",
    text: html`added the ${labelTag(more.label as { name: string; color: string })} label`,
  }),
  unlabeled: more => ({
    icon: "tag",
    text: html`removed the ${labelTag(more.label as { name: string; color: string })} label`,
  }),
  closed: more => ({
    icon: "closed",
    tone: "done",
    text: html`closed this${more.state_reason ? html` as <b>${String(more.state_reason).replace("_", " ")}</b>` : ""}`,
  }),
  reopened: () => ({ icon: "issue", tone: "good", text: html`reopened this` }),
  renamed: more => {
    const { from, to } = more.rename as { from: string; to: string };
    return { icon: "pen", text: html`changed the title <s>${from}</s> to <b>${to}</b>` };
  },
  assigned: more => ({ icon: "person", text: html`assigned <b>${login(more.assignee)}</b>` }),
  unassigned: more => ({ icon: "person", text: html`unassigned <b>${login(more.assignee)}</b>` }),
  locked: () => ({ icon: "lock", text: html`locked the conversation` }),
  unlocked: () => ({ icon: "lock", text: html`unlocked the conversation` }),
  ready_for_review: () => ({
    icon: "eye",
    tone: "good",
    text: html`marked this pull request as ready for review`,
  }),
  convert_to_draft: () => ({ icon: "draft", text: html`marked this pull request as a draft` }),
  review_requested: more => ({
    icon: "eye",
    text: html`requested a review from <b>${login(more.requested_reviewer)}</b>`,
  }),
  review_request_removed: more => ({
    icon: "eye",
    text: html`took back the request to <b>${login(more.requested_reviewer)}</b> for a review`,
  }),
  review_dismissed: more => {
    const dismissed = more.dismissed_review as { dismissal_message?: string } | undefined;
    return { icon: "eye", text: html`dismissed a review: <em>${dismissed?.dismissal_message ?? ""}</em>` };
  },
  head_ref_force_pushed: () => ({ icon: "branch", text: html`force-pushed the branch` }),
  head_ref_deleted: () => ({ icon: "branch", text: html`deleted the branch` }),
  base_ref_changed: () => ({ icon: "branch", text: html`changed the base branch` }),
  auto_merge_enabled: () => ({ icon: "merged", text: html`enabled auto-merge` }),
  auto_merge_disabled: () => ({ icon: "merged", text: html`disabled auto-merge` }),
  merged: (more, { home }) => ({
    icon: "merged",
    tone: "done",
    text: html`merged this as <a class="sha" href="${home}/commit/${String(more.commit_id)}">${short(String(more.commit_id))}</a>`,
  }),
};

function eventEntry(visit: RepositoryVisit, event: TimelineEvent): Entry[] {
  const shown = EVENTS[event.event]?.(event.more, visit) ?? {
    icon: "commit",
    text: html`${event.event.replaceAll("_", " ")}`,
  };
  const { world } = visit;
  const body = row({
    ...shown,
    body: html`${avatar(userById(world, event.actorId))} ${person(world, event.actorId)} ${shown.text} <span class="muted">${ago(world, event.createdAt)}</span>`,
  });
  return [{ at: event.createdAt, id: event.id, body }];
}

const REVIEWS: Readonly<Record<Review["state"], readonly [string, string, string]>> = {
  APPROVED: ["check", "good", "approved these changes"],
  CHANGES_REQUESTED: ["cross", "bad", "requested changes"],
  COMMENTED: ["eye", "", "reviewed"],
  DISMISSED: ["eye", "", "reviewed; this review was dismissed"],
  PENDING: ["eye", "", "started a review that nobody else sees yet"],
};

function review(visit: RepositoryVisit, issue: Issue, one: Review): Html {
  const { world, repository } = visit;
  const [name, tone, verb] = REVIEWS[one.state];
  const threads = threadsOf(repository, issue.number).filter(([first]) => first?.reviewId === one.id);
  const only = one.body.trim() === "" && threads.length === 0;
  // A single reply is a review by itself; it is shown in its thread.
  if (only && one.state === "COMMENTED") return html``;
  const head = row({
    icon: name,
    tone,
    body: html`${avatar(userById(world, one.authorId))} ${person(world, one.authorId)} <b>${verb}</b> at <a class="sha" href="${visit.home}/commit/${one.commitId}">${short(one.commitId)}</a> <span class="muted">${ago(world, one.submittedAt)}</span>`,
  });
  const body =
    one.body.trim() === ""
      ? null
      : html`<div class="box"><div class="markdown-only">${rendered({ world, repository }, one.body)}</div></div>`;
  return html`<section class="review" id="pullrequestreview-${one.id}">${head}<div class="review-body">${body}${threads.map(
    thread => threadView(visit, issue, thread),
  )}</div></section>`;
}

async function commitEntries(visit: RepositoryVisit, issue: Issue): Promise<Entry[]> {
  if (issue.pull === null) return [];
  const { baseSha, headSha } = issue.pull;
  const directory = gitDirectory(visit.world, visit.repository);
  const commits = await commitsOf(directory, ["--reverse", "-n", "250", `${baseSha}..${headSha}`]).catch(
    () => [],
  );
  return commits.map((commit, at) => ({ at: commit.committer.date, id: at, body: commitRow(visit, commit) }));
}

export function commitRow({ world, home, repository }: RepositoryVisit, commit: Commit): Html {
  const user = userOfEmail(world, commit.author.email);
  const verified = repository.verified.includes(commit.sha)
    ? html`<span class="tag good">Verified</span>`
    : null;
  return row({
    icon: "commit",
    body: html`<div class="commit">${user === null ? null : avatar(user)} <a href="${home}/commit/${commit.sha}">${commit.message.split("\n")[0]}</a><span class="push">${verified}<a class="sha" href="${home}/commit/${commit.sha}">${short(commit.sha)}</a></span></div>`,
  });
}
