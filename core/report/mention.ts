// People whom Kin notifies: GitHub does it for whoever is mentioned in a new comment.
import { currentOf } from "./headline.ts";
import type { TaskView } from "./view.ts";

/** "@octocat @monalisa:", each once; null if none of them is a person. */
export const mentions = (logins: readonly (string | undefined)[]): string | null => {
  const people = logins.filter(login => login !== undefined && isLogin(login)) as readonly string[];
  const isSame = (login: string) => (other: string) => other.toLowerCase() === login.toLowerCase();
  const once = people.filter((login, index) => people.findIndex(isSame(login)) === index);
  return once.length === 0 ? null : `${once.map(login => `@${login}`).join(" ")}:`;
};

/** Who waits for the task: whoever asked for it or, if that is not a person, the issue's author. */
export const waitingFor = (view: TaskView): string =>
  isLogin(view.task.asked_by) ? view.task.asked_by : (authorOf(view) ?? "");

export const authorOf = (view: TaskView): string | undefined =>
  view.task.snapshot?.author ?? currentOf(view)?.pipeline.opening.task.author;

/** Whether it is a person's login, including those with a server's suffix; apps ("name[bot]") cannot be notified. */
const isLogin = (name: string): boolean => /^[a-z\d][a-z\d_-]{0,38}$/i.test(name);
