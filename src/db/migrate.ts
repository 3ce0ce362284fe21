import { readdirSync, readFileSync } from "node:fs";
import { packagePath } from "../config/package-root.js";
import type { Db, Transaction } from "./db.js";

/** Held by whoever changes the schema or the data; any other number that names this product would do. */
const LOCK = 727_274_001;

/** Waits until no other process changes the data; held to the end of the transaction. */
async function lockForWriting(tx: Transaction): Promise<void> {
  await tx.query("select pg_advisory_xact_lock($1)", [LOCK]);
}

/** Whether the schema is there. */
export async function isMigrated(db: Db): Promise<boolean> {
  const { rows } = await db.query("select to_regclass('app.migrations') is not null");
  return rows[0]?.[0] === true;
}

/** Brings the schema up to date: each file of data/migrations once, in the order of its number. Locks out other writers. */
export async function migrate(tx: Transaction): Promise<void> {
  await lockForWriting(tx);
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
