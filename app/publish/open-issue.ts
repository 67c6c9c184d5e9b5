// An issue that Kin opens, once: key, look, write, record. Looks for a hidden marker in the body.
import type { Mark, Opened } from "../../core/model/mark.ts";
import type { GitHub } from "../github/port.ts";
import type { Plane } from "../plane.ts";
import { firstOf } from "./first-of.ts";
import { markerOf, withMarker } from "./marker.ts";

export interface NewIssue {
  readonly plane: Plane;
  readonly github: GitHub;
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
  const { key } = mark;
  const { marker } = markerOf({ plane, key });
  const found = await find(issue, marker); // guard: issues-are-looked-for
  const made = found ?? (await github.createIssue({ title, body: withMarker(body, { plane, key }), labels }));
  await github.addSubIssue(parent, made).catch(error => {
    if (error.retryable) throw error;
    plane.log(`#${made.number} is no sub-issue of #${parent}: ${error.message}`);
  });
  await plane.store.markOnce(mark, { now: plane.clock.now(), result: { number: made.number } });
  return { number: made.number, isNew: true };
};

const find = async ({ plane, github, labels }: NewIssue, marker: string) => {
  const [label] = labels;
  if (label === undefined) return null;
  const opened = github.issuesOpenedBy({ creator: `${plane.app.slug}[bot]`, label });
  return firstOf(opened, other => other.user.id === plane.app.bot_id && other.body.includes(marker));
};
