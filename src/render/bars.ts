import type { Cell } from "./answer.js";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of at most `width` cells for `value` of `max`, in steps of an eighth; a value above 0 is never invisible. */
export function bar(value: number, max: number, width: number): string {
  if (!(value > 0) || !(max > 0) || width <= 0) return "";
  const eighths = Math.max(1, Math.round((Math.min(value, max) / max) * width * 8));
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** The column that deserves bars: the last of two, or percents, when 2 to 40 rows hold numbers of at least 0; else undefined. */
export function barColumn(columns: readonly string[], rows: readonly (readonly Cell[])[]): number | undefined {
  if (rows.length < 2 || rows.length > 40) return undefined;
  const last = columns.length - 1;
  if (columns.length !== 2 && columns[last] !== "percent") return undefined;
  return rows.every((row) => typeof row[last] === "number" && row[last] >= 0) ? last : undefined;
}
