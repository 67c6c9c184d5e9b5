// A prompt and its output_schema taken apart, for the roster's cross-checks to compare.
import type { OutputSchema } from "../../core/model/role.ts";

/** The two lines before the first one say who the role is and what its job is. */
export const SECTIONS = [
  "Input",
  "Working Mode",
  "Focus On",
  "Quality Checks",
  "Return Format",
  "Constraints",
  "Blocked Protocol",
];

export const headingsOf = (prompt: string): readonly string[] =>
  [...prompt.matchAll(/^## (.+)$/gm)].map(([, title]) => title ?? "");

export const sectionOf = (prompt: string, title: string): string =>
  prompt.split(/^## /m).find(section => section.startsWith(`${title}\n`)) ?? "";

/** Sentences as their words in lower case; the text after a colon or semicolon counts as another sentence. */
export const sentencesOf = (prompt: string): readonly string[] =>
  prompt
    .split(/\n|(?<=[.!?:;])\s+/)
    .map(sentence => sentence.toLowerCase().match(/[\w'’-]+/g) ?? [])
    .filter(words => words.length >= 8)
    .map(words => words.join(" "));

/** `field` words of a text: lower case and underscores, in backquotes. */
export const fieldWordsOf = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/`([a-z][a-z_]*)`/g)].map(([, word]) => word ?? ""));

/** Every field of an answer, including nested ones, without the mark for optional ones. */
export const fieldsOf = (schema: OutputSchema): ReadonlySet<string> =>
  new Set(
    Object.entries(schema).flatMap(([key, type]) => [
      key.replace(/\?$/, ""),
      ...(typeof type === "string"
        ? [...type.matchAll(/(\w+)\??:/g)].map(([, inner]) => inner ?? "")
        : fieldsOf(type)),
    ]),
  );

/** The words that fields of `a | b` may have as their value. */
export const choicesOf = (schema: OutputSchema): ReadonlySet<string> =>
  new Set(
    Object.values(schema).flatMap(type =>
      typeof type === "string"
        ? [...type.matchAll(/\w+(?: \| \w+)+/g)].flatMap(([choice]) => choice.split(" | "))
        : [...choicesOf(type)],
    ),
  );

/** The schema's type for a dotted path; undefined if it leads nowhere. */
export const typeAt = (schema: OutputSchema, path: readonly string[]): string | OutputSchema | undefined => {
  const [key = "", ...rest] = path;
  const type = schema[key] ?? schema[`${key}?`];
  if (rest.length === 0 || type === undefined) return type;
  if (typeof type !== "string") return typeAt(type, rest);
  return new RegExp(`\\b${rest[0]}\\??: ([^,}]+)`).exec(type)?.[1]?.trim();
};
