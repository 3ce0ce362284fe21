import type { ColumnType } from "../src/criteria/catalogue.js";
import type { Transaction } from "../src/db/db.js";
import { AppError } from "../src/lib/errors.js";
import { forgetColumn } from "./column-stats.js";
import { castValue, widerType } from "./infer-type.js";
import { dateOrder } from "./parse-values.js";
import type { ReaderColumn } from "./row-reader.js";
import { dropViews } from "./views.js";

const SQL_TYPES: Record<ColumnType, string> = {
  integer: "integer",
  bigint: "bigint",
  numeric: "numeric",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamptz",
  text: "text",
};

/**
 * Columns of the files' own that one table takes. PostgreSQL has 1,600 to a table and 1,664 to a result, some of which
 * are ours; and a row has to fit a page.
 */
const MOST_COLUMNS = 1_000;

/** Before a file is read: whether its columns find room. Throws AppError "input". */
export async function checkWidth(
  tx: Transaction,
  view: "customers" | "events",
  file: string,
  columns: readonly ReaderColumn[],
): Promise<void> {
  const { rows } = await tx.query("select name from app.foreign_columns where view = $1", [view]);
  const names = new Set(rows.map((row) => row[0] as string));
  for (const column of columns) if (column.guess) names.add(column.name);
  if (names.size <= MOST_COLUMNS) return;
  throw new AppError(
    "input",
    `With ${file} the ${view} would have ${names.size} columns of their own, more than ${MOST_COLUMNS}. Nothing was changed.`,
    { hint: "Leave out those that nobody asks about: cut them from the file, or name each with --map COLUMN=-." },
  );
}

/**
 * Makes room in a base table for the foreign columns of a file, each with the type that its values fit; a column that
 * is there already is widened where needed. Gives for each column the SQL expression that casts the staged text.
 */
export async function addForeignColumns(
  tx: Transaction,
  view: "customers" | "events",
  columns: readonly ReaderColumn[],
  stage: string,
): Promise<Map<string, string>> {
  const table = `app.${view}`;
  const known = new Map(
    (await tx.query("select name, type from app.foreign_columns where view = $1", [view])).rows.map((row) => [
      row[0] as string,
      row[1] as ColumnType,
    ]),
  );
  const casts = new Map<string, string>();
  let position = known.size;
  for (const column of columns) {
    if (!column.guess) continue;
    const name = `"${column.name}"`;
    const guessed: ColumnType = column.guess.type();
    const existing = known.get(column.name);
    let type = guessed;
    if (existing === undefined) {
      await tx.execute(`alter table ${table} add column ${name} ${SQL_TYPES[type]}`);
      await tx.query(
        "insert into app.foreign_columns (view, name, position, type, header) values ($1, $2, $3, $4, $5)",
        [view, column.name, ++position, type, column.header],
      );
    } else if (column.filled > 0) {
      const empty = await tx.query(`select not exists (select 1 from ${table} where ${name} is not null)`);
      type = empty.rows[0]?.[0] === true ? guessed : widerType(existing, guessed);
      if (type !== existing) {
        await dropViewsOf(tx, table, column.name);
        await tx.execute(
          `alter table ${table} alter column ${name} type ${SQL_TYPES[type]} using ${name}::text::${SQL_TYPES[type]}`,
        );
        await forgetColumn(tx, view, column.name);
        await tx.query("update app.foreign_columns set type = $3 where view = $1 and name = $2", [
          view,
          column.name,
          type,
        ]);
      }
    } else {
      type = existing;
    }
    await normaliseStaged(tx, stage, column, type);
    casts.set(column.name, type === "text" ? `s.${name}` : `s.${name}::${SQL_TYPES[type]}`);
  }
  return casts;
}

/** Drops the views where they show a column; those that stand without it may be read by others already. */
async function dropViewsOf(tx: Transaction, table: string, column: string): Promise<void> {
  const { rows } = await tx.query(
    `select exists (select 1 from pg_depend d join pg_attribute a on (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
                    where d.classid = 'pg_rewrite'::regclass and a.attrelid = $1::regclass and a.attname = $2)`,
    [table, column],
  );
  if (rows[0]?.[0] === true) await dropViews(tx);
}

/** What Postgres reads as the type by itself; the other spellings ("1,234", "01/31/2025") are rewritten before the cast. */
const PLAIN: Partial<Record<ColumnType, string>> = {
  integer: "^-?[0-9]+$",
  bigint: "^-?[0-9]+$",
  numeric: "^-?[0-9]*[.]?[0-9]+$",
  date: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
  timestamp: "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$",
};

async function normaliseStaged(
  tx: Transaction,
  stage: string,
  { name, order }: ReaderColumn,
  type: ColumnType,
): Promise<void> {
  const plain = PLAIN[type];
  if (!plain) return;
  const { rows } = await tx.query(`select distinct "${name}" from ${stage} where "${name}" !~ $1`, [plain]);
  if (rows.length === 0) return;
  const texts = rows.map((row) => row[0] as string);
  const told = dateOrder(texts);
  const values = texts.map((text) => castValue(text, type, told === "dmy" || told === "mdy" ? told : order));
  await tx.query(
    `update ${stage} s set "${name}" = m.value from unnest($1::text[], $2::text[]) m (text, value) where s."${name}" = m.text`,
    [texts, values],
  );
}
