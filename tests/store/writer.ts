// One of the processes of kill.ts: `node writer.ts <url> <task> <writer> <from> <to>` records the returns
// `w<writer>:<from>` … and, once the store has acknowledged each, prints its index, number and milliseconds.
import { writeSync } from "node:fs";
import { openDatabase } from "../../app/store/database.ts";
import { createStore } from "../../app/store/store.ts";
import { KinError } from "../../core/model/error.ts";
import { recordReturn } from "./facts.ts";
import type { AReturn } from "./kit.ts";

const [url = "", task = "", writer = "", from = "", to = ""] = process.argv.slice(2);

/** Retries what may be retried, under the same source, like whoever records returns. */
const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof KinError) || !error.retryable) throw error;
      writeSync(1, "again\n");
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
};

const aReturn = (source: string): AReturn => ({
  task_id: Number(task),
  reason_category: "missing_context",
  reason_text: "Which month?",
  returned_by: "pm",
  pipeline_id: null,
  source,
  actor: null,
  pr_number: null,
  findings: [],
});

const store = createStore(await patiently(() => openDatabase({ url })));
for (let index = Number(from); index < Number(to); index++) {
  const begun = performance.now();
  const row = await patiently(() => recordReturn(store, aReturn(`w${writer}:${index}`), Date.now()));
  writeSync(1, `${index} ${row?.return_number ?? 0} ${(performance.now() - begun).toFixed(1)}\n`);
}
store.close();
