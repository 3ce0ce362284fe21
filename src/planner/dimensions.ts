import type { Column } from "../criteria/catalogue.js";
import { readBands } from "./bands.js";
import { brackets, isIdentifier } from "./brackets.js";
import { readNumber } from "./numbers.js";
import type { Dimension, Grouping, Statistic } from "./query.js";
import { type ColumnLink, filledColumn, type Reading } from "./reading.js";
import { readColumn } from "./values.js";

const TIMES: [Extract<Dimension, { kind: "time" }>["unit"], string[]][] = [
  ["weekday", ["day of the week", "day of week", "weekday"]],
  ["hour", ["hour of the day", "hour of day", "hour"]],
  ["day", ["day", "date"]],
  ["week", ["week", "calendar week"]],
  ["month", ["month", "calendar month"]],
  ["quarter", ["quarter"]],
  ["year", ["year"]],
];

/** "by country", "per month", "for each category", "across age groups". */
export function readGrouping(reading: Reading): Dimension | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.mark(",");
    if (
      !cursor.take(
        "broken down by",
        "grouped by",
        "split by",
        "group by",
        "for each",
        "in each",
        "of each",
        "by each",
        "by",
        "per",
        "across",
        "each",
      )
    )
      return undefined;
    return readDimension(reading);
  });
}

/** "by month and category", "per country, gender": one or two dimensions. */
export function readGroupings(reading: Reading): readonly Dimension[] | undefined {
  const { cursor } = reading;
  const first = readGrouping(reading);
  if (!first) return undefined;
  const second = cursor.attempt(() => {
    const comma = cursor.mark(",");
    const joined = cursor.take("and by", "and per", "and then by", "then by", "and");
    const again = cursor.attempt(() => readGrouping(reading));
    return again ?? (joined || comma ? readDimension(reading) : undefined);
  });
  return second && JSON.stringify(second) !== JSON.stringify(first) ? [first, second] : [first];
}

/** ", top 5", ", highest first": which groups, and in what order. */
export function readGroupCut({ cursor }: Reading): Pick<Grouping, "top" | "ranked"> | undefined {
  return cursor.attempt(() => {
    cursor.mark(",");
    if (cursor.take("highest first", "sorted by size", "from highest to lowest", "ranked"))
      return { ranked: true as const };
    if (!cursor.take("only the top", "only top", "the top", "top", "just the top")) return undefined;
    const number = readNumber(cursor);
    cursor.take("only");
    return number && Number.isInteger(number.value) && number.value > 0 && !number.money && !number.percent
      ? { top: number.value }
      : undefined;
  });
}

/** Whether the dimension is of customers, and not of what they did. */
export function isCustomerDimension(by: Dimension): boolean {
  if (by.kind === "time") return by.column !== undefined;
  return by.kind === "band" || by.view === "customers";
}

const EVERY: [Extract<Dimension, { kind: "time" }>["unit"], string[]][] = [
  ["hour", ["hourly"]],
  ["day", ["daily"]],
  ["week", ["weekly"]],
  ["month", ["monthly"]],
  ["quarter", ["quarterly"]],
  ["year", ["yearly", "annual"]],
];

/** "monthly revenue", "daily purchases" */
export function readEvery({ cursor }: Reading): Extract<Dimension, { kind: "time" }>["unit"] | undefined {
  return EVERY.find(([, words]) => cursor.take(...words))?.[0];
}

/** A column or a unit of time; bands of ten for "age group". */
export function readDimension(reading: Reading): Dimension | undefined {
  const { cursor, catalogue } = reading;
  return cursor.attempt(() => {
    cursor.take("the", "their", "customer");
    // "by number of cars owned"
    const counted = cursor.attempt(() => {
      const link = cursor.take("number of") ? readColumn(reading, "customers", (l) => l.column.filled > 0) : undefined;
      return link && !isMeasure(link) ? link : undefined;
    });
    if (counted) return ofColumn("customers", counted.column);
    const bands = cursor.attempt(() => readBands(reading));
    if (bands) return bands;
    const start = cursor.pos;
    const signup = cursor.attempt(() => readSignupTime(reading));
    if (signup) return signup;
    const named = readColumn(
      reading,
      "customers",
      (l) => l.column.filled > 0 && l.column.name.includes("_") && !isMeasure(l),
    );
    if (named) return ofColumn("customers", named.column);
    const noAge = !filledColumn(reading, "age");
    if (noAge && cursor.take("age")) return ageBands(reading);
    if (cursor.take("age group", "age band", "age bracket", "age range", "age decade")) return ageBands(reading);
    for (const [unit, words] of TIMES) if (cursor.take(...words)) return { kind: "time", unit };
    const filled = ({ column }: ColumnLink) => column.filled > 0;
    const link =
      readColumn(reading, "customers", (l) => filled(l) && !isMeasure(l)) ?? readColumn(reading, "events", filled);
    if (!link) return undefined;
    // "by homeowners" are people who did it, not a column.
    const typed = cursor.tokens[cursor.pos - 1]?.lower ?? "";
    const people = (reading.lexicon.values.get(cursor.tokens[start]?.stem ?? "") ?? []).some(
      (l) => l.column === link.column.name,
    );
    if (people && cursor.pos === start + 1 && /[^s]s$/.test(typed)) return undefined;
    const view = link.view as "customers" | "events";
    // A country of the customer is meant, not the event's own.
    const own = catalogue.views.customers.columns.some((c) => c.name === link.column.name && c.filled > 0);
    return ofColumn(own ? "customers" : view, link.column);
  });
}

/** Brackets and small numbers stand in their own order. */
function ofColumn(view: "customers" | "events", column: Column): Dimension {
  const base = { kind: "column", view, column: column.name } as const;
  const order = brackets(column)?.order;
  const numbers =
    column.type === "integer" || column.type === "bigint" ? column.values?.map((v) => v.value) : undefined;
  if (order) return { ...base, order };
  return numbers && !isIdentifier(column.name)
    ? { ...base, order: numbers.sort((a, b) => Number(a) - Number(b)) }
    : base;
}

/** "signup month", "month of signup" */
function readSignupTime(reading: Reading): Dimension | undefined {
  const { cursor } = reading;
  const before = cursor.take("signup", "sign up", "joining", "registration");
  const unit = TIMES.find(([, words]) => cursor.take(...words))?.[0];
  if (!unit || unit === "hour" || (!before && !cursor.take("of signup", "of registration", "of joining", "joined")))
    return undefined;
  return filledColumn(reading, "signup_date") ? { kind: "time", unit, column: "signup_date" } : undefined;
}

/** Bands of ten years; where there is no age, the one column of age brackets. */
function ageBands({ catalogue }: Reading): Dimension | undefined {
  const { columns } = catalogue.views.customers;
  if (columns.some((c) => c.name === "age" && c.filled > 0)) return { kind: "band", column: "age", width: 10 };
  const [own, ...others] = columns.filter((c) => /(^|_)age(_|$)/.test(c.name) && brackets(c));
  return own && others.length === 0 ? ofColumn("customers", own) : undefined;
}

/** Columns that are counted or summed rather than grouped by. */
function isMeasure({ column }: ColumnLink): boolean {
  return column.type === "numeric" || ["purchases", "views", "events", "add_to_carts", "revenue"].includes(column.name);
}

const STATISTICS: [Statistic, string[]][] = [
  ["avg", ["average", "avg", "mean"]],
  ["median", ["median"]],
  ["sum", ["sum of the", "sum of", "total", "combined"]],
  ["max", ["highest", "maximum", "max", "largest"]],
  ["min", ["lowest", "minimum", "min", "smallest"]],
];

export function readStatistic(reading: Reading): Statistic | undefined {
  for (const [statistic, words] of STATISTICS) if (reading.cursor.take(...words)) return statistic;
  return undefined;
}
