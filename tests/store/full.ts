// Fills the disk below a store: `node full.ts <url>` records returns until one is refused, frees space, and continues.
// Prints what happened as JSON.
import { rmSync, writeFileSync } from "node:fs";
import { openDatabase } from "../../app/store/database.ts";
import { createStore } from "../../app/store/store.ts";
import { KinError } from "../../core/model/error.ts";
import { recordReturn, saveTask } from "./facts.ts";

const [url = "", ballast = ""] = process.argv.slice(2);
writeFileSync(ballast, Buffer.alloc(300_000));
const store = createStore(await openDatabase({ url }));
await store.saveProject(
  { id: 1, owner: "octocat", name: "flats", owner_id: 1, default_branch: "main", installation_id: null },
  0,
);
const task = await saveTask(
  store,
  { project_id: 1, issue: 1, title: "", url: "", asked_by: "", asked_by_id: 1, trigger_id: null },
  0,
);
const record = (n: number) =>
  recordReturn(
    store,
    {
      task_id: task.id,
      reason_category: "missing_context",
      reason_text: "x".repeat(20_000),
      returned_by: "pm",
      pipeline_id: null,
      source: `review:${n}`,
      actor: null,
      pr_number: null,
      findings: [],
    },
    n,
  );
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
