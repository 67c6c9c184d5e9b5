// One short comment when a task waits for a person: edits of the status comment notify nobody. It says the status comment's
// own sentence, to those who are meant.
import { stateLine } from "./headline.ts";
import { link, repositoryUrl } from "./link.ts";
import { mentions } from "./mention.ts";
import type { TaskView } from "./view.ts";

/** `people`: logins. What is nobody's to do, as the wait for another issue, is said to nobody in particular. */
export const noticeComment = (view: TaskView, people: readonly string[]): string =>
  [mentions(people) ?? "", sentence(stateLine(view)), details(view)].filter(part => part !== "").join(" ");

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

const details = (view: TaskView): string => {
  const { comment_id, issue } = view.task;
  return comment_id === null
    ? ""
    : `${link("What happened and what to do", `${repositoryUrl(view)}/issues/${issue}#issuecomment-${comment_id}`)}.`;
};
