// What is between a pull request and its merge, and the buttons for it.

import { latestReviews, mergeability, missing } from "../pull-state.ts";
import type { Issue, Review } from "../state.ts";
import { must, userById } from "../world.ts";
import { checksOfCommit } from "./check-pages.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { avatar, button, deed, person, plural, verdict, words } from "./parts.ts";
import type { RepositoryVisit } from "./visit.ts";

export async function mergeBox(visit: RepositoryVisit, issue: Issue): Promise<Html> {
  const { home, world, repository } = visit;
  const pull = must(issue.pull);
  const to = `${home}/pull/${issue.number}`;
  if (pull.mergedAt !== null)
    return box("done", "merged", [
      line(
        "merged",
        "done",
        html`<b>Merged and closed.</b> <span class="muted">Its commits are in <code>${pull.baseRef}</code>.</span>`,
      ),
    ]);
  if (issue.state === "closed")
    return box("muted", "refused", [
      line(
        "refused",
        "bad",
        html`<b>Closed with unmerged commits.</b> <span class="muted">Reopen it below.</span>`,
      ),
    ]);
  const { state } = await mergeability(world, repository, issue);
  return box(state === "clean" ? "good" : state === "dirty" ? "bad" : "muted", "merged", [
    reviewLine(visit, issue),
    checkLine(visit, issue),
    ...missing(world, repository, issue).map(reason => line("alert", "warn", html`${reason}`)),
    stateLine(state, to),
    html`<div class="line actions">${actions(visit, issue, { state, to })}</div>`,
  ]);
}

const box = (tone: string, name: string, lines: readonly Html[]): Html =>
  html`<section class="merge ${tone}"><span class="bullet big ${tone}">${icon(name)}</span><div class="box">${lines}</div></section>`;

const line = (name: string, tone: string, body: Html): Html =>
  html`<div class="line">${icon(name, tone)}<div class="grow">${body}</div></div>`;

function reviewLine({ repository, world }: RepositoryVisit, issue: Issue): Html {
  const said = latestReviews(repository, issue);
  const names = (state: Review["state"]) =>
    said.filter(one => one.state === state).map(one => html`${person(world, one.authorId)} `);
  const against = names("CHANGES_REQUESTED");
  if (against.length > 0)
    return line("cross", "bad", html`<b>Changes requested</b> <span class="muted">by</span> ${against}`);
  const approvals = names("APPROVED");
  if (approvals.length > 0)
    return line("check", "good", html`<b>Approved</b> <span class="muted">by</span> ${approvals}`);
  return line("eye", "muted", html`<b>No approving or rejecting review yet</b>`);
}

function checkLine(visit: RepositoryVisit, issue: Issue): Html {
  const { checks, statuses } = checksOfCommit(visit, must(issue.pull).headSha);
  const all = [
    ...checks.map(one => ({
      name: one.name,
      status: one.status,
      conclusion: one.conclusion,
      title: one.output.title,
    })),
    ...statuses.map(one => ({
      name: one.context,
      status: one.state === "pending" ? "in_progress" : "completed",
      conclusion: one.state === "pending" ? null : one.state,
      title: one.description,
    })),
  ];
  if (all.length === 0) return line("waiting", "muted", html`<b>No checks reported</b>`);
  const bad = all.filter(
    one => one.status === "completed" && !["success", "neutral", "skipped"].includes(one.conclusion ?? ""),
  );
  const open = all.filter(one => one.status !== "completed");
  const text =
    bad.length > 0
      ? `${plural(bad.length, "check")} not passed`
      : open.length > 0
        ? `${plural(open.length, "check")} under way`
        : "All checks have passed";
  const mark =
    bad.length > 0
      ? (["cross", "bad"] as const)
      : open.length > 0
        ? (["running", "warn"] as const)
        : (["check", "good"] as const);
  const rows = all.map(
    one =>
      html`<li>${verdict(one.status, one.conclusion)} <b>${one.name}</b> <span class="muted">${one.title ?? words(one.status, one.conclusion)}</span></li>`,
  );
  return line(
    mark[0],
    mark[1],
    html`<b>${text}</b> <a class="small" href="${visit.home}/pull/${issue.number}/checks">Details</a><ul class="plain">${rows}</ul>`,
  );
}

function stateLine(state: string, to: string): Html {
  switch (state) {
    case "dirty":
      return line(
        "alert",
        "bad",
        html`<b>This branch has conflicts with the base branch.</b> <span class="muted">They have to be resolved on the branch.</span>`,
      );
    case "draft":
      return line(
        "draft",
        "muted",
        html`<b>This pull request is still a draft.</b> <span class="muted">Drafts cannot be merged.</span>`,
      );
    case "behind":
      return html`<div class="line">${icon("alert", "warn")}<div class="grow"><b>This branch is out of date with the base branch.</b></div>${deed(to, "update", { text: "Update branch" })}</div>`;
    case "blocked":
      return line(
        "alert",
        "warn",
        html`<b>Merging is blocked</b> <span class="muted">by the rules of the base branch.</span>`,
      );
    default:
      return line("check", "good", html`<b>No conflicts with the base branch</b>`);
  }
}

function actions(
  visit: RepositoryVisit,
  issue: Issue,
  at: { readonly state: string; readonly to: string },
): Html {
  const pull = must(issue.pull);
  if (pull.draft) return deed(at.to, "ready", { text: "Ready for review", kind: "primary" });
  const methods = [
    ["merge", "Create a merge commit"],
    ["squash", "Squash and merge"],
    ["rebase", "Rebase and merge"],
  ] as const;
  const auto = visit.repository.allowAutoMerge && at.state === "blocked";
  return html`<form class="inline" method="post" action="${at.to}"><input type="hidden" name="sha" value="${pull.headSha}">
<select name="method" aria-label="How to merge">${methods.map(([value, text]) => html`<option value="${value}">${text}</option>`)}</select>
${button("merge", "Merge pull request", { kind: "primary" })}${auto && pull.autoMerge === null ? button("auto", "Enable auto-merge") : null}${pull.autoMerge === null ? null : button("no-auto", "Disable auto-merge")}</form>
${deed(at.to, "draft", { text: "Convert to draft", kind: "plain" })}`;
}

/** The sidebar's list: whose review was requested, and who has reviewed. */
export function reviewers(visit: RepositoryVisit, issue: Issue): Html {
  const { world, repository, home } = visit;
  const to = `${home}/pull/${issue.number}`;
  const said = latestReviews(repository, issue);
  const asked = must(issue.pull).requestedReviewers;
  const others = Object.keys(repository.collaborators);
  const rows = [
    ...said.map(
      one =>
        html`<li>${avatar(userById(world, one.authorId))} ${person(world, one.authorId)} <span class="push">${one.state === "APPROVED" ? icon("check", "good", "approved") : icon("cross", "bad", "requested changes")}</span>${deed(to, "dismiss", { text: "dismiss", kind: "plain", with: { review: String(one.id) } })}</li>`,
    ),
    ...asked.map(
      id =>
        html`<li>${avatar(userById(world, id))} ${person(world, id)} <span class="push">${icon("waiting", "warn", "asked for a review")}</span></li>`,
    ),
  ];
  return html`<section><h2>Reviewers</h2>${rows.length === 0 ? html`<span class="muted small">None yet</span>` : html`<ul class="plain people">${rows}</ul>`}
<p><a class="button small" href="${to}/files#review">Review changes</a></p>
<form class="add" method="post" action="${to}"><input name="reviewer" list="reviewers" placeholder="Ask for a review" aria-label="Reviewer" required autocomplete="off"><datalist id="reviewers">${others.map(name => html`<option value="${name}">`)}</datalist>${button("request", "Ask")}</form></section>`;
}
