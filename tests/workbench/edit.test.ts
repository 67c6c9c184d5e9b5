// The edit tool on real-world files: whatever it was not asked to change stays, byte for byte.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Edit, editFile } from "../../action/tools/edit.ts";
import { aWorkbench, closeAll } from "./kit.ts";

const directory = mkdtempSync(join(tmpdir(), "kin-edit-"));
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await closeAll();
});

const file = join(directory, "file");
const edited = async (before: Buffer, edit: Edit): Promise<Buffer> => {
  writeFileSync(file, before);
  await editFile(file, "file", edit);
  return readFileSync(file);
};
const latin = (text: string): Buffer => Buffer.from(text, "latin1");
const ONE = { old_string: "a = 1", new_string: "a = 2" };

describe("an edit leaves every other byte", () => {
  test.each<[what: string, before: Buffer, after: Buffer]>([
    ["of Latin-1", latin("// caf\xe9\na = 1;\n\xff"), latin("// caf\xe9\na = 2;\n\xff")],
    ["of GBK", latin("// \xc4\xe3\xba\xc3\na = 1;"), latin("// \xc4\xe3\xba\xc3\na = 2;")],
    ["behind a byte order mark", Buffer.from("\ufeffa = 1 // 你好\n"), Buffer.from("\ufeffa = 2 // 你好\n")],
    ["of lines that end in CRLF", latin("x\r\na = 1\r\ny\r\n"), latin("x\r\na = 2\r\ny\r\n")],
    ["of mixed line ends", latin("x\r\na = 1\ny\r"), latin("x\r\na = 2\ny\r")],
    ["of something that is no text", latin("\0\x01a = 1\x80\0"), latin("\0\x01a = 2\x80\0")],
    ["of half a letter", latin("\xe4\xbda = 1"), latin("\xe4\xbda = 2")],
  ])("%s", async (_, before, after) => {
    expect(await edited(before, ONE)).toEqual(after);
  });

  test("of the file's rights, and nothing is left beside it", async () => {
    writeFileSync(file, "a = 1");
    for (const mode of [0o755, 0o640]) {
      chmodSync(file, mode);
      await edited(latin("a = 1"), ONE);
      expect(statSync(file).mode & 0o777).toBe(mode);
    }
    expect(readdirSync(directory)).toEqual(["file"]);
  });
});

test.each<[what: string, before: string, edit: Edit, after: string]>([
  [
    "lines that it names in CRLF, as all the file's are",
    "a\r\nb\r\nc\r\n",
    { old_string: "a\nb\n", new_string: "a\nx\ny\n" },
    "a\r\nx\r\ny\r\nc\r\n",
  ],
  [
    "lines in LF where some of the file's are",
    "a\r\nb\nc",
    { old_string: "b\nc", new_string: "d\ne" },
    "a\r\nd\ne",
  ],
  ["letters beyond ASCII in UTF-8", "né\n", { old_string: "é", new_string: "ü你" }, "nü你\n"],
  ["each of several", "a a a", { old_string: "a", new_string: "b", replace_all: true }, "b b b"],
  ["by what looks like a pattern", "a.b", { old_string: "a.b", new_string: "$& $1" }, "$& $1"],
])("an edit replaces %s", async (_, before, edit, after) => {
  expect((await edited(Buffer.from(before), edit)).toString()).toBe(after);
});

test.each<[what: string, before: Buffer, edit: Edit, message: RegExp]>([
  ["what is not there", latin("b"), ONE, /^edit: old_string not found in file$/],
  ["what is there twice", latin("a = 1 a = 1"), ONE, /appears 2 times in file \(must be unique\)$/],
  ["nothing", latin("b"), { old_string: "", new_string: "b" }, /old_string is required/],
  [
    "a letter in a file that is not UTF-8",
    latin("caf\xe9"),
    { old_string: "café", new_string: "tea" },
    /not found in file\. file is not UTF-8: only what is ASCII can be named/,
  ],
  [
    "something by a letter that such a file has otherwise",
    latin("caf\xe9 a = 1"),
    { old_string: "a = 1", new_string: "é" },
    /file is not UTF-8, and new_string has letters beyond ASCII/,
  ],
  ["half a letter", latin("a = 1"), { old_string: "a", new_string: "\ud83d" }, /holds half a letter/],
  [
    "so much that the file would be too large",
    Buffer.alloc(1024 * 1024, "a"),
    { old_string: "a", new_string: "aaa", replace_all: true },
    /would have 3145728 bytes and an edit makes 2097152 at most/,
  ],
  ["in a file that is too large", Buffer.alloc(2 * 1024 * 1024 + 1), ONE, /an edit takes 2097152 at most/],
])("an edit of %s is refused, and nothing is changed", async (_, before, edit, message) => {
  await expect(edited(before, edit)).rejects.toThrow(message);
  expect(readFileSync(file)).toEqual(before);
});

test("an edit of a file with a name of the greatest length", async () => {
  const long = join(directory, "漢".repeat(84));
  writeFileSync(long, "a = 1");
  await editFile(long, "long", ONE);
  expect(readFileSync(long, "utf8")).toBe("a = 2");
});

test("an edit of a directory and of nothing is refused", async () => {
  await expect(editFile(directory, "d", ONE)).rejects.toThrow("edit: d is not a regular file");
  await expect(editFile(join(directory, "none"), "none", ONE)).rejects.toThrow("edit: none: ENOENT");
});

test("a role's edit of a file in Latin-1 changes one line of the patch", async () => {
  const stand = await aWorkbench({ "a.txt": "a\n" });
  const bench = await stand.open();
  await bench.bash("printf '/* caf\\351 */\\nint a = 1;\\n' > main.c");
  await bench.record();
  expect(
    await bench.use("edit", { file_path: "main.c", old_string: "int a = 1", new_string: "int a = 2" }),
  ).toMatchObject({ content: "edited main.c (1 replacement(s))", is_error: false });
  const { changes } = await bench.record();
  expect(changes).toMatchObject([
    { path: "main.c", encoding: "base64", content: latin("/* caf\xe9 */\nint a = 2;\n").toString("base64") },
  ]);
});
