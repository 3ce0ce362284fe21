import { setTimeout as sleep } from "node:timers/promises";
import type { Db, Transaction } from "../../db/db.js";
import { throwIfAborted } from "../../lib/abort.js";
import { loadPhraseIndex } from "../phrase-index.js";
import { vectorsById } from "../profiles.js";
import type { IndexReport } from "../vector-index.js";
import type { CollectionInfo, Qdrant } from "./client.js";
import {
  type CollectionSettings,
  dimensionsOf,
  isOfAlias,
  limitsOf,
  newCollection,
  newCollectionName,
  type Stamp,
  stampOf,
} from "./collection.js";
import { QdrantFault } from "./fault.js";
import { changedKeys, customerKeys, type DataState, readDataState, recordIndex } from "./index-state.js";
import { writePoints } from "./write-points.js";

/** Held by whoever writes the index; any other number that names this product would do. */
const LOCK = 727_274_002;

export interface SyncOptions {
  db: Db;
  qdrant: Qdrant;
  collection: CollectionSettings;
  embedder: { id: string; dimensions: number };
  /** Build a new collection, whatever the old one holds. */
  rebuild: boolean;
  /** How long another process that writes the index is waited for. */
  lockWaitMs: number;
  signal?: AbortSignal | undefined;
  progress?(done: number, total: number): void;
}

/**
 * Brings the index up to the data as they stand: the points of changed customers, or all of them in a new collection
 * where the old one cannot be trusted (none, another embedder, not the one that this database knows, points lost or
 * added). One process at a time; another waits. Throws QdrantFault, and leaves the index marked as behind.
 */
export async function syncIndex(options: SyncOptions): Promise<IndexReport> {
  const { db, qdrant, signal } = options;
  const deadline = Date.now() + options.lockWaitMs;
  for (;;) {
    throwIfAborted(signal);
    // A new transaction for each attempt: its view of the data begins with the lock, not with the wait.
    const report = await db.transaction(
      async (tx) => {
        await tx.execute("set transaction isolation level repeatable read");
        const { rows } = await tx.query("select pg_try_advisory_xact_lock($1)", [LOCK]);
        return rows[0]?.[0] === true ? bringUpToDate(tx, options) : undefined;
      },
      { signal },
    );
    if (report) {
      if (report.rebuilt) await dropOthers(qdrant, options.collection.alias, report.collection);
      return report;
    }
    if (Date.now() >= deadline) throw new QdrantFault("another process is still writing it", { passing: true });
    await sleep(200);
  }
}

async function bringUpToDate(tx: Transaction, options: SyncOptions): Promise<IndexReport> {
  const { qdrant, collection, embedder, signal } = options;
  const data = await readDataState(tx, signal);
  const all = await customerKeys(tx, signal);
  const info = await qdrant.collection(collection.alias);
  if (!options.rebuild && info && data.index && isTrusted(info, data, embedder)) {
    const report = await update(tx, data, info, all.length, options);
    if (report) return report;
  }
  return rebuild(tx, data, all, options);
}

/** Whether the collection is the one that this database wrote, and at the version that it knows, or on the way from it. */
function isTrusted(info: CollectionInfo, { index }: DataState, embedder: SyncOptions["embedder"]): boolean {
  const stamp = stampOf(info);
  return (
    index !== undefined &&
    stamp.collection === index.collection &&
    (stamp.version === index.version || ((stamp.version ?? null) === null && stamp.from === index.version)) &&
    stamp.embedder === embedder.id &&
    index.embedder === embedder.id &&
    dimensionsOf(info) === embedder.dimensions
  );
}

/** Writes what has changed; undefined where points are lost or added that this does not explain. */
async function update(
  tx: Transaction,
  data: DataState,
  info: CollectionInfo,
  customers: number,
  options: SyncOptions,
): Promise<IndexReport | undefined> {
  const { qdrant, embedder, signal } = options;
  const index = data.index as NonNullable<DataState["index"]>;
  const name = index.collection;
  const keys = await changedKeys(tx, signal);
  const current = stampOf(info).version === data.version && keys.length === 0;
  if (!current) {
    // Whoever searches meanwhile sees by this that the points are of no one version.
    await qdrant.stamp(name, { version: null, from: index.version });
    await write(tx, name, keys, limitsOf(info).upsertBatch, options);
  }
  if ((await qdrant.count(name)) !== customers) return undefined;
  if (!current) {
    await qdrant.stamp(name, { version: data.version, from: null });
    await recordIndex(tx, { collection: name, version: data.version, embedder: embedder.id, points: customers });
  }
  return { collection: name, points: customers, written: keys.length, rebuilt: false };
}

/** A whole new collection; readers go on with the old one until the alias is moved. */
async function rebuild(
  tx: Transaction,
  data: DataState,
  keys: readonly number[],
  options: SyncOptions,
): Promise<IndexReport> {
  const { qdrant, collection, embedder } = options;
  const name = newCollectionName(collection.alias, data.version);
  const stamp: Stamp = { collection: name, version: null, from: null, embedder: embedder.id };
  await qdrant.create(name, newCollection(collection, embedder.dimensions, stamp));
  const info = await qdrant.collection(name);
  await write(tx, name, keys, info && limitsOf(info).upsertBatch, options);
  const points = await qdrant.count(name);
  if (points !== keys.length) {
    throw new QdrantFault(`it holds ${points} of ${keys.length} customers after all were written`, { passing: true });
  }
  await qdrant.stamp(name, { version: data.version });
  await qdrant.pointAlias(collection.alias, name);
  await recordIndex(tx, { collection: name, version: data.version, embedder: embedder.id, points });
  return { collection: name, points, written: points, rebuilt: true };
}

async function write(
  tx: Transaction,
  collection: string,
  keys: readonly number[],
  mostAtOnce: number | undefined,
  { qdrant, embedder, signal, progress }: SyncOptions,
): Promise<void> {
  if (keys.length === 0) return;
  const vectorOf = vectorsById(await loadPhraseIndex(tx, embedder.id));
  await writePoints({ db: tx, qdrant, collection, keys, vectorOf, mostAtOnce, signal, progress });
}

/** What earlier builds left behind; what stays is removed after the next one. */
async function dropOthers(qdrant: Qdrant, alias: string, kept: string): Promise<void> {
  try {
    const names = (await qdrant.collections()).filter((name) => name !== kept && isOfAlias(name, alias));
    for (const name of names) await qdrant.drop(name);
  } catch (error) {
    if (!(error instanceof QdrantFault)) throw error;
  }
}
