import { AppError } from "../lib/errors.js";
import type { Within } from "./schema.js";

const instantPattern =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?(?:(Z)|([+-]\d{2}):?(\d{2}))?$/i;
const hour = 3_600_000;
/** Before any event; a longer look back than this changes nothing and would leave the range of dates. */
const beginning = "0001-01-01T00:00:00Z";

/** The text itself when it is a day of the calendar, YYYY-MM-DD. */
export function parseDay(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith("0000")) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  // 30 February is read as 2 March by some engines and refused by others.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}

/**
 * An ISO 8601 day (midnight UTC) or time (UTC without a zone) as YYYY-MM-DDTHH:MM:SS[.ffffff]Z; undefined when it is
 * none. Microseconds are kept, which Date would lose: Postgres stores them.
 */
export function parseInstant(text: string): string | undefined {
  if (parseDay(text) !== undefined) return `${text}T00:00:00Z`;
  const match = instantPattern.exec(text);
  if (match === null) return undefined;
  const [, day = "", hours = "", minutes = "", seconds = "00", fraction = "", , zoneHours, zoneMinutes] = match;
  if (parseDay(day) === undefined) return undefined;
  const zone = zoneHours === undefined ? "Z" : `${zoneHours}:${zoneMinutes}`;
  const time = Date.parse(`${day}T${hours}:${minutes}:${seconds}${zone}`);
  if (Number.isNaN(time)) return undefined;
  const whole = new Date(time).toISOString().slice(0, 19);
  if (!/^\d{4}-/.test(whole) || whole.startsWith("0000")) return undefined;
  const digits = fraction.replace(/0+$/, "");
  return `${whole}${digits === "" ? "" : `.${digits}`}Z`;
}

/** Orders two results of `parseInstant`: negative when `a` is the earlier. */
export function compareInstants(a: string, b: string): number {
  const key = (iso: string): string => `${iso.slice(0, 19)}.${iso.slice(20, -1).padEnd(6, "0")}`;
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

/** The bounds of a period as ISO times: events after `after`, from `from` on, before `to`. */
export interface Bounds {
  after?: string;
  from?: string;
  to?: string;
}

/**
 * Bounds of a period relative to `asOf`. Months and years go back by the calendar in UTC, to the last day of a shorter
 * month: one month before 31 March is 28 or 29 February.
 */
export function boundsOf(within: Within, asOf: string): Bounds {
  if ("hours" in within) return { after: hoursBefore(asOf, within.hours) };
  if ("days" in within) return { after: hoursBefore(asOf, within.days * 24) };
  if ("weeks" in within) return { after: hoursBefore(asOf, within.weeks * 7 * 24) };
  if ("months" in within) return { after: monthsBefore(asOf, within.months) };
  if ("years" in within) return { after: monthsBefore(asOf, within.years * 12) };
  return {
    ...(within.from === undefined ? {} : { from: instant(within.from) }),
    ...(within.to === undefined ? {} : { to: instant(within.to) }),
  };
}

/** `parseInstant` for what has been checked before. */
export function instant(text: string): string {
  const parsed = parseInstant(text);
  if (parsed === undefined) throw new AppError("usage", `${JSON.stringify(text)} is not an ISO 8601 date or time.`);
  return parsed;
}

function hoursBefore(asOf: string, hours: number): string {
  const iso = instant(asOf);
  return rebuild(new Date(Date.parse(`${iso.slice(0, 19)}Z`) - hours * hour), iso);
}

function monthsBefore(asOf: string, months: number): string {
  const iso = instant(asOf);
  const date = new Date(`${iso.slice(0, 19)}Z`);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const lastDay = new Date(date.getTime());
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, lastDay.getUTCDate()));
  return rebuild(date, iso);
}

function rebuild(date: Date, iso: string): string {
  if (Number.isNaN(date.getTime()) || date.getTime() < Date.parse(beginning)) return beginning;
  return `${date.toISOString().slice(0, 19)}${iso.slice(19)}`;
}
