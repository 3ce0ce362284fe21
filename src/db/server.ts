import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { abortError, throwIfAborted } from "../lib/abort.js";
import { AppError } from "../lib/errors.js";
import type { Db, QueryOptions, Result, Transaction, TransactionOptions, Value } from "./db.js";
import { SqlError } from "./sql-error.js";
import { encodeParam, parsers } from "./values.js";

const types = {
  getTypeParser: (oid: number) => parsers[oid] ?? ((text: string) => text),
} as unknown as pg.CustomTypesConfig;

/** Opens a pool on a PostgreSQL server. Throws AppError "unreachable" when it does not answer. */
export async function openServer(url: string, options: QueryOptions & { command: string }): Promise<Db> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    types,
    application_name: `audience ${options.command}`,
    connectionTimeoutMillis: 10_000,
    options: "-c TimeZone=UTC -c jit=off -c DateStyle=ISO",
  });
  // A connection that the server closes while idle is replaced at the next query.
  pool.on("error", () => undefined);
  const db = new ServerDb(pool, () => new pg.Client({ connectionString: url }), locationOf(url));
  try {
    await db.query("select 1", [], options);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return db;
}

function locationOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    return `${hostname || searchParams.get("host") || "localhost"}${port ? `:${port}` : ""}${pathname}`;
  } catch {
    return "PostgreSQL";
  }
}

class ServerDb implements Db {
  readonly engine = "server";
  readonly location: string;
  private readonly pool: pg.Pool;
  private readonly separate: () => pg.Client;

  /** @param separate makes a connection outside the pool, to cancel with: the pool may have none to spare */
  constructor(pool: pg.Pool, separate: () => pg.Client, location: string) {
    this.pool = pool;
    this.separate = separate;
    this.location = location;
  }

  async query(sql: string, params: readonly unknown[] = [], options: QueryOptions = {}): Promise<Result> {
    return this.withClient(options.signal, (client) => this.run(client, sql, params, options.signal));
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { signal, untrusted } = options;
    return this.withClient(signal, async (client, giveUp) => {
      await this.run(client, options.readOnly ? "begin read only" : "begin", [], signal);
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
      throw translate(error, this.location);
    });
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    try {
      return await work(client, onError);
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
    lines: AsyncIterable<string>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let unreadable: unknown;
    async function* source(): AsyncGenerator<string> {
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
      throw unreadable ?? translate(error, this.location);
    }
  }

  /** Runs a statement; an aborted signal cancels it on the server. */
  private async cancellable<T>(
    client: pg.PoolClient,
    signal: AbortSignal | undefined,
    statement: () => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    let cancelling: Promise<void> | undefined;
    const cancel = () => {
      cancelling = this.cancel(client);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await statement();
    } catch (error) {
      throw signal?.aborted ? abortError(signal) : translate(error, this.location);
    } finally {
      signal?.removeEventListener("abort", cancel);
      await cancelling; // arriving late, it would hit the connection's next statement
    }
  }

  private async cancel(client: pg.PoolClient): Promise<void> {
    const pid = (client as unknown as { processID: number | null }).processID;
    const other = this.separate();
    other.on("error", () => undefined);
    try {
      await other.connect();
      await other.query("select pg_cancel_backend($1)", [pid]);
    } catch {
      // The statement then ends by itself.
    } finally {
      await other.end().catch(() => undefined);
    }
  }
}

/** Two messages, as neither may stand in a transaction block with the other. */
async function resetSession(client: pg.PoolClient): Promise<void> {
  await client.query("rollback");
  await client.query("discard all");
}

/** SQLSTATE and socket errors in the product's own terms. */
function translate(error: unknown, location: string): Error {
  if (error instanceof AppError || error instanceof SqlError) return error;
  const e = error as { code?: string; message?: string; detail?: string; position?: string };
  const message = e.message ?? String(error);
  if (typeof e.code === "string" && /^[0-9A-Z]{5}$/.test(e.code) && !e.code.startsWith("E")) {
    if (e.code.startsWith("28") || e.code === "3D000") {
      return new AppError("unreachable", `PostgreSQL at ${location} refused the connection: ${message}.`, {
        hint: "Check the user, password and database in DATABASE_URL.",
        cause: error,
      });
    }
    if (e.code.startsWith("57P") || e.code.startsWith("08")) return unreachable(location, message, error);
    return new SqlError(message, e.code, e.detail, e.position === undefined ? undefined : Number(e.position));
  }
  return unreachable(location, message || (e.code ?? "no answer"), error);
}

function unreachable(location: string, message: string, cause: unknown): AppError {
  return new AppError("unreachable", `PostgreSQL at ${location} does not answer: ${message}.`, {
    hint: "Check that it runs and that DATABASE_URL is right (`audience doctor`).",
    cause,
  });
}
