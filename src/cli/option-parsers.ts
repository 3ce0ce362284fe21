import { InvalidArgumentError } from "commander";
import type { MaxRejects } from "./command-args.js";

/** For a repeatable option: adds to what came before. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** A whole number of at least `least`. */
export function integer(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least)
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    return number;
  };
}

/** "column=field", repeatable. The last = divides: field names hold none. */
export function mapping(value: string, before: Map<string, string> | undefined): Map<string, string> {
  const at = value.lastIndexOf("=");
  const column = value.slice(0, Math.max(0, at)).trim();
  const field = value.slice(at + 1).trim();
  if (at < 0 || column === "" || field === "") throw new InvalidArgumentError("It must be column=field.");
  return new Map(before).set(column, field);
}

/** "500" rows or "10%" of the file's rows. */
export function maxRejects(value: string): MaxRejects {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(value.trim());
  const number = Number(match?.[1]);
  if (match?.[2] === "%" && number <= 100) return { share: number / 100 };
  if (match?.[2] === "" && Number.isSafeInteger(number)) return { rows: number };
  throw new InvalidArgumentError("It must be a number of rows, or a percentage such as 10%.");
}

/** A date or time as ISO 8601 UTC: without a zone it is UTC, a plain date is the end of that day. */
export function asOfTime(value: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
    value.trim(),
  );
  const [, date = "", time = "23:59:59.999", zone = "Z"] = match ?? [];
  const day = new Date(`${date}T00:00:00Z`);
  const at = new Date(`${date}T${time}${zone.toUpperCase()}`);
  // Feb 30 is read as a day of March by some engines: the date must come back as it went in.
  if (Number.isNaN(day.getTime()) || Number.isNaN(at.getTime()) || !day.toISOString().startsWith(date))
    throw new InvalidArgumentError("It must be a date such as 2025-06-16, or a time such as 2025-06-16T21:00:00Z.");
  return at.toISOString();
}

/** A day as YYYY-MM-DD. */
export function day(value: string): string {
  return asOfTime(`${value.trim()}T00:00:00Z`).slice(0, 10);
}
