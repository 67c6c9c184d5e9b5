// A copy of the sources in which mutants are tried, one at a time, by running their tests.
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import * as z from "zod";
import type { Mutant, Spec } from "./mutant.ts";

export interface Trial {
  /** What is wrong with a mutant's test in unchanged sources; null if it passes. */
  readonly unchanged: (spec: Spec) => Promise<string | null>;
  readonly of: (mutant: Mutant) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

export type Outcome =
  | { readonly kind: "killed"; readonly by: string }
  | { readonly kind: "survived" }
  /** Not a mutant: it does not parse, or does not fit the code around it. */
  | { readonly kind: "broken"; readonly why: string };

const SOURCES = [
  ...[
    "core",
    "host",
    "app",
    "action",
    "cli",
    "packages",
    "tests",
    "local",
    "scripts",
    "prompts",
    "workflow",
    "docs",
  ],
  "web",
  ...["specialists.yaml", "app.yml", "action.yml"],
  ...["package.json", "tsconfig.json", "vitest.config.ts"],
];
/** A mutant may cause something that never ends. */
const LONGEST_MS = 150_000;

const Report = z.object({
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

/** Results of tests in unchanged sources, by file and name. */
export type Checked = Map<string, Promise<string | null>>;

export const openTrial = async (root: string, checked: Checked): Promise<Trial> => {
  const dir = await mkdtemp(join(tmpdir(), "kin-mutants-"));
  for (const name of SOURCES)
    await cp(join(root, name), join(dir, name), {
      recursive: true,
      filter: path => !/\/(?:node_modules|dist|\.git)$/.test(path),
    });
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));

  const unchanged = async (spec: Spec): Promise<string | null> => {
    let found = await runTests(dir, spec);
    // A busy machine can fail a test that depends on time.
    if (found.failed !== null) found = await runTests(dir, spec);
    if (found.ran === 0 && found.failed === null)
      return `there is no test ${JSON.stringify(spec.name)} in ${spec.file}`;
    return found.failed === null ? null : `it fails where nothing was changed: ${found.failed}`;
  };

  return {
    unchanged: spec => {
      const key = `${spec.file} ${spec.name}`;
      const known = checked.get(key) ?? unchanged(spec);
      checked.set(key, known);
      return known;
    },
    of: async ({ file, mutate, tests }) => {
      const path = join(dir, file);
      const source = await readFile(path, "utf8");
      try {
        const mutated = mutate(source);
        if (mutated === source) return { kind: "broken", why: "it changes nothing" };
        await transform(mutated, { loader: "ts" });
        await writeFile(path, mutated);
        for (const spec of tests) {
          const { failed } = await runTests(dir, spec);
          if (failed !== null)
            return NO_MUTANT.test(failed) ? { kind: "broken", why: failed } : { kind: "killed", by: failed };
        }
        return { kind: "survived" };
      } catch (error) {
        return { kind: "broken", why: error instanceof Error ? error.message : String(error) };
      } finally {
        await writeFile(path, source);
      }
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
};

/** Errors of a file that cannot be loaded, or refers to something missing. */
const NO_MUTANT = /SyntaxError|ReferenceError|does not provide an export|Transform failed|Cannot find module/;

interface Ran {
  readonly ran: number;
  /** The first failure, in one line. */
  readonly failed: string | null;
}

const runTests = async (dir: string, { file, name }: Spec): Promise<Ran> => {
  const report = join(dir, "report.json");
  await rm(report, { force: true });
  const args = [
    join(dir, "node_modules/vitest/vitest.mjs"),
    ...["run", file, "--bail", "1", "--testNamePattern", literally(name)],
    ...["--reporter", "json", "--outputFile", report],
  ];
  const { code, said } = await execute(args, dir);
  if (code === null) return { ran: 1, failed: "it did not end" };
  const text = await readFile(report, "utf8").catch(() => null);
  if (text === null) return { ran: 0, failed: `vitest exited ${code}: ${lineOf(said)}` };
  const { testResults } = Report.parse(JSON.parse(text));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const ran = tests.filter(({ status }) => status === "passed" || status === "failed");
  const bad = ran.find(({ status }) => status === "failed");
  if (bad !== undefined)
    return { ran: ran.length, failed: `${bad.fullName}: ${lineOf(bad.failureMessages.join())}` };
  if (code === 0) return { ran: ran.length, failed: null };
  const message = testResults.map(result => result.message).find(found => found !== "");
  return { ran: ran.length, failed: lineOf(message ?? said) };
};

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const lineOf = (text: string): string => text.trim().split("\n")[0]?.slice(0, 160) ?? "";

/** `code` is null if it had to be killed. */
const execute = (
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, CI: "true", NO_COLOR: "1" },
    });
    let said = "";
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString("utf8")).slice(-4000);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    let ended = false;
    const timer = setTimeout(() => {
      ended = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, LONGEST_MS);
    child.on("error", reject);
    child.on("exit", code => {
      clearTimeout(timer);
      resolve({ code: ended ? null : (code ?? 1), said });
    });
  });
