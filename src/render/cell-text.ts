import { cleanForTerminal } from "../lib/clean-text.js";
import type { Cell, Reason } from "./answer.js";

/** A cell as people read it: blanks are empty, non-integers have two decimals, control characters are visible. */
function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return numberText(cell);
  if (typeof cell === "object") return cleanForTerminal(reasonInWords(cell));
  return cleanForTerminal(String(cell));
}

/**
 * Rows as people read them, `columns` cells each: all numbers of a column show as many decimals as one of them needs
 * (9734.00 beside 9728.22), so that their points stand below each other.
 */
export function rowTexts(rows: readonly (readonly Cell[])[], columns: number): string[][] {
  const indexes = Array.from({ length: columns }, (_, i) => i);
  const decimals = indexes.map((i) => rows.some((row) => typeof row[i] === "number" && !Number.isInteger(row[i])));
  return rows.map((row) =>
    indexes.map((i) => {
      const cell = row[i];
      return decimals[i] && typeof cell === "number" && Number.isInteger(cell) ? cell.toFixed(2) : cellText(cell);
    }),
  );
}

/** Integers as they are (ids and years take no separators); what would round to 0.00 keeps two digits. */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 0.005 ? value.toPrecision(2) : value.toFixed(2);
}

/** 1203 as 1,203: for counts in sentences of our own. */
export function countText(value: number): string {
  return value.toLocaleString("en-US");
}

/** Why a customer is listed: "jewelry: necklace 0.61 (weight 14); bought 3×, last 2025-06-12". Not yet cleaned. */
export function reasonInWords(reason: Reason): string {
  const interests = reason.interests.map(
    ({ interest, similarity, weight }) =>
      `${interest} ${similarity.toFixed(2)}${weight > 0 ? ` (weight ${numberText(weight)})` : ""}`,
  );
  const evidence = reason.evidence.map(({ condition, count, last }) => {
    if (count === 0) return `${condition}: never`;
    return `${condition} ${countText(count)}×${last === null ? "" : `, last ${last.slice(0, 10)}`}`;
  });
  return [...interests, ...evidence].join("; ");
}
