// The rules for layers work: a tree that breaks each of them once is caught by exactly the intended rule.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";

const ROOMS = ["app", "action", "cli", "core", "host", "local", "packages", "scripts"];

const SINS: readonly (readonly [rule: string, file: string, text: string])[] = [
  ["core-imports-no-node", "core/agents/reads.ts", 'import { readFileSync } from "node:fs";\n'],
  ["core-imports-only-zod", "core/report/parses.ts", 'import type { Document } from "yaml";\n'],
  ["core-knows-no-plane", "core/pipeline/does.ts", 'import type { Made } from "../../app/store/made.ts";\n'],
  ["model-knows-model", "core/model/looks-up.ts", 'import "../pipeline/fine.ts";\n'],
  ["text-knows-model", "core/text/reports.ts", 'import "../report/fine.ts";\n'],
  ["task-knows-model", "core/task/reports.ts", 'import "../report/fine.ts";\n'],
  ["agents-below-pipeline", "core/agents/decides.ts", 'import "../pipeline/fine.ts";\n'],
  ["pipeline-tells-nothing", "core/pipeline/tells.ts", 'import "../report/fine.ts";\n'],
  ["host-knows-core", "host/starts.ts", 'import "node:fs";\nimport "../app/fine.ts";\n'],
  ["action-knows-no-app", "action/asks.ts", 'import "../app/fine.ts";\n'],
  ["app-knows-no-action", "app/drives.ts", 'import "../action/fine.ts";\n'],
  ["driver-knows-ports", "action/drive/does.ts", 'import "../llm/made.ts";\n'],
  ["adapters-decide-nothing", "action/workbench/decides.ts", 'import "../../core/pipeline/fine.ts";\n'],
  ["local-knows-core", "local/mixes.ts", 'import "../app/fine.ts";\n'],
  [
    "packages-stand-alone",
    "packages/one/leans.ts",
    'import "node:fs";\nimport "../../core/report/fine.ts";\n',
  ],
  ["packages-bring-what-they-need", "packages/one/src/borrows.ts", 'import "zod";\n'],
  ["cli-starts-no-action", "cli/starts.ts", 'import "../action/fine.ts";\nimport "../app/fine.ts";\n'],
  ["nobody-imports-scripts-or-tests", "app/tests.ts", 'import "../scripts/fine.ts";\n'],
  ["no-cycles", "app/a.ts", 'import type { B } from "./b.ts";\nexport type A = 1;\n'],
  ["resolvable", "app/lost.ts", 'import "./nowhere.ts";\n'],
];

const FINE: readonly (readonly [file: string, text: string])[] = [
  ["app/store/made.ts", 'import "node:fs";\nimport "yaml";\nexport type Made = 1;\n'],
  ["action/llm/made.ts", 'import "../drive/fine.ts";\nexport type Made = 1;\n'],
  ["action/drive/fine.ts", 'import "../../core/pipeline/fine.ts";\n'],
  ["core/pipeline/fine.ts", 'import { z } from "zod";\nexport const one = z.literal(1);\n'],
  ["core/report/fine.ts", "export {};\n"],
  ["scripts/fine.ts", "export {};\n"],
  ["packages/one/package.json", '{ "name": "one" }\n'],
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
      [cruiser, "--config", rules, "--output-type", "json", ...ROOMS],
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
