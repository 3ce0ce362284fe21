import type { Transaction } from "../src/db/db.js";
import { bulkFill } from "./bulk-fill.js";

/** How many are in `touched`: everybody, so many that one scan of all events is fastest, or few, found by their ids. */
export type Touched = "all" | "most" | "few";

const BY_KEY = "customer_key in (select customer_key from touched)";

/** Conditions on the rows of app.events, and of tables that every row of is a customer's. */
const EVENTS_OF: Record<Touched, string> = {
  all: "customer_key <> 0",
  most: BY_KEY,
  few: "customer_id in (select customer_id from touched)",
};
export const ROWS_OF: Record<Touched, string> = { all: "true", most: BY_KEY, few: BY_KEY };

type Weights = Readonly<Record<string, number>>;

/**
 * What each touched customer did, into the temporary table `activity`: a row a customer and subject, that is what events
 * are about (a kind without its type; the subject's number is the lowest of its kinds). All else is made from it, so that
 * events are read once. Columns that begin with "weighed" are of the events whose type has a weight.
 */
export async function gatherActivity(tx: Transaction, weights: Weights, touched: Touched): Promise<void> {
  const counted = Object.entries(weights).filter(([, weight]) => weight > 0);
  // Whole numbers add up exactly in floats; others do in numeric alone.
  const number = counted.every(([, weight]) => Number.isInteger(weight)) ? "float8" : "numeric";
  await tx.query(
    `create temporary table kind on commit drop as
     select kind_id, min(kind_id) over (partition by product_id, product_name, category, subcategory, color) as subject,
            event_type, w.weight
     from app.event_kinds left join unnest($1::text[], $2::${number}[]) w (event_type, weight) using (event_type)`,
    [counted.map(([type]) => type), counted.map(([, weight]) => weight)],
  );
  const countOf = (type: string) => `(count(*) filter (where event_type = '${type}'))::integer`;
  await tx.execute(
    `analyze kind;
     create temporary table activity on commit drop as
     select customer_key, subject, count(*)::integer as n, sum(weight) as weight,
            ${countOf("purchase")} as purchases, ${countOf("add_to_cart")} as add_to_carts, ${countOf("view")} as views,
            min(event_time) as first_at, max(event_time) as last_at,
            max(event_time) filter (where event_type = 'purchase') as last_purchase_at,
            max(event_time) filter (where weight is not null) as weighed_at,
            sum(amount) filter (where event_type = 'purchase') as revenue
     from app.events join kind using (kind_id) where ${EVENTS_OF[touched]}
     group by customer_key, subject;
     analyze activity`,
  );
}

/** Counts, sums and dates of the touched customers. */
export async function aggregateCustomers(tx: Transaction): Promise<void> {
  await tx.execute(
    `update app.customers c set
       first_seen_at = a.first_seen_at, last_seen_at = a.last_seen_at, last_purchase_at = a.last_purchase_at,
       events = a.events, views = a.views, add_to_carts = a.add_to_carts, purchases = a.purchases, revenue = a.revenue
     from (
       select customer_key, min(first_at) as first_seen_at, max(last_at) as last_seen_at,
              max(last_purchase_at) as last_purchase_at, sum(n) as events, sum(views) as views,
              sum(add_to_carts) as add_to_carts, sum(purchases) as purchases, coalesce(sum(revenue), 0) as revenue
       from activity group by customer_key
     ) a where a.customer_key = c.customer_key`,
  );
}

/**
 * Interests of the touched customers: the weight of their events by category, subcategory, color and product. Gives by
 * how many rows they have become more.
 */
export async function aggregateInterests(tx: Transaction, weights: Weights, touched: Touched): Promise<number> {
  await nameSubjects(tx);
  const before = await countInterests(tx, touched);
  if (before > 0) await tx.execute(`delete from app.interests where ${ROWS_OF[touched]}`);
  const sumOf = (type: string, column: string) => ((weights[type] ?? 0) > 0 ? `sum(a.${column})` : "0");
  // Sorting numbers, as grouping by hash leaves work_mem where there are many.
  await bulkFill(tx, "app.interests", () =>
    tx.execute(
      `set local enable_hashagg = off;
       insert into app.interests (customer_key, value_id, share, last_at, purchases, add_to_carts, views, weight)
       select customer_key, value_id, weight / sum(weight) over (partition by customer_key, dim), last_at,
              purchases, add_to_carts, views, weight
       from (
         select a.customer_key, v.dim, v.value_id, sum(a.weight) as weight, max(a.weighed_at) as last_at,
                ${sumOf("purchase", "purchases")} as purchases, ${sumOf("add_to_cart", "add_to_carts")} as add_to_carts,
                ${sumOf("view", "views")} as views
         from activity a join subject_value v using (subject) where a.weight is not null
         group by a.customer_key, v.dim, v.value_id
       ) w;
       reset enable_hashagg`,
    ),
  );
  return (await countInterests(tx, touched)) - before;
}

async function countInterests(tx: Transaction, touched: Touched): Promise<number> {
  const { rows } = await tx.query(`select count(*) from app.interests where ${ROWS_OF[touched]}`);
  return rows[0]?.[0] as number;
}

/** What the subjects in `activity` are called, into the temporary tables `subject` and `subject_value`; names are kept once. */
async function nameSubjects(tx: Transaction): Promise<void> {
  await tx.execute(
    `create temporary table subject on commit drop as
     select kind_id as subject, category, subcategory, color, coalesce(product_name, product_id) as product
     from app.event_kinds where kind_id in (select subject from activity where weight is not null);
     create temporary table named_value on commit drop as
     select s.subject, v.* from subject s
     cross join lateral (values (1::smallint, 'category', category), (2::smallint, 'color', color),
       (3::smallint, 'product', product), (4::smallint, 'subcategory', subcategory)) v (dim, dimension, value)
     where v.value is not null;
     insert into app.interest_values (value_id, dimension, value)
     select (select coalesce(max(value_id), 0) from app.interest_values)
            + row_number() over (order by dimension, value collate "C"), dimension, value
     from (select distinct dimension, value from named_value) n
     where not exists (select 1 from app.interest_values v where (v.dimension, v.value) = (n.dimension, n.value));
     create temporary table subject_value on commit drop as
     select n.subject, n.dim, v.value_id from named_value n join app.interest_values v using (dimension, value);
     analyze subject_value; analyze app.interest_values`,
  );
}
