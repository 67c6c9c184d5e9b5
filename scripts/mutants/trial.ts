// A copy of the sources in which mutants are tried, one at a time, by running their tests.
import { type ChildProcess, fork } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import type { Mutant, Spec } from "./mutant.ts";
import type { Asked, Ran } from "./tester.ts";

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
  const tester = createTester(dir);

  const unchanged = async (spec: Spec): Promise<string | null> => {
    let found = await tester.run(spec);
    // A busy machine can fail a test that depends on time.
    if (found.failed !== null) found = await tester.run(spec);
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
        tester.changed(path);
        for (const spec of tests) {
          const { failed } = await tester.run(spec);
          if (failed !== null)
            return NO_MUTANT.test(failed) ? { kind: "broken", why: failed } : { kind: "killed", by: failed };
        }
        return { kind: "survived" };
      } catch (error) {
        return { kind: "broken", why: error instanceof Error ? error.message : String(error) };
      } finally {
        await writeFile(path, source);
        tester.changed(path);
      }
    },
    close: async () => {
      tester.end();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

/** Errors of a file that cannot be loaded, or refers to something missing. */
const NO_MUTANT = /SyntaxError|ReferenceError|does not provide an export|Transform failed|Cannot find module/;

interface Tester {
  readonly run: (spec: Spec) => Promise<Ran>;
  readonly changed: (path: string) => void;
  readonly end: () => void;
}

/** Runs tests in a process that stays for the next ones, until one of them does not end. */
const createTester = (dir: string): Tester => {
  let child: ChildProcess | null = null;
  let changed: readonly string[] = [];
  const start = (): ChildProcess =>
    fork(join(dir, "scripts/mutants/tester.ts"), {
      cwd: dir,
      // Its group ends with it.
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, CI: "true", NO_COLOR: "1" },
    });
  const end = (): void => {
    try {
      if (child?.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      // It took its whole group with it.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    child = null;
  };
  const run = (spec: Spec): Promise<Ran> =>
    new Promise(resolve => {
      const asked: Asked = { ...spec, changed };
      changed = [];
      child ??= start();
      const over = (ran: Ran): void => {
        clearTimeout(timer);
        child?.removeAllListeners();
        resolve(ran);
      };
      const lost = (why: string): void => {
        end();
        over({ ran: 1, failed: why });
      };
      const timer = setTimeout(() => lost("it did not end"), LONGEST_MS);
      child.once("message", ran => over(ran as Ran));
      child.once("exit", () => lost("it ended the tests' own process"));
      child.once("error", error => lost(error.message));
      child.send(asked);
    });
  return {
    run,
    end,
    changed: path => {
      changed = [...changed, path];
    },
  };
};
