import { expect, test } from "vitest";
import { linesOf } from "../../app/publish/gate-review.ts";

test.each<readonly [string, readonly string[], readonly number[]]>([
  ["a new file", ["@@ -0,0 +1,3 @@", "+a", "+b", "+c"], [1, 2, 3]],
  ["a new file of one line", ["@@ -0,0 +1 @@", "+a"], [1]],
  ["a deleted file", ["@@ -1,2 +0,0 @@", "-a", "-b"], []],
  [
    "a changed line between lines that stay",
    ["@@ -9,3 +9,3 @@ function add() {", " a", "-b", "+c", " d"],
    [9, 10, 11],
  ],
  ["a line taken out", ["@@ -1,3 +1,2 @@", " a", "-b", " c"], [1, 2]],
  [
    "two hunks, the second moved down",
    ["@@ -1,2 +1,3 @@", " a", "+b", " c", "@@ -50,2 +51,1 @@", "-d", " e"],
    [1, 2, 3, 51],
  ],
  [
    "no newline at the end, on both sides",
    ["@@ -1 +1 @@", "-a", "\\ No newline at end of file", "+b", "\\ No newline at end of file"],
    [1],
  ],
  ["an empty line that stays", ["@@ -1,3 +1,3 @@", " a", " ", "-b", "+c"], [1, 2, 3]],
  ["a line that looks like a hunk", ["@@ -1,1 +1,3 @@", "+@@ -70 +80 @@", " @@ -70 +80 @@", "+x"], [1, 2, 3]],
  ["lines that look like a file's header", ["@@ -1,2 +1,2 @@", "--- a/x", "+++ b/x", " y"], [1, 2]],
  ["line ends of another system", ["@@ -1,1 +1,2 @@\r", " a\r", "+b\r"], [1, 2]],
])("%s", (_, patch, lines) => {
  expect([...linesOf(patch.join("\n"))]).toEqual(lines);
});

test("a file whose patch GitHub does not show, binary or too large, shows no line", () => {
  expect([...linesOf("")]).toEqual([]);
});
