import type { IngestSummary } from "../../ingest/options.js";
import { cleanForTerminal } from "../lib/clean-text.js";
import type { OutputFormat, RenderOptions } from "../render/output.js";
import { renderRows } from "../render/render-rows.js";

const FILE_COLUMNS = ["file", "kind", "read", "stored", "duplicates", "rejected"];

/** The closing summary of a load: for people, or as data. */
export function renderIngestSummary(summary: IngestSummary, output: OutputFormat, options: RenderOptions): string {
  if (output === "json") return `${JSON.stringify(summary, null, 2)}\n`;
  if (output === "jsonl") return `${JSON.stringify(summary)}\n`;
  const rows = summary.files.map((f) => [f.name, f.kind, f.rowsRead, f.stored, f.duplicates, f.rejected]);
  if (output !== "text") return renderRows(FILE_COLUMNS, rows, output, options);
  const n = (value: number) => value.toLocaleString("en-US");
  const lines: string[] = [];
  if (summary.dryRun) lines.push("Dry run: nothing was changed.", "");
  for (const file of summary.files) {
    lines.push(
      file.skipped
        ? `${cleanForTerminal(file.name)}: loaded before, skipped.`
        : `${cleanForTerminal(file.name)} (${file.kind}): ${n(file.rowsRead)} rows read, ${n(file.stored)} stored, ` +
            `${n(file.duplicates)} duplicates, ${n(file.rejected)} rejected.`,
    );
    const foreign = summary.columns.filter((c) => c.file === file.name && !c.known).map((c) => c.field);
    if (foreign.length > 0) lines.push(`  further columns: ${cleanForTerminal(foreign.join(", "))}`);
  }
  if (summary.rejects.length > 0) {
    lines.push("", "Rejected rows:");
    for (const r of summary.rejects) lines.push(cleanForTerminal(`  ${r.file}:${r.line}: ${r.reason}`));
    const more = summary.files.reduce((sum, f) => sum + f.rejected, 0) - summary.rejects.length;
    if (more > 0) lines.push(`  and ${n(more)} more; --rejects FILE writes all of them.`);
  }
  const { totals } = summary;
  lines.push(
    "",
    `Now ${n(totals.customers)} customers and ${n(totals.events)} events, ${n(summary.anonymousEvents)} of them ` +
      `anonymous, ${n(summary.eventsOfUnknownCustomers)} of customers that the CRM lacks.`,
    `${n(summary.customersTouched)} customers touched, ${n(summary.phrasesEmbedded)} phrases embedded ` +
      `(${n(summary.embeddingTokens)} tokens).`,
    ...(summary.index?.state === "current"
      ? [
          `Qdrant holds ${n(summary.index.points)} customers in ${summary.index.collection}, ${n(summary.index.written)} ` +
            `written now${summary.index.rebuilt ? ", built anew" : ""}.`,
        ]
      : []),
    summary.seconds.map((s) => `${s.stage} ${s.seconds.toFixed(1)} s`).join(", "),
  );
  lines.push(...summary.warnings.map((warning) => `! ${cleanForTerminal(warning)}`));
  return `${lines.join("\n")}\n`;
}
