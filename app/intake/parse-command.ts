// What people say to Kin: the first word of a comment or review. Pure.
import type { CompletionMode } from "../../core/model/config.ts";
import { ReturnCategory } from "../../core/model/return.ts";
import type { Misused } from "../../core/report/refusal.ts";

export type PersonCommand =
  | { readonly kind: "help" }
  /** `worker`: only one of a coordinator's workers, by its number. */
  | { readonly kind: "stop"; readonly worker?: number }
  | { readonly kind: "rerun"; readonly from: number | null }
  | { readonly kind: "approve" }
  | { readonly kind: "return"; readonly category: ReturnCategory; readonly text: string }
  | { readonly kind: "tell"; readonly text: string; readonly worker?: number }
  | { readonly kind: "mode"; readonly mode: CompletionMode }
  | { readonly kind: "escalate"; readonly head: string | null }
  /** A new decision in words, or a proposed one by its number; `drop` revokes one. */
  | { readonly kind: "decide"; readonly text: string }
  | { readonly kind: "judge"; readonly decision: number; readonly status: "active" | "rejected" }
  | { readonly kind: "plan" }
  | { readonly kind: "workers" }
  | { readonly kind: "misused"; readonly command: Misused }
  /** Looks like a category but is none: Kin asks before anything costs money. */
  | { readonly kind: "no_category"; readonly word: string }
  | { readonly kind: "unknown"; readonly word: string };

/** Null if the text is not addressed to Kin. Only its beginning counts: quoted commands are not commands. */
export const parseCommand = (body: string): PersonCommand | null => {
  if (!ADDRESS.test(body)) return null;
  const said = body.replace(ADDRESS, "");
  // Keyboards add capitals, non-breaking blanks and a full stop.
  const first = /^[^\S\r\n]*(\S+)/.exec(said)?.[1] ?? "";
  const rest = said.trimStart().slice(first.length).trim();
  const word = first.toLowerCase();
  return COMMANDS.get(bare(word))?.(rest) ?? { kind: "unknown", word };
};

/** Accepts a phone keyboard's capital at the beginning, and the punctuation that people put after a name. */
export const ADDRESS = /^\s*\/kin(?:[:,]|(?=\s|$))/i;

/** Takes the first word as the category if it is one; otherwise a person's rejection is a quality failure. */
export const parseReturn = (text: string): Extract<PersonCommand, { kind: "return" }> => {
  const [first = "", ...rest] = text.trim().split(/\s+/);
  const named = ReturnCategory.safeParse(categoryIn(first));
  return named.success
    ? { kind: "return", category: named.data, text: text.trim().slice(first.length).trim() || rest.join(" ") }
    : { kind: "return", category: "recurring_quality_fail", text: text.trim() };
};

const categoryIn = (word: string): string =>
  word
    .toLowerCase()
    .replace(/[:.,]$/, "")
    .replaceAll("-", "_");

const parseReturnCommand = (rest: string): PersonCommand => {
  const [first = ""] = rest.split(/\s+/);
  const word = categoryIn(first);
  const isName = /^[a-z]{1,20}(_[a-z]{1,20}){1,4}$/.test(word) && !ReturnCategory.safeParse(word).success;
  return isName && first.includes("_") ? { kind: "no_category", word } : parseReturn(rest);
};

/** Drops the full stop of a sentence that consists only of the command. */
const bare = (rest: string): string => rest.replace(/[.!]$/, "");

const misused = (command: Misused): PersonCommand => ({ kind: "misused", command });

/** The leading worker's name, such as `w2`, and what is said to it. */
const addressee = (rest: string): { readonly to: { readonly worker?: number }; readonly text: string } => {
  const [named, number] = /^w(\d{1,3})(?![\w-])[:,]?\s*/i.exec(rest) ?? [];
  return named === undefined
    ? { to: {}, text: rest }
    : { to: { worker: Number(number) }, text: rest.slice(named.length) };
};

const parseTell = (rest: string): PersonCommand => {
  const { to, text } = addressee(rest);
  return text === "" ? misused("tell") : { kind: "tell", text, ...to };
};

const parseRerun = (rest: string): PersonCommand => {
  const from = /^from\s+(?:step\s+)?(\d{1,3})$/i.exec(bare(rest));
  if (from !== null) return { kind: "rerun", from: Number(from[1]) };
  return rest === "" ? { kind: "rerun", from: null } : misused("rerun");
};

const parseMode = (rest: string): PersonCommand => {
  const mode = MODES.get(bare(rest).toLowerCase());
  return mode === undefined ? misused("mode") : { kind: "mode", mode };
};

/** `auto` is people's word for it. */
const MODES: ReadonlyMap<string, CompletionMode> = new Map([
  ["auto", "auto_complete"],
  ["auto_complete", "auto_complete"],
  ["review", "review"],
]);

const parseDecide = (rest: string): PersonCommand => {
  const judged = /^(accept|drop|reject)?\s*#?(\d{1,9})$/i.exec(bare(rest));
  if (judged === null) return rest === "" ? misused("decide") : { kind: "decide", text: rest };
  const drops = /^(drop|reject)$/i.test(judged[1] ?? "");
  return { kind: "judge", decision: Number(judged[2]), status: drops ? "rejected" : "active" };
};

const parseEscalate = (rest: string): PersonCommand => {
  const head = bare(rest).toLowerCase();
  return head === "" || /^[a-z_]{2,40}$/.test(head)
    ? { kind: "escalate", head: head || null }
    : misused("escalate");
};

const COMMANDS: ReadonlyMap<string, (rest: string) => PersonCommand> = new Map([
  ["", () => ({ kind: "help" })],
  ["help", () => ({ kind: "help" })],
  ["stop", rest => ({ kind: "stop", ...addressee(rest).to })],
  ["rerun", parseRerun],
  ["approve", () => ({ kind: "approve" })],
  ["return", parseReturnCommand],
  ["tell", parseTell],
  ["mode", parseMode],
  ["escalate", parseEscalate],
  ["decide", parseDecide],
  ["plan", () => ({ kind: "plan" })],
  ["workers", () => ({ kind: "workers" })],
] as const satisfies readonly (readonly [string, (rest: string) => PersonCommand])[]);

export const COMMAND_NAMES: readonly string[] = [...COMMANDS.keys()].filter(name => name !== "");
