// The tests: real processes, sandboxes and servers, so processes of their own and room to wait.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/**/*.test.ts"],
    pool: "forks",
    // Each file in a process of its own would load the same modules a hundred times: a quarter of the pure tests' time.
    isolate: false,
    // Most of a test here is waiting for a process: more files at once than there are cores.
    maxWorkers: 3,
    // What never ends is noticed in any case; a slow machine's processes take three times as long as a quick one's.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: "v8",
      include: ["core/model/**/*.ts", "core/pipeline/**/*.ts"],
      reporter: ["text"],
      thresholds: { "core/model/**/*.ts": { 100: true }, "core/pipeline/**/*.ts": { 100: true } },
    },
  },
});
