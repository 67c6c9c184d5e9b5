// What would block git forever, or feed it endlessly, through a name that git opens: it is removed before git looks.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorkbench, closeAll, pathsOf, type Stand } from "./kit.ts";

let stand: Stand;
beforeAll(async () => {
  stand = await aWorkbench({ "a.txt": "a\n", "kept/.gitignore": { link: "../a.txt" }, "kept/x": "x\n" });
});
afterAll(closeAll);

const REPOSITORY = (at: string): string => `mkdir -p ${at}/objects ${at}/refs; mkfifo ${at}/HEAD`;
const PARTS = "mkdir -p sub/.git/refs sub/.git/objects";
const HEAD = "echo ref: refs/heads/x > sub/.git/HEAD";

describe("a record does not wait for, nor is flooded by,", () => {
  test.each<readonly [string, string, string]>([
    ["a pipe named .gitignore", "mkdir sub; mkfifo sub/.gitignore", "sub/.gitignore"],
    [
      "a pipe in a closed directory",
      "mkdir sub; mkfifo sub/.gitattributes; chmod 0 sub",
      "sub/.gitattributes",
    ],
    [
      "a link to a pipe, read by name",
      "mkdir sub; mkfifo /tmp/p; ln -s /tmp/p sub/.gitignore",
      "sub/.gitignore",
    ],
    [
      "a nested .git that leads to a pipe",
      `mkdir sub; ${REPOSITORY("/tmp/g")}; ln -s /tmp/g sub/.git`,
      "sub/.git",
    ],
    ["one that leads home", `mkdir sub; ${REPOSITORY("/home/kin")}; ln -s /home/kin sub/.git`, "sub/.git"],
    [
      "one that names a place elsewhere",
      `mkdir sub; ${REPOSITORY("/tmp/g")}; echo gitdir: /tmp/g > sub/.git`,
      "sub/.git",
    ],
    ["one that leads into /proc", "mkdir sub; ln -s /proc/1/fd/0 sub/.git", "sub/.git"],
    [
      "one whose common directory is a pipe",
      `${PARTS}; ${HEAD}; mkfifo /tmp/p; ln -s /tmp/p sub/.git/commondir`,
      "sub/.git",
    ],
    [
      "one whose common directory is elsewhere",
      `${PARTS}; ${HEAD}; echo /tmp/q > sub/.git/commondir`,
      "sub/.git",
    ],
    ["one whose HEAD has no end", `${PARTS}; ln -s /dev/zero sub/.git/HEAD`, "sub/.git"],
    ["one whose HEAD is a pipe", `${PARTS}; mkfifo sub/.git/HEAD`, "sub/.git"],
    ["one whose HEAD is far too large", `${PARTS}; truncate -s 3G sub/.git/HEAD`, "sub/.git"],
    ["a .gitignore that is far too large", "mkdir sub; truncate -s 2G sub/.gitignore", "sub/.gitignore"],
  ])("%s", async (_, command, trap) => {
    const bench = await stand.open();
    await bench.bash(`${command}; mkdir -p other; echo f > other/f`);
    const recorded = await bench.record();
    expect(pathsOf(recorded)).toEqual(["other/f"]);
    expect(recorded.refused.map(({ path }) => path)).toEqual([trap]);
    expect(await bench.record()).toMatchObject({ changes: [], refused: [] });
  });
});

test("a pipe at the longest path that git opens holds no record", async () => {
  const bench = await stand.open();
  const script = [
    "import os",
    "os.chdir('/work'); left = 4095 - len('/.gitignore')",
    "while left > 0:",
    "    n = min(200, left); n -= left - n == 1",
    "    os.mkdir('d' * n); os.chdir('d' * n); left -= n + 1",
    "os.mkfifo('.gitignore'); open('x', 'w').write('x')",
  ].join("\n");
  expect((await bench.bash(`python3 - <<'P'\n${script}\nP\necho y > b.txt`)).content).toBe("exit code 0");
  const recorded = await bench.record();
  expect(pathsOf(recorded)).toEqual(["b.txt"]);
});

test("a link with such a name that the project itself has is left alone", async () => {
  const bench = await stand.open();
  await bench.bash("echo y > kept/x");
  expect(await bench.record()).toMatchObject({ changes: [{ path: "kept/x" }], refused: [] });
  expect((await bench.bash("readlink kept/.gitignore")).content).toBe("../a.txt\nexit code 0");
});

test("what setup leaves of that kind holds nothing", async () => {
  const other = await aWorkbench(
    { "a.txt": "a\n" },
    {
      config: {
        setup: [
          `mkdir sub; ${REPOSITORY("/tmp/g")}; ln -s /tmp/g sub/.git; mkfifo sub/.gitignore; echo x > sub/x`,
        ],
      },
    },
  );
  expect(other.setup.ok).toBe(true);
  const bench = await other.open();
  expect((await bench.bash("ls -A sub")).content).toBe("x\nexit code 0");
  expect(await bench.record()).toMatchObject({ changes: [], refused: [] });
});

test("places that a command closed are open again for the next, and leave nothing behind", async () => {
  const bench = await stand.open();
  await bench.bash("echo b > a.txt; mkdir -p d/e; chmod 0 d/e d /tmp /home/kin /work");
  expect((await bench.bash("cat a.txt; ls -d /tmp")).content).toBe("b\n/tmp\nexit code 0");
  await bench.bash("chmod 0 /tmp /home/kin /work");
  expect(pathsOf(await bench.record())).toEqual(["a.txt"]);
  expect((await bench.use("read", { file_path: "a.txt" })).content).toBe("     1\tb");
});
