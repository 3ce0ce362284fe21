import type { Catalogue } from "../criteria/catalogue.js";
import type { Mask } from "../criteria/personal.js";
import type { Db, Result } from "../db/db.js";
import { AppError } from "../lib/errors.js";
import { checkStatement } from "./guard.js";
import { type JailOptions, runInJail } from "./jail.js";
import { maskStatement } from "./mask-statement.js";

export interface ReadOnlyResult extends Result {
  /** Exact number of rows before the limit. */
  total: number;
  ms: number;
}

/** What is hidden of which views; without a mask, nothing is. */
export interface Masking {
  catalogue: Catalogue;
  mask?: Mask | undefined;
}

/**
 * Runs one SELECT over the views that a person or a language model wrote: checked against what is allowed (guard.ts), and
 * run where it could do nothing else anyway (jail.ts). Throws AppError "query", or "timeout" after its time limit.
 */
export async function runReadOnly(
  db: Db,
  statement: string,
  { clock, masking, ...options }: JailOptions & { clock: () => number; masking?: Masking | undefined },
): Promise<ReadOnlyResult> {
  if (statement.trim() === "") {
    throw new AppError("usage", "The statement is empty.", { hint: 'audience sql "SELECT ..."' });
  }
  const start = clock();
  const checked = await checkStatement(statement);
  const { catalogue, mask } = masking ?? {};
  const text = catalogue && mask ? await maskStatement(checked, catalogue, mask) : checked;
  const result = await runInJail(db, text, options);
  return { ...result, ms: clock() - start };
}
