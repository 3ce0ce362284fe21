import type { Db, Queryable, Transaction } from "../src/db/db.js";
import { migrate } from "../src/db/migrate.js";
import { WORKSHOP } from "./steps.js";
import { ensureViews } from "./views.js";

/** How often a transaction that only waits shows that it is alive: its limit is ten minutes (server.ts). */
const ALIVE_MS = 60_000;

/** Everything that loads write, but for app.state. */
const TABLES = [
  ...["customers", "events", "event_kinds", "interests", "interest_values", "customer_phrases", "phrases"],
  ...["files", "foreign_columns", "column_stats", "stored_values"],
];

/**
 * Whether a load can be made of several transactions: nothing was ever loaded, so that nobody sees anything before the last
 * one (version 0 is an empty store to every question), and the database takes several connections. The tables of a cluster
 * are changed in one.
 */
export async function canBeSplit(db: Db, tx: Transaction): Promise<boolean> {
  if (db.engine !== "server") return false;
  const { rows } = await tx.query("select version = 0 and not distributed from app.state");
  return rows[0]?.[0] === true;
}

/**
 * Runs the first load of a server while a transaction holds the lock of writers; `work` makes its outcome visible in that
 * transaction. Where it fails, what it stored is removed. Gives false, and does nothing, where it is no first load any more.
 */
export async function firstLoad(
  db: Db,
  signal: AbortSignal | undefined,
  work: (tx: Transaction) => Promise<void>,
): Promise<boolean> {
  const withSignal = { ...(signal && { signal }) };
  try {
    return await db.transaction(async (tx) => {
      await migrate(tx);
      if (!(await canBeSplit(db, tx))) return false;
      const alive = setInterval(() => tx.query("select 1").catch(() => undefined), ALIVE_MS);
      try {
        await db.transaction(begin, withSignal);
        await work(tx);
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
async function begin(tx: Transaction): Promise<void> {
  await renewViews(tx, "nothing");
  await tx.execute(
    `create schema ${WORKSHOP};
     create table ${WORKSHOP}.index_of_events as
       select replace(pg_get_indexdef(indexrelid), ' INDEX ', ' INDEX IF NOT EXISTS ') as make
       from pg_index where indrelid = 'app.events'::regclass`,
  );
}

/** Makes the tables what they were before a first load that has not come to its end. */
async function removeUnfinished(tx: Transaction): Promise<void> {
  const foreign = await tx.query("select view, name from app.foreign_columns");
  for (const [view, name] of foreign.rows) {
    await tx.execute(`alter table app.${String(view)} drop column "${String(name)}"`);
  }
  await tx.execute(`truncate ${TABLES.map((table) => `app.${table}`).join(", ")}`);
  await tx.execute("update app.state set has_totals = false, has_birth_dates = false");
  const indexes = await tx.query(`select make from ${WORKSHOP}.index_of_events`);
  for (const [make] of indexes.rows) await tx.execute(String(make));
  await removeWorkshop(tx);
  await renewViews(tx, "everything");
}

/** Views are there where the server was prepared (init.ts), and whoever may read them need not be a program of ours. */
async function renewViews(tx: Transaction, shown: "everything" | "nothing"): Promise<void> {
  const { rows } = await tx.query("select luxury_above from app.state where views_definition is not null");
  if (rows[0]) await ensureViews(tx, Number(rows[0][0]), shown);
}

async function removeWorkshop(tx: Transaction): Promise<void> {
  await tx.execute(`drop schema ${WORKSHOP} cascade`);
}
