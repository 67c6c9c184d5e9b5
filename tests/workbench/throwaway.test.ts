// The repository that commands find in the work tree: one to look at and to play with. No record, no later bench and
// not the harness sees what is done to it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorkbench, closeAll, FULL, git, type Handle, never, pathsOf, type Stand } from "./kit.ts";

afterAll(closeAll);

const said = async (bench: Handle, command: string): Promise<string> => {
  const { content } = await bench.bash(command);
  expect(content).toMatch(/exit code 0$/);
  return content.slice(0, content.lastIndexOf("exit code")).trimEnd();
};

const CLEAN = "git status --porcelain --untracked-files=all";

describe("at its start", () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await aWorkbench({
      "a.txt": "a\n",
      "win.txt": "a\r\nb\r\n",
      ".gitattributes": "*.txt text eol=lf\n*.md ident\n",
      "id.md": "$Id$\n",
      "run.sh": { run: "#!/bin/sh\n" },
      link: { link: "a.txt" },
      "ünï/b c.txt": "b\n",
    });
  });

  test("it is clean, on a branch of its own, and its one commit is the base's", async () => {
    const bench = await stand.open();
    expect(await said(bench, "git status --porcelain --untracked-files=all --branch")).toBe("## work");
    expect(await said(bench, "git log --format=%H; git rev-parse HEAD base")).toBe(
      Array.from({ length: 3 }, () => stand.repository.base).join("\n"),
    );
    expect(await said(bench, "git show -s --format='%an %s' HEAD; git show HEAD:a.txt")).toBe(
      "a a commit\na",
    );
    expect(await said(bench, "git fsck 2>&1; git ls-files | wc -l")).toMatch(/^7$/m);
  });

  test("it is clean with what setup made, ignored by the project or not", async () => {
    const { open, setup } = await aWorkbench(
      { "a.txt": "a\n", ".gitignore": "out\n" },
      {
        config: {
          setup: [
            "mkdir -p node_modules/x out 'odd [1]/#d'; echo 1 | tee node_modules/x/y out/z made.txt 'odd [1]/#d/!f*' > /dev/null; echo changed > a.txt",
          ],
        },
      },
    );
    expect(setup.ok).toBe(true);
    const bench = await open();
    expect(await said(bench, CLEAN)).toBe("");
    expect(await said(bench, "cat made.txt out/z a.txt; git stash list")).toBe("1\n1\na");
  });

  test("it is clean where a pipeline is continued, and what is left from before is a commit", async () => {
    const { open, setup, repository } = await aWorkbench(
      { "a.txt": "a\n", "gone.txt": "g\n" },
      { head: { "a.txt": "head\n", "gone.txt": null, "new/b.txt": "b\n" } },
    );
    const bench = await open();
    expect(await said(bench, CLEAN)).toBe("");
    expect(await said(bench, "git log --format=%s")).toBe(
      "What earlier pipelines of this task left\na commit",
    );
    expect(await said(bench, "git rev-parse base HEAD^{tree}")).toBe(`${repository.base}\n${setup.tree}`);
    expect(await said(bench, "git diff --name-status base")).toBe("M\ta.txt\nD\tgone.txt\nA\tnew/b.txt");
  });

  test("it is clean in a tree of another runner", async () => {
    const files = { "a.txt": "a\n", "d/b.txt": "b\n" };
    const one = await (await aWorkbench(files)).open();
    await one.bash("echo 1 > a.txt; rm d/b.txt; echo n > n.txt");
    const { tree, changes } = await one.record();
    const two = await aWorkbench(files);
    expect(await two.workbench.lay(changes)).toBe(tree);
    const bench = await two.open(FULL, tree);
    expect(await said(bench, CLEAN)).toBe("");
    expect(await said(bench, "git log --format=%s; git diff --name-status HEAD~1")).toBe(
      "What is there now\na commit\nM\ta.txt\nD\td/b.txt\nA\tn.txt",
    );
  });

  test("it has a commit for each step with its title, and knows what a step did", async () => {
    const first = await stand.open();
    await first.bash("echo 1 > one.txt");
    const one = await first.record();
    await first.bash("echo 2 > two.txt; echo changed > a.txt");
    const two = await first.record();
    const history = [
      { tree: one.tree, title: "Write the first file" },
      { tree: one.tree, title: "Change nothing" },
      { tree: "0".repeat(40), title: "On a runner that is gone" },
      { tree: two.tree, title: '"$(touch /tmp/x)" --amend\n\nTwo: ünï 🎉' },
    ];
    const bench = await stand.workbench.open({ key: "h", tree: two.tree, scope: FULL, history });
    const run = async (command: string): Promise<string> =>
      (await bench.call({ type: "tool_use", id: "t", name: "bash", input: { command } }, { signal: never }))
        .content;
    expect(await run("git log --format=%s")).toBe(
      '"$(touch /tmp/x)" --amend\nWrite the first file\na commit\nexit code 0',
    );
    expect(await run("git log -1 --format=%b")).toBe("Two: ünï 🎉\n\nexit code 0");
    expect(await run("git diff --name-only HEAD~1; git show --name-only --format= HEAD~1")).toBe(
      "a.txt\ntwo.txt\none.txt\nexit code 0",
    );
    expect(await run(CLEAN)).toBe("exit code 0");
    expect(await run("git log --format='%an %cI' | sort | uniq -c | wc -l")).toBe("2\nexit code 0");
  });

  test("the same tree has the same commits in every bench", async () => {
    const heads = await Promise.all(
      [1, 2].map(async () => said(await stand.open(), "git rev-parse HEAD HEAD^{tree}")),
    );
    expect(heads[0]).toBe(heads[1]);
  });

  test("a command of the harness has one, too", async () => {
    const bench = await stand.open();
    await bench.bash("echo changed > a.txt");
    await bench.record();
    const run = await bench.run(`${CLEAN}; git diff --name-only base`, { seconds: 10, signal: never });
    expect(run).toMatchObject({ exit_code: 0, output: "a.txt\n" });
  });
});

describe.concurrent("what a command does with it", () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await aWorkbench({ "a.txt": "a\n", "b.txt": "b\n", ".gitignore": "ignored\n" });
  });

  test("works: diff, add, commit, stash, branch, merge, bisect, blame and clean", async () => {
    const bench = await stand.open();
    await said(bench, "echo changed > a.txt; echo n > n.txt");
    expect(await said(bench, "git diff --stat base | tail -1; git diff --numstat")).toMatch(
      /1 file changed.*\n1\t1\ta.txt/,
    );
    expect(
      await said(bench, "git stash -q && cat a.txt && ls n.txt | wc -l && git stash pop -q && cat a.txt"),
    ).toBe("a\n1\nchanged");
    expect(await said(bench, "git add -A && git commit -q -m one && git log -1 --format='%an %s'")).toBe(
      "Kin one",
    );
    await said(
      bench,
      "git switch -q -c side HEAD~1 && echo s > s.txt && git add . && git commit -q -m side && git switch -q work && git merge -q -m merged side",
    );
    expect(
      await said(bench, "git blame -s a.txt | wc -l; git describe --always --all; git worktree list | wc -l"),
    ).toBe("1\nheads/work\n1");
    expect(await said(bench, "git checkout -q base -- a.txt && cat a.txt")).toBe("a");
    expect(
      await said(bench, "echo x > ignored; echo y > y; git clean -fqx; (ls ignored y || true) 2>&1 | wc -l"),
    ).toBe("2");
    const recorded = await bench.record();
    expect(recorded).toMatchObject({ refused: [] });
    expect(pathsOf(recorded)).toEqual(["n.txt", "s.txt"]);
  });

  const TIDY = "echo c > a.txt; echo n > n; git stash -q -u && git stash pop -q && git clean -fdq; echo $?";

  test("tidies up whole directories where the project has a .github", async () => {
    const { open } = await aWorkbench({ "a.txt": "a\n", ".github/x": "x\n" });
    expect(await said(await open(), TIDY)).toBe("0");
  });

  // The empty directory that is bound in its place cannot be removed; `info/exclude` could name it.
  test("tidies up whole directories where the project has no .github", async () => {
    expect(await said(await stand.open(), TIDY)).toBe("0");
  });

  test("changes nothing in a record but the files: a commit, a reset and a staged change are none", async () => {
    const one = await stand.open();
    await said(
      one,
      "echo c > a.txt; git commit -q -a -m x; echo d > b.txt; git add b.txt; git rm -q --cached a.txt",
    );
    const two = await stand.open();
    await said(two, "echo c > a.txt; echo d > b.txt");
    const [with_git, without] = [await one.record(), await two.record()];
    expect(with_git).toEqual(without);
    expect(pathsOf(with_git)).toEqual(["a.txt", "b.txt"]);
    await said(one, "git reset -q --hard base");
    expect(await one.record()).toMatchObject({ tree: stand.setup.tree, refused: [] });
  });

  test("hides nothing from a record: neither its excludes nor its index's flags", async () => {
    const bench = await stand.open();
    await said(
      bench,
      "printf '*\\n' >> .git/info/exclude; git config core.excludesFile /work/x; git config core.worktree /tmp; git config core.fileMode false; GIT_DIR=.git git --work-tree=. update-index --assume-unchanged --skip-worktree a.txt; printf '* filter=x\\n' > .git/info/attributes; git config filter.x.clean 'echo evil'; git config core.fsmonitor 'touch /work/evil'; echo changed > a.txt; echo n > n.txt; chmod +x b.txt",
    );
    const recorded = await bench.record();
    expect(recorded.changes).toMatchObject([
      { path: "a.txt", content: "changed\n" },
      { path: "b.txt", mode: "100755" },
      { path: "n.txt", content: "n\n" },
    ]);
  });

  test("is seen by no bench but its own", async () => {
    const one = await stand.open();
    await said(
      one,
      "git config alias.x '!echo evil'; printf '#!/bin/sh\\necho evil > /work/evil\\n' > .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout; git config user.name Evil; git tag evil; echo c > a.txt; git commit -q -a -m evil",
    );
    await one.record();
    const seen =
      "git config -l --local | grep -ic evil; ls .git/hooks | wc -l; git tag; git log --all --format=%s | grep -c evil; git checkout -q HEAD; ls evil";
    const nothing = "0\n0\n0\nls: cannot access 'evil': No such file or directory";
    expect((await (await stand.open()).bash(seen)).content).toContain(nothing);
    expect((await one.run(seen, { seconds: 10, signal: never })).output).toContain(nothing);
  });

  test("does not reach the harness's objects, which are only lent", async () => {
    const bench = await stand.open();
    const { content } = await bench.bash(
      "cat .git/objects/info/alternates; touch $(cat .git/objects/info/alternates)/x; rm -rf $(cat .git/objects/info/alternates)/* ; git gc -q --prune=now; git repack -q -a -d; git cat-file -t HEAD",
    );
    expect(content).toMatch(/^\/\.kin\/objects\n/);
    expect(content.match(/Read-only file system/g)?.length).toBeGreaterThan(1);
    expect(content).toMatch(/commit\nexit code 0$/);
  });
});

describe.concurrent("without it, or with something in its place,", () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await aWorkbench({ "a.txt": "a\n", ".gitignore": "deps\n" });
  });

  const works = async (_: string, command: string): Promise<void> => {
    const bench = await stand.open();
    expect((await bench.bash(`rm -rf .git; ${command}`)).content).toMatch(/exit code 0$/);
    await bench.bash("mkdir deps; echo needle > deps/x; echo needle > n.txt");
    expect((await bench.use("read", { file_path: "a.txt" })).content).toBe("     1\ta");
    expect((await bench.use("write", { file_path: "w.txt", content: "w\n" })).is_error).toBe(false);
    expect((await bench.use("glob", { pattern: "*.txt" })).content.split("\n").sort()).toEqual([
      "a.txt",
      "n.txt",
      "w.txt",
    ]);
    // Ignored paths are only left out if something by that name exists.
    const ignored = (await bench.bash("test -e .git")).is_error ? "deps/x:1:needle\n" : "";
    const { content } = await bench.use("grep", { pattern: "needle" });
    expect(
      /is a pipe, for which a search would wait/.test(content) ||
        content.split("\n").sort().join("\n").trim() === `${ignored}n.txt:1:needle`,
      content,
    ).toBe(true);
    const recorded = await bench.record();
    expect(recorded.refused).toEqual([]);
    expect(pathsOf(recorded)).toEqual(["n.txt", "w.txt"]);
    expect((await bench.bash("cat w.txt")).content).toBe("w\nexit code 0");
    expect(await bench.run(`${CLEAN}; cat w.txt`, { seconds: 10, signal: never })).toMatchObject({
      exit_code: 0,
      output: "w\n",
    });
    expect(await bench.record()).toMatchObject({ changes: [], refused: [] });
    await bench.close();
  };

  test.each<readonly [string, string]>([
    ["that is gone", "true"],
    ["that is a file", "echo 'gitdir: /tmp/other' > .git"],
    ["that is a link out", "ln -s /tmp .git"],
    ["that is a link to nowhere", "ln -s nowhere .git"],
    ["that is a pipe", "mkfifo .git"],
    ["that is a socket", "/usr/bin/python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('.git')\""],
    ["that is a closed directory", "mkdir .git; chmod 000 .git"],
    ["that is full of pipes", "mkdir .git; for n in HEAD config index objects refs; do mkfifo .git/$n; done"],
    [
      "that is a repository of the command's own",
      "git init -q . && git add -A && git -c user.name=a -c user.email=a@example.com commit -q -m own",
    ],
    [
      "that is much too deep",
      "mkdir -p .git/$(printf 'd/%.0s' {1..500}) && touch .git/$(printf 'd/%.0s' {1..500})x",
    ],
  ])("a .git %s, records, bash and file tools work", works);

  // The SDK's `readOnlyRoots` follow links: see `action/tools/files.ts`.
  test.each<readonly [string, string]>([
    ["that is a link to the tree", "ln -s . .git"],
    ["that is a link to itself", "ln -s .git .git"],
  ])("a .git %s, records, bash and file tools work", works);
});

describe.concurrent("in setup", () => {
  test("it is there for a prepare script, with the default branch's commit", async () => {
    const stand = await aWorkbench(
      {
        "package.json": JSON.stringify({
          name: "a",
          version: "1.0.0",
          scripts: { prepare: "git rev-parse HEAD > version.txt && git status --porcelain >> version.txt" },
        }),
      },
      { head: { "b.txt": "b\n" }, config: { setup: ["npm install --no-package-lock --silent"] } },
    );
    expect(stand.setup).toMatchObject({ ok: true });
    const bench = await stand.open();
    expect(await said(bench, "head -1 version.txt")).toBe(stand.repository.base);
  });

  test("what is done to it is in no bench", async () => {
    const stand = await aWorkbench(
      { "a.txt": "a\n" },
      {
        config: {
          setup: [
            "git config core.hooksPath evil; mkdir evil; printf '#!/bin/sh\\ntouch /work/ran\\n' > .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout; cp .git/hooks/post-checkout evil/; git commit -q --allow-empty -m evil; git config alias.st '!evil'",
          ],
        },
      },
    );
    const bench = await stand.open();
    expect(
      await said(
        bench,
        "git config core.hooksPath || echo none; git log --format=%s; git checkout -q HEAD; ls .git/hooks",
      ),
    ).toBe("none\na commit");
    expect((await bench.bash("ls ran")).is_error).toBe(true);
  });

  test.each<readonly [string, string]>([
    ["removes it", "rm -rf .git"],
    ["puts a file in its place", "rm -rf .git; echo x > .git"],
    ["puts a link in its place", "rm -rf .git; mkdir kept; echo k > kept/k; ln -s kept .git"],
    ["puts a pipe in its place", "rm -rf .git; mkfifo .git"],
  ])("a command that %s leaves every bench a whole one", async (_, command) => {
    const stand = await aWorkbench({ "a.txt": "a\n" }, { config: { setup: [command] } });
    expect(stand.setup).toMatchObject({ ok: true, tree: expect.any(String) });
    const bench = await stand.open();
    expect(await said(bench, `${CLEAN}; git log --format=%H; cat a.txt`)).toBe(`${stand.repository.base}\na`);
    expect(await bench.record()).toEqual({
      tree: git(stand.repository.path, "rev-parse", "HEAD^{tree}"),
      changes: [],
      refused: [],
    });
  });
});
