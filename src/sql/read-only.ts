import type { Db, Result } from "../db/db.js";
import { AppError } from "../lib/errors.js";
import { checkStatement } from "./guard.js";
import { type JailOptions, runInJail } from "./jail.js";

export interface ReadOnlyResult extends Result {
  /** Exact number of rows before the limit. */
  total: number;
  ms: number;
}

/**
 * Runs one SELECT over the views that a person or a language model wrote: checked against what is allowed (guard.ts), and
 * run where it could do nothing else anyway (jail.ts). Throws AppError "query", or "timeout" after its time limit.
 */
export async function runReadOnly(
  db: Db,
  statement: string,
  { clock, ...options }: JailOptions & { clock: () => number },
): Promise<ReadOnlyResult> {
  if (statement.trim() === "") {
    throw new AppError("usage", "The statement is empty.", { hint: 'audience sql "SELECT ..."' });
  }
  const start = clock();
  const result = await runInJail(db, await checkStatement(statement), options);
  return { ...result, ms: clock() - start };
}
