// Inline code in a stretch of Markdown, only where it is beyond doubt: on one line, in a paragraph in which nothing before
// it (an attribute, a link title, a table cell, a code span over two lines) could have used up one of its ticks.

export interface Span {
  readonly start: number;
  readonly end: number;
}

export const codeSpans = (text: string): Span[] => {
  if (!text.includes("`")) return [];
  const spans: Span[] = [];
  let from = 0;
  while (from < text.length) {
    BLANK_LINE.lastIndex = from;
    const blank = BLANK_LINE.exec(text);
    const to = blank ? blank.index + blank[0].length : text.length;
    for (const { start, end } of paragraph(text.slice(from, to)))
      spans.push({ start: from + start, end: from + end });
    from = to;
  }
  return spans;
};

const paragraph = (text: string): Span[] => {
  const spans: Span[] = [];
  if (!text.includes("`")) return spans;
  const closing = ticks(text);
  const table = text.includes("|") && text.split("\n").some(isDelimiters);
  SPECIAL.lastIndex = 0;
  for (let match = SPECIAL.exec(text); match; match = SPECIAL.exec(text)) {
    const at = match.index;
    if (match[0].startsWith("`")) {
      const close = closing(at, match[0].length);
      if (close === undefined) continue;
      if ((table ? BREAKS_ROW : /\n/).test(text.slice(at, close))) break;
      spans.push({ start: at, end: close });
      SPECIAL.lastIndex = close;
    } else if (match[0] === "<" || match[0] === "](") {
      const known = match[0] === "<" ? TAG : LINK;
      known.lastIndex = at;
      const whole = known.exec(text);
      if (!whole) break;
      SPECIAL.lastIndex = at + whole[0].length;
    }
  }
  return spans;
};

/** For a run of ticks, where the next run of the same length ends. */
const ticks = (text: string) => {
  const runs = new Map<number, { at: number[]; next: number }>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const known = runs.get(run.length);
    if (known) known.at.push(index);
    else runs.set(run.length, { at: [index], next: 0 });
  }
  return (at: number, size: number): number | undefined => {
    const known = runs.get(size);
    if (!known) return undefined;
    while ((known.at[known.next] ?? Number.POSITIVE_INFINITY) < at + size) known.next++;
    const close = known.at[known.next];
    return close === undefined ? undefined : close + size;
  };
};

// Cells are split before code is looked for, so a span with a pipe in it may not be code.
const BREAKS_ROW = /\n|(?<!\\)(?:\\\\)*\|/;
const isDelimiters = (line: string): boolean =>
  /^[-|: \t>]+$/.test(line) && line.includes("-") && /[|:]/.test(line);
const BLANK_LINE = /\n[ \t]*(?=\n)/g;
const SPECIAL = /\\[!-/:-@[-`{-~]|`+|<(?=[A-Za-z/!?])|\]\(/g;
// Tags, autolinks and link targets that certainly swallow no tick; anything else ends the search.
const TAG =
  /<(?:\/?[A-Za-z][\w-]*(?:[ \t]+[\w:.-]+(?:=(?:"[^"`<>\n]*"|'[^'`<>\n]*'|[\w./:#?&%+-]+))?)*[ \t]*\/?>|[A-Za-z][\w+.-]{1,31}:[^\s<>`"']*>)/y;
const LINK = /\]\([^\s()<>`"'\\]*(?:[ \t]+"[^"`\n\\]*")?\)/y;
