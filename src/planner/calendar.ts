import type { Within } from "../criteria/schema.js";
import type { Cursor } from "./cursor.js";

const MONTHS = "january february march april may june july august september october november december".split(" ");
export const DAY = 86_400_000;

export interface Bounds {
  from: string;
  to: string;
}

/** "May 2025", "May", "2011", "Q1 2011", "first quarter of 2011", "2025-05-03", "May 3, 2025", "3rd of May 2025". */
export function readCalendar(cursor: Cursor, now: Date, preposition: boolean): Within | undefined {
  return (
    readIso(cursor) ??
    readMonthInDigits(cursor) ??
    readWeekOf(cursor, now) ??
    readHalf(cursor, now) ??
    readQuarter(cursor, now) ??
    readDayMonth(cursor, now) ??
    readMonth(cursor, now) ??
    (preposition ? cursor.attempt(() => yearOnly(cursor)) : undefined)
  );
}

function readIso(cursor: Cursor): Within | undefined {
  const token = cursor.peek();
  if (token?.kind !== "date") return undefined;
  const date = new Date(`${token.text}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== token.text) return undefined;
  cursor.advance();
  return days(date, 1);
}

/** "05/2025", "2025/05", "2025-05" */
function readMonthInDigits(cursor: Cursor): Within | undefined {
  return cursor.attempt(() => {
    const first = cursor.peek()?.text ?? "";
    if (!/^[/-]$/.test(cursor.peek(1)?.text ?? "")) return undefined;
    cursor.advance();
    cursor.mark("/", "-");
    const second = cursor.peek()?.text ?? "";
    cursor.advance();
    // A third part makes it a day, and which part is the month is not said.
    if (cursor.mark("/", "-")) return undefined;
    const found = /^(\d{1,2}) ((?:19|20)\d\d)$/.exec(
      /^\d{4}$/.test(first) ? `${second} ${first}` : `${first} ${second}`,
    );
    const month = Number(found?.[1]);
    return found && month >= 1 && month <= 12 ? months(Number(found[2]), month - 1, 1) : undefined;
  });
}

/** "the week of May 5": Monday to Sunday around it; "the week starting May 5": seven days from then. */
function readWeekOf(cursor: Cursor, now: Date): Within | undefined {
  return cursor.attempt(() => {
    cursor.take("the");
    const starting = cursor.take("week starting on", "week starting", "week beginning", "week from");
    if (!starting && !cursor.take("week of", "week containing")) return undefined;
    const day = (readIso(cursor) ?? readDayMonth(cursor, now)) as Bounds | undefined;
    if (!day) return undefined;
    const date = new Date(day.from);
    return days(starting ? date : addDays(date, -((date.getUTCDay() + 6) % 7)), 7);
  });
}

/** "the first half of 2025", "H1 2025" */
function readHalf(cursor: Cursor, now: Date): Within | undefined {
  return cursor.attempt(() => {
    cursor.take("the");
    const first = cursor.take("first half", "h1");
    if (!first && !cursor.take("second half", "h2")) return undefined;
    cursor.take("of", "in");
    const month = first ? 0 : 6;
    const year = cursor.take("this year", "the year")
      ? now.getUTCFullYear()
      : (readYear(cursor) ?? latestYear(now, month, 1));
    return months(year, month, 6);
  });
}

export function readQuarter(cursor: Cursor, now: Date): Within | undefined {
  return cursor.attempt(() => {
    const token = cursor.peek();
    let quarter: number | undefined;
    const short = /^q([1-4])$/.exec(token?.lower ?? "");
    if (short) {
      quarter = Number(short[1]);
      cursor.advance();
    } else {
      cursor.take("the");
      quarter =
        ["first", "second", "third", "fourth"].findIndex((word) => cursor.take(`${word} quarter`)) + 1 || undefined;
    }
    if (!quarter) return undefined;
    const first = 3 * (quarter - 1);
    cursor.take("of");
    const year = readYear(cursor) ?? latestYear(now, first, 1);
    return months(year, first, 3);
  });
}

export function readMonth(cursor: Cursor, now: Date): Within | undefined {
  return cursor.attempt(() => {
    const month = monthOf(cursor);
    if (month === undefined) return undefined;
    cursor.mark(",");
    cursor.take("of");
    return months(readYear(cursor) ?? latestYear(now, month, 1), month, 1);
  });
}

export function readDayMonth(cursor: Cursor, now: Date): Within | undefined {
  return cursor.attempt(() => {
    cursor.take("the");
    const before = readDay(cursor);
    if (before !== undefined) cursor.take("of");
    const month = monthOf(cursor);
    if (month === undefined) return undefined;
    const day = before ?? readDay(cursor);
    if (day === undefined) return undefined;
    cursor.mark(",");
    const year = readYear(cursor) ?? latestYear(now, month, day);
    const date = new Date(Date.UTC(year, month, day));
    return date.getUTCMonth() === month ? days(date, 1) : undefined;
  });
}

function monthOf(cursor: Cursor): number | undefined {
  const word = cursor.peek()?.lower ?? "";
  const index = MONTHS.findIndex(
    (m) => m === word || (word.length === 3 && m.startsWith(word)) || (word === "sept" && m === "september"),
  );
  if (index < 0) return undefined;
  cursor.advance();
  return index;
}

function readDay(cursor: Cursor): number | undefined {
  const match = /^(\d{1,2})(st|nd|rd|th)?$/.exec(cursor.peek()?.lower ?? "");
  const day = match ? Number(match[1]) : 0;
  if (day < 1 || day > 31) return undefined;
  cursor.advance();
  // "3rd" is one token of digits and one of letters
  if (!match?.[2] && /^(st|nd|rd|th)$/.test(cursor.peek()?.lower ?? "")) cursor.advance();
  return day;
}

function readYear(cursor: Cursor): number | undefined {
  const match = /^(19|20)\d\d$/.exec(cursor.peek()?.text ?? "");
  if (!match) return undefined;
  cursor.advance();
  return Number(match[0]);
}

export function yearOnly(cursor: Cursor): Within | undefined {
  cursor.take("the year", "year");
  const year = readYear(cursor);
  return year === undefined ? undefined : months(year, 0, 12);
}

/** A month without a year is the latest one that has begun. */
export function latestYear(now: Date, month: number, day: number): number {
  const year = now.getUTCFullYear();
  return Date.UTC(year, month, day) <= now.getTime() ? year : year - 1;
}

export function startOfDay(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
}

export function addDays(date: Date, count: number): Date {
  return new Date(date.getTime() + count * DAY);
}

export function days(from: Date, count: number): Within {
  return { from: iso(from), to: iso(addDays(from, count)) };
}

export function months(year: number, month: number, count: number): Within {
  return { from: iso(new Date(Date.UTC(year, month, 1))), to: iso(new Date(Date.UTC(year, month + count, 1))) };
}

export function iso(date: Date): string {
  return date.toISOString().slice(0, 10);
}
