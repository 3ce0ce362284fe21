import { afterAll, beforeAll, expect, test } from "vitest";
import type { Reason } from "../../src/render/answer.js";
import { type AskedSample, askSample } from "../support/ask-sample.js";

let sample: AskedSample;
beforeAll(async () => {
  sample = await askSample();
});
afterAll(() => sample?.close());

test.each([
  ["customers like 123", ["123"]],
  ["Customers like customer 123?", ["123"]],
  ["which customers are similar to customer 123", ["123"]],
  ["customers similar to customer 12 and 15", ["12", "15"]],
  ["show me customers similar to customers 12, 15 and 18", ["12", "15", "18"]],
  ["look-alikes of 123", ["123"]],
  ["find lookalikes for customer 123", ["123"]],
  ["who is most like customer 123", ["123"]],
])("%s", async (question, ids) => {
  const answer = await sample.ask(question, 20);
  expect(answer.steps[0]).toMatchObject({ tool: "similar_customers", args: { customer_ids: ids } });
  expect(answer.rows.length).toBe(20);
  expect(answer.columns.slice(-2)).toEqual(["score", "why"]);
  for (const row of answer.rows) {
    expect(ids).not.toContain(row[0]);
    expect((row.at(-1) as Reason).interests.length).toBeGreaterThan(0);
  }
});

test("so many as asked for", async () => {
  const answer = await sample.ask("top 5 customers like 123", 20);
  expect(answer.rows.length).toBe(5);
  expect(answer.answer).toMatch(/^The 5 of \d+ customers most like customer 123\.$/);
});

test("an unknown id is named, and a wish is still a wish", async () => {
  await expect(sample.ask("customers like 99999")).rejects.toMatchObject({
    code: "usage",
    message: "No customer has the id 99999.",
  });
  const wish = await sample.ask("customers who like jewelry");
  expect(wish.steps[0]?.tool).toBe("semantic_search");
});
