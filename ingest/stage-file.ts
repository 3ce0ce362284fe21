import { copyLine } from "../src/db/copy-text.js";
import type { Transaction } from "../src/db/db.js";
import { AppError } from "../src/lib/errors.js";
import type { BadRow, CsvFile } from "./csv-file.js";
import type { FileKind } from "./match-header.js";
import type { IngestOptions, Progress, Reject } from "./options.js";
import type { FieldType, RowReader } from "./row-reader.js";

const SQL_TYPES: Record<FieldType, string> = {
  text: "text",
  integer: "integer",
  numeric: "numeric",
  date: "date",
  timestamp: "timestamptz",
  event_type: "text",
};

export interface Staged {
  table: string;
  rowsRead: number;
  rejected: number;
}

/**
 * Copies the good rows of a file into a temporary table of its own; bad rows go to `reject`. Throws AppError "input"
 * when there are more of them than allowed.
 */
export async function stageFile(
  tx: Transaction,
  table: string,
  kind: FileKind,
  file: CsvFile,
  reader: RowReader,
  options: IngestOptions,
  report: { reject(reject: Reject): void; progress(progress: Progress): void; signal?: AbortSignal | undefined },
): Promise<Staged> {
  const types = new Map(reader.columns.map((c) => [c.name, SQL_TYPES[c.type]]));
  const definition = reader.names.map((name) => `"${name}" ${types.get(name) ?? "text"}`).join(", ");
  await tx.execute(`create temporary table ${table} ("#line" bigint, ${definition}) on commit drop`);

  let rowsRead = 0;
  let rejected = 0;
  const reject = (line: number, reason: string, text: string) => {
    rejected++;
    report.reject({ file: file.name, line, reason, text });
  };

  async function* lines(): AsyncGenerator<string> {
    for await (const batch of file.read({ ...(report.signal && { signal: report.signal }) })) {
      let chunk = "";
      let nextBad = 0;
      const rejectBefore = (line: number) => {
        for (; nextBad < batch.bad.length; nextBad++) {
          const bad = batch.bad[nextBad] as BadRow;
          if (bad.line > line) return;
          reject(bad.line, bad.reason, bad.text);
        }
      };
      for (const row of batch.rows) {
        rejectBefore(row.line);
        const values = reader.read(row.fields);
        if (Array.isArray(values)) chunk += copyLine([row.line, ...values]);
        else reject(row.line, values.reason, row.fields.join(file.delimiter).slice(0, 200));
      }
      rejectBefore(Number.POSITIVE_INFINITY);
      rowsRead += batch.rows.length + batch.bad.length;
      report.progress({
        stage: "read",
        file: file.name,
        done: batch.bytesRead,
        total: file.bytes,
        unit: "bytes",
        rows: rowsRead,
      });
      if (chunk) yield chunk;
    }
  }
  await tx.copy(table, ["#line", ...reader.names], lines());

  const allowed = "rows" in options.maxRejects ? options.maxRejects.rows : options.maxRejects.share * rowsRead;
  if (rejected > allowed) {
    throw new AppError(
      "input",
      `${file.name}: ${rejected} of ${rowsRead} rows are bad, more than the ${Math.floor(allowed)} allowed. Nothing was changed.`,
      {
        hint: `Mend the file (is it a ${kind === "crm" ? "CRM" : "clickstream"} file? --map names columns), or raise --max-rejects. --rejects FILE lists every bad row.`,
      },
    );
  }
  return { table, rowsRead, rejected };
}
