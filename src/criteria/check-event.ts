import type { Catalogue, Column } from "./catalogue.js";
import { findColumn } from "./catalogue.js";
import { type Checking, checkNumberTest, checkTest } from "./check-value.js";
import { at, checkKeys, fail, failUnknown, isObject, type Raw, show } from "./fail.js";
import { compareInstants, instant, parseDay, parseInstant } from "./instant.js";
import type { CountTest, EventCondition, FieldTest, Test, Where, Within } from "./schema.js";
import { allowsNone } from "./schema.js";

/** The keys of an event condition. */
export const eventKeys = ["event", "where", "within", "count", "sum", "avg", "same", "not_followed_by"];
const units = ["hours", "days", "weeks", "months", "years"] as const;

/** Checks an event condition and gives it in its normal form. */
export function checkEvent(node: Raw, path: string, checking: Checking): EventCondition {
  const { catalogue } = checking;
  checkKeys(node, eventKeys, path, 'To combine conditions use {"all": [...]}.');
  const condition: EventCondition = { event: checkTypes(node["event"], at(path, "event"), catalogue) };
  if (node["where"] !== undefined) condition.where = checkWhere(node["where"], at(path, "where"), checking);
  if (node["within"] !== undefined) condition.within = checkWithin(node["within"], at(path, "within"));
  if (node["count"] !== undefined) condition.count = checkCount(node["count"], at(path, "count"), catalogue);
  if (node["sum"] !== undefined) condition.sum = checkField(node["sum"], at(path, "sum"), catalogue);
  if (node["avg"] !== undefined) condition.avg = checkField(node["avg"], at(path, "avg"), catalogue);
  if (node["not_followed_by"] !== undefined) {
    condition.not_followed_by = checkType(node["not_followed_by"], at(path, "not_followed_by"), catalogue);
  }
  if (node["same"] !== undefined) {
    condition.same = checkKey(node["same"], at(path, "same"), catalogue);
    const { count, sum, avg } = condition;
    if (!count && !sum && !avg) fail(at(path, "same"), "same needs a count, sum or avg.");
    // Nobody can say which product it is that was not bought.
    if (allowsNone(condition)) fail(at(path, "same"), "same needs a count that 0 does not meet.");
  }
  return condition;
}

function checkTypes(raw: unknown, path: string, catalogue: Catalogue): string | string[] {
  if (!Array.isArray(raw)) return raw === "any" ? "any" : checkType(raw, path, catalogue);
  if (raw.length === 0) fail(path, "no event type is given.", 'Use "any" for every type.');
  if (raw.includes("any")) return "any";
  const types = [...new Set(raw.map((type, i) => checkType(type, at(path, i), catalogue)))];
  return types.length === 1 ? types[0]! : types;
}

function checkType(raw: unknown, path: string, catalogue: Catalogue): string {
  const known = catalogue.eventTypes.map((type) => type.value);
  // "AddToCart" and "add to cart" are the same type as add_to_cart, as on ingest.
  const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const found = typeof raw === "string" ? known.find((type) => type === raw || bare(type) === bare(raw)) : undefined;
  if (found !== undefined) return found;
  fail(path, `unknown event type ${show(raw)}.`, `The data has: ${known.join(", ") || "no events"}.`);
}

function checkWhere(raw: unknown, path: string, checking: Checking): Where {
  if (!isObject(raw)) fail(path, `expected an object of columns, not ${show(raw)}.`, 'Write {"category": "jewelry"}.');
  const where: Record<string, Where[string]> = {};
  for (const [name, entry] of Object.entries(raw)) {
    const place = at(path, name);
    const column = eventColumn(name, place, checking.catalogue);
    if (Object.hasOwn(where, column.name)) fail(place, `${column.name} is given twice.`);
    where[column.name] = checkEntry(entry, column, place, checking);
  }
  if (Object.keys(where).length === 0) fail(path, "where is empty.", "Leave it out to ask for every event.");
  return where;
}

function checkEntry(entry: unknown, column: Column, path: string, checking: Checking): Where[string] {
  let test: Test;
  if (isObject(entry)) {
    checkKeys(entry, ["op", "value"], path);
    const places = { opPath: at(path, "op"), valuePath: at(path, "value") };
    test = checkTest({ op: entry["op"], value: entry["value"], ...places }, column, "events", checking);
  } else {
    const op = Array.isArray(entry) ? "in" : "=";
    test = checkTest({ op, value: entry, opPath: path, valuePath: path }, column, "events", checking);
  }
  return test.op === "=" || test.op === "in" ? test.value : test;
}

function checkWithin(raw: unknown, path: string): Within {
  if (!isObject(raw)) fail(path, `expected a period, not ${show(raw)}.`, 'Write {"days": 60}.');
  checkKeys(raw, [...units, "from", "to"], path);
  const given = Object.keys(raw);
  if (given.length === 0) fail(path, "the period is empty.", 'Write {"days": 60} or {"from": "2025-05-01"}.');
  const unit = units.find((name) => raw[name] !== undefined);
  if (unit === undefined) return checkDates(raw, path);
  if (given.length > 1) fail(path, `${given.join(" and ")} cannot be combined.`, "Give one unit, or from and to.");
  const amount = raw[unit];
  if (typeof amount !== "number" || !Number.isSafeInteger(amount) || amount <= 0) {
    fail(at(path, unit), `expected a whole number above 0, not ${show(amount)}.`);
  }
  return { [unit]: amount } as Within;
}

function checkDates(raw: Raw, path: string): Within {
  const within: { from?: string; to?: string } = {};
  for (const name of ["from", "to"] as const) {
    const text = raw[name];
    if (text === undefined) continue;
    const parsed = typeof text === "string" ? (parseDay(text.trim()) ?? parseInstant(text.trim())) : undefined;
    if (parsed === undefined)
      fail(at(path, name), `${show(text)} is not a date.`, "Write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ.");
    within[name] = parsed;
  }
  const { from, to } = within;
  if (from !== undefined && to !== undefined && compareInstants(instant(from), instant(to)) >= 0) {
    fail(path, `from ${from} is not before to ${to}.`, "to is exclusive: the first day no longer included.");
  }
  return within;
}

function checkCount(raw: unknown, path: string, catalogue: Catalogue): CountTest {
  const test = checkNumberTest(raw, path, { keys: ["distinct"], whole: true });
  const distinct = isObject(raw) ? raw["distinct"] : undefined;
  return distinct === undefined ? test : { ...test, distinct: checkKey(distinct, at(path, "distinct"), catalogue) };
}

function checkField(raw: unknown, path: string, catalogue: Catalogue): FieldTest {
  if (!isObject(raw)) fail(path, `${show(raw)} is no test.`, 'Write {"field": "amount", "op": ">", "value": 500}.');
  const column = eventColumn(raw["field"] ?? "amount", at(path, "field"), catalogue);
  if (column.type !== "integer" && column.type !== "bigint" && column.type !== "numeric") {
    const numbers = catalogue.views.events.columns.filter((c) => ["integer", "bigint", "numeric"].includes(c.type));
    fail(
      at(path, "field"),
      `${column.name} is ${column.type}, not a number.`,
      `Numbers: ${numbers.map((c) => c.name).join(", ")}.`,
    );
  }
  return { field: column.name, ...checkNumberTest(raw, path, { keys: ["field"] }) };
}

/** What events are grouped or counted by: "product" (its id, else its name), "order", or a column. */
function checkKey(raw: unknown, path: string, catalogue: Catalogue): string {
  if (raw === "product") return raw;
  return eventColumn(raw === "order" ? "order_id" : raw, path, catalogue).name;
}

function eventColumn(name: unknown, path: string, catalogue: Catalogue): Column {
  const names = catalogue.views.events.columns.map((c) => c.name);
  if (typeof name !== "string") failUnknown(path, "column of events", name, names);
  const column =
    findColumn(catalogue, "events", name) ??
    (name === "product" ? findColumn(catalogue, "events", "product_name") : undefined);
  if (column !== undefined) return column;
  if (findColumn(catalogue, "customers", name) === undefined) failUnknown(path, "column of events", name, names);
  fail(path, `unknown column of events ${show(name)}.`, `It is a customer's: use {"attribute": ${show(name)}, ...}.`);
}
