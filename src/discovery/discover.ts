import type { Catalogue } from "../criteria/catalogue.js";
import { compileCriteria } from "../criteria/compile.js";
import type { Criteria } from "../criteria/schema.js";
import type { Db } from "../db/db.js";
import type { Embedder } from "../embed/embedder.js";
import { AppError } from "../lib/errors.js";
import type { Cell, Stage } from "../render/answer.js";
import { orderById } from "../vectors/in-sql.js";
import { loadPhraseIndex, matchPhrases, type PhraseIndex, type PhraseMatch } from "../vectors/phrase-index.js";
import type { Refiner } from "../vectors/refiner.js";
import { enrich } from "./enrich.js";

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

export interface DiscoveryContext {
  db: Db;
  catalogue: Catalogue;
  refiner: Refiner;
  embedder: Embedder;
  /** The phrases of this version of the data. */
  phrases: () => Promise<PhraseIndex>;
  clock: () => number;
}

/** A loader of the phrase index that reads it once a version of the data. */
export function createPhraseCache(db: Db, embedder: Embedder): (version: number) => Promise<PhraseIndex> {
  let cached: { version: number; index: Promise<PhraseIndex> } | undefined;
  return (version) => {
    if (cached?.version !== version) cached = { version, index: loadPhraseIndex(db, embedder.id) };
    return cached.index;
  };
}

/**
 * Gate, refine, enrich: the customers who meet the criteria, ranked by the intents, with the reason for each. Every
 * customer is inside the gate and the first k are the true first k of the gate. Throws AppError "usage".
 */
export async function discover(request: DiscoveryRequest, context: DiscoveryContext): Promise<Discovered> {
  const intents = request.intents.map((intent) => intent.trim()).filter((intent) => intent !== "");
  return intents.length === 0 ? listGate(request, context) : refineGate({ ...request, intents }, context);
}

interface Gate {
  sql: string;
  params: unknown[];
}

function gateOf(request: DiscoveryRequest, catalogue: Catalogue): Gate {
  const params: unknown[] = [];
  const { asOf, asOfGiven } = request;
  const condition = compileCriteria(request.criteria, { catalogue, asOf, asOfGiven, params });
  return { sql: `select c.customer_id from audience.customers c where ${condition}`, params };
}

/** Without intents: everyone inside the gate, by id or by the column asked for (blanks last, ties by id). */
async function listGate(request: DiscoveryRequest, context: DiscoveryContext): Promise<Discovered> {
  const { db, catalogue, clock } = context;
  const { order, limit, signal } = request;
  const gate = gateOf(request, catalogue);
  const params = [...gate.params, limit];
  const by = order ? `c.${quoteColumn(order.column, catalogue)} ${order.descending ? "desc" : "asc"} nulls last, ` : "";
  const sql = `${gate.sql.replace("select c.customer_id", "select c.customer_id, count(*) over () as total")}
order by ${by}${orderById("c.customer_id", catalogue.numericIds)}
limit $${params.length}::bigint`;
  const start = clock();
  const { rows } = await db.query(sql, params, { signal });
  const total = (rows[0]?.[1] as number | undefined) ?? (await countGate(gate, context, signal));
  const stage: Stage = { stage: "gate", engine: "postgres", sql, params, rows: total, ms: clock() - start };
  const enriched = await enrich(
    { ...request, hits: rows.map((row) => ({ customerId: row[0] as string, score: null })), matches: [] },
    context,
  );
  return { ...enriched, total, stages: [stage, enriched.stage], warnings: [], embeddingTokens: 0 };
}

async function countGate(gate: Gate, { db }: DiscoveryContext, signal: AbortSignal | undefined): Promise<number> {
  const { rows } = await db.query(`select count(*) from (${gate.sql}) g`, gate.params, { signal });
  return rows[0]?.[0] as number;
}

async function refineGate(request: DiscoveryRequest, context: DiscoveryContext): Promise<Discovered> {
  const { db, catalogue, refiner, clock, embedder } = context;
  const { minScore, limit, signal } = request;
  const gate = gateOf(request, catalogue);
  const start = clock();
  const index = await context.phrases();
  const embedded = await embedder.embed(request.intents, signal);
  const matches: PhraseMatch[][] = embedded.vectors.map((vector) => matchPhrases(index, vector, minScore));
  const embedMs = clock() - start;

  const counting = clock();
  const gateRows = await countGate(gate, context, signal);
  const gateStage: Stage = {
    stage: "gate",
    engine: "postgres",
    sql: gate.sql,
    params: gate.params,
    rows: gateRows,
    ms: clock() - counting,
  };
  const refining = clock();
  const refined = await refiner.refine({
    gate,
    intents: matches,
    minScore,
    limit,
    numericIds: catalogue.numericIds,
    signal,
  });
  const refineStage: Stage = {
    stage: "refine",
    engine: refiner.engine,
    sql: refined.sql,
    params: refined.params,
    filter: { intents: request.intents, min_score: minScore },
    rows: refined.total,
    ms: embedMs + clock() - refining,
  };
  if (refined.gateRows !== gateRows) {
    throw new AppError("query", "The data changed while the question was answered.", { hint: "Ask again." });
  }
  const enriched = await enrich(
    { ...request, hits: refined.hits.map((hit) => ({ customerId: hit.customerId, score: hit.score })), matches },
    context,
  );
  const warnings = request.intents
    .filter((_, i) => matches[i]?.length === 0)
    .map((intent) => `Nothing in the data is close to "${intent}" (similarity ${minScore} or more).`);
  return {
    ...enriched,
    total: refined.total,
    stages: [gateStage, refineStage, enriched.stage],
    warnings,
    embeddingTokens: embedded.tokens,
  };
}

function quoteColumn(name: string, catalogue: Catalogue): string {
  if (!catalogue.views.customers.columns.some((column) => column.name === name)) {
    throw new AppError("usage", `The view customers has no column ${name}.`);
  }
  return `"${name.replaceAll('"', '""')}"`;
}
