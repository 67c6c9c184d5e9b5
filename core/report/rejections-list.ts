// The rejections of a task: which, why, by whom, what they found, and what became of them.

import { joined } from "../model/joined.ts";
import type { RejectionRow } from "../model/record.ts";
import type { Finding } from "../model/return.ts";
import { safeInline } from "../text/safe.ts";
import { categoryWords } from "./category.ts";
import { firstSentence, plural, shorten } from "./format.ts";
import { details, list } from "./frame.ts";
import { link, returnUrl, runUrl } from "./link.ts";
import { codeOf, nameOf } from "./term.ts";
import type { TaskView } from "./view.ts";
import { becameWords, capital } from "./words.ts";

const OPEN = 3;
const MOST = 20;
const MOST_FINDINGS = 5;

/** Folded away if there are more than three; the latest twenty. */
export const rejectionsList = (view: TaskView): string => {
  const { rejections } = view;
  if (rejections.length === 0) return "";
  const lines = rejections.slice(-MOST).map(row => lineOf(row, view));
  const left = rejections.length - lines.length;
  const body = list(left > 0 ? [`${left} earlier`, ...lines] : lines);
  const title = `${countsOf(view)}${byCategory(view)}`;
  return rejections.length > OPEN ? details(`<b>${title}</b>`, body) : `**${title}**\n\n${body}`;
};

/** "3 rejections (1 return, 2 revised)"; if all are returns, it says so. */
const countsOf = ({ rejections }: TaskView): string => {
  const of = (became: RejectionRow["became"]) => rejections.filter(row => row.became === became).length;
  const returned = of("returned");
  if (returned === rejections.length) return plural(returned, "return");
  const parts = [
    returned === 0 ? "" : plural(returned, "return"),
    of("revised") === 0 ? "" : `${of("revised")} revised`,
    of("unanswered") === 0 ? "" : `${of("unanswered")} not taken up`,
  ];
  return `${plural(rejections.length, "rejection")} (${joined(", ", parts)})`;
};

/** How often each category came, the most frequent first, and how many returns since the task was last done. */
const byCategory = ({ rejections, task }: TaskView): string => {
  const counts = new Map<string, number>();
  for (const { reason_category } of rejections)
    counts.set(reason_category, (counts.get(reason_category) ?? 0) + 1);
  const since = task.return_count - task.returns_at_last_done;
  const sorted = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${count} × ${safeInline(categoryWords(name))}`);
  return [
    rejections.length > 1 ? `: ${sorted.join(", ")}` : "",
    task.returns_at_last_done > 0 ? ` (${plural(since, "return")} since it was last done)` : "",
  ].join("");
};

const lineOf = (row: RejectionRow, view: TaskView): string => {
  const text = shorten(firstSentence(rejectionReason(row)), 240);
  const who = nameOf(row.actor ?? row.rejected_by);
  const shown = row.findings.slice(0, MOST_FINDINGS).filter(({ issue }) => issue !== row.reason_text);
  const left = row.findings.length - MOST_FINDINGS;
  const line = joined(" · ", [
    `**${capital(becameWords(row))}** ${safeInline(categoryWords(row.reason_category))} by ${who}${text === "" ? "" : `: ${safeInline(text)}`}`,
    placeOf(row, view),
  ]);
  return [
    line,
    ...shown.map(finding => `- ${findingLine(finding)}`),
    ...(left > 0 ? [`- … and ${left} more`] : []),
  ].join("\n");
};

const findingLine = ({ severity, file, line, issue }: Finding): string => {
  const where = file ? ` ${codeOf(`${file}${line ? `:${line}` : ""}`)}` : "";
  return `${severity}${where}: ${safeInline(shorten(firstSentence(issue), 200))}`;
};

/** "Gate tester: …" after "by tester" says it twice. */
export const withoutGate = (reason: string): string => reason.replace(/^Gate [\w-]+: /, "");

/** The reason, without what is shown beside it. */
export const rejectionReason = ({ reason_text }: Pick<RejectionRow, "reason_text">): string =>
  withoutGate(reason_text ?? "");

const placeOf = (row: RejectionRow, view: TaskView): string => {
  const url = returnUrl(row, view);
  if (url !== null) return link(row.source.startsWith("review:") ? "review" : "comment", url);
  const from = view.pipelines.find(({ record }) => record.id === row.pipeline_id);
  if (from === undefined) return "";
  return link(`pipeline ${from.record.number}`, runUrl(from.record, view));
};
