import type { Catalogue } from "../criteria/catalogue.js";
import type { Criteria } from "../criteria/schema.js";
import type { Db } from "../db/db.js";
import type { Embedder } from "../embed/embedder.js";
import type { Cell, Stage } from "../render/answer.js";
import { loadPhraseIndex, matchPhrases, type PhraseIndex } from "../vectors/phrase-index.js";
import { orderById } from "../vectors/similarity.js";
import { customerColumn } from "./customer-column.js";
import type { Discovery, DiscoveryContext } from "./discovery.js";
import { enrich } from "./enrich.js";
import { findGate, gateCondition } from "./gate.js";
import { inSnapshot } from "./snapshot.js";
import { shortened } from "./stage-params.js";

export type { DiscoveryContext } from "./discovery.js";

export interface DiscoveryRequest {
  criteria: Criteria;
  /** Wishes in words; none: the gate alone, ordered by `order` or customer id. */
  intents: readonly string[];
  minScore: number;
  /** Most customers to give; null for all. */
  limit: number | null;
  /** Columns of customers to show; default: those that hold something. */
  columns?: readonly string[] | undefined;
  /** Order of a list without intents. */
  order?: { column: string; descending: boolean } | undefined;
  asOf: string;
  asOfGiven: boolean;
  signal?: AbortSignal | undefined;
  /** Told of each stage as it ends. */
  see?: ((stage: Stage) => void) | undefined;
}

export interface Discovered {
  columns: string[];
  rows: Cell[][];
  /** Customers found before the limit. */
  total: number;
  stages: Stage[];
  warnings: string[];
  embeddingTokens: number;
}

/** A loader of the phrase index that reads it once a version of the data. */
export function createPhraseCache(db: Db, embedder: Embedder): (version: number) => Promise<PhraseIndex> {
  let cached: { version: number; index: Promise<PhraseIndex> } | undefined;
  return (version) => {
    if (cached?.version === version) return cached.index;
    const entry = { version, index: loadPhraseIndex(db, embedder.id) };
    cached = entry;
    entry.index.catch(() => {
      if (cached === entry) cached = undefined; // a failure is not kept
    });
    return entry.index;
  };
}

/**
 * Gate, refine, enrich: the customers who meet the criteria, ranked by the intents, with the reason for each. Every
 * customer is inside the gate and the first k are the true first k of the gate. All stages see one state of the data.
 * Throws AppError "usage", and "query" when an ingest came between the catalogue and the answer.
 */
export async function discover(request: DiscoveryRequest, context: DiscoveryContext): Promise<Discovered> {
  const intents = request.intents.map((intent) => intent.trim()).filter((intent) => intent !== "");
  if (intents.length === 0) return inSnapshot(request.signal, context, (discovery) => listGate(request, discovery));
  // Loading the model takes longer than most gates: both go on at once.
  const embedding = context.embedder.embed(intents, request.signal);
  embedding.catch(() => undefined); // awaited below, unless the gate fails first
  const index = await context.phrases();
  return inSnapshot(request.signal, context, (discovery) =>
    refineGate({ ...request, intents }, { index, embedding }, discovery),
  );
}

/** Without intents: everyone inside the gate, by id or by the column asked for (blanks last, ties by id). */
async function listGate(request: DiscoveryRequest, discovery: Discovery): Promise<Discovered> {
  const { tx, catalogue, clock } = discovery;
  const { order, limit, signal } = request;
  const { condition, params } = gateCondition(request, catalogue);
  params.push(limit);
  const sql = `select c.customer_id, count(*) over () as total from audience.customers c where ${condition}
order by ${order ? `${orderByColumn(order, catalogue)}, ` : ""}${orderById("c.customer_id", catalogue.numericIds)}
limit $${params.length}::bigint`;
  const start = clock();
  const { rows } = await tx.query(sql, params, { signal });
  const total = (rows[0]?.[1] as number | undefined) ?? 0;
  const stage: Stage = { stage: "gate", engine: "postgres", sql, params, rows: total, ms: clock() - start };
  const hits = rows.map((row) => ({ customerId: row[0] as string, score: null }));
  const enriched = await enrich({ ...request, hits, matches: [] }, discovery);
  return { ...enriched, total, stages: [stage, enriched.stage], warnings: [], embeddingTokens: 0 };
}

/** Texts byte by byte: the same order in every database. */
function orderByColumn({ column: name, descending }: { column: string; descending: boolean }, catalogue: Catalogue) {
  const column = customerColumn(name, catalogue);
  return `c.${column.quoted}${column.type === "text" ? ' collate "C"' : ""}${descending ? " desc" : ""} nulls last`;
}

async function refineGate(
  request: DiscoveryRequest,
  { index, embedding }: { index: PhraseIndex; embedding: ReturnType<Embedder["embed"]> },
  discovery: Discovery,
): Promise<Discovered> {
  const { tx, catalogue, refiner, clock } = discovery;
  const { minScore, limit, signal, intents } = request;
  const { gate, stage: gateStage } = await findGate(request, discovery);
  request.see?.(gateStage);
  const refining = clock();
  const embedded = await embedding;
  const matches = embedded.vectors.map((vector) => matchPhrases(index, vector, minScore));
  const { numericIds, version } = catalogue;
  const { vectors } = embedded;
  const refined = await refiner.refine(
    { gate, version, intents: matches, vectors, index, minScore, limit, numericIds, signal },
    tx,
  );
  const refineStage: Stage = {
    stage: "refine",
    engine: refined.engine ?? refiner.engine,
    sql: refined.sql,
    params: refined.params.map(shortened),
    filter: {
      ...(refined.search && { search: refined.search }),
      intents: intents.map((intent, i) => ({
        intent,
        phrases: Object.fromEntries((matches[i] ?? []).map((match) => [match.phrase, match.similarity])),
      })),
      min_score: minScore,
    },
    rows: refined.total,
    ms: clock() - refining,
  };
  request.see?.(refineStage);
  const enriched = await enrich({ ...request, hits: refined.hits, matches }, discovery);
  const unmatched = intents
    .filter((_, i) => matches[i]?.length === 0)
    .map((intent) => `Nothing in the data is close to "${intent}" (similarity ${minScore} or more).`);
  const warnings = [...unmatched, ...(refined.warnings ?? [])];
  return {
    ...enriched,
    total: refined.total,
    stages: [gateStage, refineStage, enriched.stage],
    warnings,
    embeddingTokens: embedded.tokens,
  };
}
