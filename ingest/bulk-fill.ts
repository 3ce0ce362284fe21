import type { Transaction } from "../src/db/db.js";
import { SqlError } from "../src/db/sql-error.js";

const UNIQUE_VIOLATION = "23505";

/** How an index is made: a constraint of the table, or a statement. */
export interface Index {
  table: string;
  unique: boolean;
  columns: number;
  drop: string;
  make: string;
}

/**
 * Fills a table that is empty without its indexes and makes them afterwards, which takes half the time; one that holds
 * rows is filled as it is. Meanwhile who asks of the empty table waits for the load. `mend`: see makeIndexes.
 */
export async function bulkFill(
  tx: Transaction,
  table: string,
  fill: () => Promise<unknown>,
  mend?: () => Promise<void>,
): Promise<void> {
  if (!(await isEmpty(tx, table))) {
    await fill();
    return;
  }
  const indexes = await dropIndexes(tx, table);
  await fill();
  await makeIndexes(tx, indexes, mend);
}

export async function isEmpty(tx: Transaction, table: string): Promise<boolean> {
  return (await tx.query(`select not exists (select 1 from ${table})`)).rows[0]?.[0] === true;
}

/** Whether a table can be filled straight from files, without looking at each row in SQL: it is empty, and here. */
export async function canBeFilled(tx: Transaction, table: string): Promise<boolean> {
  const { rows } = await tx.query("select distributed from app.state");
  return rows[0]?.[0] !== true && (await isEmpty(tx, table));
}

/** Drops the indexes of a table; gives what `makeIndexes` needs to make them again, the primary key first. */
export async function dropIndexes(tx: Transaction, table: string): Promise<Index[]> {
  const { rows } = await tx.query(
    `select i.indisunique, i.indnkeyatts, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid),
            quote_ident(c.conname), pg_get_constraintdef(c.oid)
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
     where i.indrelid = $1::regclass order by i.indisprimary desc, 3`,
    [table],
  );
  const indexes = rows.map(([unique, columns, name, definition, constraint, key]): Index => {
    const own = { table, unique: unique as boolean, columns: columns as number };
    if (constraint === null) return { ...own, drop: `drop index ${String(name)}`, make: String(definition) };
    const change = (how: string) => `alter table ${table} ${how} constraint ${String(constraint)}`;
    return { ...own, drop: change("drop"), make: `${change("add")} ${String(key)}` };
  });
  for (const { drop } of indexes) await tx.execute(drop);
  return indexes;
}

/**
 * Makes indexes again. `mend` is called where rows break a unique one and has to remove them; before a unique one of
 * several columns it always is, as that cannot tell.
 */
export async function makeIndexes(
  tx: Transaction,
  indexes: readonly Index[],
  mend?: () => Promise<void>,
): Promise<void> {
  for (const { unique, columns, make } of indexes) {
    if (unique && mend && columns > 1) await mend();
    if (!unique || !mend || columns > 1) {
      await tx.execute(make);
      continue;
    }
    await tx.execute("savepoint key");
    try {
      await tx.execute(make);
    } catch (error) {
      if (!(error instanceof SqlError) || error.sqlState !== UNIQUE_VIOLATION) throw error;
      await tx.execute("rollback to savepoint key");
      await mend();
      await tx.execute(make);
    }
    await tx.execute("release savepoint key");
  }
}
