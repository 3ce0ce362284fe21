import type { Queryable } from "../db/db.js";
import { countScored, createInSqlRefiner } from "./in-sql.js";
import { compare, inOrder } from "./profile-look-alikes.js";
import { readProfiles, resemblance, targetOf, vectorsById } from "./profiles.js";
import type { PointQuery, Qdrant } from "./qdrant/client.js";
import { QdrantFault } from "./qdrant/fault.js";
import { isUnchanged, type UsableIndex, usableIndex } from "./qdrant/usable-index.js";
import type { LookAlikeRequest, LookAlikes, Refined, RefineRequest, Refiner } from "./refiner.js";
import { unseenBound } from "./unseen-bound.js";

/** Larger gates are cheaper in SQL: a list of so many ids is 1 MB to send and seconds to search. */
const LARGEST_GATE = 150_000;
/** A list that is not settled by so many candidates is made in SQL. */
const MOST_CANDIDATES = 5_000;
/** What Qdrant's float32 scores may differ from ours, with room to spare. */
const ROUNDING = 1e-4;

export interface QdrantRefinerOptions {
  /** A client for one request; it is cancelled by the signal. */
  connect(signal: AbortSignal | undefined): Qdrant;
  alias: string;
  embedder: { id: string; dimensions: number };
  /** Seconds after which the server itself gives up a search. */
  timeoutSeconds: number;
  /** For so long Qdrant is not asked again after it gave no answer. */
  pauseMs: number;
  clock?: () => number;
  largestGate?: number;
}

/**
 * Candidates from Qdrant's exact search, scores and order from the statement of the SQL refiner: the same list, ties
 * included. Where Qdrant cannot give it (down, behind, limited, gate too large, list not settled), SQL does; a warning
 * says so where somebody should mend something.
 */
export function createQdrantRefiner(options: QdrantRefinerOptions): Refiner {
  const { connect, alias, embedder, timeoutSeconds, pauseMs, largestGate = LARGEST_GATE } = options;
  const clock = options.clock ?? (() => performance.now());
  const sql = createInSqlRefiner();
  let silent: { until: number; reason: string } | undefined;

  async function search<T extends Refined>(
    find: (qdrant: Qdrant, index: UsableIndex) => Promise<T | undefined>,
    inSql: () => Promise<T>,
    db: Queryable,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const fallBack = async (reason?: string): Promise<T> => ({
      ...(await inSql()),
      engine: sql.engine,
      ...(reason !== undefined && {
        warnings: [`Qdrant was not used: ${reason}. The same list was made in SQL.`],
      }),
    });
    if (silent && clock() < silent.until) return fallBack(silent.reason);
    const qdrant = connect(signal);
    let found: T | undefined;
    try {
      const index = await usableIndex(qdrant, alias, embedder, db, signal);
      if ("reason" in index) return await fallBack(index.reason);
      found = await find(qdrant, index);
      if (found && !(await isUnchanged(qdrant, alias, index))) {
        return await fallBack("its index was written to during the search");
      }
    } catch (error) {
      if (!(error instanceof QdrantFault)) throw error;
      if (error.passing) silent = { until: clock() + pauseMs, reason: error.message };
      return await fallBack(error.message);
    }
    return found ?? fallBack();
  }

  return {
    engine: "qdrant",
    async refine(request: RefineRequest, db: Queryable): Promise<Refined> {
      const { gate, limit, signal } = request;
      const inSql = () => sql.refine(request, db);
      const matches = request.intents.some((phrases) => phrases.length > 0);
      if (gate.length === 0 || gate.length > largestGate || !matches || limit === null || limit > MOST_CANDIDATES) {
        return { ...(await inSql()), engine: sql.engine };
      }
      const refineBy = (qdrant: Qdrant, index: UsableIndex) => refineByCandidates(qdrant, index, request, limit, db);
      return search(refineBy, inSql, db, signal);
    },
    async lookAlikes(request: LookAlikeRequest, db: Queryable): Promise<LookAlikes> {
      const { limit, signal } = request;
      const inSql = () => sql.lookAlikes(request, db);
      if (limit === null || limit > MOST_CANDIDATES) return { ...(await inSql()), engine: sql.engine };
      const resemble = (qdrant: Qdrant, index: UsableIndex) => lookAlikesOf(qdrant, index, request, limit, db);
      return search(resemble, inSql, db, signal);
    },
  };

  /** Undefined where limits forbid the search, or the candidates do not settle the list. */
  async function refineByCandidates(
    qdrant: Qdrant,
    index: UsableIndex,
    request: RefineRequest,
    limit: number,
    db: Queryable,
  ): Promise<Refined | undefined> {
    const { gate, vectors } = request;
    const everyone = gate.length === index.points;
    if (!everyone && gate.length > (index.limits.conditionSize ?? Number.POSITIVE_INFINITY)) return undefined;
    const query: PointQuery = {
      query: vectors.map((vector) => Array.from(vector)),
      using: "interests",
      ...(!everyone && { filter: { must: [{ has_id: Array.from(gate) }] } }),
    };
    const counting = countScored(request, db);
    counting.catch(() => undefined); // awaited below, unless Qdrant fails first
    const inside = new Set(gate);
    const found = await candidates(qdrant, index, query, limit, async (page, complete) => {
      const keys = Int32Array.from(page.map(({ id }) => id).filter((id) => inside.has(id)));
      const refined = await sql.refine({ ...request, gate: keys }, db);
      const total = await counting;
      const worst = refined.hits.length === limit ? (refined.hits.at(-1)?.score ?? 0) : 0;
      const last = page.at(-1)?.score ?? 0;
      const settled = complete || refined.hits.length === total || worst > unseenBound(last, request) + ROUNDING;
      return settled ? { ...refined, total } : undefined;
    });
    await counting; // nothing of ours may run on in the transaction when it ends
    return found && { ...found.result, search: found.search };
  }

  async function lookAlikesOf(
    qdrant: Qdrant,
    index: UsableIndex,
    request: LookAlikeRequest,
    limit: number,
    db: Queryable,
  ): Promise<LookAlikes | undefined> {
    const { keys, signal } = request;
    const vectorOf = vectorsById(request.index);
    const target = await targetOf(keys, vectorOf, db, signal);
    if (keys.length > (index.limits.conditionSize ?? Number.POSITIVE_INFINITY)) return undefined;
    const query: PointQuery = {
      query: Array.from(target),
      using: "profile",
      filter: { must_not: [{ has_id: [...keys] }] },
    };
    const { rows } = await db.query(
      `select count(*) from app.customers c where c.in_crm and c.customer_key <> all($1::integer[]) and exists (
         select 1 from app.customer_phrases p where p.customer_key = c.customer_key and p.weight > 0)`,
      [keys],
      { signal },
    );
    const total = rows[0]?.[0] as number;
    const given = new Set(keys);
    const found = await candidates(qdrant, index, query, limit, async (page, complete) => {
      const ids = page.map(({ id }) => id);
      const profiles = await readProfiles(db, "p.customer_key = any($1::integer[])", [ids], signal);
      const compared = compare(profiles, given, (profile) => resemblance(profile, target, vectorOf));
      const ordered = await inOrder(compared, request, db);
      const worst = ordered.hits.length === limit ? (ordered.hits.at(-1)?.score ?? -1) : -1;
      return complete || worst > (page.at(-1)?.score ?? 1) + ROUNDING ? { ...ordered, total, target } : undefined;
    });
    return found && { ...found.result, search: found.search };
  }

  /** Asks for more and more of the best until `settle` has a result; `complete`: there are no others. */
  async function candidates<T>(
    qdrant: Qdrant,
    { limits, collection }: UsableIndex,
    query: PointQuery,
    limit: number,
    settle: (page: { id: number; score: number }[], complete: boolean) => Promise<T | undefined>,
  ): Promise<{ result: T; search: Record<string, unknown> } | undefined> {
    if (!limits.exactSearch) return undefined;
    const most = Math.min(MOST_CANDIDATES, limits.queryLimit ?? MOST_CANDIDATES);
    const timeout = Math.max(1, Math.ceil(Math.min(timeoutSeconds, limits.timeoutSeconds ?? timeoutSeconds)));
    for (let asked = Math.min(most, 2 * limit + 50); ; asked = Math.min(most, 4 * asked)) {
      const page = await qdrant.query(alias, { ...query, params: { exact: true }, limit: asked }, timeout);
      const result = await settle(page, page.length < asked);
      if (result) return { result, search: { collection, using: query.using, exact: true, candidates: page.length } };
      if (asked >= most) return undefined;
    }
  }
}
