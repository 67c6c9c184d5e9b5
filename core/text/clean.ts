// Text from GitHub on its way in: what a reader there does not see is removed and counted, or made visible, until another
// round changes nothing. Code is kept as written, including comments, tags and entities, if GitHub certainly shows it as
// code: a fence closed in the container that opened it, and inline code on one line of a paragraph without doubt
// (regions.ts, spans.ts). Everything else is not code: indented code, a fence that is never closed, whatever lies in raw
// HTML. Invisible characters go everywhere, code included. Not covered: addresses of links.

import { KinError } from "../model/error.ts";
import { lines, prefix, visible } from "./invisible.ts";
import { strip } from "./markup.ts";

export interface Cleaned {
  readonly text: string;
  /** How many hidden things were taken out or made visible. */
  readonly hidden: number;
  readonly cut: boolean;
}

/** `limit` is in UTF-16 units and includes the marker that says what was cut. */
export const clean = (text: string, options: { limit?: number } = {}): Cleaned => {
  const limit = options.limit ?? DEFAULT_LIMIT;
  const whole = lines(text);
  const settled = settle(prefix(whole, limit));
  const cut = Math.max(whole.length, settled.text.length) > limit;
  const { text: kept, hidden } = cut ? shorten(settled, { limit, length: whole.length }) : settled;
  return { text: kept, hidden, cut };
};

/** Untrusted text between two lines that it cannot contain. Each prompt has a new delimiter. */
export const fence = (label: string, text: string, delimiter: string): string => {
  if (!/^[\w-]{8,}$/.test(delimiter)) throw new Error(`Not a delimiter: ${JSON.stringify(delimiter)}`);
  if (!/^[\w .:,#/()-]{1,200}$/.test(label)) throw new Error(`Not a label: ${JSON.stringify(label)}`);
  if (`${label}\n${text}`.toLowerCase().includes(delimiter.toLowerCase()))
    throw new KinError("The text contains the delimiter that was to fence it.", {
      code: "delimiter_in_text",
      hint: "Fence it again with a new random delimiter.",
      retryable: true,
    });
  return `<<<${label} ${delimiter}\n${text}\n${delimiter} ${label}>>>`;
};

// GitHub's own limit for a body.
const DEFAULT_LIMIT = 65_536;

// Texts that people write settle in two or three; each further round undoes a construction inside a construction.
const ROUNDS = 5;

interface Settled {
  readonly text: string;
  readonly hidden: number;
  /** It did not settle, so its markup was broken and it may be cut anywhere. */
  readonly broken?: true;
}

const settle = (raw: string): Settled => {
  let text = raw;
  let hidden = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const stripped = strip(text);
    if (!stripped) break;
    // Only now, because a character that vanishes or is recomposed may make a fence that GitHub does not see.
    const seen = visible(stripped.text);
    const next = seen.text.normalize("NFC");
    hidden += stripped.hidden + seen.removed;
    if (next === text) return { text, hidden: hidden + stripped.unseen };
    text = next;
  }
  return { text: broken(text), hidden: hidden + 1, broken: true };
};

/** For text built so that it never settles: its markup is broken instead of removed, so that all of it is words. */
const broken = (text: string): string =>
  visible(text)
    .text.normalize("NFC")
    .replace(/<(?=[A-Za-z!/?])/g, "< ")
    .replace(/&(?=[#A-Za-z])/g, "& ")
    .replace(/\](?=[(:])/g, "] ")
    .replace(/!(?=\[)/g, "! ")
    .replace(/\|/g, "¦")
    .replace(/`{3,}/g, "``")
    .replace(/~{3,}/g, "~~");

const shorten = (settled: Settled, { limit, length }: { limit: number; length: number }): Settled => {
  const long = `\n\n(cut here: this text has ${length} characters, of which the first were kept)`;
  const marker = limit < 2 * long.length ? (limit > 0 ? "…" : "") : long;
  const room = limit - marker.length;
  let body = settled;
  for (let round = 0; round < ROUNDS && !body.broken; round++) {
    const shorter = settle(prefix(body.text, room));
    body = { ...shorter, hidden: body.hidden + shorter.hidden };
    if (body.text.length > room) continue;
    if (settle(body.text + marker).text === body.text + marker) return { ...body, text: body.text + marker };
  }
  const text = body.broken ? body.text : broken(body.text);
  return { text: prefix(text, room) + marker, hidden: body.hidden };
};
