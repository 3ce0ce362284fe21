import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { abortError, throwIfAborted } from "../lib/abort.js";
import { AppError } from "../lib/errors.js";
import { requestCancel } from "./cancel-request.js";
import { ConnectionLost } from "./connection-lost.js";
import type { Db, Lines, QueryOptions, Result, Transaction, TransactionOptions, Value } from "./db.js";
import { readServerAddress, type ServerAddress, type Tls } from "./server-address.js";
import { SqlError } from "./sql-error.js";
import { encodeParam, parsers } from "./values.js";

const types = {
  getTypeParser: (oid: number) => parsers[oid] ?? ((text: string) => text),
} as unknown as pg.CustomTypesConfig;

/** Connections of one process. A question takes one at a time, a batch as many as it asks at once. */
export const POOL_SIZE = 8;

const CANCEL_AGAIN_MS = 250;

/**
 * What holds inside every transaction, so that a client that hangs or is gone keeps no lock for long; in ms. Set anew in
 * each, as behind PgBouncer the next transaction may be on another connection. jit: hybrid-search.md.
 */
export const LIMITS = {
  read: { statement_timeout: 900_000, lock_timeout: 60_000, idle_in_transaction_session_timeout: 60_000 },
  // A load may take hours, and waits for the embedder and for its input in between.
  write: { statement_timeout: 0, lock_timeout: 60_000, idle_in_transaction_session_timeout: 600_000 },
};

/**
 * The time zone and the form of dates as parameters of the connection itself: unlike `options`, PgBouncer knows them, and
 * sees to it that they hold on whichever connection it passes a transaction to.
 */
class UtcClient extends pg.Client {
  getStartupConf(): Record<string, string> {
    const prototype = pg.Client.prototype as unknown as { getStartupConf(): Record<string, string> };
    return { ...prototype.getStartupConf.call(this), TimeZone: "UTC", DateStyle: "ISO, MDY" };
  }
}

/** Opens a pool on a PostgreSQL server. Throws AppError "unreachable" when it does not answer, "config" for its URL. */
export async function openServer(
  url: string,
  options: QueryOptions & { command: string; setting?: string },
): Promise<Db> {
  const address = readServerAddress(url, options.setting);
  for (const [i, tls] of address.attempts.entries()) {
    const db = openPool(address, tls, options.command);
    try {
      await db.query("select 1", [], options);
      return db;
    } catch (error) {
      await db.close();
      if (i + 1 === address.attempts.length || !wantsOtherTls(error)) throw error;
    }
  }
  throw new Error("no attempt to connect");
}

/** Whether the server would rather have the connection with TLS, or without. */
function wantsOtherTls(error: unknown): boolean {
  const { code, message = "" } = ((error as Error).cause ?? {}) as { code?: string; message?: string };
  return code === "28000" || message.includes("does not support SSL");
}

function openPool(address: ServerAddress, tls: Tls, command: string): ServerDb {
  const pool = new pg.Pool({
    connectionString: address.url,
    ssl: tls,
    max: POOL_SIZE,
    types,
    application_name: `audience ${command}`,
    connectionTimeoutMillis: 10_000,
    // A peer that vanished is noticed, and no firewall forgets a connection that waits for a long statement.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    Client: UtcClient as typeof pg.Client,
  } as pg.PoolConfig);
  // A connection that the server closes while idle is replaced at the next query.
  pool.on("error", () => undefined);
  return new ServerDb(pool, address, tls);
}

class ServerDb implements Db {
  readonly engine = "server";
  readonly location: string;
  private readonly pool: pg.Pool;
  private readonly address: ServerAddress;
  private readonly tls: Tls;

  constructor(pool: pg.Pool, address: ServerAddress, tls: Tls) {
    this.pool = pool;
    this.address = address;
    this.tls = tls;
    this.location = address.location;
  }

  async query(sql: string, params: readonly unknown[] = [], options: QueryOptions = {}): Promise<Result> {
    return this.withClient(options.signal, (client) => this.run(client, sql, params, options.signal));
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { signal, untrusted } = options;
    return this.withClient(signal, async (client, giveUp) => {
      await this.cancellable(client, signal, () => client.query(beginning(options)));
      const tx: Transaction = {
        query: (sql, params = [], inner = {}) => this.run(client, sql, params, inner.signal ?? signal),
        execute: async (sql) => {
          await this.cancellable(client, signal, () => client.query(sql));
        },
        copy: (table, columns, lines) => this.copy(client, table, columns, lines, signal),
      };
      try {
        const result = await work(tx);
        throwIfAborted(signal);
        if (untrusted) return result;
        // Postgres would take commit for rollback, without a word, where a failed statement was passed over.
        if (!options.readOnly) await tx.query("select 1");
        await this.run(client, "commit", [], undefined);
        return result;
      } catch (error) {
        if (!untrusted) await client.query("rollback").catch(() => undefined);
        throw error;
      } finally {
        if (untrusted) await resetSession(client).catch(giveUp);
      }
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async withClient<T>(
    signal: AbortSignal | undefined,
    work: (client: pg.PoolClient, giveUp: (error: Error) => void) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    const client = await this.pool.connect().catch((error) => {
      throw translate(error, this.address);
    });
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    try {
      return await work(client, onError);
    } catch (error) {
      // The end of a connection is told with the failed statement first: it must not be given to another before it shows.
      if (error instanceof ConnectionLost) broken ??= error;
      throw error;
    } finally {
      client.removeListener("error", onError);
      client.release(broken);
    }
  }

  /** One statement by the extended protocol. */
  private async run(
    client: pg.PoolClient,
    sql: string,
    params: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const config = { text: sql, values: params.map(encodeParam), rowMode: "array", types, queryMode: "extended" };
    const result = await this.cancellable(client, signal, () => client.query(config as pg.QueryArrayConfig));
    return { columns: result.fields.map((f) => f.name), rows: result.rows as Value[][] };
  }

  private async copy(
    client: pg.PoolClient,
    table: string,
    columns: readonly string[],
    lines: Lines,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let unreadable: unknown;
    async function* source(): AsyncGenerator<string | Uint8Array> {
      try {
        yield* lines;
      } catch (error) {
        unreadable = error;
        throw error;
      }
    }
    const target = client.query(copyFrom(`copy ${table} (${columns.map((c) => `"${c}"`).join(", ")}) from stdin`));
    try {
      await pipeline(Readable.from(source(), { highWaterMark: 4 }), target, { ...(signal && { signal }) });
    } catch (error) {
      if (signal?.aborted) throw abortError(signal);
      throw unreadable ?? translate(error, this.address);
    }
  }

  /** Runs a statement; an aborted signal cancels it on the server. */
  private async cancellable<T>(
    client: pg.PoolClient,
    signal: AbortSignal | undefined,
    statement: () => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    let ended: () => void = () => undefined;
    const end = new Promise<"ended">((resolve) => (ended = () => resolve("ended")));
    let cancelling: Promise<void> | undefined;
    const cancel = () => {
      cancelling = this.cancel(client, end);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await statement();
    } catch (error) {
      throw signal?.aborted ? abortError(signal) : translate(error, this.address);
    } finally {
      signal?.removeEventListener("abort", cancel);
      ended();
      await cancelling; // arriving late, it would hit the connection's next statement
    }
  }

  /** Asks until the statement has ended: what arrives before it has begun is of no effect. */
  private async cancel(client: pg.PoolClient, end: Promise<"ended">): Promise<void> {
    const { processID, secretKey } = client as unknown as BackendKey;
    const wait = new AbortController();
    do await requestCancel(this.address, this.tls, { processID, secretKey });
    while ((await Promise.race([end, sleep(CANCEL_AGAIN_MS, null, { signal: wait.signal })])) !== "ended");
    wait.abort();
  }
}

/** What the server, or a pooler in front of it, calls a connection. */
interface BackendKey {
  processID: number;
  secretKey: number;
}

/** One message: a round trip for the limits of a transaction would be one more for every question. */
function beginning({ readOnly, snapshot, untrusted }: TransactionOptions): string {
  const limits = Object.entries(readOnly ? LIMITS.read : LIMITS.write).map(([name, ms]) => `set local ${name} = ${ms}`);
  const begin = `begin${snapshot ? " isolation level repeatable read" : ""}${readOnly ? " read only" : ""}`;
  return [begin, "set local jit = off", ...limits, ...(untrusted ? ["savepoint untrusted"] : [])].join("; ");
}

/**
 * Rolls back and leaves nothing in the session: what outlives a rollback and a statement can leave there, advisory locks,
 * is given up before, on the same connection. Behind a pooler DISCARD ALL would hit another one.
 */
async function resetSession(client: pg.PoolClient): Promise<void> {
  const results = (await client.query(
    "rollback to savepoint untrusted; select pg_advisory_unlock_all(), pg_backend_pid(); rollback",
  )) as unknown as pg.QueryResult<{ pg_backend_pid: number }>[];
  const pid = results[1]?.rows[0]?.pg_backend_pid;
  if (pid === (client as unknown as BackendKey).processID) await client.query("discard all");
}

/** SQLSTATE and socket errors in the product's own terms. */
function translate(error: unknown, address: ServerAddress): Error {
  if (error instanceof AppError || error instanceof SqlError) return error;
  const e = error as { code?: string; message?: string; detail?: string; position?: string };
  const message = e.message ?? String(error);
  if (typeof e.code === "string" && /^[0-9A-Z]{5}$/.test(e.code) && !e.code.startsWith("E")) {
    if (e.code.startsWith("28") || e.code === "3D000") {
      return new AppError("unreachable", `PostgreSQL at ${address.location} refused the connection: ${message}.`, {
        hint: `Check the user, password and database in ${address.setting}.`,
        cause: error,
      });
    }
    if (e.code.startsWith("57P") || e.code.startsWith("08")) return unreachable(address, message, error);
    return new SqlError(message, e.code, e.detail, e.position === undefined ? undefined : Number(e.position));
  }
  return unreachable(address, message || (e.code ?? "no answer"), error);
}

function unreachable({ location, setting }: ServerAddress, message: string, cause: unknown): ConnectionLost {
  return new ConnectionLost(`PostgreSQL at ${location} does not answer: ${message}.`, {
    hint: `Check that it runs and that ${setting} is right (\`audience doctor\`).`,
    cause,
  });
}
