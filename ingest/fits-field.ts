import type { KnownField } from "./known-fields.js";
import { parseDate, parseDecimal, parseInteger } from "./parse-values.js";

const BLANK = /^(null|\\n|n\/a|nan|na)?$/i;
const DATE_LIKE = /^\d{8,19}(\.\d+)?$|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[a-z]{3,}\.?[ ,-].*\d{4}|\d{1,2}[ -][a-z]{3}/i;
const EVENT_WORD = /view|click|cart|basket|purchase|order|buy|bought|checkout|refund|return|search|login|session|open/i;

/**
 * Whether a column's sample values allow it to be `field` under a name that is a synonym. It can only veto:
 * without values everything fits. Blanks do not count.
 */
export function fitsField(field: KnownField, weak: boolean, sample: readonly (string | undefined)[]): boolean {
  const values = filled(sample);
  if (values.length === 0) return true;
  // Day numbers (1, 2, 3) and clock times are no dates.
  if (field.type === "date" || field.type === "timestamp") return values.some((v) => DATE_LIKE.test(v));
  // An id that repeats would make different events look like one, and drop them.
  if (field.name === "event_id") return new Set(values).size === values.length;
  if (!weak) return true;
  if (field.name === "event_type") return values.some((v) => EVENT_WORD.test(v));
  if (field.name === "customer_id") return !values.some((v) => /\s/.test(v));
  return true;
}

/**
 * Whether a column holds what its name says, for numbers and dates: at least half of its sample values can be read.
 * A column of brackets ("35-44") is no age; a few bad values in a good column are rows to reject.
 */
export function isReadable(field: KnownField, sample: readonly (string | undefined)[]): boolean {
  const parse = PARSERS[field.type];
  if (parse === undefined) return true;
  const values = filled(sample);
  return values.filter((value) => parse(value) !== null).length * 2 >= values.length;
}

const PARSERS: Partial<Record<KnownField["type"], (text: string) => string | null>> = {
  integer: parseInteger,
  numeric: parseDecimal,
  date: (text) => parseDate(text, "dmy") ?? parseDate(text, "mdy"),
};

function filled(sample: readonly (string | undefined)[]): string[] {
  return sample.map((v) => (v ?? "").trim()).filter((v) => !BLANK.test(v));
}
