import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createCollection,
  describeCollection,
  forbidden,
  Refusal,
  type StoredCollection,
  type StrictMode,
  search,
  upsert,
} from "./qdrant-collections.js";
import { loadRequests } from "./qdrant-requests.js";

/** One request as it came. */
export interface QdrantCall {
  /** "upsert_points", as the description names it, or as near. */
  operation: string;
  path: string;
  query: URLSearchParams;
  body: Json | undefined;
  bytes: number;
}

/** What is to go wrong with a call: before anything is done, or, with `after`, once it is done. */
export interface QdrantFailure {
  status?: number;
  retryAfter?: string;
  /** The connection ends without an answer. */
  cut?: boolean;
  delayMs?: number;
  after?: boolean;
}

export interface QdrantServer {
  url: string;
  collections: Map<string, StoredCollection>;
  aliases: Map<string, string>;
  calls: QdrantCall[];
  /** The collection under an alias. */
  under(alias: string): StoredCollection;
  /** Asked before each call; undefined lets it pass. */
  fail: (call: QdrantCall) => QdrantFailure | undefined;
  version: string;
  strictMode: StrictMode;
  /** Demanded where it is set. */
  apiKey: string | undefined;
  /** Whether requests are checked against the published description. */
  checked: boolean;
  close(): Promise<void>;
}

type Json = Record<string, unknown>;

const MOST_BYTES = 32 * 1024 * 1024;
const requests = loadRequests();

/**
 * A stand-in for Qdrant 1.18 on 127.0.0.1: the endpoints that are used, exact scores, and a refusal of every request that
 * the server's own description does not allow. It can be told to fail, and its data can be taken away.
 */
export async function startQdrant(): Promise<QdrantServer> {
  const server: QdrantServer = {
    url: "",
    collections: new Map(),
    aliases: new Map(),
    calls: [],
    under: (alias) => collectionOf(server, alias),
    fail: () => undefined,
    version: "1.18.2",
    strictMode: {},
    apiKey: undefined,
    checked: requests !== undefined,
    close: () =>
      new Promise<void>((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  const http = createServer((request, response) => {
    answer(server, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return server;
}

async function answer(server: QdrantServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts);
  const { pathname: path, searchParams: query } = new URL(request.url ?? "/", server.url);
  const method = request.method ?? "GET";
  const body = text.length === 0 ? undefined : (JSON.parse(text.toString("utf8")) as Json);
  const call: QdrantCall = { operation: operationOf(method, path), path, query, body, bytes: text.length };
  server.calls.push(call);
  const failure = server.fail(call);
  const send = (status: number, content: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(content));
  };
  const refuse = (status: number, error: string, headers?: Record<string, string>) =>
    send(status, { status: { error }, time: 0 }, headers);
  const goWrong = async (): Promise<boolean> => {
    if (!failure) return false;
    if (failure.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, failure.delayMs));
    if (failure.cut) response.socket?.destroy();
    else if (failure.status !== undefined) {
      const headers = failure.retryAfter === undefined ? {} : { "retry-after": failure.retryAfter };
      refuse(failure.status, "told to fail", headers);
    }
    return failure.cut === true || failure.status !== undefined;
  };
  if (failure && !failure.after && (await goWrong())) return;
  if (server.apiKey !== undefined && request.headers["api-key"] !== server.apiKey) {
    refuse(401, "Must provide an API key or an Authorization bearer token");
    return;
  }
  try {
    if (text.length > MOST_BYTES) throw new Refusal(413, "Payload error: JSON payload is larger than allowed");
    const wrong = requests?.wrongIn(method, path, query, body);
    if (wrong !== undefined) throw new Refusal(422, `Validation error: ${wrong}`);
    const result = perform(server, method, path, body ?? {});
    const content = path === "/" ? result : { result, status: "ok", time: 0.001 };
    const ours = requests?.wrongInAnswer(method, path, content);
    if (ours !== undefined) throw new Refusal(500, `the stand-in's own answer is wrong: ${ours}`);
    if (failure?.after && (await goWrong())) return;
    send(200, content);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(error.status, error.message);
  }
}

/** The end of a path, for tests to name a call by. */
function operationOf(method: string, path: string): string {
  const rest = path.replace(/^\/collections\/(?!aliases$)[^/]+/, "collection");
  return `${method} ${rest}`;
}

function collectionOf(server: QdrantServer, name: string): StoredCollection {
  const collection = server.collections.get(server.aliases.get(name) ?? name);
  if (!collection) throw new Refusal(404, `Not found: Collection \`${name}\` doesn't exist!`);
  return collection;
}

function perform(server: QdrantServer, method: string, path: string, body: Json): unknown {
  const { collections, aliases, strictMode } = server;
  const done = { operation_id: server.calls.length, status: "completed" };
  const [, , name = "", ...rest] = path.split("/").map(decodeURIComponent);
  const operation = operationOf(method, path);
  switch (operation) {
    case "GET /":
      return { title: "qdrant - vector search engine", version: server.version };
    case "GET /collections":
      return { collections: [...collections.keys()].map((each) => ({ name: each })) };
    case "GET /aliases":
      return { aliases: [...aliases].map(([alias_name, collection_name]) => ({ alias_name, collection_name })) };
    case "POST /collections/aliases":
      for (const action of body["actions"] as Json[]) changeAlias(server, action);
      return true;
    case "PUT collection":
      if (collections.has(name) || aliases.has(name)) {
        throw new Refusal(409, `Wrong input: Collection \`${name}\` already exists!`);
      }
      collections.set(name, createCollection(body));
      return true;
    case "DELETE collection":
      for (const [alias, target] of aliases) if (target === name) aliases.delete(alias);
      return collections.delete(name);
  }
  const collection = collectionOf(server, name);
  switch (`${method} ${rest.join("/")}`) {
    case "GET ":
      return describeCollection(collection, strictMode);
    case "PATCH ":
      Object.assign(collection.metadata, body["metadata"]);
      return true;
    case "PUT points": {
      const points = body["points"] as Json[];
      if (points.length > (strictMode.upsert_max_batchsize ?? points.length)) throw forbidden("Upsert limit exceeded");
      upsert(collection, points);
      return done;
    }
    case "POST points/delete":
      for (const id of body["points"] as number[]) collection.points.delete(id);
      return done;
    case "POST points/count":
      return { count: collection.points.size };
    case "POST points/query":
      return { points: search(collection, body, strictMode).map((hit) => ({ ...hit, version: 0 })) };
    case "POST points/scroll":
      return scroll(collection, body);
    case "POST points":
      return (body["ids"] as number[]).flatMap((id) => (collection.points.has(id) ? [record(collection, id)] : []));
  }
  throw new Refusal(404, `the stand-in has no ${method} ${path}`);
}

function changeAlias({ collections, aliases }: QdrantServer, action: Json): void {
  const made = action["create_alias"] as { alias_name: string; collection_name: string } | undefined;
  const ended = action["delete_alias"] as { alias_name: string } | undefined;
  if (ended) aliases.delete(ended.alias_name);
  if (!made) return;
  if (!collections.has(made.collection_name)) throw new Refusal(404, "Not found: Collection doesn't exist!");
  if (collections.has(made.alias_name)) {
    throw new Refusal(409, `Wrong input: Collection with name ${made.alias_name} already exists`);
  }
  aliases.set(made.alias_name, made.collection_name);
}

function scroll(
  collection: StoredCollection,
  { offset = 0, limit = 10 }: { offset?: number; limit?: number },
): unknown {
  const ids = [...collection.points.keys()].sort((a, b) => a - b).filter((id) => id >= offset);
  return {
    points: ids.slice(0, limit).map((id) => record(collection, id)),
    next_page_offset: ids[limit] ?? null,
  };
}

function record(collection: StoredCollection, id: number): unknown {
  const point = collection.points.get(id);
  const vector = Object.fromEntries(
    [...(point?.vectors ?? [])].map(([name, rows]) => {
      const lists = rows.map((row) => Array.from(row));
      return [name, collection.vectors[name]?.multivector_config ? lists : lists[0]];
    }),
  );
  return { id, payload: point?.payload, vector };
}
