import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { AppError } from "../src/lib/errors.js";
import { matchHeader } from "./match-header.js";
import { EVENT_COLUMNS } from "./sample/event-rows.js";
import { sampleShop } from "./sample/shop.js";
import { appendEvents, type SampleOptions, sampleCustomers, sampleEvents } from "./sample-data.js";

type Row = Record<string, string>;
const END = "2025-06-30T20:00:00Z";
const SIXTY_DAYS_BEFORE = "2025-05-01T20:00:00Z";

function read(lines: Iterable<string>): Row[] {
  return parse([...lines].join("\n"), { columns: true, trim: true, relax_column_count: true }) as Row[];
}

function count(rows: readonly Row[], column: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[row[column] ?? ""] = (counts[row[column] ?? ""] ?? 0) + 1;
  return counts;
}

function cents(row: Row): number {
  return Math.round(Number(row["price"]) * 100) * Number(row["quantity"]);
}

const clean = { dirt: false } satisfies Partial<SampleOptions>;
const customers = read(sampleCustomers(clean));
const events = read(sampleEvents(clean));
const purchases = events.filter((e) => e["event_type"] === "purchase");

describe("customers", () => {
  it("are well-formed and numbered from 1", () => {
    expect(customers.map((c) => c["customer_id"])).toEqual(Array.from({ length: 500 }, (_, i) => String(i + 1)));
    for (const c of customers) {
      expect(c["email"]).toMatch(/^[a-z]+\.[a-z]+\+\d+@example\.com$/);
      expect(c["gender"]).toMatch(/^[FM]?$/);
      expect(c["signup_date"]).toMatch(/^20\d\d-\d\d-\d\d$/);
      if (c["age"] !== "") expect(Number(c["age"])).toSatisfy((age: number) => age >= 18 && age <= 80);
    }
    expect(Object.keys(count(customers, "country")).sort()).toEqual("CZ DE ES FR GB IT NL PL SE US".split(" "));
  });

  it("have total_spent of their purchases and what came before", () => {
    const spent = new Map<string, number>();
    for (const p of purchases) spent.set(p["customer_id"]!, (spent.get(p["customer_id"]!) ?? 0) + cents(p));
    const differences = customers.map(
      (c) => Math.round(Number(c["total_spent"]) * 100) - (spent.get(c["customer_id"]!) ?? 0),
    );
    expect(Math.min(...differences)).toBe(0);
    expect(differences.filter((d) => d === 0).length).toBeGreaterThan(200);
    const joined = customers.flatMap((c, i) => (c["signup_date"]! >= "2025-01-02" ? [differences[i]] : []));
    expect(joined.length).toBeGreaterThan(20);
    expect(new Set(joined)).toEqual(new Set([0]));
  });

  it("are luxury buyers in 8 to 12 of 100, over the seeds", () => {
    for (const seed of [1, 2, 3]) {
      const luxury = read(sampleCustomers({ seed, dirt: false })).filter((c) => Number(c["total_spent"]) > 800).length;
      expect(luxury / 500).toBeGreaterThanOrEqual(0.08);
      expect(luxury / 500).toBeLessThanOrEqual(0.12);
    }
  });

  it("buy in their favorite color", () => {
    const favorite = new Map(customers.map((c) => [c["customer_id"], c["favorite_color"]]));
    const known = purchases.filter((p) => favorite.get(p["customer_id"]!));
    const share = known.filter((p) => favorite.get(p["customer_id"]!) === p["color"]).length / known.length;
    expect(share).toBeGreaterThan(0.3); // by chance it would be about 0.1
  });

  it("have tastes: their first category is far above chance", () => {
    const byCustomer = groups(events, "customer_id");
    const shares = [...byCustomer.entries()].flatMap(([id, rows]) =>
      id === "" || rows.length < 20 ? [] : [Math.max(...Object.values(count(rows, "category"))) / rows.length],
    );
    expect(shares.length).toBeGreaterThan(100);
    expect(shares.reduce((a, b) => a + b) / shares.length).toBeGreaterThan(0.4);
  });
});

describe("events", () => {
  it("number about 24 a customer, long-tailed, a tenth without any", () => {
    expect(events.length).toBeGreaterThan(10_500);
    expect(events.length).toBeLessThan(13_500);
    const counts = count(events, "customer_id");
    const each = customers.map((c) => counts[c["customer_id"]!] ?? 0).sort((a, b) => a - b);
    expect(each.filter((n) => n === 0).length / 500).toBeGreaterThan(0.06);
    expect(each.filter((n) => n === 0).length / 500).toBeLessThan(0.14);
    expect(each.at(-1)!).toBeGreaterThan(100);
    expect(each[250]!).toBeLessThan(24);
    expect((counts[""] ?? 0) / events.length).toBeGreaterThan(0.02);
    expect((counts[""] ?? 0) / events.length).toBeLessThan(0.06);
    const unknown = events.filter((e) => Number(e["customer_id"]) > 500).length;
    expect(unknown).toBeGreaterThan(10);
    expect(unknown / events.length).toBeLessThan(0.02);
  });

  it("ascend in time and id up to the end", () => {
    for (const [i, event] of events.entries()) {
      expect(Number(event["event_id"])).toBe(i + 1);
      if (i > 0) expect(event["timestamp"]! >= events[i - 1]!["timestamp"]!).toBe(true);
    }
    expect(events.at(-1)?.["timestamp"]).toBe(END);
    expect(events[0]!["timestamp"]! >= "2025-01-02").toBe(true);
  });

  it("form a funnel", () => {
    const types = count(events, "event_type");
    expect(Object.keys(types).sort()).toEqual(["add_to_cart", "purchase", "refund", "view"]);
    expect(types["view"]!).toBeGreaterThan(3 * types["add_to_cart"]!);
    expect(types["add_to_cart"]!).toBeGreaterThan(1.5 * types["purchase"]!);
    expect(types["refund"]! / types["purchase"]!).toBeLessThan(0.1);
    const seen = new Set<string>();
    let afterCart = 0;
    for (const e of events) {
      const what = `${e["customer_id"]} ${e["product_id"]} ${e["color"]}`;
      if (e["event_type"] === "add_to_cart") expect(seen.has(`view ${what}`)).toBe(true);
      if (e["event_type"] === "purchase" && seen.has(`add_to_cart ${what}`)) afterCart++;
      if (e["event_type"] === "refund") expect(seen.has(`${e["order_id"]} ${e["product_id"]}`)).toBe(true);
      seen.add(`${e["event_type"]} ${what}`).add(`${e["order_id"]} ${e["product_id"]}`);
    }
    expect(afterCart / purchases.length).toBeGreaterThan(0.85);
  });

  it("let 10 to 60 customers buy red socks in the last 60 days, over the seeds", () => {
    for (const seed of [1, 2, 3]) {
      const rows = read(sampleEvents({ seed, dirt: false }));
      const buyers = new Set(
        rows
          .filter((e) => e["event_type"] === "purchase" && e["category"] === "socks" && e["color"] === "red")
          .filter((e) => e["timestamp"]! > SIXTY_DAYS_BEFORE && Number(e["customer_id"]) > 0)
          .map((e) => e["customer_id"]),
      );
      expect(buyers.size).toBeGreaterThanOrEqual(10);
      expect(buyers.size).toBeLessThanOrEqual(60);
    }
  });
});

describe("the shop", () => {
  it("has enough to choose from", () => {
    const shop = sampleShop();
    expect(shop.categories.length).toBeGreaterThanOrEqual(12);
    expect(shop.colors.items.length).toBeGreaterThanOrEqual(12);
    for (const c of shop.categories) {
      expect(c.subcategories.length, c.name).toBeGreaterThanOrEqual(3);
      for (const color of c.colors.items) expect(shop.colors.items).toContain(color);
      for (const s of c.subcategories) expect(s.products.length, s.name).toBeGreaterThanOrEqual(2);
    }
    const names = shop.categories.flatMap((c) => c.subcategories.flatMap((s) => s.products.map((p) => p.name)));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("dirt", () => {
  const crm = read(sampleCustomers());
  const rows = read(sampleEvents());
  const badEvent = (r: Row) =>
    r["quantity"] === undefined || Object.keys(r).length > EVENT_COLUMNS.length
      ? "fields"
      : Number.isNaN(Date.parse(r["timestamp"]!))
        ? "date"
        : Number.isNaN(Number(r["price"]))
          ? "price"
          : r["event_id"] === ""
            ? "id"
            : null;

  it("spoils less than 3 of 100 rows, in several ways", () => {
    const lines = (parse([...sampleEvents()].join("\n"), { relax_column_count: true }) as string[][]).slice(1);
    const faults: Record<string, number> = {};
    for (const values of lines) {
      const row = Object.fromEntries(EVENT_COLUMNS.map((c, i) => [c, values[i] as string]));
      const fault = values.length !== EVENT_COLUMNS.length ? "fields" : badEvent(row);
      if (fault !== null) faults[fault] = (faults[fault] ?? 0) + 1;
    }
    expect(Object.keys(faults).sort()).toEqual(["date", "fields", "id", "price"]);
    const bad = Object.values(faults).reduce((a, b) => a + b);
    expect(bad).toBeGreaterThan(60);
    expect(bad / lines.length).toBeLessThan(0.03);
    const ids = rows.map((r) => r["event_id"]).filter((id) => id !== "");
    expect(ids.length - new Set(ids).size).toBeGreaterThan(20);
    expect(Object.keys(count(rows, "event_type"))).toEqual(expect.arrayContaining(["Purchase", "AddToCart"]));
    expect(Object.keys(count(rows, "order_id"))).toEqual(expect.arrayContaining(["NULL", "N/A"]));
  });

  it("takes nothing away: all customers and purchases of the clean files are there", () => {
    const good = crm.filter((c) => Number(c["customer_id"]) >= 1 && Number(c["customer_id"]) <= 500);
    const last = new Map(good.map((c) => [c["customer_id"], c["total_spent"]]));
    expect([...last.values()]).toEqual(customers.map((c) => c["total_spent"]));
    expect(good.length).toBeGreaterThan(500); // older rows of some
    const bad = crm.length - good.length;
    expect(bad).toBeGreaterThan(2);
    expect(bad / crm.length).toBeLessThan(0.03);
    const sold = new Map(
      rows.filter((r) => /purchase|order_completed/i.test(r["event_type"]!)).map((r) => [r["event_id"], cents(r)]),
    );
    const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
    expect(sum(sold.values())).toBe(sum(purchases.map(cents)));
  });
});

describe("options", () => {
  it("are deterministic by seed", () => {
    expect([...sampleEvents({ customers: 60 })]).toEqual([...sampleEvents({ customers: 60 })]);
    expect([...sampleCustomers({ customers: 60 })]).toEqual([...sampleCustomers({ customers: 60 })]);
    expect([...sampleEvents({ customers: 60, seed: 2 })]).not.toEqual([...sampleEvents({ customers: 60 })]);
  });

  it("set the window", () => {
    const rows = read(sampleEvents({ customers: 40, end: new Date("2024-02-29T00:00:00Z"), days: 30, dirt: false }));
    expect(rows.at(-1)?.["timestamp"]).toBe("2024-02-29T00:00:00Z");
    expect(rows[0]!["timestamp"]! >= "2024-01-31").toBe(true);
  });

  it("refuse what cannot be", () => {
    for (const bad of [{ customers: 0 }, { days: 1.5 }, { seed: Number.NaN }, { end: new Date("x") }]) {
      expect(() => sampleEvents(bad).next()).toThrow(AppError);
    }
  });

  it("give headers that the loader knows without --map", () => {
    const header = (lines: Iterator<string>) => (lines.next().value as string).split(",");
    expect(matchHeader("crm", header(sampleCustomers()), [], new Map()).every((m) => m.field !== null)).toBe(true);
    expect(matchHeader("events", header(sampleEvents()), [], new Map()).every((m) => m.field !== null)).toBe(true);
  });

  it("hold little in memory: 20,000 customers flow through", () => {
    const before = process.memoryUsage().heapUsed;
    let n = 0;
    let peak = 0;
    for (const _ of sampleEvents({ customers: 20_000, days: 60 })) {
      if (++n % 20_000 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed - before);
    }
    expect(n).toBeGreaterThan(100_000);
    expect(peak).toBeLessThan(150e6);
  });
});

describe("appendEvents", () => {
  const fresh = read(appendEvents({ after: new Date(END), firstEventId: 20_000, count: 400, dirt: false }));

  it("goes on after the files: later times, new ids, new orders, the same people", () => {
    expect(fresh).toHaveLength(400);
    expect(fresh[0]?.["event_id"]).toBe("20000");
    expect(fresh.every((e) => e["timestamp"]! > END)).toBe(true);
    expect(fresh[0]!["timestamp"]! < "2025-07-02").toBe(true);
    const orders = new Set(purchases.map((p) => p["order_id"]));
    expect(fresh.filter((e) => e["event_type"] === "purchase" && orders.has(e["order_id"])).length).toBe(0);
    const known = new Set(events.map((e) => e["customer_id"]));
    expect(fresh.filter((e) => known.has(e["customer_id"])).length / fresh.length).toBeGreaterThan(0.9);
  });

  it("goes on after itself without a gap or a repeat", () => {
    const half = fresh[199]!;
    const cut = fresh.filter((e) => e["timestamp"]! > half["timestamp"]!);
    const rest = read(
      appendEvents({ after: new Date(half["timestamp"]!), firstEventId: 1, count: cut.length, dirt: false }),
    );
    const what = (e: Row) => `${e["timestamp"]} ${e["customer_id"]} ${e["event_type"]} ${e["product_id"]}`;
    expect(rest.map(what)).toEqual(cut.map(what));
  });

  it("counts rows with dirt too, and may write none", () => {
    const lines = [...appendEvents({ after: new Date(END), firstEventId: 1, count: 50 })];
    expect(lines).toHaveLength(51);
    expect([...appendEvents({ after: new Date(END), firstEventId: 1, count: 0 })]).toHaveLength(1);
    expect(() => appendEvents({ after: new Date("x"), firstEventId: 1, count: 1 }).next()).toThrow(AppError);
  });
});

function groups(rows: readonly Row[], column: string): Map<string | undefined, Row[]> {
  const map = new Map<string | undefined, Row[]>();
  for (const row of rows) map.set(row[column], [...(map.get(row[column]) ?? []), row]);
  return map;
}
