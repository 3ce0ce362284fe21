import type { Db } from "../db/db.js";

/** What bringing the index up to date came to. */
export interface IndexReport {
  collection: string;
  /** Customers that it holds. */
  points: number;
  /** Of those, written now. */
  written: number;
  rebuilt: boolean;
}

/** An index of the interests outside the database, derived from it. */
export interface VectorIndex {
  readonly engine: string;
  /** Makes it hold what is committed now; all of it anew with `rebuild`. Throws where it cannot: it is then behind. */
  bringUpToDate(options: {
    db: Db;
    rebuild: boolean;
    signal?: AbortSignal | undefined;
    progress(done: number, total: number): void;
  }): Promise<IndexReport>;
  /** Why bringUpToDate threw, in words; undefined for an error that is not the index's. */
  faultOf(error: unknown): string | undefined;
}
