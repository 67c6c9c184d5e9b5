// The returns of a task, one line each: which, why, who, where.
import type { ReturnRow } from "../model/record.ts";
import { categoryWords } from "./category.ts";
import { firstSentence, plural, shorten } from "./format.ts";
import { details, list } from "./frame.ts";
import { link, returnUrl, runUrl } from "./link.ts";
import { safeInline } from "./safe.ts";
import { nameOf } from "./term.ts";
import type { TaskView } from "./view.ts";

const OPEN = 3;
const MOST = 20;

/** Collapsed when there are more than three; the latest twenty. */
export const returnsList = (view: TaskView): string => {
  const { returns } = view;
  if (returns.length === 0) return "";
  const lines = returns.slice(-MOST).map(row => returnLine(row, view));
  const left = returns.length - lines.length;
  const body = list(left > 0 ? [`${left} earlier`, ...lines] : lines);
  const title = `${plural(returns.length, "return")}${byCategory(view)}`;
  return returns.length > OPEN ? details(`<b>${title}</b>`, body) : `**${title}**\n\n${body}`;
};

/** How often each category came, the most frequent first, and how many since the task was last done. */
const byCategory = ({ returns, task }: TaskView): string => {
  const counts = new Map<string, number>();
  for (const { reason_category } of returns)
    counts.set(reason_category, (counts.get(reason_category) ?? 0) + 1);
  const since = returns.length - task.returns_at_last_done;
  const sorted = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${count} × ${safeInline(categoryWords(name))}`);
  return [
    returns.length > 1 ? `: ${sorted.join(", ")}` : "",
    task.returns_at_last_done > 0 ? ` (${since} since it was last done)` : "",
  ].join("");
};

export const returnLine = (row: ReturnRow, view: TaskView): string => {
  const text = shorten(firstSentence(withoutGate(row.reason_text ?? "")), 240);
  const who = nameOf(row.actor ?? row.returned_by);
  const where = placeOf(row, view);
  return [
    `**${row.return_number}** ${safeInline(categoryWords(row.reason_category))} by ${who}${text === "" ? "" : `: ${safeInline(text)}`}`,
    where,
  ]
    .filter(part => part !== "")
    .join(" · ");
};

/** "Gate tester: …" behind "by tester" says it twice. */
export const withoutGate = (reason: string): string => reason.replace(/^Gate [\w-]+: /, "");

const placeOf = (row: ReturnRow, view: TaskView): string => {
  const url = returnUrl(row, view);
  if (url !== null) return link(row.source.startsWith("review:") ? "review" : "comment", url);
  const from = view.pipelines.find(({ record }) => record.id === row.pipeline_id);
  if (from === undefined) return "";
  return link(`pipeline ${from.record.number}`, runUrl(from.record, view));
};
