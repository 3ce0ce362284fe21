import type { ColumnType } from "../src/criteria/catalogue.js";
import { slashOrder } from "./parse-time.js";
import {
  type DateOrder,
  DEFAULT_BLANKS,
  isBlank,
  parseBoolean,
  parseDate,
  parseDecimal,
  parseInteger,
  parseTimestamp,
} from "./parse-values.js";

const SMALL = /^(?:0|-?[1-9]\d{0,8})$/;
const WHOLE = /^[+-]?\d+$/;
const CODE = /^[+-]?0\d|^\+\d{8,}$/;
const WORDS = new Set(["true", "false", "t", "f", "yes", "no", "y", "n"]);
const NUMBERS = ["integer", "bigint", "numeric"];

/**
 * The type of a column, from all its values as they stream by; blanks are passed over. One value that does not fit
 * makes it text: so do codes with leading zeros ("02134"), brackets ("35-44", "3+"), whole numbers beyond int8,
 * telephone numbers, and dates with slashes whose day and month nothing in the column tells apart.
 */
export class ColumnTypeGuess {
  private found: ColumnType | null = null;
  private last = "";
  private readonly orders = new Set<DateOrder | "unknown">();
  private readonly blanks: ReadonlySet<string>;
  private readonly order: DateOrder | undefined;

  /** @param options.order what the user said about dates with slashes */
  constructor(options: { blanks?: ReadonlySet<string> | undefined; order?: DateOrder | undefined } = {}) {
    this.blanks = options.blanks ?? DEFAULT_BLANKS;
    this.order = options.order;
  }

  add(text: string): void {
    if (this.found === "text" || text === this.last) return;
    this.last = text;
    if (this.found === "integer" && SMALL.test(text)) return;
    if (isBlank(text, this.blanks)) return;
    const type = this.classify(text.trim());
    this.found = this.found === null ? type : widerType(this.found, type);
  }

  /** The narrowest type that holds every value so far; text when all were blank. */
  type(): ColumnType {
    if (this.found === null) return "text";
    if (this.order === undefined && this.orders.size > 0 && (this.found === "date" || this.found === "timestamp")) {
      const told = Number(this.orders.has("dmy")) + Number(this.orders.has("mdy"));
      if (told !== 1) return "text";
    }
    return this.found;
  }

  private classify(text: string): ColumnType {
    if (SMALL.test(text)) return "integer";
    if (WORDS.has(text.toLowerCase())) return "boolean";
    if (CODE.test(text) && parseDecimal(text) !== null) return "text";
    if (WHOLE.test(text)) return wholeType(text);
    if (parseDecimal(text) !== null) return "numeric";
    const slashes = slashOrder(text);
    // Where both numbers are at most 12 either order reads it; whether the column tells which is asked at the end.
    const order = this.order ?? (slashes === "unknown" ? "dmy" : undefined);
    if (parseTimestamp(text, order) === null) return "text";
    if (slashes !== null) this.orders.add(slashes);
    return text.includes(":") ? "timestamp" : "date";
  }
}

/** The text to store for a value of a column of this type; null when it is empty or does not fit the type. */
export function castValue(text: string, type: ColumnType, order?: DateOrder): string | null {
  switch (type) {
    case "integer":
    case "bigint": {
      const whole = parseInteger(text);
      return whole === null || !fits(whole, type === "integer" ? 32 : 64) ? null : whole;
    }
    case "numeric":
      return parseDecimal(text);
    case "boolean": {
      const value = parseBoolean(text);
      return value === null ? null : String(value);
    }
    case "date":
      return parseDate(text, order);
    case "timestamp":
      return parseTimestamp(text, order);
    case "text":
      return text.trim() || null;
  }
}

/** The narrowest type that holds the values of both. */
export function widerType(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b) return a;
  const [i, j] = [NUMBERS.indexOf(a), NUMBERS.indexOf(b)];
  if (i >= 0 && j >= 0) return i > j ? a : b;
  const times = (t: ColumnType) => t === "date" || t === "timestamp";
  return times(a) && times(b) ? "timestamp" : "text";
}

function wholeType(text: string): ColumnType {
  if (fits(text, 32)) return "integer";
  return fits(text, 64) ? "bigint" : "text";
}

function fits(whole: string, bits: 32 | 64): boolean {
  if (whole.length <= 9) return true;
  if (whole.length > 20) return false;
  const value = BigInt(whole.replace(/^\+/, ""));
  return BigInt.asIntN(bits, value) === value;
}
