// Returns: full rejections of a task back to the project manager, each with a reason category.
import * as z from "zod";

export const ReturnCategory = z.enum([
  "requirements_unclear",
  "scope_too_large",
  "technical_blocker",
  "missing_context",
  "recurring_quality_fail",
  "conflicting_requirements",
]);
export type ReturnCategory = z.infer<typeof ReturnCategory>;

/** What the project manager may choose: a quality failure is for gates to name. */
export const PlannerCategory = ReturnCategory.exclude(["recurring_quality_fail"]);
export type PlannerCategory = z.infer<typeof PlannerCategory>;

export const TaskCategory = z.enum([
  "SEC",
  "UI",
  "API",
  "INFRA",
  "BIZ",
  "DB",
  "ARCH",
  "TEST",
  "PERF",
  "DOCS",
  "FIX",
  "OBS",
]);
export type TaskCategory = z.infer<typeof TaskCategory>;

/** One point of a verdict. `file` and `line` are absent if the point is about the whole. */
export const Finding = z.object({
  severity: z.enum(["high", "medium", "low"]).catch("medium"),
  file: z.string().nullish(),
  line: z.number().int().positive().nullish().catch(null),
  issue: z.string(),
  fix: z.string().nullish(),
});
export type Finding = z.infer<typeof Finding>;

/** A row of `task_returns` as prompts and reports see it. `returned_at` is ISO 8601, UTC. */
export const ReturnRecord = z.object({
  return_number: z.number().int().positive(),
  reason_category: ReturnCategory,
  reason_text: z.string().nullable(),
  returned_by: z.string(),
  returned_at: z.string(),
});
export type ReturnRecord = z.infer<typeof ReturnRecord>;

/** The category meant, in any letter case; null if it is not one of `allowed`. */
export const categoryAmong = <C extends ReturnCategory>(allowed: z.ZodType<C>, value: unknown): C | null =>
  allowed.safeParse(typeof value === "string" ? value.trim().toLowerCase() : value).data ?? null;

/** Has a fallback: a rejection must never be lost because its category is misspelt. */
export const toReturnCategory = (value: unknown): ReturnCategory =>
  categoryAmong(ReturnCategory, value) ?? "missing_context";
