import type { Transaction } from "../src/db/db.js";
import { addForeignColumns } from "./foreign-columns.js";
import type { RowReader } from "./row-reader.js";
import type { Staged } from "./stage-file.js";

const KNOWN = [
  "customer_id",
  "event_type",
  "event_time",
  "order_id",
  "product_id",
  "product_name",
  "category",
  "subcategory",
  "color",
  "price",
  "quantity",
] as const;

/**
 * Stores the staged events that are not there yet. An event is known by its event_id, else by the hash of its whole row
 * and its occurrence number in the file, so that repeated lines are kept and a repeated file adds nothing. Customers of
 * new events go to the temporary table `touched`.
 */
export async function storeEvents(
  tx: Transaction,
  staged: Staged,
  reader: RowReader,
  loadId: number,
): Promise<{ stored: number; duplicates: number }> {
  const casts = await addForeignColumns(tx, "events", reader.columns, staged.table);
  const has = (name: string) => reader.names.includes(name);
  if (has("customer_id")) await addUnknownCustomers(tx, staged.table);

  const known = KNOWN.filter(has);
  const foreign = reader.columns.filter((c) => !c.known);
  const amount = [
    ...(has("amount") ? ["s.amount"] : []),
    ...(has("price") ? [`s.price * ${has("quantity") ? "coalesce(s.quantity, 1)" : "1"}`] : []),
  ];
  const target = ["event_id", "load_id", "customer_key", ...known, "amount", ...foreign.map((c) => `"${c.name}"`)];
  const source = [
    's."#id"',
    "$1::integer",
    // 0: nobody's. A key that is there can be distributed by.
    has("customer_id") ? "coalesce(c.customer_key, 0)" : "0",
    ...known.map((name) => `s.${name}`),
    amount.length ? `coalesce(${amount.join(", ")})` : "null::numeric",
    ...foreign.map((c) => casts.get(c.name) as string),
  ];
  const hashed = await tx.query(`select exists (select 1 from ${staged.table} where "#hash" is not null)`);
  const copyNumber = hashed.rows[0]?.[0] === true ? `row_number() over (partition by "#hash" order by "#line")` : "1";
  const id = [...(has("event_id") ? ["event_id"] : []), `"#hash" || '-' || ${copyNumber}`].join(", ");
  const identified = `(select *, coalesce(${id}) as "#id" from ${staged.table})`;
  const insert = (condition: string) =>
    tx.query(
      `insert into app.events (${target.join(", ")})
       select ${source.join(", ")}
       from (select *, row_number() over (partition by "#id" order by "#line") as "#nth" from ${identified} i) s
       ${has("customer_id") ? "left join app.customers c on c.customer_id = s.customer_id" : ""}
       where s."#nth" = 1 ${condition} order by s."#line"`,
      [loadId],
    );
  // No ON CONFLICT: where the events are distributed, no key of theirs is the id alone.
  if (await isEmpty(tx)) await withoutIndexes(tx, () => insert(""));
  else await insert(`and not exists (select 1 from app.events o where o.event_id = s."#id")`);
  const stored = (await tx.query("select count(*) from app.events where load_id = $1", [loadId]))
    .rows[0]?.[0] as number;
  await tx.query(
    `insert into touched
     select distinct customer_key, customer_id from app.events where load_id = $1 and customer_id is not null
     on conflict do nothing`,
    [loadId],
  );
  return { stored, duplicates: staged.rowsRead - staged.rejected - stored };
}

async function isEmpty(tx: Transaction): Promise<boolean> {
  return (await tx.query("select not exists (select 1 from app.events)")).rows[0]?.[0] === true;
}

/**
 * Fills app.events without its indexes and makes them afterwards: the first load is stored in half the time. Readers
 * are not held up: before the first load there are no views.
 */
async function withoutIndexes(tx: Transaction, fill: () => Promise<unknown>): Promise<void> {
  const indexes = await tx.query(
    `select indexname, indexdef from pg_indexes
     where schemaname = 'app' and tablename = 'events' and indexname <> 'events_pkey'`,
  );
  const key = await tx.query(
    "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'app.events'::regclass and contype = 'p'",
  );
  await tx.execute("alter table app.events drop constraint events_pkey");
  for (const [name] of indexes.rows) await tx.execute(`drop index app."${String(name)}"`);
  await fill();
  await tx.execute(`alter table app.events add constraint events_pkey ${String(key.rows[0]?.[0])}`);
  for (const [, definition] of indexes.rows) await tx.execute(String(definition));
}

/** Customer ids that only events know get a key as well; the view of customers leaves them out. */
async function addUnknownCustomers(tx: Transaction, table: string): Promise<void> {
  await tx.execute(
    `insert into app.customers (customer_key, customer_id)
     select (select coalesce(max(customer_key), 0) from app.customers) + row_number() over (order by first_line), customer_id
     from (
       select s.customer_id, min(s."#line") as first_line
       from ${table} s
       where s.customer_id is not null
         and not exists (select 1 from app.customers c where c.customer_id = s.customer_id)
       group by s.customer_id
     ) n`,
  );
}
