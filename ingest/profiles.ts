import type { Transaction } from "../src/db/db.js";
import { bulkFill } from "./bulk-fill.js";

/** Whose events are looked at: everybody's in one scan, or those of few customers by the index on their ids. */
export type Touched = "most" | "few";

/** A condition on app.events e: of the touched customers. */
export function ofTouched(touched: Touched): string {
  return touched === "most"
    ? "e.customer_id is not null and e.customer_key in (select customer_key from touched)"
    : "e.customer_id in (select customer_id from touched)";
}

/** Counts, sums and dates of the touched customers, from all their events. */
export async function aggregateCustomers(tx: Transaction, touched: Touched): Promise<void> {
  await tx.execute(
    `update app.customers c set
       first_seen_at = a.first_seen_at, last_seen_at = a.last_seen_at, last_purchase_at = a.last_purchase_at,
       events = a.events, views = a.views, add_to_carts = a.add_to_carts, purchases = a.purchases, revenue = a.revenue
     from (
       select customer_key, min(event_time) as first_seen_at, max(event_time) as last_seen_at,
              max(event_time) filter (where event_type = 'purchase') as last_purchase_at, count(*) as events,
              count(*) filter (where event_type = 'view') as views,
              count(*) filter (where event_type = 'add_to_cart') as add_to_carts,
              count(*) filter (where event_type = 'purchase') as purchases,
              coalesce(sum(amount) filter (where event_type = 'purchase'), 0) as revenue
       from app.events e where ${ofTouched(touched)}
       group by customer_key
     ) a where a.customer_key = c.customer_key`,
  );
}

/** Interests of the touched customers: the weight of their events by category, subcategory, color and product. */
export async function aggregateInterests(
  tx: Transaction,
  weights: Readonly<Record<string, number>>,
  touched: Touched,
): Promise<void> {
  await weighEvents(tx, weights, touched);
  await tx.execute(
    `create temporary table weighed_interests on commit drop as
     select count(*) as weighed_before from app.interests where customer_key in (select customer_key from touched)`,
  );
  await tx.execute("delete from app.interests where customer_key in (select customer_key from touched)");
  await bulkFill(tx, "app.interests", () =>
    tx.execute(
      `insert into app.interests (customer_key, dimension, value, weight, share, purchases, add_to_carts, views, last_at)
     select w.customer_key, case w.dim when 1 then 'category' when 2 then 'color' when 3 then 'product' else 'subcategory' end,
            v.value, w.weight, w.share, w.purchases, w.add_to_carts, w.views, w.last_at
     from weighed w join weighed_value v using (vid) where w.dim < 5`,
    ),
  );
}

/**
 * Weighs what the touched customers' events were about, into the temporary table `weighed`: a row a customer, dimension
 * (1 category, 2 color, 3 product, 4 subcategory, 5 what stands in a phrase: "category: subcategory", or what there is)
 * and value, in this order. Values are numbers here, explained in `weighed_value`: events name the same few things again
 * and again, and sorting numbers takes a fifth of the time of sorting their names.
 */
async function weighEvents(
  tx: Transaction,
  weights: Readonly<Record<string, number>>,
  touched: Touched,
): Promise<void> {
  const counted = Object.entries(weights).filter(([, weight]) => weight > 0);
  // Whole numbers add up exactly in floats; others do in numeric alone.
  const number = counted.every(([, weight]) => Number.isInteger(weight)) ? "float8" : "numeric";
  const things = "coalesce(e.category, ''), coalesce(e.subcategory, ''), coalesce(e.color, '')";
  const thing = "coalesce(e.product_name, e.product_id, '')";
  await tx.execute(
    `create temporary table thing on commit drop as
     select row_number() over ()::integer as thing, d.*
     from (select distinct ${things}, ${thing} from app.events e where ${ofTouched(touched)})
       d (category, subcategory, color, product);
     analyze thing`,
  );
  await tx.query(
    `create temporary table weighed_thing on commit drop as
     select e.customer_key, t.thing, sum(w.weight) as weight, max(e.event_time) as last_at,
            (count(*) filter (where e.event_type = 'purchase'))::integer as purchases,
            (count(*) filter (where e.event_type = 'add_to_cart'))::integer as add_to_carts,
            (count(*) filter (where e.event_type = 'view'))::integer as views
     from app.events e
     join thing t on (t.category, t.subcategory, t.color, t.product) = (${things}, ${thing})
     join unnest($1::text[], $2::${number}[]) w (event_type, weight) on w.event_type = e.event_type
     where ${ofTouched(touched)}
     group by e.customer_key, t.thing`,
    [counted.map(([type]) => type), counted.map(([, weight]) => weight)],
  );
  await tx.execute(
    `create temporary table thing_value on commit drop as
     select t.thing, v.dim, v.value from thing t
     cross join lateral (values (1::smallint, category), (2::smallint, color), (3::smallint, product), (4::smallint, subcategory),
       (5::smallint, case when category <> '' and subcategory <> '' then category || ': ' || subcategory
                     else coalesce(nullif(category, ''), nullif(subcategory, ''), product) end)) v (dim, value)
     where v.value <> '';
     create temporary table weighed_value on commit drop as
     select row_number() over (order by dim, value collate "C")::integer as vid, dim, value
     from (select distinct dim, value from thing_value) v;
     create temporary table thing_vid on commit drop as
     select t.thing, v.dim, v.vid from thing_value t join weighed_value v using (dim, value);
     analyze thing_vid; analyze weighed_value; analyze weighed_thing`,
  );
  await tx.execute(
    `set local enable_hashagg = off;
     create temporary table weighed on commit drop as
     select g.*, (weight / sum(weight) over (partition by customer_key, dim))::double precision as share
     from (
       select w.customer_key, t.dim, t.vid, sum(w.weight) as weight, max(w.last_at) as last_at,
              sum(w.purchases) as purchases, sum(w.add_to_carts) as add_to_carts, sum(w.views) as views
       from weighed_thing w join thing_vid t using (thing)
       group by w.customer_key, t.dim, t.vid
     ) g;
     reset enable_hashagg;
     analyze weighed`,
  );
}
