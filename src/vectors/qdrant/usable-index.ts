import type { Queryable } from "../../db/db.js";
import type { Qdrant } from "./client.js";
import { dimensionsOf, type Limits, limitsOf, stampOf } from "./collection.js";
import { readDataState } from "./index-state.js";

/** An index that holds exactly the data that a reader sees. */
export interface UsableIndex {
  collection: string;
  version: number;
  points: number;
  limits: Limits;
}

const CATCH_UP = "the next `audience ingest` or `audience ingest --reindex` brings it up to date";

/**
 * The index under the alias, or why it cannot be used by a reader in the transaction `db`: both the database and the
 * index itself have to say that it holds this version. Throws QdrantFault.
 */
export async function usableIndex(
  qdrant: Qdrant,
  alias: string,
  embedder: { id: string; dimensions: number },
  db: Queryable,
  signal?: AbortSignal,
): Promise<UsableIndex | { reason: string }> {
  const { version, index } = await readDataState(db, signal);
  if (!index) return { reason: "it holds no index of this data yet; `audience ingest --reindex` builds it" };
  if (index.version !== version) return { reason: `its index is behind the data; ${CATCH_UP}` };
  const info = await qdrant.collection(alias);
  if (!info) return { reason: `there is no collection ${alias}; ${CATCH_UP}` };
  const stamp = stampOf(info);
  if (stamp.collection !== index.collection) {
    return { reason: `its collection ${alias} is not the one that was built of this data; ${CATCH_UP}` };
  }
  const dimensions = dimensionsOf(info);
  if (stamp.embedder !== embedder.id || index.embedder !== embedder.id || dimensions !== embedder.dimensions) {
    return {
      reason:
        `its index was made by ${stamp.embedder ?? "an unknown embedder"} (${dimensions ?? "other"} dimensions), this is ` +
        `${embedder.id} (${embedder.dimensions}); \`audience ingest --reindex\` builds it anew`,
    };
  }
  if (stamp.version !== version) return { reason: `its index is being written or was left half-written; ${CATCH_UP}` };
  if (info.status === "red") return { reason: `its collection ${alias} has failed (status red)` };
  const points = await qdrant.count(alias);
  if (points !== index.points) {
    return { reason: `it holds ${points} of ${index.points} customers; ${CATCH_UP}` };
  }
  return { collection: index.collection, version, points, limits: limitsOf(info) };
}

/** Whether the index is still what it was: that no point was written between then and now. Throws QdrantFault. */
export async function isUnchanged(
  qdrant: Qdrant,
  alias: string,
  { collection, version }: UsableIndex,
): Promise<boolean> {
  const info = await qdrant.collection(alias);
  const stamp = info && stampOf(info);
  return stamp?.collection === collection && stamp.version === version;
}
