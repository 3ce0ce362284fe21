import type { Db, Transaction } from "../src/db/db.js";

/** The schema of the tables that a first load needs for itself; where it is there, a first load goes on or was ended early. */
export const WORKSHOP = "audience_load";

/**
 * For sorts and groups of a whole file at once; the usual 4 MB would be written to disk in too small pieces. The memory of
 * WebAssembly never shrinks, and there the disk's cache serves as well (docs/performance.md).
 */
const MEMORY = {
  server: "set local work_mem = '64MB'; set local maintenance_work_mem = '128MB'",
  embedded: "set local work_mem = '12MB'; set local maintenance_work_mem = '32MB'",
};

type Step<T> = (tx: Transaction) => Promise<T>;

/** How the steps of a load run. */
export interface Steps {
  run<T>(step: Step<T>): Promise<T>;
  /** Runs chains of steps that do not need each other. */
  all(...chains: (() => Promise<void>)[]): Promise<void>;
  /** The beginning of a statement that makes a table for the steps alone; it is named without a schema. */
  newTable(name: string): string;
}

/** Steps of one transaction, one after the other. */
export async function oneTransaction(db: Db, tx: Transaction): Promise<Steps> {
  await tx.execute(MEMORY[db.engine]);
  return {
    run: (step) => step(tx),
    all: async (...chains) => {
      for (const chain of chains) await chain();
    },
    newTable: (name) => `create temporary table ${name} on commit drop`,
  };
}

/**
 * Steps with a transaction each, and chains at once: as many cores work. The first failure ends them all. For a first load
 * only, whose tables nobody reads before it has ended (first-load.ts).
 * @param guard holds the lock of writers; where it is lost, no other step begins
 * @param mark a table of the workshop that is this load's alone: who removes the workshop waits for the steps that run,
 * and none begins in that of another load
 */
export function ownTransactions(
  db: Db,
  { guard, mark, signal }: { guard: Transaction; mark: string; signal: AbortSignal | undefined },
): Steps {
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  return {
    run: async (step) => {
      await guard.query("select 1");
      return db.transaction(
        async (tx) => {
          await tx.execute(
            `${MEMORY[db.engine]}; set local search_path = ${WORKSHOP}, pg_temp; lock table ${mark} in access share mode`,
          );
          return step(tx);
        },
        { signal: either },
      );
    },
    all: async (...chains) => {
      let first: { error: unknown } | undefined;
      await Promise.all(
        chains.map((chain) =>
          chain().catch((error) => {
            first ??= { error };
            failed.abort();
          }),
        ),
      );
      if (first) throw first.error;
    },
    newTable: (name) => `create unlogged table ${WORKSHOP}.${name}`,
  };
}
