// What a load is measured by: psql's \copy of both files into plain tables, and one GROUP BY of the interests.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { timed } from "./measure.mjs";

const TABLES = `
  drop schema if exists reference cascade; create schema reference;
  create table reference.crm (customer_id text, first_name text, last_name text, email text, country text, city text,
    age integer, gender text, favorite_color text, total_spent numeric, signup_date date);
  create table reference.events (event_id text, customer_id text, event_type text, event_time timestamptz, order_id text,
    product_id text, product_name text, category text, subcategory text, color text, price numeric, quantity numeric)`;

const INTERESTS = `
  create table reference.interests as
  select customer_id, case grouping(category, subcategory, color, product_name)
           when 7 then 'category' when 11 then 'subcategory' when 13 then 'color' else 'product' end as dimension,
         coalesce(category, subcategory, color, product_name) as value,
         sum(case event_type when 'purchase' then 3 when 'add_to_cart' then 2 else 1 end) as weight,
         count(*) filter (where event_type = 'purchase') as purchases,
         count(*) filter (where event_type = 'add_to_cart') as add_to_carts,
         count(*) filter (where event_type = 'view') as views, max(event_time) as last_at
  from reference.events where customer_id is not null
  group by grouping sets ((customer_id, category), (customer_id, subcategory), (customer_id, color), (customer_id, product_name))`;

/** Milliseconds of the reference; its tables are removed again. */
export function copyAndGroup(psql, url, { crm, events }) {
  const run = (...commands) =>
    execFileSync(psql, [url, "-q", "-v", "ON_ERROR_STOP=1", ...commands.flatMap((c) => ["-c", c])], {
      stdio: "ignore",
    });
  run(TABLES);
  const ms = timed(() =>
    run(
      `\\copy reference.crm from '${crm}' csv header`,
      `\\copy reference.events from '${events}' csv header`,
      INTERESTS,
    ),
  );
  run("drop schema reference cascade");
  return ms;
}

export const psqlOf = (bin) => join(bin, "psql");
