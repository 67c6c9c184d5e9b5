// The tests: real processes, sandboxes and servers, so processes of their own and room to wait.
import { defineConfig } from "vitest/config";

/**
 * What takes long, because each of its tests is whole pipelines, sandboxes or commands of the terminal: `npm run test:slow`.
 * All the rest is `npm test`, with some of each kind in it, so that it notices what a change breaks first.
 */
const SLOW = [
  "app/{auto-merge,claims-by-hand,cut-off,kins-own,merges,missed,page,publish,whose-word,worker}",
  "cli/{app-create,doctor,help,init,prove,refusals,report,run,start,store}",
  "network/{registries,sandbox}",
  "run/{eval,kills,proof,resume,servers}",
  "stories/!(afterwards|commands|confirmations)",
  "workbench/{ends,escape,fetch,gates,hostile-repository,judge,ledger,record,rights,rows,servers,setup,suites}",
  "workbench/{throwaway,totals,traps}",
].map(names => `tests/${names}.test.ts`);

const ALL = "tests/**/*.test.ts";

export default defineConfig({
  test: {
    environment: "node",
    globalSetup: "tests/fresh-bundle.ts",
    pool: "forks",
    // Each file in a process of its own would load the same modules a hundred times: a quarter of the pure tests' time.
    isolate: false,
    // Most of a test here is waiting for a process: more files at once than there are cores.
    maxWorkers: 3,
    // What never ends is noticed in any case; a slow machine's processes take three times as long as a quick one's.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: "quick", include: [ALL], exclude: SLOW } },
      { extends: true, test: { name: "slow", include: SLOW, testTimeout: 300_000, hookTimeout: 300_000 } },
      "packages/embedded-github",
    ],
    coverage: {
      provider: "v8",
      include: ["core/model/**/*.ts", "core/task/**/*.ts", "core/pipeline/**/*.ts"],
      reporter: ["text"],
      thresholds: {
        "core/model/**/*.ts": { 100: true },
        "core/task/**/*.ts": { 100: true },
        "core/pipeline/**/*.ts": { 100: true },
      },
    },
  },
});
