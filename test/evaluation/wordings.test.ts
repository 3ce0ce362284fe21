import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AskedSample, askSample } from "../support/ask-sample.js";
import type { NaiveRow } from "../support/sample.js";
import {
  any,
  average,
  type By,
  bands,
  between,
  both,
  bought,
  by,
  column,
  count,
  customers,
  did,
  is,
  type Measure,
  month,
  months,
  ofCustomer,
  ownEvents,
  percent,
  purchase,
  revenue,
  sales,
  type Test,
  table,
  view,
  views,
  women,
} from "./gold.js";

let sample: AskedSample;
beforeAll(async () => {
  sample = await askSample();
});
afterAll(() => sample?.close());

const jewelry = is("category", "jewelry");
const shoes = is("category", "shoes");
const not = (test: Test): Test => {
  return (row) => !test(row);
};
const poland = is("country", "PL");
const germany = is("country", "DE");
const category = column("category");
const how = (test: Test) => customers.filter(test).length;

describe("who did something, as a noun", () => {
  const BUYERS: [question: string, gold: Test][] = [
    ["jewelry buyers", bought(jewelry)],
    ["how many jewelry buyers are there", bought(jewelry)],
    ["how many buyers of jewelry in Germany", both(bought(jewelry), germany)],
    ["female jewelry buyers from Poland", both(bought(jewelry), women, poland)],
    ["buyers of red shoes", bought(both(shoes, is("color", "red")))],
    ["jewelry or shoe buyers", bought((e) => jewelry(e) || shoes(e))],
    ["how many buyers in May", bought(month(5))],
    ["jewelry purchasers", bought(jewelry)],
    ["viewers of jewelry who never bought it", both(did(both(view, jewelry)), not(bought(jewelry)))],
  ];
  test.each(BUYERS)("%s", async (question, gold) => {
    expect(how(gold)).toBeGreaterThan(0);
    const { value, total } = await sample.ask(question);
    expect(value ?? total).toBe(how(gold));
  });
  test.each(["jewelry and shoe buyers", "one-time buyers", "first-time buyers", "non-buyers", "web browsers"])(
    "%s: refused",
    async (question) => expect((await sample.ask(question)).kind).toBe("refusal"),
  );
  const bags = is("category", "bags");
  const ONLY: [question: string, gold: Test][] = [
    ["how many customers bought shoes or bags but not both", (c) => bought(shoes)(c) !== bought(bags)(c)],
    [
      "how many customers bought shoes or bags but not both in May",
      (c) => bought(both(shoes, month(5)))(c) !== bought(both(bags, month(5)))(c),
    ],
    ["how many customers bought something only in May", both(bought(month(5)), not(bought(not(month(5)))))],
    [
      "how many customers bought shoes only in May",
      both(bought(both(shoes, month(5))), not(bought(both(shoes, not(month(5)))))),
    ],
  ];
  test.each(ONLY)("%s", async (question, gold) => {
    expect(how(gold)).toBeGreaterThan(0);
    expect((await sample.ask(question)).value).toBe(how(gold));
  });
  test.each([
    "how many customers bought shoes only",
    "how many customers bought in May only",
    "customers who bought shoes only",
  ])("%s: may mean two things, and both are offered", async (question) => {
    const { kind, answer, warnings } = await sample.ask(question);
    expect(kind).toBe("refusal");
    expect(answer).toContain('"only"');
    expect(warnings.join(" ")).toMatch(/bought only .*bought (shoes|in May)"/);
  });
  const since = (day: string): Test => did(between(day));
  const SHARES: [question: string, gold: number][] = [
    [
      "what percentage of customers who viewed jewelry bought it",
      percent(bought(jewelry))(customers.filter(did(both(view, jewelry)))),
    ],
    ["how many people visited the shop in May", how(did(month(5)))],
    ["how many customers have not visited since April", how(not(since("2025-04-01")))],
    ["how much have women spent on jewelry", revenue(sales(jewelry, by(women)))],
  ];
  test.each(SHARES)("%s", async (question, gold) => {
    expect(gold).toBeGreaterThan(0);
    expect((await sample.ask(question)).value).toBeCloseTo(gold, 6);
  });
  test("what is measured of them", async () => {
    const { value } = await sample.ask("average age of jewelry buyers");
    expect(value).toBeCloseTo(average("age")(customers.filter(bought(jewelry))), 9);
  });
});

describe("a figure of what is named before it, or of all else", () => {
  const FIGURES: [question: string, gold: number][] = [
    ["jewelry revenue", revenue(sales(jewelry))],
    ["total jewelry revenue in Germany", revenue(sales(jewelry, by(germany)))],
    ["what is the jewelry revenue", revenue(sales(jewelry))],
    ["how much jewelry revenue did we make in May", revenue(sales(jewelry, month(5)))],
    ["German revenue", revenue(sales(by(germany)))],
    ["women's jewelry revenue", revenue(sales(jewelry, by(women)))],
    ["Germany jewelry revenue", revenue(sales(jewelry, by(germany)))],
    ["May jewelry revenue", revenue(sales(jewelry, month(5)))],
    ["last month jewelry revenue", revenue(sales(jewelry, month(5)))],
    ["Polish women's shoe revenue", revenue(sales(shoes, by(both(women, poland))))],
    ["women's average spend", average("total_spent")(customers.filter(women))],
    ["revenue excluding jewelry", revenue(sales(not(jewelry)))],
    ["revenue except jewelry in May", revenue(sales(not(jewelry), month(5)))],
    ["how many purchases excluding socks", sales(not(is("category", "socks"))).length],
    ["revenue from women excluding jewelry", revenue(sales(not(jewelry), by(women)))],
    ["revenue from shoes excluding red", revenue(sales(shoes, not(is("color", "red"))))],
  ];
  test.each(FIGURES)("%s", async (question, gold) => {
    expect(gold).toBeGreaterThan(0);
    expect((await sample.ask(question)).value).toBeCloseTo(gold, 6);
  });
  const TABLES: [question: string, rows: readonly NaiveRow[], by: By, measure: Measure][] = [
    ["jewelry revenue by month", sales(jewelry), months, revenue],
    ["jewelry views by country", views(jewelry, by(any)), ofCustomer(column("country")), count],
    ["revenue by category excluding shoes", sales(not(shoes)), category, revenue],
  ];
  test.each(TABLES)("%s", async (question, rows, dimension, measure) => {
    const answer = await sample.ask(question);
    expect(answer.rows.map(([name]) => name)).toEqual(table(rows, [dimension], measure).map(([name]) => name));
  });
  test("one against another", async () => {
    const { answer } = await sample.ask("Germany vs Poland revenue");
    for (const country of [germany, poland]) {
      expect(answer.replaceAll(",", "")).toContain(String(Math.round(revenue(sales(by(country))) * 100) / 100));
    }
  });
  test.each([
    "women views",
    "revenue excluding red shoes",
    "revenue by month excluding May",
    "shoe views and purchases",
  ])("%s: refused", async (question) => expect((await sample.ask(question)).kind).toBe("refusal"));
});

describe("the least", () => {
  const least = (rows: readonly NaiveRow[], dimension: By, measure: Measure, top = 1) => {
    const sums = table(rows, [dimension], measure).filter(([name]) => name !== "(none)");
    const values = sums.map((row) => Number(row.at(-1))).sort((a, b) => a - b);
    return values.slice(0, top);
  };
  const country = column("country");
  const LEAST: [question: string, gold: number[]][] = [
    ["which country has the lowest revenue", least(sales(by(any)), ofCustomer(country), revenue)],
    ["country with the lowest revenue", least(sales(by(any)), ofCustomer(country), revenue)],
    ["which country generates the least revenue", least(sales(by(any)), ofCustomer(country), revenue)],
    ["which 3 categories have the lowest revenue", least(sales(), category, revenue, 3)],
    ["worst 3 categories by revenue", least(sales(), category, revenue, 3)],
    ["3 worst categories by revenue", least(sales(), category, revenue, 3)],
    ["which country has the fewest customers", least(customers, country, count)],
    ["which month had the lowest revenue", least(sales(), months, revenue)],
  ];
  test.each(LEAST)("%s", async (question, gold) => {
    const { rows } = await sample.ask(question);
    const found = rows.map((row) => Number(row.at(-1)));
    for (const [i, value] of gold.entries()) expect(found[i]).toBeCloseTo(value, 6);
    expect(found).toHaveLength(gold.length);
  });
  test("an offer where it is not said how many", async () => {
    expect((await sample.ask("which categories have the lowest revenue")).answer).toContain("how many");
  });
  test("of customers, all who share it, or as many as were asked for", async () => {
    const never = how(not(bought(any)));
    expect((await sample.ask("customers with the fewest purchases")).total).toBe(never);
    for (const question of ["10 customers with the fewest purchases", "the 10 customers with the most purchases"]) {
      const { rows, reading } = await sample.ask(question);
      expect(rows).toHaveLength(10);
      expect(reading).toContain("first 10");
    }
  });
});

describe("bands of a width", () => {
  const BANDS: [question: string, name: string, width: number][] = [
    ["customers by age in bands of 5", "age", 5],
    ["customers by 5-year age groups", "age", 5],
    ["customers by age in 20 year bands", "age", 20],
    ["customers by total spent in bands of 100", "total_spent", 100],
  ];
  test.each(BANDS)("%s", async (question, name, width) => {
    const { rows } = await sample.ask(question);
    expect(rows).toEqual(table(customers, [bands(name, width)], count));
  });
  test("where none is said, at most ten or so", async () => {
    const { rows, reading } = await sample.ask("customers by total spent band");
    const width = Number(/bands of (\d+)/.exec(reading ?? "")?.[1]);
    expect(rows).toEqual(table(customers, [bands("total_spent", width)], count));
    expect(rows.length).toBeLessThan(13);
  });
});

describe("the most, of customers", () => {
  /** The largest figures of customers, in their order. */
  const most = (test: Test, figure: Measure, top: number, of: Test = any) =>
    customers
      .filter(of)
      .map((c) => figure(ownEvents(c).filter(test)))
      .sort((a, b) => b - a)
      .slice(0, top);
  const MOST: [question: string, gold: number[]][] = [
    ["10 customers with the most views in May", most(both(view, month(5)), count, 10)],
    ["who had the most views in May", most(both(view, month(5)), count, 1)],
    ["3 women with the most views of shoes", most(both(view, shoes), count, 3, women)],
    ["5 customers who spent the most in May", most(both(purchase, month(5)), revenue, 5)],
    ["top 5 jewelry buyers", most(both(purchase, jewelry), count, 5)],
    ["top 5 jewelry buyers in May", most(both(purchase, jewelry, month(5)), count, 5)],
  ];
  test.each(MOST)("%s", async (question, gold) => {
    const { rows } = await sample.ask(question);
    expect(rows.map((row) => Number(row.at(-1)))).toEqual(gold.map((value) => expect.closeTo(value, 6)));
  });
  test.each(["top 10 spenders in Poland", "10 biggest spenders in Poland"])("%s", async (question) => {
    const { rows, reading } = await sample.ask(question);
    expect(rows).toHaveLength(10);
    expect(reading).toBe("country is PL; highest total_spent first; first 10");
  });
});
