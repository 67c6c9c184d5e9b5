// What rejections leave for whoever works next.
import type { RejectionRow } from "../model/record.ts";
import type { Finding } from "../model/return.ts";

/**
 * What people found and no pipeline has dealt with, and what the last gate found: a gate judges the whole work, so it
 * supersedes earlier gates, but not people. Oldest first.
 */
export const openFindings = (rejections: readonly RejectionRow[]): readonly Finding[] =>
  openRejections(rejections).flatMap(findingsOf);

export const openRejections = (rejections: readonly RejectionRow[]): readonly RejectionRow[] => {
  const open = rejections.filter(({ dealt_with }) => !dealt_with);
  const lastGate = open.findLast(isGates);
  return open.filter(row => row.actor !== null || row === lastGate);
};

const isGates = ({ source }: RejectionRow): boolean => source.startsWith("gate:");

/** Without findings, the reason is the finding. */
const findingsOf = ({ findings, reason_text }: RejectionRow): readonly Finding[] =>
  findings.length > 0 || reason_text === null
    ? findings
    : [{ severity: "high", file: null, line: null, issue: reason_text, fix: null }];
