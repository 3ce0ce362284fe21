import type { Value } from "./db.js";

/** What the worker of `embedded.ts` starts with. */
export interface WorkerData {
  directory: string;
  /** A tar of an empty database, packed with brotli, to start from. */
  empty: string | null;
  /** Of Postgres, as name=value. */
  settings: readonly string[];
}

/** Stands in for an SQLSTATE where Postgres did not start. */
export const NOT_OPEN = "not open";

/** Messages between `embedded.ts` and its worker. */
export type WorkerRequest = { id: number } & (
  | { op: "query"; sql: string; params: unknown[] }
  | { op: "execute"; sql: string }
  | { op: "copy"; sql: string; data: Uint8Array }
  | { op: "close" }
);

export type WorkerReply =
  | { id: number; ok: true; columns: string[]; rows: Value[][] }
  | {
      id: number;
      ok: false;
      message: string;
      sqlState: string;
      detail: string | undefined;
      position: number | undefined;
    };
