// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of issues hold them.
// Inputs that several tables share: hidden text in every known form, ways to disguise it, and texts of ordinary issues
// that must come through unchanged.

import { clean } from "../../core/text/clean.ts";

export const tags = (text: string): string =>
  [...text].map(char => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join("");

/** Hidden on GitHub, with INJECT in place of an instruction: by kind. */
export const HIDDEN: readonly (readonly [row: string, name: string, text: string])[] = [
  ["T01", "a comment", "before <!-- INJECT --> after"],
  ["T01", "a comment over several lines", "before\n\n<!--\nINJECT\n\nINJECT\n-->\nafter"],
  ["T01", "a comment in a quote", "> before\n> <!-- INJECT\n> INJECT -->\n> after"],
  ["T01", "a comment after code with the same ticks", "`a` <!-- INJECT --> `b`"],
  ["T02", "a comment that never ends", "before\n\n<!-- INJECT\n\nINJECT"],
  ["T02", "a comment in the middle of a line that never ends", "before <!-- INJECT"],
  ["T03", "a comment that ends with --!>", "before <!-- INJECT --!> after"],
  ["T03", "a comment around a comment", "before <!<!-- x -->-- INJECT --> after"],
  ["T03", "a comment around comments around comments", "a <!<!<!-- x -->-- y -->-- INJECT --> b"],
  ["T03", "a comment put together by a removed tag", "a <<details>!-- INJECT --> b"],
  [
    "T03",
    "a comment that ends in the next paragraph of an element",
    "<div><!-- INJECT\n\n--> INJECT\n\nINJECT",
  ],
  ["T03", "a comment that begins in what is no table", "> | a |\n| - |\n| b | c <!-- d |\nINJECT -->"],
  ["T03", "a comment that begins in what is no definition", '1 a\n[x]: u "b <!-- c"\nINJECT -->'],
  ["T03", "a declaration", "before <!DOCTYPE INJECT> after"],
  ["T03", "a processing instruction", "before <?php INJECT ?> after"],
  ["T03", "character data", "before <![CDATA[ INJECT ]]> after"],
  ["T03", "a bogus comment in an element", "<div>\n</ INJECT>\n</div>"],
  ["T04", "a comment in entities", "before &#60;!-- INJECT --&#62; after"],
  ["T04", "a comment in hexadecimal entities", "before &#x3c;!-- INJECT --&#x3E; after"],
  ["T04", "a comment encoded twice", "before &amp;lt;!-- INJECT --&amp;gt; after"],
  ["T04", "a comment encoded thrice", "before &amp;amp;#60;!-- INJECT --&#38;#38;gt; after"],
  ["T04", "an ampersand that a comment splits", "before &<!-- x -->lt;!-- INJECT --&gt; after"],
  ["T05", "tag characters", `before ${tags("INJECT")} after`],
  ["T10", "a reference comment", "before\n\n[//]: # (INJECT)\n\nafter"],
  ["T10", "a reference comment in quotes", '[comment]: <> "INJECT"\nafter'],
  ["T10", "a reference comment with an address", "[x]: https://example.com 'INJECT'"],
  ["T10", "a reference comment over two lines", '[x]:\n  https://example.com\n  "INJECT"\n\nafter'],
  ["T10", "a reference comment in a list in a quote", "> - [//]: # (INJECT)\n> - after"],
  ["T10", "a link's title", 'see [this](https://example.com "INJECT")'],
  ["T10", "a link's title in parentheses", "see [this](https://example.com (INJECT))"],
  ["T10", "a title of a definition that is used", 'see [this][a]\n\n[a]: https://example.com "INJECT"'],
  [
    "T10",
    "a title of a definition with an address in angles",
    'see [this][a]\n\n[a]: <https://example.com> "INJECT"',
  ],
  ["T10", "a title of a definition that holds a tag", '[x]: https://example.com "INJECT <i>INJECT"'],
  [
    "T10",
    "a title of a definition that is used, in which a tag begins",
    'see [this][a]\n\n[a]: https://example.com "INJECT <i INJECT"',
  ],
  ["T10", "the title of an image", '<img src="https://example.com/a.png" title="INJECT">'],
  ["T10", "an aria-label", '<a href="https://example.com" aria-label="INJECT">this</a>'],
  ["T10", "a data attribute", "<p data-note='INJECT'>this</p>"],
  ["T10", "an attribute nobody knows", "<p INJECT>this</p>"],
  ["T10", "a tag over several lines", '<p\n  data-a="INJECT"\n  INJECT\n>this</p>'],
  ["T10", "a tag in a quote around its marks", '> <p\n> data-a="INJECT">this</p>'],
  ["T10", "an attribute that never ends", '<div title="INJECT\n\nINJECT'],
  ["T10", "what follows the language of a fence", "```js INJECT\ncode\n```"],
  ["T10", "a comment in a drawn diagram", "```mermaid\ngraph TD\n%% INJECT\nA --> B\n```"],
  ["T10", "math that is a phantom", "before $\\phantom{INJECT}$ after"],
  ["T10", "math in white", "before $\\color{white}{INJECT}$ after"],
  ["T10", "math in white text", "before $\\textcolor{#fffffe}{\\text{INJECT}}$ after"],
  ["T10", "math that is moved away", "before $x\\hspace{99em}\\text{INJECT}$ after"],
  ["T10", "math on lines of its own", "before\n\n$$\n\\phantom{\nINJECT}\n$$\n\nafter"],
  ["T10", "math between dollars and ticks", "before $`\\phantom{INJECT}`$ after"],
  ["T10", "math in a fence", "before\n\n```math\n\\phantom{\nINJECT}\n```\n\nafter"],
  ["T10", "a comment in math", "before $x % INJECT$ after"],
  ["T10", "the name of a picture", "before <svg><title>INJECT</title></svg> after"],
  [
    "T10",
    "the description of a picture",
    "before\n\n<svg viewBox='0'>\n<desc>INJECT</desc>\n</svg>\n\nafter",
  ],
  ["T10", "a cell beyond the columns", "| a |\n| - |\n| b | INJECT |"],
  ["T10", "a cell beyond the columns of a table with one", "| a |\n:-\n| b | INJECT |"],
  ["T10", "a cell beyond the columns with tags", "| a |\n| - |\n| b | INJECT <i>INJECT</i> INJECT |"],
  ["T10", "a cell beyond the columns with a tag that never ends", "| a |\n| - |\n| b | INJECT <i INJECT |"],
  [
    "T10",
    "a cell beyond the columns in which a comment ends",
    "| a |\n| - |\n| b <!-- | --> INJECT <i INJECT |",
  ],
  ["T10", "a cell beyond the columns in which a title ends", '| a |\n| - |\n| [b](u "|") INJECT |'],
  ["T10", "a cell beyond the columns in a list", "- | a |\n  | - |\n  | b | INJECT |"],
  [
    "T10",
    "a cell beyond the columns in lists in a quote",
    "> 1. - | a |\n>      | - |\n>      | b | INJECT |",
  ],
  ["T10", "a cell beyond the columns behind a tab", "-\t| a |\n\t| - |\n\t| b | INJECT |"],
  ["code", "a fence with an info string that has ticks", "``` `x`\n<!-- INJECT -->\n```"],
  ["code", "a fence that an element makes text", "<div>\n```\n<!-- INJECT -->\n```\n</div>"],
  ["code", "a fence that never ends", "```html\n<!-- INJECT -->\n"],
  ["code", "a fence that its quote ends", "> ```\n<!-- INJECT -->\n> ```"],
  ["code", "a fence that its list ends", "- ```\n\n<!-- INJECT -->\n\n- ```"],
  ["code", "a fence that an invisible character breaks", "``\u200b`\n<!-- INJECT -->\n```"],
  [
    "code",
    "a fence of ticks that only composition makes",
    "\u1fef\u1fef\u1fef\n<!-- INJECT -->\n\u1fef\u1fef\u1fef",
  ],
  ["code", "a fence that a carriage return breaks", "a\r```\rb\r```\r<!-- INJECT -->\r"],
  ["code", "a closing fence with words behind it", "```\ncode\n``` x\n```\n<!-- INJECT -->"],
  ["code", "ticks that an escape takes", "\\` <!-- INJECT --> `"],
  ["code", "ticks of two lengths", "`` <!-- INJECT --> `"],
  ["code", "ticks of an earlier line", "a ` b\n` <!-- INJECT --> `"],
  ["code", "ticks of another paragraph", "a ` b\n\n<!-- INJECT --> ` c"],
  ["code", "a tick in an attribute", '<a title="`"> ` x ` <!-- INJECT --> `'],
  ["code", "a tick in a link's title", '[a](u "`") ` x ` <!-- INJECT --> `'],
  ["code", "a tick in another cell", "| a | b |\n| - | - |\n| ` | ` x ` <!-- INJECT --> ` |"],
];

export type Disguise = (text: string) => string;

/** Disguises that leave the text hidden, or make it so once decoded. */
export const DISGUISES: Readonly<Record<string, Disguise>> = {
  plain: text => text,
  "in capitals": text => text.toUpperCase(),
  "below a heading": text => `# Title\n\n${text}`,
  "behind Windows line ends": text =>
    `Title\r\n\r\n${text.replace(/(?<!\r)\n/g, "\r\n").replace(/\r(?!\n)/g, "\r\n")}`,
};

/** Disguises that GitHub would show at first: their content is hidden only for whoever decodes them. */
export const SPLIT: Readonly<Record<string, Disguise>> = {
  "split by zero-width characters": text => [...text].join("\u200b"),
  "split by soft hyphens": text => [...text].join("\u00ad"),
  "as decimal entities": text => [...text].map(char => `&#${char.codePointAt(0)};`).join(""),
  "as entities of entities": text =>
    [...text].map(char => `&amp;#x${char.codePointAt(0)?.toString(16)};`).join(""),
};

/** Removed wherever they are; each pair has what is left. */
export const INVISIBLE: readonly (readonly [row: string, name: string, text: string, left: string])[] = [
  ["T05", "tag characters", `a${tags("ignore")}b`, "ab"],
  ["T05", "a flag made of tag characters", `\u{1f3f4}${tags("gbeng")}\u{e007f}`, "\u{1f3f4}"],
  ...[
    0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xfeff, 0xad, 0x180e, 0x34f, 0x115f,
    0x1160, 0x3164, 0xffa0, 0x2800,
  ].map(point => ["T06", `U+${point.toString(16)}`, `a${String.fromCodePoint(point)}b`, "ab"] as const),
  ["T06", "a joiner between letters", "a\u200db", "ab"],
  ["T06", "a joiner after an emoji and before a letter", "👩\u200db", "👩b"],
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x61c].map(
    point =>
      ["T07", `U+${point.toString(16)}`, `if (a${String.fromCodePoint(point)}) b`, "if (a) b"] as const,
  ),
  ["T08", "variation selectors in a row", "😀\ufe0f\ufe0e\ufe01\u{e0100}\u{e01ef}", "😀\ufe0f"],
  ["T08", "a variation selector after a letter", "a\ufe0fb\ufe00", "ab"],
  ["T08", "a supplementary variation selector", "a\u{e0155}b", "ab"],
  ["T16", "a hidden colour", "a\u001b[8mhidden\u001b[0mb", "ahiddenb"],
  ["T16", "a colour by a C1 introducer", "a\u009b31mb", "ab"],
  ["T16", "an OSC link", "a\u001b]8;;https://evil.example\u001b\\here\u001b]8;;\u001b\\b", "ahereb"],
  ["T16", "an OSC title ended by a bell", "a\u001b]0;title\u0007b", "ab"],
  ["T16", "an OSC sequence that never ends", "a\u001b]0;title b", "a]0;title b"],
  ["T16", "a device control string", "a\u001bPq#0\u001b\\b", "ab"],
  ["T16", "sequences inside sequences", "a\u001b\u001b[31m[31mb", "a[31mb"],
  ["T16", "a carriage return that would overwrite", "safe\rrm -rf", "safe\nrm -rf"],
  ["T16", "C1 controls", "a\u0085b\u0090c\u009fd", "abcd"],
  ["T16", "a backspace and a bell", "a\bb\u0007c", "abc"],
  ["C06", "NUL", "a\0b", "ab"],
  ["C06", "lone surrogates", "a\ud800b\udc00c", "abc"],
  ["C06", "a non-character", "a\uffffb\u{1fffe}c", "abc"],
  ["C06", "line separators", "a\u2028b\u2029c", "a\nb\nc"],
];

/** What people write. Nothing in it is hidden, so nothing in it changes. */
export const BENIGN: readonly string[] = [
  "",
  "The flats endpoint returns shares in the wrong order.",
  "Steps to reproduce:\n\n1. Open the page\n2. Click *Save*\n3. See the error\n\nExpected: it saves.",
  '```html\n<!-- the header -->\n<div class="a" data-x=\'1\' style="display:none" title="t">x</div>\n```',
  "```html\n<!--\nmulti\nline\n-->\n```\n\nand after",
  '~~~xml\n<?xml version="1.0"?>\n<!DOCTYPE note>\n<![CDATA[ <a> & b ]]>\n~~~',
  "Put `<!-- toc -->` at the top.",
  "Use `` `<!--` `` and ``a ` b``, not `-->`.",
  "> ```html\n> <!-- quoted -->\n> ```\n\nWhy is this dropped?",
  "- first\n  ```html\n  <!-- in a list -->\n  ```\n- second",
  "1. Run\n\n   ```sh\n   echo '<!-- x -->'\n   ```\n\n2. Look",
  "* a\n  * b\n    ```\n    <!-- deep -->\n    ```",
  "````markdown\n```html\n<!-- nested -->\n```\n````",
  "```\n&lt;b&gt; stays &amp; so does &#60;\n```",
  "The parser turns `&lt;` into `<`.",
  '```jsx\nconst a = <Foo title="x" {...rest}>{/* c */}</Foo>;\n```',
  "```ts\nconst re = /<!--[\\s\\S]*?-->/g;\nconst b = /^(?:a|b)+\\[x\\]\\(y\\)$/u;\n```",
  "Regex `^\\s*<!--(.*?)-->\\s*$` matches too much.",
  "The pattern /(?<=@)\\w+|[^\\]]\\(/ fails on `a](b`.",
  '```yaml\non:\n  issues: { types: [labeled] }\n# comment\nenv:\n  A: ${{ secrets.A }}\n  B: "<!-- no -->"\n```',
  "key: value\nlist:\n  - a\n  - b: [1, 2]\nanchor: &x {a: 1}\nmerge: *x",
  "```console\n$ printf '\\e[31mred\\e[0m'\n$ echo -e \"\\033[1mbold\\x1b[0m\"\n```",
  "The log shows ESC[31m and \\u001b[0m as text, also ^[[8m.",
  "`\\x1b]8;;https://example.com\\x1b\\\\link` is an OSC 8 link.",
  "👨‍👩‍👧‍👦 and 👩🏽‍💻 and 🏳️‍🌈 and ❤️‍🔥 and 🧑🏿‍🤝‍🧑🏻",
  "Ship it 🚀 ☀️ ✅ ⚠️ 1️⃣ #️⃣ *️⃣ 🇩🇪 ©️ ™️ ☑︎",
  "🏴‍☠️ 👁️‍🗨️ 🐻‍❄️ 🤷🏼‍♀️ 🧔‍♂️",
  "مرحبا بالعالم، هذا تقرير عن خطأ في الصفحة الرئيسية.",
  "שלום עולם, יש באג בדף הראשי (ראו `main.ts`).",
  "الملف `src/app.ts` السطر 12 لا يعمل مع עברית.",
  "日本語のテキスト、全角スペース　とカタカナ。",
  "한국어 이슈입니다. 버튼이 동작하지 않아요.",
  "हिन्दी में समस्या और বাংলা লেখা।",
  "Ελληνικά, кириллица, tiếng Việt, Čeština, naïve café.",
  "a < b && b > c, x <= y, 1 << 2, p -> q, <3",
  "if (a<b) return; for (i=0;i<n;i++) {}",
  "Vec<T>, Map<string, number>, Promise<Array<string>> and List<?> in prose",
  "Press <kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O, a<br>b",
  "See <https://example.com/a?b=c&d=e> or mail <a@example.com>.",
  '<a href="https://example.com/x">docs</a> and <img-like> words',
  "[docs](https://example.com/a_(b)) and [rel](../README.md#x) and [empty]()",
  "See [the docs][docs] and [this].\n\n[docs]: https://example.com/docs\n[this]: <https://example.com/this>",
  "| a | b |\n|---|:-:|\n| `x \\| y` | 1 |\n| c | |",
  "a | b\n--|--\n1 | 2\n\nafter",
  "- [ ] todo\n- [x] done\n  - [ ] sub",
  "# Heading\n\nSetext\n======\n\nOther\n-----\n\n***\n\n---",
  "> quote\n> > nested\nlazy\n\nafter",
  "    indented code\n    second line\n\nafter",
  "Line one  \nline two\\\nline three",
  "It's 5 o'clock; \"quoted\" 'single' `code` don't.",
  "AT&T, R&D, a & b, a&b, &c., &unknownentity; &copy",
  "https://example.com/?a=1&lt=2&copy=3&amp",
  "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\nTypeError: unsupported operand type(s) for +: 'int' and 'str'",
  "    at Object.<anonymous> (/app/a.js:1:1)\n    at Module._compile (node:internal/modules/cjs/loader:1:1)",
  "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds: the len is 3 but the index is 99",
  '2024-01-01T00:00:00Z [ERROR] main: failed to open "x": no such file',
  "[ERROR] something failed\n[WARN] careful: really",
  "```diff\n- <!-- old -->\n+ <!-- new -->\n@@ -1,2 +1,2 @@\n```",
  "```js\nconst s = `a ${b} \\`c\\``;\nconst html = '<!-- ' + x + ' -->';\n```",
  "```sql\nSELECT * FROM t WHERE a <> 'b' AND c IS NOT NULL; -- comment\n```",
  "```c#\nList<int> a = new();\n```\n\n```c++\n#include <vector>\n```\n\n```objective-c\n@end\n```",
  "```\nplain fence with trailing spaces   \n\n\nblank lines\n```",
  '```python\ndef f(x: "list[int]") -> None:\n    """<!-- doc -->"""\n```\ntext right after',
  "<!-",
  "a <- b, c <-- d, e --> f, <! not, < ! -- spaced -->",
  "$E = mc^2$ and $$\\int_0^1 x\\,dx$$ and costs $5 to $6",
  "`a` `b` ``c`` ```d``` `e",
  "`git log --format='%h <%an>' | head` then `sed 's/<!--//'`",
  "| cmd | what |\n|---|---|\n| `<!--` | opens |\n| `-->` | closes |",
  "Call `@Injectable()` from @nestjs/common; thanks @octocat, fixes #12.",
  "/kin rerun would help here",
  "~~strike~~ **bold** _it_ ***both*** \\*escaped\\* \\<b\\>",
  "Path C:\\Users\\me\\new and \\\\server\\share and a\\tb",
  "Use `[//]: # (comment)` for a comment in Markdown.",
  '```md\n[//]: # (comment)\n[a]: https://example.com "title"\n![alt](x.png "t")\n```',
  "tab\tseparated\tvalues\n1\t2\t3",
  "no\u00a0break, thin\u2009space, ideographic\u3000space, — dash… “quotes”",
  "Zażółć gęślą jaźń, ﬁ ligature, ½, ①, Å, K",
  "a\n\n\n\nb\n",
];

/** Numbers below a bound, the same for the same seed. */
export const random = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

export const PIECES: readonly string[] = [
  ..."` `` ``` ```` ~~~ <!-- --> --!> <!--> <!---> <! <? ?> <![CDATA[ ]]> <div> </div> <pre> </pre> <b> </ <a".split(
    " ",
  ),
  ..."![ !!![ [a] [//]: [a]: [^1]: ](u # (x) ) ]( | |-| === --- - > 1. \\ & &lt; &#60; &amp; &amp;lt;!-- &#96; &#10;".split(
    " ",
  ),
  ..."@octocat ＠a &#64;b fixes #1 closes a/b#2 /kin https://evil.example www.evil.example https://github.com/a".split(
    " ",
  ),
  ..."<!--kin:1--> &shy; &zwnj; word words é 漢 👩‍💻 ❤️ 🏴 (https://evil.example) https://github.com/a/b/issues/1".split(
    " ",
  ),
  "\n",
  "\n",
  "\n\n",
  "\n\n",
  "\r",
  "\r\n",
  "\t",
  " ",
  "  ",
  "    ",
  '"',
  "'",
  ' title="',
  "\n```\n",
  "\n~~~\n",
  "\n> ```\n",
  "\n- ```\n",
  ...INVISIBLE.map(([, , text]) => text),
];

/** This many random texts of a seed: pieces of markup, with whole texts of the corpus in between. */
export const inputs = function* (count: number, seed: number): Generator<string> {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[next(from.length)] as T;
  const seeds = [...BENIGN, ...HIDDEN.map(([, , text]) => text)];
  for (let index = 0; index < count; index++) {
    const parts = Array.from({ length: 1 + next(18) }, () => (next(4) === 0 ? "word " : pick(PIECES)));
    if (next(5) === 0) parts.splice(next(parts.length), 0, pick(seeds));
    if (next(20) === 0) parts.push(String.fromCodePoint(next(0x110000)), String.fromCharCode(next(0x10000)));
    yield parts.join("");
  }
};

// What may appear next to an emoji, and nowhere else.
const EMOJI =
  /\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}]?[\ufe0e\ufe0f]?(?:\u200d\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}]?[\ufe0e\ufe0f]?)*|[0-9#*]\ufe0f?\u20e3/gu;
const FORBIDDEN =
  /(?![\n\t])\p{Cc}|\p{Cs}|\p{Default_Ignorable_Code_Point}|\p{Noncharacter_Code_Point}|[\u2028\u2029\u2800]/u;

/** Whether an invisible character is left. */
export const faults = (cleaned: string): boolean => FORBIDDEN.test(cleaned.replace(EMOJI, ""));

/** Whether cleaning leaves an invisible character, or would change its own result again. */
export const unsettled = (text: string): boolean => {
  const once = clean(text).text;
  return faults(once) || clean(once).text !== once || once !== once.normalize("NFC");
};

/** The mutations of every row of the corpus, with what must become of the hidden words. */
export const MUTATIONS: Readonly<
  Record<string, { readonly disguise: Disguise; readonly becomes: "gone" | "data" | "shown" }>
> = {
  plain: { disguise: text => text, becomes: "gone" },
  base64: { disguise: text => Buffer.from(text).toString("base64"), becomes: "data" },
  "zero-width split": { disguise: text => [...text].join("\u200b"), becomes: "shown" },
  case: { disguise: text => text.toUpperCase(), becomes: "gone" },
  entity: { disguise: text => [...text].map(char => `&#${char.codePointAt(0)};`).join(""), becomes: "shown" },
  "nested fence": {
    disguise: text =>
      `\`\`\`\`\`\`md\n${text.replace(/[\u200b\r]|[\u{e0000}-\u{e007f}]/gu, "").normalize("NFC")}\n\`\`\`\`\`\``,
    becomes: "data",
  },
};

/** What is wrong with a mutated row after cleaning; null if nothing. */
export const survived = (mutation: string, text: string): string | null => {
  const known = MUTATIONS[mutation];
  if (known === undefined) throw new Error(`there is no mutation ${mutation}`);
  const given = known.disguise(text);
  const { text: left, hidden } = clean(given);
  if (clean(left).text !== left) return "not settled";
  if (faults(left)) return "a character that nobody sees";
  switch (known.becomes) {
    case "gone":
      return /INJECT/i.test(left) ? "the words are there" : hidden === 0 ? "not counted" : null;
    case "data":
      return left === given ? null : "data was changed";
    case "shown":
      return left.replace(/`{3,}[\s\S]*?`{3,}|`[^`\n]*`/g, "").includes("<!--") ? "a comment is there" : null;
    default:
      return known.becomes satisfies never;
  }
};
