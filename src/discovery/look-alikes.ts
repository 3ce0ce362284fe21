import type { Queryable } from "../db/db.js";
import { AppError } from "../lib/errors.js";
import type { Reason, Stage } from "../render/answer.js";
import type { PhraseIndex } from "../vectors/phrase-index.js";
import type { Hit } from "../vectors/refiner.js";
import { round } from "../vectors/similarity.js";
import type { Discovered } from "./discover.js";
import type { DiscoveryContext } from "./discovery.js";
import { enrich } from "./enrich.js";
import { inSnapshot } from "./snapshot.js";
import { shortened } from "./stage-params.js";

export interface LookAlikeQuestion {
  /** The customers to resemble; they are not in the list. */
  customerIds: readonly string[];
  /** Most customers to give; null for all. */
  limit: number | null;
  columns?: readonly string[] | undefined;
  asOf: string;
  asOfGiven: boolean;
  signal?: AbortSignal | undefined;
}

/** Interests named as the reason. */
const SHOWN = 3;
/** Customers a statement. */
const BATCH = 5_000;

/**
 * The customers whose interests, by weight, are most like those of the given ones, best first, with the interests that
 * they share (or, where they share none, those that come closest). `total`: customers with interests, without the given.
 * Throws AppError "usage" for an unknown id and for a customer without interests.
 */
export async function findLookAlikes(question: LookAlikeQuestion, context: DiscoveryContext): Promise<Discovered> {
  const { limit, signal } = question;
  const customerIds = [...new Set(question.customerIds)];
  const index = await context.phrases();
  return inSnapshot(signal, context, async (discovery) => {
    const { tx, catalogue, refiner, clock } = discovery;
    const start = clock();
    const keys = await keysOf(customerIds, tx, signal);
    const { numericIds } = catalogue;
    const found = await refiner.lookAlikes({ keys, index, limit, numericIds, signal }, tx);
    const stage: Stage = {
      stage: "refine",
      engine: found.engine ?? refiner.engine,
      sql: found.sql,
      params: found.params.map(shortened),
      filter: { like: customerIds, ...(found.search && { search: found.search }) },
      rows: found.total,
      ms: clock() - start,
    };
    const unscored = found.hits.map(({ customerId }) => ({ customerId, score: null }));
    const enriched = await enrich(
      { ...question, criteria: {}, intents: [], minScore: 0, hits: unscored, matches: [] },
      discovery,
    );
    const about = `like ${customerIds.join(", ")}`;
    const reasons = await sharedInterests(found.hits, keys, { target: found.target, index, about }, tx, signal);
    const rows = enriched.rows.map((row, i) => {
      const hit = found.hits[i] as Hit;
      return [...row, hit.score, reasons.get(hit.customerKey) ?? { interests: [], evidence: [] }];
    });
    return {
      columns: [...enriched.columns, "score", "why"],
      rows,
      total: found.total,
      stages: [stage, enriched.stage],
      warnings: found.warnings ?? [],
      embeddingTokens: 0,
    };
  });
}

async function keysOf(ids: readonly string[], tx: Queryable, signal: AbortSignal | undefined): Promise<number[]> {
  const { rows } = await tx.query(
    "select customer_id, customer_key from app.customers where in_crm and customer_id = any($1::text[])",
    [ids],
    { signal },
  );
  const keys = new Map(rows.map((row) => [row[0] as string, row[1] as number]));
  const unknown = ids.filter((id) => !keys.has(id));
  if (unknown.length === 0) return ids.map((id) => keys.get(id) as number);
  throw new AppError("usage", `No customer has the id ${unknown.join(" or ")}.`, {
    hint: 'Ids are written as in the CRM; `audience sql "SELECT customer_id FROM customers"` lists them.',
  });
}

/** What each hit has in common with the given customers: the shared phrases that make them most alike. */
async function sharedInterests(
  hits: readonly Hit[],
  given: readonly number[],
  { target, index, about }: { target: Float64Array; index: PhraseIndex; about: string },
  tx: Queryable,
  signal: AbortSignal | undefined,
): Promise<Map<number, Reason>> {
  const cosines = new Map(index.ids.map((id, row) => [id, cosine(index, row, target)]));
  const phrases = new Map(index.ids.map((id, row) => [id, index.phrases[row] as string]));
  const reasons = new Map<number, Reason>();
  for (let at = 0; at < hits.length; at += BATCH) {
    const keys = hits.slice(at, at + BATCH).map((hit) => hit.customerKey);
    const { rows } = await tx.query(
      `select p.customer_key, p.phrase_id, p.weight, exists (
         select 1 from app.customer_phrases g where g.customer_key = any($2::integer[]) and g.phrase_id = p.phrase_id)
       from app.customer_phrases p where p.customer_key = any($1::integer[]) and p.weight > 0
       order by p.customer_key, p.phrase_id`,
      [keys, given],
      { signal },
    );
    const own = new Map<number, { interest: string; similarity: number; weight: number; shared: boolean }[]>();
    for (const [key, phrase, weight, shared] of rows as [number, number, number, boolean][]) {
      const list = own.get(key) ?? [];
      own.set(key, list);
      list.push({ interest: phrases.get(phrase) ?? "", similarity: cosines.get(phrase) ?? 0, weight, shared });
    }
    for (const [key, list] of own) {
      const shared = list.filter((interest) => interest.shared);
      const interests = (shared.length > 0 ? shared : list)
        .sort((a, b) => b.weight * b.similarity - a.weight * a.similarity || (a.interest < b.interest ? -1 : 1))
        .slice(0, SHOWN)
        .map(({ interest, similarity, weight }) => ({ intent: about, interest, similarity, weight }));
      reasons.set(key, { interests, evidence: [] });
    }
  }
  return reasons;
}

function cosine({ vectors }: PhraseIndex, row: number, target: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < target.length; k++) sum += (vectors[row * target.length + k] as number) * (target[k] as number);
  return round(sum);
}
