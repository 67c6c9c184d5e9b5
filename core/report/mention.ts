// People whom Kin tells something, by GitHub's own notification: it reaches whoever is mentioned in a new comment.
import { currentOf } from "./headline.ts";
import type { TaskView } from "./view.ts";

/** "@octocat @monalisa:", each once; null where none of them is a person. */
export const mentions = (logins: readonly (string | undefined)[]): string | null => {
  const people = logins.filter(login => login !== undefined && isLogin(login)) as readonly string[];
  const isSame = (login: string) => (other: string) => other.toLowerCase() === login.toLowerCase();
  const once = people.filter((login, index) => people.findIndex(isSame(login)) === index);
  return once.length === 0 ? null : `${once.map(login => `@${login}`).join(" ")}:`;
};

/** Who waits for the task: whoever asked for it; where that is no person, the issue's author. */
export const waitingFor = (view: TaskView): string =>
  isLogin(view.task.asked_by) ? view.task.asked_by : (authorOf(view) ?? "");

export const authorOf = (view: TaskView): string | undefined =>
  view.task.snapshot?.author ?? currentOf(view)?.pipeline.opening.task.author;

/** A person's login, also on servers with suffixes; apps ("name[bot]") cannot be told. */
const isLogin = (name: string): boolean => /^[a-z\d][a-z\d_-]{0,38}$/i.test(name);
