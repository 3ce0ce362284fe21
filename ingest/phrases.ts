import type { Transaction } from "../src/db/db.js";
import type { Embedder } from "../src/embed/embedder.js";
import { vectorToBytes } from "../src/vectors/phrase-index.js";
import { bulkFill } from "./bulk-fill.js";
import { LUXURY_PHRASE, ROWS_OF, type Touched } from "./profiles.js";
import { likesLuxury } from "./views.js";

/** Interests beyond this many a customer are left out of the index, weakest first; never out of app.interests. */
const MOST_PHRASES = 12;

const EMBED_BATCH = 32;

/**
 * The phrases of the touched customers: "category: subcategory" (the category alone, or the product's name, where there
 * is no more), "color: red", and the luxury sentence; with weight and share as `aggregateInterests` (profiles.ts) has
 * weighed them. Each distinct phrase is embedded once.
 */
export async function indexPhrases(
  tx: Transaction,
  embedder: Embedder,
  touched: Touched,
  options: { luxuryAbove: number; signal?: AbortSignal | undefined; progress(done: number, total: number): void },
): Promise<{ embedded: number; tokens: number }> {
  await tx.execute(
    `set local enable_hashagg = off;
     create temporary table customer_phrase on commit drop as
     select customer_key, place, weight::real as weight, share::real as share from (
       select w.*, row_number() over (partition by customer_key order by weight desc, last_at desc, place) as rank
       from (
         select customer_key, place, last_at, weight,
                (weight / sum(weight) over (partition by customer_key, dim))::double precision as share
         from (
           select a.customer_key, p.dim, p.place, sum(a.weight) as weight, max(a.weighed_at) as last_at
           from activity a cross join lateral (values (1, about_place), (2, color_place)) p (dim, place)
           where a.weight is not null and p.place is not null
           group by a.customer_key, p.dim, p.place
         ) g
       ) w
     ) ranked where rank <= ${MOST_PHRASES}
     union all
     select c.customer_key, p.place, 0, 1 from app.customers c, phrase_place p
     where c.in_crm and ${await likesLuxury(tx, options.luxuryAbove)} and ${ROWS_OF[touched]} and p.phrase = '${LUXURY_PHRASE}';
     reset enable_hashagg;
     analyze customer_phrase`,
  );
  const { rows: twice } = await tx.query(
    `select about_place from subject intersect select color_place from subject
     union select place from phrase_place where phrase = '${LUXURY_PHRASE}'
       and place in (select about_place from subject)`,
  );
  if (twice.length > 0) {
    // "color: red" is the phrase of a color and of a category: what weighs more counts.
    await tx.query(
      `delete from customer_phrase a using customer_phrase b
       where a.place = any($1::integer[]) and (a.customer_key, a.place) = (b.customer_key, b.place)
         and (a.weight, a.ctid) < (b.weight, b.ctid)`,
      [twice.map((row) => row[0])],
    );
  }
  await tx.execute(`delete from app.customer_phrases where ${ROWS_OF[touched]}`);

  const { rows } = await tx.query(
    `select phrase from (select distinct place from customer_phrase) p join phrase_place using (place)
     where not exists (select 1 from app.phrases k where k.phrase = phrase_place.phrase) order by phrase collate "C"`,
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
  await bulkFill(tx, "app.customer_phrases", () =>
    tx.execute(
      `insert into app.customer_phrases (customer_key, phrase_id, weight, share)
       select p.customer_key, k.phrase_id, p.weight, p.share 
       from customer_phrase p join phrase_place using (place) join app.phrases k using (phrase)`,
    ),
  );
  return { embedded: missing.length, tokens };
}
