import type { Cell } from "./answer.js";
import { rowTexts } from "./cell-text.js";
import { widthOf } from "./wrap.js";

const GAP = 2;
/** Room that the reasons keep before further columns are shown. */
const WHY = 40;

/**
 * Which columns of a customer list fit a line: always the id, the names, the score and the reason; of the others as
 * many as fit, in their order. Returns indexes into `columns`.
 */
export function chooseColumns(columns: readonly string[], rows: readonly (readonly Cell[])[], width: number): number[] {
  const texts = rowTexts(rows, columns.length);
  const needed = (i: number) => {
    const widest = texts.reduce((w, cells) => Math.max(w, widthOf(cells[i] ?? "")), widthOf(columns[i] ?? ""));
    return GAP + (columns[i] === "why" ? Math.min(widest, WHY) : widest);
  };
  const chosen = new Set<number>();
  let used = -GAP;
  columns.forEach((name, i) => {
    if (!isEssential(name)) return;
    chosen.add(i);
    used += needed(i);
  });
  columns.forEach((_, i) => {
    if (chosen.has(i) || used + needed(i) > width) return;
    chosen.add(i);
    used += needed(i);
  });
  return [...chosen].sort((a, b) => a - b);
}

function isEssential(column: string): boolean {
  return column === "customer_id" || column === "score" || column === "why" || /(^|_)name$/.test(column);
}
