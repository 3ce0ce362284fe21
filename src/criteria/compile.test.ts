import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Catalogue, Column, ColumnType } from "./catalogue.js";
import { type CompileContext, compileCriteria, compileEvidence } from "./compile.js";
import {
  accepts,
  type Criteria,
  type EventCondition,
  foldCriteria,
  type NumberTest,
  type Test,
  whereTest,
} from "./schema.js";
import { parseCriteria } from "./shorthand.js";

type Cell = string | number | boolean | null;
type Row = Record<string, Cell>;

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
function createRandom(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(items: readonly T[]): T => items[int(0, items.length - 1)]!;
  const maybe = <T>(share: number, make: () => T): T | null => (next() < share ? make() : null);
  return { next, int, pick, maybe };
}

/** Random criteria for each of two clocks. */
const ROUNDS = process.env["AUDIENCE_TEST_LONG"] ? 5_000 : 250;

const newest = "2025-03-31T12:00:00.123456Z";
const earlier = "2025-03-01T00:00:00Z";
const types = ["purchase", "add_to_cart", "view", "checkout"];
const categories = ["jewelry", "Jewelry", "shoes", "50%_off"];
const columns: Record<"customers" | "events", Record<string, ColumnType>> = {
  customers: {
    customer_id: "text",
    gender: "text",
    country: "text",
    age: "integer",
    points: "bigint",
    total_spent: "numeric",
    kids_flag: "boolean",
    signup_date: "date",
    last_seen_at: "timestamp",
  },
  events: {
    customer_id: "text",
    event_type: "text",
    event_time: "timestamp",
    order_id: "text",
    product_id: "text",
    product_name: "text",
    category: "text",
    color: "text",
    quantity: "integer",
    amount: "numeric",
  },
};

const random = createRandom(20250616);
const { int, pick, maybe } = random;
/** Hours before the newest event; multiples of 6, so that periods end exactly on events. */
const ago = (hours: number): string =>
  hours === 0
    ? newest
    : new Date(Date.parse("2025-03-31T12:00:00Z") - hours * 3_600_000).toISOString().replace(".000Z", ".123456Z");
const customers: Row[] = Array.from({ length: 60 }, (_, i) => ({
  customer_id: `u${i}`,
  gender: maybe(0.8, () => pick(["F", "M", "f"])),
  country: maybe(0.8, () => pick(["US", "PL", "Üllő"])),
  age: maybe(0.8, () => int(18, 70)),
  points: maybe(0.8, () => int(0, 10)),
  total_spent: maybe(0.8, () => int(0, 1000) / 10),
  kids_flag: maybe(0.7, () => pick([true, false])),
  signup_date: maybe(0.8, () => ago(24 * int(0, 10)).slice(0, 10)),
  last_seen_at: maybe(0.8, () => ago(6 * int(0, 40))),
}));
const events: Row[] = Array.from({ length: 600 }, (_, i) => ({
  customer_id: maybe(0.9, () => (i % 50 === 0 ? "stranger" : `u${int(0, 49)}`)),
  event_type: pick(types),
  event_time: i === 0 ? newest : ago(6 * int(0, 320)),
  order_id: maybe(0.6, () => `o${int(1, 40)}`),
  product_id: maybe(0.6, () => pick(["p1", "p2", "p3"])),
  product_name: maybe(0.8, () => pick(["ring", "boot"])),
  category: maybe(0.8, () => pick(categories)),
  color: maybe(0.7, () => pick(["gold", "silver", "red"])),
  quantity: maybe(0.9, () => int(1, 3)),
  amount: maybe(0.8, () => int(-20, 200) / 2),
}));
const interests: Row[] = customers.slice(0, 50).flatMap((customer) =>
  categories
    .filter(() => random.next() < 0.4)
    .map((value) => ({
      customer_id: customer["customer_id"]!,
      dimension: "category",
      value,
      weight: int(1, 9),
      share: int(1, 10) / 10,
    })),
);

function columnOf(view: "customers" | "events", name: string, type: ColumnType): Column {
  const rows = view === "customers" ? customers : events;
  // country is looked up by lower(), as a column of very many values is.
  const kept = type === "text" && name !== "country" && name !== "product_name";
  const filled = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
  const values = kept ? [...new Set(filled.map(String))].map((value) => ({ value, rows: 1 })) : null;
  return { name, type, comment: "", filled: filled.length, distinct: null, values, min: null, max: null };
}
const view = (name: "customers" | "events") => ({
  comment: "",
  rows: 1,
  columns: Object.entries(columns[name]).map(([column, type]) => columnOf(name, column, type)),
});
const catalogue: Catalogue = {
  views: { customers: view("customers"), events: view("events"), interests: { comment: "", rows: 1, columns: [] } },
  eventTypes: types.map((value) => ({ value, rows: 1 })),
  firstEventAt: null,
  lastEventAt: newest,
  numericIds: false,
  version: 1,
};

// ---- the naive evaluation: written from product.md, on rows in memory

const times = new Map<string, bigint>();
const micros = (text: string): bigint => {
  const known = times.get(text);
  if (known !== undefined) return known;
  const [, whole = "", fraction = ""] =
    /^(.*?)(?:\.(\d+))?Z$/.exec(text.length === 10 ? `${text}T00:00:00Z` : text) ?? [];
  const time = BigInt(Date.parse(`${whole}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0"));
  times.set(text, time);
  return time;
};
const fold = (cell: Cell): Cell | bigint => {
  if (typeof cell !== "string") return cell;
  return /^\d{4}-\d\d-\d\d/.test(cell) ? micros(cell) : cell.toLowerCase();
};

/** True, false, or null where a blank was compared. */
function test(cell: Cell, { op, value }: Test): boolean | null {
  const [first = null, second = null] = [value].flat().map((item) => fold(item as Cell));
  const have = fold(cell);
  if (op === "is_null") return (have === null) === (value !== false);
  if (op === "!=") return have !== first;
  if (have === null || first === null) return null;
  if (op === "=") return have === first;
  if (op === "in") return [value].flat().some((item) => fold(item as Cell) === have);
  if (op === "contains") return String(have).includes(String(first));
  if (op === "starts_with") return String(have).startsWith(String(first));
  if (op === "between") return have >= first && have <= second!;
  return op === "<" ? have < first : op === "<=" ? have <= first : op === ">" ? have > first : have >= first;
}

const product = (e: Row): Cell => e["product_id"] ?? e["product_name"] ?? null;
const keyOf = (e: Row, key: string): Cell => (key === "product" ? product(e) : (e[key] ?? null));

/** The start of a rolling period, by hand: months through the parts of the date. */
function start(asOf: string, unit: string, amount: number): bigint {
  const hours: Record<string, number> = { hours: 1, days: 24, weeks: 168 };
  if (unit in hours) return micros(asOf) - BigInt(hours[unit]! * amount) * 3_600_000_000n;
  const [year = 0, month = 0, day = 0] = asOf.slice(0, 10).split("-").map(Number);
  const index = year * 12 + month - 1 - amount * (unit === "years" ? 12 : 1);
  const last = new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).getUTCDate();
  const two = (n: number): string => String(n).padStart(2, "0");
  return micros(`${Math.floor(index / 12)}-${two((index % 12) + 1)}-${two(Math.min(day, last))}${asOf.slice(10)}`);
}

interface Clock {
  asOf: string;
  asOfGiven: boolean;
}

function matches(e: Row, condition: EventCondition, { asOf, asOfGiven }: Clock): boolean {
  const time = micros(String(e["event_time"]));
  const seen = (t: bigint): boolean => !asOfGiven || t <= micros(asOf);
  const wanted = [condition.event].flat();
  if (!seen(time) || !(wanted.includes("any") || wanted.includes(String(e["event_type"])))) return false;
  if (!Object.entries(condition.where ?? {}).every(([n, entry]) => test(e[n] ?? null, whereTest(entry)) === true))
    return false;
  for (const [unit, bound] of Object.entries(condition.within ?? {})) {
    if (unit === "from" && time < micros(String(bound))) return false;
    if (unit === "to" && time >= micros(String(bound))) return false;
    if (typeof bound === "number" && time <= start(asOf, unit, bound)) return false;
  }
  if (condition.not_followed_by === undefined) return true;
  return !events.some((later) => {
    const after = micros(String(later["event_time"]));
    const sameThing = later["customer_id"] === e["customer_id"] && product(later) === product(e);
    return later["event_type"] === condition.not_followed_by && sameThing && after > time && seen(after);
  });
}

const selected = new WeakMap<EventCondition, Row[]>();
/** The events of a condition, once per condition: each criteria is evaluated with one clock only. */
function select(condition: EventCondition, clock: Clock): Row[] {
  const found = selected.get(condition) ?? events.filter((e) => matches(e, condition, clock));
  selected.set(condition, found);
  return found;
}

function meetsEvent(id: Cell, condition: EventCondition, clock: Clock): boolean {
  const { count, sum, avg, same } = condition;
  const found = select(condition, clock).filter((e) => e["customer_id"] === id);
  const keys = same === undefined ? [] : [...new Set(found.map((e) => keyOf(e, same)))].filter((key) => key !== null);
  const sets = same === undefined ? [found] : keys.map((key) => found.filter((e) => keyOf(e, same) === key));
  return sets.some((set) => {
    if (count === undefined && set.length === 0) return false;
    const numbers = (field: string): number[] => set.flatMap((e) => (e[field] === null ? [] : [Number(e[field])]));
    const total = (field: string): number => numbers(field).reduce((a, b) => a + b, 0);
    const distinct = (key: string): number => new Set(set.map((e) => keyOf(e, key)).filter((v) => v !== null)).size;
    if (count && !accepts(count, count.distinct === undefined ? set.length : distinct(count.distinct))) return false;
    if (sum && !accepts(sum, total(sum.field))) return false;
    if (!avg) return true;
    const n = numbers(avg.field).length;
    return n > 0 && accepts(avg, total(avg.field) / n);
  });
}

const lastMonth = {
  given: { event: "any", within: { days: 30 } },
  newest: { event: "any", within: { days: 30 } },
} as const;

function third(id: Cell, clock: Clock): string {
  const weights: Record<string, number> = { purchase: 3, add_to_cart: 2, view: 1 };
  const recent = select(clock.asOfGiven ? lastMonth.given : lastMonth.newest, clock);
  const ranked = customers
    .map((c) => ({
      id: String(c["customer_id"]),
      weight: recent
        .filter((e) => e["customer_id"] === c["customer_id"])
        .reduce((s, e) => s + (weights[String(e["event_type"])] ?? 0), 0),
    }))
    .sort((a, b) => a.weight - b.weight || (a.id < b.id ? -1 : 1));
  return ["low", "medium", "high"][Math.floor((ranked.findIndex((r) => r.id === id) * 3) / ranked.length)]!;
}

function meets(c: Row, criteria: Criteria, clock: Clock): boolean {
  const id = c["customer_id"] ?? null;
  return foldCriteria<boolean>(criteria, {
    all: (items) => items.every((item) => meets(c, item, clock)),
    any: (items) => items.some((item) => meets(c, item, clock)),
    not: (item) => !meets(c, item, clock),
    attribute: (condition) => test(c[condition.attribute] ?? null, condition) === true,
    event: (condition) => meetsEvent(id, condition, clock),
    interest: ({ value, share, weight }) =>
      interests.some(
        (i) =>
          i["customer_id"] === id &&
          [value].flat().some((v) => v.toLowerCase() === String(i["value"]).toLowerCase()) &&
          (!share || accepts(share, Number(i["share"]))) &&
          (!weight || accepts(weight, Number(i["weight"]))),
      ),
    engagement: ({ engagement }) => third(id, clock) === engagement,
  });
}

// ---- random criteria

function randomNumberTest(low: number, high: number): NumberTest {
  const op = pick(["=", "!=", "<", "<=", ">", ">=", "between"] as const);
  const a = int(low, high);
  return { op, value: op === "between" ? [a, a + int(0, 3)] : a };
}

function randomTest(type: ColumnType, cells: readonly Cell[]): Test {
  const filled = cells.filter((cell) => cell !== null);
  const value = (): Exclude<Cell, null> => (type === "text" && random.next() < 0.2 ? "nowhere" : pick(filled));
  if (random.next() < 0.1) return { op: "is_null", value: pick([true, false]) };
  if (random.next() < 0.2) return { op: "in", value: [value(), value()] };
  if (type === "boolean") return { op: pick(["=", "!="] as const), value: value() };
  if (type === "text") {
    const op = pick(["=", "!=", "contains", "starts_with"] as const);
    const text = String(value());
    return {
      op,
      value: op === "contains" ? pick([text.slice(1, 4), text.slice(-2), "%", "_"]) || text : text.toUpperCase(),
    };
  }
  const op = pick(["=", "!=", "<", "<=", ">", ">=", "between"] as const);
  if (op !== "between") return { op, value: value() };
  const [a, b] = [value(), value()];
  return { op, value: a <= b ? [a, b] : [b, a] };
}

function randomEvent(): EventCondition {
  const condition: EventCondition = { event: pick(["any", "purchase", "view", "add_to_cart", ["purchase", "view"]]) };
  const chance = (share: number): boolean => random.next() < share;
  if (chance(0.5)) {
    const names = ["category", "color", "quantity", "amount", "order_id", "event_time"];
    condition.where = Object.fromEntries(
      [pick(names), pick(names)].map((name) => [
        name,
        randomTest(
          columns.events[name]!,
          events.map((e) => e[name] ?? null),
        ),
      ]),
    );
  }
  if (chance(0.5)) {
    const from = ago(24 * int(20, 70)).slice(0, 10);
    condition.within = pick([
      { days: int(1, 60) },
      { weeks: int(1, 8) },
      { months: int(1, 3) },
      { hours: 6 * int(1, 100) },
      { years: 1 },
      { from },
      { from, to: ago(24 * int(1, 19)) },
      { to: from },
    ]);
  }
  if (chance(0.5)) {
    condition.count = randomNumberTest(0, 5);
    if (chance(0.3)) condition.count.distinct = pick(["order_id", "product", "category"]);
  }
  if (chance(0.25)) condition.sum = { field: pick(["amount", "quantity"]), ...randomNumberTest(-5, 150) };
  if (chance(0.15)) condition.avg = { field: "amount", ...randomNumberTest(20, 70) };
  if (chance(0.2)) condition.not_followed_by = pick(["purchase", "view"]);
  const zero = condition.count && accepts(condition.count, 0);
  if ((condition.count || condition.sum || condition.avg) && !zero && chance(0.4))
    condition.same = pick(["product", "order_id"]);
  return condition;
}

function randomCriteria(depth: number): Criteria {
  const form = depth === 0 ? int(3, 9) : int(0, 9);
  if (form === 2) return { not: randomCriteria(depth - 1) };
  if (form < 2) {
    const items = Array.from({ length: int(1, 3) }, () => randomCriteria(depth - 1));
    return form === 0 ? { all: items } : { any: items };
  }
  if (form < 6) {
    const attribute = pick(Object.keys(columns.customers));
    return {
      attribute,
      ...randomTest(
        columns.customers[attribute]!,
        customers.map((c) => c[attribute] ?? null),
      ),
    };
  }
  if (form === 9 && random.next() < 0.5) return { engagement: pick(["low", "medium", "high"] as const) };
  if (form < 9) return randomEvent();
  const share = maybe(0.4, () => ({ op: pick(["<", ">="] as const), value: int(1, 10) / 10 }));
  return { interest: "category", value: pick(["JEWELRY", ["shoes", "nowhere"]]), ...(share ? { share } : {}) };
}

// ---- the database

const db = new PGlite();
const sqlTypes: Record<ColumnType, string> = {
  integer: "integer",
  bigint: "bigint",
  numeric: "numeric",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamptz",
  text: "text",
};

async function load(name: string, rows: readonly Row[], types: Record<string, string>): Promise<void> {
  const definition = Object.entries(types).map(([column, type]) => `"${column}" ${type}`);
  await db.exec(`create table audience.${name} (${definition.join(", ")})`);
  await db.query(
    `insert into audience.${name} select * from json_populate_recordset(null::audience.${name}, $1::json)`,
    [rows],
  );
}

const tableTypes = (types: Record<string, ColumnType>): Record<string, string> =>
  Object.fromEntries(Object.entries(types).map(([name, type]) => [name, sqlTypes[type]]));

beforeAll(async () => {
  // A zone far from UTC: nothing may be read in the session's zone.
  await db.exec("create schema audience; set time zone 'Pacific/Auckland'");
  await load("customers", customers, tableTypes(columns.customers));
  await load("events", events, tableTypes(columns.events));
  await load("interests", interests, {
    customer_id: "text",
    dimension: "text",
    value: "text",
    weight: "numeric",
    share: "double precision",
  });
});
afterAll(() => db.close());

async function find(criteria: Criteria, clock: Clock): Promise<{ ids: string[]; sql: string; params: unknown[] }> {
  const context: CompileContext = { catalogue, ...clock, params: [] };
  const sql = `select c.customer_id from audience.customers c where ${compileCriteria(criteria, context)}`;
  const { rows } = await db.query<{ customer_id: string }>(sql, context.params);
  return { ids: rows.map((row) => row.customer_id).sort(), sql, params: context.params };
}

describe("compileCriteria", () => {
  it.each([
    { asOf: newest, asOfGiven: false },
    { asOf: earlier, asOfGiven: true },
  ])("finds what a naive evaluation finds, %o", async (clock) => {
    const sizes: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const raw = randomCriteria(3);
      const { criteria } = parseCriteria(raw, catalogue);
      const expected = customers
        .filter((c) => meets(c, criteria, clock))
        .map((c) => String(c["customer_id"]))
        .sort();
      const { ids, sql, params } = await find(criteria, clock);
      expect(ids, `${JSON.stringify(criteria)}\n${sql}\n${JSON.stringify(params)}`).toEqual(expected);
      sizes.push(ids.length);
    }
    // The comparison is worth something only when most criteria separate the customers.
    expect(sizes.filter((n) => n > 0 && n < customers.length).length).toBeGreaterThan(ROUNDS * 0.6);
  });

  it("finds everyone", async () => {
    const clock = { asOf: newest, asOfGiven: false };
    expect((await find({}, clock)).ids).toHaveLength(60);
    expect((await find({ not: {} }, clock)).ids).toHaveLength(0);
    expect((await find({ event: "view", count: { op: ">=", value: 0 } }, clock)).ids).toHaveLength(60);
  });

  it("never puts text of the user into the statement", async () => {
    const text = `x'; drop table audience.events; -- " \\ %`;
    const { sql, params, ids } = await find(
      parseCriteria(
        { any: [{ gender: text }, { country: text }, { event: "view", where: { color: text } }] },
        catalogue,
      ).criteria,
      { asOf: newest, asOfGiven: false },
    );
    expect(sql).not.toContain("drop");
    expect(params.flat()).toEqual([text, text, "view", text]);
    expect(ids).toEqual([]);
  });

  it("refuses unknown names and aliases of its own", () => {
    const context = (): CompileContext => ({ catalogue, asOf: newest, asOfGiven: false, params: [] });
    const wrong = { attribute: 'age" or true --', op: "=", value: 1 } as const;
    expect(() => compileCriteria(wrong, context())).toThrow("Unknown attribute");
    expect(() => compileCriteria({ event: "view", where: { nope: 1 } }, context())).toThrow("Unknown column of events");
    expect(() => compileCriteria({}, { ...context(), alias: "e" })).toThrow("Unusable alias");
  });

  it("writes the statement that one would write", () => {
    const params: unknown[] = ["before"];
    const context: CompileContext = { catalogue, asOf: newest, asOfGiven: false, params, alias: "p" };
    const { criteria } = parseCriteria(
      {
        all: [{ age: [25, 40] }, { not: { event: "purchase", where: { category: "jewelry" }, within: { days: 60 } } }],
      },
      catalogue,
    );
    expect(compileCriteria(criteria, context)).toBe(
      `((p."age" between $2::numeric and $3::numeric) and (not exists (select 1 from audience.events e ` +
        `where e.customer_id = p.customer_id and e.event_type = $4::text and e."category" = any($5::text[]) ` +
        `and e.event_time > $6::timestamptz)))`,
    );
    const spellings = expect.arrayContaining(["jewelry", "Jewelry"]);
    expect(params).toEqual(["before", 25, 40, "purchase", spellings, "2025-01-30T12:00:00.123456Z"]);
  });
});

describe("compileEvidence", () => {
  const clock = { asOf: earlier, asOfGiven: true };
  async function evidence(condition: EventCondition) {
    const context: CompileContext = { catalogue, ...clock, params: [] };
    const sql = compileEvidence(condition, ids, context);
    const { rows } = await db.query<{ customer_id: string; sum: string }>(sql, context.params);
    return new Map(rows.map((row) => [row.customer_id, Number(row.sum)]));
  }
  const ids = customers.slice(0, 60).map((c) => String(c["customer_id"]));
  const eventsOf = (id: string, condition: EventCondition) =>
    events.filter((e) => e["customer_id"] === id && matches(e, condition, clock));
  const nonZero = (counts: [string, number][]) => new Map(counts.filter(([, n]) => n > 0));

  it("counts the events that met the condition", async () => {
    const condition: EventCondition = { event: "purchase", where: { color: "gold" }, not_followed_by: "view" };
    const expected = nonZero(ids.map((id) => [id, eventsOf(id, condition).length]));
    expect(expected.size).toBeGreaterThan(1);
    expect(await evidence(condition)).toEqual(expected);
  });

  it("leaves out customers with too few, and counts only the groups that are enough", async () => {
    const condition: EventCondition = { event: "any", same: "category", count: { op: ">=", value: 3 } };
    const enough = (id: string) => {
      const found = eventsOf(id, condition);
      const sizes = categories.map((category) => found.filter((e) => e["category"] === category).length);
      return sizes.filter((size) => size >= 3).reduce((sum, size) => sum + size, 0);
    };
    const expected = nonZero(ids.map((id) => [id, enough(id)]));
    expect(expected.size).toBeGreaterThan(0);
    expect(expected.size).toBeLessThan(ids.length);
    expect(await evidence(condition)).toEqual(expected);
  });

  it("counts distinct values where the condition does", async () => {
    const condition: EventCondition = { event: "any", count: { op: ">=", value: 2, distinct: "category" } };
    const distinct = (id: string) => new Set(eventsOf(id, condition).flatMap((e) => e["category"] ?? [])).size;
    const expected = new Map(ids.map((id): [string, number] => [id, distinct(id)]).filter(([, n]) => n >= 2));
    expect(expected.size).toBeGreaterThan(0);
    expect(await evidence(condition)).toEqual(expected);
  });
});
