import type { Transaction } from "../src/db/db.js";
import { bulkFill, isEmpty } from "./bulk-fill.js";
import { identifyKinds } from "./event-kinds.js";
import { addForeignColumns } from "./foreign-columns.js";
import type { RowReader } from "./row-reader.js";
import type { Staged } from "./stage-file.js";

/** Beside those that say of what kind an event is. */
const KNOWN = ["customer_id", "event_time", "order_id", "price", "quantity"] as const;

/**
 * Stores the staged events that are not there yet. An event is known by its event_id, else by the hash of its whole row
 * and its occurrence number in the file, so that repeated lines are kept and a repeated file adds nothing. Customers of
 * new events go to the temporary table `touched`, unless all do.
 */
export async function storeEvents(
  tx: Transaction,
  staged: Staged,
  reader: RowReader,
  { loadId, first }: { loadId: number; first: boolean },
): Promise<{ stored: number; duplicates: number }> {
  const casts = await addForeignColumns(tx, "events", reader.columns, staged.table);
  const has = (name: string) => reader.columns.some((column) => column.known && column.name === name);
  if (has("customer_id")) await addUnknownCustomers(tx, staged.table);
  await identifyKinds(tx, staged.kinds);

  const known = KNOWN.filter(has);
  const foreign = reader.columns.filter((c) => !c.known);
  const amount = [
    ...(has("amount") ? ["s.amount"] : []),
    ...(has("price") ? [`s.price * ${has("quantity") ? "coalesce(s.quantity, 1)" : "1"}`] : []),
  ];
  const target = [
    "event_id",
    "load_id",
    "customer_key",
    "kind_id",
    ...known,
    "amount",
    ...foreign.map((c) => `"${c.name}"`),
  ];
  const source = [
    's."#id"',
    "$1::integer",
    // 0: nobody's. A key that is there can be distributed by.
    has("customer_id") ? "coalesce(c.customer_key, 0)" : "0",
    "k.kind_id",
    ...known.map((name) => `s.${name}`),
    amount.length ? `coalesce(${amount.join(", ")})` : "null::numeric",
    ...foreign.map((c) => casts.get(c.name) as string),
  ];
  const { table } = staged;
  const insert = (from: string, condition = "") =>
    tx.query(
      `insert into app.events (${target.join(", ")})
       select ${source.join(", ")} from ${from} s join ${staged.kinds} k on k."#kind" = s."#kind"
       ${has("customer_id") ? "left join app.customers c on c.customer_id = s.customer_id" : ""} ${condition}`,
      [loadId],
    );
  const id = (copy: string) =>
    `coalesce(${[...(has("event_id") ? ["event_id"] : []), `"#hash" || '-' || ${copy}`].join(", ")}) as "#id"`;
  // Copies of a row are counted in the order of their lines; of several rows with one id the first is taken.
  const numbered = async (from: string) => {
    const hashed = await tx.query(`select exists (select 1 from ${table} where "#hash" is not null)`);
    const copy = hashed.rows[0]?.[0] === true ? 'row_number() over (partition by "#hash" order by "#line")' : "1";
    return `(select *, row_number() over (partition by "#id" order by "#line") as "#nth"
             from (select *, ${id(copy)} from ${from} t) i)`;
  };
  // No ON CONFLICT: where the events are distributed, no key of theirs is the id alone.
  if (await isEmpty(tx, "app.events")) {
    // Few files repeat an id: whether this one does is told by the key, so that not every file is sorted for it.
    const once = async () => {
      await tx.execute(
        "create temporary table repeated on commit drop as select event_id from app.events group by 1 having count(*) > 1",
      );
      await tx.execute("delete from app.events where event_id in (select event_id from repeated)");
      const of = `(select * from (select *, ${id("1")} from ${table} t) t where "#id" in (select event_id from repeated))`;
      const again = await numbered(
        `(select ${["#line", ...staged.names].map((name) => `"${name}"`).join(", ")} from ${of} t)`,
      );
      await insert(again, `where s."#nth" = 1 order by s."#line"`);
    };
    await bulkFill(tx, "app.events", () => insert(`(select *, ${id("1")} from ${table} t)`), once);
  } else {
    const seen = `exists (select 1 from app.events o where o.event_id = s."#id")`;
    await insert(await numbered(table), `where s."#nth" = 1 and not ${seen} order by s."#line"`);
  }
  await tx.query(
    `create temporary table added on commit drop as
     select customer_key, min(customer_id) as customer_id, count(*) as events from app.events where load_id = $1
     group by customer_key`,
    [loadId],
  );
  const { rows } = await tx.query("select coalesce(sum(events), 0)::bigint from added");
  if (!first) {
    await tx.execute(
      "insert into touched select customer_key, customer_id from added where customer_id is not null on conflict do nothing",
    );
  }
  await tx.execute("drop table added");
  const stored = rows[0]?.[0] as number;
  return { stored, duplicates: staged.rowsRead - staged.rejected - stored };
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
