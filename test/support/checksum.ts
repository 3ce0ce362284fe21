import { createHash } from "node:crypto";
import type { Db } from "../../src/db/db.js";

const KEYS: Record<string, string> = {
  customers: "customer_id",
  events: "event_id",
  interests: "customer_id, dimension, value",
};

/**
 * A digest of all that readers can see: columns, types and rows of the views, the phrases with their
 * vectors, and the catalogue.
 * Rows are ordered by byte, so that both row stores and every locale agree.
 */
export async function checksums(db: Db): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const [view, key] of Object.entries(KEYS)) {
    const columns = await db.query(
      `select string_agg(a.attname || ' ' || format_type(a.atttypid, null), ',' order by a.attnum)
       from pg_attribute a where a.attrelid = ('audience.' || $1)::regclass and a.attnum > 0`,
      [view],
    );
    const order = key.replaceAll(/\w+/g, (name) => `${name} collate "C"`);
    sums[view] =
      `${await digest(db, `select v::text from audience.${view} v order by ${order}`)} ${columns.rows[0]?.[0]}`;
  }
  sums["phrases"] = await digest(
    db,
    `select (c.customer_id, k.phrase, p.weight, p.share, md5(k.vector))::text from app.customer_phrases p
     join app.phrases k using (phrase_id) join app.customers c using (customer_key)
     order by c.customer_id collate "C", k.phrase collate "C"`,
  );
  sums["catalogue"] = await digest(
    db,
    `select x from (select (view, name, filled, distinct_values, min, max)::text as x from app.column_stats
     union all select (view, name, value, rows)::text from app.stored_values
     union all select (as_of, first_event_at, numeric_ids, luxury_above, weights)::text from app.state
    ) c order by x collate "C"`,
  );
  return sums;
}

async function digest(db: Db, select: string): Promise<string> {
  const { rows } = await db.query(`select md5(string_agg(md5(x), '' order by n)), count(*)
    from (select row_number() over () as n, x from (${select}) s (x)) t`);
  return `${createHash("md5").update(String(rows[0])).digest("hex")} ${String(rows[0]?.[1])} rows`;
}
