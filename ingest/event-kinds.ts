import type { Transaction } from "../src/db/db.js";

/** Columns of events that say what happened, and to which product: a few thousand combinations, each stored once. */
export const KIND_COLUMNS = ["event_type", "product_id", "product_name", "category", "subcategory", "color"] as const;

export function isOfKind(name: string): boolean {
  return (KIND_COLUMNS as readonly string[]).includes(name);
}

const list = KIND_COLUMNS.join(", ");
// No text is stored empty.
const same = KIND_COLUMNS.map((name) => `coalesce(k.${name}, '') = coalesce(n.${name}, '')`).join(" and ");

/** The temporary table of the kinds of one file, by their numbers there. */
export async function createKindTable(tx: Transaction, table: string): Promise<void> {
  const columns = KIND_COLUMNS.map((name) => `${name} text`).join(", ");
  await tx.execute(`create temporary table ${table} ("#kind" integer, ${columns}, kind_id integer) on commit drop`);
}

/** Gives the kinds of that table their ids; those that nobody had so far are added. */
export async function identifyKinds(tx: Transaction, table: string): Promise<void> {
  const known = `(select min(kind_id) as kind_id, ${list} from app.event_kinds group by ${list})`;
  await tx.execute(
    `analyze ${table};
     insert into app.event_kinds (kind_id, ${list})
     select (select coalesce(max(kind_id), 0) from app.event_kinds) + row_number() over (), ${list}
     from (select distinct ${list} from ${table}) n where not exists (select 1 from app.event_kinds k where ${same});
     update ${table} n set kind_id = k.kind_id from ${known} k where ${same};
     analyze ${table}`,
  );
}
