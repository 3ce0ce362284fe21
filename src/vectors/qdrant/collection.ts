import { randomBytes } from "node:crypto";
import type { CollectionInfo, NewCollection } from "./client.js";

/** How collections are made, and under which alias. */
export interface CollectionSettings {
  /** Readers know the alias only; what it points to is named after it, the version of the data and this build. */
  alias: string;
  shards?: number | undefined;
  replicas?: number | undefined;
}

/** What the index says of itself, in the metadata of its collection: it changes before the first point and after the last. */
export interface Stamp {
  collection: string;
  /** Of the data; null while points are being written. */
  version: number | null;
  /** Of the data before that. */
  from: number | null;
  embedder: string;
}

/** What strict mode allows; undefined is no limit. */
export interface Limits {
  exactSearch: boolean;
  queryLimit: number | undefined;
  conditionSize: number | undefined;
  timeoutSeconds: number | undefined;
  upsertBatch: number | undefined;
}

export function newCollectionName(alias: string, version: number): string {
  return `${alias}_v${version}_${randomBytes(4).toString("hex")}`;
}

/** Whether a collection was made under the alias by `newCollectionName`. */
export function isOfAlias(name: string, alias: string): boolean {
  return name.startsWith(`${alias}_v`) && /^\d+_[0-9a-f]{8}$/.test(name.slice(alias.length + 2));
}

/**
 * Interests are compared by dot product, as the share is part of their length. No graph is built over either vector
 * (m = 0): every search here is exact, and building one over millions of phrases takes longer than all the rest.
 */
export function newCollection(
  { shards, replicas }: CollectionSettings,
  dimensions: number,
  stamp: Stamp,
): NewCollection {
  const withoutGraph = { hnsw_config: { m: 0 } };
  return {
    vectors: {
      interests: {
        size: dimensions,
        distance: "Dot",
        multivector_config: { comparator: "max_sim" },
        ...withoutGraph,
      },
      profile: { size: dimensions, distance: "Cosine", ...withoutGraph },
    },
    ...(shards !== undefined && { shard_number: shards }),
    ...(replicas !== undefined && { replication_factor: replicas }),
    metadata: { ...stamp },
  };
}

export function stampOf({ config }: CollectionInfo): Partial<Stamp> {
  return (config.metadata ?? {}) as Partial<Stamp>;
}

/** The size of the interests' vectors; undefined where the collection has none of that name. */
export function dimensionsOf({ config }: CollectionInfo): number | undefined {
  const vectors = config.params.vectors as Record<string, { size?: number }> | undefined;
  const { interests, profile } = vectors ?? {};
  return interests?.size === profile?.size ? interests?.size : undefined;
}

export function limitsOf({ config }: CollectionInfo): Limits {
  // The library's type of a setting that may be null is any object.
  const strict = config.strict_mode_config as Record<string, unknown> | null | undefined;
  const limit = (name: string) => {
    const value = strict?.["enabled"] === true ? strict[name] : undefined;
    return typeof value === "number" ? value : undefined;
  };
  return {
    exactSearch: strict?.["enabled"] !== true || strict["search_allow_exact"] !== false,
    queryLimit: limit("max_query_limit"),
    conditionSize: limit("condition_max_size"),
    timeoutSeconds: limit("max_timeout"),
    upsertBatch: limit("upsert_max_batchsize"),
  };
}
