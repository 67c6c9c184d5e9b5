// What one bench may take of the machine: a command that takes more is ended soon, told why, and the next one works.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bench, SetupResult, ToolOutcome, Workbench } from "../../action/drive/ports/workbench.ts";
import { container } from "../../action/workbench/processes.ts";
import type { Totals } from "../../action/workbench/totals.ts";
import { createWorkbench } from "../../action/workbench/workbench.ts";
import { Config } from "../../core/model/config.ts";
import { aRepository, closeAll, FULL, git, HOST_PATH, never, temporary, toolProcess } from "./kit.ts";

const MIB = 1024 ** 2;
/** How soon a command over its limit is ended; less on an idle machine. */
const SOON_MS = 10_000;

const workbenches: Workbench[] = [];

interface Opened {
  readonly open: () => Promise<Bench>;
}

const aWorkbench = async (totals: Partial<Totals>): Promise<Opened> => {
  const repository = aRepository({ "a.txt": "a\n" });
  const workbench = createWorkbench({
    dir: join(temporary(), "bench"),
    source: { kind: "local", path: repository.path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
    totals,
    log: () => undefined,
  });
  workbenches.push(workbench);
  const config = Config.parse({ setup: [] });
  const { tree } = await workbench.setUp({ base: repository.base, head: null, config, signal: never });
  return { open: () => workbench.open({ key: "1", tree, scope: FULL }) };
};

const aBench = async (totals: Partial<Totals>): Promise<Bench> => (await aWorkbench(totals)).open();

const bash = (bench: Bench, command: string): Promise<ToolOutcome> =>
  bench.call(
    { type: "tool_use", id: "t", name: "bash", input: { command, timeout_seconds: 20 } },
    { signal: never },
  );

/** Runs a command that writes `past SECONDS` when it exceeds its limit, and checks how it was ended. */
const endedSoon = async (bench: Bench, command: string): Promise<string> => {
  const { content, is_error, ran } = await bash(bench, command);
  const late = Date.now() - 1000 * Number([...content.matchAll(/past ([\d.]+)/g)].at(-1)?.[1]);
  expect(content).toContain("no exit code: ended: ");
  expect({ is_error, exit_code: ran?.exit_code }).toEqual({ is_error: true, exit_code: null });
  expect(late).toBeLessThan(SOON_MS);
  return content.slice(content.lastIndexOf("ended: "));
};

const python = (...lines: readonly string[]): string =>
  `/usr/bin/python3 -u - <<'END'\n${lines.join("\n")}\nEND`;
const SAY = "import time; say = lambda: print('past', time.time(), flush=True)";

afterAll(async () => {
  await Promise.all(workbenches.splice(0).map(({ close }) => close()));
  await closeAll();
});

describe("memory", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await aBench({ memory: 200 * MIB });
  });
  const TOO_MUCH = /^ended: it took (?:2[0-9]{2}|[3-9][0-9]{2}) MiB of memory, and 200 MiB are allowed/;

  test("of one process ends its command", async () => {
    const why = await endedSoon(
      bench,
      python(
        SAY,
        "kept = []",
        "while True:",
        "  kept.append(b'x' * 5 * 2**20); time.sleep(.01)",
        "  if len(kept) == 28: say()",
        "  if len(kept) > 150: time.sleep(60)",
      ),
    );
    expect(why).toMatch(TOO_MUCH);
  });

  test("of many small processes counts together", async () => {
    const why = await endedSoon(
      bench,
      python(
        SAY,
        "import os; say()",
        "for n in range(8):",
        "  if os.fork() == 0: kept = b'x' * 40 * 2**20; time.sleep(60)",
        "time.sleep(60)",
      ),
    );
    expect(why).toMatch(TOO_MUCH);
  });

  test("of a process that nobody is the parent of any more counts", async () => {
    const why = await endedSoon(
      bench,
      python(
        SAY,
        "import os",
        "if os.fork() == 0:",
        "  os.setsid()",
        "  if os.fork(): os._exit(0)",
        "  say(); kept = b'x' * 300 * 2**20; time.sleep(60)",
        "time.sleep(60)",
      ),
    );
    expect(why).toMatch(TOO_MUCH);
  });

  test.each([
    ["memfd", ["f = os.memfd_create('x')", "grow = lambda: os.write(f, b'x' * 5 * 2**20)"]],
    ["/dev/shm", ["f = open('/dev/shm/x', 'wb')", "grow = lambda: (f.write(b'x' * 5 * 2**20), f.flush())"]],
    [
      "an anonymous mapping that is shared",
      ["m = mmap.mmap(-1, 400 * 2**20)", "grow = lambda: m.write(b'x' * 5 * 2**20)"],
    ],
    [
      "System V",
      [
        "c = ctypes.CDLL(None, use_errno=True); c.shmat.restype = ctypes.c_void_p",
        "def grow():",
        "  for _ in range(20):",
        "    at = c.shmat(c.shmget(0, 262144, 0o1600), None, 0)",
        "    ctypes.memset(at, 1, 262144)",
      ],
    ],
  ])("that lies in %s counts", async (_, lines) => {
    const why = await endedSoon(
      bench,
      python(
        SAY,
        "import os, mmap, ctypes",
        ...lines,
        "for n in range(70):",
        "  grow(); time.sleep(.01)",
        "  if n == 28: say()",
        "time.sleep(60)",
      ),
    );
    expect(why).toMatch(TOO_MUCH);
  });

  test("that processes share since a fork counts once", async () => {
    const wide = await aBench({ memory: 550 * MIB });
    const outcome = await bash(
      wide,
      python(
        "import os, time",
        "kept = b'x' * 150 * 2**20",
        "pids = []",
        "for n in range(4):",
        "  pid = os.fork()",
        "  if pid == 0: time.sleep(.8); os._exit(kept[n] - 120)",
        "  pids.append(pid)",
        "print(sum(os.waitpid(pid, 0)[1] for pid in pids), 'failed')",
      ),
    );
    expect(outcome.content).toBe("0 failed\nexit code 0");
  });

  test("is there again for the next command", async () => {
    await bash(bench, python("kept = b'x' * 300 * 2**20", "import time; time.sleep(60)"));
    const outcome = await bash(bench, python("kept = b'x' * 100 * 2**20", "print('fine')"));
    expect(outcome.content).toBe("fine\nexit code 0");
  });

  test("below the number ends nothing", async () => {
    const outcome = await bash(bench, python("import time", "kept = b'x' * 80 * 2**20; time.sleep(1)"));
    expect(outcome.content).toBe("exit code 0");
  });
});

describe.concurrent("tasks", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await aBench({ tasks: 100 });
  });
  const TOO_MANY = /^ended: it had 1\d\d processes and threads, and 100 are allowed/;

  test("that are processes end their command", async () => {
    const command = "for n in {1..150}; do sleep 60 & [ $n = 90 ] && echo past $(date +%s.%N); done; wait";
    expect(await endedSoon(bench, command)).toMatch(TOO_MANY);
  });

  test("that are threads count as much", async () => {
    const why = await endedSoon(
      bench,
      python(
        SAY,
        "import threading",
        "for n in range(150):",
        "  threading.Thread(target=time.sleep, args=(60,)).start()",
        "  if n == 90: say()",
      ),
    );
    expect(why).toMatch(TOO_MANY);
  });

  test("up to the number are left alone", async () => {
    const outcome = await bash(bench, "for n in {1..60}; do sleep 1 & done; wait; echo done");
    expect(outcome.content).toBe("done\nexit code 0");
  });
});

describe.concurrent("the disk", () => {
  let workbench: Opened;
  beforeAll(async () => {
    workbench = await aWorkbench({ disk: 120 * MIB, inodes: 2_000 });
  });
  const FULL_BENCH =
    /^ended: the work tree, HOME and \/tmp hold [12]\d\d MiB, and 120 MiB are allowed; remove what is not needed/;
  const PAST = "echo past $(date +%s.%N)";
  const fill = (file: string, mib: number): string =>
    `dd if=/dev/zero of=${file} bs=1M count=${mib} status=none; sync`;

  test("that the work tree, HOME and /tmp fill together ends the command", async () => {
    const bench = await workbench.open();
    const why = await endedSoon(
      bench,
      `for d in /work ~ /tmp; do ${PAST}; ${fill("$d/big", 55)}; done; sleep 60`,
    );
    expect(why).toMatch(FULL_BENCH);
  });

  test("that fills slowly, over several calls, ends the one that is too much", async () => {
    const bench = await workbench.open();
    for (const n of [1, 2, 3])
      expect((await bash(bench, `${fill(`big${n}`, 33)}; sleep .4`)).content).toBe("exit code 0");
    expect(await endedSoon(bench, `${PAST}; ${fill("big4", 33)}; sleep 60`)).toMatch(FULL_BENCH);
  });

  test("that is too full is emptied by the next command, which takes its time for it", async () => {
    const bench = await workbench.open();
    await endedSoon(bench, `${PAST}; ${fill("big", 180)}; sleep 60`);
    expect((await bash(bench, "sleep 1; rm big; sync; sleep 1; echo removed")).content).toBe(
      "removed\nexit code 0",
    );
    expect((await bash(bench, "sleep .5; echo fine")).content).toBe("fine\nexit code 0");
  });

  test("that is emptied again may be filled again", async () => {
    const bench = await workbench.open();
    for (let n = 0; n < 3; n++)
      expect((await bash(bench, `${fill("big", 80)}; sleep .4; rm big; sync`)).content).toBe("exit code 0");
  });

  // Its size is inferred from the disk's free space, and parallel tests sometimes free a lot of it.
  test("that a directory which is closed to everybody fills ends the command", { retry: 3 }, async () => {
    const bench = await workbench.open();
    const closed = `mkdir closed; exec 3> closed/big; chmod 000 closed; ${PAST}`;
    const why = await endedSoon(bench, `${closed}; head -c ${600 * MIB} /dev/zero >&3; sync; sleep 60`);
    expect(why).toMatch(/^ended: the work tree, HOME and \/tmp hold \d+ MiB, and 120 MiB are allowed/);
  });

  test("that holds too many files ends the command", async () => {
    const bench = await workbench.open();
    const why = await endedSoon(bench, `mkdir /tmp/many; cd /tmp/many; ${PAST}; touch {1..2500}; sleep 60`);
    expect(why).toMatch(/^ended: the work tree, HOME and \/tmp hold 2\d\d\d files, and 2000 are allowed/);
  });

  test("of the machine keeps what is to stay free", async () => {
    const full = await (await aWorkbench({ free: 1024 ** 6 })).open();
    const { content, ran } = await bash(full, `${fill("big", 60)}; sleep 40`);
    expect(content).toMatch(
      /^no exit code: ended: the machine's disk is full: [\d.]+ GiB are free, and 1073741824.0 GiB stay free/,
    );
    expect(ran?.exit_code).toBeNull();
  });
});

describe("a repository that no bench has room for", () => {
  const setUp = async (
    base: string,
    path: string,
    totals: Partial<Totals>,
    told: (result: SetupResult) => unknown = ({ ok }) => ok,
  ): Promise<unknown> => {
    const workbench = createWorkbench({
      dir: join(temporary(), "bench"),
      source: { kind: "local", path },
      toolProcess: await toolProcess(),
      node: process.execPath,
      sandbox: "bwrap",
      path: HOST_PATH,
      totals,
      log: () => undefined,
    });
    workbenches.push(workbench);
    const config = Config.parse({ setup: [] });
    return workbench
      .setUp({ base, head: null, config, signal: never })
      .then(
        told,
        (error: { code?: string; retryable?: boolean; message?: string }) =>
          `${error.code}, ${error.retryable}: ${error.message}`,
      );
  };

  /** Each tree contains the one below it ten times: a few kilobytes, with as many files as there are grains of sand. */
  test("is refused by its files before any of them is laid out", async () => {
    const { path } = aRepository({ "a.txt": "a\n" });
    const make = (rows: string): string =>
      execFileSync("git", ["-C", path, "mktree"], { input: rows, encoding: "utf8" }).trim();
    let tree = git(path, "rev-parse", "HEAD^{tree}");
    for (let level = 0; level < 9; level++)
      tree = make(Array.from({ length: 10 }, (_, at) => `040000 tree ${tree}\td${at}\n`).join(""));
    const commit = git(path, "commit-tree", "-m", "a bomb", tree);
    git(path, "update-ref", "refs/heads/main", commit);
    expect(await setUp(commit, path, {})).toBe(
      "repository_too_large, false: The repository has more than 1000000 files, which is more than a bench may hold.",
    );
  });

  test("is refused by its bytes, which are few while they are packed", async () => {
    const { path, base } = aRepository({ zeros: Buffer.alloc(40 * MIB), "a.txt": "a\n" });
    expect(await setUp(base, path, { disk: 32 * MIB })).toMatch(
      /^repository_too_large, false: .* 0\.0 GiB of files/,
    );
    expect(await setUp(base, path, { disk: 64 * MIB })).toBe(true);
  });

  test("whose submodules together are too large gets those that there is room for", async () => {
    const library = aRepository({ zeros: Buffer.alloc(20 * MIB) });
    const names = ["a", "b", "c"];
    const modules = names.map(name => `[submodule "${name}"]\n\tpath = ${name}\n\turl = ${library.path}\n`);
    const { path } = aRepository({ ".gitmodules": modules.join(""), "own.bin": Buffer.alloc(20 * MIB) });
    for (const name of names)
      git(path, "update-index", "--add", "--cacheinfo", `160000,${library.base},${name}`);
    git(path, "commit", "-qm", "modules");
    const base = git(path, "rev-parse", "HEAD");
    const told = await setUp(base, path, { disk: 70 * MIB }, ({ reason }) => reason);
    expect(told).toMatch(
      /^The directory c is empty: .* 0\.1 GiB of files, which is more than a bench may hold/,
    );
  });
});

describe("the memory of a container", () => {
  const groups = (files: Readonly<Record<string, string>>): string => {
    const root = temporary();
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
    return root;
  };
  const asked = (files: Readonly<Record<string, string>>, self: string) => {
    const root = groups({ ...files, self });
    return container(root, join(root, "self"));
  };

  test.each<[string, Readonly<Record<string, string>>, string, unknown]>([
    [
      "of its own group",
      {
        "a/b/memory.max": "1000\n",
        "a/b/memory.current": "700\n",
        "a/b/memory.stat": "anon 1\ninactive_file 200\n",
      },
      "0::/a/b\n",
      { most: 1000, taken: 500 },
    ],
    [
      "which sees its group as the root",
      { "memory.max": "1000\n", "memory.current": "300\n", "memory.stat": "inactive_file 100\n" },
      "0::/docker/xyz\n",
      { most: 1000, taken: 200 },
    ],
    [
      "of the first version",
      {
        "memory/x/memory.limit_in_bytes": "1000\n",
        "memory/x/memory.usage_in_bytes": "900\n",
        "memory/x/memory.stat": "inactive_file 1\ntotal_inactive_file 50\n",
      },
      "9:cpu:/\n4:memory:/x\n0::/\n",
      { most: 1000, taken: 850 },
    ],
    [
      "with the least left, where there are two",
      {
        "a/memory.max": "1000",
        "a/memory.current": "100",
        "memory.max": "500",
        "memory.current": "450",
      },
      "0::/a\n",
      { most: 500, taken: 450 },
    ],
    ["without a limit", { "memory.max": "max\n", "memory.current": "1\n" }, "0::/\n", null],
    ["without groups", {}, "", null],
  ])("%s", (_, files, self, expected) => {
    expect(asked(files, self)).toEqual(expected);
  });
});
