import type { Db, Queryable, Value } from "../db/db.js";
import { SqlError } from "../db/sql-error.js";
import { AppError } from "../lib/errors.js";
import { queryError } from "./query-error.js";
import { checkReader } from "./reader-rights.js";

/**
 * Longest that a statement may take where its caller says nothing, in ms. Commands pass a signal with a limit of their
 * own (--timeout); this one is there so that none is without.
 */
export const LONGEST_MS = 600_000;

/** Temporary files of one statement, where the connection may set that (superuser): endless sorts fill no disk. */
const TEMPORARY_FILES = "4GB";

export interface JailOptions {
  /** Rows that are returned; null for all. */
  limit: number | null;
  signal?: AbortSignal | undefined;
  /** Time limit in ms, at most 2^31 - 1; LONGEST_MS by default. AppError "timeout" when it passes. */
  timeLimitMs?: number | undefined;
}

export interface JailResult {
  columns: string[];
  rows: Value[][];
  /** Exact number of rows before the limit. */
  total: number;
}

/**
 * Runs one statement so that it can read the views and do nothing else, whatever it says: in a READ ONLY transaction that
 * sees one state of the data and is always rolled back, in a function of a role that has no other rights (ingest/views.ts), as one statement by the
 * extended protocol, within limits of time and size, in a session that is reset afterwards. Callers check the statement
 * first (guard.ts): no layer is enough by itself. Throws AppError "query" or "timeout".
 */
export async function runInJail(db: Db, sql: string, options: JailOptions): Promise<JailResult> {
  const timeLimitMs = options.timeLimitMs ?? LONGEST_MS;
  const timer = limitTime(options.signal, timeLimitMs);
  let started = false;
  try {
    return await db.transaction(
      async (tx) => {
        // After a first query, and never before, a transaction can no longer be made read-write.
        await tx.query("select 1");
        await setLimits(tx, timeLimitMs);
        await checkReader(db, tx);
        started = true;
        return fetchRows(tx, sql, options.limit);
      },
      { readOnly: true, snapshot: true, untrusted: true, signal: timer.signal },
    );
  } catch (error) {
    // Before that it is of a statement of ours, and a bug.
    if (started && error instanceof SqlError) throw await queryError(error, sql, db);
    throw error;
  } finally {
    timer.stop();
  }
}

/**
 * On a server the statement is also ended there, should this process be gone; the embedded Postgres knows no time limits,
 * so there the signal ends its worker.
 */
async function setLimits(tx: Queryable, timeLimitMs: number): Promise<void> {
  await tx.query(
    `select set_config('statement_timeout', $1, true), set_config('lock_timeout', '60s', true),
            set_config('idle_in_transaction_session_timeout', '60s', true),
            case when current_setting('is_superuser') = 'on' then set_config('temp_file_limit', $2, true) end`,
    // A moment later than our own, whose error says more.
    [String(Math.min(Math.ceil(timeLimitMs) + 1_000, 2 ** 31 - 1)), TEMPORARY_FILES],
  );
}

async function fetchRows(tx: Queryable, statement: string, limit: number | null): Promise<JailResult> {
  const most = limit === null ? Number.MAX_SAFE_INTEGER : limit + 1;
  let sql = statement;
  let { names, records } = await runInRole(tx, sql, most);
  if (new Set(names).size < names.length) {
    // Rows come as objects, in which the last of two columns of one name hides the first: so each gets its own.
    const list = numbered(names).map((name) => `"${name.replaceAll('"', '""')}"`);
    sql = `select * from (${statement}\n) "#named" (${list.join(", ")})`;
    ({ names, records } = await runInRole(tx, sql, most));
  }
  const found = records.filter((record) => record["#row"] === true);
  const shown = limit === null ? found : found.slice(0, limit);
  let total = found.length;
  if (shown.length < found.length) {
    const counted = await runInRole(tx, `select count(*) as n from (${sql}\n) q`, 1);
    total = counted.records[0]?.["n"] as number;
  }
  return { columns: names, rows: shown.map((record) => names.map((name) => flat(record[name] ?? null))), total };
}

/** Names of the columns as they stand, and rows by name; the one row of an empty result has no "#row". */
async function runInRole(tx: Queryable, sql: string, most: number) {
  const { rows } = await tx.query(
    `select run.row, case when run.n = 1 then (select json_agg(k) from json_object_keys(run.row) k) end
     from audience_guard.run($1, $2) with ordinality run (row, n)`,
    [sql, most],
  );
  // The function always gives a row; without one the embedded Postgres has overrun its stack and not noticed.
  if (rows.length === 0) throw new SqlError("no answer", "");
  const names = rows[0]?.[1] as unknown as string[];
  return {
    names: names.filter((name) => name !== "#row"),
    records: rows.map((row) => row[0] as Record<string, Value>),
  };
}

/** count, count -> count, count_2. */
function numbered(names: readonly string[]): string[] {
  const given = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let n = 2; given.has(own) || (own !== name && names.includes(own)); n++) own = `${name}_${n}`;
    given.add(own);
    return own;
  });
}

/** Arrays and objects become JSON text: an answer's cell is a plain value. */
function flat(value: Value): Value {
  return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
}

/** A signal that also aborts when the time is over. Not AbortSignal.any: Node 20 collects its time-out as garbage. */
function limitTime(outer: AbortSignal | undefined, ms: number): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const forward = () => controller.abort(outer?.reason);
  if (outer?.aborted) forward();
  outer?.addEventListener("abort", forward, { once: true });
  const timer = setTimeout(() => controller.abort(tooLong(ms)), ms);
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", forward);
    },
  };
}

function tooLong(ms: number): AppError {
  return new AppError("timeout", `The statement took longer than ${ms / 1000} s.`, {
    hint: "Ask for less: fewer events, a shorter period, no join without a condition.",
  });
}
