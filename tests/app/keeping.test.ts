// Deliveries to a locked store: the receiver in this process, over real HTTP and a libSQL file that somebody else has
// locked.
import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { expect, onTestFinished, test } from "vitest";
import { createReceiver } from "../../app/intake/webhooks.ts";
import type { Plane } from "../../app/plane.ts";
import { openDatabase } from "../../app/store/database.ts";
import { createStore } from "../../app/store/store.ts";
import { WEBHOOK_SECRET } from "./kit.ts";

const BODY = JSON.stringify({ action: "labeled", label: { name: "kin" } });
const HEADERS = {
  "content-type": "application/json",
  "x-github-event": "issues",
  "x-hub-signature-256": `sha256=${createHmac("sha256", WEBHOOK_SECRET).update(BODY).digest("hex")}`,
};

/** `busy_ms`: how long a write waits for the lock. */
const aReceiver = async (busy_ms: number) => {
  const directory = await mkdtemp(join(tmpdir(), "kin-keeping-"));
  const file = `file:${join(directory, "kin.db")}`;
  const database = await openDatabase({ url: file, busy_ms });
  const writes: number[] = [];
  const warnings: string[] = [];
  const store = createStore({
    ...database,
    write: statements => {
      writes.push(statements.length);
      return database.write(statements);
    },
  });
  const plane = {
    store,
    sha256: (text: string) => text,
    warn: (_: Error, about: string) => warnings.push(about),
  };
  const receive = createReceiver({
    secret: WEBHOOK_SECRET,
    plane: plane as unknown as Plane,
    wake: () => {},
  });
  let received = 0;
  const server = createServer((request, response) => {
    request.once("end", () => received++);
    void receive(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const other = createClient({ url: file, concurrency: 1 });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    other.close();
    store.close();
    await rm(directory, { recursive: true });
  });
  return {
    writes,
    warnings,
    received: () => received,
    send: async () =>
      (
        await fetch(url, {
          method: "POST",
          headers: { ...HEADERS, "x-github-delivery": randomUUID() },
          body: BODY,
        })
      ).status,
    kept: async () => Number((await database.first("SELECT COUNT(*) AS n FROM jobs"))?.n),
    lock: async () => {
      const held = await other.transaction("write");
      return () => held.rollback();
    },
  };
};

const aMoment = () => new Promise(resolve => setTimeout(resolve, 50));

test("Deliveries that come while the store is locked are acknowledged once they are kept, in a few writes.", async () => {
  const { send, lock, received, writes, kept } = await aReceiver(60_000);
  const unlock = await lock();
  const answers: number[] = [];
  const sent = Array.from({ length: 20 }, async () => void answers.push(await send()));
  while (received() < 20) await aMoment();
  await aMoment();
  expect(answers).toEqual([]);
  await unlock();
  await Promise.all(sent);
  expect(answers).toEqual(Array.from({ length: 20 }, () => 200));
  expect(await kept()).toBe(20);
  expect(writes.length).toBeLessThan(10);
});

test("A write that fails refuses its deliveries alone: those behind it are kept.", async () => {
  const { send, lock, warnings, kept } = await aReceiver(50);
  const unlock = await lock();
  expect(await Promise.all([send(), send()])).toEqual([500, 500]);
  await unlock();
  expect(await Promise.all([send(), send(), send()])).toEqual([200, 200, 200]);
  expect(await kept()).toBe(3);
  expect(warnings).toHaveLength(2);
});
