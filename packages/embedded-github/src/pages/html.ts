// Markup that escapes whatever is inserted. Only what this tag or `trusted` made counts as markup.

export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Part = Html | string | number | null | undefined | false | readonly Part[];

export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`);

const markupOf = (part: Part): string => {
  if (part instanceof Html) return part.markup;
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string" || typeof part === "number") return escapeText(String(part));
  return part.map(markupOf).join("");
};

export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(texts.map((text, at) => (at === 0 ? text : markupOf(parts[at - 1]) + text)).join(""));

/** For markup of our own making that the tag cannot build, such as rendered Markdown. */
export const trusted = (markup: string): Html => new Html(markup);
