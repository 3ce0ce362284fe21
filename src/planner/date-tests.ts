import type { Column } from "../criteria/catalogue.js";
import { boundsOf } from "../criteria/instant.js";
import type { Criteria } from "../criteria/schema.js";
import { type Condition, plain } from "./conditions.js";
import { readPeriod } from "./periods.js";
import { filledColumn, problem, type Reading } from "./reading.js";
import { readColumn } from "./values.js";

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
