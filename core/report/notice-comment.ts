// One short comment when a task needs people: edits of the status comment notify nobody. It mentions nobody either.
import { firstSentence, shorten } from "./format.ts";
import { bareResult, reasonOf, waitsFor } from "./headline.ts";
import { link, repositoryUrl } from "./link.ts";
import { safeInline } from "./safe.ts";
import type { TaskView } from "./view.ts";

/** Null in states that need no one. */
export const noticeComment = (view: TaskView): string | null => {
  const { status, pr_number } = view.task;
  switch (status) {
    case "review":
      return `${pr_number === null ? `The result is ready for review${bareResult(view)}` : `#${pr_number} is ready for review`}. ${details(view)}`.trim();
    case "blocked":
      if (waitsFor(view) !== "")
        return `Handed over: this waits for ${waitsFor(view)}. ${details(view)}`.trim();
      return `Blocked${because(view)} ${details(view)}`.trim();
    case "needs_info":
      return `Needs information${because(view)} ${details(view)}`.trim();
    case "running":
    case "done":
    case "cancelled":
      return null;
    default:
      return status satisfies never;
  }
};

const because = (view: TaskView): string => {
  const reason = shorten(firstSentence(reasonOf(view)), 300);
  if (reason === "") return ".";
  return `: ${safeInline(reason)}${/[.!?…]$/.test(reason) ? "" : "."}`;
};

const details = (view: TaskView): string => {
  const { comment_id, issue } = view.task;
  return comment_id === null
    ? ""
    : `${link("What happened and what to do", `${repositoryUrl(view)}/issues/${issue}#issuecomment-${comment_id}`)}.`;
};
