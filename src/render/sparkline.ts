import { cleanForTerminal } from "../lib/clean-text.js";
import type { Cell } from "./answer.js";
import { widthOf } from "./wrap.js";

const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/** Fewer numbers are read as quickly as a line of marks. */
const FEWEST = 8;
/** Marks narrower than this say nothing of many numbers. */
const LEAST_ROOM = 20;
/** 2025, 2025-Q2, 2025-W07, 2025-05, 2025-05-31, also as midnight. */
const PERIOD = /^\d{4}(-(Q[1-4]|W\d\d|\d\d(-\d\d([T ]00:00(:00(\.0+)?)?(Z|\+00(:?00)?)?)?)?))?$/;

/**
 * A mark for each value, by its height above 0, or above the least where that is below 0: a series that hardly changes
 * looks like one. A blank is a gap. More values than `width` share marks by their mean.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const marks = condensed(values, Math.max(1, width));
  const known = marks.filter((value) => value !== null);
  const least = Math.min(0, ...known);
  const span = Math.max(0, ...known) - least;
  const level = (value: number) => (span > 0 ? Math.round(((value - least) / span) * (LEVELS.length - 1)) : 0);
  return marks.map((value) => (value === null ? " " : LEVELS[level(value)])).join("");
}

/**
 * The line below a table of one number by period, oldest first: "revenue ▁▂▃▅▇ 2025-04 to 2025-06". undefined for any
 * other table.
 */
export function seriesLine(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number,
): string | undefined {
  if (columns.length !== 2) return undefined;
  // A last row of what has no date is no part of the series.
  const dated = rows.at(-1)?.[0] === null || rows.at(-1)?.[0] === "(none)" ? rows.slice(0, -1) : rows;
  const periods = dated.map((row) => String(row[0] ?? ""));
  const values = dated.map((row) => row[1] ?? null);
  const inOrder = periods.every((period, i) => i === 0 || (periods[i - 1] as string) < period);
  if (periods.length < FEWEST || !inOrder || !periods.every((period) => PERIOD.test(period))) return undefined;
  if (!values.every((value): value is number | null => value === null || typeof value === "number")) return undefined;
  const [first, last] = [periods[0], periods.at(-1)].map((period) => period?.slice(0, "2025-05-31".length));
  const [before, after] = [`${cleanForTerminal(columns[1] ?? "")} `, ` ${first} to ${last}`];
  const room = width - widthOf(before) - after.length;
  return room < LEAST_ROOM ? undefined : `${before}${sparkline(values, room)}${after}`;
}

function condensed(values: readonly (number | null)[], width: number): (number | null)[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    const share = values.slice(from, Math.floor(((i + 1) * values.length) / width)).filter((value) => value !== null);
    return share.length === 0 ? null : share.reduce((sum, value) => sum + value, 0) / share.length;
  });
}
