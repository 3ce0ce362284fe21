import type { Queryable } from "../../db/db.js";
import type { IndexedCustomer } from "./points.js";

/** Customers of the CRM by key, as they stand now; of a key without such a customer there is none. */
export async function readCustomers(db: Queryable, keys: readonly number[], signal?: AbortSignal) {
  const { rows } = await db.query(
    `select k.customer_key, v.customer_id, v.first_name, v.last_name, v.email, v.country, v.age,
       v.total_spent::float8, v.favorite_color, v.likes_luxury,
       (select json_agg(i.value order by i.place) from (
          select value, row_number() over (
            order by array_position('{category,subcategory,product}', dimension), weight desc, last_at desc, value collate "C"
          ) as place, dimension, first_value(dimension) over (
            order by array_position('{category,subcategory,product}', dimension)
          ) as most_general
          from app.interests join app.interest_values using (value_id)
          where customer_key = k.customer_key and dimension <> 'color'
        ) i where i.dimension = i.most_general and i.place <= 2),
       (select json_agg(i.value order by i.place) from (
          select value, row_number() over (order by weight desc, last_at desc, value collate "C") as place
          from app.interests join app.interest_values using (value_id)
          where customer_key = k.customer_key and dimension = 'color'
        ) i where i.place <= 2),
       (select json_agg(json_build_array(p.phrase_id, p.weight, p.share) order by p.phrase_id)
        from app.customer_phrases p where p.customer_key = k.customer_key)
     from app.customers k join audience.customers v using (customer_id)
     where k.customer_key = any($1::integer[])`,
    [keys],
    { signal },
  );
  return rows.map((row): IndexedCustomer => {
    const phrases = (row[12] ?? []) as [id: number, weight: number, share: number][];
    return {
      customerKey: row[0] as number,
      customer_id: row[1] as string,
      first_name: row[2] as string | null,
      last_name: row[3] as string | null,
      email: row[4] as string | null,
      country: row[5] as string | null,
      age: row[6] as number | null,
      total_spent: row[7] as number | null,
      favorite_color: row[8] as string | null,
      likes_luxury: row[9] as boolean | null,
      primaryInterests: (row[10] ?? []) as string[],
      preferredColors: (row[11] ?? []) as string[],
      phraseIds: phrases.map(([id]) => id),
      weights: phrases.map(([, weight]) => weight),
      shares: phrases.map(([, , share]) => share),
    };
  });
}
