const QUOTED = /[",\r\n]/;

/** One line of CSV (RFC 4180) without the line end; blanks are empty. */
export function csvLine(values: readonly (string | number)[]): string {
  let line = "";
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (i > 0) line += ",";
    line += typeof value === "string" && QUOTED.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  }
  return line;
}

/** Cents as "12.34". */
export function money(cents: number): string {
  return (cents / 100).toFixed(2);
}

/** A day counted from 1970 as 2025-06-30. */
export function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
