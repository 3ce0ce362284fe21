import type { Transaction } from "../src/db/db.js";
import type { Embedder } from "../src/embed/embedder.js";
import { vectorToBytes } from "../src/vectors/phrase-index.js";
import { bulkFill } from "./bulk-fill.js";

/** Interests beyond this many a customer are left out of the index, weakest first; never out of app.interests. */
const MOST_PHRASES = 12;

export const LUXURY_PHRASE = "This customer likes luxury items.";

const EMBED_BATCH = 32;

/**
 * The phrases of the touched customers: "category: subcategory" (the category alone, or the product's name, where there
 * is no more), "color: red", and the luxury sentence; with weight and share as `aggregateInterests` (profiles.ts) has
 * weighed them. Each distinct phrase is embedded once.
 */
export async function indexPhrases(
  tx: Transaction,
  embedder: Embedder,
  options: { signal?: AbortSignal | undefined; progress(done: number, total: number): void },
): Promise<{ embedded: number; tokens: number }> {
  // Phrases have places in the order of their letters, so that customers' lists are ordered by numbers.
  await tx.execute(
    `create temporary table phrase_value on commit drop as
     select vid, phrase, row_number() over (order by phrase collate "C") as place
     from (select vid, case dim when 2 then 'color: ' || value else value end as phrase
           from weighed_value where dim in (2, 5)) v;
     create temporary table customer_phrase on commit drop as
     select customer_key, phrase, weight, share from (
       select w.customer_key, v.phrase, w.weight::real as weight, w.share::real as share,
              row_number() over (partition by w.customer_key order by w.weight desc, w.last_at desc, v.place) as rank
       from weighed w join phrase_value v using (vid)
     ) ranked where rank <= ${MOST_PHRASES}
     union all
     select c.customer_key, '${LUXURY_PHRASE}', 0, 1
     from touched c join audience.customers v on v.customer_id = c.customer_id
     where v.likes_luxury;
     analyze customer_phrase`,
  );
  const { rows: twice } = await tx.query("select phrase from phrase_value group by phrase having count(*) > 1");
  if (twice.length > 0) {
    // "color: red" is the phrase of a color and of a category: what weighs more counts.
    await tx.query(
      `delete from customer_phrase a using customer_phrase b
       where a.phrase = any($1::text[]) and (a.customer_key, a.phrase) = (b.customer_key, b.phrase)
         and (a.weight, a.ctid) < (b.weight, b.ctid)`,
      [twice.map((row) => row[0])],
    );
  }
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
  await bulkFill(tx, "app.customer_phrases", () =>
    tx.execute(
      `insert into app.customer_phrases (customer_key, phrase_id, weight, share)
       select p.customer_key, k.phrase_id, p.weight, p.share from customer_phrase p join app.phrases k using (phrase)`,
    ),
  );
  await tx.query("update app.state set embedder = $1", [embedder.id]);
  return { embedded: missing.length, tokens };
}
