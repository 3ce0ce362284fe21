import type { Column } from "../criteria/catalogue.js";
import { boundsOf } from "../criteria/instant.js";
import type { Criteria, Within } from "../criteria/schema.js";
import { type Condition, hasEvent, plain } from "./conditions.js";
import { Cursor } from "./cursor.js";
import { readPeriod } from "./periods.js";
import { filledColumn, problem, type Reading } from "./reading.js";
import { readColumn } from "./values.js";
import type { Token } from "./words.js";

const DATE_VERBS: [string, string[]][] = [
  ["signup_date", ["signed up", "sign up", "joined", "registered", "became customer", "became a customer"]],
  ["last_seen_at", ["last active", "last seen", "last visited", "last engaged"]],
  ["first_seen_at", ["first active", "first seen", "first visited"]],
];

/** "signed up in 2024", "joined before May", "signup date after 2025-01-01": a date of customers within a period. */
export function readDateTest(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (cursor.take("born")) {
      const births = reading.catalogue.views.customers.columns.filter(
        (c) => /birth|dob/.test(c.name) && isTime(c) && c.filled > 0,
      );
      if (births.length !== 1 || !births[0]) return problem(reading, "This data has no date of birth of customers.");
      const start = cursor.pos;
      const found = within(reading, births[0].name);
      if (found && !/\b(19|20)\d\d\b/.test(cursor.textOf(start, cursor.pos))) {
        return problem(reading, "A date of birth needs its year.");
      }
      return found;
    }
    const verb = DATE_VERBS.find(([, phrases]) => cursor.take(...phrases))?.[0];
    if (!verb) cursor.take("a", "the", "their");
    const name = verb
      ? filledColumn(reading, verb)?.name
      : readColumn(reading, "customers", ({ column }) => column.filled > 0 && isTime(column))?.column.name;
    if (name === undefined) return verb ? problem(reading, `This data has no ${verb} of customers.`) : undefined;
    cursor.take("is", "was", "were", "of");
    return within(reading, name);
  });
}

/** The column's time lies in the period that is named here. */
function within(reading: Reading, name: string): Condition | undefined {
  const period = readPeriod(reading.cursor, reading.asOf);
  if (!period) return undefined;
  const parts = datesWithin(reading, name, period);
  return plain(parts.length === 1 ? (parts[0] as Criteria) : { all: parts });
}

/** That a date of customers lies in a period: from its start, and before its end. */
export function datesWithin({ asOf, catalogue }: Reading, name: string, period: Within): readonly Criteria[] {
  const { after, from, to } = boundsOf(period, asOf);
  const day = catalogue.views.customers.columns.find((c) => c.name === name)?.type === "date";
  const bound = (op: ">" | ">=" | "<", time: string | undefined): Criteria[] =>
    time === undefined ? [] : [{ attribute: name, op, value: day ? time.slice(0, 10) : time }];
  return [...bound(">", after), ...bound(">=", from), ...bound("<", to)];
}

const FIRST = [
  "made their first purchase",
  "first bought",
  "first purchased",
  "first ordered",
  "first purchase was",
  "first order was",
  "placed their first order",
];
/** A CRM's own date of the first or last purchase. */
const OWN_DATE = /(purchase|order).*date|date.*(purchase|order)/;

const LAST = [
  "made their last purchase",
  "last purchase was",
  "last order was",
  "placed their last order",
  "last bought",
  "last purchased",
  "last ordered",
];

/** Whether a first or last purchase is spoken of anywhere: its period says more than when something was bought. */
export function saysFirstOrLast(tokens: readonly Token[]): boolean {
  const cursor = new Cursor(tokens);
  return tokens.some((_, at) => {
    cursor.pos = at;
    return cursor.sees(...FIRST, ...LAST);
  });
}

/** A rolling period leaves its start out, so what lies before it reaches a microsecond, the database's unit, further. */
function justAfter(instant: string): string {
  const [whole = "", fraction = ""] = instant.replace(/Z$/, "").split(".");
  return `${whole}.${fraction.padEnd(5, "0").slice(0, 5)}1Z`;
}

/** "made their first purchase in May", "whose last purchase was in May": bought then, and never before or after. */
export function readFirstOrLast(reading: Reading): Condition | undefined {
  const { cursor, asOf } = reading;
  return cursor.attempt(() => {
    const first = cursor.take(...FIRST);
    if (!first && !cursor.take(...LAST)) return undefined;
    const said = cursor.pos;
    const within = readPeriod(cursor, asOf);
    if (!within || !hasEvent(reading, "purchase")) return undefined;
    const own = reading.catalogue.views.customers.columns.find(
      ({ name, filled }) =>
        filled > 0 && OWN_DATE.test(name) && name.includes(first ? "first" : "last") && name !== "last_purchase_at",
    );
    if (own) {
      const name = own.name.replace(/^date_(?:of_)?(.*)$/, "$1_date").replaceAll("_", " ");
      return problem(reading, `The events may tell another date than the column ${own.name}.`, [
        `customers whose ${name} is ${cursor.textOf(said, cursor.pos)}`,
      ]);
    }
    const { from, to } = within as { from?: string; to?: string };
    const { after } = boundsOf(within, asOf);
    const start = from ?? (after && justAfter(after));
    const then: Criteria = { event: "purchase", within };
    const bound = first ? start : to;
    // An open or rolling period reaches to the end of the data: nothing lies beyond.
    if (bound === undefined) return plain(then);
    const beyond: Within = first ? { to: bound } : { from: bound };
    return plain({ all: [then, { not: { event: "purchase", within: beyond } }] });
  });
}

export function isTime(column: Column): boolean {
  return column.type === "date" || column.type === "timestamp";
}
