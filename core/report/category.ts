// Reasons of returns in a maintainer's words. Commands and the store use the name itself.
import { ReturnCategory } from "../model/return.ts";

const WORDS: Readonly<Record<ReturnCategory, string>> = {
  requirements_unclear: "unclear requirements",
  scope_too_large: "scope too large",
  technical_blocker: "technical blocker",
  missing_context: "missing context",
  recurring_quality_fail: "changes requested",
  conflicting_requirements: "conflicting requirements",
};

export const categoryWords = (name: string): string => {
  const known = ReturnCategory.safeParse(name);
  return known.success ? WORDS[known.data] : name.replaceAll("_", " ");
};
