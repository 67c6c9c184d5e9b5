// Vitest in a process of its own that stays: most mutants are noticed sooner than it would start again. Asked over IPC.
import { join } from "node:path";
import { createVitest, type TestCase } from "vitest/node";
import type { Spec } from "./mutant.ts";

export interface Asked extends Spec {
  /** Files that were written since the last time. */
  readonly changed: readonly string[];
}

export interface Ran {
  readonly ran: number;
  /** The first failure, in a line. */
  readonly failed: string | null;
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const lineOf = (text: string): string => text.trim().split("\n")[0]?.slice(0, 160) ?? "";

interface Thrown {
  readonly name?: string;
  readonly message: string;
}
const said = ({ name = "Error", message }: Thrown): string => lineOf(`${name}: ${message}`);

const root = process.cwd();
const vitest = await createVitest("test", { root, watch: false, bail: 1, reporters: [{}] });

const run = async ({ file, name, changed }: Asked): Promise<Ran> => {
  for (const path of changed) vitest.invalidateFile(path);
  vitest.setGlobalTestNamePattern(literally(name));
  const specifications = await vitest.getRelevantTestSpecifications([join(root, file)]);
  const { testModules: all, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  // Those of earlier runs are still there.
  const testModules = all.filter(({ moduleId }) => moduleId === join(root, file));
  const tests: readonly TestCase[] = testModules.flatMap(module => [...module.children.allTests()]);
  const ended = tests.filter(test => ["passed", "failed"].includes(test.result().state));
  const bad = ended.find(test => test.result().state === "failed");
  const [error] = bad?.result().errors ?? [];
  if (bad !== undefined)
    return { ran: ended.length, failed: `${bad.fullName}: ${error ? said(error) : "failed"}` };
  const suites = testModules.flatMap(module => [module, ...module.children.allSuites()]);
  const [other] = [...suites.flatMap(suite => suite.errors()), ...(unhandledErrors as readonly Thrown[])];
  return { ran: ended.length, failed: other === undefined ? null : said(other) };
};

process.on("message", (asked: Asked) => {
  run(asked).then(
    ran => process.send?.(ran),
    (error: Error) => process.send?.({ ran: 0, failed: said(error) } satisfies Ran),
  );
});
