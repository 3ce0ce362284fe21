import { copyLine } from "../src/db/copy-text.js";
import { ByteNumbers } from "./byte-numbers.js";
import { CopyBuffer } from "./copy-buffer.js";
import { KIND_COLUMNS } from "./event-kinds.js";
import type { RowReader } from "./row-reader.js";

/** Kinds that are remembered at once: about 50 MB of them. */
const MOST = 250_000;

/** Ends each field of a key; no field that stands in a plain row has it. */
const END = 31;
/** The stored name of an event type may be so many times as long as what the file says: aB becomes a_b. */
const LONGER = 3;
const END_TEXT = "\x1f";

/**
 * Numbers what the rows of one file say of their kinds, from 1, as they come. A kind may get a second number in a very
 * long file that has too many to remember.
 */
export class KindNumbers {
  private readonly reader: RowReader;
  private readonly most: number;
  /** For each field of a key, in the order of the file's columns, its place among KIND_COLUMNS. */
  private readonly places: readonly number[];
  private readonly numbers = new ByteNumbers();
  /** The highest number given away. */
  last: number;
  private readonly fresh = new CopyBuffer();
  private key = Buffer.alloc(1024);
  private at = 0;

  /**
   * @param before numbers that are given away already
   * @param most kinds to remember at once
   */
  constructor(reader: RowReader, before = 0, most = MOST) {
    this.most = most;
    this.reader = reader;
    this.last = before;
    this.places = reader.columns.flatMap(({ ofKind, name }) =>
      ofKind ? [(KIND_COLUMNS as readonly string[]).indexOf(name)] : [],
    );
  }

  /** More would be too many to remember; `take` forgets them. */
  get full(): boolean {
    return this.numbers.size >= this.most;
  }

  /** Begins a row of so many bytes. */
  begin(length: number): void {
    const most = LONGER * length + KIND_COLUMNS.length;
    if (this.key.length < most) this.key = Buffer.alloc(2 * most);
    this.at = 0;
  }

  /** The next field of the row; none of its bytes is below 32. */
  field(bytes: Uint8Array, from: number, to: number): void {
    const { key } = this;
    let { at } = this;
    for (let i = from; i < to; i++) key[at++] = bytes[i] as number;
    key[at++] = END;
    this.at = at;
  }

  /** The same of an ASCII text. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.key[this.at++] = text.charCodeAt(i);
    this.key[this.at++] = END;
  }

  blank(): void {
    this.key[this.at++] = END;
  }

  /** The number of the row's kind. */
  number(): number {
    const { key, at } = this;
    const number = this.numbers.get(key, 0, at);
    return number > 0 ? number : this.add(key, at, key.toString("utf8", 0, at).split(END_TEXT));
  }

  /** The number of the kind of a row with these values, in the order of the reader's columns; null where blank. */
  numberOf(row: readonly (string | null)[]): number {
    const values = row.filter((_, i) => this.reader.columns[i]?.ofKind);
    const exotic = values.some((value) => value?.includes(END_TEXT));
    const text = exotic ? JSON.stringify(values) : `${values.map((value) => value ?? "").join(END_TEXT)}${END_TEXT}`;
    const key = Buffer.from(exotic ? `\x1e${text}` : text);
    const number = this.numbers.get(key, 0, key.length);
    return number > 0 ? number : this.add(key, key.length, values);
  }

  /** Lines of COPY of the kinds since the last call: number, then KIND_COLUMNS. */
  take(): Iterable<Uint8Array> {
    if (this.full) this.numbers.clear();
    return this.fresh.take();
  }

  private add(key: Uint8Array, length: number, values: readonly (string | null)[]): number {
    const line: (string | number | null)[] = [++this.last, ...KIND_COLUMNS.map(() => null)];
    if (this.reader.constantType !== null) line[1] = this.reader.constantType;
    for (const [i, place] of this.places.entries()) line[place + 1] = values[i] || null;
    this.fresh.chunk(copyLine(line));
    this.numbers.add(key, 0, length, this.last);
    return this.last;
  }
}
