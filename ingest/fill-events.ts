import type { Transaction } from "../src/db/db.js";
import { canBeFilled, dropIndexes, type Index, makeIndexes } from "./bulk-fill.js";
import { type Copied, type CopyReport, copyFile } from "./copy-file.js";
import type { CsvFile } from "./csv-file.js";
import { CustomerKeys } from "./customer-keys.js";
import type { IngestOptions } from "./options.js";
import type { RowReader } from "./row-reader.js";
import { StoredEnd } from "./stored-end.js";

/** A file with columns of its own is staged: what type they have is known at its end. */
export function hasKnownColumnsOnly(reader: RowReader): boolean {
  return reader.columns.every((column) => column.known);
}

/**
 * Fills app.events, while it is empty, straight from the files: a row is written once, with the numbers of its customer
 * and its kind, and what makes rows unique is looked at when all are there. The outcome is that of storeEvents.
 */
export class EventsFill {
  private readonly tx: Transaction;
  private readonly keys: CustomerKeys;
  private readonly indexes: readonly Index[];
  /** Loads with rows that have no id of their own. */
  private readonly hashed: number[] = [];
  private readonly mostKinds: number | undefined;
  private kinds = 0;
  private mended = false;

  /**
   * Begins where that is possible, else gives null.
   * @param most customers and kinds to remember; the outcome does not depend on it
   */
  static async begin(tx: Transaction, most: { customers?: number; kinds?: number } = {}): Promise<EventsFill | null> {
    if (!(await canBeFilled(tx, "app.events"))) return null;
    const indexes = await dropIndexes(tx, "app.events");
    // Then rows stand in the order of the files.
    await tx.execute("truncate app.events, app.event_kinds");
    const keys = new CustomerKeys(most.customers);
    await keys.load(tx);
    return new EventsFill(tx, keys, indexes, most.kinds);
  }

  private constructor(tx: Transaction, keys: CustomerKeys, indexes: readonly Index[], mostKinds: number | undefined) {
    this.tx = tx;
    this.mostKinds = mostKinds;
    this.keys = keys;
    this.indexes = indexes;
  }

  /** Copies a file that has known columns only. */
  async add(
    loadId: number,
    content: { file: CsvFile; reader: RowReader },
    options: IngestOptions,
    report: CopyReport,
  ): Promise<Copied> {
    const { keys, mostKinds } = this;
    const end = new StoredEnd(content.reader, { keys, loadId, kindsBefore: this.kinds, mostKinds });
    const copied = await copyFile(this.tx, { table: "app.events", end, numbered: false }, content, options, report);
    this.kinds = end.kinds.last;
    if (end.anyHashed) this.hashed.push(loadId);
    return copied;
  }

  /** Makes the unique indexes. Gives those that are left, and the number of rows of each load where some were no new events. */
  async finish(): Promise<{ later: Index[]; counts: Map<number, number> | null }> {
    const { tx } = this;
    const later = this.indexes.filter(({ unique }) => !unique);
    if (this.keys.forgotten) {
      await this.mend();
      await this.findKeys();
    }
    await tx.execute("analyze app.event_kinds");
    await makeIndexes(
      tx,
      this.indexes.filter(({ unique }) => unique),
      () => this.mend(),
    );
    if (!this.mended) return { later, counts: null };
    const { rows } = await tx.query("select load_id, count(*) from app.events group by load_id");
    return { later, counts: new Map(rows as [number, number][]) };
  }

  /** Keys of customers of whom there were too many to remember. */
  private async findKeys(): Promise<void> {
    await this.tx.execute(
      `insert into app.customers (customer_key, customer_id)
       select (select coalesce(max(customer_key), 0) from app.customers) + row_number() over (order by min(e.ctid)), customer_id
       from app.events e
       where customer_key is null and not exists (select 1 from app.customers c where c.customer_id = e.customer_id)
       group by customer_id;
       update app.events e set customer_key = c.customer_key from app.customers c
       where e.customer_key is null and c.customer_id = e.customer_id`,
    );
  }

  /** Numbers the copies of rows without an id; then of several rows with one id the first stays. */
  private async mend(): Promise<void> {
    this.mended = true;
    const repeated = "select event_id from app.events group by 1 having count(*) > 1";
    await this.tx.query(
      `update app.events e set event_id = left(e.event_id, 32) || '-' || c.copy
       from (
         select ctid as row, row_number() over (partition by load_id, event_id order by ctid) as copy
         from app.events
         where event_id in (${repeated}) and load_id = any($1::integer[]) and event_id ~ '^[0-9a-f]{32}-1$'
       ) c where c.row = e.ctid and c.copy > 1`,
      [this.hashed],
    );
    await this.tx.execute(
      `delete from app.events where ctid in (
         select row from (
           select ctid as row, row_number() over (partition by event_id order by load_id, ctid) as nth
           from app.events where event_id in (${repeated})
         ) r where nth > 1
       )`,
    );
  }
}
