import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_FILE_BYTES } from "../../core/model/patch/patch-rules.ts";
import {
  aWorkbench,
  closeAll,
  type Handle,
  never,
  pathsOf,
  READ_BASH,
  READ_ONLY,
  refusedPaths,
  type Stand,
} from "./kit.ts";

let stand: Stand;
let bench: Handle;
let tree: string;

beforeAll(async () => {
  stand = await aWorkbench({
    "a.txt": "a\n",
    "dir/b.txt": "b\n",
    "dir/c.txt": "c\n",
    "run.sh": { run: "#!/bin/sh\n" },
    ".github/workflows/ci.yml": "on: push\n",
    ".gitattributes": "*.crlf text eol=crlf\n*.evil filter=evil diff=evil\n",
    ".npmrc": "x=1\n",
    CODEOWNERS: "* @a\n",
    link: { link: "a.txt" },
    "win.crlf": "one\ntwo\n",
    "ignored/.gitignore": "*.log\n",
  });
  bench = await stand.open();
  tree = stand.setup.tree;
});
afterAll(closeAll);

const recordAfter = async (
  command: string,
  options: { readonly scope?: Parameters<Stand["open"]>[0] } = {},
) => {
  const handle = await stand.open(options.scope);
  await handle.bash(command);
  const recorded = await handle.record();
  return { handle, recorded };
};

const clean = async (handle: Handle): Promise<string> => {
  const { content } = await handle.bash(
    "find . -path ./.git -prune -o -path ./.github -prune -o ! -type d -print | sort | tr '\\n' ' '",
  );
  return content.split("\n")[0]?.trim() ?? "";
};
const UNTOUCHED =
  "./.gitattributes ./.npmrc ./CODEOWNERS ./a.txt ./dir/b.txt ./dir/c.txt ./ignored/.gitignore ./link ./run.sh ./win.crlf";

describe("a record", () => {
  test("of nothing is the same tree and no changes; else it holds whole files, added, changed, deleted and with their modes, and then only what changed since", async () => {
    const bench = await stand.open();
    expect(await bench.record()).toEqual({ tree, changes: [], refused: [] });
    await bench.bash(
      "echo new > new.txt; echo more >> a.txt; rm dir/b.txt; chmod +x dir/c.txt; printf '\\xff\\xfe' > data.bin",
    );
    const recorded = await bench.record();
    expect(recorded.refused).toEqual([]);
    expect(recorded.changes).toEqual([
      { path: "a.txt", mode: "100644", content: "a\nmore\n", encoding: "utf-8", in_base: true },
      {
        path: "data.bin",
        mode: "100644",
        content: Buffer.from([0xff, 0xfe]).toString("base64"),
        encoding: "base64",
        in_base: false,
      },
      { path: "dir/b.txt", mode: "100644", content: null, encoding: "utf-8", in_base: true },
      { path: "dir/c.txt", mode: "100755", content: "c\n", encoding: "utf-8", in_base: true },
      { path: "new.txt", mode: "100644", content: "new\n", encoding: "utf-8", in_base: false },
    ]);
    expect(recorded.tree).not.toBe(tree);
    expect((await bench.record()).changes).toEqual([]);
    await bench.bash("rm new.txt; echo b > dir/b.txt");
    const next = await bench.record();
    expect(next.changes.map(({ path, content, in_base }) => [path, content, in_base])).toEqual([
      ["dir/b.txt", "b\n", true],
      ["new.txt", null, false],
    ]);
  });

  test("sees a change whose times and size were put back, however soon it came", async () => {
    for (let round = 0; round < 3; round++) {
      const handle = await stand.open();
      const hidden = (file: string, text: string) =>
        handle.bash(`touch -r ${file} /tmp/t; printf '${text}\\n' > ${file}; touch -r /tmp/t ${file}`);
      await hidden("a.txt", "x");
      expect(pathsOf(await handle.record())).toEqual(["a.txt"]);
      await hidden("dir/b.txt", "y");
      expect(pathsOf(await handle.record())).toEqual(["dir/b.txt"]);
      expect(pathsOf(await handle.record())).toEqual([]);
      await handle.close();
    }
  });

  test("sees a change of the same size in the same second", async () => {
    const { handle } = await recordAfter("echo 1 > same.txt");
    await handle.bash("echo 2 > same.txt");
    expect((await handle.record()).changes).toMatchObject([{ path: "same.txt", content: "2\n" }]);
  });

  test("has a file that became a directory, and the other way round", async () => {
    const { recorded } = await recordAfter(
      "rm a.txt && mkdir a.txt && echo x > a.txt/x; rm -r dir && echo d > dir",
    );
    expect(recorded.refused).toEqual([]);
    expect(recorded.changes.map(({ path, content }) => [path, content])).toEqual([
      ["a.txt", null],
      ["a.txt/x", "x\n"],
      ["dir", "d\n"],
      ["dir/b.txt", null],
      ["dir/c.txt", null],
    ]);
  });

  test("leaves litter and what the project ignores out, but not dist", async () => {
    const { recorded, handle } = await recordAfter(
      "mkdir -p node_modules/x src/__pycache__ target .venv coverage .pytest_cache dist src/target; for d in node_modules/x src/__pycache__ target .venv coverage .pytest_cache dist src/target ignored; do echo x > $d/f.js; done; echo x > a.pyc; echo x > ignored/a.log",
    );
    expect(pathsOf(recorded)).toEqual(["dist/f.js", "ignored/f.js", "src/target/f.js"]);
    expect((await handle.bash("ls node_modules/x target ignored/a.log")).is_error).toBe(false);
  });

  test("stores bytes as they are, whatever the attributes say", async () => {
    expect((await bench.bash("cat win.crlf | od -c | grep -c '\\\\r'")).content).toMatch(/^0/);
    const { recorded } = await recordAfter("printf 'one\\r\\ntwo\\n' > win.crlf");
    expect(recorded.changes).toMatchObject([{ path: "win.crlf", content: "one\r\ntwo\n" }]);
  });

  test("is unharmed by odd but lawful names", async () => {
    const { recorded } = await recordAfter(
      "touch 'a b' 'a\"b' \"a'b\" ':(glob)x' '*' '[x]' 'ü' '#x' '!x' ' lead' 'a$b'",
    );
    expect(recorded.refused).toEqual([]);
    expect(recorded.changes).toHaveLength(11);
  });
});

describe.concurrent("what is refused is put back and named", () => {
  const REFUSED: readonly (readonly [
    what: string,
    command: string,
    paths: readonly string[],
    why: RegExp,
  ])[] = [
    ["a protected file that changed", "echo x >> .npmrc", [".npmrc"], /protected/],
    ["a protected file that is gone", "rm CODEOWNERS", ["CODEOWNERS"], /protected/],
    ["a new protected file", "mkdir -p x; echo x > x/CLAUDE.md", ["x/CLAUDE.md"], /protected/],
    ["a lookalike", "mkdir .GIT && echo x > .GIT/config", [".GIT/config"], /git's own/],
    [
      "an invisible lookalike",
      'd="$(printf \'.g\\u200cit\')"; mkdir "$d" && echo x > "$d/config"',
      [".g\ufffdit/config"],
      /nobody sees/,
    ],
    [
      "orders for other agents",
      "mkdir -p sub/.claude .husky; echo x > sub/.claude/settings.json; echo x > .husky/pre-commit; echo x > GEMINI.MD",
      [".husky/pre-commit", "GEMINI.MD", "sub/.claude/settings.json"],
      /^it is protected: it (?:tells an AI agent|says what runs when somebody commits)/,
    ],
    ["a short name of git's", "mkdir GI7EBA~1; echo x > GI7EBA~1/config", ["GI7EBA~1/config"], /short form/],
    ["a name of Windows's own", "echo x > nul; echo x > aux.txt", ["aux.txt", "nul"], /device's/],
    ["a name that ends in a dot", "echo x > 'trailing.'", ["trailing."], /which Windows drops/],
    [
      "a secret in base64, in hex and backwards",
      "T=ghp_$(printf 'a1B2%.0s' 1 2 3 4 5 6 7 8 9); echo x$T | base64 > b; printf $T | od -An -tx1 | tr -d ' \n' > h; echo $T | rev > r",
      ["b", "h", "r"],
      /GitHub token/,
    ],
    [
      "a secret as a name",
      "T=npm_$(printf 'a1B2%.0s' 1 2 3 4 5 6 7 8 9); mkdir -p $T; echo x > $T/a; echo x > k-$T.md",
      ["k-npm_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2.md", "npm_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2/a"],
      /name holds what looks like a secret/,
    ],
    [
      "hidden text beside a byte that is no text",
      "printf 'a = 1 # \\xe2\\x81\\xa7 x\\n# \\xe9\\n' > t.py; printf 'a = 1 # \\0\\n' > u.py",
      ["t.py", "u.py"],
      /holds what nobody sees and machines read \(U\+(?:2067|0000)\)/,
    ],
    [
      "text that turns its direction",
      "printf 'if (a) { \u202e// }\n' > t.js",
      ["t.js"],
      /line 1 holds what nobody sees and machines read \(U\+202E\)/,
    ],
    ["what makes a repository", "mkdir r; echo 'ref: refs/heads/x' > r/HEAD", ["r/HEAD"], /git repository/],
    ["a symbolic link", "ln -s /etc/passwd p", ["p"], /symbolic link/],
    ["a file that became a link", "rm a.txt; ln -s /etc/passwd a.txt", ["a.txt"], /symbolic link/],
    ["a link that leads elsewhere", "ln -sf /etc/passwd link", ["link"], /symbolic link/],
    ["a directory that became a link", "mv dir /tmp/d; ln -s /tmp/d dir", ["dir"], /symbolic link/],
    ["a setuid file", "cp /bin/true t; chmod u+s t", ["t"], /setuid/],
    ["a pipe in a file's place", "rm a.txt; mkfifo a.txt", ["a.txt"], /regular/],
    ["a newline in a name", "touch \"$(printf 'a\\nb')\"", ["a\ufffdb"], /control/],
    ["a name that reverses", "touch \"$(printf 'a\\u202etxt.exe')\"", ["a\ufffdtxt.exe"], /direction/],
    ["a name that is an option", "touch -- -rf", ["-rf"], /dash/],
    ["a name that is no text", "touch \"$(printf 'a\\xff')\"", ["a\ufffd"], /UTF-8/],
    ["a backslash", "touch 'a\\b'", ["a\\b"], /backslash/],
    ["a colliding name", "echo x > A.TXT; mkdir DIR; echo x > DIR/z", ["A.TXT", "DIR/z"], /letter case/],
    ["a large file", `head -c ${MAX_FILE_BYTES + 1} /dev/zero > big`, ["big"], /1048577/],
    ["a huge sparse file", "truncate -s 3G sparse", ["sparse"], /3221225472/],
    [
      "a secret",
      "echo ghp_$(printf 'a1B2%.0s' 1 2 3 4 5 6 7 8 9) > token.txt",
      ["token.txt"],
      /GitHub token/,
    ],
    ["a secret in a file of the project", "echo AKIA$(printf 'Q2W3E4R5T6Y7U8I9') >> a.txt", ["a.txt"], /AWS/],
    ["a nested repository", "git init -q sub", ["sub/"], /repository of its own/],
  ];

  test.each(REFUSED)("%s", async (_, command, paths, why) => {
    const { recorded, handle } = await recordAfter(command);
    expect(refusedPaths(recorded)).toEqual(paths);
    for (const refused of recorded.refused) expect(refused.why).toMatch(why);
    expect(recorded).toMatchObject({ tree, changes: [] });
    expect(await clean(handle)).toBe(UNTOUCHED);
    expect((await handle.bash("cat a.txt dir/b.txt; readlink link; cat .npmrc")).content).toBe(
      "a\nb\na.txtx=1\nexit code 0".replace("a.txtx", "a.txt\nx"),
    );
    expect(await handle.record()).toEqual({ tree, changes: [], refused: [] });
  });

  test("a secret that the project had stays, and nobody is stopped by it", async () => {
    const key = `AKIA${"Q2W3E4R5T6Y7U8I9"}`;
    const { open } = await aWorkbench({ "old.env": `KEY=${key}\n` });
    const handle = await open();
    await handle.bash("echo MORE=1 >> old.env");
    const { changes, refused } = await handle.record();
    expect([changes.map(({ path }) => path), refused]).toEqual([["old.env"], []]);
  });

  describe("in a project with names that are no text", () => {
    const ODD = { "caf\udce9.log": "x\n", "d\udcff/in \udcc3\udcbc.txt": "y\n", "a.txt": "a\n" };
    const TOUCH =
      "echo ran >> $'caf\\xe9.log'; rm $'d\\xff'/*; echo new > $'caf\\xe8.log'; echo z > $'d\\xff'/z; echo b > a.txt";
    const WHAT = "cat $'caf\\xe9.log' $'d\\xff'/*; ls | wc -l";
    let odd: Stand;
    beforeAll(async () => {
      odd = await aWorkbench(ODD, {
        config: { setup: ["echo set up >> $'caf\\xe9.log'; echo > $'made\\xfd'"] },
      });
    });

    test("they are put back, and the rest is recorded", async () => {
      const handle = await odd.open();
      await handle.bash(TOUCH);
      const recorded = await handle.record();
      expect(pathsOf(recorded)).toEqual(["a.txt"]);
      expect([...refusedPaths(recorded)].sort()).toEqual([
        "caf\ufffd.log",
        "caf\ufffd.log",
        "d\ufffd/in \ufffd\ufffd.txt",
        "d\ufffd/z",
      ]);
      expect((await handle.bash(WHAT)).content).toBe("x\ny\n4\nexit code 0");
      expect(await handle.record()).toMatchObject({ changes: [], refused: [] });
    });

    test("a role that changes nothing leaves them so", async () => {
      const handle = await odd.open(READ_BASH);
      await handle.bash(TOUCH);
      expect(await handle.record()).toMatchObject({ changes: [] });
      expect((await handle.bash(WHAT)).content).toBe("x\ny\n4\nexit code 0");
    });

    test("a gate sees them", async () => {
      const runs = await odd.workbench.judge(odd.setup.tree, [WHAT], { seconds: 20, signal: never });
      expect(runs).toMatchObject([{ exit_code: 0, output: "x\ny\n4\n" }]);
    });
  });

  describe("what a file tool writes where git leaves files out", () => {
    let kept: Stand;
    beforeAll(async () => {
      kept = await aWorkbench(
        {
          ".gitignore": "out/\n!out/keep\n",
          "out/index.js": "1\n",
          "sub/.gitignore": "*.local\n",
          "vendor/node_modules/a/index.js": "1\n",
          "coverage/report.ts": "1\n",
        },
        {
          config: {
            setup: ["mkdir made; for i in {1..2100}; do echo > made/$i; done; echo x > coverage/made.ts"],
          },
        },
      );
    });

    test("is told with what leaves it out, and stays", async () => {
      const handle = await kept.open();
      const paths = ["out/new.js", "sub/a.local", "made/mine.ts", ".pytest_cache/x.py", "fine.ts"];
      for (const file_path of paths) await handle.use("write", { file_path, content: "2\n" });
      const recorded = await handle.record();
      expect(pathsOf(recorded)).toEqual(["fine.ts"]);
      expect(recorded.refused).toEqual(
        [
          [".pytest_cache/x.py", "`.pytest_cache` is what setup or a build makes"],
          ["made/mine.ts", "`/made/` is what setup or a build makes"],
          ["out/new.js", ".gitignore:1 leaves out `out/`"],
          ["sub/a.local", "sub/.gitignore:1 leaves out `*.local`"],
        ].map(([path, why]) => ({ path, why: `it stays where it is and is in no patch: ${why}` })),
      );
      expect((await handle.bash("cat out/new.js sub/a.local")).content).toBe("2\n2\nexit code 0");
      expect((await handle.record()).refused).toEqual([]);
    });

    test("is not told where the tool could not write it", async () => {
      const handle = await kept.open();
      await handle.bash("chmod 444 made/1; chmod 555 made");
      const written = await handle.use("write", { file_path: "made/1", content: "2\n" });
      expect(written).toMatchObject({ is_error: true });
      expect((await handle.record()).refused).toEqual([]);
    });

    test("is in the patch where the project keeps files of such a place, and what setup made is not", async () => {
      const handle = await kept.open();
      await handle.bash("echo 2 > vendor/node_modules/a/more.js; echo 2 > coverage/more.ts");
      expect(pathsOf(await handle.record())).toEqual(["coverage/more.ts", "vendor/node_modules/a/more.js"]);
    });
  });

  test("contents in the place of a pointer of Git LFS's, and new ones that it keeps", async () => {
    const pointer = (size: number) =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${"e8".repeat(32)}\nsize ${size}\n`;
    const kept = await aWorkbench({
      ".gitattributes":
        '*.psd filter=lfs diff=lfs merge=lfs -text\n/art/** filter=lfs\n/art/*.txt -filter\n[attr]big filter=lfs\n*.iso big\nflat/* filter=lfs\nraw/ filter=lfs\n"a b.x" filter=lfs\nc[[:space:]]d.x filter=lfs\n',
      "sub/.gitattributes": "*.psd !filter\n*.ogg filter=lfs\n",
      "a.psd": pointer(10),
    });
    const handle = await kept.open();
    await handle.bash(
      "mkdir -p art/x flat/sub raw; for f in a.psd new.psd art/x/b art/t.txt sub/a.psd sub/b.ogg c.ogg a.iso flat/f flat/sub/g raw/h 'a b.x' 'c d.x'; do echo real > \"$f\"; done",
    );
    const recorded = await handle.record();
    expect(refusedPaths(recorded)).toEqual([
      ...["a b.x", "a.iso", "a.psd", "art/x/b", "c d.x", "flat/f", "new.psd", "sub/b.ogg"],
    ]);
    for (const { why } of recorded.refused) expect(why).toMatch(/^Git LFS keeps it/);
    expect(pathsOf(recorded)).toEqual(["art/t.txt", "c.ogg", "flat/sub/g", "raw/h", "sub/a.psd"]);
    await handle.use("write", { file_path: "a.psd", content: pointer(11) });
    expect(pathsOf(await handle.record())).toEqual(["a.psd"]);
  });

  test("but a lock file of 700 KB is a file as others are, to commands and to edits", async () => {
    const lock = (line: string) => `${"# a line of a lock file\n".repeat(30_000)}${line}\n`;
    const large = await aWorkbench({ "yarn.lock": lock("a 1") });
    const handle = await large.open();
    await handle.bash("sed -i 's/^a 1$/a 2/' yarn.lock");
    expect(await handle.record()).toMatchObject({
      changes: [{ path: "yarn.lock", content: lock("a 2") }],
      refused: [],
    });
    await handle.use("edit", { file_path: "yarn.lock", old_string: "a 2", new_string: "a 3" });
    expect((await handle.record()).changes).toMatchObject([{ path: "yarn.lock", content: lock("a 3") }]);
  });

  test("while the rest is recorded", async () => {
    const { recorded } = await recordAfter("echo x >> .npmrc; echo good > good.txt; ln -s x l");
    expect(pathsOf(recorded)).toEqual(["good.txt"]);
    expect(refusedPaths(recorded)).toEqual([".npmrc", "l"]);
  });

  test("files of a nested repository stay as files", async () => {
    const { recorded } = await recordAfter(
      "git init -q sub && cd sub && echo x > f && git add f && git -c user.name=a -c user.email=a@b commit -qm x",
    );
    expect(refusedPaths(recorded)).toEqual(["sub/"]);
    expect(pathsOf(recorded)).toEqual(["sub/f"]);
  });

  test("a whole directory put in the way of a protected file", async () => {
    const { recorded, handle } = await recordAfter("rm .npmrc && mkdir .npmrc && echo x > .npmrc/x");
    expect(recorded).toMatchObject({ tree, changes: [] });
    expect((await handle.bash("cat .npmrc")).content).toBe("x=1\nexit code 0");
  });

  test("more than a hundred files", async () => {
    const { recorded, handle } = await recordAfter(
      "mkdir many; for i in $(seq 1 103); do head -c $i /dev/zero | tr '\\0' x > many/$i; done",
    );
    expect(recorded.changes).toHaveLength(100);
    expect(refusedPaths(recorded)).toEqual(["many/101", "many/102", "many/103"]);
    expect(recorded.refused[0]?.why).toMatch(/103 files/);
    await handle.bash("echo x > one-more");
    expect(refusedPaths(await handle.record())).toEqual(["one-more"]);
    await handle.bash("rm many/1; echo x > one-more");
    const exchanged = await handle.record();
    expect(refusedPaths(exchanged)).toEqual([]);
    expect(pathsOf(exchanged)).toEqual(["many/1", "one-more"]);
    await handle.bash("rm many/*; for i in $(seq 50); do echo x > other-$i; done");
    expect((await handle.record()).changes).toHaveLength(100);
  });

  test("thousands of files, without a list of them all", async () => {
    const { recorded, handle } = await recordAfter("mkdir env; cd env; seq 1 1500 | xargs touch");
    expect(recorded.changes).toHaveLength(100);
    expect(recorded.refused).toHaveLength(101);
    expect(recorded.refused.at(-1)?.path).toBe("and 1300 more");
    expect((await handle.bash("ls env | wc -l")).content).toMatch(/^100\n/);
  });

  test("more than a mebibyte", async () => {
    const { recorded } = await recordAfter(
      "for i in 1 2 3; do head -c 400000 /dev/zero | tr '\\0' x > f$i; done",
    );
    expect(recorded.changes).toHaveLength(2);
    expect(recorded.refused).toMatchObject([{ why: expect.stringContaining("1200000 bytes") }]);
  });

  test("what lies outside of the scope", async () => {
    const scope = { permission: "full", paths: ["dir/**"], paths_denied: ["dir/c.txt"] } as const;
    const { recorded } = await recordAfter(
      "echo x > a.txt; echo x > dir/b.txt; echo x > dir/c.txt; rm run.sh",
      {
        scope,
      },
    );
    expect(pathsOf(recorded)).toEqual(["dir/b.txt"]);
    expect(refusedPaths(recorded)).toEqual(["a.txt", "dir/c.txt", "run.sh"]);
  });

  test("what the config protects", async () => {
    const other = await aWorkbench(
      { "infra/main.tf": "x\n" },
      { config: { paths: { protected: ["infra/**"] } } },
    );
    const handle = await other.open();
    expect((await handle.use("write", { file_path: "infra/main.tf", content: "y" })).content).toMatch(
      /protected/,
    );
    await handle.bash("echo y > infra/main.tf");
    expect(refusedPaths(await handle.record())).toEqual(["infra/main.tf"]);
  });

  test("a closed directory does not hide or delete anything", async () => {
    const { recorded } = await recordAfter("chmod 000 dir; chmod 000 a.txt");
    expect(recorded).toEqual({ tree, changes: [], refused: [] });
  });
});

describe.concurrent("a role that changes nothing", () => {
  test("records nothing, says what it put back, and has its work tree as it was", async () => {
    const { recorded, handle } = await recordAfter(
      "echo x > new; rm a.txt; mkdir dist; echo x > dist/x; git init -q sub; echo x > sub/f",
      { scope: READ_BASH },
    );
    expect(recorded).toMatchObject({ tree, changes: [] });
    expect(refusedPaths(recorded)).toEqual(["a.txt", "dist/x", "new", "sub/", "sub/f"]);
    expect(await clean(handle)).toBe(UNTOUCHED);
  });

  test("keeps nothing that its commands made, and its record is the last tree", async () => {
    const handle = await stand.open(READ_BASH);
    await handle.bash("echo x > made-this");
    expect(await handle.record()).toMatchObject({ tree, changes: [], refused: [{ path: "made-this" }] });
    expect(await handle.record()).toEqual({ tree, changes: [], refused: [] });
  });

  test("what the harness runs for it leaves nothing on its bench", async () => {
    const handle = await stand.open(READ_ONLY);
    await handle.run("echo x > gate-made-this", { seconds: 5, signal: never });
    expect(await handle.record()).toEqual({ tree, changes: [], refused: [] });
  });
});

describe("nothing that a project plants runs on the harness's side", () => {
  test("neither hooks, configuration, attributes nor a home of its own", async () => {
    const ran = join(stand.dir, "ran");
    const { recorded } = await recordAfter(
      [
        `printf '[core]\\n\\tfsmonitor = touch ${ran}\\n\\thooksPath = /work/hooks\\n[filter "evil"]\\n\\tclean = touch ${ran}\\n\\tsmudge = touch ${ran}\\n[diff "evil"]\\n\\tcommand = touch ${ran}\\n' | tee ~/.gitconfig > gitconfig`,
        `mkdir hooks && printf '#!/bin/sh\\ntouch ${ran}\\n' > hooks/post-index-change && chmod +x hooks/*`,
        "echo x > x.evil",
      ].join(" && "),
    );
    expect(pathsOf(recorded)).toEqual(["gitconfig", "hooks/post-index-change", "x.evil"]);
    expect(existsSync(ran)).toBe(false);
  });
});

describe("the harness's directory", () => {
  test("keeps git's own directory away from every work tree", () => {
    expect(readdirSync(stand.dir).sort()).toEqual(["benches", "furniture", "git", "setup"]);
    expect(statSync(stand.dir).mode & 0o007).toBe(0);
    for (const name of ["git", "git/config", "git/info/attributes", "git/info/exclude", "git/hooks"])
      expect(statSync(join(stand.dir, name)).mode & 0o222).toBe(0);
    expect(readFileSync(join(stand.dir, "git", "config"), "utf8")).not.toMatch(/extraheader|url/i);
  });
});
