// What can go wrong below a store, and what its caller then sees.

import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../app/store/database.ts";
import type { Store } from "../../app/store/port.ts";
import { KinError } from "../../core/model/error.ts";
import { aKey } from "../build.ts";
import { recordReturn } from "./facts.ts";
import {
  aJob,
  aReturn,
  aStarted,
  hasSqld,
  killed,
  NOON,
  openStore,
  removeTemporary,
  startServer,
  temporary,
  wait,
} from "./kit.ts";

const run = promisify(execFile);
const script = (name: string) => join(import.meta.dirname, name);
const hasBwrap = existsSync("/usr/bin/bwrap");
const aFile = () => join(temporary(), "kin.db");
const kinError = async (work: Promise<unknown>): Promise<KinError> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof KinError)) throw new Error(`It is no KinError: ${error}`, { cause: error });
  expect(error.hint).not.toBe("");
  return error;
};
afterAll(removeTemporary);

describe("another process holds the file", () => {
  /** Resolves once the file is locked; unlocked after `ms`, or when the process is killed. */
  const held = async (file: string, ms: number): Promise<{ readonly kill: () => Promise<void> }> => {
    const child = spawn(process.execPath, [script("hold.ts"), file, `${ms}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => killed(child));
    await new Promise(resolve => child.stdout.once("data", resolve));
    return { kill: () => killed(child) };
  };

  const everyOperation = async (store: Store, n: number): Promise<void> => {
    const { task } = await aStarted(store, { issue: n });
    expect(await recordReturn(store, aReturn(task, { source: `review:${n}` }), NOON)).toMatchObject({
      return_number: 1,
    });
    expect(await store.returns(task.id, 5)).toHaveLength(1);
  };

  test.for([300, 3_000])("For %i ms: what is asked meanwhile succeeds, and the loop goes on.", async ms => {
    const file = aFile();
    const { store } = await openStore({ url: `file:${file}` });
    onTestFinished(store.close);
    await everyOperation(store, 1);
    await held(file, ms);
    const begun = performance.now();
    let written = false;
    const write = store.ask([aJob("meanwhile")]).then(() => {
      written = true;
    });
    let reads = 0;
    for (; !written; reads++) {
      expect(await store.tasks({ limit: 5 })).toHaveLength(1);
      await wait(5);
    }
    await write;
    // A native wait blocks the event loop until it ends, so at most one read gets through.
    expect(reads).toBeGreaterThan(1);
    expect(performance.now() - begun).toBeGreaterThan(ms / 3);
    expect(await store.query("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'held'")).toEqual([{ n: 1 }]);
    for (const n of [2, 3, 4]) await everyOperation(store, n);
  });

  test("For longer than the limit: a KinError that may be tried again; afterwards all is well.", async () => {
    const file = aFile();
    const { store } = await openStore({ url: `file:${file}`, busy_ms: 100 });
    onTestFinished(store.close);
    const holder = await held(file, 60_000);
    const errors = await Promise.all([1, 2].map(n => kinError(store.ask([aJob(`${n}`)]))));
    expect(errors).toMatchObject([
      { code: "store_busy", retryable: true },
      { code: "store_busy", retryable: true },
    ]);
    await holder.kill();
    await store.ask([aJob("after")]);
    expect(await store.query("SELECT key FROM jobs")).toEqual([{ key: "after" }]);
    await everyOperation(store, 1);
  });

  test("A store that is opened meanwhile opens.", async () => {
    const file = aFile();
    (await openStore({ url: `file:${file}` })).store.close();
    await held(file, 300);
    const { store } = await openStore({ url: `file:${file}` });
    onTestFinished(store.close);
    await everyOperation(store, 1);
  });

  test("Closed while it waits, a call says so.", async () => {
    const file = aFile();
    const { store } = await openStore({ url: `file:${file}` });
    await held(file, 60_000);
    const write = kinError(store.ask([aJob("a")]));
    await wait(80);
    store.close();
    expect(await write).toMatchObject({ code: "store_closed", retryable: false });
  });
});

describe.skipIf(!hasSqld)("the libSQL server", () => {
  test("While it is down, a KinError that may be tried again; up again, the same store goes on.", async () => {
    const directory = temporary();
    const server = await startServer({ directory });
    const { store } = await openStore({ url: server.url });
    onTestFinished(store.close);
    const { task } = await aStarted(store);
    await server.kill();
    const down = await kinError(recordReturn(store, aReturn(task), NOON));
    expect(down).toMatchObject({ code: "store_unreachable", retryable: true });
    expect(down.message).toContain(server.url);
    expect(await kinError(store.task(task.id))).toMatchObject({ code: "store_unreachable" });
    const again = await startServer({ directory, port: Number(new URL(server.url).port) });
    onTestFinished(again.kill);
    expect(await store.task(task.id)).toEqual(task);
    expect(await recordReturn(store, aReturn(task), NOON)).toMatchObject({ return_number: 1 });
  });

  test("When it hangs, the call ends in time, and the next one after it works.", async () => {
    const server = await startServer();
    onTestFinished(server.kill);
    const { store } = await openStore({ url: server.url, answer_ms: 700 });
    onTestFinished(store.close);
    process.kill(server.pid, "SIGSTOP");
    // The signal takes a moment to reach every thread; a response before that would not be a hang.
    await expect
      .poll(() => /^\d+ \(.*\) (\w)/.exec(readFileSync(`/proc/${server.pid}/stat`, "utf8"))?.[1])
      .toBe("T");
    const begun = performance.now();
    expect(await kinError(store.ask([aJob("a")]))).toMatchObject({
      code: "store_unreachable",
      retryable: true,
    });
    // By default the store waits for 20 s.
    expect(performance.now() - begun).toBeLessThan(15_000);
    process.kill(server.pid, "SIGCONT");
    await store.ask([aJob("a")]);
    expect((await store.job(aKey("a")))?.revision).toBe(1);
  });

  test("A token that is missing, wrong or expired is refused for good; a reading one cannot write.", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const keyFile = join(temporary(), "key.pem");
    writeFileSync(keyFile, publicKey.export({ type: "spki", format: "pem" }));
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = (claims: object): string => {
      const text = `${part({ alg: "EdDSA", typ: "JWT" })}.${part(claims)}`;
      return `${text}.${sign(null, Buffer.from(text), privateKey).toString("base64url")}`;
    };
    const { url, kill } = await startServer({ keyFile });
    onTestFinished(kill);
    const refused = { code: "store_refused", retryable: false };
    for (const bad of [undefined, "garbage", token({ a: "rw", exp: 1_000 })]) {
      expect(await kinError(openDatabase({ url, token: bad }))).toMatchObject(refused);
    }
    const { store } = await openStore({ url, token: token({ a: "rw" }) });
    await aStarted(store);
    store.close();
    const reading = await openStore({ url, token: token({ a: "ro" }) });
    onTestFinished(reading.store.close);
    expect(await reading.store.tasks({ limit: 5 })).toHaveLength(1);
    expect(await kinError(reading.store.ask([aJob("a")]))).toMatchObject(refused);
  });
});

describe("what answers is no libSQL server", () => {
  const answering = async (answer: RequestListener): Promise<string> => {
    const server = createServer(answer);
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
  };

  test.for([
    [401, "store_refused", false],
    [403, "store_refused", false],
    [404, "store_unreachable", true],
    [429, "store_unreachable", true],
    [500, "store_unreachable", true],
    [503, "store_unreachable", true],
    [200, "store_unreachable", true],
  ] as const)("Status %i is %s.", async ([status, code, retryable]) => {
    const url = await answering((_, answer) => answer.writeHead(status).end("hello"));
    expect(await kinError(openDatabase({ url }))).toMatchObject({ code, retryable });
  });

  test("A connection that is cut is the network's fault.", async () => {
    const url = await answering(request => request.socket.destroy());
    expect(await kinError(openDatabase({ url }))).toMatchObject({
      code: "store_unreachable",
      retryable: true,
    });
  });

  test("Neither a password nor a token in the address is repeated.", async () => {
    const error = await kinError(
      openDatabase({ url: "http://octocat:s3cret@127.0.0.1:1/?authToken=s3cret" }),
    );
    expect(`${error.message} ${error.hint}`).not.toContain("s3cret");
  });

  test("An address that libSQL does not know says which ones it does.", async () => {
    for (const url of ["postgres://localhost/kin", "kin.db"]) {
      expect(await kinError(openDatabase({ url }))).toMatchObject({
        code: "store_url_invalid",
        retryable: false,
      });
    }
  });
});

describe("the disk", () => {
  test("A directory that is not there is named, with what must be.", async () => {
    const error = await kinError(openDatabase({ url: `file:${join(temporary(), "none", "kin.db")}` }));
    expect(error).toMatchObject({ code: "store_unopened", retryable: false });
    expect(error.hint).toContain("directory must exist");
  });

  test("A directory in the file's place is no store.", async () => {
    const file = aFile();
    mkdirSync(file);
    expect(await kinError(openDatabase({ url: `file:${file}` }))).toMatchObject({ code: "store_unopened" });
  });

  test.skipIf(!hasBwrap)(
    "Full: the write is refused whole, nothing acknowledged is lost, and room is enough.",
    async () => {
      const { stdout } = await run("bwrap", [
        ...["--ro-bind", "/", "/", "--dev", "/dev", "--size", "1500000", "--tmpfs", "/mnt"],
        ...[process.execPath, script("full.ts"), "file:/mnt/kin.db", "/mnt/ballast"],
      ]);
      const { acknowledged, stored, after, ...error } = JSON.parse(stdout);
      expect(error).toMatchObject({
        code: "store_full",
        retryable: true,
        hint: expect.stringContaining("Free some space"),
      });
      expect(acknowledged).toBeGreaterThan(5);
      expect([stored, after]).toEqual([acknowledged, acknowledged + 1]);
    },
  );

  test("A limit on the file's size fails the write, and says where to look.", async () => {
    const directory = temporary();
    const { stdout } = await run("bash", [
      ...["-c", `trap '' XFSZ; ulimit -f 600; exec "$0" "$@"`],
      ...[process.execPath, script("full.ts"), `file:${directory}/kin.db`, `${directory}/ballast`],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ code: "store_failed", retryable: true });
  });

  test.skipIf(!hasBwrap)(
    "Read-only: reading goes on where it can, writing says what Kin's user needs.",
    async () => {
      const directory = temporary();
      const { store } = await openStore({ url: `file:${directory}/kin.db` });
      await aStarted(store);
      store.close();
      const inside = (more: readonly string[]) =>
        run("bwrap", [
          ...["--bind", "/", "/", "--dev", "/dev", "--ro-bind", ...more],
          ...[process.execPath, "--input-type=module", "-e", READ_ONLY, directory],
        ]);
      const fileOnly = await inside([`${directory}/kin.db`, `${directory}/kin.db`]);
      expect(JSON.parse(fileOnly.stdout)).toMatchObject({
        tasks: 1,
        code: "store_read_only",
        retryable: false,
      });
      const all = await inside([directory, directory]);
      expect(JSON.parse(all.stdout)).toMatchObject({
        code: expect.stringMatching(/^store_(unopened|read_only)$/),
        retryable: false,
      });
    },
  );

  test("What is no database is said to be damaged, not used.", async () => {
    const file = aFile();
    writeFileSync(file, "not a database ".repeat(600));
    const error = await kinError(openDatabase({ url: `file:${file}` }));
    expect(error).toMatchObject({ code: "store_corrupt", retryable: false });
    expect(error.hint).toContain("backup");
    expect(readFileSync(file, "utf8")).toMatch(/^not a database /);
  });

  test("Pages that were overwritten, or are missing, are said to be damaged by whoever reads them.", async () => {
    for (const damage of [overwrite, (file: string) => truncateSync(file, 8_192)]) {
      const file = aFile();
      const { store, database } = await openStore({ url: `file:${file}` });
      const { task } = await aStarted(store);
      for (let n = 0; n < 50; n++) await recordReturn(store, aReturn(task, { source: `${n}` }), NOON);
      await database.all("PRAGMA wal_checkpoint(TRUNCATE)");
      store.close();
      damage(file);
      const work = async () => {
        const again = await openStore({ url: `file:${file}` });
        onTestFinished(again.store.close);
        await again.store.returns(task.id, 20);
      };
      expect(await kinError(work())).toMatchObject({ code: "store_corrupt", retryable: false });
    }
  });

  test("A statement that is wrong is a bug, and stays one.", async () => {
    const { store } = await openStore({ url: ":memory:" });
    onTestFinished(store.close);
    const error = await store.query("SELECT 1 FROM nowhere").catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(KinError);
    expect(String(error)).toContain("no such table");
  });
});

/** All but the first page, which holds the header and the schema's root. */
const overwrite = (file: string): void => {
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4_096);
  writeFileSync(file, bytes);
};

const ADAPTER = new URL("../../app/store/", import.meta.url);
const READ_ONLY = `
  const { openDatabase } = await import("${ADAPTER}database.ts");
  const { createStore } = await import("${ADAPTER}store.ts");
  const [directory] = process.argv.slice(1);
  const told = {};
  try {
    const store = createStore(await openDatabase({ url: "file:" + directory + "/kin.db" }));
    told.tasks = (await store.tasks({ limit: 5 })).length;
    await store.ask([{ key: "a", kind: "k", data: {} }]);
  } catch (error) {
    Object.assign(told, { code: error.code, retryable: error.retryable });
  }
  console.log(JSON.stringify(told));
`;
