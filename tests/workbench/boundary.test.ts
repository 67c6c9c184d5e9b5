// What a model's commands can reach: a hostile model does its best here.
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findSandbox } from "../../action/workbench/workbench.ts";
import { aWorkbench, closeAll, type Handle, HOST_PATH, type Stand, temporary } from "./kit.ts";

let stand: Stand;
let bench: Handle;
const bash = async (command: string): Promise<string> => (await bench.bash(command)).content;

beforeAll(async () => {
  process.env.KIN_CANARY = "canary-of-the-host";
  stand = await aWorkbench({
    "a.txt": "a\n",
    "link-out": { link: "/etc" },
    "link-file": { link: "/etc/passwd" },
  });
  bench = await stand.open();
});
afterAll(closeAll);

describe("in the sandbox", () => {
  test("the environment is ours, to the last variable", async () => {
    const { content } = await bench.bash("env | cut -d= -f1 | sort | tr '\\n' ' '");
    expect(content).toBe("CARGO_HOME CI GOPATH HOME LANG PATH PWD SHLVL TERM _ \nexit code 0");
  });

  test("no process holds the host's environment", async () => {
    expect(await bash("tr '\\0' '\\n' < /proc/1/environ | cut -d= -f1 | sort | tr '\\n' ' '")).toBe(
      "CARGO_HOME CI GOPATH HOME LANG PATH PWD TERM \nexit code 0",
    );
    expect(
      await bash("cat /proc/*/environ /proc/*/task/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c canary"),
    ).toBe("0\nexit code 1");
  });

  test("no command line names a directory of the host", async () => {
    const lines = await bash("cat /proc/*/cmdline | tr '\\0' ' '");
    expect(lines).not.toContain(stand.dir);
    expect(lines).not.toContain("node_modules");
  });

  test("only its own processes exist", async () => {
    const pids = (await bash("ls /proc | grep -E '^[0-9]+$' | sort -n | head -2 | tr '\\n' ' '")).split(
      "\n",
    )[0];
    expect(pids).toBe("1 2 ");
    expect(await bash(`kill -0 ${process.pid}`)).toMatch(/No such process/);
  });

  test("there is no network, not even the host's own", async () => {
    const server = createServer((_, response) => response.end("reached")).listen(0, "127.0.0.1");
    await new Promise(resolve => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await bash(
      `curl -s -m 2 http://127.0.0.1:${port}; (echo > /dev/tcp/1.1.1.1/53) 2>&1; ip -o link 2>/dev/null`,
    );
    server.close();
    expect(answer).not.toContain("reached");
    expect(answer).toMatch(/unreachable/);
  });

  test("its own loopback works, as test suites need it", async () => {
    const script =
      "const s=require('http').createServer((q,r)=>r.end('up')).listen(0,async()=>{console.log(await(await fetch('http://localhost:'+s.address().port)).text());process.exit()})";
    expect(await bash(`node -e "${script}"`)).toBe("up\nexit code 0");
  });

  test("files of the host do not exist", async () => {
    const outside = join(temporary(), "secret.txt");
    writeFileSync(outside, "canary-of-the-host");
    for (const path of [
      outside,
      stand.dir,
      stand.repository.path,
      "/root",
      "/etc/shadow",
      "/etc/npmrc",
      "/var/run/docker.sock",
      "/sys",
    ])
      expect(await bash(`ls -d ${path}`)).toMatch(/No such file/);
    expect((await bench.use("read", { file_path: outside })).is_error).toBe(true);
  });

  test("the system is read-only, and the work tree, HOME and /tmp are not", async () => {
    expect(await bash("touch /x /usr/x /etc/x /.kin/tools.mjs /home/x 2>&1 | grep -c 'Read-only'")).toBe(
      "5\nexit code 1",
    );
    expect(await bash("touch /work/x /tmp/x ~/x && rm /work/x && echo fine")).toBe("fine\nexit code 0");
  });

  test("there are no capabilities, no new privileges and no further namespaces", async () => {
    expect(await bash("grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status | tr -s '\\t\\n' ' '")).toMatch(
      /CapEff: 0+ CapBnd: 0+ NoNewPrivs: 1/,
    );
    expect(await bash("unshare -U true")).toMatch(/failed/);
    expect(await bash("mount -t tmpfs x /tmp")).toMatch(/exit code (?!0)/);
    expect(await bash("id -un")).toBe("kin\nexit code 0");
  });

  test("the project's node is the machine's and Kin's is not on PATH", async () => {
    const [which, path] = (await bash('command -v node; echo "$PATH"')).split("\n");
    expect(which).toMatch(/^\/usr\/(?:local\/)?bin\/node$/);
    expect(path).not.toContain("node_modules");
    expect(path).not.toContain(".kin");
  });

  test("core dumps are off and files have a limit", async () => {
    expect(await bash("ulimit -c; truncate -s 20G big 2>&1; echo $?; rm -f big")).toMatch(/^0\n(?!0)/);
  });
});

describe("git's and GitHub's directories", () => {
  test(".github cannot be made where it is absent", async () => {
    expect(
      (await bench.use("write", { file_path: ".github/workflows/x.yml", content: "x" })).content,
    ).toMatch(/not changed/);
    expect(await bash("mkdir -p .github/workflows; echo x > .github/x")).toMatch(/Read-only/);
    expect(await bash("rm -rf .github; mv .github other; rmdir .github")).toMatch(/busy/);
  });

  test("no file tool writes into .git", async () => {
    expect((await bench.use("write", { file_path: ".git/hooks/pre-commit", content: "x" })).content).toMatch(
      /not changed/,
    );
  });

  test("they leave nothing in a tree", async () => {
    const handle = await stand.open();
    await handle.bash("mkdir -p .github/workflows; echo x > .github/x; echo x > .git/x");
    expect(await handle.record()).toEqual({ tree: stand.setup.tree, changes: [], refused: [] });
    await handle.close();
  });

  test("present ones cannot be changed", async () => {
    const other = await aWorkbench({ ".github/workflows/ci.yml": "on: push\n" });
    const handle = await other.open();
    expect(
      (await handle.bash("echo x >> .github/workflows/ci.yml; rm .github/workflows/ci.yml")).content,
    ).toMatch(/Read-only/);
    expect(
      (
        await handle.use("edit", {
          file_path: ".github/workflows/ci.yml",
          old_string: "push",
          new_string: "x",
        })
      ).is_error,
    ).toBe(true);
    expect((await handle.use("read", { file_path: ".github/workflows/ci.yml" })).content).toBe(
      "     1\ton: push",
    );
  });
});

describe("file tools", () => {
  test.each([
    "../../../etc/passwd",
    "/etc/passwd",
    "/proc/self/environ",
    "/proc/1/environ",
    "/proc/self/root/etc/passwd",
    "link-file",
    "link-out/passwd",
    "~/x",
    "file:///etc/passwd",
    "a\u0000b",
    "..\\..\\etc",
  ])("read refuses %j", async file_path => {
    const { content, is_error } = await bench.use("read", { file_path });
    expect(is_error).toBe(true);
    expect(content).not.toContain(stand.dir);
  });

  test("a link made by bash leads neither reading nor writing out", async () => {
    await bench.bash("ln -s ~ out; ln -s ~/new dangling; ln -s loop loop; rm -f ~/x; echo secret > ~/s");
    for (const path of ["out/s", "loop", "dangling"])
      expect((await bench.use("read", { file_path: path })).is_error).toBe(true);
    for (const path of ["out/new", "dangling", "loop"])
      expect((await bench.use("write", { file_path: path, content: "x" })).is_error).toBe(true);
    expect(await bash("ls ~")).toBe("s\nexit code 0");
    expect((await bench.use("glob", { pattern: "out/*" })).content).toBe("no matches");
    expect((await bench.use("glob", { pattern: "/**" })).is_error).toBe(true);
    expect((await bench.use("grep", { pattern: "secret", path: "out" })).is_error).toBe(true);
    await bench.bash("rm -f out dangling loop ~/s");
  });

  test("the scratch directory is open to all of them, outlives calls, and is in no patch", async () => {
    expect(await bench.use("write", { file_path: "/tmp/dir/a.js", content: "1\n" })).toMatchObject({
      is_error: false,
    });
    expect(await bash("cat /tmp/dir/a.js; echo 2 >> /tmp/dir/a.js")).toBe("1\nexit code 0");
    expect((await bench.use("read", { file_path: "/tmp/dir/a.js" })).content).toBe("     1\t1\n     2\t2");
    const edit = { file_path: "/tmp/dir/a.js", old_string: "2", new_string: "3" };
    expect((await bench.use("edit", edit)).is_error).toBe(false);
    expect((await bench.use("grep", { pattern: "3", path: "/tmp" })).content).toContain("/tmp/dir/a.js:2:3");
    expect((await bench.use("glob", { pattern: "**/*.js", path: "/tmp" })).content).toContain(
      "/tmp/dir/a.js",
    );
    expect((await bench.record()).changes.map(({ path }) => path)).not.toContain("dir/a.js");
    await bench.bash("rm -r /tmp/dir");
  });

  test("a link into a protected place does not open it", async () => {
    await bench.bash("ln -s .github g");
    expect((await bench.use("write", { file_path: "g/x", content: "x" })).content).toMatch(/protected/);
    await bench.bash("rm g");
  });

  test("a device or a pipe is not read", async () => {
    await bench.bash("mkfifo pipe");
    expect((await bench.use("read", { file_path: "pipe" })).content).toMatch(/not a regular file/);
    await bench.bash("rm pipe");
  });

  test("a pipe, with whatever name, holds no search", async () => {
    const other = await stand.open();
    for (const name of ["pipe", ".ignore", ".git/info/exclude"]) {
      await other.bash(`rm -rf ${name}; mkfifo ${name}`);
      const { content, is_error } = await other.use("grep", { pattern: "x" });
      expect(is_error).toBe(true);
      expect(content).toContain(`grep: "${name}" would hold a search: it is not a regular file`);
      await other.bash(`rm ${name}`);
    }
    await other.bash("ln -s /dev/zero .rgignore");
    expect((await other.use("grep", { pattern: "x" })).content).toContain('".rgignore" would hold a search');
    await other.bash("rm .rgignore");
    expect((await other.use("grep", { pattern: "a" })).content).toBe("a.txt:1:a\n");
  });

  test("nor does one in the scratch directory, where a link leads nowhere else", async () => {
    const other = await stand.open();
    await other.bash("mkdir -p /tmp/d; echo needle > /tmp/d/n.txt; ln -s /etc /tmp/out");
    for (const name of ["d/pipe", ".ignore"]) {
      await other.bash(`mkfifo /tmp/${name}`);
      for (const path of ["/tmp", "/tmp/d"])
        expect(await other.use("grep", { pattern: "needle", path })).toMatchObject({
          is_error: true,
          content: `grep: "/tmp/${name}" would hold a search: it is not a regular file`,
        });
      expect((await other.use("grep", { pattern: "a" })).content).toBe("a.txt:1:a\n");
      await other.bash(`rm /tmp/${name}`);
    }
    const { content } = await other.use("grep", { pattern: "needle|root", path: "/tmp" });
    expect(content).toBe("/tmp/d/n.txt:1:needle\n");
    expect((await other.use("grep", { pattern: "root", path: "/tmp/out" })).is_error).toBe(true);
    expect((await other.use("glob", { pattern: "**/*", path: "/tmp" })).content).not.toContain("passwd");
  });

  test("paths are shown relative to the project", async () => {
    await bench.bash("mkdir -p src && echo needle > src/n.txt");
    expect((await bench.use("glob", { pattern: "src/*" })).content).toBe("src/n.txt");
    expect((await bench.use("grep", { pattern: "needle" })).content).toBe("src/n.txt:1:needle\n");
    expect((await bench.use("read", { file_path: "/work/src/n.txt" })).content).toBe("     1\tneedle");
  });

  test("grep leaves out what the project ignores", async () => {
    await bench.bash(
      "mkdir -p deps/x && echo haystack > deps/x/a && echo haystack > b && echo deps > .gitignore",
    );
    expect((await bench.use("grep", { pattern: "haystack" })).content).toBe("b:1:haystack\n");
  });

  test("a pattern that would take for ever does not", async () => {
    await bench.bash(`node -e "require('fs').writeFileSync('aaa','a'.repeat(50)+'!')"`);
    expect((await bench.use("grep", { pattern: "^(a+)+$", path: "aaa" })).content).toBe("no matches");
  });
});

describe("a machine without a working sandbox", () => {
  test("has one here", async () => {
    expect(await findSandbox(HOST_PATH)).toEqual({ ok: true });
  });

  test("is told to install bubblewrap", async () => {
    expect(await findSandbox("/nonexistent")).toMatchObject({
      ok: false,
      hint: expect.stringContaining("apt-get"),
    });
  });

  test("has one where bwrap is too old for an option that can be done without", async () => {
    const dir = temporary();
    chmodSync(dir, 0o755);
    const old = [
      'case "$*" in',
      "  *--disable-userns*) echo 'bwrap: Unknown option --disable-userns' >&2; exit 1 ;;",
      "  --help) echo '    --unshare-all' ;;",
      "  *--unshare-all*) exit 0 ;;",
      "  *) exit 1 ;;",
      "esac",
    ];
    writeFileSync(join(dir, "bwrap"), `#!/bin/sh\n${old.join("\n")}\n`, { mode: 0o755 });
    expect(await findSandbox(dir)).toEqual({ ok: true });
  });

  test("is told about AppArmor when bwrap is refused", async () => {
    const dir = temporary();
    chmodSync(dir, 0o755);
    writeFileSync(
      join(dir, "bwrap"),
      "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n",
      { mode: 0o755 },
    );
    const found = await findSandbox(dir);
    expect(found).toMatchObject({
      ok: false,
      reason: expect.stringContaining("Permission denied"),
      hint: expect.stringContaining("profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }"),
    });
  });
});

test("closing leaves nothing behind", async () => {
  const other = await aWorkbench({ "a.txt": "a" });
  const handle = await other.open();
  await handle.bash("mkdir -p closed/in && chmod 000 closed; mkdir ~/ro && touch ~/ro/x && chmod 500 ~/ro");
  await other.workbench.close();
  expect(readdirSync(join(other.dir, ".."))).toEqual([]);
});
