import type { Queryable, Transaction } from "../../db/db.js";

/** What the index holds, as this database knows it. */
export interface IndexState {
  collection: string;
  version: number;
  embedder: string;
  points: number;
}

/** The data that the index is to hold. */
export interface DataState {
  version: number;
  asOf: string | null;
  /** Undefined where no index was ever built. */
  index: IndexState | undefined;
}

/** What the data are and what the index holds of them, as one transaction sees both. */
export async function readDataState(db: Queryable, signal?: AbortSignal): Promise<DataState> {
  const { rows } = await db.query(
    `select s.version, s.as_of::text, i.collection, i.version, i.embedder, i.points
     from app.state s left join app.vector_index i on true`,
    [],
    { signal },
  );
  const [version, asOf, collection, indexed, embedder, points] = rows[0] ?? [];
  const index = { collection, version: indexed, embedder, points } as unknown as IndexState;
  return { version: version as number, asOf: asOf as string | null, index: collection === null ? undefined : index };
}

/** The customers of the CRM by key, lowest first: each has a point. */
export async function customerKeys(db: Queryable, signal?: AbortSignal): Promise<number[]> {
  const sql = "select customer_key from app.customers where in_crm order by customer_key";
  return (await db.query(sql, [], { signal })).rows.map((row) => row[0] as number);
}

/** Notes the customers of a table as changed by this version; where no index is, there is nothing to note. */
export async function noteChanges(tx: Transaction, table: "touched" | "app.customers"): Promise<void> {
  await tx.execute(
    `insert into app.vector_changes (customer_key, version)
     select t.customer_key, s.version from ${table} t, app.state s, app.vector_index
     on conflict do nothing`,
  );
}

/** The customers whose points are to be written anew; those whose age has changed with as_of are among them. */
export async function changedKeys(tx: Queryable, signal?: AbortSignal): Promise<number[]> {
  const age = (asOf: string) => `extract(year from age(${asOf} at time zone 'UTC', c.birth_date))`;
  const { rows } = await tx.query(
    `select customer_key from app.vector_changes
     union
     select c.customer_key from app.customers c, app.state s, app.vector_index i
     where c.in_crm and c.age is null and c.birth_date is not null
       and ${age("s.as_of")} is distinct from ${age("i.as_of")}
     order by 1`,
    [],
    { signal },
  );
  return rows.map((row) => row[0] as number);
}

/** Records that the index holds the version that `tx` sees, whole. */
export async function recordIndex(tx: Queryable, index: IndexState): Promise<void> {
  const { collection, version, embedder, points } = index;
  await tx.query("delete from app.vector_changes where version <= $1", [version]);
  await tx.query(
    `insert into app.vector_index (collection, version, embedder, points, as_of)
     select $1, $2::bigint, $3, $4::bigint, as_of from app.state
     on conflict (only_row) do update set collection = excluded.collection, version = excluded.version,
       embedder = excluded.embedder, points = excluded.points, as_of = excluded.as_of, updated_at = now()`,
    [collection, version, embedder, points],
  );
}
