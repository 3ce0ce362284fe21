import type { Dimension, Statistic } from "./query.js";
import type { ColumnLink, Reading } from "./reading.js";
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

/** A column or a unit of time; bands of ten for "age group". */
export function readDimension(reading: Reading): Dimension | undefined {
  const { cursor, catalogue } = reading;
  return cursor.attempt(() => {
    cursor.take("the", "their", "customer");
    if (cursor.take("age group", "age band", "age bracket", "age range", "age decade")) {
      return { kind: "band", column: "age", width: 10 };
    }
    for (const [unit, words] of TIMES) if (cursor.take(...words)) return { kind: "time", unit };
    const filled = ({ column }: ColumnLink) => column.filled > 0;
    const link =
      readColumn(reading, "customers", (l) => filled(l) && !isMeasure(l)) ?? readColumn(reading, "events", filled);
    if (!link) return undefined;
    const view = link.view as "customers" | "events";
    // A country of the customer is meant, not the event's own.
    const own = catalogue.views.customers.columns.some((c) => c.name === link.column.name && c.filled > 0);
    return { kind: "column", view: own ? "customers" : view, column: link.column.name };
  });
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

/** A column of customers that can be averaged or summed. */
export function readNumericColumn(reading: Reading): string | undefined {
  return readColumn(
    reading,
    "customers",
    ({ column }) => column.filled > 0 && ["integer", "bigint", "numeric"].includes(column.type),
  )?.column.name;
}
