import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packagePath } from "../config/package-root.js";
import { throwIfAborted } from "../lib/abort.js";
import type { Db, Lines, QueryOptions, Result, Transaction, TransactionOptions } from "./db.js";
import { lockDirectory } from "./directory-lock.js";
import { EmbeddedConnection } from "./embedded-connection.js";
import { noData } from "./embedded-errors.js";
import { LOAD_SETTINGS, SETTINGS } from "./embedded-settings.js";
import { SqlError } from "./sql-error.js";
import { encodeParam } from "./values.js";
import { whole } from "./whole-bytes.js";

/** COPY sends at least this much at a time; bounded memory, few round trips. */
const COPY_CHUNK = 512 * 1024;

/** SQLSTATEs after an overrun of WebAssembly's stack: none at all, a statement that vanished, an internal error. */
const BROKEN: readonly string[] = ["", "26000", "XX000"];

export interface EmbeddedOptions {
  /** The data directory; the database is its folder `postgres`. */
  directory: string;
  /** Who holds the lock, for others to read: the command. */
  command: string;
  /** Make the database when there is none; otherwise that is AppError "no_data". */
  create: boolean;
  /** How long to wait for another process that holds the directory. */
  waitMs?: number;
  signal?: AbortSignal | undefined;
}

/** Whether a data directory holds a database. */
export function embeddedExists(directory: string): boolean {
  return existsSync(join(directory, "postgres", "PG_VERSION"));
}

/** Opens the embedded Postgres of a data directory, under an exclusive lock. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Db> {
  const { directory, signal } = options;
  if (!options.create && !embeddedExists(directory)) throw noData(directory);
  const lock = await lockDirectory(directory, options.command, { waitMs: options.waitMs ?? 10_000, signal });
  process.once("exit", lock.release);
  const released = () => {
    process.removeListener("exit", lock.release);
    lock.release();
  };
  try {
    if (!embeddedExists(directory)) {
      if (!options.create) throw noData(directory);
      await createDatabase(directory);
    }
    return new EmbeddedDb(directory, options.create ? LOAD_SETTINGS : SETTINGS, released);
  } catch (error) {
    released();
    throw error;
  }
}

/** Made beside its place and renamed, so that a kill in the middle leaves nothing that looks like a database. */
async function createDatabase(directory: string): Promise<void> {
  for (const name of readdirSync(directory)) {
    if (name.startsWith("postgres.new")) rmSync(join(directory, name), { recursive: true, force: true });
  }
  const target = join(directory, "postgres");
  rmSync(target, { recursive: true, force: true });
  const fresh = join(directory, `postgres.new-${process.pid}`);
  const connection = new EmbeddedConnection(fresh, LOAD_SETTINGS, emptyDatabase());
  try {
    await connection.send({ op: "query", sql: "select 1", params: [] });
    await connection.close();
    renameSync(fresh, target);
  } catch (error) {
    await connection.close();
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
}

/** The packed empty database of the PGlite in use (data/postgres/make.mjs); null: initdb, which takes ten seconds. */
function emptyDatabase(): string | null {
  const { dependencies } = JSON.parse(readFileSync(packagePath("package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const path = packagePath("data", "postgres", `pglite-${dependencies["@electric-sql/pglite"]}.tar.br`);
  return existsSync(path) ? path : null;
}

class EmbeddedDb implements Db {
  readonly engine = "embedded";
  readonly location: string;
  private readonly path: string;
  private readonly settings: readonly string[];
  private readonly release: () => void;
  private connection: EmbeddedConnection | null = null;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(directory: string, settings: readonly string[], release: () => void) {
    this.settings = settings;
    this.location = directory;
    this.path = join(directory, "postgres");
    this.release = release;
    this.open(); // it takes half a second, in its own thread
  }

  query(sql: string, params: readonly unknown[] = [], options: QueryOptions = {}): Promise<Result> {
    return this.exclusive(options.signal, () => this.send(sql, params, options.signal));
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { signal, untrusted } = options;
    return this.exclusive(signal, async () => {
      await this.open().send(
        {
          op: "execute",
          sql: `begin${options.snapshot ? " isolation level repeatable read" : ""}${options.readOnly ? " read only" : ""}`,
        },
        signal,
      );
      const tx: Transaction = {
        query: (sql, params = [], inner = {}) => this.send(sql, params, inner.signal ?? signal),
        execute: async (sql) => void (await this.open().send({ op: "execute", sql }, signal)),
        copy: (table, columns, lines) => this.copy(table, columns, lines, signal),
      };
      let failed: unknown;
      try {
        const result = await work(tx);
        throwIfAborted(signal);
        if (untrusted) return result;
        // Postgres would take commit for rollback, without a word, where a failed statement was passed over.
        if (!options.readOnly) await tx.query("select 1");
        await this.open().send({ op: "execute", sql: "commit" });
        return result;
      } catch (error) {
        // A cancelled connection is gone, and its transaction with it.
        failed = error;
        if (!untrusted && this.connection && !this.connection.ended) {
          await this.connection.send({ op: "execute", sql: "rollback" });
        }
        throw error;
      } finally {
        if (untrusted) await this.resetSession(failed);
      }
    });
  }

  async close(): Promise<void> {
    await this.queue.catch(() => undefined);
    try {
      await this.connection?.close();
    } finally {
      this.connection = null;
      this.release();
    }
  }

  /**
   * Rolls back and leaves nothing in the session. A Postgres whose stack or memory a statement has overrun no longer
   * answers as it should: it ends, and the next query starts another.
   */
  private async resetSession(failed: unknown): Promise<void> {
    const { connection } = this;
    if (!connection || connection.ended) return;
    const broken = failed instanceof SqlError && BROKEN.includes(failed.sqlState);
    try {
      if (broken) throw failed;
      await connection.send({ op: "execute", sql: "rollback" });
      await connection.send({ op: "execute", sql: "discard all" });
    } catch {
      await connection.end(new Error("The embedded Postgres was ended after a statement."));
    }
  }

  /** One statement or transaction at a time. */
  private exclusive<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const run = this.queue.then(() => {
      throwIfAborted(signal);
      if (this.connection?.ended) this.connection = null;
      return work();
    });
    this.queue = run.catch(() => undefined);
    return run;
  }

  private open(): EmbeddedConnection {
    this.connection ??= new EmbeddedConnection(this.path, this.settings);
    return this.connection;
  }

  private send(sql: string, params: readonly unknown[], signal: AbortSignal | undefined): Promise<Result> {
    return this.open().send({ op: "query", sql, params: params.map(encodeParam) }, signal);
  }

  private async copy(
    table: string,
    columns: readonly string[],
    lines: Lines,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const sql = `copy ${table} (${columns.map((c) => `"${c}"`).join(", ")}) from '/dev/blob'`;
    let held: Uint8Array[] = [];
    let bytes = 0;
    let sending: Promise<unknown> = Promise.resolve();
    const send = () => {
      const data = whole(held);
      sending = this.open().send({ op: "copy", sql, data }, signal, [data.buffer as ArrayBuffer]);
      sending.catch(() => undefined); // reported by the next await
      held = [];
      bytes = 0;
    };
    for await (const chunk of lines) {
      const piece = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      held.push(piece);
      bytes += piece.length;
      if (bytes < COPY_CHUNK) continue;
      await sending; // the worker copies one chunk while the next is prepared
      send();
    }
    await sending;
    if (bytes > 0) send();
    await sending;
  }
}
