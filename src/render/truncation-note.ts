import type { Answer } from "./answer.js";
import { countText } from "./cell-text.js";

/** "50 of 1,203 rows; --limit all shows every row."; undefined when every row is there. For stderr beside csv. */
export function truncationNote(answer: Pick<Answer, "rows" | "total" | "truncated">, repl = false): string | undefined {
  if (!answer.truncated && answer.total <= answer.rows.length) return undefined;
  return `${countText(answer.rows.length)} of ${countText(answer.total)} rows; ${repl ? "Ctrl-O shows every row, /export FILE keeps them" : "--limit all shows every row"}.`;
}
