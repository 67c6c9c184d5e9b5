// The App's server over a libSQL file, as a process: `app.ts <file>`. Without a worker, because the time that GitHub
// waits is measured.
import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { Plane } from "../../app/plane.ts";
import { createAppServer } from "../../app/server.ts";
import { openDatabase } from "../../app/store/database.ts";
import { createStore } from "../../app/store/store.ts";
import { systemClock } from "../../host/clock.ts";
import { SECRET } from "./delivery.ts";

// Ingestion uses only the store and the hash.
const plane = {
  store: createStore(await openDatabase({ url: `file:${process.argv[2]}` })),
  clock: systemClock,
  sha256: (text: string) => createHash("sha256").update(text).digest("hex"),
} as unknown as Plane;
const verify = () => Promise.reject(new Error("no claims here"));
const claims = { plane, verify, trusted_workflows: [] };
const server = createAppServer({ webhook_secret: SECRET, plane, claims, wake: () => {} });
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
