import { cleanForTerminal, cleanJson } from "../lib/clean-text.js";
import type { Answer, Cell } from "./answer.js";
import { renderCsv } from "./csv.js";
import { escapeMarkdown, renderMarkdownTable } from "./markdown.js";
import type { OutputFormat, RenderOptions } from "./output.js";
import { asOfInWords, renderAnswerText } from "./text.js";
import { truncationNote } from "./truncation-note.js";

/** An answer as `--output` asks; ends with a line feed. csv holds no truncation note: see `truncationNote`. */
export function renderAnswer(answer: Answer, output: OutputFormat, options: RenderOptions): string {
  switch (output) {
    case "json":
      return `${cleanJson(JSON.stringify(answer, null, 2))}\n`;
    case "jsonl":
      return `${cleanJson(JSON.stringify(answer))}\n`;
    case "csv": {
      const [columns, rows] = tableOf(answer);
      return renderCsv(columns, rows, { raw: options.rawCsv, bom: options.bom });
    }
    case "md":
      return markdown(answer);
    case "text":
      return renderAnswerText(answer, options);
  }
}

/** An answer without a table is a table of one cell. */
function tableOf(answer: Answer): [string[], Cell[][]] {
  if (answer.columns.length > 0) return [answer.columns, answer.rows];
  return answer.value === null ? [["answer"], [[answer.answer]]] : [["value"], [[answer.value]]];
}

function markdown(answer: Answer): string {
  const asOf = asOfInWords(answer);
  const parts = [
    escapeMarkdown(cleanForTerminal(answer.answer, { whitespace: "keep" })),
    answer.reading && `Read as: ${escapeMarkdown(cleanForTerminal(answer.reading))}`,
    asOf,
    renderMarkdownTable(answer.columns, answer.totals ? [...answer.rows, answer.totals] : answer.rows).trimEnd(),
    truncationNote(answer),
    answer.warnings.map((warning) => `> ${escapeMarkdown(cleanForTerminal(warning))}`).join("\n"),
  ];
  return `${parts.filter((part) => part).join("\n\n")}\n`;
}
