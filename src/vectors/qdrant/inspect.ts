import type { Db } from "../../db/db.js";
import type { Qdrant } from "./client.js";
import { type Limits, stampOf } from "./collection.js";
import { customerKeys } from "./index-state.js";
import { usableIndex } from "./usable-index.js";

/** How the index stands to the data. */
export interface IndexInspection {
  /** The collection under the alias; undefined where there is none. */
  collection: string | undefined;
  points: number;
  customers: number;
  /** Customers whose points are to be written anew. */
  changed: number;
  /** Why questions do not use it; undefined where they do. */
  reason: string | undefined;
  limits: Limits | undefined;
}

/** Looks at the index and changes nothing. Throws QdrantFault. */
export async function inspectIndex(
  qdrant: Qdrant,
  alias: string,
  embedder: { id: string; dimensions: number },
  db: Db,
  signal?: AbortSignal,
): Promise<IndexInspection> {
  const usable = await usableIndex(qdrant, alias, embedder, db, signal);
  const info = await qdrant.collection(alias);
  const changed = await db.query("select count(distinct customer_key) from app.vector_changes", [], { signal });
  return {
    collection: info && ((await qdrant.aliasTarget(alias)) ?? stampOf(info).collection ?? alias),
    points: info ? await qdrant.count(alias) : 0,
    customers: (await customerKeys(db, signal)).length,
    changed: changed.rows[0]?.[0] as number,
    reason: "reason" in usable ? usable.reason : undefined,
    limits: "reason" in usable ? undefined : usable.limits,
  };
}
