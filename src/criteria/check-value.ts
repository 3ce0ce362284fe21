import { nearest, orList } from "../lib/nearest.js";
import type { Catalogue, Column, ColumnType, ViewName } from "./catalogue.js";
import { at, checkKeys, fail, failUnknown, isObject, show } from "./fail.js";
import { compareInstants, instant, parseDay, parseInstant } from "./instant.js";
import type { Scalar, Test } from "./schema.js";
import { type NumberOperator, type NumberTest, numberOperators, type Operator, operators } from "./schema.js";

const ordered: readonly Operator[] = ["=", "!=", "<", "<=", ">", ">=", "between", "in", "is_null"];
const fitting: Record<ColumnType, readonly Operator[]> = {
  integer: ordered,
  bigint: ordered,
  numeric: ordered,
  date: ordered,
  timestamp: ordered,
  boolean: ["=", "!=", "in", "is_null"],
  text: ["=", "!=", "in", "contains", "starts_with", "is_null"],
};

/** A test as it was written, and where: `path` names the value when `op` was not written out. */
export interface RawTest {
  op: unknown;
  value: unknown;
  opPath: string;
  valuePath: string;
}

/** What the check of values needs to know and may add to. */
export interface Checking {
  catalogue: Catalogue;
  warnings: string[];
}

/** Checks a test against the column's type and gives it in its normal form; a value that no row holds is a warning. */
export function checkTest(raw: RawTest, column: Column, view: ViewName, checking: Checking): Test {
  const { value, valuePath } = raw;
  const op = checkOperator(raw, column);
  if (op === "is_null") {
    if (value !== undefined && typeof value !== "boolean")
      fail(valuePath, `is_null takes true or false, not ${show(value)}.`);
    return { op, value: value ?? true };
  }
  if (column.filled === 0 && checking.catalogue.views[view].rows > 0) {
    checking.warnings.push(`${column.name} is blank in every row of ${view}.`);
  }
  if (op === "between") return { op, value: checkRange(value, column, valuePath) };
  if (op === "in") {
    if (!Array.isArray(value))
      fail(valuePath, `in takes a list, not ${show(value)}.`, `Write [${show(value)}] or use =.`);
    if (value.length === 0) fail(valuePath, "an empty list matches nobody.", "Give at least one value.");
    const list = value.map((item, i) => checkScalar(item, column, at(valuePath, i)));
    for (const item of list) warnOfValue(item, op, column, view, checking);
    return { op, value: list };
  }
  if (Array.isArray(value)) fail(valuePath, `${op} takes one value, not a list.`, listHint(op));
  const scalar = checkScalar(value, column, valuePath);
  warnOfValue(scalar, op, column, view, checking);
  return { op, value: scalar };
}

/** Checks a test of a count, sum, average, share or weight; a number alone is `=`. */
export function checkNumberTest(
  raw: unknown,
  path: string,
  rules: { keys?: string[]; whole?: boolean } = {},
): NumberTest {
  if (typeof raw === "number") return { op: "=", value: checkNumber(raw, path, rules.whole) };
  if (!isObject(raw)) fail(path, `${show(raw)} is no test.`, 'Write {"op": ">=", "value": 2}.');
  checkKeys(raw, ["op", "value", ...(rules.keys ?? [])], path);
  const op = raw["op"] ?? "=";
  if (!isNumberOperator(op)) failUnknown(at(path, "op"), "op", op, numberOperators);
  const valuePath = at(path, "value");
  if (op !== "between") return { op, value: checkNumber(raw["value"], valuePath, rules.whole) };
  const [low, high] = pair(raw["value"], valuePath);
  const range = [checkNumber(low, at(valuePath, 0), rules.whole), checkNumber(high, at(valuePath, 1), rules.whole)];
  if (range[0]! > range[1]!) failOrder(valuePath, low, high);
  return { op, value: range };
}

/** The text without surrounding spaces; throws when nothing is left or it cannot be stored. */
export function checkText(value: unknown, path: string): string {
  if (typeof value !== "string") fail(path, `expected text, not ${show(value)}.`);
  const text = value.trim();
  if (text === "") fail(path, "the text is empty.", 'To ask for blanks use {"op": "is_null"}.');
  if (text.includes("\0")) fail(path, "the text holds a NUL character.");
  return text;
}

/** Warns when the column's values are known and this one is not among them. */
export function warnOfText(text: string, column: Column, view: ViewName, checking: Checking): void {
  if (column.values === null) return;
  const wanted = text.toLowerCase();
  if (column.values.some((stored) => stored.value.toLowerCase() === wanted)) return;
  const near = nearest(
    text,
    column.values.map((stored) => stored.value),
  );
  const hint = near.length === 0 ? "" : `; the nearest: ${near.join(", ")}`;
  checking.warnings.push(`No row of ${view} has ${column.name} ${show(text)}${hint}.`);
}

function checkOperator({ op: written, value, opPath, valuePath }: RawTest, column: Column): Operator {
  const op = written ?? defaultOperator(value, column, valuePath);
  if (!isOperator(op)) failUnknown(opPath, "op", op, operators);
  if (fitting[column.type].includes(op)) return op;
  const example = column.type === "text" ? column.values?.[0]?.value : undefined;
  const such = example === undefined ? "" : `, with values such as ${show(example)}`;
  fail(
    opPath,
    `${op} does not fit ${column.name}, which is ${column.type}${such}.`,
    `Use ${orList(fitting[column.type])}.`,
  );
}

function defaultOperator(value: unknown, column: Column, path: string): Operator {
  if (!Array.isArray(value)) return "=";
  if (column.type === "text" || column.type === "boolean") return "in";
  // [25, 40] could be a range or two values.
  fail(path, "a list needs an op.", "Use between for a range, in for a list.");
}

function checkScalar(value: unknown, column: Column, path: string): Scalar {
  if (value === null || value === undefined) {
    fail(path, `${column.name} needs a value.`, 'To ask for blanks use {"op": "is_null"}.');
  }
  switch (column.type) {
    case "integer":
    case "bigint":
    case "numeric":
      if (typeof value !== "number") fail(path, `${column.name} is a number, not ${show(value)}.`, numberHint(value));
      return checkNumber(value, path);
    case "boolean":
      if (typeof value !== "boolean") fail(path, `${column.name} is true or false, not ${show(value)}.`);
      return value;
    case "date":
      return parseDay(typeof value === "string" ? value.trim() : "") ?? failDate(path, column, value, "YYYY-MM-DD");
    case "timestamp": {
      const text = typeof value === "string" ? value.trim() : "";
      return (
        parseDay(text) ?? parseInstant(text) ?? failDate(path, column, value, "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ")
      );
    }
    case "text":
      if (typeof value !== "string") fail(path, `${column.name} is text, not ${show(value)}.`, textHint(value));
      return checkText(value, path);
  }
}

function checkRange(value: unknown, column: Column, path: string): Scalar[] {
  const [rawLow, rawHigh] = pair(value, path);
  const low = checkScalar(rawLow, column, at(path, 0));
  const high = checkScalar(rawHigh, column, at(path, 1));
  const backwards =
    typeof low === "string" && typeof high === "string" ? compareInstants(instant(low), instant(high)) > 0 : low > high;
  if (backwards) failOrder(path, low, high);
  return [low, high];
}

function checkNumber(value: unknown, path: string, whole = false): number {
  if (typeof value !== "number") fail(path, `expected a number, not ${show(value)}.`, numberHint(value));
  if (!Number.isFinite(value)) fail(path, `${value} is not a finite number.`);
  if (whole && (!Number.isSafeInteger(value) || value < 0))
    fail(path, `expected a whole number from 0 on, not ${value}.`);
  return value;
}

function pair(value: unknown, path: string): [unknown, unknown] {
  if (Array.isArray(value) && value.length === 2) return [value[0], value[1]];
  fail(path, `between takes two values, not ${show(value)}.`, "Write [lower, upper]; both are included.");
}

function warnOfValue(value: Scalar, op: Operator, column: Column, view: ViewName, checking: Checking): void {
  if (column.type === "text" && (op === "=" || op === "!=" || op === "in")) {
    warnOfText(String(value), column, view, checking);
  }
  // Somebody who writes a day after one of these most likely means the whole day.
  const wholeDay = op === "=" || op === "!=" || op === "in" || op === "<=" || op === ">";
  if (column.type === "timestamp" && wholeDay && parseDay(String(value)) !== undefined) {
    checking.warnings.push(`${column.name} ${op} ${value} compares with 00:00 UTC of that day.`);
  }
}

const isOperator = (op: unknown): op is Operator => operators.some((known) => known === op);
const isNumberOperator = (op: unknown): op is NumberOperator => numberOperators.some((known) => known === op);

function listHint(op: Operator): string {
  return op === "!=" ? 'Use {"not": {..., "op": "in"}}.' : op === "=" ? "Use in." : "Give one value.";
}

function numberHint(value: unknown): string | undefined {
  if (typeof value !== "string" || value.trim() === "" || !Number.isFinite(Number(value))) return undefined;
  return `Write ${Number(value)}, without quotes.`;
}

function textHint(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "boolean" ? `Write "${value}".` : undefined;
}

function failDate(path: string, column: Column, value: unknown, format: string): never {
  fail(path, `${column.name} is a ${column.type}; ${show(value)} is none.`, `Write ${format}.`);
}

function failOrder(path: string, low: unknown, high: unknown): never {
  fail(path, `the lower value ${show(low)} is above the upper ${show(high)}.`, `Write [${show(high)}, ${show(low)}].`);
}
