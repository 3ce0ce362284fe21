import type { Queryable } from "../db/db.js";
import type { Hit, Refined, RefineRequest, Refiner } from "./refiner.js";

/**
 * Scores in one statement: only the phrases at or above the floor are sent, so that a query touches hundreds of
 * phrases, not every customer's vectors. similarity of a customer to an intent = best of cosine × (0.95 + 0.05 × share)
 * over its phrases, 0 below the floor; score = mean over the intents.
 */
export function createInSqlRefiner(db: Queryable): Refiner {
  return {
    engine: "sql",
    async refine(request: RefineRequest): Promise<Refined> {
      const { gate, intents, minScore, limit, numericIds, signal } = request;
      const params: unknown[] = [...gate.params];
      const bind = (value: unknown, type: string) => `$${params.push(value)}::${type}`;
      const pairs = intents.flatMap((matches, intent) => matches.map((match) => ({ ...match, intent })));
      const sql = `with gate as materialized (
  select k.customer_key, k.customer_id from app.customers k where k.customer_id in (${gate.sql})
), matches as (
  select * from unnest(${bind(
    pairs.map((p) => p.phraseId),
    "integer[]",
  )}, ${bind(
    pairs.map((p) => p.intent),
    "integer[]",
  )}, ${bind(
    pairs.map((p) => round(p.similarity)),
    "float8[]",
  )}) m (phrase_id, intent, similarity)
), best as (
  -- The best phrase of a customer for an intent, and its weight: arrays compare element by element.
  select p.customer_key, m.intent, max(array[m.similarity * (0.95 + 0.05 * p.share), p.weight]) as best
  from app.customer_phrases p join matches m using (phrase_id)
  where p.customer_key in (select customer_key from gate)
  group by p.customer_key, m.intent
), scored as (
  select customer_key, round((sum(best[1]) / ${bind(intents.length, "integer")})::numeric, 6) as score,
         sum(best[2]) as weight
  from best where best[1] >= ${bind(minScore, "float8")} group by customer_key
)
select g.customer_key, g.customer_id, s.score, count(*) over () as total, (select count(*) from gate) as gate_rows
from scored s join gate g using (customer_key)
order by s.score desc, s.weight desc, ${orderById("g.customer_id", numericIds)}
limit ${bind(limit, "bigint")}`;
      const { rows } = await db.query(sql, params, { signal });
      const first = rows[0];
      let gateRows = first?.[4] as number | undefined;
      if (gateRows === undefined) {
        const counted = await db.query(`select count(*) from (${gate.sql}) g`, gate.params, { signal });
        gateRows = counted.rows[0]?.[0] as number;
      }
      return {
        hits: rows.map(
          (row): Hit => ({
            customerKey: row[0] as number,
            customerId: row[1] as string,
            score: row[2] as number,
          }),
        ),
        gateRows,
        total: (first?.[3] as number | undefined) ?? 0,
        sql,
        params,
      };
    },
  };
}

/** Six decimals: the figure that is shown is the figure that ranks. */
export function round(similarity: number): number {
  return Math.round(similarity * 1e6) / 1e6;
}

/** Ids by number when all are numbers, else byte by byte: the same in every database. */
export function orderById(column: string, numericIds: boolean): string {
  return numericIds ? `${column}::bigint` : `${column} collate "C"`;
}
