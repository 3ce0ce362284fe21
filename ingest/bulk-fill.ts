import type { Transaction } from "../src/db/db.js";
import { SqlError } from "../src/db/sql-error.js";

const UNIQUE_VIOLATION = "23505";

/**
 * Fills a table that is empty without its indexes and makes them afterwards, which takes half the time; one that holds
 * rows is filled as it is. Readers are not held up: what is empty, no question was asked of. `mend` is called where rows
 * break the primary key (and always where that cannot tell, as it is not of one column) and has to remove them.
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
  const { rows } = await tx.query(
    `select c.oid is not null, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname::text,
            pg_get_constraintdef(c.oid)
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'p'
     where i.indrelid = $1::regclass`,
    [table],
  );
  for (const [primary, index, , constraint] of rows) {
    await tx.execute(
      primary ? `alter table ${table} drop constraint "${String(constraint)}"` : `drop index ${String(index)}`,
    );
  }
  await fill();
  for (const [primary, , definition, constraint, key] of rows) {
    if (!primary) await tx.execute(String(definition));
    else
      await addKey(tx, String(key), `alter table ${table} add constraint "${String(constraint)}" ${String(key)}`, mend);
  }
}

export async function isEmpty(tx: Transaction, table: string): Promise<boolean> {
  return (await tx.query(`select not exists (select 1 from ${table})`)).rows[0]?.[0] === true;
}

async function addKey(
  tx: Transaction,
  key: string,
  statement: string,
  mend: (() => Promise<void>) | undefined,
): Promise<void> {
  if (mend && key.includes(",")) await mend();
  if (!mend || key.includes(",")) return tx.execute(statement);
  await tx.execute("savepoint key");
  try {
    await tx.execute(statement);
  } catch (error) {
    if (!(error instanceof SqlError) || error.sqlState !== UNIQUE_VIOLATION) throw error;
    await tx.execute("rollback to savepoint key");
    await mend();
    await tx.execute(statement);
  }
  await tx.execute("release savepoint key");
}
