import type { Transaction } from "../src/db/db.js";
import { canBeFilled, dropIndexes, makeIndexes } from "./bulk-fill.js";
import { type CopyReport, copyFile } from "./copy-file.js";
import type { CsvFile } from "./csv-file.js";
import type { IngestOptions } from "./options.js";
import type { RowEnd } from "./row-end.js";
import type { RowReader } from "./row-reader.js";

/**
 * Fills app.customers, while it is empty, straight from a file that has known columns only; gives null where it is not.
 * The outcome is that of storeCustomers: of several rows of a customer the last stays.
 */
export async function fillCustomers(
  tx: Transaction,
  content: { file: CsvFile; reader: RowReader },
  options: IngestOptions,
  report: CopyReport,
): Promise<{ rowsRead: number; rejected: number; stored: number } | null> {
  if (!(await canBeFilled(tx, "app.customers"))) return null;
  const indexes = await dropIndexes(tx, "app.customers");
  const copied = await copyFile(
    tx,
    {
      table: "app.customers",
      end: countingEnd(),
      numbered: false,
      renamed: new Map([["total_spent", "crm_total_spent"]]),
    },
    content,
    options,
    report,
  );
  await makeIndexes(tx, indexes, () =>
    tx.execute(
      `delete from app.customers c using (select customer_id, max(customer_key) as last from app.customers group by 1) l
       where c.customer_id = l.customer_id and c.customer_key < l.last`,
    ),
  );
  const stored = await tx.query("select count(*) from app.customers");
  return { ...copied, stored: stored.rows[0]?.[0] as number };
}

/** Keys in the order of the rows. */
function countingEnd(): RowEnd {
  let key = 0;
  return {
    columns: ["customer_key", "in_crm"],
    takes: () => false,
    begin: () => undefined,
    field: () => undefined,
    eventType: () => undefined,
    blank: () => undefined,
    write: (out) => out.text(`${++key}\tt`),
    complete: (values) => [...values, ++key, "t"],
    full: false,
    store: async () => undefined,
  };
}
