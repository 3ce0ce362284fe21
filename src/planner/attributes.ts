import type { Column } from "../criteria/catalogue.js";
import type { Criteria } from "../criteria/schema.js";
import { brackets } from "./brackets.js";
import { type Condition, negate, plain } from "./conditions.js";
import type { Cursor } from "./cursor.js";
import { type NumberTest, readNumberTest } from "./numbers.js";
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
    if (/^(child|son|daughter|baby|teenager)$/.test(cursor.tokens[cursor.pos - 1]?.stem ?? "") && readsAge(cursor)) {
      return problem(reading, "How old the children of customers are is not known here.");
    }
    const decades = readDecades(cursor);
    if (decades.length > 0) {
      const each = decades.map((from) =>
        ofAge(reading, { op: "between", value: [from, from + 9], money: false, percent: false }),
      );
      const [one, ...others] = each;
      if (others.length === 0 || each.some((condition) => condition === undefined)) return one;
      return { ...plain({ any: each.map((condition) => (condition as Condition).make(undefined)) }), age: true };
    }
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
    // "the under 30s"
    const plural = (test.op === "<" || test.op === ">" || test.op === "<=" || test.op === ">=") && cursor.take("s");
    const years = plural || cursor.take("years old", "year old", "years of age", "yrs old", "yr old", "yo");
    if (!aged && !years && (test.op === "=" || !bare)) return undefined;
    if ([test.value].flat().some((value) => value > OLDEST))
      return problem(reading, `${String(test.value)} is no age: what is it a number of?`);
    return ofAge(reading, test, aged || years);
  });
}

/** Whether a limit of age stands here. */
function readsAge(cursor: Cursor): boolean {
  const start = cursor.pos;
  cursor.take("aged", "age", "of age", "at the age of", "older than", "younger than");
  const found = cursor.pos > start || readNumberTest(cursor, false) !== undefined;
  cursor.pos = start;
  return found;
}

/** "in their thirties", "in their 20s or 40s": where each decade begins. */
function readDecades(cursor: Cursor): number[] {
  const decade = (): number | undefined => {
    const word = DECADES.indexOf(cursor.peek()?.lower ?? "");
    const digits = /^([1-9]0)$/.exec(cursor.peek()?.text ?? "");
    if (word < 0 && (!digits || cursor.peek(1)?.lower !== "s")) return undefined;
    cursor.advance(word < 0 ? 2 : 1);
    return word < 0 ? Number(digits?.[1]) : 20 + 10 * word;
  };
  const first = cursor.attempt(() => (cursor.take("in their", "in his", "in her", "in the") ? decade() : undefined));
  if (first === undefined) return [];
  const found = [first];
  for (;;) {
    const next = cursor.attempt(() => {
      if (!cursor.take("or", "and") && !cursor.mark(",")) return undefined;
      cursor.take("in their", "their");
      return decade();
    });
    if (next === undefined) return found;
    found.push(next);
  }
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
export function ofBrackets(reading: Reading, column: Column, test: NumberTest): Condition | undefined {
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
    // "in country Canada", where other columns know a Canada too
    const named = cursor.attempt(() => {
      const link = readColumn(reading, "customers", ({ column }) => PLACE.test(column.name));
      const value = link && readValue(reading, "customers", (v) => v.column === link.column.name, undefined, true);
      return value && plain(isOneOf(value.column, moreValues(reading, value)));
    });
    const condition = named ?? readValueList(reading, isPlace);
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
export function moreValues(reading: Reading, first: ReadValue): string[] {
  const { cursor } = reading;
  const values = [...first.values];
  for (;;) {
    const more = cursor.attempt(() => {
      const comma = cursor.mark(",");
      if (!cursor.take("or", "and") && !comma) return undefined;
      cursor.take("in", "from");
      cursor.take("the");
      return readValue(reading, "customers", (link) => link.column === first.column);
    });
    if (!more) return values;
    values.push(...more.values);
  }
}

/** A column that says where somebody is. */
function isPlace({ column }: ValueLink): boolean {
  return PLACE.test(column);
}

const PLACE = /country|nation|state|province|region|city|town|county|zip|postal|location/;

export function isOneOf(attribute: string, values: string[]): Criteria {
  return values.length === 1
    ? { attribute, op: "=", value: values[0] as string }
    : { attribute, op: "in", value: values };
}
