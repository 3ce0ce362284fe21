// Our loop beside llamaindex' ReActAgent on the same scripted server: `npm run bench:agents`. A comparison, not a test.
import { startVitest } from "vitest/node";

const vitest = await startVitest("test", [], {
  run: true,
  include: ["test/bench/agents.ts"],
  testTimeout: 300_000,
  // llamaindex leaves rejections behind that nobody handles.
  dangerouslyIgnoreUnhandledErrors: true,
});
await vitest.close();
