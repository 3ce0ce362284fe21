import type { Dialect } from "./split-records.js";

const QUOTE = 34;
const RETURN = 13;

/** Whole lines of valid UTF-8 that are a record each (or blank), without NUL bytes; the last may lack its end. */
export interface PlainLines {
  bytes: Buffer;
  /** Number of the first. */
  line: number;
}

/**
 * Bytes at the beginning of a block, which begins a record, that are plain lines: each quoted field ends on its line,
 * and before a delimiter or the line's end.
 * @param last nothing follows the block
 */
export function plainBytes(block: Buffer, { delimiter, lineEnd }: Dialect, last: boolean): number {
  if (block.includes(0) || delimiter.length !== 1) return 0;
  const newline = lineEnd.charCodeAt(0);
  const whole = last ? block.length : block.lastIndexOf(newline) + 1;
  for (let at = block.indexOf(QUOTE); at >= 0 && at < whole; ) {
    const start = at === 0 ? 0 : block.lastIndexOf(newline, at - 1) + 1;
    const found = block.indexOf(newline, at);
    const end = found < 0 ? block.length : found;
    if (!closesItsQuotes(block, start, end, delimiter.charCodeAt(0))) return start;
    at = block.indexOf(QUOTE, end);
  }
  return whole;
}

function closesItsQuotes(bytes: Uint8Array, start: number, end: number, delimiter: number): boolean {
  const stop = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
  for (let at = start; at < stop; at++) {
    if (bytes[at] === QUOTE) {
      at = closingQuote(bytes, at, stop) + 1;
      if (at === 0 || (at < stop && bytes[at] !== delimiter)) return false;
    } else {
      for (; at < stop && bytes[at] !== delimiter; at++) if (bytes[at] === QUOTE) return false;
    }
  }
  return true;
}

/** Where a quoted field that opens at `open` is closed; -1 where it is not. */
function closingQuote(bytes: Uint8Array, open: number, stop: number): number {
  for (let at = open + 1; at < stop; at++) {
    if (bytes[at] !== QUOTE) continue;
    if (bytes[at + 1] !== QUOTE || at + 1 >= stop) return at;
    at++;
  }
  return -1;
}

/** Calls `work` with start and end of each line, its line end left out. */
export function eachLine(
  { bytes, line: first }: PlainLines,
  lineEnd: Dialect["lineEnd"],
  work: (start: number, end: number, line: number) => void,
): void {
  const newline = lineEnd.charCodeAt(0);
  for (let start = 0, line = first; start < bytes.length; line++) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    work(start, end > start && bytes[end - 1] === RETURN ? end - 1 : end, line);
    start = end + 1;
  }
}

/** The fields of a plain line. */
export function splitLine(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; at <= line.length; ) {
    let end = at;
    if (line[at] === '"') {
      for (end++; line[end] !== '"' || line[end + 1] === '"'; end++) if (line[end] === '"') end++;
      fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 2;
    } else {
      end = line.indexOf(delimiter, at);
      if (end < 0) end = line.length;
      fields.push(line.slice(at, end));
      at = end + 1;
    }
  }
  return fields;
}
