// Decodes HTML entities, however often they were encoded. Only the names that are markup, space or invisible, and the
// commonest marks; any other name is harmless as it stands.

export const decode = (text: string): string => (text.includes("&") ? text.replace(ENTITY, replaced) : text);

const replaced = (whole: string, ampersands: string, body: string | undefined): string => {
  const character = body === undefined ? undefined : decoded(body);
  if (character !== undefined) return character;
  if (ampersands === "") return whole;
  return body === undefined ? "&" : `&${body};`;
};

// `&amp;amp;lt;` is one match: first the ampersands, then what they hid.
const ENTITY =
  /&((?:(?:amp|AMP|#0{0,9}38|#[xX]0{0,9}26);)*)(?:(#\d{1,12}|#[xX][\da-fA-F]{1,12}|[A-Za-z]{2,31});)?/g;

const decoded = (body: string): string | undefined => {
  if (!body.startsWith("#")) return Object.hasOwn(NAMED, body) ? NAMED[body] : undefined;
  const point = /^#[xX]/.test(body) ? Number.parseInt(body.slice(2), 16) : Number.parseInt(body.slice(1), 10);
  const valid = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return valid ? String.fromCodePoint(point) : "\ufffd";
};

const NAMED: Readonly<Record<string, string>> = {
  ...{
    lt: "<",
    LT: "<",
    gt: ">",
    GT: ">",
    quot: '"',
    QUOT: '"',
    apos: "'",
    nbsp: "\u00a0",
    NonBreakingSpace: "\u00a0",
  },
  ...{
    Tab: "\t",
    NewLine: "\n",
    excl: "!",
    num: "#",
    dollar: "$",
    percnt: "%",
    lpar: "(",
    rpar: ")",
    ast: "*",
  },
  ...{
    midast: "*",
    plus: "+",
    comma: ",",
    period: ".",
    sol: "/",
    colon: ":",
    semi: ";",
    equals: "=",
    quest: "?",
  },
  ...{
    commat: "@",
    lsqb: "[",
    lbrack: "[",
    bsol: "\\",
    rsqb: "]",
    rbrack: "]",
    Hat: "^",
    lowbar: "_",
    UnderBar: "_",
  },
  ...{ grave: "`", DiacriticalGrave: "`", lcub: "{", lbrace: "{", verbar: "|", vert: "|", VerticalLine: "|" },
  ...{ rcub: "}", rbrace: "}", ensp: "\u2002", emsp: "\u2003", thinsp: "\u2009", ThinSpace: "\u2009" },
  ...{
    hairsp: "\u200a",
    VeryThinSpace: "\u200a",
    shy: "\u00ad",
    zwj: "\u200d",
    zwnj: "\u200c",
    lrm: "\u200e",
  },
  ...{ rlm: "\u200f", ZeroWidthSpace: "\u200b", NegativeThinSpace: "\u200b", NegativeMediumSpace: "\u200b" },
  ...{ NegativeThickSpace: "\u200b", NegativeVeryThinSpace: "\u200b", NoBreak: "\u2060", af: "\u2061" },
  ...{
    ApplyFunction: "\u2061",
    it: "\u2062",
    InvisibleTimes: "\u2062",
    ic: "\u2063",
    InvisibleComma: "\u2063",
  },
  ...{
    ndash: "–",
    mdash: "—",
    hellip: "…",
    lsquo: "‘",
    rsquo: "’",
    ldquo: "“",
    rdquo: "”",
    bull: "•",
    middot: "·",
  },
  ...{ copy: "©", reg: "®", trade: "™", times: "×", larr: "←", rarr: "→" },
};
