// Applies a case's checks to an answer.
import type { Answer } from "../../core/model/answer.ts";
import type { Check, Checks } from "./case.ts";

/** One sentence for each failed check. Without an answer all of them fail. */
export const failedChecks = (answer: Answer | null, checks: Checks): readonly string[] =>
  Object.entries(checks).flatMap(([path, check]) => {
    const found = valueAt({ answer }, path.split("."));
    return holds(found, check) ? [] : [`${path} ${wantedBy(check)}, found ${short(found)}`];
  });

/** Undefined if there is nothing. */
const valueAt = (value: unknown, [key, ...rest]: readonly string[]): unknown => {
  if (key === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  return valueAt((value as Readonly<Record<string, unknown>>)[key], rest);
};

const holds = (found: unknown, check: Check): boolean => {
  if (check === null) return found == null;
  if (typeof check !== "object" || Array.isArray(check))
    return JSON.stringify(found) === JSON.stringify(check);
  const text = typeof found === "string" ? found : (JSON.stringify(found) ?? "");
  return "matches" in check
    ? new RegExp(check.matches, "i").test(text)
    : found !== undefined && !new RegExp(check.lacks, "i").test(text);
};

const wantedBy = (check: Check): string => {
  if (check === null) return "should be absent";
  if (typeof check !== "object" || Array.isArray(check)) return `should be ${JSON.stringify(check)}`;
  return "matches" in check ? `should match /${check.matches}/` : `should lack /${check.lacks}/`;
};

const short = (found: unknown): string => {
  const text = JSON.stringify(found) ?? "nothing";
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
};
