// The tests: real processes, sandboxes and servers, so one process for each file and room to wait.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/**/*.test.ts"],
    pool: "forks",
    // Most of a test here is waiting for a process: more files at once than there are cores.
    maxWorkers: 4,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    coverage: {
      provider: "v8",
      include: ["core/model/**/*.ts", "core/pipeline/**/*.ts"],
      reporter: ["text"],
      thresholds: { "core/model/**/*.ts": { 100: true }, "core/pipeline/**/*.ts": { 100: true } },
    },
  },
});
