// Documents link to each other: each relative link leads to a file that is checked in, and its anchor to a heading there.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { marked, type Token } from "marked";
import { expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";

const CHECKED_IN = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
}).split("\0");
const DOCUMENTS = CHECKED_IN.filter(path => path.endsWith(".md") && existsSync(join(ROOT, path)));
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const tokensOf = (markdown: string): readonly Token[] => {
  const all: Token[] = [];
  marked.walkTokens(marked.lexer(markdown), token => void all.push(token));
  return all;
};

/** As GitHub makes them: letters, digits, hyphens and underscores of the heading; the second of a name gets a number. */
const anchorsOf = (markdown: string): ReadonlySet<string> => {
  const anchors = new Set<string>();
  for (const token of tokensOf(markdown)) {
    if (token.type !== "heading") continue;
    const plain = token.text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const name = plain.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    let anchor = name;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${name}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
};

const leads = (path: string): boolean =>
  CHECKED_IN.includes(path) || CHECKED_IN.some(other => other.startsWith(`${path.replace(/\/$/, "")}/`));

/** Changes are read in CHANGELOG.md, which the release makes of them. */
const placeOf = (file: string): string => (/^[.]changeset\/(?!README)/.test(file) ? "." : dirname(file));

/** The links of a document that lead nowhere. */
const brokenIn = (file: string, markdown: string): readonly string[] =>
  tokensOf(markdown).flatMap(token => {
    const href = token.type === "link" || token.type === "image" ? String(token.href) : "";
    if (href === "" || /^[a-z][a-z+.-]*:/i.test(href)) return [];
    const [path = "", anchor] = href.split("#");
    const target = path === "" ? file : normalize(join(placeOf(file), decodeURI(path)));
    if (path !== "" && !leads(target)) return [href];
    const there = path === "" ? markdown : target.endsWith(".md") ? text(target) : "";
    return anchor === undefined || anchorsOf(there).has(anchor) ? [] : [href];
  });

test("there are documents to look at, and links in them", () => {
  expect(DOCUMENTS).toContain("ARCHITECTURE.md");
  expect(tokensOf(text("ARCHITECTURE.md")).filter(({ type }) => type === "link").length).toBeGreaterThan(20);
});

test("every link between them leads somewhere", () => {
  const broken = DOCUMENTS.flatMap(file => brokenIn(file, text(file)).map(href => `${file}: ${href}`));
  expect(broken).toEqual([]);
});

test("each decision has its row in the table, in order", () => {
  const decisions = CHECKED_IN.filter(path => /^docs\/adr\/\d/.test(path)).toSorted();
  const rows = text("docs/adr/README.md").match(/^\| \[\d+\]\(.*?\) \| .*? \|/gm);
  const wanted = decisions.map(path => {
    const [, number, title] = /^# (\d+)\. (.+)$/m.exec(text(path)) ?? [];
    expect(basename(path)).toMatch(new RegExp(`^${number?.padStart(4, "0")}-`));
    return `| [${number}](${basename(path)}) | ${title} |`;
  });
  expect(rows).toEqual(wanted);
});

test("a link to no file, and an anchor that no heading has, are seen; what stands in code is no link", () => {
  const markdown = `# One
[a](README.md) [b](nowhere.md) [c](adr/README.md#decisions) [d](adr/README.md#no) [e](#one) [f](#two) [g](adr)
\`[h](nowhere.md)\` [i](https://example.com/nowhere.md) ![j](images/none.png)
`;
  expect(brokenIn("docs/store.md", markdown)).toEqual([
    "README.md",
    "nowhere.md",
    "adr/README.md#no",
    "#two",
    "images/none.png",
  ]);
});
