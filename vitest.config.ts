import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "ingest/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two processes: each may hold an embedded Postgres of several hundred megabytes.
    maxWorkers: 2,
  },
});
