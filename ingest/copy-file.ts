import type { Transaction } from "../src/db/db.js";
import { AppError } from "../src/lib/errors.js";
import type { BadRow, CsvFile } from "./csv-file.js";
import type { IngestOptions, Progress, Reject } from "./options.js";
import { eachLine, splitLine } from "./plain-lines.js";
import { PlainRows } from "./plain-rows.js";
import { faultOf } from "./read-records.js";
import type { RowEnd } from "./row-end.js";
import type { RowReader } from "./row-reader.js";

/** Bytes that are worth sending. */
const PIECE = 512 * 1024;

/** Where the rows of a file go. */
export interface CopyTarget {
  table: string;
  end: RowEnd | null;
  /** Whether the table keeps the number of a row's line, in its column #line. */
  numbered: boolean;
  /** Columns of the table that are called otherwise than the reader calls them. */
  renamed?: ReadonlyMap<string, string>;
}

export interface CopyReport {
  reject(reject: Reject): void;
  progress(progress: Progress): void;
  signal?: AbortSignal | undefined;
}

export interface Copied {
  rowsRead: number;
  rejected: number;
}

/**
 * Copies the good rows of a file into a table while the file is read; bad rows go to `reject`. Throws AppError "input"
 * when there are more of them than allowed.
 */
export async function copyFile(
  tx: Transaction,
  target: CopyTarget,
  { file, reader }: { file: CsvFile; reader: RowReader },
  options: IngestOptions,
  report: CopyReport,
): Promise<Copied> {
  const { delimiter } = file;
  const { end, numbered } = target;
  let rowsRead = 0;
  let rejected = 0;
  const reject = (line: number, reason: string, text: string) => {
    rejected++;
    report.reject({ file: file.name, line, reason, text });
  };

  const plain = new PlainRows(reader, { delimiter, fields: file.columns.length, end, numbered });
  const addRow = (line: number, fields: readonly string[]) => {
    const values = reader.read(fields);
    if (Array.isArray(values)) plain.append(line, values);
    else reject(line, values.reason, fields.join(delimiter).slice(0, 200));
  };
  /** A line that PlainRows leaves alone. */
  const addLine = (line: number, text: string) => {
    const fields = splitLine(text, delimiter);
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
      yield* plain.take(PIECE);
    }
    yield* plain.take();
  }
  await copyInParts(tx, target, plain.columns, lines());
  checkRejects(file.name, reader.kind, { rowsRead, rejected }, options);
  return { rowsRead, rejected };
}

/** Copies rows, and what their ends have brought: of very much also in between, so that no more than so much is kept. */
async function copyInParts(
  tx: Transaction,
  { table, end, renamed }: CopyTarget,
  columns: readonly string[],
  rows: AsyncGenerator<Uint8Array>,
): Promise<void> {
  let ended = false;
  async function* some(): AsyncGenerator<Uint8Array> {
    do {
      const next = await rows.next();
      ended = next.done === true;
      if (next.done) return;
      yield next.value;
    } while (!end?.full);
  }
  try {
    while (!ended) {
      await tx.copy(
        table,
        columns.map((name) => renamed?.get(name) ?? name),
        some(),
      );
      await end?.store(tx);
    }
  } finally {
    await rows.return(undefined);
  }
}

function checkRejects(name: string, kind: "crm" | "events", { rowsRead, rejected }: Copied, options: IngestOptions) {
  const allowed = "rows" in options.maxRejects ? options.maxRejects.rows : options.maxRejects.share * rowsRead;
  if (rejected <= allowed) return;
  throw new AppError(
    "input",
    `${name}: ${rejected} of ${rowsRead} rows are bad, more than the ${Math.floor(allowed)} allowed. Nothing was changed.`,
    {
      hint: `Mend the file (is it a ${kind === "crm" ? "CRM" : "clickstream"} file? --map names columns), or raise --max-rejects. --rejects FILE lists every bad row.`,
    },
  );
}
