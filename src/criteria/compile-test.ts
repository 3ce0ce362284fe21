import type { Column, ColumnType } from "./catalogue.js";
import { instant } from "./instant.js";
import type { NumberTest, Scalar, Test } from "./schema.js";

const casts: Record<ColumnType, string> = {
  integer: "numeric",
  bigint: "numeric",
  numeric: "numeric",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamptz",
  text: "text",
};

/** Adds a parameter and gives its place, with the cast from which pg and PGlite both infer its type. */
export function parameter(params: unknown[], value: unknown, type: string): string {
  params.push(value);
  return `$${params.length}::${type}`;
}

/** The name as a quoted identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * SQL of a test of `expression`, which is of the column's type. A blank is null (not a match), except that `!=` is true
 * and is_null says so. Case of text does not count.
 */
export function compileTest(expression: string, column: Column, test: Test, params: unknown[]): string {
  const { op, value } = test;
  if (op === "is_null") return `${expression} is ${value === false ? "not " : ""}null`;
  if (column.type === "text") return compileText(expression, column, test, params);
  const type = casts[column.type];
  const list = (Array.isArray(value) ? value : [value]).map((item) => bind(item, column.type));
  const one = (item: unknown): string => parameter(params, item, type);
  switch (op) {
    case "in":
      return `${expression} = any(${parameter(params, list, `${type}[]`)})`;
    case "between":
      return `${expression} between ${one(list[0])} and ${one(list[1])}`;
    case "!=":
      return `${expression} is distinct from ${one(list[0])}`;
    default:
      return `${expression} ${op} ${one(list[0])}`;
  }
}

/** SQL of a test of a number that is never null. */
export function compileNumberTest(expression: string, test: NumberTest, params: unknown[]): string {
  const values = typeof test.value === "number" ? [test.value] : test.value;
  const [first, second] = values.slice(0, test.op === "between" ? 2 : 1).map((v) => parameter(params, v, "numeric"));
  if (test.op === "between") return `${expression} between ${first} and ${second}`;
  return `${expression} ${test.op === "!=" ? "<>" : test.op} ${first}`;
}

/**
 * SQL of "is one of the wanted texts". Where the column's values are known the stored spellings are asked for, which an
 * index serves; else both sides are folded by Postgres, whose idea of case is then the only one.
 */
export function compileOneOf(
  expression: string,
  wanted: readonly string[],
  column: Column | undefined,
  params: unknown[],
): string {
  const stored = column?.values;
  if (!stored) {
    const places = wanted.length === 1 ? `lower(${parameter(params, wanted[0], "text")})` : undefined;
    if (places !== undefined) return `lower(${expression}) = ${places}`;
    const list = parameter(params, wanted, "text[]");
    return `lower(${expression}) = any(array(select lower(wanted) from unnest(${list}) as wanted))`;
  }
  const folded = new Set(wanted.map((text) => text.toLowerCase()));
  const spellings = stored.map((s) => s.value).filter((text) => folded.has(text.toLowerCase()));
  // An unknown value stays visible in the statement; it matches no row.
  return `${expression} = any(${parameter(params, spellings.length > 0 ? spellings : wanted, "text[]")})`;
}

function compileText(expression: string, column: Column, { op, value }: Test, params: unknown[]): string {
  const wanted = (Array.isArray(value) ? value : [value]).map(String);
  switch (op) {
    case "contains":
      // position, not LIKE: % and _ of the wanted text have no meaning here.
      return `position(lower(${parameter(params, wanted[0], "text")}) in lower(${expression})) > 0`;
    case "starts_with":
      return `starts_with(lower(${expression}), lower(${parameter(params, wanted[0], "text")}))`;
    case "!=":
      return `(${compileOneOf(expression, wanted, column, params)}) is not true`;
    default:
      return compileOneOf(expression, wanted, column, params);
  }
}

function bind(value: Scalar, type: ColumnType): Scalar {
  // A day without a zone would be read in the session's zone.
  return type === "timestamp" ? instant(String(value)) : value;
}
