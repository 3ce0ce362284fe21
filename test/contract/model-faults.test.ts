import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitCodeOf } from "../../src/cli/exit-codes.js";
import { AppError } from "../../src/lib/errors.js";
import { type AskedModel, askModel, KEY } from "../support/ask-model.js";
import { FATAL_FAULTS } from "../support/model-fault-cases.js";
import { cellOf, resultsIn } from "../support/model-request.js";
import { type Failure, type Reply, type Scene, startModelServer } from "../support/model-server.js";

let model: AskedModel;
beforeAll(async () => {
  model = await askModel();
});
afterAll(() => model.close());

const COUNT = { name: "sql_analytics", args: { sql: "select count(*) as customers from customers" } };
const ACT: Scene = { content: "I count.", calls: [COUNT] };
const ANSWER: Scene = (request) => ({
  content: `There are ${cellOf(resultsIn(request)[0])} customers [r1].`,
});
const QUESTION = "how many customers are there?";
const REFUSE: Scene = { content: "CANNOT ANSWER: no." };

describe("what cannot be mended is a clear error, and the same with rules as a fallback is an answer", () => {
  test.each(FATAL_FAULTS)("$fault", async ({ scene, with: settings = {}, requests, exit, message, hint }) => {
    const { error } = await model.ask([scene], QUESTION, { ...settings });
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toMatch(message);
    expect((error as AppError).hint).toMatch(hint);
    expect(exitCodeOf(error)).toBe(exit);
    expect(model.server.requests).toHaveLength(requests);
  });

  test("rules answer with a warning, and what was spent stands in the usage", async () => {
    const { answer, events, entries } = await model.ask([ACT, { status: 402 }], QUESTION, { fallBack: true });
    expect(answer).toMatchObject({ kind: "count", planner: "rules" });
    expect(answer.warnings.join()).toMatch(/The language model failed \(.*402\)\); the rules answered\./);
    expect(answer.usage.llm).toMatchObject({
      calls: 2,
      prompt_tokens: model.server.sent.prompt,
      completion_tokens: model.server.sent.completion,
    });
    expect(events.map(({ type }) => type)).toContain("retracted");
    expect(entries).toMatchObject([{ status: "ok" }, { status: "failed", cost_usd: 0, cost_from: "none" }]);
  });

  test("nobody listens at the address", async () => {
    const gone = await startModelServer();
    await gone.close();
    const { error } = await model.ask([], QUESTION, { baseUrl: gone.url });
    expect((error as AppError).message).toMatch(/^127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED\.$/);
    expect(exitCodeOf(error)).toBe(3);
  });
});

describe("what may go well the second time does", () => {
  const mended: [string, Reply | Failure][] = [
    ["429 with a short wait", { status: 429, headers: { "retry-after": "0.05" } }],
    ["500", { status: 500, headers: { "retry-after": "0" } }],
    ["a cut stream", { content: ["There are ", "9999 "], after: 1, ends: "cut" }],
    ["no finish reason", { content: "There are 9999", finish: null }],
    ["an empty answer", { content: "" }],
    ["an answer that ran out of room", { content: "There are", finish: "length" }],
    ["silence", { content: "There", after: 1, ends: "silence" }],
  ];
  test.each(mended)("%s", async (_name, scene) => {
    const { answer, error, events } = await model.ask([ACT, scene, (request) => ANSWER_AFTER(request)], QUESTION, {
      silenceSeconds: 0.2,
    });
    expect(error).toBeUndefined();
    expect(answer).toMatchObject({ kind: "count", rows: [[answer.value]] });
    expect(answer.answer).not.toContain("9999");
    const said = "content" in scene && scene.content !== "";
    expect(events.filter(({ type }) => type === "retracted")).toHaveLength(said || "content" in scene ? 1 : 0);
    expect(model.server.problems).toEqual([]);
  });

  test("a prompt that is too long is shortened once: rows are left out, the totals stay", async () => {
    const long = {
      status: 400,
      body: { error: { message: "maximum context length is 5", code: "context_length_exceeded" } },
    };
    const { answer, error } = await model.ask([ACT, ACT, long, (request) => ANSWER_AFTER(request)], QUESTION);
    expect(error).toBeUndefined();
    expect(answer.kind).toBe("count");
    const results = model.server.requests[3]?.messages.filter(({ role }) => role === "tool") ?? [];
    expect(results[0]?.content).toMatch(/rows were left out/);
    expect(results[1]?.content).toMatch(/"rows":/);
    const again = await model.ask([ACT, long, long], QUESTION);
    expect((again.error as AppError).message).toMatch(/longer than the model takes/);
    expect(model.server.requests).toHaveLength(3);
  });
});

/** The answer by the latest result, wherever in the conversation it stands. */
const ANSWER_AFTER = (request: Parameters<typeof resultsIn>[0]): Reply => {
  const last = request.messages.findLast(({ role }) => role === "tool")?.content ?? "{}";
  const { rows } = JSON.parse(last) as { rows: number[][] };
  return { content: `There are ${rows[0]} customers [r1].` };
};

describe("calls that go wrong are told to the model, which mends them", () => {
  const wrong: [string, { name: string; args: unknown }, RegExp][] = [
    ["arguments that are no JSON", { name: "sql_analytics", args: '{"sql": "select' }, /JSON/],
    ["arguments that are a list", { name: "sql_analytics", args: "[1]" }, /sql_analytics cannot be called so/],
    [
      "arguments that do not fit",
      { name: "sql_analytics", args: { query: "select 1" } },
      /sql: .*Its arguments are sql/,
    ],
    ["no arguments", { name: "sql_analytics", args: "" }, /sql: /],
    [
      "an unknown tool",
      { name: "sql_analytic", args: {} },
      /There is no tool sql_analytic\..*Did you mean sql_analytics/,
    ],
    ["a tool that would change something", { name: "send_email", args: {} }, /There is no tool send_email/],
    [
      "an invented column",
      { name: "sql_analytics", args: { sql: "select loyalty_tier from customers" } },
      /loyalty_tier.*describe_data shows/,
    ],
    [
      "an invented column of criteria",
      {
        name: "hybrid_discovery",
        args: { criteria: { all: [{ attribute: "loyalty_tier", op: "=", value: "gold" }] } },
      },
      /loyalty_tier/,
    ],
    [
      "an invented column of records",
      { name: "sql_data_retriever", args: { customer_ids: ["1"], columns: ["loyalty"] } },
      /no column loyalty/,
    ],
    ["an invented view", { name: "describe_data", args: { view: "orders" } }, /There is no view orders/],
    [
      "a statement that changes something",
      { name: "sql_analytics", args: { sql: "delete from customers" } },
      /"ok":false/,
    ],
    [
      "criteria and a condition",
      {
        name: "hybrid_discovery",
        args: { criteria: { all: [{ attribute: "age", op: ">", value: 30 }] }, sql_where: "age > 30" },
      },
      /both given/,
    ],
  ];
  test.each(wrong)("%s", async (_name, call, told) => {
    const { answer, error } = await model.ask([{ content: "I look.", calls: [call] }, ACT, ANSWER], QUESTION);
    expect(error).toBeUndefined();
    const result = model.server.requests[1]?.messages.at(-1)?.content ?? "";
    expect(result).toMatch(told);
    expect(JSON.parse(result)).toMatchObject({ ok: false, id: "r1", error: { message: expect.any(String) } });
    expect(answer).toMatchObject({ kind: "count", steps: [{ error: expect.any(String) }, { tool: "sql_analytics" }] });
    expect(model.server.problems).toEqual([]);
  });

  test("null for what is left out, one id for two calls, and pieces without an index are taken as meant", async () => {
    const { answer, error } = await model.ask(
      [
        {
          calls: [
            {
              name: "hybrid_discovery",
              args: { criteria: null, sql_where: "age > 200", intents: null, limit: null },
              id: "same",
            },
            { ...COUNT, id: "same" },
          ],
        },
        { content: "Nobody is older than 200 [r1]." },
      ],
      "who is older than 200?",
    );
    expect(error).toBeUndefined();
    expect(answer).toMatchObject({ kind: "customers", total: 0 });
    expect(model.server.problems).toEqual([]);
  });

  test("an endless tool loop ends in a forced answer without tools", async () => {
    const loop: Scene = (_request, i) => ({ calls: [{ name: "sql_analytics", args: { sql: `select ${i} as n` } }] });
    const script: Scene[] = [...Array.from({ length: 8 }, () => loop), { content: "I could count to 7 [r8]." }];
    const { answer } = await model.ask(script, "count for ever");
    expect(answer.steps).toHaveLength(8);
    expect(model.server.requests).toHaveLength(9);
    expect(model.server.requests[8]?.body.tool_choice).toBe("none");
    const stubborn = await model.ask([loop], "count for ever");
    expect((stubborn.error as AppError).message).toMatch(/gave no answer/);
    expect(model.server.requests).toHaveLength(10);
    expect(model.server.problems).toEqual([]);
  });

  test("the same call is run once, and two hundred at a time are not", async () => {
    const { answer } = await model.ask([ACT, ACT, ANSWER], QUESTION);
    expect(answer.steps[1]?.ms).toBe(0);
    const many = Array.from({ length: 200 }, (_, i) => ({ name: "sql_analytics", args: { sql: `select ${i} as n` } }));
    const flood = await model.ask([{ calls: many }, REFUSE], QUESTION);
    expect(flood.answer.steps.filter(({ error }) => error !== undefined)).toHaveLength(184);
    expect(model.server.problems).toEqual([]);
  });
});

describe("cancelling", () => {
  const cancelled = async (script: readonly Scene[], when: "text" | "tool_call") => {
    const controller = new AbortController();
    let at = Number.POSITIVE_INFINITY;
    const see = (event: { type: string }) => {
      if (event.type !== when) return;
      setTimeout(() => {
        at = performance.now();
        controller.abort(new AppError("cancelled", "Cancelled."));
      }, 20);
    };
    const asked = await model.ask(script, QUESTION, { signal: controller.signal, see });
    return { ...asked, ms: performance.now() - at };
  };

  test("in the middle of an answer: no answer, one request, and a ledger entry", async () => {
    const { error, ms, entries } = await cancelled([{ content: ["a", "b", "c"], after: 1, ends: "silence" }], "text");
    expect(error).toMatchObject({ code: "cancelled" });
    expect(exitCodeOf(error)).toBe(130);
    expect(ms).toBeLessThan(2_000); // 0.2 s is what is wanted; the bench measures it
    expect(model.server.requests).toHaveLength(1);
    expect(entries).toMatchObject([{ status: "cancelled", cost_usd: null, cost_from: "unknown" }]);
  });

  test("in the middle of a query, and while it waits to try again", async () => {
    const slow = { calls: [{ name: "sql_analytics", args: { sql: "select pg_sleep(5) as x" } }] };
    const heavy = {
      calls: [{ name: "sql_analytics", args: { sql: "select count(*) as n from events a, events b, events c" } }],
    };
    expect((await cancelled([heavy], "tool_call")).error).toMatchObject({ code: "cancelled" });
    expect((await cancelled([slow], "tool_call")).error).toBeInstanceOf(AppError);
    const { error, ms } = await cancelled(
      [{ content: ["a", "b"], after: 1, ends: { error: { code: 503, message: "x" } } }],
      "text",
    );
    expect(error).toMatchObject({ code: "cancelled" });
    expect(ms).toBeLessThan(2_000);
  });
});

test("the key stands in no message, also where the endpoint repeats it", async () => {
  for (const status of [400, 403, 404, 422, 500]) {
    const body = { error: { message: `Key ${KEY} is not good for ${status}` } };
    const { error, entries } = await model.ask([{ status, body, headers: { "retry-after": "0" } }], QUESTION);
    expect((error as AppError).message).toContain("Key *** is not good");
    expect(JSON.stringify([entries, (error as AppError).hint])).not.toContain(KEY);
  }
});
