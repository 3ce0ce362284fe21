import { orList } from "../lib/nearest.js";
import type { Column } from "./catalogue.js";
import type { NumberTest, Scalar, Test } from "./schema.js";

/** A value in words; in quotes where its end could be mistaken. */
export function sayValue(value: Scalar): string {
  if (typeof value === "number") return String(value);
  const text = String(value);
  const plain = /^[\p{L}\p{N}][\p{L}\p{N}\p{M} _.:+&'’/-]*$/u.test(text);
  return plain && !/\b(and|or|not|in|with|is)\b/i.test(text) ? text : JSON.stringify(text);
}

/** "age > 40", "gender is F", "country is one of US, CA", "city contains york". */
export function sayTest(name: string, { op, value }: Test | NumberTest, column?: Column): string {
  const values = (Array.isArray(value) ? value : [value]).map(sayValue);
  const [first = "", second = ""] = values;
  switch (op) {
    case "=":
      return `${name} ${column === undefined || isNumber(column) ? "=" : "is"} ${first}`;
    case "!=":
      return `${name} ${column === undefined || isNumber(column) ? "≠" : "is not"} ${first}`;
    case "between":
      return `${name} is between ${first} and ${second}`;
    case "in":
      return values.length === 1 ? `${name} is ${first}` : `${name} is one of ${values.join(", ")}`;
    case "contains":
      return `${name} contains ${first}`;
    case "starts_with":
      return `${name} starts with ${first}`;
    case "is_null":
      return `${name} is ${value === false ? "not " : ""}blank`;
    default:
      return `${name} ${op} ${first}`;
  }
}

/** "at least 2 times", "exactly once", with `unit` "at least 2 orders". */
export function sayCount({ op, value }: NumberTest, unit?: string): string {
  const [first = 0, second = 0] = typeof value === "number" ? [value] : value;
  const times = (n: number): string => {
    if (unit !== undefined) return `${n} ${unit}`;
    return n === 1 ? "once" : `${n} times`;
  };
  switch (op) {
    case "=":
      return `exactly ${times(first)}`;
    case "!=":
      return `not exactly ${times(first)}`;
    case "<":
      return `fewer than ${times(first)}`;
    case "<=":
      return `at most ${times(first)}`;
    case ">":
      return `more than ${times(first)}`;
    case ">=":
      return `at least ${times(first)}`;
    case "between":
      return `${first} to ${times(second)}`;
  }
}

/** "more than 500", "between 100 and 200". */
export function sayAmount({ op, value }: NumberTest): string {
  const [first = 0, second = 0] = typeof value === "number" ? [value] : value;
  const words = { "=": "exactly", "!=": "not", "<": "less than", "<=": "at most", ">": "more than", ">=": "at least" };
  return op === "between" ? `between ${first} and ${second}` : `${words[op]} ${first}`;
}

/** "gold", "gold or silver". */
export function sayValues(value: Scalar | readonly Scalar[]): string {
  return orList((typeof value === "object" ? value : [value]).map(sayValue));
}

function isNumber(column: Column): boolean {
  return column.type === "integer" || column.type === "bigint" || column.type === "numeric";
}
