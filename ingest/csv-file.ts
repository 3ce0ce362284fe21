import { throwIfAborted } from "../src/lib/abort.js";
import { AppError } from "../src/lib/errors.js";
import { type LocalFile, locateFile } from "./file-bytes.js";
import { type Inspection, inspectFile, readText } from "./inspect-file.js";
import { listHeaders } from "./list-headers.js";
import { type RecordBatch, readRecords } from "./read-records.js";
import { sniffDelimiter } from "./sniff-delimiter.js";

export type { BadRow, CsvRow } from "./read-records.js";

const HEAD = 256 * 1024;
const SAMPLE = 200;
/** Far more than can be kept (foreign-columns.ts), so that --map may leave out the rest. */
const MOST_HEADERS = 10_000;

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Give lines that are a record each as they stand, in place of their rows. */
  plain?: boolean;
}

/** A CSV file whose header, encoding and delimiter are known and whose records can be read, more than once. */
export interface CsvFile {
  /** As the user named it; "-" becomes "(stdin)". */
  name: string;
  /** Of the raw bytes as given (the compressed ones of a .gz). */
  sha256: string;
  /** Size on disk. */
  bytes: number;
  delimiter: string;
  /** Line feeds may follow carriage returns. */
  lineEnd: "\n" | "\r";
  encoding: string;
  /** Header cells without byte order mark and surrounding spaces; an empty one is named column_N. */
  columns: string[];
  /** Fields of the first good rows, at most 200. */
  sample: string[][];
  /**
   * Batches of about 1,000 records in file order, in bounded memory. `bytesRead` counts bytes on disk.
   * @throws AppError "input" for a line beyond 10 MB, "cancelled" or "timeout" when the signal aborts
   */
  read(options?: ReadOptions): AsyncIterable<RecordBatch & { bytesRead: number }>;
  /** Removes the spool file of stdin. */
  close(): Promise<void>;
}

/**
 * Opens a .csv or .csv.gz file by its path or as it was located, or stdin as "-" (spooled to a temporary file, as is a pipe), after one pass over it.
 * @throws AppError "input" when it cannot be read or is no usable CSV, "usage" for an unknown encoding
 */
export async function openCsvFile(
  source: string | LocalFile,
  options: {
    encoding?: string | undefined;
    stdin?: NodeJS.ReadableStream | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<CsvFile> {
  throwIfAborted(options.signal);
  const file = typeof source === "string" ? await locateFile(source, options) : source;
  try {
    return await describe(file, await inspectFile(file, options), options.signal);
  } catch (error) {
    await file.remove();
    throw error;
  }
}

async function describe(file: LocalFile, facts: Inspection, signal: AbortSignal | undefined): Promise<CsvFile> {
  const { name } = file;
  const { lineEnd, broken } = facts;
  const delimiter = sniffDelimiter(...(await readHead(file, facts, signal)));
  const records = (columns: number | null, counting: { bytes: number }, { signal: abort, plain }: ReadOptions) => {
    const onRaw = (chunk: Buffer) => {
      counting.bytes += chunk.length;
    };
    return readRecords(readText(file, facts, { onRaw, signal: abort }), {
      name,
      delimiter,
      lineEnd,
      broken,
      columns,
      plain,
    });
  };
  const columns = columnNames(name, await firstBatch(records(null, { bytes: 0 }, { signal })));
  async function* read(from: ReadOptions = {}) {
    const counting = { bytes: 0 };
    let header = true;
    for await (const { rows, bad, lines } of records(columns.length, counting, from)) {
      throwIfAborted(from.signal);
      yield { rows: header ? rows.slice(1) : rows, bad, ...(lines && { lines }), bytesRead: counting.bytes };
      header = false;
    }
  }
  const sample: string[][] = [];
  for await (const { rows } of read({ signal })) {
    for (const row of rows) if (sample.length < SAMPLE) sample.push(row.fields);
    if (sample.length >= SAMPLE) break;
  }
  const { sha256, encoding } = facts;
  return { name, sha256, bytes: file.bytes, delimiter, lineEnd, encoding, columns, sample, read, close: file.remove };
}

async function readHead(
  file: LocalFile,
  facts: Inspection,
  signal: AbortSignal | undefined,
): Promise<[Buffer, { lineEnd: "\n" | "\r"; whole: boolean }]> {
  const { lineEnd } = facts;
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of readText(file, facts, { signal })) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= HEAD) return [head, { lineEnd, whole: false }];
  }
  return [head, { lineEnd, whole: true }];
}

async function firstBatch(batches: AsyncIterable<RecordBatch>): Promise<RecordBatch> {
  for await (const batch of batches) return batch;
  return { rows: [], bad: [] };
}

function columnNames(name: string, { rows, bad }: RecordBatch): string[] {
  const header = rows[0];
  const fault = bad[0];
  if (fault !== undefined && (header === undefined || fault.line < header.line))
    throw new AppError("input", `The header of ${name} cannot be read (line ${fault.line}: ${fault.reason}).`, {
      hint: "The first line must name the columns.",
    });
  if (header === undefined)
    throw new AppError("input", `${name} holds only blank lines.`, { hint: "The first line must name the columns." });
  if (header.fields.length > MOST_HEADERS)
    throw new AppError("input", `The first line of ${name} has ${header.fields.length} cells.`, {
      hint: `At most ${MOST_HEADERS} are read as names of columns. Is this a CSV file?`,
    });
  const names = header.fields.map((cell, i) => cell.trim() || `column_${i + 1}`);
  const seen = new Set<string>();
  const twice = new Set(names.filter((cell) => seen.size === seen.add(cell).size));
  if (twice.size > 0)
    throw new AppError(
      "input",
      `The header of ${name} names ${listHeaders([...twice].map((cell) => `"${cell}"`))} more than once.`,
      {
        hint: "Rename the columns, so that each name stands once.",
      },
    );
  return names;
}
