import type { Transaction } from "../src/db/db.js";
import { multiplyDecimals } from "./amount.js";
import type { CopyBuffer } from "./copy-buffer.js";
import type { CustomerKeys } from "./customer-keys.js";
import { KIND_COLUMNS } from "./event-kinds.js";
import { KindNumbers } from "./kind-numbers.js";
import type { RowBytes, RowEnd } from "./row-end.js";
import type { ReaderColumn, RowReader } from "./row-reader.js";

interface StoredEndOptions {
  keys: CustomerKeys;
  loadId: number;
  /** Kinds that are numbered already. */
  kindsBefore: number;
  mostKinds: number | undefined;
}

type Places = Record<"event_id" | "customer_id" | "price" | "quantity" | "amount", number>;

/** The end of a row that goes straight into app.events: what else storeEvents would look up and reckon in SQL. */
export class StoredEnd implements RowEnd {
  readonly columns: readonly string[];
  private readonly reader: RowReader;
  readonly kinds: KindNumbers;
  /** Whether a row had no id of its own. */
  anyHashed = false;
  private readonly keys: CustomerKeys;
  private readonly loadId: number;
  /** Places of columns among the reader's; -1 where the file has none. */
  private readonly place: Places;
  /** And among the file's. */
  private readonly index: Places;

  constructor(reader: RowReader, to: StoredEndOptions) {
    const { columns } = reader;
    const placesBy = (placeOf: (place: number) => number): Places => {
      const of = (name: string) => placeOf(columns.findIndex((column) => column.name === name));
      return {
        event_id: of("event_id"),
        customer_id: of("customer_id"),
        price: of("price"),
        quantity: of("quantity"),
        amount: of("amount"),
      };
    };
    this.reader = reader;
    this.kinds = new KindNumbers(reader, to.kindsBefore, to.mostKinds);
    this.keys = to.keys;
    this.loadId = to.loadId;
    this.place = placesBy((place) => place);
    this.index = placesBy((place) => columns[place]?.index ?? -1);
    this.columns = [
      ...["kind_id", "customer_key", "load_id", "amount"],
      ...(this.place.event_id < 0 ? ["event_id"] : []),
    ];
  }

  takes(column: ReaderColumn): boolean {
    return column.ofKind || column.name === "amount";
  }

  begin(length: number): void {
    this.kinds.begin(length);
  }

  field(column: ReaderColumn, bytes: Uint8Array, from: number, to: number): void {
    if (column.ofKind) this.kinds.field(bytes, from, to);
  }

  eventType(type: string): void {
    this.kinds.text(type);
  }

  blank(column: ReaderColumn): void {
    if (column.ofKind) this.kinds.blank();
  }

  write(out: CopyBuffer, row: RowBytes, hash: string | null): void {
    const { bytes, starts, ends } = row;
    const { customer_id, price, quantity, amount } = this.index;
    out.number(this.kinds.number());
    out.tab();
    const from = starts[customer_id] as number;
    const to = ends[customer_id] as number;
    const key = from < to ? this.keys.keyOf(bytes, from, to) : 0;
    if (key === null) out.blank();
    else out.number(key);
    out.tab();
    out.number(this.loadId);
    out.tab();
    if (isBlank(row, amount) && !isBlank(row, price) && !isBlank(row, quantity)) {
      out.text(product(textOf(row, price), textOf(row, quantity)));
    } else {
      const given = isBlank(row, amount) ? price : amount;
      if (isBlank(row, given)) out.blank();
      else out.copy(bytes, starts[given] as number, ends[given] as number);
    }
    if (hash !== null) this.anyHashed = true;
    if (this.place.event_id >= 0 || hash === null) return;
    out.tab();
    out.text(firstOf(hash));
  }

  complete(values: readonly (string | null)[], hash: string | null): (string | number | null)[] {
    const { event_id, customer_id, price, quantity, amount } = this.place;
    const at = (place: number) => values[place] ?? null;
    const id = at(customer_id);
    if (hash !== null) this.anyHashed = true;
    const stored = this.reader.columns.flatMap((column, i) => {
      if (this.takes(column)) return [];
      return [i === event_id && hash !== null ? firstOf(hash) : at(i)];
    });
    const key = id === null ? 0 : this.keys.keyOf(Buffer.from(id));
    const [each, pieces] = [at(price), at(quantity)];
    const money = at(amount) ?? (each !== null && pieces !== null ? product(each, pieces) : each);
    const end = [this.kinds.numberOf(values), key, this.loadId, money];
    return [...stored, ...end, ...(event_id < 0 && hash !== null ? [firstOf(hash)] : [])];
  }

  get full(): boolean {
    return this.kinds.full;
  }

  async store(tx: Transaction): Promise<void> {
    await tx.copy("app.event_kinds", ["kind_id", ...KIND_COLUMNS], this.kinds.take());
    await this.keys.store(tx);
  }
}

function isBlank({ starts, ends }: RowBytes, index: number): boolean {
  return index < 0 || starts[index] === ends[index];
}

function textOf({ bytes, starts, ends }: RowBytes, index: number): string {
  return bytes.toString("latin1", starts[index], ends[index]);
}

/** What a line of a purchase comes to, where the file does not say it. */
function product(price: string, quantity: string): string {
  return quantity === "1" ? price : multiplyDecimals(price, quantity);
}

/** The id of the first row with this hash; of further ones see fill-events.ts. */
function firstOf(hash: string): string {
  return `${hash}-1`;
}
