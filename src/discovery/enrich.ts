import type { Catalogue } from "../criteria/catalogue.js";
import { compileEvidence, eventConditions } from "../criteria/compile.js";
import { sayEventCondition } from "../criteria/say.js";
import type { Criteria } from "../criteria/schema.js";
import type { Value } from "../db/db.js";
import type { Cell, Reason, Stage } from "../render/answer.js";
import type { PhraseMatch } from "../vectors/phrase-index.js";
import { floorMillionths, millionths } from "../vectors/similarity.js";
import { customerColumn } from "./customer-column.js";
import type { Discovery } from "./discovery.js";

export interface EnrichRequest {
  criteria: Criteria;
  intents: readonly string[];
  minScore: number;
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
/** Customers a statement: an export of everyone does not ask for a hundred thousand reasons at once. */
const BATCH = 5_000;

/** The records of the found customers, and why each is there. */
export async function enrich(
  request: EnrichRequest,
  discovery: Discovery,
): Promise<{ columns: string[]; rows: Cell[][]; stage: Stage }> {
  const { tx, catalogue, clock } = discovery;
  const { signal, hits } = request;
  const start = clock();
  const columns = [...new Set(["customer_id", ...(request.columns ?? usualColumns(catalogue))])];
  const scored = request.matches.length > 0;
  const reasoned = scored || eventConditions(request.criteria).length > 0;
  const list = columns.map((name) => customerColumn(name, catalogue).quoted).join(", ");
  const sql = `select ${list} from audience.customers where customer_id = any($1::text[])`;
  const rows: Cell[][] = [];
  for (let at = 0; at < hits.length; at += BATCH) {
    const batch = hits.slice(at, at + BATCH);
    const ids = batch.map((hit) => hit.customerId);
    const found = await tx.query(sql, [ids], { signal });
    const records = new Map(found.rows.map((row) => [row[0] as string, row.map(cell)]));
    const reasons = reasoned ? await reasonsOf(ids, request, discovery) : undefined;
    for (const { customerId, score } of batch) {
      const row = records.get(customerId) as Cell[];
      if (scored) row.push(score);
      if (reasons) row.push(reasons.get(customerId) as Reason);
      rows.push(row);
    }
  }
  return {
    columns: [...columns, ...(scored ? ["score"] : []), ...(reasoned ? ["why"] : [])],
    rows,
    stage: {
      stage: "enrich",
      engine: "postgres",
      sql,
      params: [hits.length > 5 ? `(${hits.length} ids)` : hits.map((hit) => hit.customerId)],
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
  discovery: Discovery,
): Promise<Map<string, Reason>> {
  const reasons = new Map<string, Reason>(ids.map((id) => [id, { interests: [], evidence: [] }]));
  await addInterests(ids, request, discovery, reasons);
  await addEvidence(ids, request, discovery, reasons);
  return reasons;
}

/** The best phrase of each customer for each intent, where it counts: by the rule of the refine stage. */
async function addInterests(
  ids: readonly string[],
  request: EnrichRequest,
  { tx }: Discovery,
  reasons: Map<string, Reason>,
): Promise<void> {
  const pairs = request.matches.flatMap((matches, intent) => matches.map((match) => ({ ...match, intent })));
  if (pairs.length === 0) return;
  const similarity = millionths("m.similarity", "p.share");
  const { rows } = await tx.query(
    `select distinct on (c.customer_id, m.intent) c.customer_id, m.intent, h.phrase, m.similarity, p.weight
     from app.customers c
     join app.customer_phrases p using (customer_key)
     join unnest($2::integer[], $3::integer[], $4::float8[]) m (phrase_id, intent, similarity) using (phrase_id)
     join app.phrases h using (phrase_id)
     where c.customer_id = any($1::text[]) and ${similarity} >= $5::float8
     order by c.customer_id, m.intent, ${similarity} desc, p.weight desc, h.phrase collate "C"`,
    [
      ids,
      pairs.map((p) => p.phraseId),
      pairs.map((p) => p.intent),
      pairs.map((p) => p.similarity),
      floorMillionths(request.minScore),
    ],
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

/** For each event condition of the gate that a customer meets: how many events met it, and when the last one was. */
async function addEvidence(
  ids: readonly string[],
  { criteria, asOf, asOfGiven, signal }: EnrichRequest,
  { tx, catalogue }: Discovery,
  reasons: Map<string, Reason>,
): Promise<void> {
  for (const condition of eventConditions(criteria)) {
    const params: unknown[] = [];
    const sql = compileEvidence(condition, ids, { catalogue, asOf, asOfGiven, params });
    const { rows } = await tx.query(sql, params, { signal });
    const said = sayEventCondition(condition);
    for (const [id, count, last] of rows) {
      reasons
        .get(id as string)
        ?.evidence.push({ condition: said, count: count as number, last: last as string | null });
    }
  }
}
