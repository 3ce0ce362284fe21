import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AskedSample, askSample } from "../support/ask-sample.js";
import type { NaiveRow } from "../support/sample.js";
import {
  average,
  between,
  both,
  bought,
  by,
  column,
  count,
  customers,
  daysBack,
  events,
  highest,
  is,
  lowest,
  median,
  medianOf,
  month,
  newest,
  offered,
  orderValue,
  purchase,
  revenue,
  sales,
  type Test,
  table,
  time,
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
const socks = is("category", "socks");
const german = is("country", "DE");
const how = (test: Test) => customers.filter(test).length;

describe("single figures", () => {
  const amounts = (rows: readonly NaiveRow[]) => rows.map((e) => Number(e["cents"]) / 100);
  const FIGURES: [question: string, gold: number][] = [
    ["median price of shoes", median("price")(sales(shoes))],
    ["highest price of jewelry", highest("price")(sales(jewelry))],
    ["minimum price of shoes in May", lowest("price")(sales(shoes, month(5)))],
    ["what is the average price of socks", average("price")(sales(socks))],
    ["median purchase amount in May", medianOf(amounts(sales(month(5))))],
    ["average order value", orderValue(sales())],
    ["median total spent of women", median("total_spent")(customers.filter(women))],
    ["max age of women in Germany", highest("age")(customers.filter(both(women, german)))],
    // Periods.
    ["how many purchases were there in the week of May 7", sales(between("2025-05-05", "2025-05-12")).length],
    ["number of purchases in the week containing 2025-05-11", sales(between("2025-05-05", "2025-05-12")).length],
    ["how many purchases in the week starting May 7", sales(between("2025-05-07", "2025-05-14")).length],
    ["revenue in the first half of 2025", revenue(sales(between("2025-01-01", "2025-07-01")))],
    ["number of purchases in H1 2025", sales(between("2025-01-01", "2025-07-01")).length],
    ["number of views year to date", views(between("2025-01-01")).length],
    ["number of purchases quarter to date", sales(between("2025-04-01")).length],
    ["number of purchases month to date", sales(between(newest.slice(0, 7))).length],
    ["number of purchases 3 days ago", sales(between(daysBack(3), daysBack(2))).length],
    ["how many customers bought something 10 days ago", how(bought(between(daysBack(10), daysBack(9))))],
    ["number of purchases in 05/2025", sales(month(5)).length],
    ["how many customers bought jewelry in 2025/05", how(bought(both(jewelry, month(5))))],
    ["number of purchases from 04/2025 to 05/2025", sales(between("2025-04-01", "2025-06-01")).length],
    ["number of purchases before 05/2025", sales(between("", "2025-05-01")).length],
    ["revenue in April and May", revenue(sales(between("2025-04-01", "2025-06-01")))],
    // Two periods.
    ["how many customers bought something in both April and May", how(both(bought(month(4)), bought(month(5))))],
    [
      "how many customers bought jewelry in both April and May 2025",
      how(both(bought(both(jewelry, month(4))), bought(both(jewelry, month(5))))),
    ],
    [
      "how many customers bought something in both Q1 and Q2",
      how(both(bought(between("2025-01-01", "2025-04-01")), bought(between("2025-04-01", "2025-07-01")))),
    ],
    [
      "how many customers bought socks in April but not in May",
      how((c) => bought(both(socks, month(4)))(c) && !bought(both(socks, month(5)))(c)),
    ],
    [
      "how many customers bought something in April or May but not in June",
      how((c) => bought(between("2025-04-01", "2025-06-01"))(c) && !bought(month(6))(c)),
    ],
    // How often.
    ["how many customers bought socks twice or more", how(bought(socks, (n) => n >= 2))],
    ["how many customers bought something twice or more in May", how(bought(month(5), (n) => n >= 2))],
    ["how many customers bought socks once or twice", how(bought(socks, (n) => n === 1 || n === 2))],
    [
      "how many customers bought socks once or twice in May",
      how(bought(both(socks, month(5)), (n) => n === 1 || n === 2)),
    ],
    [
      "how many customers bought socks once or twice but never shoes",
      how((c) => bought(socks, (n) => n === 1 || n === 2)(c) && !bought(shoes)(c)),
    ],
    ["how many customers bought socks three or more times", how(bought(socks, (n) => n >= 3))],
  ];
  test.each(FIGURES)("%s", async (question, gold) => {
    expect(gold).toBeGreaterThan(0);
    expect((await sample.ask(question)).value).toBeCloseTo(gold, 6);
  });
});

describe("when, and what", () => {
  const id = "339";
  const its = is("customer_id", id);
  const WHEN: [question: string, which: "first" | "last", done: Test][] = [
    ["when was the last purchase", "last", purchase],
    ["when was the last purchase of socks", "last", both(purchase, socks)],
    ["when was the first purchase in May", "first", both(purchase, month(5))],
    ["when was the last purchase in May by women", "last", both(purchase, month(5), by(women))],
    ["when did women first buy jewelry", "first", both(purchase, jewelry, by(women))],
    ["when was the earliest purchase by customers in Germany", "first", both(purchase, by(german))],
    ["date of the last refund", "last", is("event_type", "refund")],
    [`when did customer ${id} last buy something`, "last", both(purchase, its)],
    [`when did customer ${id} first view jewelry`, "first", both(view, jewelry, its)],
  ];
  test.each(WHEN)("%s", async (question, which, done) => {
    const times = events.filter(done).map(time).sort();
    const gold = (which === "first" ? times[0] : times.at(-1)) as string;
    const { rows, answer } = await sample.ask(question);
    expect(Date.parse(String(rows[0]?.[0]))).toBe(Date.parse(`${gold}Z`));
    expect(answer).toContain(`${gold.replace("T", " ")} UTC`);
  });

  test("what never happened has no time", async () => {
    const nobody = "99999";
    expect(customers.some(is("customer_id", nobody))).toBe(false);
    const { rows, answer } = await sample.ask(`when did customer ${nobody} last buy something`);
    expect(rows[0]?.[0] ?? null).toBeNull();
    expect(answer).toMatch(/^Never/);
  });

  const product = column("product_name");
  const WHAT: [question: string, rows: readonly NaiveRow[], name: string][] = [
    [`what did customer ${id} buy`, sales(its), "product_name"],
    [`what did customer ${id} buy in May`, sales(its, month(5)), "product_name"],
    [`list the products bought by customer ${id}`, sales(its), "product_name"],
    ["which categories did women view in May", views(month(5), by(women)), "category"],
    ["which products were bought by customers in Germany in May", sales(month(5), by(german)), "product_name"],
  ];
  test.each(WHAT)("%s", async (question, rows, name) => {
    const answer = await sample.ask(question);
    expect(answer.rows).toEqual(table(rows, [name === "product_name" ? product : column(name)], count));
    expect(answer.totals?.at(-1)).toBe(rows.length);
  });
});

describe("what can be meant in several ways is put back with ready questions", () => {
  test.each([
    "how many customers bought something in the past month",
    "how many customers bought something in the last month",
    "revenue in the past week",
    "number of purchases in the past quarter",
    "number of purchases in the past year",
    "who are our best customers",
    "show me our most valuable customers",
    "how many loyal customers do we have",
    "how many customers churned",
    "what is our conversion rate",
    "top 5 categories",
    "top 3 products in May",
    "bottom 3 categories",
    "top 3 categories per country",
    "how many customers bought something in May and June",
    "which customers bought shoes in May and June",
  ])("%s: each offered question is answered", async (question) => {
    const refusal = await sample.ask(question);
    expect(refusal.kind).toBe("refusal");
    const questions = offered(refusal.warnings);
    expect(questions.length).toBeGreaterThanOrEqual(2);
    for (const one of questions) expect((await sample.ask(one)).kind, one).not.toBe("refusal");
  });

  test.each([
    [
      "how many customers bought something in the past month",
      [bought(month(5)), bought((e) => time(e) > `${daysBack(30)}${newest.slice(10)}`)].map(how),
    ],
    [
      "how many customers bought socks in May and June",
      [
        bought(both(socks, between("2025-05-01", "2025-07-01"))),
        both(bought(both(socks, month(5))), bought(both(socks, month(6)))),
      ].map(how),
    ],
  ])("%s: the offered questions are those that may be meant", async (question, gold) => {
    const values: unknown[] = [];
    for (const one of offered((await sample.ask(question)).warnings)) values.push((await sample.ask(one)).value);
    expect(values).toEqual(gold);
  });
});
