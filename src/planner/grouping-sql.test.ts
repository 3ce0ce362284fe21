import { afterAll, beforeAll, expect, test } from "vitest";
import { STORES, type Store } from "../../test/support/stores.js";
import type { Db } from "../db/db.js";
import { asLargeSql, groupedSql } from "./grouping-sql.js";
import type { NumberTest } from "./numbers.js";
import type { Dimension, Grouping } from "./query.js";

let store: Store;
let db: Db;
beforeAll(async () => {
  store = await (STORES[0] as (typeof STORES)[number]).create();
  db = await store.open();
});
afterAll(async () => {
  await db?.close();
  await store?.remove();
});

/** An event a row: shop, color, time; shop and color may be blank. */
const EVENTS = [
  ["a", "red", "2025-01-31T23:59:00Z"],
  ["a", "red", "2025-02-01T00:00:00Z"],
  ["a", "blue", "2025-02-03T12:00:00Z"],
  ["a", null, "2025-02-03T12:00:00Z"],
  ["b", "red", "2025-02-09T12:00:00Z"],
  ["b", "blue", "2025-02-09T12:00:00Z"],
  ["b", "green", "2025-02-10T06:00:00Z"],
  [null, "red", "2025-02-10T06:00:00Z"],
  [null, "red", "2025-02-10T06:00:00Z"],
  [null, "blue", "2025-02-10T06:00:00Z"],
  [null, null, "2025-02-10T06:00:00Z"],
  [null, null, "2025-02-10T06:00:00Z"],
]; // prettier-ignore
const value = (cell: string | null | undefined) => (cell === null ? "null" : `'${cell}'`);
const FROM = `(values ${EVENTS.map(
  ([shop, color, time]) => `(${value(shop)}, ${value(color)}, ${value(time)}::timestamptz)`,
).join(", ")}) e(shop, color, event_time) where true`;
/** Ages of customers, one of them unknown. */
const PEOPLE = "(values (9), (10), (19), (30), (null)) c(age) where true";

const count = { sql: "count(*)::int", name: "n" };
const column = (name: string, order?: string[]): Dimension => ({
  kind: "column",
  view: "events",
  column: name,
  ...(order && { order }),
});
const shop = column("shop");
const color = column("color");
const time = (unit: Extract<Dimension, { kind: "time" }>["unit"]): Dimension => ({ kind: "time", unit });
const rowsOf = async (grouping: Grouping, from = FROM) => (await db.query(groupedSql(grouping, count, from))).rows;

test("largest first, ties by name, blanks last however many they are", async () => {
  expect(await rowsOf({ by: [shop] })).toEqual([
    ["a", 4],
    ["b", 3],
    ["(none)", 5],
  ]);
  expect(await rowsOf({ by: [color] })).toEqual([
    ["red", 5],
    ["blue", 3],
    ["green", 1],
    ["(none)", 3],
  ]);
});

test("two dimensions: the rows with a blank in either stand behind those without", async () => {
  expect(await rowsOf({ by: [shop, color] })).toEqual([
    ["a", "red", 2],
    ["a", "blue", 1],
    ["b", "blue", 1],
    ["b", "green", 1],
    ["b", "red", 1],
    ["a", "(none)", 1],
    ["(none)", "red", 2],
    ["(none)", "blue", 1],
    ["(none)", "(none)", 2],
  ]);
});

test("periods in their order, in UTC; inside of each the largest first", async () => {
  expect(await rowsOf({ by: [time("month")] })).toEqual([
    ["2025-01", 1],
    ["2025-02", 11],
  ]);
  expect(await rowsOf({ by: [time("weekday")] })).toEqual([
    ["Monday", 8],
    ["Friday", 1],
    ["Saturday", 1],
    ["Sunday", 2],
  ]);
  expect((await rowsOf({ by: [time("month"), shop] })).slice(0, 3)).toEqual([
    ["2025-01", "a", 1],
    ["2025-02", "a", 3],
    ["2025-02", "b", 3],
  ]);
  expect(await rowsOf({ by: [time("week")] })).toEqual([
    ["2025-W05", 2],
    ["2025-W06", 4],
    ["2025-W07", 6],
  ]);
});

test("a given order of values, with the blanks last", async () => {
  const ordered = column("color", ["blue", "green", "red"]);
  expect((await rowsOf({ by: [ordered] })).map(([name]) => name)).toEqual(["blue", "green", "red", "(none)"]);
});

test("bands begin at multiples of their width", async () => {
  expect(await rowsOf({ by: [{ kind: "band", column: "age", width: 10 }] }, PEOPLE)).toEqual([
    ["0-9", 1],
    ["10-19", 2],
    ["30-39", 1],
    ["(none)", 1],
  ]);
});

test("a cut takes the largest whatever their order, and no blanks", async () => {
  expect(await rowsOf({ by: [color], top: 2 })).toEqual([
    ["red", 5],
    ["blue", 3],
  ]);
  expect(await rowsOf({ by: [time("month")], top: 1 })).toEqual([["2025-02", 11]]);
  expect(await rowsOf({ by: [color], top: 2, ascending: true })).toEqual([
    ["green", 1],
    ["blue", 3],
  ]);
});

test("the first place is shared, and so are the places inside of a group", async () => {
  expect(await rowsOf({ by: [time("weekday")], top: 1, ascending: true })).toEqual([
    ["Friday", 1],
    ["Saturday", 1],
  ]);
  const each = { by: [shop, color], each: true } as const;
  const inB = [
    ["b", "blue", 1],
    ["b", "green", 1],
    ["b", "red", 1],
  ];
  expect(await rowsOf({ ...each, top: 1 })).toEqual([["a", "red", 2], ...inB]);
  // Three share the first place: there is no second.
  expect(await rowsOf({ ...each, top: 2 })).toEqual([["a", "red", 2], ["a", "blue", 1], ...inB]);
});

test("ranked: periods by size instead", async () => {
  expect((await rowsOf({ by: [time("weekday")], ranked: true })).map(([name]) => name)).toEqual([
    "Monday",
    "Sunday",
    "Friday",
    "Saturday",
  ]);
});

test("a limit on the measure keeps groups, a share is of all of them", async () => {
  const having = { op: ">", value: 3, money: false, percent: false } as const;
  expect(await rowsOf({ by: [shop], having })).toEqual([
    ["a", 4],
    ["(none)", 5],
  ]);
  const between: NumberTest = { op: "between", value: [3, 4], money: false, percent: false };
  expect(await rowsOf({ by: [shop], having: between })).toEqual([
    ["a", 4],
    ["b", 3],
  ]);
  const shares = (await rowsOf({ by: [shop], share: true })).map((row) => Number(row[2]));
  expect(shares.map(Math.round)).toEqual([33, 25, 42]);
});

test("how many groups are as large as the last one shown, or as small", async () => {
  const asLarge = async (grouping: Grouping, last: number) =>
    Number((await db.query(asLargeSql(grouping, count, FROM, last))).rows[0]?.[0]);
  const weekdays = { by: [time("weekday")], top: 3 };
  expect(await asLarge(weekdays, 1)).toBe(4);
  expect(await asLarge({ ...weekdays, ascending: true }, 1)).toBe(2);
  // Blanks are not shown by a cut, so they do not count beyond it either.
  expect(await asLarge({ by: [shop], top: 1 }, 3)).toBe(2);
});
