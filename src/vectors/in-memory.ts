import type { Db, Queryable } from "../db/db.js";
import { createInSqlRefiner } from "./in-sql.js";
import { bestCustomers } from "./memory/best-customers.js";
import type { InterestTable } from "./memory/interest-table.js";
import { readInterestTable } from "./memory/read-interest-table.js";
import type { Everyone, LookAlikeRequest, LookAlikes, Refined, RefineRequest, Refiner } from "./refiner.js";

/** Longer lists are made in SQL: that it gives the customers themselves then takes longer than to find them. */
const LONGEST_LIST = 5_000;

export interface InMemoryRefiner extends Refiner {
  everyone(version: number): Everyone | undefined;
  /** Resolves when the interests are read, or it is known that they will not be; at once where nothing is being read. */
  settled(): Promise<void>;
  /** Stops reading. */
  close(): void;
}

/**
 * For a process that lives on: the interests of all customers in memory, where the first customers of a gate are found ten
 * times faster than in SQL. Scores and order of those are then asked of the statement of the SQL refiner, over them alone.
 *
 * The first question of each version of the data is answered in SQL, and begins the reading, beside its last stages and
 * whatever is asked next: it takes as long as several questions, so that a process of one question must not use this. Until
 * they are read, and where they cannot be (too many, no right to, data changed), questions are answered in SQL: the same
 * list, without a word. A reading that failed is not tried again before the data change.
 */
export function createInMemoryRefiner(db: Db, { mostRows }: { mostRows?: number } = {}): InMemoryRefiner {
  const sql = createInSqlRefiner();
  const ofCandidates = createInSqlRefiner({ bitmapFrom: Number.POSITIVE_INFINITY });
  let reading: { version: number; stop: AbortController; table?: InterestTable; ended: Promise<void> } | undefined;
  let closed = false;

  function read(version: number): void {
    if (closed || reading?.version === version) return;
    reading?.stop.abort();
    const stop = new AbortController();
    const begun: NonNullable<typeof reading> = { version, stop, ended: Promise.resolve() };
    begun.ended = readInterestTable(db, version, stop.signal, mostRows).then(
      (table) => {
        if (table) begun.table = table;
      },
      () => undefined, // what stands in the way of a question as well, that one tells
    );
    reading = begun;
  }

  function tableOf(version: number): InterestTable | undefined {
    return reading?.version === version ? reading.table : undefined;
  }

  async function inSql(request: RefineRequest, tx: Queryable): Promise<Refined> {
    return { ...(await sql.refine(request, tx)), engine: sql.engine };
  }

  return {
    engine: "memory",
    async refine(request: RefineRequest, tx: Queryable): Promise<Refined> {
      const { gate, limit, version } = request;
      const table = tableOf(version);
      if (table === undefined) {
        const refined = await inSql(request, tx);
        read(version);
        return refined;
      }
      if (limit === null || limit > LONGEST_LIST || gate.length <= limit) return inSql(request, tx);
      const { keys, total } = bestCustomers(table, request, limit);
      const { hits, ...statement } = await ofCandidates.refine({ ...request, gate: keys }, tx);
      return { ...statement, hits, total, search: { interests: table.rows, version, candidates: keys.length } };
    },
    async lookAlikes(request: LookAlikeRequest, tx: Queryable): Promise<LookAlikes> {
      return { ...(await sql.lookAlikes(request, tx)), engine: sql.engine };
    },
    everyone(version) {
      const table = tableOf(version);
      return table && { keys: table.everyone, sql: table.everyoneSql };
    },
    settled: async () => reading?.ended,
    close() {
      closed = true;
      reading?.stop.abort();
    },
  };
}
