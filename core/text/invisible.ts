// Characters nobody sees: removed from everything that comes in and goes out, code included. Line feeds, tabs, and the
// joiners and selectors of a real emoji stay.
import { EMOJI, UNSEEN } from "../model/unseen.ts";

export interface Seen {
  readonly text: string;
  /** How many runs were removed; a terminal's colour sequences are not hidden text and do not count. */
  readonly removed: number;
}

export const visible = (text: string): Seen => {
  if (!UNUSUAL.test(text)) return { text, removed: 0 };
  let removed = 0;
  const seen = text.replace(RUNS, run => {
    if (KEPT.test(run)) return run;
    if (run === "\u2028" || run === "\u2029") return "\n";
    if (!run.startsWith("\x1b[") && !run.startsWith("\x9b")) removed++;
    return "";
  });
  return { text: seen, removed };
};

/** CRLF and a lone CR end a line in Markdown, so nothing is glued together that GitHub shows on two lines. */
export const lines = (text: string): string => text.replace(/\r\n?/g, "\n");

/** Cuts to `limit` UTF-16 units without splitting a character. */
export const prefix = (text: string, limit: number): string => {
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
};

const UNUSUAL = /[^\t\n\x20-\x7e]/;

// A string sequence (OSC, DCS, …) that is never closed loses only its introducer: what it would have swallowed is shown.
const STRING =
  "(?:\\x1B[\\]PX^_]|[\\x90\\x98\\x9D-\\x9F])[^\\x07\\x1B\\x90\\x98\\x9C-\\x9F\\n]*(?:\\x07|\\x1B\\\\|\\x9C)";
const CONTROL = "(?:\\x1B\\[|\\x9B)[0-?]*[ -/]*[@-~]?|\\x1B[ -/]*[0-Z\\\\^-~]?";

const BAD = `[${UNSEEN}\\x0b-\\x0d\\x1b]+`;

const RUNS = new RegExp(`${EMOJI}|${STRING}|${CONTROL}|[\\u2028\\u2029]|${BAD}`, "gu");
const KEPT = /^[\p{Extended_Pictographic}0-9#*]/u;
