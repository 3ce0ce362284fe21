import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AskedSample, askSample } from "../support/ask-sample.js";
import type { NaiveRow } from "../support/sample.js";
import {
  between,
  both,
  bought,
  by,
  count,
  customers,
  is,
  type Measure,
  men,
  month,
  orderValue,
  revenue,
  rounded,
  sales,
  type Test,
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
const german = is("country", "DE");
const polish = is("country", "PL");
const aged = (low: number): Test => {
  return (c) => typeof c["age"] === "number" && c["age"] >= low;
};
const how = (test: Test) => customers.filter(test).length;
const spent: Measure = (rows) => rows.reduce((sum, c) => sum + Math.round(Number(c["total_spent"]) * 100), 0) / 100;
/** A figure as sentences write it. */
const written = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });

describe("shares of what was done", () => {
  const SHARES: [question: string, part: readonly NaiveRow[], whole: readonly NaiveRow[], measure: Measure][] = [
    ["what percent of revenue comes from women", sales(by(women)), sales(), revenue],
    ["what percent of revenue was in May", sales(month(5)), sales(), revenue],
    ["what percent of purchases were red shoes", sales(shoes, is("color", "red")), sales(), count],
    ["what share of purchases of jewelry came from women", sales(jewelry, by(women)), sales(jewelry), count],
    ["what share of revenue from women came from jewelry", sales(jewelry, by(women)), sales(by(women)), revenue],
    ["what percent of views were by customers who bought jewelry", views(by(bought(jewelry))), views(), count],
    // A period holds for both sides, wherever it stands.
    ["what share of purchases in May were jewelry", sales(month(5), jewelry), sales(month(5)), count],
    ["what share of purchases were jewelry in May", sales(month(5), jewelry), sales(month(5)), count],
    ["what percentage of revenue in April comes from Germany", sales(month(4), by(german)), sales(month(4)), revenue],
    ["what percent of views in May were by women", views(month(5), by(women)), views(month(5)), count],
    ["what percent of purchases were made by women in May", sales(month(5), by(women)), sales(month(5)), count],
    [
      "what percent of revenue comes from women over 40 in Germany in May",
      sales(month(5), by(both(women, german, aged(41)))),
      sales(month(5)),
      revenue,
    ],
    // A period of the customers' own deed is theirs alone.
    [
      "what percent of revenue in May comes from customers who bought jewelry in April",
      sales(month(5), by(bought(both(jewelry, month(4))))),
      sales(month(5)),
      revenue,
    ],
  ];
  test.each(SHARES)("%s", async (question, part, whole, measure) => {
    const share = (100 * measure(part)) / measure(whole);
    const answer = await sample.ask(question);
    expect(answer.value).toBeCloseTo(share, 6);
    expect(rounded(answer.rows)).toEqual(rounded([[measure(part), measure(whole), share]]));
    expect(answer.answer).toContain(`(${written(measure(part))} of ${written(measure(whole))})`);
  });
});

describe("comparisons: both figures and how far they are apart", () => {
  type Side = readonly [label: string, value: number];
  const weekOf = (day: string) => sales(between(day, `${day.slice(0, 8)}${Number(day.slice(8)) + 7}`));
  const COMPARED: [question: string, a: Side, b: Side][] = [
    ["revenue in April vs May", ["April", revenue(sales(month(4)))], ["May", revenue(sales(month(5)))]],
    ["compare revenue in April and May", ["April", revenue(sales(month(4)))], ["May", revenue(sales(month(5)))]],
    [
      "how does revenue in May compare to April",
      ["May", revenue(sales(month(5)))],
      ["April", revenue(sales(month(4)))],
    ],
    ["was revenue higher in May than in April", ["May", revenue(sales(month(5)))], ["April", revenue(sales(month(4)))]],
    [
      "were there more purchases in May than in April",
      ["May", sales(month(5)).length],
      ["April", sales(month(4)).length],
    ],
    [
      "difference in revenue between April and May",
      ["April", revenue(sales(month(4)))],
      ["May", revenue(sales(month(5)))],
    ],
    [
      "revenue in the week of May 5 vs the week of May 12",
      ["the week of May 5", revenue(weekOf("2025-05-05"))],
      ["the week of May 12", revenue(weekOf("2025-05-12"))],
    ],
    ["revenue from jewelry vs shoes", ["jewelry", revenue(sales(jewelry))], ["shoes", revenue(sales(shoes))]],
    [
      "did jewelry or shoes bring in more revenue",
      ["jewelry", revenue(sales(jewelry))],
      ["shoes", revenue(sales(shoes))],
    ],
    ["revenue from men vs women", ["men", revenue(sales(by(men)))], ["women", revenue(sales(by(women)))]],
    [
      "average order value in April vs May",
      ["April", orderValue(sales(month(4)))],
      ["May", orderValue(sales(month(5)))],
    ],
    [
      "number of women in Germany vs Poland",
      ["Germany", how(both(women, german))],
      ["Poland", how(both(women, polish))],
    ],
    [
      "compare the number of purchases of men and women",
      ["men", sales(by(men)).length],
      ["women", sales(by(women)).length],
    ],
    [
      "how many more purchases did women make than men",
      ["women", sales(by(women)).length],
      ["men", sales(by(men)).length],
    ],
    ["did men or women spend more", ["men", spent(customers.filter(men))], ["women", spent(customers.filter(women))]],
    [
      "did men or women spend more on shoes",
      ["men", revenue(sales(shoes, by(men)))],
      ["women", revenue(sales(shoes, by(women)))],
    ],
    [
      "did men or women spend more in May",
      ["men", revenue(sales(month(5), by(men)))],
      ["women", revenue(sales(month(5), by(women)))],
    ],
    [
      "do women spend more on jewelry than men",
      ["women", revenue(sales(jewelry, by(women)))],
      ["men", revenue(sales(jewelry, by(men)))],
    ],
    [
      "number of customers who bought jewelry in April vs May",
      ["April", how(bought(both(jewelry, month(4))))],
      ["May", how(bought(both(jewelry, month(5))))],
    ],
    [
      "what percentage of men vs women bought shoes",
      ["men", (100 * how(both(men, bought(shoes)))) / how(men)],
      ["women", (100 * how(both(women, bought(shoes)))) / how(women)],
    ],
  ];
  test.each(COMPARED)("%s", async (question, a, b) => {
    const { columns, rows, answer } = await sample.ask(question);
    const at = columns.includes("percent") ? columns.indexOf("percent") : 1;
    expect(rounded(rows.map((row) => [row[0], row[at]]))).toEqual(rounded([a, b]));
    const apart = Math.abs(a[1] - b[1]);
    expect(apart).toBeGreaterThan(0);
    const of = written((100 * apart) / Math.min(a[1], b[1]));
    const figures = `${a[0]} ${written(a[1])}, ${b[0]} ${written(b[1])}`;
    expect(answer).toBe(`${figures}; the difference is ${written(apart)} (${of}% of the lower).`);
  });
});
