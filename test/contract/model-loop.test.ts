import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AgentEvent } from "../../src/agent/events.js";
import { createLanguageModels } from "../../src/agent/language-model/create-language-models.js";
import { type Agent, answerQuestion } from "../../src/agent/loop.js";
import type { ToolContext } from "../../src/agent/tool.js";
import { createRulesPlanner } from "../../src/planner/rules.js";
import type { Answer } from "../../src/render/answer.js";
import { type AskedModel, askModel } from "../support/ask-model.js";
import { cellOf, resultsIn } from "../support/model-request.js";
import type { Scene } from "../support/model-server.js";
import { naiveCustomers } from "../support/sample.js";

let asked: AskedModel;
beforeAll(async () => {
  asked = await askModel();
});
afterAll(() => asked.close());

const QUESTION = "how many customers are from Germany?";
const SQL = "select count(*) as customers from customers where country = 'DE'";
const SCRIPT: Scene[] = [
  { calls: [{ name: "sql_analytics", args: { sql: SQL } }] },
  (request) => ({ content: `${cellOf(resultsIn(request)[0])} customers [r1].` }),
];

/** Both that think, for one question each. */
const MODELS: [string, () => Agent][] = [
  ["rules", () => createRulesPlanner(asked.tools.catalogue, {})(QUESTION, asked.tools)],
  [
    "a language model",
    () => {
      asked.server.play(SCRIPT);
      const endpoint = { baseUrl: asked.server.url, apiKey: undefined, model: "gpt-4.1-mini", statesCost: false };
      const ledger = { record: () => {}, spent: () => 0 };
      const limits = { maxCost: 1, maxCostSession: 1, silenceSeconds: 5 };
      const { catalogue, clock, asOf } = asked.tools;
      return createLanguageModels({ endpoint, catalogue, definitions: {}, personal: [], ledger, ...limits, clock })(
        QUESTION,
        asOf,
      );
    },
  ],
];

async function run(model: Agent, context: ToolContext): Promise<{ events: AgentEvent[]; answer: Answer }> {
  const events: AgentEvent[] = [];
  for await (const event of answerQuestion(QUESTION, model, context)) events.push(event);
  const last = events.at(-1);
  if (last?.type !== "answer") throw new Error("no answer");
  return { events, answer: last.answer };
}

describe.each(MODELS)("%s", (_name, create) => {
  test("acts, observes and answers, and the answer holds what the tools found", async () => {
    const { events, answer } = await run(create(), asked.tools);
    const gold = naiveCustomers().filter((c) => c["country"] === "DE").length;
    expect(answer).toMatchObject({ question: QUESTION, kind: "count", value: gold, rows: [[gold]], warnings: [] });
    expect(answer.steps).toMatchObject([{ stages: [{ rows: 1, sql: expect.any(String) }] }]);
    const acts = events.filter(({ type }) => type.startsWith("tool_"));
    expect(acts.map(({ type }) => type)).toEqual(["tool_call", "tool_result"]);
    expect(events.at(-1)?.type).toBe("answer");
  });

  test("a question that is cancelled before it begins runs nothing", async () => {
    const signal = AbortSignal.abort();
    await expect(run(create(), { ...asked.tools, signal })).rejects.toMatchObject({ code: "cancelled" });
    expect(asked.server.requests.length).toBe(0);
  });

  test("notes of the data stand with the answer", async () => {
    const { answer } = await run(create(), { ...asked.tools, notes: ["This is a sample."] });
    expect(answer.warnings).toEqual(["This is a sample."]);
  });
});
