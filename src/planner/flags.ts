import type { Column } from "../criteria/catalogue.js";
import type { Criteria } from "../criteria/schema.js";
import { brackets } from "./brackets.js";
import { type Condition, plain } from "./conditions.js";
import type { Reading } from "./reading.js";
import { readColumn } from "./values.js";

const YES = ["1", "true", "t", "yes", "y"];
const NO = ["0", "false", "f", "no", "n"];

/** A column that says yes or no, in whatever code: 1 and 0, Y and N, true and false. */
export function isFlag(column: Column): boolean {
  if (column.type === "boolean") return true;
  const values = column.values?.map((v) => v.value.toLowerCase()) ?? [];
  return values.length > 0 && values.length <= 2 && values.every((v) => YES.includes(v) || NO.includes(v));
}

/** Brackets of how many there are: "kid_category" with 1, 2 and 3+. */
export const COUNTED = /kid|child|car|member|adult/;

/** A whole number that counts things ("number_of_children"): more than none is what "with children" means. */
export function isCount(column: Column): boolean {
  return (
    (column.type === "integer" || column.type === "bigint") &&
    /^(number_of|number|num|total|count_of|no_of|n)_/.test(column.name)
  );
}

/** "home owners", "with children", "are subscribed", "without children": a flag or a count of customers by its own name. */
export function readFlag(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const without = cursor.take("without any", "without a", "without", "no", "zero");
    if (!without) cursor.take("with a", "with", "a", "an", "any");
    const filled = (is: (column: Column) => boolean) =>
      readColumn(reading, "customers", ({ column }) => column.filled > 0 && is(column));
    const link = filled(isFlag) ?? filled(isCount) ?? readSubscribed(reading);
    const counted = link ? undefined : filled((column) => COUNTED.test(column.name) && brackets(column) !== undefined);
    if (counted && !without) {
      // "with kids": any of the brackets but none
      const some = brackets(counted.column)?.order.filter((value) => /[1-9]/.test(value)) ?? [];
      return plain({ attribute: counted.column.name, op: "in", value: some });
    }
    if (link && /subscri/.test(link.column.name))
      cursor.take("to the newsletter", "to our newsletter", "to newsletter");
    if (!link) return undefined;
    const condition = plain(flagIs(link.column, !without));
    return isCount(link.column) ? { ...condition, counted: true as const } : condition;
  });
}

/** "subscribe to the newsletter": the flag by its verb. */
function readSubscribed({ cursor, lexicon }: Reading) {
  if (!cursor.take("subscribe", "receive", "get")) return undefined;
  if (!cursor.take("to the newsletter", "to our newsletter", "the newsletter", "our newsletter")) return undefined;
  const links = [...lexicon.columns.values()]
    .flat()
    .filter(({ view, column }) => view === "customers" && column.filled > 0 && isFlag(column));
  const own = new Map(links.map((link) => [link.column.name, link]));
  const [found, ...others] = [...own.values()].filter(({ column }) => /newsletter|subscri/.test(column.name));
  return others.length === 0 ? found : undefined;
}

/** The column says yes (or no), as it is stored. */
export function flagIs(column: Column, yes: boolean): Criteria {
  const attribute = column.name;
  if (column.type === "boolean") return { attribute, op: "=", value: yes };
  if (!isFlag(column)) return yes ? { attribute, op: ">", value: 0 } : { attribute, op: "=", value: 0 };
  const wanted = yes ? YES : NO;
  const stored = column.values?.find((v) => wanted.includes(v.value.toLowerCase()))?.value;
  // A flag of which only the other value occurs: nobody has this one.
  if (column.type === "text") return { attribute, op: "=", value: stored ?? (yes ? "Y" : "N") };
  return { attribute, op: "=", value: yes ? 1 : 0 };
}

/** "likes_luxury true", "subscribed no": a boolean column with its value. */
export function readFlagValue(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const link = readColumn(reading, "customers", ({ column }) => column.filled > 0 && isFlag(column));
    if (!link) return undefined;
    cursor.take("is", "are", "equals");
    cursor.mark("=");
    if (cursor.take("true", "yes")) return plain(flagIs(link.column, true));
    return cursor.take("false", "no") ? plain(flagIs(link.column, false)) : undefined;
  });
}
