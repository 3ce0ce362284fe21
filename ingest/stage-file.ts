import type { Transaction } from "../src/db/db.js";
import { AppError } from "../src/lib/errors.js";
import type { BadRow, CsvFile } from "./csv-file.js";
import { createKindTable, KIND_COLUMNS } from "./event-kinds.js";
import type { KindNumbers } from "./kind-numbers.js";
import type { FileKind } from "./match-header.js";
import type { IngestOptions, Progress, Reject } from "./options.js";
import { eachLine, splitLine } from "./plain-lines.js";
import { PlainRows } from "./plain-rows.js";
import { faultOf } from "./read-records.js";
import type { FieldType, RowReader } from "./row-reader.js";

/** Bytes that are worth sending. */
const PIECE = 512 * 1024;

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
  /** Of events: the table of their kinds, by the numbers that stand in column #kind. */
  kinds: string;
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
  const kinds = `${table}_kind`;
  const types = new Map([...reader.columns.map((c) => [c.name, SQL_TYPES[c.type]] as const), ["#kind", "integer"]]);
  const definition = reader.names.map((name) => `"${name}" ${types.get(name) ?? "text"}`).join(", ");
  await tx.execute(`create temporary table ${table} ("#line" bigint, ${definition}) on commit drop`);
  if (kind === "events") await createKindTable(tx, kinds);

  let rowsRead = 0;
  let rejected = 0;
  const reject = (line: number, reason: string, text: string) => {
    rejected++;
    report.reject({ file: file.name, line, reason, text });
  };

  const plain = new PlainRows(reader, { delimiter: file.delimiter, fields: file.columns.length });
  const addRow = (line: number, fields: readonly string[]) => {
    const values = reader.read(fields);
    if (Array.isArray(values)) plain.append(line, values);
    else reject(line, values.reason, fields.join(file.delimiter).slice(0, 200));
  };
  /** A line that PlainRows leaves alone. */
  const addLine = (line: number, text: string) => {
    const fields = splitLine(text, file.delimiter);
    if (fields.length === 1 && fields[0]?.trim() === "") return;
    rowsRead++;
    const fault = faultOf(fields.length, file.columns.length);
    if (fault === null) addRow(line, fields);
    else reject(line, fault, text.slice(0, 200).trimEnd());
  };

  async function* lines(): AsyncGenerator<Uint8Array> {
    const from = { plain: true, ...(report.signal && { signal: report.signal }) };
    for await (const { rows, bad, lines: block, bytesRead } of file.read(from)) {
      let nextBad = 0;
      const rejectBefore = (line: number) => {
        for (; nextBad < bad.length; nextBad++) {
          const row = bad[nextBad] as BadRow;
          if (row.line > line) return;
          reject(row.line, row.reason, row.text);
        }
      };
      for (const row of rows) {
        rejectBefore(row.line);
        addRow(row.line, row.fields);
      }
      rejectBefore(Number.POSITIVE_INFINITY);
      rowsRead += rows.length + bad.length;
      if (block) {
        eachLine(block, file.lineEnd, (start, end, line) => {
          if (plain.add(block.bytes, start, end, line)) rowsRead++;
          else addLine(line, block.bytes.toString("utf8", start, end));
        });
      }
      report.progress({
        stage: "read",
        file: file.name,
        done: bytesRead,
        total: file.bytes,
        unit: "bytes",
        rows: rowsRead,
      });
      for (let piece = plain.take(PIECE); piece; piece = plain.take(PIECE)) yield piece;
    }
    for (let piece = plain.take(0); piece; piece = plain.take(0)) yield piece;
  }
  await copyWithKinds(tx, { table, columns: ["#line", ...reader.names], kinds }, lines(), plain.kinds);

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
  return { table, kinds, rowsRead, rejected };
}

/** Copies rows, and the kinds that were met in them; of very many kinds in between, so that no more than so many are kept. */
async function copyWithKinds(
  tx: Transaction,
  { table, columns, kinds }: { table: string; columns: readonly string[]; kinds: string },
  rows: AsyncGenerator<Uint8Array>,
  numbers: KindNumbers | null,
): Promise<void> {
  let ended = false;
  async function* some(): AsyncGenerator<Uint8Array> {
    while (!numbers?.full) {
      const next = await rows.next();
      ended = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  }
  async function* met(): AsyncGenerator<Uint8Array> {
    if (numbers) yield* numbers.take();
  }
  try {
    while (!ended) {
      numbers?.forget();
      await tx.copy(table, columns, some());
      if (numbers) await tx.copy(kinds, ["#kind", ...KIND_COLUMNS], met());
    }
  } finally {
    await rows.return(undefined);
  }
}
