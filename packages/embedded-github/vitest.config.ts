// Each test has a whole site (a server, repositories, git processes), so timeouts are generous.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "embedded-github",
    environment: "node",
    pool: "forks",
    isolate: false,
    // The same as for Kin's own tests: projects that run together have to agree.
    maxWorkers: 3,
    include: ["tests/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
