import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";
import { readLedger } from "../../src/ledger/ledger.js";
import type { Answer } from "../../src/render/answer.js";
import { hashEmbedder } from "../support/load.js";
import { loadedSample } from "../support/loaded-sample.js";
import { cellOf, resultsIn } from "../support/model-request.js";
import { type ModelServer, type Scene, startModelServer } from "../support/model-server.js";
import { NODE_FLAGS } from "../support/node.js";
import { naiveCustomers } from "../support/sample.js";
import { STORES, type Store } from "../support/stores.js";

const KEY = "sk-e2e-0123456789abcdef";
const QUESTION = "how many customers are from Germany?";
const gold = naiveCustomers().filter((c) => c["country"] === "DE").length;
const sql = "select count(*) as customers from customers where country = 'DE'";
const ACT: Scene = { content: ["I count ", "them."], calls: [{ name: "sql_analytics", args: { sql } }] };
const ANSWER: Scene = (request) => ({ content: ["There are ", `${cellOf(resultsIn(request)[0])} [r1].`] });

let server: ModelServer;
let store: Store;
let home: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startModelServer();
  store = await loadedSample(STORES[0] as (typeof STORES)[number], hashEmbedder);
});
afterAll(() => Promise.all([server.close(), store.remove()]));
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "audience-e2e-"));
  env = {
    ...store.env,
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    OPENAI_API_KEY: KEY,
    AUDIENCE_BASE_URL: server.url,
    AUDIENCE_MODEL: "google/gemini-2.5-flash",
  };
  return () => rmSync(home, { recursive: true });
});

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the binary in a folder of its own; `seen` may act on what it prints. */
function audience(
  args: string[],
  more: Record<string, string> = {},
  seen?: (out: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Run> {
  const child = spawn(process.execPath, [...NODE_FLAGS, packagePath("bin/audience.js"), ...args], {
    cwd: home,
    env: { ...env, ...more },
  });
  const run: Run = { code: null, stdout: "", stderr: "" };
  child.stdin.end();
  child.stdout.on("data", (part) => {
    run.stdout += part;
    seen?.(run.stdout, (signal) => child.kill(signal));
  });
  child.stderr.on("data", (part) => {
    run.stderr += part;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...run, code })));
}

const entries = () => readLedger(join(home, "state", "audience", "ledger.jsonl")).entries;

test("a question, its ledger, its transcript, and what it cost by every group", async () => {
  server.play([{ ...(ACT as object), usage: { cached: 50 } }, ANSWER]);
  const run = await audience(["ask", QUESTION, "--verbose", "--output", "json"]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  const answer = JSON.parse(run.stdout) as Answer;
  expect(answer).toMatchObject({ kind: "count", value: gold, planner: "google/gemini-2.5-flash", warnings: [] });
  expect(answer.usage.llm).toMatchObject({
    calls: 2,
    prompt_tokens: server.sent.prompt,
    completion_tokens: server.sent.completion,
  });
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  const sum = (name: "prompt_tokens" | "completion_tokens" | "cached_tokens") =>
    entries().reduce((total, entry) => total + entry[name], 0);
  expect([sum("prompt_tokens"), sum("completion_tokens"), sum("cached_tokens")]).toEqual([
    server.sent.prompt,
    server.sent.completion,
    50,
  ]);
  const folder = join(home, "state", "audience", "sessions");
  const transcript = readFileSync(join(folder, readdirSync(folder)[0] ?? ""), "utf8");
  expect(
    transcript
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type),
  ).toEqual(["question", "thought", "tool_call", "tool_result", "answer"]);
  expect(transcript + run.stdout + run.stderr).not.toContain(KEY);

  const today = new Date().toISOString().slice(0, 10);
  const groups = { day: today, command: "ask", model: "google/gemini-2.5-flash", question: QUESTION };
  const costs = await Promise.all(
    Object.keys(groups).map(async (by) =>
      JSON.parse((await audience(["cost", "--by", by, "--output", "json"])).stdout),
    ),
  );
  Object.entries(groups).forEach(([by, group], i) => {
    expect(costs[i]).toMatchObject([
      {
        [by]: group,
        calls: 2,
        failed: 0,
        prompt_tokens: server.sent.prompt,
        completion_tokens: server.sent.completion,
        cached_tokens: 50,
      },
    ]);
  });
  const [csv, text, none] = await Promise.all([
    audience(["cost", "--by", "session", "--output", "csv"]),
    audience(["cost"]),
    audience(["cost", "--since", "2999-01-01"]),
  ]);
  expect(csv.stdout).toMatch(
    /^session,calls,failed,prompt_tokens,cached_tokens,completion_tokens,embedding_tokens,cost_usd\r?\n\d{8}-\d{6}-[0-9a-f]{6},2,0,/,
  );
  expect(text.stdout).toContain(today);
  expect(none.stdout).toBe("No model has been called yet.\n");
});

test("a stream: each line is an event, the text comes in pieces, the last is the answer", async () => {
  server.play([ACT, ANSWER]);
  const { code, stdout } = await audience(["ask", QUESTION, "--stream"]);
  expect(code).toBe(0);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; delta?: string; answer?: Answer });
  expect(events.map(({ type }) => type)).toEqual([
    "text",
    "text",
    "spent",
    "thought",
    "tool_call",
    "tool_result",
    "text",
    "text",
    "answer",
  ]);
  expect(events.at(-1)?.answer).toMatchObject({ value: gold });
});

describe("faults", () => {
  test("exit codes and messages", async () => {
    server.play([{ status: 400, body: { error: { message: `Key ${KEY} is no good` } } }]);
    const echo = await audience(["ask", QUESTION, "--planner", "model", "--verbose", "--output", "json"]);
    expect(echo).toMatchObject({ code: 1, stdout: "" });
    expect(JSON.parse(echo.stderr)).toMatchObject({
      error: { code: "model", message: expect.stringMatching(/refused the call \(400\): Key \*\*\* is no good\.$/) },
    });
    server.play([{ content: "x", after: 1, ends: "silence" }]);
    const silence = await audience(["ask", QUESTION, "--planner", "model"], { AUDIENCE_MODEL_SILENCE: "0.3" });
    expect(silence.code).toBe(4);
    expect(silence.stderr).toMatch(/said nothing for 0\.3 s/);
    const late = await audience(["ask", QUESTION, "--planner", "model", "--timeout", "2"]);
    expect(late.code).toBe(4);
    expect(late.stderr).toMatch(/time limit of 2 s/);
    const written = readFileSync(join(home, "state", "audience", "ledger.jsonl"), "utf8");
    expect(written + echo.stderr).not.toContain(KEY);
  });

  test("with auto the rules answer, with a warning and the tokens that were spent; a refusal is exit 5", async () => {
    server.play([ACT, { status: 402 }]);
    const { code, stdout } = await audience(["ask", QUESTION, "--output", "json"]);
    const answer = JSON.parse(stdout) as Answer;
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      planner: "rules",
      value: gold,
      usage: { llm: { calls: 2, prompt_tokens: server.sent.prompt } },
    });
    expect(answer.warnings.join()).toMatch(/no credit left \(402\)\); the rules answered/);
    server.play([{ content: "CANNOT ANSWER: the data has no dogs." }]);
    const refused = await audience(["ask", "who has a dog?"]);
    expect(refused).toMatchObject({ code: 5, stdout: expect.stringContaining("the data has no dogs.") });
  });

  test("a model is asked only where one is wanted and there", async () => {
    server.play([ANSWER]);
    const rules = await audience(["ask", QUESTION, "--planner", "rules", "--output", "json"]);
    expect(JSON.parse(rules.stdout)).toMatchObject({
      planner: "rules",
      value: gold,
      warnings: [],
      usage: { llm: { calls: 0 } },
    });
    const none = { OPENAI_API_KEY: "", AUDIENCE_BASE_URL: "" };
    const auto = await audience(["ask", QUESTION, "--output", "json"], none);
    expect(JSON.parse(auto.stdout)).toMatchObject({ planner: "rules", warnings: [] });
    const model = await audience(["ask", QUESTION, "--planner", "model"], none);
    expect(model).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("There is no language model") });
    expect(server.requests).toHaveLength(0);
  });

  test("an interruption ends it with 130, no answer, and a ledger entry", async () => {
    server.play([{ content: ["Well", "..."], after: 1, ends: "silence" }]);
    let at = Number.POSITIVE_INFINITY;
    const run = await audience(["ask", QUESTION, "--stream"], {}, (_out, kill) => {
      if (at !== Number.POSITIVE_INFINITY) return;
      at = performance.now();
      kill("SIGINT");
    });
    process.stderr.write(`SIGINT to exit: ${Math.round(performance.now() - at)} ms\n`);
    expect(run).toMatchObject({ code: 130, stderr: expect.stringContaining("Cancelled") });
    expect(run.stdout).not.toContain('"answer"');
    expect(entries()).toMatchObject([{ status: "cancelled" }]);
  });
});

describe("what a model or a folder could do", () => {
  test("escapes for the terminal are shown, not obeyed", async () => {
    server.play([ACT, { content: `There are ${gold}. \u001b]52;c;aGk=\u0007\u001b[2J\u009b31m\u202e [r1]` }]);
    const { code, stdout } = await audience(["ask", QUESTION]);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stdout).toContain("\\x1b]52");
  });

  test("a .env that sends the key of the environment elsewhere is refused", async () => {
    writeFileSync(join(home, ".env"), `AUDIENCE_BASE_URL=${server.url}\n`);
    server.play([ANSWER]);
    const { AUDIENCE_BASE_URL: _address, ...rest } = env;
    env = rest;
    const { code, stderr } = await audience(["ask", QUESTION]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/\.env sends the key to 127\.0\.0\.1/);
    expect(server.requests).toHaveLength(0);
  });

  test("a batch stops before the call that would pass the limit of its session, and says so for each question", async () => {
    server.play([{ ...(ACT as object), usage: { cost: 0.02 } } as Scene, ANSWER]);
    mkdirSync(join(home, "questions"));
    writeFileSync(join(home, "questions", "q.txt"), `${QUESTION}\n${QUESTION}\n`);
    const run = await audience(["batch", "questions/q.txt", "--planner", "model", "--max-cost-session", "0.02"]);
    expect(run.code).toBe(1);
    const lines = run.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { error: { code: string } });
    expect(lines.map(({ error }) => error.code)).toEqual(["cost", "cost"]);
    expect(server.requests).toHaveLength(1);
  });
});
