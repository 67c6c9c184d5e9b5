// Without bubblewrap, for scripted models: the same services, the same rules, no boundary.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { aWorkbench, closeAll, type Handle, pathsOf, refusedPaths, type Stand } from "./kit.ts";

let stand: Stand;
let bench: Handle;
beforeAll(async () => {
  process.env.KIN_CANARY = "canary-of-the-host";
  stand = await aWorkbench(
    { "a.txt": "a\n", ".npmrc": "x\n" },
    { sandbox: "none", config: { setup: ["echo made > made.txt"] } },
  );
  bench = await stand.open();
});
afterAll(closeAll);

test("the environment is scrubbed all the same", async () => {
  expect((await bench.bash("env")).content).not.toContain("canary");
});

test("the model sees the same paths as with a sandbox", async () => {
  expect((await bench.bash("pwd")).content).toBe("/work\nexit code 0");
  expect((await bench.use("read", { file_path: "/work/a.txt" })).content).toBe("     1\ta");
  expect((await bench.use("glob", { pattern: "*.txt" })).content.split("\n").sort()).toEqual([
    "a.txt",
    "made.txt",
  ]);
  expect((await bench.use("read", { file_path: "/etc/passwd" })).is_error).toBe(true);
});

test("file tools have a scratch directory of the bench's own, and not the machine's", async () => {
  const foreign = join(stand.dir, "..", "foreign.txt");
  writeFileSync(foreign, "somebody's\n");
  expect((await bench.use("read", { file_path: foreign })).is_error).toBe(true);
  expect((await bench.use("glob", { pattern: "*", path: "/tmp" })).content).not.toContain("kin-workbench");
  expect((await bench.use("write", { file_path: "/tmp/note.txt", content: "mine\n" })).is_error).toBe(false);
  expect((await bench.bash("cat $TMPDIR/note.txt; mktemp")).content).toMatch(/^mine\n\/tmp\/tmp\.\w+\n/);
  expect((await bench.use("grep", { pattern: "mine", path: "/tmp" })).content).toBe("/tmp/note.txt:1:mine\n");
  expect((await bench.record()).changes).toEqual([]);
});

test("leftovers of a command are ended", async () => {
  await bench.bash("sleep 300 & echo $! > pid");
  // Nobody may have reaped it yet.
  expect((await bench.bash("ps -o stat= -p $(cat pid) | grep -v Z; rm pid")).content).toBe("exit code 0");
});

test("closing ends the command that runs", async () => {
  const other = await stand.open();
  const pidFile = join(stand.dir, "..", "pid");
  const call = other.bash(`echo $$ > ${pidFile}; sleep 300`).catch(() => undefined);
  await vi.waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "", { timeout: 10_000 });
  const state = `/proc/${readFileSync(pidFile, "utf8").trim()}/stat`;
  await other.close();
  await call;
  await vi.waitUntil(() => !existsSync(state) || / [ZX] /.test(readFileSync(state, "utf8")), {
    timeout: 10_000,
  });
});

test("the harness's own processes are left alone", async () => {
  await bench.bash("true");
  expect(process.kill(process.ppid, 0)).toBe(true);
});

test("records are checked the same way", async () => {
  const own = await stand.open();
  await own.bash("echo b > a.txt; echo y > .npmrc; ln -s /etc l");
  const recorded = await own.record();
  expect(pathsOf(recorded)).toEqual(["a.txt"]);
  expect(refusedPaths(recorded)).toEqual([".npmrc", "l"]);
});
