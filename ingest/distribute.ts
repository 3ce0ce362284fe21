import type { Transaction } from "../src/db/db.js";
import { AppError } from "../src/lib/errors.js";

/** Spread over the nodes by customer_key: what belongs to one customer stands on one node. */
export const DISTRIBUTED = ["customers", "events", "interests", "customer_phrases", "vector_changes"] as const;

/** Whole on every node, as every query may need them. The other tables of schema app stay on the coordinator. */
export const REFERENCE = [
  "phrases",
  "event_kinds",
  "interest_values",
  "state",
  "stored_values",
  "column_stats",
  "vector_index",
] as const;

/**
 * Spreads the tables over the nodes of a Citus cluster. Gives what was done; nothing where it was done before. Throws
 * AppError "config" where the extension is missing. What was tried of it is in docs/scale.md.
 */
export async function distribute(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.query(
    "select (select extversion from pg_extension where extname = 'citus'), distributed from app.state",
  );
  const [version, distributed] = rows[0] as [string | null, boolean];
  if (version === null) {
    throw new AppError("config", "The extension citus is missing in this database. Nothing was changed.", {
      hint: "Run `create extension citus` in it as a superuser, add its nodes, then try again; or leave --distributed out.",
    });
  }
  if (distributed) return ["The tables are distributed already."];
  await keyByCustomer(tx);
  const calls = await citusCalls(tx);
  for (const call of calls) await tx.execute(call);
  return [`${calls.length - 1} tables are distributed or copied to the nodes by Citus ${version}.`];
}

/**
 * Puts customer_key into every unique key of the customers' tables, as Citus asks for. What was unique without it stays
 * so by the way it is stored: a load holds the lock of writers, looks ids up and adds only what is not there. The views
 * then show the key as well, and criteria join by it (src/criteria).
 */
export async function keyByCustomer(tx: Transaction): Promise<void> {
  await tx.execute(`
    alter table app.customers drop constraint customers_customer_id_key;
    create index customers_id on app.customers (customer_id);
    update app.events set customer_key = 0 where customer_key is null;
    drop index app.events_id;
    alter table app.events add constraint events_pkey primary key (customer_key, event_id);
    create index events_id on app.events (event_id);
    update app.state set distributed = true`);
}

/** The calls of Citus, https://docs.citusdata.com/en/stable/develop/api_udf.html; customers first, the others beside it. */
export async function citusCalls(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.query("select relname::text from pg_class where relnamespace = 'app'::regnamespace");
  const there = new Set(rows.map((row) => row[0]));
  const beside = (table: string) => (table === "customers" ? "" : ", colocate_with => 'app.customers'");
  return [
    // Both kinds in one transaction, one connection a node.
    "set local citus.multi_shard_modify_mode = 'sequential'",
    ...REFERENCE.filter((table) => there.has(table)).map((table) => `select create_reference_table('app.${table}')`),
    ...DISTRIBUTED.filter((table) => there.has(table)).map(
      (table) => `select create_distributed_table('app.${table}', 'customer_key'${beside(table)})`,
    ),
  ];
}
