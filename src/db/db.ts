/** A value as it comes back: see `values.ts` for the type of each column type. */
export type Value = string | number | boolean | null | Uint8Array | unknown[] | { [key: string]: unknown };

/** Rows as arrays, in the order of `columns`. */
export interface Result {
  columns: string[];
  rows: Value[][];
}

export interface QueryOptions {
  signal?: AbortSignal | undefined;
}

export interface TransactionOptions extends QueryOptions {
  readOnly?: boolean;
  /** Every statement sees the data as they stood at the first. */
  snapshot?: boolean;
  /**
   * Statements that are not ours run in it: it is always rolled back, and nothing of them is left in the session (DISCARD
   * ALL: settings, advisory locks, prepared statements), or the connection is given up.
   */
  untrusted?: boolean;
}

export type Lines = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** What can be done inside a transaction. */
export interface Queryable {
  /** One statement, with parameters $1.. (extended protocol, so never two statements). Throws AppError "query". */
  query(sql: string, params?: readonly unknown[], options?: QueryOptions): Promise<Result>;
}

export interface Transaction extends Queryable {
  /** Several statements without parameters: for migrations and DDL of our own. */
  execute(sql: string): Promise<void>;
  /**
   * COPY table (columns) FROM STDIN in text format. `lines` yields chunks of whole lines, each line ended by \n, as text
   * or as UTF-8 that is not touched again; see `copy-text.ts`.
   */
  copy(table: string, columns: readonly string[], lines: Lines): Promise<void>;
}

/** The row store: an embedded Postgres or a server, with the same behaviour. */
export interface Db extends Queryable {
  readonly engine: "embedded" | "server";
  /** Where the rows are, without secrets: a folder, or host/database. */
  readonly location: string;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws or the signal aborts. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  close(): Promise<void>;
}
