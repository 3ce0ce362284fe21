import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRulesPlanner } from "../../src/planner/rules.js";
import type { Answer } from "../../src/render/answer.js";
import { type AskedSample, askSample } from "../support/ask-sample.js";
import {
  average,
  both,
  bought,
  by,
  column,
  count,
  customers,
  did,
  is,
  median,
  men,
  month,
  ofCustomer,
  offered,
  orders,
  orderValue,
  percent,
  type Row,
  revenue,
  rounded,
  sales,
  type Test,
  table,
  view,
  views,
  women,
} from "./gold.js";
import { SHOP } from "./shop-catalogue.js";

let sample: AskedSample;
beforeAll(async () => {
  sample = await askSample();
});
afterAll(() => sample?.close());

const shoes = is("category", "shoes");
const socks = is("category", "socks");
const jewelry = is("category", "jewelry");
const red = is("color", "red");
const german = is("country", "DE");
const polish = is("country", "PL");
const over = (age: number): Test => {
  return (c) => Number(c["age"] ?? -1) > age;
};
const never = (what: Test): Test => {
  return (c) => !bought(what)(c);
};
const how = (...tests: Test[]) => customers.filter(both(...tests)).length;
const share = (part: Test, ...of: Test[]) => percent(part)(customers.filter(both(...of)));

/** Questions of one session, and the number that answers the last one, counted from the rows of the files. */
const FIGURES: [chain: string, gold: number][] = [
  // Narrower.
  ["how many customers bought shoes > only women", how(bought(shoes), women)],
  ["how many customers bought shoes > just the women", how(bought(shoes), women)],
  ["how many customers bought shoes > women only", how(bought(shoes), women)],
  ["how many customers bought shoes > women", how(bought(shoes), women)],
  ["how many customers bought shoes > women?", how(bought(shoes), women)],
  ["how many customers bought shoes > only those in Germany", how(bought(shoes), german)],
  ["how many customers bought shoes > in Germany?", how(bought(shoes), german)],
  ["how many customers bought shoes > Germany?", how(bought(shoes), german)],
  ["how many customers bought shoes > and over 40", how(bought(shoes), over(40))],
  ["how many customers bought shoes > over 40?", how(bought(shoes), over(40))],
  ["how many women bought shoes > but not in Germany", how(bought(shoes), women, (c) => !german(c))],
  ["how many customers bought shoes > without women", how(bought(shoes), (c) => !women(c))],
  ["how many customers bought shoes > who also bought socks", how(bought(shoes), bought(socks))],
  ["how many customers bought shoes > but never bought socks", how(bought(shoes), never(socks))],
  ["how many customers bought shoes > and also bought socks", how(bought(shoes), bought(socks))],
  ["how many customers bought shoes > only those who bought socks", how(bought(shoes), bought(socks))],
  ["how many customers bought shoes > only women over 40 in Germany", how(bought(shoes), women, over(40), german)],
  ["how many customers bought shoes > only red ones", how(bought(both(shoes, red)))],
  ["how many customers bought shoes > only in May 2025", how(bought(both(shoes, month(5))))],
  ["how many customers bought shoes or socks > only women > only shoes", how(bought(shoes), women)],
  ["how many customers are in Germany or over 60 > only women", how((c) => german(c) || over(60)(c), women)],
  ["how many customers over 40 > only under 60", how(over(40), (c) => Number(c["age"]) < 60)],
  ["how many customers in Germany or Poland > only in Poland", how(polish)],
  ["how many women bought shoes > women only", how(women, bought(shoes))],
  // Other.
  ["how many women bought shoes > and men?", how(men, bought(shoes))],
  ["how many women bought shoes > what about men?", how(men, bought(shoes))],
  ["how many women bought shoes > how about men", how(men, bought(shoes))],
  ["how many women bought shoes > and what about men?", how(men, bought(shoes))],
  ["how many women bought shoes > men instead", how(men, bought(shoes))],
  ["how many women bought shoes > men?", how(men, bought(shoes))],
  ["how many women in Germany bought shoes > same for Poland", how(women, polish, bought(shoes))],
  ["how many women bought shoes > same for Germany", how(women, german, bought(shoes))],
  ["how many women in Berlin > what about Poland", how(women, polish)],
  ["how many women bought shoes > how about socks?", how(women, bought(socks))],
  ["how many women bought shoes > and for jewelry?", how(women, bought(jewelry))],
  ["how many customers bought red shoes > and socks?", how(bought(both(red, socks)))],
  ["how many customers bought red shoes > and blue?", how(bought(both(is("color", "blue"), shoes)))],
  ["how many customers never bought shoes > and socks?", how(never(socks))],
  ["how many customers bought shoes in May 2025 > and in April?", how(bought(both(shoes, month(4))))],
  ["how many customers bought shoes in May 2025 > in April instead", how(bought(both(shoes, month(4))))],
  ["how many customers bought shoes > and last month?", how(bought(both(shoes, month(5))))],
  [
    "how many customers viewed shoes but never bought shoes in May 2025 > and in April?",
    how(did(both(view, shoes, month(4))), never(both(shoes, month(4)))),
  ],
  ["how many customers over 40 > what about over 60", how(over(60))],
  ["how many customers over 40 > and over 60?", how(over(60))],
  ["how many customers spent more than 500 > and over 1000?", how((c) => Number(c["total_spent"] ?? 0) > 1000)],
  ["how many customers spent more than 500 > aged over 40", how((c) => Number(c["total_spent"] ?? 0) > 500, over(40))],
  [
    "how many customers signed up in 2024 > and in 2023?",
    how((c) => String(c["signup_date"] ?? "").startsWith("2023")),
  ],
  ["how many customers bought shoes at least twice > and socks?", how(bought(socks, (n) => n >= 2))],
  ["customers whose favorite color is red > and blue? > how many", how(is("favorite_color", "blue"))],
  // Shares.
  ["what percentage of women bought shoes > and men?", share(bought(shoes), men)],
  ["what percentage of women bought shoes > only in Germany", share(bought(shoes), women, german)],
  ["what percentage of women bought shoes > and socks?", share(bought(socks), women)],
  ["what percentage of customers are women > and men?", share(men)],
  ["what percentage of women bought shoes > how many is that", how(women, bought(shoes))],
  ["how many women > as a share", share(women)],
  ["how many women over 40 > as a share of women", share(over(40), women)],
  ["how many women over 40 > as a percentage of all customers", share(both(women, over(40)))],
  // Statistics and what was done.
  ["average age of women > and men?", average("age")(customers.filter(men))],
  ["average age of women > in Germany", average("age")(customers.filter(both(women, german)))],
  ["average age of women > and the median?", median("age")(customers.filter(women))],
  ["how many women in Germany > the average age", average("age")(customers.filter(both(women, german)))],
  [
    "list women in Germany > what did they spend on average",
    average("total_spent")(customers.filter(both(women, german))),
  ],
  ["average age of women in Germany > how many are there", how(women, german)],
  ["revenue in May 2025 > only shoes", revenue(sales(month(5), shoes))],
  ["revenue in May 2025 > from women", revenue(sales(month(5), by(women)))],
  ["revenue in May 2025 > from women over 40", revenue(sales(month(5), by(both(women, over(40)))))],
  ["revenue in May 2025 > only women", revenue(sales(month(5), by(women)))],
  ["revenue from shoes in May 2025 > and socks?", revenue(sales(month(5), socks))],
  ["revenue from shoes in May 2025 > and in April?", revenue(sales(month(4), shoes))],
  ["revenue in May 2025 > and the number of orders?", orders(sales(month(5)))],
  ["revenue in May 2025 > and average order value?", orderValue(sales(month(5)))],
  ["number of purchases in May 2025 > and views?", views(month(5)).length],
  // Chains.
  ["how many customers bought shoes > only women > and men? > only in Germany", how(bought(shoes), men, german)],
  ["how many women > list them > only in Germany > how many are there", how(women, german)],
  ["how many women bought shoes > and in Atlantis? > and men?", how(men, bought(shoes))],
  ["how many men in Germany > and how many of them bought shoes", how(men, german, bought(shoes))],
  ["how many women bought shoes > how many customers are in Germany > only men", how(german, men)],
];

describe("figures of follow-ups", () => {
  test.each(FIGURES)("%s", async (chain, gold) => {
    const { last } = await askChain(chain);
    expect(gold).toBeGreaterThan(0);
    expect(last.value).toBeCloseTo(gold, 6);
  });
});

/** The same with a table at the end. */
const TABLES: [chain: string, gold: Row[]][] = [
  [
    "how many customers bought shoes > only women > by country",
    table(customers.filter(both(bought(shoes), women)), [column("country")], count),
  ],
  [
    "how many customers bought shoes > only women > by country > and last month?",
    table(customers.filter(both(bought(both(shoes, month(5))), women)), [column("country")], count),
  ],
  ["how many customers > by country > and by gender?", table(customers, [column("gender")], count)],
  ["how many customers > by country and gender", table(customers, [column("country"), column("gender")], count)],
  ["list women in Germany > how many by city", table(customers.filter(both(women, german)), [column("city")], count)],
  ["average age of women > per country", table(customers.filter(women), [column("country")], average("age"))],
  ["customers by country > the average age", table(customers, [column("country")], average("age"))],
  ["revenue in May 2025 > by category", table(sales(month(5)), [column("category")], revenue)],
  ["revenue in May 2025 > by category > only women", table(sales(month(5), by(women)), [column("category")], revenue)],
  [
    "revenue from women in May 2025 > by category > by country instead",
    table(sales(month(5), by(women)), [ofCustomer(column("country"))], revenue),
  ],
  [
    "number of purchases by category in May 2025 > top 3 > and in April?",
    table(sales(month(4)), [column("category")], count).slice(0, 3),
  ],
];

describe("tables of follow-ups", () => {
  test.each(TABLES)("%s", async (chain, gold) => {
    const { last } = await askChain(chain);
    expect(gold.length).toBeGreaterThan(0);
    expect(rounded(last.rows)).toEqual(rounded(gold));
  });
});

/** The last answer is that of the whole question. */
const SPELLED_OUT: [chain: string, whole: string][] = [
  ["how many women bought shoes > list them", "list women who bought shoes"],
  ["how many women bought shoes > who are they", "list women who bought shoes"],
  ["how many women bought shoes > show their emails", "list the email of women who bought shoes"],
  ["list women in Germany > sorted by total spent", "list women in Germany sorted by total spent"],
  ["list women in Germany > top 5 by total spent", "top 5 women in Germany by total spent"],
  ["top 10 customers by total spent > only women", "top 10 women by total spent"],
  ["top 10 women by total spent > and men? > top 5", "top 5 men by total spent"],
  ["women in Germany > and in Poland?", "women in Poland"],
  ["how many customers > by country > top 3", "top 3 countries by number of customers"],
  ["customers by country > as a share", "percentage of customers by country"],
  ["what percentage of customers bought shoes > by country", "what percentage of customers bought shoes by country"],
  ["top 5 buyers of shoes > and socks?", "top 5 buyers of socks"],
  ["top 5 buyers of shoes > in May 2025", "top 5 buyers of shoes in May 2025"],
  ["when was the last purchase of shoes > and socks?", "when was the last purchase of socks"],
  ["compare revenue of men and women in May 2025 > and in April?", "compare revenue of men and women in April 2025"],
  ["what share of revenue comes from women > and men?", "what share of revenue comes from men"],
  ["what share of revenue comes from women > in May 2025", "in May 2025, what share of revenue comes from women"],
  ["top 2 customers per country by total spent > only women", "top 2 women per country by total spent"],
  [
    "how many customers abandoned a cart in May 2025 > and in April?",
    "how many customers abandoned a cart in April 2025",
  ],
  ["how many customers bought only shoes > in May 2025", "how many customers bought only shoes in May 2025"],
  ["how many customers bought something per month > only women", "how many women bought something per month"],
];

describe("follow-ups spelled out", () => {
  test.each(SPELLED_OUT)("%s", async (chain, whole) => {
    const { last } = await askChain(chain);
    const full = await sample.ask(whole);
    expect(full.kind).not.toBe("refusal");
    const told = ({ kind, value, columns, rows }: Answer) => ({ kind, value, columns, rows });
    expect(told(last)).toEqual(told(full));
  });
});

/** The last question is refused, though all before it are answered; with what it offers instead. */
const REFUSED: [chain: string, offers?: string[]][] = [
  ["only women"],
  ["and men?"],
  ["what about men"],
  ["who also bought socks"],
  ["in May instead"],
  ["customers like 5 > only women"],
  ["customers like 5 > and men?"],
  ["details of customer 5 > only women"],
  ["who spent the most > only women"],
  ["how many women bought shoes > only men", ["what about men"]],
  ["how many women > and men as well", ["what about men"]],
  ["how many customers over 40 > and under 60?", ["only under 60", "what about under 60"]],
  ["how many customers over 50 > only under 20", ["what about under 20"]],
  ["how many customers bought shoes in May 2025 > who also bought socks"],
  ["how many customers bought shoes in May and socks in April > and in June?"],
  ["how many customers bought shoes but never bought socks > and jewelry?"],
  ["how many customers bought shoes > bought socks", ["who also bought socks"]],
  ["how many customers bought shoes > what about those who bought socks", ["only those who bought socks"]],
  ["how many customers bought shoes > but never bought shoes"],
  ["how many customers in Germany > but not in Germany"],
  ["how many customers bought something > only shoes", ["what about shoes"]],
  ["how many customers bought shoes > only socks", ["what about socks"]],
  ["how many customers are in Germany or over 60 > and in Poland?"],
  ["how many women > in May 2025"],
  ["how many women > and shoes?"],
  ["how many customers spent more than 500 > in May 2025"],
  ["how many customers spent more than 500 > over 40", ["and aged over 40"]],
  ["revenue in May 2025 > over 40", ["and aged over 40"]],
  ["customers by country > over 40", ["and aged over 40"]],
  ["how many women over 40 bought shoes > as a share", ["as a share of all customers"]],
  ["how many women bought shoes > what did they spend on average", ["their average total spent"]],
  ["how many women in Germany > and in Berlin?", ["only in Berlin", "what about in Berlin"]],
  ["how many women bought shoes > and how many men?", ["and men", "how many men"]],
  ["how many women bought shoes > and who bought socks", ["who also bought socks", "who bought socks"]],
  ["what percentage of women bought shoes > who also bought socks"],
  ["what percentage of customers are women > only men"],
  ["list women in Germany > by city", ["how many by city"]],
  ["top 10 customers by total spent > sorted by age"],
  ["top 10 customers by total spent > how many of those bought shoes"],
  ["top 10 customers by total spent > how many"],
  ["customers whose last purchase was in the last 30 days > and in May 2025?"],
  ["compare revenue of men and women in May 2025 > and women?"],
  ["compare average age of men and women > and women"],
  ["how many women > their revenue", ["show their revenue", "their total revenue", "their average revenue"]],
  ["how many customers bought shoes > at least 2"],
  ["how many customers bought shoes > at least twice"],
  ["revenue without a customer id > only women"],
  ["revenue in May 2025 > the average age", ["the average age of all customers"]],
  ["revenue in May 2025 > how many"],
  ["revenue in May 2025 > list them"],
  ["how many women bought shoes > and foo?"],
  ["how many women bought shoes > and men please or socks"],
  ["how many women bought shoes > and"],
  ["how many women bought shoes > and men, maybe"],
];

describe("follow-ups that are refused", () => {
  test.each(REFUSED)("%s", async (chain, offers) => {
    const { answers, last } = await askChain(chain);
    expect(answers.slice(0, -1).filter(({ kind }) => kind === "refusal")).toEqual([]);
    expect(last.kind).toBe("refusal");
    if (offers) expect(offered(last.warnings)).toEqual(offers);
    if (answers.length === 1) expect(last.answer).toContain("earlier question");
  });
});

/** Whole questions in a session are read as if it had none. */
const WHOLE = [
  "how many women are there",
  "how many customers bought socks",
  "women over 40",
  "who bought socks",
  "customers in Germany",
  "what is the average age",
  "just how many customers are there",
  "just the number of women in Germany",
  "just the average age of women",
  "just revenue in May 2025",
  "just list women in Germany",
  "revenue by country",
];

describe("whole questions", () => {
  test.each(WHOLE)("%s", async (question) => {
    const { last } = await askChain(`how many men bought shoes in May 2025 > ${question}`);
    const alone = await sample.ask(question);
    expect(alone.kind).not.toBe("refusal");
    expect([last.reading, last.value, last.rows]).toEqual([alone.reading, alone.value, alone.rows]);
  });

  test("say how a fragment could narrow the one before", async () => {
    const { last } = await askChain("how many customers bought shoes > women over 40");
    expect(last.warnings).toContain('Read as a question of its own; "only women over 40" would narrow the one before.');
  });
});

describe("what is said", () => {
  test.each([
    ["how many customers bought shoes > only women", "gender is F was added"],
    ["how many women bought shoes > and men?", "gender is M instead of gender is F"],
    [
      "how many customers bought shoes in May 2025 > and in the last 30 days",
      "in the last 30 days instead of from 2025-05-01 through 2025-05-31",
    ],
    ["how many women bought shoes > and socks?", "socks (category) instead of shoes (category)"],
    ["customers by country > by gender", "by gender instead of by country"],
    ["how many women > and men over 40", "gender is M instead of gender is F; age > 40 was added"],
    ["how many women bought shoes > and red shoes?", "red (color) was added"],
    ["how many women > women only", "nothing, as gender is F was said already"],
  ])("%s", async (chain, changed) => {
    const { last } = await askChain(chain);
    expect(last.reading).toMatch(/ \(changed: .*\)$/);
    expect(last.reading).toContain(`(changed: ${changed})`);
  });
});

describe("a session that is taken up again", () => {
  const time = { asOf: "2025-06-16T20:00:00Z", asOfGiven: false };
  const planner = createRulesPlanner(SHOP, {});

  test("knows what the last question that was read asked", () => {
    const earlier = ["how many women bought jewelry", "what about men", "xyzzy"];
    const found = planner.recall(earlier, time);
    const asked = planner("how many men bought jewelry", time).asked;
    expect(found?.query).toEqual(asked?.query);
    expect(planner("only in TX", time, found).asked?.criteria).toEqual({
      all: [
        { attribute: "gender", op: "=", value: "M" },
        { event: "purchase", where: { category: "jewelry" } },
        { attribute: "state", op: "=", value: "TX" },
      ],
    });
  });

  test("knows nothing where nothing was read", () => {
    expect(planner.recall([], time)).toBeUndefined();
    expect(planner.recall(["xyzzy", "only women"], time)).toBeUndefined();
  });

  test("keeps a name that the user has defined as it is", () => {
    const own = createRulesPlanner(SHOP, {
      "jewelry VIPs": { event: "purchase", where: { category: "jewelry" }, count: { op: ">=", value: 5 } },
    });
    const before = own.recall(["how many jewelry VIPs"], time);
    expect(before).toBeDefined();
    expect(own("and in May?", time, before).asked).toBeUndefined();
    expect(own("and electronics?", time, before).asked).toBeUndefined();
    expect(own("only women", time, before).asked).toBeDefined();
  });
});

async function askChain(chain: string): Promise<{ answers: Answer[]; last: Answer }> {
  const answers = await sample.chain(chain.split(" > "));
  return { answers, last: answers.at(-1) as Answer };
}
