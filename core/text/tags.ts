// One HTML tag: where it ends, and what is left of it without the attributes that can carry words nobody sees.

export interface Tag {
  readonly end: number;
  /** What replaces the tag; undefined if it may stay as it is. */
  readonly text: string | undefined;
  /** Attributes that were removed. */
  readonly hidden: number;
  /** GitHub drops elements that it does not know, so their names are not seen. */
  readonly known: boolean;
}

/** `loose` reads as a browser does (raw HTML), otherwise as Markdown does; without a match, `failed` is how far it looked. */
export const readTag = (text: string, at: number, loose: boolean): Tag | { readonly failed: number } => {
  const name = exec(loose ? LOOSE_NAME : NAME, text, at);
  if (!name) return { failed: at + 1 };
  const attributes: Attribute[] = [];
  let index = at + name[0].length;
  for (;;) {
    const close = exec(loose ? LOOSE_CLOSE : CLOSE, text, index);
    if (close) return rewrite({ name, attributes, end: index + close[0].length });
    const attribute = exec(loose ? LOOSE_ATTRIBUTE : ATTRIBUTE, text, index);
    if (!attribute) return { failed: index };
    index += attribute[0].length;
    if (loose && attribute[2] === undefined && exec(OPEN_QUOTE, text, index)) return { failed: index };
    attributes.push({ name: (attribute[1] ?? "").toLowerCase(), value: unquoted(attribute[2] ?? "") });
  }
};

interface Attribute {
  readonly name: string;
  readonly value: string;
}

interface Read {
  readonly name: RegExpExecArray;
  readonly attributes: readonly Attribute[];
  readonly end: number;
}

const rewrite = ({ name, attributes, end }: Read): Tag => {
  const slash = name[1] ?? "";
  const element = (name[2] ?? "").toLowerCase();
  const known = KNOWN.has(element);
  if (element === "details" || element === "summary") {
    const hidden = attributes.filter(attribute => attribute.name !== "open").length;
    return { end, text: element === "summary" && slash ? "\n" : "", hidden, known };
  }
  if (element === "img" && slash === "") return image(attributes, end);
  const kept = attributes.filter(harmless);
  const hidden = attributes.length - kept.length;
  const rebuilt = kept.map(({ name, value }) => ` ${name}="${value}"`).join("");
  return { end, text: hidden === 0 ? undefined : `<${slash}${name[2] ?? ""}${rebuilt}>`, hidden, known };
};

/** The alternative text is for readers, so it becomes text. */
const image = (attributes: readonly Attribute[], end: number): Tag => {
  const value = (name: string) => attributes.find(attribute => attribute.name === name)?.value ?? "";
  const alt = value("alt")
    .replace(/[[\]<>\s]+/g, " ")
    .trim();
  const source = attributes.find(({ name, value }) => name === "src" && URL_LIKE.test(value))?.value;
  const words = `[image: ${alt}]`;
  const hidden = attributes.filter(attribute => attribute.name !== "alt" && !harmless(attribute)).length;
  return { end, text: source === undefined ? words : `${words}(${source})`, hidden, known: true };
};

const harmless = ({ name, value }: Attribute): boolean =>
  LINKS.has(name) ? URL_LIKE.test(value) : PLAIN.has(name) && /^[\w%.#-]{0,30}$/.test(value);

const unquoted = (value: string): string => (/^["']/.test(value) ? value.slice(1, -1) : value);

const exec = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

const NAME = /<(\/?)([A-Za-z][A-Za-z0-9-]*)/y;
const ATTRIBUTE = /\s+([a-zA-Z_:][\w.:-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?/y;
const CLOSE = /\s*\/?>/y;
const LOOSE_NAME = /<(\/?)([A-Za-z][^\s/>]*)/y;
const LOOSE_ATTRIBUTE = /[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"'][^\s>]*))?/y;
const LOOSE_CLOSE = /[\s/]*>/y;
const OPEN_QUOTE = /\s*=\s*["']/y;
const URL_LIKE = /^[^\s()<>"'`[\]\\]{0,2048}$/;

const LINKS = new Set(["href", "src"]);
const PLAIN = new Set(
  "width height align valign colspan rowspan start border type checked disabled dir target rel scope id class name".split(
    " ",
  ),
);
const KNOWN = new Set(
  (
    "a abbr b bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure " +
    "font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark nav ol p picture pre q rp rt ruby s samp section " +
    "small source span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var video"
  ).split(" "),
);
