import { cleanForTerminal } from "../lib/clean-text.js";
import type { Cell } from "./answer.js";
import { rowTexts } from "./cell-text.js";

/** A GitHub table: numbers to the right, pipes and markup in the data without effect. */
export function renderMarkdownTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (columns.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, i) => (rows.length > 0 && rows.every((r) => isNumberOrBlank(r[i])) ? "---:" : "---"));
  const lines = [
    line(columns.map((name) => escapeMarkdown(cleanForTerminal(name)))),
    line(rule),
    ...rowTexts(rows, columns.length).map((cells) => line(cells.map(escapeMarkdown))),
  ];
  return `${lines.join("\n")}\n`;
}

/** Text inside a table cell. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\|]/g, "\\$&").replaceAll("<", "&lt;");
}

function isNumberOrBlank(cell: Cell | undefined): boolean {
  return cell === null || cell === undefined || typeof cell === "number";
}
