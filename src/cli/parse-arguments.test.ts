import { expect, test } from "vitest";
import { parseArguments } from "./parse-arguments.js";

const parse = (...words: string[]) => parseArguments(["node", "audience", ...words]);

test("a question as ask or -p, options before or after the command", () => {
  expect(parse("ask", "how many?")).toMatchObject({ command: "ask", args: { question: "how many?" } });
  expect(parse("-p", "how many?")).toMatchObject({ command: "ask", args: { question: "how many?" } });
  expect(parse("ask", "-p", "how many?")).toMatchObject({ command: "ask", args: { question: "how many?" } });
  expect(parse("ask", "-")).toMatchObject({ args: { question: "-" } });
  expect(parse("--limit", "5", "ask", "x", "--output", "json", "--no-color")).toMatchObject({
    options: { limit: "5", output: "json", color: false },
  });
  expect(parse("ask", "--", "--limit")).toMatchObject({ args: { question: "--limit" } });
});

test("find and ingest", () => {
  expect(parse("find", "-", "--intent", "a", "--intent", "b", "--min-score", "0.3")).toMatchObject({
    args: { file: "-", intents: ["a", "b"] },
    minScore: "0.3",
  });
  expect(
    parse("ingest", "--events", "a", "-", "--events", "c", "--map", "ts=event_time", "--null", "?, x", "--dry-run"),
  ).toMatchObject({
    args: {
      crm: [],
      events: ["a", "-", "c"],
      map: new Map([["ts", "event_time"]]),
      nulls: ["?", "x"],
      maxRejects: { share: 0.1 },
      dryRun: true,
      reindex: false,
    },
  });
});

test.each([
  [["confg"], 'Unknown command "confg".', /config/],
  [["how many women"], 'Unknown command "how many women".', /audience ask "how many women"/],
  [["ask"], "A question is missing.", /audience ask/],
  [["ask", "x", "--limt", "1"], "Unknown option '--limt'.", /--limit/],
  [["sql"], "Missing required argument 'statement'.", /--help/],
  [["config", "hide"], /show/, /--help/],
])("%j is a usage error", (words, message, hint) => {
  let thrown: unknown;
  try {
    parse(...words);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "usage", hint: expect.stringMatching(hint) });
  expect((thrown as Error).message).toMatch(message);
});

test("help and version are text", () => {
  for (const words of [["--help"], ["help"], ["ask", "--help"], ["help", "ask"]])
    expect(parse(...words)).toMatchObject({ text: expect.stringContaining("Usage: audience") });
  expect(parse("--version")).toEqual({ text: "0.1.0\n" });
});
