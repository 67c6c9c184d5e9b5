// Applies .dependency-cruiser.cjs. Also fails if it looked at nothing: an incompatible parser finds 0 modules, and 0
// modules break no rule.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "..");
const LAYERS = ["action", "app", "bench", "cli", "core", "host", "local", "packages", "scripts"];
/** Fewer modules than this cannot be Kin. */
const FEWEST = 50;

const Report = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        rule: z.object({ name: z.string() }),
        comment: z.string().optional(),
        cycle: z.array(z.object({ name: z.string() })).optional(),
      }),
    ),
  }),
});

const report = Report.parse(
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs"),
        "--config",
        ".dependency-cruiser.cjs",
        "--output-type",
        "json",
        ...LAYERS,
      ],
      { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    ),
  ),
);
const { totalCruised, violations } = report.summary;
for (const { rule, from, to, cycle, comment } of violations) {
  const way = cycle === undefined ? `${from} → ${to}` : [from, ...cycle.map(({ name }) => name)].join(" → ");
  console.error(`${rule.name}: ${way}${comment === undefined ? "" : `\n  ${comment}`}`);
}
if (totalCruised < FEWEST) {
  console.error(
    `Only ${totalCruised} modules were looked at: does .dependency-cruiser.cjs still parse the sources?`,
  );
}
if (violations.length > 0 || totalCruised < FEWEST) process.exitCode = 1;
else console.log(`Layers hold: ${totalCruised} modules.`);
