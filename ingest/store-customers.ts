import type { Transaction } from "../src/db/db.js";
import { addForeignColumns } from "./foreign-columns.js";
import type { RowReader } from "./row-reader.js";
import type { Staged } from "./stage-file.js";

/**
 * Stores staged CRM rows: the last row of a customer in the file wins and replaces the values of the columns that the
 * file has. Keys of the customers that are new or changed go to the temporary table `touched`, unless all are.
 */
export async function storeCustomers(
  tx: Transaction,
  staged: Staged,
  reader: RowReader,
  first: boolean,
): Promise<{ stored: number; duplicates: number }> {
  const casts = await addForeignColumns(tx, "customers", reader.columns, staged.table);
  const columns = reader.columns
    .filter((c) => c.name !== "customer_id")
    .map((c) => ({ name: c.name === "total_spent" && c.known ? "crm_total_spent" : c.name, from: c }));
  const target = columns.map((c) => `"${c.name}"`);
  const source = columns.map((c) => casts.get(c.from.name) ?? `s."${c.from.name}"`);

  const counted = await tx.query(`select count(*), count(distinct customer_id) from ${staged.table}`);
  const [rows, customers] = counted.rows[0] as [number, number];

  const same = target.length
    ? `and (${target.map((t) => `c.${t}`).join(", ")}) is not distinct from (${target.map((t) => `n.${t}`).join(", ")})`
    : "";
  const list = ["customer_key", "customer_id", "in_crm", ...target].join(", ");
  // One step after another: Citus takes no change inside WITH.
  const incoming = `${staged.table}_incoming`;
  await tx.execute(`create temporary table ${incoming} (like app.customers including defaults) on commit drop`);
  await tx.execute(
    `insert into ${incoming} (${list})
     select coalesce(k.customer_key,
              (select coalesce(max(customer_key), 0) from app.customers)
              + (row_number() over (partition by k.customer_key is null order by s."#line"))::integer),
            ${["s.customer_id", "true", ...source].join(", ")}
     from (select distinct on (customer_id) * from ${staged.table} order by customer_id, "#line" desc) s
     left join app.customers k on k.customer_id = s.customer_id`,
  );
  await tx.execute(
    `delete from ${incoming} n using app.customers c where c.customer_key = n.customer_key and c.in_crm ${same}`,
  );
  const stored = await tx.query(`select count(*) from ${incoming}`);
  if (!first)
    await tx.execute(`insert into touched select customer_key, customer_id from ${incoming} on conflict do nothing`);
  await tx.execute(
    `insert into app.customers (${list}) select ${list} from ${incoming} order by customer_key
     on conflict (customer_key) do update set ${target
       .map((t) => `${t} = excluded.${t}`)
       .concat("in_crm = true")
       .join(", ")}`,
  );
  await tx.execute(`drop table ${incoming}`);
  return { stored: stored.rows[0]?.[0] as number, duplicates: rows - customers };
}
