export { toEventType, toSnakeCase } from "./parse-names.js";
export { type DateOrder, dateOrder, parseDate, parseTimestamp } from "./parse-time.js";

/** What stands for "no value", compared in capitals after trimming. */
export const DEFAULT_BLANKS: ReadonlySet<string> = new Set(["", "NULL", "\\N", "N/A", "NAN", "NA"]);

/** The same for a country column, where NA is Namibia. */
export const COUNTRY_BLANKS: ReadonlySet<string> = new Set([...DEFAULT_BLANKS].filter((blank) => blank !== "NA"));

/** Whether the text stands for no value. `blanks` holds capitals. */
export function isBlank(text: string, blanks: ReadonlySet<string> = DEFAULT_BLANKS): boolean {
  const trimmed = text.trim();
  return blanks.has(trimmed) || blanks.has(trimmed.toUpperCase());
}

const PLAIN = /^-?\d+(?:\.\d+)?$/;
const NUMBER = /^([+-]?)\s*[$€£]?\s*([+-]?)(\d[\d.,]*|\.\d+)(?:[eE]([+-]?\d{1,3}))?$/;
// A group of thousands never begins with 0: "0,125" is a decimal.
const THOUSANDS = /^[1-9]\d{0,2}(?:,\d{3})+$/;
const EUROPEAN = /^[1-9]\d{0,2}(?:\.\d{3})+,\d+$/;

/**
 * A plain decimal for Postgres numeric, digit for digit: "$1,234.50" is 1234.50, "(12.50)" is -12.50, "1e3" is 1000.
 * A comma groups thousands where every group has three digits ("1,234"), else it is the decimal sign ("12,5"); the
 * dot groups thousands only before a comma ("1.234,50"). Null for anything else, so for "12 %" too.
 */
export function parseDecimal(text: string): string | null {
  if (PLAIN.test(text)) return text;
  let body = text.trim();
  if (PLAIN.test(body)) return body;
  const inBrackets = body.startsWith("(") && body.endsWith(")");
  if (inBrackets) body = body.slice(1, -1).trim();
  const match = NUMBER.exec(body);
  if (match === null) return null;
  const [, outer = "", inner = "", digits = "", exponent] = match;
  if ([inBrackets, outer !== "", inner !== ""].filter(Boolean).length > 1) return null;
  const decimal = toDotDecimal(digits);
  if (decimal === null) return null;
  const negative = inBrackets || outer === "-" || inner === "-";
  return (negative ? "-" : "") + shiftPoint(decimal, exponent === undefined ? 0 : Number(exponent));
}

/** A whole number: "12.0" is 12, "12.5" is null. */
export function parseInteger(text: string): string | null {
  const decimal = parseDecimal(text);
  if (decimal === null) return null;
  const [whole = "", fraction = ""] = decimal.split(".");
  if (/[1-9]/.test(fraction)) return null;
  const tidy = whole.replace(/^(-?)0+(?=\d)/, "$1");
  return tidy === "-0" ? "0" : tidy;
}

const TRUE = new Set(["true", "t", "yes", "y", "1"]);
const FALSE = new Set(["false", "f", "no", "n", "0"]);

/** true, t, yes, y, 1 and their opposites, in any case; null for anything else. */
export function parseBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : null;
}

function toDotDecimal(digits: string): string | null {
  const dots = digits.split(".").length - 1;
  const commas = digits.split(",").length - 1;
  if (commas === 0) return dots <= 1 ? digits : null;
  if (EUROPEAN.test(digits)) return digits.replaceAll(".", "").replace(",", ".");
  const [whole = "", fraction] = digits.split(".");
  if (dots <= 1 && THOUSANDS.test(whole) && !fraction?.includes(","))
    return whole.replaceAll(",", "") + (fraction ? `.${fraction}` : "");
  return dots === 0 && commas === 1 && /^\d+,\d+$/.test(digits) ? digits.replace(",", ".") : null;
}

/** Moves the decimal point and tidies ".5" and "5." without rounding. */
function shiftPoint(decimal: string, by: number): string {
  const [whole = "", fraction = ""] = decimal.split(".");
  const digits = whole + fraction;
  const point = whole.length + by;
  const left = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "";
  const right = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  const head = by === 0 ? left || "0" : left.replace(/^0+(?=\d)/, "") || "0";
  return right === "" ? head : `${head}.${right}`;
}
