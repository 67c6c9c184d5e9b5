// What the harness runs to find out whether a change is good: on the recorded tree alone. Nothing else that a model
// left on its bench, in its home or in /tmp has any effect; and setup runs again if packages changed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandRun } from "../../core/model/event.ts";
import { aWorkbench, closeAll, type Files, type Handle, never, pathsOf, type Stand } from "./kit.ts";

afterAll(closeAll);

const options = { seconds: 20, signal: never };
const codes = (runs: readonly CommandRun[]): readonly (number | null)[] =>
  runs.map(({ exit_code }) => exit_code);

const PROJECT: Files = {
  "package.json": JSON.stringify({
    name: "a",
    version: "1.0.0",
    scripts: { test: "node --test test.js", lint: "checker" },
  }),
  "add.js": "module.exports = (a, b) => a - b;\n",
  "test.js":
    "require('node:test')('adds', () => require('node:assert').strictEqual(require('./add.js')(1, 2), 3));\n",
  "test_add.py":
    "import unittest\nclass T(unittest.TestCase):\n  def test_add(self):\n    self.assertEqual(open('add.js').read().count('a + b'), 1)\n",
  ".gitignore": "ignored\nconftest.py\nsitecustomize.py\nusercustomize.py\nlocal\n",
};
/** Setup provides one of the project's programs, as an install does. */
const SETUP =
  "mkdir -p node_modules/.bin .venv/bin; printf '#!/bin/sh\\ngrep -q \"a + b\" add.js\\n' > node_modules/.bin/checker; chmod +x node_modules/.bin/checker; cp node_modules/.bin/checker .venv/bin/checker";

const COMMANDS = [
  "npm run lint --silent",
  "npm test --silent",
  "checker",
  "/usr/bin/python3 -m unittest -q",
  "git diff --quiet base",
] as const;
const [, NPM_TEST, CHECKER, PYTHON, GIT] = COMMANDS;

describe.concurrent("a red suite stays red", () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await aWorkbench(PROJECT, { config: { setup: [SETUP] } });
  });

  const fake = (path: string): string =>
    `mkdir -p $(dirname ${path}); printf '#!/bin/sh\\necho fake; exit 0\\n' > ${path}; chmod +x ${path}`;
  const PLANTED: readonly (readonly [where: string, command: string, judged: readonly string[]])[] = [
    [
      "programs in the virtual environment",
      ["npm", "node", "checker", "git", "python3", "bash", "sh"]
        .map(name => fake(`.venv/bin/${name}`))
        .join("; "),
      [NPM_TEST, CHECKER, PYTHON, GIT],
    ],
    [
      "programs in HOME",
      ["~/.local/bin/npm", "~/bin/npm", "~/go/bin/npm", "~/.cargo/bin/npm", "~/.npm-global/bin/npm"]
        .map(fake)
        .join("; "),
      [NPM_TEST],
    ],
    [
      "packages of setup's",
      `${fake("node_modules/.bin/checker")}; ${fake("node_modules/.bin/node")}`,
      [NPM_TEST, CHECKER],
    ],
    [
      "the shell's own files",
      "for f in ~/.bashrc ~/.profile ~/.bash_profile ~/.bash_login ~/.bash_env ~/.inputrc ~/.shrc; do echo 'export NODE_OPTIONS=--require=/tmp/x.js BASH_ENV=~/.bash_env; npm() { true; }; checker() { true; }; export -f npm checker; exit 0' > $f; done; echo 'process.exit(0)' > /tmp/x.js",
      [NPM_TEST, CHECKER],
    ],
    [
      "npm's own files",
      "printf 'script-shell=/bin/true\\nnode-options=--require=/tmp/x.js\\nignore-scripts=true\\n' > ~/.npmrc; mkdir -p ~/.npm ~/etc; cp ~/.npmrc ~/etc/npmrc; echo 'process.exit(0)' > /tmp/x.js",
      [NPM_TEST],
    ],
    [
      "Python's own files",
      `d=$(/usr/bin/python3 -m site --user-site); mkdir -p $d; for f in $d/usercustomize.py $d/sitecustomize.py sitecustomize.py usercustomize.py conftest.py ~/.pythonrc; do echo 'import os; os._exit(0)' > $f; done; echo 'import os; os._exit(0)' > $d/x.pth; mkdir -p ~/.config; printf 'export PYTHONSTARTUP=~/.pythonrc\\n' > ~/.profile`,
      [PYTHON],
    ],
    [
      "git's own files",
      "printf '[diff]\\n external = true\\n[core]\\n hooksPath = /tmp\\n fsmonitor = true\\n' > ~/.gitconfig; mkdir -p ~/.config/git; cp ~/.gitconfig ~/.config/git/config; cp ~/.gitconfig .git/config; for h in pre-commit post-checkout post-index-change; do printf '#!/bin/sh\\nexit 0\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done; git update-ref refs/heads/base HEAD; git update-index --assume-unchanged add.js",
      [GIT],
    ],
    [
      "what is ignored",
      `mkdir -p local ignored; echo "module.exports = (a, b) => a + b;" > ignored/add.js; mkdir -p node_modules/add; cp ignored/add.js node_modules/add/index.js; ${fake("local/npm")}`,
      [NPM_TEST],
    ],
    ["a change that was not recorded", "true", [CHECKER, PYTHON]],
    [
      "a process that goes on",
      "setsid sh -c 'while :; do echo fixed > /work/fixed; sleep .1; done' &",
      [CHECKER],
    ],
  ];

  test.each(PLANTED)("whatever is planted: %s", async (where, command, judged) => {
    const bench = await stand.open();
    await bench.bash("echo '// still wrong' >> add.js");
    expect(pathsOf(await bench.record())).toEqual(["add.js"]);
    expect((await bench.bash(command)).content, where).toMatch(/exit code 0$/);
    // Nobody reported this change.
    await bench.bash("sed -i 's/a - b/a + b/' add.js");
    const runs = await bench.judge(judged, options);
    expect(codes(runs)).toEqual(judged.map(() => 1));
    expect(runs.map(({ output }) => output).join("")).not.toContain("fake");
    expect(runs.map(({ command: line }) => line)).toEqual(judged);
    expect(runs.some(run => "not_judged" in run)).toBe(false);
  });

  test("and what was planted before the record is in no other bench either", async () => {
    const bench = await stand.open();
    const everywhere = PLANTED.map(([, command]) => command).join("\n");
    await bench.bash(`${everywhere}\necho '// still wrong' >> add.js`);
    const recorded = await bench.record();
    expect(pathsOf(recorded)).toEqual(["add.js"]);
    expect(await bench.run("npm test --silent", options)).toMatchObject({ exit_code: 1 });
    const other = await stand.open(undefined, recorded.tree);
    expect((await other.bash("npm test --silent")).ran?.exit_code).toBe(1);
    await bench.bash("sed -i 's/a - b/a + b/' add.js");
    expect(pathsOf(await bench.record())).toEqual(["add.js"]);
    expect(codes(await bench.judge(COMMANDS, options))).toEqual([0, 0, 0, 0, 1]);
  });
});

describe.concurrent("a judgement", () => {
  let stand: Stand;
  let bench: Handle;
  beforeAll(async () => {
    stand = await aWorkbench({ "a.txt": "a\n" });
    bench = await stand.open();
  });

  test("runs its commands in order on one bench, which no other one sees", async () => {
    const runs = await bench.judge(
      [
        "echo 1 | tee made.txt ~/made.txt /tmp/made.txt; exit 3",
        "cat made.txt ~/made.txt /tmp/made.txt; ls .git > /dev/null",
      ],
      options,
    );
    expect(codes(runs)).toEqual([3, 0]);
    expect(runs[1]?.output).toBe("1\n1\n1\n");
    const seen = "ls made.txt ~/made.txt /tmp/made.txt";
    expect((await bench.run(seen, options)).exit_code).toBe(2);
    expect((await bench.bash(seen)).ran?.exit_code).toBe(2);
    expect(await bench.record()).toEqual({ tree: stand.setup.tree, changes: [], refused: [] });
  });

  test("of nothing is nothing, and one that fails does not keep the next from being run", async () => {
    expect(await bench.judge([], options)).toEqual([]);
    const runs = await bench.judge(["kill -9 $$", "exit 0"], options);
    expect(codes(runs)).toEqual([137, 0]);
  });

  test("gives each command its limit", async () => {
    const runs = await bench.judge(["sleep 30", "echo next"], { seconds: 1, signal: never });
    expect(codes(runs)).toEqual([null, 0]);
    expect(runs[0]?.output).toMatch(/stopped after its limit of 1 seconds/);
    expect(runs[0]).not.toHaveProperty("not_judged");
  });

  test("sees what was recorded last, to the byte and the mode", async () => {
    const other = await stand.open();
    await other.bash(
      "printf '\\xff\\r\\n' > bin; echo x > 'ü y'; chmod +x bin; rm a.txt; mkdir a.txt; echo n > a.txt/n",
    );
    await other.record();
    await other.bash("echo later > bin");
    const run = await other.run(
      "od -An -tx1 bin; test -x bin; cat 'ü y' a.txt/n; git status --porcelain",
      options,
    );
    expect(run).toMatchObject({ exit_code: 0, output: " ff 0d 0a\nx\nn\n" });
  });

  test("has no network", async () => {
    const run = await bench.run("(echo > /dev/tcp/1.1.1.1/53) 2>&1; grep -c : /proc/net/dev", options);
    expect(run.output).toMatch(/unreachable\n1\n$/);
  });

  test("is ended by an abort, and leaves nothing", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1_000);
    const runs = await bench.judge(["sleep 40", "sleep 40", "touch x"], {
      seconds: 600,
      signal: controller.signal,
    });
    expect(codes(runs)).toEqual([null, null, null]);
    expect(runs.at(-1)?.output).toMatch(/interrupted/);
    expect(codes(await bench.judge(["true"], options))).toEqual([0]);
  });

  test("is ended where the workbench is closed", async () => {
    const closed = await aWorkbench({ "a.txt": "a\n" });
    const judged = (await closed.open()).run("sleep 40", { seconds: 600, signal: never });
    setTimeout(() => void closed.workbench.close(), 700);
    expect((await judged.catch(() => ({ exit_code: null }))).exit_code).toBeNull();
  });
});

/** A package inside the repository, so that no network is needed. */
const aPackage = (name: string, manifest: Record<string, unknown> = {}): Files => ({
  [`${name}/package.json`]: JSON.stringify({ name, version: "1.0.0", ...manifest }),
  [`${name}/index.js`]: `module.exports = 'from ${name}';\n`,
});
const manifestOf = (dependencies: readonly string[], more: Record<string, unknown> = {}): Files => ({
  "package.json": JSON.stringify({
    name: "a",
    version: "1.0.0",
    dependencies: Object.fromEntries(dependencies.map(name => [name, `file:${name}`])),
    ...more,
  }),
  "package-lock.json": JSON.stringify({
    name: "a",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": {
        name: "a",
        version: "1.0.0",
        dependencies: Object.fromEntries(dependencies.map(name => [name, `file:${name}`])),
      },
      ...Object.fromEntries(
        dependencies.flatMap(name => [
          [name, { version: "1.0.0" }],
          [`node_modules/${name}`, { resolved: name, link: true }],
        ]),
      ),
    },
  }),
});
const heredoc = (files: Files): string =>
  Object.entries(files)
    .map(([path, text]) => `mkdir -p $(dirname ${path}); cat > ${path} <<'END'\n${text}\nEND`)
    .join("\n");
const NPM = { setup: ["npm ci --no-audit --no-fund --silent"] };
const REQUIRE = "node -p \"require('right')\"";

describe.concurrent("setup is done again", () => {
  test("has no network for what a patch brings itself", async () => {
    const stand = await aWorkbench(
      { "requirements.txt": "a==1\n" },
      { config: { setup: ["grep -c : /proc/net/dev > net.txt"], network: { setup: "direct" } } },
    );
    const interfaces = async (requirement: string): Promise<string> => {
      const bench = await stand.open();
      await bench.bash(`echo '${requirement}' >> requirements.txt`);
      await bench.record();
      return (await bench.run("cat net.txt", options)).output.trim();
    };
    expect(Number(await interfaces("b>=2"))).toBeGreaterThan(1);
    expect(await interfaces("./b")).toBe("1");
  });

  test("where a package was added, so that what needs it is judged", async () => {
    const stand = await aWorkbench({ ...manifestOf(["left"]), ...aPackage("left") }, { config: NPM });
    expect(stand.setup.ok).toBe(true);
    const bench = await stand.open();
    await bench.bash(heredoc({ ...manifestOf(["left", "right"]), ...aPackage("right") }));
    expect(pathsOf(await bench.record())).toEqual([
      "package-lock.json",
      "package.json",
      "right/index.js",
      "right/package.json",
    ]);
    const runs = await bench.judge(
      [REQUIRE, "node -p \"require('left')\"", "git status --porcelain"],
      options,
    );
    expect(runs.map(({ output }) => output)).toEqual(["from right\n", "from left\n", ""]);
    // The bench itself keeps what it had.
    expect((await bench.bash(REQUIRE)).is_error).toBe(true);
  });

  test("with the scripts that the default branch has, and none that the patch adds or changes", async () => {
    const scripts = { prepare: "echo reviewed >> marks", postinstall: "echo reviewed >> marks" };
    const stand = await aWorkbench(
      { ...manifestOf(["left"], { scripts }), ...aPackage("left"), ".gitignore": "marks\n" },
      { config: NPM },
    );
    const evil = "echo evil >> /work/marks; grep -c : /proc/net/dev >> /work/marks";
    const bench = await stand.open();
    await bench.bash(
      heredoc({
        ...manifestOf(["left", "right"], {
          scripts: { prepare: evil, postinstall: evil, preinstall: evil, install: evil, test: "cat marks" },
        }),
        ...aPackage("right", { scripts: { install: evil, postinstall: evil, prepare: evil } }),
        "left/package.json": JSON.stringify({
          name: "left",
          version: "1.0.0",
          scripts: { postinstall: evil },
        }),
        "binding.gyp": '{"targets":[{"target_name":"x","actions":["<!(echo evil >> /work/marks)"]}]}',
      }),
    );
    expect(pathsOf(await bench.record())).toContain("package.json");
    const runs = await bench.judge(["sort -u marks", REQUIRE, "npm test --silent | sort -u"], options);
    expect(runs.map(({ output }) => output)).toEqual(["reviewed\n", "from right\n", "reviewed\n"]);
  });

  test("not where only something else changed", async () => {
    const stand = await aWorkbench(
      { "requirements.txt": "", "a.txt": "a\n" },
      { config: { setup: ["date +%N > made.txt"] } },
    );
    const bench = await stand.open();
    const { output } = await bench.run("cat made.txt", options);
    await bench.bash("echo b > a.txt");
    await bench.record();
    expect((await bench.run("cat made.txt", options)).output).toBe(output);
    await bench.bash("echo '# more' > requirements.txt");
    await bench.record();
    expect((await bench.run("cat made.txt", options)).output).not.toBe(output);
  });

  test("with the default branch's other files, and the tree's behind it", async () => {
    const stand = await aWorkbench(
      { "requirements.txt": "one\n", "build.sh": "echo base > built; cat requirements.txt >> built\n" },
      {
        head: { "build.sh": "echo head > built\n", "requirements.txt": "head\n" },
        config: { setup: ["sh build.sh"] },
      },
    );
    const bench = await stand.open();
    expect((await bench.bash("cat built")).content).toMatch(/^base\none\n/);
    await bench.bash("echo 'echo evil > built' > build.sh; echo two > requirements.txt");
    await bench.record();
    const run = await bench.run("cat built build.sh requirements.txt", options);
    expect(run.output).toBe("base\ntwo\necho evil > built\ntwo\n");
  });

  test("what it leaves in git's place or runs in the background is not there behind it", async () => {
    const stand = await aWorkbench(
      { "requirements.txt": "one\n" },
      {
        config: {
          setup: [
            "cp requirements.txt seen; printf '#!/bin/sh\\ntouch /work/ran\\n' > .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout; git config alias.x y; (sleep 1; touch late) &",
          ],
        },
      },
    );
    const bench = await stand.open();
    await bench.bash("echo two > requirements.txt");
    await bench.record();
    const run = await bench.run("cat seen; git checkout -q HEAD; git config alias.x; sleep 1.2; ls", options);
    expect(run.output).toBe("two\nrequirements.txt\nseen\n");
  });
});

describe.concurrent("nothing is judged", () => {
  const refused = (run: CommandRun | undefined): string => {
    expect(run).toMatchObject({ exit_code: null, seconds: 0, output: `not judged: ${run?.not_judged}\n` });
    return run?.not_judged ?? "";
  };

  test("where setup fails with what the patch changed", async () => {
    const stand = await aWorkbench(
      { "requirements.txt": "good\n" },
      { config: { setup: ["true", "grep -q good requirements.txt"] } },
    );
    const bench = await stand.open();
    await bench.bash("echo bad > requirements.txt");
    await bench.record();
    const runs = await bench.judge(["echo one > /tmp/x", "true"], options);
    expect(runs.map(({ command }) => command)).toEqual(["echo one > /tmp/x", "true"]);
    for (const run of runs)
      expect(refused(run)).toBe(
        "the patch changes requirements.txt, and with that the setup command `grep -q good requirements.txt` exited 1",
      );
    await bench.bash("echo good again > requirements.txt");
    await bench.record();
    expect(codes(await bench.judge(["true"], options))).toEqual([0]);
  });

  test.each(["setup.py", "Gemfile", "sub/build.gradle", "mix.exs"])(
    "where the patch changes %s, which setup runs",
    async file => {
      const stand = await aWorkbench({ "a.txt": "a\n" }, { config: { setup: ["touch setup-ran"] } });
      const bench = await stand.open();
      await bench.bash(`mkdir -p sub; echo 'import os' > ${file}`);
      await bench.record();
      expect(refused(await bench.run("true", options))).toContain(`the patch changes \`${file}\`, a program`);
      await bench.bash(`rm ${file}`);
      await bench.record();
      expect((await bench.run("true", options)).exit_code).toBe(0);
    },
  );

  test("where an abort comes while setup is done again", async () => {
    const stand = await aWorkbench(
      { "requirements.txt": "fast\n" },
      { config: { setup: ["grep -q fast requirements.txt || sleep 40"] } },
    );
    const bench = await stand.open();
    await bench.bash("echo slow > requirements.txt");
    await bench.record();
    const runs = await bench.judge(["true"], { seconds: 600, signal: AbortSignal.timeout(1_200) });
    expect(refused(runs[0])).toMatch(/was interrupted$/);
  });
});
