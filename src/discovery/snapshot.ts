import type { Transaction } from "../db/db.js";
import { AppError } from "../lib/errors.js";
import type { Discovery, DiscoveryContext } from "./discovery.js";

/** Runs `work` on one state of the data. Throws AppError "query" where it is no longer that of the catalogue. */
export function inSnapshot<T>(
  signal: AbortSignal | undefined,
  { db, ...context }: DiscoveryContext,
  work: (discovery: Discovery) => Promise<T>,
): Promise<T> {
  const run = async (tx: Transaction): Promise<T> => {
    await tx.execute("set transaction isolation level repeatable read");
    const { rows } = await tx.query("select version from app.state", [], { signal });
    if (rows[0]?.[0] !== context.catalogue.version) {
      throw new AppError("query", "The data changed while the question was answered.", { hint: "Ask again." });
    }
    return work({ ...context, tx });
  };
  return db.transaction(run, { readOnly: true, signal });
}
