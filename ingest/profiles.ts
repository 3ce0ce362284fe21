import type { Transaction } from "../src/db/db.js";

/** Counts, sums and dates of the touched customers, from all their events. */
export async function aggregateCustomers(tx: Transaction): Promise<void> {
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
       from app.events where customer_id in (select customer_id from touched)
       group by customer_key
     ) a where a.customer_key = c.customer_key`,
  );
}

/** Interests of the touched customers: the weight of their events by category, subcategory, color and product. */
export async function aggregateInterests(tx: Transaction, weights: Readonly<Record<string, number>>): Promise<void> {
  await tx.execute("delete from app.interests where customer_key in (select customer_key from touched)");
  await tx.query(
    `insert into app.interests
       (customer_key, dimension, value, weight, share, purchases, add_to_carts, views, last_at)
     select customer_key, dimension, value, weight,
            (weight / sum(weight) over (partition by customer_key, dimension))::double precision,
            purchases, add_to_carts, views, last_at
     from (
       select customer_key,
              case grouping(category, subcategory, color, product)
                when 7 then 'category' when 11 then 'subcategory' when 13 then 'color' else 'product' end as dimension,
              coalesce(category, subcategory, color, product) as value,
              sum(weight) as weight,
              count(*) filter (where event_type = 'purchase') as purchases,
              count(*) filter (where event_type = 'add_to_cart') as add_to_carts,
              count(*) filter (where event_type = 'view') as views,
              max(event_time) as last_at
       from (
         select e.customer_key, e.category, e.subcategory, e.color,
                coalesce(e.product_name, e.product_id) as product, e.event_type, e.event_time, w.weight
         from app.events e
         join unnest($1::text[], $2::numeric[]) w (event_type, weight) on w.event_type = e.event_type and w.weight > 0
         where e.customer_id in (select customer_id from touched)
       ) e
       group by grouping sets
         ((customer_key, category), (customer_key, subcategory), (customer_key, color), (customer_key, product))
     ) g
     where value is not null`,
    [Object.keys(weights), Object.values(weights)],
  );
}
