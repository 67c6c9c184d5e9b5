import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { lookAt, MACHINE } from "../../action/network/dial.ts";
import { createGit } from "../../action/workbench/git.ts";
import { fetchSubmodules, sourceOf } from "../../action/workbench/submodules.ts";
import { planFor } from "../../action/workbench/toolchain.ts";
import { Config } from "../../core/model/config.ts";
import { aRepository, aWorkbench, closeAll, git, never, pathsOf, type Stand, temporary } from "./kit.ts";

afterAll(closeAll);

describe.concurrent("setup", () => {
  test("runs the detected command, and its products are seen by steps and in no patch", async () => {
    const lock = {
      name: "a",
      lockfileVersion: 3,
      packages: {
        "": { name: "a", dependencies: { left: "file:left" } },
        left: { version: "1.0.0" },
        "node_modules/left": { resolved: "left", link: true },
      },
    };
    const stand = await aWorkbench(
      {
        "package.json": JSON.stringify({ name: "a", dependencies: { left: "file:left" } }),
        "package-lock.json": JSON.stringify(lock),
        "left/package.json": JSON.stringify({ name: "left", version: "1.0.0" }),
        "left/index.js": "module.exports = 'from left';\n",
      },
      { config: { setup: undefined } },
    );
    expect(stand.setup).toMatchObject({
      ok: true,
      reason: null,
      commands: [{ command: "npm ci", exit_code: 0 }],
    });
    const bench = await stand.open();
    expect((await bench.bash("node -p \"require('left')\"")).content).toBe("from left\nexit code 0");
    expect(await bench.record()).toEqual({ tree: stand.setup.tree, changes: [], refused: [] });
  });

  test("leaves products as they are in each bench: with their times, their rights and what is one file", async () => {
    const setup = ["touch -d @981173106 old.o; echo > shared.o; chmod 666 shared.o; ln shared.o again.o"];
    const bench = await (await aWorkbench({ "a.txt": "a\n" }, { config: { setup } })).open();
    const looked = await bench.bash(
      "stat -c '%n %Y' old.o; stat -c '%a %h' shared.o; test shared.o -ef again.o",
    );
    expect(looked.content).toBe("old.o 981173106\n666 2\nexit code 0");
  });

  const unlike = {
    "package.json": JSON.stringify({ name: "a", dependencies: { left: "file:left" } }),
    "package-lock.json": JSON.stringify({ name: "a", lockfileVersion: 3, packages: { "": { name: "a" } } }),
    "go.mod": "module a\n\nrequire example.invalid/x v1.0.0\n",
    "made.js": "console.log('made')\n",
  };

  test("that nobody named fails without stopping anybody, and everything that failed is told", async () => {
    const stand = await aWorkbench(unlike, { config: { setup: undefined } });
    expect(stand.setup).toMatchObject({
      ok: true,
      reason: expect.stringMatching(
        /^setup command `npm ci` exited 1; setup command `go mod download` exited 1/,
      ),
      commands: [{ command: "npm ci" }, { command: "go mod download" }],
    });
    const bench = await stand.open();
    await bench.bash("echo x > added.txt");
    expect(pathsOf(await bench.record())).toEqual(["added.txt"]);
    expect(await bench.judge(["node made.js"], { seconds: 20, signal: never })).toMatchObject([
      { exit_code: 0, output: "made\n" },
    ]);
  });

  test("may close the directory of a tracked file that it wrote to", async () => {
    const setup = ["echo z > docs/b.md; rm docs/c.md; chmod 555 docs"];
    const stand = await aWorkbench({ "docs/b.md": "b\n", "docs/c.md": "c\n" }, { config: { setup } });
    expect(stand.setup).toMatchObject({ ok: true });
    expect((await (await stand.open()).bash("cat docs/*")).content).toBe("b\nc\nexit code 0");
  });

  test("that was named stops at the command that fails", async () => {
    const { setup } = await aWorkbench(unlike, { config: { setup: ["npm ci", "echo never"] } });
    expect(setup).toMatchObject({ ok: false, reason: "setup command `npm ci` exited 1" });
    expect(setup.commands.map(({ command }) => command)).toEqual(["npm ci"]);
  });

  test("hands on what it wrote to the work tree and to HOME, each bench its own copy", async () => {
    const stand = await aWorkbench(
      { "a.txt": "a\n" },
      {
        config: {
          setup: [
            "echo made > made.txt",
            "echo home > ~/made.txt; mkdir '#odd [name]'; echo x > '#odd [name]/!x '",
          ],
        },
      },
    );
    expect(stand.setup.commands.map(({ exit_code }) => exit_code)).toEqual([0, 0]);
    const [one, two] = [await stand.open(), await stand.open()];
    expect(
      (
        await one.bash(
          "cat made.txt ~/made.txt; echo changed > made.txt; echo changed > ~/made.txt; echo y > a.txt",
        )
      ).content,
    ).toBe("made\nhome\nexit code 0");
    expect((await two.bash("cat made.txt ~/made.txt a.txt")).content).toBe("made\nhome\na\nexit code 0");
    expect(pathsOf(await one.record())).toEqual(["a.txt"]);
    expect(await two.record()).toMatchObject({ tree: stand.setup.tree, changes: [] });
  });

  test("leaves the baseline the commit's own tree, whatever it did to tracked files", async () => {
    const stand = await aWorkbench(
      { "a.txt": "a\n", "b.txt": "b\n" },
      { config: { setup: ["date +%N > a.txt; rm b.txt; date +%N > stamp"] } },
    );
    expect(stand.setup.tree).toBe(git(stand.repository.path, "rev-parse", `${stand.repository.base}^{tree}`));
    const bench = await stand.open();
    expect((await bench.bash("cat a.txt b.txt")).content).toBe("a\nb\nexit code 0");
    expect(await bench.record()).toMatchObject({ changes: [], refused: [] });
    expect(stand.log.join()).toContain("a.txt");
  });

  test("that puts a link in a tracked directory's place leaves the directory all the same", async () => {
    const stand = await aWorkbench(
      { "dir/b.txt": "b\n", "dir/c.txt": "c\n" },
      { head: { "dir/b.txt": null }, config: { setup: ["mv dir ~/kept && ln -s ~/kept dir"] } },
    );
    const bench = await stand.open();
    expect((await bench.bash("ls -d dir/; ls dir; echo changed > dir/c.txt")).content).toBe(
      "dir/\nc.txt\nexit code 0",
    );
    expect((await bench.record()).changes).toMatchObject([{ path: "dir/c.txt", content: "changed\n" }]);
  });

  test("runs on base's files, and head's are laid over them", async () => {
    const stand = await aWorkbench(
      { "a.txt": "a\n", "gone.txt": "g\n", "dir/x": "x\n", file: "f\n" },
      {
        head: {
          "a.txt": "head\n",
          "gone.txt": null,
          "new/file.txt": "n\n",
          dir: null,
          file: null,
          "file/inside": "i\n",
          "made.txt": "head's\n",
        },
        config: { setup: ["cat a.txt > seen.txt; ls gone.txt; echo setup > made.txt"] },
      },
    );
    expect(stand.setup.ok).toBe(true);
    expect(stand.setup.tree).toBe(git(stand.repository.path, "rev-parse", "HEAD^{tree}"));
    const bench = await stand.open();
    expect(
      (await bench.bash("cat a.txt seen.txt new/file.txt file/inside made.txt; ls -d gone.txt dir/x"))
        .content,
    ).toMatch(/^head\na\nn\ni\nhead's\nls: cannot access 'gone.txt'.*\nls: cannot access 'dir\/x'/);
    expect(await bench.record()).toEqual({ tree: stand.setup.tree, changes: [], refused: [] });
  });

  test("stops at the first command that fails, and says which", async () => {
    const stand = await aWorkbench(
      { "a.txt": "a" },
      { config: { setup: ["echo one", "echo broken >&2; exit 1", "echo never"] } },
    );
    expect(stand.setup).toMatchObject({
      ok: false,
      reason: "setup command `echo broken >&2; exit 1` exited 1",
    });
    expect(stand.setup.commands.map(({ output }) => output)).toEqual(["one\n", "broken\n"]);
  });

  test("keeps at most the last 4,000 characters of an output", async () => {
    const stand = await aWorkbench({ "a.txt": "a" }, { config: { setup: ["seq 1 5000; exit 1"] } });
    expect(stand.setup.commands[0]?.output.length).toBe(4_000);
    expect(stand.setup.commands[0]?.output).toMatch(/5000\n$/);
  });

  test("has the host's network where that is asked for, and none of its environment or files", async () => {
    process.env.KIN_CANARY = "canary-of-the-host";
    const stand = await aWorkbench(
      { "a.txt": "a" },
      {
        config: {
          network: { setup: "direct" },
          setup: [
            "env; ls /root 2>&1; grep -c . /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; wc -l < /proc/net/dev",
          ],
        },
      },
    );
    const output = stand.setup.commands[0]?.output ?? "";
    expect(output).not.toContain("canary");
    expect(output).toMatch(/\/root.*No such file/);
    expect(output).toMatch(/ca-certificates.crt:[1-9]/);
    expect(Number(output.trim().split("\n").at(-1))).toBeGreaterThan(3);
  });

  test("cannot touch .git and .github", async () => {
    const stand = await aWorkbench({ ".github/x": "x" }, { config: { setup: ["echo y > .github/x"] } });
    expect(stand.setup.ok).toBe(false);
  });

  test("is done once for the same request, and again after a failure", async () => {
    const stand = await aWorkbench({ "a.txt": "a" }, { config: { setup: ["date +%N"] } });
    const request = { base: stand.repository.base, head: null, signal: never };
    const again = await stand.workbench.setUp({ ...request, config: Config.parse({ setup: ["date +%N"] }) });
    expect(again).toBe(stand.setup);
  });

  test("ends when it is aborted", async () => {
    const stand = await aWorkbench({ "a.txt": "a" });
    const controller = new AbortController();
    const command = "echo x > begun; sleep 60";
    const result = stand.workbench.setUp({
      base: stand.repository.base,
      head: null,
      config: Config.parse({ setup: [command] }),
      signal: controller.signal,
    });
    await vi.waitUntil(() => existsSync(join(stand.dir, "setup/work/begun")), { timeout: 10_000 });
    controller.abort();
    expect(await result).toMatchObject({ ok: false, reason: `setup command \`${command}\` was interrupted` });
  });

  test("that is aborted before its first command is an error which may pass", async () => {
    const stand = await aWorkbench({ "a.txt": "a" });
    const config = Config.parse({ setup: ["true"] });
    const request = { base: stand.repository.base, head: null, config, signal: AbortSignal.abort() };
    await expect(stand.workbench.setUp(request)).rejects.toMatchObject({ retryable: true });
  });

  test("copes with links, submodules and an empty project", async () => {
    const empty = await aWorkbench({});
    expect(await (await empty.open()).record()).toMatchObject({ changes: [] });
    const stand = await aWorkbench({ x: { link: "/etc" }, y: { link: "nowhere" } });
    git(stand.repository.path, "update-index", "--add", "--cacheinfo", `160000,${stand.repository.base},sub`);
    git(stand.repository.path, "commit", "-qm", "sub");
    const head = git(stand.repository.path, "rev-parse", "HEAD");
    const setup = await stand.workbench.setUp({
      base: head,
      head: null,
      config: Config.parse({ setup: [] }),
      signal: never,
    });
    const bench = await stand.open(undefined, setup.tree);
    expect((await bench.bash("ls -d sub; ls sub; readlink x")).content).toBe("sub\n/etc\nexit code 0");
    expect(await bench.record()).toEqual({ tree: setup.tree, changes: [], refused: [] });
    await bench.bash("rmdir sub; echo x > sub");
    const recorded = await bench.record();
    expect(recorded).toMatchObject({
      tree: setup.tree,
      changes: [],
      refused: [{ path: "sub", why: expect.stringMatching(/submodule/) }],
    });
  });
});

const nowhere = async () => ({ kind: "failed", what: "its name has no address" }) as const;

describe.concurrent("submodules", () => {
  const withModules = async (
    modules: Readonly<Record<string, { readonly url: string; readonly commit: string }>>,
    setup?: readonly string[],
  ) => {
    const text = Object.entries(modules).map(
      ([path, { url }]) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`,
    );
    const stand = await aWorkbench({ "a.txt": "a\n", ".gitmodules": text.join("") });
    const { path } = stand.repository;
    for (const [name, { commit }] of Object.entries(modules))
      git(path, "update-index", "--add", "--cacheinfo", `160000,${commit},${name}`);
    git(path, "commit", "-qm", "modules");
    const base = git(path, "rev-parse", "HEAD");
    const config = Config.parse(setup === undefined ? {} : { setup });
    const result = await stand.workbench.setUp({ base, head: null, config, signal: never });
    return { stand, result, open: () => stand.open(undefined, result.tree) };
  };

  const setUpAt = async (stand: Stand, base: string) => {
    const config = Config.parse({ setup: [] });
    const result = await stand.workbench.setUp({ base, head: null, config, signal: never });
    return { result, open: () => stand.open(undefined, result.tree) };
  };

  test("are there at their commits, for setup, in benches and where gates judge, and are no part of a patch", async () => {
    const library = aRepository({ "lib.txt": "first\n", "d/e.sh": "echo e\n" });
    library.commit({ "lib.txt": "second\n" });
    const beside = aRepository({ "x.txt": "x\n" });
    const { stand, result, open } = await withModules(
      {
        "vendor/lib": { url: library.path, commit: library.base },
        beside: { url: `./../${basename(beside.path)}`, commit: beside.base },
      },
      ["cat vendor/lib/lib.txt"],
    );
    expect(result).toMatchObject({ ok: true, reason: null, commands: [{ output: "first\n" }] });
    const bench = await open();
    expect(
      (await bench.bash("cat vendor/lib/lib.txt beside/x.txt; sh vendor/lib/d/e.sh; git status --short"))
        .content,
    ).toBe("first\nx\ne\nexit code 0");
    await bench.use("write", { file_path: "vendor/lib/lib.txt", content: "mine\n" });
    await bench.use("write", { file_path: "b.txt", content: "b\n" });
    const recorded = await bench.record();
    expect(recorded).toMatchObject({
      changes: [{ path: "b.txt" }],
      refused: [{ path: "vendor/lib/lib.txt", why: expect.stringMatching(/vendor\/lib is a submodule/) }],
    });
    const [judged] = await stand.workbench.judge(recorded.tree, ["cat vendor/lib/lib.txt b.txt"], {
      seconds: 60,
      signal: never,
    });
    expect(judged).toMatchObject({ exit_code: 0, output: "first\nb\n" });
  });

  test("that cannot be fetched are told, and stop nobody", async () => {
    const library = aRepository({ "lib.txt": "lib\n" });
    const gone = "1".repeat(40);
    const { result, open } = await withModules({
      moved: { url: library.path, commit: gone },
      plain: { url: "http://example.com/x.git", commit: gone },
      trick: { url: "ext::touch /tmp/x", commit: gone },
      here: { url: library.path, commit: library.base },
    });
    expect(result.ok).toBe(true);
    expect(result.reason).toMatch(/^The directory moved is empty: .* fetch failed/);
    expect(result.commands.map(({ command, exit_code, output }) => [command, exit_code, output])).toEqual([
      ["git submodule update --init -- moved", 128, expect.stringMatching(/could not be fetched/)],
      ["git submodule update --init -- plain", 128, expect.stringMatching(/does not fetch from http:/)],
      ["git submodule update --init -- trick", 128, expect.stringMatching(/does not fetch from/)],
    ]);
    expect((await (await open()).bash("ls moved here")).content).toBe(
      "here:\nlib.txt\n\nmoved:\nexit code 0",
    );
  });

  test("of a .gitmodules that git cannot read are named nowhere, and stop nobody", async () => {
    const library = aRepository({ "lib.txt": "lib\n" });
    const stand = await aWorkbench({ "a.txt": "a\n", ".gitmodules": "[submodule\n" });
    const { path } = stand.repository;
    git(path, "update-index", "--add", "--cacheinfo", `160000,${library.base},lib`);
    git(path, "commit", "-qm", "modules");
    const { result } = await setUpAt(stand, git(path, "rev-parse", "HEAD"));
    expect(result.ok).toBe(true);
    expect(result.reason).toMatch(/^The directory lib is empty: .*\.gitmodules names no address for it/);
  });

  test.each([
    ["the year 2100", "4102444800 +0000"],
    ["an hour before all time", "0 -0100"],
    ["a second that no clock counts to", "99999999999999999999 +0000"],
    ["a zone of three weeks", "5 +51800"],
  ])("a base of %s is worked on like any other", async (_, date) => {
    const stand = await aWorkbench({ "a.txt": "a\n" });
    const { path, base } = stand.repository;
    const text = git(path, "cat-file", "commit", base).replace(/> \d+ \+\d+$/gm, `> ${date}`);
    const args = ["-C", path, "hash-object", "-t", "commit", "--literally", "-w", "--stdin"];
    const odd = execFileSync("git", args, { input: `${text}\n`, encoding: "utf8" }).trim();
    git(path, "update-ref", "refs/heads/main", odd);
    const { result, open } = await setUpAt(stand, odd);
    expect(result.ok).toBe(true);
    const bench = await open();
    await bench.use("write", { file_path: "b.txt", content: "b\n" });
    const { tree } = await bench.record();
    const next = await stand.open(undefined, tree);
    expect((await next.bash("git log --format=%s; cat b.txt")).content).toBe(
      "What is there now\na commit\nb\nexit code 0",
    );
  });

  /** A tree that no git would make. */
  const handmade = (path: string, rows: readonly (readonly [mode: string, name: string, id: string])[]) => {
    const input = Buffer.concat(
      rows.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]),
    );
    const args = ["-C", path, "hash-object", "-t", "tree", "--literally", "-w", "--stdin"];
    return execFileSync("git", args, { input, encoding: "utf8" }).trim();
  };

  test.each(["the way to it is a link", "another is in it"])(
    "lie in directories of their own, and nowhere else: %s",
    async what => {
      const library = aRepository({ "lib.txt": "lib\n" });
      const stand = await aWorkbench({ "dir/own.txt": "own\n", "a.txt": "a\n" });
      const { path, base } = stand.repository;
      const blob = (content: string) =>
        execFileSync("git", ["-C", path, "hash-object", "-w", "--stdin"], {
          input: content,
          encoding: "utf8",
        }).trim();
      const at = what === "another is in it" ? "sub" : "sub/lib";
      const modules = blob(`[submodule "x"]\n\tpath = ${at}\n\turl = ${library.path}\n`);
      const link = ["120000", "sub", blob("dir")] as const;
      const below = ["40000", "sub", handmade(path, [["160000", "lib", library.base]])] as const;
      const tree = handmade(path, [
        ["100644", ".gitmodules", modules],
        ["100644", "a.txt", git(path, "rev-parse", `${base}:a.txt`)],
        ["40000", "dir", git(path, "rev-parse", `${base}:dir`)],
        ...(at === "sub" ? ([["160000", "sub", library.base], below] as const) : [below, link]),
      ]);
      const commit = git(path, "commit-tree", "-m", "by hand", tree);
      git(path, "update-ref", "refs/heads/main", commit);
      const { result, open } = await setUpAt(stand, commit);
      expect(result).toMatchObject({
        ok: true,
        reason: expect.stringMatching(/was left out: the project has something else at its place/),
      });
      const listed = await (await open()).bash("find . -name '*.txt'; ls dir");
      expect(listed.content).not.toContain("lib");
      expect(listed.content).toContain("own.txt");
    },
  );

  test("take twenty minutes together and no longer, and what is left is told", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const harness = await createGit({ dir: join(temporary(), "git"), program: "/usr/bin/git" });
    const sha = await harness.text(["hash-object", "-w", "--stdin"], {
      input: ["a", "b"]
        .map(name => `[submodule "${name}"]\n\tpath = ${name}\n\turl = ${at}/${name}\n`)
        .join(""),
    });
    const link = { mode: "160000", sha: "1".repeat(40) };
    const entries = new Map([
      [".gitmodules", { mode: "100644", sha }],
      ["a", link],
      ["b", link],
    ]);
    const { laid, failed } = await fetchSubmodules(harness, entries, {
      source: { kind: "remote", url: `${at}/project`, authorization: null },
      ...{ proxy: {}, signal: never, requireRoom: async () => {}, seconds: 1, look: nowhere },
    });
    server.closeAllConnections();
    server.close();
    expect(laid).toEqual([]);
    expect(failed.map(({ output }) => output)).toEqual([
      expect.stringMatching(/^The directory a is empty: .* Kin spends 1 minutes? on all submodules together/),
      expect.stringMatching(/^The directory b is empty: .* Kin spends 1 minutes? on all submodules together/),
    ]);
  });

  /** What is reported about submodules at these addresses, for a project that is elsewhere. */
  const fetchedFrom = async (
    urls: readonly string[],
    look: Parameters<typeof fetchSubmodules>[2]["look"],
  ): Promise<readonly string[]> => {
    const harness = await createGit({ dir: join(temporary(), "git"), program: "/usr/bin/git" });
    const text = urls.map((url, at) => `[submodule "${at}"]\n\tpath = m${at}\n\turl = ${url}\n`);
    const sha = await harness.text(["hash-object", "-w", "--stdin"], { input: text.join("") });
    const link = { mode: "160000", sha: "1".repeat(40) };
    const entries = new Map([
      [".gitmodules", { mode: "100644", sha }],
      ...urls.map((_, at) => [`m${at}`, link] as const),
    ]);
    const { failed } = await fetchSubmodules(harness, entries, {
      source: { kind: "remote", url: "https://github.example.com/o/r", authorization: "basic x" },
      ...{ proxy: {}, signal: never, requireRoom: async () => {}, look },
    });
    return failed.map(({ output }) => output.split("fetched. ")[1]?.trim() ?? "");
  };

  test("are fetched from no address that is not public, unless the project names the host as private", async () => {
    let asked = 0;
    const server = createServer(() => undefined).on("connection", socket => {
      asked += 1;
      socket.destroy();
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const resolve = async (host: string) =>
      host === "mine.example.com"
        ? [{ address: "127.0.0.1", family: 4 }]
        : host === "both.example.com"
          ? ["8.8.8.8", "10.1.2.3"].map(address => ({ address, family: 4 }))
          : MACHINE.resolve(host);
    const told = await fetchedFrom(
      [
        `http://127.0.0.1:${port}/x`,
        `https://0x7f.1:${port}/x`,
        `https://[::1]:${port}/x`,
        `https://localhost:${port}/x`,
        "https://169.254.169.254/latest",
        "https://both.example.com/x",
        "https://*/x",
      ],
      host => lookAt({ resolve }, { host, isPrivate: false }),
    );
    const unlisted = ", and `network.private` does not list it.";
    expect(told).toEqual([
      `Kin does not fetch from 127.0.0.1:${port}: its name leads to this machine${unlisted}`,
      `Kin does not fetch from 127.0.0.1:${port}: its name leads to this machine${unlisted}`,
      `Kin does not fetch from [::1]:${port}: its name leads to this machine${unlisted}`,
      `Kin does not fetch from localhost:${port}: its name leads to this machine${unlisted}`,
      `Kin does not fetch from 169.254.169.254: its name leads to the machine's own link, or its metadata${unlisted}`,
      `Kin does not fetch from both.example.com: its name leads to a private network${unlisted}`,
      "Kin does not fetch from *: its name has no address.",
    ]);
    expect(asked).toBe(0);
    // And at the address that was checked: the name is not resolved again.
    const [listed] = await fetchedFrom([`https://mine.example.com:${port}/x`], host =>
      lookAt({ resolve }, { host, isPrivate: true }),
    );
    server.close();
    expect(listed).toMatch(/unable to access/);
    expect(asked).toBe(1);
  });

  const HUB = { kind: "remote", url: "https://github.com/o/r.git", authorization: "basic x" } as const;
  test.each([
    ["https://github.com/o/lib", "https://github.com/o/lib", "basic x"],
    ["../lib.git", "https://github.com/o/lib.git", "basic x"],
    ["git@github.com:o/lib.git", "https://github.com/o/lib.git", "basic x"],
    ["ssh://git@github.com/o/lib.git", "https://github.com/o/lib.git", "basic x"],
    ["https://gitlab.com/o/lib.git", "https://gitlab.com/o/lib.git", null],
    ["https://github.com:444/o/lib.git", "https://github.com:444/o/lib.git", null],
    ["http://github.com/o/lib.git", "http://github.com/o/lib.git", null],
    ["../../../../evil.example/x", "https://github.com/evil.example/x", "basic x"],
  ])("the project's credential goes to its own host alone: %s", (address, url, authorization) => {
    expect(sourceOf(address, HUB)).toEqual({ kind: "remote", url, authorization });
  });
});

describe.concurrent("a tree of an earlier run", () => {
  test("is known again from the baseline and the changes", async () => {
    const files = { "a.txt": "a\n", "b.txt": "b\n", "d/e.txt": "e\n" };
    const one = await aWorkbench(files);
    const bench = await one.open();
    await bench.bash(
      "echo x > a.txt; rm b.txt d/e.txt; rmdir d; echo f > d; printf '\\xff' > bin; echo r > run; chmod +x run",
    );
    const { tree, changes } = await bench.record();

    const two = await aWorkbench(files);
    expect(two.setup.tree).toBe(one.setup.tree);
    await expect(two.open(undefined, tree)).rejects.toMatchObject({ code: "tree_unknown" });
    expect(await two.workbench.lay(changes)).toBe(tree);
    const resumed = await two.open(undefined, tree);
    expect(
      (await resumed.bash("cat a.txt d; ls b.txt; od -An -tx1 bin; test -x run && echo yes")).content,
    ).toMatch(/^x\nf\nls: .*\n ff\nyes/);
    expect(await resumed.record()).toEqual({ tree, changes: [], refused: [] });
    await resumed.bash("echo y > a.txt");
    expect((await resumed.record()).changes).toMatchObject([
      { path: "a.txt", content: "y\n", in_base: true },
    ]);
  });

  test("that nobody laid is refused", async () => {
    const stand = await aWorkbench({ "a.txt": "a\n" });
    await expect(stand.open(undefined, "--help")).rejects.toMatchObject({ code: "tree_unknown" });
  });

  test("of one step is where the next one starts", async () => {
    const stand = await aWorkbench(
      { "a.txt": "a\n" },
      { config: { setup: ["mkdir node_modules; echo m > node_modules/m"] } },
    );
    const first = await stand.open();
    await first.bash("echo b > b.txt; rm a.txt");
    const { tree } = await first.record();
    await first.close();
    const second = await stand.open(undefined, tree);
    expect((await second.bash("ls; cat node_modules/m")).content).toBe("b.txt\nnode_modules\nm\nexit code 0");
    expect((await second.record()).changes).toEqual([]);
  });
});

describe("toolchains", () => {
  test.each<readonly [string, readonly string[]]>([
    ["/usr/local/bin", []],
    ["/bin", []],
    ["/opt/hostedtoolcache/node/20.1.0/x64/bin", ["/opt/hostedtoolcache/node/20.1.0/x64"]],
    ["/home/runner/.cargo/bin", ["/home/runner/.cargo/bin", "/home/runner/.rustup"]],
    ["/root/.pyenv/shims", ["/root/.pyenv"]],
    ["/root/.pyenv/plugins/pyenv-virtualenv/shims", ["/root/.pyenv"]],
    ["/home/me/.nvm/versions/node/v22/bin", ["/home/me/.nvm/versions/node/v22"]],
    ["/home/me/.local/bin", ["/home/me/.local/bin"]],
    ["/home/me/bin", ["/home/me/bin"]],
    ["/root/bin", ["/root/bin"]],
    ["/home/me/go/bin", ["/home/me/go/bin"]],
    ["/opt/go/bin", ["/opt/go"]],
    ["/opt/bin", ["/opt/bin"]],
    ["/snap/bin", ["/snap/bin"]],
  ])("of %s are %j", (entry, mounts) => {
    expect(planFor(entry, "/home/me").mount).toEqual(mounts);
  });
});
