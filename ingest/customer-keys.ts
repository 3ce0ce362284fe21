import { copyLine } from "../src/db/copy-text.js";
import type { Transaction } from "../src/db/db.js";
import { ByteNumbers } from "./byte-numbers.js";
import { CopyBuffer } from "./copy-buffer.js";

/** Customers that are remembered: some 50 MB. */
const MOST = 1_000_000;

/** The keys of customers by their ids, in the memory of a first load: faster than to look each event's customer up. */
export class CustomerKeys {
  private readonly keys = new ByteNumbers();
  private readonly fresh = new CopyBuffer();
  private most: number;
  private last = 0;
  /** Whether any id was met that is not remembered: such events have no key yet. */
  forgotten = false;

  constructor(most = MOST) {
    this.most = most;
  }

  /** Remembers the customers that are stored. */
  async load(tx: Transaction): Promise<void> {
    const { rows: all } = await tx.query("select coalesce(max(customer_key), 0), count(*) from app.customers");
    const [last, count] = all[0] as [number, number];
    this.last = last;
    if (count > this.most) {
      this.most = 0; // none, rather than some
      return;
    }
    const { rows } = await tx.query("select customer_id, customer_key from app.customers");
    for (const [id, key] of rows) {
      const bytes = Buffer.from(id as string);
      this.keys.add(bytes, 0, bytes.length, key as number);
    }
  }

  /**
   * The key of the customer whose id is bytes[from, to), who becomes one with the first event; null where there are too
   * many to remember.
   */
  keyOf(bytes: Buffer, from = 0, to = bytes.length): number | null {
    const key = this.keys.get(bytes, from, to);
    if (key > 0) return key;
    if (this.keys.size >= this.most) {
      this.forgotten = true;
      return null;
    }
    this.keys.add(bytes, from, to, ++this.last);
    this.fresh.chunk(copyLine([this.last, bytes.toString("utf8", from, to)]));
    return this.last;
  }

  /** Stores the customers that were new since the last call. */
  async store(tx: Transaction): Promise<void> {
    await tx.copy("app.customers", ["customer_key", "customer_id"], this.fresh.take());
  }
}
