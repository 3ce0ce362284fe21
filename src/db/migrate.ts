import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { packagePath } from "../config/package-root.js";
import { AppError } from "../lib/errors.js";
import type { Db, Queryable, Transaction } from "./db.js";

/** Held by whoever changes the schema or the data; any other number that names this product would do. */
const LOCK = 727_274_001;

/** How long another writer is waited for: longer than the statement that a killed one may have left running. */
const WAIT_MS = 60_000;

/**
 * Waits until no other process changes the data; held to the end of the transaction. Throws AppError "locked" that names
 * the other one.
 */
async function lockForWriting(tx: Transaction, waitMs: number): Promise<void> {
  for (const deadline = Date.now() + waitMs; ; await sleep(100)) {
    const { rows } = await tx.query("select pg_try_advisory_xact_lock($1)", [LOCK]);
    if (rows[0]?.[0] === true) return;
    if (Date.now() >= deadline) break;
  }
  const holder = await lockHolder(tx);
  throw new AppError("locked", `The data are being changed by ${holder ?? "another process"}.`, {
    hint: "Wait for it to end, then try again.",
  });
}

/**
 * Who changes the data just now: program, server process, user, machine, since when; undefined where nobody does. Of
 * another role's connection PostgreSQL tells the machine and the time only to members of pg_read_all_stats.
 */
export async function lockHolder(db: Queryable): Promise<string | undefined> {
  const { rows } = await db.query(
    `select coalesce(nullif(a.application_name, ''), 'another program') || ', server process ' || l.pid
       || coalesce(', user ' || a.usename, '') || coalesce(', from ' || host(a.client_addr), '')
       || coalesce(', since ' || to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ'), '')
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = $1
       and l.database = (select oid from pg_database where datname = current_database())`,
    [LOCK],
  );
  return rows[0]?.[0] as string | undefined;
}

/** Whether the schema is there. */
export async function isMigrated(db: Db): Promise<boolean> {
  const { rows } = await db.query("select to_regclass('app.migrations') is not null");
  return rows[0]?.[0] === true;
}

/** Brings the schema up to date: each file of data/migrations once, in the order of its number. Locks out other writers. */
export async function migrate(tx: Transaction, options: { waitMs?: number } = {}): Promise<void> {
  await lockForWriting(tx, options.waitMs ?? WAIT_MS);
  await tx.execute("create schema if not exists app");
  await tx.execute(
    "create table if not exists app.migrations (name text primary key, applied_at timestamptz not null default now())",
  );
  const done = new Set((await tx.query("select name from app.migrations")).rows.map((row) => row[0]));
  const files = readdirSync(packagePath("data", "migrations"))
    .filter((name) => name.endsWith(".sql"))
    .sort();
  for (const name of files) {
    if (done.has(name)) continue;
    await tx.execute(readFileSync(packagePath("data", "migrations", name), "utf8"));
    await tx.query("insert into app.migrations (name) values ($1)", [name]);
  }
}
