import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AskedSample, askSample } from "../support/ask-sample.js";
import type { NaiveRow } from "../support/sample.js";
import {
  any,
  type By,
  both,
  bought,
  by,
  column,
  count,
  customers,
  is,
  type Measure,
  month,
  months,
  ofCustomer,
  orders,
  purchase,
  type Row,
  ranked,
  revenue,
  rounded,
  sales,
  type Test,
  table,
  topInEach,
  view,
  views,
  women,
} from "./gold.js";

let sample: AskedSample;
beforeAll(async () => {
  sample = await askSample();
});
afterAll(() => sample?.close());

const category = column("category");
const color = column("color");
const product = column("product_name");
const country = column("country");
const itsCountry = ofCustomer(country);
const jewelry = is("category", "jewelry");
const last = (row: Row | undefined) => Number(row?.at(-1));
/** Largest first; the sample has no blanks in what is ranked here. */
const largest = (rows: readonly NaiveRow[], dimension: By, measure: Measure) => table(rows, [dimension], measure);
const more = (warnings: readonly string[]) => warnings.filter((warning) => warning.includes("more have as much"));
/** The note on those beyond the cut that are as large as the last one before it. */
const tied = (beyond: number) => (beyond > 0 ? [`${beyond} more have as much as the last one shown.`] : []);

describe("the largest inside of each group", () => {
  const EACH: [question: string, rows: readonly NaiveRow[], by: [By, By], measure: Measure, top: number][] = [
    ["top 3 colors in each category by number of purchases", sales(), [category, color], count, 3],
    ["top 2 categories per month by number of purchases", sales(), [months, category], count, 2],
    ["top 3 categories per month by revenue", sales(), [months, category], revenue, 3],
    ["top 2 products per category by revenue", sales(), [category, product], revenue, 2],
    ["top 3 categories per country by revenue", sales(by(any)), [itsCountry, category], revenue, 3],
    ["top 3 products per country by revenue in May", sales(by(any), month(5)), [itsCountry, product], revenue, 3],
    ["most popular category per country", sales(by(any)), [itsCountry, category], count, 1],
    ["best selling product per month", sales(), [months, product], count, 1],
    ["most viewed product in each category", views(), [category, product], count, 1],
  ];
  test.each(EACH)("%s", async (question, rows, dimensions, measure, top) => {
    const gold = topInEach(rows, dimensions, measure, top);
    expect(rounded((await sample.ask(question)).rows)).toEqual(rounded(gold));
  });

  test("some of these have ties at the cut, which are all shown", () => {
    const withTies = EACH.filter(([, rows, dimensions, measure, top]) => {
      const gold = topInEach(rows, dimensions, measure, top);
      return gold.length > top * new Set(gold.map(([group]) => group)).size;
    });
    expect(withTies.length).toBeGreaterThanOrEqual(3);
  });

  test("customers, by a column of theirs", async () => {
    const byCountry = new Map<string, { id: string; spent: number }[]>();
    for (const c of customers) {
      const name = String(c["country"]);
      const one = { id: String(c["customer_id"]), spent: Number(c["total_spent"]) };
      byCountry.set(name, [...(byCountry.get(name) ?? []), one]);
    }
    const gold = [...byCountry].sort().flatMap(([name, all]) =>
      all
        .sort((a, b) => b.spent - a.spent || Number(a.id) - Number(b.id))
        .slice(0, 3)
        .map(({ id, spent }) => [name, id, spent]),
    );
    const { columns, rows } = await sample.ask("top 3 customers per country by total spent");
    const at = ["country", "customer_id", "total_spent"].map((name) => columns.indexOf(name));
    expect(rows.map((row) => at.map((i) => row[i]))).toEqual(gold);
  });
});

describe("groups by their measure", () => {
  const HAVING: [
    question: string,
    rows: readonly NaiveRow[],
    by: By,
    measure: Measure,
    keep: (n: number) => boolean,
  ][] = [
    ["which categories have more than 100 purchases", sales(), category, count, (n) => n > 100],
    ["which colors have between 20 and 60 purchases", sales(), color, count, (n) => n >= 20 && n <= 60],
    ["which products have exactly 3 purchases in May", sales(month(5)), product, count, (n) => n === 3],
    ["products with more than 100 views", views(), product, count, (n) => n > 100],
    ["which products have more than 5 purchases by women", sales(by(women)), product, count, (n) => n > 5],
    ["which months have more than 200 purchases", sales(), months, count, (n) => n > 200],
    ["which categories have more than $5000 in revenue", sales(), category, revenue, (n) => n > 5_000],
    ["categories with more than 5000 revenue", sales(), category, revenue, (n) => n > 5_000],
    ["which countries have at least 50 customers", customers, country, count, (n) => n >= 50],
    ["countries with fewer than 20 customers", customers, country, count, (n) => n < 20],
    ["which countries have more than 20 women", customers.filter(women), country, count, (n) => n > 20],
  ];
  test.each(HAVING)("%s", async (question, rows, dimension, measure, keep) => {
    const all = largest(rows, dimension, measure);
    const gold = all.filter((row) => keep(last(row)));
    // A limit that keeps none or all would not tell whether it was applied.
    expect(gold.length).toBeGreaterThan(0);
    expect(gold.length).toBeLessThan(all.length);
    const answer = await sample.ask(question);
    expect(rounded(answer.rows)).toEqual(rounded(gold));
    expect(answer.totals).toBeUndefined();
  });
});

describe("the largest groups", () => {
  const TOPS: [question: string, rows: readonly NaiveRow[], by: By, measure: Measure, top: number][] = [
    ["top 5 products by revenue", sales(), product, revenue, 5],
    ["top 3 products by number of purchases in May", sales(month(5)), product, count, 3],
    ["top 7 products by number of purchases", sales(), product, count, 7],
    ["top 8 products by number of purchases", sales(), product, count, 8],
    ["5 best selling products in May", sales(month(5)), product, count, 5],
    ["top 4 countries by number of customers", customers, country, count, 4],
    ["top 3 categories by revenue among women", sales(by(women)), category, revenue, 3],
    ["number of customers by country, top 3", customers, country, count, 3],
    ["revenue by category, top 3", sales(), category, revenue, 3],
  ];
  test.each(TOPS)("%s", async (question, rows, dimension, measure, top) => {
    const all = largest(rows, dimension, measure);
    const answer = await sample.ask(question);
    expect(rounded(answer.rows)).toEqual(rounded(all.slice(0, top)));
    const beyond = all.slice(top).filter((row) => last(row) === last(all[top - 1])).length;
    expect(more(answer.warnings)).toEqual(tied(beyond));
  });

  test("periods by size instead of by date", async () => {
    const gold = largest(sales(), months, revenue).sort((a, b) => last(b) - last(a));
    expect(rounded((await sample.ask("revenue by month, top 3")).rows)).toEqual(rounded(gold.slice(0, 3)));
    expect(rounded((await sample.ask("revenue by month, highest first")).rows)).toEqual(rounded(gold));
  });

  test("bottom 3 categories by revenue", async () => {
    const gold = largest(sales(), category, revenue).reverse().slice(0, 3);
    expect(rounded((await sample.ask("bottom 3 categories by revenue")).rows)).toEqual(rounded(gold));
  });

  const FIRST: [question: string, rows: readonly NaiveRow[], by: By, measure: Measure, least?: true][] = [
    ["which category has the most purchases", sales(), category, count],
    ["which product has the most purchases in March", sales(month(3)), product, count],
    ["most popular product in April", sales(month(4)), product, count],
    ["least popular category", sales(), category, count, true],
    ["which country has the most customers who bought jewelry", customers.filter(bought(jewelry)), country, count],
  ];
  test.each(FIRST)(
    "%s: all who share the first place, and how many they are",
    async (question, rows, dimension, measure, least) => {
      const all = largest(rows, dimension, measure);
      const best = (least ? Math.min : Math.max)(...all.map(last));
      const gold = all.filter((row) => last(row) === best);
      const answer = await sample.ask(question);
      expect(rounded(answer.rows)).toEqual(rounded(gold));
      const each = gold.length > 1 ? ` each, a tie of ${gold.length}` : "";
      expect(answer.answer).toContain(`${gold.map(([name]) => name).join(", ")}: ${best}${each}`);
    },
  );
});

describe("customers by what they did", () => {
  const never = customers.filter((c) => !bought(jewelry)(c));
  const BUYERS: [question: string, of: readonly NaiveRow[], test: Test, measure: Measure, top: number][] = [
    ["top 5 customers by revenue in May", customers, both(purchase, month(5)), revenue, 5],
    ["top 10 buyers of jewelry", customers, both(purchase, jewelry), count, 10],
    ["top 5 buyers in May", customers, both(purchase, month(5)), count, 5],
    ["top 3 customers by number of purchases in April", customers, both(purchase, month(4)), count, 3],
    ["top 3 customers by number of orders in May", customers, both(purchase, month(5)), orders, 3],
    ["top 3 customers by number of views in May", customers, both(view, month(5)), count, 3],
    ["top 5 customers by revenue from jewelry", customers, both(purchase, jewelry), revenue, 5],
    ["top 3 women by revenue in May", customers.filter(women), both(purchase, month(5)), revenue, 3],
    ["top 3 customers who never bought jewelry by revenue in May", never, both(purchase, month(5)), revenue, 3],
    ["who spent the most in May", customers, both(purchase, month(5)), revenue, 1],
    ["who spent the most on jewelry", customers, both(purchase, jewelry), revenue, 1],
  ];
  const goldOf = BUYERS.map(([, of, done, measure]) => ranked(of, done, measure));

  test.each(BUYERS.map((row, i) => [...row, i] as const))("%s", async (question, _of, _done, _measure, top, i) => {
    const all = goldOf[i] ?? [];
    const { kind, columns, rows, warnings } = await sample.ask(question);
    expect(kind).toBe("customers");
    const id = columns.indexOf("customer_id");
    expect(rows.map((row) => [row[id], row.at(-1)])).toEqual(all.slice(0, top).map((one) => [one.id, one.measure]));
    const beyond = all.slice(top).filter((one) => one.measure === all[top - 1]?.measure).length;
    expect(more(warnings)).toEqual(tied(beyond));
  });

  test("some of these end in a tie", () => {
    const ties = goldOf.filter((all, i) => {
      const top = BUYERS[i]?.[4] ?? 0;
      return all[top - 1]?.measure === all[top]?.measure;
    });
    expect(ties.length).toBeGreaterThanOrEqual(2);
  });
});
