// An issue that Kin opens, once: key, look, write, record. Looks for a hidden marker in the body.
import type { Mark, Opened } from "../../core/model/mark.ts";
import { findMarked, withMarker } from "./marker.ts";
import type { Publishing } from "./publishing.ts";

export interface NewIssue extends Pick<Publishing, "plane" | "github"> {
  readonly mark: Mark<Opened>;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** The issue that it becomes a sub-issue of, if GitHub has those. */
  readonly parent: number;
}

export interface OpenedIssue {
  readonly number: number;
  /** Whether it was opened just now, which took writes and their waiting time. */
  readonly isNew: boolean;
}

/** Looks first, because a crash may have come between the issue and its record. */
export const openIssue = async (issue: NewIssue): Promise<OpenedIssue> => {
  const { plane, github, mark, title, body, labels, parent } = issue;
  const known = await plane.store.marked(mark);
  if (known?.result != null) return { ...known.result, isNew: false };
  const found = await find(issue); // guard: issues-are-looked-for
  const marked = { plane, key: mark.key };
  const made = found ?? (await github.createIssue({ title, body: withMarker(body, marked), labels }));
  await github.addSubIssue(parent, made).catch(error => {
    if (error.retryable) throw error;
    plane.log(`#${made.number} is no sub-issue of #${parent}: ${error.message}`);
  });
  await plane.store.markOnce(mark, { now: plane.clock.now(), result: { number: made.number } });
  return { number: made.number, isNew: true };
};

const find = async ({ plane, github, mark: { key }, labels }: NewIssue) => {
  const [label] = labels;
  if (label === undefined) return null;
  const opened = github.issuesOpenedBy({ creator: `${plane.app.slug}[bot]`, label });
  return findMarked(opened, { plane, key, author: plane.app.bot_id });
};
