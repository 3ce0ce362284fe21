import { parseDate, parseTimestamp } from "./parse-time.js";

// Forms of values that need no parsing, told from their bytes. Each is a part of what parse-values.ts and parse-time.ts
// take, and is stored as it stands.

const ZERO = 48;

function digitAt(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] as number;
  return byte >= ZERO && byte <= 57;
}

export function isDigits(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!digitAt(bytes, i)) return false;
  return true;
}

/** A whole number of at most nine digits, without leading zeros. */
export function isSmallInteger(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] === 45 ? from + 1 : from;
  const length = to - first;
  if (length < 1 || length > 9 || !isDigits(bytes, first, to)) return false;
  return bytes[first] !== ZERO || (length === 1 && first === from);
}

/** Digits with at most one dot between them. */
export function isPlainNumber(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] === 45 ? from + 1 : from;
  if (to <= first || !digitAt(bytes, first) || !digitAt(bytes, to - 1)) return false;
  let dots = 0;
  for (let i = first; i < to; i++) {
    if (digitAt(bytes, i)) continue;
    if (bytes[i] !== 46 || ++dots > 1) return false;
  }
  return true;
}

/** 2025-06-30, a day that there is. */
export function isUsualDate(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === 10 && isDay(bytes, from) && parseDate(ascii(bytes, from, to)) !== null;
}

/** 2025-06-30T20:00:00, T or a space in between, with or without Z. */
export function isUsualTime(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length !== 19 && !(length === 20 && bytes[from + 19] === 90)) return false;
  const between = bytes[from + 10];
  if ((between !== 84 && between !== 32) || !isDay(bytes, from)) return false;
  if (bytes[from + 13] !== 58 || bytes[from + 16] !== 58) return false;
  if (!isDigits(bytes, from + 11, from + 13) || !isDigits(bytes, from + 14, from + 16)) return false;
  if (!isDigits(bytes, from + 17, from + 19)) return false;
  // Days that every month has need no calendar.
  const two = (at: number) => ((bytes[from + at] as number) - ZERO) * 10 + (bytes[from + at + 1] as number) - ZERO;
  const [century, month, day] = [two(0), two(5), two(8)];
  if ((century === 19 || century === 20) && month >= 1 && month <= 12 && day >= 1 && day <= 28) {
    return two(11) < 24 && two(14) < 60 && two(17) < 60;
  }
  return parseTimestamp(ascii(bytes, from, from + 19)) !== null;
}

function isDay(bytes: Uint8Array, from: number): boolean {
  if (bytes[from + 4] !== 45 || bytes[from + 7] !== 45) return false;
  return isDigits(bytes, from, from + 4) && isDigits(bytes, from + 5, from + 7) && isDigits(bytes, from + 8, from + 10);
}

/** Whether the text may begin or end with what String.trim takes away: spaces, and those beyond ASCII by their first byte. */
export function edgeMayBeSpace(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] as number;
  const last = bytes[to - 1] as number;
  if (first <= 32 || last <= 32) return true;
  if (first < 128 && last < 128) return false;
  return (
    leadsToSpace(first) ||
    (last >= 128 && (leadsToSpace(bytes[to - 2] as number) || leadsToSpace(bytes[to - 3] as number)))
  );
}

/** U+0085 and U+00A0 begin with C2, U+1680 with E1, U+2000 to U+205F with E2, U+3000 with E3, U+FEFF with EF. */
function leadsToSpace(byte: number): boolean {
  return byte === 0xc2 || byte === 0xe1 || byte === 0xe2 || byte === 0xe3 || byte === 0xef;
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
