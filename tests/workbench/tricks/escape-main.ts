// A separate process that tries to escape: from a copy of the sources, as the user that started it. Prints each run as
// a JSON line.
import { tryEscape } from "./escape.ts";

const [proof = "", target = "", runs = "1", turns = "1", until = "all"] = process.argv.slice(2);
if (target !== "machine" && target !== "ledger") throw new Error(`no such target: ${target}`);
for (let run = 0; run < Number(runs); run++) {
  const one = await tryEscape({ proof, target, turns: Number(turns) });
  console.log(JSON.stringify(one));
  if (one.escaped && until === "stop") break;
}
