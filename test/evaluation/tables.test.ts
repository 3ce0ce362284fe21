import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AskedSample, askSample } from "../support/ask-sample.js";
import type { NaiveRow } from "../support/sample.js";
import {
  any,
  average,
  type By,
  bands,
  bought,
  by,
  column,
  count,
  customers,
  highest,
  is,
  type Measure,
  median,
  men,
  month,
  months,
  ofCustomer,
  orders,
  orderValue,
  percent,
  type Row,
  revenue,
  rounded,
  sales,
  signupYear,
  table,
  views,
  weekdays,
  women,
} from "./gold.js";

let sample: AskedSample;
beforeAll(async () => {
  sample = await askSample();
});
afterAll(() => sample?.close());

const category = column("category");
const color = column("color");
const country = column("country");
const gender = column("gender");
const ages = bands("age", 10);
const everyone = customers;

type Asked = readonly [question: string, rows: readonly NaiveRow[], by: readonly By[], measure: Measure];

/** Least of 1, 2 or 5 times a power of ten that makes at most ten bands. */
function bandWidth(name: string): number {
  const values = customers.map((c) => Number(c[name]));
  const range = Math.max(...values) - Math.min(...values);
  const widths = [1, 10, 100, 1_000, 10_000].flatMap((power) => [power, 2 * power, 5 * power]);
  return widths.find((width) => range / width <= 10) as number;
}
const spending = bands("total_spent", bandWidth("total_spent"));

const TABLES: Asked[] = [
  ["revenue by month and category", sales(), [months, category], revenue],
  ["revenue by month and category for women", sales(by(women)), [months, category], revenue],
  ["number of purchases by category and color", sales(), [category, color], count],
  ["number of customers by country and gender", everyone, [country, gender], count],
  ["number of customers by age group and gender", everyone, [ages, gender], count],
  ["number of customers by signup year and country", everyone, [signupYear, country], count],
  ["number of customers by favorite color", everyone, [column("favorite_color")], count],
  ["women by country", customers.filter(women), [country], count],
  ["views by weekday", views(), [weekdays], count],
  ["revenue by category in May", sales(month(5)), [category], revenue],
  ["revenue by category", sales(), [category], revenue],
  ["number of orders by category", sales(), [category], orders],
  ["average order value by month", sales(), [months], orderValue],
  ["average price by category", sales(), [category], average("price")],
  ["median price by category", sales(), [category], median("price")],
  ["max price by category", sales(), [category], highest("price")],
  ["average age by country", everyone, [country], average("age")],
  ["median total spent by gender", everyone, [gender], median("total_spent")],
  ["age distribution", everyone, [ages], count],
  ["distribution of age among men", customers.filter(men), [ages], count],
  ["distribution of total spent", everyone, [spending], count],
  ["distribution of total spent among women", customers.filter(women), [spending], count],
];

describe("tables: every group, in order, and what they come to in all", () => {
  test.each(TABLES)("%s", async (question, rows, dimensions, measure) => {
    const answer = await sample.ask(question);
    expect(rounded(answer.rows)).toEqual(rounded(table(rows, dimensions, measure)));
    const blanks = dimensions.slice(1).map(() => null);
    expect(rounded([answer.totals ?? []])).toEqual(rounded([["(all)", ...blanks, measure(rows)]]));
  });

  test.each(TABLES)(
    "%s: the same totals where only the first rows are shown",
    async (question, rows, dimensions, measure) => {
      const all = table(rows, dimensions, measure);
      const answer = await sample.ask(question, 2);
      expect(answer).toMatchObject({ total: all.length, truncated: all.length > 2 });
      expect(rounded(answer.rows)).toEqual(rounded(all.slice(0, 2)));
      expect(Number(answer.totals?.at(-1))).toBeCloseTo(measure(rows), 6);
    },
  );

  test.each([
    ["revenue by category in May", "revenue in May"],
    ["number of purchases by category and color", "number of purchases"],
    ["average order value by month", "average order value"],
    ["number of orders by category", "number of orders"],
    ["average age by country and gender", "average age of customers"],
    ["number of customers by age group", "number of customers"],
  ])("%s comes to what %s is", async (grouped, plain) => {
    const [{ totals }, { value }] = [await sample.ask(grouped), await sample.ask(plain)];
    expect(value).not.toBeNull();
    expect(Number(totals?.at(-1))).toBeCloseTo(Number(value), 6);
  });

  test("grouped by who bought, the groups add up to the total", async () => {
    const dimension = ofCustomer(country);
    const known = sales(by(any));
    const answer = await sample.ask("revenue by country and gender");
    expect(rounded(answer.rows)).toEqual(rounded(table(known, [dimension, ofCustomer(gender)], revenue)));
    const sum = answer.rows.reduce((total, row) => total + Number(row[2]), 0);
    expect(Number(answer.totals?.at(-1))).toBeCloseTo(sum, 6);
  });
});

describe("percent columns", () => {
  const SHARES: Asked[] = [
    ["share of revenue by category", sales(), [category], revenue],
    ["share of revenue by category in May", sales(month(5)), [category], revenue],
    ["share of revenue by month and category", sales(), [months, category], revenue],
    ["share of purchases by weekday", sales(), [weekdays], count],
    ["percentage of customers by country", everyone, [country], count],
    ["percentage of customers by favorite color", everyone, [column("favorite_color")], count],
  ];
  const withPercents = (rows: Row[], whole: number) => rows.map((row) => [...row, (100 * Number(row.at(-1))) / whole]);

  test.each(SHARES)("%s", async (question, rows, dimensions, measure) => {
    const gold = withPercents(table(rows, dimensions, measure), measure(rows));
    const answer = await sample.ask(question);
    expect(answer.columns.at(-1)).toBe("percent");
    expect(rounded(answer.rows)).toEqual(rounded(gold));
    expect(answer.rows.reduce((sum, row) => sum + Number(row.at(-1)), 0)).toBeCloseTo(100, 6);
    expect(rounded([answer.totals?.slice(-2) ?? []])).toEqual(rounded([[measure(rows), 100]]));
    // Of all groups, not of those that are shown.
    expect(rounded((await sample.ask(question, 3)).rows)).toEqual(rounded(gold.slice(0, 3)));
  });

  const INSIDE: [question: string, by: By, part: Measure][] = [
    ["share of women by country", country, percent(women)],
    ["percentage of women by age group", ages, percent(women)],
    ["share of customers who bought shoes by country", country, percent(bought(is("category", "shoes")))],
    ["what percent of customers bought jewelry by gender", gender, percent(bought(is("category", "jewelry")))],
  ];
  test.each(INSIDE)("%s: of the customers of each group", async (question, dimension, part) => {
    const answer = await sample.ask(question);
    expect(rounded(answer.rows)).toEqual(rounded(table(customers, [dimension], part)));
    expect(Number(answer.totals?.at(-1))).toBeCloseTo(part(customers), 6);
  });
});
