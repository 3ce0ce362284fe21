import type { Within } from "../criteria/schema.js";
import {
  addDays,
  type Bounds,
  DAY,
  days,
  iso,
  months,
  readCalendar,
  readMonth,
  readQuarter,
  startOfDay,
  yearOnly,
} from "./calendar.js";
import type { Cursor } from "./cursor.js";
import { readNumber } from "./numbers.js";

const UNITS = ["hour", "day", "week", "month", "year"] as const;

/** Reads periods relative to as_of; calendar periods are UTC, weeks begin on Monday. */
export function readPeriod(cursor: Cursor, asOf: string): Within | undefined {
  const now = new Date(asOf);
  return cursor.attempt(() => {
    const rolling = readRolling(cursor);
    if (rolling) return rolling;
    const relative = cursor.attempt(() => {
      const article = cursor.take("in the", "during the", "over the", "within the");
      if (!article) cursor.take("in", "during", "from");
      // "in the last month": the calendar month, or the time until now?
      if (article && cursor.sees("last", "previous")) return undefined;
      return readRelative(cursor, now);
    });
    if (relative) return relative;
    const span = readSpan(cursor, now);
    if (span) return span;
    return cursor.attempt(() => {
      const bare = cursor.peek()?.lower === "may" && cursor.peek()?.text !== "May";
      const preposition = cursor.take(
        "in the month of",
        "for the month of",
        "during the month of",
        "the month of",
        "in the year",
        "for the year",
        "in",
        "during",
        "on",
        "for",
        "from",
        "of",
        "throughout",
      );
      if (bare && !preposition) return undefined; // the verb
      const from = cursor.tokens[cursor.pos - 1]?.lower === "from";
      const first = readCalendar(cursor, now, preposition) as Bounds | undefined;
      // "from 1 May" is since then, or on that day
      if (from && first && Date.parse(first.to) - Date.parse(first.from) <= DAY) return undefined;
      return first && (readUnion(cursor, first, now, ["or in", "or"]) ?? first);
    });
  });
}

/** "in the last 60 days", "within 2 weeks", "past 7 days". */
function readRolling(cursor: Cursor): Within | undefined {
  return cursor.attempt(() => {
    const within = cursor.take("within", "in", "during", "over", "for");
    cursor.take("the");
    const last = cursor.take("last", "past", "previous", "most recent", "trailing");
    if (!last && !within) return undefined;
    const number = readNumber(cursor);
    if (!number || number.money || number.percent || !Number.isInteger(number.value) || number.value < 1)
      return undefined;
    const unit = UNITS.find((u) => cursor.take(u));
    if (!unit || (!last && !cursor.tokens.slice(0, cursor.pos).some((t) => t.lower === "within"))) return undefined;
    return { [`${unit}s`]: number.value } as unknown as Within;
  });
}

/** "in 90 days", "for 3 months": only where something did not happen, since when it did any 90 days could be meant. */
export function readPlainSpan(cursor: Cursor): Within | undefined {
  return cursor.attempt(() => {
    if (!cursor.take("in", "for")) return undefined;
    const number = readNumber(cursor);
    const unit = UNITS.find((u) => cursor.take(u));
    if (!number || !unit || number.money || number.percent || !Number.isInteger(number.value) || number.value < 1)
      return undefined;
    return { [`${unit}s`]: number.value } as unknown as Within;
  });
}

/** "last month", "this year", "yesterday", "today". */
function readRelative(cursor: Cursor, now: Date): Within | undefined {
  if (cursor.take("yesterday")) return days(addDays(startOfDay(now), -1), 1);
  if (cursor.take("today")) return days(startOfDay(now), 1);
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  if (cursor.take("year to date", "ytd", "this year to date")) return { from: iso(new Date(Date.UTC(year, 0, 1))) };
  if (cursor.take("quarter to date", "qtd")) return { from: iso(new Date(Date.UTC(year, month - (month % 3), 1))) };
  if (cursor.take("month to date", "mtd", "this month to date"))
    return { from: iso(new Date(Date.UTC(year, month, 1))) };
  const ago = cursor.attempt(() => readDaysAgo(cursor, now));
  if (ago) return ago;
  return cursor.attempt(() => {
    const back = cursor.take("last", "previous") ? -1 : cursor.take("this", "current") ? 0 : undefined;
    if (back === undefined) return undefined;
    cursor.take("calendar");
    if (cursor.take("week")) {
      const monday = addDays(startOfDay(now), -((now.getUTCDay() + 6) % 7));
      return days(addDays(monday, 7 * back), 7);
    }
    if (cursor.take("month")) return months(year, month + back, 1);
    if (cursor.take("quarter")) return months(year, 3 * (Math.floor(month / 3) + back), 3);
    if (cursor.take("year")) return months(year + back, 0, 12);
    return undefined;
  });
}

/** "since May 2025", "before 2025-05-01", "between 1 May and 15 May 2025", "from May to June 2025". */
function readSpan(cursor: Cursor, now: Date): Within | undefined {
  const open = (words: string[], make: (p: Bounds) => Within) =>
    cursor.attempt(() => {
      if (!cursor.take(...words)) return undefined;
      const point = (readCalendar(cursor, now, true) ?? readRelative(cursor, now)) as Partial<Bounds> | undefined;
      return point?.from && point.to ? make(point as Bounds) : undefined;
    });
  return (
    open(
      ["since the start of", "since the beginning of", "since", "starting", "starting from", "from the beginning of"],
      ({ from }) => ({ from }),
    ) ??
    open(["before", "prior to"], ({ from }) => ({ to: from })) ??
    open(["after"], ({ to }) => ({ from: to })) ??
    open(["until", "through", "up to"], ({ to }) => ({ to })) ??
    cursor.attempt(() => {
      const between = cursor.take("between");
      if (!between && !cursor.take("from")) return undefined;
      const start = cursor.pos;
      let first = readCalendar(cursor, now, true) as Bounds | undefined;
      if (!first || !cursor.take(...(between ? ["and", "to"] : ["to", "through", "until", "till"]))) return undefined;
      const last = readCalendar(cursor, now, true) as Bounds | undefined;
      if (!last) return undefined;
      if (first.from > last.from) {
        // "from November to February 2011": the year that only the end names
        const again = cursor.pos;
        cursor.pos = start;
        first = readCalendar(cursor, new Date(Date.parse(last.from) - DAY), true) as Bounds;
        cursor.pos = again;
      } else if (!/\d{4}/.test(cursor.textOf(start, cursor.pos).split(/ (?:and|to|through|until|till) /i)[0] ?? "")) {
        const year = last.from.slice(0, 4);
        if (first.from.slice(0, 4) !== year) {
          const moved = `${year}${first.from.slice(4)}`;
          first = { from: moved, to: first.to };
        }
      }
      return first.from < last.to ? { from: first.from, to: last.to } : undefined;
    })
  );
}

/** "3 days ago": that day. */
function readDaysAgo(cursor: Cursor, now: Date): Within | undefined {
  const number = readNumber(cursor);
  if (!number || number.money || number.percent || !Number.isInteger(number.value) || number.value < 1)
    return undefined;
  return cursor.take("day ago") ? days(addDays(startOfDay(now), -number.value), 1) : undefined;
}

/** "in both April and May": two periods, each of which counts. */
export function readBoth(cursor: Cursor, asOf: string): [Within, Within] | undefined {
  const now = new Date(asOf);
  return cursor.attempt(() => {
    if (!cursor.take("in both", "both in", "during both", "both during")) return undefined;
    const start = cursor.pos;
    const first = readCalendar(cursor, now, true) as Bounds | undefined;
    const middle = cursor.pos;
    if (!first || !cursor.take("and in", "and during", "and")) return undefined;
    const second = readCalendar(cursor, now, true) as Bounds | undefined;
    if (!second) return undefined;
    // "in both April and May 2024": of the year that only the end names
    const hasYear = (from: number, to: number) => /\b(19|20)\d\d\b/.test(cursor.textOf(from, to));
    const named = !hasYear(start, middle) && hasYear(middle, cursor.pos);
    const years = Number(second.from.slice(0, 4)) - Number(first.from.slice(0, 4));
    return [named && years !== 0 ? shiftYears(first, years) : first, second];
  });
}

function shiftYears({ from, to }: Bounds, years: number): Bounds {
  const shift = (date: string) => `${Number(date.slice(0, 4)) + years}${date.slice(4)}`;
  return { from: shift(from), to: shift(to) };
}

/** "in April or May 2025": the second month follows the first, and one period holds both. */
function readUnion(cursor: Cursor, first: Within, now: Date, words: string[]): Within | undefined {
  return cursor.attempt(() => {
    if (!cursor.take(...words)) return undefined;
    const quarter = readQuarter(cursor, now) as Bounds | undefined;
    const last = quarter ?? (readMonth(cursor, now) as Bounds | undefined);
    const start = first as Bounds;
    if (!last?.to || start.from === undefined) return undefined;
    // Without a year they are the latest ones; with one, the first is of the same or the one before.
    const said = /^\d{4}$/.test(cursor.tokens[cursor.pos - 1]?.text ?? "");
    if (!said) return start.to === last.from ? { from: start.from, to: last.to } : undefined;
    const [year, month] = last.from.split("-").map(Number) as [number, number];
    const size = quarter ? 3 : 1;
    const before = months(year, month - 1 - size, size) as Bounds;
    return before.from.slice(5) === start.from.slice(5) ? { from: before.from, to: last.to } : undefined;
  });
}

/** A period of sums and counts: "in April and May 2025" is both together. */
export function readTogether(cursor: Cursor, asOf: string): Within | undefined {
  const first = readPeriod(cursor, asOf);
  return first && "from" in first ? (readUnion(cursor, first, new Date(asOf), ["and in", "and"]) ?? first) : first;
}

/** A year that ends the question: "revenue by month 2011". */
export function readLastYear(cursor: Cursor): Within | undefined {
  return cursor.pos === cursor.tokens.length - 1 ? cursor.attempt(() => yearOnly(cursor)) : undefined;
}
