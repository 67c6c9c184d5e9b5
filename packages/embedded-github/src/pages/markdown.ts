// Comments and files in Markdown. Raw HTML is shown as text, except for the few tags that fold or lower text; links
// lead only to the web; pictures become links, because a page must not contact anybody by itself.

import { Marked, type Tokens } from "marked";
import type { Repository } from "../state.ts";
import { htmlUrl, userByLogin, type World } from "../world.ts";
import { box, placesOfBoxes } from "./boxes.ts";
import { escapeText, type Html, trusted } from "./html.ts";

export interface MarkdownPlace {
  readonly world: World;
  readonly repository: Repository | null;
  /** In files, line ends follow Markdown; in comments each is shown. */
  readonly file?: { readonly ref: string; readonly folder: string };
  /** The form that the boxes of task lists submit; without it they are only shown. */
  readonly boxes?: string | null;
}

const TAGS = ["details", "summary", "sub", "sup", "b", "kbd"];
const VOID = ["br"];

export function markdown(place: MarkdownPlace, text: string): Html {
  const open: string[] = [];
  let boxes = 0;
  const marked = new Marked({ gfm: true, breaks: place.file === undefined, async: false });
  marked.use({
    extensions: [mention(place), reference(place)],
    renderer: {
      html: token => rawHtml(token.text, open),
      code: fence,
      checkbox: ({ checked }) =>
        place.boxes == null ? false : box(place.boxes, { at: boxes++, checked }).markup,
      image: token => linkMarkup(place, token, escapeText(token.text === "" ? token.href : token.text)),
      link(token) {
        return linkMarkup(place, token, this.parser.parseInline(token.tokens));
      },
    },
  });
  const markup = marked.parse(text) as string;
  // If Markdown and `placesOfBoxes` disagree on what is a box, none can be ticked: it might be the wrong one.
  if (boxes > 0 && boxes !== placesOfBoxes(text).length) return markdown({ ...place, boxes: null }, text);
  // Tags that were left open must not swallow the rest of the page.
  return trusted(
    markup +
      open
        .reverse()
        .map(name => `</${name}>`)
        .join(""),
  );
}

function rawHtml(text: string, open: string[]): string {
  const bare = text.replace(/<!--[\s\S]*?(?:-->|$)/g, "");
  return bare
    .split(/(<\/?[a-z]+(?:\s+open)?\s*\/?>)/i)
    .map((piece, at) => (at % 2 === 0 ? escapeKeepingEntities(piece) : tagOrText(piece, open)))
    .join("");
}

function tagOrText(piece: string, open: string[]): string {
  const name = /[a-z]+/i.exec(piece)?.[0].toLowerCase() ?? "";
  if (VOID.includes(name)) return `<${name}>`;
  if (!TAGS.includes(name)) return escapeText(piece);
  if (!piece.startsWith("</")) {
    open.push(name);
    return name === "details" && /\sopen/i.test(piece) ? "<details open>" : `<${name}>`;
  }
  const at = open.lastIndexOf(name);
  if (at < 0) return "";
  // Tags left open inside it end with it.
  return open
    .splice(at)
    .reverse()
    .map(one => `</${one}>`)
    .join("");
}

const escapeKeepingEntities = (text: string): string =>
  text.replace(/&(?!#?\w{1,12};)/g, "&#38;").replace(/[<>"']/g, letter => `&#${letter.charCodeAt(0)};`);

function fence({ text, lang }: Tokens.Code): string {
  const name = /^[\w+-]+/.exec(lang ?? "")?.[0] ?? "";
  const label = name === "" ? "" : `<span class="fence">${escapeText(name)}</span>`;
  const body = name === "diff" ? diffLines(text) : escapeText(text);
  return `<div class="code">${label}<pre><code>${body}\n</code></pre></div>`;
}

const diffLines = (text: string): string =>
  text
    .split("\n")
    .map(line => {
      const kind = line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : "same";
      return `<span class="${kind}">${escapeText(line)}</span>`;
    })
    .join("\n");

function linkMarkup(place: MarkdownPlace, token: Tokens.Link | Tokens.Image, inner: string): string {
  const href = safeHref(place, token.href);
  return href === null ? inner : `<a href="${escapeText(href)}" rel="nofollow noreferrer">${inner}</a>`;
}

function safeHref({ world, repository, file }: MarkdownPlace, href: string): string | null {
  if (/^(https?:\/\/|mailto:|#)/i.test(href)) return href;
  if (/^[\w+.-]*:/.test(href) || href.startsWith("//")) return null;
  if (href.startsWith("/")) return href;
  if (repository === null || file === undefined) return `/${href}`;
  const base = `${htmlUrl(world, repository)}/blob/${encodeURIComponent(file.ref)}/`;
  return new URL(file.folder === "" ? href : `${file.folder}/${href}`, base).href;
}

/** `#12` */
const reference = ({ world, repository }: MarkdownPlace) => ({
  name: "reference",
  level: "inline" as const,
  start: (text: string) => /#\d/.exec(text)?.index,
  tokenizer(text: string) {
    const hit = /^#(\d{1,9})\b/.exec(text);
    const known = repository?.issues.some(issue => issue.number === Number(hit?.[1]) && issue.gone === null);
    return hit === null || known !== true ? undefined : { type: "reference", raw: hit[0], number: hit[1] };
  },
  renderer: (token: Tokens.Generic) =>
    repository === null
      ? escapeText(token.raw)
      : `<a href="${escapeText(htmlUrl(world, repository))}/issues/${token.number}">#${token.number}</a>`,
});

/** `@octocat` */
const mention = ({ world }: MarkdownPlace) => ({
  name: "mention",
  level: "inline" as const,
  start: (text: string) => /(?<!\w)@\w/.exec(text)?.index,
  tokenizer(text: string) {
    const hit = /^@([a-z\d](?:[a-z\d-]{0,38}))/i.exec(text);
    const user = hit === null ? undefined : userByLogin(world, hit[1] ?? "");
    return hit === null || user === undefined
      ? undefined
      : { type: "mention", raw: hit[0], login: user.login };
  },
  renderer: (token: Tokens.Generic) =>
    `<a class="mention" href="/${encodeURIComponent(token.login)}">@${escapeText(token.login)}</a>`,
});
