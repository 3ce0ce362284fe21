import type { Transaction } from "../src/db/db.js";
import { addForeignColumns } from "./foreign-columns.js";
import type { RowReader } from "./row-reader.js";
import type { Staged } from "./stage-file.js";

/**
 * Stores staged CRM rows: the last row of a customer in the file wins and replaces the values of the columns that the
 * file has. Keys of the customers that are new or changed go to the temporary table `touched`.
 */
export async function storeCustomers(
  tx: Transaction,
  staged: Staged,
  reader: RowReader,
): Promise<{ stored: number; duplicates: number }> {
  const casts = await addForeignColumns(tx, "customers", reader.columns, staged.table);
  const columns = reader.columns
    .filter((c) => c.name !== "customer_id")
    .map((c) => ({ name: c.name === "total_spent" && c.known ? "crm_total_spent" : c.name, from: c }));
  const target = columns.map((c) => `"${c.name}"`);
  const source = columns.map((c) => casts.get(c.from.name) ?? `s."${c.from.name}"`);

  const counted = await tx.query(`select count(*), count(distinct customer_id) from ${staged.table}`);
  const [rows, customers] = counted.rows[0] as [number, number];

  const changed = target.length
    ? `or (${target.map((t) => `c.${t}`).join(", ")}) is distinct from (${target.map((t) => `excluded.${t}`).join(", ")})`
    : "";
  const updates = target.map((t) => `${t} = excluded.${t}`).concat("in_crm = true");
  const stored = await tx.query(
    `with latest as (
       select distinct on (s.customer_id) s.* from ${staged.table} s order by s.customer_id, s."#line" desc
     ), keyed as (
       select coalesce(k.customer_key,
                (select coalesce(max(customer_key), 0) from app.customers)
                + (row_number() over (partition by k.customer_key is null order by s."#line"))::integer) as new_key, s.*
       from latest s left join app.customers k on k.customer_id = s.customer_id
     ), upsert as (
       insert into app.customers as c (${["customer_key", "customer_id", "in_crm", ...target].join(", ")})
       select ${["s.new_key", "s.customer_id", "true", ...source].join(", ")} from keyed s order by s."#line"
       on conflict (customer_id) do update set ${updates.join(", ")} where not c.in_crm ${changed}
       returning c.customer_key, c.customer_id
     ), mark as (
       insert into touched select customer_key, customer_id from upsert on conflict do nothing
     )
     select count(*) from upsert`,
  );
  return { stored: stored.rows[0]?.[0] as number, duplicates: rows - customers };
}
