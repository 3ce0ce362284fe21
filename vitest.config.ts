import { configDefaults, defineConfig } from "vitest/config";

/** Minutes long, and about servers alone: run by `npm run test:servers`. */
const SERVERS = [
  "test/contract/qdrant-faults.test.ts",
  "test/contract/qdrant-index.test.ts",
  "test/contract/refiner.test.ts",
  "test/servers/**",
];

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "ingest/**/*.test.ts", "test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(process.env["AUDIENCE_TEST_SERVERS"] ? [] : SERVERS)],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two processes: each may hold an embedded Postgres of several hundred megabytes.
    maxWorkers: 2,
  },
});
