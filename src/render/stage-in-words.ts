import type { Stage } from "./answer.js";
import { countText } from "./cell-text.js";

/** "gate 1,203 customers (12 ms)" */
export function stageInWords({ stage, rows, ms }: Stage): string {
  const count = countText(rows);
  const size = {
    gate: `${count} ${rows === 1 ? "customer" : "customers"}`,
    refine: `${count} with a score`,
    enrich: count,
    query: `${count} ${rows === 1 ? "row" : "rows"}`,
  }[stage];
  return `${stage} ${size} (${duration(ms)})`;
}

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
