import type { Queryable } from "../db/db.js";
import type { PhraseMatch } from "./phrase-index.js";
import { profileLookAlikes } from "./profile-look-alikes.js";
import type { Hit, Refined, RefineRequest, Refiner } from "./refiner.js";
import { floorMillionths, fromMillionths, meanMillionths, millionths, orderById } from "./similarity.js";

/** From this many customers on the gate travels as a bitmap instead of a list of keys (hybrid-search.md). */
const BITMAP_FROM = 100_000;
/**
 * So does a gate of this part of all customers: to look at all who have a matching phrase then takes less time than to look
 * up those inside, and the planner, which cannot see how many they are, would sort everyone into a table of its own.
 */
const BITMAP_SHARE = 0.04;
/**
 * Fewer than this are a list in any case: how many customers there are is told by the highest key of the gate, and the
 * first twenty customers are no tenth of all.
 */
const LIST_BELOW = 1_000;

/**
 * Scores in one statement: only the phrases at or above the floor are looked up, so that a query touches hundreds of
 * phrases, not every customer's vectors. Similarity of a customer to an intent = best of cosine × (0.95 + 0.05 × share)
 * over its phrases, 0 below the floor; score = mean over the intents.
 */
export function createInSqlRefiner({ bitmapFrom }: { bitmapFrom?: number } = {}): Refiner {
  return {
    engine: "sql",
    async refine(request: RefineRequest, db: Queryable): Promise<Refined> {
      const { sql, params } = statementOf(request, bitmapFrom);
      const { rows } = await db.query(sql, params, { signal: request.signal });
      const hits = rows.map(
        (row): Hit => ({
          customerKey: row[0] as number,
          customerId: row[1] as string,
          score: fromMillionths(row[2] as number),
        }),
      );
      return { hits, total: (rows[0]?.[3] as number | undefined) ?? 0, sql, params };
    },
    lookAlikes: profileLookAlikes,
  };
}

/** How many customers of the gate have a score. */
export async function countScored(request: RefineRequest, db: Queryable): Promise<number> {
  const { scored, params } = scoredOf(request, undefined);
  const sql = `${scored} select count(*) from scored where score > 0`;
  return (await db.query(sql, params, { signal: request.signal })).rows[0]?.[0] as number;
}

function statementOf(request: RefineRequest, bitmapFrom: number | undefined): { sql: string; params: unknown[] } {
  const { scored, params } = scoredOf(request, bitmapFrom);
  const sql = `${scored}
select s.customer_key, c.customer_id, s.score, count(*) over () as total
from scored s join app.customers c using (customer_key)
where s.score > 0
order by s.score desc, s.weight desc, ${orderById("c.customer_id", request.numericIds)}
limit $${params.push(request.limit)}::bigint`;
  return { sql, params };
}

/** The part of a statement that gives every customer of the gate with a matching phrase: key, score, weight. */
function scoredOf(request: RefineRequest, bitmapFrom: number | undefined): { scored: string; params: unknown[] } {
  const { gate, intents, minScore } = request;
  const params: unknown[] = [];
  const bind = (value: unknown, type: string) => `$${params.push(value)}::${type}`;
  const size = gate.reduce((most, key) => Math.max(most, key), 0) + 1;
  const inGate =
    gate.length < (bitmapFrom ?? Math.max(LIST_BELOW, Math.min(BITMAP_FROM, BITMAP_SHARE * size)))
      ? { join: `join unnest(${bind(gate, "integer[]")}) gate (customer_key) using (customer_key) `, test: "" }
      : { join: "", test: ` and ${bitmapTest(gate, size, bind)}` };
  const ids = [...new Set(intents.flatMap((matches) => matches.map((match) => match.phraseId)))];
  const last = Math.max(0, ...ids);
  const floor = bind(floorMillionths(minScore), "float8");
  // The best phrase of a customer for each intent, and its weight: arrays compare element by element.
  const best = intents.map((matches, i) => {
    const cosine = `(${bind(cosines(matches, last), "float8[]")})[p.phrase_id]`;
    return `max(array[${millionths(cosine, "p.share")}, p.weight]) as best_${i}`;
  });
  const sum = (place: 1 | 2) =>
    intents.map((_, i) => `case when best_${i}[1] >= ${floor} then best_${i}[${place}] else 0 end`).join(" + ");
  const scored = `with best as (
  select p.customer_key, ${best.join(",\n    ")}
  from app.customer_phrases p ${inGate.join}
  where p.phrase_id = any(${bind(ids, "integer[]")})${inGate.test}
  group by p.customer_key
), scored as (
  select customer_key, ${meanMillionths(`(${sum(1)})`, intents.length)} as score,
    ${sum(2)} as weight
  from best
)`;
  return { scored, params };
}

/** The cosine of each phrase by its id, from 1; 0 for those below the floor. */
function cosines(matches: readonly PhraseMatch[], last: number): number[] {
  const byId = new Array<number>(last).fill(0);
  for (const { phraseId, similarity } of matches) byId[phraseId - 1] = similarity;
  return byId;
}

/** Bit n of the bitmap is the customer of key n; keys beyond its end are outside the gate. */
function bitmapTest(gate: Int32Array, size: number, bind: (value: unknown, type: string) => string): string {
  const bits = new Uint8Array(Math.ceil(size / 8));
  for (const key of gate) bits[key >> 3] = (bits[key >> 3] as number) | (1 << (key & 7));
  return `case when p.customer_key < ${size} then get_bit(${bind(bits, "bytea")}, p.customer_key) = 1 else false end`;
}
