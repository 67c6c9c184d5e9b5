// Inline code of a stretch of Markdown, only where it is beyond doubt: on one line, in a paragraph in which nothing
// before it (an attribute, a link title, a table cell, a code span over two lines) could have used up one of its ticks.

export interface Span {
  readonly start: number;
  readonly end: number;
}

export const codeSpans = (text: string, start: number, end: number): Span[] => {
  const spans: Span[] = [];
  let from = start;
  while (from < end) {
    const to = paragraphEnd(text, from, end);
    paragraph(text, { from, to, spans });
    from = to;
  }
  return spans;
};

/** The end of the line that is blank, or `end`. */
const paragraphEnd = (text: string, from: number, end: number): number => {
  BLANK_LINE.lastIndex = from;
  const match = BLANK_LINE.exec(text);
  return match ? Math.min(end, match.index + match[0].length) : end;
};

const paragraph = (text: string, block: { from: number; to: number; spans: Span[] }): void => {
  const { from, to, spans } = block;
  const closing = ticks(text, from, to);
  SPECIAL.lastIndex = from;
  for (let match = SPECIAL.exec(text); match && match.index < to; match = SPECIAL.exec(text)) {
    const at = match.index;
    if (match[0].startsWith("`")) {
      const close = closing(at, match[0].length);
      if (close === undefined) continue;
      if (/\n|(?<!\\)(?:\\\\)*\|/.test(text.slice(at, close))) return;
      spans.push({ start: at, end: close });
      SPECIAL.lastIndex = close;
    } else if (match[0] === "<" || match[0] === "](") {
      const known = match[0] === "<" ? TAG : LINK;
      known.lastIndex = at;
      const whole = known.exec(text);
      if (!whole || at + whole[0].length > to) return;
      SPECIAL.lastIndex = at + whole[0].length;
    }
  }
};

/** For a run of ticks: where the next run of the same length ends. */
const ticks = (text: string, from: number, to: number) => {
  const runs = new Map<number, { at: number[]; next: number }>();
  TICKS.lastIndex = from;
  for (let match = TICKS.exec(text); match && match.index < to; match = TICKS.exec(text)) {
    const known = runs.get(match[0].length);
    if (known) known.at.push(match.index);
    else runs.set(match[0].length, { at: [match.index], next: 0 });
  }
  return (at: number, size: number): number | undefined => {
    const known = runs.get(size);
    if (!known) return undefined;
    while ((known.at[known.next] ?? Number.POSITIVE_INFINITY) < at + size) known.next++;
    const close = known.at[known.next];
    return close === undefined ? undefined : close + size;
  };
};

const BLANK_LINE = /\n[ \t]*(?=\n)/g;
const TICKS = /`+/g;
const SPECIAL = /\\[!-/:-@[-`{-~]|`+|<(?=[A-Za-z/!?])|\]\(/g;
// Tags, autolinks and link targets that certainly swallow no tick; anything else ends the search.
const TAG =
  /<(?:\/?[A-Za-z][\w-]*(?:[ \t]+[\w:.-]+(?:=(?:"[^"`<>\n]*"|'[^'`<>\n]*'|[\w./:#?&%+-]+))?)*[ \t]*\/?>|[A-Za-z][\w+.-]{1,31}:[^\s<>`"']*>)/y;
const LINK = /\]\([^\s()<>`"'\\]*(?:[ \t]+"[^"`\n\\]*")?\)/y;
