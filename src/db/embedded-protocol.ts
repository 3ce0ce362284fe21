import type { Value } from "./db.js";

/** Messages between `embedded.ts` and its worker. */
export type WorkerRequest = { id: number } & (
  | { op: "query"; sql: string; params: unknown[] }
  | { op: "execute"; sql: string }
  | { op: "copy"; sql: string; data: string }
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
