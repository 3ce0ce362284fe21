import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitCodeOf } from "../../src/cli/exit-codes.js";
import { packagePath } from "../../src/config/package-root.js";
import { createLedger, readLedger } from "../../src/ledger/ledger.js";
import { costOf, priceOf } from "../../src/ledger/prices.js";
import { type AskedModel, askModel, KEY } from "../support/ask-model.js";
import type { Failure, Reply, Scene } from "../support/model-server.js";

let model: AskedModel;
beforeAll(async () => {
  model = await askModel();
});
afterAll(() => model.close());

const QUESTION = "how many customers are there?";
const ACT: Reply = { calls: [{ name: "sql_analytics", args: { sql: "select count(*) as customers from customers" } }] };
const DONE: Reply = { content: "The table shows it [r1]." };

/** Faults that a second call mends, or ends the question at once. */
const FAULTS: (Reply | Failure)[] = [
  { status: 429, headers: { "retry-after": "0" } },
  { status: 500, headers: { "retry-after": "0" } },
  { content: ["The ", "table"], after: 1, ends: "cut" },
  { content: "The table", finish: null },
  { content: ["The ", "table"], after: 1, ends: { error: { code: 502, message: "gone" } } },
  { status: 401 },
  { status: 402 },
];

test("over 200 calls of which 40 fail, tokens and dollars are those that the server sent, to the token", async () => {
  const sent = { prompt: 0, cached: 0, completion: 0, calls: 0 };
  const asked = { prompt: 0, completion: 0, calls: 0 };
  const before = readLedger(model.ledgerFile).entries.length;
  let faults = 0;
  for (let i = 0; sent.calls < 200; i++) {
    const fault = faults < 40 ? [FAULTS[i % FAULTS.length] as Scene] : [];
    const usage = i % 3 === 0 ? { cached: 7 + i } : {};
    const script = [{ ...ACT, usage }, ...fault, { ...DONE, usage }].slice(0, 200 - sent.calls);
    const { answer } = await model.ask(script, `${QUESTION} ${i}`, { maxCostSession: 50 });
    faults += fault.length;
    sent.prompt += model.server.sent.prompt;
    sent.cached += model.server.sent.cached;
    sent.completion += model.server.sent.completion;
    sent.calls += model.server.requests.length;
    asked.prompt += answer?.usage.llm.prompt_tokens ?? 0;
    asked.completion += answer?.usage.llm.completion_tokens ?? 0;
    asked.calls += answer?.usage.llm.calls ?? 0;
  }
  const entries = readLedger(model.ledgerFile)
    .entries.slice(before)
    .filter(({ kind }) => kind === "llm");
  const sum = (name: "prompt_tokens" | "cached_tokens" | "completion_tokens") =>
    entries.reduce((total, entry) => total + entry[name], 0);
  expect(sent.calls).toBe(200);
  expect(entries).toHaveLength(200);
  expect(entries.filter(({ status }) => status === "failed")).toHaveLength(40);
  expect([sum("prompt_tokens"), sum("cached_tokens"), sum("completion_tokens")]).toEqual([
    sent.prompt,
    sent.cached,
    sent.completion,
  ]);
  const price = priceOf("google/gemini-2.5-flash");
  const dollars = price && costOf(sent, price);
  expect(entries.reduce((total, { cost_usd }) => total + (cost_usd ?? 0), 0)).toBeCloseTo(dollars ?? 0, 9);
  // A call that broke without usage has a cost that nobody knows; one that was turned away has none.
  const unknown = entries.filter(({ cost_from }) => cost_from === "unknown");
  expect(unknown.map(({ prompt_tokens, status }) => [prompt_tokens, status])).toEqual(unknown.map(() => [0, "failed"]));
  expect(unknown.length).toBeGreaterThanOrEqual(12);
  expect(entries.filter(({ cost_from }) => cost_from === "none").length).toBeGreaterThanOrEqual(16);
  expect(model.server.problems).toEqual([]);
});

describe("dollars", () => {
  test("the endpoint's own figure wins over the price table", async () => {
    const { answer, entries } = await model.ask(
      [
        { ...ACT, usage: { cost: 0.0123 } },
        { ...DONE, usage: { cost: 0.0007 } },
      ],
      QUESTION,
    );
    expect(answer.usage.llm.cost_usd).toBeCloseTo(0.013, 12);
    expect(entries.map(({ cost_from }) => cost_from)).toEqual(["endpoint", "endpoint"]);
  });

  test("a model that no table lists has tokens without dollars, and the answer says so", async () => {
    const { answer, entries } = await model.ask([ACT, DONE], QUESTION, { model: "acme/unheard-of-7b" });
    expect(answer.usage.llm).toMatchObject({ calls: 2, prompt_tokens: model.server.sent.prompt, cost_usd: null });
    expect(answer.warnings.join()).toMatch(/The cost is unknown/);
    expect(entries).toMatchObject([{ cost_usd: null, cost_from: "unknown" }, { cost_usd: null }]);
  });

  test("a variant that costs nothing does", async () => {
    const { answer } = await model.ask([ACT, DONE], QUESTION, { model: "deepseek/deepseek-chat:free", maxCost: 0 });
    expect(answer.usage.llm.cost_usd).toBe(0);
  });

  test("an answer says where the cost of a call is missing", async () => {
    const { answer } = await model.ask([ACT, { content: "x", finish: null, usage: null }, DONE], QUESTION);
    expect(answer.warnings).toContain("The cost lacks 1 call that broke off.");
  });
});

describe("limits stop before the call that could pass them", () => {
  test("of a question: the server never sees the call", async () => {
    const { error } = await model.ask([ACT, DONE], QUESTION, { maxCost: 0.000001 });
    expect(error).toMatchObject({
      code: "cost",
      message: expect.stringMatching(
        /^Stopped before a call that may cost \$0\.\d{4}: \$0\.0000 of \$0\.0000 \(--max-cost\)/,
      ),
    });
    expect(exitCodeOf(error)).toBe(1);
    expect(model.server.requests).toHaveLength(0);
    const later = await model.ask([{ ...ACT, usage: { cost: 0.02 } }, DONE], QUESTION, { maxCost: 0.021 });
    expect(later.error).toMatchObject({ code: "cost", hint: expect.stringContaining("--max-cost") });
    expect(model.server.requests).toHaveLength(1);
  });

  test("a model without a price is expected to cost what its dearest call did", async () => {
    const { error } = await model.ask([{ ...ACT, usage: { cost: 0.03 } }, DONE], QUESTION, {
      maxCost: 0.05,
      model: "acme/unheard-of-7b",
    });
    expect(error).toMatchObject({ code: "cost" });
    expect(model.server.requests).toHaveLength(1);
  });

  test("of a session", async () => {
    const { error } = await model.ask([{ ...ACT, usage: { cost: 0.4 } }, DONE], QUESTION, { maxCostSession: 0.401 });
    expect(error).toMatchObject({ message: expect.stringContaining("(--max-cost-session)") });
    expect(model.server.requests).toHaveLength(1);
  });

  test("calls that broke count with what was set aside for them", async () => {
    const cut: Reply = { content: "x", after: 1, ends: "cut" };
    const { error } = await model.ask([cut], QUESTION, { maxCost: 0.013 });
    expect(error).toMatchObject({ code: "cost" });
    expect(model.server.requests.length).toBeLessThan(3);
  });

  test("the estimate is on the safe side of what the endpoint counts", async () => {
    // Three bytes a token are expected; an endpoint that counts two tokens a byte is believed from the second call on.
    const { error } = await model.ask(
      [(request) => ({ ...ACT, usage: { prompt: Math.ceil(JSON.stringify(request.body).length * 2) } }), DONE],
      QUESTION,
      { maxCost: 0.02 },
    );
    expect(error).toMatchObject({ code: "cost" });
    expect(model.server.requests).toHaveLength(1);
  });
});

describe("the file", () => {
  test("processes that append at the same time lose no line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "audience-ledger-"));
    const file = join(folder, "state", "ledger.jsonl");
    const module = pathToFileURL(packagePath("dist/src/ledger/ledger.js")).href;
    const call =
      '{question:"q".repeat(9000),kind:"llm",model:"m",prompt_tokens:3,cached_tokens:0,completion_tokens:1,cost_usd:0.5,cost_from:"prices",ms:1,status:"ok"}';
    const script = `const {createLedger}=await import("${module}");const l=createLedger({file:${JSON.stringify(file)},command:"ask",session:String(process.pid),now:()=>new Date()});for(let i=0;i<100;i++)l.record(${call});`;
    const run = () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    await Promise.all([run(), run(), run(), run()]);
    const { entries, unreadable } = readLedger(file);
    expect([entries.length, unreadable]).toEqual([400, 0]);
    expect(new Set(entries.map(({ session }) => session)).size).toBe(4);
    rmSync(folder, { recursive: true });
  });

  test("a line cut short by a kill costs only itself, and the next one stands alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "audience-ledger-"));
    const file = join(folder, "ledger.jsonl");
    writeFileSync(file, '{"time":"2025-06-01T00:00:00Z","command":"as');
    const ledger = createLedger({ file, command: "ask", session: "s", now: () => new Date() });
    const call = {
      question: "",
      kind: "llm" as const,
      model: "m",
      prompt_tokens: 1,
      cached_tokens: 0,
      completion_tokens: 1,
      cost_usd: 1,
      cost_from: "prices" as const,
      ms: 1,
      status: "ok" as const,
    };
    ledger.record(call);
    ledger.record(call);
    expect(readLedger(file)).toMatchObject({ unreadable: 1, entries: [{ cost_usd: 1 }, { cost_usd: 1 }] });
    rmSync(folder, { recursive: true });
  });

  test("keys stand neither in the ledger nor in the transcript, also where the endpoint repeats them", async () => {
    const echo = { status: 400, body: { error: { message: `bad key ${KEY}` } } };
    await model.ask([{ content: `Your key is ${KEY}.`, ...ACT }, echo], QUESTION, { fallBack: true });
    const written = readFileSync(model.transcriptFile, "utf8") + readFileSync(model.ledgerFile, "utf8");
    expect(written).toContain("Your key is ***.");
    expect(written).toContain("bad key ***");
    expect(written).not.toContain(KEY);
  });
});
