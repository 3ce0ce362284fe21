import type { Column } from "../criteria/catalogue.js";
import { isFlag } from "./flags.js";
import type { Query } from "./query.js";
import type { Reading } from "./reading.js";
import { readColumn } from "./values.js";

const EXIST = [
  "exist",
  "are there",
  "there are",
  "do we have",
  "do you have",
  "are available",
  "are known",
  "do you know",
  "can i use",
  "can i ask about",
  "is there",
  "are in the data",
  "in the data",
];

/** "which colors exist", "what columns are there", "how many different countries are there" */
export function readDescribe(reading: Reading): Query | undefined {
  const { cursor } = reading;
  const count = cursor.take(
    "how many different",
    "how many distinct",
    "how many unique",
    "how many",
    "number of different",
    "number of distinct",
    "number of unique",
  );
  if (!count && !cursor.take("which", "what", "what are", "list", "show me", "show", "give me")) return undefined;
  cursor.take("are the", "all the", "all", "the", "different", "distinct", "possible", "kinds of");
  if (!count && cursor.take("column", "field", "attribute", "table", "view")) {
    cursor.take(...EXIST);
    return { kind: "describe", view: undefined, column: undefined };
  }
  // "how many homeowners": a value of the column homeowner, not the column
  if (count && reading.lexicon.values.has(cursor.keyAt(1))) return undefined;
  const own = readColumn(reading, "customers", ({ column }) => hasValues(column));
  const link = own ?? readColumn(reading, "events", ({ column }) => hasValues(column));
  if (!link) return undefined;
  const exist = cursor.take(...EXIST);
  // "list countries" asks for values; "which countries" alone for something that is missing
  if (!exist && (count || !/^(list|show|give|what)/.test(cursor.tokens[0]?.lower ?? ""))) return undefined;
  const { name } = link.column;
  if (!count) return { kind: "describe", view: link.view, column: name };
  if (link.view === "customers") return { kind: "distinct", column: name, customers: {} };
  return {
    kind: "events",
    measure: { of: "distinct", statistic: "count", event: "any", column: name === "product_name" ? "product" : name },
    where: [],
    within: undefined,
    customers: {},
    groups: undefined,
  };
}

/** "How many homeowners are there?" asks for customers, not for the values of a flag. */
function hasValues(column: Column): boolean {
  return column.filled > 0 && column.values !== null && !isFlag(column);
}
