// `npm run bench [name …]`: Kin's own share of the work, each figure as a ratio to a bare limit measured in the same
// run, beside its goal. Machines are noisy, so rounds alternate and medians are shown.
import { context } from "./context.ts";
import type { Figure } from "./figure.ts";
import { ingestion } from "./ingestion.ts";
import { memory } from "./memory.ts";
import { sandbox } from "./sandbox.ts";
import { start } from "./start.ts";
import { step } from "./step.ts";
import { tokens } from "./tokens.ts";
import { workers } from "./workers.ts";

const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  ingestion,
  memory,
  workers,
  sandbox,
  step,
  start,
  tokens,
  context,
};

const asked = process.argv.slice(2);
const unknown = asked.find(name => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}". Allowed: ${Object.keys(BENCHES).join(", ")}.`);
  process.exit(1);
}
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`${name} …`);
  figures.push(...(await bench()));
}
console.table(figures.map(({ what, found, goal, ok }) => ({ what, found, goal, met: ok ? "yes" : "NO" })));
process.exit(0);
