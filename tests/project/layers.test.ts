// The layers' rules bite: a tree that breaks each of them once is caught by exactly the rule that is meant.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";

const SINS: readonly (readonly [rule: string, file: string, text: string])[] = [
  ["pure-imports-no-node", "core/agents/reads.ts", 'import { readFileSync } from "node:fs";\n'],
  ["pure-imports-only-zod", "core/report/parses.ts", 'import type { Document } from "yaml";\n'],
  ["model-knows-model", "core/model/looks-up.ts", 'import type { Port } from "../ports.ts";\n'],
  [
    "ports-know-model",
    "core/ports.ts",
    'import type { Made } from "./adapters/made.ts";\nexport type Port = 1;\n',
  ],
  ["pure-knows-no-world", "core/pipeline/does.ts", 'import type { Made } from "../adapters/made.ts";\n'],
  ["agents-below-pipeline", "core/agents/decides.ts", 'import "../pipeline/fine.ts";\n'],
  ["pipeline-tells-nothing", "core/pipeline/tells.ts", 'import "../report/fine.ts";\n'],
  ["run-knows-no-adapter", "action/drive/drives.ts", 'import "../adapters/made.ts";\n'],
  ["adapters-know-ports-and-model", "core/adapters/decides.ts", 'import "../pipeline/fine.ts";\n'],
  ["shells-do-not-mix", "local/mixes.ts", 'import "../app/fine.ts";\n'],
  ["cli-starts-no-action", "cli/starts.ts", 'import "../action/fine.ts";\nimport "../app/fine.ts";\n'],
  ["core-knows-no-shell", "action/drive/knows.ts", 'import "../../app/fine.ts";\n'],
  ["no-cycles", "app/a.ts", 'import type { B } from "./b.ts";\nexport type A = 1;\n'],
  ["resolvable", "app/lost.ts", 'import "./nowhere.ts";\n'],
];

const FINE: readonly (readonly [file: string, text: string])[] = [
  ["core/adapters/made.ts", 'import "node:fs";\nimport "yaml";\nexport type Made = 1;\n'],
  ["core/pipeline/fine.ts", 'import { z } from "zod";\nexport const one = z.literal(1);\n'],
  ["core/report/fine.ts", "export {};\n"],
  ["app/fine.ts", "export {};\n"],
  ["action/fine.ts", "export {};\n"],
  ["app/b.ts", 'import type { A } from "./a.ts";\nexport type B = A;\n'],
];

test("each rule catches what it is for, and nothing else does", { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "kin-layers-"));
  try {
    for (const [file, text] of [...FINE, ...SINS.map(([, file, text]) => [file, text] as const)]) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
    }
    symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
    const cruiser = join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
    const rules = join(ROOT, ".dependency-cruiser.cjs");
    const json = execFileSync(
      process.execPath,
      [cruiser, "--config", rules, "--output-type", "json", "app", "action", "cli", "core", "local"],
      { cwd: directory, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    );
    const { violations } = JSON.parse(json).summary as {
      readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
    };
    const found = violations.map(({ rule, from }) => `${rule.name}: ${from}`);
    const meant = SINS.map(([rule, file]) => `${rule}: ${file}`);
    expect([...new Set(found)].filter(one => one !== "no-cycles: app/b.ts").sort()).toEqual(meant.sort());
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
