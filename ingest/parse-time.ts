/** Which number of a date such as 3/4/2025 is the day. */
export type DateOrder = "dmy" | "mdy";

const ISO = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/;
const NUMERIC = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/;
const DAY_NAME = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+/i;
const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)?[\s-]*([a-z]{3,9})\.?,?[\s-]*(\d{4})$/i;
const MONTH_FIRST = /^([a-z]{3,9})\.?[\s-]*(\d{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)(\d{4})$/i;
const CLOCK =
  /(?:[T\s]\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
const EPOCH = /^(\d{10})(\d{3})?(?:\.(\d+))?$/;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const FULL_MONTHS = "january february march april may june july august september october november december".split(" ");
const FAST = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z?)?$/;

const USUAL = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?$/;

/** A moment in UTC; `micros` counts the microseconds of the second. */
interface Moment {
  ms: number;
  micros: number;
}

/**
 * A date or date-time as ISO 8601 in UTC with milliseconds, or microseconds where the text has them; null when it is
 * none, lies outside 1900 to 2200, or its day and month cannot be told apart. Without a zone it is UTC.
 * Ten digits are epoch seconds, thirteen milliseconds. Dates with dots are always day first.
 */
export function parseTimestamp(text: string, order?: DateOrder): string | null {
  // The usual form is only checked: two Date objects a cell would take most of the time of reading a file.
  if (USUAL.test(text) && isUsualMoment(text)) return `${text.slice(0, 10)}T${text.slice(11, 19)}.000Z`;
  const moment = readMoment(text, order);
  if (moment === null) return null;
  const iso = new Date(moment.ms).toISOString();
  return moment.micros % 1000 === 0 ? iso : `${iso.slice(0, 20)}${String(moment.micros).padStart(6, "0")}Z`;
}

function isUsualMoment(text: string): boolean {
  const number = (at: number) => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
  const year = number(0) * 100 + number(2);
  const [month, day] = [number(5), number(8)];
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  return number(11) < 24 && number(14) < 60 && number(17) < 60;
}

/** The day, in UTC, as yyyy-mm-dd; null where parseTimestamp gives null. */
export function parseDate(text: string, order?: DateOrder): string | null {
  const moment = readMoment(text, order);
  return moment === null ? null : new Date(moment.ms).toISOString().slice(0, 10);
}

/**
 * Whether a column's dates with slashes or dashes can be told apart: "either" when it has none, "unknown" when no
 * number is above 12, "conflict" when some are day first and some month first.
 */
export function dateOrder(samples: Iterable<string>): DateOrder | "either" | "unknown" | "conflict" {
  let seen = false;
  let dmy = false;
  let mdy = false;
  for (const sample of samples) {
    const found = slashOrder(sample);
    if (found === null) continue;
    seen = true;
    dmy ||= found === "dmy";
    mdy ||= found === "mdy";
  }
  if (dmy && mdy) return "conflict";
  if (dmy) return "dmy";
  if (mdy) return "mdy";
  return seen ? "unknown" : "either";
}

/** The order that one text proves: "unknown" for a date such as 3/4/2025, null when it is no such date. */
export function slashOrder(text: string): DateOrder | "unknown" | null {
  const match = /^\s*(\d{1,2})([-/])(\d{1,2})\2\d{4}(?!\d)/.exec(text);
  if (match === null) return null;
  const [first, second] = [Number(match[1]), Number(match[3])];
  if (first > 12 && second <= 12) return "dmy";
  return second > 12 && first <= 12 ? "mdy" : "unknown";
}

function readMoment(text: string, order: DateOrder | undefined): Moment | null {
  const fast = FAST.exec(text);
  if (fast !== null)
    return moment(Number(fast[1]), Number(fast[2]), Number(fast[3]), {
      hour: Number(fast[4] ?? 0),
      minute: Number(fast[5] ?? 0),
      second: Number(fast[6] ?? 0),
      fraction: fast[7] ?? "",
      offset: 0,
    });
  const trimmed = text.trim();
  const epoch = EPOCH.exec(trimmed);
  if (epoch !== null) return readEpoch(epoch);
  const bare = trimmed.replace(DAY_NAME, "");
  const clock = CLOCK.exec(bare);
  const day = readDay(
    (clock === null ? bare.replace(/\s+(?:UTC|GMT)$|Z$/i, "") : bare.slice(0, clock.index)).trim(),
    order,
  );
  if (day === null) return null;
  const time = clock === null ? MIDNIGHT : readClock(clock);
  return time === null ? null : moment(day[0], day[1], day[2], time);
}

interface Clock {
  hour: number;
  minute: number;
  second: number;
  fraction: string;
  /** Minutes east of UTC. */
  offset: number;
}
const MIDNIGHT: Clock = { hour: 0, minute: 0, second: 0, fraction: "", offset: 0 };

function readEpoch([, seconds = "", millis = "", fraction = ""]: RegExpExecArray): Moment | null {
  const micros = Number(`${millis}${fraction}`.padEnd(6, "0").slice(0, 6));
  return inRange({ ms: Number(seconds) * 1000 + Math.floor(micros / 1000), micros });
}

function readDay(text: string, order: DateOrder | undefined): [number, number, number] | null {
  const iso = ISO.exec(text);
  if (iso !== null) return [Number(iso[1]), Number(iso[3]), Number(iso[4])];
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) {
    const [first, second, year] = [Number(numeric[1]), Number(numeric[3]), Number(numeric[4])];
    if (numeric[2] === "." || order === "dmy") return [year, second, first];
    if (order === "mdy") return [year, first, second];
    if (first === second || first > 12) return [year, second, first];
    return second > 12 ? [year, first, second] : null;
  }
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) return named(dayFirst[3], dayFirst[2], dayFirst[1]);
  const monthFirst = MONTH_FIRST.exec(text);
  return monthFirst === null ? null : named(monthFirst[3], monthFirst[1], monthFirst[2]);
}

function named(year = "", name = "", day = ""): [number, number, number] | null {
  const word = name.toLowerCase();
  const short = word === "sept" ? "sep" : word;
  const month = (short.length === 3 ? MONTHS : FULL_MONTHS).indexOf(short) + 1;
  return month === 0 ? null : [Number(year), month, Number(day)];
}

function readClock([, h, m, s, fraction = "", half, zone = ""]: RegExpExecArray): Clock | null {
  let hour = Number(h);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase().startsWith("p") ? 12 : 0);
  }
  const signed = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  const east = signed === null ? 0 : Number(signed[2]) * 60 + Number(signed[3] ?? 0);
  if (east > 14 * 60 || Number(signed?.[3] ?? 0) > 59) return null;
  return { hour, minute: Number(m), second: Number(s ?? 0), fraction, offset: signed?.[1] === "-" ? -east : east };
}

function moment(year: number, month: number, day: number, time: Clock): Moment | null {
  if (time.hour > 23 || time.minute > 59 || time.second > 59) return null;
  // Date.UTC would read the year 25 as 1925.
  if (year < 1800) return null;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  const micros = time.fraction === "" ? 0 : Number(time.fraction.padEnd(6, "0").slice(0, 6));
  const ms = Date.UTC(
    year,
    month - 1,
    day,
    time.hour,
    time.minute - time.offset,
    time.second,
    Math.floor(micros / 1000),
  );
  return inRange({ ms, micros });
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const FIRST = Date.UTC(1900, 0, 1);
const END = Date.UTC(2201, 0, 1);

function inRange(found: Moment): Moment | null {
  return found.ms >= FIRST && found.ms < END ? found : null;
}
