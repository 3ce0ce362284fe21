import type { QdrantClient, Schemas } from "@qdrant/js-client-rest";
import type { Point } from "./points.js";
import { type Patience, withRetries } from "./retry.js";

export type CollectionInfo = Schemas["CollectionInfo"];
export type NewCollection = Schemas["CreateCollection"];
export type PointQuery = Schemas["QueryRequest"];

/** Where Qdrant is. */
export interface QdrantAddress {
  /** May hold a login and a path. */
  url: string;
  apiKey?: string | undefined;
}

/** The calls of Qdrant that are used. Each throws QdrantFault, after the retries of its patience. */
export interface Qdrant {
  version(): Promise<string>;
  /** By name or alias; undefined where there is none. */
  collection(name: string): Promise<CollectionInfo | undefined>;
  collections(): Promise<string[]>;
  /** The collection of an alias. */
  aliasTarget(alias: string): Promise<string | undefined>;
  create(name: string, definition: NewCollection): Promise<void>;
  drop(name: string): Promise<void>;
  /** Merges into the collection's metadata. */
  stamp(name: string, metadata: Record<string, unknown>): Promise<void>;
  /** Points the alias to the collection, from whatever it pointed to before, in one step. */
  pointAlias(alias: string, collection: string): Promise<void>;
  /** Replaces the points whole; they can be read once it returns. */
  upsert(name: string, points: readonly Point[]): Promise<void>;
  remove(name: string, ids: readonly number[]): Promise<void>;
  /** Exact number of points. */
  count(name: string): Promise<number>;
  /** Ids with their scores, best first. `timeoutSeconds`: after which the server itself gives up. */
  query(name: string, query: PointQuery, timeoutSeconds?: number): Promise<{ id: number; score: number }[]>;
}

/** How writes are ordered: by the permanent leader of a shard, so that of two replicas none keeps an older point. */
const WRITE = { wait: true, ordering: "strong" } as const;

/** Calls with a patience of their own, cancelled by a signal, over connections that are shared. */
export type Connect = (patience: Patience, signal?: AbortSignal) => Qdrant;

/** Qdrant's REST interface at an address; the library is imported at the first call. */
export function qdrantAt(address: QdrantAddress): Connect {
  let opened: Promise<QdrantClient> | undefined;
  const client = () => {
    opened ??= open(address);
    return opened;
  };
  return (patience, signal) => createQdrant(client, patience, signal);
}

function createQdrant(client: () => Promise<QdrantClient>, patience: Patience, signal?: AbortSignal): Qdrant {
  const call = <T>(work: (api: ReturnType<QdrantClient["api"]>, init: RequestInit) => Promise<T>): Promise<T> => {
    return withRetries(async (limit) => work((await client()).api(), { signal: limit }), patience, signal);
  };
  const isMissing = (error: unknown) => (error as { status?: number }).status === 404;

  return {
    version: () => call(async (api, init) => (await api.root({}, init)).data.version),
    collection: (collection_name) =>
      call(async (api, init) => {
        try {
          return (await api.getCollection({ collection_name }, init)).data.result;
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      }),
    collections: () =>
      call(async (api, init) => (await api.getCollections({}, init)).data.result?.collections.map((c) => c.name) ?? []),
    aliasTarget: (alias) => call((api, init) => aliasTarget(api, alias, init)),
    create: (collection_name, definition) =>
      call(async (api, init) => {
        try {
          await api.createCollection({ collection_name, ...definition }, init);
        } catch (error) {
          // An attempt whose answer was lost: the name is made for this build alone.
          if ((error as { status?: number }).status !== 409) throw error;
        }
      }),
    drop: (collection_name) =>
      call(async (api, init) => {
        await api.deleteCollection({ collection_name }, init);
      }),
    stamp: (collection_name, metadata) =>
      call(async (api, init) => {
        await api.updateCollection({ collection_name, metadata }, init);
      }),
    pointAlias: (alias_name, collection_name) =>
      call(async (api, init) => {
        const old = await aliasTarget(api, alias_name, init);
        const actions: Schemas["AliasOperations"][] = [{ create_alias: { alias_name, collection_name } }];
        if (old !== undefined) actions.unshift({ delete_alias: { alias_name } });
        await api.updateAliases({ actions }, init);
      }),
    upsert: (collection_name, points) =>
      call(async (api, init) => {
        await api.upsertPoints({ collection_name, ...WRITE, points: [...points] }, init);
      }),
    remove: (collection_name, ids) =>
      call(async (api, init) => {
        await api.deletePoints({ collection_name, ...WRITE, points: [...ids] }, init);
      }),
    count: (collection_name) =>
      call(
        async (api, init) => (await api.countPoints({ collection_name, exact: true }, init)).data.result?.count ?? 0,
      ),
    query: (collection_name, query, timeout) =>
      call(async (api, init) => {
        const { data } = await api.queryPoints({ collection_name, ...(timeout && { timeout }), ...query }, init);
        return (data.result?.points ?? []).map(({ id, score }) => ({ id: Number(id), score }));
      }),
  };
}

async function aliasTarget(
  api: ReturnType<QdrantClient["api"]>,
  alias: string,
  init: RequestInit,
): Promise<string | undefined> {
  const { data } = await api.getCollectionsAliases({}, init);
  return data.result?.aliases.find((found) => found.alias_name === alias)?.collection_name;
}

/**
 * The library takes host, port and path apart, and the key as a header: given a URL it forgets the path and presumes
 * port 6333, and given a key it writes warnings to the terminal.
 */
async function open({ url, apiKey }: QdrantAddress): Promise<QdrantClient> {
  const { QdrantClient } = await import("@qdrant/js-client-rest");
  const { protocol, hostname, port, pathname } = new URL(url);
  const https = protocol === "https:";
  return new QdrantClient({
    host: hostname,
    port: port === "" ? (https ? 443 : 80) : Number(port),
    https,
    prefix: pathname.replace(/\/$/, ""),
    headers: accessHeaders({ url, apiKey }),
    checkCompatibility: false,
    timeout: Number.POSITIVE_INFINITY, // each attempt has its own
  });
}

function accessHeaders({ url, apiKey }: QdrantAddress): Record<string, string> {
  const { username, password } = new URL(url);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    ...(apiKey !== undefined && { "api-key": apiKey }),
    ...(username !== "" && { authorization: `Basic ${Buffer.from(login).toString("base64")}` }),
  };
}
