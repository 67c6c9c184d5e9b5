// Answers of roles: the reader of `output_schema` (specialists.yaml, roles.yml), and the parts of an answer that code looks
// at. The rest is for people and for the next role.
import * as z from "zod";
import { KinError } from "./error.ts";
import { Finding } from "./return.ts";
import type { OutputSchema } from "./role.ts";

/**
 * Builds the zod schema of a role's answer. The mini-language of a field:
 * `string` · `number` · `integer` · `bool` · `a | b | c` (one of these words) · `array of T` · `{ field: T, other?: T }`;
 * a key that ends in `?` may be absent or null. Unknown keys are kept, except those that decide (`accept`). Throws
 * `output_schema_invalid`.
 */
export const answerSchema = (fields: OutputSchema, where: string): z.ZodType<Answer> =>
  z.union([BlockedAnswer, objectOf(fields, where)]) as z.ZodType<Answer>;

export type Answer = { readonly [field: string]: unknown };

/** A role that cannot do its part says so instead. Models spell the reason in two ways. */
export const BlockedAnswer = z
  .looseObject({
    status: z.literal("blocked"),
    reason: z.string().min(1).optional(),
    blocked_reason: z.string().min(1).optional(),
    /** Kept as it was said: only the project manager's counts, and any word of it is accepted (core/pipeline/blocked.ts). */
    return_category: z.unknown().optional(),
  })
  .refine(answer => (answer.reason ?? answer.blocked_reason) !== undefined, {
    message: "a blocked answer needs a `reason`",
    path: ["reason"],
  });
export type BlockedAnswer = z.infer<typeof BlockedAnswer>;

export const isBlocked = (answer: Answer): answer is BlockedAnswer => answer.status === "blocked";
export const blockedReason = (answer: BlockedAnswer): string => answer.reason ?? answer.blocked_reason ?? "";

export const Verdict = z.enum(["approved", "changes_requested"]);

/** A gate's answer. Models give the reason under three names. */
export const GateAnswer = z.looseObject({
  verdict: Verdict,
  reason: z.string().optional(),
  block_reason: z.string().optional(),
  summary: z.string().optional(),
  findings: z.array(Finding).catch([]).default([]),
});
export type GateAnswer = z.infer<typeof GateAnswer>;
export const gateReason = (answer: GateAnswer): string =>
  answer.reason ?? answer.block_reason ?? answer.summary ?? "";

/** What a role offers as proof of its work. `how_verified` names runs by number; older journals have the commands. */
export const Proof = z.looseObject({
  what_was_done: z.string().min(1),
  how_verified: z.array(z.union([z.number().int().positive(), z.string().min(1)])),
  verification_result: z.string().min(1),
});

/** What an answer names as its proof: nothing where it offers none. */
export const howVerified = ({ proof }: Answer): readonly (string | number)[] =>
  Proof.safeParse(proof).data?.how_verified ?? [];

/** What a role knowingly left. */
export const TechDebt = z.looseObject({
  description: z.string(),
  reason_temporary: z.string().catch(""),
  proper_fix: z.string().catch(""),
});
export type TechDebt = z.infer<typeof TechDebt>;

/** What an answer says of one acceptance criterion, named by its place in the list, from 1; older journals quote it. */
export const CriterionCheck = z.looseObject({
  criterion: z.union([z.number().int(), z.string()]),
  met: z.boolean(),
  /** The run that proves it. */
  run: z.number().int().nullish(),
  evidence: z.string().catch(""),
});
export type CriterionCheck = z.infer<typeof CriterionCheck>;

const objectOf = (fields: OutputSchema, where: string): z.ZodType =>
  z.looseObject(
    Object.fromEntries(
      Object.entries(fields).map(([key, type]) => {
        const path = `${where}.${key}`;
        const schema = typeof type === "string" ? parseType(type, path) : objectOf(type, path);
        return key.endsWith("?") ? [key.slice(0, -1), schema.nullish()] : [key, schema];
      }),
    ),
  );

const SCALARS: Readonly<Record<string, () => z.ZodType>> = {
  string: () => z.string(),
  number: () => z.number(),
  integer: () => z.number().int(),
  bool: () => z.boolean(),
};

const parseType = (source: string, where: string): z.ZodType => {
  const text = source.trim();
  if (text.startsWith("array of ")) return z.array(parseType(text.slice("array of ".length), where));
  if (text.startsWith("{") && text.endsWith("}"))
    return objectOf(Object.fromEntries(splitFields(text.slice(1, -1), where)), where);
  const scalar = Object.hasOwn(SCALARS, text) ? SCALARS[text] : undefined;
  if (scalar !== undefined) return scalar();
  const words = text.split("|").map(word => word.trim());
  if (words.length > 1 && words.every(word => /^[\w-]+$/.test(word)))
    return z.enum(words as [string, ...string[]]);
  throw schemaError(source, where);
};

/** Splits at the commas that are not inside a nested object. */
const splitFields = (text: string, where: string): readonly (readonly [string, string])[] => {
  const parts: string[] = [""];
  let depth = 0;
  for (const char of text) {
    depth += char === "{" ? 1 : char === "}" ? -1 : 0;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts.map(part => {
    const colon = part.indexOf(":");
    const key = part.slice(0, Math.max(colon, 0)).trim();
    if (key === "") throw schemaError(part, where);
    return [key, part.slice(colon + 1).trim()] as const;
  });
};

const schemaError = (found: string, where: string): KinError =>
  new KinError(`${where}: cannot read the type "${found.trim()}"`, {
    code: "output_schema_invalid",
    hint: "Allowed: string, number, integer, bool, `a | b`, `array of T`, `{ field: T, other?: T }`; a key ending in ? may be absent.",
  });
