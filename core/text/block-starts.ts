// What begins a block in Markdown, line by line, according to CommonMark and GitHub's tables.

/** The line that ends the HTML block `rest` begins, if it begins one. */
export const htmlEnd = (rest: string, interrupts: boolean): RegExp | undefined => {
  if (!rest.startsWith("<")) return undefined;
  for (const [start, end] of HTML) if (start.test(rest)) return end;
  return !interrupts && LONE_TAG.test(rest) ? BLANK : undefined;
};

/** Whether versions of CommonMark disagree about `rest`; `lazy` if it could also continue a paragraph. */
export const unsureStart = (rest: string, lazy: boolean): boolean =>
  rest.startsWith("<") && (UNSURE.some(start => start.test(rest)) || (lazy && LONE_TAG.test(rest)));

export const BLANK = /^[ \t]*$/;
export const HEADING = /^#{1,6}(?:[ \t]|$)/;
export const THEMATIC = /^(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/;
export const FENCE = /^(?:(`{3,})(?!`)[^`]*|(~{3,})(?!~).*)$/;
export const LIST = /^(?:[*+-]|\d{1,9}[.)])(?=[ \t]|$)/;
export const DRAWN = /^(?:mermaid|math|geojson|topojson|stl)\b/i;
/** The line below a table's head. Without a pipe or a colon it would underline a heading. */
export const DELIMITERS = /^(?=.*-)(?=.*[|:])[-|: \t]+$/;
// GitHub reads these differently after table rows than after a paragraph.
export const ROW_OR_NOT = /^(?:=+[ \t]*$|<|(?:[*+-]|\d{1,9}[.)])(?:[ \t]|$))/;
// Block starts that some versions of CommonMark have and others do not.
const UNSURE: readonly RegExp[] = [
  /^<![a-z]/,
  /^<\/?(?:source|search|textarea)\b/i,
  /^<\/(?:pre|script|style)\b/i,
];
const BLOCKS =
  "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|" +
  "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|" +
  "menuitem|nav|noframes|ol|optgroup|option|p|param|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul";
const HTML: readonly (readonly [RegExp, RegExp])[] = [
  [/^<(?:script|pre|style)(?:[ \t>]|$)/i, /<\/(?:script|pre|style)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![A-Z]/, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [new RegExp(`^</?(?:${BLOCKS})(?:[ \\t]|/?>|$)`, "i"), BLANK],
];
const ATTRIBUTE = "[ \\t]+[a-zA-Z_:][\\w.:-]*(?:[ \\t]*=[ \\t]*(?:\"[^\"]*\"|'[^']*'|[^ \\t\"'=<>`]+))?";
const LONE_TAG = new RegExp(
  `^<(?:[a-zA-Z][a-zA-Z0-9-]*(?:${ATTRIBUTE})*[ \\t]*/?|/[a-zA-Z][a-zA-Z0-9-]*[ \\t]*)>[ \\t]*$`,
);
