import { CsvError, Parser } from "csv-parse";
import { parse } from "csv-parse/sync";

/** How a file's records are written; all of it has been found out before. */
export interface Dialect {
  delimiter: string;
  lineEnd: "\n" | "\r";
}

/** The whole records at the beginning of a block. */
export interface SplitBlock {
  records: string[][];
  /** Bytes of the block that the records take. */
  consumed: number;
  /** Byte offset at which each record ends; null when every record is one line without quotes. */
  ends: number[] | null;
  /** The block ends inside a quoted field (only found when it is the last). */
  unclosed: boolean;
}

/**
 * Cuts the whole records off a block that begins at the start of a record. Most lines of most files hold no quote:
 * they are split natively, five times as fast as by csv-parse, which gets the rest. What comes before the first line
 * with a quote is returned alone, so the caller asks again for the remainder.
 * @param limit bytes that csv-parse may look at in one call
 * @param last nothing follows the block
 */
export function splitRecords(
  block: Buffer,
  dialect: Dialect,
  options: { encoding: "utf8" | "latin1"; limit: number; last: boolean },
): SplitBlock {
  const newline = dialect.lineEnd.charCodeAt(0);
  const quote = block.indexOf(0x22);
  if (quote < 0 && options.last) return splitLines(block, dialect, options.encoding);
  const cut = quote === 0 ? 0 : block.lastIndexOf(newline, quote < 0 ? block.length : quote) + 1;
  if (cut > 0 || quote < 0) return splitLines(block.subarray(0, cut), dialect, options.encoding);
  const last = options.last && options.limit >= block.length;
  return parseQuoted(block.subarray(0, options.limit), dialect, options.encoding, last);
}

/**
 * Whether each quoted field of a record ends before a delimiter or the line's end. Where one does not, csv-parse's
 * relaxed quotes may have glued two lines together without a word. A stray quote inside an unquoted field is no matter.
 */
export function closesQuotes(record: Buffer, dialect: Dialect): boolean {
  let closed = true;
  const onSkip = (error: CsvError | undefined) => {
    if (error?.code === "CSV_INVALID_CLOSING_QUOTE" || error?.code === "CSV_QUOTE_NOT_CLOSED") closed = false;
    return undefined;
  };
  const strict = { relax_quotes: false, skip_records_with_error: true, on_skip: onSkip };
  parse(record, { ...parserOptions(dialect, "utf8"), ...strict });
  return closed;
}

function splitLines(block: Buffer, dialect: Dialect, encoding: "utf8" | "latin1"): SplitBlock {
  const lines = block.toString(encoding).split(dialect.lineEnd);
  if (lines.at(-1) === "") lines.pop();
  const records = new Array<string[]>(lines.length);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const text = line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line;
    records[i] = text.split(dialect.delimiter);
  }
  return { records, consumed: block.length, ends: null, unclosed: false };
}

/** Takes the records straight from csv-parse's core: the stream around it would cost as much again. */
class RecordParser extends Parser {
  readonly records: string[][] = [];
  readonly ends: number[] = [];

  override push(record: string[] | null): boolean {
    if (record !== null) {
      this.records.push(record);
      this.ends.push(this.info.bytes);
    }
    return true;
  }
}

function parseQuoted(block: Buffer, dialect: Dialect, encoding: "utf8" | "latin1", last: boolean): SplitBlock {
  const parser = new RecordParser(parserOptions(dialect, encoding));
  let failure: Error | null | undefined;
  const done = (error?: Error | null) => {
    failure ??= error;
  };
  parser._transform(block, "utf8", done);
  if (last && !failure) parser._flush(done);
  const unclosed = failure instanceof CsvError && failure.code === "CSV_QUOTE_NOT_CLOSED";
  if (failure && !unclosed) throw failure;
  const { records, ends } = parser;
  const consumed = last && !unclosed ? block.length : (ends.at(-1) ?? 0);
  return { records, consumed, ends, unclosed };
}

function parserOptions(dialect: Dialect, encoding: "utf8" | "latin1") {
  return {
    bom: false,
    delimiter: dialect.delimiter,
    encoding,
    record_delimiter: dialect.lineEnd === "\n" ? ["\r\n", "\n"] : ["\r"],
    relax_column_count: true,
    relax_quotes: true,
  };
}
