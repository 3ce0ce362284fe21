import { createHash } from "node:crypto";
import { copyLine } from "../src/db/copy-text.js";
import { CopyBuffer } from "./copy-buffer.js";
import { edgeMayBeSpace, isPlainNumber, isSmallInteger, isUsualDate, isUsualTime } from "./plain-values.js";
import type { RowEnd } from "./row-end.js";
import type { ReaderColumn, RowReader } from "./row-reader.js";

const QUOTE = 34;
const LETTER_T = 84;
const LETTER_Z = 90;
const LONGEST = 500;

export interface PlainRowsOptions {
  delimiter: string;
  /** Columns of the file. */
  fields: number;
  /** Of events: what follows the columns that are stored as they stand. */
  end: RowEnd | null;
  /** Whether rows begin with the number of their line. */
  numbered: boolean;
}

/**
 * Writes rows as lines of COPY without making texts of their fields: in most rows of most files every field already
 * stands as COPY takes it. What is not written so (blank words, spaces at the edges, other forms of numbers and dates,
 * anything to escape) is left to the RowReader; what both write is the same.
 */
export class PlainRows {
  private readonly reader: RowReader;
  private readonly delimiter: number;
  private readonly fields: number;
  private readonly out = new CopyBuffer();
  /** Where the fields of the row that is looked at begin and end. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly eventTypes = new Map<string, string>();
  private readonly longestBlank: number;
  /** Bytes that a blank word may begin with. */
  private readonly blankStarts = new Uint8Array(256).fill(1, 128);
  private readonly usable: boolean;
  /** Of events: what follows the columns that are stored as they stand. */
  private readonly end: RowEnd | null;
  private readonly numbered: boolean;
  private readonly taken: readonly boolean[];

  constructor(reader: RowReader, { delimiter, fields, end, numbered }: PlainRowsOptions) {
    this.reader = reader;
    this.delimiter = delimiter.charCodeAt(0);
    this.fields = fields;
    this.end = end;
    this.numbered = numbered;
    this.taken = reader.columns.map((column) => end?.takes(column) ?? false);
    this.starts = new Int32Array(fields + 1);
    this.ends = new Int32Array(fields);
    const blanks = reader.columns.flatMap((column) => [...column.blanks]);
    this.longestBlank = Math.max(0, ...blanks.map((blank) => blank.length));
    for (const blank of blanks) {
      this.blankStarts[blank.charCodeAt(0)] = 1;
      this.blankStarts[blank.toLowerCase().charCodeAt(0)] = 1;
    }
    const { constantType } = reader;
    // A capital of another alphabet may be spelt with more bytes than the small letter.
    this.usable =
      delimiter.length === 1 &&
      this.delimiter < 128 &&
      blanks.every((blank) => /^[ -~]*$/.test(blank)) &&
      (constantType === null || /^[ -~]{1,100}$/.test(constantType));
  }

  /** Names of the columns that are written, in order. */
  get columns(): string[] {
    const stored = this.reader.columns.filter((_, i) => !this.taken[i]).map((column) => column.name);
    return [...(this.numbered ? ["#line"] : []), ...stored, ...(this.end?.columns ?? [])];
  }

  /** Adds the row in bytes[start, end), without its line's end; false where it is one for `append`. */
  add(bytes: Buffer, start: number, end: number, line: number): boolean {
    if (!this.usable || !this.split(bytes, start, end)) return false;
    const { out, starts, ends, reader } = this;
    this.end?.begin(end - start);
    // Escapes apart, which do not occur here, a line grows by its numbers, a tab and \N a column, names of types, a hash.
    out.begin(3 * (end - start) + 256 + 8 * this.fields);
    let fields = 0;
    if (this.numbered) {
      out.number(line);
      fields++;
    }
    let identified = false;
    for (let i = 0; i < reader.columns.length; i++) {
      const column = reader.columns[i] as ReaderColumn;
      const from = starts[column.index] as number;
      const to = ends[column.index] as number;
      const taken = this.taken[i] as boolean;
      if (!taken && fields++ > 0) out.tab();
      if (from === to) {
        if (column.required) return this.giveUp();
        if (taken) this.end?.blank(column);
        else out.blank();
      } else {
        if (!this.field(bytes, from, to, column, taken)) return this.giveUp();
        if (column.known && column.name === "event_id") identified = true;
      }
    }
    if (this.end) {
      const hash = identified || reader.kind === "crm" ? null : this.hash(bytes);
      // Straight into the table the hash stands in the column of the id.
      if (hash !== null && !this.numbered && reader.hasIds) return this.giveUp();
      if (fields > 0) out.tab();
      this.end.write(out, { bytes, starts, ends }, hash);
    }
    out.endLine();
    return true;
  }

  /** Adds the values that RowReader gave. */
  append(line: number, values: readonly (string | null)[]): void {
    const { columns } = this.reader;
    const stored = this.end ? this.end.complete(values, values[columns.length] ?? null) : values;
    this.out.begin(0);
    this.out.chunk(copyLine(this.numbered ? [line, ...stored] : stored));
  }

  /** What has been written since the last call, from `least` bytes on. */
  take(least?: number): Iterable<Uint8Array> {
    return this.out.take(least);
  }

  private giveUp(): false {
    this.out.undo();
    return false;
  }

  /** Finds the fields, without the quotes around them; false where their number is wrong, or something is to be escaped. */
  private split(bytes: Uint8Array, start: number, end: number): boolean {
    const { delimiter, starts, ends } = this;
    let n = 0;
    starts[0] = start;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === delimiter) {
        if (n === this.fields - 1) return false;
        ends[n++] = i;
        starts[n] = i + 1;
      } else if (byte === QUOTE) {
        const close = this.quoted(bytes, i, end);
        if (close < 0) return false;
        starts[n] = i + 1;
        if (close + 1 < end) {
          if (n === this.fields - 1) return false;
          ends[n++] = close;
          starts[n] = close + 2;
          i = close + 1;
        } else {
          ends[n] = close;
          return n === this.fields - 1;
        }
      } else if (byte < 32 || byte === 92) return false;
    }
    ends[n] = end;
    return n === this.fields - 1;
  }

  /** Where a quoted field ends; -1 where something in it is to be escaped. The line is known to close its quotes. */
  private quoted(bytes: Uint8Array, open: number, end: number): number {
    for (let i = open + 1; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === QUOTE) return bytes[i + 1] === QUOTE && i + 1 < end ? -1 : i;
      if (byte < 32 || byte === 92) return -1;
    }
    return -1;
  }

  private field(bytes: Uint8Array, from: number, to: number, column: ReaderColumn, taken: boolean): boolean {
    const length = to - from;
    if (edgeMayBeSpace(bytes, from, to) || this.mayBeBlank(bytes, from, to)) return false;
    const { out } = this;
    switch (column.type) {
      case "text":
        if (column.known ? length > LONGEST : column.guess !== null && !this.guess(bytes, from, to, column))
          return false;
        break;
      case "integer":
        if (!isSmallInteger(bytes, from, to)) return false;
        break;
      case "numeric":
        if (!isPlainNumber(bytes, from, to)) return false;
        break;
      case "date":
        if (!isUsualDate(bytes, from, to)) return false;
        break;
      case "timestamp":
        if (!isUsualTime(bytes, from, to)) return false;
        out.copy(bytes, from, from + 10);
        out.byte(LETTER_T);
        out.copy(bytes, from + 11, from + 19);
        out.byte(LETTER_Z);
        return this.count(column);
      case "event_type": {
        const type = this.eventType(latin1(bytes, from, to));
        if (type === undefined) return false;
        this.end?.eventType(type);
        return this.count(column);
      }
    }
    if (taken) this.end?.field(column, bytes, from, to);
    else out.copy(bytes, from, to);
    return this.count(column);
  }

  private count(column: ReaderColumn): true {
    column.filled++;
    return true;
  }

  private guess(bytes: Uint8Array, from: number, to: number, column: ReaderColumn): boolean {
    for (let i = from; i < to; i++) if ((bytes[i] as number) > 127) return false;
    column.guess?.add(latin1(bytes, from, to));
    return true;
  }

  private mayBeBlank(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > 3 * this.longestBlank || this.blankStarts[bytes[from] as number] === 0) return false;
    return this.isBlankWord(bytes, from, to);
  }

  private isBlankWord(bytes: Uint8Array, from: number, to: number): boolean {
    for (let i = from; i < to; i++) if ((bytes[i] as number) > 127) return true;
    if (to - from > this.longestBlank) return false;
    const word = latin1(bytes, from, to).toUpperCase();
    return this.reader.columns.some((column) => column.blanks.has(word));
  }

  private eventType(text: string): string | undefined {
    const known = this.eventTypes.get(text);
    if (known !== undefined) return known;
    const type = /^[\x20-\x7e]+$/.test(text) ? this.reader.eventType(text) : "";
    if (type === "" || this.eventTypes.size > 1000) return undefined;
    this.eventTypes.set(text, type);
    return type;
  }

  /** As RowReader does it. */
  private hash(bytes: Buffer): string {
    const hash = createHash("md5");
    for (let n = 0; n < this.fields; n++) {
      hash.update(bytes.subarray(this.starts[n], this.ends[n])).update("\x1f");
    }
    if (this.reader.constantType) hash.update(this.reader.constantType);
    return hash.digest("hex");
  }
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}
