import { describe, expect, it } from "vitest";
import { AppError } from "../lib/errors.js";
import type { Catalogue, Column, ColumnType } from "./catalogue.js";
import { eventConditions } from "./compile.js";
import { sayCriteria } from "./say.js";
import { parseCriteria } from "./shorthand.js";

function column(name: string, type: ColumnType, values: string[] | null = null, filled = 10): Column {
  const stored = values?.map((value) => ({ value, rows: 1 })) ?? null;
  return { name, type, comment: "", filled, distinct: stored?.length ?? null, values: stored, min: null, max: null };
}

const catalogue: Catalogue = {
  views: {
    customers: {
      comment: "",
      rows: 10,
      columns: [
        column("customer_id", "text"),
        column("gender", "text", ["F", "M"]),
        column("age", "integer"),
        column("age_group", "text", ["25-34", "35-44"]),
        column("country", "text", ["US", "PL", "Georgia"]),
        column("state", "text", ["Texas", "Georgia"]),
        column("city", "text", ["Warsaw", "New York"]),
        column("kids_flag", "boolean"),
        column("total_spent", "numeric"),
        column("signup_date", "date"),
        column("last_seen_at", "timestamp"),
        column("nickname", "text", [], 0),
      ],
    },
    events: {
      comment: "",
      rows: 10,
      columns: [
        column("event_type", "text", ["purchase", "add_to_cart", "view", "refund", "checkout"]),
        column("event_time", "timestamp"),
        column("order_id", "text"),
        column("product_id", "text"),
        column("product_name", "text", ["Gold ring"]),
        column("category", "text", ["jewelry", "shoes"]),
        column("color", "text", ["gold", "silver"]),
        column("price", "numeric"),
        column("quantity", "integer"),
        column("amount", "numeric"),
      ],
    },
    interests: { comment: "", rows: 10, columns: [column("dimension", "text"), column("value", "text")] },
  },
  eventTypes: ["purchase", "add_to_cart", "view", "refund", "checkout"].map((value) => ({ value, rows: 1 })),
  firstEventAt: "2025-01-01T00:00:00Z",
  lastEventAt: "2025-06-16T00:00:00Z",
  numericIds: false,
  version: 1,
};

const parse = (input: unknown) => parseCriteria(input, catalogue);
const say = (input: unknown) => sayCriteria(parse(input).criteria, catalogue);

function problem(input: unknown): string {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof AppError && error.code === "usage") return `${error.message} | ${error.hint ?? ""}`;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(input)}`);
}

const age = { attribute: "age", op: ">", value: 40 };
const nest = (levels: number): unknown => (levels === 0 ? age : { not: nest(levels - 1) });

describe("what is wrong", () => {
  it.each<[unknown, string]>([
    [
      { all: [age, { attribute: "agee", op: "=", value: 3 }] },
      'all[1].attribute: unknown attribute "agee". | Did you mean age',
    ],
    [{ attribute: "category", op: "=", value: "x" }, "It is a column of events"],
    [{ attribute: "age", op: "=", valeu: 3 }, 'unknown key "valeu". | Did you mean value?'],
    [{ agee: 3 }, 'agee: unknown attribute or key "agee". | Did you mean age'],
    [{ last_active_day: 3 }, "Did you mean last_active_days?"],
    [{ atribute: "age", op: "=", value: 1 }, "Did you mean attribute?"],
    [{ attribute: "age", op: "=", value: "40" }, 'value: age is a number, not "40". | Write 40, without quotes.'],
    [{ attribute: "age", op: "=", value: null }, "is_null"],
    [{ attribute: "age", op: "=", value: Number.NaN }, "not a finite number"],
    [{ attribute: "age", op: "contains", value: "4" }, "contains does not fit age, which is integer"],
    [{ attribute: "age", op: "=>", value: 4 }, 'unknown op "=>"'],
    [{ attribute: "age", value: [1, 2] }, "a list needs an op"],
    [{ attribute: "age_group", op: ">", value: 40 }, 'values such as "25-34"'],
    [{ attribute: "age", op: "between", value: [40, 30] }, "the lower value 40 is above the upper 30"],
    [{ attribute: "age", op: "between", value: [40] }, "between takes two values"],
    [{ attribute: "age", op: "in", value: [] }, "an empty list"],
    [{ attribute: "kids_flag", op: "=", value: 1 }, "kids_flag is true or false"],
    [{ attribute: "gender", op: "=", value: 1 }, 'Write "1".'],
    [{ attribute: "gender", op: "contains", value: " " }, "the text is empty"],
    [{ attribute: "gender", op: "=", value: "a\0b" }, "NUL"],
    [{ attribute: "signup_date", op: ">", value: "2025-02-30" }, '"2025-02-30" is none. | Write YYYY-MM-DD.'],
    [{ attribute: "signup_date", op: "between", value: ["2025-03-01", "2025-02-01"] }, "is above the upper"],
    [{ all: [] }, "all: the list is empty. | {} stands for everyone."],
    [{ any: [{ any: [] }] }, "any[0].any: the list is empty."],
    [{ all: [{}] }, "all[0]: the condition is empty."],
    [{ all: [age], any: [age] }, "all and any stand in one object"],
    [{ not: [age] }, "not: expected a condition"],
    [{ not: { gender: "any" } }, "not of everyone is nobody"],
    [[], "criteria: expected a condition"],
    [null, "criteria: expected a condition"],
    ["women", "criteria: expected a condition"],
    [nest(21), "nested deeper than 20"],
    [{ event: "purchse" }, "The data has: purchase, add_to_cart, view, refund, checkout."],
    [{ event: [] }, "no event type"],
    [{ event: "purchase", age: 3 }, 'unknown key "age"'],
    [
      { event: "purchase", where: { categry: "shoes" } },
      'where.categry: unknown column of events "categry". | Did you mean category?',
    ],
    [{ event: "purchase", where: { country: "US" } }, "It is a customer's"],
    [{ event: "purchase", where: { category: null } }, "where.category: category needs a value"],
    [{ event: "purchase", where: { price: { op: ">", value: "9" } } }, "where.price.value: price is a number"],
    [{ event: "purchase", where: { product: "Gold ring", product_name: "Gold ring" } }, "given twice"],
    [JSON.parse('{"event":"purchase","where":{"__proto__":1}}'), "unknown column of events"],
    [{ event: "purchase", within: { days: -1 } }, "within.days: expected a whole number above 0"],
    [{ event: "purchase", within: { days: Number.POSITIVE_INFINITY } }, "within.days"],
    [{ event: "purchase", within: { days: Number.NaN } }, "within.days"],
    [{ event: "purchase", within: { day: 1 } }, "Did you mean days?"],
    [{ event: "purchase", within: { days: 1, weeks: 1 } }, "cannot be combined"],
    [{ event: "purchase", within: { from: "2025-06-01", to: "2025-06-01" } }, "is not before to"],
    [{ event: "purchase", within: { from: "May" } }, '"May" is not a date'],
    [{ event: "purchase", within: {} }, "the period is empty"],
    [{ event: "purchase", count: { op: ">=", value: 1.5 } }, "count.value: expected a whole number"],
    [{ event: "purchase", count: { op: "in", value: [1] } }, 'unknown op "in"'],
    [{ event: "purchase", sum: { field: "category", op: ">", value: 1 } }, "Numbers: price, quantity, amount."],
    [{ event: "purchase", same: "product" }, "same needs a count"],
    [{ event: "purchase", same: "product", count: { op: "<", value: 2 } }, "a count that 0 does not meet"],
    [{ event: "view", not_followed_by: "sale" }, "not_followed_by: unknown event type"],
    [{ interest: "colour", value: "red" }, "Did you mean color?"],
    [{ interest: "color", value: [] }, "an empty list"],
    [{ interest: "color", value: "gold", share: { op: ">", value: 30 } }, "Write 0.3 for 30%."],
    [{ engagement: "hihg" }, "engagement level"],
    [{ engagement_level: "top" }, "low"],
    [{ any: [age, { interests: ["tech"] }] }, "any[1].interests: interests cannot stand inside any or not."],
    [{ purchase_history: { min_purchase: 3 } }, "min_purchases?"],
    [{ within: { days: 3 } }, "within belongs to an event condition"],
    [{ age: [5] }, "between takes two values"],
    [{ age: null }, "is_null"],
  ])("%j", (input, expected) => {
    expect(problem(input)).toContain(expected);
  });

  it("has more conditions than can be meant", () => {
    expect(problem({ any: Array.from({ length: 1001 }, () => age) })).toContain("more than 1,000 conditions");
  });
});

describe("parseCriteria", () => {
  it("gives the normal form, which parses to itself", () => {
    const input = {
      all: [
        { attribute: "gender", value: " F " },
        { event: ["AddToCart"], where: { product: "gold ring", price: { op: ">", value: 3 } }, count: 0 },
        { event: "purchase", sum: { op: ">", value: 5 }, same: "order", within: { from: "2025-05-01" } },
        { not: { any: [{ interest: "category", value: "jewelry" }, { engagement: "low" }] } },
      ],
    };
    const { criteria, warnings } = parse(input);
    expect(criteria).toEqual({
      all: [
        { attribute: "gender", op: "=", value: "F" },
        {
          event: "add_to_cart",
          where: { product_name: "gold ring", price: { op: ">", value: 3 } },
          count: { op: "=", value: 0 },
        },
        {
          event: "purchase",
          sum: { field: "amount", op: ">", value: 5 },
          same: "order_id",
          within: { from: "2025-05-01" },
        },
        { not: { any: [{ interest: "category", value: "jewelry" }, { engagement: "low" }] } },
      ],
    });
    expect(warnings).toEqual([]);
    expect(parse(JSON.parse(JSON.stringify(criteria))).criteria).toEqual(criteria);
  });

  it("reads shorthand, alone and beside the language", () => {
    expect(parse({}).criteria).toEqual({});
    expect(parse({ gender: "any" })).toEqual({ criteria: {}, intents: [], warnings: [] });
    expect(parse({ interests: ["tech", " tech "] })).toEqual({ criteria: {}, intents: ["tech"], warnings: [] });
    expect(parse({ age: [5, 55], kids_flag: true, country: ["US", "pl"] }).criteria).toEqual({
      all: [
        { attribute: "age", op: "between", value: [5, 55] },
        { attribute: "kids_flag", op: "=", value: true },
        { attribute: "country", op: "in", value: ["US", "pl"] },
      ],
    });
    const full = parse({
      age_range: [25, 45],
      location: ["US"],
      interests: ["tech"],
      gender: "any",
      purchase_history: { min_purchases: 5, total_spent_min: 100 },
      last_active_days: 7,
      engagement_level: "high",
    });
    expect(full.intents).toEqual(["tech"]);
    expect(full.criteria).toEqual({
      all: [
        { attribute: "age", op: "between", value: [25, 45] },
        { attribute: "country", op: "=", value: "US" },
        { event: "purchase", count: { op: ">=", value: 5 } },
        { attribute: "total_spent", op: ">=", value: 100 },
        { event: "any", within: { days: 7 } },
        { engagement: "high" },
      ],
    });
    expect(parse({ all: [age], interests: "tech", gender: "female" })).toEqual({
      criteria: { all: [age, { attribute: "gender", op: "=", value: "F" }] },
      intents: ["tech"],
      warnings: [],
    });
  });

  it("looks for a place in country, state and city", () => {
    expect(parse({ location: "United States" }).criteria).toEqual({ attribute: "country", op: "=", value: "US" });
    expect(parse({ location: ["georgia", "warsaw"] }).criteria).toEqual({
      any: [
        { attribute: "country", op: "=", value: "georgia" },
        { attribute: "state", op: "=", value: "georgia" },
        { attribute: "city", op: "=", value: "warsaw" },
      ],
    });
    expect(parse({ location: "Texsa" }).warnings).toEqual(['No row of customers has country "Texsa".']);
  });

  it("warns of values that no row holds and of blank columns", () => {
    const wrong = { event: "purchase", where: { category: ["jewellery", "Shoes"] } };
    expect(parse(wrong).warnings).toEqual(['No row of events has category "jewellery"; the nearest: jewelry.']);
    expect(parse({ nickname: "Bo" }).warnings[0]).toBe("nickname is blank in every row of customers.");
    expect(parse({ attribute: "last_seen_at", op: "<=", value: "2025-05-01" }).warnings[0]).toContain("00:00 UTC");
  });
});

describe("sayCriteria", () => {
  const jewelry = {
    event: "purchase",
    where: { category: "jewelry", color: ["gold", "silver"] },
    within: { days: 60 },
  };
  const much = { ...jewelry, count: { op: ">=", value: 2 }, sum: { field: "amount", op: ">", value: 500 } };
  it.each<[unknown, string]>([
    [{}, "all customers"],
    [
      { all: [{ gender: "F" }, age, much] },
      "gender is F and age > 40 and bought jewelry (category) in gold or silver (color) at least 2 times in the last 60 days, for more than 500 in total",
    ],
    [
      { all: [much, { any: [{ gender: "F" }, { not: { gender: "M" } }] }] },
      "(bought jewelry (category) in gold or silver (color) at least 2 times in the last 60 days, for more than 500 in total) and (gender is F or gender is not M)",
    ],
    [{ not: jewelry }, "never bought jewelry (category) in gold or silver (color) in the last 60 days"],
    [{ event: "purchase", count: 0, within: { months: 1 } }, "never bought anything in the last month"],
    [
      { not: much },
      "not (bought jewelry (category) in gold or silver (color) at least 2 times in the last 60 days, for more than 500 in total)",
    ],
    [
      { event: "any", within: { from: "2025-05-01", to: "2025-06-01" } },
      "had any event from 2025-05-01 through 2025-05-31",
    ],
    [{ event: "checkout", within: { from: "2025-05-01", to: "2025-05-02" } }, 'had an event "checkout" on 2025-05-01'],
    [
      { event: ["view", "refund"], where: { price: { op: "<", value: 9 } } },
      "viewed or returned anything with price < 9",
    ],
    [
      { event: "add_to_cart", where: { product: "Gold ring" }, not_followed_by: "purchase" },
      "added to cart Gold ring (product), with no later purchase of the same product",
    ],
    [{ event: "view", count: { op: "<=", value: 2 } }, "viewed anything at most 2 times (or never)"],
    [{ event: "view", count: { op: "=", value: 1 } }, "viewed anything exactly once"],
    [
      { event: "purchase", count: { op: ">", value: 2, distinct: "order" } },
      "bought anything in more than 2 different orders",
    ],
    [
      { event: "view", count: { op: ">=", value: 3 }, same: "product" },
      "viewed anything at least 3 times for one and the same product",
    ],
    [
      { event: "purchase", avg: { field: "price", op: ">", value: 9 } },
      "bought anything, more than 9 price on average",
    ],
    [{ country: ["US", "PL"] }, "country is one of US, PL"],
    [{ city: "Nice and Warm" }, 'city is "Nice and Warm"'],
    [{ attribute: "city", op: "is_null" }, "city is blank"],
    [{ not: { attribute: "age", op: "between", value: [1, 2] } }, "not (age is between 1 and 2)"],
    [
      { interest: "category", value: "jewelry", share: { op: ">=", value: 0.3 } },
      "shows interest in jewelry (category) with share >= 0.3",
    ],
    [{ engagement: "high" }, "engagement is high"],
  ])("%j", (input, expected) => {
    expect(say(input)).toBe(expected);
  });
});

describe("eventConditions", () => {
  it("gives those that are not negated", () => {
    const { criteria } = parse({
      all: [
        { event: "purchase" },
        { not: { any: [{ event: "view" }, { not: { event: "refund" } }] } },
        { event: "checkout", count: 0 },
        { any: [{ event: "add_to_cart" }, age] },
      ],
    });
    expect(eventConditions(criteria).map((c) => c.event)).toEqual(["purchase", "refund", "add_to_cart"]);
  });
});
