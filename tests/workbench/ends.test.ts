// What starts, ends and serves a sandbox: harness, commands, boxes and services, which `npm run mutants` weakens one
// guard at a time. Guards that cannot be reached through the front door are tested directly.
import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Launch, startBox } from "../../action/workbench/box.ts";
import { startService } from "../../action/workbench/service.ts";
import { aWorkbench, closeAll, FULL, type Handle, HOST_PATH, never, type Stand, temporary } from "./kit.ts";
import { aHarness, anOpen, aSpecial, filesOf, of, processesWith, runOn } from "./machine.ts";

let stand: Stand;
let bench: Handle;
const bash = async (command: string): Promise<string> => (await bench.bash(command)).content;

beforeAll(async () => {
  process.env.KIN_CANARY = "canary-of-the-host";
  stand = await aWorkbench({ "a.txt": "a\n", ".github/x": "x\n" });
  bench = await stand.open();
});
afterAll(closeAll);

describe("a harness", () => {
  test("that is killed takes its commands with it", async () => {
    const seconds = `97.${process.pid}`;
    const harness = await aHarness(`await bash("sleep ${seconds} & sleep ${seconds}; wait");`);
    await vi.waitUntil(() => processesWith(seconds).length >= 5, { timeout: 60_000, interval: 50 });
    const left = processesWith(seconds);
    harness.process.kill("SIGKILL");
    const alive = (): readonly string[] => left.filter(pid => of(pid, "cmdline").includes(seconds));
    await vi.waitUntil(() => alive().length === 0, { timeout: 3_000, interval: 50 }).catch(() => undefined);
    const survivors = alive();
    for (const pid of survivors) process.kill(Number(pid), "SIGKILL");
    expect(survivors).toEqual([]);
  });

  test("hands none of the streams that it was started with to a command or a service", async () => {
    const canary = join(temporary(), "canary");
    writeFileSync(canary, "");
    const file = openSync(canary, "r");
    const script = `await call("read", { file_path: "a.txt" });
say(await bash("ls -l /proc/1/fd /proc/2/fd /proc/self/fd; echo done"));
await new Promise(resolve => setTimeout(resolve, 90_000));`;
    // Node closes the first descriptors in what it starts, but none after a gap.
    const harness = await aHarness(script, [...Array<"ignore">(47).fill("ignore"), file]);
    closeSync(file);
    await vi.waitUntil(() => harness.said().includes("done"), { timeout: 60_000, interval: 50 });
    const holds = (pid: string | undefined): boolean => filesOf(String(pid)).includes(canary);
    const below = processesWith("/.kin/services.mjs").filter(pid =>
      of(pid, "mountinfo").includes(" /.kin/node "),
    );
    const seen = {
      harness: holds(String(harness.process.pid)),
      said: harness.said(),
      service: below.some(holds),
    };
    harness.process.kill("SIGKILL");
    expect(below.length).toBeGreaterThanOrEqual(2);
    expect(seen).toEqual({ harness: true, said: expect.not.stringContaining("canary"), service: false });
    expect(seen.said).not.toMatch(/ 50 -> /);
  });

  const FULL_MACHINE: readonly (readonly [what: string, patch: string, why: RegExp])[] = [
    [
      "has no memory any more",
      `const { default: fs } = await import("node:fs");
const read = fs.readFileSync;
const told = text => text.replace(/^MemAvailable:.*/m, "MemAvailable: 20480 kB");
fs.readFileSync = (path, ...rest) => (path === "/proc/meminfo" ? told(read(path, "utf8")) : read(path, ...rest));`,
      /ended: the machine's memory runs out: 20 MiB are available/,
    ],
    [
      "has no room for more files",
      `const { default: fs } = await import("node:fs/promises");
const stat = fs.statfs;
fs.statfs = async path => ({ ...(await stat(path)), ffree: 900 });`,
      /ended: the machine's disk is full: it has no room for more files/,
    ],
  ];
  test.each(FULL_MACHINE)("whose machine %s ends its commands", async (_, patch, why) => {
    const harness = await aHarness(`${patch}
(await import("node:module")).syncBuiltinESMExports();
say(await bash("sleep 6; echo fine"));
say("done");
await workbench.close();`);
    await vi.waitUntil(() => harness.said().includes("done"), { timeout: 60_000, interval: 50 });
    expect(harness.said()).toMatch(why);
  });
});

describe("a command", () => {
  /** So many that the kernel needs a while to end them. */
  const many = (marker: string): string =>
    `for i in $(seq 300); do sleep ${marker} >/dev/null 2>&1 & done; exec >/dev/null 2>&1`;

  test("that ends leaves nothing alive when that is told, however much there is to end", async () => {
    for (let n = 0; n < 4; n++) {
      const marker = `31${n}.${process.pid}`;
      await bench.bash(many(marker));
      expect(processesWith(marker)).toEqual([]);
    }
  });

  test("that is ended leaves nothing alive when that is told, however much there is to end", async () => {
    for (let n = 0; n < 3; n++) {
      const marker = `32${n}.${process.pid}`;
      const { ran } = await bench.bash(`${many(marker)}; sleep 60`, 1);
      expect(processesWith(marker)).toEqual([]);
      expect(ran?.exit_code).toBeNull();
    }
  });

  test("is ended however early the abort comes", async () => {
    for (let delay = 0; delay < 12; delay++) {
      const controller = new AbortController();
      const call = bench.use("bash", { command: "sleep 40" }, controller.signal);
      setTimeout(() => controller.abort(), delay);
      expect((await call).content).toBe("interrupted");
    }
  });

  test("is told with everything that it printed to the end", async () => {
    for (let n = 0; n < 8; n++) {
      const { content } = await bench.bash("head -c 190000 /dev/zero | tr '\\0' x; echo THE END");
      expect(content).toMatch(/xTHE END\nexit code 0$/);
    }
  });

  test("that prints more than anybody reads is ended", async () => {
    const { content } = await bench.bash("head -c 700000000 /dev/zero; sleep 40");
    expect(content).toMatch(/no exit code: ended: it printed more than 512 MiB$/);
  });

  test("waits for the one before it", async () => {
    const both = [bench.bash("sleep .5; echo one >> /tmp/order"), bench.bash("echo two >> /tmp/order")];
    await Promise.all(both);
    expect(await bash("cat /tmp/order")).toBe("one\ntwo\nexit code 0");
  });

  test("is not begun on a bench that is closed, and one that runs is ended with it", async () => {
    const other = await stand.open();
    const call = other.bash("sleep 40");
    await sleep(300);
    await other.close();
    expect((await call).content).toBe("interrupted");
    await expect(other.bash("true")).rejects.toThrow("the bench is closed");
  });

  test("that closes its own directories closes them to none behind it", async () => {
    const other = await stand.open();
    await other.bash("chmod 000 ~ /tmp /work");
    expect((await other.bash("touch ~/x /tmp/x; cat a.txt")).content).toBe("a\nexit code 0");
    await other.bash("chmod 000 /work");
    expect((await other.use("read", { file_path: "a.txt" })).content).toBe("     1\ta");
    await other.close();
  });

  test("whose sandbox does not begin is no command that failed", async () => {
    const directory = anOpen();
    const broken = join(directory, "broken");
    writeFileSync(
      join(directory, "bwrap"),
      `#!/bin/sh\n[ ! -e ${broken} ] || { echo "no room" >&2; exit 1; }\nexec /usr/bin/bwrap "$@"\n`,
      { mode: 0o755 },
    );
    await using other = await aSpecial({ "a.txt": "a\n" }, { path: `${directory}:${HOST_PATH}` });
    const on = await other.open();
    expect(await runOn(on, "echo fine")).toBe("fine\nexit code 0");
    writeFileSync(broken, "");
    await expect(runOn(on, "echo fine")).rejects.toMatchObject({
      code: "sandbox_failed",
      message: "The sandbox did not start: no room",
    });
    rmSync(broken);
  });

  test("that does not end takes its bench with it: nobody looks at the files again", async () => {
    const directory = anOpen();
    const stuck = join(directory, "stuck");
    const other = spawn("/bin/sleep", ["25"]);
    onTestFinished(() => void other.kill("SIGKILL"));
    const marker = `12.${process.pid}`;
    // The process that it reports is not its own child, so the harness cannot end it.
    writeFileSync(
      join(directory, "bwrap"),
      `#!/bin/sh\n[ ! -e ${stuck} ] || { echo '{ "child-pid": ${other.pid} }' >&4; exec sleep ${marker}; }\nexec /usr/bin/bwrap "$@"\n`,
      { mode: 0o755 },
    );
    await using special = await aSpecial({ "a.txt": "a\n" }, { path: `${directory}:${HOST_PATH}` });
    const on = await special.open();
    writeFileSync(stuck, "");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const call = runOn(on, "true").catch((error: unknown) => error);
    while (processesWith(marker).length === 0) await sleep(50);
    await vi.advanceTimersByTimeAsync(120_000);
    await sleep(100);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await call).toMatchObject({ code: "sandbox_stuck", retryable: true });
    vi.useRealTimers();
    rmSync(stuck);
    await expect(on.record()).rejects.toThrow("something may still be alive on this bench");
  });
});

describe("a process that is started in a box", () => {
  const boxed = (script: string): Launch => ({
    boxed: true,
    program: "/bin/bash",
    args: ["-c", script],
    hidden: "",
    seccomp: Buffer.alloc(0),
    rights: null,
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
  });

  test("is not ended by a number that has become somebody else's", async () => {
    const victim = spawn("/bin/sleep", ["20"]);
    const box = startBox(boxed(`echo '{ "child-pid": ${victim.pid} }' >&4; exec sleep 1`), { input: false });
    await vi.waitUntil(() => box.pid() !== null, { timeout: 10_000 });
    box.end();
    await box.over;
    expect({ code: victim.exitCode, signal: victim.signalCode }).toEqual({ code: null, signal: null });
    victim.kill("SIGKILL");
  });

  test("is ended, too, when it never told its number", async () => {
    const box = startBox(boxed("exec sleep 40"), { input: false });
    box.end();
    expect(await box.over).toEqual({ code: 137, error: null });
  });
});

// Endless cases time out sooner than elsewhere, because there are many mutants.
describe("a service that somebody has taken over", { timeout: 45_000 }, () => {
  const FIRST = `let begun = false;
const say = line => process.stdout.write(line + "\\n");
require("readline").createInterface({ input: process.stdin }).on("line", line => {
  const request = JSON.parse(line);
  if (!begun) { begun = true; return say('{"id":"start","ok":null}'); }
  const answer = ok => say(JSON.stringify({ id: request.id, ok }));
  const right = () => answer({ content: "right", is_error: false });
`;
  const started = async (script: string) => {
    const log: string[] = [];
    const launch: Launch = {
      boxed: false,
      program: process.execPath,
      args: ["-e", `${FIRST}${script}});`],
      hidden: null,
      seccomp: null,
      rights: null,
      env: {},
      cwd: "/",
    };
    const start = {
      service: "files",
      work: "/",
      tmp: "/tmp",
      rules: { scope: FULL, protected: [] },
    } as const;
    const service = await startService(launch, { start, log: line => log.push(line) });
    const ask = async (seconds: number, signal = never): Promise<unknown> => {
      const answer = service.ask<"call">({ kind: "call", tool: "read", input: {} }, { seconds, signal });
      return answer.catch((error: { code?: string }) => error.code ?? error).finally(service.close);
    };
    return { ask, log };
  };
  /** A limit longer than a test may take. */
  const NEVER = 600;

  test("is lost when its line does not end", async () => {
    const { ask } = await started("process.stdout.write('x'.repeat(20 * 2 ** 20));");
    expect(await ask(NEVER)).toBe("service_lost");
  });

  test.each([
    [
      "an answer to a question that was not asked",
      `{ id: "other", ok: { content: "wrong", is_error: false } }`,
    ],
    ["the answer to its start once more", `{ id: "start", ok: { content: "wrong", is_error: false } }`],
    ["an answer without anything", "{ id: request.id }"],
    ["a failure without its message", `{ id: request.id, failed: "x" }`],
    ["nothing", "null"],
  ])("is lost at its first line that is no answer: %s", async (_, line) => {
    const many = `for (let count = 0; count < 100_000; count++) say(JSON.stringify(${line}));`;
    const { ask, log } = await started(`${many} right();`);
    expect([await ask(NEVER), log]).toEqual([
      "service_lost",
      ["A service in the sandbox wrote a line that is no answer, and was ended."],
    ]);
  });

  test("is lost where its answer has not the form of one", async () => {
    const { ask } = await started("answer({ content: { toString: 1 }, is_error: false });");
    expect(await ask(NEVER)).toBe("service_lost");
  });

  test("is lost when it says nothing for long", async () => {
    const { ask } = await started("");
    expect(await ask(1)).toBe("service_lost");
  });

  test("is lost when it takes more than its work ever needs", async () => {
    const many = "for i in {1..1100}; do sleep 40 & done; wait";
    const { ask } = await started(`require("child_process").spawn("/bin/bash", ["-c", "${many}"]);`);
    expect(await ask(NEVER)).toBe("service_lost");
  });

  test("is ended when it does not listen to an abort", async () => {
    const { ask } = await started("");
    expect(await ask(NEVER, AbortSignal.timeout(100))).toBeNull();
  });
});

test("a file service that was killed is started anew at the next call", async () => {
  const other = await stand.open();
  const read = () => other.use("read", { file_path: "a.txt" });
  const before = new Set(processesWith("/.kin/services.mjs"));
  await read();
  const bound = ` ${realpathSync(stand.dir)}/benches/`;
  const ours = processesWith("/.kin/services.mjs").filter(
    pid =>
      !before.has(pid) && of(pid, "mountinfo").includes(bound) && of(pid, "mountinfo").includes(" /.kin/bin"),
  );
  expect(ours).toHaveLength(1);
  process.kill(Number(ours[0]), "SIGKILL");
  await vi.waitUntil(() => of(String(ours[0]), "cmdline") === "", { timeout: 10_000 });
  await read().catch(error => expect(error).toMatchObject({ code: "service_lost" }));
  expect((await read()).content).toBe("     1\ta");
});

describe("a bench that is closed", () => {
  /** Suspends the most recently started service of this kind, so that nothing responds. */
  const stopped = async (directory: string, bound: string): Promise<void> => {
    const its = processesWith("/.kin/services.mjs").filter(pid => {
      const mounts = of(pid, "mountinfo");
      return (
        mounts.includes(` ${directory}/work`) &&
        mounts.includes(bound) &&
        /^\/\.kin\/node\0/.test(of(pid, "cmdline"))
      );
    });
    expect(its).toHaveLength(1);
    process.kill(Number(its[0]), "SIGSTOP");
  };
  const opened = async (): Promise<{ readonly on: Handle; readonly directory: string }> => {
    const on = await stand.open();
    await on.use("read", { file_path: "a.txt" });
    const benches = readdirSync(join(stand.dir, "benches")).map(Number);
    return { on, directory: join(realpathSync(stand.dir), "benches", String(Math.max(...benches))) };
  };

  test("does not wait for a file tool that hangs", async () => {
    const { on, directory } = await opened();
    await stopped(directory, " /.kin/bin");
    const call = on.use("read", { file_path: "a.txt" });
    const began = performance.now();
    await on.close();
    expect(performance.now() - began).toBeLessThan(20_000);
    expect((await call).content).toBe("interrupted");
  });

  test("does not wait for a record that hangs", async () => {
    const { on, directory } = await opened();
    await on.record();
    await stopped(directory, " /.kin/own");
    const record = on.record().catch((error: { readonly code?: string }) => error.code);
    const began = performance.now();
    await on.close();
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(await record).toBe("interrupted");
  });
});
