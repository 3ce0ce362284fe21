import type { Column } from "../criteria/catalogue.js";
import type { Cursor } from "./cursor.js";
import { readNumber } from "./numbers.js";
import type { Dimension } from "./query.js";
import { problem, type Reading } from "./reading.js";
import { readNumericColumn } from "./values.js";

const NOUNS = ["band", "bracket", "group", "range", "bucket", "bin", "interval", "step"];

/** "income band", "total spent in bands of 100", "5 year age groups": a number of customers by ranges of a width. */
export function readBands(reading: Reading): Dimension | undefined {
  const { cursor, catalogue } = reading;
  const before = cursor.attempt(() => readWidth(cursor, true));
  const name = readNumericColumn(reading);
  const column = catalogue.views.customers.columns.find((c) => c.name === name);
  if (!name || !column) return undefined;
  // The reader of columns takes "band" and "bracket" as parts of their names.
  const said = cursor.take(...NOUNS) || NOUNS.includes(cursor.tokens[cursor.pos - 1]?.stem ?? "");
  const after = before ?? cursor.attempt(() => readWidthAfter(cursor, said));
  if (after === undefined && (!said || name === "age")) return undefined;
  if (before !== undefined && !said) return undefined;
  const width = after ?? bandWidth(column);
  return width === undefined
    ? problem(reading, `How far ${name} ranges is not known: say it as "${name} in bands of 100".`)
    : { kind: "band", column: name, width };
}

/** "(income bands) of 5000", "(income) in bands of 5000", "(age) in 5 year bands" */
function readWidthAfter(cursor: Cursor, said: boolean): number | undefined {
  if (said) return cursor.take("of") ? readWidth(cursor) : undefined;
  if (!cursor.take("in", "by")) return undefined;
  if (cursor.take(...NOUNS)) return cursor.take("of") ? readWidth(cursor) : undefined;
  const width = readWidth(cursor, true);
  return width !== undefined && cursor.take(...NOUNS) ? width : undefined;
}

/** `measured`: with its unit, since "5 bands" is how many there are to be. */
function readWidth(cursor: Cursor, measured = false): number | undefined {
  const number = readNumber(cursor);
  if (!number || !Number.isInteger(number.value) || number.value < 1 || number.percent) return undefined;
  cursor.mark("-");
  const unit = cursor.take("year") || number.money;
  return measured && !unit ? undefined : number.value;
}

/** Ten years for ages; else the least of 1, 2 or 5 times a power of ten that makes at most ten bands of the range. */
export function bandWidth({ name, min, max }: Column): number | undefined {
  if (name === "age") return 10;
  if (max === null || Number(max) - Number(min ?? 0) < 10) return undefined;
  const range = Math.max(Number(max ?? 0) - Number(min ?? 0), 1);
  const power = 10 ** Math.floor(Math.log10(range / 10));
  return [1, 2, 5, 10].map((step) => Math.max(1, step * power)).find((width) => range / width <= 10) ?? 1;
}
