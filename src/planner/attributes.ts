import type { Column } from "../criteria/catalogue.js";
import { boundsOf } from "../criteria/instant.js";
import type { Criteria } from "../criteria/schema.js";
import { brackets } from "./brackets.js";
import { type Condition, negate, plain } from "./conditions.js";
import { isCount } from "./flags.js";
import { type NumberTest, readNumberTest } from "./numbers.js";
import { readPeriod } from "./periods.js";
import { filledColumn, problem, type Reading, type ValueLink } from "./reading.js";
import { type ReadValue, readColumn, readValue } from "./values.js";

/** Beyond it a bare number ("customers over 500") is not about age. */
const OLDEST = 130;

const DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split(" ");

/** "women", "male": the data's own spelling of the gender. */
export function readGender(reading: Reading): Condition | undefined {
  const { cursor, vocabulary } = reading;
  return cursor.attempt(() => {
    const found = cursor.phrase(vocabulary.genders);
    if (!found) return undefined;
    const column = filledColumn(reading, "gender");
    const stored = (meaning: string) => column?.values?.find((v) => v.value.toUpperCase().startsWith(meaning))?.value;
    const value = stored(found.meaning);
    if (value === undefined) return problem(reading, "This data has no gender of customers.");
    // "men and women", "men or women": both
    const other = cursor.attempt(() => cursor.take("and", "or") && cursor.phrase(vocabulary.genders));
    const second = other && stored(other.meaning);
    return plain(isOneOf("gender", second && second !== value ? [value, second] : [value]));
  });
}

/** "over 30", "between 25 and 40 years old", "aged 25-40", "in their thirties", "65+": of age; `bare`: also without a word that says so. */
export function readAge(reading: Reading, bare: boolean): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const decade = cursor.attempt(() => {
      if (!cursor.take("in their", "in his", "in her", "in the")) return undefined;
      const word = DECADES.indexOf(cursor.peek()?.lower ?? "");
      if (word >= 0) {
        cursor.advance();
        return 20 + 10 * word;
      }
      const digits = /^([1-9]0)$/.exec(cursor.peek()?.text ?? "");
      if (!digits || cursor.peek(1)?.lower !== "s") return undefined;
      cursor.advance(2);
      return Number(digits[1]);
    });
    if (decade !== undefined)
      return ofAge(reading, { op: "between", value: [decade, decade + 9], money: false, percent: false });
    const aged = cursor.take(
      "in the age group",
      "in age group",
      "age group",
      "in the age band",
      "age band",
      "in the age range",
      "in the age bracket",
      "aged",
      "age",
      "ages",
      "of age",
      "at the age of",
    );
    const test = readNumberTest(cursor, true);
    if (!test || test.money || test.percent) return undefined;
    const years = cursor.take("years old", "year old", "years of age", "yrs old", "yr old", "yo");
    if (!aged && !years && (test.op === "=" || !bare)) return undefined;
    if ([test.value].flat().some((value) => value > OLDEST))
      return problem(reading, `${String(test.value)} is no age: what is it a number of?`);
    return ofAge(reading, test, aged || years);
  });
}

function ofAge(reading: Reading, test: NumberTest, said = true): Condition | undefined {
  if (!filledColumn(reading, "age")) {
    const bands = reading.catalogue.views.customers.columns.filter((c) => /(^|_)age(_|$)/.test(c.name) && brackets(c));
    const [own] = bands;
    // Without a word for age the limit has to tell the brackets apart: "households 5+" is not about age.
    const telling = own && (brackets(own)?.matching(test)?.length ?? 0) < (own.values?.length ?? 0);
    if (own && bands.length === 1 && (said || telling)) return ofBrackets(reading, own, test);
    return problem(reading, "This data has no age of customers.");
  }
  return {
    ...plain({ attribute: "age", op: test.op, value: test.value }),
    age: true,
    test,
    retest: (other) => ofAge(reading, other),
  };
}

/** A number against a column of brackets: right only where the limit falls between two of them. */
function ofBrackets(reading: Reading, column: Column, test: NumberTest): Condition | undefined {
  const values = brackets(column)?.matching(test);
  if (values) return plain(isOneOf(column.name, values));
  const known = column.values?.map((v) => v.value).join(", ");
  return problem(reading, `The limit falls inside a bracket of ${column.name}, or beyond them: ${known}.`);
}

const PLACE_LEADS = [
  "living in",
  "live in",
  "lives in",
  "based in",
  "located in",
  "residing in",
  "reside in",
  "come from",
  "coming from",
  "from",
  "in",
  "of",
];

/** "from Germany", "in TX or CA", "living in New York state": values of one column of customers. */
export function readPlace(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const outside = cursor.take(
      "outside of",
      "outside",
      "not in",
      "not from",
      "except for",
      "except",
      "excluding",
      "other than",
    );
    if (outside) cursor.take("those from", "those in", "from", "in");
    else if (!cursor.take(...PLACE_LEADS)) return undefined;
    cursor.take("the");
    cursor.take("state of", "country of", "city of");
    const condition = readValueList(reading, isPlace);
    return condition && { ...(outside ? negate(condition) : condition), place: true as const };
  });
}

/** "Germany", "Germany or France", "gold": one column, any of the values; `bare` as for `readValue`. */
export function readValueList(
  reading: Reading,
  bare?: (link: ValueLink, key: string) => boolean,
): Condition | undefined {
  const first = readValue(reading, "customers", undefined, bare);
  return first && plain(isOneOf(first.column, moreValues(reading, first)));
}

/** The values of one column in a list: "TX, HI or CA". */
function moreValues(reading: Reading, first: ReadValue): string[] {
  const { cursor } = reading;
  const values = [...first.values];
  for (;;) {
    const more = cursor.attempt(() => {
      const comma = cursor.mark(",");
      if (!cursor.take("or", "and") && !comma) return undefined;
      cursor.take("in", "from");
      return readValue(reading, "customers", (link) => link.column === first.column);
    });
    if (!more) return values;
    values.push(...more.values);
  }
}

/** A column that says where somebody is. */
function isPlace({ column }: ValueLink): boolean {
  return /country|nation|state|province|region|city|town|county|zip|postal|location/.test(column);
}

function isOneOf(attribute: string, values: string[]): Criteria {
  return values.length === 1
    ? { attribute, op: "=", value: values[0] as string }
    : { attribute, op: "in", value: values };
}

/**
 * A column and what it is to be: "total spent over 500", "age > 30", "yearly income of at least 90k", "favorite color
 * red", "state TX", "is_subscribed yes"; or a value before its column: "black as their favorite color".
 */
export function readColumnTest(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return (
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
      const not = cursor.take("not");
      const criteria = testOf(reading, column);
      if (!criteria || not) return criteria && plain({ not: criteria });
      const { op, value } = criteria as { op?: NumberTest["op"]; value?: NumberTest["value"] };
      const numeric = ["integer", "bigint", "numeric"].includes(column.type);
      const retest = (test: NumberTest) => plain({ attribute: column.name, op: test.op, value: test.value });
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

/** "earn more than 90000", "earning 50-74K": the one column of income. */
function readEarning(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (!cursor.take("earn", "earning", "who make")) return undefined;
    const incomes = reading.catalogue.views.customers.columns.filter(
      (c) => /income|salary|earning/.test(c.name) && c.filled > 0,
    );
    const [column] = incomes;
    if (!column || incomes.length > 1) return problem(reading, "This data has no one column of income.");
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
    const link = readColumn(reading, "customers", ({ column }) => column.filled > 0 && isCount(column));
    return link && plain({ attribute: link.column.name, op: test.op, value: test.value });
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

function readsColumn(reading: Reading, name: string): boolean {
  return readColumn(reading, "customers", (link) => link.column.name === name) !== undefined;
}

const COUNTS = ["age", "events", "views", "add_to_carts", "purchases"];

function testOf(reading: Reading, column: Column): Criteria | undefined {
  const { cursor } = reading;
  const attribute = column.name;
  if (column.type === "text") {
    const value = readValue(reading, "customers", (link) => link.column === attribute);
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
  const test = readNumberTest(cursor, true);
  // "purchases over $100" is not about their number.
  if (test?.money && COUNTS.includes(attribute))
    return problem(reading, `${attribute} is a number, not an amount of money.`);
  return test && !test.percent ? { attribute, op: test.op, value: test.value } : undefined;
}

const DATE_VERBS: [string, string[]][] = [
  ["signup_date", ["signed up", "sign up", "joined", "registered", "became customer", "became a customer"]],
  ["last_seen_at", ["last active", "last seen", "last visited", "last engaged"]],
  ["first_seen_at", ["first active", "first seen", "first visited"]],
  ["last_purchase_at", ["last bought", "last purchased", "last ordered", "last purchase was", "most recently bought"]],
];

/** "signed up in 2024", "joined before May", "signup date after 2025-01-01": a date of customers within a period. */
export function readDateTest(reading: Reading): Condition | undefined {
  const { cursor, asOf } = reading;
  return cursor.attempt(() => {
    const verb = DATE_VERBS.find(([, phrases]) => cursor.take(...phrases))?.[0];
    if (!verb) cursor.take("a", "the", "their");
    const name = verb
      ? filledColumn(reading, verb)?.name
      : readColumn(reading, "customers", ({ column }) => column.filled > 0 && isTime(column))?.column.name;
    if (name === undefined) return verb ? problem(reading, `This data has no ${verb} of customers.`) : undefined;
    cursor.take("is", "was", "were", "of");
    const within = readPeriod(cursor, asOf);
    if (!within) return undefined;
    const { after, from, to } = boundsOf(within, asOf);
    const day = reading.catalogue.views.customers.columns.find((c) => c.name === name)?.type === "date";
    const bound = (op: ">" | ">=" | "<", time: string | undefined): Criteria[] =>
      time === undefined ? [] : [{ attribute: name, op, value: day ? time.slice(0, 10) : time }];
    const parts = [...bound(">", after), ...bound(">=", from), ...bound("<", to)];
    return plain(parts.length === 1 ? (parts[0] as Criteria) : { all: parts });
  });
}

function isTime(column: Column): boolean {
  return column.type === "date" || column.type === "timestamp";
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
    return plain({ attribute: link.column.name, op: "is_null", value: true });
  });
}
