import type { Cell } from "./answer.js";
import { reasonInWords } from "./cell-text.js";

export interface CsvOptions {
  /** Leaves cells that a spreadsheet would run as formulas as they are. */
  raw?: boolean | undefined;
  /** A byte order mark, by which Excel knows UTF-8. */
  bom?: boolean | undefined;
}

/** RFC 4180 with \n: full precision, blanks empty, reasons in words, a header always. */
export function renderCsv(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: CsvOptions = {},
): string {
  const raw = options.raw ?? false;
  const line = (cells: readonly (Cell | undefined)[]) => {
    const fields = cells.map((cell) => field(cell, raw));
    // A line without a character would be skipped by readers: a single blank is written as "".
    return fields.length === 1 && fields[0] === "" ? '""' : fields.join(",");
  };
  const lines = [line(columns), ...rows.map((row) => line(columns.map((_, i) => row[i])))];
  return `${options.bom ? "\uFEFF" : ""}${lines.join("\n")}\n`;
}

function field(cell: Cell | undefined, raw: boolean): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  const text = typeof cell === "string" ? cell : reasonInWords(cell);
  const safe = !raw && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
