import { isUtf8 } from "node:buffer";
import { AppError } from "../src/lib/errors.js";
import { type PlainLines, plainBytes } from "./plain-lines.js";
import { closesQuotes, type Dialect, type SplitBlock, splitRecords } from "./split-records.js";

/** A record; `line` is the 1-based physical line on which it starts. */
export interface CsvRow {
  line: number;
  fields: string[];
}

/** A record that cannot be used; `text` is its raw beginning, at most 200 characters. */
export interface BadRow {
  line: number;
  reason: string;
  text: string;
}

export interface RecordBatch {
  rows: CsvRow[];
  bad: BadRow[];
  /** Lines as they stand, in place of rows: only where they are asked for. */
  lines?: PlainLines;
}

const BLOCK = 256 * 1024;
const QUOTED_PIECE = 512;
const MAX_RECORD = 10 * 1024 * 1024;
const BATCH = 1000;
const MAX_TEXT = 200;
/** Fewer plain bytes are not worth a batch of their own. */
const PLAIN = 16 * 1024;

interface ReadOptions extends Dialect {
  /** The file, for messages. */
  name: string;
  /** Expected number of fields; null accepts any. */
  columns: number | null;
  /** The bytes hold invalid UTF-8 somewhere. */
  broken: boolean;
  /** Give plain lines unread where there are enough of them; never those of the first batch. */
  plain?: boolean | undefined;
}

/**
 * Streams the records of UTF-8 bytes in batches of about 1,000.
 * @throws AppError "input" for a line beyond 10 MB
 */
export async function* readRecords(chunks: AsyncIterable<Buffer>, options: ReadOptions): AsyncGenerator<RecordBatch> {
  const blocks = new BlockReader(options);
  for await (const chunk of chunks) yield* blocks.add(chunk);
  yield* blocks.end();
}

class BlockReader {
  private readonly options: ReadOptions;
  private held: Buffer = Buffer.alloc(0);
  private line = 1;
  /** Bytes to hold before the next try; grows while a record does not end. */
  private wanted = BLOCK;
  /** Bytes that csv-parse gets in one call: few at first, as the lines after a quoted or a bad one may need no parser. */
  private limit = QUOTED_PIECE;
  private batch: RecordBatch = { rows: [], bad: [] };
  private ready: RecordBatch[] = [];
  /** A batch has been given: the header is read. */
  private started = false;

  constructor(options: ReadOptions) {
    this.options = options;
  }

  *add(chunk: Buffer): Generator<RecordBatch> {
    this.held = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    while (this.held.length >= this.wanted) {
      if (this.step(false)) this.wanted = BLOCK;
      else if (this.held.length > MAX_RECORD) this.rejectTooLong();
      else this.wanted = Math.min(this.held.length * 2, MAX_RECORD + 1);
      yield* this.takeReady();
    }
  }

  *end(): Generator<RecordBatch> {
    while (this.held.length > 0) {
      this.step(true);
      yield* this.takeReady();
    }
    if (this.batch.rows.length + this.batch.bad.length > 0) yield this.batch;
  }

  /** Takes the records off the front of what is held; false when none ends there. */
  private step(last: boolean): boolean {
    if (this.takePlain(last)) return true;
    const encoding = this.options.broken ? "latin1" : "utf8";
    for (;;) {
      const split = splitRecords(this.held, this.options, { encoding, limit: this.limit, last });
      if (split.consumed > 0) {
        this.limit = split.ends === null ? QUOTED_PIECE : Math.min(this.limit * 2, BLOCK);
        this.held = this.held.subarray(this.sort(split));
        return true;
      }
      if (split.unclosed) {
        this.held = this.held.subarray(this.rejectLine(0, "a quote that opens here is never closed"));
        return true;
      }
      if (this.limit > MAX_RECORD) {
        this.rejectTooLong();
        return true;
      }
      if (this.limit >= this.held.length && !last) return false;
      this.limit *= 2;
    }
  }

  private takePlain(last: boolean): boolean {
    const { plain, broken, lineEnd } = this.options;
    if (!plain || broken || !this.started) return false;
    const end = plainBytes(this.held, this.options, last);
    if (end < PLAIN) return false;
    if (this.batch.rows.length + this.batch.bad.length > 0) this.ready.push(this.batch);
    this.batch = { rows: [], bad: [] };
    const bytes = this.held.subarray(0, end);
    this.ready.push({ rows: [], bad: [], lines: { bytes, line: this.line } });
    const newline = lineEnd.charCodeAt(0);
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) this.line++;
    this.held = this.held.subarray(end);
    return true;
  }

  /** Sorts records into good and bad. Returns the bytes used: fewer than were split when lines must be read anew. */
  private sort({ records, ends, consumed }: SplitBlock): number {
    const { lineEnd } = this.options;
    const nul = this.held.subarray(0, consumed).includes(0);
    for (let i = 0; i < records.length; i++) {
      const fields = records[i]!;
      const start = ends === null || i === 0 ? 0 : ends[i - 1]!;
      const extra = ends === null ? 0 : countLineEnds(fields, lineEnd);
      if (extra > 0 && this.isGlued(fields, start, ends![i]!))
        return this.rejectLine(start, "a quote that opens here is not closed before other text");
      if (fields.length > 1 || fields[0]!.trim() !== "") {
        const reason = this.fault(fields, nul, extra);
        if (reason === null) this.good(fields);
        else this.bad(reason, ends === null ? this.joined(fields) : this.raw(start, ends[i]!));
      }
      this.line += extra + 1;
    }
    return consumed;
  }

  private fault(fields: string[], nul: boolean, extra: number): string | null {
    const { columns, broken } = this.options;
    if (nul && fields.some((field) => field.includes("\0"))) return "NUL byte";
    if (broken && fields.some((field) => !isUtf8(Buffer.from(field, "latin1")))) return "broken UTF-8";
    if (columns === null || fields.length === columns) return null;
    const where = extra > 0 ? ` (lines ${this.line} to ${this.line + extra})` : "";
    return `${faultOf(fields.length, columns)}${where}`;
  }

  /** csv-parse's relaxed quotes let a quoted field run over several lines and end before other text. */
  private isGlued(fields: string[], start: number, end: number): boolean {
    const suspicious = fields.some((field) => field.startsWith('"') && field.includes(this.options.lineEnd));
    return suspicious && !closesQuotes(this.held.subarray(start, end), this.options);
  }

  /** Rejects one physical line, so that the next ones are read as records of their own; returns the offset after it. */
  private rejectLine(start: number, reason: string): number {
    const end = this.held.indexOf(this.options.lineEnd, start) + 1 || this.held.length;
    this.bad(reason, this.raw(start, end));
    this.line++;
    this.limit = QUOTED_PIECE;
    return end;
  }

  private rejectTooLong(): void {
    const { name, lineEnd } = this.options;
    if (!this.held.includes(lineEnd))
      throw new AppError("input", `${name} line ${this.line} is longer than 10 MB.`, { hint: "Is this a CSV file?" });
    this.held = this.held.subarray(this.rejectLine(0, "a quote that opens here is not closed within 10 MB"));
  }

  private good(fields: string[]): void {
    const decoded = this.options.broken ? fields.map((field) => Buffer.from(field, "latin1").toString()) : fields;
    this.batch.rows.push({ line: this.line, fields: decoded });
    this.rotate();
  }

  private bad(reason: string, text: string): void {
    this.batch.bad.push({ line: this.line, reason, text: text.slice(0, MAX_TEXT).trimEnd() });
    this.rotate();
  }

  private joined(fields: string[]): string {
    const text = fields.join(this.options.delimiter);
    return this.options.broken ? Buffer.from(text, "latin1").toString() : text;
  }

  private raw(start: number, end: number): string {
    return this.held.subarray(start, Math.min(end, start + MAX_TEXT * 4)).toString();
  }

  private rotate(): void {
    if (this.batch.rows.length + this.batch.bad.length < BATCH) return;
    this.ready.push(this.batch);
    this.batch = { rows: [], bad: [] };
    this.started = true;
  }

  private *takeReady(): Generator<RecordBatch> {
    const ready = this.ready;
    this.ready = [];
    yield* ready;
  }
}

/** What is wrong with the number of a record's fields. */
export function faultOf(fields: number, columns: number): string | null {
  return fields === columns ? null : `has ${fields} ${fields === 1 ? "field" : "fields"}, the header has ${columns}`;
}

function countLineEnds(fields: string[], lineEnd: string): number {
  let count = 0;
  for (const field of fields)
    for (let at = field.indexOf(lineEnd); at >= 0; at = field.indexOf(lineEnd, at + 1)) count++;
  return count;
}
