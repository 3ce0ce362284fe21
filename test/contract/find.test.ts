import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCriteria } from "../../src/criteria/shorthand.js";
import type { Db } from "../../src/db/db.js";
import { createPhraseCache, discover } from "../../src/discovery/discover.js";
import { createMiniLm } from "../../src/embed/minilm.js";
import type { Reason } from "../../src/render/answer.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import { loadedSample } from "../support/loaded-sample.js";
import { type NaiveRow, naiveCustomers, naiveEvents } from "../support/sample.js";
import { STORES, type Store } from "../support/stores.js";

const customers = naiveCustomers();
const events = naiveEvents();
const byCustomer = new Map<unknown, NaiveRow[]>(customers.map((c) => [c["customer_id"], []]));
for (const event of events) byCustomer.get(event["customer_id"])?.push(event);
const newest = events.map((e) => String(e["event_time"])).reduce((a, b) => (a > b ? a : b));

const WEIGHTS: Record<string, number> = { purchase: 3, add_to_cart: 2, view: 1 };
const daysAgo = (days: number) => new Date(Date.parse(newest) - days * 86_400_000).toISOString().slice(0, 19);
const weigh = (list: NaiveRow[]) => list.reduce((sum, e) => sum + (WEIGHTS[String(e["event_type"])] ?? 0), 0);
const isA = (...types: string[]) => {
  return (e: NaiveRow) => types.includes(String(e["event_type"]));
};
const after = (days: number) => (e: NaiveRow) => String(e["event_time"]).slice(0, 19) > daysAgo(days);
const groups = (list: NaiveRow[], column: string) => {
  const found = new Map<unknown, NaiveRow[]>();
  for (const e of list) if (e[column] !== null) found.set(e[column], [...(found.get(e[column]) ?? []), e]);
  return found;
};
const within = (value: NaiveRow[string] | undefined, low: number, high: number) =>
  typeof value === "number" && value >= low && value <= high;

/** Criteria of every shape, each with what it means in plain JavaScript, of a customer and their events. */
const CASES: [name: string, criteria: unknown, meaning: (c: NaiveRow, own: NaiveRow[]) => boolean][] = [
  [
    "equality without case, between, in",
    {
      all: [
        { attribute: "gender", op: "=", value: "f" },
        { attribute: "age", op: "between", value: [30, 50] },
        { attribute: "country", op: "in", value: ["DE", "us", "GB"] },
      ],
    },
    (c) => c["gender"] === "F" && within(c["age"], 30, 50) && ["DE", "US", "GB"].includes(String(c["country"])),
  ],
  [
    "contains, starts_with",
    {
      all: [
        { attribute: "city", op: "contains", value: "ST" },
        { not: { attribute: "first_name", op: "starts_with", value: "m" } },
      ],
    },
    (c) => /st/i.test(String(c["city"] ?? "")) && !/^m/i.test(String(c["first_name"] ?? "")),
  ],
  [
    "is_null, or a test that blanks fail",
    {
      any: [
        { attribute: "age", op: "is_null" },
        { attribute: "age", op: ">", value: 65 },
      ],
    },
    (c) => c["age"] === null || Number(c["age"]) > 65,
  ],
  [
    "not and != include the blanks",
    {
      all: [
        { not: { attribute: "favorite_color", op: "in", value: ["black", "green"] } },
        { attribute: "gender", op: "!=", value: "M" },
      ],
    },
    (c) => !["black", "green"].includes(String(c["favorite_color"])) && c["gender"] !== "M",
  ],
  [
    "event of a category and colors in a rolling period",
    { event: "view", where: { category: "jewelry", color: ["gold", "silver"] }, within: { days: 60 } },
    (_, own) =>
      own
        .filter(isA("view"))
        .filter(after(60))
        .some((e) => e["category"] === "jewelry" && ["gold", "silver"].includes(String(e["color"]))),
  ],
  [
    "event between dates, to excluded, and not another",
    {
      all: [
        { event: ["add_to_cart", "purchase"], within: { from: "2025-05-01", to: "2025-06-01" } },
        { not: { event: "purchase", within: { from: "2025-05-01", to: "2025-06-01" } } },
      ],
    },
    (_, own) => {
      const may = own.filter((e) => String(e["event_time"]).startsWith("2025-05"));
      return may.some(isA("add_to_cart")) && !may.some(isA("purchase"));
    },
  ],
  [
    "count, never",
    {
      all: [
        { event: "view", count: { op: ">=", value: 20 } },
        { event: "purchase", count: { op: "=", value: 0 } },
      ],
    },
    (_, own) => own.filter(isA("view")).length >= 20 && !own.some(isA("purchase")),
  ],
  [
    "count that none meets too",
    {
      all: [
        { event: "add_to_cart", count: { op: "<=", value: 1 } },
        { attribute: "total_spent", op: ">", value: 50 },
      ],
    },
    (c, own) => own.filter(isA("add_to_cart")).length <= 1 && Number(c["total_spent"]) > 50,
  ],
  [
    "sum and average",
    {
      event: "purchase",
      sum: { field: "amount", op: ">", value: 200 },
      avg: { field: "price", op: "<=", value: 120 },
    },
    (_, own) => {
      const bought = own.filter(isA("purchase"));
      const prices = bought.reduce((sum, e) => sum + Math.round(Number(e["price"]) * 100), 0);
      return bought.reduce((sum, e) => sum + Number(e["cents"]), 0) > 20_000 && prices <= 12_000 * bought.length;
    },
  ],
  [
    "the same product, often; distinct categories",
    {
      all: [
        { event: "view", same: "product", count: { op: ">=", value: 3 } },
        { event: "any", count: { op: ">=", value: 4, distinct: "category" } },
      ],
    },
    (_, own) =>
      [...groups(own.filter(isA("view")), "product_id").values()].some((g) => g.length >= 3) &&
      groups(own, "category").size >= 4,
  ],
  [
    "abandoned: not followed by a purchase of the same product",
    { event: "add_to_cart", within: { weeks: 4 }, not_followed_by: "purchase" },
    (_, own) =>
      own
        .filter(isA("add_to_cart"))
        .filter(after(28))
        .some(
          (cart) =>
            !own.some(
              (e) =>
                isA("purchase")(e) &&
                e["product_id"] === cart["product_id"] &&
                String(e["event_time"]) > String(cart["event_time"]),
            ),
        ),
  ],
  [
    "share and weight of an interest",
    {
      all: [
        {
          interest: "category",
          value: ["jewelry", "shoes"],
          share: { op: ">=", value: 0.25 },
          weight: { op: ">", value: 4 },
        },
        { not: { interest: "color", value: "black" } },
      ],
    },
    (_, own) => {
      const weighed = own.filter((e) => WEIGHTS[String(e["event_type"])]);
      const categories = groups(weighed, "category");
      const all = weigh([...categories.values()].flat());
      const strong = ["jewelry", "shoes"].some((name) => {
        const weight = weigh(categories.get(name) ?? []);
        return weight > 4 && weight / all >= 0.25;
      });
      return strong && !groups(weighed, "color").has("black");
    },
  ],
  [
    "dates and times of a customer",
    {
      all: [
        { attribute: "signup_date", op: "<", value: "2024-01-01" },
        { attribute: "last_seen_at", op: ">=", value: "2025-06-20" },
      ],
    },
    (c, own) =>
      c["signup_date"] !== null &&
      String(c["signup_date"]) < "2024-01-01" &&
      own.some((e) => String(e["event_time"]) >= "2025-06-20"),
  ],
  [
    "any in all in not",
    {
      any: [
        {
          all: [
            { attribute: "age", op: ">=", value: 40 },
            { not: { any: [{ event: "purchase" }, { attribute: "gender", op: "=", value: "M" }] } },
          ],
        },
        { not: { not: { event: "refund" } } },
      ],
    },
    (c, own) =>
      (Number(c["age"] ?? 0) >= 40 && !own.some(isA("purchase")) && c["gender"] !== "M") || own.some(isA("refund")),
  ],
  [
    "shorthand",
    { age_range: [25, 45], gender: "F", purchase_history: { min_purchases: 2 }, last_active_days: 14 },
    (c, own) =>
      within(c["age"], 25, 45) && c["gender"] === "F" && own.filter(isA("purchase")).length >= 2 && own.some(after(14)),
  ],
];

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`find: ${kind.title}`, () => {
    const embedder = createMiniLm();
    let store: Store;
    let db: Db;

    beforeAll(async () => {
      store = await loadedSample(kind, embedder);
      db = await store.open();
      const counts = "select (select count(*) from audience.customers), (select count(*) from audience.events)";
      expect((await db.query(counts)).rows).toEqual([[customers.length, events.length]]);
    });
    afterAll(async () => {
      await db?.close();
      await store?.remove();
    });

    async function find(
      input: unknown,
      more: { limit?: number; order?: { column: string; descending: boolean } } = {},
    ) {
      const catalogue = await loadCatalogue(db);
      const phrases = createPhraseCache(db, embedder);
      return discover(
        {
          criteria: parseCriteria(input, catalogue).criteria,
          intents: [],
          minScore: 0.25,
          limit: null,
          asOf: String(catalogue.lastEventAt),
          asOfGiven: false,
          ...more,
        },
        {
          db,
          catalogue,
          refiner: createInSqlRefiner(),
          embedder,
          phrases: () => phrases(catalogue.version),
          clock: () => performance.now(),
        },
      );
    }
    const naive = (meaning: (c: NaiveRow, own: NaiveRow[]) => boolean) =>
      customers
        .filter((c) => meaning(c, byCustomer.get(c["customer_id"]) ?? []))
        .map((c) => c["customer_id"])
        .sort((a, b) => Number(a) - Number(b));

    test.each(CASES)("%s", async (_, criteria, meaning) => {
      const found = await find(criteria);
      const expected = naive(meaning);
      expect(expected.length).toBeGreaterThan(0);
      expect(expected.length).toBeLessThan(customers.length);
      expect(found.rows.map((row) => row[0])).toEqual(expected);
      expect(found.total).toBe(expected.length);
    });

    test("a limit keeps the total and the order", async () => {
      const [, criteria, meaning] = CASES[2] as (typeof CASES)[number];
      const found = await find(criteria, { limit: 3 });
      expect(found.rows.map((row) => row[0])).toEqual(naive(meaning).slice(0, 3));
      expect(found.total).toBe(naive(meaning).length);
    });

    test("a list is ordered by a column, blanks last, ties by id", async () => {
      const found = await find({}, { order: { column: "age", descending: true } });
      const expected = [...customers].sort(
        (a, b) =>
          Number(b["age"] ?? -1) - Number(a["age"] ?? -1) || Number(a["customer_id"]) - Number(b["customer_id"]),
      );
      expect(found.rows.map((row) => row[0])).toEqual(expected.map((c) => c["customer_id"]));
      await expect(find({}, { order: { column: "agee", descending: true } })).rejects.toMatchObject({
        code: "usage",
        hint: "Did you mean age?",
      });
    });

    test("the evidence is of the events that met the condition", async () => {
      const few = { event: "purchase", count: { op: ">=", value: 3 } };
      const often = { event: "view", same: "product", count: { op: ">=", value: 3 } };
      const { rows, columns } = await find({ any: [few, often] });
      const expected = naive(() => true).flatMap((id) => {
        const own = byCustomer.get(id) ?? [];
        const bought = own.filter(isA("purchase")).length;
        const sizes = [...groups(own.filter(isA("view")), "product_id").values()].map((g) => g.length);
        const viewed = sizes.filter((size) => size >= 3).reduce((sum, size) => sum + size, 0);
        const counts = [...(bought >= 3 ? [bought] : []), ...(viewed > 0 ? [viewed] : [])];
        return counts.length > 0 ? [[id, counts]] : [];
      });
      const why = columns.indexOf("why");
      expect(rows.map((row) => [row[0], (row[why] as Reason).evidence.map((e) => e.count)])).toEqual(expected);
    });
  });
}
