import type { Catalogue } from "../criteria/catalogue.js";
import { eventConditions } from "../criteria/compile.js";
import { compileEventFilter } from "../criteria/compile-event.js";
import { sayEventCondition } from "../criteria/say-event.js";
import type { Criteria } from "../criteria/schema.js";
import type { Value } from "../db/db.js";
import type { Cell, Reason, Stage } from "../render/answer.js";
import { round } from "../vectors/in-sql.js";
import type { PhraseMatch } from "../vectors/phrase-index.js";
import type { DiscoveryContext } from "./discover.js";

export interface EnrichRequest {
  criteria: Criteria;
  intents: readonly string[];
  columns?: readonly string[] | undefined;
  asOf: string;
  asOfGiven: boolean;
  signal?: AbortSignal | undefined;
  /** In the order to be shown; score is null in a list without intents. */
  hits: readonly { customerId: string; score: number | null }[];
  /** For each intent, the phrases at or above the floor. */
  matches: readonly (readonly PhraseMatch[])[];
}

/** Shown of a customer unless other columns are asked for, where the data has them. */
const USUAL = ["first_name", "last_name", "country", "city", "age", "gender", "total_spent"];
/** Reasons are for people; an export of everyone does not carry a hundred thousand of them in one statement. */
const BATCH = 5_000;

/** The records of the found customers, and why each is there. */
export async function enrich(
  request: EnrichRequest,
  context: DiscoveryContext,
): Promise<{ columns: string[]; rows: Cell[][]; stage: Stage }> {
  const { db, catalogue, clock } = context;
  const { signal } = request;
  const start = clock();
  const shown = request.columns ?? usualColumns(catalogue);
  const scored = request.matches.length > 0;
  const conditions = eventConditions(request.criteria);
  const reasoned = scored || conditions.length > 0;
  const columns = ["customer_id", ...shown.filter((name) => name !== "customer_id")];
  const sql = `select ${columns.map((name) => `"${name}"`).join(", ")} from audience.customers where customer_id = any($1::text[])`;
  const rows: Cell[][] = [];
  for (let at = 0; at < request.hits.length; at += BATCH) {
    const batch = request.hits.slice(at, at + BATCH);
    const ids = batch.map((hit) => hit.customerId);
    const found = await db.query(sql, [ids], { signal });
    const records = new Map(found.rows.map((row) => [row[0] as string, row]));
    const reasons = reasoned ? await reasonsOf(ids, request, context) : new Map<string, Reason>();
    for (const { customerId, score } of batch) {
      const record = (records.get(customerId) ?? [customerId]).map(cell);
      rows.push([
        ...record,
        ...(scored ? [score] : []),
        ...(reasoned ? [reasons.get(customerId) ?? { interests: [], evidence: [] }] : []),
      ]);
    }
  }
  return {
    columns: [...columns, ...(scored ? ["score"] : []), ...(reasoned ? ["why"] : [])],
    rows,
    stage: {
      stage: "enrich",
      engine: "postgres",
      sql,
      params: [request.hits.length > 5 ? `(${request.hits.length} ids)` : request.hits.map((hit) => hit.customerId)],
      rows: rows.length,
      ms: clock() - start,
    },
  };
}

function usualColumns(catalogue: Catalogue): string[] {
  const filled = new Set(catalogue.views.customers.columns.filter((c) => c.filled > 0).map((c) => c.name));
  return USUAL.filter((name) => filled.has(name));
}

function cell(value: Value): Cell {
  return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
}

async function reasonsOf(
  ids: readonly string[],
  request: EnrichRequest,
  context: DiscoveryContext,
): Promise<Map<string, Reason>> {
  const reasons = new Map(ids.map((id) => [id, { interests: [], evidence: [] } as Reason]));
  await addInterests(ids, request, context, reasons);
  await addEvidence(ids, request, context, reasons);
  return reasons;
}

/** The best phrase of each customer for each intent. */
async function addInterests(
  ids: readonly string[],
  request: EnrichRequest,
  { db }: DiscoveryContext,
  reasons: Map<string, Reason>,
): Promise<void> {
  const pairs = request.matches.flatMap((matches, intent) => matches.map((match) => ({ ...match, intent })));
  if (pairs.length === 0) return;
  const { rows } = await db.query(
    `select distinct on (c.customer_id, m.intent) c.customer_id, m.intent, h.phrase, m.similarity, p.weight
     from app.customers c
     join app.customer_phrases p using (customer_key)
     join unnest($2::integer[], $3::integer[], $4::float8[]) m (phrase_id, intent, similarity) using (phrase_id)
     join app.phrases h using (phrase_id)
     where c.customer_id = any($1::text[])
     order by c.customer_id, m.intent, m.similarity * (0.95 + 0.05 * p.share) desc, p.weight desc, h.phrase`,
    [ids, pairs.map((p) => p.phraseId), pairs.map((p) => p.intent), pairs.map((p) => round(p.similarity))],
    { signal: request.signal },
  );
  for (const [id, intent, interest, similarity, weight] of rows) {
    reasons.get(id as string)?.interests.push({
      intent: request.intents[intent as number] ?? "",
      interest: interest as string,
      similarity: similarity as number,
      weight: weight as number,
    });
  }
}

/** For each event condition of the gate: how many events of the customer met it, and when the last one was. */
async function addEvidence(
  ids: readonly string[],
  request: EnrichRequest,
  { db, catalogue }: DiscoveryContext,
  reasons: Map<string, Reason>,
): Promise<void> {
  for (const condition of eventConditions(request.criteria)) {
    const params: unknown[] = [ids];
    const filter = compileEventFilter(condition, {
      catalogue,
      asOf: request.asOf,
      asOfGiven: request.asOfGiven,
      params,
    });
    const { rows } = await db.query(
      `select e.customer_id, count(*), max(e.event_time) from audience.events e
       where e.customer_id = any($1::text[]) and ${filter} group by e.customer_id`,
      params,
      { signal: request.signal },
    );
    const said = sayEventCondition(condition);
    for (const [id, count, last] of rows) {
      reasons
        .get(id as string)
        ?.evidence.push({ condition: said, count: count as number, last: last as string | null });
    }
  }
}
