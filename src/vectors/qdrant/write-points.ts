import type { Queryable } from "../../db/db.js";
import { throwIfAborted } from "../../lib/abort.js";
import type { VectorOf } from "../profiles.js";
import type { Qdrant } from "./client.js";
import { type Point, requestBytes, toPoint } from "./points.js";
import { readCustomers } from "./read-customers.js";

/** Customers read at a time. */
const READ = 500;
/** A quarter of what Qdrant takes in one request: what stands between may take less. */
const MOST_BYTES = 8 * 1024 * 1024;

interface WriteOptions {
  db: Queryable;
  qdrant: Qdrant;
  collection: string;
  /** Customers whose points are written, or removed where the CRM has no such customer. */
  keys: readonly number[];
  vectorOf: VectorOf;
  /** Most points of a request that the server takes; undefined for as many as fit. */
  mostAtOnce: number | undefined;
  signal?: AbortSignal | undefined;
  progress?: ((done: number, total: number) => void) | undefined;
}

/** Makes the points of these customers what the data say. */
export async function writePoints(options: WriteOptions): Promise<void> {
  const { db, qdrant, collection, keys, vectorOf, signal, progress } = options;
  for (let at = 0; at < keys.length; at += READ) {
    throwIfAborted(signal);
    const wanted = keys.slice(at, at + READ);
    const customers = await readCustomers(db, wanted, signal);
    const found = new Set(customers.map((customer) => customer.customerKey));
    const points = customers.map((customer) => toPoint(customer, vectorOf));
    for (const batch of batches(points, options.mostAtOnce ?? READ)) await qdrant.upsert(collection, batch);
    const gone = wanted.filter((key) => !found.has(key));
    if (gone.length > 0) await qdrant.remove(collection, gone);
    progress?.(Math.min(at + READ, keys.length), keys.length);
  }
}

/** The points in groups that fit into a request. */
export function* batches(points: readonly Point[], most: number, mostBytes = MOST_BYTES): Generator<Point[]> {
  let batch: Point[] = [];
  let bytes = 0;
  for (const point of points) {
    const size = requestBytes(point);
    if (batch.length > 0 && (batch.length >= most || bytes + size > mostBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(point);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
