// One short comment when a task waits for a person, because edits of the status comment notify nobody. It repeats the
// status comment's sentence to the people concerned.
import { joined } from "../model/joined.ts";
import { stateLine } from "./headline.ts";
import { link, repositoryUrl } from "./link.ts";
import { mentions } from "./mention.ts";
import type { TaskView } from "./view.ts";

/** `people`: logins. What nobody can do anything about, such as waiting for another issue, is addressed to nobody. */
export const noticeComment = (view: TaskView, people: readonly string[]): string =>
  joined(" ", [mentions(people) ?? "", sentence(stateLine(view)), details(view)]);

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

const details = (view: TaskView): string => {
  const { comment_id, issue } = view.task;
  return comment_id === null
    ? ""
    : `${link("What happened and what to do", `${repositoryUrl(view)}/issues/${issue}#issuecomment-${comment_id}`)}.`;
};
