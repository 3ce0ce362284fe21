import type { Transaction } from "../src/db/db.js";
import type { Embedder } from "../src/embed/embedder.js";
import { vectorToBytes } from "../src/vectors/phrase-index.js";

/** Interests beyond this many a customer are left out of the index, weakest first; never out of app.interests. */
const MOST_PHRASES = 12;

export const LUXURY_PHRASE = "This customer likes luxury items.";

const EMBED_BATCH = 32;

/**
 * The phrases of the touched customers: "category: subcategory" (the category alone, or the product's name, where there
 * is no more), "color: red", and the luxury sentence; with weight and share as in app.interests. Each distinct phrase
 * is embedded once.
 */
export async function indexPhrases(
  tx: Transaction,
  embedder: Embedder,
  weights: Readonly<Record<string, number>>,
  options: { signal?: AbortSignal | undefined; progress(done: number, total: number): void },
): Promise<{ embedded: number; tokens: number }> {
  await tx.query(
    `create temporary table customer_phrase on commit drop as
     with weighted as (
       select e.customer_key,
              case when e.category is not null and e.subcategory is not null then e.category || ': ' || e.subcategory
                   else coalesce(e.category, e.subcategory, e.product_name, e.product_id) end as item,
              'color: ' || e.color as color, w.weight, e.event_time
       from app.events e
       join unnest($1::text[], $2::numeric[]) w (event_type, weight) on w.event_type = e.event_type and w.weight > 0
       where e.customer_id in (select customer_id from touched)
     ), grouped as (
       select customer_key, coalesce(item, color) as phrase, item is null as is_color,
              sum(weight) as weight, max(event_time) as last_at
       from weighted
       group by grouping sets ((customer_key, item), (customer_key, color))
       having coalesce(item, color) is not null
     ), ranked as (
       select customer_key, phrase, weight, weight / sum(weight) over (partition by customer_key, is_color) as share,
              row_number() over (partition by customer_key order by weight desc, last_at desc, phrase collate "C") as rank
       from grouped
     )
     select customer_key, phrase, weight::real as weight, share::real as share from ranked where rank <= ${MOST_PHRASES}
     union all
     select c.customer_key, '${LUXURY_PHRASE}', 0, 1
     from touched c join audience.customers v on v.customer_id = c.customer_id
     where v.likes_luxury`,
    [Object.keys(weights), Object.values(weights)],
  );
  await tx.execute("delete from app.customer_phrases where customer_key in (select customer_key from touched)");

  const { rows } = await tx.query(
    `select p.phrase from (select distinct phrase from customer_phrase) p
     where not exists (select 1 from app.phrases k where k.phrase = p.phrase) order by p.phrase collate "C"`,
  );
  const missing = rows.map((row) => row[0] as string);
  const next = await tx.query("select coalesce(max(phrase_id), 0) + 1 from app.phrases");
  let id = next.rows[0]?.[0] as number;
  let tokens = 0;
  for (let at = 0; at < missing.length; at += EMBED_BATCH) {
    const phrases = missing.slice(at, at + EMBED_BATCH);
    const embedded = await embedder.embed(phrases, options.signal);
    tokens += embedded.tokens;
    await tx.query(
      `insert into app.phrases (phrase_id, phrase, vector)
       select p.id, p.phrase, decode(p.vector, 'hex') from unnest($1::integer[], $2::text[], $3::text[]) p (id, phrase, vector)`,
      [
        phrases.map((_, i) => id + i),
        phrases,
        embedded.vectors.map((vector) => Buffer.from(vectorToBytes(vector)).toString("hex")),
      ],
    );
    id += phrases.length;
    options.progress(Math.min(at + EMBED_BATCH, missing.length), missing.length);
  }
  await tx.execute(
    `insert into app.customer_phrases (customer_key, phrase_id, weight, share)
     select p.customer_key, k.phrase_id, p.weight, p.share from customer_phrase p join app.phrases k using (phrase)
     on conflict do nothing`,
  );
  await tx.query("update app.state set embedder = $1", [embedder.id]);
  return { embedded: missing.length, tokens };
}
