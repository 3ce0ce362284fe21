import { expect, test } from "vitest";
import { abortError } from "../lib/abort.js";
import { createContext } from "./create-context.js";
import { type Invocation, parseArguments } from "./parse-arguments.js";

function context(words: string[], interruption = new AbortController().signal) {
  const parsed = parseArguments(["node", "audience", ...words]) as Invocation;
  return createContext(parsed, interruption);
}

test("the time limit aborts with exit code timeout", async () => {
  const { signal } = context(["ask", "x", "--timeout", "0.05"]);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  expect(abortError(signal)).toMatchObject({ code: "timeout", hint: expect.stringContaining("--timeout") });
});

test("an interruption passes through", () => {
  const interruption = new AbortController();
  const { signal } = context(["ask", "x"], interruption.signal);
  interruption.abort(new Error("stop"));
  expect(abortError(signal).code).toBe("cancelled");
});

test("long commands have no limit unless one is set", () => {
  const interruption = new AbortController().signal;
  expect(context(["ingest"], interruption).signal).toBe(interruption);
  expect(context(["ingest", "--timeout", "9"], interruption).signal).not.toBe(interruption);
});

test("flags reach the context", () => {
  const words = ["find", "-", "--limit", "all", "--min-score", "0.4", "--as-of", "2025-06-16", "--verbose", "--bom"];
  expect(context(words)).toMatchObject({
    limit: "all",
    config: { minScore: 0.4 },
    asOf: "2025-06-16T23:59:59.999Z",
    verbose: true,
    render: { verbose: true, bom: true },
  });
});
