import { cleanForTerminal } from "../lib/clean-text.js";
import type { Cell } from "./answer.js";
import { bar } from "./bars.js";
import { rowTexts } from "./cell-text.js";
import { createStyle } from "./style.js";
import { pad, widthOf, wrap } from "./wrap.js";

const GAP = 2;
/** Narrower than this, wrapped text is not worth reading. */
const FLOOR = 12;
/** A word up to this width (an e-mail address, an id) is not broken for the sake of the table. */
const WORD = 24;
const BAR = 30;

export interface TableOptions {
  /** Terminal cells a line may take. */
  width: number;
  color: boolean;
  /** The column beside whose numbers bars are drawn. */
  bars?: number | undefined;
  /** A last line under a rule. */
  totals?: readonly Cell[] | undefined;
}

/**
 * Rows as aligned columns without a frame, numbers to the right. Too wide: the widest text columns wrap, and when even
 * that does not fit, one record below the other as psql's \x does. Ends with a line feed.
 */
export function renderTable(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): string {
  if (columns.length === 0) return "";
  const headers = columns.map((name) => cleanForTerminal(name));
  const all = options.totals ? [...rows, options.totals] : rows;
  const texts = rowTexts(all, headers.length);
  const numeric = headers.map((_, i) => isNumeric(rows, i));
  const widths = fitWidths(headers, texts, numeric, options.width);
  if (widths === undefined) return renderRecords(headers, texts.slice(0, rows.length), options);
  const style = createStyle(options.color);
  const bars = barTexts(rows, options, options.width - total(widths) - GAP);
  const rule = style.dim(widths.map((w) => "─".repeat(w)).join(" ".repeat(GAP)));
  const lines = [...layOut(headers, widths, numeric).map(style.bold), rule];
  texts.forEach((cells, i) => {
    if (i === rows.length) lines.push(rule);
    const [first = "", ...more] = layOut(
      bars ? [...cells, bars[i] ?? ""] : cells,
      bars ? [...widths, BAR] : widths,
      numeric,
    );
    lines.push(first, ...more);
  });
  return `${lines.join("\n")}\n`;
}

function isNumeric(rows: readonly (readonly Cell[])[], column: number): boolean {
  let found = false;
  for (const row of rows) {
    const cell = row[column];
    if (cell === null || cell === undefined) continue;
    if (typeof cell !== "number") return false;
    found = true;
  }
  return found;
}

/** The width of each column so that a line fits; undefined when it cannot. */
function fitWidths(
  headers: readonly string[],
  texts: readonly string[][],
  numeric: readonly boolean[],
  width: number,
): number[] | undefined {
  const widths = headers.map((header, i) =>
    texts.reduce((w, row) => Math.max(w, widthOf(row[i] ?? "")), widthOf(header)),
  );
  const floors = headers.map((header, i) => {
    if (numeric[i]) return widths[i] ?? 0;
    const word = texts.reduce((w, row) => Math.max(w, longestWord(row[i] ?? "")), widthOf(header));
    return Math.min(widths[i] ?? 0, Math.max(FLOOR, Math.min(word, WORD)));
  });
  if (total(floors) > width) return undefined;
  while (total(widths) > width) {
    // The widest column that may still shrink goes down to the next one's width, or as far as is needed.
    const open = widths.map((w, i) => (w > (floors[i] ?? 0) ? w : -1));
    const widest = open.indexOf(Math.max(...open));
    const now = widths[widest] ?? 0;
    const next = Math.max(floors[widest] ?? 0, ...widths.filter((w) => w < now));
    widths[widest] = Math.max(next, now - (total(widths) - width));
  }
  return widths;
}

function longestWord(text: string): number {
  return text.split(" ").reduce((longest, word) => Math.max(longest, widthOf(word)), 0);
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, w) => sum + w, 0) + GAP * (widths.length - 1);
}

function layOut(cells: readonly string[], widths: readonly number[], numeric: readonly boolean[]): string[] {
  const wrapped = cells.map((cell, i) => wrap(cell, widths[i] ?? 0));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, i) => pad(lines[line] ?? "", widths[i] ?? 0, numeric[i] ? "right" : "left"))
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}

function barTexts(rows: readonly (readonly Cell[])[], options: TableOptions, room: number): string[] | undefined {
  const column = options.bars;
  if (column === undefined || room < 5) return undefined;
  const values = rows.map((row) => Number(row[column] ?? 0));
  const max = Math.max(...values);
  return values.map((value) => bar(value, max, Math.min(room, BAR)));
}

function renderRecords(headers: readonly string[], texts: readonly string[][], options: TableOptions): string {
  const style = createStyle(options.color);
  const label = Math.min(Math.max(...headers.map(widthOf)), Math.max(FLOOR, Math.floor(options.width / 2)));
  const room = Math.max(FLOOR, options.width - label - GAP);
  const lines: string[] = [];
  texts.forEach((cells, i) => {
    lines.push(style.dim(`─[ ${i + 1} ]`.padEnd(Math.min(options.width, label + GAP + 20), "─")));
    headers.forEach((header, column) => {
      const values = wrap(cells[column] ?? "", room);
      const names = wrap(header, label);
      for (let line = 0; line < Math.max(values.length, names.length); line++)
        lines.push(
          `${style.bold(pad(names[line] ?? "", label, "left"))}${" ".repeat(GAP)}${values[line] ?? ""}`.trimEnd(),
        );
    });
  });
  return `${lines.join("\n")}\n`;
}
