// Three hundred issues and patches as people write them: defences against attackers must not harm honest people.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of issues hold them.
import { expect, test } from "vitest";
import type { FileChange } from "../../core/model/change.ts";
import { checkPatch, notesOnPatch } from "../../core/pipeline/patch.ts";
import { clean } from "../../core/text/clean.ts";
import { BENIGN, random } from "./corpus.ts";

const MORE: readonly string[] = [
  "The area is $A = \\pi r^2$ and the sum $$\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$$ is off by one.",
  "Warnings are $\\color{red}{\\text{red}}$ in the manual, notes $\\textcolor{blue}{\\text{blue}}$.",
  "```math\n\\begin{aligned}\na &= b + c \\\\\nd &= e\n\\end{aligned}\n```",
  "It costs $5 today, 10% off, and $6 tomorrow; `$HOME` and `${A}` are not expanded, 50% of $7.",
  '```svg\n<svg viewBox="0 0 1 1"><title>Logo</title><desc>Our logo</desc></svg>\n```',
  "Inline `<svg><title>x</title></svg>` is escaped twice by the renderer.",
  "```mermaid\ngraph LR\n  A[Start] --> B{Is it?}\n  B -->|yes| C\n```",
  "```ansi\n\\u001b[31mFAIL\\u001b[0m src/a.test.ts > adds\n```",
  "| Browser | Version | Result |\n| --- | ---: | :---: |\n| Firefox | 128 | ✅ |\n| Safari | 17.5 | ❌ |",
  "العنوان: فشل الحفظ عند النقر على الزر.\n\n1. افتح الصفحة\n2. انقر **حفظ**",
  "כותרת: השמירה נכשלת.\n\n- פתחו את הדף\n- לחצו `Save`",
  "Teams like 👩‍👩‍👧‍👦 and 🧑‍🚒 are cut in half by `substring`.",
  "```tsx\nexport const App = () => <main>{/* <!-- kept --> */}<Title a={1 < 2} /></main>;\n```",
  "`/^(?:[a-z0-9!#$%&'*+]+)@(?:[a-z0-9-]+\\.)+[a-z]{2,}$/i` rejects `a@b.co`.",
  '```yaml\nservices:\n  web:\n    image: node:24\n    command: ["sh", "-c", "echo $$HOME"]\n```',
  "See [the RFC](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.1) and #12, and the [wiki](../wiki).",
  "```diff\n@@ -1,3 +1,3 @@\n-const a = \"<!-- a -->\";\n+const a = '<!-- b -->';\n```",
  "<kbd>⌘</kbd>+<kbd>K</kbd> opens it, <kbd>Esc</kbd> does not close it.",
  '```sh\ncurl -fsSL https://example.com/install.sh | sh -s -- --prefix "$HOME/.local"\n```',
  "> It worked in 1.4.\n\nIt does not in 1.5, see the stack:\n\n```\nError: x\n    at f (a.js:1:2)\n```",
];

const SEEDS = [...BENIGN, ...MORE].filter(text => text !== "" && !/^ {4}/.test(text));

const ISSUES: readonly string[] = (() => {
  const next = random(9);
  const pick = (): string => SEEDS[next(SEEDS.length)] ?? "";
  return Array.from({ length: 200 }, (_, index) =>
    [
      "## What happens",
      SEEDS[index % SEEDS.length] ?? "",
      "## What should happen",
      pick(),
      "## Where",
      pick(),
    ].join("\n\n"),
  );
})();

/** The share of characters in lines that come through unchanged. */
const unharmed = (before: string, after: string): number => {
  const left = new Set(after.split("\n"));
  const kept = before.split("\n").filter(line => left.has(line));
  return kept.join("\n").length / Math.max(1, before.length);
};

test("of two hundred ordinary issues none is cut, and 99 % of the text is there as it was written", () => {
  const all = ISSUES.map(text => ({ text, cleaned: clean(text) }));
  expect(all.filter(({ cleaned }) => cleaned.cut)).toEqual([]);
  const shares = all.map(({ text, cleaned }) => unharmed(text, cleaned.text));
  expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThanOrEqual(0.99);
  expect(Math.min(...shares)).toBeGreaterThan(0.8);
});

const PATHS =
  "src/app.ts src/components/Button.tsx lib/index.mjs test/unit/parse_test.go cmd/server/main.go pkg/store/store.rs " +
  "app/models/user.rb spec/models/user_spec.rb docs/guide.md docs/images/logo.svg public/index.html styles/main.scss " +
  "migrations/0003_add_index.sql src/main/java/org/example/App.java i18n/ar.json i18n/he.json fixtures/ansi.log " +
  "tests/fixtures/comment.html tests/data/emoji.txt src/日本語.ts src/über.py docs/math.md examples/graph.mmd " +
  "data/sample.csv proto/api.proto schema.graphql src/[id]/page.tsx src/(group)/layout.tsx a-b_c.d.e.txt config/app.toml";

const PATCHES: readonly (readonly FileChange[])[] = (() => {
  const paths = PATHS.split(" ");
  const next = random(10);
  return Array.from({ length: 100 }, (_, index) =>
    Array.from({ length: 1 + (index % 4) }, (_, file) => ({
      path: paths[(index + 7 * file) % paths.length] ?? "",
      mode: "100644" as const,
      content: `${SEEDS[(index * 3 + file) % SEEDS.length]}\n${SEEDS[next(SEEDS.length)]}\n`,
      encoding: "utf-8" as const,
      in_base: index % 2 === 0,
    })),
  );
})();

test("of a hundred ordinary patches none is refused, whatever text their files hold", () => {
  const rules = {
    protected: ["deploy/**", "*.pem", "infra/**/secrets.*"],
    before: new Map(),
    files: new Map(),
  };
  expect(PATCHES.flatMap(patch => checkPatch(patch, rules) ?? [])).toEqual([]);
});

/** As their programs write them: a header, and then compressed data. */
const BINARIES: readonly (readonly [path: string, header: string])[] = [
  ["docs/images/logo.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10"],
  ["public/spinner.gif", "GIF89a\x10\0\x10\0\xf0\0\0"],
  ["res/icon.bmp", "BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"],
  ["public/photo.jpg", "\xff\xd8\xff\xe0\0\x10JFIF\0"],
  ["public/favicon.ico", "\0\0\x01\0\x02\0"],
  ["fonts/inter.woff", "wOFF\0\x01\0\0"],
  ["fonts/inter.woff2", "wOF2OTTO"],
  ["fonts/inter.ttf", "\0\x01\0\0\0\x0f"],
];

test("of pictures and fonts, whatever bytes they hold, none is refused or spoken of; neither is a source in Latin-1", () => {
  const next = random(12);
  const rules = { protected: [], before: new Map(), files: new Map() };
  const binary = (path: string, bytes: string): FileChange => ({
    ...{ path, mode: "100644", content: btoa(bytes), encoding: "base64", in_base: false },
  });
  const packed = (): string => Array.from({ length: 30_000 }, () => String.fromCharCode(next(256))).join("");
  for (const [path, header] of BINARIES) {
    const change = binary(path, `${header}${packed()}\xe2\x80\xae\xf3\xa0\x81\x81`);
    expect(checkPatch([change], rules), path).toBeNull();
    expect(notesOnPatch([change], new Map()), path).toEqual([]);
  }
  for (const path of ["src/main.c", "include/config.h", "lib/legacy.php", "po/de.txt", "src/Unit1.pas"])
    expect(
      checkPatch([binary(path, "/* Gr\xfc\xdfe, \xa9 1998, na\xefve caf\xe9 */\r\nint a;\f\r\n")], rules),
      path,
    ).toBeNull();
});
