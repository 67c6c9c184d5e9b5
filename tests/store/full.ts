// Fills the disk under a store: `node full.ts <url>` records returns until one is refused, makes room, and goes on.
// Prints what happened as JSON.
import { rmSync, writeFileSync } from "node:fs";
import { KinError } from "../../core/model/error.ts";
import { aReturn, aStarted, NOON, openStore } from "./kit.ts";

const [url = "", ballast = ""] = process.argv.slice(2);
writeFileSync(ballast, Buffer.alloc(300_000));
const { store } = await openStore({ url });
const { task } = await aStarted(store);
const record = (n: number) =>
  store.recordReturn(aReturn(task, { source: `review:${n}`, reason_text: "x".repeat(20_000) }), NOON);
let acknowledged = 0;
const refusal = await (async () => {
  for (;;) {
    const error = await record(acknowledged + 1).catch((reason: unknown) => reason);
    if (error instanceof Error) return error;
    acknowledged++;
  }
})();
const stored = (await store.returns(task.id, 1_000)).length;
rmSync(ballast);
const after = await record(acknowledged + 1).then(
  row => row?.return_number ?? null,
  (reason: unknown) => String(reason),
);
const { code, hint, retryable } =
  refusal instanceof KinError ? refusal : { code: String(refusal), hint: "", retryable: null };
console.log(JSON.stringify({ acknowledged, stored, code, hint, retryable, after }));
