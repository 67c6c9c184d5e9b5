// Typical test suites, run as commands: what a sandbox with a filter allows, and, for the few things it does not, what
// they get and the way round.
import { execFileSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createWorkbench } from "../../action/workbench/workbench.ts";
import { Config } from "../../core/model/config.ts";
import {
  aRepository,
  aWorkbench,
  closeAll,
  type Files,
  FULL,
  HOST_PATH,
  never,
  type Stand,
  temporary,
  toolProcess,
} from "./kit.ts";

const lines = (...text: readonly string[]): string => `${text.join("\n")}\n`;

const NODE: Files = {
  "node/package.json": JSON.stringify({ name: "n", scripts: { pretest: "node -v", test: "node --test" } }),
  "node/work.test.js": lines(
    "const { test } = require('node:test');",
    "const assert = require('node:assert');",
    "const { once } = require('node:events');",
    "const { Worker } = require('node:worker_threads');",
    "const { fork, spawn, execFileSync } = require('node:child_process');",
    "const { createServer } = require('node:http');",
    "const net = require('node:net');",
    "const fs = require('node:fs');",
    "test('worker threads share memory', async () => {",
    "  const shared = new Int32Array(new SharedArrayBuffer(4));",
    "  const code = 'const { workerData } = require(\"worker_threads\"); Atomics.add(workerData, 0, 1)';",
    "  const all = Array.from({ length: 4 }, () => once(new Worker(code, { eval: true, workerData: shared }), 'exit'));",
    "  await Promise.all(all);",
    "  assert.strictEqual(shared[0], 4);",
    "});",
    "for (const host of ['127.0.0.1', '::1', 'localhost'])",
    "  test('a server answers on ' + host, async () => {",
    "    const server = createServer((_, response) => response.end('up')).listen(0, host);",
    "    await once(server, 'listening');",
    "    const address = host.includes('::') ? '[::1]' : host;",
    "    assert.strictEqual(await (await fetch('http://' + address + ':' + server.address().port)).text(), 'up');",
    "    server.closeAllConnections(); server.close();",
    "  });",
    "test('a unix socket in /tmp, and an abstract one', async () => {",
    "  for (const path of ['/tmp/x.sock', '\\0x']) {",
    "    const server = net.createServer(socket => socket.end('hello')).listen(path);",
    "    await once(server, 'listening');",
    "    const [data] = await once(net.connect(path), 'data');",
    "    assert.strictEqual(String(data), 'hello');",
    "    server.close();",
    "  }",
    "});",
    "test('child processes, with pipes, a channel and signals', async () => {",
    "  assert.strictEqual(String(execFileSync('sh', ['-c', 'echo $((6*7)) | cat'])), '42\\n');",
    "  fs.writeFileSync('/tmp/child.js', 'process.on(\"message\", m => process.send(m * 2))');",
    "  const child = fork('/tmp/child.js');",
    "  child.send(21);",
    "  assert.deepStrictEqual(await once(child, 'message'), [42, undefined]);",
    "  child.kill();",
    "  assert.deepStrictEqual(await once(child, 'exit'), [null, 'SIGTERM']);",
    "  const group = spawn('sleep', ['60'], { detached: true });",
    "  process.kill(-group.pid, 'SIGKILL');",
    "  assert.deepStrictEqual(await once(group, 'exit'), [null, 'SIGKILL']);",
    "});",
    "test('a file that is watched', async () => {",
    "  fs.mkdirSync('/tmp/watched');",
    "  const watcher = fs.watch('/tmp/watched');",
    "  setTimeout(() => fs.writeFileSync('/tmp/watched/x', 'x'), 50);",
    "  await once(watcher, 'change');",
    "  watcher.close();",
    "});",
  ),
};

const PYTHON: Files = {
  "python/doubled.py": "def double(x):\n  return 2 * x\n",
  "python/test_work.py": lines(
    "import asyncio, concurrent.futures, ctypes, mmap, multiprocessing, os, pty, resource, select, signal, socket, sqlite3, subprocess, tempfile, threading, unittest",
    "from multiprocessing import shared_memory",
    "from doubled import double",
    "class Work(unittest.TestCase):",
    "  def test_pool(self):",
    "    for method in ('fork', 'spawn', 'forkserver'):",
    "      with multiprocessing.get_context(method).Pool(2) as pool:",
    "        self.assertEqual(pool.map(double, range(10)), list(range(0, 20, 2)))",
    "  def test_executor(self):",
    "    with concurrent.futures.ProcessPoolExecutor(2) as executor:",
    "      self.assertEqual(list(executor.map(double, [1, 2])), [2, 4])",
    "    with concurrent.futures.ThreadPoolExecutor(8) as executor:",
    "      self.assertEqual(list(executor.map(double, [1, 2])), [2, 4])",
    "  def test_locks_and_queues(self):",
    "    queue, lock = multiprocessing.Queue(), multiprocessing.Lock()",
    "    def put():",
    "      with lock: queue.put(os.getpid())",
    "    child = multiprocessing.Process(target=put); child.start()",
    "    self.assertEqual(queue.get(timeout=5), child.pid); child.join()",
    "  @unittest.skipUnless(os.access('/dev/shm', os.W_OK), 'bwrap knows no --size')",
    "  def test_shared_memory(self):",
    "    block = shared_memory.SharedMemory(create=True, size=1 << 20)",
    "    block.buf[0] = 7",
    "    other = shared_memory.SharedMemory(block.name)",
    "    self.assertEqual(other.buf[0], 7)",
    "    other.close(); block.close(); block.unlink()",
    "  def test_anonymous_map(self):",
    "    shared = mmap.mmap(-1, 4096)",
    "    if os.fork() == 0: shared[0] = 9; os._exit(0)",
    "    os.wait(); self.assertEqual(shared[0], 9)",
    "  def test_memfd(self):",
    "    fd = os.memfd_create('x'); os.write(fd, b'x'); self.assertEqual(os.fstat(fd).st_size, 1)",
    "  def test_terminal(self):",
    "    pid, fd = pty.fork()",
    "    if pid == 0: os.execvp('sh', ['sh', '-c', 'test -t 0 && stty size && tty'])",
    "    said = b''",
    "    while True:",
    "      try: chunk = os.read(fd, 1000)",
    "      except OSError: break",
    "      if not chunk: break",
    "      said += chunk",
    "    self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)",
    "    self.assertIn(b'/dev/pts/', said)",
    "    self.assertEqual(os.waitstatus_to_exitcode(pty.spawn(['true'], lambda fd: os.read(fd, 1000))), 0)",
    "  def test_asyncio(self):",
    "    async def run():",
    "      child = await asyncio.create_subprocess_exec('cat', stdin=-1, stdout=-1)",
    "      return (await child.communicate(b'through'))[0]",
    "    self.assertEqual(asyncio.run(run()), b'through')",
    "  def test_asyncio_server(self):",
    "    async def run():",
    "      async def answer(reader, writer): writer.write(await reader.readline()); writer.close()",
    "      server = await asyncio.start_server(answer, 'localhost', 0)",
    "      reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])",
    "      writer.write(b'line\\n'); return await reader.read()",
    "    self.assertEqual(asyncio.run(run()), b'line\\n')",
    "  def test_sqlite(self):",
    "    for name in (':memory:', '/tmp/x.db', 'x.db'):",
    "      with sqlite3.connect(name) as db:",
    "        db.execute('pragma journal_mode = wal'); db.execute('create table t (a)'); db.execute('insert into t values (1)')",
    "        self.assertEqual(db.execute('select count(*) from t').fetchone(), (1,))",
    "  def test_signals_and_timers(self):",
    "    seen = []; signal.signal(signal.SIGALRM, lambda *_: seen.append(1))",
    "    signal.setitimer(signal.ITIMER_REAL, .05); signal.pause(); self.assertEqual(seen, [1])",
    "  def test_epoll_eventfd_and_pidfd(self):",
    "    poll, fd = select.epoll(), os.eventfd(1); poll.register(fd); self.assertTrue(poll.poll(1))",
    "    child = subprocess.Popen(['true']); handle = os.pidfd_open(child.pid)",
    "    self.assertTrue(select.select([handle], [], [], 5)[0]); child.wait()",
    "  def test_names_and_interfaces(self):",
    "    self.assertEqual(socket.gethostbyname('localhost'), '127.0.0.1')",
    "    self.assertEqual([name for _, name in socket.if_nameindex()], ['lo'])",
    "    with self.assertRaises(OSError): socket.create_connection(('192.0.2.1', 80), 2)",
    "  def test_posix_fallocate(self):",
    "    with tempfile.NamedTemporaryFile() as file:",
    "      os.posix_fallocate(file.fileno(), 0, 100_000); self.assertEqual(os.fstat(file.fileno()).st_size, 100_000)",
    "  def test_time_zone_and_user(self):",
    "    import pwd; self.assertEqual(pwd.getpwuid(os.getuid()).pw_name, 'kin'); self.assertEqual(os.path.expanduser('~'), '/home/kin')",
  ),
};

const C: Files = {
  "c/Makefile": lines(
    "CFLAGS = -O1 -Wall -Werror -pthread",
    "check: main pipe",
    "\t./main",
    "\tcat pipe > read & ./main > pipe && wait && grep -q fine read",
    "main: main.o sum.o ; $(CC) $(CFLAGS) -o $@ $^",
    "pipe: ; mkfifo $@",
    ".PHONY: check",
  ),
  "c/sum.c": "int sum(int a, int b) { return a + b; }\n",
  "c/main.c": lines(
    "#include <pthread.h>",
    "#include <stdio.h>",
    "#include <sys/wait.h>",
    "#include <unistd.h>",
    "int sum(int a, int b);",
    "static void *add(void *at) { __atomic_add_fetch((int *)at, sum(1, 1), __ATOMIC_SEQ_CST); return 0; }",
    "int main(void) {",
    "  pthread_t all[8]; int total = 0, status = 1;",
    "  for (int i = 0; i < 8; i++) pthread_create(&all[i], 0, add, &total);",
    "  for (int i = 0; i < 8; i++) pthread_join(all[i], 0);",
    "  if (fork() == 0) _exit(total == 16 ? 0 : 1);",
    '  wait(&status); if (status == 0) puts("fine");',
    "  return status != 0;",
    "}",
  ),
  "c/leak.c": "#include <stdlib.h>\nint main(void) { volatile char *p = malloc(8); p[0] = 1; return 0; }\n",
};

const GO: Files = {
  "go/go.mod": "module example.com/sum\n\ngo 1.18\n",
  "go/main.go": lines(
    "package main",
    'import "fmt"',
    "func sum(a, b int) int { return a + b }",
    "func main() { fmt.Println(sum(1, 2)) }",
  ),
  "go/main_test.go": lines(
    "package main",
    'import ("net"; "os"; "os/exec"; "testing")',
    "func TestSum(t *testing.T) {",
    "  for i := 0; i < 20; i++ {",
    "    i := i",
    '    t.Run("one", func(t *testing.T) { t.Parallel(); if sum(i, 1) != i+1 { t.Fatal() } })',
    "  }",
    "}",
    "func TestMachine(t *testing.T) {",
    "  t.Parallel()",
    '  l, err := net.Listen("tcp", "localhost:0"); if err != nil { t.Fatal(err) }; l.Close()',
    '  if out, err := exec.Command("echo", "x").Output(); err != nil || string(out) != "x\\n" { t.Fatal(err) }',
    '  if err := os.WriteFile(t.TempDir()+"/x", nil, 0o600); err != nil { t.Fatal(err) }',
    "}",
  ),
};

const isThere = (program: string): boolean => existsSync(`/usr/bin/${program}`);

let stand: Stand;
beforeAll(async () => {
  stand = await aWorkbench({ ...NODE, ...PYTHON, ...C, ...GO, ".gitignore": "*.o\n" });
});
afterAll(closeAll);

/** Runs a command on a fresh bench and returns its output; it has to exit 0. */
const passes = async (command: string): Promise<string> => {
  const bench = await stand.open();
  const { content } = await bench.bash(command);
  await bench.close();
  expect(content).toMatch(/(?:^|\n)exit code 0$/);
  return content;
};

describe.concurrent("a suite passes", () => {
  test("of node's: threads, servers, sockets, child processes and watched files", async () => {
    const content = await passes("cd node && npm test");
    expect(content).toMatch(/pass 7\b[\s\S]*fail 0\b/);
  });

  test("of Python's: process pools, shared memory, terminals, asyncio and sqlite", async () => {
    const content = await passes("cd python && /usr/bin/python3 -m unittest -v 2>&1 | tail -40");
    expect(content).toMatch(/Ran 15 tests in/);
    expect(content).toMatch(/\nOK(?: \(skipped=1\))?\n/);
  });

  test.skipIf(!isThere("gcc") || !isThere("make"))(
    "of C's: make in parallel, threads, fork and a pipe",
    async () => {
      expect(await passes("cd c && make -j2 check 2>&1")).toContain("fine");
    },
  );

  test.skipIf(!isThere("go"))(
    `of Go's: a build with its commit stamped, and tests in parallel${isThere("go") ? "" : " (skipped: go is not installed)"}`,
    async () => {
      const content = await passes(
        "cd go && go build -o /tmp/sum . && /tmp/sum && go version -m /tmp/sum && go test ./...",
      );
      expect(content).toMatch(/^3\n/);
      expect(content).toContain(`vcs.revision=${stand.repository.base}`);
      expect(content).toContain("vcs.modified=false");
      expect(content).toMatch(/ok\s+example\.com\/sum/);
    },
  );

  test("that makes a repository of its own in /tmp", async () => {
    const content = await passes(
      "cd $(mktemp -d) && git init -q && git config user.email a@example.com && git config user.name a && git commit -q --allow-empty -m x && git clone -q . clone && git -C clone log --format=%s",
    );
    expect(content).toBe("x\nexit code 0");
  });
});

describe.concurrent("what a sandbox does not let programs do has a way round:", () => {
  test.skipIf(!isThere("strace"))("strace fails, and says why", async () => {
    const bench = await stand.open();
    const { content, ran } = await bench.bash("strace -f true; code=$?; echo; exit $code");
    expect(ran?.exit_code).toBeGreaterThan(0);
    expect(content).toMatch(/ptrace[^\n]*Operation not permitted/i);
  });

  test.skipIf(!isThere("gcc"))(
    "LeakSanitizer cannot look, and AddressSanitizer works without it",
    async () => {
      const bench = await stand.open();
      const compiled = await bench.bash("gcc -g -fsanitize=address -o /tmp/leak c/leak.c 2>&1");
      // A machine may have gcc without its sanitizers.
      if (compiled.is_error) return expect(compiled.content).toMatch(/asan/);
      const { content, ran } = await bench.bash("/tmp/leak 2>&1");
      expect(content).toMatch(/LeakSanitizer has encountered a fatal error/);
      expect(ran?.exit_code).not.toBe(0);
      expect((await bench.bash("ASAN_OPTIONS=detect_leaks=0 /tmp/leak")).content).toBe("exit code 0");
      const overflow =
        "echo 'int main(int n, char **v) { char a[4]; a[n + 4] = 1; return a[n]; }' > /tmp/o.c; gcc -fsanitize=address -o /tmp/o /tmp/o.c && ASAN_OPTIONS=detect_leaks=0 /tmp/o 2>&1 | grep -o stack-buffer-overflow | head -1";
      expect((await bench.bash(overflow)).content).toMatch(/^stack-buffer-overflow\n/);
    },
  );

  test("fallocate is not supported, and files are made long otherwise", async () => {
    const bench = await stand.open();
    const { content, ran } = await bench.bash("fallocate -l 1M /tmp/x");
    expect(ran?.exit_code).toBe(1);
    expect(content).toMatch(/Operation not supported/);
    expect(
      (
        await bench.bash(
          "fallocate --posix -l 1M /tmp/y && truncate -s 1M /tmp/z && /usr/bin/python3 -c 'import os; os.posix_fallocate(os.open(\"/tmp/w\", 66), 0, 1 << 20)' && stat -c %s /tmp/y /tmp/z /tmp/w",
        )
      ).content,
    ).toBe("1048576\n1048576\n1048576\nexit code 0");
  });

  test("unshare and sudo are refused, and nothing hangs", async () => {
    const bench = await stand.open();
    const { content } = await bench.bash(
      "unshare -r true; echo $?; chroot / true; echo $?; su -c true; echo $?",
    );
    expect(content.match(/^[1-9]\d*$/gm)).toHaveLength(3);
  });
});

/** Places where our toolchain is not hidden by one of the bench's own directories. */
const isWritable = (directory: string): boolean => {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** The vitest configuration of the root includes this project. */
const PACKAGE = "packages/embedded-github";

test.runIf(isWritable("/opt"))(
  "this project's own tests pass, with its packages from a toolchain's directory",
  async () => {
    const root = new URL("../..", import.meta.url).pathname;
    const place = mkdtempSync("/opt/kin-suites-");
    onTestFinished(() => rmSync(place, { recursive: true }));
    chmodSync(place, 0o755);
    mkdirSync(join(place, "bin"));
    const modules = realpathSync(join(root, "node_modules"));
    // Hard links to the same files, if possible: nothing writes to them.
    try {
      execFileSync("/bin/cp", ["-al", modules, place]);
    } catch {
      execFileSync("/bin/cp", ["-a", modules, place]);
    }
    linkSync(realpathSync(join(place, "node_modules/.bin/node")), join(place, "bin/node"));
    const files = (directory: string): Files =>
      Object.fromEntries(
        readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })
          .filter(name => /\.(?:ts|json|md|yaml)$/.test(name))
          .map(name => [join(directory, name), readFileSync(join(root, directory, name), "utf8")]),
      );
    const single = [
      "package.json",
      "vitest.config.ts",
      "tests/build.ts",
      "tests/fresh-bundle.ts",
      `${PACKAGE}/package.json`,
      `${PACKAGE}/vitest.config.ts`,
    ].map(name => [name, readFileSync(join(root, name), "utf8")] as const);
    const repository = aRepository({
      ...files("core"),
      ...files("host"),
      ...files("prompts"),
      ...files("tests/model-rules"),
      ...Object.fromEntries(single),
    });
    const workbench = createWorkbench({
      dir: join(temporary(), "bench"),
      source: { kind: "local", path: repository.path },
      toolProcess: await toolProcess(),
      node: process.execPath,
      sandbox: "bwrap",
      path: `${place}/bin:${HOST_PATH}`,
      log: () => undefined,
    });
    onTestFinished(() => workbench.close());
    const config = Config.parse({ setup: [`ln -s ${place}/node_modules node_modules`] });
    const { tree } = await workbench.setUp({ base: repository.base, head: null, config, signal: never });
    const bench = await workbench.open({ key: "1", tree, scope: FULL });
    // Its packages are read-only there, so a configuration cannot be bundled into them.
    const command = "node node_modules/.bin/vitest run --configLoader runner tests/model-rules/plan 2>&1";
    const use = { type: "tool_use", id: "t", name: "bash", input: { command } } as const;
    const { content } = await bench.call(use, { signal: never });
    expect(content).toMatch(/Tests\s+\d{2,} passed \(\d+\)\n[\s\S]*exit code 0$/);
  },
);
