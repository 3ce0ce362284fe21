import { cleanForTerminal } from "../lib/clean-text.js";
import type { Answer, Step } from "./answer.js";
import { barColumn } from "./bars.js";
import { countText } from "./cell-text.js";
import { chooseColumns } from "./choose-columns.js";
import type { RenderOptions } from "./output.js";
import { seriesLine } from "./sparkline.js";
import { duration, stageInWords } from "./stage-in-words.js";
import { createStyle, type Style } from "./style.js";
import { renderTable } from "./table.js";
import { truncationNote } from "./truncation-note.js";
import { wrap } from "./wrap.js";

/** An answer for people: sentence, what was understood, stages, table, costs, warnings; with `verbose` the SQL too. */
export function renderAnswerText(answer: Answer, options: RenderOptions): string {
  const style = createStyle(options.color);
  const prose = (text: string, paint: (line: string) => string) =>
    (options.repl ? text.split("\n").flatMap((line) => wrap(line, options.width)) : [text]).map(paint).join("\n");
  const refused = answer.kind === "refusal";
  const head = [
    prose(cleanForTerminal(answer.answer, { whitespace: "keep" }), style.bold),
    answer.reading && prose(`Read as: ${cleanForTerminal(answer.reading)}`, style.dim),
    !refused && style.dim(asOfInWords(answer)),
    ...answer.steps.map((step) => prose(stepInWords(step, answer), style.dim)),
  ];
  const foot = [
    !refused && style.dim(costs(answer)),
    ...answer.warnings.map((warning) => prose(`! ${cleanForTerminal(warning)}`, style.warn)),
  ];
  const details = options.verbose ? answer.steps.map((step) => stepDetails(step, style)) : [];
  return `${[lines(head), table(answer, options), lines(foot), ...details].filter((part) => part).join("\n\n")}\n`;
}

/** "As of 2025-06-16 21:04 UTC"; empty without events. */
export function asOfInWords(answer: Pick<Answer, "as_of">): string {
  if (answer.as_of === null) return "";
  return `As of ${cleanForTerminal(answer.as_of.slice(0, 16).replace("T", " "))} UTC`;
}

function lines(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part).join("\n");
}

function table(answer: Answer, options: RenderOptions): string {
  const { columns, rows } = answer;
  const onlyTheValue = answer.value !== null && rows.length === 1 && columns.length === 1;
  if (columns.length === 0 || rows.length === 0 || onlyTheValue) return "";
  const chosen = answer.kind === "customers" ? chooseColumns(columns, rows, options.width) : columns.map((_, i) => i);
  const hidden = columns.length - chosen.length;
  const bars = answer.kind === "table" ? barColumn(columns, rows) : undefined;
  const text = renderTable(
    chosen.map((i) => columns[i] ?? ""),
    rows.map((row) => chosen.map((i) => row[i] ?? null)),
    {
      ...options,
      bars,
      totals: answer.totals && chosen.map((i) => answer.totals?.[i] ?? null),
    },
  );
  const notes = [
    // Bars show the same course, and more exactly; without them a long series has no shape.
    answer.kind === "table" && bars === undefined ? seriesLine(columns, rows, options.width) : undefined,
    truncationNote(answer, options.repl),
    hidden > 0
      ? `${hidden} more ${hidden === 1 ? "column" : "columns"}; ${options.repl ? "/export FILE.csv" : "--output csv"} has every column.`
      : undefined,
  ];
  return `${text}${lines(notes.filter((note) => note !== undefined))}`.trimEnd();
}

function stepInWords(step: Step, answer: Answer): string {
  const stages = step.stages.map((stage) => stageInWords(stage)).join(" → ");
  if (step.error !== undefined) return `${cleanForTerminal(step.tool)}: ${cleanForTerminal(step.error)}`;
  if (stages === "") return "";
  return answer.steps.length > 1 ? `${cleanForTerminal(step.tool)}: ${stages}` : stages;
}

function costs({ planner, ms, usage }: Answer): string {
  const { llm, embedding } = usage;
  return [
    planner !== "none" && cleanForTerminal(planner),
    duration(ms),
    llm.calls > 0 && `${llm.calls} ${llm.calls === 1 ? "call" : "calls"}`,
    llm.calls > 0 && `tokens ${countText(llm.prompt_tokens)} in, ${countText(llm.completion_tokens)} out`,
    embedding.tokens > 0 && `embedding tokens ${countText(embedding.tokens)}`,
    llm.cost_usd === null ? "cost unknown" : `$${llm.cost_usd.toFixed(4)}`,
  ]
    .filter((part) => part)
    .join(" · ");
}

/** Each statement and filter of a step. */
export function stepDetails(step: Step, style: Style): string {
  return step.stages
    .map((stage) =>
      lines([
        style.bold(cleanForTerminal(`${step.tool} / ${stage.stage} (${stage.engine})`)),
        cleanForTerminal(stage.sql?.trim() ?? "", { whitespace: "keep" }),
        ...(stage.params ?? []).map((param, i) => cleanForTerminal(`  $${i + 1} = ${JSON.stringify(param)}`)),
        stage.filter === undefined ? "" : cleanForTerminal(`filter ${JSON.stringify(stage.filter)}`),
      ]),
    )
    .join("\n\n");
}
