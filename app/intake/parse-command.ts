// What people say to Kin: the first word of a comment or a review. Pure.
import type { ReturnCategory } from "../../core/model/return.ts";
import { ReturnCategory as Category } from "../../core/model/return.ts";

export type PersonCommand =
  | { readonly kind: "help" }
  | { readonly kind: "stop" }
  | { readonly kind: "rerun"; readonly from: number | null }
  | { readonly kind: "return"; readonly category: ReturnCategory; readonly text: string }
  | { readonly kind: "unknown"; readonly word: string };

/** Null where the text is not addressed to Kin. Only its beginning counts: quoted commands are no commands. */
export const parseCommand = (body: string): PersonCommand | null => {
  const match = /^\s*\/kin(?:[ \t]+([^\s]+))?(?:[ \t]*([\s\S]*))?$/.exec(body);
  if (match === null || !/^\s*\/kin(?=\s|$)/.test(body)) return null;
  const word = (match[1] ?? "").toLowerCase();
  const rest = (match[2] ?? "").trim();
  switch (word) {
    case "":
    case "help":
      return { kind: "help" };
    case "stop":
      return { kind: "stop" };
    case "rerun":
      return parseRerun(rest);
    case "return":
      return parseReturn(rest);
    default:
      return { kind: "unknown", word };
  }
};

/** The category from the first word where it is one; else a person's rejection is a quality failure. */
export const parseReturn = (text: string): Extract<PersonCommand, { kind: "return" }> => {
  const [first = "", ...rest] = text.trim().split(/\s+/);
  const named = Category.safeParse(first.toLowerCase().replace(/[:.,]$/, ""));
  return named.success
    ? { kind: "return", category: named.data, text: text.trim().slice(first.length).trim() || rest.join(" ") }
    : { kind: "return", category: "recurring_quality_fail", text: text.trim() };
};

const parseRerun = (rest: string): PersonCommand => {
  const from = /^from\s+(?:step\s+)?(\d{1,3})$/i.exec(rest);
  if (from !== null) return { kind: "rerun", from: Number(from[1]) };
  return rest === ""
    ? { kind: "rerun", from: null }
    : { kind: "unknown", word: `rerun ${rest.slice(0, 40)}` };
};
