import type { Catalogue, Column } from "../../src/criteria/catalogue.js";
import type { Observation, ToolOutcome } from "../../src/model/model.js";

const column = (name: string, type: Column["type"] = "text", values: string[] | null = null): Column => ({
  ...{ name, type, comment: "", filled: 1, distinct: null, min: null, max: null },
  values: values?.map((value) => ({ value, rows: 1 })) ?? null,
});

const CATALOGUE: Catalogue = {
  views: {
    customers: {
      ...{ comment: "", rows: 1500 },
      columns: [
        column("customer_id"),
        column("first_name", "text", ["Anna", "Heike", "Jessica", "Paris"]),
        column("last_name", "text", ["Kowalska", "Weber", "Wilson"]),
        column("country", "text", ["DE", "PL", "FR", "US", "IT"]),
        column("city", "text", ["New York", "Łódź", "Paris"]),
        column("total_spent", "numeric"),
        column("likes_luxury", "boolean"),
      ],
    },
    events: {
      ...{ comment: "", rows: 9000 },
      columns: [
        column("event_type"),
        column("category", "text", ["jewelry", "shoes"]),
        column("product_name", "text", ["Emerald Cocktail Ring", "Levi 501 Jeans"]),
      ],
    },
    interests: { ...{ comment: "", rows: 100 }, columns: [column("dimension")] },
  },
  eventTypes: [
    { value: "purchase", rows: 3 },
    { value: "add_to_cart", rows: 2 },
  ],
  firstEventAt: "2024-01-02T00:00:00Z",
  lastEventAt: "2025-06-16T21:04:11Z",
  numericIds: false,
  version: 1,
};

function found(
  tool: string,
  args: unknown,
  columns: string[],
  rows: ToolOutcome["rows"],
  more: Partial<ToolOutcome> = {},
): Observation {
  const total = more.total ?? rows.length;
  const outcome = {
    columns,
    rows,
    total,
    truncated: rows.length < total,
    stages: [],
    warnings: [],
    embeddingTokens: 0,
  };
  return { call: { tool, args }, outcome: { ...outcome, ...more }, ms: 1 };
}

const sql = (text: string, columns: string[], rows: ToolOutcome["rows"]) =>
  found("sql_analytics", { sql: text }, columns, rows);

/** What a model has seen when it writes the sentences below. */
export const SEEN = {
  question: "How do women over 40 who bought jewelry in the last 60 days compare by country?",
  catalogue: CATALOGUE,
  asOf: "2025-06-16T21:04:11Z",
  given: [],
  earlier: [],
  observations: [
    sql(
      "select country, count(*) as customers, sum(amount) as revenue from customers where age > 40 and total_spent >= 250 group by 1",
      ["country", "customers", "revenue", "avg_order"],
      [
        ["DE", 412, 48210.55, 117.02],
        ["PL", 367, 30122.4, 82.08],
        ["FR", 198, 25990, 131.26],
        ["US", 120, 9876.54, 82.3],
        ["IT", 106, 8450.1, 79.72],
      ],
    ),
    sql(
      "select count(*) as customers, 100.0 * avg(w) as pct_women from customers",
      ["customers", "pct_women", "avg_spent", "median_age"],
      [[1203, 58.4, 1203.6, 43]],
    ),
    sql(
      "select date_trunc('month', event_time) as month, count(*) as orders from events group by 1",
      ["month", "orders"],
      [
        ["2025-03-01T00:00:00Z", 310],
        ["2025-04-01T00:00:00Z", 342],
        ["2025-05-01T00:00:00Z", 401],
      ],
    ),
    found(
      "hybrid_discovery",
      { criteria: { all: [{ attribute: "age", op: ">", value: 40 }] }, intents: ["luxury"] },
      ["customer_id", "first_name", "last_name", "email", "city", "total_spent", "score"],
      [
        ["C-1007", "Anna", "Kowalska", "anna.kowalska@example.com", "Łódź", 5214.3, 0.91],
        ["C-2040", "Heike", "Weber", "heike.weber@example.com", "New York", 4980, 0.88],
        ["C-0311", "Jessica", "Wilson", "jessica.wilson@example.com", "Paris", 4120.75, 0.85],
      ],
      {
        total: 213,
        stages: [
          { stage: "gate", engine: "postgres", rows: 640, ms: 1 },
          { stage: "refine", engine: "sql", rows: 213, ms: 1 },
        ],
      },
    ),
    {
      ...found("sql_analytics", { sql: "select loyalty from customers limit 777" }, [], []),
      failure: { code: "query", message: "no" },
    },
    sql(
      "select product_name, sum(quantity) as units from events group by 1",
      ["product_name", "units"],
      [
        ["Levi 501 Jeans", 88],
        ["Emerald Cocktail Ring", 54],
        ["Gold Hoop 14k", 31],
      ],
    ),
    sql("select count(*) as refunds from events where event_type = 'refund'", ["refunds"], [[0]]),
    sql(
      "select max(event_time) as last_at, min(price) as cheapest from events",
      ["last_at", "cheapest"],
      [["2025-05-28T10:12:00Z", 14.9]],
    ),
    sql(
      "select customer_id, revenue from customers order by revenue desc limit 10",
      ["customer_id", "revenue"],
      [7101.5, 6904, 6688.2, 6500, 6204.1, 5990, 5777.7, 5603, 5214.3, 4980].map((revenue, i) => [
        `C-3${i}00`,
        revenue,
      ]),
    ),
    sql(
      "select avg(repeat) as repeat_share, count(distinct order_id) as orders from events",
      ["repeat_share", "orders"],
      [[0.2384, 1053]],
    ),
    sql(
      "select age_group, count(*) as customers from customers group by 1",
      ["age_group", "customers"],
      [
        ["35-44", 289],
        ["45-54", 311],
        ["55+", 603],
      ],
    ),
  ] satisfies Observation[],
};
