import { cleanForTerminal, cleanJson } from "../lib/clean-text.js";
import type { Cell } from "./answer.js";
import { renderCsv } from "./csv.js";
import { renderMarkdownTable } from "./markdown.js";
import type { OutputFormat, RenderOptions } from "./output.js";
import { renderTable } from "./table.js";

/** Plain rows (settings, schema, checks) as `--output` asks: json is an array of objects, jsonl an object a line. */
export function renderRows(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  output: OutputFormat,
  options: RenderOptions,
): string {
  const objects = () => rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])));
  switch (output) {
    case "json":
      return `${cleanJson(JSON.stringify(objects(), null, 2))}\n`;
    case "jsonl":
      return objects()
        .map((object) => `${cleanJson(JSON.stringify(object))}\n`)
        .join("");
    case "csv":
      return renderCsv(columns, rows, { raw: options.rawCsv, bom: options.bom });
    case "md":
      return renderMarkdownTable(columns, rows);
    case "text":
      return rows.length === 0 ? `${cleanForTerminal(columns.join("  "))}\n` : renderTable(columns, rows, options);
  }
}
