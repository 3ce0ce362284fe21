import type { Transaction } from "../src/db/db.js";
import { bulkFill } from "./bulk-fill.js";
import type { Steps } from "./steps.js";

/** The phrase of everybody whose total_spent is above the bound. */
export const LUXURY_PHRASE = "This customer likes luxury items.";

/** How many are in `touched`: everybody, so many that one scan of all events is fastest, or few, found by their ids. */
export type Touched = "all" | "most" | "few";

const byKey = (alias = "") => `${alias}customer_key in (select customer_key from touched)`;

/** Conditions on the rows of app.events e, and of tables that every row of is a customer's. */
const EVENTS_OF: Record<Touched, string> = {
  all: "e.customer_key <> 0",
  most: byKey("e."),
  few: "e.customer_id in (select customer_id from touched)",
};
export const ROWS_OF: Record<Touched, string> = { all: "true", most: byKey(), few: byKey() };

type Weights = Readonly<Record<string, number>>;

/**
 * What each touched customer did, into the table `activity`: a row a customer and subject, that is what events
 * are about (a kind of event without its type; the subject's number is the lowest of its kinds), customer by customer. All
 * else is made from it, so that events are read once. Columns that begin with "weighed" are of the events whose type has
 * a weight; those that end with _value and _place name the subject's interests and phrases by their numbers.
 */
export async function gatherActivity(
  tx: Transaction,
  weights: Weights,
  touched: Touched,
  newTable: Steps["newTable"],
): Promise<void> {
  const counted = Object.entries(weights).filter(([, weight]) => weight > 0);
  const number = areWhole(weights) ? "float8" : "numeric";
  const of = (type: string) => `(event_type = '${type}')::integer`;
  await tx.query(
    `${newTable("kind")} as
     select kind_id, min(kind_id) over (partition by product_id, product_name, category, subcategory, color) as subject,
            w.weight, ${of("purchase")} as purchases, ${of("add_to_cart")} as add_to_carts, ${of("view")} as views
     from app.event_kinds left join unnest($1::text[], $2::${number}[]) w (event_type, weight) using (event_type)`,
    [counted.map(([type]) => type), counted.map(([, weight]) => weight)],
  );
  await tx.execute("analyze kind");
  // Events may have columns of their own with any name.
  const done = `select e.customer_key, k.subject, count(*)::integer as n, sum(k.weight) as weight,
       sum(k.purchases)::integer as purchases, sum(k.add_to_carts)::integer as add_to_carts, sum(k.views)::integer as views,
       min(e.event_time) as first_at, max(e.event_time) as last_at,
       max(e.event_time) filter (where k.purchases = 1) as last_purchase_at,
       max(e.event_time) filter (where k.weight is not null) as weighed_at,
       sum(e.amount) filter (where k.purchases = 1) as revenue
     from app.events e join kind k on k.kind_id = e.kind_id where ${EVENTS_OF[touched]}
     group by e.customer_key, k.subject`;
  // Of few customers, only what they know is named; of most, the rows are not written twice for that.
  if (touched === "few") await tx.execute(`create temporary table done on commit drop as ${done}`);
  await nameSubjects(tx, touched === "few" ? "select subject from done" : "select subject from kind", newTable);
  await tx.execute(
    // Sorted rather than hashed, rows stand customer by customer.
    `set local enable_hashagg = off;
     ${newTable("activity")} as
     select d.*, ${NUMBERS.join(", ")} from ${touched === "few" ? "done" : `(${done})`} d join subject using (subject);
     reset enable_hashagg;
     create index on activity (customer_key);
     analyze activity`,
  );
}

/** Whole numbers add up exactly in floats; others do in numeric alone. */
function areWhole(weights: Weights): boolean {
  return Object.values(weights).every((weight) => Number.isInteger(weight));
}

/** Numbers of a subject's names: in app.interest_values, and the places of its phrases (phrases.ts). */
const NUMBERS = ["category_value", "color_value", "product_value", "subcategory_value", "about_place", "color_place"];

/** What subjects are called, into the tables `subject` and `phrase_place`; names of interests are kept once. */
async function nameSubjects(tx: Transaction, subjects: string, newTable: Steps["newTable"]): Promise<void> {
  const value = (dimension: string) =>
    `left join app.interest_values ${dimension} on (${dimension}.dimension, ${dimension}.value) = ('${dimension}', s.${dimension})`;
  await tx.execute(
    `${newTable("named")} as
     select kind_id as subject, category, subcategory, color, coalesce(product_name, product_id) as product,
       case when category is not null and subcategory is not null then category || ': ' || subcategory
            else coalesce(category, subcategory, product_name, product_id) end as about,
       'color: ' || color as color_phrase
     from app.event_kinds where kind_id in (${subjects});
     insert into app.interest_values (value_id, dimension, value)
     select (select coalesce(max(value_id), 0) from app.interest_values)
            + row_number() over (order by dimension, value collate "C"), dimension, value
     from (
       select distinct v.* from named
       cross join lateral (values ('category', category), ('color', color), ('product', product), ('subcategory', subcategory))
         v (dimension, value)
     ) n
     where value is not null
       and not exists (select 1 from app.interest_values v where (v.dimension, v.value) = (n.dimension, n.value));
     -- In the order of their letters, so that customers' lists are ordered by numbers.
     ${newTable("phrase_place")} as
     select phrase, row_number() over (order by phrase collate "C")::integer as place
     from (select about from named union select color_phrase from named union values ('${LUXURY_PHRASE}')) p (phrase)
     where phrase is not null;
     analyze named; analyze phrase_place; analyze app.interest_values;
     ${newTable("subject")} as
     select s.subject, category.value_id as category_value, color.value_id as color_value, product.value_id as product_value,
            subcategory.value_id as subcategory_value, about.place as about_place, color_phrase.place as color_place
     from named s ${["category", "color", "product", "subcategory"].map(value).join(" ")}
     left join phrase_place about on about.phrase = s.about
     left join phrase_place color_phrase on color_phrase.phrase = s.color_phrase;
     analyze subject`,
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
  const before = await countInterests(tx, touched);
  if (before > 0) await tx.execute(`delete from app.interests where ${ROWS_OF[touched]}`);
  const sumOf = (type: string, column: string) => ((weights[type] ?? 0) > 0 ? `sum(a.${column})` : "0");
  // Customer by customer: a sort of some rows each, not of all.
  await bulkFill(tx, "app.interests", () =>
    tx.execute(
      `set local enable_hashagg = off;
       insert into app.interests (customer_key, value_id, share, last_at, purchases, add_to_carts, views, weight)
       select customer_key, value_id, weight / sum(weight) over (partition by customer_key, dim), last_at,
              purchases, add_to_carts, views, weight${areWhole(weights) ? "::bigint" : ""}
       from (
         select a.customer_key, v.dim, v.value_id, sum(a.weight) as weight, max(a.weighed_at) as last_at,
                ${sumOf("purchase", "purchases")} as purchases, ${sumOf("add_to_cart", "add_to_carts")} as add_to_carts,
                ${sumOf("view", "views")} as views
         from activity a cross join lateral
           (values (1, category_value), (2, color_value), (3, product_value), (4, subcategory_value)) v (dim, value_id)
         where a.weight is not null and v.value_id is not null
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
