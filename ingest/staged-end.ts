import type { Transaction } from "../src/db/db.js";
import type { CopyBuffer } from "./copy-buffer.js";
import { KIND_COLUMNS } from "./event-kinds.js";
import { KindNumbers } from "./kind-numbers.js";
import type { RowBytes, RowEnd } from "./row-end.js";
import type { ReaderColumn, RowReader } from "./row-reader.js";

/** The end of a row of a stage table: the number of its kind, by the table of the kinds of its file, and its hash. */
export class StagedEnd implements RowEnd {
  readonly columns = ["#kind", "#hash"];
  private readonly kinds: KindNumbers;
  private readonly kindTable: string;
  private readonly reader: RowReader;

  constructor(reader: RowReader, kindTable: string) {
    this.reader = reader;
    this.kinds = new KindNumbers(reader);
    this.kindTable = kindTable;
  }

  takes(column: ReaderColumn): boolean {
    return column.ofKind;
  }

  begin(length: number): void {
    this.kinds.begin(length);
  }

  field(_column: ReaderColumn, bytes: Uint8Array, from: number, to: number): void {
    this.kinds.field(bytes, from, to);
  }

  eventType(type: string): void {
    this.kinds.text(type);
  }

  blank(): void {
    this.kinds.blank();
  }

  write(out: CopyBuffer, _row: RowBytes, hash: string | null): void {
    out.number(this.kinds.number());
    out.tab();
    if (hash === null) out.blank();
    else out.text(hash);
  }

  complete(values: readonly (string | null)[], hash: string | null): (string | number | null)[] {
    const stored = values.filter((_, i) => this.reader.columns[i]?.ofKind === false);
    return [...stored, this.kinds.numberOf(values), hash];
  }

  get full(): boolean {
    return this.kinds.full;
  }

  async store(tx: Transaction): Promise<void> {
    await tx.copy(this.kindTable, ["#kind", ...KIND_COLUMNS], this.kinds.take());
  }
}
