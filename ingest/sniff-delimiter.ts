import { type Dialect, splitRecords } from "./split-records.js";

const CANDIDATES = [",", ";", "\t", "|"];
const RECORDS = 200;
/** Bytes to look at once: more than most files need for so many records. */
const PIECE = 32 * 1024;

/**
 * The delimiter that gives the records of the file's beginning most consistently as many fields as the header;
 * of equals the one with more columns; "," for a file of one column.
 */
export function sniffDelimiter(head: Buffer, options: { lineEnd: "\n" | "\r"; whole: boolean }): string {
  let best = { delimiter: ",", agreeing: 0, columns: 1 };
  for (const delimiter of CANDIDATES) {
    if (!head.includes(delimiter)) continue;
    const counts = fieldCounts(head, { delimiter, lineEnd: options.lineEnd }, options.whole);
    const columns = counts[0] ?? 1;
    if (columns < 2) continue;
    const agreeing = counts.filter((count) => count === columns).length / counts.length;
    if (agreeing > best.agreeing || (agreeing === best.agreeing && columns > best.columns))
      best = { delimiter, agreeing, columns };
  }
  return best.delimiter;
}

function fieldCounts(head: Buffer, dialect: Dialect, whole: boolean): number[] {
  const counts: number[] = [];
  let rest = head;
  let limit = PIECE;
  let last = whole;
  while (rest.length > 0 && counts.length < RECORDS) {
    const split = splitRecords(rest, dialect, { encoding: "latin1", limit, last });
    for (const fields of split.records) if (fields.length > 1 || fields[0]!.trim() !== "") counts.push(fields.length);
    rest = rest.subarray(split.consumed);
    if (split.consumed > 0) continue;
    if (limit < rest.length) {
      limit *= 2;
      continue;
    }
    // One line longer than the head: its fields still tell the delimiter.
    if (last || counts.length > 0) break;
    last = true;
  }
  return counts.slice(0, RECORDS);
}
