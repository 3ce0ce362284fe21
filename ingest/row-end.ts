import type { Transaction } from "../src/db/db.js";
import type { CopyBuffer } from "./copy-buffer.js";
import type { ReaderColumn } from "./row-reader.js";

/** A row by its bytes: field n of the file stands in bytes[starts[n], ends[n]), and is blank where that is nothing. */
export interface RowBytes {
  bytes: Buffer;
  starts: Int32Array;
  ends: Int32Array;
}

/**
 * What rows of events end with, beside the columns that are stored as they stand: numbers of what they name. A row is
 * begun, its taken columns are given in the order of the file, and its end is written; or all its values are given at once.
 */
export interface RowEnd {
  /** Names of the columns that it writes. */
  readonly columns: readonly string[];
  /** Whether it is given a column, which is then not stored as it stands. */
  takes(column: ReaderColumn): boolean;
  /** Begins a row of so many bytes. */
  begin(length: number): void;
  /** The next column that it takes: valid, and without bytes below 32. */
  field(column: ReaderColumn, bytes: Uint8Array, from: number, to: number): void;
  eventType(type: string): void;
  blank(column: ReaderColumn): void;
  /** @param hash of the whole row, where nothing else identifies it */
  write(out: CopyBuffer, row: RowBytes, hash: string | null): void;
  /** Of all values of a row, in the order of the reader's columns: those that are stored as they stand, then its end. */
  complete(values: readonly (string | null)[], hash: string | null): (string | number | null)[];
  /** More would be too much to remember; `store` is due. */
  readonly full: boolean;
  /** Stores what the rows since the last call have brought. */
  store(tx: Transaction): Promise<void>;
}
