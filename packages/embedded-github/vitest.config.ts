// Each test has a whole site: a server, repositories, git's own processes. So there is room to wait.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "embedded-github",
    environment: "node",
    pool: "forks",
    isolate: false,
    // As many as Kin's own tests have: projects that run together have to agree.
    maxWorkers: 3,
    include: ["tests/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
