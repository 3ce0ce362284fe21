import type { Within } from "../criteria/schema.js";
import type { Cursor } from "./cursor.js";
import { readNumber } from "./numbers.js";

const MONTHS = "january february march april may june july august september october november december".split(" ");
const DAY = 86_400_000;
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
      const first = readCalendar(cursor, now, preposition);
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

interface Bounds {
  from: string;
  to: string;
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
    if (!first || !cursor.take("and in", "and during", "and")) return undefined;
    const second = readCalendar(cursor, now, true) as Bounds | undefined;
    if (!second) return undefined;
    // "in both April and May 2024": of the year that only the end names
    const named = /\b(19|20)\d\d\b/.test(cursor.textOf(start, cursor.pos));
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

/** "May 2025", "May", "2011", "Q1 2011", "first quarter of 2011", "2025-05-03", "May 3, 2025", "3rd of May 2025". */
function readCalendar(cursor: Cursor, now: Date, preposition: boolean): Within | undefined {
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

function readQuarter(cursor: Cursor, now: Date): Within | undefined {
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

function readMonth(cursor: Cursor, now: Date): Within | undefined {
  return cursor.attempt(() => {
    const month = monthOf(cursor);
    if (month === undefined) return undefined;
    cursor.mark(",");
    cursor.take("of");
    return months(readYear(cursor) ?? latestYear(now, month, 1), month, 1);
  });
}

function readDayMonth(cursor: Cursor, now: Date): Within | undefined {
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

function yearOnly(cursor: Cursor): Within | undefined {
  cursor.take("the year", "year");
  const year = readYear(cursor);
  return year === undefined ? undefined : months(year, 0, 12);
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

/** A month without a year is the latest one that has begun. */
function latestYear(now: Date, month: number, day: number): number {
  const year = now.getUTCFullYear();
  return Date.UTC(year, month, day) <= now.getTime() ? year : year - 1;
}

function startOfDay(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
}

function addDays(date: Date, count: number): Date {
  return new Date(date.getTime() + count * DAY);
}

function days(from: Date, count: number): Within {
  return { from: iso(from), to: iso(addDays(from, count)) };
}

function months(year: number, month: number, count: number): Within {
  return { from: iso(new Date(Date.UTC(year, month, 1))), to: iso(new Date(Date.UTC(year, month + count, 1))) };
}

function iso(date: Date): string {
  return date.toISOString().slice(0, 10);
}
