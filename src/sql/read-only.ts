import type { Db, Result, Value } from "../db/db.js";
import { SqlError } from "../db/sql-error.js";
import { AppError } from "../lib/errors.js";

/** Longest statement that is taken, in characters. */
const LONGEST = 100_000;

export interface ReadOnlyResult extends Result {
  /** Exact number of rows before the limit. */
  total: number;
  ms: number;
}

/**
 * Runs one SELECT over the views: in a read-only transaction that is always rolled back, inside a function of a role
 * that can read the views and nothing else (see ingest/views.ts). Throws AppError "query".
 */
export async function runReadOnly(
  db: Db,
  statement: string,
  options: { limit: number | null; signal?: AbortSignal | undefined; clock: () => number },
): Promise<ReadOnlyResult> {
  const sql = statement.trim().replace(/;\s*$/, "");
  if (sql === "") throw new AppError("usage", "The statement is empty.", { hint: 'audience sql "SELECT ..."' });
  if (sql.length > LONGEST) {
    throw new AppError("usage", `The statement has ${sql.length} characters; at most ${LONGEST} are taken.`);
  }
  const start = options.clock();
  const fetch = options.limit === null ? Number.MAX_SAFE_INTEGER : options.limit + 1;
  try {
    return await rolledBack(db, options.signal, async (query) => {
      // A first query: after it the transaction can no longer be made read-write.
      await query("select 1", []);
      const { rows } = await query(
        `select run.row, case when run.n = 1 then (select json_agg(k) from json_object_keys(run.row) k) end
         from audience_guard.run($1, $2) with ordinality run (row, n)`,
        [sql, fetch],
      );
      // Rows come as objects, in which the last of two columns of one name would hide the first.
      const names = (rows[0]?.[1] ?? []) as unknown as string[];
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) {
        throw new AppError("query", `Two columns of the result are called "${twice}".`, {
          hint: "Name them: select count(*) as customers, ...",
        });
      }
      const records = rows.map((row) => row[0] as Record<string, Value>);
      const columns = Object.keys(records[0] ?? {}).filter((name) => name !== "#row");
      const found = records.filter((record) => record["#row"] === true);
      const shown = options.limit === null ? found : found.slice(0, options.limit);
      let total = found.length;
      if (shown.length < found.length) {
        const counted = await query("select * from audience_guard.run($1, 1)", [
          `select count(*) as n from (${sql}\n) q`,
        ]);
        const [[record] = []] = counted.rows;
        total = (record as { n: number }).n;
      }
      return {
        columns,
        rows: shown.map((record) => columns.map((name) => flat(record[name] ?? null))),
        total,
        ms: options.clock() - start,
      };
    });
  } catch (error) {
    if (error instanceof SqlError) throw queryError(error);
    throw error;
  }
}

type Query = (sql: string, params: unknown[]) => Promise<Result>;

async function rolledBack<T>(db: Db, signal: AbortSignal | undefined, work: (query: Query) => Promise<T>): Promise<T> {
  return db.transaction((tx) => work((sql, params) => tx.query(sql, params)), {
    readOnly: true,
    ...(signal && { signal }),
  });
}

/** Arrays and objects become JSON text: an answer's cell is a plain value. */
function flat(value: Value): Value {
  return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
}

function queryError(error: SqlError): AppError {
  const hints: Record<string, string> = {
    "42P01": "The views are customers, events and interests; `audience schema` shows their columns.",
    "42703": "`audience schema` shows the columns of the views.",
    "42501": "Only the views customers, events and interests can be read.",
    "25006": "Only SELECT is possible here; nothing can be changed.",
    "42601": "One SELECT statement is taken.",
  };
  const message = error.message.replace(/^error: /, "");
  return new AppError("query", `The statement failed: ${message}.`, { hint: hints[error.sqlState], cause: error });
}
