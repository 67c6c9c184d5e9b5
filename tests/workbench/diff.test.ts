// The patch as a gate sees it: every file by name, and diffs within a budget that says what it left out.
import { afterAll, describe, expect, test } from "vitest";
import { aWorkbench, closeAll, type Files } from "./kit.ts";

afterAll(closeAll);

const lookAt = async (files: Files, head: Files) => {
  const { workbench, setup } = await aWorkbench(files, { head });
  return workbench.look(setup.tree);
};
test("the paths of the whole tree stand beside it", async () => {
  const { files } = await lookAt(
    { "same.txt": "s\n", "ü/a.txt": "a\n", "gone.txt": "g\n" },
    { "gone.txt": null },
  );
  expect(files).toEqual(["same.txt", "ü/a.txt"]);
});

const lines = (count: number, text: string) =>
  Array.from({ length: count }, (_, at) => `${text} ${at}\n`).join("");

describe("the patch", () => {
  test("is whole where it is small, whatever attributes and kinds of files there are", async () => {
    const { changed, diff } = await lookAt(
      {
        "a.txt": "one\n",
        "gone.txt": "g\n",
        ".gitattributes": "* -diff\n",
        kind: "text\n",
        "same.txt": "s\n",
      },
      {
        "a.txt": "two\n",
        "gone.txt": null,
        kind: { link: "a.txt" },
        "new/ü b.txt": "n\nm\n",
        "pixel.bin": Buffer.from([0, 1]),
        "cr.txt": "x\rdiff --git a/z b/z\n",
      },
    );
    expect(changed).toEqual([
      { path: "a.txt", added: 1, removed: 1, shown: "all" },
      { path: "cr.txt", added: 1, removed: 0, shown: "all" },
      { path: "gone.txt", added: 0, removed: 1, shown: "all" },
      { path: "kind", added: 1, removed: 1, shown: "all" },
      { path: "new/ü b.txt", added: 2, removed: 0, shown: "all" },
      { path: "pixel.bin", added: null, removed: null, shown: "all" },
    ]);
    for (const line of [
      "-one\n+two\n",
      "-text\n",
      "+a.txt\n",
      "+n\n+m\n",
      "Binary files /dev/null and b/pixel.bin",
    ])
      expect(diff).toContain(line);
  });

  test("is cut in its largest file, and that is said there and in the list", async () => {
    const { changed, diff } = await lookAt(
      { "x.txt": "x\n" },
      {
        "a-lock.json": lines(9_000, "lock"),
        "m.js": `${"m".repeat(90_000)}\n`,
        "x.txt": "y\n",
        "z.txt": lines(40, "z"),
      },
    );
    expect(changed.map(({ path, shown }) => [path, shown])).toEqual([
      ["a-lock.json", "part"],
      ["m.js", "part"],
      ["x.txt", "all"],
      ["z.txt", "all"],
    ]);
    expect(diff).toContain("-x\n+y\n");
    expect(diff).toContain("+z 39\n");
    expect(diff).toMatch(/\n\+lock \d+\n\[\d+ more lines of this file's diff are left out here\]\n/);
    expect(diff).toMatch(/\n\+m{499}\[89501 more characters left out here\]\n/);
    expect(diff.length).toBeLessThan(25_000);
  });

  test("leaves out whole files where there is no room for any part of them, and keeps their counts", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`f${at + 10}.txt`, lines(100, `line of ${at}`)]),
    );
    const { changed, diff } = await lookAt({ a: "a\n" }, files);
    expect(changed).toHaveLength(40);
    expect(new Set(changed.map(({ shown }) => shown))).toContain("none");
    expect(changed.every(({ added }) => added === 100)).toBe(true);
    for (const { path, shown } of changed) expect(diff.includes(`b/${path}\n`), path).toBe(shown !== "none");
  });
});
