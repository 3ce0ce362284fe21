import type { Column } from "../criteria/catalogue.js";
import type { Criteria } from "../criteria/schema.js";
import { isOneOf, moreValues, ofBrackets } from "./attributes.js";
import { brackets } from "./brackets.js";
import { type Condition, plain } from "./conditions.js";
import { COUNTED, isCount } from "./flags.js";
import { type NumberTest, readNumberTest } from "./numbers.js";
import { problem, type Reading } from "./reading.js";
import { readColumn, readValue } from "./values.js";

/**
 * A column and what it is to be: "total spent over 500", "age > 30", "yearly income of at least 90k", "favorite color
 * red", "state TX", "is_subscribed yes"; or a value before its column: "black as their favorite color".
 */
export function readColumnTest(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return (
    readNamed(reading) ??
    readEarning(reading) ??
    readNumberOf(reading) ??
    cursor.attempt(() => {
      cursor.take("in the", "of the", "a", "an", "the", "their");
      const negative = cursor.take("negative");
      const link = readColumn(reading, "customers");
      if (!link) return undefined;
      const { column } = link;
      if (negative) {
        return ["integer", "bigint", "numeric"].includes(column.type)
          ? plain({ attribute: column.name, op: "<", value: 0 })
          : undefined;
      }
      if (column.filled === 0) return problem(reading, `The column ${column.name} is blank in this data.`);
      cursor.take("is", "are", "was", "equals", "equal to", "of");
      cursor.mark("=");
      const not = cursor.take("not", "other than", "anything but", "different from");
      const blank = !not && cursor.attempt(() => readBlank(reading, column));
      if (blank) return blank;
      const criteria = testOf(reading, column);
      if (!criteria || not) return criteria && plain({ not: criteria });
      const { op, value } = criteria as { op?: NumberTest["op"]; value?: NumberTest["value"] };
      const numeric = ["integer", "bigint", "numeric"].includes(column.type);
      const retest = (test: NumberTest) =>
        isWithin(column, test)
          ? plain({ attribute: column.name, op: test.op, value: test.value })
          : problem(reading, `It is not clear what the second limit is of: ${column.name} does not reach so far.`);
      return {
        ...plain(criteria),
        ...(numeric && { retest, test: { op: op ?? "=", value: value ?? 0, money: false, percent: false } }),
      };
    }) ??
    cursor.attempt(() => {
      const value = readValue(reading, "customers", (link) => {
        const column = reading.catalogue.views.customers.columns.find((c) => c.name === link.column);
        return column !== undefined;
      });
      return value &&
        cursor.take("as their", "as a", "as the", "as his", "as her", "as") &&
        readsColumn(reading, value.column)
        ? plain(isOneOf(value.column, value.values))
        : undefined;
    }) ??
    cursor.attempt(() => valueAsColumn(reading))
  );
}

/** "(education) unknown": a blank, where that is no stored value. */
function readBlank({ cursor, lexicon }: Reading, column: Column): Condition | undefined {
  const stored = (lexicon.values.get(cursor.keyAt(1)) ?? []).some((link) => link.column === column.name);
  if (stored || !cursor.take("unknown", "missing", "blank", "empty", "null", "not known", "not given"))
    return undefined;
  return plain({ attribute: column.name, op: "is_null", value: true });
}

/** "named Mary", "called Mary Smith" */
function readNamed(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (!cursor.take("named", "called")) return undefined;
    const named = (column: string) =>
      readValue(reading, "customers", (link) => link.column === column, undefined, true);
    const first = named("first_name");
    const last = named("last_name");
    const parts = [first, last]
      .filter((value) => value !== undefined)
      .map(({ column, values }) => isOneOf(column, values));
    return parts.length === 0 ? undefined : plain(parts.length === 1 ? (parts[0] as Criteria) : { all: parts });
  });
}

/** "earn more than 90000", "earning 50-74K": the one column of income. */
function readEarning(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const make = cursor.take("make", "makes", "making");
    if (!make && !cursor.take("earn", "earns", "earned", "earning")) return undefined;
    const incomes = reading.catalogue.views.customers.columns.filter(
      (c) => /income|salary|earning/.test(c.name) && c.filled > 0,
    );
    const [column] = incomes;
    if (!column || incomes.length > 1) {
      return make ? undefined : problem(reading, "This data has no one column of income.");
    }
    const criteria = testOf(reading, column);
    return criteria && plain(criteria);
  });
}

/** "more than 2 children", "at least two cars": a number before the column that counts them. */
function readNumberOf(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const test = readNumberTest(cursor, true);
    if (!test || test.money || test.percent) return undefined;
    const counts = (column: Column) =>
      isCount(column) ||
      ((COUNTED.test(column.name) || /size|person|people/.test(column.name)) && brackets(column) !== undefined);
    const link = readColumn(reading, "customers", ({ column }) => column.filled > 0 && counts(column));
    if (!link) return undefined;
    if (!isCount(link.column)) return ofBrackets(reading, link.column, test);
    return { ...plain({ attribute: link.column.name, op: test.op, value: test.value }), counted: true as const };
  });
}

/** "black as their favorite color" where black alone could stand in other columns too. */
function valueAsColumn(reading: Reading): Condition | undefined {
  const { cursor, lexicon } = reading;
  for (let length = Math.min(4, cursor.tokens.length - cursor.pos); length > 0; length--) {
    const links = (lexicon.values.get(cursor.keyAt(length)) ?? []).filter((link) => link.view === "customers");
    if (links.length === 0) continue;
    const found = cursor.attempt(() => {
      cursor.advance(length);
      if (!cursor.take("as their", "as a", "as the", "as")) return undefined;
      const column = readColumn(reading, "customers");
      const values = links.filter((link) => link.column === column?.column.name).map((link) => link.value);
      return column && values.length > 0 ? plain(isOneOf(column.column.name, values)) : undefined;
    });
    if (found) return found;
  }
  return undefined;
}

/** Whether a limit tells rows of the column apart, or must be meant of something else. */
function isWithin({ min, max }: Column, { value }: NumberTest): boolean {
  if (min === null || max === null) return true;
  return [value].flat().every((limit) => limit >= Number(min) && limit <= Number(max));
}

function readsColumn(reading: Reading, name: string): boolean {
  return readColumn(reading, "customers", (link) => link.column.name === name) !== undefined;
}

const DEEDS = ["events", "views", "add_to_carts", "purchases"];
const COUNTS = ["age", "events", "views", "add_to_carts", "purchases"];

function testOf(reading: Reading, column: Column): Criteria | undefined {
  const { cursor } = reading;
  const attribute = column.name;
  if (column.type === "text") {
    const value = readValue(reading, "customers", (link) => link.column === attribute, undefined, true);
    if (!value) {
      const test = brackets(column) && readNumberTest(cursor, false);
      return test ? ofBrackets(reading, column, test)?.make(undefined) : undefined;
    }
    return isOneOf(attribute, moreValues(reading, value));
  }
  if (column.type === "boolean") {
    if (cursor.take("true", "yes")) return { attribute, op: "=", value: true };
    if (cursor.take("false", "no")) return { attribute, op: "=", value: false };
    return undefined;
  }
  if (column.type === "date" || column.type === "timestamp") return undefined;
  const said = cursor.peek()?.kind === "word" && !cursor.sees("at least", "at most");
  const test = readNumberTest(cursor, true);
  if (test && said && DEEDS.includes(attribute) && !test.bare) {
    return problem(reading, "It is not clear whether that is their number or their worth.");
  }
  // "purchases over $100" is not about their number.
  if (test?.money && COUNTS.includes(attribute))
    return problem(reading, `${attribute} is a number, not an amount of money.`);
  return test && !test.percent ? { attribute, op: test.op, value: test.value } : undefined;
}

/** "without an email", "with no favorite color": blanks. */
export function readMissing(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (!cursor.take("without any", "without an", "without a", "without", "with no", "have no", "no", "missing"))
      return undefined;
    const link = readColumn(reading, "customers", ({ column }) => column.type === "text" || column.type === "date");
    if (!link) return undefined;
    if (link.column.filled === 0) return problem(reading, `The column ${link.column.name} is blank in this data.`);
    if (brackets(link.column)) {
      const none = link.column.values?.map((v) => v.value).filter((value) => /^0$|none|^no /i.test(value)) ?? [];
      return none.length > 0 ? plain(isOneOf(link.column.name, none)) : undefined;
    }
    cursor.take("on file", "on record", "recorded", "given", "listed");
    return plain({ attribute: link.column.name, op: "is_null", value: true });
  });
}
