/** A refusal of the stand-in, as the server would answer it. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface VectorParams {
  size: number;
  distance: "Dot" | "Cosine";
  multivector_config?: { comparator: string };
}

export interface StoredPoint {
  vectors: Map<string, Float32Array[]>;
  payload: Record<string, unknown>;
}

export interface StoredCollection {
  vectors: Record<string, VectorParams>;
  shards: number;
  replicas: number;
  metadata: Record<string, unknown>;
  points: Map<number, StoredPoint>;
}

export type StrictMode = Partial<{
  search_allow_exact: boolean;
  max_query_limit: number;
  condition_max_size: number;
  upsert_max_batchsize: number;
  max_timeout: number;
}>;

type Json = Record<string, unknown>;

export function createCollection(definition: Json): StoredCollection {
  return {
    vectors: definition["vectors"] as Record<string, VectorParams>,
    shards: (definition["shard_number"] as number | undefined) ?? 1,
    replicas: (definition["replication_factor"] as number | undefined) ?? 1,
    metadata: (definition["metadata"] as Json | undefined) ?? {},
    points: new Map(),
  };
}

export function describeCollection(collection: StoredCollection, strictMode: StrictMode): Json {
  return {
    status: "green",
    optimizer_status: "ok",
    points_count: collection.points.size,
    segments_count: 1,
    payload_schema: {},
    config: {
      params: {
        vectors: collection.vectors,
        shard_number: collection.shards,
        replication_factor: collection.replicas,
        write_consistency_factor: 1,
        on_disk_payload: true,
      },
      hnsw_config: { m: 16, ef_construct: 100, full_scan_threshold: 10_000 },
      optimizer_config: { default_segment_number: 0, flush_interval_sec: 5 },
      metadata: collection.metadata,
      ...(Object.keys(strictMode).length > 0 && { strict_mode_config: { enabled: true, ...strictMode } }),
    },
  };
}

export function upsert(collection: StoredCollection, points: readonly Json[]): void {
  // All or nothing: what is wrong with one point refuses the request.
  const read = points.map((point): [number, StoredPoint] => {
    const vectors = new Map<string, Float32Array[]>();
    for (const [name, value] of Object.entries(point["vector"] as Json)) {
      vectors.set(name, stored(paramsOf(collection, name), value));
    }
    return [point["id"] as number, { vectors, payload: point["payload"] as Json }];
  });
  for (const [id, point] of read) collection.points.set(id, point);
}

function stored(params: VectorParams, value: unknown): Float32Array[] {
  const rows = params.multivector_config ? (value as number[][]) : [value as number[]];
  if (rows.length === 0) throw new Refusal(422, "Validation error: multivector must not be empty");
  return rows.map((row) => {
    if (!Array.isArray(row)) throw new Refusal(400, "Wrong input: Conversion between multi and regular vectors failed");
    if (row.length !== params.size) throw wrongSize(params, row);
    return params.distance === "Cosine" ? unit(row) : Float32Array.from(row);
  });
}

function wrongSize({ size }: VectorParams, row: readonly number[]): Refusal {
  return new Refusal(400, `Wrong input: Vector dimension error: expected dim: ${size}, got ${row.length}`);
}

function paramsOf(collection: StoredCollection, name: string): VectorParams {
  const params = collection.vectors[name];
  if (!params) throw new Refusal(400, `Wrong input: Not existing vector name error: ${name}`);
  return params;
}

/** Exact search: MaxSim by dot product, or cosine. Points of equal scores come in no order that anybody could rely on. */
export function search(
  collection: StoredCollection,
  body: Json,
  strictMode: StrictMode,
): { id: number; score: number }[] {
  const {
    query,
    using,
    limit = 10,
    offset = 0,
    filter,
    params,
  } = body as {
    query: number[] | number[][];
    using: string;
    limit?: number;
    offset?: number;
    filter?: { must?: { has_id: number[] }[]; must_not?: { has_id: number[] }[] };
    params?: { exact?: boolean };
  };
  const exact = params?.exact === true;
  if (exact && strictMode.search_allow_exact === false) throw forbidden("Exact search is disabled");
  if (limit > (strictMode.max_query_limit ?? limit)) throw forbidden("Limit exceeded");
  const wanted = paramsOf(collection, using);
  const many = Array.isArray(query[0]);
  if (many !== (wanted.multivector_config !== undefined)) throw new Refusal(400, "Wrong input: vector kinds differ");
  const rows = (many ? query : [query]) as number[][];
  // As the server reads it: two vectors of which the first is made of whole numbers are a sparse one.
  if (rows.length === 2 && rows[0]?.every((x) => Number.isInteger(x) && x >= 0)) {
    throw new Refusal(422, "Validation error: indices must be unique");
  }
  const vectors = rows.map((row) => {
    if (row.length !== wanted.size) throw wrongSize(wanted, row);
    return wanted.distance === "Cosine" ? unit(row) : Float32Array.from(row);
  });
  const must = idsOf(filter?.must, strictMode);
  const mustNot = idsOf(filter?.must_not, strictMode);
  const found: { id: number; score: number }[] = [];
  for (const [id, point] of collection.points) {
    const own = point.vectors.get(using);
    if (!own || must?.has(id) === false || mustNot?.has(id) === true) continue;
    found.push({ id, score: Math.fround(vectors.reduce((sum, vector) => sum + best(own, vector), 0)) });
  }
  found.sort((a, b) => b.score - a.score || ((b.id * 7919) % 104_729) - ((a.id * 7919) % 104_729));
  // A search that is not exact may miss anybody.
  return found.slice(exact ? offset : offset + 1, offset + limit);
}

function idsOf(conditions: { has_id: number[] }[] | undefined, strictMode: StrictMode): Set<number> | undefined {
  if (!conditions) return undefined;
  const ids = conditions[0]?.has_id ?? [];
  if (ids.length > (strictMode.condition_max_size ?? ids.length)) throw forbidden("Condition size exceeded");
  const set = new Set(ids);
  if (set.size < ids.length) throw new Refusal(422, "Validation error: has_id must be unique");
  return set;
}

export function forbidden(reason: string): Refusal {
  return new Refusal(400, `Forbidden: ${reason}. Help: Adjust the strict mode configuration.`);
}

function best(own: readonly Float32Array[], vector: Float32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const row of own) {
    let dot = 0;
    for (let k = 0; k < row.length; k++) dot += (row[k] as number) * (vector[k] as number);
    if (dot > most) most = dot;
  }
  return most;
}

function unit(row: readonly number[]): Float32Array {
  const length = Math.hypot(...row);
  return Float32Array.from(row, (x) => x / length);
}
