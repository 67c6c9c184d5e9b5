// The returns of a task, one line each: which, why, who, where.
import type { ReturnRow } from "../model/record.ts";
import { firstSentence, shorten } from "./format.ts";
import { details, list } from "./frame.ts";
import { link, returnUrl, runUrl } from "./link.ts";
import { safeInline } from "./safe.ts";
import { codeOf, nameOf } from "./term.ts";
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
  return returns.length > OPEN ? details(`<b>${returns.length} returns</b>`, body) : `**Returns**\n\n${body}`;
};

export const returnLine = (row: ReturnRow, view: TaskView): string => {
  const text = shorten(firstSentence(withoutGate(row.reason_text ?? "")), 240);
  const who = nameOf(row.actor ?? row.returned_by);
  const where = placeOf(row, view);
  return [
    `**${row.return_number}** ${codeOf(row.reason_category)} by ${who}${text === "" ? "" : `: ${safeInline(text)}`}`,
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
