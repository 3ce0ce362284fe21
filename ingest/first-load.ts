import { randomBytes } from "node:crypto";
import type { Db, Queryable, Transaction } from "../src/db/db.js";
import { migrate } from "../src/db/migrate.js";
import { SqlError } from "../src/db/sql-error.js";
import { ownTransactions, type Steps, WORKSHOP } from "./steps.js";
import { dropViews, ensureViews } from "./views.js";

/** How often a transaction that only waits shows that it is alive: its limit is ten minutes (server.ts). */
const ALIVE_MS = 60_000;

/** Everything that loads write, but for app.state. */
const TABLES = [
  ...["customers", "events", "event_kinds", "interests", "interest_values", "customer_phrases", "phrases"],
  ...["files", "foreign_columns", "column_stats", "stored_values"],
];

/** Transactions at once beside the one that holds the lock (steps.ts). */
const CHAINS = 2;

/**
 * Columns of their own that tables may have lost to first loads that failed: a dropped one counts among the 1,600 that
 * PostgreSQL has to a table, of which loads may fill 1,000 (foreign-columns.ts).
 */
const MOST_DROPPED = 500;

/** SQLSTATE: the server, the database or the role takes no more connections. */
const TOO_MANY_CONNECTIONS = "53300";

/**
 * Whether a load can be made of several transactions: nothing was ever loaded, so that nobody sees anything before the last
 * one (version 0 is an empty store to every question), no other first load has been ended since `prepare`, and the
 * database takes several connections. The tables of a cluster are changed in one.
 * @param columns of the files' own, at most
 */
export async function canBeSplit(db: Db, tx: Transaction, columns: number): Promise<boolean> {
  if (db.engine !== "server") return false;
  const { rows } = await tx.query(
    `select version = 0 and not distributed and to_regnamespace($1) is null and $2::integer + (
       select count(*) from pg_attribute
       where attrelid in ('app.customers'::regclass, 'app.events'::regclass) and attisdropped) <= $3::integer
     from app.state`,
    [WORKSHOP, columns, MOST_DROPPED],
  );
  return rows[0]?.[0] === true && (await takesMoreConnections(db));
}

export function isTooManyConnections(error: unknown): boolean {
  return error instanceof SqlError && error.sqlState === TOO_MANY_CONNECTIONS;
}

async function takesMoreConnections(db: Db): Promise<boolean> {
  const tried = await Promise.allSettled(Array.from({ length: CHAINS }, () => db.query("select 1")));
  const errors = tried.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  const other = errors.find((error) => !isTooManyConnections(error));
  if (other !== undefined) throw other;
  return errors.length === 0;
}

/**
 * Runs the first load of a server while a transaction holds the lock of writers; `work` makes its outcome visible in that
 * transaction. Where it fails, what it stored is removed. Gives false, and does nothing, where it is no first load any more.
 */
export async function firstLoad(
  db: Db,
  { columns, signal }: { columns: number; signal?: AbortSignal | undefined },
  work: (tx: Transaction, steps: Steps) => Promise<void>,
): Promise<boolean> {
  const withSignal = { ...(signal && { signal }) };
  try {
    return await db.transaction(async (tx) => {
      await migrate(tx);
      if (!(await canBeSplit(db, tx, columns))) return false;
      const alive = setInterval(() => tx.query("select 1").catch(() => undefined), ALIVE_MS);
      try {
        const mark = `load_${randomBytes(8).toString("hex")}`;
        await db.transaction((first) => begin(first, mark), withSignal);
        await work(tx, ownTransactions(db, { guard: tx, mark, signal }));
        await removeWorkshop(tx);
        return true;
      } finally {
        clearInterval(alive);
      }
    }, withSignal);
  } catch (error) {
    // Where that fails, or another load is there already, the next load does it.
    await db.transaction((tx) => prepare(tx, { waitMs: 0 })).catch(() => undefined);
    throw error;
  }
}

/** Before anything is written: locks out other writers, brings the schema up to date, removes an unfinished first load. */
export async function prepare(tx: Transaction, options: { waitMs?: number } = {}): Promise<void> {
  await migrate(tx, options);
  if (await isUnfinished(tx)) await removeUnfinished(tx);
}

/** Whether a first load was ended before it had come to its end: nothing of what it stored counts. */
export async function isUnfinished(db: Queryable): Promise<boolean> {
  return (await db.query("select to_regnamespace($1) is not null", [WORKSHOP])).rows[0]?.[0] === true;
}

/** Marks the tables as unfinished; from here on rows are there that nobody may see. */
async function begin(tx: Transaction, mark: string): Promise<void> {
  // Views are there where the server was prepared (init.ts), and whoever may read them need not be a program of ours.
  const { rows } = await tx.query("select views_definition is not null from app.state");
  const prepared = rows[0]?.[0] === true;
  if (prepared) await renewViews(tx, "nothing");
  await tx.execute(
    `create schema ${WORKSHOP};
     create table ${WORKSHOP}.${mark} ();
     create table ${WORKSHOP}.prepared as select ${prepared} as there;
     create table ${WORKSHOP}.index_of_events as
       select replace(pg_get_indexdef(indexrelid), ' INDEX ', ' INDEX IF NOT EXISTS ') as make
       from pg_index where indrelid = 'app.events'::regclass`,
  );
}

/** Makes the tables what they were before a first load that has not come to its end. */
async function removeUnfinished(tx: Transaction): Promise<void> {
  const foreign = await tx.query("select view, name from app.foreign_columns");
  const indexes = await tx.query(`select make from ${WORKSHOP}.index_of_events`);
  const prepared = await tx.query(`select there from ${WORKSHOP}.prepared`);
  await removeWorkshop(tx); // first of all, as that waits for steps that still run
  await dropViews(tx);
  for (const [view, name] of foreign.rows) {
    await tx.execute(`alter table app.${String(view)} drop column "${String(name)}"`);
  }
  await tx.execute(`truncate ${TABLES.map((table) => `app.${table}`).join(", ")}`);
  await tx.execute("update app.state set has_totals = false, has_birth_dates = false");
  for (const [make] of indexes.rows) await tx.execute(String(make));
  if (prepared.rows[0]?.[0] === true) await renewViews(tx, "everything");
}

async function renewViews(tx: Transaction, shown: "everything" | "nothing"): Promise<void> {
  const { rows } = await tx.query("select luxury_above from app.state");
  await ensureViews(tx, Number(rows[0]?.[0]), shown);
}

async function removeWorkshop(tx: Transaction): Promise<void> {
  await tx.execute(`drop schema ${WORKSHOP} cascade`);
}
