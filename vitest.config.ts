import { defineConfig } from "vitest/config";
import { NODE_FLAGS } from "./test/support/node.js";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "ingest/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than a small machine has cores, as terminals and servers are waited for; each may hold a gigabyte.
    maxWorkers: 3,
    execArgv: NODE_FLAGS,
    globalSetup: "test/support/whole-run.ts",
  },
});
