import { afterAll, beforeAll, expect, test } from "vitest";
import { createSession } from "../../src/agent/ask.js";
import { type AskedModel, askModel } from "../support/ask-model.js";
import { cellOf, resultsIn } from "../support/model-request.js";
import type { Scene } from "../support/model-server.js";
import { naiveCustomers, naiveEvents } from "../support/sample.js";

const DAY = 86_400_000;
const events = naiveEvents();
const customers = naiveCustomers();
const asOf = Math.max(...events.map((e) => Date.parse(String(e["event_time"]))));
const buyers = (filter: (event: (typeof events)[number]) => boolean) => {
  const ids = new Set(events.filter((e) => e["event_type"] === "purchase" && filter(e)).map((e) => e["customer_id"]));
  return customers.filter((c) => ids.has(c["customer_id"] ?? null));
};

let model: AskedModel;
beforeAll(async () => {
  model = await askModel();
});
afterAll(() => model.close());

const COUNT_SQL =
  "select count(distinct customer_id) as customers from events where event_type = 'purchase' and category = 'socks' " +
  "and color = 'red' and event_time > timestamptz '2025-06-16' - interval '60 days' and customer_id in (select customer_id from customers)";

/** The newest event as SQL takes it. */
const asOfSql = () => `timestamptz '${model.tools.asOf}'`;

test("a count: the number of the raw rows, with the statement that was run and what the endpoint counted", async () => {
  const sql = COUNT_SQL.replace("timestamptz '2025-06-16'", asOfSql());
  const {
    answer,
    error,
    events: seen,
    entries,
  } = await model.ask(
    [
      { content: ["I count ", "the buyers."], calls: [{ name: "sql_analytics", args: { sql }, pieces: 9 }] },
      (request) => ({
        content: `${cellOf(resultsIn(request)[0])} customers bought red socks in the last 60 days [r1].`,
        usage: { cached: 100 },
      }),
    ],
    "How many customers bought red socks in the last 60 days?",
  );
  expect(error).toBeUndefined();
  const gold = buyers(
    (e) => e["category"] === "socks" && e["color"] === "red" && Date.parse(String(e["event_time"])) > asOf - 60 * DAY,
  ).length;
  expect(answer).toMatchObject({ kind: "count", value: gold, rows: [[gold]], total: 1, warnings: [] });
  expect(answer.answer).toBe(`${gold} customers bought red socks in the last 60 days.`);
  expect(answer.planner).toBe("google/gemini-2.5-flash");
  // What is printed is what was run, and how many rows it gave.
  expect(answer.steps).toMatchObject([
    { tool: "sql_analytics", args: { sql }, stages: [{ stage: "query", sql, rows: 1, ms: expect.any(Number) }] },
  ]);
  const { prompt, completion, cached } = model.server.sent;
  expect(answer.usage.llm).toMatchObject({ calls: 2, prompt_tokens: prompt, completion_tokens: completion });
  const dollars = ((prompt - cached) * 0.3 + cached * 0.075 + completion * 2.5) / 1e6;
  expect(answer.usage.llm.cost_usd).toBeCloseTo(dollars, 12);
  expect(entries.map((entry) => entry.prompt_tokens).reduce((a, b) => a + b)).toBe(prompt);
  expect(entries).toMatchObject([
    { status: "ok", cost_from: "prices", question: "How many customers bought red socks in the last 60 days?" },
    { status: "ok", cached_tokens: 100 },
  ]);
  expect(seen.map(({ type }) => type)).toEqual([
    "text",
    "text",
    "spent",
    "thought",
    "tool_call",
    "tool_result",
    "text",
    "answer",
  ]);
  expect(model.server.problems).toEqual([]);
});

test("the sample questions that list customers: gate, score and reasons come from the tools, the sentence from the model", async () => {
  const luxury = await model.ask(
    [
      {
        content: "I look for lovers of luxury and red.",
        calls: [
          {
            name: "hybrid_discovery",
            args: {
              criteria: { all: [{ attribute: "likes_luxury", op: "=", value: true }] },
              intents: ["This customer likes luxury items.", "color: red"],
            },
          },
        ],
      },
      (request) => ({ content: `${resultsIn(request)[0]?.["total"]} customers fit a red luxury campaign [r1].` }),
    ],
    "Suggest customers for a luxury red-themed fashion campaign.",
  );
  expect(luxury.error).toBeUndefined();
  expect(luxury.answer).toMatchObject({
    kind: "customers",
    warnings: [],
    reading: expect.stringContaining("color: red"),
  });
  const [gate, refine, enrich] = luxury.answer.steps[0]?.stages ?? [];
  expect(gate).toMatchObject({
    stage: "gate",
    rows: customers.filter((c) => Number(c["total_spent"]) > 800).length,
    sql: expect.stringContaining("select"),
  });
  expect(refine).toMatchObject({ stage: "refine", rows: luxury.answer.total, filter: expect.anything() });
  expect(enrich).toMatchObject({ stage: "enrich", rows: Math.min(50, luxury.answer.total) });
  expect(luxury.answer.answer).toContain(String(luxury.answer.total));
  expect(luxury.answer.usage.embedding.tokens).toBeGreaterThan(0);

  const socks = await model.ask(
    [
      {
        calls: [
          {
            name: "hybrid_discovery",
            args: {
              criteria: { all: [{ event: "purchase", where: { category: "socks" } }] },
              intents: ["This customer likes luxury items."],
            },
          },
        ],
      },
      { content: "These bought socks and like luxury." },
    ],
    "Find users who bought socks and are interested in high-end lifestyle.",
    { limit: 5 },
  );
  const gold = buyers((e) => e["category"] === "socks");
  expect(socks.answer.steps[0]?.stages[0]).toMatchObject({ stage: "gate", rows: gold.length });
  const ids = gold.map((c) => c["customer_id"]);
  const at = socks.answer.columns.indexOf("customer_id");
  expect(socks.answer.rows).toHaveLength(5);
  for (const row of socks.answer.rows) expect(ids).toContain(row[at]);
  expect(socks.answer).toMatchObject({ truncated: true, warnings: [] });
});

test("a five-step investigation, with tools in parallel, errors that are mended, and fields of the provider passed back", async () => {
  const script: Scene[] = [
    {
      content: "I look at what there is.",
      extra: [{ reasoning_details: [{ type: "reasoning.text", text: "a" }] }, { reasoning_details: [{ text: "b" }] }],
      calls: [
        { name: "describe_data", args: { view: "customers", column: "country" } },
        { name: "describe_data", args: { view: "events", column: "category" } },
      ],
    },
    {
      content: "I compare countries and categories.",
      calls: [
        {
          name: "sql_analytics",
          args: { sql: "select country, count(*) as customers from customers group by 1 order by 2 desc limit 3" },
        },
        { name: "sql_analytics", args: { sql: "select catgory from events" } },
        {
          name: "sql_analytics",
          args: { sql: "select count(*) as socks from events where category = 'socks' and event_type = 'purchase'" },
        },
      ],
    },
    (request) => ({
      content: `The column was misspelt: ${JSON.stringify(resultsIn(request)[1]?.["error"])}.`,
      calls: [
        {
          name: "sql_analytics",
          args: {
            sql: "select category, count(*) as purchases from events where event_type = 'purchase' group by 1 order by 2 desc, 1",
          },
        },
      ],
    }),
    {
      content: "I look up who buys most.",
      calls: [
        {
          name: "sql_analytics",
          args: {
            sql: "select customer_id, sum(amount) as revenue from events where event_type = 'purchase' and customer_id is not null group by 1 order by 2 desc, 1 limit 3",
          },
        },
      ],
    },
    (request) => ({
      content: "And who that is.",
      calls: [
        {
          name: "sql_data_retriever",
          args: { customer_ids: [cellOf(resultsIn(request)[0])], columns: ["first_name", "country"] },
        },
      ],
    }),
    (request) => ({
      content: `The best customer is ${cellOf(resultsIn(request)[0])}, ${cellOf(resultsIn(request)[0], 0, 1)} [r8].`,
    }),
  ];
  const {
    answer,
    error,
    events: seen,
  } = await model.ask(script, "Who is our best customer, and where do people buy what?");
  expect(error).toBeUndefined();
  expect(model.server.problems).toEqual([]);
  expect(model.server.requests).toHaveLength(6);
  expect(answer.steps.map(({ tool }) => tool)).toHaveLength(8);
  expect(answer.steps[3]).toMatchObject({ error: expect.stringContaining("catgory") });
  expect(seen.filter(({ type }) => type === "thought")).toHaveLength(5);
  const spent = new Map<string, number>();
  for (const e of events) {
    const id = e["customer_id"];
    if (e["event_type"] === "purchase" && id !== null)
      spent.set(String(id), (spent.get(String(id)) ?? 0) + Number(e["cents"]));
  }
  const best = [...spent].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
  expect(answer).toMatchObject({ kind: "customers", total: 1, warnings: [] });
  expect(answer.rows[0]?.[0]).toBe(best);
  const purchases = events.filter((e) => e["event_type"] === "purchase" && e["category"] === "socks").length;
  const third = model.server.requests[2];
  expect(third && cellOf(resultsIn(third)[2])).toBe(String(purchases));
  // The provider's own fields come back with the turn that they belong to.
  expect(third?.messages.find(({ role }) => role === "assistant")).toMatchObject({
    reasoning_details: [{ type: "reasoning.text", text: "a" }, { text: "b" }],
  });
  // A stable beginning, so that providers can keep it in their cache.
  const beginnings = model.server.requests.map(({ messages, body }) =>
    JSON.stringify([body.tools, messages.slice(0, 2)]),
  );
  expect(new Set(beginnings).size).toBe(1);
});

test("results are capped for the model and whole for the user, and say so", async () => {
  const { answer } = await model.ask(
    [
      { calls: [{ name: "sql_analytics", args: { sql: "select customer_id, first_name from customers order by 1" } }] },
      { content: "These are our customers [r1]." },
    ],
    "list our customers",
    { limit: null },
  );
  expect(answer.rows).toHaveLength(customers.length);
  expect(answer).toMatchObject({ total: customers.length, truncated: false, kind: "customers" });
  const given = model.server.requests[1] && resultsIn(model.server.requests[1])[0];
  expect(given).toMatchObject({
    total: customers.length,
    truncated: true,
    note: expect.stringContaining(`of ${customers.length}`),
  });
  expect(given?.["rows"]).toHaveLength(40);
});

test("a follow-up stands behind the question and the answer before", async () => {
  const session = createSession();
  const script = [{ content: "CANNOT ANSWER: the data ends today." }];
  await model.ask(script, "who will churn?", { session });
  await model.ask(script, "and next year?", { session });
  expect(model.server.requests[0]?.messages.slice(1)).toMatchObject([
    { role: "user", content: "who will churn?" },
    { role: "assistant", content: "the data ends today." },
    { role: "user", content: expect.stringContaining("and next year?") },
  ]);
});

test("a refusal of the model is one: no table, no number", async () => {
  const { answer } = await model.ask(
    [
      { calls: [{ name: "sql_analytics", args: { sql: "select 1 as n" } }] },
      { content: "CANNOT ANSWER: the data has no dogs [r1]." },
    ],
    "which customers have a dog?",
  );
  expect(answer).toMatchObject({ kind: "refusal", answer: "the data has no dogs.", rows: [], value: null });
});
