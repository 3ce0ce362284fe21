import type { Value } from "./db.js";

const asNumber = (text: string): number => Number(text);

/** int8: a number while it is exact, else the digits. */
function asBigint(text: string): number | string {
  const n = Number(text);
  return Number.isSafeInteger(n) ? n : text;
}

/** "2025-04-01 12:00:27.5+00" -> "2025-04-01T12:00:27.5Z". Sessions run in UTC; any other offset is converted. */
function asTimestamp(text: string): string {
  if (!/^\d{4}-\d\d-\d\d /.test(text)) return text; // infinity, years beyond 9999, BC
  if (text.endsWith("+00")) return `${text.slice(0, 10)}T${text.slice(11, -3)}Z`;
  const offset = /[+-]\d\d(:\d\d)?$/.exec(text);
  if (!offset) return `${text.slice(0, 10)}T${text.slice(11)}Z`;
  const zone = offset[1] ? offset[0] : `${offset[0]}:00`;
  return new Date(`${text.slice(0, 10)}T${text.slice(11, offset.index)}${zone}`).toISOString();
}

const asText = (text: string): string => text;

/**
 * How each Postgres type (by OID) comes back, the same in both row stores: integers, floats and numeric as number,
 * dates as "2025-04-01", timestamps as ISO 8601 UTC, json parsed, bytea as bytes, everything else as Postgres' text.
 */
export const parsers: Readonly<Record<number, (text: string) => Value>> = {
  16: (text) => text === "t",
  17: (text) => Buffer.from(text.slice(2), "hex"),
  20: asBigint,
  21: asNumber,
  23: asNumber,
  26: asNumber,
  700: asNumber,
  701: asNumber,
  1700: asNumber,
  114: (text) => JSON.parse(text),
  3802: (text) => JSON.parse(text),
  1082: asText,
  1114: asTimestamp,
  1184: asTimestamp,
  1186: asText,
  1000: asText,
  1005: asText,
  1007: asText,
  1009: asText,
  1015: asText,
  1016: asText,
  1021: asText,
  1022: asText,
  1182: asText,
  1185: asText,
  1231: asText,
};

/** A parameter in a form that both drivers send unchanged: arrays as array literals, dates as ISO text. */
export function encodeParam(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return `{${value.map(arrayElement).join(",")}}`;
  if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array)) {
    return `{${Array.from(value as unknown as ArrayLike<number>).join(",")}}`;
  }
  if (value instanceof Date) return value.toISOString();
  return value;
}

function arrayElement(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return `"${String(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
