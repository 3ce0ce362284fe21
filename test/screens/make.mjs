// Writes docs/screens from the built product in a real terminal: `npm run screens`. No test: it changes files.
import { startVitest } from "vitest/node";

const vitest = await startVitest("test", [], { run: true, include: ["test/screens/screens.ts"], testTimeout: 120_000 });
await vitest.close();
